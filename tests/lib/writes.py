"""Every write of the API, prepared and ready to be sent: at least one for each
route that writes (test_repeats.py fails when one is missing), and a picture of
all that a person has, to compare what writes did.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import yaml

from lib.api import add, add_list, new_id
from lib.instance import PASSWORD, Instance
from lib.paths import ROOT

CONTRACT = ROOT / "fcgi-app/openapi.yaml"
NEW_PASSWORD = "another battery, another horse"


class Person:
    """An account, and clients that are signed in to it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.email = f"{new_id()}@example.org"
        self.password = PASSWORD
        self.client = instance.sign_up(self.email)

    def sign_in(self) -> httpx.Client:
        return self.instance.sign_in(self.email, self.password)

    def count(self, path: str) -> int:
        return len(self.client.get(path).json())


@dataclass
class Request:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self, url: str, key: str, cookies: httpx.Cookies
    ) -> httpx.Response:
        """With these cookies, whatever earlier answers set."""
        options: dict[str, Any] = (
            {} if self.body is None else {"json": self.body}
        )
        headers = {"Idempotency-Key": key, **self.headers}
        with httpx.Client(
            base_url=url, cookies=cookies, timeout=40, verify=False
        ) as client:
            return client.request(
                self.method, self.path, headers=headers, **options
            )


@dataclass
class Write:
    name: str
    route: str  # "POST /api/tasks"
    status: int
    prepare: Callable[[Person], Request]
    anonymous: bool = False


# -- Tasks ------------------------------------------------------------------


def create_task(_: Person) -> Request:
    return Request("POST", "/api/tasks", {"title": "once"})


def create_task_with_id(_: Person) -> Request:
    return Request("POST", "/api/tasks", {"title": "once", "id": new_id()})


def tree(person: Person, **fields: Any) -> Any:
    """A task, below it another, below that a third; the first."""
    top = add(person.client, "top", **fields)
    middle = add(person.client, "middle", parent_id=top["id"])
    add(person.client, "bottom", parent_id=middle["id"])
    return top


def trashed_tree(person: Person) -> Any:
    top = tree(person)
    answer = person.client.delete(f"/api/tasks/{top['id']}")
    assert answer.status_code == 204
    return top


def patch_task(person: Person) -> Request:
    task = add(person.client)
    return Request("PATCH", f"/api/tasks/{task['id']}", {"title": "new"})


def patch_task_if_match(person: Person) -> Request:
    request = patch_task(person)
    request.headers = {"If-Match": '"1"'}
    return request


def complete_recurring(person: Person) -> Request:
    due = {"date": "2026-01-01"}
    rule = {"rrule": "FREQ=DAILY", "from": "due"}
    task = add(person.client, due=due, recurrence=rule)
    return Request("PATCH", f"/api/tasks/{task['id']}", {"completed": True})


def patch_tree_to_list(person: Person) -> Request:
    top, to = tree(person), add_list(person.client, "new")
    return Request("PATCH", f"/api/tasks/{top['id']}", {"list_id": to["id"]})


def delete_task(person: Person) -> Request:
    return Request("DELETE", f"/api/tasks/{tree(person)['id']}")


def delete_tasks(person: Person) -> Request:
    """A filter that does not select the subtasks, which go all the same."""
    tree(person, tags=["old"])
    tree(person, tags=["old"])
    tree(person)
    return Request("DELETE", "/api/tasks?tag=old")


def restore_task(person: Person) -> Request:
    return Request("POST", f"/api/tasks/{trashed_tree(person)['id']}/restore")


def move_task(person: Person) -> Request:
    task = add(person.client)
    add(person.client, "beside")
    path = f"/api/tasks/{task['id']}/move"
    return Request("POST", path, {"to": "bottom"})


def move_between_neighbours(person: Person) -> Request:
    """No number is left between the two: others have to make room."""
    task = add(person.client, order=5000)
    first = add(person.client, "first", order=1)
    add(person.client, "second", order=1)
    path = f"/api/tasks/{task['id']}/move"
    return Request("POST", path, {"after": first["id"]})


def move_tree_to_list(person: Person) -> Request:
    top, to = tree(person), add_list(person.client, "new")
    path = f"/api/tasks/{top['id']}/move"
    return Request("POST", path, {"to": "top", "list_id": to["id"]})


