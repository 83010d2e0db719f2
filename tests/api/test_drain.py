"""Draining: by a stop, and by hand."""

import configparser
import contextlib
import http.client
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from lib.instance import Instance
from lib.paths import BUILD, ROOT
from lib.wait import wait_until

ADMIN = BUILD / "bin" / "steady-admin"
STOP_SECONDS = 60  # what a container is given
LOOK_SECONDS = 1.5  # below the drain time
WATCHDOG = re.compile(r"WATCHDOG_SECONDS = (\d+)")


@pytest.fixture
def own() -> Iterator[Instance]:
    """One that a test may stop."""
    with Instance(STEADY_DRAIN_SECONDS="2") as steady:
        yield steady


@pytest.fixture(scope="module")
def running() -> Iterator[Instance]:
    with Instance(STEADY_DRAIN_SECONDS="2", STEADY_WORKERS="2") as steady:
        yield steady


@pytest.fixture
def steady(running: Instance) -> Iterator[Instance]:
    """One that does not drain, nor after the test."""
    yield running
    admin(running, "undrain")


def admin(steady: Instance, *words: str, status: int = 0) -> str:
    """With the environment that `docker exec` gives."""
    done = subprocess.run(
        [ADMIN, *words],
        env=steady.environment(),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def status(steady: Instance, path: str) -> int:
    return httpx.get(steady.url + path).status_code


def is_closed(steady: Instance) -> bool:
    """Has nginx closed its port?"""
    try:
        socket.create_connection(("127.0.0.1", steady.port), 5).close()
    except ConnectionRefusedError:
        return True
    return False


# -- By a stop --------------------------------------------------------------


def test_a_stop_drains_at_once_and_serves_for_the_drain_time(own):
    anna = own.sign_up()
    anna.headers["Connection"] = "close"
    began = time.monotonic()
    own.process.terminate()
    wait_until(lambda: status(own, "/readyz") == 503, "a 503", 1)
    served = 0
    while time.monotonic() < began + 1.5:
        made = anna.post("/api/tasks", json={"title": "late"})
        assert made.status_code == 201
        assert status(own, "/healthz") == status(own, "/") == 200
        served += 1
    assert served > 3
    wait_until(lambda: is_closed(own), "the port to close", 10)
    assert time.monotonic() - began > 1.9
    assert own.process.wait(20) == 0


def test_without_a_drain_time_a_stop_is_quick():
    with Instance() as steady:
        began = time.monotonic()
        assert steady.stop() == 0
        assert time.monotonic() - began < 5


def test_a_request_in_flight_is_answered_after_the_port_has_closed():
    with Instance() as steady:
        anna = steady.sign_up()
        cookie = "; ".join(f"{k}={v}" for k, v in anna.cookies.items())
        raw = http.client.HTTPConnection("127.0.0.1", steady.port, 20)
        body = b'{"title": "in flight"}'
        raw.putrequest("POST", "/api/tasks", skip_host=True)
        raw.putheader("Host", f"localhost:{steady.port}")
        raw.putheader("Cookie", cookie)
        raw.putheader("Content-Type", "application/json")
        raw.putheader("Content-Length", str(len(body)))
        raw.endheaders(body[:5])
        steady.process.terminate()
        wait_until(lambda: is_closed(steady), "the port to close", 10)
        assert raw.sock
        raw.sock.sendall(body[5:])
        answer = raw.getresponse()
        assert answer.status == 201
        assert answer.getheader("Connection") == "close"
        answer.read()  # and with it nginx may close
        assert steady.process.wait(20) == 0


class Balancer:
    """Clients on kept connections, and a balancer whose next look at /readyz
    comes late in the drain time."""

    def __init__(self, steady: Instance) -> None:
        self.steady = steady
        self.stop_begins = threading.Event()
        self.is_out = threading.Event()
        self.answered = 0
        self.failures: list[str] = []
        self.threads = [
            threading.Thread(target=work, daemon=True)
            for work in [self.watch] + [self.send] * 4
        ]

    def watch(self) -> None:
        self.stop_begins.wait()
        time.sleep(LOOK_SECONDS)
        with contextlib.suppress(httpx.HTTPError):
            while status(self.steady, "/readyz") == 200:
                time.sleep(0.1)
        self.is_out.set()

    def send(self) -> None:
        client = self.steady.client()
        while not self.is_out.is_set():
            try:
                code = client.get("/api/openapi.json").status_code
                if code != 200:
                    self.failures.append(str(code))
                self.answered += 1
            except httpx.HTTPError as error:
                self.failures.append(repr(error))


def stop_under_load(steady: Instance) -> Balancer:
    balancer = Balancer(steady)
    for thread in balancer.threads:
        thread.start()
    wait_until(lambda: balancer.answered > 100, "some answers")
    balancer.stop_begins.set()
    assert steady.stop() == 0
    for thread in balancer.threads:
        thread.join(10)
    return balancer


def test_no_request_fails_when_balancers_have_time_to_look(own):
    balancer = stop_under_load(own)
    assert balancer.failures == []


def test_would_notice_a_missing_drain_time():
    with Instance(STEADY_DRAIN_SECONDS="0") as steady:
        assert stop_under_load(steady).failures != []


# -- The order and the timers -----------------------------------------------


def programs(steady: Instance) -> dict[str, configparser.SectionProxy]:
    parser = configparser.RawConfigParser()
    parser.read(steady.run_dir / "supervisord.conf")
    return {
        name.partition(":")[2]: parser[name]
        for name in parser.sections()
        if "stopwaitsecs" in parser[name]
    }


def seconds(steady: Instance, directive: str) -> int:
    text = "".join(f.read_text() for f in steady.run_dir.rglob("*.conf"))
    found = re.findall(rf"^\s*{directive} (\d+)s;", text, re.M)
    assert len(found) == 1, f"{directive}: {found}"
    return int(found[0])


def test_a_stop_ends_below_the_time_of_a_container(steady):
    waits = {n: int(p["stopwaitsecs"]) for n, p in programs(steady).items()}
    names = {"api", "health", "drain", "events", "nginx", "guard"}
    assert set(waits) == names
    assert waits["drain"] == 2
    # A drain time of ten seconds must still fit.
    assert sum(waits.values()) - waits["drain"] + 10 < STOP_SECONDS


def test_programs_stop_in_order(steady):
    found = programs(steady)
    order = sorted(found, key=lambda name: -int(found[name]["priority"]))
    assert order[:3] == ["drain", "events", "nginx"]
    assert order[-1] == "guard"


def test_each_timer_is_below_the_next(steady):
    fcgi = ROOT / "fcgi-app" / "src" / "server" / "fcgi.h"
    watchdog = WATCHDOG.search(fcgi.read_text())
    assert watchdog
    timers = [
        int(watchdog[1]),
        seconds(steady, "fastcgi_read_timeout"),
        seconds(steady, "worker_shutdown_timeout"),
        int(programs(steady)["nginx"]["stopwaitsecs"]),
    ]
    assert timers == sorted(set(timers))


# -- By hand ----------------------------------------------------------------


def test_drain_and_undrain_by_hand(steady):
    anna = steady.sign_up()
    assert status(steady, "/readyz") == 200
    for _ in range(2):
        assert "503" in admin(steady, "drain")
        answer = httpx.get(f"{steady.url}/readyz")
        assert answer.status_code == 503
        assert "draining" in answer.json()["detail"]
    logged = wait_until(lambda: steady.log_lines("worker.log"), "a line", 5)
    assert logged[-1]["error"] == "draining"
    assert logged[-1]["level"] == "info"
    made = anna.post("/api/tasks", json={"title": "still served"})
    assert made.status_code == 201
    for path in ("/", "/healthz", "/version", "/api/openapi.json"):
        assert status(steady, path) == 200
    for _ in range(2):
        assert "not draining" in admin(steady, "undrain")
        assert status(steady, "/readyz") == 200


def test_a_start_ends_a_drain_by_hand(own):
    admin(own, "drain")
    own.restart()
    assert status(own, "/readyz") == 200


@pytest.mark.parametrize("command", ["drain", "undrain"])
def test_drain_says_where_nothing_runs(tmp_path, command):
    steady = Instance()
    try:
        said = admin(steady, command, status=1)
        assert "STEADY_RUN_DIR" in said
        assert str(steady.run_dir) in said
        admin(steady, command, "now", status=2)
    finally:
        steady.release()


def raw_answers(steady: Instance, request: str) -> bytes:
    """All that comes back for two requests on one connection."""
    address = ("127.0.0.1", steady.port)
    with socket.create_connection(address, 5) as raw:
        raw.sendall(request.encode() * 2)
        raw.shutdown(socket.SHUT_WR)
        received = b""
        while piece := raw.recv(65536):
            received += piece
    return received


ADDRESSES = [
    "/",
    "/deep/in/the/page",
    "/icon.svg",
    "/none.js",
    "/assets/none.js",
    "/api/openapi.json",
    "/api/tasks?limit=1&q=%3F",
    "/api/tags/a%3Fb%2Fc%23d%0Ae%25f",
    "/api",
    "/favicon.ico",
    "/healthz",
    "/version",
]
CHANGING = re.compile(rb"(Date|X-Request-Id|Connection): .*\r|[0-9a-f]{32}")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_draining_changes_nothing_but_the_connection(steady, method):
    for path in ADDRESSES:
        request = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        before = raw_answers(steady, request)
        assert before.count(b"HTTP/1.1 ") == 2
        assert before.count(b"Connection: keep-alive\r\n") == 2
        admin(steady, "drain")
        during = raw_answers(steady, request)
        assert during.count(b"Connection: close\r\n") == 1, path
        admin(steady, "undrain")
        ends = CHANGING.sub(b"", during), CHANGING.sub(b"", before)
        assert ends[1] == ends[0] * 2, path


def test_what_is_refused_is_refused_alike_while_draining(steady):
    requests: list[tuple[str, Callable[[], httpx.Response]]] = [
        ("431", lambda: httpx.get(steady.url, headers={"x": "y" * 9000})),
        ("413", lambda: httpx.post(steady.url, content=b"x" * 70000)),
        ("400", lambda: httpx.get(steady.url + "/a%00b")),
    ]
    for expected, request in requests:
        before = request()
        admin(steady, "drain")
        during = request()
        admin(steady, "undrain")
        assert str(before.status_code) == expected
        assert during.status_code == before.status_code
        assert len(during.content) == len(before.content)


def test_the_way_through_the_closing_location_is_no_address(steady):
    assert status(steady, "/.draining/icon.svg") == 404
    admin(steady, "drain")
    assert status(steady, "/.draining/icon.svg") == 404


def test_the_log_has_the_true_address_while_draining(steady):
    admin(steady, "drain")
    answer = httpx.get(f"{steady.url}/api/tasks?limit=1")
    line = steady.log_line(answer.headers["X-Request-Id"])
    assert (line["uri"], line["route"]) == ("/api/tasks", "/api/tasks")
