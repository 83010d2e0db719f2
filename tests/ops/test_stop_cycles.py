"""Containers stop and start behind HAProxy, and clients do not notice.

Two containers over one MongoDB, with the haproxy.cfg of compose.yaml (other
addresses, and health checks five times a second instead of one). One is
stopped and started again and again under 300 reads a second and keyed writes
beside them. STEADY_TEST_CYCLES=100 makes it long.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from conftest import need

from lib.container import Container, docker
from lib.load import Load
from lib.mongod import ReplicaSet
from lib.paths import MONGOD, ROOT
from lib.wait import free_port, wait_until

CYCLES = int(os.environ.get("STEADY_TEST_CYCLES") or 5)
CYCLE_SECONDS = 30  # at most, on a busy machine
SECONDS_MAX = CYCLES * CYCLE_SECONDS + 120
RATE = 300  # reads a second
CLIENTS = 30
CLOSED = re.compile(r"EOF|reset by peer|broken pipe|connection closed")


class HAProxy:
    """Debian's haproxy with our configuration, in front of containers."""

    def __init__(
        self, folder: Path, steadies: list[Container], retries: bool = True
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket = folder / "admin.sock"
        text = (ROOT / "docker" / "haproxy.cfg").read_text()
        (folder / "haproxy.cfg").write_text(
            self._placed(text, steadies, retries)
        )
        self.process: subprocess.Popen[bytes] | None = None

    def _placed(
        self, text: str, steadies: list[Container], retries: bool
    ) -> str:
        """The configuration, with the addresses of this test."""
        servers = "".join(
            f"    server steady-{number} 127.0.0.1:{steady.port}\n"
            for number, steady in enumerate(steadies, 1)
        )
        edits = [
            (r"(    server steady-\d .*\n)+", servers),
            (
                r"^global\n",
                f"global\n    stats socket {self.socket} level admin\n",
            ),
            (r"\bbind :8080", f"bind 127.0.0.1:{self.port}"),
            (r"\bbind 127.0.0.1:8404", f"bind 127.0.0.1:{free_port()}"),
            (r" resolvers docker .*\n", "\n"),
            (r"(?m)^resolvers docker\n(    .*\n)+", ""),
            (r"\binter 1s\b", "inter 200ms"),
        ]
        if not retries:
            edits += [(r"retries 3", "retries 0"), (r"    retry-on .*\n", "")]
        for pattern, replacement in edits:
            text, count = re.subn(pattern, replacement, text, flags=re.M)
            assert count, f"haproxy.cfg has no {pattern!r}"
        return text

    def __enter__(self) -> "HAProxy":
        haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/bin")
        need(haproxy is not None, "haproxy (make setup-image-test)")
        assert haproxy
        with open(self.folder / "haproxy.log", "wb") as log:
            self.process = subprocess.Popen(
                [haproxy, "-db", "-f", self.folder / "haproxy.cfg"],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(10)

    def state(self, number: int) -> str:
        """UP, DOWN..., as the balancer sees this container."""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self.socket))
            admin.sendall(b"show stat\n")
            said = b""
            while piece := admin.recv(65536):
                said += piece
        rows = [line.split(",") for line in said.decode().splitlines()]
        place = rows[0].index("status")
        return next(
            row[place]
            for row in rows
            if row[:2] == ["ready", f"steady-{number}"]
        )

    def wait_for(self, number: int, state: str) -> None:
        wait_until(
            lambda: self.state(number).startswith(state),
            f"steady-{number} to be {state}",
            CYCLE_SECONDS,
        )


