"""Fixtures for tests that speak to the product as a client does.

Each test that asks for `store` runs once a store; `make test-api
STORE=sqlite`, or STEADY_TEST_STORES=sqlite, picks one. One instance and one
mongod serve the whole session: a test makes its own user and never looks at
another's things. A test that harms its instance starts one of its own with
`start_instance`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lib.admin import Admin
from lib.api import new_id
from lib.disk import small_disk
from lib.instance import Instance
from lib.mongod import ReplicaSet
from lib.paths import BUILD, IN_CI, MONGOD

STORES = ["sqlite", "mongodb"]


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get("STEADY_TEST_STORES", ",".join(STORES))
    parser.addoption("--store", default=default, help="sqlite, mongodb or both")

    parser.addoption(
        "--store-only",
        action="store_true",
        help="leave out the tests that are the same on every store",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "store" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--store").split(",")
        metafunc.parametrize("store", chosen, scope="session")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only(store): needs this very store")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Leaves out what --store and --store-only do not ask for. The rest runs
    store by store and file by file: pytest's own order would go to and fro
    between the files, and set their fixtures up anew each time."""
    chosen = config.getoption("--store").split(",")
    store_only = config.getoption("--store-only")

    def wanted(item: pytest.Item) -> bool:
        only = item.get_closest_marker("only")
        if store_only and "store" not in getattr(item, "fixturenames", []):
            return False
        return only is None or only.args[0] in chosen

    def store_of(item: pytest.Item) -> int:
        parameters = getattr(item, "callspec", None)
        store = parameters.params.get("store") if parameters else None
        return chosen.index(store) if store else 0

    items[:] = filter(wanted, items)
    places = {item.nodeid: place for place, item in enumerate(items)}
    yield
    items.sort(key=lambda item: (store_of(item), places[item.nodeid]))


def _need(present: bool, what: str) -> None:
    if not present and IN_CI:
        pytest.fail(f"{what} is missing")
    if not present:
        pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def mongodb() -> Iterator[ReplicaSet]:
    """A one-node replica set that lives as long as the session."""
    _need(MONGOD.exists(), "mongod (make setup-mongod)")
    with ReplicaSet() as replica_set:
        yield replica_set


@pytest.fixture(scope="session")
def store_settings(
    store: str, request: pytest.FixtureRequest
) -> Callable[[str], dict[str, str]]:
    """Settings that choose the store, given a database's name."""

    def settings(database: str) -> dict[str, str]:
        if store == "sqlite":
            return {}
        replica_set: ReplicaSet = request.getfixturevalue("mongodb")
        return {"STEADY_MONGODB_URI": replica_set.uri(database)}

    return settings


@pytest.fixture(scope="session")
def instance(
    store_settings: Callable[[str], dict[str, str]],
) -> Iterator[Instance]:
    """The instance that all tests of a store share. Do not harm it."""
    _need((BUILD / "bin/steady-api").exists(), "steady-api (make build)")
    with Instance(**store_settings("shared")) as steady:
        # The first account is the administrator; tests want members.
        steady.sign_up("admin@example.org")
        yield steady


@pytest.fixture
def start_instance(
    store_settings: Callable[[str], dict[str, str]],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Instance]]:
    """Starts instances of the test's own: start_instance(STEADY_WORKERS="1").

    Those of one test share a MongoDB database; on SQLite each has its data
    folder unless STEADY_DATA_DIR says otherwise.
    """
    started: list[Instance] = []
    database = f"test{abs(hash(request.node.nodeid)):x}"

    def start(**settings: str | None) -> Instance:
        steady = Instance(**{**store_settings(database), **settings})
        started.append(steady)
        steady.start()
        return steady

    yield start
    for steady in started:
        steady.release()


@pytest.fixture
def user(instance: Instance) -> httpx.Client:
    """A client signed in to an account of its own, without any task."""
    return instance.sign_up()


@pytest.fixture
def other_user(instance: Instance) -> httpx.Client:
    return instance.sign_up()


@pytest.fixture
def anonymous(instance: Instance) -> httpx.Client:
    """A client that never signed in."""
    return instance.client()


@pytest.fixture
def new_store(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], Admin]:
    """steady-admin with a store that is not there yet, another each time."""

    def new() -> Admin:
        name = f"admin_{new_id()[:8]}"
        if store == "sqlite":
            return Admin(STEADY_DATA_DIR=str(tmp_path / name))
        replica_set: ReplicaSet = request.getfixturevalue("mongodb")
        return Admin(STEADY_MONGODB_URI=replica_set.uri(name))

    return new


@pytest.fixture
def admin(new_store: Callable[[], Admin]) -> Admin:
    """steady-admin with an empty store."""
    made = new_store()
    made.run("migrate")
    return made


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small") as folder:
        yield folder
