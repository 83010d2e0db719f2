"""GET /api/tasks: filters, views, sorts, pages; DELETE with a filter."""

import datetime

import pytest

from lib.api import add, add_list, broken, new_id, patch, problem, titles

TODAY = datetime.datetime.now(datetime.UTC).date()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def pages(client, **query):
    """All tasks, page by page as the Link header leads; and page sizes."""
    tasks, sizes = [], []
    answer = client.get("/api/tasks", params=query)
    while True:
        assert answer.status_code == 200, answer.text
        tasks += answer.json()
        sizes.append(len(answer.json()))
        if "next" not in answer.links:
            return tasks, sizes
        answer = client.get(answer.links["next"]["url"])


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


# -- Pages ------------------------------------------------------------------

MANY = 120
SORTS = {
    "order": lambda task: task["order"],
    "due": lambda task: task["due"]["date"] if task["due"] else "9999",
    "priority": lambda task: ["none", "low", "medium", "high"].index(
        task["priority"]
    ),
    "created_at": lambda task: task["created_at"],
    "updated_at": lambda task: task["updated_at"],
}


@pytest.fixture(scope="module")
def many(instance):
    """Someone with 120 open tasks, many alike in each value."""
    client = instance.sign_up()
    steps = [
        {
            "action": "create",
            "body": {
                "title": f"task {i}",
                "order": i % 7,
                "priority": ["none", "low", "medium", "high"][i % 4],
                "due": {"date": day(i % 5)} if i % 3 else None,
            },
        }
        for i in range(MANY)
    ]
    for part in [steps[:60], steps[60:]]:
        answer = client.post("/api/tasks/batch", json={"operations": part})
        answer = answer.json()
        assert {one["status"] for one in answer["results"]} == {201}
    return client


@pytest.mark.parametrize("limit", [1, 7, 50, 60, 120, 200])
def test_pages_hold_every_task_once(many, limit):
    tasks, sizes = pages(many, limit=limit)
    assert len({task["id"] for task in tasks}) == len(tasks) == MANY
    assert sizes == [limit] * (MANY // limit) + (
        [MANY % limit] if MANY % limit else []
    )


def test_default_page_has_fifty(many):
    assert pages(many)[1] == [50, 50, 20]


@pytest.mark.parametrize("turned", ["", "-"])
@pytest.mark.parametrize("sort", SORTS)
def test_sort_holds_over_pages_and_ties_are_broken_by_id(many, sort, turned):
    tasks, _ = pages(many, sort=turned + sort, limit=17)
    expected = sorted(
        tasks,
        key=lambda task: (SORTS[sort](task), task["id"]),
        reverse=bool(turned),
    )
    assert [task["id"] for task in tasks] == [task["id"] for task in expected]
    assert len(tasks) == MANY


def test_pages_keep_the_filter(many):
    tasks, sizes = pages(many, priority="high", limit=8)
    assert {task["priority"] for task in tasks} == {"high"}
    assert sizes == [8, 8, 8, 6]


def test_page_goes_on_where_it_was_when_tasks_come_and_go(user):
    made = [add(user, str(i), order=i) for i in range(6)]
    first = user.get("/api/tasks", params={"limit": 3})
    user.delete(f"/api/tasks/{made[2]['id']}")
    add(user, "before", order=-1)
    second = user.get(first.links["next"]["url"]).json()
    assert [task["title"] for task in second] == ["3", "4", "5"]


def test_cursor_of_another_sort_is_refused(many):
    first = many.get("/api/tasks", params={"limit": 1, "sort": "due"})
    url = first.links["next"]["url"].replace("sort=due", "sort=priority")
    problem(many.get(url), 400)


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "%00", "\u00e9", "x" * 500]
)
def test_unreadable_cursor_is_400(many, cursor):
    problem(many.get("/api/tasks", params={"cursor": cursor}), 400)


# -- Filters ----------------------------------------------------------------


