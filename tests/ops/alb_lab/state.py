"""What the load balancer knows: groups, targets, their health, routing.

No I/O and no clock of its own. All threads share one Balancer and hold its
lock while they look or change.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

TargetKey = tuple[str, int]


@dataclass
class Settings:
    """The lab's own timers, in seconds; None is what the API set."""

    registration: float = 0.0
    late_routing: float = 0.0
    health_check_interval: float | None = None
    health_check_timeout: float | None = None
    deregistration_delay: float | None = None
    connect_timeout: float = 10.0
    idle_timeout: float | None = None

    def change(self, values: dict[str, Any]) -> None:
        known = {field.name: field.default for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"there is no setting {name}")
            if value is None and known[name] is not None:
                raise ValueError(f"{name} is a number of seconds")
            if value is not None and not 0 <= float(value) <= 3600:
                raise ValueError(f"{name} is from 0 to 3600 seconds")
        for name, value in values.items():
            setattr(self, name, None if value is None else float(value))


@dataclass
class Instance:
    """What DescribeInstances tells of a host."""

    id: str
    private_ip: str
    state: str = "running"
    zone: str = "lab-1a"
    tags: dict[str, str] = field(default_factory=dict)
    launched: float = field(default_factory=time.time)


@dataclass
class Target:
    id: str
    port: int
    zone: str | None = None
    registered_at: float = 0.0
    # Then initial, healthy, unhealthy or draining.
    state: str = "unused"
    reason: str = ""
    description: str = ""
    successes: int = 0
    failures: int = 0
    # Set while it drains.
    deregistered_at: float | None = None
    was_routed: bool = False
    # Requests that the data plane has under way.
    in_flight: int = 0

    @property
    def key(self) -> TargetKey:
        return self.id, self.port


# The settings of a group that ModifyTargetGroup can change.
CHECK_DEFAULTS: dict[str, Any] = {
    "HealthCheckEnabled": True,
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckPath": "/",
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
    "Matcher": {"HttpCode": "200"},
}
GROUP_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.enabled": "false",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
}
BALANCER_ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}


@dataclass
class Group:
    """A target group."""

    arn: str
    name: str
    port: int
    vpc: str
    target_type: str
    checks: dict[str, Any]
    attributes: dict[str, str]
    tags: dict[str, str]
    targets: dict[TargetKey, Target] = field(default_factory=dict)
    # No longer registered, and still sent requests.
    left: list[Target] = field(default_factory=list)
    turn: int = 0


@dataclass
class Listener:
    arn: str
    port: int
    actions: list[dict[str, Any]]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def group_arn(self) -> str:
        return self.actions[0]["TargetGroupArn"]


@dataclass
class LoadBalancer:
    arn: str
    name: str
    scheme: str
    vpc: str
    subnets: list[str]
    security_groups: list[str]
    attributes: dict[str, str]
    tags: dict[str, str]
    created: float = field(default_factory=time.time)
    listeners: dict[str, Listener] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    state: str
    reason: str | None = None
    description: str | None = None


