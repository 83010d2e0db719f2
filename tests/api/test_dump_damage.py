"""steady-admin dump and load when something goes wrong: damaged files, full
disks, kills. STEADY_TEST_SEED repeats a run's random places,
STEADY_TEST_TASKS makes the large dump larger.
"""

import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pymongo
import pytest

from lib import dumps
from lib.admin import ADMIN, Admin
from lib.hostile import fill_store
from lib.instance import PASSWORD
from lib.mongod import ReplicaSet
from lib.wait import wait_until

SEED = int(os.environ.get("STEADY_TEST_SEED") or random.randrange(1 << 32))
TASKS = int(os.environ.get("STEADY_TEST_TASKS", "100000"))
PLACES = 250
SPACED = dumps.task(3).replace(b",", b", ", 1)
ESCAPED = dumps.task(3, title="/").replace(b"/", b"\\/")
LONG = dumps.task(3, notes="x" * 5_000_000)
GOOD = [dumps.header(), dumps.user(), dumps.task(1), dumps.task(2)]


def refused(data: bytes, *arguments: str | Path, **env: str) -> str:
    """The one sentence with which load refuses it; without a store, it only
    checks."""
    done = subprocess.run(
        [ADMIN, "load", *(arguments or ["--dry-run"])],
        input=data,
        capture_output=True,
        env={**Admin().env, **env},
        timeout=60,
    )
    assert done.returncode == 1, done.stdout
    said = done.stderr.decode()
    sentences = [
        line for line in said.splitlines() if line.startswith("steady")
    ]
    assert len(sentences) == 1, said
    return sentences[0]


def is_empty(admin: Admin) -> bool:
    counts = admin.run("check").splitlines()[: len(dumps.KINDS)]
    return all(line.split()[1] == "0" for line in counts)


def write_many(file: Path, tasks: int) -> None:
    """A dump of one person with so many tasks."""
    with open(file, "wb") as out:
        out.writelines(dumps.many(tasks))
    with open(file, "rb") as lines:
        last = dumps.trailer(lines)
    with open(file, "ab") as out:
        out.write(last)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A dump with all that can be in one."""
    admin = Admin(STEADY_DATA_DIR=str(tmp_path_factory.mktemp("sound")))
    admin.run("migrate")
    with admin.instance() as steady:
        fill_store(admin, steady)
    return admin.run("dump").encode()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump that takes a moment, of one person."""
    file = tmp_path_factory.mktemp("large") / "large.jsonl"
    write_many(file, 20_000)
    return file


# -- Damaged files ------------------------------------------------------------


def check_places(places: Iterable[bytes]) -> None:
    """None of them is taken, and each refusal tells where it is."""
    print(f"STEADY_TEST_SEED={SEED}")
    for data in places:
        said = refused(data)
        assert "line " in said or "is empty" in said, said


def test_a_flipped_bit_is_refused_wherever_it_is(sound):
    dice = random.Random(SEED)
    ends = [sound.rindex(b"\n", 0, -1) + 1, len(sound)]  # of the trailer

    def flipped() -> Iterable[bytes]:
        for number in range(PLACES):
            among = ends if number % 5 == 0 else [0, len(sound)]
            place = dice.randrange(*among)
            data = bytearray(sound)
            data[place] ^= 1 << dice.randrange(8)
            yield bytes(data)

    check_places(flipped())


