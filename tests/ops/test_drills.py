"""From a symptom to a cause: troubles that are made, and found by the commands
of nginx/monitoring/README.md."""

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.disk import small_disk
from lib.instance import Instance
from lib.mongod import ReplicaSet
from lib.paths import ROOT
from lib.wait import wait_until

pytestmark = pytest.mark.lab

MONITORING = ROOT / "nginx" / "monitoring"
CLONE_NEWUTS = 0x04000000
FLUSH_SECONDS = 0.4


def commands(trouble: str) -> list[str]:
    """What the table says to type, in its order."""
    text = (MONITORING / "README.md").read_text()
    (row,) = re.findall(rf"^\| {trouble} \|.*\| (.*) \|$", text, re.M)
    return re.findall(r"`([^`]+)`", row)


def typed(command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["sh", "-euc", command],
        cwd=folder,
        env={
            **os.environ,
            **environment,
            "PATH": f"{MONITORING}:/usr/bin:/bin",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def figures(shown: str, name: str) -> dict[str, float]:
    """A line of steady-top's table; times in ms."""
    head = re.search(r"^ +(req/s.*)$", shown, re.M)
    row = re.search(rf"^{re.escape(name)} +(\S.*)$", shown, re.M)
    assert head, shown
    assert row, f"{name}\n{shown}"
    cells = re.findall(r"[\d.,]+ ms|[\d.,]+ s|-|[\d.,]+", row[1])
    return {
        column: in_ms(cell)
        for column, cell in zip(head[1].split(), cells, strict=True)
    }


def in_ms(cell: str) -> float:
    number, _, unit = cell.replace(",", "").partition(" ")
    if number == "-":
        return 0
    return float(number) * (1000 if unit == "s" else 1)


def logs_of(steady: Instance) -> Path:
    return steady.folder / "log"


@pytest.fixture
def mongodb() -> Iterator[ReplicaSet]:
    with ReplicaSet() as replica_set:
        yield replica_set
        replica_set.fail_point("off")


@pytest.fixture
def start() -> Iterator[Callable[..., Instance]]:
    started: list[Instance] = []

    def start(host: str = "", **settings: str) -> Instance:
        """On a machine of that name."""

        def rename() -> None:
            if host and ctypes.CDLL(None).unshare(CLONE_NEWUTS) == 0:
                ctypes.CDLL(None).sethostname(host.encode(), len(host))

        steady = Instance(STEADY_WORKERS="2", **settings)
        started.append(steady)
        steady.start(preexec_fn=rename)
        return steady

    yield start
    for steady in started:
        steady.release()


@contextlib.contextmanager
def slow_flush(mongodb: ReplicaSet) -> Iterator[None]:
    """Writes wait for so long as the flush of a bad disk takes."""
    with mongodb.client() as client:
        client.admin.command("fsync", lock=True)
        unlock = threading.Timer(
            FLUSH_SECONDS, client.admin.command, ["fsyncUnlock"]
        )
        unlock.start()
        try:
            yield
        finally:
            unlock.join()


def test_slow_database(mongodb, start):
    steady = start(STEADY_MONGODB_URI=mongodb.uri())
    user = steady.sign_up()
    task = user.post("/api/tasks", json={"title": "Pay"}).json()
    path = f"/api/tasks/{task['id']}"
    for number in range(5):
        with slow_flush(mongodb):
            answer = user.patch(path, json={"notes": str(number)})
        assert answer.status_code == 200
    show, grep = commands("slow database")
    shown = wait_until(
        lambda: "PATCH" in (told := typed(show, logs_of(steady))) and told,
        "the lines",
    )
    told = figures(shown, "PATCH /api/tasks/{id}")
    assert told["db"] > 0.8 * told["p50"] > 100
    assert told["queue"] < 0.2 * told["p50"]
    slowest = re.search(rf" PATCH {path}  ([0-9a-f]{{32}})", shown)
    assert slowest
    folder = mongodb.primary().folder
    found = typed(grep.replace("REQUEST_ID", slowest[1]), folder)
    entry = json.loads(found.splitlines()[0])
    assert entry["msg"] == "Slow query"
    assert entry["attr"]["durationMillis"] > 100


def test_one_bad_host(mongodb, start, tmp_path):
    good = start("good", STEADY_MONGODB_URI=mongodb.uri())
    bad = start("bad", STEADY_MONGODB_URI=f"{mongodb.uri()}&appName=bad")
    user = good.sign_up("anna@example.org")
    mongodb.fail_point(
        "alwaysOn", failCommands=["find"], errorCode=91, appName="bad"
    )
    for _ in range(5):
        assert user.get("/api/tasks").status_code == 200
        answer = bad.client(cookies=user.cookies).get("/api/tasks")
        assert answer.status_code == 503
    for name, steady in {"good": good, "bad": bad}.items():
        (tmp_path / name).symlink_to(logs_of(steady))
    show, grep = commands("one bad host")

    def shown() -> str | None:
        told = typed(show, tmp_path)
        return told if figures(told, "all")["5xx"] == 5 else None

    version = good.log_lines()[0]["version"]
    told = wait_until(shown, "ten lines")
    assert figures(told, f"bad {version}")["5xx"] == 5
    assert figures(told, f"good {version}")["5xx"] == 0
    cause = json.loads(typed(grep, tmp_path).splitlines()[0])
    assert cause["code"] == 91


def test_client_that_repeats_for_ever(start):
    steady = start(STEADY_TRUSTED_PROXIES="127.0.0.1")

    def from_address(number: int) -> Any:
        user = steady.sign_up()
        user.headers["X-Forwarded-For"] = f"10.0.0.{number}"
        return user

    others = [from_address(number) for number in range(1, 6)]
    stuck = from_address(77)
    task = stuck.post("/api/tasks", json={"title": "Pay"}).json()
    for _ in range(60):
        answer = stuck.patch(
            f"/api/tasks/{task['id']}",
            json={"notes": "x"},
            headers={"If-Match": '"99"'},
        )
        assert answer.status_code == 412
    for other in others:
        other.get("/api/tasks")
    by_client, by_user = commands("a client that repeats for ever")

    def shown() -> str | None:
        told = typed(by_client, logs_of(steady))
        return told if figures(told, "all")["4xx"] == 60 else None

    told = wait_until(shown, "its lines")
    assert figures(told, "PATCH /api/tasks/{id}")["4xx"] == 60
    assert figures(told, "10.0.0.77")["4xx"] == 60
    assert figures(told, "10.0.0.1")["4xx"] == 0
    (line,) = {
        line["user"]
        for line in steady.log_lines()
        if line["client"] == "10.0.0.77"
    }
    told = typed(by_user, logs_of(steady))
    assert figures(told, line)["4xx"] == 60


def test_crash_loop(start):
    steady = start()
    user = steady.sign_up()
    folder = logs_of(steady)
    count, causes = commands("crash loop")
    before = int(typed(count, folder))
    for turn in range(1, 6):
        for pid in steady.workers():
            os.kill(pid, signal.SIGSEGV)
        assert user.get("/api/tasks").status_code == 200
        wanted = before + 2 * turn
        wait_until(
            lambda wanted=wanted: int(typed(count, folder)) == wanted,
            f"{wanted} first lines",
        )
    assert "SIGSEGV" in typed(causes, folder)


def test_full_disk(start, tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        steady = start(STEADY_DATA_DIR=str(disk))
        user = steady.sign_up()
        filler = disk / "filler"
        with open(filler, "wb") as file, pytest.raises(OSError):
            while True:
                file.write(b"x" * 65536)
                file.flush()
        statuses = {
            user.post("/api/tasks", json={"title": "x" * 500}).status_code
            for _ in range(100)
        }
        assert 507 in statuses
        assert user.get("/api/tasks").status_code == 200
        folder = logs_of(steady)
        grep, df = commands("full disk")
        shown = typed("steady-top --once access.log", folder)
        assert figures(shown, "POST /api/tasks")["5xx"] > 0
        assert figures(shown, "GET /api/tasks")["5xx"] == 0
        said = typed(grep, folder).splitlines()
        assert json.loads(said[0])["level"] == "error"
        assert " 100% " in typed(df, folder, STEADY_DATA_DIR=str(disk))
        filler.unlink()
        answer = user.post("/api/tasks", json={"title": "there is room again"})
        assert answer.status_code == 201
        steady.stop()
