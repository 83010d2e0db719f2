"""The rules by which targets change and requests are spread, on a clock that
the test moves."""

import pytest

from alb_lab.state import (
    CHECK_DEFAULTS,
    GROUP_ATTRIBUTES,
    Balancer,
    Group,
    Instance,
    Listener,
    LoadBalancer,
    Target,
)

pytestmark = pytest.mark.lab
TIMED_OUT = ("Target.Timeout", "Request timed out")


class World:
    """A balancer with one group, in use, whose delay is 40 s."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.balancer = Balancer(lambda: self.now)
        attributes = {
            **GROUP_ATTRIBUTES,
            "deregistration_delay.timeout_seconds": "40",
        }
        checks = {
            **CHECK_DEFAULTS,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
        }
        self.group = Group(
            "arn:group", "g", 8080, "vpc", "ip", checks, attributes, {}
        )
        self.balancer.groups[self.group.arn] = self.group
        self.listener = Listener("arn:l", 80, [{"TargetGroupArn": "arn:group"}])
        self.load_balancer = LoadBalancer(
            "arn:lb", "lb", "internal", "vpc", [], [], {}, {}
        )
        self.load_balancer.listeners["arn:l"] = self.listener
        self.balancer.balancers["arn:lb"] = self.load_balancer

    def add(self, id: str, healthy: bool = True) -> Target:
        self.balancer.register(self.group, id, 8080, None)
        if healthy:
            self.passes(id)
        return self.group.targets[(id, 8080)]

    def passes(self, id: str, times: int = 1) -> None:
        self._note(id, None, times)

    def fails(self, id: str, times: int = 1) -> None:
        self._note(id, TIMED_OUT, times)

    def _note(
        self, id: str, failure: tuple[str, str] | None, times: int
    ) -> None:
        target = self.group.targets[(id, 8080)]
        for _ in range(times):
            self.balancer.checked()
            self.balancer.note(self.group, target, failure)

    def deregister(self, id: str) -> None:
        self.balancer.deregister(self.group, (id, 8080))

    def health(self, id: str) -> tuple[str, str | None]:
        health = self.balancer.health(self.group, (id, 8080))
        return health.state, health.reason

    def state(self, id: str) -> str:
        return self.health(id)[0]

    def spread(self, count: int) -> list[str | None]:
        """The targets of so many requests, none of which ends."""
        chosen = []
        for _ in range(count):
            target = self.balancer.choose(self.group)
            if target:
                target.in_flight += 1
            chosen.append(target.id if target else None)
        return chosen


@pytest.fixture
def world() -> World:
    return World()


# -- Health ------------------------------------------------------------------


def test_target_is_unused_until_it_is_registered(world: World) -> None:
    assert world.health("a") == ("unused", "Target.NotRegistered")


def test_registered_target_is_initial_until_its_first_check(
    world: World,
) -> None:
    world.add("a", healthy=False)
    assert world.health("a") == ("initial", "Elb.RegistrationInProgress")
    world.balancer.checked()
    assert world.health("a") == ("initial", "Elb.InitialHealthChecking")


def test_one_passed_check_makes_a_new_target_healthy(world: World) -> None:
    world.add("a", healthy=False)
    world.passes("a")
    assert world.health("a") == ("healthy", None)


def test_new_target_that_fails_is_unhealthy_at_the_threshold(
    world: World,
) -> None:
    world.add("a", healthy=False)
    world.fails("a", 2)
    assert world.state("a") == "initial"
    world.fails("a")
    assert world.health("a") == ("unhealthy", "Target.Timeout")


def test_healthy_target_stays_so_until_failures_in_a_row(world: World) -> None:
    world.add("a")
    world.fails("a", 2)
    world.passes("a")
    world.fails("a", 2)
    assert world.state("a") == "healthy"
    world.fails("a")
    assert world.state("a") == "unhealthy"


def test_unhealthy_target_needs_passes_in_a_row(world: World) -> None:
    world.add("a")
    world.fails("a", 3)
    world.passes("a")
    world.fails("a")
    world.passes("a")
    assert world.state("a") == "unhealthy"
    world.passes("a")
    assert world.state("a") == "healthy"


def test_unhealthy_target_tells_its_latest_reason(world: World) -> None:
    target = world.add("a")
    world.fails("a", 3)
    mismatch = ("Target.ResponseCodeMismatch", "[500]")
    world.balancer.note(world.group, target, mismatch)
    assert world.health("a") == ("unhealthy", "Target.ResponseCodeMismatch")


def test_targets_of_a_group_without_listener_are_unused_and_unchecked(
    world: World,
) -> None:
    world.add("a")
    world.load_balancer.listeners.clear()
    assert world.health("a") == ("unused", "Target.NotInUse")
    assert world.balancer.checked() == []


def test_registration_takes_its_time(world: World) -> None:
    world.balancer.settings.registration = 5
    world.add("a", healthy=False)
    world.now += 4.9
    assert world.balancer.checked() == []
    assert world.spread(1) == [None]
    assert world.health("a") == ("initial", "Elb.RegistrationInProgress")
    world.now += 0.2
    assert len(world.balancer.checked()) == 1


def test_stopped_instance_is_unused_and_gets_no_request(world: World) -> None:
    world.balancer.instances["i-1"] = Instance("i-1", "127.0.0.1")
    world.add("i-1")
    world.balancer.instances["i-1"].state = "stopped"
    assert world.health("i-1") == ("unused", "Target.InvalidState")
    assert world.spread(1) == [None]
    assert world.balancer.checked() == []


# -- Deregistration ----------------------------------------------------------


def test_deregistered_target_drains_until_the_delay_ends(world: World) -> None:
    world.add("a")
    world.deregister("a")
    draining = ("draining", "Target.DeregistrationInProgress")
    assert world.health("a") == draining
    world.now += 39.9
    assert world.balancer.expire() == []
    assert world.health("a") == draining
    world.now += 0.2
    assert [it.id for it in world.balancer.expire()] == ["a"]
    assert world.health("a") == ("unused", "Target.NotRegistered")


def test_draining_target_is_neither_checked_nor_chosen(world: World) -> None:
    target = world.add("a")
    world.deregister("a")
    assert world.balancer.checked() == []
    assert world.spread(1) == [None]
    # A check that was under way comes too late.
    world.balancer.note(world.group, target, None)
    assert world.state("a") == "draining"


def test_deregistering_again_does_not_start_the_delay_anew(
    world: World,
) -> None:
    world.add("a")
    world.deregister("a")
    world.now += 30
    world.deregister("a")
    world.now += 10.1
    assert world.balancer.expire()


def test_draining_target_can_be_registered_again(world: World) -> None:
    world.add("a")
    world.deregister("a")
    world.add("a", healthy=False)
    assert world.state("a") == "initial"
    world.now += 100
    assert world.balancer.expire() == []
    world.passes("a")
    assert world.state("a") == "healthy"


def test_registering_again_leaves_a_target_as_it_is(world: World) -> None:
    world.add("a")
    world.add("a", healthy=False)
    assert world.state("a") == "healthy"


def test_each_change_is_recorded_once(world: World) -> None:
    world.add("a")
    world.passes("a", 3)
    world.fails("a", 5)
    world.deregister("a")
    world.now += 41
    world.balancer.expire()
    changes = [(it["from"], it["to"]) for it in world.balancer.events]
    assert changes == [
        ("unused", "initial"),
        ("initial", "healthy"),
        ("healthy", "unhealthy"),
        ("unhealthy", "draining"),
        ("draining", "unused"),
    ]


# -- Routing -----------------------------------------------------------------


def test_requests_go_round_the_healthy_targets(world: World) -> None:
    for name in "abc":
        world.add(name)
    world.add("d", healthy=False)
    world.fails("c", 3)
    assert sorted(world.spread(6)) == ["a"] * 3 + ["b"] * 3  # type: ignore
    assert len(set(world.spread(2))) == 2


def test_least_outstanding_requests_prefers_the_idle_target(
    world: World,
) -> None:
    kind = "load_balancing.algorithm.type"
    world.group.attributes[kind] = "least_outstanding_requests"
    world.add("a").in_flight = 3
    world.add("b").in_flight = 1
    assert world.spread(2) == ["b", "b"]
    assert sorted(world.spread(2)) == ["a", "b"]  # type: ignore


def test_all_registered_targets_are_used_when_none_is_healthy(
    world: World,
) -> None:
    world.add("a")
    world.fails("a", 3)
    world.add("b", healthy=False)
    assert set(world.spread(4)) == {"a", "b"}
    world.passes("b")
    assert set(world.spread(4)) == {"b"}


def test_draining_targets_do_not_serve_when_none_is_healthy(
    world: World,
) -> None:
    world.add("a")
    world.fails("a", 3)
    world.add("b")
    world.deregister("b")
    assert set(world.spread(4)) == {"a"}


def test_group_without_targets_chooses_none(world: World) -> None:
    assert world.spread(1) == [None]


def test_late_routing_goes_on_for_its_seconds(world: World) -> None:
    world.balancer.settings.late_routing = 17
    world.add("a")
    world.add("b")
    world.deregister("a")
    world.now += 16.9
    assert set(world.spread(4)) == {"a", "b"}
    world.now += 0.2
    assert set(world.spread(4)) == {"b"}


def test_late_routing_goes_on_after_too_short_a_delay(world: World) -> None:
    world.balancer.settings.change(
        {"late_routing": 17, "deregistration_delay": 5}
    )
    world.add("a")
    world.add("b")
    world.deregister("a")
    world.now += 5.1
    assert [it.id for it in world.balancer.expire()] == ["a"]
    assert set(world.spread(4)) == {"a", "b"}
    world.now += 12
    assert set(world.spread(4)) == {"b"}
    assert [it.id for it in world.balancer.expire()] == ["a"]
    assert world.balancer.expire() == []


def test_target_that_comes_back_early_is_there_once(world: World) -> None:
    world.balancer.settings.change(
        {"late_routing": 17, "deregistration_delay": 5}
    )
    world.add("a")
    world.add("b")
    world.deregister("a")
    world.now += 6
    world.balancer.expire()
    world.add("a")
    assert sorted(world.spread(4)) == ["a", "a", "b", "b"]


def test_target_that_got_no_requests_gets_none_late(world: World) -> None:
    world.balancer.settings.late_routing = 17
    world.add("a")
    world.add("b")
    world.fails("b", 3)
    world.deregister("b")
    assert set(world.spread(4)) == {"a"}


# -- Settings ----------------------------------------------------------------


def test_lab_settings_come_before_those_of_the_api(world: World) -> None:
    assert world.balancer.interval(world.group) == 30
    assert world.balancer.delay(world.group) == 40
    world.balancer.settings.change(
        {"health_check_interval": 0.5, "deregistration_delay": 2}
    )
    assert world.balancer.interval(world.group) == 0.5
    assert world.balancer.delay(world.group) == 2
    world.balancer.settings.change({"deregistration_delay": None})
    assert world.balancer.delay(world.group) == 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"patience": 1},
        {"late_routing": None},
        {"late_routing": -1},
        {"idle_timeout": 4000},
        {"connect_timeout": "soon"},
    ],
)
def test_wrong_setting_is_refused_and_changes_nothing(
    world: World, wrong: dict
) -> None:
    before = str(world.balancer.settings)
    with pytest.raises(ValueError):
        world.balancer.settings.change({"registration": 9, **wrong})
    assert str(world.balancer.settings) == before
