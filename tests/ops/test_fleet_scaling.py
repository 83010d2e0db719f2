"""Hosts come and go while people use the service, and nobody notices.

In this order: each test begins with what the one above it left.
"""

import json
from collections.abc import Callable

import pytest
from installation import Installation
from people import people

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(600)]
Figure = Callable[[str], None]
MARK = "/etc/steady/drained.json"


def unnoticed(
    installation: Installation, figure: Figure, playbook: str, **extra: str
) -> None:
    with people(installation) as they:
        installation.must(playbook, **extra)
        they.work()
    figure(f"{playbook}: {they}")
    they.check()


def refused(
    installation: Installation, playbook: str, *words: str, **extra: str
) -> str:
    """What a run says that must change nothing."""
    played = installation.play(playbook, *words, **extra)
    assert played.code != 0, played.output
    assert played.changed() == 0, played.output
    return played.words


# -- For a while ---------------------------------------------------------------


def test_check_of_drain_changes_nothing(installation: Installation) -> None:
    installation.calm()
    installation.must("drain.yml", "--check", host="h2")
    assert installation.states() == ["healthy"] * 3
    assert installation.hosts[1].run("ls", MARK).returncode != 0


def test_drain_is_not_noticed(
    installation: Installation, figure: Figure
) -> None:
    unnoticed(installation, figure, "drain.yml", host="h2")
    assert installation.states() == ["healthy", "unused", "healthy"]
    mark = json.loads(installation.hosts[1].output("cat", MARK))
    said = installation.must("status.yml").words
    assert f"drained by {mark['by']}, {mark['since']}" in said


def test_second_drain_changes_nothing(installation: Installation) -> None:
    mark = installation.hosts[1].output("cat", MARK)
    assert installation.must("drain.yml", host="h2").changed() == 0
    assert installation.hosts[1].output("cat", MARK) == mark


def test_second_host_is_not_drained(installation: Installation) -> None:
    played = installation.play("drain.yml", host="h3")
    assert played.code != 0
    assert "h3 stays in: h2 is not healthy." in played.words
    assert installation.states() == ["healthy", "unused", "healthy"]
    # Nor is it marked, or deploys would leave it out.
    assert installation.hosts[2].run("ls", MARK).returncode != 0


def test_deploy_leaves_out_a_drained_host_when_told(
    installation: Installation,
) -> None:
    said = refused(installation, "deploy.yml")
    assert "h2 is drained. Bring it back with undrain.yml" in said
    assert "leave it out: --limit ''!h2'" in said
    version = installation.versions()[0]
    played = installation.must(
        *("deploy.yml", "--limit", "!h2", "--check"), steady_version=version
    )
    assert "Nothing is to be done" in played.output


def test_host_that_is_not_ready_stays_out(installation: Installation) -> None:
    host = installation.hosts[1]
    slot = installation.current(host)["slot"]
    host.docker("stop", f"steady-{slot}")
    said = refused(installation, "undrain.yml", host="h2")
    assert "h2: Refuse a host that is not ready" in said
    assert installation.states() == ["healthy", "unused", "healthy"]
    host.docker("start", f"steady-{slot}")


def test_undrain_is_not_noticed(
    installation: Installation, figure: Figure
) -> None:
    installation.must("undrain.yml", "--check", host="h2")
    assert installation.states() == ["healthy", "unused", "healthy"]
    unnoticed(installation, figure, "undrain.yml", host="h2")
    assert installation.states() == ["healthy"] * 3
    assert installation.must("undrain.yml", host="h2").changed() == 0


@pytest.mark.parametrize(
    "playbook",
    [
        "drain.yml",
        pytest.param("undrain.yml", marks=pytest.mark.soak),
        pytest.param("scale_in.yml", marks=pytest.mark.soak),
    ],
)
def test_unknown_host_is_refused(
    installation: Installation, playbook: str
) -> None:
    said = refused(installation, playbook, host="h1,h9")
    assert "h9 is not in the inventory" in said
    assert "Say which: -e host=NAME" in refused(installation, playbook)


# -- For good ------------------------------------------------------------------


def test_scale_out_to_bare_machines_is_not_noticed(
    installation: Installation, figure: Figure
) -> None:
    version = installation.calm()
    spare, installation.lab.spare = installation.lab.spare, []
    assert all(it.run("which", "docker").returncode for it in spare)
    said = refused(installation, "deploy.yml")
    assert "h4, h5 has no Steady yet: run scale_out.yml first." in said
    unnoticed(installation, figure, "scale_out.yml")
    assert installation.states() == ["healthy"] * 5
    assert installation.versions() == [version] * 5
    # By the run's own probe as well.
    assert installation.verdict()["zero_failed"]
    assert installation.must("scale_out.yml").changed() == 0


def test_scale_in_is_not_noticed(
    installation: Installation, figure: Figure
) -> None:
    installation.must("scale_in.yml", "--check", host="h4,h5")
    assert installation.states() == ["healthy"] * 5
    unnoticed(installation, figure, "scale_in.yml", host="h4,h5")
    assert installation.states() == ["healthy"] * 3 + ["unused"] * 2
    gone = installation.hosts[3:]
    for host in gone:
        assert host.docker("ps", "--all", "--quiet") == ""
        assert host.run("ls", "/etc/steady").returncode != 0
    installation.lab.spare = gone
    installation.calm()
