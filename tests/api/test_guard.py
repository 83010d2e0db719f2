"""The guard ends what supervisord would restart for ever."""

import os
import stat
import sys
from pathlib import Path

import pytest

from lib.instance import Instance
from lib.paths import BUILD, ROOT

sys.path.insert(0, str(ROOT / "docker"))
from guard import Guard  # noqa: E402


def event(
    guard: Guard,
    kind: str,
    now: float,
    process: str = "api-001",
    own: bool = False,
):
    fields = {"processname": process, "groupname": process.split("-")[0]}
    fields["expected"] = "1" if own else "0"
    return guard.judge(f"PROCESS_STATE_{kind}", fields, now)


def live(
    guard: Guard,
    began: float,
    life: float,
    process: str = "api-001",
    own: bool = False,
):
    event(guard, "STARTING", began, process)
    return event(guard, "EXITED", began + life, process, own)


def test_fatal_ends_it():
    assert "cannot be started" in event(Guard(), "FATAL", 0)


def first_reason(reasons: list[str | None]) -> int | None:
    return next((n for n, reason in enumerate(reasons) if reason), None)


def test_crash_at_start_ends_it_within_a_minute():
    guard = Guard()
    reasons = [live(guard, n * 0.1, 0.05) for n in range(600)]
    first = first_reason(reasons)
    assert first is not None and first * 0.1 >= 29


def test_a_program_that_ends_itself_is_given_up_sooner():
    """Also on a machine so busy that each start takes seconds."""
    guard = Guard()
    reasons = [live(guard, 3.0 * n, 2.5, own=True) for n in range(40)]
    first = first_reason(reasons)
    assert first is not None and 20 <= first * 3 <= 40


def test_slow_crash_loop_ends_it():
    guard = Guard()
    reasons = [live(guard, 10.0 * n, 9) for n in range(40)]
    first = first_reason(reasons)
    assert first is not None and first * 10 >= 280


@pytest.mark.parametrize("pause", [0.2, 1.0, 2.5])
def test_a_hundred_kills_of_all_workers_do_not_end_it(pause):
    guard = Guard()
    for n in range(100):
        for worker in ("api-001", "api-002"):
            reason = live(guard, n * pause, pause * 0.9, worker)
            assert reason is None


def test_a_worker_that_lives_long_excuses_the_others():
    guard = Guard()
    event(guard, "STARTING", 0, "api-002")
    for n in range(100):
        assert live(guard, 10.0 * n, 9, "api-001") is None


def test_the_keepers_long_life_excuses_nobody():
    guard = Guard()
    event(guard, "STARTING", 0, "api-000")
    assert any(live(guard, 10.0 * n, 9, "api-001") for n in range(40))


def test_streams_that_cannot_be_had_end_nothing():
    guard = Guard()
    assert event(guard, "FATAL", 0, "events") is None
    for n in range(600):
        assert live(guard, n * 0.1, 0.05, "events", own=True) is None


@pytest.fixture
def crashing_build(tmp_path: Path) -> Path:
    """A build whose workers end at once, but whose checks pass."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "steady-api"
    program.write_text(
        '#!/bin/sh\ncase "$1" in worker) exit 1 ;; esac\n'
        f'exec "{BUILD}/bin/steady-api" "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def test_a_worker_that_crashes_at_start_ends_the_container(crashing_build):
    steady = Instance(build=crashing_build)
    try:
        steady.start(ready=False)
        assert steady.process
        assert steady.process.wait(90) == 0
        said = (steady.folder / "console.log").read_text()
        assert said.count("Steady stops: api") == 1, said
        assert not os.path.exists(steady.run_dir / "supervisor.sock")
    finally:
        steady.release()
