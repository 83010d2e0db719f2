"""Short words for what most API tests do."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import httpx
import yaml

from lib.paths import ROOT

T = TypeVar("T")


def contract() -> Any:
    """openapi.yaml, which lint compares with the program's tables."""
    return yaml.safe_load((ROOT / "fcgi-app" / "openapi.yaml").read_text())


def routes() -> list[tuple[str, str]]:
    """(method, path) of all."""
    methods = {"get", "post", "patch", "put", "delete"}
    return sorted(
        (method.upper(), path)
        for path, item in contract()["paths"].items()
        for method in methods & set(item)
    )


def new_id() -> str:
    return str(uuid.uuid4())


def add(client: httpx.Client, title: str = "A task", **fields: Any) -> Any:
    """Creates a task; the task."""
    answer = client.post("/api/tasks", json={"title": title, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def add_list(client: httpx.Client, name: str = "A list", **fields: Any) -> Any:
    answer = client.post("/api/lists", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def get(client: httpx.Client, task: Any) -> Any:
    """The task as it is now."""
    answer = client.get(f"/api/tasks/{task['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def patch(client: httpx.Client, task: Any, **fields: Any) -> Any:
    answer = client.patch(f"/api/tasks/{task['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(client: httpx.Client, **query: Any) -> list[str]:
    """Titles of the first page that a query gives."""
    answer = client.get("/api/tasks", params=query)
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()]


def problem(answer: httpx.Response, status: int) -> Any:
    """Checks that it is an RFC 9457 problem with this status; its body."""
    assert answer.status_code == status, answer.text
    kind = answer.headers["content-type"]
    assert kind == "application/problem+json", kind
    body = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def broken(answer: httpx.Response, status: int = 422) -> dict[str, str]:
    """Pointer to code of each rule that the answer says is broken."""
    errors = problem(answer, status)["errors"]
    assert all(error["detail"] for error in errors)
    found = {error["pointer"]: error["code"] for error in errors}
    assert len(found) == len(errors), errors
    return found


def at_once(n: int, call: Callable[[int], T]) -> list[T]:
    """call(0) to call(n - 1) in as many threads, started together."""
    barrier = Barrier(n)

    def run(i: int) -> T:
        barrier.wait()
        return call(i)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))
