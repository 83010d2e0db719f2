"""The access log is an interface: its fields, and what never stands in it."""

import re

import pytest

from lib.api import routes
from lib.fcgi import Request, answer
from lib.nginx import Nginx
from lib.paths import ROOT

FIELDS = {
    "v": int,
    "ts": str,
    "request_id": str,
    "trace_id": str,
    "client": str,
    "method": str,
    "uri": str,
    "route": str,
    "status": int,
    "bytes": int,
    "request_time": float,
    "upstream_connect_time": str,
    "upstream_header_time": str,
    "upstream_response_time": str,
    "upstream_status": str,
    "user_agent": str,
    "host": str,
    "version": str,
    "user": str,
    "retry": bool,
    "idempotency_key": bool,
}
ID = "0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10"


def worker(request: Request) -> bytes | None:
    if request.params["REQUEST_URI"] == "/readyz?fail":
        return answer(status="503 Service Unavailable")
    return answer('{"ok":1}', X_Steady_User="0a1b2c3d")


@pytest.fixture(scope="module")
def nginx():
    with Nginx(worker) as nginx:
        yield nginx


def log_of(nginx: Nginx, method: str, path: str, **options):
    response = nginx.request(method, path, **options)
    return nginx.log_line(response.headers["x-request-id"])


def test_line_has_exactly_the_documented_fields(nginx):
    line = log_of(nginx, "GET", f"/api/tasks/{ID}")
    assert {name: type(value) for name, value in line.items()} == FIELDS
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line["ts"])
    assert line["v"] == 1
    assert line["client"] == "127.0.0.1"
    assert line["method"] == "GET"
    assert line["status"] == 200
    assert line["bytes"] == 8
    assert line["upstream_status"] == "200"
    assert line["user"] == "0a1b2c3d"
    assert line["version"] == "1.2.3"
    assert line["retry"] is False
    assert line["idempotency_key"] is False


def test_fields_are_those_of_the_document():
    table = (ROOT / "nginx" / "LOG.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (\w+)", table, re.M)
    kinds = {"number": (int, float), "string": str, "boolean": bool}
    assert [name for name, _ in listed] == list(FIELDS)
    for name, kind in listed:
        assert issubclass(FIELDS[name], kinds[kind]), name


def test_line_of_a_file_has_the_same_fields(nginx):
    line = log_of(nginx, "GET", "/assets/main-abc123.js")
    assert set(line) == set(FIELDS)
    assert line["upstream_status"] == ""


def test_user_is_for_the_log_only(nginx):
    assert "x-steady-user" not in nginx.get("/api/tasks").headers


ROUTES = [
    ("/api/tasks", "/api/tasks"),
    (f"/api/tasks/{ID}", "/api/tasks/{id}"),
    (f"/api/tasks/{ID}/move", "/api/tasks/{id}/move"),
    (f"/api/tasks/{ID}/restore", "/api/tasks/{id}/restore"),
    ("/api/tasks/search", "/api/tasks/search"),
    ("/api/tasks/batch", "/api/tasks/batch"),
    (f"/api/lists/{ID}", "/api/lists/{id}"),
    (f"/api/lists/{ID}/restore", "/api/lists/{id}/restore"),
    (f"/api/tokens/{ID}", "/api/tokens/{id}"),
    (f"/api/sessions/{ID}", "/api/sessions/{id}"),
    ("/api/tags/home", "/api/tags/{name}"),
    ("/api/tags/a%2Fb", "/api/tags/{name}"),
    ("/api/me/password", "/api/me/password"),
    ("/api/openapi.json", "/api/openapi.json"),
    ("/api/secret-thing", "/api/(other)"),
    ("/lists/17", "page"),
    ("/", "page"),
    ("/assets/main-abc123.js", "/assets/{file}"),
    ("/robots.txt", "file"),
    ("/version", "/version"),
]


@pytest.mark.parametrize("path,route", ROUTES)
def test_route_is_a_template(nginx, path, route):
    assert log_of(nginx, "GET", path)["route"] == route


@pytest.mark.parametrize(
    "route", sorted({path for _, path in routes() if path.startswith("/api/")})
)
def test_every_route_of_the_api_is_logged_by_its_template(nginx, route):
    path = route.replace("{id}", ID).replace("{name}", "home")
    assert log_of(nginx, "PUT", path)["route"] == route


def test_typed_text_and_secrets_are_not_logged(nginx):
    response = nginx.request(
        "PATCH",
        "/api/tags/secret1?q=secret2",
        headers={
            "Cookie": "steady=secret3",
            "Authorization": "Bearer secret4",
            "Idempotency-Key": "secret5",
        },
        json={"name": "secret6"},
    )
    line = nginx.log_line(response.headers["x-request-id"])
    assert "secret" not in str(line)
    assert line["idempotency_key"] is True


def test_line_is_json_whatever_the_client_sends(nginx):
    nginx.send(
        b'GET /\xff\xfe%01"\\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
        b'User-Agent: "quoted\\ \xe9\xff"\r\nX-Amzn-Trace-Id: \xff\r\n\r\n'
    )
    nginx.send(b"nonsense\r\n\r\n")
    line = log_of(nginx, "GET", "/", headers={"X-Amzn-Trace-Id": "Root=1-2"})
    assert line["trace_id"] == "Root=1-2"
    assert all(set(one) == set(FIELDS) for one in nginx.log_lines())


def test_health_checks_are_logged_only_when_they_fail(nginx):
    for path in ["/healthz", "/readyz"]:
        request_id = nginx.get(path).headers["x-request-id"]
        log_of(nginx, "GET", "/version")
        assert request_id not in str(nginx.log_lines())
    assert log_of(nginx, "GET", "/readyz?fail")["status"] == 503
