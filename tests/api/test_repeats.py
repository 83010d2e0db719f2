"""Idempotency-Key: a write sent twice, also at once, has one effect and the
same answer.

The cells are made from lib/writes.py, which has a write for each route. What
it should do is what it does to a second person when it is sent once.
"""

import contextlib
import sqlite3

import httpx
import pytest

from lib.api import add, add_list, at_once, broken, get, new_id, problem
from lib.instance import PASSWORD, Instance
from lib.writes import WRITES, Person, picture, write_routes

THREADS = 8
# The limits of a person: domain/list.h, domain/account.h.
LISTS = 500
SESSIONS = 50
MEANING = ["content-type", "etag", "location", "set-cookie"]
WRITE = {write.name: write for write in WRITES}
each_write = pytest.mark.parametrize(
    "write", WRITES, ids=lambda write: write.name
)


def meaning(answer):
    """What must be alike in two answers to the same write."""
    headers = [answer.headers.get(name) for name in MEANING]
    return answer.status_code, headers, answer.content


def alike(answers, status):
    assert {one.status_code for one in answers} == {status}, [
        one.text for one in answers
    ]
    assert len({str(meaning(one)) for one in answers}) == 1


def sender(write, person):
    """The prepared write of a person, as a function of the key (and where to
    send it)."""
    request = write.prepare(person)
    cookies = httpx.Cookies(None if write.anonymous else person.client.cookies)
    return lambda key, instance=person.instance: request.send(
        instance.url, key, cookies
    )


@pytest.fixture(scope="module")
def once(instance):
    """once(write): what a person has to whom the write happened once."""
    pictures = {}

    def find(write):
        if write.name not in pictures:
            person = Person(instance)
            answer = sender(write, person)(new_id())
            assert answer.status_code == write.status, answer.text
            pictures[write.name] = picture(person)
        return pictures[write.name]

    return find


@pytest.fixture(scope="module")
def instances(instance, store):
    """Those on the same database: two where the store can."""
    if store == "sqlite":
        yield [instance]
        return
    with Instance(**instance.settings_beside()) as other:
        yield [instance, other]


def test_every_route_that_writes_has_a_write_here():
    assert {write.route for write in WRITES} == write_routes()


@each_write
def test_repeated_write_has_one_effect_and_the_same_answer(
    instance, once, write
):
    person = Person(instance)
    send, key = sender(write, person), new_id()
    first = send(key)
    assert first.status_code == write.status, first.text
    for _ in range(2):
        again = send(key)
        assert meaning(again) == meaning(first)
        assert again.headers["idempotency-replayed"] == "true"
    assert picture(person) == once(write)


@each_write
def test_write_sent_eight_times_at_once_has_one_effect(instances, once, write):
    person = Person(instances[0])
    send, key = sender(write, person), new_id()
    answers = at_once(
        THREADS, lambda i: send(key, instances[i % len(instances)])
    )
    alike(answers, write.status)
    assert picture(person) == once(write)


# -- What a worker leaves that dies too early -------------------------------


class Faults:
    """An instance whose database refuses some writes while a fault is on."""

    def __init__(self, instance, mongodb):
        self.instance = instance
        self.mongodb = mongodb

    @contextlib.contextmanager
    def on_sqlite(self, table, change, condition):
        file = self.instance.data_dir / "steady.db"
        with contextlib.closing(sqlite3.connect(file)) as db:
            db.execute(
                f"CREATE TRIGGER fault BEFORE {change} ON {table} "
                f"WHEN {condition} BEGIN SELECT RAISE(ABORT, 'a fault'); END"
            )
            try:
                yield
            finally:
                db.execute("DROP TRIGGER fault")

    @contextlib.contextmanager
    def on_mongodb(self, collection, validator):
        with self.mongodb.client() as client:
            database = client["faults"]
            database.command("collMod", collection, validator=validator)
            try:
                yield
            finally:
                database.command("collMod", collection, validator={})

    def no_answer_is_kept(self):
        """As if the worker died between its write and keeping the answer."""
        if self.mongodb is None:
            return self.on_sqlite(
                "outcomes", "INSERT", "length(NEW.sealed) > 0"
            )
        empty = {"$eq": [{"$binarySize": "$sealed"}, 0]}
        return self.on_mongodb("outcomes", {"$expr": empty})

    def no_change_at_the_bottom(self):
        """As if the worker died on its way down a tree of tasks."""
        if self.mongodb is None:
            return self.on_sqlite("tasks", "UPDATE", "NEW.title = 'bottom'")
        return self.on_mongodb("tasks", {"title": {"$ne": "bottom"}})


