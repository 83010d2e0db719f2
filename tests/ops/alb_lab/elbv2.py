"""Elastic Load Balancing, version 2015-12-01: the actions that are served.

Each action is a method of Elbv2 with the action's name in lower case and
underscores; it takes the request's arguments and returns the answer's members.
"""

import re
from typing import Any

from alb_lab.ec2 import ACCOUNT, REGION, SECURITY_GROUP, SUBNETS, VPC
from alb_lab.protocol import ApiError
from alb_lab.state import (
    BALANCER_ATTRIBUTES,
    CHECK_DEFAULTS,
    GROUP_ATTRIBUTES,
    Balancer,
    Group,
    Listener,
    LoadBalancer,
)

Arguments = dict[str, Any]
ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
CODES = re.compile(r"[2-4]\d\d(?:[,-][2-4]\d\d)*")
RANGES = {
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
# What would change how requests are spread, and is not done here.
UNSUPPORTED = {
    "stickiness.enabled": "false",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.anomaly_mitigation": "off",
}
ALGORITHMS = ("round_robin", "least_outstanding_requests")


def invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message)


def unsupported(what: str) -> ApiError:
    return ApiError("UnsupportedOperation", f"alb-lab does not do {what}")


def as_pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def as_dict(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    return {pair["Key"]: pair.get("Value", "") for pair in pairs or []}


class Elbv2:
    def __init__(self, balancer: Balancer, address: str) -> None:
        self.state = balancer
        self.address = address

    # -- Finding things -----------------------------------------------------

    def _group(self, arguments: Arguments) -> Group:
        arn = arguments["TargetGroupArn"]
        if arn not in self.state.groups:
            raise ApiError(
                "TargetGroupNotFound", f"Target groups '{arn}' not found"
            )
        return self.state.groups[arn]

    def _balancer(self, arguments: Arguments) -> LoadBalancer:
        arn = arguments["LoadBalancerArn"]
        if arn not in self.state.balancers:
            raise ApiError(
                "LoadBalancerNotFound", f"Load balancers '[{arn}]' not found"
            )
        return self.state.balancers[arn]

    def _listener(self, arn: str) -> tuple[LoadBalancer, Listener]:
        for balancer in self.state.balancers.values():
            if arn in balancer.listeners:
                return balancer, balancer.listeners[arn]
        raise ApiError(
            "ListenerNotFound", f"One or more listeners not found: {arn}"
        )

    def _tags(self, arn: str) -> dict[str, str]:
        if arn in self.state.groups:
            return self.state.groups[arn].tags
        if arn in self.state.balancers:
            return self.state.balancers[arn].tags
        return self._listener(arn)[1].tags

    @staticmethod
    def _picked(things: list, arns: list | None, names: list | None) -> list:
        if arns is not None:
            return [it for it in things if it.arn in arns]
        if names is not None:
            return [it for it in things if it.name in names]
        return things

    # -- Target groups ------------------------------------------------------

    def _group_view(self, group: Group) -> dict[str, Any]:
        balancers = [
            balancer.arn
            for balancer in self.state.balancers.values()
            for listener in balancer.listeners.values()
            if listener.group_arn == group.arn
        ]
        return {
            "TargetGroupArn": group.arn,
            "TargetGroupName": group.name,
            "Protocol": "HTTP",
            "ProtocolVersion": "HTTP1",
            "Port": group.port,
            "VpcId": group.vpc,
            "TargetType": group.target_type,
            "IpAddressType": "ipv4",
            "LoadBalancerArns": balancers,
            **group.checks,
        }

    def describe_target_groups(self, arguments: Arguments) -> dict:
        groups = list(self.state.groups.values())
        names = arguments.get("Names")
        arns = arguments.get("TargetGroupArns")
        found = self._picked(groups, arns, names)
        views = [self._group_view(group) for group in found]
        if "LoadBalancerArn" in arguments:
            arn = self._balancer(arguments).arn
            views = [it for it in views if arn in it["LoadBalancerArns"]]
        elif (names or arns) and not views:
            raise ApiError(
                "TargetGroupNotFound",
                "One or more target groups not found",
            )
        return {"TargetGroups": views}

    @staticmethod
    def _checks(arguments: Arguments, now: dict[str, Any]) -> dict[str, Any]:
        """The settings of health checks after a request, if they may be."""
        changed = {key: arguments[key] for key in now if key in arguments}
        checks = {**now, **changed}
        for name, (least, most) in RANGES.items():
            if not least <= checks[name] <= most:
                raise invalid(
                    f"{name} '{checks[name]}' must be in the range "
                    f"{least}-{most}"
                )
        interval = checks["HealthCheckIntervalSeconds"]
        if checks["HealthCheckTimeoutSeconds"] >= interval:
            raise invalid(
                "Health check interval must be greater than the timeout."
            )
        if not checks["HealthCheckPath"].startswith("/"):
            raise invalid("Health check path must start with '/'")
        if not CODES.fullmatch(checks["Matcher"].get("HttpCode", "")):
            raise invalid(f"Matcher {checks['Matcher']} is not valid")
        if checks["HealthCheckProtocol"] != "HTTP":
            raise unsupported("health checks other than HTTP")
        if not checks["HealthCheckEnabled"]:
            raise unsupported("groups without health checks")
        return checks

    def create_target_group(self, arguments: Arguments) -> dict:
        name = arguments["Name"]
        if not NAME.fullmatch(name):
            raise invalid(f"Target group name '{name}' is not valid")
        if any(it.name == name for it in self.state.groups.values()):
            raise ApiError(
                "DuplicateTargetGroupName",
                f"A target group with the same name '{name}' exists, but "
                "with different settings",
            )
        target_type = arguments.get("TargetType", "instance")
        if target_type not in ("instance", "ip"):
            raise unsupported(f"targets of type {target_type}")
        if arguments.get("Protocol") != "HTTP":
            raise unsupported("target groups other than HTTP")
        if arguments.get("ProtocolVersion", "HTTP1") != "HTTP1":
            raise unsupported("HTTP/2 and gRPC to targets")
        if arguments.get("VpcId") != VPC:
            raise invalid(f"The VPC ID '{arguments.get('VpcId')}' is not found")
        group = Group(
            arn=f"{ARN}:targetgroup/{name}/{self.state.number()}",
            name=name,
            port=arguments["Port"],
            vpc=VPC,
            target_type=target_type,
            checks=self._checks(arguments, CHECK_DEFAULTS),
            attributes=dict(GROUP_ATTRIBUTES),
            tags=as_dict(arguments.get("Tags")),
        )
        self.state.groups[group.arn] = group
        return {"TargetGroups": [self._group_view(group)]}

    def modify_target_group(self, arguments: Arguments) -> dict:
        group = self._group(arguments)
        group.checks = self._checks(arguments, group.checks)
        return {"TargetGroups": [self._group_view(group)]}

    def delete_target_group(self, arguments: Arguments) -> dict:
        group = self.state.groups.get(arguments["TargetGroupArn"])
        if group is None:
            return {}
        if self.state.in_use(group):
            raise ApiError(
                "ResourceInUse",
                f"Target group '{group.arn}' is currently in use by a "
                "listener or a rule",
            )
        del self.state.groups[group.arn]
        return {}

    def describe_target_group_attributes(self, arguments: Arguments) -> dict:
        return {"Attributes": as_pairs(self._group(arguments).attributes)}

    def modify_target_group_attributes(self, arguments: Arguments) -> dict:
        group = self._group(arguments)
        wanted = as_dict(arguments["Attributes"])
        for key, value in wanted.items():
            if key not in GROUP_ATTRIBUTES:
                raise invalid(
                    f"Target group attribute key '{key}' is not known"
                )
            if value != UNSUPPORTED.get(key, value):
                raise unsupported(f"{key} = {value}")
        delay = wanted.get("deregistration_delay.timeout_seconds", "0")
        if not delay.isdecimal() or int(delay) > 3600:
            raise invalid(
                "'deregistration_delay.timeout_seconds' is from 0 to 3600"
            )
        algorithm = wanted.get("load_balancing.algorithm.type", ALGORITHMS[0])
        if algorithm not in ALGORITHMS:
            raise unsupported(f"the algorithm {algorithm}")
        group.attributes.update(wanted)
        return {"Attributes": as_pairs(group.attributes)}

    # -- Targets ------------------------------------------------------------

    def register_targets(self, arguments: Arguments) -> dict:
        group = self._group(arguments)
        for it in arguments["Targets"]:
            self._check_target(group, it["Id"])
        for it in arguments["Targets"]:
            self.state.register(
                group,
                it["Id"],
                it.get("Port", group.port),
                it.get("AvailabilityZone"),
            )
        return {}

    def _check_target(self, group: Group, id: str) -> None:
        if group.target_type == "ip":
            if not re.fullmatch(r"\d+(\.\d+){3}", id):
                raise invalid(f"The IP address '{id}' is not a valid IPv4 one")
            return
        instance = self.state.instances.get(id)
        if instance is None:
            raise ApiError(
                "InvalidTarget", f"The following targets do not exist: '{id}'"
            )
        if instance.state != "running":
            raise ApiError(
                "InvalidTarget",
                "The following targets are not in a running state and cannot "
                f"be registered: '{id}'",
            )

    def deregister_targets(self, arguments: Arguments) -> dict:
        group = self._group(arguments)
        for it in arguments["Targets"]:
            self.state.deregister(group, (it["Id"], it.get("Port", group.port)))
        return {}

    def describe_target_health(self, arguments: Arguments) -> dict:
        group = self._group(arguments)
        keys = list(group.targets)
        if "Targets" in arguments:
            keys = [
                (it["Id"], it.get("Port", group.port))
                for it in arguments["Targets"]
            ]
        return {
            "TargetHealthDescriptions": [
                self._health_view(group, id, port) for id, port in keys
            ]
        }

    def _health_view(self, group: Group, id: str, port: int) -> dict:
        health = self.state.health(group, (id, port))
        known = group.targets.get((id, port))
        view = {
            "Target": {
                "Id": id,
                "Port": port,
                "AvailabilityZone": known.zone if known else None,
            },
            "TargetHealth": {
                "State": health.state,
                "Reason": health.reason,
                "Description": health.description,
            },
        }
        if known:
            wanted = group.checks["HealthCheckPort"]
            own = port if wanted == "traffic-port" else wanted
            view["HealthCheckPort"] = str(own)
        return view

    # -- Tags ---------------------------------------------------------------

    def describe_tags(self, arguments: Arguments) -> dict:
        return {
            "TagDescriptions": [
                {"ResourceArn": arn, "Tags": as_pairs(self._tags(arn))}
                for arn in arguments["ResourceArns"]
            ]
        }

    def add_tags(self, arguments: Arguments) -> dict:
        for arn in arguments["ResourceArns"]:
            self._tags(arn).update(as_dict(arguments["Tags"]))
        return {}

    def remove_tags(self, arguments: Arguments) -> dict:
        for arn in arguments["ResourceArns"]:
            for key in arguments["TagKeys"]:
                self._tags(arn).pop(key, None)
        return {}

    # -- Load balancers -----------------------------------------------------

    def _balancer_view(self, balancer: LoadBalancer) -> dict[str, Any]:
        return {
            "LoadBalancerArn": balancer.arn,
            "LoadBalancerName": balancer.name,
            "DNSName": self.address,
            "CanonicalHostedZoneId": "ZLAB",
            "CreatedTime": balancer.created,
            "Scheme": balancer.scheme,
            "VpcId": balancer.vpc,
            "State": {"Code": "active"},
            "Type": "application",
            "IpAddressType": "ipv4",
            "SecurityGroups": balancer.security_groups,
            "AvailabilityZones": [
                {"ZoneName": SUBNETS[subnet], "SubnetId": subnet}
                for subnet in balancer.subnets
            ],
        }

    def describe_load_balancers(self, arguments: Arguments) -> dict:
        names = arguments.get("Names")
        arns = arguments.get("LoadBalancerArns")
        found = self._picked(list(self.state.balancers.values()), arns, names)
        if (names or arns) and not found:
            raise ApiError(
                "LoadBalancerNotFound", "One or more load balancers not found"
            )
        return {"LoadBalancers": [self._balancer_view(it) for it in found]}

    @staticmethod
    def _check_network(arguments: Arguments) -> None:
        for subnet in arguments.get("Subnets", []):
            if subnet not in SUBNETS:
                raise ApiError(
                    "SubnetNotFound", f"The subnet ID '{subnet}' is not valid"
                )
        for group in arguments.get("SecurityGroups", []):
            if group != SECURITY_GROUP:
                raise ApiError(
                    "InvalidSecurityGroup", f"'{group}' does not exist"
                )

    def create_load_balancer(self, arguments: Arguments) -> dict:
        name = arguments["Name"]
        if not NAME.fullmatch(name):
            raise invalid(f"Load balancer name '{name}' is not valid")
        if any(it.name == name for it in self.state.balancers.values()):
            raise ApiError(
                "DuplicateLoadBalancerName",
                f"A load balancer with the same name '{name}' exists, but "
                "with different settings",
            )
        if arguments.get("Type", "application") != "application":
            raise unsupported(f"{arguments['Type']} load balancers")
        if arguments.get("IpAddressType", "ipv4") != "ipv4":
            raise unsupported("IPv6")
        self._check_network(arguments)
        if len(arguments.get("Subnets", [])) < 2:
            raise invalid(
                "At least two subnets in two different Availability Zones "
                "must be specified"
            )
        balancer = LoadBalancer(
            arn=f"{ARN}:loadbalancer/app/{name}/{self.state.number()}",
            name=name,
            scheme=arguments.get("Scheme", "internet-facing"),
            vpc=VPC,
            subnets=arguments["Subnets"],
            security_groups=arguments.get("SecurityGroups", [SECURITY_GROUP]),
            attributes=dict(BALANCER_ATTRIBUTES),
            tags=as_dict(arguments.get("Tags")),
        )
        self.state.balancers[balancer.arn] = balancer
        return {"LoadBalancers": [self._balancer_view(balancer)]}

    def delete_load_balancer(self, arguments: Arguments) -> dict:
        self.state.balancers.pop(arguments["LoadBalancerArn"], None)
        return {}

    def set_subnets(self, arguments: Arguments) -> dict:
        balancer = self._balancer(arguments)
        self._check_network(arguments)
        balancer.subnets = arguments["Subnets"]
        view = self._balancer_view(balancer)
        return {"AvailabilityZones": view["AvailabilityZones"]}

    def set_security_groups(self, arguments: Arguments) -> dict:
        balancer = self._balancer(arguments)
        self._check_network(arguments)
        balancer.security_groups = arguments["SecurityGroups"]
        return {"SecurityGroupIds": balancer.security_groups}

    def describe_load_balancer_attributes(self, arguments: Arguments) -> dict:
        return {"Attributes": as_pairs(self._balancer(arguments).attributes)}

    def modify_load_balancer_attributes(self, arguments: Arguments) -> dict:
        balancer = self._balancer(arguments)
        wanted = as_dict(arguments["Attributes"])
        for key in wanted:
            if key not in BALANCER_ATTRIBUTES:
                raise invalid(f"Load balancer attribute '{key}' is not known")
        idle = wanted.get("idle_timeout.timeout_seconds", "1")
        if not idle.isdecimal() or not 1 <= int(idle) <= 4000:
            raise invalid("'idle_timeout.timeout_seconds' is from 1 to 4000")
        balancer.attributes.update(wanted)
        return {"Attributes": as_pairs(balancer.attributes)}

    # -- Listeners ----------------------------------------------------------

    @staticmethod
    def _listener_view(balancer: LoadBalancer, listener: Listener) -> dict:
        return {
            "ListenerArn": listener.arn,
            "LoadBalancerArn": balancer.arn,
            "Port": listener.port,
            "Protocol": "HTTP",
            "DefaultActions": listener.actions,
        }

    def describe_listeners(self, arguments: Arguments) -> dict:
        if "ListenerArns" in arguments:
            found = [self._listener(arn) for arn in arguments["ListenerArns"]]
        else:
            balancer = self._balancer(arguments)
            found = [(balancer, it) for it in balancer.listeners.values()]
        return {"Listeners": [self._listener_view(*it) for it in found]}

    def _actions(self, actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """`forward` to one group, in the form in which AWS returns it."""
        kinds = [action["Type"] for action in actions]
        if kinds != ["forward"]:
            raise unsupported(f"the actions {', '.join(kinds)}")
        config = actions[0].get("ForwardConfig", {})
        listed = [it["TargetGroupArn"] for it in config.get("TargetGroups", [])]
        arns = {*listed, actions[0].get("TargetGroupArn")} - {None}
        if len(arns) != 1:
            raise unsupported("forwarding to several target groups")
        if config.get("TargetGroupStickinessConfig", {}).get("Enabled"):
            raise unsupported("stickiness")
        arn = self._group({"TargetGroupArn": arns.pop()}).arn
        return [
            {
                "Type": "forward",
                "TargetGroupArn": arn,
                "ForwardConfig": {
                    "TargetGroups": [{"TargetGroupArn": arn, "Weight": 1}],
                    "TargetGroupStickinessConfig": {"Enabled": False},
                },
            }
        ]

    def _attach(self, actions: list[dict[str, Any]]) -> None:
        """Before a listener forwards to a group that had none."""
        group = self.state.groups[actions[0]["TargetGroupArn"]]
        if not self.state.in_use(group):
            self.state.reset_checks(group)

    def create_listener(self, arguments: Arguments) -> dict:
        balancer = self._balancer(arguments)
        port = arguments["Port"]
        if any(it.port == port for it in self.state.listeners()):
            raise ApiError(
                "DuplicateListener", f"A listener already exists on port {port}"
            )
        if arguments["Protocol"] != "HTTP":
            raise unsupported("listeners other than HTTP")
        actions = self._actions(arguments["DefaultActions"])
        number = self.state.number()
        arn = balancer.arn.replace(":loadbalancer/", ":listener/")
        listener = Listener(f"{arn}/{number}", port, actions)
        self._attach(actions)
        balancer.listeners[listener.arn] = listener
        return {"Listeners": [self._listener_view(balancer, listener)]}

    def modify_listener(self, arguments: Arguments) -> dict:
        balancer, listener = self._listener(arguments["ListenerArn"])
        if arguments.get("Port", listener.port) != listener.port:
            raise unsupported("changing a listener's port")
        if arguments.get("Protocol", "HTTP") != "HTTP":
            raise unsupported("listeners other than HTTP")
        if "DefaultActions" in arguments:
            actions = self._actions(arguments["DefaultActions"])
            self._attach(actions)
            listener.actions = actions
        return {"Listeners": [self._listener_view(balancer, listener)]}

    def delete_listener(self, arguments: Arguments) -> dict:
        balancer, listener = self._listener(arguments["ListenerArn"])
        del balancer.listeners[listener.arn]
        return {}

    def describe_rules(self, arguments: Arguments) -> dict:
        """The default rule; there are no others."""
        _, listener = self._listener(arguments["ListenerArn"])
        rule = {
            "RuleArn": listener.arn.replace(":listener/", ":listener-rule/"),
            "Priority": "default",
            "Conditions": [],
            "Actions": listener.actions,
            "IsDefault": True,
        }
        return {"Rules": [rule]}
