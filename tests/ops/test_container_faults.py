"""What goes wrong around a container, and what Steady then does."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import need

from lib.api import add
from lib.container import Container, docker, unique
from lib.instance import PASSWORD
from lib.wait import wait_until

UID = 10001
API = "/opt/steady/bin/steady-api"
# The guard's longer patience (docker/guard.py) and some: on a busy machine even
# a worker that crashes at its start lives for longer than the short one allows.
CRASH_SECONDS = 330
DAY = 86_400
FAKETIME = "/usr/lib/*/faketime/libfaketime.so.1"


def tmpfs(megabytes: int) -> list[str]:
    """A volume that soon is full."""
    return ["--tmpfs", f"/var/lib/steady:uid={UID},mode=700,size={megabytes}m"]


@pytest.fixture
def volume() -> Iterator[str]:
    name = unique("volume")
    docker("volume", "create", name)
    yield name
    docker("volume", "rm", "--force", name)


def refusal(options: list[str] | None = None, **settings: str) -> str:
    """What a container that must not start says; it must be one sentence."""
    steady = Container(options=options, **settings)
    try:
        steady.run()
        assert steady.wait_ended(30) == 1, steady.logs()
        said = steady.logs()
    finally:
        steady.remove()
    assert said.startswith("Steady cannot start: "), said
    assert said.count("\n") == 1, said
    return said


# -- At the start ----------------------------------------------------------


def test_unreadable_secret_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "uri"
    secret.write_text("mongodb://steady:opensesame@db.example.org/steady")
    secret.chmod(0o000)
    said = refusal(
        ["-v", f"{secret}:/run/secrets/uri:ro"],
        STEADY_MONGODB_URI_FILE="/run/secrets/uri",
    )
    assert "STEADY_MONGODB_URI_FILE" in said
    assert "opensesame" not in said


def test_missing_secret_is_named() -> None:
    said = refusal(STEADY_MONGODB_URI_FILE="/run/secrets/none")
    assert "STEADY_MONGODB_URI_FILE" in said


def test_wrong_and_unknown_settings_are_named() -> None:
    assert "STEADY_WORKERS" in refusal(STEADY_WORKERS="many")
    assert "STEADY_WORKER_COUNT" in refusal(STEADY_WORKER_COUNT="4")


def test_read_only_data_volume_is_named(volume: str) -> None:
    said = refusal(["-v", f"{volume}:/var/lib/steady:ro"])
    assert "/var/lib/steady" in said
    assert "STEADY_DATA_DIR" in said


def test_full_data_volume_is_named() -> None:
    said = refusal(["--tmpfs", f"/var/lib/steady:uid={UID},size=8k"])
    assert "no space left" in said
    assert "STEADY_DATA_DIR" in said


@pytest.mark.timeout(CRASH_SECONDS + 60)
def test_worker_that_crashes_at_start_ends_the_container(
    image: str, tmp_path: Path
) -> None:
    """By itself and with a sentence: a container that merely looks alive
    would never be replaced."""
    name = unique("copy")
    docker("create", "--name", name, image)
    docker("cp", f"{name}:{API}", str(tmp_path / "real"))
    docker("rm", "--volumes", name)
    crashing = tmp_path / "crashing"
    crashing.write_text(
        '#!/bin/sh\ncase "$1 $3" in\n'
        '"worker 0" | health*) exec /real "$@" ;;\n'
        "worker*) echo crash >&2; exit 134 ;;\nesac\n"
        'exec /real "$@"\n'
    )
    crashing.chmod(0o755)
    mounts = [f"{tmp_path}/real:/real:ro", f"{crashing}:{API}:ro"]
    options = [word for mount in mounts for word in ("-v", mount)]
    steady = Container(options=options)
    try:
        steady.run()
        steady.wait_ended(CRASH_SECONDS)
        assert "Steady stops: api keeps dying" in steady.logs()
    finally:
        steady.remove()


# -- While it runs ---------------------------------------------------------


def write_until_refused(user: httpx.Client) -> tuple[list[str], httpx.Response]:
    """Ids of what was acknowledged, and the first refusal."""
    kept: list[str] = []
    for number in range(2000):
        task = {"title": f"task {number}", "notes": "x" * 16_000}
        answer = user.post("/api/tasks", json=task)
        if answer.status_code != 201:
            return kept, answer
        kept.append(answer.json()["id"])
    raise AssertionError("the volume was never full")


def test_volume_that_fills_up_keeps_what_was_acknowledged() -> None:
    with Container(options=tmpfs(4), STEADY_REGISTRATION="open") as steady:
        user = steady.sign_up()
        kept, refused = write_until_refused(user)
        assert refused.status_code == 507, refused.text
        assert refused.json()["type"] == "/problems/storage-full"
        assert kept
        assert fetch(user, f"/api/tasks/{kept[-1]}")["title"]
        assert steady.is_running()
        said = steady.exec("steady-admin", "check", "--deep")
        assert "all right" in said


@pytest.fixture
def faketime(tmp_path: Path) -> list[str]:
    """Options that give a container the clock of the file tmp_path/clock."""
    libraries = list(Path("/").glob(FAKETIME.lstrip("/")))
    need(bool(libraries), "libfaketime (make setup-image-test)")
    tmp_path.chmod(0o755)
    (tmp_path / "clock").write_text("+0\n")
    return [
        *("-v", f"{libraries[0]}:/faketime/lib.so:ro"),
        *("-v", f"{tmp_path}:/faketime/clock:ro"),
        *("-e", "LD_PRELOAD=/faketime/lib.so"),
        *("-e", "FAKETIME_TIMESTAMP_FILE=/faketime/clock/clock"),
        *("-e", "FAKETIME_NO_CACHE=1"),
        # Waiting is not to be faked: only what time it is.
        *("-e", "FAKETIME_DONT_FAKE_MONOTONIC=1"),
    ]


def fetch(client: httpx.Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def set_clock(tmp_path: Path, steady: Container, seconds: int) -> None:
    """Sets the container's clock that far from this machine's."""
    (tmp_path / "clock").write_text(f"{seconds:+d}\n")
    now = int(steady.exec("date", "+%s"))
    assert abs(now - seconds - time.time()) < 60


def test_clock_set_back_a_day_loses_no_change(
    faketime: list[str], tmp_path: Path
) -> None:
    with Container(options=faketime, STEADY_REGISTRATION="open") as steady:
        user = steady.sign_up()
        first = add(user, "before")
        token = fetch(user, "/api/changes")["next"]
        set_clock(tmp_path, steady, -DAY)
        assert fetch(user, "/api/session")["user"]
        second = add(user, "after")
        path = f"/api/tasks/{first['id']}"
        changed = user.patch(path, json={"title": "changed"}).json()
        assert changed["version"] == first["version"] + 1
        assert changed["updated_at"] >= first["updated_at"]
        seen = fetch(user, f"/api/changes?since={token}")["tasks"]
        assert {first["id"], second["id"]} <= {task["id"] for task in seen}
        again = steady.client().post(
            "/api/session",
            json={"email": "user1@example.org", "password": PASSWORD},
        )
        assert again.status_code in (201, 401)
        set_clock(tmp_path, steady, 0)
        assert fetch(user, "/api/session")["user"]


def under_load(steady: Container, token: str, seconds: int) -> str:
    """wrk with far more connections than workers; what it said."""
    done = subprocess.run(
        [
            *("wrk", "-t2", "-c200", f"-d{seconds}s"),
            *("-H", f"Authorization: Bearer {token}"),
            f"{steady.url}/api/tasks?limit=200",
        ],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def memory_events(steady: Container) -> str:
    """How often the limit was met, and whom it killed (cgroup v1 or v2)."""
    identifier = steady.inspect()["Id"]
    for pattern in (
        "memory/docker/{}/memory.oom_control",
        "system.slice/docker-{}.scope/memory.events",
        "docker/{}/memory.events",
    ):
        file = Path("/sys/fs/cgroup", pattern.format(identifier))
        if file.exists():
            return " ".join(file.read_text().split())
    return "unknown"


def test_memory_limit_of_128_mib_under_load_loses_nothing(
    figure: Callable[[str], None],
) -> None:
    """Large lists to many clients at once, on 16 workers."""
    need(os.path.exists("/usr/bin/wrk"), "wrk (make setup-image-test)")
    limited = ["--memory", "128m", "--memory-swap", "128m"]
    with Container(
        options=[*limited, "--restart", "unless-stopped"],
        STEADY_REGISTRATION="open",
        STEADY_WORKERS="16",
    ) as steady:
        user = steady.sign_up()
        ids = {add(user, f"{n}", notes="n" * 4000)["id"] for n in range(200)}
        token = user.post(
            "/api/tokens", json={"name": "load", "scope": "read"}
        ).json()["token"]
        under_load(steady, token, 10)
        wait_until(steady.is_ready, "the container to be ready", 30)
        listed = fetch(user, "/api/tasks?limit=200")
        assert {task["id"] for task in listed} == ids
        restarts = steady.inspect()["RestartCount"]
        figure(
            f"128 MiB under load: {restarts} restarts, {memory_events(steady)}"
        )
