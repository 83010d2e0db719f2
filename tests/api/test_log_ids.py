"""One id joins answer, access log, log of the worker and database."""

from typing import Any

import pymongo
import pytest

from lib.api import new_id
from lib.instance import PASSWORD, Instance
from lib.mongod import ReplicaSet
from lib.wait import wait_until


def work(steady: Instance) -> list[tuple[str, int]]:
    """Requests of each kind; their ids and statuses."""
    email = f"{new_id()}@example.org"
    user = steady.sign_up(email)
    seen: list[tuple[str, int]] = []
    # Housekeeping comes after the first request, and serves none.
    user.get("/api/tasks")
    user.event_hooks["response"] = [
        lambda answer: seen.append(
            (answer.headers["X-Request-Id"], answer.status_code)
        )
    ]
    profiled(steady).command("profile", 2)
    task = user.post("/api/tasks", json={"title": "Pay", "tags": ["a"]}).json()
    path = f"/api/tasks/{task['id']}"
    keyed = {"headers": {"Idempotency-Key": "once"}}
    user.patch(path, json={"notes": "rent"}, **keyed)
    user.get(path)
    user.get("/api/tasks?limit=1")
    user.get(f"/api/tasks/{new_id()}")
    user.post("/api/tasks/search", json={"query": "pay"})
    user.post(f"{path}/move", json={"to": "top"})
    user.post("/api/lists", json={"name": "Home"})
    user.get("/api/lists")
    user.get("/api/tags")
    user.patch("/api/tags/a", json={"name": "b"})
    user.get("/api/changes")
    user.get("/api/sessions")
    user.get("/readyz")
    user.delete(path)
    user.delete("/api/tasks")
    user.post("/api/session", json={"email": email, "password": PASSWORD})
    user.request("DELETE", "/api/me", json={"current_password": PASSWORD})
    profiled(steady).command("profile", 0)
    return seen


def profiled(steady: Instance) -> Any:
    uri = steady.settings["STEADY_MONGODB_URI"]
    return pymongo.MongoClient(uri).get_default_database()


@pytest.mark.only("mongodb")
def test_each_command_of_a_request_has_its_id_as_comment(
    store, mongodb, start_instance
):
    uri = mongodb.uri("comments")
    steady = start_instance(STEADY_WORKERS="1", STEADY_MONGODB_URI=uri)
    seen = work(steady)
    commands = [
        entry
        for entry in profiled(steady)["system.profile"].find()
        if entry.get("appName", "").startswith("steady")
    ]
    assert len(commands) > len(seen)
    without = [c["command"] for c in commands if "comment" not in c["command"]]
    assert without == []
    commented = {command["command"]["comment"] for command in commands}
    assert commented == {number for number, _ in seen}


def test_log_of_the_worker_and_access_log_have_the_same_id(start_instance):
    steady = start_instance(STEADY_WORKERS="1")
    answer = steady.sign_up().get(f"/api/tasks/{new_id()}")
    number = answer.headers["X-Request-Id"]
    assert answer.json()["request_id"] == number
    assert steady.log_line(number)["status"] == 404
    (failed,) = wait_until(
        lambda: [
            line
            for line in steady.log_lines("worker.log")
            if line.get("request_id") == number
        ],
        "the worker's line",
    )
    assert failed["event"] == "request_failed"


def test_worker_tells_what_it_did(start_instance):
    steady = start_instance(STEADY_WORKERS="1")
    user = steady.sign_up()
    number = user.get("/api/tasks").headers["X-Request-Id"]
    line = steady.log_line(number)
    assert 0 < line["database_time"] <= line["worker_time"]
    assert line["worker_time"] <= line["request_time"] + 0.002
    assert 0 <= line["queue_time"] <= line["request_time"]
    assert 1 << 20 < line["worker_memory"] < 1 << 28
    assert line["database_refused"] is False
    started = [
        line
        for line in steady.log_lines("worker.log")
        if line["event"] == "worker_started"
    ]
    assert len(started) == 2  # it, and the one for health checks


@pytest.mark.only("mongodb")
def test_breaker_is_told(store, start_instance):
    with ReplicaSet() as database:
        uri = f"{database.uri()}&serverSelectionTimeoutMS=500"
        steady = start_instance(STEADY_WORKERS="1", STEADY_MONGODB_URI=uri)
        user = steady.sign_up()
        database.nodes[0].kill()

        def refused() -> dict[str, Any] | None:
            answer = user.get("/api/tasks")
            assert answer.status_code == 503
            line = steady.log_line(answer.headers["X-Request-Id"])
            return line if line["database_refused"] else None

        line = wait_until(refused, "a request that is refused at once")
        assert line["database_time"] == 0
        events = {line["event"] for line in steady.log_lines("worker.log")}
        assert "breaker_open" in events
