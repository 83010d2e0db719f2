"""Lists, subtasks, moving, the trash, and what comes back from it."""

import contextlib
import sqlite3
from urllib.parse import quote

import pytest

from lib.api import (
    add,
    add_list,
    at_once,
    broken,
    get,
    new_id,
    patch,
    problem,
    titles,
)


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def move(client, task, **body):
    answer = client.post(f"/api/tasks/{task['id']}/move", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def trash(client, task):
    assert client.delete(f"/api/tasks/{task['id']}").status_code == 204


def restore(client, task):
    answer = client.post(f"/api/tasks/{task['id']}/restore")
    assert answer.status_code == 200, answer.text
    return answer.json()


# -- Moving -----------------------------------------------------------------


def test_move_to_each_place(user):
    a, b, c, d = (add(user, name) for name in "abcd")
    move(user, a, to="bottom")
    assert titles(user) == list("bcda")
    move(user, d, to="top")
    assert titles(user) == list("dbca")
    move(user, a, before=b["id"])
    assert titles(user) == list("dabc")
    move(user, d, after=b["id"])
    assert titles(user) == list("abdc")
    move(user, c, after=b["id"])
    assert titles(user) == list("abcd")


def test_move_between_the_same_two_for_ever(user):
    """Halving leaves no number between them after some fifty moves."""
    low = add(user, "low", order=0)
    add(user, "high", order=1)
    x, y = add(user, "x"), add(user, "y")
    for turn in range(70):
        move(user, [x, y][turn % 2], after=low["id"])
        expected = ["low", "yx"[turn % 2 - 1], "xy"[turn % 2 - 1], "high"]
        if turn:
            assert titles(user) == expected, turn


def test_move_among_equal_numbers(user):
    made = [add(user, name, order=7) for name in "abcdef"]
    by_id = sorted(made, key=lambda task: task["id"])
    move(user, by_id[5], before=by_id[2]["id"])
    names = [task["title"] for task in by_id]
    assert titles(user) == names[:2] + [names[5]] + names[2:5]


def test_move_to_another_list_takes_subtasks_along(user):
    home = add_list(user)["id"]
    there = add(user, "there", list_id=home)
    top = add(user, "top")
    sub = add(user, "sub", parent_id=top["id"])
    leaf = add(user, "leaf", parent_id=sub["id"])
    moved = move(user, top, before=there["id"])
    assert moved["list_id"] == home
    assert get(user, sub)["list_id"] == home
    assert get(user, leaf)["list_id"] == home
    assert titles(user, list_id=home, parent_id="none") == ["top", "there"]
    assert move(user, top, list_id=None)["list_id"] is None
    assert get(user, leaf)["list_id"] is None


def test_move_below_another_and_out_again(user):
    top, task = add(user, "top"), add(user, "task")
    assert move(user, task, parent_id=top["id"])["parent_id"] == top["id"]
    assert move(user, task, parent_id=None)["parent_id"] is None


@pytest.mark.parametrize(
    "body,errors",
    [
        ({}, {"": "required"}),
        ({"to": "top", "before": new_id()}, {"": "ambiguous"}),
        ({"to": "middle"}, {"/to": "not_allowed"}),
        ({"to": None}, {"/to": "null_not_allowed"}),
        ({"before": "x"}, {"/before": "bad_id"}),
        ({"before": new_id()}, {"/before": "not_found"}),
        ({"after": new_id()}, {"/after": "not_found"}),
        ({"list_id": new_id()}, {"/list_id": "not_found"}),
        ({"parent_id": new_id()}, {"/parent_id": "not_found"}),
        ({"up": 1}, {"/up": "unknown_field"}),
    ],
)
def test_move_refuses(person, body, errors):
    task = add(person)
    answer = person.post(f"/api/tasks/{task['id']}/move", json=body)
    assert broken(answer) == errors
    assert get(person, task) == task


def test_move_next_to_itself_is_refused(person):
    task = add(person)
    path = f"/api/tasks/{task['id']}/move"
    answer = person.post(path, json={"before": task["id"]})
    assert broken(answer) == {"/before": "not_found"}


# -- Subtasks ---------------------------------------------------------------


def test_subtasks_are_in_their_parents_list(person):
    home = add_list(person)["id"]
    top = add(person, list_id=home)
    assert add(person, parent_id=top["id"])["list_id"] == home


def test_eight_levels_and_no_more(person):
    parent = add(person)
    for _ in range(7):
        parent = add(person, parent_id=parent["id"])
    body = {"title": "x", "parent_id": parent["id"]}
    answer = person.post("/api/tasks", json=body)
    assert broken(answer) == {"/parent_id": "too_deep"}


def test_a_tree_may_not_get_too_deep_by_moving_one_below_another(person):
    def chain(levels):
        made = [add(person)]
        for _ in range(levels - 1):
            made.append(add(person, parent_id=made[-1]["id"]))
        return made

    one, two = chain(5), chain(5)
    path = f"/api/tasks/{two[0]['id']}"
    answer = person.patch(path, json={"parent_id": one[-1]["id"]})
    assert broken(answer) == {"/parent_id": "too_deep"}
    assert patch(person, two[0], parent_id=one[2]["id"])


def test_no_cycle(person):
    top = add(person)
    sub = add(person, parent_id=top["id"])
    leaf = add(person, parent_id=sub["id"])
    for below in [top, sub, leaf]:
        path = f"/api/tasks/{top['id']}"
        body = {"parent_id": below["id"]}
        assert broken(person.patch(path, json=body)) == {"/parent_id": "cycle"}
        answer = person.post(f"{path}/move", json=body)
        assert broken(answer) == {"/parent_id": "cycle"}
    own = new_id()
    body = {"id": own, "title": "x", "parent_id": own}
    answer = person.post("/api/tasks", json=body)
    assert "/parent_id" in broken(answer)


def test_unknown_parent_or_list_is_422(person):
    for name in ["parent_id", "list_id"]:
        body = {"title": "x", name: new_id()}
        answer = person.post("/api/tasks", json=body)
        assert broken(answer) == {f"/{name}": "not_found"}


def test_deleted_parent_or_list_is_422(person):
    task, one = add(person), add_list(person)
    trash(person, task)
    person.delete(f"/api/lists/{one['id']}")
    for name, gone in [("parent_id", task), ("list_id", one)]:
        body = {"title": "x", name: gone["id"]}
        answer = person.post("/api/tasks", json=body)
        assert broken(answer) == {f"/{name}": "not_found"}


# -- Trash ------------------------------------------------------------------


def test_trash_takes_and_returns_the_whole_tree(user):
    top = add(user, "top")
    sub = add(user, "sub", parent_id=top["id"])
    leaf = add(user, "leaf", parent_id=sub["id"])
    trash(user, top)
    assert titles(user) == []
    gone = user.get("/api/tasks", params={"view": "trash"}).json()
    assert {task["title"] for task in gone} == {"top", "sub", "leaf"}
    assert len({task["deleted_at"] for task in gone}) == 1
    back = restore(user, top)
    assert back["deleted_at"] is None
    assert get(user, sub)["parent_id"] == top["id"]
    assert get(user, leaf)["parent_id"] == sub["id"]
    assert titles(user, view="trash") == []


def test_what_was_deleted_before_stays_deleted(user):
    top = add(user, "top")
    sub = add(user, "sub", parent_id=top["id"])
    trash(user, sub)
    trash(user, top)
    restore(user, top)
    assert titles(user) == ["top"]
    assert titles(user, view="trash") == ["sub"]


def test_subtask_restored_alone_stands_alone(user):
    top = add(user, "top")
    sub = add(user, "sub", parent_id=top["id"])
    trash(user, top)
    assert restore(user, sub)["parent_id"] is None
    assert titles(user) == ["sub"]


def test_task_of_a_deleted_list_restored_alone_is_in_the_inbox(user):
    home = add_list(user)
    task = add(user, "x", list_id=home["id"])
    assert user.delete(f"/api/lists/{home['id']}").status_code == 204
    assert restore(user, task)["list_id"] is None
    assert titles(user, view="inbox") == ["x"]


def test_restore_is_repeatable_and_harmless(person):
    task = add(person)
    assert restore(person, task) == task
    trash(person, task)
    first = restore(person, task)
    assert restore(person, task) == first
    problem(person.post(f"/api/tasks/{new_id()}/restore"), 404)


@pytest.fixture
def raced(user):
    """A task with five subtasks, deleted and restored at the same time."""
    top = add(user, "top")
    for i in range(5):
        add(user, f"sub {i}", parent_id=top["id"])

    def turn(i):
        path = f"/api/tasks/{top['id']}"
        return user.post(f"{path}/restore") if i % 2 else user.delete(path)

    answers = at_once(8, turn)
    assert {one.status_code for one in answers} <= {200, 204, 412}
    return top


def test_delete_and_restore_at_once_lose_nothing(user, raced):
    found = titles(user) + titles(user, view="trash")
    assert len(found) == len(set(found)) == 6


# -- Lists ------------------------------------------------------------------


def test_list_with_every_field(user):
    sent = {"id": new_id(), "name": "Home", "color": "#33aa77", "order": 2.5}
    answer = user.post("/api/lists", json=sent)
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in sent} == sent
    assert set(made) == {
        "id", "name", "color", "order", "version", "open", "total",
        "created_at", "updated_at", "deleted_at",
    }  # fmt: skip
    assert answer.headers["etag"] == '"1"'
    assert user.get(answer.headers["location"]).json() == made
    again = user.post("/api/lists", json={**sent, "name": "Other"})
    assert again.status_code == 200
    assert again.json() == made
    assert user.get("/api/lists").json() == [made]