@pytest.fixture(scope="module")
def faults(store, store_settings, request):
    with Instance(**store_settings("faults")) as steady:
        steady.sign_up("admin@example.org")
        mongodb = None
        if store == "mongodb":
            mongodb = request.getfixturevalue("mongodb")
        yield Faults(steady, mongodb)


# It has nobody left who could ask, but for the answer.
NEED_THE_ANSWER = {"delete me"}
# Each step answered with a task as it was before the next one.
OF_THE_MOMENT = {"batch", "batch on one"}


@pytest.mark.parametrize(
    "write",
    [one for one in WRITES if one.name not in NEED_THE_ANSWER],
    ids=lambda write: write.name,
)
def test_write_whose_answer_was_lost_has_one_effect(faults, once, write):
    person = Person(faults.instance)
    send, key = sender(write, person), new_id()
    with faults.no_answer_is_kept():
        answers = [send(key) for _ in range(3)]
    if write.name not in OF_THE_MOMENT:
        alike(answers, write.status)
    assert {one.status_code for one in answers} == {write.status}
    assert picture(person) == once(write)


@pytest.mark.parametrize(
    "write",
    [
        one
        for one in WRITES
        if one.name
        in {
            "delete tasks", "delete task", "restore task", "to a list",
            "move tree", "delete list", "restore list",
        }
    ],
    ids=lambda write: write.name,
)  # fmt: skip
def test_write_that_stopped_half_way_is_finished_by_its_repetition(
    faults, once, write
):
    person = Person(faults.instance)
    send, key = sender(write, person), new_id()
    with faults.no_change_at_the_bottom():
        assert not send(key).is_success
    assert send(key).status_code == write.status
    assert picture(person) == once(write)


def test_last_list_of_the_limit_is_made_once(faults):
    """A repetition is not told that there are too many: it made the last."""
    person = Person(faults.instance)
    for number in range(LISTS - 1):
        add_list(person.client, str(number))
    send, key = sender(WRITE["create list"], person), new_id()
    with faults.no_answer_is_kept():
        alike([send(key) for _ in range(2)], 201)
    problem(send(new_id()), 409)


def test_last_session_of_the_limit_ends_one_other(faults):
    person = Person(faults.instance)
    first = person.client
    person.client = person.sign_in()
    for _ in range(SESSIONS - 2):
        person.sign_in()
    assert first.get("/api/me").status_code == 200
    # The least recently used one, which a repetition must not end as well.
    send, key = sender(WRITE["sign in"], person), new_id()
    with faults.no_answer_is_kept():
        alike([send(key) for _ in range(3)], 201)
    assert first.get("/api/me").status_code == 401
    assert len(person.client.get("/api/sessions").json()) == SESSIONS


# -- Keys -------------------------------------------------------------------


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def send(client, key, method, path, body):
    options = {} if body is None else {"json": body}
    headers = {"Idempotency-Key": key}
    return client.request(method, path, headers=headers, **options)


@pytest.mark.parametrize(
    "write",
    [one for one in WRITES if one.status != 204],
    ids=lambda write: write.name,
)
def test_key_with_another_body_is_422(instance, write):
    someone = Person(instance)
    request = write.prepare(someone)
    if request.body is None:
        return  # there is no other
    key, cookies = new_id(), someone.client.cookies
    answer = request.send(instance.url, key, cookies)
    assert answer.status_code == write.status
    request.body = {**request.body, "more": 1}
    answer = request.send(instance.url, key, cookies)
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


def test_very_first_sign_up_sent_eight_times_at_once(start_instance):
    """Sign-up is closed as soon as the first account is there."""
    steady = start_instance(STEADY_REGISTRATION="closed")
    body = {"email": "first@example.org", "password": PASSWORD}
    key = new_id()
    answers = at_once(
        THREADS,
        lambda _: send(steady.client(), key, "POST", "/api/users", body),
    )
    alike(answers, 201)
    assert answers[0].json()["role"] == "admin"
    later = send(steady.client(), new_id(), "POST", "/api/users", body)
    assert later.status_code == 403


def test_two_people_with_one_key_get_two_accounts(faults):
    """Whose key it was is not known before an answer was kept."""
    key = new_id()
    bodies = [
        {"email": f"{new_id()}@example.org", "password": PASSWORD}
        for _ in range(2)
    ]
    with faults.no_answer_is_kept():
        for body in bodies:
            client = faults.instance.client()
            answer = send(client, key, "POST", "/api/users", body)
            assert answer.status_code == 201
            assert client.get("/api/me").json()["email"] == body["email"]


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
