"""Numbers of laboratories, and what one leaves behind when it is killed."""

import contextlib
import fcntl
import os
import shutil
import signal
from pathlib import Path
from typing import IO

from lib.container import docker
from lib.wait import wait_until

NUMBERS = range(1, 10)
LABEL = "steady.lab"
VARIABLE = "STEADY_LAB"
FOLDERS = Path("/var/tmp")


def folder(number: int) -> Path:
    return FOLDERS / f"steady-lab-{number}"


def hold_number(wanted: int | None = None) -> tuple[int, IO[str]]:
    """A number that is ours until the file is closed or the process ends."""
    numbers = NUMBERS if wanted is None else [wanted]
    for number in numbers:
        path = FOLDERS / f"steady-lab-{number}.lock"
        file = path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        return number, file
    raise RuntimeError(
        f"laboratories {numbers[0]} to {numbers[-1]} are in use; "
        f"see {FOLDERS}/steady-lab-*.lock"
    )


def processes(number: int) -> list[int]:
    """Processes that were started with STEADY_LAB=number, but for this one."""
    wanted = f"{VARIABLE}={number}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        # Others' processes, and those that have just ended, tell nothing.
        with contextlib.suppress(OSError):
            variables = (process / "environ").read_bytes().split(b"\0")
            if wanted in variables and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def labelled(number: int, kind: str, *words: str) -> list[str]:
    """Ids or names of the Docker objects of a laboratory."""
    mine = f"label={LABEL}={number}"
    return docker(kind, "ls", *words, "--quiet", "--filter", mine).split()


def remove(number: int) -> list[str]:
    """Removes all that is left of a laboratory; what that was, in words."""
    removed = []
    if pids := processes(number):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not processes(number), "processes to end", 20)
        removed.append(f"{len(pids)} processes")
    if containers := labelled(number, "container", "--all"):
        docker("rm", "--force", "--volumes", *containers, seconds=300)
        removed.append(f"{len(containers)} containers")
    if volumes := labelled(number, "volume"):
        docker("volume", "rm", "--force", *volumes, seconds=300)
        removed.append(f"{len(volumes)} volumes")
    if networks := labelled(number, "network"):
        docker("network", "rm", *networks)
        removed.append(f"{len(networks)} networks")
    if folder(number).exists():
        shutil.rmtree(folder(number))
        removed.append(str(folder(number)))
    return removed
