"""What the lint scripts share: the tracked files, and how a check ends.

A check is a function from {path: text} to complaints. Each script first runs
its check over input that is wrong on purpose: a check that finds nothing there
would find nothing anywhere.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("STEADY_TEST_BUILD") or ROOT / "build").resolve()
LIBRARIES = (
    "fcgi libmongoc-1.0 libbson-1.0 json-c libsodium libical libutf8proc "
    "sqlite3 libevent"
)
Files = dict[str, str]
Check = Callable[[Files], list[str]]


def tracked(*patterns: str) -> Files:
    """Texts of tracked and new files, by path from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        [*command, "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = {}
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if not name or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            files[name] = data.decode(errors="replace")
    return files


def compile_flags() -> list[str]:
    """As the Makefile compiles, but for warnings and hardening."""
    command = ["pkg-config", "--cflags", *LIBRARIES.split()]
    libraries = subprocess.check_output(command, text=True).split()
    return [
        *["-std=c17", "-D_GNU_SOURCE", "-I", str(ROOT / "fcgi-app/src")],
        *["-I", str(BUILD / "include")],
        *[flag.replace("-I", "-isystem", 1) for flag in libraries],
    ]


def finish(check: Check, files: Files, wrong: list[Files]) -> None:
    """Proves that the check can fail, then runs it; exits."""
    for example in wrong:
        if not check(example):
            sys.exit(f"the check did not notice what is wrong in {example}")
    complaints = check(files)
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)


def lines(files: Files) -> list[tuple[str, int, str]]:
    """(path, line number, line) of all files."""
    return [
        (path, number, line)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
    ]
