"""POST /api/tasks/search: words, prefixes, any script, the best first."""

import pytest

from lib.api import add, broken, problem


def search(client, query, **more):
    body = {"query": query, **more}
    answer = client.post("/api/tasks/search", json=body)
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()]


@pytest.fixture(scope="module")
def person(instance):
    client = instance.sign_up()
    for title in [
        "Pay the rent",
        "Caf\u00e9 with Zo\u00eb",
        "STRASSE fegen",
        "\u6771\u4eac\u30bf\u30ef\u30fc\u306b\u884c\u304f",
        "\u05dc\u05e7\u05e0\u05d5\u05ea \u05d7\u05dc\u05d1",
        "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c",
        "don't forget",
        "100% done",
    ]:
        add(client, title)
    add(client, "Old", completed=True, notes="the rent of last month")
    return client


@pytest.mark.parametrize(
    "query,title",
    [
        ("pay", "Pay the rent"),
        ("re pa", "Pay the rent"),
        ("cafe", "Caf\u00e9 with Zo\u00eb"),
        ("CAFE\u0301 zoe", "Caf\u00e9 with Zo\u00eb"),
        ("stra\u00dfe", "STRASSE fegen"),
        ("\u6771\u4eac", "\u6771\u4eac\u30bf\u30ef\u30fc\u306b\u884c\u304f"),
        (
            "\u30bf\u30ef\u30fc",
            "\u6771\u4eac\u30bf\u30ef\u30fc\u306b\u884c\u304f",
        ),
        (
            "\u05d7\u05dc",
            "\u05dc\u05e7\u05e0\u05d5\u05ea \u05d7\u05dc\u05d1",
        ),
        (
            "\u043f\u043e\u0437\u0432",
            "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c",
        ),
        ("dont", "don't forget"),
        ("don\u2019t", "don't forget"),
        ("100", "100% done"),
    ],
)
def test_finds(person, query, title):
    assert search(person, query) == [title]


@pytest.mark.parametrize(
    "query", ["ent", "pay nothing", "%", "*", ".*", '"', "' or 1=1 --"]
)
def test_does_not_find(person, query):
    assert search(person, query) == []


def test_completed_chooses(person):
    assert search(person, "rent") == ["Pay the rent", "Old"]
    assert search(person, "rent", completed=False) == ["Pay the rent"]
    assert search(person, "rent", completed=True) == ["Old"]


def test_best_match_first(user):
    add(user, "other", notes="milk")
    add(user, "milkshake for two")
    add(user, "buy some milk today")
    add(user, "milk")
    assert search(user, "milk") == [
        "milk",
        "buy some milk today",
        "milkshake for two",
        "other",
    ]


def test_changed_and_deleted_tasks(user, other_user):
    add(other_user, "secret")
    task = add(user, "before")
    path = f"/api/tasks/{task['id']}"
    user.patch(path, json={"title": "after", "notes": "words"})
    assert search(user, "before") == []
    assert search(user, "after") == search(user, "words") == ["after"]
    assert search(user, "secret") == []
    user.delete(path)
    assert search(user, "after") == []
    user.post(f"{path}/restore")
    assert search(user, "after") == ["after"]


def test_pages(user):
    for i in range(25):
        add(user, f"page {i}")
    seen, cursor = [], None
    for size in [10, 10, 5]:
        body = {"query": "page", "limit": 10, "cursor": cursor}
        answer = user.post("/api/tasks/search", json=body)
        assert len(answer.json()) == size
        seen += [task["id"] for task in answer.json()]
        if "next" in answer.links:
            cursor = answer.links["next"]["url"].partition("cursor=")[2]
    assert len(set(seen)) == 25
    assert "next" not in answer.links


@pytest.mark.parametrize(
    "body,errors",
    [
        ({}, {"/query": "required"}),
        ({"query": ""}, {"/query": "too_short"}),
        ({"query": "x" * 201}, {"/query": "too_long"}),
        ({"query": 1, "limit": 0}, {"/query": "wrong_type",
                                    "/limit": "out_of_range"}),
        ({"query": "x", "limit": 201}, {"/limit": "out_of_range"}),
        ({"query": "x", "cursor": "x"}, {"/cursor": "bad_cursor"}),
        ({"query": "x", "view": "y"}, {"/view": "unknown_field"}),
    ],
)  # fmt: skip
def test_refuses(person, body, errors):
    assert broken(person.post("/api/tasks/search", json=body)) == errors


def test_is_not_a_get(person):
    """Typed text belongs in no address; "search" is no id either."""
    problem(person.get("/api/tasks/search"), 404)
