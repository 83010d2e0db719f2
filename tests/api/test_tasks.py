"""Tasks: every field and its limits, creating, reading, changing, deleting."""

import re

import pytest

from lib.api import add, add_list, broken, get, new_id, patch, problem

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FIELDS = {
    "id", "url", "version", "title", "notes", "completed", "completed_at",
    "list_id", "parent_id", "order", "priority", "tags", "due", "start",
    "recurrence", "completion_count", "last_completed_at", "created_at",
    "updated_at", "deleted_at",
}  # fmt: skip


def create(user, **fields):
    return user.post("/api/tasks", json={"title": "A task", **fields})


@pytest.fixture(scope="module")
def person(instance):
    """Someone whose other tasks a test does not mind."""
    return instance.sign_up()


@pytest.fixture(scope="module")
def empty(instance):
    """Someone for whom nothing is ever created."""
    return instance.sign_up()


# -- Creating and reading ---------------------------------------------------


def test_a_title_is_enough(person, instance):
    answer = person.post("/api/tasks", json={"title": "Pay rent"})
    assert answer.status_code == 201
    task = answer.json()
    assert set(task) == FIELDS
    url = f"{instance.url}/api/tasks/{task['id']}"
    assert answer.headers["location"] == url
    assert answer.headers["etag"] == '"1"'
    assert INSTANT.fullmatch(task.pop("created_at"))
    assert INSTANT.fullmatch(task.pop("updated_at"))
    assert isinstance(task.pop("order"), int | float)
    del task["id"]
    assert task == {
        "url": url, "version": 1, "title": "Pay rent", "notes": "",
        "completed": False, "completed_at": None, "list_id": None,
        "parent_id": None, "priority": "none", "tags": [], "due": None,
        "start": None, "recurrence": None, "completion_count": 0,
        "last_completed_at": None, "deleted_at": None,
    }  # fmt: skip


def test_every_field_comes_back_as_it_was_sent(person):
    home = add_list(person)
    parent = add(person, list_id=home["id"])
    sent = {
        "id": new_id(),
        "title": "Pay rent",
        "notes": "To the landlord.\nBy transfer.",
        "completed": False,
        "list_id": home["id"],
        "parent_id": parent["id"],
        "order": -1024.5,
        "priority": "high",
        "tags": ["home", "money"],
        "due": {
            "date": "2026-11-30",
            "time": "09:00",
            "time_zone": "Europe/Berlin",
        },
        "start": "2026-11-01",
        "recurrence": {"rrule": "FREQ=MONTHLY;BYMONTHDAY=-1", "from": "due"},
    }
    created = person.post("/api/tasks", json=sent).json()
    assert {name: created[name] for name in sent} == sent
    assert get(person, created) == created
    listed = person.get("/api/tasks", params={"parent_id": parent["id"]})
    assert listed.json() == [created]


def test_location_leads_to_the_task(person):
    answer = person.post("/api/tasks", json={"title": "x"})
    assert person.get(answer.headers["location"]).json() == answer.json()


def test_created_completed_has_an_instant(person):
    task = add(person, completed=True)
    assert task["completed"] is True
    assert INSTANT.fullmatch(task["completed_at"])


def test_order_of_new_tasks_is_that_of_their_making(user):
    made = [add(user, str(i))["title"] for i in range(5)]
    listed = [task["title"] for task in user.get("/api/tasks").json()]
    assert listed == made


def test_own_id_is_created_once(user):
    sent = {"id": new_id(), "title": "first"}
    first = user.post("/api/tasks", json=sent)
    assert first.status_code == 201
    assert first.json()["id"] == sent["id"]
    again = user.post("/api/tasks", json={**sent, "title": "second"})
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"]
    assert len(user.get("/api/tasks").json()) == 1


def test_two_people_may_use_the_same_id(user, other_user):
    sent = {"id": new_id(), "title": "mine"}
    assert user.post("/api/tasks", json=sent).status_code == 201
    theirs = other_user.post("/api/tasks", json={**sent, "title": "theirs"})
    assert theirs.status_code == 201
    assert get(user, sent)["title"] == "mine"
    assert get(other_user, sent)["title"] == "theirs"


# -- Limits of each field ---------------------------------------------------

