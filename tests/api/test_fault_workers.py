"""Workers that are killed under load: no client notices."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.instance import Instance
from lib.load import Load
from lib.wait import wait_until

WORKERS = 4
SINGLE_KILLS = 88
KILLS_OF_ALL = 12
# The guard takes twenty lives in a row of under 0.5 s for a crash loop.
PAUSE_AFTER_ONE = 0.15
PAUSE_AFTER_ALL = 0.7
SLOWEST = 3.0
# nginx tries twice. A write that both times met a worker that was then killed
# is lost in good order: 502, and repeated with its key. A read never is.
REPEATED = {"POST": {502}, "PATCH": {502}}


@pytest.fixture
def steady(start_instance: Callable[..., Instance]) -> Instance:
    return start_instance(STEADY_WORKERS=str(WORKERS))


def slots(steady: Instance) -> dict[int, int]:
    """Slot to pid. From /proc: asking supervisord would wake it up."""
    found = {}
    for pid in steady.pids():
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            if words[1:2] == ["worker"]:
                found[int(words[3])] = pid
    return found


def kill(pids: list[int]) -> None:
    """By a process of its own: here, threads would run between two kills."""
    subprocess.run(["kill", "-KILL", *map(str, pids)], check=True)


def wait_for_new(steady: Instance, old: dict[int, int], keeper: bool) -> None:
    """Until every killed slot has another pid."""

    def replaced() -> bool:
        now = slots(steady)
        return all(
            now.get(slot, pid) != pid
            for slot, pid in old.items()
            if keeper or slot
        )

    wait_until(replaced, "supervisord to start new workers", 5)


def kill_by_turns(steady: Instance, load: Load, kills: int) -> None:
    for number in range(kills):
        slot = 1 + number % WORKERS
        victim = {slot: slots(steady)[slot]}
        kill([victim[slot]])
        wait_for_new(steady, victim, keeper=False)
        load.run(PAUSE_AFTER_ONE)


def kill_all(
    steady: Instance, load: Load, kills: int, keeper: bool = False
) -> None:
    for _ in range(kills):
        victims = slots(steady)
        kill([pid for slot, pid in victims.items() if slot or keeper])
        wait_for_new(steady, victims, keeper)
        load.run(PAUSE_AFTER_ALL)


def test_no_request_fails_while_workers_are_killed(steady):
    with Load([steady.sign_up()], repeated=REPEATED) as load:
        kill_by_turns(steady, load, SINGLE_KILLS)
        kill_all(steady, load, KILLS_OF_ALL)
    load.check()
    assert load.slowest < SLOWEST
    retried = [line for line in steady.log_lines() if line["retry"]]
    assert retried, "no request was hit by a kill"


@contextlib.contextmanager
def no_retry(steady: Instance) -> Iterator[None]:
    """nginx, told not to repeat what a worker's death broke."""
    for name in ("snippets/upstream.conf", "snippets/api.conf"):
        file = steady.run_dir / "nginx" / name
        before = file.read_text()
        after = re.sub(
            r"fastcgi_next_upstream error[^;]*;",
            "fastcgi_next_upstream off;",
            before,
        )
        assert before != after
        file.write_text(after)
    master = steady.nginx()
    os.kill(master, signal.SIGHUP)
    yield


def test_would_notice_a_missing_keeper(start_instance):
    """Proof: the load sees it when supervisord closes the socket."""
    steady = start_instance(STEADY_WORKERS="1")
    with Load([steady.sign_up()], repeated=REPEATED) as load:
        for _ in range(30):
            kill_all(steady, load, 1, keeper=True)
            if load.failures:
                break
    assert load.failures


def test_would_notice_a_missing_retry(steady):
    """Proof: the load sees the requests that a kill breaks."""
    edited, user = no_retry(steady), steady.sign_up()
    with edited, Load([user], repeated=REPEATED) as load:
        for _ in range(30):
            kill_all(steady, load, 1)
            if load.failures:
                break
    assert load.failures
