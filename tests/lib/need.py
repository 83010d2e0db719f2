"""Components that a test cannot do without."""

import pytest

from lib.paths import IN_CI


def need(present: bool, what: str) -> None:
    """A component that is not there: a skip here, a failure in CI."""
    if not present and IN_CI:
        pytest.fail(f"{what} is missing")
    if not present:
        pytest.skip(f"{what} is missing")
