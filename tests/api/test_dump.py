"""steady-admin dump and load: everything comes back, from a busy store too."""

import json
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import bson
import httpx
import pymongo
import pytest
from pymongo.errors import OperationFailure

from lib import dumps
from lib.admin import Admin
from lib.api import add, add_list
from lib.hostile import EMAIL, ORDERS, TEXTS, fill_store
from lib.instance import PASSWORD
from lib.load import Load, all_tasks
from lib.mongod import ReplicaSet
from lib.paths import ROOT
from lib.wait import wait_until

SNAPSHOT_TOO_OLD = 239
OLD = sorted((ROOT / "tests" / "api" / "dumps").glob("*.jsonl"))


def set_version(admin: Admin, title: str, version: int) -> None:
    """To one that no client would live to see."""
    if uri := admin.env.get("STEADY_MONGODB_URI"):
        with pymongo.MongoClient(uri) as client:
            tasks = client.get_default_database()["tasks"]
            tasks.update_one({"title": title}, {"$set": {"version": version}})
    else:
        with sqlite3.connect(admin.env["STEADY_DATA_DIR"] + "/steady.db") as db:
            db.execute(
                "UPDATE tasks SET version = ? WHERE title = ?", [version, title]
            )


def seen_by(person: httpx.Client) -> list[object]:
    """What the API shows, without the address of the instance."""
    tasks = list(all_tasks(person))
    for view in ["view=trash", "completed=true", "tag=x"]:
        tasks += person.get(f"/api/tasks?limit=200&{view}").json()
    for task in tasks:
        del task["url"]
    others = ["/api/lists", "/api/tags", "/api/tokens", "/api/me"]
    return [tasks, *(person.get(path).json() for path in others)]


@pytest.fixture
def others(
    new_store: Callable[[], Admin], store: str, tmp_path: Path
) -> list[Admin]:
    """Stores to load into: one of the same kind, and from MongoDB one of the
    other, from where the dump goes back to MongoDB."""
    if store == "sqlite":
        return [new_store()]
    return [Admin(STEADY_DATA_DIR=str(tmp_path / "there")), new_store()]


def test_everything_comes_back(admin, others, tmp_path):
    file = tmp_path / "backup.jsonl"
    with admin.instance() as steady:
        person = fill_store(admin, steady)
        set_version(admin, "whole day", 2**53 - 1)
        task = add(person, "repeated")
        once = {
            "url": f"/api/tasks/{task['id']}",
            "json": {"notes": "once"},
            "headers": {"Idempotency-Key": "whose-answer-was-lost"},
        }
        assert person.patch(**once).json()["version"] == 2
        cookies = dict(person.cookies)
        before = seen_by(person)
        admin.run("dump", "--output", file)
    assert file.stat().st_mode & 0o777 == 0o600
    first = dumps.read(file)
    by_title = {task["title"]: task for task in first.records("task")}
    assert [by_title[f"at {order!r}"]["order"] for order in ORDERS] == ORDERS
    assert by_title["whole day"]["version"] == 2**53 - 1

    for other in others:
        said = other.run("load", "--input", file)
        assert said.endswith("the store holds all of the dump\n")
        other.run("dump", "--output", file)
        assert dumps.read(file).lines == first.lines
        with other.instance() as steady:
            person = steady.client(cookies=cookies)  # still signed in
            assert seen_by(person) == before
            assert person.patch(**once).json()["version"] == 2
            found = person.post("/api/tasks/search", json={"query": "CAFE"})
            assert [task["title"] for task in found.json()] == [TEXTS[0]]
            assert steady.sign_in("other@example.org")


def test_a_dump_and_a_load_go_through_pipes(admin, new_store):
    admin.run("user", "add", "a@example.org", text=PASSWORD)
    other = new_store()
    made = admin.start("dump", stdout=subprocess.PIPE)
    loaded = other.start("load", "--input=-", stdin=made.stdout)
    made.stdout.close()
    assert (made.wait(60), loaded.wait(60)) == (0, 0)
    dump = dumps.read(other.run("dump").encode())
    assert [user["email"] for user in dump.records("user")] == ["a@example.org"]


@pytest.mark.parametrize("file", OLD, ids=lambda file: file.stem)
def test_a_dump_of_every_format_can_be_loaded(new_store, file):
    """Each was made by the release that had it, and is not to be made anew."""
    other = new_store()
    other.run("load", "--input", file)
    old, new = dumps.read(file), dumps.read(other.run("dump").encode())
    for kind in dumps.KINDS:
        assert old.lines[kind]
        assert new.marks(kind) == old.marks(kind)
        for was, now in zip(old.records(kind), new.records(kind), strict=True):
            assert {name: now[name] for name in was} == was
    with other.instance() as steady:
        person = steady.sign_in(EMAIL)
        found = person.post("/api/tasks/search", json={"query": "CAFE"})
        assert [task["title"] for task in found.json()] == [TEXTS[0]]


def test_there_are_dumps_of_every_format():
    assert [file.stem for file in OLD] == ["format-1"]


def test_a_field_that_an_old_dump_lacks_gets_its_default(new_store):
    line = json.loads(dumps.task(1))
    del line["task"]["completion_count"], line["task"]["last_completed_at"]
    lines = [dumps.header(), dumps.user(), dumps.text_of(line) + b"\n"]
    other = new_store()
    other.run("load", text=dumps.whole(lines).decode())
    dump = dumps.read(other.run("dump").encode())
    assert dump.lines["task"] == [dumps.task(1)]


