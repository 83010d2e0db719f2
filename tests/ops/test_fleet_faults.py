"""Hosts, registry and database fail, during and between releases.

In this order: each test begins with what the one above it left.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from installation import Installation
from people import people

from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(900)]
Figure = Callable[[str], None]


def refused(
    installation: Installation, playbook: str, *words: str, **extra: Any
) -> str:
    """What a run says that must not touch any release."""
    before = installation.versions()
    played = installation.play(playbook, *words, **extra)
    assert played.code != 0, played.output
    assert installation.versions() == before
    return played.words


def lose_a_host(
    installation: Installation,
    figure: Figure,
    what: str,
    lose: Callable[[], None],
) -> None:
    """Under load. Fails unless what failed was with h3, and was sent before
    the balancer had noticed."""
    balancer = installation.lab.balancer
    lost = installation.hosts[2].instance_id
    before = len(balancer.requests())
    with people(installation) as they:
        they.work(200)
        events = len(balancer.events())
        lose()
        balancer.wait_for(lost, "unhealthy", 60)
        they.work(200)
    [noticed] = [
        it["time"]
        for it in balancer.events()[events:]
        if (it["target"], it["to"]) == (lost, "unhealthy")
    ]
    failed = [
        it
        for it in balancer.requests(before)
        if it["status"] is None or it["status"] >= 500
    ]
    figure(f"{what}: {they}")
    they.check_kept()
    assert they.result["failed"] <= len(failed)
    assert {it["target"] for it in failed} == {lost}
    assert max(it["time"] for it in failed) <= noticed


def test_host_in_service_is_not_left_out(installation: Installation) -> None:
    """People's pages would ask it for files that it does not have."""
    installation.calm()
    said = refused(installation, "deploy.yml", "--limit", "!h3")
    lost = installation.hosts[2].instance_id
    assert f"{lost} is in service, but not in this run" in said


def test_killed_host_costs_what_it_had_until_it_is_noticed(
    installation: Installation, figure: Figure
) -> None:
    installation.calm()
    lose_a_host(
        installation,
        figure,
        "one of 3 hosts killed",
        installation.hosts[2].kill,
    )
    assert installation.states() == ["healthy", "healthy", "unhealthy"]


def test_lost_host_is_told(installation: Installation) -> None:
    played = installation.play("status.yml")
    assert re.search(r"h3 .* no answer", played.output), played.output
    version = installation.publish()
    said = refused(installation, "deploy.yml", steady_version=version)
    assert "h3 cannot be reached or failed." in said
    assert "leave it out: --limit ''!h3'" in said


def test_primary_steps_down_during_a_deploy_without_the_lost_host(
    installation: Installation, figure: Figure
) -> None:
    new = installation.publish()
    with installation.playing(
        "deploy.yml", "--limit", "!h3", steady_version=new
    ) as running:
        for times in (1, 2):
            running.wait_for("TASK [steady : Stop the containers", times)
            installation.lab.mongodb.step_down()
        played = running.end()
    assert played.code == 0, played.output
    figure(f"two step-downs during a deploy: {installation.verdict()['line']}")
    assert installation.verdict()["zero_failed"]
    assert installation.versions() == [new, new, ""]
    assert installation.states() == ["healthy", "healthy", "unused"]


def test_host_that_comes_back_with_the_old_release_serves_nobody(
    installation: Installation,
) -> None:
    new = installation.versions()[0]
    installation.hosts[2].start()
    wait_until(lambda: installation.versions()[2], "h3 to be back", 60)
    assert installation.versions() != [new] * 3
    assert installation.states() == ["healthy", "healthy", "unused"]
    said = installation.must("undrain.yml", host="h3").words
    assert "deploy.yml brings it up to date and into service" in said
    assert installation.states() == ["healthy", "healthy", "unused"]


def test_registry_that_is_down_stops_a_deploy(
    installation: Installation,
) -> None:
    version = installation.publish()
    registry = installation.lab.registry
    registry.stop()
    try:
        said = refused(installation, "deploy.yml", steady_version=version)
    finally:
        registry.start()
    assert f"The registry does not give {registry.name}" in said


def test_rollback_behind_haproxy_takes_along_who_was_left_out(
    installation: Installation, figure: Figure
) -> None:
    """The one that has the old release already comes first, and is asked for
    files of the new one, which it never had."""
    old = installation.versions()[2]
    haproxy = installation.lab.haproxy
    assert haproxy
    events = len(installation.lab.balancer.events())
    installation.must("rollback.yml", probe_url=haproxy.url)
    assert installation.calm() == old
    verdict = installation.verdict()
    figure(f"rollback behind HAProxy: {verdict['line']}")
    assert verdict["zero_failed"]
    assert verdict["url"] == haproxy.url
    assert installation.out_at_once(events) == 1
    assert installation.ledger(installation.hosts[0])[-1]["kind"] == "rollback"


# What the run prints when a host is killed, and which: the one that is out
# (through which the probe got its account), or one that waits for its turn.
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TASK [steady : Start the container of this release", 0),
        pytest.param(
            *("TASK [steady : Watch the host at work", 2),
            marks=pytest.mark.soak,
        ),
    ],
)
def test_host_dies_during_a_deploy(
    installation: Installation, figure: Figure, text: str, number: int
) -> None:
    old = installation.calm()
    host = installation.hosts[number]
    # Of h1 new settings, which takes less time.
    release = installation.settings_of_h1(old)
    if number != 0:
        release = {"steady_version": installation.publish()}
    with installation.playing("deploy.yml", **release) as running:
        running.wait_for(text)
        host.kill()
        played = running.end()
    assert played.code != 0, played.output
    name = f"h{number + 1}"
    assert f"{name} cannot be reached any more." in played.words
    verdict = installation.verdict()
    figure(f"{name} dies during a deploy: {verdict['line']}")
    assert verdict["missing_hosts"] == [name]
    assert verdict["wrong"]["acknowledged writes lost"] == []
    if number == 0:  # It served nobody.
        assert verdict["failed"] == 0, verdict["problems"]
        assert installation.versions()[1:] == [old, old]
    # The next run brings the host back, with the same release as the others.
    host.start()
    version = release["steady_version"]
    installation.must("deploy.yml", steady_version=version)
    assert installation.verdict()["zero_failed"]
    assert installation.calm() == version


@pytest.mark.soak
def test_frozen_host_costs_what_it_had_until_it_is_noticed(
    installation: Installation, figure: Figure
) -> None:
    installation.calm()
    host = installation.hosts[2]
    installation.lab.balancer.settings(idle_timeout=5)
    try:
        lose_a_host(installation, figure, "one of 3 hosts frozen", host.freeze)
    finally:
        host.thaw()
        installation.lab.balancer.settings(idle_timeout=None)
    wait_until(
        lambda: set(installation.states()) == {"healthy"}, "h3 to be back", 60
    )