def batch(person: Person) -> Request:
    task, gone = add(person.client), trashed_tree(person)
    due, rule = {"date": "2026-01-01"}, {"rrule": "FREQ=DAILY", "from": "due"}
    recurring = add(person.client, "daily", due=due, recurrence=rule)
    steps = [
        {"action": "create", "body": {"title": "one"}},
        {"action": "update", "id": task["id"], "body": {"title": "two"}},
        {"action": "complete", "id": recurring["id"]},
        {"action": "restore", "id": gone["id"]},
        {"action": "move", "id": gone["id"], "body": {"to": "top"}},
        {"action": "delete", "id": task["id"]},
        {"action": "create", "key": "mine", "body": {"title": "three"}},
    ]
    return Request("POST", "/api/tasks/batch", {"operations": steps})


def batch_on_one_task(person: Person) -> Request:
    due, rule = {"date": "2026-01-01"}, {"rrule": "FREQ=DAILY", "from": "due"}
    task = add(person.client, due=due, recurrence=rule)
    steps = [{"action": "complete", "id": task["id"]}] * 16
    return Request("POST", "/api/tasks/batch", {"operations": steps})


# -- Lists and tags ---------------------------------------------------------


def full_list(person: Person) -> Any:
    made = add_list(person.client)
    tree(person, list_id=made["id"])
    return made


def create_list(_: Person) -> Request:
    return Request("POST", "/api/lists", {"name": "once"})


def patch_list(person: Person) -> Request:
    made = full_list(person)
    return Request("PATCH", f"/api/lists/{made['id']}", {"name": "new"})


def delete_list(person: Person) -> Request:
    return Request("DELETE", f"/api/lists/{full_list(person)['id']}")


def restore_list(person: Person) -> Request:
    path = f"/api/lists/{full_list(person)['id']}"
    assert person.client.delete(path).status_code == 204
    return Request("POST", f"{path}/restore")


def rename_tag(person: Person) -> Request:
    add(person.client, tags=["old"])
    return Request("PATCH", "/api/tags/old", {"name": "new"})


def rename_tag_in_the_trash(person: Person) -> Request:
    task = add(person.client, tags=["old"])
    person.client.delete(f"/api/tasks/{task['id']}")
    return Request("PATCH", "/api/tags/old", {"name": "new"})


def delete_tag(person: Person) -> Request:
    add(person.client, tags=["old"])
    return Request("DELETE", "/api/tags/old")


# -- Accounts ---------------------------------------------------------------


def sign_up(person: Person) -> Request:
    """Of somebody else: the person is to become that one."""
    person.email = f"{new_id()}@example.org"
    body = {"email": person.email, "password": person.password, "name": "x"}
    return Request("POST", "/api/users", body)


def sign_in(person: Person) -> Request:
    body = {"email": person.email, "password": person.password}
    return Request("POST", "/api/session", body)


def sign_out(person: Person) -> Request:
    person.client = person.sign_in()
    return Request("DELETE", "/api/session")


def end_other_sessions(person: Person) -> Request:
    person.sign_in()
    return Request("DELETE", "/api/sessions")


def end_session(person: Person) -> Request:
    other = person.sign_in().get("/api/session").json()["session"]
    return Request("DELETE", f"/api/sessions/{other['id']}")


def patch_me(_: Person) -> Request:
    return Request("PATCH", "/api/me", {"name": "new"})


def change_password(person: Person) -> Request:
    person.sign_in()
    body = {"current_password": person.password, "password": NEW_PASSWORD}
    person.password = NEW_PASSWORD
    return Request("POST", "/api/me/password", body)


def delete_me(person: Person) -> Request:
    tree(person)
    person.sign_in()
    body = {"current_password": person.password}
    return Request("DELETE", "/api/me", body)


def create_token(_: Person) -> Request:
    return Request("POST", "/api/tokens", {"name": "once"})


def revoke_token(person: Person) -> Request:
    made = person.client.post("/api/tokens", json={"name": "once"}).json()
    return Request("DELETE", f"/api/tokens/{made['id']}")


