"""More than a container can take, and clients that take for ever.

On the network of this machine, so that no proxy of Docker's is measured. The
figures are for reading: machines are busy, and nothing here is asserted of
them.
"""

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import need

from lib.api import add
from lib.container import Container
from lib.mongod import ReplicaSet
from lib.paths import MONGOD

MIX = Path(__file__).with_name("mix.lua")
TASKS = 60
# As many clients as keep the workers busy, and so many that five times the
# peak needs but a request of each now and then.
PEAK, OVERLOAD = 32, 960
TIMES = 5
SECONDS = 8
SLOW_CLIENTS = 400


@contextmanager
def on_the_host_network(**settings: str) -> Iterator[Container]:
    """Logs go to files, as on a host behind a load balancer."""
    container = Container(
        publish=False,
        options=["--network", "host", *cores(0)],
        STEADY_BIND="127.0.0.1",
        STEADY_REGISTRATION="open",
        STEADY_LOG_DIR="/tmp/log",
        **settings,
    )
    container.settings["STEADY_PORT"] = str(container.port)
    with container:
        yield container


def cores(which: int) -> list[str]:
    """Docker's words for that half of the machine: a container and its
    clients do not take each other's time."""
    half = os.cpu_count() // 2
    if not half:
        return []
    return ["--cpuset-cpus", f"{which * half}-{(which + 1) * half - 1}"]


@pytest.fixture
def steady() -> Iterator[Container]:
    with on_the_host_network() as container:
        yield container


@pytest.fixture(params=["sqlite", "mongodb"])
def on_each_store(request) -> Iterator[Container]:
    if request.param == "sqlite":
        with on_the_host_network() as container:
            yield container
        return
    need(MONGOD.exists(), "mongod (make setup-mongod)")
    with (
        ReplicaSet() as mongodb,
        on_the_host_network(
            STEADY_MONGODB_URI=mongodb.uri("load")
        ) as container,
    ):
        yield container


def mix(
    steady: Container, words: list[str], connections: int, pause: float = 0
) -> dict:
    """The mix of tests/ops/mix.lua from so many clients, each of which pauses
    for so many seconds before a request."""
    need(bool(shutil.which("wrk")), "wrk (make setup-image-test)")
    milliseconds = str(round(1000 * pause))
    pinned = cores(1)[1:]
    began = cpu_seconds(steady)
    done = subprocess.run(
        [
            *(["taskset", "-c", *pinned] if pinned else []),
            *("wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "-s", MIX),
            *(f"{steady.url}/", "--", milliseconds, *words),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS + 60,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    return result | {"cpu_seconds": cpu_seconds(steady) - began}


def cpu_seconds(steady: Container) -> float:
    """What its processes have used: a database beside it takes its time."""
    ticks = 0
    for pid in steady.pids():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]
        ticks += sum(int(each) for each in fields.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def described(result: dict) -> str:
    seconds = result["seconds"]
    return (
        f"{result['good'] / seconds:.0f} answered/s, "
        f"{result['shed'] / seconds:.0f} shed/s, "
        f"p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms"
    )


def test_overload_is_shed_with_503_and_the_rest_is_answered(
    on_each_store: Container, figure: Callable[[str], None]
) -> None:
    steady = on_each_store
    user = steady.sign_up()
    ids = [add(user, f"task {number}")["id"] for number in range(TASKS)]
    token = user.post("/api/tokens", json={"name": "mix", "scope": "write"})
    words = [token.json()["token"], *ids]
    peak = mix(steady, words, PEAK)
    capacity = peak["good"] / peak["seconds"]
    over = mix(steady, words, OVERLOAD, OVERLOAD / (TIMES * capacity))
    asked = (over["good"] + over["shed"]) / over["seconds"] / capacity
    goodput = over["good"] / over["seconds"] / capacity
    cost = peak["cpu_seconds"] / peak["good"]
    useful = over["good"] * cost / over["cpu_seconds"]
    store = "MongoDB" if "STEADY_MONGODB_URI" in steady.settings else "SQLite"
    figure(f"{store}, {PEAK} clients: {described(peak)}")
    figure(
        f"{store}, {OVERLOAD} clients, {asked:.1f} x that asked: "
        f"{described(over)}; goodput {goodput:.0%} of the peak, "
        f"{useful:.0%} of it by the container's CPU time"
    )
    assert peak["shed"] == 0
    for result in (peak, over):
        assert result["good"]
        assert result["other"] == 0
        assert result["broken"] == 0
    assert over["shed"]
    assert steady.is_ready()
    assert "no live upstreams" not in steady.exec("cat", "/tmp/log/error.log")


class Person(threading.Thread):
    """Somebody who looks at the list again and again."""

    def __init__(self, user: httpx.Client) -> None:
        super().__init__(daemon=True)
        self.user = user
        self.times: list[float] = []
        self.failures: list[str] = []
        self.has_ended = threading.Event()

    def run(self) -> None:
        while not self.has_ended.is_set():
            began = time.monotonic()
            try:
                answer = self.user.get("/api/tasks")
                if answer.status_code != 200:
                    self.failures.append(str(answer.status_code))
            except httpx.HTTPError as error:
                self.failures.append(repr(error))
            self.times.append(time.monotonic() - began)

    def end(self) -> str:
        self.has_ended.set()
        self.join(60)
        times = sorted(self.times)
        return (
            f"{len(times)} requests, p50 {times[len(times) // 2] * 1e3:.1f} "
            f"ms, p99 {times[len(times) * 99 // 100] * 1e3:.1f} ms"
        )


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("headers", ["-H", "-i", "5", "-u", "/api/tasks"]),
        ("bodies", ["-B", "-i", "5", "-s", "8192", "-u", "/api/tasks"]),
        ("reading", ["-X", "-w", "10", "-y", "20", "-z", "5", "-u", "/"]),
    ],
)
def test_slow_clients_do_not_disturb_the_others(
    steady: Container,
    figure: Callable[[str], None],
    kind: str,
    options: list[str],
) -> None:
    need(bool(shutil.which("slowhttptest")), "slowhttptest")
    *flags, path = options
    person = Person(steady.sign_up())
    person.start()
    slow = subprocess.run(
        [
            *("slowhttptest", *flags, f"{steady.url}{path}"),
            *("-c", str(SLOW_CLIENTS), "-r", "200", "-l", "8"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = person.end()
    assert "slow HTTP test status" in slow.stdout, slow.stdout + slow.stderr
    assert not person.failures, person.failures[:5]
    figure(f"beside {SLOW_CLIENTS} clients with slow {kind}: {said}")
