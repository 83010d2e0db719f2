"""An image that is no good never reaches a second host, and is told about."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from installation import Installation

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(600)]
PAGE = "/opt/steady/nginx/snippets/page.conf"


@dataclass(frozen=True)
class Bad:
    dockerfile: str  # what follows FROM
    cause: str  # what the run says
    last_line: str  # what the container said, if it came so far
    touched: bool = True
    was_in_service: bool = False
    label: str = ""  # the version that it claims, if that is another
    soak: bool = False


IMAGES = {
    # Found out before any host is touched.
    "does not start": Bad(
        'ENTRYPOINT ["/bin/sh", "-c", "echo it cannot start; exit 3"]',
        "Publish the files of its page",
        "it cannot start",
        touched=False,
    ),
    # Its nginx does not like its configuration.
    "ends at once": Bad(
        f"USER root\nRUN echo 'no such thing;' >>{PAGE}\nUSER 10001:10001",
        "Wait until the container is ready",
        'unknown directive "no"',
        soak=True,
    ),
    # Its workers take the socket and no request from it.
    "never gets ready": Bad(
        "USER root\n"
        "RUN cd /opt/steady/bin && mv steady-api real && printf '%s\\n' "
        "'#!/bin/sh' 'if [ \"$1\" = worker ]; then' "
        "'echo it is never ready; exec sleep 600; fi' "
        "'exec /opt/steady/bin/real \"$@\"' >steady-api "
        "&& chmod 755 steady-api\n"
        "USER 10001:10001",
        "Wait until the container is ready",
        "it is never ready",
        soak=True,
    ),
    "is another version": Bad(
        "LABEL org.opencontainers.image.version=7.7.7",
        "The image says that it is version 7.7.7, but the container answers",
        "",
        label="7.7.7",
        soak=True,
    ),
    # To what a balancer's health check and the host's own checks do not ask.
    "answers 5xx": Bad(
        "USER root\n"
        f"RUN sed -i '1i location = / {{ return 500; }}' {PAGE}\n"
        "USER 10001:10001",
        "of them with 5xx",
        "",
        was_in_service=True,
    ),
}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[pytest.mark.soak] if bad.soak else [])
        for kind, bad in IMAGES.items()
    ],
)
def test_image_that_is_bad_reaches_one_host(
    installation: Installation, kind: str, figure: Callable[[str], None]
) -> None:
    bad = IMAGES[kind]
    old = installation.calm()
    images = [installation.current(host) for host in installation.hosts]
    version = installation.publish(bad.dockerfile)
    events = len(installation.lab.balancer.events())
    began = time.monotonic()

    played = installation.play(
        "deploy.yml", steady_version=version, steady_ready_timeout=20
    )

    figure(f"image that {kind}: {time.monotonic() - began:.0f} s to the end")
    assert played.code != 0
    _, _, told = played.words.rpartition("Fail unless all went well")
    assert bad.cause in told, told
    assert bad.last_line in told, told
    # Nobody else was touched, and the first is as it was.
    changes = installation.lab.balancer.events()[events:]
    first = {installation.hosts[0].instance_id} if bad.touched else set()
    assert {event["target"] for event in changes} == first, changes
    in_service = [event["to"] for event in changes].count("healthy") == 2
    assert in_service == bad.was_in_service, changes
    assert installation.states() == ["healthy"] * 3
    assert installation.versions() == [old] * 3
    assert images == [installation.current(it) for it in installation.hosts]
    entry = installation.ledger(installation.hosts[0])[-1]
    claimed = bad.label or version
    assert (entry["version"] == claimed) == bad.touched
    assert not bad.touched or entry["done"] is False
    assert not bad.touched or entry["zero_failed"] is not bad.was_in_service
