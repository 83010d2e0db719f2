"""Fixtures for tests of the container image.

`make image-test` builds the image first and starts a Docker daemon where none
answers. What a test measures it hands to `figure`; the figures are printed at
the end, whether or not something failed.
"""

from collections.abc import Callable, Iterator

import pytest

from lib.container import IMAGE, Container, docker, docker_answers
from lib.paths import IN_CI

_figures: list[str] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    for line in _figures:
        terminalreporter.write_line(f"figure: {line}")


@pytest.fixture(scope="session")
def figure() -> Callable[[str], None]:
    """Puts down one line of what was measured."""
    return _figures.append


@pytest.fixture(scope="session", autouse=True)
def image() -> str:
    """The image under test."""
    missing = None
    if not docker_answers():
        missing = "a Docker daemon (docker/with-docker starts one)"
    elif not docker("images", "--quiet", IMAGE).strip():
        missing = f"the image {IMAGE} (make image)"
    if missing and IN_CI:
        pytest.fail(f"{missing} is missing")
    if missing:
        pytest.skip(f"{missing} is missing")
    return IMAGE


@pytest.fixture(scope="session")
def steady(image: str) -> Iterator[Container]:
    """The container that tests share. Do not harm it."""
    with Container(STEADY_REGISTRATION="open") as container:
        yield container