GOOD = [
    ("title", "x"),
    ("title", "x" * 500),
    ("title", "\U0001f600" * 500),
    ("title", " x "),
    ("notes", ""),
    ("notes", "n" * 16384),
    ("completed", True),
    ("order", 0),
    ("order", 1e15),
    ("order", -1e15),
    ("order", 0.1),
    ("priority", "none"),
    ("priority", "low"),
    ("priority", "medium"),
    ("priority", "high"),
    ("tags", []),
    ("tags", ["x" * 50]),
    ("tags", ["\u00e9" * 50]),
    ("tags", [f"t{i}" for i in range(50)]),
    ("due", None),
    ("due", {"date": "2024-02-29", "time": None, "time_zone": None}),
    ("due", {"date": "2026-01-01", "time": "00:00", "time_zone": None}),
    ("due", {"date": "2026-01-01", "time": "23:59", "time_zone": None}),
    ("due", {"date": "2026-01-01", "time": "12:00", "time_zone": "UTC"}),
    ("start", None),
    ("start", "2026-12-31"),
    ("list_id", None),
    ("parent_id", None),
]

BAD = [
    ("title", "", "/title", "too_short"),
    ("title", " \t\u3000", "/title", "too_short"),
    ("title", "x" * 501, "/title", "too_long"),
    ("title", "\U0001f600" * 501, "/title", "too_long"),
    ("title", None, "/title", "null_not_allowed"),
    ("title", 7, "/title", "wrong_type"),
    ("title", ["x"], "/title", "wrong_type"),
    ("notes", "n" * 16385, "/notes", "too_long"),
    ("notes", None, "/notes", "null_not_allowed"),
    ("notes", {}, "/notes", "wrong_type"),
    ("completed", "true", "/completed", "wrong_type"),
    ("completed", 1, "/completed", "wrong_type"),
    ("completed", None, "/completed", "null_not_allowed"),
    ("order", "1", "/order", "wrong_type"),
    ("order", 1e15 + 1, "/order", "out_of_range"),
    ("order", -1e15 - 1, "/order", "out_of_range"),
    ("order", None, "/order", "null_not_allowed"),
    ("priority", "urgent", "/priority", "not_allowed"),
    ("priority", "High", "/priority", "not_allowed"),
    ("priority", 1, "/priority", "wrong_type"),
    ("priority", None, "/priority", "null_not_allowed"),
    ("tags", "home", "/tags", "wrong_type"),
    ("tags", None, "/tags", "null_not_allowed"),
    ("tags", ["a", ""], "/tags/1", "too_short"),
    ("tags", ["x" * 51], "/tags/0", "too_long"),
    ("tags", [1], "/tags/0", "wrong_type"),
    ("tags", [f"t{i}" for i in range(51)], "/tags", "too_many_items"),
    ("due", "2026-11-30", "/due", "wrong_type"),
    ("due", {}, "/due/date", "required"),
    ("due", {"time": "09:00"}, "/due/date", "required"),
    ("due", {"date": "2026-02-29"}, "/due/date", "bad_date"),
    ("due", {"date": "2026-13-01"}, "/due/date", "bad_date"),
    ("due", {"date": "2026-1-1"}, "/due/date", "bad_date"),
    ("due", {"date": 20261130}, "/due/date", "wrong_type"),
    ("due", {"date": "2026-11-30", "time": "24:00"}, "/due/time", "bad_time"),
    ("due", {"date": "2026-11-30", "time": "9:00"}, "/due/time", "bad_time"),
    ("due", {"date": "2026-11-30", "x": 1}, "/due/x", "unknown_field"),
    (
        "due",
        {"date": "2026-11-30", "time_zone": "UTC"},
        "/due/time",
        "required",
    ),
    (
        "due",
        {"date": "2026-11-30", "time": "09:00", "time_zone": "Mars/Olympus"},
        "/due/time_zone",
        "unknown_zone",
    ),
    ("start", "tomorrow", "/start", "bad_date"),
    ("start", 1, "/start", "wrong_type"),
    ("list_id", "inbox", "/list_id", "bad_id"),
    ("list_id", 1, "/list_id", "wrong_type"),
    ("parent_id", "none", "/parent_id", "bad_id"),
    ("id", "7", "/id", "bad_id"),
    ("id", None, "/id", "null_not_allowed"),
    (
        "id",
        "00000000-0000-0000-0000-000000000000",
        "/id",
        "bad_id",
    ),
    ("recurrence", {"from": "due"}, "/recurrence/rrule", "required"),
    ("recurrence", "FREQ=DAILY", "/recurrence", "wrong_type"),
    ("owner", "x", "/owner", "unknown_field"),
    ("due_key", 1, "/due_key", "unknown_field"),
    ("Title", "x", "/Title", "unknown_field"),
    ("a/b~c", 1, "/a~1b~0c", "unknown_field"),
    *[
        (name, None, f"/{name}", "read_only")
        for name in [
            "url",
            "version",
            "completed_at",
            "created_at",
            "updated_at",
            "deleted_at",
            "completion_count",
            "last_completed_at",
        ]
    ],
]


