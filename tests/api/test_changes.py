"""GET /api/changes: what a client that was away has to know."""

import time

import pytest

from lib.api import add, add_list, broken, patch, problem
from lib.wait import wait_until

DAY = 86_400_000


def changes(client, since=None, **query):
    if since:
        query["since"] = since
    answer = client.get("/api/changes", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_nothing_at_first(user):
    first = changes(user)
    assert (first["tasks"], first["lists"], first["more"]) == ([], [], False)
    again = changes(user, first["next"])
    assert (again["tasks"], again["lists"]) == ([], [])


def test_without_token_it_is_everything_the_trash_too(user):
    home = add_list(user)
    task = add(user, "x", list_id=home["id"])
    gone = add(user, "gone")
    user.delete(f"/api/tasks/{gone['id']}")
    everything = changes(user)
    assert {one["id"] for one in everything["lists"]} == {home["id"]}
    by_id = {one["id"]: one for one in everything["tasks"]}
    assert set(by_id) == {task["id"], gone["id"]}
    assert by_id[task["id"]] == task
    assert by_id[gone["id"]]["deleted_at"]


def told(client, token):
    """What has changed, by id, and the next token.

    What is only just written may be told a second time, as it is now: other
    hosts' clocks may differ a little.
    """
    page = changes(client, token)
    tasks = {one["id"]: one for one in page["tasks"]}
    lists = {one["id"]: one for one in page["lists"]}
    return tasks, lists, page["next"]


def test_since_tells_each_kind_of_change(user):
    kept, task = add(user, "kept"), add(user, "task")
    home = add_list(user)
    token = changes(user)["next"]
    new = patch(user, task, title="new")
    tasks, _, token = told(user, token)
    assert tasks[task["id"]] == new
    assert tasks.get(kept["id"], kept) == kept
    user.delete(f"/api/tasks/{task['id']}")
    user.patch(f"/api/lists/{home['id']}", json={"name": "new"})
    tasks, lists, token = told(user, token)
    assert tasks[task["id"]]["deleted_at"]
    assert lists[home["id"]]["name"] == "new"
    user.post(f"/api/tasks/{task['id']}/restore")
    user.delete(f"/api/lists/{home['id']}")
    tasks, lists, token = told(user, token)
    assert tasks[task["id"]]["deleted_at"] is None
    assert lists[home["id"]]["deleted_at"]
    user.patch(f"/api/tasks/{kept['id']}", json={"tags": ["a"]})
    user.patch("/api/tags/a", json={"name": "b"})
    tasks, _, token = told(user, token)
    assert tasks[kept["id"]]["tags"] == ["b"]


def test_what_is_old_is_told_once(user):
    task = add(user)

    def nothing_new():
        tasks, _, _ = told(user, changes(user)["next"])
        return task["id"] not in tasks

    wait_until(nothing_new, "the task to be told no more", 30)


def test_pages_lead_through_everything(user):
    steps = [{"action": "create", "body": {"title": str(i)}} for i in range(25)]
    user.post("/api/tasks/batch", json={"operations": steps})
    token, seen, pages = None, {}, 0
    while True:
        page = changes(user, token, limit=10)
        seen |= {one["id"]: one["title"] for one in page["tasks"]}
        token = page["next"]
        pages += 1
        if not page["more"]:
            break
        assert len(page["tasks"]) == 10
    assert sorted(seen.values(), key=int) == [str(i) for i in range(25)]
    assert pages == 3


def test_nothing_written_meanwhile_is_missed(user):
    """Follow the feed while others write; the copy ends as the original."""
    copy, token = {}, None
    for i in range(30):
        task = add(user, str(i))
        if i % 3 == 0:
            patch(user, task, title=f"{i}!")
        if i % 5 == 0:
            user.delete(f"/api/tasks/{task['id']}")
        page = changes(user, token, limit=2)
        token = page["next"]
        copy |= {one["id"]: one for one in page["tasks"]}
    more = True
    while more:
        page = changes(user, token)
        token, more = page["next"], page["more"]
        copy |= {one["id"]: one for one in page["tasks"]}
    alive = {one["id"]: one for one in copy.values() if not one["deleted_at"]}
    listed = user.get("/api/tasks").json()
    assert alive == {one["id"]: one for one in listed}
    assert len(copy) == 30


def test_others_changes_are_not_told(user, other_user):
    token = changes(user)["next"]
    add(other_user, "theirs")
    assert changes(user, token)["tasks"] == []


@pytest.mark.parametrize("days,status", [(28, 200), (29, 410), (400, 410)])
def test_old_token_is_410(user, days, status):
    token = changes(user)["next"]
    issued, _, position = token.partition(".")
    assert abs(int(issued) - time.time() * 1000) < 60_000
    old = f"{int(issued) - days * DAY - 1000}.{position}"
    answer = user.get("/api/changes", params={"since": old})
    assert answer.status_code == status
    if status == 410:
        assert problem(answer, 410)["type"] == "/problems/token-expired"


@pytest.mark.parametrize("token", ["", "x", "1.x", "-1.AAAA", "a.b", "\u00e9"])
def test_made_up_token_is_400(user, token):
    answer = user.get("/api/changes", params={"since": token})
    assert broken(answer, 400) == {"since": "bad_token"}
