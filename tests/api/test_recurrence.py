"""Tasks that come back: completing one moves it to its next occurrence."""

import datetime

import pytest

from lib.api import add, at_once, broken, get, patch, problem

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def recurring(client, rrule, date, frm="due", **fields):
    due = {"date": date, **fields.pop("due", {})}
    rule = {"rrule": rrule, "from": frm}
    return add(client, due=due, recurrence=rule, **fields)


def ask(client, rrule, date, frm="due", **more):
    body = {
        "due": {"date": date, **more.pop("due", {})},
        "recurrence": {"rrule": rrule, "from": frm},
        **more,
    }
    return client.post("/api/recurrence/preview", json=body)


def preview(client, rrule, date, frm="due", **more):
    answer = ask(client, rrule, date, frm, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def dates(client, task, n):
    """The due dates that n completions lead to; "done" at the end."""
    seen = []
    for _ in range(n):
        after = patch(client, task, completed=True)
        seen.append("done" if after["completed"] else after["due"]["date"])
    return seen


@pytest.mark.parametrize(
    "rrule,start,expected",
    [
        ("FREQ=DAILY", "2026-02-27", ["2026-02-28", "2026-03-01"]),
        ("FREQ=DAILY;INTERVAL=10", "2026-12-25", ["2027-01-04"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "2027-12-31",
            ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"],
        ),
        ("FREQ=MONTHLY", "2026-01-31", ["2026-03-31", "2026-05-31"]),
        (
            "FREQ=WEEKLY;BYDAY=MO,TH",
            "2026-11-26",
            ["2026-11-30", "2026-12-03", "2026-12-07"],
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-11-10", ["2026-12-08"]),
        ("FREQ=YEARLY", "2028-02-29", ["2032-02-29"]),
        (
            "FREQ=DAILY;COUNT=3",
            "2026-11-24",
            ["2026-11-25", "2026-11-26", "done"],
        ),
        (
            "FREQ=DAILY;UNTIL=20261126",
            "2026-11-24",
            ["2026-11-25", "2026-11-26", "done"],
        ),
    ],
)
def test_next_dates(person, rrule, start, expected):
    task = recurring(person, rrule, start)
    foretold = preview(person, rrule, start, limit=len(expected))
    assert dates(person, task, len(expected)) == expected
    assert foretold["dates"] == [day for day in expected if day != "done"]
    assert foretold["more"] == ("done" not in expected)
    assert get(person, task)["completion_count"] == len(expected)


def test_completion_is_one_write_and_is_remembered(person):
    task = recurring(person, "FREQ=DAILY;COUNT=2", "2026-11-24")
    after = patch(person, task, completed=True)
    assert after["version"] == 2
    assert after["completed"] is False
    assert after["completed_at"] is None
    assert after["last_completed_at"] >= task["created_at"]
    assert after["recurrence"]["rrule"] == "FREQ=DAILY;COUNT=1"
    last = patch(person, task, completed=True)
    assert last["completed"] is True
    assert last["completed_at"] == last["last_completed_at"]


def test_start_and_time_go_along(person):
    due = {"time": "09:00", "time_zone": "Europe/Berlin"}
    task = recurring(
        person, "FREQ=WEEKLY", "2026-11-30", due=due, start="2026-11-28"
    )
    after = patch(person, task, completed=True)
    assert after["due"] == {"date": "2026-12-07", **due}
    assert after["start"] == "2026-12-05"


def test_from_completion_counts_from_today(person):
    task = recurring(
        person, "FREQ=DAILY;INTERVAL=3", "2020-01-01", "completion"
    )
    after = patch(person, task, completed=True)
    expected = TODAY + datetime.timedelta(days=3)
    assert after["due"]["date"] == expected.isoformat()


def test_from_due_counts_from_the_due_date(person):
    task = recurring(person, "FREQ=DAILY;INTERVAL=3", "2020-01-01")
    after = patch(person, task, completed=True)
    assert after["due"]["date"] == "2020-01-04"


def test_completed_by_a_batch_too(person):
    task = recurring(person, "FREQ=DAILY", "2026-11-24")
    step = {"action": "complete", "id": task["id"]}
    answer = person.post("/api/tasks/batch", json={"operations": [step]})
    result = answer.json()["results"][0]
    assert result["status"] == 200
    assert result["body"]["due"]["date"] == "2026-11-25"


def test_completed_twice_at_once_with_if_match_moves_once(person):
    task = recurring(person, "FREQ=DAILY", "2026-11-24")
    headers = {"If-Match": '"1"'}
    path = f"/api/tasks/{task['id']}"

    def complete(_):
        body = {"completed": True}
        return person.patch(path, json=body, headers=headers).status_code

    assert sorted(at_once(8, complete)) == [200] + [412] * 7
    assert get(person, task)["due"]["date"] == "2026-11-25"


@pytest.mark.parametrize(
    "rrule",
    [
        "DAILY",
        "FREQ=OFTEN",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20261231",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY\r\nDTSTART:20261124",
        "FREQ=DAILY;X-MINE=1",
        "FREQ=HOURLY",
        "INTERVAL=2",
    ],
)
def test_refuses_a_rule_it_cannot_follow(person, rrule):
    body = {
        "title": "x",
        "due": {"date": "2026-11-24"},
        "recurrence": {"rrule": rrule},
    }
    answer = person.post("/api/tasks", json=body)
    assert broken(answer) == {"/recurrence/rrule": "bad_rrule"}
    answer = ask(person, rrule, "2026-11-24")
    assert broken(answer) == {"/recurrence/rrule": "bad_rrule"}


def test_needs_a_due_date(person):
    body = {"title": "x", "recurrence": {"rrule": "FREQ=DAILY"}}
    answer = person.post("/api/tasks", json=body)
    assert broken(answer) == {"/due/date": "required"}


def test_preview_from_completion_counts_from_the_day_of_it(person):
    frm, rule = "completion", "FREQ=DAILY;INTERVAL=3"
    task = recurring(person, rule, "2020-01-01", frm)
    today = TODAY.isoformat()
    foretold = preview(person, rule, "2020-01-01", frm, completed_on=today)
    assert dates(person, task, 1) == foretold["dates"][:1]
    assert preview(person, rule, "2020-01-01", frm, limit=2) == {
        "dates": ["2020-01-04", "2020-01-07"],
        "more": True,
    }
    from_due = preview(person, rule, "2020-01-01", completed_on=today)
    assert from_due["dates"][0] == "2020-01-04"


def test_preview_tells_how_it_ends(person):
    for rule in ["FREQ=DAILY;COUNT=2", "FREQ=DAILY;UNTIL=20261127"]:
        expected = {"dates": ["2026-11-27"], "more": False}
        assert preview(person, rule, "2026-11-26", limit=1) == expected
    nothing = preview(person, "FREQ=DAILY;COUNT=1", "2026-11-26")
    assert nothing == {"dates": [], "more": False}


def test_preview_gives_five_dates_and_twelve_at_most(person):
    assert len(preview(person, "FREQ=DAILY", "2026-11-26")["dates"]) == 5
    most = preview(person, "FREQ=DAILY", "2026-11-26", limit=12)
    assert len(most["dates"]) == 12
    answer = ask(person, "FREQ=DAILY", "2026-11-26", limit=13)
    assert broken(answer) == {"/limit": "out_of_range"}


def test_preview_takes_what_a_task_may_have(person):
    due = {"time": "09:00", "time_zone": "Europe/Berlin"}
    answer = preview(person, "FREQ=DAILY", "2027-03-27", due=due, limit=1)
    assert answer["dates"] == ["2027-03-28"]
    due = {"time": "09:00", "time_zone": "Europe/Atlantis"}
    answer = ask(person, "FREQ=DAILY", "2027-03-27", due=due)
    assert broken(answer) == {"/due/time_zone": "unknown_zone"}


RULE = {"rrule": "FREQ=DAILY"}
DUE = {"date": "2026-11-26"}


@pytest.mark.parametrize(
    "body,errors",
    [
        ({}, {"/recurrence/rrule": "required", "/due/date": "required"}),
        ({"due": DUE}, {"/recurrence/rrule": "required"}),
        ({"recurrence": RULE}, {"/due/date": "required"}),
        ({"recurrence": RULE, "due": None}, {"/due/date": "required"}),
        (
            {"recurrence": {"from": "due"}, "due": DUE},
            {"/recurrence/rrule": "required"},
        ),
        (
            {"recurrence": RULE, "due": DUE, "completed_on": "today"},
            {"/completed_on": "bad_date"},
        ),
        (
            {"recurrence": RULE, "due": DUE, "title": "x"},
            {"/title": "unknown_field"},
        ),
    ],
)
def test_preview_refuses(person, body, errors):
    answer = person.post("/api/recurrence/preview", json=body)
    assert broken(answer) == errors


def test_preview_is_for_who_is_signed_in(instance, person):
    with instance.client() as nobody:
        problem(ask(nobody, "FREQ=DAILY", "2026-11-26"), 401)
    token = person.post("/api/tokens", json={"name": "r", "scope": "read"})
    with instance.client() as script:
        script.headers["Authorization"] = f"Bearer {token.json()['token']}"
        preview(script, "FREQ=DAILY", "2026-11-26")
