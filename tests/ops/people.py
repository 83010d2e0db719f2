"""People who use a service meanwhile: the deploy's own probe, run by a test."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installation import ANSIBLE, Installation

from lib.wait import wait_until

PROBE = ANSIBLE / "roles/probe/files/probe.py"
SECONDS_MAX = 1200  # if nobody ends them


class People:
    """They create, change and read tasks, and load the page and its files, 50
    times a second."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.folder = folder
        self.url = url
        self.result: dict[str, Any] = {}  # the probe's, at the end
        folder.mkdir()
        (folder / "token").write_text(token)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-B", PROBE, "--folder", self.folder]
            + ["--url", self.url, "--run", self.folder.name]
            + ["--seconds", str(SECONDS_MAX), "--watch", str(os.getpid())],
            stdin=subprocess.DEVNULL,
        )
        state = self.folder / "state"
        wait_until(lambda: state.exists() and state.read_text(), "people", 60)
        assert state.read_text() == "serving", state.read_text()

    def stop(self) -> None:
        (self.folder / "stop").touch()
        assert self.process.wait(120) == 0
        self.result = json.loads((self.folder / "result.json").read_text())

    def requests(self) -> list[dict[str, Any]]:
        """Until now: number, kind, at, seconds, status, problem."""
        lines = (self.folder / "requests.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def work(self, requests: int = 100) -> None:
        """Until they have sent so many more."""
        wanted = len(self.requests()) + requests
        wait_until(lambda: len(self.requests()) >= wanted, "requests", 60)

    def check(self) -> None:
        """Nothing failed, and what was acknowledged is there once."""
        assert self.result["requests"] > 0
        assert self.result["failed"] == 0, self.result["problems"]
        self.check_kept()

    def check_kept(self) -> None:
        assert self.result["acknowledged"] > 0
        assert self.result["lost"] == self.result["doubled"] == []

    def __str__(self) -> str:
        form = "{requests:,} requests, {failed:,} failed, longest {longest} s"
        return form.format(**self.result)


@contextmanager
def people(installation: Installation) -> Iterator[People]:
    """With an account of their own, through alb-lab."""
    folders = installation.lab.folder.glob("people-*")
    name = f"people-{len(list(folders))}"
    email = f"{name}@example.org"
    installation.add_account(email)
    host = installation.hosts[0]
    token = host.docker(
        *("exec", f"steady-{installation.current(host)['slot']}"),
        *("steady-admin", "token", "add", email),
        *("--name", "test", "--scope", "write"),
    )
    folder = installation.lab.folder / name
    they = People(folder, installation.lab.url, token.strip())
    they.start()
    try:
        yield they
    finally:
        they.stop()
