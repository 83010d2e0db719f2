"""The tools of nginx/monitoring, on the log of a Steady that was used."""

import base64
import contextlib
import functools
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from lib.instance import Instance
from lib.metrics import read_metrics
from lib.need import need
from lib.paths import ROOT
from lib.wait import free_port, wait_until

pytestmark = pytest.mark.lab

MONITORING = ROOT / "nginx" / "monitoring"
RULES = yaml.safe_load((MONITORING / "rules.yml").read_text())
ALERTS_TEST = ROOT / "tests" / "ops" / "alerts_test.yml"
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text())
# Of Prometheus itself, and of the blackbox exporter.
OTHERS = {"up", "probe_success", "probe_ssl_earliest_cert_expiry"}


def use(steady: Instance) -> None:
    """Requests of each kind, some of them refused, and a death."""
    user = steady.sign_up()
    for number in range(30):
        task = user.post("/api/tasks", json={"title": f"task {number}"}).json()
        user.patch(f"/api/tasks/{task['id']}", json={"notes": "x"})
        user.get("/api/tasks")
    for path in ["/api/tasks?wrong=1", "/api/nothing", "/", "/nothing.txt"]:
        user.get(path)
    os.kill(steady.workers()[0], signal.SIGKILL)
    steady.client().get("/api/tasks")
    for number in range(15):
        body = {"email": f"{number}@example.org", "password": "wrong password"}
        steady.client().post("/api/session", json=body)


@dataclass
class Logs:
    steady: Instance

    @property
    def folder(self) -> Path:
        return self.steady.folder / "log"

    @property
    def access(self) -> Path:
        return self.folder / "access.log"

    def lines(self) -> list[dict[str, Any]]:
        return self.steady.log_lines()

    def started(self) -> int:
        lines = self.steady.log_lines("worker.log")
        return sum(line["event"] == "worker_started" for line in lines)


@pytest.fixture(scope="module")
def logs() -> Iterator[Logs]:
    with Instance(STEADY_WORKERS="2", STEADY_RATE_LIMIT="1000") as steady:
        use(steady)
        yield Logs(steady)


def program(name: str) -> str:
    need(shutil.which(name) is not None, f"{name} (make setup-ops)")
    return name


# ---- mtail ------------------------------------------------------------------


def mtail_options(*logs: str | Path) -> list[str]:
    """Only the program, since one folder holds all that is for monitoring."""
    return [
        program("mtail"), "--progs", str(MONITORING / "steady.mtail"),
        *(f"--logs={log}" for log in logs),
        "--emit_prog_label=false", "--logtostderr",
    ]  # fmt: skip


