"""alb-lab as the unmodified modules of Ansible see it, and what the modules
themselves do in cases that matter to a release."""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from alb_lab.client import AlbLab
from alb_lab.ec2 import SECURITY_GROUP, SUBNETS, VPC
from backend import Backend
from lib.wait import free_port, wait_until

pytestmark = pytest.mark.lab
Module = Callable[..., dict[str, Any]]
TARGET = "community.aws.elb_target"
GROUP = "community.aws.elb_target_group"
GROUP_INFO = "community.aws.elb_target_group_info"
# What a production group has; the module's names.
PRODUCTION = {
    "name": "steady",
    "state": "present",
    "protocol": "http",
    "port": 8080,
    "vpc_id": VPC,
    "target_type": "instance",
    "health_check_protocol": "http",
    "health_check_path": "/healthz",
    "health_check_interval": 5,
    "health_check_timeout": 2,
    "healthy_threshold_count": 2,
    "unhealthy_threshold_count": 2,
    "successful_response_codes": "200",
    "deregistration_delay_timeout": 40,
    "load_balancing_algorithm_type": "least_outstanding_requests",
    "modify_targets": False,
    "tags": {"Service": "steady"},
}


@pytest.fixture
def service(lab: AlbLab, backends: list[Backend]) -> int:
    """A load balancer with the first two backends as instances i-1 and i-2,
    not registered; returns the listener's port."""
    port = free_port()
    lab.create(port=port, TargetType="instance", Port=backends[0].port)
    for number, backend in enumerate(backends[:2], 1):
        lab.put_instance(f"i-{number}", backend.host)
    return port


def target(backends: list[Backend], **more: Any) -> dict[str, Any]:
    return {
        "target_group_name": "steady",
        "target_id": "i-1",
        "target_port": backends[0].port,
        **more,
    }


def health(result: dict[str, Any]) -> dict[str, str]:
    """State by target, of elb_target_group_info."""
    return {
        it["target"]["id"]: it["target_health"]["state"]
        for it in result["target_groups"][0]["targets_health_description"]
    }


def plain(value: Any) -> Any:
    """Newer Ansible marks in its listing what came from elsewhere."""
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def test_elb_target_group_converges(lab: AlbLab, module: Module) -> None:
    made = module(lab, GROUP, **PRODUCTION)
    assert made["changed"], made
    assert made["health_check_interval_seconds"] == 5
    assert made["deregistration_delay_timeout_seconds"] == "40"
    algorithm = made["load_balancing_algorithm_type"]
    assert algorithm == "least_outstanding_requests"
    assert made["tags"] == {"Service": "steady"}
    again = module(lab, GROUP, **PRODUCTION)
    assert not again["changed"], again
    changed = {
        **PRODUCTION,
        "health_check_path": "/readyz",
        "deregistration_delay_timeout": 60,
        "tags": {"Service": "other"},
    }
    other = module(lab, GROUP, **changed)
    assert other["changed"]
    assert other["health_check_path"] == "/readyz"
    assert other["deregistration_delay_timeout_seconds"] == "60"
    assert other["tags"] == {"Service": "other"}
    gone = module(lab, GROUP, name="steady", state="absent")
    assert gone["changed"]
    assert lab.get("state")["groups"] == []


def test_elb_target_group_tells_what_the_api_refuses(
    lab: AlbLab, module: Module
) -> None:
    wrong = {**PRODUCTION, "health_check_timeout": 5}
    result = module(lab, GROUP, **wrong)
    assert result["failed"]
    assert result["error"]["code"] == "ValidationError"


