"""`kill -9` inside the container: it comes back by itself, and loses nothing.

Everything in it is killed, one kind after the other in a random order, while
clients read and write. What dies alone is restarted by supervisord; when
supervisord itself dies, the container ends and Docker's restart policy brings
it back. STEADY_TEST_KILL_SECONDS=300 makes it long; STEADY_TEST_SEED repeats
an order.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import pytest

from lib.container import Container
from lib.load import Load
from lib.wait import wait_until

SECONDS = float(os.environ.get("STEADY_TEST_KILL_SECONDS") or 30)
SEED = int(os.environ.get("STEADY_TEST_SEED") or time.time())
# Docker waits longer from one start to the next when a container keeps ending.
BACK_SECONDS = 15
# What a client repeats: no answer at all while nginx is away, 502 where a
# worker died with the request, 503 while there is no worker.
REPEATED = dict.fromkeys(["GET", "POST", "PATCH"], {0, 502, 503})
RESTARTING = ["--restart", "unless-stopped"]
# The first that fits.
KINDS = {
    "keeper": "steady-api worker --slot 0",
    "worker": "steady-api worker --slot ",
    "health": "steady-api health --slot ",
    "events": "steady-events",
    "nginx master": "nginx: master",
    "nginx worker": "nginx: worker",
    "guard": "guard.py",
    "drain": "sleep infinity",
    "supervisord": "supervisord -c",
}


def by_kind(steady: Container) -> dict[str, list[int]]:
    """Pids of what runs; nothing while the container does not."""
    found: dict[str, list[int]] = defaultdict(list)
    with contextlib.suppress(AssertionError):
        for pid, command in steady.pids().items():
            for kind, text in KINDS.items():
                if text in command:
                    found[kind].append(pid)
                    break
    return found


def victims(kind: str, running: dict[str, list[int]]) -> list[int]:
    if kind == "all workers":
        return running["worker"]
    if kind == "workers and keeper":
        return running["worker"] + running["keeper"]
    return [random.choice(running[kind])]


def kill_and_wait(steady: Container, kind: str) -> float:
    """Seconds until as much as before runs again and /readyz says so."""
    before = by_kind(steady)
    killed = victims(kind, before)
    began = time.monotonic()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    def is_whole() -> bool:
        now = by_kind(steady)
        return (
            all(len(now[kind]) >= len(before[kind]) for kind in KINDS)
            and not set(killed) & {pid for pids in now.values() for pid in pids}
            and steady.is_ready()
        )

    wait_until(is_whole, f"everything to run after the {kind}", BACK_SECONDS)
    return time.monotonic() - began


def in_random_order(kinds: list[str]) -> Iterator[str]:
    """All of them, and again, until the time is up."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        random.shuffle(kinds)
        yield from kinds


@pytest.mark.timeout(SECONDS * 3 + 300)
def test_whatever_is_killed_comes_back(figure: Callable[[str], None]) -> None:
    random.seed(SEED)
    slowest: Counter[str] = Counter()
    kills = 0
    with Container(options=RESTARTING, STEADY_REGISTRATION="open") as steady:
        kinds = [*KINDS, "all workers", "workers and keeper"]
        with Load(
            [steady.sign_up()], repeated=REPEATED, patience=BACK_SECONDS * 2
        ) as load:
            for kind in in_random_order(kinds):
                took = kill_and_wait(steady, kind)
                slowest[kind] = max(slowest[kind], took)
                kills += 1
        load.check()
    times = ", ".join(f"{kind} {took:.1f}" for kind, took in slowest.items())
    figure(f"{kills} kills (seed {SEED}), slowest return in s: {times}")
    figure(f"under kills: {load.summary()}")


def test_would_notice_a_container_that_does_not_come_back() -> None:
    """Proof: without the restart policy the end of supervisord is the end."""
    with Container() as steady:
        with pytest.raises(TimeoutError):
            kill_and_wait(steady, "supervisord")
        assert not steady.is_running()


def test_would_notice_lost_writes() -> None:
    """Proof: on a volume that does not outlive a kill, writes are missed."""
    fleeting = ["--tmpfs", "/var/lib/steady:uid=10001,mode=700"]
    with Container(
        options=[*RESTARTING, *fleeting], STEADY_REGISTRATION="open"
    ) as steady:
        user = steady.sign_up()
        with Load([user], repeated=REPEATED, patience=2) as load:
            wait_until(lambda: load.created and load.raised, "writes", 10)
            kill_and_wait(steady, "supervisord")
        with pytest.raises(AssertionError):
            load.check()
