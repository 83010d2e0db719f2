"""A MongoDB replica set that loses nodes while clients write.

What was acknowledged is there once. The rest got 503 with Retry-After, and
succeeded when it was repeated with its key.
"""

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from lib.api import at_once
from lib.instance import Instance
from lib.load import Load, all_tasks
from lib.mongod import ReplicaSet
from lib.paths import MONGOD
from lib.wait import wait_until

pytestmark = [
    pytest.mark.only("mongodb"),
    pytest.mark.skipif(not MONGOD.exists(), reason="mongod is missing"),
]

PATIENCE = 40  # seconds in which a repeated request must have succeeded
SLOWEST = 29  # seconds; the worker's watchdog is at 28
UNAVAILABLE = {"GET": {503}, "POST": {503}, "PATCH": {503}}


@pytest.fixture(scope="module")
def replicas() -> Iterator[ReplicaSet]:
    with ReplicaSet(nodes=3, election_timeout_ms=2000) as replica_set:
        yield replica_set


@pytest.fixture(scope="module")
def steady(replicas: ReplicaSet) -> Iterator[Instance]:
    settings = {
        "STEADY_MONGODB_URI": replicas.uri("faults"),
        "STEADY_WORKERS": "8",
    }
    with Instance(**settings) as instance:
        yield instance


class Health:
    """Asks /healthz and /readyz until the block ends."""

    def __init__(self, steady: Instance) -> None:
        self.url = steady.url
        self.seen: dict[str, list[int]] = {"/healthz": [], "/readyz": []}
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self.ask, args=[path]) for path in self.seen
        ]

    def __enter__(self) -> "Health":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(40)

    def ask(self, path: str) -> None:
        with httpx.Client(base_url=self.url, timeout=35) as client:
            while not self.stopped.wait(0.1):
                self.seen[path].append(client.get(path).status_code)


def step_down(replicas: ReplicaSet) -> Callable[[], None]:
    replicas.step_down()
    return lambda: None


def kill_primary(replicas: ReplicaSet) -> Callable[[], None]:
    node = replicas.primary()
    node.kill()
    return node.start


def freeze_primary(replicas: ReplicaSet) -> Callable[[], None]:
    node = replicas.primary()
    node.freeze()
    return node.thaw


def kill_all(replicas: ReplicaSet) -> Callable[[], None]:
    for node in replicas.nodes:
        node.kill()

    def start() -> None:
        for node in replicas.nodes:
            node.start()

    return start


def acknowledged_after(load: Load) -> Callable[[], bool]:
    """Whether each writer has been acknowledged anew since now."""
    before = dict(load.raised)
    return lambda: all(load.raised[id] > before[id] for id in before)


def wait_for_writes(load: Load, seconds: float) -> float:
    began = time.monotonic()
    wait_until(acknowledged_after(load), "writes to go on", seconds)
    return time.monotonic() - began


@pytest.mark.parametrize(
    "harm", [step_down, kill_primary, freeze_primary, kill_all]
)
def test_acknowledged_writes_survive(steady, replicas, harm):
    load = Load(
        [steady.sign_up()],
        writers=4,
        readers=2,
        repeated=UNAVAILABLE,
        patience=PATIENCE,
    )
    with Health(steady) as health, load:
        wait_until(lambda: len(load.raised) == 4, "the first writes")
        heal = harm(replicas)
        if harm is kill_all:
            wait_until(lambda: 503 in load.statuses(), "a 503", SLOWEST)
            wait_until(lambda: 503 in health.seen["/readyz"], "/readyz 503")
            heal()
        pause = wait_for_writes(load, PATIENCE)
        if harm is not kill_all:
            heal()
        replicas.primary()
        wait_for_writes(load, PATIENCE)
    print(f"{harm.__name__}: writes went on after {pause:.1f} s")
    load.check()
    assert load.longest_write < PATIENCE
    assert load.slowest < SLOWEST
    refused = [answer for answer in load.answers if answer.status == 503]
    assert all(answer.retry_after for answer in refused)
    assert set(load.statuses()) <= {200, 201, 503}
    assert set(health.seen["/healthz"]) == {200}
    assert set(health.seen["/readyz"]) <= {200, 503}


def test_not_ready_but_alive_without_a_primary(steady, replicas):
    """Two of three nodes are down: the third cannot be elected."""
    primary = replicas.primary()
    others = [node for node in replicas.nodes if node is not primary]
    for node in others:
        node.kill()
    try:

        def status(path: str) -> int:
            return httpx.get(steady.url + path, timeout=35).status_code

        wait_until(
            lambda: status("/readyz") == 503, "/readyz to answer 503", 30
        )
        for _ in range(3):
            assert status("/readyz") == 503
            assert status("/healthz") == 200
    finally:
        for node in others:
            node.start()
    replicas.primary()
    steady.wait_ready(PATIENCE)


def test_would_notice_writes_that_are_not_kept(replicas):
    """Proof: a lost and a doubled task are found."""
    uri = replicas.uri("proof")
    with Instance(STEADY_MONGODB_URI=uri, STEADY_WORKERS="2") as steady:
        user = steady.sign_up()
        with Load([user]) as load:
            wait_until(lambda: load.raised, "the first write")
        load.check()
        assert user.delete(f"/api/tasks/{load.created['task 0-1']}").is_success
        with pytest.raises(AssertionError, match="lost"):
            load.check_kept()
        del load.created["task 0-1"]
        load.check_kept()
        user.post("/api/tasks", json={"title": "task 1-1"})
        user.post("/api/tasks", json={"title": "task 1-1"})
        with pytest.raises(AssertionError, match="doubled"):
            load.check_kept()


def test_two_instances_write_once_what_both_are_sent(replicas):
    settings = {
        "STEADY_MONGODB_URI": replicas.uri("twins"),
        "STEADY_WORKERS": "4",
    }
    with Instance(**settings) as one, Instance(**settings) as two:
        user = one.sign_up()
        clients = [user, two.client(cookies=user.cookies)]
        headers = {"Host": f"localhost:{one.port}"}  # it is part of `url`

        def send_twice(
            method: str, path: str, key: str, body
        ) -> httpx.Response:
            answers = at_once(
                2,
                lambda i: clients[i].request(
                    method,
                    path,
                    json=body,
                    headers={**headers, "Idempotency-Key": key},
                ),
            )
            first, second = answers
            assert first.status_code == second.status_code, second.text
            assert first.status_code < 300, first.text
            assert first.content == second.content
            return first

        for number in range(40):
            created = send_twice(
                "POST", "/api/tasks", f"create-{number}", {"title": str(number)}
            ).json()
            path = f"/api/tasks/{created['id']}"
            patched = send_twice(
                "PATCH", path, f"patch-{number}", {"notes": str(number)}
            ).json()
            assert patched["version"] == 2
            if number % 4 == 0:
                send_twice("DELETE", path, f"delete-{number}", None)
        tasks = list(all_tasks(user))
        assert len(tasks) == 30
        assert {task["version"] for task in tasks} == {2}
