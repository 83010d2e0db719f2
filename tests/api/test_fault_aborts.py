"""Clients that go away in the middle of a request: nothing is written."""

import socket

import pytest

from lib.api import add, at_once
from lib.bare import BareWorkers
from lib.wait import wait_until

BODY = b'{"title":"Half a secret","notes":"' + b"x" * 4000 + b'"}'


def head(steady, client, body: bytes = BODY) -> bytes:
    cookies = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    lines = [
        "POST /api/tasks HTTP/1.1",
        f"Host: localhost:{steady.port}",
        f"Cookie: {cookies}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Idempotency-Key: aborted",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.mark.parametrize("sent", [0, 1, len(BODY) // 2, len(BODY) - 1])
def test_nothing_is_written_when_the_client_closes_in_the_body(
    instance, user, other_user, sent
):
    seen = len(instance.log_lines())

    def abort(_: int) -> None:
        with socket.create_connection(("127.0.0.1", instance.port)) as client:
            client.sendall(head(instance, user) + BODY[:sent])

    def given_up() -> bool:
        lines = instance.log_lines()[seen:]
        return [line["status"] for line in lines].count(400) >= 4

    at_once(4, abort)
    wait_until(given_up, "nginx to give the four requests up", 10)
    assert user.get("/api/tasks").json() == []
    # The same workers, and another user's requests after it.
    task = add(other_user, "Mine")
    assert [t["id"] for t in other_user.get("/api/tasks").json()] == [
        task["id"]
    ]
    # The key was not used up.
    answer = user.post(
        "/api/tasks",
        json={"title": "Whole"},
        headers={"Idempotency-Key": "aborted"},
    )
    assert answer.status_code == 201
    assert answer.json()["title"] == "Whole"


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("missing", [1, 100])
def test_a_worker_refuses_a_body_that_ends_early(tmp_path, missing):
    """Were it whole JSON up to there, it would be a write all the same."""
    body = b'{"title":"Cut"}'
    with BareWorkers(tmp_path, 1) as workers:
        length = len(body) + missing
        status, _ = workers.request("POST", "/api/tasks", body, length=length)
        assert status == 400
        assert workers.request("GET", "/api/tasks")[1] == b"[]"
        status, _ = workers.request("POST", "/api/tasks", body)
        assert status == 201
