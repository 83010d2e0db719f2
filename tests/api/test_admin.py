"""steady-admin, as an operator uses it, on real stores."""

import pytest

from lib.admin import Admin
from lib.api import add, add_list, titles
from lib.instance import PASSWORD, Instance

COMMANDS = [
    "user", "token", "migrate", "check", "purge", "copy", "dump", "load",
    "mongodb",
]  # fmt: skip
WRONG = [
    [],
    ["uzer"],
    ["user"],
    ["copy"],
    ["dump", "x"],
    ["dump", "--output"],
    ["load", "--output", "x"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    assert f"steady-admin {command}" in Admin().run(command, "--help")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["uzer"],
        ["user"],
        ["copy"],
        ["dump", "x"],
        ["load", "--output", "x"],
    ],
)
def test_wrong_usage_is_said(words):
    assert "Usage: steady-admin" in Admin().run(*words, status=2)


def test_migrate_may_be_repeated(admin):
    assert admin.run("migrate") == admin.run("migrate")


def test_accounts_by_command_line(admin):
    admin.run("user", "add", "a@example.org", "--admin", text=PASSWORD)
    assert "already" in admin.run(
        "user", "add", "A@example.org", text=PASSWORD, status=1
    )
    assert "commonest" in admin.run(
        "user", "add", "b@example.org", text="password1\n", status=1
    )
    assert "admin" in admin.run("user", "list")
    with admin.instance() as steady:
        person = steady.sign_in("a@example.org")
        admin.run("user", "password", "a@example.org", text="another one 7\n")
        assert person.get("/api/me").status_code == 401
        person = steady.sign_in("a@example.org", "another one 7")
        admin.run("user", "disable", "a@example.org")
        assert person.get("/api/me").status_code == 401
        admin.run("user", "enable", "a@example.org")
        assert steady.sign_in("a@example.org", "another one 7")
    assert "no such user" in admin.run(
        "user", "disable", "nobody@example.org", status=1
    )


def test_tokens_by_command_line(admin):
    admin.run("user", "add", "a@example.org", text=PASSWORD)
    words = ["a@example.org", "--name", "backup"]
    token = admin.run("token", "add", *words).strip()
    listed = admin.run("token", "list", "a@example.org")
    assert "backup" in listed
    assert token not in listed
    with admin.instance() as steady, steady.client() as program:
        program.headers["Authorization"] = f"Bearer {token}"
        assert program.get("/api/tasks").status_code == 200
        made = program.post("/api/tasks", json={"title": "x"})
        assert made.status_code == 403
        admin.run("token", "revoke", "a@example.org", listed.split()[0])
        assert program.get("/api/tasks").status_code == 401


def test_check_counts_and_purge_removes_nothing_fresh(admin):
    admin.run("user", "add", "a@example.org", text=PASSWORD)
    assert admin.run("purge") == "removed 0 records\n"
    assert admin.run("check", "--deep").split()[:2] == ["users", "1"]


def filled(steady):
    person = steady.sign_up("copy@example.org")
    home = add_list(person, "Home")
    for i in range(60):
        add(person, f"caf\u00e9 {i} \U0001f44d", notes="n" * i, tags=["a", "b"])
    top = add(person, "top", list_id=home["id"], due={"date": "2026-11-30"})
    add(person, "below", parent_id=top["id"])
    gone = add(person, "in the trash")
    assert person.delete(f"/api/tasks/{gone['id']}").status_code == 204
    return person


def everything(person):
    tasks = person.get("/api/tasks", params={"limit": 200}).json()
    trash = person.get("/api/tasks", params={"view": "trash"}).json()
    for task in tasks + trash:
        del task["url"]
    return tasks, trash, person.get("/api/lists").json()


@pytest.mark.only("mongodb")
def test_copy_there_and_back_keeps_everything(store, admin, tmp_path):
    """SQLite to MongoDB and back; both copies serve the same people."""
    first, last = tmp_path / "first", tmp_path / "last"
    uri = admin.env["STEADY_MONGODB_URI"]
    with Instance(STEADY_RATE_LIMIT="0", STEADY_DATA_DIR=str(first)) as steady:
        before = everything(filled(steady))
    there = Admin().run("copy", "--from", first, "--to", uri)
    back = Admin().run("copy", "--from", uri, "--to", last)
    assert there == back
    assert there.endswith("both stores hold the same\n")
    for settings in [
        {"STEADY_MONGODB_URI": uri},
        {"STEADY_DATA_DIR": str(last)},
    ]:
        with Instance(STEADY_RATE_LIMIT="0", **settings) as steady:
            person = steady.sign_in("copy@example.org")
            assert everything(person) == before
            found = person.post("/api/tasks/search", json={"query": "cafe 59"})
            assert [task["title"] for task in found.json()] == [
                "caf\u00e9 59 \U0001f44d"
            ]
            assert len(titles(person, tag="a")) == 50
    assert "must be empty" in Admin().run(
        "copy", "--from", first, "--to", uri, status=1
    )


def test_copy_from_nothing_is_refused(tmp_path):
    said = Admin().run("copy", "--from", tmp_path, "--to", tmp_path, status=1)
    assert "There is no" in said and "steady.db" in said