NOT_REGISTERED = Health(
    "unused",
    "Target.NotRegistered",
    "Target is not registered to the target group",
)
NOT_IN_USE = Health(
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
INVALID_STATE = Health(
    "unused", "Target.InvalidState", "Target is in the stopped state"
)
REGISTERING = (
    "Elb.RegistrationInProgress",
    "Target registration is in progress",
)
DRAINING = (
    "Target.DeregistrationInProgress",
    "Target deregistration is in progress",
)
CHECKING = ("Elb.InitialHealthChecking", "Initial health checks in progress")


class Balancer:
    """Everything there is, and the rules by which it changes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._numbers = itertools.count(1)
        self.reset()

    def reset(self) -> None:
        """Everything as it was at the start."""
        self.settings = Settings()
        self.groups: dict[str, Group] = {}
        self.balancers: dict[str, LoadBalancer] = {}
        self.instances: dict[str, Instance] = {}
        # Every change of a target's state, oldest first.
        self.events: list[dict[str, Any]] = []

    def number(self) -> str:
        """Sixteen hexadecimal digits for the next ARN."""
        return f"{next(self._numbers):016x}"

    def listeners(self) -> Iterator[Listener]:
        for balancer in self.balancers.values():
            yield from balancer.listeners.values()

    def in_use(self, group: Group) -> bool:
        return any(it.group_arn == group.arn for it in self.listeners())

    def address(self, target: Target) -> tuple[str, int]:
        """Where a target listens."""
        instance = self.instances.get(target.id)
        return (instance.private_ip if instance else target.id), target.port

    def _runs(self, target: Target) -> bool:
        instance = self.instances.get(target.id)
        return instance is None or instance.state == "running"

    # -- Timers -------------------------------------------------------------

    def interval(self, group: Group) -> float:
        own = self.settings.health_check_interval
        return (
            group.checks["HealthCheckIntervalSeconds"] if own is None else own
        )

    def timeout(self, group: Group) -> float:
        own = self.settings.health_check_timeout
        return group.checks["HealthCheckTimeoutSeconds"] if own is None else own

    def delay(self, group: Group) -> float:
        own = self.settings.deregistration_delay
        value = group.attributes["deregistration_delay.timeout_seconds"]
        return float(value) if own is None else own

    def idle_timeout(self, balancer: LoadBalancer) -> float:
        own = self.settings.idle_timeout
        value = balancer.attributes["idle_timeout.timeout_seconds"]
        return float(value) if own is None else own

    # -- Registration -------------------------------------------------------

    def _record(self, group: Group, target: Target, state: str) -> None:
        self.events.append(
            {
                "time": time.time(),
                "group": group.name,
                "target": target.id,
                "port": target.port,
                "from": target.state,
                "to": state,
                "reason": target.reason,
            }
        )
        target.state = state

    def register(
        self, group: Group, id: str, port: int, zone: str | None
    ) -> None:
        """Registering again what is registered changes nothing."""
        target = group.targets.get((id, port))
        if target is None:
            group.left = [it for it in group.left if it.key != (id, port)]
            target = Target(id, port)
            group.targets[target.key] = target
        elif target.deregistered_at is None:
            return
        target.zone, target.registered_at = zone, self.clock()
        target.successes = target.failures = 0
        target.deregistered_at = None
        target.reason, target.description = REGISTERING
        self._record(group, target, "initial")

    def deregister(self, group: Group, key: TargetKey) -> None:
        target = group.targets.get(key)
        if target is None or target.deregistered_at is not None:
            return
        target.was_routed = target in self.routable(group)
        target.deregistered_at = self.clock()
        target.reason, target.description = DRAINING
        self._record(group, target, "draining")

    def expire(self) -> list[Target]:
        """Forgets targets whose delay has ended; returns them, and again
        when they are sent no late request any more."""
        now, gone = self.clock(), []
        for group in self.groups.values():
            late = self.late(group)
            gone += [it for it in group.left if it not in late]
            group.left = [it for it in group.left if it in late]
            for target in list(group.targets.values()):
                since = target.deregistered_at
                if since is not None and now >= since + self.delay(group):
                    target.reason = NOT_REGISTERED.reason or ""
                    self._record(group, target, "unused")
                    del group.targets[target.key]
                    gone.append(target)
                    if target in late:
                        group.left.append(target)
        return gone

    # -- Health -------------------------------------------------------------

    def checked(self) -> list[tuple[Group, Target]]:
        """The targets that are due for health checks now."""
        now, found = self.clock(), []
        for group in self.groups.values():
            if not self.in_use(group):
                continue
            for target in group.targets.values():
                seen = now >= target.registered_at + self.settings.registration
                if target.deregistered_at is not None or not seen:
                    continue
                if self._runs(target):
                    found.append((group, target))
        for _, target in found:
            if target.reason == REGISTERING[0]:
                target.reason, target.description = CHECKING
        return found

    def note(
        self, group: Group, target: Target, failure: tuple[str, str] | None
    ) -> None:
        """The result of one health check: None, or (reason, description)."""
        if group.targets.get(target.key) is not target:
            return
        if target.deregistered_at is not None:
            return
        if failure is None:
            target.successes, target.failures = target.successes + 1, 0
            wanted = group.checks["HealthyThresholdCount"]
            enough = target.state == "initial" or target.successes >= wanted
            if target.state != "healthy" and enough:
                target.reason = target.description = ""
                self._record(group, target, "healthy")
            return
        target.successes, target.failures = 0, target.failures + 1
        enough = target.failures >= group.checks["UnhealthyThresholdCount"]
        if target.state == "unhealthy" or enough:
            target.reason, target.description = failure
            if target.state != "unhealthy":
                self._record(group, target, "unhealthy")

    def reset_checks(self, group: Group) -> None:
        """A group that comes into use checks its targets from the start."""
        for target in group.targets.values():
            if target.deregistered_at is None:
                target.successes = target.failures = 0
                target.reason, target.description = CHECKING
                self._record(group, target, "initial")

    def health(self, group: Group, key: TargetKey) -> Health:
        """What DescribeTargetHealth says of a target, registered or not."""
        target = group.targets.get(key)
        if target is None:
            return NOT_REGISTERED
        if target.deregistered_at is None:
            if not self.in_use(group):
                return NOT_IN_USE
            if not self._runs(target):
                return INVALID_STATE
        return Health(
            target.state, target.reason or None, target.description or None
        )

    # -- Routing ------------------------------------------------------------

    def routable(self, group: Group) -> list[Target]:
        """Healthy targets; if there are none, all that are registered."""
        now = self.clock()
        registered = [
            target
            for target in group.targets.values()
            if target.deregistered_at is None
            and self._runs(target)
            and now >= target.registered_at + self.settings.registration
        ]
        healthy = [it for it in registered if it.state == "healthy"]
        return healthy or registered

    def late(self, group: Group) -> list[Target]:
        """Deregistered targets that are still sent requests, by those parts of
        the balancer that have not heard of it; a short delay changes nothing.
        """
        now, seconds = self.clock(), self.settings.late_routing
        return [
            target
            for target in [*group.targets.values(), *group.left]
            if target.deregistered_at is not None
            and target.was_routed
            and now < target.deregistered_at + seconds
        ]

    def choose(self, group: Group) -> Target | None:
        """The target of the next request; the caller counts in_flight."""
        targets = self.routable(group) + self.late(group)
        if not targets:
            return None
        group.turn += 1
        turns = [
            targets[(group.turn + offset) % len(targets)]
            for offset in range(len(targets))
        ]
        algorithm = group.attributes["load_balancing.algorithm.type"]
        if algorithm == "least_outstanding_requests":
            return min(turns, key=lambda target: target.in_flight)
        return turns[0]