def test_lists_come_in_their_order(user):
    for name, order in [("c", 3), ("a", 1), ("b", 2)]:
        add_list(user, name, order=order)
    names = [one["name"] for one in user.get("/api/lists").json()]
    assert names == ["a", "b", "c"]


def test_list_counts_its_tasks(user):
    home = add_list(user)
    add(user, list_id=home["id"])
    add(user, list_id=home["id"], completed=True)
    trash(user, add(user, list_id=home["id"]))
    for one in [
        user.get(f"/api/lists/{home['id']}").json(),
        user.get("/api/lists").json()[0],
        user.patch(f"/api/lists/{home['id']}", json={"order": 1}).json(),
    ]:
        assert (one["open"], one["total"]) == (1, 2)


@pytest.mark.parametrize(
    "fields,errors",
    [
        ({}, {"/name": "required"}),
        ({"name": ""}, {"/name": "too_short"}),
        ({"name": "x" * 101}, {"/name": "too_long"}),
        ({"name": "x", "color": "Red"}, {"/color": "bad_color"}),
        ({"name": "x", "color": "#12345"}, {"/color": "bad_color"}),
        ({"name": "x", "color": "#12345g"}, {"/color": "bad_color"}),
        ({"name": "x", "color": "a" * 21}, {"/color": "too_long"}),
        ({"name": "x", "order": "1"}, {"/order": "wrong_type"}),
        ({"name": "x", "open": 1}, {"/open": "read_only"}),
        (
            {"name": 1, "color": 1, "size": 1},
            {
                "/name": "wrong_type",
                "/color": "wrong_type",
                "/size": "unknown_field",
            },
        ),
    ],
)
def test_list_refuses(person, fields, errors):
    assert broken(person.post("/api/lists", json=fields)) == errors


