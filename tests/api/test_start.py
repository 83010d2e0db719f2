"""Starting and stopping: what `make run` and a container do."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from lib.instance import Instance
from lib.paths import BUILD, ROOT
from lib.wait import wait_until


@pytest.fixture
def steady():
    with Instance() as steady:
        yield steady


def refusal(**settings: str) -> str:
    """Starts an instance that must refuse; what it said."""
    steady = Instance(**settings)
    try:
        steady.start(ready=False)
        assert steady.process
        assert steady.process.wait(20) == 1
        return (steady.folder / "console.log").read_text()
    finally:
        steady.release()


def check_sentence(said: str, *words: str) -> None:
    assert said.startswith("Steady cannot start: "), said
    assert said.count("\n") == 1, said
    for word in words:
        assert word in said, said


def console(steady: Instance) -> str:
    return (steady.folder / "console.log").read_text()


def test_says_in_one_line_that_it_is_ready(steady):
    wait_until(lambda: "is ready" in console(steady), "the line")
    assert console(steady) == (
        f"Steady is ready on http://127.0.0.1:{steady.port} (SQLite in "
        f"{steady.folder}/data, 4 workers) - Ctrl-C stops it\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it_without_noise(steady, number):
    wait_until(lambda: "is ready" in console(steady), "the line")
    before = console(steady)
    pids = steady.pids()
    assert len(pids) > 8
    os.kill(steady.process.pid, number)
    assert steady.process.wait(20) == 0
    assert console(steady) == before
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


def test_second_start_keeps_the_data(steady):
    anna = steady.sign_up("anna@example.org")
    assert anna.post("/api/tasks", json={"title": "kept"}).status_code == 201
    steady.restart()
    titles = [task["title"] for task in anna.get("/api/tasks").json()]
    assert titles == ["kept"]


def test_two_run_side_by_side(steady):
    with Instance() as other:
        assert steady.is_ready()
        assert other.is_ready()
        assert steady.url != other.url


def test_refuses_a_data_folder_in_use(steady):
    said = refusal(STEADY_DATA_DIR=steady.settings["STEADY_DATA_DIR"])
    check_sentence(said, "another Steady", "DATA=")
    assert steady.is_ready()


def test_refuses_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        check_sentence(refusal(STEADY_PORT=port), port, "PORT=")


def test_refuses_a_folder_without_the_right(tmp_path):
    file = tmp_path / "file"
    file.touch()
    said = refusal(STEADY_DATA_DIR=str(file / "data"))
    check_sentence(said, "DATA=", "STEADY_DATA_DIR", str(file))
    said = refusal(STEADY_LOG_DIR=str(file / "log"))
    check_sentence(said, "STEADY_LOG_DIR", str(file))


def test_refuses_a_folder_below_that_of_the_data_by_its_name(tmp_path):
    """As `make run DATA=` names it, which has the others in it."""
    file = tmp_path / "file"
    file.touch()
    said = refusal(
        STEADY_MONGODB_URI="mongodb://127.0.0.1:1/steady",
        STEADY_DATA_DIR=str(file),
        STEADY_RUN_DIR=str(file / "run"),
    )
    check_sentence(said, "DATA=", str(file))


def test_refuses_a_wrong_setting():
    check_sentence(refusal(STEADY_AUTH="maybe"), "STEADY_AUTH")


def test_refuses_an_unknown_setting():
    check_sentence(refusal(STEADY_PROT="9000"), "STEADY_PROT")


def test_refuses_a_wrong_proxy():
    said = refusal(STEADY_TRUSTED_PROXIES="10.0.0.0/8, all")
    check_sentence(said, "STEADY_TRUSTED_PROXIES", "'all'")


def test_refuses_an_unreachable_database():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        uri = f"mongodb://127.0.0.1:{port}/steady?serverSelectionTimeoutMS=500"
        began = time.monotonic()
        said = refusal(STEADY_MONGODB_URI=uri)
        check_sentence(said, "STEADY_MONGODB_URI", "replica set")
        assert said.count("?") == 1, said
    assert time.monotonic() - began < 20


def test_path_with_spaces(tmp_path):
    folder = tmp_path / "a folder" / "data"
    with Instance(STEADY_DATA_DIR=str(folder)) as steady:
        assert steady.is_ready()


def test_long_data_folder_gets_a_short_one_for_sockets(tmp_path):
    data = tmp_path / ("long" * 30)
    steady = Instance()
    environment = {
        **steady.environment(),
        "STEADY_DATA_DIR": str(data),
        "STEADY_RUN_DIR": "",
        "STEADY_LOG_DIR": "",
    }
    command = [ROOT / "docker" / "entrypoint", "--local", "--build", BUILD]
    with open(steady.folder / "console.log", "w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output)
    try:
        wait_until(lambda: "is ready" in console(steady), "the line")
        assert (data / "log" / "access.log").exists()
    finally:
        process.terminate()
        process.wait(20)
        steady.release()


def test_the_health_check_costs_no_worker(steady):
    before = steady.processes()
    for path in ["/healthz", "/version"] * 5:
        assert httpx.get(f"{steady.url}{path}").status_code == 200
    # When supervisord has seen this death, it has seen the earlier ones.
    os.kill(before["api-001"], signal.SIGKILL)

    def renewed() -> set[str]:
        now = steady.processes()
        return {name for name in before if now.get(name) != before[name]}

    wait_until(lambda: "api-001" in renewed(), "a new worker", 10)
    assert renewed() == {"api-001"}


def test_workers_and_keeper_come_back(steady):
    before = steady.processes()
    os.kill(steady.keeper(), signal.SIGKILL)
    steady.kill_workers()
    answer = httpx.get(f"{steady.url}/readyz", timeout=10)
    assert answer.status_code == 200

    def all_new() -> bool:
        now = steady.processes()
        names = [name for name in before if name.startswith("api-")]
        return all(
            now.get(name, before[name]) != before[name] for name in names
        )

    wait_until(all_new, "new workers and keeper", 10)


def test_killed_workers_leave_nothing_in_shared_memory(steady):
    pids = steady.workers()
    steady.kill_workers()
    shared = Path("/dev/shm")
    assert shared.is_dir()
    assert not [p for p in pids if (shared / f"mongoc-{p}").exists()]


def test_nginx_comes_back_whenever_its_master_is_killed(steady):
    """Also within its first seconds, when supervisord calls it a bad start.
    Orphaned workers would keep the port and the new master out of it; once it
    has the port, it has workers of its own."""
    for _ in range(3):
        old = steady.nginx()
        os.kill(old, signal.SIGKILL)

        def back(old=old) -> bool:
            new = steady.processes().get("nginx", old)
            if new == old:
                return False
            return bool(Path(f"/proc/{new}/task/{new}/children").read_text())

        wait_until(back, "a new nginx with workers", 10)
        assert steady.is_ready()


def test_without_log_folder_everything_goes_to_the_streams():
    with Instance(STEADY_LOG_DIR=None) as steady:
        httpx.get(f"{steady.url}/api/tasks")
        wait_until(lambda: '"route":"/api/tasks"' in console(steady), "a line")
