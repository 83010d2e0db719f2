"""logrotate, as a role of Ansible sets it up, while people ask."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.container import Container
from lib.counted import CountedClients
from lib.need import need
from lib.paths import ROOT

ROLE = ROOT / "ansible" / "roles" / "steady"
UID = 10001
ROUNDS = 4


@pytest.fixture
def steady(tmp_path: Path) -> Iterator[Container]:
    folder = tmp_path / "log"
    folder.mkdir(mode=0o700)
    os.chown(folder, UID, UID)
    with Container(
        options=["--volume", f"{folder}:/var/log/steady"],
        STEADY_LOG_DIR="/var/log/steady",
        STEADY_REGISTRATION="open",
    ) as steady:
        yield steady


def configuration(steady: Container, folder: Path) -> str:
    """The role's, for this container alone."""
    text = (ROLE / "templates" / "logrotate.j2").read_text()
    for name, value in {
        "{{ ansible_managed }}": "test",
        "{{ steady_log_dir }}": str(folder),
        "{{ steady_log_days }}": "9",
        "steady-$slot": steady.name,
    }.items():
        assert name in text
        text = text.replace(name, value)
    assert "{{" not in text
    return text.replace("for slot in blue green", "for slot in one")


def test_rotation_under_load_loses_no_line(steady: Container, tmp_path: Path):
    need(shutil.which("logrotate") is not None, "logrotate (setup-image-test)")
    folder = tmp_path / "log"
    file = tmp_path / "logrotate.conf"
    file.write_text(configuration(steady, folder))
    file.chmod(0o600)
    state = tmp_path / "state"
    clients = CountedClients(steady)
    try:
        for _ in range(ROUNDS):
            clients.wait_for_more(100)
            done = subprocess.run(
                ["logrotate", "--force", "--state", state, file],
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
    finally:
        clients.stop()
    assert steady.stop() == 0
    lines = []
    names = sorted(path.name for path in folder.glob("access.log*"))
    assert names == ["access.log", "access.log.1"] + [
        f"access.log.{number}.gz" for number in range(2, ROUNDS + 1)
    ]
    for name in names:
        done = subprocess.run(
            ["zcat", "-f", folder / name], capture_output=True, check=True
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert found, f"{name} is empty"
        lines += found
    clients.check(lines)
