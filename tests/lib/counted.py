"""Clients whose every answer must be in the access log, once.

clients = CountedClients(steady)
...kill workers, rotate the log...
clients.stop()
clients.check(steady.log_lines())
"""

import threading
from collections import Counter
from typing import Any

import httpx

from lib.no_tls import NO_TLS
from lib.wait import wait_until

CLIENTS = 4
PATHS = ("/api/tasks", "/", "/api/nothing", "/api/tasks?limit=0")
# What their routes are called.
ROUTES = {"/api/nothing": "/api/(other)", "/": "page"}


class CountedClients:
    """They ask until they are stopped; `steady` can sign up and has a url."""

    def __init__(self, steady: Any) -> None:
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
        with httpx.Client(
            base_url=url, cookies=cookies, timeout=40, verify=NO_TLS
        ) as client:
            while not self.stopped.is_set():
                for path in PATHS:
                    answer = client.get(path)
                    name = path.partition("?")[0]
                    route = ROUTES.get(name, name)
                    with self._lock:
                        self.answered[route, answer.status_code] += 1
                        self.ids.append(answer.headers["X-Request-Id"])

    def wait_for_more(self, count: int) -> None:
        wanted = len(self.ids) + count
        wait_until(lambda: len(self.ids) >= wanted, "requests")

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    def check(self, lines: list[dict[str, Any]]) -> None:
        """All of the log's lines are given, so no more are to come."""
        ours = set(self.ids)
        assert len(ours) == len(self.ids) > 0
        found = [line for line in lines if line["request_id"] in ours]
        assert Counter(line["request_id"] for line in found) == Counter(ours)
        counts = Counter((line["route"], line["status"]) for line in found)
        assert counts == self.answered