@pytest.mark.parametrize("name,value", GOOD)
def test_takes(person, name, value):
    answer = create(person, **{name: value})
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert created[name] == value
    assert get(person, created) == created
    other = add(person)
    assert patch(person, other, **{name: value})[name] == value


@pytest.mark.parametrize("name,value,pointer,code", BAD)
def test_refuses(empty, name, value, pointer, code):
    assert broken(create(empty, **{name: value})) == {pointer: code}
    assert empty.get("/api/tasks").json() == []


PATCHED = [case for case in BAD if case[0] not in ("id", "due", "recurrence")]


@pytest.mark.parametrize("name,value,pointer,code", PATCHED)
def test_refuses_as_a_change(person, name, value, pointer, code):
    task = add(person)
    answer = person.patch(f"/api/tasks/{task['id']}", json={name: value})
    assert broken(answer) == {pointer: code}
    assert get(person, task) == task


def test_title_is_required(person):
    assert broken(person.post("/api/tasks", json={})) == {"/title": "required"}


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "true"])
def test_body_must_be_an_object(person, body):
    headers = {"Content-Type": "application/json"}
    answer = person.post("/api/tasks", content=body, headers=headers)
    assert broken(answer) == {"": "wrong_type"}


def test_same_tag_twice_is_one(person):
    assert add(person, tags=["a", "b", "a"])["tags"] == ["a", "b"]


def test_start_after_due_is_refused(person):
    answer = create(person, due={"date": "2026-11-30"}, start="2026-12-01")
    assert broken(answer) == {"/start": "after_due"}


def test_all_errors_come_at_once_and_none_echoes_a_value(person):
    answer = create(
        person,
        title="",
        notes=7,
        priority="SECRET-VALUE",
        tags=["", "ok", 3],
        due={"date": "SECRET-VALUE", "time": "25:00", "when": 1},
        order="SECRET-VALUE",
        version=3,
        color="SECRET-VALUE",
    )
    assert broken(answer) == {
        "/title": "too_short",
        "/notes": "wrong_type",
        "/priority": "not_allowed",
        "/tags/0": "too_short",
        "/tags/2": "wrong_type",
        "/due/date": "bad_date",
        "/due/time": "bad_time",
        "/due/when": "unknown_field",
        "/order": "wrong_type",
        "/version": "read_only",
        "/color": "unknown_field",
    }
    assert "SECRET-VALUE" not in answer.text


# -- Merge patch ------------------------------------------------------------

FULL = {
    "notes": "n",
    "priority": "low",
    "tags": ["a"],
    "due": {"date": "2026-11-30", "time": "09:00", "time_zone": "UTC"},
    "start": "2026-11-01",
    "recurrence": {"rrule": "FREQ=DAILY", "from": "completion"},
}


def changed(task, **fields):
    """What it is expected to be after a change of these fields."""
    return {**task, "version": task["version"] + 1, **fields}


def without_time(task):
    return {k: v for k, v in task.items() if k != "updated_at"}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "new"},
        {"notes": ""},
        {"priority": "high"},
        {"tags": []},
        {"order": 5},
        {"start": None},
        {"recurrence": None},
    ],
)
def test_patch_touches_what_it_names(person, fields):
    task = add(person, **FULL)
    after = patch(person, task, **fields)
    assert without_time(after) == without_time(changed(task, **fields))
    assert after["updated_at"] >= task["updated_at"]
    assert get(person, task) == after


