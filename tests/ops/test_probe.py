"""The deploy's probe notices what a person would notice."""

import argparse
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_code import load

probe = load("probe/files/probe.py")
verdict = load("probe/files/verdict.py")

pytestmark = pytest.mark.lab

RUN = "test"
PAGE = b'<html><script src="/assets/app-1a2b.js"></script></html>'


class Service(ThreadingHTTPServer):
    """As much of Steady as the probe uses, with its access log.

    `fault` is asked at each request, with the request's number and its kind,
    and names what goes wrong, or nothing.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, fault: Callable[[int, str], str | None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.lock = threading.Lock()
        self.tasks: list[dict] = []
        self.keys: dict[str, dict] = {}
        self.log: list[int] = []
        self.served = 0

    def handle_error(self, *_: object) -> None:
        """Connections that a test breaks are not news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes, link: str = "") -> None:
        self.send_response(status)
        self.send_header("X-Request-Id", "0" * 32)
        self.send_header("Content-Length", str(len(body)))
        if link:
            self.send_header("Link", link)
        self.end_headers()
        if self.wrong == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.connection.shutdown(2)
        else:
            self.wfile.write(body)

    def begin(self, kind: str) -> bool:
        """False when the request was already dealt with."""
        agent = self.headers.get("User-Agent", "")
        self.wrong = None
        with self.server.lock:
            if not agent.startswith(f"steady-probe/{RUN} "):
                return True
            self.server.served += 1
            self.wrong = self.server.fault(self.server.served, kind)
            number = int(agent.rpartition(" ")[2])
            lines = {"unlogged": 0, "logged twice": 2, "break": 0}
            self.server.log += [number] * lines.get(self.wrong or "", 1)
        if self.wrong == "break":
            self.close_connection = True
            self.connection.shutdown(2)
            return False
        if self.wrong == "error":
            self.answer(500, b"{}")
            return False
        return True

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        kinds = {"api": "read", "assets": "file"}
        if not self.begin(kinds.get(path.split("/")[1], "page")):
            return
        if path == "/":
            self.answer(200, PAGE)
        elif path.startswith("/assets/"):
            changed = self.wrong == "other content"
            self.answer(200, b"changed" if changed else path.encode())
        elif path == "/version":
            self.answer(200, b'{"version": "1.0.0"}')
        elif path == "/api/tasks":
            self.list_tasks()
        else:
            wanted = path.rpartition("/")[2]
            found = [t for t in self.server.tasks if t["id"] == wanted]
            body = json.dumps(found[0]).encode() if found else b"{}"
            self.answer(200 if found else 404, body)

    def list_tasks(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        limit = int(query["limit"][0])
        first = int(query.get("cursor", ["0"])[0])
        with self.server.lock:
            tasks = self.server.tasks[first : first + limit]
            more = len(self.server.tasks) > first + limit
        link = (
            f"http://elsewhere/api/tasks?limit={limit}&cursor={first + limit}"
        )
        self.answer(
            200,
            json.dumps(tasks).encode(),
            f'<{link}>; rel="next"' if more else "",
        )

    def body(self) -> dict:
        length = int(self.headers["Content-Length"])
        return json.loads(self.rfile.read(length))

    def do_POST(self) -> None:
        sent = self.body()
        if not self.begin("create"):
            return
        key = self.headers["Idempotency-Key"]
        with self.server.lock:
            task = self.server.keys.get(key)
            if task is None:
                task = {"id": f"id{len(self.server.keys)}", **sent}
                self.server.keys[key] = task
                copies = {"lose": 0, "double": 2}.get(self.wrong or "", 1)
                self.server.tasks += [dict(task) for _ in range(copies)]
        self.answer(201, json.dumps(task).encode())

    def do_PATCH(self) -> None:
        sent = self.body()
        if not self.begin("change"):
            return
        wanted = self.path.rpartition("/")[2]
        with self.server.lock:
            task = next(t for t in self.server.tasks if t["id"] == wanted)
            answer = {**task, **sent}
            if self.wrong != "lose":
                task.update(sent)
        self.answer(200, json.dumps(answer).encode())


@contextmanager
def serving(
    fault: Callable[[int, str], str | None] = lambda *_: None,
) -> Iterator[Service]:
    service = Service(fault)
    thread = threading.Thread(target=service.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


def url_of(service: socketserver.BaseServer) -> str:
    return f"http://127.0.0.1:{service.server_address[1]}"


def run_probe(folder: Path, service: Service, **changes: object) -> dict:
    """The verdict of a short run."""
    options = argparse.Namespace(
        rate=300.0, connections=6, seconds=1.0, watch=None
    )
    vars(options).update(changes)
    it = probe.Probe(folder, url_of(service), RUN, "token")
    result = json.loads(json.dumps(probe.run(it, options)))
    sent = [
        json.loads(line)
        for line in (folder / "requests.jsonl").read_text().splitlines()
    ]
    return verdict.judge(
        result,
        [one["number"] for one in sent if one["status"] is not None],
        [one["number"] for one in sent],
        service.log,
        3,
        [],
    )


def once(what: str, kind: str | None = None, after: int = 40) -> Callable:
    """A fault at the first request of the kind after so many of any kind."""
    done: list[int] = []

    def fault(number: int, this: str) -> str | None:
        if done or number < after or kind not in (None, this):
            return None
        done.append(number)
        return what

    return fault


def test_verdict_is_zero_when_nothing_is_wrong(tmp_path: Path) -> None:
    with serving() as service:
        judged = run_probe(tmp_path, service)
    assert judged["zero_failed"], judged
    assert judged["requests"] == len(service.log) > 150
    assert judged["acknowledged"] > 40
    assert judged["versions"].keys() == {"1.0.0"}
    assert judged["line"].startswith("3 hosts, 1 s, ")
    assert judged["line"].endswith("requests, 0 failed")


@pytest.mark.parametrize(
    ("what", "kind", "said"),
    [
        ("error", None, "1 failed"),
        ("error", "file", "1 failed"),
        ("break", "read", "1 failed"),
        ("break", "create", "1 failed"),
        ("cut", "read", "1 failed"),
        ("other content", "file", "failed"),
        ("lose", "create", "1 acknowledged writes lost"),
        ("double", "create", "1 writes done twice"),
        ("unlogged", None, "1 answered but in no access log"),
        ("logged twice", None, "1 in the access logs more than once"),
    ],
)
def test_verdict_notices(
    tmp_path: Path, what: str, kind: str | None, said: str
) -> None:
    with serving(once(what, kind)) as service:
        judged = run_probe(tmp_path, service)
    assert not judged["zero_failed"], judged
    assert said in judged["line"]


def test_verdict_notices_a_change_that_was_lost(tmp_path: Path) -> None:
    def lose(number: int, kind: str) -> str | None:
        return "lose" if number > 40 and kind == "change" else None

    with serving(lose) as service:
        judged = run_probe(tmp_path, service)
    assert not judged["zero_failed"], judged


def test_verdict_tells_what_failed(tmp_path: Path) -> None:
    with serving(once("error", "create")) as service:
        judged = run_probe(tmp_path, service)
    [problem] = judged["problems"]
    assert problem["kind"] in ("create", "change")
    assert problem["problem"].startswith("500 instead of")
    assert problem["request_id"] == "0" * 32


def test_failed_write_is_repeated_with_its_key(tmp_path: Path) -> None:
    with serving(once("break", "create")) as service:
        judged = run_probe(tmp_path, service)
    assert judged["failed"] == 1
    # Nothing lost and nothing twice, although it was sent twice.
    assert not judged["wrong"]["acknowledged writes lost"]
    assert not judged["wrong"]["writes done twice"]


def test_probe_does_not_start_on_a_broken_service(tmp_path: Path) -> None:
    with (
        serving(lambda *_: "error") as service,
        pytest.raises(SystemExit, match="500 instead of 200"),
    ):
        run_probe(tmp_path, service)
    said = (tmp_path / "state").read_text()
    assert said.startswith("The service does not serve as it is")


def test_probe_ends_with_the_process_that_it_watches(tmp_path: Path) -> None:
    gone = 2**22 - 1  # above what Linux gives out by default
    with serving() as service:
        judged = run_probe(tmp_path, service, watch=gone, seconds=60.0)
    assert judged["seconds"] < 30


def test_missing_log_of_a_host_is_told(tmp_path: Path) -> None:
    with serving(once("unlogged")) as service:
        run_probe(tmp_path, service)
    result = {
        **{"failed": 0, "requests": 2, "seconds": 61, "lost": []},
        **{"doubled": [], "run": RUN, "url": "", "acknowledged": 0},
        **{"versions": {}, "left_out": 0, "p50": 0, "p99": 0},
        **{"longest": 0, "problems": []},
    }
    judged = verdict.judge(result, [1, 2], [1, 2], [1], 3, ["todo2"])
    assert judged["line"] == (
        "3 hosts, 1 min 1 s, 2 requests, 0 failed; no log from todo2"
    )


def test_line_that_nobody_sent_is_told() -> None:
    result = {
        **{"failed": 0, "requests": 1, "seconds": 5, "lost": []},
        **{"doubled": [], "run": RUN, "url": "", "acknowledged": 0},
        **{"versions": {}, "left_out": 0, "p50": 0, "p99": 0},
        **{"longest": 0, "problems": []},
    }
    judged = verdict.judge(result, [1], [1], [1, 7], 1, [])
    assert not judged["zero_failed"]
    assert "1 in the access logs but never sent" in judged["line"]
