"""Tasks that come back: completing one moves it to its next occurrence."""

import datetime

import pytest

from lib.api import add, at_once, broken, get, patch

TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def recurring(client, rrule, date, frm="due", **fields):
    due = {"date": date, **fields.pop("due", {})}
    rule = {"rrule": rrule, "from": frm}
    return add(client, due=due, recurrence=rule, **fields)


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
    assert dates(person, task, len(expected)) == expected
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


def test_needs_a_due_date(person):
    body = {"title": "x", "recurrence": {"rrule": "FREQ=DAILY"}}
    answer = person.post("/api/tasks", json=body)
    assert broken(answer) == {"/due/date": "required"}
