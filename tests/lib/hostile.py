"""A store full of what is hard to keep: every shape, and texts of all sorts."""

import httpx

from lib.admin import Admin
from lib.api import add, add_list, patch
from lib.instance import PASSWORD, Instance

EMAIL = "dump@example.org"
TEXTS = [
    "caf\u00e9 cafe\u0301 \ufb01 \u00df \u0130",  # composed or not, folding
    "\U0001f469\u200d\U0001f466 \U0001f44d\U0001f3fd \u2764\ufe0f",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627",
    '"quoted" \\ back / slash \\u0000 {"end":{}} \' ; -- $ne %s',
    "\x01\x1f\x7f\u0080\u2028\u2029\ufeff\uffff",
    "line\nline\r\ntab\t",
    "\U0010ffff\U00010000 \ud7ff\ue000",
]
ORDERS = [0.1, 1 / 3, 5e-324, -1e15, 1e15, 1e15 - 0.125, 2.5e-8, -0.0, 1024]


def add_texts(person: httpx.Client) -> None:
    for text in TEXTS:
        add(person, text, notes=text, tags=["x", text[:40]])
    add(person, "3 bytes each", notes="\u20ac" * 16_384)
    add(person, "4 bytes each", notes="\U0001f44d" * 15_000)
    add(person, "escaped", notes="\x01" * 10_000)
    for order in ORDERS:
        add(person, f"at {order!r}", order=order)


def add_shapes(person: httpx.Client) -> None:
    """Everything that a task can be, and lists."""
    home = add_list(person, TEXTS[1], color="#ff8800", order=0.1)
    gone = add_list(person, "gone")
    top = add(
        person,
        "top",
        list_id=home["id"],
        priority="high",
        due={"date": "2026-11-30", "time": "09:00", "time_zone": "Asia/Tokyo"},
        start="2026-11-01",
        recurrence={"rrule": "FREQ=MONTHLY", "from": "completion"},
    )
    below = add(person, "below", parent_id=top["id"], list_id=home["id"])
    add(person, "below that", parent_id=below["id"], list_id=home["id"])
    patch(person, top, completed=True)  # moves on to the next month
    patch(person, add(person, "done"), completed=True)
    add(person, "whole day", due={"date": "2024-02-29"})
    for title in ["in the trash", "there too"]:
        thrown = add(person, title, list_id=gone["id"])
        assert person.delete(f"/api/tasks/{thrown['id']}").status_code == 204
    assert person.delete(f"/api/lists/{gone['id']}").status_code == 204


def fill_store(admin: Admin, steady: Instance) -> httpx.Client:
    """Three accounts, one of them with everything: the client of that one."""
    person = steady.sign_up(EMAIL)
    add_texts(person)
    add_shapes(person)
    add(steady.sign_up("other@example.org"), "not yours")
    admin.run("token", "add", EMAIL, "--name", '\u20ac "x"')
    admin.run("user", "add", "off@example.org", text=PASSWORD)
    admin.run("user", "disable", "off@example.org")
    return person