def test_elb_target_group_deregisters_all_unless_told_otherwise(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    """Why `modify_targets: false` is always given."""
    module(lab, TARGET, **target(backends, state="present"))
    group = {
        "name": "steady",
        "state": "present",
        "protocol": "http",
        "port": backends[0].port,
        "vpc_id": VPC,
        "target_type": "instance",
    }
    module(lab, GROUP, **group, modify_targets=False)
    assert lab.state_of("i-1") in ("initial", "healthy")
    lab.settings(deregistration_delay=60)
    module(lab, GROUP, **group)
    assert lab.state_of("i-1") == "draining"


def test_elb_application_lb_converges(
    lab: AlbLab, module: Module, backends: list[Backend]
) -> None:
    name, port = "amazon.aws.elb_application_lb", free_port()
    module(lab, GROUP, **PRODUCTION)
    arguments = {
        "name": "steady",
        "subnets": list(SUBNETS),
        "security_groups": [SECURITY_GROUP],
        "scheme": "internal",
        "idle_timeout": 60,
        "tags": {"Service": "steady"},
        "listeners": [
            {
                "Protocol": "HTTP",
                "Port": port,
                "DefaultActions": [
                    {"Type": "forward", "TargetGroupName": "steady"}
                ],
            }
        ],
    }
    made = module(lab, name, **arguments)
    assert made["changed"], made
    assert made["dns_name"] == lab.address
    again = module(lab, name, **arguments)
    assert not again["changed"], again
    info = module(lab, f"{name}_info", names=["steady"])
    balancer = info["load_balancers"][0]
    assert balancer["scheme"] == "internal"
    assert balancer["idle_timeout_timeout_seconds"] == "60"
    assert balancer["listeners"][0]["port"] == port
    assert balancer["tags"] == {"Service": "steady"}

    lab.wait_for_port(port)
    lab.put_instance("i-1", backends[0].host)
    one = target(backends, state="present", target_status="healthy")
    module(lab, TARGET, **one)
    answer = httpx.get(f"http://{lab.address}:{port}/")
    assert answer.json()["backend"] == backends[0].host

    assert module(lab, name, name="steady", state="absent")["changed"]
    assert lab.get("state")["balancers"] == []


def test_elb_target_waits_for_healthy(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    backends[0].health = 503
    arguments = target(backends, state="present", target_status="healthy")
    results: list[dict[str, Any]] = []
    thread = threading.Thread(
        target=lambda: results.append(module(lab, TARGET, **arguments))
    )
    thread.start()
    lab.wait_for("i-1", "unhealthy", 60)
    assert not results
    backends[0].health = 200
    thread.join(60)
    assert results[0]["changed"], results
    assert lab.states("i-1") == ["initial", "unhealthy", "healthy"]
    again = module(lab, TARGET, **arguments)
    assert not again["changed"]


def test_elb_target_says_when_healthy_does_not_come(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    backends[0].health = 503
    result = module(
        lab,
        TARGET,
        **target(
            backends,
            state="present",
            target_status="healthy",
            target_status_timeout=1,
        ),
    )
    assert result["failed"]
    assert "timeout" in result["msg"]


def test_elb_target_is_content_with_an_unhealthy_target(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    """Why the health itself is asserted: the module does not wait for a
    target that is registered already."""
    backends[0].health = 503
    module(lab, TARGET, **target(backends, state="present"))
    lab.wait_for("i-1", "unhealthy")
    result = module(
        lab,
        TARGET,
        **target(backends, state="present", target_status="healthy"),
    )
    assert (result["failed"], result["changed"]) == (False, False)
    info = module(
        lab, GROUP_INFO, names=["steady"], collect_targets_health=True
    )
    assert health(info) == {"i-1": "unhealthy"}


def test_elb_target_waits_until_unused(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    lab.settings(deregistration_delay=60)
    module(lab, TARGET, **target(backends, state="present"))
    lab.wait_for("i-1", "healthy")
    arguments = target(backends, state="absent", target_status="unused")
    results: list[dict[str, Any]] = []
    thread = threading.Thread(
        target=lambda: results.append(module(lab, TARGET, **arguments))
    )
    thread.start()
    lab.wait_for("i-1", "draining")
    info = module(
        lab, GROUP_INFO, names=["steady"], collect_targets_health=True
    )
    assert health(info) == {"i-1": "draining"}
    assert not results
    lab.settings(deregistration_delay=0)
    thread.join(60)
    assert results[0]["changed"], results
    info = module(
        lab, GROUP_INFO, names=["steady"], collect_targets_health=True
    )
    assert health(info) == {}
    states = ["initial", "healthy", "draining", "unused"]
    assert lab.states("i-1") == states


def test_elb_target_does_not_register_a_draining_target(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    """Why one waits until it is unused first."""
    lab.settings(deregistration_delay=60)
    module(lab, TARGET, **target(backends, state="present"))
    module(lab, TARGET, **target(backends, state="absent"))
    again = module(lab, TARGET, **target(backends, state="absent"))
    assert not again["changed"]
    result = module(
        lab,
        TARGET,
        **target(backends, state="present", target_status="healthy"),
    )
    assert (result["failed"], result["changed"]) == (False, False)
    assert lab.state_of("i-1") == "draining"


def test_modules_try_again_when_the_api_throttles(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    lab.fault("RegisterTargets", "Throttling", times=2)
    result = module(lab, TARGET, **target(backends, state="present"))
    assert result["changed"], result


def test_information_about_targets_and_instances(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    lab.put_instance("i-2", backends[1].host, tags={"Role": "steady"})
    info = module(lab, "amazon.aws.ec2_instance_info", instance_ids=["i-2"])
    instance = info["instances"][0]
    assert instance["private_ip_address"] == backends[1].host
    assert instance["tags"] == {"Role": "steady"}
    module(lab, TARGET, **target(backends, state="present"))
    info = module(lab, "community.aws.elb_target_info", instance_id="i-1")
    found = info["instance_target_groups"][0]["targets"][0]
    assert found["target_port"] == backends[0].port
    assert module(lab, "amazon.aws.aws_caller_info")["account"]


def test_aws_ec2_inventory_finds_the_hosts(
    lab: AlbLab, ansible: Path, tmp_path: Path
) -> None:
    for number in (1, 2):
        lab.put_instance(
            f"i-{number}", f"127.0.7.{number}", tags={"Role": "steady"}
        )
    lab.put_instance("i-3", "127.0.7.3", tags={"Role": "other"})
    lab.put_instance(
        "i-4", "127.0.7.4", tags={"Role": "steady"}, state="terminated"
    )
    file = tmp_path / "lab.aws_ec2.yml"
    file.write_text(
        "plugin: amazon.aws.aws_ec2\n"
        "regions: [eu-central-1]\n"
        "hostnames: [instance-id]\n"
        "filters: {'tag:Role': steady}\n"
        "compose: {ansible_host: private_ip_address}\n"
        "keyed_groups: [{key: (ec2_tags | default(tags)).Role, "
        "prefix: role}]\n"
    )
    done = subprocess.run(
        [ansible / "ansible-inventory", "-i", file, "--list"],
        env=lab.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    inventory = json.loads(done.stdout)
    assert inventory["role_steady"]["hosts"] == ["i-1", "i-2"]
    variables = inventory["_meta"]["hostvars"]["i-2"]
    assert plain(variables["ansible_host"]) == "127.0.7.2"
    assert plain(variables["placement"]["region"]) == "lab-1"


def test_a_playbook_drains_one_of_two_without_a_failed_request(
    lab: AlbLab, module: Module, service: int, backends: list[Backend]
) -> None:
    """All of it together, under load."""
    for number in (1, 2):
        one = {"target_id": f"i-{number}", "state": "present"}
        module(lab, TARGET, **target(backends, **one))
        lab.wait_for(f"i-{number}", "healthy")
    failures: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=30) as http:
            while not stop.is_set():
                url = f"http://{lab.address}:{service}/load"
                status = http.get(url).status_code
                if status != 200:
                    failures.append(status)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        arguments = {"state": "absent", "target_status": "unused"}
        module(lab, TARGET, **target(backends, **arguments))
        before = len(backends[0].requests())
        backends[0].stop()
        wait_until(
            lambda: len(backends[1].requests()) > before, "more requests"
        )
        backends[0].start()
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert len(backends[0].requests()) == before > 0
