"""nginx's own errors: problem details for the API, a page for people."""

import json
import socket
import time

import pytest

from lib.fcgi import Request, answer
from lib.nginx import Nginx

MEMBERS = {"type", "title", "status", "detail", "request_id"}


def hello(request: Request) -> bytes | None:
    if request.params["REQUEST_URI"] == "/api/dies":
        return None
    if request.params["REQUEST_URI"] == "/api/late":
        time.sleep(3)
    return answer('{"hello":1}')


@pytest.fixture(scope="module")
def nginx():
    hurry = {
        "snippets/fastcgi.conf": lambda text: text.replace(
            "fastcgi_read_timeout 30s", "fastcgi_read_timeout 1s"
        )
    }
    with Nginx(hello, hurry) as nginx:
        yield nginx


def check_problem(response, status: int, type_: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == MEMBERS
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{type_}"
    assert problem["request_id"] == response.headers["x-request-id"]
    assert response.headers["cache-control"] == "no-store"


def test_body_over_64_kib_is_413(nginx):
    fits = nginx.request("POST", "/api/tasks", content=b"x" * 65536)
    assert fits.status_code == 200
    check_problem(
        nginx.request("POST", "/api/tasks", content=b"x" * 65537),
        413,
        "too-large",
    )


def test_long_address_is_414(nginx):
    check_problem(nginx.get("/api/tasks?q=" + "x" * 9000), 414, "uri-too-long")


def test_large_headers_are_431(nginx):
    check_problem(
        nginx.get("/api/tasks", headers={"X-Large": "x" * 9000}),
        431,
        "headers-too-large",
    )


def test_trace_is_405(nginx):
    check_problem(
        nginx.request("TRACE", "/api/tasks"), 405, "method-not-allowed"
    )


def test_bare_api_is_404(nginx):
    check_problem(nginx.get("/api"), 404, "not-found")


def test_dead_worker_is_502_for_a_write_without_key(nginx):
    response = nginx.request("POST", "/api/dies")
    check_problem(response, 502, "worker-lost")
    assert "retry-after" not in response.headers


def test_silent_worker_is_504(nginx):
    check_problem(nginx.get("/api/late"), 504, "timeout")


def test_unknown_version_of_http_is_505(nginx):
    received = nginx.send(b"GET /api/tasks HTTP/9.0\r\nHost: x\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert b" 505 " in head.splitlines()[0]
    assert json.loads(body)["status"] == 505


def test_malformed_request_is_400(nginx):
    raw = nginx.send(b"GET /api/tasks HTTP/1.1\r\nHost\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in raw
    assert b"Content-Security-Policy" in raw


def test_nonsense_is_400(nginx):
    raw = nginx.send(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 400 ")
    assert b"X-Request-Id" in raw


def test_nobody_listening_is_503():
    with Nginx(hello) as nginx:
        nginx.api.close()
        (nginx.folder / "api.sock").unlink()
        for path in ["/api/tasks", "/readyz"]:
            response = nginx.get(path)
            check_problem(response, 503, "unavailable")
            assert response.headers["retry-after"] == "1"
        post = nginx.request("POST", "/api/tasks", content="{}")
        check_problem(post, 503, "unavailable")
        assert nginx.get("/healthz").status_code == 200


def test_full_backlog_is_503_at_once():
    with Nginx(hello) as nginx:
        nginx.api.close()
        path = nginx.folder / "api.sock"
        path.unlink()
        full = socket.socket(socket.AF_UNIX)
        full.bind(str(path))
        full.listen(0)
        waiting = socket.socket(socket.AF_UNIX)
        waiting.connect(str(path))
        began = time.monotonic()
        response = nginx.request("POST", "/api/tasks", content="{}")
        assert time.monotonic() - began < 0.5
        check_problem(response, 503, "unavailable")
        assert response.headers["retry-after"] == "1"
        waiting.close()
        full.close()


def test_error_page_for_people(nginx):
    response = nginx.get("/assets/missing-123.js")
    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["x-request-id"] in response.text
    assert "nginx" not in response.text


def test_page_takes_get_and_head_only(nginx):
    assert nginx.request("HEAD", "/").status_code == 200
    for method in ["POST", "PUT", "DELETE", "PATCH"]:
        response = nginx.request(method, "/")
        assert response.status_code == 405, method
        assert response.headers["allow"] == "GET, HEAD"