@pytest.mark.parametrize(
    "part,whole",
    [
        ({"time": "10:30"}, ("2026-11-30", "10:30", "UTC")),
        ({"time_zone": None}, ("2026-11-30", "09:00", None)),
        ({"time": None, "time_zone": None}, ("2026-11-30", None, None)),
        ({"date": "2026-12-24"}, ("2026-12-24", "09:00", "UTC")),
        ({"time_zone": "Asia/Tokyo"}, ("2026-11-30", "09:00", "Asia/Tokyo")),
        ({}, ("2026-11-30", "09:00", "UTC")),
    ],
)
def test_patch_of_a_part_of_due(person, part, whole):
    task = add(person, **FULL)
    expected = dict(zip(["date", "time", "time_zone"], whole, strict=True))
    assert patch(person, task, due=part)["due"] == expected


def test_patch_of_a_part_of_the_recurrence(person):
    task = add(person, **FULL)
    after = patch(person, task, recurrence={"rrule": "FREQ=WEEKLY"})
    assert after["recurrence"] == {"rrule": "FREQ=WEEKLY", "from": "completion"}
    after = patch(person, task, recurrence={"from": "due"})
    assert after["recurrence"] == {"rrule": "FREQ=WEEKLY", "from": "due"}


def test_due_cannot_go_while_the_task_recurs(person):
    task = add(person, **FULL)
    path = f"/api/tasks/{task['id']}"
    answer = person.patch(path, json={"due": None})
    assert broken(answer) == {"/due/date": "required"}
    after = patch(person, task, due=None, recurrence=None)
    assert after["due"] is None
    assert after["recurrence"] is None


def test_patch_gives_a_due_to_a_task_without(person):
    task = add(person)
    path = f"/api/tasks/{task['id']}"
    answer = person.patch(path, json={"due": {"time": "09:00"}})
    assert broken(answer) == {"/due/date": "required"}
    due = {"date": "2026-11-30", "time": "09:00"}
    assert patch(person, task, due=due)["due"] == {**due, "time_zone": None}


def test_null_date_alone_is_refused(person):
    task = add(person, due={"date": "2026-11-30"})
    path = f"/api/tasks/{task['id']}"
    answer = person.patch(path, json={"due": {"date": None}})
    assert broken(answer) == {"/due/date": "null_not_allowed"}


def test_empty_patch_changes_nothing(person):
    task = add(person)
    assert patch(person, task) == task


def test_merge_patch_media_type(person):
    task = add(person)
    answer = person.patch(
        f"/api/tasks/{task['id']}",
        content='{"title":"new"}',
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.json()["title"] == "new"


def test_id_cannot_be_changed(person):
    task = add(person)
    answer = person.patch(f"/api/tasks/{task['id']}", json={"id": new_id()})
    assert broken(answer) == {"/id": "read_only"}


def test_completing_and_reopening(person):
    task = add(person)
    done = patch(person, task, completed=True)
    assert INSTANT.fullmatch(done["completed_at"])
    again = patch(person, task, completed=True)
    assert again["completed_at"] == done["completed_at"]
    opened = patch(person, task, completed=False)
    assert opened["completed"] is False
    assert opened["completed_at"] is None


# -- Deleting, and paths that are not there ---------------------------------


def test_delete_is_repeatable(person):
    task = add(person)
    path = f"/api/tasks/{task['id']}"
    for _ in range(2):
        answer = person.delete(path)
        assert answer.status_code == 204
        assert answer.content == b""
    problem(person.get(path), 404)
    problem(person.patch(path, json={"title": "x"}), 404)
    problem(person.post(f"{path}/move", json={"to": "top"}), 404)


@pytest.mark.parametrize("wrong", ["7", "x" * 500, "%00", "..%2f", "%ff"])
def test_an_id_that_is_none_is_not_found(person, wrong):
    assert person.get(f"/api/tasks/{wrong}").status_code in (400, 404)


def test_put_is_not_offered(person):
    task = add(person)
    answer = person.put(f"/api/tasks/{task['id']}", json={"title": "x"})
    problem(answer, 405)
    allowed = set(answer.headers["allow"].split(", "))
    assert allowed == {"GET", "PATCH", "DELETE"}


def test_head_is_get_without_a_body(person):
    task = add(person)
    answer = person.head(f"/api/tasks/{task['id']}")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["etag"] == '"1"'


def test_unknown_path_is_a_problem(person):
    problem(person.get("/api/nothing"), 404)


def test_nobody_signed_in_is_401(anonymous):
    problem(anonymous.get("/api/tasks"), 401)
    problem(anonymous.post("/api/tasks", json={"title": "x"}), 401)
