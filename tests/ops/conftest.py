"""Fixtures for tests of the container image, and of the laboratory.

`make image-test` builds the image first and starts a Docker daemon where none
answers; `make ops-test` runs the tests that are marked `lab`. What a test
measures it hands to `figure`; the figures are printed at the end, whether or
not something failed.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from installation import BALANCER, Installation

from alb_lab.client import AlbLab
from backend import Backend
from laboratory import Lab
from lib.container import IMAGE, Container, docker, docker_answers
from lib.need import need
from lib.paths import MONGOD
from lib.wait import free_port

SOAK = bool(os.environ.get("STEADY_TEST_SOAK"))
_figures: list[str] = []


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leaves out what only `make ops-soak` runs."""
    left = [it for it in items if it.get_closest_marker("soak") and not SOAK]
    config.hook.pytest_deselected(items=left)
    items[:] = [it for it in items if it not in left]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    for line in _figures:
        terminalreporter.write_line(f"figure: {line}")


@pytest.fixture(scope="session")
def figure() -> Callable[[str], None]:
    """Puts down one line of what was measured."""
    return _figures.append


# -- The image ---------------------------------------------------------------


@pytest.fixture(scope="session")
def image() -> str:
    """The image under test."""
    need(docker_answers(), "a Docker daemon (docker/with-docker starts one)")
    there = docker("images", "--quiet", IMAGE).strip()
    need(bool(there), f"the image {IMAGE} (make image)")
    return IMAGE


@pytest.fixture(autouse=True)
def _image_is_there(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("lab") is None:
        request.getfixturevalue("image")


@pytest.fixture(scope="session")
def steady(image: str) -> Iterator[Container]:
    """The container that tests share. Do not harm it."""
    with Container(STEADY_REGISTRATION="open") as container:
        yield container


# -- The laboratory -----------------------------------------------------------


@pytest.fixture(scope="session")
def shared_lab() -> Iterator[AlbLab]:
    with AlbLab() as lab:
        yield lab


@pytest.fixture
def lab(shared_lab: AlbLab) -> AlbLab:
    """A load balancer that knows nothing yet, with timers that suit a test."""
    shared_lab.reset()
    shared_lab.settings(health_check_interval=0.1, deregistration_delay=1)
    return shared_lab


@pytest.fixture
def start_lab() -> Iterator[Callable[..., AlbLab]]:
    """Starts one with options of its command line."""
    with contextlib.ExitStack() as stack:
        yield lambda *options: stack.enter_context(AlbLab(*options))


@pytest.fixture
def backends() -> Iterator[list[Backend]]:
    """Three targets, on addresses of their own and the same port."""
    port = free_port()
    started = [Backend(f"127.0.7.{number}", port) for number in (1, 2, 3)]
    try:
        for backend in started:
            backend.start()
        yield started
    finally:
        for backend in started:
            backend.let_go.set()
            backend.stop()


@pytest.fixture(scope="session")
def ansible() -> Path:
    """The folder of Debian's ansible programs."""
    folder = Path("/usr/bin")
    need((folder / "ansible").exists(), "ansible (make setup-ops)")
    return folder


@pytest.fixture
def module(ansible: Path) -> Callable[..., dict[str, Any]]:
    """Runs a module of Ansible by itself: module(lab, name, argument=...).

    Returns what the module returned, with `failed` if it did.
    """

    def run(lab: AlbLab, name: str, /, **arguments: Any) -> dict[str, Any]:
        given = ["-a", json.dumps(arguments)] if arguments else []
        done = subprocess.run(
            [ansible / "ansible", "localhost", "-m", name, *given],
            env=lab.environment() | {"ANSIBLE_LOCALHOST_WARNING": "false"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        said = re.search(r"=> (\{.*\})", done.stdout, re.S)
        assert said, done.stdout + done.stderr
        result = json.loads(said[1])
        result.setdefault("failed", done.returncode != 0)
        return result

    return run


# -- Steady on hosts ----------------------------------------------------------


@pytest.fixture(scope="session")
def installation(
    image: str, ansible: Path, figure: Callable[[str], None]
) -> Iterator[Installation]:
    """Steady on three hosts, by site.yml. All tests share it: each begins with
    calm(), whatever the release is, and puts right what it harms."""
    need(MONGOD.exists(), "mongod (make setup-mongod)")
    for program in ("haproxy", "docker-registry"):
        found = shutil.which(program, path="/usr/sbin:/usr/bin")
        need(bool(found), f"{program} (make setup-ops)")
    with Lab(hosts=3, spare=2, spare_kind="bare", haproxy=True) as lab:
        made = Installation(lab, image)
        lab.balancer.settings(**BALANCER)
        lab.publish(image, made.version)
        began = time.monotonic()
        made.must("site.yml", steady_version=made.version)
        figure(f"site.yml on 3 hosts: {time.monotonic() - began:.0f} s")
        yield made
