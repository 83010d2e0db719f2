"""The laboratory itself: its parts work together, and it leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from laboratory import Lab, traces
from laboratory.haproxy import PROGRAM as HAPROXY
from laboratory.host import Host
from laboratory.registry import PROGRAM as REGISTRY
from lib.need import need
from lib.paths import MONGOD
from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]
SHORT = {"health_check_interval": 1, "deregistration_delay": 3}


@pytest.fixture(scope="module")
def lab(image: str, figure: Callable[[str], None]) -> Iterator[Lab]:
    """Three hosts that run Steady on one database, behind both balancers."""
    need(MONGOD.exists(), "mongod (make setup-mongod)")
    need(HAPROXY.exists(), "haproxy (make setup-ops)")
    need(REGISTRY.exists(), "docker-registry (make setup-ops)")
    with Lab(hosts=3, haproxy=True) as lab:
        lab.balancer.settings(**SHORT)
        began = time.monotonic()
        name = lab.publish(image, "1.0.0")
        each_host(lab, lambda host: host.docker("pull", "--quiet", name))
        pulled = time.monotonic() - began
        each_host(lab, lambda host: serve(host, name, lab.mongodb.uri()))
        for host in lab.hosts:
            register(lab, host)
        steps = ", ".join(f"{k} {v:.1f} s" for k, v in lab.seconds.items())
        figure(f"laboratory: {steps}")
        figure(f"laboratory: image to 3 hosts {pulled:.1f} s")
        sizes = {name: size >> 20 for name, size in lab.memory().items()}
        figure(f"laboratory: MB of memory {json.dumps(sizes)}")
        yield lab


def each_host(lab: Lab, work: Callable[[Host], object]) -> None:
    with ThreadPoolExecutor(len(lab.hosts)) as pool:
        list(pool.map(work, lab.hosts))


def serve(host: Host, image: str, uri: str) -> None:
    """Starts Steady on a host, as a role would."""
    host.docker(
        *("run", "--detach", "--name", "steady", "--restart"),
        "unless-stopped",
        *("--publish", "8080:8080", "--read-only"),
        *("--tmpfs", "/run", "--tmpfs", "/tmp"),
        *("--env", f"STEADY_MONGODB_URI={uri}"),
        *("--env", "STEADY_RATE_LIMIT=0"),
        image,
    )


def change(lab: Lab, call: str, host: Host) -> None:
    elb = lab.balancer.boto("elbv2")
    getattr(elb, call)(
        TargetGroupArn=lab.balancer.get("state")["groups"][0]["arn"],
        Targets=[{"Id": host.instance_id, "Port": host.http_port}],
    )


def register(lab: Lab, host: Host) -> None:
    change(lab, "register_targets", host)
    lab.balancer.wait_for(host.instance_id, "healthy", 60)


def served_by(lab: Lab, requests: int = 12) -> set[str]:
    """The targets of some requests through alb-lab, none of which fails."""
    before = len(lab.balancer.requests())
    for _ in range(requests):
        assert httpx.get(f"{lab.url}/readyz").status_code == 200
    wait_until(
        lambda: len(lab.balancer.requests(before)) >= requests, "the entries"
    )
    return {it["target"] for it in lab.balancer.requests(before)}


# -- Parts -------------------------------------------------------------------


def test_hosts_have_booted(lab: Lab) -> None:
    for host in lab.hosts:
        state = host.run("systemctl", "is-system-running").stdout.strip()
        assert state == "running", host.output("systemctl", "--failed")


def test_ansible_reaches_the_hosts_and_may_become_root(
    lab: Lab, ansible: Path
) -> None:
    done = subprocess.run(
        [ansible / "ansible", "steady", "-i", lab.inventory(lab.hosts)]
        + ["--become", "-m", "command", "-a", "id -un"],
        env=lab.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("CHANGED") == 3
    assert done.stdout.count("\nroot") == 3


def test_host_with_another_key_is_not_trusted(lab: Lab) -> None:
    known = lab.folder / "known_hosts"
    kept = known.read_text()
    other = (lab.folder / "user_key.pub").read_text().split()[1]
    lines = kept.splitlines()
    wrong = [" ".join([*it.split()[:2], other]) for it in lines]
    known.write_text("\n".join(wrong) + "\n")
    try:
        said = lab.hosts[0].ssh("true")
    finally:
        known.write_text(kept)
    assert said.returncode != 0
    assert "Host key verification failed" in said.stderr
    assert lab.hosts[0].ssh("true").returncode == 0


def test_inventory_of_aws_finds_the_hosts(
    lab: Lab, ansible: Path, tmp_path: Path
) -> None:
    file = tmp_path / "lab.aws_ec2.yml"
    file.write_text(
        "plugin: amazon.aws.aws_ec2\nregions: [lab-1]\n"
        "hostnames: [instance-id]\nfilters: {'tag:Role': steady}\n"
        "compose: {ansible_host: private_ip_address}\n"
    )
    done = subprocess.run(
        [ansible / "ansible", "all", "-i", file, "-m", "ping"],
        env=lab.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"ping": "pong"') == 3


def test_both_balancers_reach_every_host(lab: Lab) -> None:
    assert lab.haproxy
    assert served_by(lab) == {it.instance_id for it in lab.hosts}
    for host in lab.hosts:
        wait_until(
            lambda host=host: lab.haproxy.state_of(host.instance_id) == "UP",
            f"{host.name} to be up for HAProxy",
        )
    assert httpx.get(f"{lab.haproxy.url}/readyz").status_code == 200


def test_hosts_share_one_database(lab: Lab) -> None:
    anna = httpx.Client(base_url=lab.url)
    body = {"email": "anna@example.org", "password": "correct horse battery"}
    assert anna.post("/api/users", json=body).status_code == 201
    for host in lab.hosts:
        url = f"http://{host.address}:{host.http_port}"
        there = httpx.Client(base_url=url, cookies=dict(anna.cookies))
        assert there.post("/api/tasks", json={"title": host.name}).is_success
    listed = anna.get("/api/tasks").json()
    titles = {it["title"] for it in listed}
    assert titles == {it.name for it in lab.hosts}


def test_registry_can_be_down_and_come_back(lab: Lab, image: str) -> None:
    name = lab.derive(image, "LABEL what=other", "other")
    host = lab.hosts[0]
    lab.registry.stop()
    try:
        assert host.run("docker", "pull", name).returncode != 0
    finally:
        lab.registry.start()
    host.docker("pull", "--quiet", name)
    label = "{{.Config.Labels.what}}"
    said = host.docker("image", "inspect", "--format", label, name)
    assert said.strip() == "other"


# -- Faults ------------------------------------------------------------------


def test_haproxy_follows_what_alb_lab_drains(lab: Lab) -> None:
    assert lab.haproxy
    host = lab.hosts[0]
    lab.balancer.settings(deregistration_delay=60)
    change(lab, "deregister_targets", host)

    def is_in(*states: str) -> Callable[[], bool]:
        return lambda: lab.haproxy.state_of(host.instance_id) in states

    wait_until(is_in("DRAIN"), "HAProxy to drain it")
    lab.balancer.settings(deregistration_delay=0)
    lab.balancer.wait_for(host.instance_id, "unused")
    wait_until(is_in("MAINT"), "HAProxy to forget it")
    others = {it.instance_id for it in lab.hosts[1:]}
    assert served_by(lab) == others
    register(lab, host)
    wait_until(is_in("UP"), "HAProxy to use it again")
    lab.balancer.settings(**SHORT)


def test_host_that_dies_is_noticed_and_comes_back_with_steady(
    lab: Lab,
) -> None:
    host = lab.hosts[1]
    host.kill()
    lab.balancer.wait_for(host.instance_id, "unhealthy", 60)
    assert host.instance_id not in served_by(lab)
    host.start()
    lab.balancer.wait_for(host.instance_id, "healthy", 90)
    assert host.instance_id in served_by(lab)


def test_frozen_host_times_out(lab: Lab) -> None:
    host = lab.hosts[2]
    host.freeze()
    try:
        lab.balancer.wait_for(host.instance_id, "unhealthy", 60)
        state = lab.balancer.get("state")["groups"][0]["targets"]
        reasons = {it["id"]: it["reason"] for it in state}
        assert reasons[host.instance_id] == "Target.Timeout"
    finally:
        host.thaw()
    lab.balancer.wait_for(host.instance_id, "healthy", 60)


# -- Leftovers ---------------------------------------------------------------

SMALL = """
import time
from laboratory import Lab
lab = Lab(hosts=1, mongodb_nodes=1)
print(lab.number, flush=True)
with lab:
    print("ready", flush=True)
    time.sleep(600)
"""


def start_small() -> tuple[subprocess.Popen[str], int]:
    """A laboratory in a process of its own, and its number."""
    path = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-B", "-c", SMALL],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    return process, int(process.stdout.readline())


def left_by(number: int) -> list[object]:
    return [
        *traces.processes(number),
        *traces.labelled(number, "container", "--all"),
        *traces.labelled(number, "volume"),
        *traces.labelled(number, "network"),
        *filter(Path.exists, [traces.folder(number)]),
    ]


def test_killed_laboratory_is_cleared_away_by_the_next(lab: Lab) -> None:
    process, number = start_small()
    assert number != lab.number
    # Half-way: there is a host, and a process or two.
    wait_until(
        lambda: (
            traces.labelled(number, "container") and traces.processes(number)
        ),
        "a host",
        120,
    )
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert left_by(number)

    with Lab(hosts=1, mongodb_nodes=1, number=number):
        assert len(traces.labelled(number, "container")) == 1
    assert left_by(number) == []
