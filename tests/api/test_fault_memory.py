"""A worker's memory stays small and flat over many mixed requests.

Measured is VmRSS, which counts the pages of shared libraries in full, though
all workers share them; the private part and the proportional share (Pss) are
printed beside it. STEADY_TEST_REQUESTS=100000 makes it the long run.
"""

import http.client
import itertools
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from lib.api import add, at_once
from lib.instance import Instance
from lib.load import all_tasks

REQUESTS = int(os.environ.get("STEADY_TEST_REQUESTS", "20000"))
WARM_UP = 5000
THREADS = 4
MOST_KB = 24 * 1024
MOST_GROWTH = 1.10
NOTES = "It rains, and the roof is open. " * 60


def memory(pid: int) -> dict[str, int]:
    """Kilobytes by name, such as Rss, Pss, Private_Dirty."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, _ = line.split()
        found[name.rstrip(":")] = int(value)
    return found


class Mix:
    """One connection with what a busy page sends, in turns."""

    def __init__(self, steady: Instance, user: httpx.Client, name: int) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", steady.port, timeout=40
        )
        cookies = "; ".join(f"{k}={v}" for k, v in user.cookies.items())
        self.headers = {
            "Cookie": cookies,
            "Host": f"localhost:{steady.port}",
            "Content-Type": "application/json",
        }
        self.name = name
        self.ids: list[str] = []

    def send(
        self, method: str, path: str, body: object = None, key: str = ""
    ) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body)
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        self.connection.request(method, path, content, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def step(self, number: int) -> None:
        """One request; each kind has the one status that is right."""
        kind = number % 10
        key = f"memory-{self.name}-{number}"
        if kind == 0:
            body = {"title": key, "notes": NOTES, "tags": ["rain", "roof"]}
            status, text = self.send("POST", "/api/tasks", body, key)
            assert status == 201, text
            self.ids.append(json.loads(text)["id"])
            return
        path = f"/api/tasks/{self.ids[-1]}"
        if kind == 1:
            request, right = ("PATCH", path, {"priority": "high"}, key), 200
        elif kind == 2:
            request, right = ("POST", "/api/tasks", {"title": 7}), 422
        elif kind == 3:
            request, right = ("GET", f"/api/tasks/{os.urandom(8).hex()}"), 404
        elif kind == 4:
            request, right = ("GET", "/api/tasks?limit=10"), 200
        elif kind == 9 and len(self.ids) > 20:
            path = f"/api/tasks/{self.ids.pop(0)}"
            request, right = ("DELETE", path), (200, 204)
        else:
            request, right = ("GET", path), 200
        status, text = self.send(*request)
        assert status in (right if isinstance(right, tuple) else (right,)), text


def fill_caches(steady: Instance) -> None:
    """SQLite keeps up to 2 MB of pages a worker: those are not growth."""
    user = steady.sign_up()
    for number in range(500):
        add(user, str(number), notes="n" * 8000)
    clients = [steady.client(cookies=user.cookies) for _ in range(8)]
    at_once(8, lambda i: [list(all_tasks(clients[i])) for _ in range(3)])


def run(mixes: list[Mix], numbers: range) -> None:
    """All these requests, divided among the connections."""
    shared = itertools.count()
    failures: list[BaseException] = []

    def work(mix: Mix) -> None:
        try:
            step = 0
            while next(shared) < len(numbers) and not failures:
                mix.step(numbers.start + step)
                step += 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=[mix]) for mix in mixes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


@pytest.mark.timeout(900)
def test_memory_of_workers_is_small_and_flat(
    start_instance: Callable[..., Instance],
):
    steady = start_instance(STEADY_WORKERS="4")
    fill_caches(steady)
    user = steady.sign_up()
    mixes = [Mix(steady, user, name) for name in range(THREADS)]
    pids = steady.workers()
    run(mixes, range(0, WARM_UP))
    early = {pid: memory(pid) for pid in pids}
    run(mixes, range(WARM_UP, REQUESTS))
    late = {pid: memory(pid) for pid in pids}
    assert steady.workers() == pids, "a worker was restarted"
    for pid in pids:
        private = late[pid]["Private_Dirty"] + late[pid]["Private_Clean"]
        print(
            f"worker {pid}: VmRSS {early[pid]['Rss']} kB after {WARM_UP}, "
            f"{late[pid]['Rss']} kB after {REQUESTS} requests; "
            f"Pss {late[pid]['Pss']} kB, private {private} kB"
        )
        assert late[pid]["Rss"] <= MOST_KB
        assert late[pid]["Rss"] < early[pid]["Rss"] * MOST_GROWTH
