"""A Steady in a container, with all protections on, for a test.

    with Container(STEADY_REGISTRATION="open") as steady:
        anna = steady.sign_up()
        anna.post("/api/tasks", json={"title": "Pay rent"})
        assert steady.stop() == 0

Each has a name of its own with this run's prefix, a free port on loopback and
an anonymous volume unless `options` bring one; all are removed at the end.
Settings are STEADY_* variables.
"""

import itertools
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from lib import access_log
from lib.instance import PASSWORD
from lib.wait import free_port, wait_until

_DEBIANS = Path("/usr/bin/docker")
DOCKER = str(_DEBIANS) if _DEBIANS.exists() else "docker"
IMAGE = os.environ.get("STEADY_TEST_IMAGE") or "steady:latest"
# Unique to this run of the tests.
PREFIX = f"steady-test-{os.getpid()}-{int(time.time())}"
HARDENED = [
    "--read-only",
    *("--tmpfs", "/run"),
    *("--tmpfs", "/tmp"),
    *("--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
    *("--pids-limit", "200"),
    *("--memory", "512m"),
]
_numbers = itertools.count(1)


def docker(*arguments: str, check: bool = True, seconds: float = 120) -> str:
    """The output of a docker command; its errors are a failed assertion."""
    done = subprocess.run(
        [DOCKER, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    if check and done.returncode != 0:
        command = " ".join(arguments)
        raise AssertionError(
            f"docker {command}: exit code {done.returncode}\n"
            f"{done.stdout}{done.stderr}"
        )
    return done.stdout


def docker_answers() -> bool:
    """Whether there is a daemon that this user may use."""
    try:
        docker("version")
    except (AssertionError, OSError, subprocess.TimeoutExpired):
        return False
    return True


def unique(word: str) -> str:
    """A name for a container, network or volume of this run."""
    return f"{PREFIX}-{word}-{next(_numbers)}"


class Container:
    def __init__(
        self,
        *,
        image: str = IMAGE,
        options: list[str] | None = None,
        hardened: bool = True,
        publish: bool = True,
        **settings: str,
    ) -> None:
        self.image = image
        self.name = unique("steady")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {"STEADY_RATE_LIMIT": "0", **settings}
        self.options = [
            *(HARDENED if hardened else []),
            *(["-p", f"127.0.0.1:{self.port}:8080"] if publish else []),
            *(options or []),
        ]
        self._clients: list[httpx.Client] = []

    # -- Life ---------------------------------------------------------------

    def __enter__(self) -> "Container":
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def run(self) -> None:
        """docker run, without waiting for anything."""
        words = [
            word
            for name, value in self.settings.items()
            for word in ("--env", f"{name}={value}")
        ]
        docker(
            *("run", "--detach", "--name", self.name),
            *self.options,
            *words,
            self.image,
        )

    def start(self) -> None:
        """docker run; then waits until /readyz answers 200."""
        self.run()
        self.wait_ready()

    def is_ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/readyz", timeout=5)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def wait_ready(self, seconds: float = 90) -> None:
        def ready() -> bool:
            if not self.is_running():
                raise AssertionError(f"the container ended\n{self.logs()}")
            return self.is_ready()

        try:
            wait_until(ready, "/readyz to answer 200", seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def stop(self, seconds: int = 60) -> int:
        """docker stop: SIGTERM and, only after this time, SIGKILL. The exit
        code."""
        docker("stop", "--time", str(seconds), self.name, seconds=seconds + 60)
        return self.exit_code()

    def wait_ended(self, seconds: float = 60) -> int:
        """Waits until it has ended by itself; the exit code."""
        wait_until(
            lambda: not self.is_running(), "the container's end", seconds
        )
        return self.exit_code()

    def restart(self) -> None:
        """docker start on what has ended, and waits until it is ready."""
        docker("start", self.name)
        self.wait_ready()

    def remove(self) -> None:
        """Removes it and its anonymous volume, whatever state it is in; each
        line of its access log must have been as documented."""
        for client in self._clients:
            client.close()
        log = self.access_log()
        docker("rm", "--force", "--volumes", self.name, check=False)
        lines = log.splitlines()
        access_log.check([line for line in lines if line.startswith('{"v":')])

    # -- Looking in ---------------------------------------------------------

    def inspect(self) -> dict[str, Any]:
        return json.loads(docker("inspect", self.name))[0]

    def state(self) -> dict[str, Any]:
        """Status, ExitCode, OOMKilled, Health..."""
        return self.inspect()["State"]

    def is_running(self) -> bool:
        return bool(self.state()["Running"])

    def exit_code(self) -> int:
        return int(self.state()["ExitCode"])

    def exec(self, *command: str, user: str | None = None) -> str:
        """The output of a command in the container, by default as Steady."""
        options = ["--user", user] if user is not None else []
        return docker("exec", *options, self.name, *command)

    def pids(self) -> dict[int, str]:
        """Pids of its processes, as this machine counts them, to commands."""
        lines = docker("top", self.name, "-eo", "pid,args").splitlines()[1:]
        pairs = [line.split(None, 1) for line in lines]
        return {int(pid): command for pid, command in pairs}

    def logs(self) -> str:
        """stdout and stderr so far, each in its order."""
        done = subprocess.run(
            [DOCKER, "logs", self.name], capture_output=True, text=True
        )
        return f"{done.stdout}{done.stderr}"

    def access_log(self) -> str:
        """Standard output so far."""
        return docker("logs", self.name, check=False)

    # -- Clients ------------------------------------------------------------

    def client(self, **options: Any) -> httpx.Client:
        """A client that has not signed in."""
        options = {"base_url": self.url, "timeout": 30, **options}
        client = httpx.Client(**options)
        self._clients.append(client)
        return client

    def sign_up(self, email: str | None = None) -> httpx.Client:
        """A client that is signed in to a fresh account."""
        client = self.client()
        if email is None:
            email = f"user{next(_numbers)}@example.org"
        body = {"email": email, "password": PASSWORD}
        answer = client.post("/api/users", json=body)
        assert answer.status_code == 201, f"{answer.text}\n{self.logs()}"
        return client
