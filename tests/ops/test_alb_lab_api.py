"""The API of alb-lab as boto3 sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from alb_lab.client import AlbLab
from alb_lab.ec2 import SECURITY_GROUP, SUBNETS, VPC
from backend import Backend
from lib.wait import free_port

pytestmark = pytest.mark.lab
GROUP = {"Port": 8080, "Protocol": "HTTP", "VpcId": VPC, "TargetType": "ip"}


@pytest.fixture
def elb(lab: AlbLab) -> Any:
    return lab.boto("elbv2")


def make_group(elb: Any, **settings: Any) -> str:
    made = elb.create_target_group(**{"Name": "g", **GROUP, **settings})
    return made["TargetGroups"][0]["TargetGroupArn"]


def code_of(call: Callable[..., Any], **arguments: Any) -> str:
    """The error code with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


# -- Target groups -----------------------------------------------------------


def test_new_group_has_the_defaults_of_aws(elb: Any) -> None:
    make_group(elb)
    group = elb.describe_target_groups(Names=["g"])["TargetGroups"][0]
    assert group["HealthCheckIntervalSeconds"] == 30
    assert group["HealthCheckTimeoutSeconds"] == 5
    assert group["HealthyThresholdCount"] == 5
    assert group["UnhealthyThresholdCount"] == 2
    assert group["HealthCheckPath"] == "/"
    assert group["Matcher"] == {"HttpCode": "200"}
    assert group["LoadBalancerArns"] == []
    arn = group["TargetGroupArn"]
    answer = elb.describe_target_group_attributes(TargetGroupArn=arn)
    attributes = {it["Key"]: it["Value"] for it in answer["Attributes"]}
    assert attributes["deregistration_delay.timeout_seconds"] == "300"
    assert attributes["load_balancing.algorithm.type"] == "round_robin"


@pytest.mark.parametrize(
    "settings",
    [
        {"HealthCheckIntervalSeconds": 4},
        {"HealthCheckIntervalSeconds": 301},
        {"HealthCheckTimeoutSeconds": 1},
        {"HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5},
        {"HealthyThresholdCount": 1},
        {"UnhealthyThresholdCount": 11},
        {"HealthCheckPath": "healthz"},
        {"Matcher": {"HttpCode": "ok"}},
        {"Name": "under_score"},
        {"VpcId": "vpc-elsewhere"},
    ],
)
def test_settings_outside_the_limits_are_refused(
    elb: Any, settings: dict[str, Any]
) -> None:
    arguments = {"Name": "g", **GROUP, **settings}
    assert code_of(elb.create_target_group, **arguments) == "ValidationError"
    assert elb.describe_target_groups()["TargetGroups"] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"Protocol": "HTTPS"},
        {"ProtocolVersion": "GRPC"},
        {"TargetType": "lambda"},
        {"HealthCheckProtocol": "TCP"},
        {"HealthCheckEnabled": False},
    ],
)
def test_what_is_not_done_is_refused(
    elb: Any, settings: dict[str, Any]
) -> None:
    arguments = {"Name": "g", **GROUP, **settings}
    code = code_of(elb.create_target_group, **arguments)
    assert code == "UnsupportedOperation"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("deregistration_delay.timeout_seconds", "3601", "ValidationError"),
        ("deregistration_delay.timeout_seconds", "-1", "ValidationError"),
        ("no.such.key", "1", "ValidationError"),
        ("stickiness.enabled", "true", "UnsupportedOperation"),
        ("slow_start.duration_seconds", "30", "UnsupportedOperation"),
        (
            "load_balancing.algorithm.type",
            "weighted_random",
            "UnsupportedOperation",
        ),
    ],
)
def test_attribute_that_would_not_work_is_refused(
    elb: Any, key: str, value: str, code: str
) -> None:
    arguments = {
        "TargetGroupArn": make_group(elb),
        "Attributes": [{"Key": key, "Value": value}],
    }
    assert code_of(elb.modify_target_group_attributes, **arguments) == code


