"""Idempotency-Key: a write sent twice, also at once, has one effect and the
same answer."""

import pytest

from lib.api import add, add_list, at_once, broken, get, new_id, problem
from lib.instance import PASSWORD

THREADS = 8
MEANING = ["content-type", "etag", "location", "set-cookie"]


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def meaning(answer):
    """What must be alike in two answers to the same write."""
    headers = [answer.headers.get(name) for name in MEANING]
    return answer.status_code, headers, answer.content


class Write:
    """A write of each kind: prepare(user) gives method, path and body."""

    def __init__(self, name, status, prepare, count=None):
        self.name = name
        self.status = status
        self.prepare = prepare
        self.count = count


def tasks_of(user):
    return len(user.get("/api/tasks", params={"limit": 200}).json())


def patch_task(user):
    task = add(user)
    return "PATCH", f"/api/tasks/{task['id']}", {"title": "new"}


def complete_recurring(user):
    due = {"date": "2026-01-01"}
    rule = {"rrule": "FREQ=DAILY", "from": "due"}
    task = add(user, due=due, recurrence=rule)
    return "PATCH", f"/api/tasks/{task['id']}", {"completed": True}


def delete_task(user):
    return "DELETE", f"/api/tasks/{add(user)['id']}", None


def restore_task(user):
    task = add(user)
    user.delete(f"/api/tasks/{task['id']}")
    return "POST", f"/api/tasks/{task['id']}/restore", None


def move_task(user):
    task = add(user)
    add(user)
    return "POST", f"/api/tasks/{task['id']}/move", {"to": "bottom"}


def batch(user):
    task = add(user)
    steps = [
        {"action": "create", "body": {"title": "one"}},
        {"action": "update", "id": task["id"], "body": {"title": "two"}},
        {"action": "create", "body": {"title": "three"}},
    ]
    return "POST", "/api/tasks/batch", {"operations": steps}


def patch_list(user):
    one = add_list(user)
    return "PATCH", f"/api/lists/{one['id']}", {"name": "new"}


def delete_list(user):
    return "DELETE", f"/api/lists/{add_list(user)['id']}", None


def rename_tag(user):
    old, new = new_id(), new_id()
    add(user, tags=[old])
    return "PATCH", f"/api/tags/{old}", {"name": new}


def delete_tag(user):
    old = new_id()
    add(user, tags=[old])
    return "DELETE", f"/api/tags/{old}", None


def collection(path):
    return lambda user: len(user.get(path).json())


WRITES = [
    Write(
        "create task",
        201,
        lambda _: ("POST", "/api/tasks", {"title": "once"}),
        tasks_of,
    ),
    Write("patch task", 200, patch_task),
    Write("complete recurring task", 200, complete_recurring),
    Write("delete task", 204, delete_task),
    Write("restore task", 200, restore_task),
    Write("move task", 200, move_task),
    Write("batch", 200, batch, tasks_of),
    Write(
        "create list",
        201,
        lambda _: ("POST", "/api/lists", {"name": "once"}),
        collection("/api/lists"),
    ),
    Write("patch list", 200, patch_list),
    Write("delete list", 204, delete_list),
    Write("rename tag", 200, rename_tag),
    Write("delete tag", 204, delete_tag),
    Write(
        "create token",
        201,
        lambda _: ("POST", "/api/tokens", {"name": "once"}),
        collection("/api/tokens"),
    ),
    Write("patch me", 200, lambda _: ("PATCH", "/api/me", {"name": new_id()})),
]
each_write = pytest.mark.parametrize(
    "write", WRITES, ids=lambda write: write.name
)


def send(client, key, method, path, body):
    options = {} if body is None else {"json": body}
    headers = {"Idempotency-Key": key}
    return client.request(method, path, headers=headers, **options)


def one_effect(write, user, request, before):
    """Checks what the write has left after it was sent several times."""
    if write.count:
        added = 2 if write.name == "batch" else 1
        assert write.count(user) == before + added
    elif request[0] in ("PATCH", "POST") and "/api/tasks/" in request[1]:
        task = get(user, {"id": request[1].split("/")[3]})
        assert task["version"] == (3 if "restore" in request[1] else 2)


