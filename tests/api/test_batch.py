"""POST /api/tasks/batch: many operations, each with its own outcome."""

import pytest

from lib.api import add, broken, get, new_id, titles


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def batch(client, *steps):
    answer = client.post("/api/tasks/batch", json={"operations": steps})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert len(results) == len(steps)
    return results


def test_each_action(user):
    one, two, three = add(user, "one"), add(user, "two"), add(user, "three")
    user.delete(f"/api/tasks/{three['id']}")
    made = new_id()
    results = batch(
        user,
        {"action": "create", "body": {"id": made, "title": "made"}},
        {"action": "update", "id": made, "body": {"priority": "high"}},
        {"action": "complete", "id": one["id"]},
        {"action": "delete", "id": two["id"]},
        {"action": "restore", "id": three["id"]},
        {"action": "move", "id": three["id"], "body": {"to": "top"}},
    )
    statuses = [one["status"] for one in results]
    assert statuses == [201, 200, 200, 204, 200, 200]
    assert results[3]["body"] is None
    assert results[1]["body"]["priority"] == "high"
    assert titles(user) == ["three", "one", "made"]
    assert get(user, one)["completed"] is True


def test_one_that_fails_leaves_the_others(user):
    task = add(user, "kept")
    results = batch(
        user,
        {"action": "create", "body": {"title": "first"}},
        {"action": "create", "body": {"title": "", "x": 1}},
        {"action": "update", "id": new_id(), "body": {"title": "x"}},
        {
            "action": "update",
            "id": task["id"],
            "version": 9,
            "body": {"title": "x"},
        },
        {"action": "create", "body": {"title": "last"}},
    )
    statuses = [one["status"] for one in results]
    assert statuses == [201, 422, 404, 412, 201]
    errors = {e["pointer"]: e["code"] for e in results[1]["body"]["errors"]}
    assert errors == {
        "/operations/1/body/title": "too_short",
        "/operations/1/body/x": "unknown_field",
    }
    assert results[3]["body"]["current"] == task
    assert titles(user) == ["kept", "first", "last"]


def test_rules_between_fields_have_the_whole_pointer(person):
    body = {"title": "x", "due": {"date": "2026-01-01"}, "start": "2026-02-01"}
    results = batch(
        person,
        {"action": "create", "body": {"title": "fine"}},
        {"action": "create", "body": body},
        {"action": "create", "body": {"title": "x", "list_id": new_id()}},
    )
    pointers = [
        [error["pointer"] for error in one["body"].get("errors", [])]
        for one in results
    ]
    assert pointers == [
        [],
        ["/operations/1/body/start"],
        ["/operations/2/body/list_id"],
    ]


def test_a_hundred_and_no_more(user):
    step = {"action": "create", "body": {"title": "x"}}
    assert len(batch(user, *[step] * 100)) == 100
    steps = {"operations": [step] * 101}
    answer = user.post("/api/tasks/batch", json=steps)
    assert broken(answer) == {"/operations": "out_of_range"}
    assert len(user.get("/api/tasks", params={"limit": 200}).json()) == 100


def test_key_of_an_operation_makes_it_repeatable(user):
    step = {"action": "create", "key": new_id(), "body": {"title": "once"}}
    first, again = batch(user, step)[0], batch(user, step)[0]
    assert first == again
    assert titles(user) == ["once"]


@pytest.mark.parametrize("alone_first", [True, False])
def test_key_is_the_same_in_a_batch_and_alone(user, alone_first):
    """The page sends a write alone or with others, whatever came before."""
    made = new_id()
    one = f"/api/tasks/{made}"
    fields = {"id": made, "title": "made"}
    renamed = {"title": "renamed"}
    for method, path, step in [
        ("POST", "/api/tasks", {"action": "create", "body": fields}),
        ("PATCH", one, {"action": "update", "version": 1, "body": renamed}),
        ("DELETE", one, {"action": "delete"}),
        ("POST", f"{one}/restore", {"action": "restore"}),
    ]:
        key = new_id()
        named = {} if step["action"] == "create" else {"id": made}
        headers = {"Idempotency-Key": key}
        if "version" in step:
            headers["If-Match"] = f'"{step["version"]}"'

        def alone(method=method, path=path, headers=headers, step=step):
            body = step.get("body")
            answer = user.request(method, path, headers=headers, json=body)
            return answer.status_code, answer.text and answer.json()

        def inside(key=key, named=named, step=step):
            result = batch(user, {**step, **named, "key": key})[0]
            return result["status"], result["body"] or ""

        ways = [alone, inside] if alone_first else [inside, alone]
        first, again = [way() for way in ways]
        assert first == again
        assert first[0] < 300
    assert get(user, {"id": made})["version"] == 4


@pytest.mark.parametrize(
    "body,pointer",
    [
        ({}, "/operations"),
        ({"operations": []}, "/operations"),
        ({"operations": {}}, "/operations"),
        ({"operations": [], "x": 1}, "/operations"),
        ({"operations": [{"action": "restore"}], "x": 1}, ""),
    ],
)
def test_refuses(person, body, pointer):
    assert list(broken(person.post("/api/tasks/batch", json=body))) == [pointer]


@pytest.mark.parametrize(
    "step,pointer",
    [
        ({}, "/operations/0/action"),
        ({"action": "purge"}, "/operations/0/action"),
        ({"action": "delete"}, "/operations/0/id"),
        ({"action": "delete", "id": "x"}, "/operations/0/id"),
        ({"action": "create"}, "/operations/0/body"),
        ({"action": "create", "body": []}, "/operations/0/body"),
        (
            {"action": "create", "body": {"title": "x"}, "version": "1"},
            "/operations/0/version",
        ),
        (
            {"action": "create", "body": {"title": "x"}, "extra": 1},
            "/operations/0/extra",
        ),
        ([], "/operations/0"),
        (None, "/operations/0"),
    ],
)
def test_refuses_an_operation(person, step, pointer):
    result = batch(person, step)[0]
    assert result["status"] == 422
    assert [e["pointer"] for e in result["body"]["errors"]] == [pointer]


def test_with_a_key_at_most_sixteen_operations_are_on_one_task(person):
    """Its record remembers no more, and a repetition is to be known."""
    task, other = add(person), add(person)
    step = {"action": "update", "id": task["id"], "body": {"title": "x"}}
    beside = {**step, "id": other["id"]}
    statuses = [one["status"] for one in batch(person, *[step] * 18)]
    assert statuses == [200] * 18
    answer = person.post(
        "/api/tasks/batch",
        json={"operations": [*[step] * 17, beside]},
        headers={"Idempotency-Key": new_id()},
    )
    statuses = [one["status"] for one in answer.json()["results"]]
    assert statuses == [200] * 16 + [422, 200]
    refused = answer.json()["results"][16]["body"]["errors"]
    assert [error["code"] for error in refused] == ["too_many"]
