"""Clients that read and write while a test does harm.

    with Load([steady.sign_up()]) as load:
        ...kill something...
    load.check()

Each writer creates tasks and raises the version of one of its own; every write
has an Idempotency-Key. What was acknowledged is remembered, and check() looks
for it. A request that is answered with one of `repeated` is sent again, a
write with the same key, for up to `patience` seconds; any other answer but
success is a failure.
"""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Answer:
    method: str
    status: int  # 0 where the connection broke
    seconds: float
    retry_after: str | None


class Load:
    """`clients` are clients of one user, maybe on several instances. A thread
    rests for `pause` seconds before each request."""

    def __init__(
        self,
        clients: list[httpx.Client],
        writers: int = 2,
        readers: int = 2,
        repeated: dict[str, set[int]] | None = None,
        patience: float = 10,
        pause: float = 0,
    ) -> None:
        self.clients = clients
        self.repeated = repeated or {}
        self.patience = patience
        self.pause = pause
        self.answers: list[Answer] = []
        self.failures: list[str] = []
        # The longest from a write's first try to its acknowledgement.
        self.longest_write = 0.0
        self.created: dict[str, str] = {}  # title to id
        self.raised: dict[str, int] = {}  # id to the version it must have
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=work, args=[number], daemon=True)
            for work, count in [(self._write, writers), (self._read, readers)]
            for number in range(count)
        ]

    # -- Life ---------------------------------------------------------------

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(self.patience + 60)
            assert not thread.is_alive(), "a client hangs"

    def run(self, seconds: float) -> None:
        """Lets the clients work for so long."""
        time.sleep(seconds)

    # -- Clients ------------------------------------------------------------

    def _client(self, number: int) -> httpx.Client:
        """A connection of its own, signed in like the given client."""
        model = self.clients[number % len(self.clients)]
        return httpx.Client(
            base_url=model.base_url, cookies=model.cookies, timeout=40
        )

    def _write(self, number: int) -> None:
        with self._client(number) as client:
            counter = self._post(client, f"counter {number}")
            count = 0
            while counter and not self._stopped.is_set():
                count += 1
                title = f"task {number}-{count}"
                self._post(client, title)
                answer = self._send(
                    client,
                    "PATCH",
                    f"/api/tasks/{counter}",
                    json={"notes": title},
                    headers={"Idempotency-Key": f"raise-{number}-{count}"},
                )
                if answer is not None:
                    self.raised[counter] = self.raised.get(counter, 1) + 1

    def _post(self, client: httpx.Client, title: str) -> str | None:
        """Creates a task; its id, or None if that failed."""
        answer = self._send(
            client,
            "POST",
            "/api/tasks",
            json={"title": title},
            headers={"Idempotency-Key": title.replace(" ", "-")},
        )
        if answer is None:
            return None
        self.created[title] = answer.json()["id"]
        return self.created[title]

    def _read(self, number: int) -> None:
        """A list, and a task whose creation was acknowledged, in turns."""
        with self._client(number) as client:
            while not self._stopped.is_set():
                self._send(client, "GET", "/api/tasks?limit=5")
                known = list(self.created.values())
                if known:
                    self._send(client, "GET", f"/api/tasks/{known[-1]}")

    def _send(
        self, client: httpx.Client, method: str, path: str, **options: Any
    ) -> httpx.Response | None:
        """The successful answer, after repeating what may be repeated."""
        time.sleep(self.pause)
        began = time.monotonic()
        while True:
            answer = self._send_once(client, method, path, **options)
            status = 0 if answer is None else answer.status_code
            took = time.monotonic() - began
            if answer is not None and status < 300:
                if method != "GET":
                    self.longest_write = max(self.longest_write, took)
                return answer
            again = status in self.repeated.get(method, ())
            if not again or took > self.patience:
                text = "no answer" if answer is None else answer.text
                self.failures.append(
                    f"{method} {path}: {status} after {took:.1f} s: {text}"
                )
                return None
            time.sleep(0.25)

    def _send_once(
        self, client: httpx.Client, method: str, path: str, **options: Any
    ) -> httpx.Response | None:
        began = time.monotonic()
        status, retry_after, answer = 0, None, None
        with contextlib.suppress(httpx.HTTPError):
            answer = client.request(method, path, **options)
            status = answer.status_code
            retry_after = answer.headers.get("retry-after")
        took = time.monotonic() - began
        self.answers.append(Answer(method, status, took, retry_after))
        return answer

    # -- Results ------------------------------------------------------------

    @property
    def slowest(self) -> float:
        """Seconds of the slowest answer, repetitions counted singly."""
        return max(answer.seconds for answer in self.answers)

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)

    def summary(self) -> str:
        return (
            f"{len(self.answers)} requests {dict(self.statuses())}, "
            f"{len(self.created)} tasks, {sum(self.raised.values())} raises, "
            f"slowest answer {self.slowest:.2f} s, "
            f"longest write {self.longest_write:.2f} s"
        )

    def check(self) -> None:
        """Nothing failed; each acknowledged write is there exactly once."""
        print(self.summary())
        assert self.created
        assert self.raised
        assert not self.failures, self.failures[:5]
        self.check_kept()

    def check_kept(self, unknown: int = 0) -> None:
        """Each acknowledged write is there, and no task is there twice.

        `unknown` is how many raises of a task may have happened without an
        acknowledgement, since nobody repeated them.
        """
        tasks = {task["id"]: task for task in all_tasks(self.clients[0])}
        titles = Counter(task["title"] for task in tasks.values())
        doubled = [title for title, count in titles.items() if count > 1]
        assert not doubled, f"doubled: {doubled[:5]}"
        lost = [title for title, id in self.created.items() if id not in tasks]
        assert not lost, f"lost: {lost[:5]}"
        for id, version in self.raised.items():
            allowed = range(version, version + unknown + 1)
            assert tasks[id]["version"] in allowed, (tasks[id], allowed)


def all_tasks(client: httpx.Client) -> Iterator[Any]:
    """All tasks of the user, page by page."""
    url = "/api/tasks?limit=200"
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        yield from answer.json()
        url = answer.links.get("next", {}).get("url", "")
