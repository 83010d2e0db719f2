"""docker/compose.yaml as a person uses it, under a name of the test's own.

    with Project() as steady:
        steady.up("mongodb")
        anna = steady.sign_in()

A project keeps its volumes over down() and up(), also with another profile,
and is removed with them at the end. STEADY_TEST_COMPOSE names another Compose
than the one that is installed, such as /usr/bin/docker-compose.
"""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx

from lib.container import DOCKER, IMAGE, docker, unique
from lib.instance import PASSWORD
from lib.paths import ROOT
from lib.wait import free_port, wait_until

FOLDER = ROOT / "docker"
PROFILES = ("sqlite", "mongodb", "ha")
EMAIL = "anna@example.org"
_LABEL = "com.docker.compose"


def commands() -> list[list[str]]:
    """Each Compose of this machine: the plugin, and the program."""
    named = os.environ.get("STEADY_TEST_COMPOSE")
    if named:
        return [named.split()]
    found = []
    plugin = subprocess.run([DOCKER, "compose", "version"], capture_output=True)
    if plugin.returncode == 0:
        found.append([DOCKER, "compose"])
    program = shutil.which("docker-compose", path="/usr/bin:/usr/local/bin")
    if program:
        found.append([program])
    return found


class Project:
    def __init__(self, **settings: str) -> None:
        self.name = unique("compose")
        self.port = free_port()
        self.command = commands()[0]
        self.settings = {
            "STEADY_IMAGE": IMAGE,
            "STEADY_PORT": f"127.0.0.1:{self.port}",
            "STEADY_RATE_LIMIT": "0",
            "STEADY_REGISTRATION": "open",
            "MONGODB_CACHE_GB": "0.25",
            **settings,
        }
        self.profile: str | None = None
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    # -- Compose --------------------------------------------------------------

    def compose(
        self, *arguments: str, text: str = "", seconds: float = 150
    ) -> str:
        """The output of a command of Compose, in docker/."""
        profile = ["--profile", self.profile] if self.profile else []
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STEADY_", "COMPOSE_", "MONGODB_"))
        }
        done = subprocess.run(
            [*self.command, "-p", self.name, *profile, *arguments],
            cwd=FOLDER,
            env=own | self.settings,
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, (
            f"{' '.join(arguments)}: exit code {done.returncode}\n"
            f"{done.stdout}{done.stderr}\n{self.logs()}"
        )
        return done.stdout

    def up(self, profile: str | None = None) -> None:
        """`up -d`, and waits until it serves; without a profile as it is in
        docker/.env."""
        self.profile = profile
        self.compose("up", "-d")
        self.wait_ready()

    def down(self) -> None:
        self.compose("down")

    def remove(self) -> None:
        """Everything of this name, whatever has become of it."""
        for client in self._clients:
            client.close()
        label = f"label={_LABEL}.project={self.name}"
        for kind, listing, removal in [
            ("container", ["--all"], ["--force", "--volumes"]),
            ("network", [], []),
            ("volume", [], ["--force"]),
        ]:
            names = docker(
                kind, "ls", *listing, "-q", "--filter", label
            ).split()
            if names:
                docker(kind, "rm", *removal, *names, check=False)

    # -- Containers -----------------------------------------------------------

    def containers(self) -> dict[str, str]:
        """Service to container, also of those that have ended."""
        form = f'{{{{.Label "{_LABEL}.service"}}}} {{{{.ID}}}}'
        lines = docker(
            *("ps", "--all", "--format", form),
            *("--filter", f"label={_LABEL}.project={self.name}"),
        ).splitlines()
        return dict(line.split() for line in lines)

    def inspect(self, service: str) -> dict[str, Any]:
        return json.loads(docker("inspect", self.containers()[service]))[0]

    def health(self, service: str) -> str:
        return self.inspect(service)["State"]["Health"]["Status"]

    def address(self, service: str) -> str:
        """On the network that it shares with nobody outside."""
        networks = self.inspect(service)["NetworkSettings"]["Networks"]
        return networks[f"{self.name}_database"]["IPAddress"]

    def exec(self, service: str, *command: str, user: str = "") -> str:
        options = ["--user", user] if user else []
        return docker("exec", *options, self.containers()[service], *command)

    def logs(self, service: str | None = None) -> str:
        """The ends of the logs, of one service or of all."""
        parts = []
        for name, container in self.containers().items():
            if service in (None, name):
                done = subprocess.run(
                    [DOCKER, "logs", "--tail", "200", container],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                parts.append(f"---- {name} ----\n{done.stdout[-4000:]}")
        return "\n".join(parts)

    # -- Clients --------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.get(f"{self.url}/readyz", timeout=5)
            return answer.status_code == 200
        return False

    def wait_ready(self, seconds: float = 60) -> None:
        try:
            wait_until(self.is_ready, "/readyz to answer 200", seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def wait_healthy(self, service: str, seconds: float = 60) -> None:
        wait_until(
            lambda: self.health(service) == "healthy",
            f"{service} to be healthy",
            seconds,
        )

    def client(self, **options: Any) -> httpx.Client:
        client = httpx.Client(base_url=self.url, timeout=40, **options)
        self._clients.append(client)
        return client

    def sign_up(self, email: str = EMAIL) -> httpx.Client:
        return self._enter("/api/users", email)

    def sign_in(self) -> httpx.Client:
        """As the first that signed up."""
        return self._enter("/api/session", EMAIL)

    def _enter(self, path: str, email: str) -> httpx.Client:
        client = self.client()
        body = {"email": email, "password": PASSWORD}
        answer = client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return client


@contextlib.contextmanager
def next_release(image: str) -> Iterator[str]:
    """Another image, of another name, that does the same."""
    name = unique("release")
    text = f'FROM {image}\nLABEL release="{name}"\n'
    subprocess.run(
        [DOCKER, "build", "-q", "-t", name, "-"],
        input=text.encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    try:
        yield name
    finally:
        docker("rmi", "--force", name, check=False)
