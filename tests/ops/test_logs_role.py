"""The role `logs`: mtail on a host, figures in CloudWatch."""

import json
import os
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator

from laboratory import Lab
from lib.access_log import SCHEMA
from lib.metrics import read_metrics
from lib.paths import ROOT
from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]

ANSIBLE = ROOT / "ansible"
ROLE = ANSIBLE / "roles" / "logs"
DEFAULTS = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())


def played(command: list[str | Path], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ANSIBLE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


# ---- CloudWatch -------------------------------------------------------------


class CloudWatchLogs:
    """Groups and filters as the service keeps them, as far as the modules ask.
    Requests must be what botocore's own model of the service allows."""

    def __init__(self) -> None:
        self.model = botocore.session.get_session().get_service_model("logs")
        self.groups: dict[str, dict[str, Any]] = {}
        self.filters: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                action = self.headers["X-Amz-Target"].partition(".")[2]
                size = int(self.headers["Content-Length"])
                answer = api.answer(action, json.loads(self.rfile.read(size)))
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, action: str, given: dict[str, Any]) -> dict[str, Any]:
        shape = self.model.operation_model(action).input_shape
        report = ParamValidator().validate(given, shape)
        assert not report.has_errors(), report.generate_report()
        self.calls[action] += 1
        name = given.get("logGroupName", "")
        match action:
            case "CreateLogGroup":
                self.groups[name] = {"logGroupName": name, "creationTime": 1}
            case "PutRetentionPolicy":
                days = given["retentionInDays"]
                self.groups[name]["retentionInDays"] = days
            case "DescribeLogGroups":
                prefix = given.get("logGroupNamePrefix", "")
                return {"logGroups": self._from(self.groups, prefix)}
            case "ListTagsLogGroup":
                return {"tags": {}}
            case "PutMetricFilter":
                assert name in self.groups
                self.filters[name, given["filterName"]] = given
            case "DescribeMetricFilters":
                prefix = given.get("filterNamePrefix", "")
                here = {
                    filter_name: one
                    for (group, filter_name), one in self.filters.items()
                    if group == name
                }
                return {"metricFilters": self._from(here, prefix)}
            case _:
                raise AssertionError(f"no {action} here")
        return {}

    @staticmethod
    def _from(named: dict[str, Any], prefix: str) -> list[Any]:
        return [one for name, one in named.items() if name.startswith(prefix)]


@pytest.fixture
def cloudwatch() -> Iterator[CloudWatchLogs]:
    api = CloudWatchLogs()
    yield api
    api.server.shutdown()
    api.server.server_close()


def test_groups_and_figures_are_made_once(cloudwatch, ansible, tmp_path):
    playbook = tmp_path / "once.yml"
    role = {"name": "logs", "tasks_from": "cloudwatch"}
    tasks = [{"ansible.builtin.include_role": role}]
    play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
    playbook.write_text(yaml.safe_dump([play]))
    environment = {
        **os.environ,
        "AWS_URL": cloudwatch.url,
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "lab",
        "AWS_SECRET_ACCESS_KEY": "lab",
        "AWS_EC2_METADATA_DISABLED": "true",
        "ANSIBLE_ROLES_PATH": str(ANSIBLE / "roles"),
    }
    command: list[str | Path] = [
        ansible / "ansible-playbook", "-i", "localhost,", "-c", "local",
        playbook, "-e", "logs_cloudwatch_group=steady",
    ]  # fmt: skip
    played(command, environment)
    assert {
        name: group["retentionInDays"]
        for name, group in cloudwatch.groups.items()
    } == {f"steady/{log}": 30 for log in ("access", "worker", "error")}
    wanted = {
        (f"steady/{one['log']}", one["name"]): one
        for one in DEFAULTS["logs_cloudwatch_filters"]
    }
    assert set(cloudwatch.filters) == set(wanted)
    for key, made in cloudwatch.filters.items():
        assert made["filterPattern"] == wanted[key]["pattern"]
        (figure,) = made["metricTransformations"]
        value = wanted[key].get("value")
        assert figure["metricValue"] == (value or "1")
        assert figure.get("defaultValue") == (None if value else 0)
    puts = cloudwatch.calls["PutMetricFilter"]
    assert "changed=0" in played(command, environment)
    assert cloudwatch.calls["PutMetricFilter"] == puts


