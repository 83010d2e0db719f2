"""A request whose worker dies is repeated where that is safe, else not."""

import pytest

from lib.fcgi import Request, answer
from lib.nginx import Nginx

KEY = {"Idempotency-Key": "k1"}
SAFE = [
    ("GET", {}),
    ("DELETE", {}),
    ("POST", KEY),
    ("PATCH", KEY),
]


class DiesOnce:
    """Closes the first request of each address, answers the second."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, request: Request) -> bytes | None:
        self.bodies.append(request.body)
        if len(self.bodies) == 1:
            return None
        return answer('{"try":2}')


def removed(text: str) -> str:
    return text.replace(
        "fastcgi_next_upstream error;", "fastcgi_next_upstream off;"
    )


def key_ignored(text: str) -> str:
    return text.replace("error non_idempotent", "error")


def run(method: str, headers: dict[str, str], edit=None):
    script = DiesOnce()
    with Nginx(script, edit) as nginx:
        content = "body" if method in ("POST", "PATCH") else None
        response = nginx.request(
            method, "/api/tasks/1", headers=headers, content=content
        )
        line = nginx.log_line(response.headers["x-request-id"])
        return response, script.bodies, line


@pytest.mark.parametrize("method,headers", SAFE)
def test_repeats_after_a_workers_death(method, headers):
    response, bodies, line = run(method, headers)
    assert response.status_code == 200
    assert response.json() == {"try": 2}
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert line["retry"] is True
    assert line["upstream_status"] == "502, 200"
    assert line["idempotency_key"] is bool(headers)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_does_not_repeat_a_write_without_key(method):
    response, bodies, line = run(method, {})
    assert response.status_code == 502
    assert len(bodies) == 1
    assert line["retry"] is False


def test_gives_up_after_the_third_death():
    seen: list[Request] = []

    def always_dies(request: Request) -> None:
        seen.append(request)

    with Nginx(always_dies) as nginx:
        assert nginx.get("/api/tasks").status_code == 502
    assert len(seen) == 3


def test_would_notice_a_missing_retry():
    edit = {"snippets/upstream.conf": removed}
    assert run("GET", {}, edit)[0].status_code == 502


def test_would_notice_that_the_key_is_ignored():
    edit = {"snippets/api.conf": key_ignored}
    assert run("POST", KEY, edit)[0].status_code == 502


def test_would_notice_a_socket_taken_out_of_service():
    """With nginx's default of max_fails=1 one death fails the next request."""

    def dies_on_post(request: Request) -> bytes | None:
        return None if request.method == "POST" else answer()

    def statuses(edit) -> list[int]:
        with Nginx(dies_on_post, edit) as nginx:
            for _ in range(6):
                nginx.request("POST", "/api/tasks")
            return [nginx.get("/api/tasks").status_code for _ in range(5)]

    assert statuses(None) == [200] * 5
    edit = {"snippets/upstream.conf": lambda t: t.replace(" max_fails=0", "")}
    edit["snippets/api.conf"] = lambda t: t.replace("non_idempotent", "timeout")
    assert statuses(edit) != [200] * 5