WRITES = [
    Write("create task", "POST /api/tasks", 201, create_task),
    Write("create with id", "POST /api/tasks", 201, create_task_with_id),
    Write("delete tasks", "DELETE /api/tasks", 204, delete_tasks),
    Write("batch", "POST /api/tasks/batch", 200, batch),
    Write("batch on one", "POST /api/tasks/batch", 200, batch_on_one_task),
    Write("patch task", "PATCH /api/tasks/{id}", 200, patch_task),
    Write("if-match", "PATCH /api/tasks/{id}", 200, patch_task_if_match),
    Write("complete", "PATCH /api/tasks/{id}", 200, complete_recurring),
    Write("to a list", "PATCH /api/tasks/{id}", 200, patch_tree_to_list),
    Write("delete task", "DELETE /api/tasks/{id}", 204, delete_task),
    Write("restore task", "POST /api/tasks/{id}/restore", 200, restore_task),
    Write("move task", "POST /api/tasks/{id}/move", 200, move_task),
    Write(
        "move between", "POST /api/tasks/{id}/move", 200,
        move_between_neighbours,
    ),
    Write("move tree", "POST /api/tasks/{id}/move", 200, move_tree_to_list),
    Write("create list", "POST /api/lists", 201, create_list),
    Write("patch list", "PATCH /api/lists/{id}", 200, patch_list),
    Write("delete list", "DELETE /api/lists/{id}", 204, delete_list),
    Write("restore list", "POST /api/lists/{id}/restore", 200, restore_list),
    Write("rename tag", "PATCH /api/tags/{name}", 200, rename_tag),
    Write(
        "rename tag in the trash", "PATCH /api/tags/{name}", 200,
        rename_tag_in_the_trash,
    ),
    Write("delete tag", "DELETE /api/tags/{name}", 204, delete_tag),
    Write("sign up", "POST /api/users", 201, sign_up, anonymous=True),
    Write("sign in", "POST /api/session", 201, sign_in, anonymous=True),
    Write("sign out", "DELETE /api/session", 204, sign_out),
    Write("end others", "DELETE /api/sessions", 204, end_other_sessions),
    Write("end session", "DELETE /api/sessions/{id}", 204, end_session),
    Write("patch me", "PATCH /api/me", 200, patch_me),
    Write("password", "POST /api/me/password", 204, change_password),
    Write("delete me", "DELETE /api/me", 204, delete_me),
    Write("create token", "POST /api/tokens", 201, create_token),
    Write("revoke token", "DELETE /api/tokens/{id}", 204, revoke_token),
]  # fmt: skip


def write_routes() -> set[str]:
    """ "POST /api/tasks"... of the contract, but for those that only read."""
    paths = yaml.safe_load(CONTRACT.read_text())["paths"]
    return {
        f"{method.upper()} {path}"
        for path, item in paths.items()
        for method in {"post", "patch", "put", "delete"} & set(item)
    } - {"POST /api/tasks/search", "POST /api/recurrence/preview"}


# -- What a person has ------------------------------------------------------

# What differs between two people who did the same.
_OF_THE_MOMENT = {
    "url", "order", "created_at", "updated_at", "expires_at", "last_used_at",
    "next", "email", "current",
}  # fmt: skip
_ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f-]{27}$")


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: one is not None if key.endswith("_at") else _plain(one, names)
            for key, one in value.items()
            if key not in _OF_THE_MOMENT
        }
    if isinstance(value, list):
        plain = [_plain(one, names) for one in value]
        return sorted(plain, key=str)
    if isinstance(value, str) and _ID.match(value):
        return names.get(value, "an id")
    return value


def picture(person: Person) -> Any:
    """All that the person has, in words that are alike for two people who did
    the same: ids become names, instants whether there is one."""
    client = person.instance.client()
    body = {"email": person.email, "password": person.password}
    signed_in = client.post("/api/session", json=body)
    if signed_in.status_code == 401:
        return "nobody"
    assert signed_in.status_code == 201, signed_in.text
    paths = ["changes", "tags", "sessions", "tokens", "me"]
    found = {path: client.get(f"/api/{path}").json() for path in paths}
    names = {task["id"]: task["title"] for task in found["changes"]["tasks"]}
    names |= {one["id"]: one["name"] for one in found["changes"]["lists"]}
    return _plain(found, names)
