"""The operator's machine dies during a release: the next run finishes it.

One such release is part of `make ops-test`, in test_deploy_release.py.
"""

import time
from collections.abc import Callable

import pytest
from installation import Installation, Moment

from lib.api import new_id
from lib.load import Load

pytestmark = [
    pytest.mark.lab,
    pytest.mark.hosts,
    pytest.mark.soak,
    pytest.mark.timeout(900),
]

MOMENTS = [
    Moment("rollout : Take the lock on every host"),
    Moment("steady : Pull the image"),
    Moment("steady : Add a token to it"),
    Moment("probe : Start the probe", seconds=2),
    Moment("alb_target : Deregister the target"),
    Moment("alb_target : Wait until the target is unused"),
    Moment("steady : Stop the containers that run"),
    Moment("steady : Start the container of this release"),
    Moment("alb_target : Register the target"),
    Moment("steady : Remember that this release is the host's"),
    Moment("steady : Stop the containers that run", times=2),
    Moment("rollout : Write the ledger"),
]
# Machines that die once; and one to which it happens again and again, each
# time before the run that should have finished has done so.
CASES = {str(moment): [moment] for moment in MOMENTS}
CASES["again and again"] = [it for it in MOMENTS if it.times == 1]


@pytest.fixture
def people(installation: Installation) -> str:
    """Of each test its own: a load's keys are the same in each."""
    email = f"killed-{new_id()[:8]}@example.org"
    installation.add_account(email)
    return email


@pytest.mark.parametrize("case", CASES)
def test_next_run_finishes_what_a_killed_one_began(
    installation: Installation,
    people: str,
    case: str,
    figure: Callable[[str], None],
) -> None:
    installation.calm()
    version = installation.publish()
    events = len(installation.lab.balancer.events())
    began = time.monotonic()
    with Load([installation.sign_in(people)], 1, 1, pause=0.2) as load:
        for moment in CASES[case]:
            states = installation.killed_at(moment, steady_version=version)
            figure(f"killed at {moment}: targets {', '.join(states)}")
            assert states.count("healthy") >= 2
        played = installation.play("deploy.yml", steady_version=version)

    figure(f"killed ({case}): {time.monotonic() - began:.0f} s to the end")
    assert played.code == 0, played.output[-9000:]
    assert installation.versions() == [version] * 3
    assert installation.states() == ["healthy"] * 3
    assert installation.out_at_once(events) <= 1
    assert load.failures == []
    load.check()
    # Whoever looks finds one release, and that it is whole.
    for host in installation.hosts:
        entry = installation.ledger(host)[-1]
        assert entry["version"] == version and entry["done"]
        assert len(host.docker("ps", "--quiet").split()) == 1