@pytest.mark.parametrize("color", ["red", "#000000", "#FFaa09", None])
def test_colors(person, color):
    assert add_list(person, color=color)["color"] == color


def test_list_patch_touches_what_it_names(person):
    made = add_list(person, "Home", color="red")
    path = f"/api/lists/{made['id']}"
    after = person.patch(path, json={"name": "New"}).json()
    assert (after["name"], after["color"]) == ("New", "red")
    after = person.patch(path, json={"color": None}).json()
    assert (after["name"], after["color"]) == ("New", None)
    assert person.patch(path, json={}).json() == after


def test_deleted_list_and_its_tasks_come_back_together(user):
    home = add_list(user, "Home")
    path = f"/api/lists/{home['id']}"
    before = add(user, "deleted before", list_id=home["id"])
    trash(user, before)
    top = add(user, "top", list_id=home["id"])
    add(user, "sub", parent_id=top["id"])
    add(user, "inbox")
    for _ in range(2):
        assert user.delete(path).status_code == 204
    problem(user.get(path), 404)
    assert titles(user) == ["inbox"]
    assert user.get("/api/lists").json() == []
    gone = user.get("/api/lists", params={"view": "trash"}).json()
    assert [one["name"] for one in gone] == ["Home"]
    back = user.post(f"{path}/restore")
    assert back.status_code == 200
    assert (back.json()["open"], back.json()["total"]) == (2, 2)
    assert titles(user, list_id=home["id"]) == ["top", "sub"]
    assert titles(user, view="trash") == ["deleted before"]


# -- Tags -------------------------------------------------------------------

