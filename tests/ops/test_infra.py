"""infra.yml against moto, which keeps what the API of AWS was told."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from installation import ANSIBLE, PLAYBOOK

from lib.wait import free_port, wait_until

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]
REGION = "eu-central-1"
HOSTS = ("todo1", "todo2", "todo3")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("moto") / "moto.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("moto_server"), "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(f"{url}/moto-api/").is_success
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, f"moto ({log})", 60)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def client(aws: str, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=aws,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def account(aws: str) -> dict[str, Any]:
    """What there is before infra.yml, as its variables."""
    ec2 = client(aws, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone=f"{REGION}{zone}",
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    ec2.create_key_pair(KeyName="operators")
    certificate = client(aws, "acm").request_certificate(
        DomainName="todo.example.org"
    )
    return {
        "infra_region": REGION,
        "infra_vpc": vpc,
        "infra_balancer_subnets": subnets,
        "infra_hosts": [
            {"name": name, "subnet": subnets[number % 2]}
            for number, name in enumerate(HOSTS)
        ],
        "infra_image": ec2.describe_images()["Images"][0]["ImageId"],
        "infra_key_name": "operators",
        "infra_ssh_from": "10.0.0.0/16",
        "infra_certificate_arn": certificate["CertificateArn"],
    }


def play(aws: str, variables: dict[str, Any]) -> str:
    done = subprocess.run(
        [PLAYBOOK, "-i", "localhost,", "infra.yml"]
        + ["-e", json.dumps(variables)],
        cwd=ANSIBLE,
        env=os.environ
        | {
            "AWS_URL": aws,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_infrastructure_is_made_once(aws: str, ansible: Path) -> None:
    variables = account(aws)
    assert "changed=5" in play(aws, variables)
    assert "changed=0" in play(aws, variables)

    elb = client(aws, "elbv2")
    [group] = elb.describe_target_groups()["TargetGroups"]
    assert (group["Port"], group["HealthCheckPath"]) == (8080, "/healthz")
    attributes = elb.describe_target_group_attributes(
        TargetGroupArn=group["TargetGroupArn"]
    )["Attributes"]
    values = {it["Key"]: it["Value"] for it in attributes}
    assert values["deregistration_delay.timeout_seconds"] == "40"
    algorithm = values["load_balancing.algorithm.type"]
    assert algorithm == "least_outstanding_requests"
    filters = [{"Name": "tag:Service", "Values": ["steady"]}]
    found = client(aws, "ec2").describe_instances(Filters=filters)
    names = [
        tag["Value"]
        for reservation in found["Reservations"]
        for instance in reservation["Instances"]
        for tag in instance["Tags"]
        if tag["Key"] == "Name"
    ]
    assert sorted(names) == list(HOSTS)
