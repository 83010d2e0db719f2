"""Where everything is logged: on the two streams, or in files."""

import json
import os
import re
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.instance import Instance
from lib.paths import BUILD
from lib.wait import wait_until

NOBODY = 65534
NGINX = re.compile(r"\d{4}(/\d\d){2} [\d:]{8} \[(warn|error|crit)\] ")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Reader:
    """Collects what comes out of one end until the other is closed."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.data = b""
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        while piece := os.read(self.descriptor, 65536):
            self.data += piece
        os.close(self.descriptor)

    def lines(self) -> list[dict[str, Any]]:
        """All whole lines; each must be JSON, but for nginx's own errors."""
        whole = self.data[: self.data.rfind(b"\n") + 1].decode().splitlines()
        return [json.loads(line) for line in whole if not NGINX.match(line)]

    def has_ended(self) -> bool:
        self.thread.join(10)
        return not self.thread.is_alive()


class Streams:
    """A Steady that logs to streams of a kind, as a container does."""

    def __init__(self, kind: str, build: Path = BUILD, **settings: str) -> None:
        self.steady = Instance(
            build=build, STEADY_LOG_DIR=None, STEADY_WORKERS="1", **settings
        )
        ends = [self._pair(kind), self._pair(kind)]
        self.out, self.error = (Reader(read) for read, _ in ends)
        options: dict[str, Any] = {}
        if kind == "another's pipe" and os.geteuid() == 0:
            # Root may open everything.
            os.chown(self.steady.folder, NOBODY, NOBODY)
            options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        written = {"stdout": ends[0][1], "stderr": ends[1][1]}
        self.steady.start(ready=False, **written, **options)
        for _, write in ends:
            os.close(write)

    @staticmethod
    def _pair(kind: str) -> tuple[int, int]:
        """The descriptors to read from and to write to."""
        if kind == "socket":
            ours, theirs = socket.socketpair()
            return ours.detach(), theirs.detach()
        read, write = os.pipe()
        if kind == "another's pipe":
            os.fchmod(write, 0)
        return read, write


@pytest.fixture(params=["pipe", "another's pipe", "socket"])
def streams(request: pytest.FixtureRequest) -> Iterator[Streams]:
    streams = Streams(request.param)
    try:
        streams.steady.wait_ready()
        yield streams
    finally:
        streams.steady.release()


def events(streams: Streams, event: str) -> list[dict[str, Any]]:
    return [line for line in streams.error.lines() if line["event"] == event]


def test_streams_carry_json_lines_and_nothing_else(streams):
    steady = streams.steady
    ready = wait_until(lambda: events(streams, "ready"), "ready")
    assert "Steady is ready on" in ready[0]["detail"]
    answer = httpx.get(f"{steady.url}/api/tasks")
    assert answer.status_code == 401
    number = answer.headers["X-Request-Id"]
    os.kill(steady.workers()[0], signal.SIGKILL)
    ended = wait_until(lambda: events(streams, "process_ended"), "its end")
    assert ended[0]["process"] == "api-001"
    assert steady.stop() == 0
    # Nothing is lost, and nothing is left that holds the streams open.
    assert streams.out.has_ended()
    assert streams.error.has_ended()
    assert not NGINX.search(streams.out.data.decode())
    access = streams.out.lines()
    assert all(line["v"] == 1 for line in access)
    assert number in {line["request_id"] for line in access}
    for line in streams.error.lines():
        assert INSTANT.fullmatch(line["ts"])
        assert line["level"] in ("debug", "info", "warn", "error")
        assert line["event"]


def test_nginx_writes_its_log_without_a_detour(streams):
    """Each line through supervisord would cost more than its answer."""
    steady = streams.steady
    log = os.stat(f"/proc/{steady.process.pid}/fd/1")
    assert stat.S_ISFIFO(log.st_mode)
    folder = Path(f"/proc/{steady.nginx()}/fd")
    held = [os.stat(entry) for entry in folder.iterdir()]
    assert log.st_ino in [found.st_ino for found in held]


def crashing_build(folder: Path) -> Path:
    (folder / "bin").mkdir()
    program = folder / "bin" / "steady-api"
    real = f'exec "{BUILD}/bin/steady-api"'
    # The workers meet another configuration than the entrypoint.
    program.write_text(
        "#!/bin/sh\n"
        f'case "$1" in worker) STEADY_PORT=0 {real} "$@" ;; esac\n'
        f'{real} "$@"\n'
    )
    program.chmod(0o755)
    return folder


def test_the_end_and_its_reason_are_json_lines_too(tmp_path):
    page = str(Instance().settings["STEADY_STATIC_DIR"])
    streams = Streams(
        "pipe", build=crashing_build(tmp_path), STEADY_STATIC_DIR=page
    )
    try:
        assert streams.steady.process
        assert streams.steady.process.wait(90) == 0
        assert streams.error.has_ended()
        why = events(streams, "start_failed")
        assert why[0]["setting"] == "STEADY_PORT"
        (stopping,) = events(streams, "stopping")
        assert stopping["level"] == "error"
        assert "Steady stops: api keeps dying" in stopping["detail"]
        assert len(events(streams, "process_ended")) >= 10
    finally:
        streams.steady.release()


def test_a_refusal_is_a_sentence_for_people():
    """It is an answer to who started it, before there is a log."""
    streams = Streams("socket", STEADY_AUTH="maybe")
    try:
        assert streams.steady.process
        assert streams.steady.process.wait(20) == 1
        assert streams.error.has_ended()
        said = streams.error.data.decode()
        assert said.startswith("Steady cannot start: STEADY_AUTH must be")
        assert streams.out.data == b""
    finally:
        streams.steady.release()


def test_with_log_files_the_streams_are_for_people():
    with Instance(STEADY_WORKERS="1") as steady:
        console = steady.folder / "console.log"
        wait_until(lambda: "is ready" in console.read_text(), "the line")
        answer = httpx.get(f"{steady.url}/api/tasks")
        steady.log_line(answer.headers["X-Request-Id"])
        os.kill(steady.workers()[0], signal.SIGKILL)
        wait_until(steady.workers, "a new worker")
        assert steady.stop() == 0
        assert len(console.read_text().splitlines()) == 1
        names = {"access.log", "error.log", "worker.log", "supervisord.log"}
        assert names == {file.name for file in console.parent.glob("log/*")}
