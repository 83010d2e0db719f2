#!/usr/bin/env python3
"""Uses Steady through its load balancer, and notices what a person would.

    probe.py --folder FOLDER --url https://todo.example.org --run ID [...]

Reads, writes with keys, the page and its files, on kept and on fresh
connections, at a steady rate. The token comes from FOLDER/token, which it
removes. It ends when FOLDER/stop appears, on SIGTERM, or with the process that
it watches; then it reads back each write that was acknowledged. In FOLDER it
leaves `state` (that it is serving, or why not), requests.jsonl (one line a
request) and at last result.json.

Needs Python's standard library only.
"""

import argparse
import collections
import hashlib
import http.client
import json
import os
import random
import re
import signal
import ssl
import sys
import threading
import time
import urllib.parse
from dataclasses import asdict, dataclass, field
from pathlib import Path

TIMEOUT = 10.0  # seconds that a person would wait
# Later than this, a request is left out instead of sent in a burst.
LATE_MAX = 1.0
READ_BACK_SECONDS = 60
PAGE = 200
ASSET = re.compile(rb"/assets/[\w.-]+")
# What one round consists of, in this order, by all connections together.
ROUND = [
    *("create", "read", "list", "page", "change", "read", "file", "version"),
    *("create", "read", "list", "change", "read", "file", "read", "list"),
    *("create", "read", "change", "file"),
]
EXPECTED = {"create": 201}


@dataclass
class Outcome:
    """One request, as sent and as answered."""

    number: int
    kind: str
    kept: bool
    at: float  # seconds since 1970
    seconds: float = 0.0
    status: int | None = None
    request_id: str | None = None
    problem: str | None = None


@dataclass
class Write:
    """A change of one task; repeated with its key until it is acknowledged."""

    kind: str
    title: str  # differs from that of every other write
    task: "Task"

    @property
    def key(self) -> str:
        return self.title.replace(" ", "-")


@dataclass
class Task:
    name: str  # stays the same in all titles
    id: str | None = None
    title: str | None = None  # as acknowledged last
    changes: int = 0


@dataclass
class Tasks:
    """The tasks of this run. A task that a connection works on is with it
    alone, so that what must come back is never in doubt."""

    run: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    idle: list[Task] = field(default_factory=list)
    unsure: collections.deque[Write] = field(default_factory=collections.deque)
    all: list[Task] = field(default_factory=list)

    def borrow(self) -> Task | None:
        with self.lock:
            if not self.idle:
                return None
            place = random.randrange(len(self.idle))
            self.idle[place], self.idle[-1] = self.idle[-1], self.idle[place]
            return self.idle.pop()

    def give_back(self, task: Task) -> None:
        with self.lock:
            self.idle.append(task)

    def next_write(self, kind: str) -> Write:
        """One that failed, a change of some task, or a new task."""
        with self.lock:
            if self.unsure:
                return self.unsure.popleft()
        task = self.borrow() if kind == "change" else None
        if task is None:
            with self.lock:
                task = Task(f"probe {self.run} {len(self.all)}.")
                self.all.append(task)
            return Write("create", f"{task.name}0", task)
        task.changes += 1
        return Write("change", f"{task.name}{task.changes}", task)

    def acknowledged(self, write: Write, answer: dict) -> None:
        write.task.id = answer["id"]
        write.task.title = write.title
        self.give_back(write.task)

    def failed(self, write: Write) -> None:
        with self.lock:
            self.unsure.append(write)


class Broken(Exception):
    """An answer that nobody should get."""


class Client:
    """One connection: kept between requests, or made anew for each."""

    def __init__(self, url: str, kept: bool, agent: str, token: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self.kept = kept
        self.agent = agent
        self.token = token
        self.host, self.port = parts.hostname or "", parts.port
        self.tls = (
            ssl.create_default_context() if parts.scheme == "https" else None
        )
        self.connection = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        if self.tls is None:
            return http.client.HTTPConnection(
                self.host, self.port, timeout=TIMEOUT
            )
        return http.client.HTTPSConnection(
            self.host, self.port, timeout=TIMEOUT, context=self.tls
        )

    def send(
        self, outcome: Outcome, method: str, path: str, write: Write | None
    ) -> bytes:
        """Sends it and fills in the outcome; Broken where that went wrong."""
        headers = {"User-Agent": f"{self.agent} {outcome.number}"}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.token}"
        body = None
        if write is not None:
            headers["Idempotency-Key"] = write.key
            headers["Content-Type"] = (
                "application/json"
                if method == "POST"
                else "application/merge-patch+json"
            )
            body = json.dumps({"title": write.title})
        began = time.monotonic()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            outcome.status = answer.status
            outcome.request_id = answer.getheader("X-Request-Id")
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise Broken(f"{type(error).__name__}: {error}") from None
        finally:
            outcome.seconds = round(time.monotonic() - began, 4)
            if not self.kept:
                self.connection.close()
        wanted = EXPECTED.get(write.kind if write else "", 200)
        if outcome.status != wanted:
            raise Broken(f"{outcome.status} instead of {wanted}")
        return content