@each_write
def test_repeated_write_has_one_effect_and_the_same_answer(person, write):
    request = write.prepare(person)
    before = write.count(person) if write.count else 0
    key = new_id()
    first = send(person, key, *request)
    assert first.status_code == write.status, first.text
    for _ in range(2):
        again = send(person, key, *request)
        assert meaning(again) == meaning(first)
        assert again.headers["idempotency-replayed"] == "true"
    one_effect(write, person, request, before)


@each_write
def test_write_sent_eight_times_at_once_has_one_effect(person, write):
    request = write.prepare(person)
    before = write.count(person) if write.count else 0
    key = new_id()
    answers = at_once(THREADS, lambda _: send(person, key, *request))
    assert {one.status_code for one in answers} == {write.status}
    assert len({str(meaning(one)) for one in answers}) == 1
    one_effect(write, person, request, before)


@pytest.mark.parametrize(
    "write",
    [one for one in WRITES if one.status != 204 and one.name != "restore task"],
    ids=lambda write: write.name,
)
def test_key_with_another_body_is_422(person, write):
    method, path, body = write.prepare(person)
    key = new_id()
    assert send(person, key, method, path, body).status_code == write.status
    answer = send(person, key, method, path, {**body, "more": 1})
    assert problem(answer, 422)["type"] == "/problems/idempotency-key-reused"


def test_key_with_another_path_is_422(person):
    key = new_id()
    one, two = add(person), add(person)
    for task, status in [(one, 200), (two, 422)]:
        path = f"/api/tasks/{task['id']}"
        answer = send(person, key, "PATCH", path, {"title": "x"})
        assert answer.status_code == status
    assert get(person, two) == two


def test_keys_belong_to_one_person(person, other_user):
    key = new_id()
    request = "POST", "/api/tasks", {"title": "x"}
    first = send(person, key, *request)
    theirs = send(other_user, key, *request)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != first.json()["id"]


def test_refusal_is_not_kept(person):
    key = new_id()
    assert broken(send(person, key, "POST", "/api/tasks", {"title": ""}))
    answer = send(person, key, "POST", "/api/tasks", {"title": "x"})
    assert answer.status_code == 201


@pytest.mark.parametrize("key", ["a b", "x" * 256, "\u00e9".encode()])
def test_unfit_key_is_400(person, key):
    answer = send(person, key, "POST", "/api/tasks", {"title": "x"})
    assert "Idempotency-Key" in problem(answer, 400)["detail"]


def test_sign_up_repeated_with_its_key(instance):
    key = new_id()
    body = {"email": f"{key}@example.org", "password": PASSWORD}
    first = send(instance.client(), key, "POST", "/api/users", body)
    assert first.status_code == 201
    again = send(instance.client(), key, "POST", "/api/users", body)
    assert meaning(again) == meaning(first)
    other = {**body, "password": PASSWORD + "x"}
    answer = send(instance.client(), key, "POST", "/api/users", other)
    problem(answer, 422)


def test_sign_up_sent_eight_times_at_once(instance):
    key = new_id()
    body = {"email": f"{key}@example.org", "password": PASSWORD}
    clients = [instance.client() for _ in range(THREADS)]
    answers = at_once(
        THREADS, lambda i: send(clients[i], key, "POST", "/api/users", body)
    )
    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    for client in clients:
        assert client.get("/api/me").json() == answers[0].json()


def test_sign_up_without_key_at_once_makes_one_account(instance):
    body = {"email": f"{new_id()}@example.org", "password": PASSWORD}
    clients = [instance.client() for _ in range(THREADS)]
    answers = at_once(
        THREADS, lambda i: clients[i].post("/api/users", json=body)
    )
    statuses = sorted(one.status_code for one in answers)
    assert statuses == [201] + [409] * (THREADS - 1)


def test_create_with_own_id_at_once_makes_one_task(person):
    body = {"id": new_id(), "title": "once"}
    answers = at_once(THREADS, lambda _: person.post("/api/tasks", json=body))
    statuses = sorted(one.status_code for one in answers)
    assert statuses == [200] * (THREADS - 1) + [201]
    assert len({one.content for one in answers}) == 1
