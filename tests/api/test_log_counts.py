"""The access log has each request once, whatever happens meanwhile."""

import os
import signal
from pathlib import Path

from lib.counted import CountedClients
from lib.instance import Instance

ROUNDS = 6


def rotate(log: Path, number: int, steady: Instance) -> None:
    """As logrotate does it."""
    log.rename(f"{log}.{number}")
    log.touch(0o600)
    os.kill(steady.nginx(), signal.SIGUSR1)


def test_counts_are_the_clients_counts_over_kills_and_rotation(start_instance):
    steady = start_instance(STEADY_WORKERS="3")
    log = steady.folder / "log" / "access.log"
    clients = CountedClients(steady)
    try:
        for number in range(1, ROUNDS + 1):
            clients.wait_for_more(100)
            if number % 2:
                steady.kill_workers()
            rotate(log, number, steady)
    finally:
        clients.stop()
    # Then no line is under way, and one too many would be there.
    assert steady.stop() == 0
    rotated = [
        steady.log_lines(f"access.log.{number + 1}") for number in range(ROUNDS)
    ]
    assert all(rotated)
    clients.check(sum(rotated, []) + steady.log_lines())