def test_group_is_modified_and_keeps_the_rest(elb: Any) -> None:
    arn = make_group(elb, HealthCheckPath="/healthz")
    elb.modify_target_group(
        TargetGroupArn=arn,
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
    )
    group = elb.describe_target_groups(TargetGroupArns=[arn])
    group = group["TargetGroups"][0]
    assert group["HealthCheckIntervalSeconds"] == 5
    assert group["HealthCheckPath"] == "/healthz"


def test_names_are_taken_once_and_missing_things_are_named(elb: Any) -> None:
    arn = make_group(elb)
    arguments = {"Name": "g", **GROUP}
    code = code_of(elb.create_target_group, **arguments)
    assert code == "DuplicateTargetGroupName"
    for call, wrong in (
        (elb.describe_target_groups, {"Names": ["other"]}),
        (elb.describe_target_health, {"TargetGroupArn": arn + "0"}),
    ):
        assert code_of(call, **wrong) == "TargetGroupNotFound"
    code = code_of(elb.describe_load_balancers, Names=["other"])
    assert code == "LoadBalancerNotFound"
    code = code_of(elb.describe_listeners, ListenerArns=["arn:other"])
    assert code == "ListenerNotFound"


# -- Targets -----------------------------------------------------------------


def test_instance_must_exist_and_run(lab: AlbLab, elb: Any) -> None:
    arn = make_group(elb, TargetType="instance")
    arguments = {"TargetGroupArn": arn, "Targets": [{"Id": "i-1"}]}
    assert code_of(elb.register_targets, **arguments) == "InvalidTarget"
    lab.put_instance("i-1", "127.0.7.1", state="stopped")
    assert code_of(elb.register_targets, **arguments) == "InvalidTarget"
    lab.put_instance("i-1", "127.0.7.1")
    elb.register_targets(**arguments)
    health = elb.describe_target_health(TargetGroupArn=arn)
    target = health["TargetHealthDescriptions"][0]
    # The group's port is the default.
    assert target["Target"] == {"Id": "i-1", "Port": 8080}
    assert target["HealthCheckPort"] == "8080"


def test_group_without_a_listener_is_not_in_use(
    elb: Any, backends: list[Backend]
) -> None:
    arn = make_group(elb, Port=backends[0].port)
    targets = [{"Id": backends[0].host}]
    elb.register_targets(TargetGroupArn=arn, Targets=targets)
    answer = elb.describe_target_health(TargetGroupArn=arn)
    health = answer["TargetHealthDescriptions"][0]["TargetHealth"]
    assert health["State"] == "unused"
    assert health["Reason"] == "Target.NotInUse"


def test_listing_names_registered_targets_and_asking_names_any(
    elb: Any,
) -> None:
    arn = make_group(elb)
    listed = elb.describe_target_health(TargetGroupArn=arn)
    assert listed["TargetHealthDescriptions"] == []
    asked = elb.describe_target_health(
        TargetGroupArn=arn, Targets=[{"Id": "127.0.7.1", "Port": 1}]
    )
    health = asked["TargetHealthDescriptions"][0]["TargetHealth"]
    assert health["Reason"] == "Target.NotRegistered"


def test_deregistering_what_is_not_registered_is_no_error(elb: Any) -> None:
    arn = make_group(elb)
    elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "127.0.7.1"}])


# -- Load balancers, listeners, tags -----------------------------------------


def test_group_in_use_cannot_be_deleted(lab: AlbLab, elb: Any) -> None:
    arn = lab.create(port=free_port())
    code = code_of(elb.delete_target_group, TargetGroupArn=arn)
    assert code == "ResourceInUse"
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]
    elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    elb.delete_target_group(TargetGroupArn=arn)
    assert elb.describe_target_groups()["TargetGroups"] == []