def metrics_of(*logs: Path) -> dict[str, float]:
    done = subprocess.run(
        [*mtail_options(*logs), "--one_shot", "--one_shot_format=prometheus"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "runtime error" not in done.stderr
    return read_metrics(done.stdout)


def test_metrics_are_the_counts_of_the_log(logs):
    lines = logs.lines()
    found = metrics_of(logs.folder / "*.log")
    kinds = Counter(
        f'{{method="{line["method"]}",route="{line["route"]}",'
        f'status="{line["status"]}",version="{line["version"]}"}}'
        for line in lines
    )
    assert {
        name.removeprefix("steady_http_requests_total"): value
        for name, value in found.items()
        if name.startswith("steady_http_requests_total")
    } == kinds
    assert found["steady_responses_total"] == len(lines)
    throttled = [
        line
        for line in lines
        if line["status"] == 429 and line["route"] == "/api/session"
    ]
    assert len(throttled) > 0
    assert found["steady_sign_ins_throttled_total"] == len(throttled)
    worked = [line for line in lines if line["worker_time"] is not None]
    assert found["steady_worker_duration_seconds_count"] == len(worked)
    for name in ["worker", "database", "queue"]:
        spent = sum(line[f"{name}_time"] for line in worked)
        told = found[f"steady_{name}_duration_seconds_sum"]
        assert told == pytest.approx(spent)
    assert found["steady_worker_memory_bytes"] == worked[-1]["worker_memory"]
    assert found["steady_worker_starts_total"] == logs.started() >= 4


BASE = {
    "status": 200, "upstream_status": "200", "route": "/api/tasks",
    "retry": False, "database_refused": False, "request_time": "0.010",
}  # fmt: skip
CASES = [
    ({}, {}),
    ({"status": 500, "upstream_status": "500"}, {"errors"}),
    ({"status": 503, "upstream_status": ""}, {"errors", "shed"}),
    ({"status": 503, "upstream_status": "502"}, {"errors", "shed"}),
    ({"status": 503, "upstream_status": "502, 503"}, {"errors"}),
    ({"status": 429, "upstream_status": ""}, {"rate_limited"}),
    ({"status": 429, "route": "/api/users"}, {"sign_ins_throttled"}),
    ({"retry": True, "upstream_status": "502, 200"}, {"retries"}),
    ({"database_refused": True}, {"database_refused"}),
    ({"request_time": "1.001"}, {"slow_responses"}),
    ({"request_time": "600.0", "route": "/api/events"}, {}),
    ("watchdog", {"worker_watchdogs"}),
    ("breaker_open", {"breaker_opened"}),
    ("sqlite_full", {"store_full"}),
    ("database_error", {"store_errors"}),
    ("worker_started", {"worker_starts"}),
    ("request_failed", {}),
]


@pytest.mark.parametrize("change,counted", CASES)
def test_line_is_counted_as_what_it_is(logs, tmp_path, change, counted):
    """A real line with other values: mtail must find them in their places."""
    log = tmp_path / "one.log"
    if isinstance(change, str):
        log.write_text(f'{{"ts":"x","level":"warn","event":"{change}"}}\n')
    else:
        line = next(
            line
            for line in logs.access.read_text().splitlines()
            if '"upstream_status":"200"' in line
        )
        for name, value in {**BASE, **change}.items():
            as_json = value if name == "request_time" else json.dumps(value)
            pattern = rf'"{name}":("[^"]*"|[^,}}]+)'
            line, count = re.subn(pattern, f'"{name}":{as_json}', line)
            assert count == 1
        log.write_text(f"{line}\n")
        counted = {"responses", *counted}
    found = metrics_of(log)
    assert {
        match[1]
        for name, value in found.items()
        if (match := re.fullmatch(r"steady_([a-z_]+)_total", name)) and value
    } == set(counted)


# ---- GoAccess ---------------------------------------------------------------


def goaccess_report(log: Path, output: Path) -> Any:
    subprocess.run(
        [
            program("goaccess"), log, "--no-global-config", "--no-progress",
            "-p", MONITORING / "goaccess.conf", "-o", output,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return json.loads(output.read_text())


def test_goaccess_reads_every_line(logs, tmp_path):
    lines = logs.lines()
    told = goaccess_report(logs.access, tmp_path / "report.json")
    assert told["general"]["total_requests"] == len(lines)
    assert told["general"]["failed_requests"] == 0
    hits = Counter()
    for panel in ("requests", "not_found", "static_requests"):
        for one in told.get(panel, {}).get("data", []):
            hits[one["method"], one["data"]] += one["hits"]["count"]
    expected = Counter((line["method"], line["route"]) for line in lines)
    assert hits == expected
    statuses = {
        one["data"][:3]: one["hits"]["count"]
        for group in told["status_codes"]["data"]
        for one in group["items"]
    }
    assert statuses == Counter(str(line["status"]) for line in lines)
    hosts = [one["data"] for one in told["vhosts"]["data"]]
    assert hosts == [lines[0]["host"]]


def test_report_is_a_page(logs, tmp_path):
    done = subprocess.run(
        ["make", "report", f"LOG={logs.access}", f"BUILD={tmp_path}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"Writing {tmp_path}/report.html\n"
    page = (tmp_path / "report.html").read_text()
    assert "<title>Steady" in page
    assert f'"total_requests": {len(logs.lines())}' in page


class Live:
    """The WebSocket that the live page listens to."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            "Origin: null\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        assert b"101" in self.stream.readline()
        while self.stream.readline().strip():
            pass

    def read(self) -> str:
        _, length = self.stream.read(2)
        sizes = {126: 2, 127: 8}
        if length in sizes:
            length = int.from_bytes(self.stream.read(sizes[length]), "big")
        return self.stream.read(length).decode()

    def total(self) -> int:
        found = re.search(r'"total_requests": (\d+)', self.read())
        return int(found[1]) if found else -1


def test_live_page_follows_the_log(logs, tmp_path):
    log = tmp_path / "access.log"
    lines = logs.access.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:20]))
    port = free_port()
    words = [f"LOG={log}", f"BUILD={tmp_path}", "LIVE=1", f"LIVE_PORT={port}"]
    live = subprocess.Popen(
        ["make", "report", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        page = wait_until(lambda: Live(port), "the live page's socket")
        report = tmp_path / "report.html"
        wait_until(report.exists, "the page")
        wait_until(lambda: str(port) in report.read_text(), "its port in it")
        with open(log, "a") as file:
            file.writelines(lines[20:30])
        wait_until(lambda: page.total() == 30, "the ten new lines")
    finally:
        os.killpg(live.pid, signal.SIGTERM)
        live.wait(10)
        # GoAccess, too, which would use all of a processor.
        left = ["pgrep", "-g", str(live.pid)]
        wait_until(lambda: subprocess.call(left) == 1, "all to end", 10)


# ---- Prometheus -------------------------------------------------------------


def promtool(*words: str | Path) -> str:
    done = subprocess.run(
        [program("promtool"), *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules(kind: str) -> list[dict[str, Any]]:
    return [
        rule for group in RULES["groups"] for rule in group["rules"]
        if kind in rule
    ]  # fmt: skip


def test_configuration_and_rules_are_valid():
    assert "SUCCESS" in promtool(
        "check", "config", MONITORING / "prometheus.yml"
    )
    told = promtool("check", "rules", MONITORING / "rules.yml")
    count = len(rules("alert")) + len(rules("record"))
    assert f"{count} rules found" in told


def test_alerts_call_when_they_should_and_then_only():
    assert "SUCCESS" in promtool("test", "rules", ALERTS_TEST)


def test_every_alert_has_a_case_that_calls_and_one_that_does_not():
    cases = [
        (one["alertname"], bool(one["exp_alerts"]))
        for test in yaml.safe_load(ALERTS_TEST.read_text())["tests"]
        for one in test["alert_rule_test"]
    ]
    for rule in rules("alert"):
        assert {case[1] for case in cases if case[0] == rule["alert"]} == {
            True,
            False,
        }, rule["alert"]


def test_every_alert_tells_what_to_do():
    text = (ROOT / "ansible" / "README.md").read_text()
    table = text.partition("## When an alarm rings")[2].partition("\n## ")[0]
    listed = re.findall(r"`(Steady\w+)`", table)
    assert sorted(listed) == sorted(rule["alert"] for rule in rules("alert"))
    for rule in rules("alert"):
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def names_in(expression: str) -> set[str]:
    """Metrics of an expression: words that are followed by no bracket."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]', " ", expression)
    bare = re.sub(r"\b(by|on|without)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()", bare)
    return {word for word in words if word not in ("and", "or", "unless")}


def known_names() -> set[str]:
    text = (MONITORING / "steady.mtail").read_text()
    declared = re.findall(r"^(counter|gauge|histogram) (\w+)", text, re.M)
    ends = {"histogram": ("_bucket", "_sum", "_count")}
    exported = {
        name + end for kind, name in declared for end in ends.get(kind, ("",))
    }
    return exported | OTHERS | {rule["record"] for rule in rules("record")}


def expressions() -> list[str]:
    return [
        target["expr"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    ]


def test_rules_and_dashboard_use_metrics_that_exist():
    assert names_in("sum by (a) (rate(b_c[5m])) / on () d:e{f='g'}") == {
        "b_c", "d:e",
    }  # fmt: skip
    for expression in [
        *expressions(),
        *(rule["expr"] for rule in rules("record") + rules("alert")),
    ]:
        assert names_in(expression), expression
        assert names_in(expression) <= known_names(), expression


def test_panels_of_the_dashboard_do_not_overlap():
    cells = Counter(
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    assert set(cells.values()) == {1}
    assert max(x for x, _ in cells) < 24
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


@contextlib.contextmanager
def running(command: list[str | Path], log: Path) -> Iterator[None]:
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A URL behind a certificate of five days, and that certificate."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ed25519", "-nodes",
            "-days", "5", "-subj", "/CN=balancer", "-keyout", key,
            "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield f"https://127.0.0.1:{server.server_port}/", certificate
        server.shutdown()


def configured(
    folder: Path, mtail: str, blackbox: str, urls: list[str]
) -> Path:
    """prometheus.yml with other addresses and a faster clock."""
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    steady, public = config["scrape_configs"]
    steady["static_configs"] = [{"targets": [mtail]}]
    public["static_configs"] = [{"targets": urls}]
    public["relabel_configs"][-1]["replacement"] = blackbox
    shutil.copy(MONITORING / "rules.yml", folder)
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.fixture(scope="module")
def prometheus(logs, tls, tmp_path_factory) -> Iterator[httpx.Client]:
    """mtail on the growing log, the exporter, and Prometheus on both."""
    folder = tmp_path_factory.mktemp("prometheus")
    ports = free_port(), free_port(), free_port()
    url, certificate = tls
    config = configured(
        folder,
        f"127.0.0.1:{ports[0]}",
        f"127.0.0.1:{ports[2]}",
        [f"http://127.0.0.1:{logs.steady.port}/readyz", url],
    )
    mtail = [*mtail_options(logs.folder / "*.log"),
             "--address=127.0.0.1", f"--port={ports[0]}"]  # fmt: skip
    server: list[str | Path] = [
        program("prometheus"), f"--config.file={config}",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{ports[1]}",
    ]  # fmt: skip
    blackbox: list[str | Path] = [
        # The one certificate that it trusts.
        "env", f"SSL_CERT_FILE={certificate}",
        program("prometheus-blackbox-exporter"),
        "--config.file=/etc/prometheus/blackbox.yml",
        f"--web.listen-address=127.0.0.1:{ports[2]}",
    ]  # fmt: skip
    with (
        running(mtail, folder / "mtail.log"),
        running(blackbox, folder / "blackbox.log"),
        running(server, folder / "prometheus.log"),
        httpx.Client(base_url=f"http://127.0.0.1:{ports[1]}") as client,
    ):
        yield client


def query(prometheus: httpx.Client, expression: str) -> list[Any]:
    with contextlib.suppress(httpx.TransportError):
        answer = prometheus.get("/api/v1/query", params={"query": expression})
        if answer.status_code != 503:
            assert answer.json()["status"] == "success", answer.text
            return answer.json()["data"]["result"]
    return []


def test_prometheus_counts_what_was_asked(prometheus, logs):
    def value(expression: str) -> float | None:
        found = query(prometheus, expression)
        return float(found[0]["value"][1]) if found else None

    # mtail begins at the end of a file that is there already.
    wait_until(
        lambda: value("steady_responses_total") is not None, "a first scrape"
    )
    seen = int(value("steady_responses_total") or 0)
    before = len(logs.lines())
    use(logs.steady)
    came = wait_until(lambda: len(logs.lines()) - before, "the log's lines")
    wait_until(
        lambda: value("steady_responses_total") == seen + came,
        f"{seen} + {came} responses",
    )
    wait_until(
        lambda: value("steady:error_ratio:rate5m") is not None, "the ratio"
    )
    answer = prometheus.get("/api/v1/rules").json()
    for group in answer["data"]["groups"]:
        for rule in group["rules"]:
            assert rule["health"] in ("ok", "unknown"), rule


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_every_panel_of_the_dashboard_shows_something(prometheus, expression):
    """After test_prometheus_counts_what_was_asked."""
    wait_until(lambda: query(prometheus, expression), expression)


def test_service_is_asked_the_way_that_people_come(prometheus, logs):
    url = f"http://127.0.0.1:{logs.steady.port}/readyz"
    wait_until(
        lambda: query(prometheus, f'probe_success{{instance="{url}"}} == 1'),
        "the first probe",
    )


def test_certificate_that_ends_in_five_days_calls(prometheus, tls):
    wanted = {"alertname": "SteadyCertificateExpires", "instance": tls[0]}

    def calls() -> bool:
        alerts = prometheus.get("/api/v1/alerts").json()["data"]["alerts"]
        return any(
            alert["state"] == "firing"
            and wanted.items() <= alert["labels"].items()
            for alert in alerts
        )

    wait_until(lambda: query(prometheus, "up"), "Prometheus")
    wait_until(calls, "the alert")
