"""steady-top: figures of real logs, over rotation and from a pipe."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.instance import Instance
from lib.paths import ROOT
from lib.wait import wait_until

TOP = ROOT / "nginx" / "monitoring" / "steady-top"
BASE = {
    "v": 1, "ts": "2026-11-26T10:00:00+00:00", "request_id": "a" * 32,
    "method": "GET", "uri": "/api/tasks", "route": "/api/tasks",
    "status": 200, "request_time": 0.01, "upstream_status": "200",
    "queue_time": 0.001, "worker_time": 0.009, "database_time": 0.004,
    "host": "one", "version": "1.0.0", "retry": False,
}  # fmt: skip


def lines(*changes: dict[str, Any]) -> str:
    return "".join(json.dumps({**BASE, **change}) + "\n" for change in changes)


def once(*arguments: str | Path, text: str | None = None) -> Any:
    done = subprocess.run(
        [TOP, "--once", "--json", *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_figures_are_those_of_the_lines():
    told = once(
        text=lines(
            *({"request_time": n / 1000} for n in range(1, 101)),
            {"status": 503, "upstream_status": "502", "host": "two"},
            {"status": 503, "upstream_status": "", "method": "POST"},
            {"status": 503, "upstream_status": "503"},
            {"status": 429, "upstream_status": "", "route": "/api/session"},
            {"upstream_status": "502, 200", "retry": True, "version": "1.1.0"},
            {"route": "/api/events", "request_time": 600},
            {"database_time": None, "queue_time": None, "status": 404},
            {"ts": "2026-11-26T10:00:10+00:00"},
        )
        + 'not JSON\n\n{"event":"request_failed"}\n[]\n'
        + lines({})[:-20]
    )
    assert told["requests"] == 108
    assert told["seconds"] == 10
    assert told["rate"] == 10.8
    assert told["errors"] == 3
    assert told["shed"] == 2
    assert told["refused"] == 2
    assert told["throttled"] == 1
    assert told["retries"] == 1
    assert told["other_lines"] == 4
    assert (told["p50"], told["p95"], told["p99"]) == (0.047, 0.095, 0.099)
    assert told["database"] == 0.004
    assert told["slowest"][0]["request_time"] == 0.1
    assert [r["name"] for r in told["routes"]][0] == "GET /api/tasks"
    hosts = {host["name"]: host["requests"] for host in told["groups"]}
    assert hosts == {"one 1.0.0": 106, "two 1.0.0": 1, "one 1.1.0": 1}


def test_figures_are_told_by_who_asked():
    text = lines(*[{"client": "10.0.0.1"}] * 9, {"client": "10.0.0.2"})
    groups = once("--by", "client", text=text)["groups"]
    assert [(group["name"], group["requests"]) for group in groups] == [
        ("10.0.0.1", 9),
        ("10.0.0.2", 1),
    ]
    (nobody,) = once("--by", "user", text=lines({"user": ""}))["groups"]
    assert nobody["name"] == "(none)"


def test_counts_are_those_of_the_requests_over_kills_and_rotation(
    start_instance,
):
    steady = start_instance(STEADY_WORKERS="2")
    user = steady.sign_up()
    log = steady.folder / "log" / "access.log"
    for number in range(60):
        assert user.get("/api/tasks").status_code == 200
        if number == 20:
            steady.kill_workers()
        if number == 40:
            log.rename(f"{log}.1")
            os.kill(steady.nginx(), signal.SIGUSR1)
            wait_until(log.exists, "the new log")
    assert user.get("/api/nothing").status_code == 404

    def told() -> Any:
        counted = once(f"{log}.1", log)
        return counted if counted["requests"] == 62 else None

    by_route = {r["name"]: r for r in wait_until(told, "62 lines")["routes"]}
    assert by_route["GET /api/tasks"]["requests"] == 60
    assert by_route["GET /api/tasks"]["errors"] == 0
    assert by_route["POST /api/users"]["requests"] == 1
    assert by_route["GET /api/(other)"]["refused"] == 1


class Live:
    """steady-top at work; what it printed last."""

    def __init__(
        self, *arguments: str | Path, stdin: int | None = None
    ) -> None:
        self.process = subprocess.Popen(
            [
                TOP,
                "--json",
                "--interval",
                "0.1",
                "--window",
                "1000",
                *arguments,
            ],
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, requests: int) -> Any:
        assert self.process.stdout

        def told() -> Any:
            line = self.process.stdout.readline()
            assert line, "steady-top has ended"
            told = json.loads(line)
            assert told["requests"] <= requests
            return told if told["requests"] == requests else None

        return wait_until(told, f"{requests} requests")


@contextmanager
def live(*arguments: str | Path, stdin: int | None = None) -> Iterator[Live]:
    top = Live(*arguments, stdin=stdin)
    try:
        yield top
    finally:
        top.process.terminate()
        top.process.wait(10)


def append(file: Path, text: str) -> None:
    with open(file, "a") as log:
        log.write(text)


def test_a_file_is_followed_over_rotation_and_truncation(tmp_path):
    log = tmp_path / "access.log"
    append(log, lines({}, {}))  # these were there before
    with live(log) as top:
        top.wait_for(0)
        append(log, lines({})[:100])
        append(log, lines({})[100:] + lines({}))
        top.wait_for(2)
        log.rename(tmp_path / "access.log.1")
        append(tmp_path / "access.log.1", lines({}))
        top.wait_for(3)
        append(log, lines({}, {}))
        # A worker of nginx that has not opened the new one yet.
        append(tmp_path / "access.log.1", lines({}))
        top.wait_for(6)
        log.write_text("")
        append(log, lines({"status": 500}))
        assert top.wait_for(7)["errors"] == 1


def test_a_pipe_is_followed_to_its_end():
    read, write = os.pipe()
    with live(stdin=read) as top:
        os.close(read)
        os.write(write, (lines({}) + "docker says this\n").encode())
        assert top.wait_for(1)["other_lines"] == 1
        os.write(write, lines({}).encode())
        top.wait_for(2)
        os.close(write)
        assert top.process.wait(10) == 0


def test_screen_fits_the_terminal(tmp_path):
    log = tmp_path / "access.log"
    append(log, "")
    rows, columns = 20, 90
    main, other = pty.openpty()
    size = struct.pack("HHHH", rows, columns, 0, 0)
    fcntl.ioctl(other, termios.TIOCSWINSZ, size)
    environment = {
        k: v for k, v in os.environ.items() if k not in ("LINES", "COLUMNS")
    }
    top = subprocess.Popen(
        [TOP, "--interval", "0.2", log],
        stdin=other,
        stdout=other,
        env=environment,
    )
    os.close(other)
    received = b""

    def frames() -> list[str]:
        nonlocal received
        if select.select([main], [], [], 0.1)[0]:
            received += os.read(main, 65536)
        return received.decode().split("\x1b[H")[1:-1]

    try:
        wait_until(frames, "the first screen")
        append(log, lines(*({"route": f"/r{n}"} for n in range(50))))
        shown = wait_until(
            lambda: [f for f in frames() if "50 requests" in f], "the figures"
        )[0]
    finally:
        top.terminate()
        top.wait(10)
        os.close(main)
    screen = re.sub(r"\x1b\[[KJ]", "", shown).split("\r\n")
    assert len(screen) < rows
    assert max(map(len, screen)) <= columns
    assert any(line.startswith("GET /r0 ") for line in screen)
    assert any("a" * 32 in line for line in screen)


def test_what_it_cannot_do_is_a_sentence():
    done = subprocess.run(
        [TOP, "--once", "/nowhere/access.log"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        "steady-top: /nowhere/access.log: there is no such file\n"
    )


def test_help_names_the_ways_to_use_it():
    done = subprocess.run(
        [TOP, "--help"], capture_output=True, text=True, check=True
    )
    for word in ["FILE", "docker logs -f", "--once", "--json", "--window"]:
        assert word in done.stdout


def test_make_top_reads_the_log_of_make_run(start_instance):
    steady: Instance = start_instance()
    steady.sign_up()
    environment = {**os.environ, "STEADY_LOG_DIR": str(steady.folder / "log")}
    done = subprocess.run(
        ["make", "-s", "top", "LOG=--once"],
        cwd=ROOT,
        env=environment,
        stdin=pty.openpty()[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "POST /api/users" in done.stdout


@pytest.mark.parametrize("option", [["--interval", "0"], ["--window", "-1"]])
def test_seconds_are_more_than_none(option):
    done = subprocess.run([TOP, *option], capture_output=True, text=True)
    assert done.returncode == 2
