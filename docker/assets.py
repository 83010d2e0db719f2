"""Keeps the hashed assets of earlier builds, for pages that are still open.

A page that was opened before a release asks for files of its own build, of
any host. The folder STEADY_ASSETS_DIR holds

    assets/  the files of the last builds side by side: a name has a hash of
             its content in it, so nothing is in another's way
    builds/  for each build the names of its files, and a number that grows
    lock     held by whoever changes something; containers may share the folder

nginx looks into the running build's own assets first, and then here.
"""

import contextlib
import errno
import fcntl
import filecmp
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

EARLIER_BUILDS = 3  # that are kept beside the one that was published last
LOCK_SECONDS = 5


def publish(page: Path, folder: Path) -> int:
    """Adds the assets of a built page, drops those of the oldest builds.

    Can be repeated, and interrupted at any time. Returns how many files the
    build has. Raises OSError if the folder cannot be written to.
    """
    source = page / "assets"
    if not source.is_dir():
        return 0
    names = sorted(f.name for f in source.iterdir() if f.is_file())
    kept, builds = folder / "assets", folder / "builds"
    for place in (folder, kept, builds):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (kept, builds):
        if place.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    with locked(folder):
        for name in names:
            if not is_same(source / name, kept / name):
                put(source / name, kept / name, folder)
        remember(names, builds, folder)
        prune(kept, builds)
    return len(names)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone with the folder; what an interrupted one left is removed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(folder / "lock", flags, 0o600)
    deadline = time.monotonic() + LOCK_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        for leftover in folder.glob("new-*"):
            leftover.unlink()
        yield
    finally:
        os.close(descriptor)


def is_same(source: Path, kept: Path) -> bool:
    """Content counts: a crash of the machine may have emptied a file."""
    return (
        kept.exists()
        and stat.S_ISREG(kept.lstat().st_mode)
        and filecmp.cmp(source, kept, shallow=False)
    )


def put(source: Path, target: Path, folder: Path) -> None:
    """A copy that is there whole or not at all, and links are replaced."""
    with fresh(target, folder) as new, open(source, "rb") as old:
        shutil.copyfileobj(old, new)
        new.flush()
        times = source.stat()
        # nginx makes ETags of them: alike on all hosts.
        os.utime(new.fileno(), ns=(times.st_mtime_ns, times.st_mtime_ns))


@contextlib.contextmanager
def fresh(target: Path, folder: Path) -> Iterator[IO[bytes]]:
    """A file that takes the target's place once it is written and on disk."""
    with tempfile.NamedTemporaryFile(
        prefix="new-", dir=folder, delete=False
    ) as new:
        try:
            yield new
            new.flush()
            os.fsync(new.fileno())
            os.replace(new.name, target)
        except BaseException:
            os.unlink(new.name)
            raise


def known_builds(builds: Path) -> list[tuple[int, Path, list[str]]]:
    """(number, file, names of its assets), the newest first; what cannot be
    read counts as the oldest, without any."""
    found = []
    for file in builds.iterdir():
        try:
            build = json.loads(file.read_bytes())
            names = [str(name) for name in build["files"]]
            found.append((int(build["number"]), file, names))
        except (OSError, ValueError, TypeError, KeyError):
            found.append((-1, file, []))
    return sorted(found, reverse=True)


def remember(names: list[str], builds: Path, folder: Path) -> None:
    """The build becomes the newest, also if it was there before."""
    key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    target = builds / f"{key}.json"
    known = known_builds(builds)
    if known and known[0][1] == target:
        return
    number = known[0][0] + 1 if known else 1
    text = json.dumps({"number": number, "files": names})
    with fresh(target, folder) as new:
        new.write(text.encode())


def prune(kept: Path, builds: Path) -> None:
    known = known_builds(builds)
    wanted: set[str] = set()
    for _, _, names in known[: EARLIER_BUILDS + 1]:
        wanted.update(names)
    for _, file, _ in known[EARLIER_BUILDS + 1 :]:
        file.unlink()
    for file in kept.iterdir():
        is_file = file.is_symlink() or not file.is_dir()
        if file.name not in wanted and is_file:
            file.unlink()