# -- Under load ---------------------------------------------------------------


class Trees:
    """Makes lists with a task and a subtask each until the block ends."""

    MOST = 400  # lists; a person may have 500

    def __init__(self, person: httpx.Client) -> None:
        self.person = person
        self.made: list[str] = []  # ids of the subtasks, which come last
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while len(self.made) < self.MOST and not self.stopped.is_set():
            home = {"list_id": add_list(self.person)["id"]}
            top = add(self.person, "top", **home)
            below = add(self.person, "below", parent_id=top["id"], **home)
            self.made.append(below["id"])

    def __enter__(self) -> "Trees":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join(60)


def check_references(dump: dumps.Dump) -> None:
    users = {user["id"] for user in dump.records("user")}
    lists = {one["id"] for one in dump.records("list")}
    tasks = {task["id"] for task in dump.records("task")}
    for task in dump.records("task"):
        assert task["owner"] in users, task
        assert task["list_id"] in {None, *lists}, task
        assert task["parent_id"] in {None, *tasks}, task


def test_a_dump_under_load_is_of_one_moment(admin):
    """It is held up among the lists, while more of all is made."""
    with admin.instance() as steady:
        person = steady.sign_up()
        for number in range(450):  # more than a pipe holds
            add_list(person, f"{number} {'x' * 90}")
        maker = steady.sign_up()
        with Load([steady.sign_up()]) as load, Trees(maker) as trees:
            wait_until(lambda: load.raised and trees.made, "writes")
            acknowledged = {*load.created.values(), *trees.made}
            made = admin.start("dump", stdout=subprocess.PIPE)
            text = made.stdout.read(1)
            now = len(trees.made)
            wait_until(lambda: len(trees.made) > now + 3, "later writes")
            later = trees.made[-1]
            text += made.stdout.read()
            assert made.wait(60) == 0
        load.check()
    dump = dumps.read(text)
    there = {task["id"] for task in dump.records("task")}
    assert acknowledged <= there
    assert later not in there
    check_references(dump)


def test_dumps_under_load_are_whole(admin):
    with admin.instance() as steady:
        maker = steady.sign_up()
        with Load([steady.sign_up()]) as load, Trees(maker) as trees:
            for _ in range(8):
                before = {*load.created.values(), *trees.made}
                dump = dumps.read(admin.run("dump").encode())
                assert before <= {task["id"] for task in dump.records("task")}
                check_references(dump)
        load.check()


# -- MongoDB ------------------------------------------------------------------


def is_past(client: pymongo.MongoClient, moment: bson.Timestamp) -> bool:
    """Does the server refuse to read as of then? Its past ends with writes."""
    client["other"]["clock"].insert_one({})
    concern = {"level": "snapshot", "atClusterTime": moment}
    try:
        client["other"].command("find", "clock", readConcern=concern)
    except OperationFailure as failure:
        return failure.code == SNAPSHOT_TOO_OLD
    return False


def test_a_dump_that_takes_too_long_says_so(mongodb: ReplicaSet):
    """Of a database that keeps its past for a second."""
    window = "minSnapshotHistoryWindowInSeconds"
    admin = Admin(STEADY_MONGODB_URI=mongodb.uri("long"))
    admin.run("load", text=dumps.whole(dumps.many(5000)).decode())
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with mongodb.primary().connect() as client:
        was = client.admin.command({"getParameter": 1, window: 1})[window]
        client.admin.command({"setParameter": 1, window: 1})
        client["other"]["clock"].insert_one({})
        try:
            made = admin.start("dump", **pipes)
            made.stdout.read(1)  # now it waits for its reader
            moment = client.admin.command("hello")["operationTime"]
            wait_until(lambda: is_past(client, moment), "that to be past")
            text, said = made.communicate(timeout=60)
        finally:
            client.admin.command({"setParameter": 1, window: was})
    assert made.returncode == 1
    assert window in said.decode()
    assert b'{"end"' not in text


def test_a_dump_outlives_a_lost_connection(mongodb: ReplicaSet):
    text = dumps.whole(dumps.many(3000))
    admin = Admin(STEADY_MONGODB_URI=mongodb.uri("lost"))
    admin.run("load", text=text.decode())
    made = admin.start("dump", stdout=subprocess.PIPE)
    begun = made.stdout.read(1)
    mongodb.fail_point(
        {"times": 1}, failCommands=["find"], closeConnection=True
    )
    dump = dumps.read(begun + made.stdout.read())
    assert made.wait(60) == 0
    assert dump.lines == dumps.read(text).lines


def test_a_dump_outlives_the_death_of_the_primary():
    text = dumps.whole(dumps.many(5000))
    with ReplicaSet(nodes=3, election_timeout_ms=2000) as replicas:
        admin = Admin(STEADY_MONGODB_URI=replicas.uri("dump"))
        admin.run("load", text=text.decode())
        made = admin.start("dump", stdout=subprocess.PIPE)
        begun = made.stdout.read(1)
        replicas.primary().kill()
        dump = dumps.read(begun + made.stdout.read())
        assert made.wait(60) == 0
    assert dump.lines == dumps.read(text).lines
