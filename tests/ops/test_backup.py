"""What backup.yml takes under load, restore.yml brings back, or refuses.

In this order: each test begins with what the one above it left.
"""

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from installation import SECRET, Installation

from lib import dumps
from lib.load import Load, all_tasks
from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(600)]


@dataclass
class Backup:
    file: Path
    load: Load
    before: set[str]  # titles acknowledged when it began

    @property
    def dump(self) -> dumps.Dump:
        return dumps.read(gzip.decompress(self.file.read_bytes()))


@pytest.fixture(scope="module")
def backup(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Backup:
    """One that was taken while a person's four clients were at work."""
    installation.calm()
    email = "writes-during-backup@example.org"
    installation.add_account(email)
    folder = tmp_path_factory.mktemp("backup")
    with (
        Load([installation.sign_in(email)], pause=0.02) as load,
        pytest.MonkeyPatch.context() as patch,
    ):
        wait_until(lambda: len(load.created) > 100, "tasks", 60)
        before = set(load.created)
        # Where the operator's shell is.
        patch.setenv("PWD", str(folder))
        installation.must("backup.yml", dump="steady.jsonl.gz")
        after = len(load.created)
        wait_until(lambda: len(load.created) > after, "another task")
    load.check()
    return Backup(folder / "steady.jsonl.gz", load, before)


def started(installation: Installation) -> list[str]:
    """Since when Steady runs on each host."""
    form = "{{.State.StartedAt}}"
    return [
        it.docker("inspect", "--format", form, f"steady-{slot}")
        for it in installation.hosts
        for slot in [installation.current(it)["slot"]]
    ]


def refused(installation: Installation, file: Path) -> str:
    """What restore.yml says when it changes nothing."""
    before = started(installation)
    played = installation.play("restore.yml", dump=str(file))
    assert played.code != 0, played.output
    assert started(installation) == before
    installation.calm()
    return played.words


def test_backup_is_of_one_moment(
    installation: Installation, backup: Backup
) -> None:
    tasks = {it["title"]: it for it in backup.dump.records("task")}
    written = {it for it in tasks if it in backup.load.created}
    assert backup.before <= written < set(backup.load.created)
    # A writer makes its tasks in order, and notes each of them afterwards.
    for number in range(2):
        numbers = [
            int(it.rpartition("-")[2])
            for it in written
            if it.startswith(f"task {number}-")
        ]
        last = max(numbers)
        assert sorted(numbers) == list(range(1, last + 1))
        assert tasks[f"counter {number}"]["notes"] in (
            f"task {number}-{last}",
            f"task {number}-{last - 1}",
        )


def test_backup_leaves_nothing_and_is_for_its_owner_only(
    installation: Installation, backup: Backup
) -> None:
    assert backup.file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(backup.file.parent) == [backup.file.name]
    for host in installation.hosts:
        assert "steady" not in host.output("ls", "/var/tmp")


def test_failed_backup_leaves_the_earlier_one(
    installation: Installation, backup: Backup
) -> None:
    earlier = backup.file.read_bytes()
    mongodb = installation.lab.mongodb
    bad_value = 2  # an error that no driver tries again
    mongodb.fail_point("alwaysOn", failCommands=["find"], errorCode=bad_value)
    try:
        played = installation.play("backup.yml", dump=str(backup.file))
    finally:
        mongodb.fail_point("off")
    assert played.code != 0, played.output
    assert "Dump the tasks, compressed as they come" in played.output
    assert backup.file.read_bytes() == earlier
    assert os.listdir(backup.file.parent) == [backup.file.name]


# -- Damage --------------------------------------------------------------------


def flipped_bit(data: bytes) -> bytes:
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def flipped_task(data: bytes) -> bytes:
    return gzip.compress(
        gzip.decompress(data).replace(b"task 0-7", b"task 0-6")
    )


def cut_file(data: bytes) -> bytes:
    return data[: len(data) // 2]


def no_last_line(data: bytes) -> bytes:
    lines = gzip.decompress(data).splitlines(keepends=True)
    return gzip.compress(b"".join(lines[:-1]))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (flipped_task, "The dump is damaged"),
        pytest.param(cut_file, "The dump was cut", marks=pytest.mark.soak),
        # Either, as it happens.
        pytest.param(flipped_bit, "The dump ", marks=pytest.mark.soak),
        pytest.param(no_last_line, "The dump was cut", marks=pytest.mark.soak),
    ],
)
def test_damaged_backup_is_refused(
    installation: Installation,
    backup: Backup,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    words: str,
) -> None:
    bad = tmp_path / "bad.gz"
    bad.write_bytes(damage(backup.file.read_bytes()))
    assert words in refused(installation, bad)


# -- Back ----------------------------------------------------------------------


def test_database_in_use_is_refused(
    installation: Installation, backup: Backup
) -> None:
    said = refused(installation, backup.file)
    assert "a backup is restored into an empty one." in said


def leave_half_a_load(installation: Installation, name: str) -> None:
    """As steady-admin load does that was killed."""
    with installation.lab.mongodb.client() as client:
        user = client["steady"]["users"].find_one()
        client[name]["users"].insert_one(user)
        client[name]["meta"].insert_one({"_id": "load", "token": b"killed"})


def test_backup_comes_back_into_an_empty_database(
    installation: Installation, backup: Backup, tmp_path: Path
) -> None:
    """Which is one that a killed load left, even."""
    leave_half_a_load(installation, "restored")
    uri = installation.lab.mongodb.uri("restored")
    installation.variables["steady_mongodb_uri"] = f"{uri}&{SECRET}"
    version = installation.calm()
    played = installation.must("restore.yml", dump=str(backup.file))
    assert SECRET not in played.output
    for host in installation.hosts:
        installation.lab.balancer.wait_for(host.instance_id, "healthy", 60)
    assert installation.calm() == version

    # As it was, by the sums over its records...
    again = tmp_path / "again.gz"
    installation.must("backup.yml", dump=str(again))
    back = dumps.read(gzip.decompress(again.read_bytes()))
    assert back.sums() == backup.dump.sums()
    # ...and to the person, whose session is back as well.
    listed = {it["title"] for it in all_tasks(backup.load.clients[0])}
    assert listed == {it["title"] for it in back.records("task")} & (
        set(backup.load.created)
    )
    # The hosts are as the inventory wants them.
    changed = installation.must("deploy.yml", steady_version=version).changed()
    assert changed == 0