def test_load_balancer_needs_two_known_subnets(elb: Any) -> None:
    call, one = elb.create_load_balancer, list(SUBNETS)[:1]
    assert code_of(call, Name="b", Subnets=one) == "ValidationError"
    wrong = [*one, "subnet-2"]
    assert code_of(call, Name="b", Subnets=wrong) == "SubnetNotFound"


@pytest.mark.parametrize(
    "change",
    [
        {"Protocol": "HTTPS"},
        {"DefaultActions": [{"Type": "redirect"}]},
        {
            "DefaultActions": [
                {
                    "Type": "forward",
                    "ForwardConfig": {
                        "TargetGroups": [
                            {"TargetGroupArn": "arn:1", "Weight": 1},
                            {"TargetGroupArn": "arn:2", "Weight": 1},
                        ]
                    },
                }
            ]
        },
    ],
)
def test_listener_that_would_not_work_is_refused(
    lab: AlbLab, elb: Any, change: dict[str, Any]
) -> None:
    arn = lab.create(port=free_port())
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]
    arguments = {
        "LoadBalancerArn": balancer["LoadBalancerArn"],
        "Port": free_port(),
        "Protocol": "HTTP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": arn}],
        **change,
    }
    code = code_of(elb.create_listener, **arguments)
    assert code == "UnsupportedOperation"


def test_listener_with_a_second_action_is_refused(
    lab: AlbLab, elb: Any
) -> None:
    arn = lab.create(port=free_port())
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]
    code = code_of(
        elb.create_listener,
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Port=free_port(),
        Protocol="HTTP",
        DefaultActions=[
            {"Type": "forward", "TargetGroupArn": arn},
            {"Type": "authenticate-oidc"},
        ],
    )
    assert code == "UnsupportedOperation"


def test_listener_can_be_sent_to_another_group(lab: AlbLab, elb: Any) -> None:
    first = lab.create(port=free_port())
    second = make_group(elb)
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    listener = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]
    elb.modify_listener(
        ListenerArn=listener["ListenerArn"],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": second}],
    )
    groups = elb.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
    assert [it["TargetGroupArn"] for it in groups] == [second]
    elb.delete_target_group(TargetGroupArn=first)


def test_subnets_and_security_groups_can_be_set(lab: AlbLab, elb: Any) -> None:
    lab.create(port=free_port())
    arn = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    elb.set_subnets(LoadBalancerArn=arn, Subnets=list(SUBNETS))
    elb.set_security_groups(
        LoadBalancerArn=arn, SecurityGroups=[SECURITY_GROUP]
    )
    code = code_of(
        elb.set_security_groups, LoadBalancerArn=arn, SecurityGroups=["sg-1"]
    )
    assert code == "InvalidSecurityGroup"


def test_tags_are_added_and_removed(elb: Any) -> None:
    arn = make_group(elb, Tags=[{"Key": "a", "Value": "1"}])
    elb.add_tags(ResourceArns=[arn], Tags=[{"Key": "b", "Value": "<&>"}])
    elb.remove_tags(ResourceArns=[arn], TagKeys=["a"])
    described = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    assert described[0]["Tags"] == [{"Key": "b", "Value": "<&>"}]


# -- EC2 and STS -------------------------------------------------------------