def test_figures_use_fields_that_exist_and_names_that_tell_apart():
    names = [one["name"] for one in DEFAULTS["logs_cloudwatch_filters"]]
    for name in names:
        assert [n for n in names if n.startswith(name)] == [name]
    for one in DEFAULTS["logs_cloudwatch_filters"]:
        known = SCHEMA["properties"] if one["log"] == "access" else {"event"}
        fields = re.findall(r"\$\.(\w+)", one["pattern"] + one.get("value", ""))
        assert fields
        assert set(fields) <= set(known), one


def test_agent_sends_each_log_to_its_group(ansible, tmp_path):
    output = tmp_path / "agent.json"
    wanted = {
        **DEFAULTS,
        "logs_cloudwatch_group": "steady",
        "logs_cloudwatch_region": "eu-central-1",
    }
    template = ROLE / "templates" / "agent.json.j2"
    played(
        [
            ansible / "ansible", "-i", "localhost,", "-c", "local",
            "localhost", "-m", "ansible.builtin.template",
            "-a", f"src={template} dest={output}", "-e", json.dumps(wanted),
        ],
        dict(os.environ),
    )  # fmt: skip
    told = json.loads(output.read_text())
    assert told["agent"]["region"] == "eu-central-1"
    files = told["logs"]["logs_collected"]["files"]["collect_list"]
    assert {one["file_path"]: one["log_group_name"] for one in files} == {
        f"/var/log/steady/{log}.log": f"steady/{log}"
        for log in ("access", "worker", "error")
    }


# ---- mtail ------------------------------------------------------------------


def test_mtail_on_a_host_counts_what_its_log_gets(ansible, tmp_path):
    with Lab(hosts=1, mongodb_nodes=1) as lab:
        (host,) = lab.hosts
        folder = "/var/log/steady"
        host.output("install", "-d", "-m", "700", "-o", "10001", folder)
        line = json.dumps(example(), separators=(",", ":"))
        append = (
            f"umask 077; echo '{line}' >>{folder}/access.log;"
            f"chown 10001 {folder}/access.log"
        )
        host.output("sh", "-c", append)
        command = [
            ansible / "ansible-playbook", "-i", lab.inventory(lab.hosts),
            "logs.yml",
        ]  # fmt: skip
        played(command, lab.environment())
        assert "changed=0" in played(command, lab.environment())

        def count() -> float:
            ask = "import urllib.request as r; print(r.urlopen("
            ask += "'http://127.0.0.1:3903/metrics').read().decode())"
            said = host.run("python3", "-c", ask)
            return read_metrics(said.stdout).get("steady_responses_total", -1)

        before = wait_until(lambda: count() >= 0 and count() + 1, "metrics") - 1
        for _ in range(3):
            host.output("sh", "-c", append)
        wait_until(lambda: count() == before + 3, "three more")


def example() -> dict[str, Any]:
    """A line in the order that the log has."""
    seconds = ("upstream_connect_time", "upstream_header_time",
               "upstream_response_time")  # fmt: skip
    known = {
        **dict.fromkeys(seconds, "0.010"),
        "v": 1, "ts": "2026-11-26T10:00:00+00:00", "request_id": "a" * 32,
        "client": "127.0.0.1", "method": "GET", "uri": "/api/tasks",
        "route": "/api/tasks", "status": 200, "bytes": 2,
        "request_time": 0.01, "upstream_status": "200", "queue_time": 0.001,
        "worker_time": 0.005, "database_time": 0.004, "host": "one",
        "database_refused": False, "worker_memory": 8388608,
        "version": "1.0.0", "retry": False, "idempotency_key": False,
    }  # fmt: skip
    return {name: known.get(name, "") for name in SCHEMA["required"]}