def test_filters(user):
    home = add_list(user)["id"]
    top = add(user, "top", list_id=home, priority="high", tags=["a", "b"])
    add(user, "sub", parent_id=top["id"], tags=["b"])
    add(user, "inbox", due={"date": "2026-11-30"})
    add(user, "done", completed=True, due={"date": "2026-12-01"})
    everything = ["top", "sub", "inbox", "done"]
    assert titles(user) == everything
    for query, expected in [
        ({"list_id": home}, ["top", "sub"]),
        ({"list_id": "inbox"}, ["inbox", "done"]),
        ({"list_id": "none"}, ["inbox", "done"]),
        ({"list_id": new_id()}, []),
        ({"tag": "a"}, ["top"]),
        ({"tag": "b"}, ["top", "sub"]),
        ({"tag": "A"}, []),
        ({"priority": "high"}, ["top"]),
        ({"priority": "none"}, ["sub", "inbox", "done"]),
        ({"completed": "true"}, ["done"]),
        ({"completed": "false"}, ["top", "sub", "inbox"]),
        ({"parent_id": top["id"]}, ["sub"]),
        ({"parent_id": "none"}, ["top", "inbox", "done"]),
        ({"due_from": "2026-12-01"}, ["done"]),
        ({"due_to": "2026-11-30"}, ["inbox"]),
        ({"due_from": "2026-11-30", "due_to": "2026-12-01"}, ["inbox", "done"]),
        ({"list_id": home, "tag": "b", "parent_id": "none"}, ["top"]),
    ]:
        assert titles(user, **query) == expected, query


def test_deleted_tasks_are_in_no_list_but_the_trash(user):
    task = add(user, "gone")
    user.delete(f"/api/tasks/{task['id']}")
    assert titles(user) == []
    assert titles(user, view="trash") == ["gone"]


def test_views(user):
    home = add_list(user)["id"]
    add(user, "late", due={"date": day(-2)})
    add(user, "today", due={"date": day(0)})
    add(user, "tomorrow", due={"date": day(1)}, list_id=home)
    add(user, "hidden", due={"date": day(5)}, start=day(3))
    add(user, "undated")
    add(user, "done", due={"date": day(0)}, completed=True)
    for view, expected in [
        ("inbox", ["late", "today", "hidden", "undated"]),
        ("today", ["late", "today"]),
        ("overdue", ["late"]),
        ("upcoming", ["tomorrow", "hidden"]),
        ("completed", ["done"]),
        ("trash", []),
    ]:
        assert titles(user, view=view, tz="UTC") == expected, view


def test_completed_has_the_latest_first(user):
    for title in ["first", "second", "third"]:
        patch(user, add(user, title), completed=True)
    assert titles(user, view="completed") == ["third", "second", "first"]


def test_today_is_the_readers_day(user):
    """At any instant it is another day somewhere on these two islands."""
    zones = ["Pacific/Kiritimati", "Pacific/Niue"]
    now = datetime.datetime.now(datetime.UTC)
    east = (now + datetime.timedelta(hours=14)).date().isoformat()
    west = (now - datetime.timedelta(hours=11)).date().isoformat()
    assert east > west
    add(user, "x", due={"date": east})
    assert titles(user, view="today", tz=zones[0]) == ["x"]
    assert titles(user, view="today", tz=zones[1]) == []
    assert titles(user, view="upcoming", tz=zones[1]) == ["x"]


def test_a_time_with_a_zone_is_due_on_the_readers_day(user):
    """Tokyo's morning of the 30th is New York's evening of the 29th."""
    due = {"date": "2026-11-30", "time": "09:00", "time_zone": "Asia/Tokyo"}
    add(user, "x", due=due)
    for zone, date in [
        ("Asia/Tokyo", "2026-11-30"),
        ("America/New_York", "2026-11-29"),
    ]:
        query = {"due_from": date, "due_to": date, "tz": zone}
        assert titles(user, **query) == ["x"], zone
    query = {"due_from": "2026-11-30", "tz": "America/New_York"}
    assert titles(user, **query) == []


# -- What is refused --------------------------------------------------------

