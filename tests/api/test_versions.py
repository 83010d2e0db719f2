"""Versions: ETag, If-Match, If-None-Match, and no update is ever lost."""

import httpx
import pytest

from lib.api import add, add_list, at_once, get, patch, problem

CLIENTS = 50


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def path(task):
    return f"/api/tasks/{task['id']}"


def send(client, method, url, tag, **options):
    headers = {"If-Match": tag}
    return client.request(method, url, headers=headers, **options)


def test_each_write_raises_the_version_by_one(person):
    task = add(person)
    for version in range(2, 5):
        answer = person.patch(path(task), json={"title": f"v{version}"})
        assert answer.json()["version"] == version
        assert answer.headers["etag"] == f'"{version}"'
    answer = person.get(path(task))
    assert answer.headers["etag"] == '"4"'


def test_current_tag_is_taken(person):
    task = add(person)
    answer = send(person, "PATCH", path(task), '"1"', json={"title": "new"})
    assert answer.status_code == 200
    assert answer.json()["title"] == "new"
    assert send(person, "DELETE", path(task), '"2"').status_code == 204


@pytest.mark.parametrize(
    "method,ending,body",
    [
        ("PATCH", "", {"title": "lost"}),
        ("PATCH", "", {"completed": True}),
        ("PATCH", "", {"due": {"date": "2026-11-30"}}),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/move", {"to": "top"}),
    ],
)
@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"99"'])
def test_old_tag_is_412_with_the_current_task(
    person, method, ending, body, tag
):
    task = add(person)
    current = patch(person, task, title="newer")
    options = {} if body is None else {"json": body}
    answer = send(person, method, path(task) + ending, tag, **options)
    assert problem(answer, 412)["current"] == current
    assert get(person, task) == current


def test_old_tag_of_a_list_is_412_with_the_current_list(person):
    one = add_list(person)
    where = f"/api/lists/{one['id']}"
    current = person.patch(where, json={"name": "newer"}).json()
    answer = send(person, "PATCH", where, '"1"', json={"name": "lost"})
    assert problem(answer, 412)["current"] == current
    answer = send(person, "DELETE", where, '"1"')
    assert problem(answer, 412)["current"] == current
    assert person.get(where).json() == current


def test_weak_tag_and_star_are_taken(person):
    task = add(person)
    answer = send(person, "PATCH", path(task), 'W/"1"', json={"title": "a"})
    assert answer.status_code == 200
    answer = send(person, "PATCH", path(task), "*", json={"title": "b"})
    assert answer.json()["version"] == 3


@pytest.mark.parametrize("tag", ["1", '""', '"x"', '"1", "2"', '"-1"', '"0"'])
def test_unreadable_tag_is_400(person, tag):
    task = add(person)
    answer = send(person, "PATCH", path(task), tag, json={"title": "x"})
    assert "If-Match" in problem(answer, 400)["detail"]
    assert get(person, task) == task


def test_unchanged_task_is_304(person):
    task = add(person)
    for tag in ['"1"', 'W/"1"', '"7", "1"', "*"]:
        answer = person.get(path(task), headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == '"1"'
    patch(person, task, title="new")
    answer = person.get(path(task), headers={"If-None-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.json()["title"] == "new"


def test_tag_survives_gzip(person):
    task = add(person, notes="long enough to be packed " * 200)
    gzip = {"Accept-Encoding": "gzip"}
    answer = person.get(path(task), headers=gzip)
    assert answer.headers["content-encoding"] == "gzip"
    tag = answer.headers["etag"]
    assert tag == 'W/"1"'
    again = person.get(path(task), headers={**gzip, "If-None-Match": tag})
    assert again.status_code == 304
    body = {"priority": "high"}
    answer = send(person, "PATCH", path(task), tag, json=body)
    assert answer.status_code == 200
    answer = send(person, "PATCH", path(task), tag, json=body)
    assert problem(answer, 412)["current"]["version"] == 2


def raise_order(client: httpx.Client, where: str) -> int:
    """Raises order by one, again and again until nobody was faster."""
    task = client.get(where).json()
    for tries in range(1, 500):
        body = {"order": task["order"] + 1}
        tag = f'"{task["version"]}"'
        answer = send(client, "PATCH", where, tag, json=body)
        if answer.status_code == 200:
            return tries
        task = problem(answer, 412)["current"]
    raise AssertionError("never got through")


def test_fifty_clients_lose_no_update(user, instance):
    task = add(user, order=0)
    cookies = dict(user.cookies)
    clients = [instance.client(cookies=cookies) for _ in range(CLIENTS)]
    tries = at_once(CLIENTS, lambda i: raise_order(clients[i], path(task)))
    after = get(user, task)
    assert after["order"] == CLIENTS
    assert after["version"] == 1 + CLIENTS
    # Else they came one after the other, and it proves nothing.
    assert max(tries) > 1


def test_without_if_match_concurrent_changes_of_other_fields_all_stay(user):
    task = add(user)
    changes = [
        {"notes": "n"},
        {"priority": "high"},
        {"tags": ["t"]},
        {"due": {"date": "2026-11-30"}},
        {"start": "2026-11-01"},
        {"completed": True},
    ]
    answers = at_once(
        len(changes), lambda i: user.patch(path(task), json=changes[i])
    )
    assert {one.status_code for one in answers} == {200}
    after = get(user, task)
    assert after["version"] == 1 + len(changes)
    assert after["notes"] == "n"
    assert after["priority"] == "high"
    assert after["tags"] == ["t"]
    assert after["due"]["date"] == "2026-11-30"
    assert after["start"] == "2026-11-01"
    assert after["completed"] is True