class Probe:
    def __init__(self, folder: Path, url: str, run: str, token: str) -> None:
        self.folder = folder
        self.url = url
        self.run = run
        self.token = token
        self.agent = f"steady-probe/{run}"
        self.tasks = Tasks(run)
        self.files: dict[str, str | None] = {}  # path to SHA-256
        self.versions: collections.Counter[str] = collections.Counter()
        self.lock = threading.Lock()
        self.number = 0
        self.late = 0
        self.next_at = 0.0
        self.journal = (folder / "requests.jsonl").open("w")
        self.outcomes: list[Outcome] = []
        self.stopped = threading.Event()

    # ---- What a request is and what must come back --------------------------

    def ask_write(self, client: Client, outcome: Outcome) -> None:
        write = self.tasks.next_write(outcome.kind)
        outcome.kind = write.kind
        method, path = "POST", "/api/tasks"
        if write.kind == "change":
            method, path = "PATCH", f"/api/tasks/{write.task.id}"
        try:
            answer = json.loads(client.send(outcome, method, path, write))
            if answer["title"] != write.title:
                raise Broken("the answer to a write has another title")
        except (Broken, ValueError, KeyError):
            self.tasks.failed(write)
            raise
        self.tasks.acknowledged(write, answer)

    def ask_read(self, client: Client, outcome: Outcome) -> None:
        task = self.tasks.borrow()
        if task is None:
            self.ask_list(client, outcome)
            return
        try:
            path = f"/api/tasks/{task.id}"
            answer = json.loads(client.send(outcome, "GET", path, None))
            if answer["title"] != task.title:
                raise Broken("an acknowledged write was not read back")
        finally:
            self.tasks.give_back(task)

    def ask_list(self, client: Client, outcome: Outcome) -> None:
        path = "/api/tasks?limit=20"
        if not isinstance(
            json.loads(client.send(outcome, "GET", path, None)), list
        ):
            raise Broken("the list of tasks is none")

    def ask_page(self, client: Client, outcome: Outcome) -> None:
        content = client.send(outcome, "GET", "/", None)
        if b"</html>" not in content:
            raise Broken("the page is not whole")
        for path in ASSET.findall(content):
            self.files.setdefault(path.decode(), None)

    def ask_file(self, client: Client, outcome: Outcome) -> None:
        """Files of all pages seen: those of old ones must stay."""
        names = list(self.files)
        if not names:
            self.ask_page(client, outcome)
            return
        new = [name for name in names if self.files[name] is None]
        path = random.choice(new or names)
        digest = hashlib.sha256(client.send(outcome, "GET", path, None))
        known = self.files[path]
        self.files[path] = digest.hexdigest()
        if known not in (None, digest.hexdigest()):
            raise Broken(f"{path} has another content than before")

    def ask_version(self, client: Client, outcome: Outcome) -> None:
        answer = json.loads(client.send(outcome, "GET", "/version", None))
        with self.lock:
            self.versions[answer["version"]] += 1

    # ---- Sending -------------------------------------------------------------

    def one(self, client: Client, kind: str | None = None) -> Outcome:
        with self.lock:
            self.number += 1
            number = self.number
        kind = kind or ROUND[number % len(ROUND)]
        outcome = Outcome(number, kind, client.kept, time.time())
        name = "write" if kind in ("create", "change") else kind
        act = getattr(self, f"ask_{name}")
        try:
            act(client, outcome)
        except Broken as broken:
            outcome.problem = str(broken)
        except (ValueError, KeyError, TypeError) as error:
            outcome.problem = f"an answer that makes no sense: {error!r}"
        with self.lock:
            self.outcomes.append(outcome)
            self.journal.write(json.dumps(asdict(outcome)) + "\n")
            self.journal.flush()
        return outcome

    def turn(self, rate: float) -> bool:
        """Waits until the next request is due; False when there is none."""
        with self.lock:
            now = time.monotonic()
            due = self.next_at or now
            if now - due > LATE_MAX:
                self.late += int((now - due) * rate)
                due = now
            self.next_at = due + 1 / rate
        return not self.stopped.wait(max(0.0, due - now))

    def client(self, kept: bool) -> Client:
        return Client(self.url, kept, self.agent, self.token)

    def work(self, kept: bool, rate: float) -> None:
        client = self.client(kept)
        while self.turn(rate):
            self.one(client)

    def begin(self) -> None:
        """One of each kind must work before there is anything to prove."""
        client = self.client(kept=False)
        for kind in ("page", "file", "create", "read", "list", "version"):
            outcome = self.one(client, kind)
            if outcome.problem:
                wrong = f"{self.url}: {kind}: {outcome.problem}"
                (self.folder / "state").write_text(
                    f"The service does not serve as it is: {wrong}"
                )
                sys.exit(wrong)
        (self.folder / "state").write_text("serving")

    def watch(self, process: int | None, seconds: float) -> str:
        """Why it ended."""
        deadline = time.monotonic() + seconds
        while not self.stopped.wait(0.1):
            if (self.folder / "stop").exists():
                return "asked to"
            if process is not None and not alive(process):
                return "the process it watched is gone"
            if time.monotonic() > deadline:
                return f"after {seconds:.0f} s"
        return "by a signal"

    # ---- At the end ----------------------------------------------------------

    def listed(self) -> dict[str, list[str]]:
        """The titles of this run's tasks as the API lists them, by name."""
        found = collections.defaultdict(list)
        client = self.client(kept=True)
        path: str | None = f"/api/tasks?limit={PAGE}"
        mine = f"probe {self.run} "
        while path:
            client.connection.request(
                "GET", path, headers={"Authorization": f"Bearer {self.token}"}
            )
            answer = client.connection.getresponse()
            tasks = json.loads(answer.read())
            if answer.status != 200:
                raise Broken(f"{answer.status} when reading back")
            for task in tasks:
                if task["title"].startswith(mine):
                    found[task["title"].rpartition(".")[0] + "."].append(
                        task["title"]
                    )
            link = re.match(r"<([^>]*)>", answer.getheader("Link") or "")
            path = None
            if link:
                parts = urllib.parse.urlsplit(link[1])
                path = f"{parts.path}?{parts.query}"
        return found

    def read_back(self) -> dict[str, list[str]]:
        """Acknowledged writes that are lost, or there more than once."""
        deadline = time.monotonic() + READ_BACK_SECONDS
        while True:
            try:
                found = self.listed()
                break
            except (OSError, Broken, ValueError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
        open_writes = {id(write.task): write for write in self.tasks.unsure}
        lost, doubled = [], []
        for task in self.tasks.all:
            titles = found.get(task.name, [])
            if len(titles) > 1:
                doubled.append(task.name)
            unsure = open_writes.get(id(task))
            allowed = {task.title} | ({unsure.title} if unsure else set())
            if task.title is not None and not allowed & set(titles):
                lost.append(task.title)
        return {"lost": lost, "doubled": doubled}

    def result(self, seconds: float, ended: str) -> dict:
        bad = [o for o in self.outcomes if o.problem]
        writes = [o for o in self.outcomes if o.kind in ("create", "change")]
        times = sorted(o.seconds for o in self.outcomes) or [0.0]
        return {
            "run": self.run,
            "url": self.url,
            "ended": ended,
            "seconds": round(seconds, 1),
            "requests": len(self.outcomes),
            "left_out": self.late,
            "failed": len(bad),
            "problems": [asdict(o) for o in bad[:20]],
            "kinds": collections.Counter(o.kind for o in self.outcomes),
            "versions": self.versions,
            "p50": times[len(times) // 2],
            "p99": times[len(times) * 99 // 100],
            "longest": times[-1],
            "acknowledged": sum(not o.problem for o in writes),
            **self.read_back(),
        }


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def run(probe: Probe, options: argparse.Namespace) -> dict:
    signal.signal(signal.SIGTERM, lambda *_: probe.stopped.set())
    probe.begin()
    began = time.monotonic()
    workers = [
        threading.Thread(
            target=probe.work, args=(index % 2 == 0, options.rate), daemon=True
        )
        for index in range(options.connections)
    ]
    for worker in workers:
        worker.start()
    ended = probe.watch(options.watch, options.seconds)
    probe.stopped.set()
    for worker in workers:
        worker.join(2 * TIMEOUT)
    return probe.result(time.monotonic() - began, ended)


def main() -> None:
    parser = argparse.ArgumentParser(description="Uses Steady, and notices.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--rate", type=float, default=50, help="a second")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument(
        "--seconds", type=float, default=6 * 3600, help="at most"
    )
    parser.add_argument("--watch", type=int, help="process to end with")
    options = parser.parse_args()
    token = (options.folder / "token").read_text().strip()
    (options.folder / "token").unlink()
    probe = Probe(options.folder, options.url, options.run, token)
    unfinished = options.folder / "result.json.new"
    unfinished.write_text(json.dumps(run(probe, options), indent=2) + "\n")
    unfinished.rename(options.folder / "result.json")


if __name__ == "__main__":
    sys.exit(main())
