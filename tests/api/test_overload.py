"""More requests than the workers can take: some wait, the rest hear at once.

The workers are stopped, so that what waits does so for as long as the test
needs; nothing here depends on how fast the machine is.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from lib.instance import Instance
from lib.wait import wait_until

# nginx/snippets/upstream.conf
IN_FLIGHT_MAX = 96


@pytest.fixture
def steady(start_instance) -> Instance:
    return start_instance(STEADY_WORKERS="2")


@contextlib.contextmanager
def stopped_workers(steady: Instance) -> Iterator[None]:
    workers = steady.workers()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


def in_flight(steady: Instance) -> int:
    """Connections to the workers' socket that nginx holds."""
    path = str(steady.run_dir / "api.sock")
    lines = Path("/proc/net/unix").read_text().splitlines()
    # State 02 waits in the backlog, 03 is accepted: the workers' side only.
    return sum(
        1
        for line in lines
        if line.endswith(f" {path}") and line.split()[5] in ("02", "03")
    )


def fill(
    pool: ThreadPoolExecutor, user: httpx.Client, count: int
) -> list[Future[httpx.Response]]:
    return [pool.submit(user.get, "/api/tasks") for _ in range(count)]


def test_requests_beyond_the_queue_are_503_at_once(steady):
    limits = httpx.Limits(max_connections=None)
    user = steady.client(limits=limits, timeout=60)
    user.cookies = steady.sign_up().cookies
    with ThreadPoolExecutor(IN_FLIGHT_MAX) as pool:
        with stopped_workers(steady):
            waiting = fill(pool, user, IN_FLIGHT_MAX)
            wait_until(
                lambda: in_flight(steady) >= IN_FLIGHT_MAX, "a full queue", 20
            )
            refused = user.get("/api/tasks")
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["type"] == "/problems/unavailable"
            created = user.post("/api/tasks", json={"title": "Not now"})
            assert created.status_code == 503
            assert user.get("/healthz").status_code == 200
            assert user.get("/").status_code == 200
            ready: Future[httpx.Response] = Future()
            threading.Thread(
                target=lambda: ready.set_result(user.get("/readyz"))
            ).start()
        statuses = {one.result().status_code for one in waiting}
    assert statuses == {200}
    # A busy host is not an unready one.
    assert ready.result(30).status_code == 200
    titles = [task["title"] for task in user.get("/api/tasks").json()]
    assert "Not now" not in titles
    check_logs(steady, refused)


def check_logs(steady: Instance, refused: httpx.Response) -> None:
    """A shed request is a line in the access log, and nothing else."""
    line = steady.log_line(refused.headers["x-request-id"])
    assert (line["status"], line["upstream_status"]) == (503, "502")
    assert not line["retry"]
    folder = Path(steady.settings["STEADY_LOG_DIR"] or "")
    assert "no live upstreams" not in (folder / "error.log").read_text()