WRONG = [
    ("limit", "0"),
    ("limit", "201"),
    ("limit", "-1"),
    ("limit", "ten"),
    ("limit", ""),
    ("sort", "title"),
    ("sort", "--due"),
    ("sort", ""),
    ("sort", "deleted_at"),
    ("view", "week"),
    ("view", ""),
    ("completed", "yes"),
    ("completed", "TRUE"),
    ("priority", "urgent"),
    ("due_from", "today"),
    ("due_to", "2026-02-30"),
    ("tz", "Mars/Olympus"),
    ("tz", "../../etc/passwd"),
    ("list_id", "7"),
    ("parent_id", "x"),
]


@pytest.mark.parametrize("name,value", WRONG)
def test_wrong_value_is_400_and_names_the_parameter(person, name, value):
    answer = person.get("/api/tasks", params={name: value})
    assert list(broken(answer, 400)) == [name]


def test_all_wrong_values_are_named_at_once(person):
    answer = person.get("/api/tasks?limit=0&sort=x&view=y&due_from=z")
    assert set(broken(answer, 400)) == {"limit", "sort", "view", "due_from"}


@pytest.mark.parametrize(
    "method,path",
    [
        ("GET", "/api/tasks"),
        ("POST", "/api/tasks"),
        ("DELETE", "/api/tasks"),
        ("GET", "/api/lists"),
        ("GET", "/api/tags"),
        ("GET", "/api/changes"),
        ("GET", "/api/me"),
        ("GET", "/api/session"),
    ],
)
def test_unknown_parameter_is_400_and_named(person, method, path):
    options = {"json": {"title": "x"}} if method == "POST" else {}
    answer = person.request(method, f"{path}?colour=1", **options)
    errors = problem(answer, 400).get("errors")
    assert [error["pointer"] for error in errors] == ["colour"]


@pytest.mark.parametrize("name", ["limit", "cursor", "sort"])
def test_paging_does_not_go_with_delete(person, name):
    answer = person.delete("/api/tasks", params={name: "1"})
    assert list(broken(answer, 400)) == [name]


@pytest.mark.parametrize("query", ["%ff=1", "tag=%ff", "tag=%00", "tag=%zz"])
def test_unreadable_query_is_400(person, query):
    problem(person.get(f"/api/tasks?{query}"), 400)


def test_parameter_given_twice_is_refused(person):
    problem(person.get("/api/tasks?tag=a&tag=b"), 400)


# -- DELETE /api/tasks ------------------------------------------------------


def test_delete_all(user, other_user):
    add(other_user, "theirs")
    parent = add(user, "a")
    add(user, "b", parent_id=parent["id"])
    add(user, "c", completed=True)
    for _ in range(2):
        assert user.delete("/api/tasks").status_code == 204
    assert titles(user) == []
    assert sorted(titles(user, view="trash")) == ["a", "b", "c"]
    assert titles(other_user) == ["theirs"]


@pytest.mark.parametrize(
    "query,left",
    [
        ({"completed": "true"}, ["a", "sub"]),
        ({"priority": "high"}, ["done"]),
        ({"tag": "t"}, ["a", "sub"]),
        ({"view": "completed"}, ["a", "sub"]),
        ({"list_id": new_id()}, ["a", "sub", "done"]),
        ({"parent_id": "none"}, []),
    ],
)
def test_delete_what_a_filter_selects(user, query, left):
    """A task takes its subtasks with it."""
    top = add(user, "a", priority="high")
    add(user, "sub", parent_id=top["id"])
    add(user, "done", completed=True, tags=["t"])
    assert user.delete("/api/tasks", params=query).status_code == 204
    assert titles(user) == left


def test_delete_of_the_trash_is_refused(person):
    answer = person.delete("/api/tasks", params={"view": "trash"})
    assert list(broken(answer, 400)) == ["view"]


def test_delete_with_an_unreadable_filter_deletes_nothing(user):
    add(user, "kept")
    answer = user.delete("/api/tasks", params={"completed": "yes"})
    assert list(broken(answer, 400)) == ["completed"]
    assert titles(user) == ["kept"]
