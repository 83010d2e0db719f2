"""The verdict of a release can fail: it does where a protection is missing.

Each case without its protection, and with it. Most release new settings of one
host, which takes a third of the time; production's late routing of 17 s and
delay of 40 s are scaled down to a quarter.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from installation import BALANCER, Installation

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(900)]
LATE = 17 / 4  # seconds
DELAY = 40 / 4
# Of what comes through the balancer. nginx answers so: whoever gets a 500 does
# not see who made it.
ONE_IN_200 = """\
USER root
RUN cd /opt/steady/nginx && printf '%s\\n' \\
        'split_clients $request_id $drawn { 0.5% 1; * 0; }' \\
        'map $drawn$http_x_forwarded_for $bad { "~^1." 1; default 0; }' \\
        >>snippets/limits.conf \\
    && sed -i '1i if ($bad) { return 500; }' snippets/page.conf
USER 10001:10001"""
# The workers stop first, and nginx when it has been drained.
SWAPPED = """\
USER root
RUN sed -i '/^.fcgi-program:api/,/^priority/s/^priority=100$/priority=960/' \\
        /opt/steady/docker/supervisord.conf \\
    && grep -q '^priority=960$' /opt/steady/docker/supervisord.conf
USER 10001:10001"""


def deploy(installation: Installation, **extra: Any) -> Any:
    """The verdict of a release."""
    before = installation.report()
    played = installation.play("deploy.yml", **extra)
    assert installation.report() != before, played.output
    verdict = installation.verdict()
    assert verdict["line"] in played.words
    assert (played.code == 0) == verdict["zero_failed"], played.output
    return verdict


def release_h1(installation: Installation, **extra: Any) -> Any:
    """The verdict of a release of what all run, with a new setting of h1."""
    (version,) = set(installation.versions())
    settings = installation.settings_of_h1(version)
    verdict = deploy(installation, **settings, **extra)
    assert verdict["hosts"] == 1
    return verdict


@contextlib.contextmanager
def without_drain_wait(installation: Installation) -> Iterator[None]:
    """A host is stopped once it is deregistered, if steady_quiet is 0."""
    with installation.without(
        "Wait until the target is unused",
        "roles/alb_target/tasks/deregister.yml",
    ):
        yield


def fails(verdict: dict[str, Any], figure: Callable[[str], None]) -> None:
    figure(f"verdict: {verdict['line']}")
    assert not verdict["zero_failed"]
    assert verdict["failed"] > 0


def passes(verdict: dict[str, Any], figure: Callable[[str], None]) -> None:
    figure(f"verdict: {verdict['line']}")
    assert verdict["zero_failed"], json.dumps(verdict, indent=1)
    assert verdict["failed"] == 0


def test_verdict_fails_without_the_drain_wait(
    installation: Installation, figure: Callable[[str], None]
) -> None:
    installation.calm()
    installation.lab.balancer.settings(
        late_routing=LATE, deregistration_delay=DELAY
    )
    passes(release_h1(installation, steady_quiet=0), figure)
    # A busy machine comes to the stop seconds later.
    installation.lab.balancer.settings(late_routing=DELAY)
    with without_drain_wait(installation):
        fails(release_h1(installation, steady_quiet=0), figure)


@pytest.mark.soak
def test_verdict_fails_with_late_routing_and_too_short_a_delay(
    installation: Installation, figure: Callable[[str], None]
) -> None:
    """The wait for a quiet log is what helps then, and it is off as well."""
    installation.calm()
    installation.lab.balancer.settings(
        late_routing=LATE, deregistration_delay=1
    )
    passes(release_h1(installation, steady_quiet=2), figure)
    fails(release_h1(installation, steady_quiet=0), figure)


@pytest.mark.soak
def test_verdict_fails_when_the_stop_order_is_swapped(
    installation: Installation, figure: Callable[[str], None]
) -> None:
    """Nothing but the stop itself protects the requests that come late."""
    serving = installation.variables["steady_settings"]
    settings = {"steady_settings": {**serving, "STEADY_DRAIN_SECONDS": 8}}
    careless = {**settings, "steady_quiet": 0}
    late = {"late_routing": LATE}
    installation.calm()
    for more, expected in (("", passes), (SWAPPED, fails)):
        installation.lab.balancer.settings(**BALANCER)
        version = installation.publish(more)
        passes(deploy(installation, steady_version=version, **settings), figure)
        installation.lab.balancer.settings(**late)
        with without_drain_wait(installation):
            expected(release_h1(installation, **careless), figure)


@pytest.mark.soak
def test_verdict_fails_with_an_image_that_fails_once_in_200(
    installation: Installation, figure: Callable[[str], None]
) -> None:
    installation.calm()
    version = installation.publish(ONE_IN_200)
    fails(deploy(installation, steady_version=version), figure)
    # Nobody after it shall meet that image. The way there fails requests, too.
    good = installation.publish()
    installation.play("deploy.yml", steady_version=good)
    assert installation.versions() == [good] * 3
