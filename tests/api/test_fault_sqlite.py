"""SQLite: everything is killed in the middle of writes; the disk is full.

A SIGKILL leaves the system's page cache alone: that a commit is synced to the
disk (`synchronous=FULL`) is asserted by the unit tests of the store, not here.
"""

import contextlib
import json
import random
import sqlite3
import threading
from pathlib import Path

import pytest

from lib.api import add, problem
from lib.bare import BareWorkers
from lib.instance import Instance
from lib.load import Load, all_tasks
from lib.wait import wait_until

pytestmark = pytest.mark.only("sqlite")

ROUNDS_OF_WORKERS = 45
ROUNDS_OF_ALL = 5
WRITERS = 3


def check_integrity(data: Path) -> None:
    with contextlib.closing(sqlite3.connect(data / "steady.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [
            ("ok",)
        ]


class Writers:
    """Create tasks until the workers are gone."""

    def __init__(self, workers: BareWorkers, number: int) -> None:
        self.workers = workers
        self.number = number
        self.acknowledged: dict[str, str] = {}  # title to id
        self.unknown: list[str] = []

    def run_until_killed(self, writes: int) -> None:
        """Kills everything as soon as so many are acknowledged."""
        enough = threading.Event()
        threads = [
            threading.Thread(target=self._write, args=[name, writes, enough])
            for name in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        assert enough.wait(20), "no writes"
        self.workers.kill()
        for thread in threads:
            thread.join(20)

    def _write(self, name: int, writes: int, enough: threading.Event) -> None:
        count = 0
        while True:
            count += 1
            title = f"{self.number}-{name}-{count}"
            try:
                status, body = create(self.workers, title)
            except OSError:
                self.unknown.append(title)
                return
            assert status == 201, body
            self.acknowledged[title] = json.loads(body)["id"]
            if len(self.acknowledged) >= writes:
                enough.set()


def create(workers: BareWorkers, title: str) -> tuple[int, bytes]:
    body = json.dumps({"title": title}).encode()
    return workers.request(
        "POST", "/api/tasks", body, HTTP_IDEMPOTENCY_KEY=title
    )


def test_acknowledged_writes_survive_a_kill_of_all_workers(tmp_path):
    expected = set()
    with BareWorkers(tmp_path, WRITERS) as workers:
        for number in range(ROUNDS_OF_WORKERS):
            writers = Writers(workers, number)
            writers.run_until_killed(10 + number % 7)
            workers.start()
            for title, id in writers.acknowledged.items():
                status, body = workers.request("GET", f"/api/tasks/{id}")
                assert status == 200, body
                assert json.loads(body)["title"] == title
            for title in writers.unknown:
                assert create(workers, title)[0] == 201
            expected |= {*writers.acknowledged, *writers.unknown}
            check_integrity(tmp_path)
        workers.kill()
    with sqlite3.connect(tmp_path / "steady.db") as database:
        count = database.execute("SELECT count(*) FROM tasks").fetchone()
    assert count == (len(expected),)


def test_acknowledged_writes_survive_a_kill_of_everything():
    with Instance() as steady:
        loads = []
        for _ in range(ROUNDS_OF_ALL):
            load = Load([steady.sign_up()], writers=3, readers=1)
            with load:
                wait_until(lambda load=load: load.raised, "acknowledged writes")
                load.run(random.uniform(0.1, 0.3))
                steady.kill()
            print(load.summary())
            steady.start()
            loads.append(load)
            for each in loads:
                each.check_kept(unknown=1)
            check_integrity(steady.folder / "data")


# -- A full disk --------------------------------------------------------------


def fill(folder: Path) -> Path:
    """Takes all space that is left; the file to remove again."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return filler


def write_until_full(client, limit: int = 200):
    """The tasks that still found room, and the first refusal."""
    tasks = []
    for number in range(limit):
        body = {"title": f"{number}", "notes": "x" * 16_000}
        answer = client.post("/api/tasks", json=body)
        if answer.status_code != 201:
            return tasks, answer
        tasks.append(answer.json())
    raise AssertionError("the disk does not get full")


def test_a_full_disk_refuses_writes_and_harms_nothing(small_disk):
    with Instance(STEADY_DATA_DIR=str(small_disk)) as steady:
        user = steady.sign_up()
        before = add(user, "before")
        filler = fill(small_disk)

        tasks, refused = write_until_full(user)
        assert refused.status_code in (503, 507)
        detail = problem(refused, refused.status_code)["detail"]
        assert "space" in detail or "full" in detail, detail
        patch = user.patch(
            f"/api/tasks/{before['id']}", json={"notes": "n" * 9}
        )
        assert patch.status_code in (200, 503, 507), patch.text
        for task in [before, *tasks]:
            answer = user.get(f"/api/tasks/{task['id']}")
            assert answer.status_code == 200, answer.text
        assert user.get("/healthz").status_code == 200
        seen = {task["id"] for task in all_tasks(user)}
        assert seen == {before["id"], *(task["id"] for task in tasks)}

        filler.unlink()
        after = add(user, "after")
        steady.restart()
        seen = {task["id"] for task in all_tasks(user)}
        assert {before["id"], after["id"]} <= seen
        check_integrity(small_disk)
