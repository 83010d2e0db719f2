"""The access log is an interface: its fields, and what never stands in it."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from lib.access_log import SCHEMA, wrong
from lib.api import routes
from lib.fcgi import Request, answer
from lib.nginx import Nginx
from lib.paths import ROOT

FIELDS = SCHEMA["required"]
ID = "0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10"


def worker(request: Request) -> bytes | None:
    if request.params["REQUEST_URI"] == "/readyz?fail":
        return answer(status="503 Service Unavailable")
    return answer(
        '{"ok":1}',
        X_Steady_User="0a1b2c3d",
        X_Steady_Work="0.002 0.000412 0.000310 7340032 1",
    )


@pytest.fixture(scope="module")
def nginx():
    with Nginx(worker) as nginx:
        yield nginx


def log_of(nginx: Nginx, method: str, path: str, **options):
    response = nginx.request(method, path, **options)
    return nginx.log_line(response.headers["x-request-id"])


def test_line_has_exactly_the_documented_fields(nginx):
    line = log_of(nginx, "GET", f"/api/tasks/{ID}")
    assert list(line) == FIELDS
    assert wrong(json.dumps(line)) is None
    assert line["client"] == "127.0.0.1"
    assert line["method"] == "GET"
    assert line["status"] == 200
    assert line["bytes"] == 8
    assert line["upstream_status"] == "200"
    assert line["user"] == "0a1b2c3d"
    assert line["version"] == "1.2.3"
    assert line["retry"] is False
    assert line["idempotency_key"] is False
    assert line["queue_time"] == 0.002
    assert line["worker_time"] == 0.000412
    assert line["database_time"] == 0.00031
    assert line["worker_memory"] == 7340032
    assert line["database_refused"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"status": "200"},
        {"uri": "/api/tags/home work"},
        {"method": "SECRET"},
        {"more": 1},
    ],
)
def test_schema_refuses_other_lines(nginx, change):
    line = log_of(nginx, "GET", "/")
    assert wrong(json.dumps(line | change))
    assert wrong(json.dumps({k: v for k, v in line.items() if k != "v"}))


def test_fields_are_those_of_the_document():
    table = (ROOT / "nginx" / "ACCESS_LOG.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (number|string|boolean)", table, re.M)
    assert [name for name, _ in listed] == FIELDS
    line = {"number": 1, "string": "", "boolean": True}
    for name, kind in listed:
        rule = SCHEMA | {"required": []}
        for other, value in line.items():
            kinds = {
                error.validator
                for error in Draft202012Validator(rule).iter_errors(
                    {name: value}
                )
            }
            fits = "type" not in kinds and "enum" not in kinds
            assert fits == (kind == other) or name in ("v", "method"), name


def test_line_of_a_file_has_no_worker(nginx):
    line = log_of(nginx, "GET", "/assets/main-abc123.js")
    assert line["uri"] == "/assets/main-abc123.js"
    assert line["upstream_status"] == ""
    assert line["worker_time"] is None


def test_what_is_for_the_log_only_goes_no_further(nginx):
    headers = nginx.get("/api/tasks").headers
    assert "x-steady-user" not in headers
    assert "x-steady-work" not in headers


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


@pytest.mark.parametrize(
    "path,uri",
    [
        (f"/api/tasks/{ID}/move?x=1", f"/api/tasks/{ID}/move"),
        ("/api/tasks/buy-milk", "/api/tasks/{id}"),
        ("/api/tags/home", "/api/tags/{name}"),
        ("/lists/Buy%20milk", "page"),
        ("/assets/missing.js", "/assets/{file}"),
        ("/missing.txt", "file"),
        ("/api/Buy%20milk", "/api/(other)"),
    ],
)
def test_uri_is_a_path_of_known_words_or_a_template(nginx, path, uri):
    assert log_of(nginx, "GET", path)["uri"] == uri


def test_method_is_one_of_https(nginx):
    assert log_of(nginx, "OPTIONS", "/api/tasks")["method"] == "OPTIONS"
    assert log_of(nginx, "BREW", "/api/tasks")["method"] == "(other)"


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1"
    ".15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    "agent,logged",
    [
        (CHROME, "Chrome/130 (Windows)"),
        (f"{CHROME} Edg/130.0.0.0", "Edg/130 (Windows)"),
        (SAFARI, "Safari/17 (iPhone)"),
        (LINUX, "Firefox/128 (Linux)"),
        ("Mozilla/5.0 (secret; me@example.org)", "(other) ((other))"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("ELB-HealthChecker/2.0", "ELB-HealthChecker/2.0"),
        ("curl/8.5.0 secret", "curl/8.5.0"),
        ("curl/8.5.0secret", "(other)"),
        ("steady-probe/20261126T035012-ab12 17",) * 2,
        ("steady-probe/20261126T035012-ab12 secret", "(other)"),
        ("call me at home", "(other)"),
        ("", ""),
    ],
)
def test_user_agent_is_a_program_and_no_text(nginx, agent, logged):
    line = log_of(nginx, "GET", "/", headers={"User-Agent": agent})
    assert line["user_agent"] == logged


TRACE = "Root=1-67891233-abcdef012345678912345678"
OWN = "Self=1-67891233-12456789abcdef012345678a"


@pytest.mark.parametrize(
    "sent,logged",
    [
        (TRACE, TRACE),
        (f"{OWN};{TRACE}", f"{OWN};{TRACE}"),
        (f"{TRACE};CalledFrom=secret", TRACE),
        (f"{TRACE}secret", ""),
        ("secret", ""),
    ],
)
def test_trace_id_is_the_balancers_own_part(nginx, sent, logged):
    line = log_of(nginx, "GET", "/", headers={"X-Amzn-Trace-Id": sent})
    assert line["trace_id"] == logged


def test_health_checks_are_logged_only_when_they_fail(nginx):
    for path in ["/healthz", "/readyz"]:
        request_id = nginx.get(path).headers["x-request-id"]
        log_of(nginx, "GET", "/version")
        assert request_id not in str(nginx.log_lines())
    assert log_of(nginx, "GET", "/readyz?fail")["status"] == 503