NAMES = ["a/b", "100%", "%41", "a b", "a+b", "caf\u00e9", "\u65e5\u672c", "...",
         "?x=1#y", "\U0001f3e0", "\u05e9\u05dc", "'\"<>"]  # fmt: skip


def tag_path(name):
    return f"/api/tags/{quote(name, safe='')}"


def tags(client):
    answer = client.get("/api/tags").json()
    return {tag["name"]: (tag["open"], tag["total"]) for tag in answer}


def test_tags_are_counted(user):
    add(user, tags=["a", "b"])
    add(user, tags=["a"], completed=True)
    trash(user, add(user, tags=["a", "c"]))
    assert tags(user) == {"a": (1, 2), "b": (1, 1)}


@pytest.mark.parametrize("name", NAMES)
def test_tag_of_any_name_is_renamed_and_deleted(user, name):
    task = add(user, tags=["first", name])
    answer = user.patch(tag_path(name), json={"name": name + "!"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"name": name + "!", "open": 1, "total": 1}
    after = get(user, task)
    assert sorted(after["tags"]) == sorted(["first", name + "!"])
    assert after["version"] == task["version"] + 1
    assert user.delete(tag_path(name + "!")).status_code == 204
    assert get(user, task)["tags"] == ["first"]


def test_rename_into_another_merges(user):
    both = add(user, tags=["a", "x", "b"])
    one = add(user, tags=["a"])
    answer = user.patch("/api/tags/a", json={"name": "b"})
    assert answer.json() == {"name": "b", "open": 2, "total": 2}
    assert sorted(get(user, both)["tags"]) == ["b", "x"]
    assert get(user, one)["tags"] == ["b"]
    assert set(tags(user)) == {"b", "x"}


@pytest.mark.parametrize("wrong", ["", "x" * 51, None, 1])
def test_rename_refuses(person, wrong):
    add(person, tags=["old"])
    answer = person.patch("/api/tags/old", json={"name": wrong})
    assert list(broken(answer)) == ["/name"]


@pytest.mark.parametrize("name", [".", ".."])
def test_tag_that_no_url_can_name_is_refused(person, name):
    tags = ["old", name]
    answer = person.post("/api/tasks", json={"title": "x", "tags": tags})
    assert broken(answer) == {"/tags/1": "not_allowed"}
    task = add(person, tags=["old"])
    answer = person.patch(f"/api/tasks/{task['id']}", json={"tags": tags})
    assert broken(answer) == {"/tags/1": "not_allowed"}
    answer = person.patch("/api/tags/old", json={"name": name})
    assert broken(answer) == {"/name": "not_allowed"}


@pytest.fixture
def put_tag(instance, store, request):
    """put_tag(title, old, new): behind the API's back, as long as the old."""

    def put_sqlite(title, old, new):
        file = instance.data_dir / "steady.db"
        with contextlib.closing(sqlite3.connect(file)) as db, db:
            where = "WHERE title = ?"
            [tags] = db.execute(f"SELECT tags FROM tasks {where}", [title])
            packed = tags[0].replace(old.encode(), new.encode())
            db.execute(f"UPDATE tasks SET tags = ? {where}", [packed, title])

    def put_mongodb(title, old, new):
        with request.getfixturevalue("mongodb").client() as client:
            client["shared"].tasks.update_one(
                {"title": title, "tags": old}, {"$set": {"tags.$": new}}
            )

    return put_sqlite if store == "sqlite" else put_mongodb


def test_tag_that_no_url_can_name_is_read_and_taken_off(user, put_tag):
    """One that an earlier release let in."""
    task = add(user, new_id(), tags=["x", "ab"])
    put_tag(task["title"], "ab", "..")
    found = user.get("/api/tasks", params={"tag": ".."}).json()
    assert [one["tags"] for one in found] == [["x", ".."]]
    assert tags(user) == {"x": (1, 1), "..": (1, 1)}
    assert patch(user, task, title="new")["tags"] == ["x", ".."]
    assert patch(user, task, tags=["x"])["tags"] == ["x"]


def test_unknown_tag_is_404(person):
    problem(person.patch("/api/tags/nothing", json={"name": "x"}), 404)
    problem(person.delete("/api/tags/nothing"), 404)


def test_rename_leaves_others_alone(user, other_user):
    add(user, tags=["home"])
    theirs = add(other_user, tags=["home"])
    user.patch("/api/tags/home", json={"name": "new"})
    user.delete("/api/tags/new")
    assert get(other_user, theirs) == theirs