def test_instances_are_found_by_filters(lab: AlbLab) -> None:
    lab.put_instance("i-1", "127.0.7.1", tags={"Role": "steady", "n": "1"})
    lab.put_instance("i-2", "127.0.7.2", tags={"Role": "steady", "n": "2"})
    lab.put_instance("i-3", "127.0.7.3", tags={"Role": "other"})
    lab.put_instance("i-4", "127.0.7.4", state="terminated")
    ec2 = lab.boto("ec2")

    def found(**filters: list[str]) -> list[str]:
        asked = [
            {"Name": name.replace("_", "-"), "Values": values}
            for name, values in filters.items()
        ]
        pages = ec2.get_paginator("describe_instances").paginate(Filters=asked)
        return [
            it["InstanceId"]
            for page in pages
            for reservation in page["Reservations"]
            for it in reservation["Instances"]
        ]

    role = {"tag:Role": ["steady"]}
    assert found(**role) == ["i-1", "i-2"]
    assert found(**role, **{"tag:n": ["2", "3"]}) == ["i-2"]
    assert found(**{"tag:Role": ["*"]}) == ["i-1", "i-2", "i-3"]
    assert found(instance_state_name=["terminated"]) == ["i-4"]
    wrong = [{"Name": "hypervisor", "Values": ["xen"]}]
    code = code_of(ec2.describe_instances, Filters=wrong)
    assert code == "InvalidParameterValue"
    code = code_of(ec2.describe_instances, InstanceIds=["i-9"])
    assert code == "InvalidInstanceID.NotFound"


def test_network_is_described(lab: AlbLab) -> None:
    ec2 = lab.boto("ec2")
    here = [{"Name": "vpc-id", "Values": [VPC]}]
    subnets = ec2.describe_subnets(Filters=here)["Subnets"]
    assert [it["SubnetId"] for it in subnets] == list(SUBNETS)
    groups = ec2.describe_security_groups(Filters=here)["SecurityGroups"]
    assert [it["GroupId"] for it in groups] == [SECURITY_GROUP]
    assert ec2.describe_vpcs(VpcIds=[VPC])["Vpcs"][0]["IsDefault"]
    assert ec2.describe_regions()["Regions"]
    assert lab.boto("sts").get_caller_identity()["Account"]


# -- The protocol ------------------------------------------------------------


def test_what_is_not_served_is_an_error(lab: AlbLab) -> None:
    code = code_of(lab.boto("elbv2").describe_ssl_policies)
    assert code == "InvalidAction"
    code = code_of(lab.boto("ec2").describe_volumes)
    assert code == "InvalidAction"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Action": "DescribeTags", "Version": "2001-01-01"}, "InvalidAction"),
        ({"Action": "Nothing", "Version": "2015-12-01"}, "InvalidAction"),
        (
            {"Action": "CreateTargetGroup", "Version": "2015-12-01"},
            "MissingParameter",
        ),
        (
            {
                "Action": "CreateTargetGroup",
                "Version": "2015-12-01",
                "Name": "g",
                "Port": "many",
            },
            "ValidationError",
        ),
    ],
)
def test_malformed_request_is_refused(
    lab: AlbLab, form: dict[str, str], code: str
) -> None:
    answer = lab.http.post(lab.api, data=form)
    assert answer.status_code == 400
    assert f"<Code>{code}</Code>" in answer.text


def test_fault_fails_as_many_calls_as_asked(lab: AlbLab) -> None:
    client = lab.boto("sts")
    lab.fault("GetCallerIdentity", "AccessDenied", times=1)
    assert code_of(client.get_caller_identity) == "AccessDenied"
    assert client.get_caller_identity()


# -- The control API ---------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "settings", {"patience": 1}),
        ("PUT", "instances/i-1", {"private_ip": "x", "state": "asleep"}),
        ("PUT", "instances/i-1", {"private_ip": "x", "zone": "mars"}),
        ("PUT", "instances/i-1", {}),
        ("POST", "faults", {"action": "x"}),
    ],
)
def test_control_refuses_what_it_does_not_know(
    lab: AlbLab, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = lab.http.request(method, f"/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert lab.http.get("/elsewhere").status_code == 404


def test_reset_forgets_everything(lab: AlbLab) -> None:
    lab.create(port=free_port())
    lab.put_instance("i-1", "127.0.7.1")
    lab.settings(late_routing=5)
    lab.reset()
    state = lab.get("state")
    assert state["groups"] == state["balancers"] == state["instances"] == []
    assert state["settings"]["late_routing"] == 0