def test_a_cut_dump_is_refused_wherever_it_ends(sound):
    dice = random.Random(SEED)
    line_ends = [at + 1 for at, byte in enumerate(sound) if byte == 10][:-1]
    anywhere = [dice.randrange(len(sound)) for _ in range(PLACES // 2)]
    cuts = [0, 1, len(sound) - 1, *line_ends, *anywhere]
    check_places(sound[:at] for at in cuts)


def test_lines_that_are_missing_doubled_or_swapped_are_refused(sound):
    dice = random.Random(SEED)
    lines = sound.splitlines(keepends=True)

    def changed() -> Iterable[bytes]:
        for _ in range(20):
            at = dice.randrange(1, len(lines) - 1)
            yield b"".join(lines[:at] + lines[at + 1 :])
            yield b"".join(lines[:at] + lines[at : at + 1] + lines[at:])
            swapped = list(lines)
            swapped[at - 1 : at + 1] = reversed(swapped[at - 1 : at + 1])
            yield b"".join(swapped)
        yield sound + b"\n"
        yield sound + sound

    check_places(changed())


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("is empty", []),
        ("no dump of Steady", [b"CREATE TABLE tasks;\n"]),
        ("no dump of Steady", [dumps.header(steady_dump=0)]),
        ("zcat", [b"\x1f\x8b\x08\x00"]),
        ("newer release", [dumps.header(steady_dump=2)]),
        ("newer release", [dumps.header(schema=2)]),
        ("line 2: it is no JSON", [dumps.header(), b"7\n"]),
        ("line 5: it is no record", [*GOOD, dumps.record("song")]),
        ("line 5: it is not in the order", [*GOOD, dumps.task(2)]),
        ("line 5: it is not in the order", [*GOOD, dumps.user()]),
        ("line 5: it has a member", [*GOOD, dumps.task(3, color="red")]),
        ('line 5: "priority" has', [*GOOD, dumps.task(3, priority="urgent")]),
        (
            "line 5: it is not in the form",
            [*GOOD, dumps.task(3).replace(b",", b", ", 1)],
        ),
        (
            "line 5: it is not in the form",
            [*GOOD, dumps.task(3, title="/").replace(b"/", b"\\/")],
        ),
        ("line 5: it is no JSON", [*GOOD, b"[" * 100_000 + b"\n"]),
        (
            "line 5: it is too long",
            [*GOOD, dumps.task(3, notes="x" * 5_000_000)],
        ),
        ("line 5: it has a member", [*GOOD, dumps.task(3, marks=[])]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_dump_is_refused_with_a_sentence(words, lines):
    assert words in refused(b"".join(lines))


def test_a_sound_dump_is_found_so_without_a_store(sound):
    said = Admin().run("load", "--dry-run", text=sound.decode())
    assert said.endswith("the dump is whole\n")
    assert Admin().run("load", "--dry-run", text=dumps.whole(GOOD).decode())


def test_a_damaged_dump_changes_no_store(new_store, sound, tmp_path):
    file = tmp_path / "damaged.jsonl"
    flipped = bytes([sound[-20] ^ 1])
    file.write_bytes(sound[:-20] + flipped + sound[-19:])
    other = new_store()
    for text in ["", sound[:-2000].decode()]:
        other.run("load", "--input", "-", text=text, status=1)
    other.run("load", "--input", file, status=1)
    if folder := other.env.get("STEADY_DATA_DIR"):
        assert not Path(folder).exists()
    other.run("migrate")
    assert is_empty(other)


def test_a_store_that_is_not_empty_is_left_alone(admin):
    admin.run("user", "add", "a@example.org", text=PASSWORD)
    before = dumps.read(admin.run("dump").encode())
    said = admin.run("load", text=dumps.whole(GOOD).decode(), status=1)
    assert "must be empty" in said
    assert dumps.read(admin.run("dump").encode()).lines == before.lines
    assert "must be empty" in admin.run("load", "--help")


def test_a_load_that_fails_halfway_leaves_nothing(new_store):
    """Two people with one address: no store takes that."""
    twice = dumps.user(id="6f0c2a1e-9d3b-4c7a-8e11-2b6f4d8a9c01")
    bad = dumps.whole([dumps.header(), dumps.user(), twice, dumps.task(1)])
    other = new_store()
    said = other.run("load", text=bad.decode(), status=1)
    assert "steady-admin: " in said
    assert is_empty(other)
    other.run("load", text=dumps.whole(GOOD).decode())
    dump = dumps.read(other.run("dump").encode())
    assert dump.lines["task"] == GOOD[2:]


# -- Files --------------------------------------------------------------------


def test_a_dump_replaces_an_older_one_only_when_it_is_whole(admin, tmp_path):
    file = tmp_path / "backup.jsonl"
    file.write_text("the older one")
    broken = Admin(STEADY_DATA_DIR=str(tmp_path / "nothing"))
    assert "There is no" in broken.run("dump", "--from", tmp_path, status=1)
    broken.run("dump", "--output", file, status=1)
    assert file.read_text() == "the older one"
    admin.run("dump", "--output", file)
    dumps.read(file)
    assert [each.name for each in tmp_path.glob("backup*")] == [file.name]


def test_two_dumps_to_one_file_do_not_mix(admin, tmp_path):
    """The other holds the file's lock, and is not there yet."""
    file = tmp_path / "backup.jsonl"
    part = tmp_path / "backup.jsonl.part"
    holder = subprocess.Popen(
        ["flock", part, "sh", "-c", "echo held; read end"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"held\n"
    said = admin.run("dump", "--output", file, status=1)
    assert "Another dump writes" in said
    holder.communicate(b"\n", timeout=10)
    admin.run("dump", "--output", file)
    dumps.read(file)


@pytest.mark.only("sqlite")
def test_a_full_disk_leaves_no_half_dump(small_disk, tmp_path, large):
    admin = Admin(STEADY_DATA_DIR=str(tmp_path / "store"))
    admin.run("load", "--input", large)
    file = small_disk / "backup.jsonl"
    file.write_text("the older one")
    said = admin.run("dump", "--output", file, status=1)
    assert "No space left" in said
    assert [each.name for each in small_disk.iterdir()] == [file.name]
    assert file.read_text() == "the older one"


def test_a_dump_that_cannot_be_written_out_has_failed(admin):
    """Small enough to be written at the very end only."""
    with open("/dev/full", "wb") as full:
        made = admin.start("dump", stdout=full, stderr=subprocess.PIPE)
        assert b"No space left" in made.communicate(timeout=60)[1]
    assert made.returncode == 1


@pytest.mark.only("sqlite")
def test_a_full_disk_leaves_no_half_store(small_disk, large, tmp_path):
    admin = Admin(STEADY_DATA_DIR=str(small_disk / "store"))
    said = admin.run("load", "--input", large, status=1)
    assert "no space left" in said
    assert is_empty(admin)
    admin.run("load", text=dumps.whole(GOOD).decode())
    assert dumps.read(admin.run("dump").encode()).lines["task"] == GOOD[2:]
    said = refused(
        large.read_bytes(),
        *["--to", tmp_path / "other"],
        TMPDIR=str(small_disk),
    )
    assert "TMPDIR" in said
    assert not (tmp_path / "other").exists()
    assert [each.name for each in small_disk.iterdir()] == ["store"]


# -- Kills --------------------------------------------------------------------


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL, "it was done already"


def test_a_killed_dump_is_no_dump_and_in_nobodys_way(
    admin, new_store, large, tmp_path
):
    admin = new_store()
    admin.run("load", "--input", large)
    file = tmp_path / "backup.jsonl"
    part = tmp_path / "backup.jsonl.part"
    for megabytes in [0, 1, 3]:
        made = admin.start("dump", "--output", file)
        wait_until(
            lambda least=megabytes << 20: part.stat().st_size >= least,
            "a part of the dump",
        )
        kill(made)
        assert not file.exists()
        assert "line" in refused(part.read_bytes()) or not part.stat().st_size
    admin.run("dump", "--output", file)
    assert dumps.read(file).lines == dumps.read(large).lines
    assert not part.exists()


def test_a_killed_load_leaves_nothing_and_is_repeated(new_store, store, large):
    """SQLite is empty again; of MongoDB nobody sees what is there."""
    other = new_store()
    for most in [1, 6000, 12_000]:
        loading = other.start("load", "--input", large)
        wait_until(lambda most=most: written(other) >= most, "a part of it")
        kill(loading)
        if store == "sqlite":
            assert is_empty(other)
            continue
        for command in ["check", "migrate", "dump"]:
            said = other.run(command, status=1)
            assert "part of a dump" in said, said
    if store == "mongodb":
        steady = other.instance()
        steady.start(ready=False)
        assert steady.process.wait(30) == 1
        assert "part of a dump" in steady.logs()
        steady.release()
    text = dumps.whole(GOOD).decode()
    other.run("load", text=text)  # another one, and nothing of the first
    dump = dumps.read(other.run("dump").encode())
    assert dump.lines["task"] == GOOD[2:]


def written(admin: Admin) -> int:
    """About how many tasks a load that runs has written."""
    if uri := admin.env.get("STEADY_MONGODB_URI"):
        with pymongo.MongoClient(uri) as client:
            tasks = client.get_default_database()["tasks"]
            return tasks.estimated_document_count()
    wal = Path(admin.env["STEADY_DATA_DIR"]) / "steady.db-wal"
    return wal.stat().st_size // 1000 if wal.exists() else 0


# -- MongoDB ------------------------------------------------------------------


def test_what_has_expired_does_not_disturb_a_load():
    """The server removes it only when all has been read back."""
    past = {"deleted": True, "deleted_at": dumps.WHEN, "purge_at": dumps.WHEN}
    tasks = [dumps.task(number, **past) for number in range(10_000)]
    text = dumps.whole([dumps.header(), dumps.user(), *tasks])
    with ReplicaSet(parameters={"ttlMonitorSleepSecs": 1}) as mongodb:
        admin = Admin(STEADY_MONGODB_URI=mongodb.uri("expired"))
        admin.run("load", text=text.decode())
        wait_until(lambda: written(admin) == 0, "the server to purge")


def test_a_load_that_another_took_over_adds_nothing(mongodb, large):
    """The first is stopped in the middle, and goes on when the other is
    done."""
    admin = Admin(STEADY_MONGODB_URI=mongodb.uri("two"))
    first = admin.start("load", "--input", large, stderr=subprocess.PIPE)
    wait_until(lambda: written(admin) > 1000, "a part of it")
    first.send_signal(signal.SIGSTOP)
    admin.run("load", text=dumps.whole(GOOD).decode())
    first.send_signal(signal.SIGCONT)
    said = first.communicate(timeout=120)[1]
    assert first.returncode == 1
    assert b"Another load" in said
    dump = dumps.read(admin.run("dump").encode())
    assert dump.lines["task"] == GOOD[2:]


# -- Memory -------------------------------------------------------------------


def peak(admin: Admin, *arguments: str | Path) -> int:
    """Kilobytes of memory that the command held at most."""
    process = admin.start(
        *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    status = Path(f"/proc/{process.pid}/status")
    most = 0
    while process.poll() is None:
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.M)
        most = int(found[1]) if found else most
        time.sleep(0.005)
    assert process.returncode == 0
    return most


@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_dump(
    new_store: Callable[[], Admin], store, tmp_path
):
    most = {}
    for tasks in [2000, TASKS]:
        file = tmp_path / f"{tasks}.jsonl"
        write_many(file, tasks)
        other = new_store()
        most[tasks] = [
            peak(other, "load", "--input", file),
            peak(other, "dump", "--output", file),
        ]
        print(f"{store}, {tasks} tasks: load, dump {most[tasks]} kB at most")
    for small, large in zip(most[2000], most[TASKS], strict=True):
        assert large < small + 8 * 1024