class Readers:
    """hey: so many reads a second; what failed is told at the end."""

    def __init__(self, url: str, token: str) -> None:
        program = shutil.which("hey")
        need(program is not None, "hey (make setup-image-test)")
        self.process = subprocess.Popen(
            [
                *(str(program), "-z", f"{SECONDS_MAX}s", "-c", str(CLIENTS)),
                *("-q", str(RATE // CLIENTS), "-t", "20"),
                *("-H", f"Authorization: Bearer {token}"),
                f"{url}/api/tasks?limit=5",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def end(self) -> tuple[int, list[str]]:
        """How many answers of 200, and each other kind of outcome."""
        self.process.send_signal(signal.SIGINT)  # it then sums up
        said, _ = self.process.communicate(timeout=60)
        statuses = re.findall(r"\[(\d+)\]\s+(\d+) responses", said)
        good = sum(int(count) for status, count in statuses if status == "200")
        bad = [f"{n} x {status}" for status, n in statuses if status != "200"]
        errors = said.partition("Error distribution:")[2]
        bad += [
            f"{n} x {why}" for n, why in re.findall(r"\[(\d+)\]\s+(.+)", errors)
        ]
        return good, bad


@pytest.fixture(scope="module")
def mongodb() -> Iterator[ReplicaSet]:
    need(MONGOD.exists(), "mongod (make setup-mongod)")
    with ReplicaSet() as replica_set:
        yield replica_set


@pytest.fixture
def steadies(mongodb: ReplicaSet) -> Iterator[list[Container]]:
    """Two containers over one database, on this machine's network."""
    with ExitStack() as stack:
        started = []
        for _ in range(2):
            steady = Container(
                publish=False,
                options=["--network", "host"],
                STEADY_BIND="127.0.0.1",
                STEADY_MONGODB_URI=mongodb.uri("cycles"),
                STEADY_REGISTRATION="open",
                STEADY_WORKERS="4",
            )
            steady.settings["STEADY_PORT"] = str(steady.port)
            started.append(stack.enter_context(steady))
        yield started


@contextmanager
def readers_and_user(
    haproxy: HAProxy, steadies: list[Container]
) -> Iterator[tuple[Readers, httpx.Client]]:
    """Reads of a new account, and its client, through the balancer."""
    for number in (1, 2):
        haproxy.wait_for(number, "UP")
    user = steadies[0].sign_up(f"cycles-{time.monotonic_ns()}@example.org")
    user.base_url = httpx.URL(haproxy.url)
    token = user.post("/api/tokens", json={"name": "r", "scope": "read"})
    with Readers(haproxy.url, token.json()["token"]) as readers:
        yield readers, user


def drain(haproxy: HAProxy, number: int, steady: Container) -> None:
    """What an operator does first: until the balancer knows, wait."""
    steady.exec("steady-admin", "drain")
    haproxy.wait_for(number, "DOWN")


def stop_and_start(
    haproxy: HAProxy, steadies: list[Container], cycles: int, drained: bool
) -> None:
    """By turns: the other one serves."""
    for cycle in range(cycles):
        number = cycle % len(steadies) + 1
        steady = steadies[number - 1]
        if drained:
            drain(haproxy, number, steady)
        assert steady.stop() == 0
        steady.restart()
        haproxy.wait_for(number, "UP")


@pytest.mark.timeout(SECONDS_MAX)
@pytest.mark.parametrize("drained", [True, False])
def test_stops_and_starts_behind_haproxy(
    steadies: list[Container],
    tmp_path: Path,
    figure: Callable[[str], None],
    drained: bool,
) -> None:
    with (
        HAProxy(tmp_path, steadies) as haproxy,
        readers_and_user(haproxy, steadies) as (readers, user),
    ):
        began = time.monotonic()
        # What got no answer at all: people's pages repeat it with its key.
        repeated = {} if drained else {"POST": {0}, "PATCH": {0}}
        with Load([user], writers=2, readers=0, repeated=repeated) as load:
            stop_and_start(haproxy, steadies, CYCLES, drained)
        seconds = time.monotonic() - began
        good, bad = readers.end()
        how = "drained first" if drained else "without draining"
        figure(
            f"{CYCLES} stops and starts, {how}, in {seconds:.0f} s: {good} "
            f"reads ({good / seconds:.0f}/s), others {bad or 'none'}; keyed "
            f"writes: {load.summary()}"
        )
        load.check()
    assert good > CYCLES
    if drained:
        assert not bad
    # Without, a request may meet a kept connection that nginx just closes;
    # HAProxy lets its client know by closing as well.
    assert not [one for one in bad if not CLOSED.search(one)], bad


def test_would_notice_a_killed_container_without_retries(
    steadies: list[Container], tmp_path: Path
) -> None:
    """Proof: killed instead of stopped, behind a balancer that gives up."""
    with (
        HAProxy(tmp_path, steadies, retries=False) as haproxy,
        readers_and_user(haproxy, steadies) as (readers, _),
    ):
        docker("kill", steadies[0].name)
        haproxy.wait_for(1, "DOWN")
        _, bad = readers.end()
    assert bad
