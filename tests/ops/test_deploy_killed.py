"""The operator's machine dies during a release: the next run finishes it.

ansible-playbook is killed with all its children at a moment, a line that it
prints. One case is part of `make ops-test`, all of `make ops-soak`.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from installation import Installation

from lib.api import new_id
from lib.load import Load
from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Moment:
    task: str
    times: int = 1  # how often it has begun: once for each host
    seconds: float = 0.3  # afterwards

    def __str__(self) -> str:
        return f"{self.task.partition(' : ')[2]} {self.times}"


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
# A host is out, and its old container stopped.
IN_OPS_TEST = str(MOMENTS[6])


def probes(installation: Installation) -> str:
    """Process ids of its probes."""
    command = f"probe.py --folder={installation.reports}"
    return subprocess.run(
        ["/usr/bin/pgrep", "-f", command], capture_output=True, text=True
    ).stdout


@pytest.fixture
def people(installation: Installation) -> str:
    """Of each test its own: a load's keys are the same in each."""
    email = f"killed-{new_id()[:8]}@example.org"
    installation.add_account(email)
    return email


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(it, marks=[] if it == IN_OPS_TEST else [pytest.mark.soak])
        for it in CASES
    ],
)
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
            with installation.playing(
                "deploy.yml", steady_version=version
            ) as run:
                run.wait_for(f"TASK [{moment.task}]", moment.times)
                time.sleep(moment.seconds)
                run.kill()
            states = installation.states()
            figure(f"killed at {moment}: targets {', '.join(states)}")
            assert states.count("healthy") >= 2
            wait_until(lambda: not probes(installation), "the probe to end", 40)
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
