"""alb-lab as a test sees it.

with AlbLab() as lab:
    lab.put_instance("i-1", "127.0.1.1")
    lab.create(port=9000)               # balancer, listener, target group
    subprocess.run(["ansible-playbook", ...], env=lab.environment())
    lab.requests()
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from alb_lab.ec2 import REGION, SECURITY_GROUP, SUBNETS, VPC
from lib.wait import wait_until

OPS = Path(__file__).resolve().parents[1]
# botocore before 1.31 has no setting for another endpoint, but it looks for
# its data in AWS_DATA_PATH first; the aws_ec2 inventory of Debian 12 needs it.
ENDPOINT_RULES = {"ec2": "2016-11-15", "sts": "2011-06-15"}


class AlbLab:
    def __init__(self, *arguments: str) -> None:
        """`arguments` are those of the command line."""
        self.arguments = arguments
        self.folder = tempfile.TemporaryDirectory(prefix="alb-lab-")
        self.log = Path(self.folder.name) / "alb-lab.log"
        self.process: subprocess.Popen[str] | None = None
        self.api = self.control = self.address = ""
        self.http = httpx.Client()

    def __enter__(self) -> "AlbLab":
        try:
            self.start()
        except BaseException:
            self.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-B", "-m", "alb_lab", *self.arguments],
                cwd=OPS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"alb-lab did not start: {self.log.read_text()}"
        said = json.loads(line)
        self.api, self.control = said["api"], said["control"]
        self.address = said["address"]
        self.http = httpx.Client(base_url=self.control, timeout=30)

    def release(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self.http.close()
        self.folder.cleanup()

    # -- For programs that call the API --------------------------------------

    def environment(self) -> dict[str, str]:
        """What sends Ansible's modules, its inventory and boto3 here."""
        data = Path(self.folder.name) / "botocore"
        for name, version in ENDPOINT_RULES.items():
            folder = data / name / version
            folder.mkdir(parents=True, exist_ok=True)
            rules = {
                "version": "1.0",
                "parameters": {},
                "rules": [
                    {
                        "type": "endpoint",
                        "conditions": [],
                        "endpoint": {"url": self.api},
                    }
                ],
            }
            file = folder / "endpoint-rule-set-1.json"
            file.write_text(json.dumps(rules))
        unset = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE")
        kept = {k: v for k, v in os.environ.items() if k not in unset}
        return kept | {
            "AWS_URL": self.api,
            "AWS_ENDPOINT_URL": self.api,
            "AWS_DATA_PATH": str(data),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def boto(self, service: str) -> Any:
        """A client that leaves the checking of arguments to the API."""
        return boto3.client(
            service,
            endpoint_url=self.api,
            region_name=REGION,
            aws_access_key_id="lab",
            aws_secret_access_key="lab",
            config=Config(parameter_validation=False),
        )

    def create(
        self,
        name: str = "steady",
        port: int = 8080,
        attributes: dict[str, str] | None = None,
        **settings: Any,
    ) -> str:
        """A balancer whose `port` leads to a target group; the group's ARN.

        `settings` are those of CreateTargetGroup, `attributes` those of
        ModifyTargetGroupAttributes, both by their AWS names.
        """
        elb = self.boto("elbv2")
        wanted = {
            "Port": 8080,
            "Protocol": "HTTP",
            "TargetType": "ip",
            "HealthCheckPath": "/healthz",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            **settings,
        }
        group = elb.create_target_group(Name=name, VpcId=VPC, **wanted)
        arn = group["TargetGroups"][0]["TargetGroupArn"]
        pairs = [{"Key": k, "Value": v} for k, v in (attributes or {}).items()]
        if pairs:
            elb.modify_target_group_attributes(
                TargetGroupArn=arn, Attributes=pairs
            )
        balancer = elb.create_load_balancer(
            Name=name, Subnets=list(SUBNETS), SecurityGroups=[SECURITY_GROUP]
        )
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Port=port,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
        )
        self.wait_for_port(port)
        return arn

    def wait_for_port(self, port: int) -> None:
        def opened() -> bool:
            errors = self.get("state")["listen_errors"]
            assert str(port) not in errors, errors
            httpx.get(f"http://{self.address}:{port}/alb-lab-is-up")
            return True

        wait_until(lambda: _no_error(opened), f"port {port}", 10)
        self.http.delete("/requests").raise_for_status()

    # -- The control API ----------------------------------------------------

    def get(self, path: str) -> Any:
        answer = self.http.get(f"/{path}")
        answer.raise_for_status()
        return answer.json()

    def settings(self, **values: float | None) -> None:
        answer = self.http.patch("/settings", json=values)
        assert answer.status_code == 200, answer.text

    def reset(self) -> None:
        self.http.post("/reset").raise_for_status()

    def put_instance(self, id: str, private_ip: str, **more: Any) -> None:
        body = {"private_ip": private_ip, **more}
        answer = self.http.put(f"/instances/{id}", json=body)
        assert answer.status_code == 200, answer.text

    def fault(self, action: str, code: str, times: int = 1) -> None:
        body = {"action": action, "code": code, "times": times}
        assert self.http.post("/faults", json=body).status_code == 200

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self.get(f"requests?since={since + len(found)}"):
            found += page
        return found

    def events(self, target: str | None = None) -> list[dict[str, Any]]:
        events = self.get("events")
        return [it for it in events if target in (None, it["target"])]

    def states(self, target: str) -> list[str]:
        """The states that a target has gone through."""
        return [it["to"] for it in self.events(target)]

    def state_of(self, target: str) -> str:
        """`unused` for one that is not registered."""
        for group in self.get("state")["groups"]:
            for it in group["targets"]:
                if it["id"] == target:
                    return it["state"]
        return "unused"

    def wait_for(self, target: str, state: str, seconds: float = 30) -> None:
        wait_until(
            lambda: self.state_of(target) == state,
            f"{target} to be {state}; it went {self.states(target)}",
            seconds,
        )


def _no_error(condition: Any) -> bool:
    try:
        return condition()
    except httpx.TransportError:
        return False
