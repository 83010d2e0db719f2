"""The access log has each request once, whatever happens meanwhile."""

import os
import signal
import threading
from collections import Counter
from pathlib import Path

import httpx

from lib.instance import Instance
from lib.wait import wait_until

CLIENTS = 4
ROUNDS = 6


class Clients:
    """They ask until they are stopped; what they sent is counted."""

    def __init__(self, steady: Instance) -> None:
        self.answered: Counter[tuple[str, int]] = Counter()
        self.ids: list[str] = []
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        cookies = steady.sign_up().cookies
        self.threads = [
            threading.Thread(target=self._ask, args=[steady.url, cookies])
            for _ in range(CLIENTS)
        ]
        for thread in self.threads:
            thread.start()

    def _ask(self, url: str, cookies: httpx.Cookies) -> None:
        paths = ["/api/tasks", "/", "/api/nothing", "/api/tasks?limit=0"]
        with httpx.Client(base_url=url, cookies=cookies, timeout=40) as client:
            while not self.stopped.is_set():
                for path in paths:
                    answer = client.get(path)
                    name = path.partition("?")[0]
                    with self._lock:
                        self.answered[name, answer.status_code] += 1
                        self.ids.append(answer.headers["X-Request-Id"])

    def wait_for_more(self, count: int) -> None:
        wanted = len(self.ids) + count
        wait_until(lambda: len(self.ids) >= wanted, "requests")

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


def rotate(log: Path, number: int, steady: Instance) -> None:
    """As logrotate does it."""
    log.rename(f"{log}.{number}")
    log.touch(0o600)
    os.kill(steady.nginx(), signal.SIGUSR1)


def test_counts_are_the_clients_counts_over_kills_and_rotation(start_instance):
    steady = start_instance(STEADY_WORKERS="3")
    log = steady.folder / "log" / "access.log"
    clients = Clients(steady)
    try:
        for number in range(1, ROUNDS + 1):
            clients.wait_for_more(100)
            if number % 2:
                steady.kill_workers()
            rotate(log, number, steady)
    finally:
        clients.stop()
    asked = set(clients.ids)
    assert len(asked) == len(clients.ids) > ROUNDS * 100

    # Then no line is under way, and one too many would be there.
    assert steady.stop() == 0
    names = [*(f"access.log.{n + 1}" for n in range(ROUNDS)), "access.log"]
    logged = [line for name in names for line in steady.log_lines(name)]
    lines = [line for line in logged if line["request_id"] in asked]
    assert Counter(line["request_id"] for line in lines) == Counter(asked)
    routes = {"/api/nothing": "/api/(other)", "/": "page"}
    assert Counter(
        (line["route"], line["status"]) for line in lines
    ) == Counter(
        {
            (routes.get(name, name), status): count
            for (name, status), count in clients.answered.items()
        }
    )
    for number in range(1, ROUNDS + 1):
        assert steady.log_lines(f"access.log.{number}")
