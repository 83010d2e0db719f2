"""EC2 and STS: what inventories and modules ask of the network and hosts."""

import fnmatch
from typing import Any

from alb_lab.protocol import ApiError
from alb_lab.state import Balancer, Instance

Arguments = dict[str, Any]
REGION = "lab-1"
ACCOUNT = "123456789012"
VPC = "vpc-01ab"
SECURITY_GROUP = "sg-01ab"
# Subnet to availability zone.
SUBNETS = {"subnet-01ab1": "lab-1a", "subnet-01ab2": "lab-1b"}
STATE_CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}
# Error codes, by what is not there.
NOT_FOUND = {
    "InstanceId": "InvalidInstanceID.NotFound",
    "SubnetId": "InvalidSubnetID.NotFound",
    "VpcId": "InvalidVpcID.NotFound",
    "GroupId": "InvalidGroup.NotFound",
}
# What a filter compares, by the filter's name.
Attributes = dict[str, list[str]]


def as_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance_view(instance: Instance) -> dict[str, Any]:
    subnet = next(it for it in SUBNETS if SUBNETS[it] == instance.zone)
    group = {"GroupId": SECURITY_GROUP, "GroupName": "default"}
    return {
        "InstanceId": instance.id,
        "ImageId": "ami-01ab",
        "InstanceType": "t3.small",
        "LaunchTime": instance.launched,
        "Placement": {"AvailabilityZone": instance.zone},
        "PrivateIpAddress": instance.private_ip,
        "PrivateDnsName": f"ip-{instance.private_ip.replace('.', '-')}.lab",
        "PublicDnsName": "",
        "State": {
            "Code": STATE_CODES[instance.state],
            "Name": instance.state,
        },
        "SubnetId": subnet,
        "VpcId": VPC,
        "Architecture": "x86_64",
        "SecurityGroups": [group],
        "NetworkInterfaces": [
            {
                "PrivateIpAddress": instance.private_ip,
                "PrivateIpAddresses": [
                    {"Primary": True, "PrivateIpAddress": instance.private_ip}
                ],
                "SubnetId": subnet,
                "VpcId": VPC,
            }
        ],
        "Tags": as_tags(instance.tags),
    }


def instance_attributes(instance: Instance) -> Attributes:
    return {
        "availability-zone": [instance.zone],
        "instance-id": [instance.id],
        "instance-state-name": [instance.state],
        "private-ip-address": [instance.private_ip],
        "tag-key": list(instance.tags),
        "vpc-id": [VPC],
        **{f"tag:{key}": [value] for key, value in instance.tags.items()},
    }


def matches(attributes: Attributes, filters: list[dict[str, Any]]) -> bool:
    """Filters are joined by and, the values of one by or."""
    for it in filters:
        name = it["Name"]
        if name not in attributes and not name.startswith("tag:"):
            raise ApiError(
                "InvalidParameterValue",
                f"alb-lab does not know the filter {name}",
            )
        values = attributes.get(name, [])
        patterns = it.get("Values", [])
        if not any(fnmatch.filter(values, pattern) for pattern in patterns):
            return False
    return True


def picked(
    rows: list[tuple[dict[str, Any], Attributes]],
    arguments: Arguments,
    ids: str,
    id: str,
) -> list[dict[str, Any]]:
    """The rows that a request asks for, by ids or by filters."""
    wanted = arguments.get(ids)
    known = {row[id] for row, _ in rows}
    for missing in set(wanted or []) - known:
        raise ApiError(NOT_FOUND[id], f"The {id} '{missing}' does not exist")
    return [
        row
        for row, attributes in rows
        if (wanted is None or row[id] in wanted)
        and matches(attributes, arguments.get("Filters", []))
    ]


class Ec2:
    def __init__(self, balancer: Balancer) -> None:
        self.state = balancer

    def describe_instances(self, arguments: Arguments) -> dict:
        rows = [
            (instance_view(it), instance_attributes(it))
            for it in self.state.instances.values()
        ]
        found = picked(rows, arguments, "InstanceIds", "InstanceId")
        return {
            "Reservations": [
                {
                    "ReservationId": f"r-{it['InstanceId'][2:]}",
                    "OwnerId": ACCOUNT,
                    "Instances": [it],
                }
                for it in found
            ]
        }

    def describe_regions(self, arguments: Arguments) -> dict:
        region = {"RegionName": REGION, "Endpoint": f"ec2.{REGION}.lab"}
        return {"Regions": [region]}

    def describe_vpcs(self, arguments: Arguments) -> dict:
        row = {"VpcId": VPC, "State": "available", "IsDefault": True}
        attributes = {"vpc-id": [VPC], "is-default": ["true"]}
        found = picked([(row, attributes)], arguments, "VpcIds", "VpcId")
        return {"Vpcs": found}

    def describe_subnets(self, arguments: Arguments) -> dict:
        rows = [
            (
                {
                    "SubnetId": subnet,
                    "VpcId": VPC,
                    "AvailabilityZone": zone,
                    "State": "available",
                },
                {
                    "subnet-id": [subnet],
                    "vpc-id": [VPC],
                    "availability-zone": [zone],
                },
            )
            for subnet, zone in SUBNETS.items()
        ]
        return {"Subnets": picked(rows, arguments, "SubnetIds", "SubnetId")}

    def describe_security_groups(self, arguments: Arguments) -> dict:
        row = {
            "GroupId": SECURITY_GROUP,
            "GroupName": "default",
            "Description": "the only one",
            "OwnerId": ACCOUNT,
            "VpcId": VPC,
        }
        attributes = {
            "group-id": [SECURITY_GROUP],
            "group-name": ["default"],
            "vpc-id": [VPC],
        }
        found = picked([(row, attributes)], arguments, "GroupIds", "GroupId")
        return {"SecurityGroups": found}


class Sts:
    def get_caller_identity(self, arguments: Arguments) -> dict:
        return {
            "UserId": "lab",
            "Account": ACCOUNT,
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/lab",
        }
