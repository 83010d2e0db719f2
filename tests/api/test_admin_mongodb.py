"""steady-admin mongodb init, on real servers that ask for passwords."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pymongo
import pytest
from pymongo.errors import OperationFailure

from lib.admin import Admin
from lib.instance import Instance
from lib.mongod import Mongod
from lib.paths import IN_CI, MONGOD
from lib.wait import wait_until

pytestmark = [pytest.mark.only("mongodb"), pytest.mark.usefixtures("store")]

# What an address must write as %XX.
PASSWORD = "p@ss/w:rd%3F é"
ADMIN_PASSWORD = "the administrator's"


class Servers:
    """mongods that nobody has initiated."""

    def __init__(self, folder: Path, nodes: int, key: bool = True) -> None:
        key_file = folder / "key" if key else None
        if key_file:
            key_file.write_text(secrets.token_hex(64))
            key_file.chmod(0o400)
        self.password_file = folder / "admin_password"
        self.password_file.write_text(ADMIN_PASSWORD + "\n")
        self.nodes = [
            Mongod(folder / str(number), key_file=key_file)
            for number in range(nodes)
        ]

    def uri(
        self,
        nodes: int = 99,
        user: str = "steady",
        password: str = PASSWORD,
        options: str = "",
    ) -> str:
        hosts = ",".join(node.address for node in self.nodes[:nodes])
        login = f"{user}:{quote(password, safe='')}@" if user else ""
        return f"mongodb://{login}{hosts}/todo?replicaSet=steady{options}"

    def init(self, uri: str = "", status: int = 0, wait: int = 30) -> str:
        admin = Admin(STEADY_MONGODB_URI=uri or self.uri())
        return admin.run(
            *("mongodb", "init", "--wait", wait),
            *("--admin-password-file", self.password_file),
            status=status,
        )

    def administrator(self) -> pymongo.MongoClient:
        return pymongo.MongoClient(
            self.uri(user="admin", password=ADMIN_PASSWORD),
            authSource="admin",
        )


@pytest.fixture
def servers(tmp_path: Path) -> Iterator["Servers"]:
    with started(Servers(tmp_path, 1)) as made:
        yield made


@contextlib.contextmanager
def started(servers: Servers) -> Iterator[Servers]:
    if not MONGOD.exists():
        (pytest.fail if IN_CI else pytest.skip)("mongod is missing")
    try:
        for node in servers.nodes:
            node.start()
        yield servers
    finally:
        for node in servers.nodes:
            node.stop()


def config_of(client: pymongo.MongoClient) -> dict:
    return client.admin.command("replSetGetConfig")["config"]


def test_init_makes_a_set_and_users_once(servers):
    first = servers.init()
    assert "initiated the replica set steady" in first
    assert "made the user admin" in first
    assert "made the user steady" in first
    with servers.administrator() as client:
        before = config_of(client), client.admin.command("usersInfo", 1)
        again = servers.init()
        after = config_of(client), client.admin.command("usersInfo", 1)
    assert again == "the replica set steady of 1 is ready\n"
    strip = {"operationTime", "$clusterTime"}
    for told in (before[1], after[1]):
        for name in strip:
            told.pop(name)
    assert before == after


def test_the_user_may_do_what_steady_does_and_no_more(servers, tmp_path):
    """The whole product works with it; nothing else is open to it."""
    servers.init()
    with Instance(STEADY_MONGODB_URI=servers.uri()) as steady:
        person = steady.sign_up()
        made = person.post("/api/tasks", json={"title": "x"})
        assert made.status_code == 201
    admin = Admin(STEADY_MONGODB_URI=servers.uri())
    assert "all right" in admin.run("check")
    admin.run("purge")
    dump = admin.run("dump")
    empty = Admin(STEADY_DATA_DIR=str(tmp_path / "sqlite"))
    empty.run("load", text=dump)
    with pymongo.MongoClient(servers.uri()) as client:
        for name in client.todo.list_collection_names():
            client.todo.drop_collection(name)
    admin.run("load", text=dump)
    with pymongo.MongoClient(servers.uri()) as client:
        assert client.todo.tasks.count_documents({}) == 1
        for refused in [
            lambda: client.other.tasks.find_one(),
            lambda: client.todo.command("createUser", "x", pwd="x", roles=[]),
            lambda: client.admin.command("usersInfo", 1),
            lambda: client.admin.command("replSetGetConfig"),
            lambda: client.local["oplog.rs"].find_one(),
        ]:
            with pytest.raises(OperationFailure, match="not authorized"):
                refused()


def test_nobody_else_gets_in(servers):
    servers.init()
    with servers.nodes[0].connect() as stranger:
        with pytest.raises(OperationFailure, match="requires authentication"):
            stranger.todo.tasks.find_one()
        with pytest.raises(OperationFailure, match="requires authentication"):
            stranger.admin.command("createUser", "x", pwd="x", roles=["root"])


def test_a_new_password_in_the_address_becomes_the_users(servers):
    servers.init()
    uri = servers.uri(password="another")
    assert "changed the password of the user steady" in servers.init(uri)
    assert servers.init(uri) == "the replica set steady of 1 is ready\n"
    with (
        pymongo.MongoClient(servers.uri()) as client,
        pytest.raises(OperationFailure, match="Authentication failed"),
    ):
        client.todo.tasks.find_one()


def test_another_administrators_password_is_refused(servers):
    servers.init()
    servers.password_file.write_text("a guess\n")
    said = servers.init(status=1)
    assert "refuse the user admin with this password" in said
    assert "a guess" not in said


def test_an_interrupted_init_goes_on(servers):
    """As if it had been killed after its first step, and after its second."""
    with servers.nodes[0].connect() as client:
        member = {"_id": 0, "host": servers.nodes[0].address}
        client.admin.command(
            "replSetInitiate", {"_id": "steady", "members": [member]}
        )
    without = servers.init()
    assert "initiated" not in without
    assert "made the user admin\nmade the user steady" in without
    with servers.administrator() as client:
        client.todo.command("dropUser", "steady")
    assert servers.init().startswith("made the user steady\n")


def test_init_waits_for_servers(tmp_path):
    servers = Servers(tmp_path, 1)
    said = servers.init(status=1, wait=1)
    assert "did not answer" in said
    assert "1 s" in said
    assert PASSWORD not in said


def test_members_are_added(tmp_path):
    """From one to three under the same data, as a deployment grows."""
    with started(Servers(tmp_path, 3)) as servers:
        assert "of 1 is ready" in servers.init(servers.uri(nodes=1))
        with pymongo.MongoClient(servers.uri(nodes=1)) as client:
            client.todo.tasks.insert_one({"_id": 1})
        grown = servers.init()
        assert grown == (
            "added 2 members\nthe replica set steady of 3 is ready\n"
        )
        assert servers.init() == "the replica set steady of 3 is ready\n"
        with servers.administrator() as client:
            members = config_of(client)["members"]
            assert [m["host"] for m in members] == [
                node.address for node in servers.nodes
            ]
            states = client.admin.command("replSetGetStatus")["members"]
        assert sorted(m["stateStr"] for m in states) == [
            *("PRIMARY", "SECONDARY", "SECONDARY")
        ]
        with pymongo.MongoClient(
            servers.uri(options="&readPreference=secondary")
        ) as client:
            assert client.todo.tasks.find_one() == {"_id": 1}


def test_init_goes_on_when_a_member_is_down(tmp_path):
    """A broken third node must not keep the other two from starting."""
    with started(Servers(tmp_path, 3)) as servers:
        servers.init()
        servers.nodes[2].stop()
        with servers.administrator() as client:

            def is_noticed() -> bool:
                told = client.admin.command("replSetGetStatus")["members"]
                return told[2]["health"] == 0

            wait_until(is_noticed, "the others to notice")
        assert servers.init() == "the replica set steady of 3 is ready\n"


def test_servers_without_passwords(tmp_path):
    with started(Servers(tmp_path, 1, key=False)) as servers:
        admin = Admin(STEADY_MONGODB_URI=servers.uri(user=""))
        assert admin.run("mongodb", "init") == (
            "initiated the replica set steady\n"
            "the replica set steady of 1 is ready\n"
        )


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("", "must name the hosts"),
        ("mongodb://127.0.0.1/todo", "must name the hosts"),
        ("mongodb://127.0.0.1/?replicaSet=x&tls=true", "without +srv and TLS"),
        ("mongodb://u@127.0.0.1/?replicaSet=x", "no password"),
        ("mongodb://u:p@127.0.0.1/?replicaSet=x", "administrator needs"),
    ],
)
def test_an_address_that_says_too_little_is_refused(uri, words):
    admin = Admin(STEADY_MONGODB_URI=uri)
    assert words in admin.run("mongodb", "init", status=1)


def test_a_set_of_another_name_is_refused(servers):
    servers.init()
    uri = servers.uri().replace("replicaSet=steady", "replicaSet=other")
    said = servers.init(uri, status=1)
    assert "belongs to the replica set steady" in said


def test_a_server_without_a_set_is_refused(tmp_path):
    servers = Servers(tmp_path, 1, key=False)
    servers.nodes[0].replica_set = None
    with started(servers):
        assert "--replSet steady" in servers.init(status=1)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("", "empty"), ("\nx", "empty")],
)
def test_an_unusable_password_file_is_named(tmp_path, content, words):
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    said = Admin().run(
        "mongodb", "init", "--admin-password-file", file, status=1
    )
    assert words in said
    assert str(file) in said


@pytest.mark.parametrize("words", ["start", "init --wait 0", "init --foo x"])
def test_wrong_usage_is_said(words):
    said = Admin().run("mongodb", *words.split(), status=2)
    assert said.startswith("Usage: steady-admin mongodb init")
