"""docker/compose.yaml: each profile from nothing, over its days.

Project and profile are the product's own; images are the official ones or
their stand-ins (stand_in.py). The tests of a profile share one project and
follow one another as a deployment's days do, so that each server starts once:
the one on MongoDB grows into the one of three.
"""

import re
import subprocess
from collections.abc import Callable, Iterator

import pymongo
import pytest
import yaml
from conftest import need
from pymongo.errors import OperationFailure, PyMongoError

from lib.api import add, get, titles
from lib.compose import FOLDER, PROFILES, Project, commands, next_release
from lib.container import docker
from lib.load import Load
from lib.wait import wait_until

# What a client repeats, a write with its key.
REPEATED = dict.fromkeys(["GET", "POST", "PATCH"], {503})
MONGODS = ("mongodb-1", "mongodb-2", "mongodb-3")
STEADIES = ("steady-1", "steady-2", "steady-3")


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Project]:
    """What plain `up` starts, and the first account."""
    need(bool(commands()), "Compose (apt-get install docker-compose)")
    with Project() as project:
        project.up()
        project.sign_up()
        yield project


@pytest.fixture(scope="module")
def mongodb(sqlite: Project) -> Iterator[Project]:
    """On MongoDB, with all that was on SQLite, as docker/README.md says."""
    there = docker("images", "--quiet", "mongo:8.0").strip()
    need(bool(there), "the image mongo:8.0 (tests/ops/stand_in.py)")
    add(sqlite.sign_in(), "from SQLite")
    admin = ("exec", "-T", "steady", "steady-admin", "dump")
    dump = sqlite.compose(*admin)
    with Project() as project:
        project.up("mongodb")
        admin = ("exec", "-T", "steady-mongodb", "steady-admin", "load")
        project.compose(*admin, text=dump)
        yield project


@pytest.fixture(scope="module")
def ha(mongodb: Project) -> Project:
    """The project on MongoDB, grown to three of each."""
    need(
        bool(docker("images", "--quiet", "haproxy:3.0").strip()),
        "the image haproxy:3.0 (tests/ops/stand_in.py)",
    )
    add(mongodb.sign_in(), "before it grew")
    mongodb.down()
    mongodb.up("ha")
    return mongodb


@pytest.fixture(scope="module")
def releases(image: str) -> Iterator[dict[str, str]]:
    """Settings that name other images."""
    with next_release(image) as steady, next_release("mongo:8.0") as mongo:
        yield {"STEADY_IMAGE": steady, "MONGODB_IMAGE": mongo}


@pytest.fixture(params=["sqlite", "mongodb"])
def project(request: pytest.FixtureRequest) -> Project:
    return request.getfixturevalue(request.param)


# ---- The file ---------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_file_is_valid(command: list[str], profile: str) -> None:
    done = subprocess.run(
        [*command, "--profile", profile, "config", "-q"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_env_says_what_each_setting_of_the_file_is() -> None:
    """What .env leaves out cannot be found; what the file does not ask for
    does nothing."""
    asked = set(re.findall(r"\$\{(\w+)", (FOLDER / "compose.yaml").read_text()))
    lines = (FOLDER / ".env").read_text()
    told = set(re.findall(r"^(\w+)=", lines, re.M))
    assert told - {"COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"} == asked


def test_every_service_is_confined_and_ends_in_its_time() -> None:
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    assert len(services) > len(PROFILES)
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["logging"]["options"]["max-size"], name
        assert "privileged" not in service, name
        if service["restart"] != "no":
            assert service["restart"] == "unless-stopped", name
            assert service["stop_grace_period"] == "60s", name
            assert service.get("user") != "root", name


# ---- SQLite, and one MongoDB ------------------------------------------------


def test_plain_up_is_sqlite_alone(sqlite: Project) -> None:
    assert set(sqlite.containers()) == {"steady"}
    assert add(sqlite.sign_in(), "Pay rent")["title"] == "Pay rent"
    sqlite.wait_healthy("steady")


def test_mongodb_is_one_server_and_one_steady(mongodb: Project) -> None:
    assert set(mongodb.containers()) == {
        *("secrets", "mongodb-1", "init", "steady-mongodb")
    }
    anna = mongodb.sign_in()
    assert "from SQLite" in titles(anna)
    assert add(anna, "Pay rent")["title"] == "Pay rent"
    mongodb.wait_healthy("steady-mongodb")
    assert mongodb.health("mongodb-1") == "healthy"


def test_data_outlives_down(project: Project) -> None:
    task = add(project.sign_in(), "Water the plants")
    project.down()
    assert project.containers() == {}
    project.up(project.profile)
    assert get(project.sign_in(), task) == task


def test_new_images_keep_data(
    project: Project, releases: dict[str, str]
) -> None:
    """pull brings images; up does the rest. All containers move, and with
    MongoDB's the one that shares its network."""
    task = add(project.sign_in(), "Call mother")
    project.settings |= releases
    project.up(project.profile)
    for service in set(project.containers()) - {"secrets", "init"}:
        name = project.inspect(service)["Config"]["Image"]
        assert name in releases.values(), service
    assert get(project.sign_in(), task) == task


def test_containers_may_start_in_any_order(mongodb: Project) -> None:
    """After a reboot Docker does not ask who depends on whom."""
    task = add(mongodb.sign_in(), "Feed the cat")
    containers = mongodb.containers()
    order = [containers[name] for name in ("steady-mongodb", "mongodb-1")]
    docker("stop", *order)
    for container in order:
        docker("start", container)
    mongodb.wait_ready()
    assert get(mongodb.sign_in(), task) == task


# ---- Secrets ----------------------------------------------------------------


def secrets_of(project: Project) -> dict[str, str]:
    uri = project.exec("steady-mongodb", "cat", "/secrets/steady/uri")
    password = re.fullmatch(
        r"mongodb://steady:([0-9a-f]{64})@mongodb-1/steady\?replicaSet=rs0",
        uri,
    )
    assert password, "the address has another form"
    return {
        "key": project.exec("mongodb-1", "cat", "/secrets/mongodb/key"),
        "steady": password[1],
        # As docker/README.md says.
        "admin": project.compose(
            *("run", "--rm", "--no-deps", "--entrypoint", "cat"),
            *("init", "/secrets/admin/password"),
        ).strip(),
    }


def test_secrets_are_in_files_alone(mongodb: Project) -> None:
    """Neither in what Docker tells of a container, nor in a log, nor in the
    arguments or the environment of a process."""
    secrets = secrets_of(mongodb)
    assert len(set(secrets.values())) == 3
    places = {"logs": mongodb.logs()}
    for service, container in mongodb.containers().items():
        about = mongodb.inspect(service)
        places[f"inspect {service}"] = docker("inspect", container)
        if about["State"]["Running"]:
            places[f"ps {service}"] = docker("top", container, "axeww")
    assert "mongod" in places["ps mongodb-1"]
    assert "STEADY_MONGODB_URI_FILE=" in places["ps steady-mongodb"]
    for place, text in places.items():
        for name, secret in secrets.items():
            assert len(secret) == 64
            assert secret not in text, f"{name} in {place}"


def test_each_reads_its_own_secrets_only(mongodb: Project) -> None:
    for service, folders in {
        "steady-mongodb": "/secrets/steady",
        "mongodb-1": "/secrets/mongodb",
    }.items():
        mounts = mongodb.inspect(service)["Mounts"]
        secret = [m for m in mounts if "secrets" in m.get("Name", "")]
        assert [m["Destination"] for m in secret] == [folders]
        assert not any(m["RW"] for m in secret)
    refused = "cat /secrets/steady/password 2>&1 || true"
    said = mongodb.exec("steady-mongodb", "sh", "-c", refused)
    assert "Permission denied" in said


def test_mongodb_refuses_strangers(mongodb: Project) -> None:
    address = mongodb.address("mongodb-1")
    options = {"directConnection": True, "serverSelectionTimeoutMS": 5000}
    secrets = secrets_of(mongodb)
    with pymongo.MongoClient(address, **options) as stranger:
        for refused in [
            lambda: stranger.steady.tasks.find_one(),
            lambda: stranger.admin.command("usersInfo", 1),
            lambda: stranger.admin.command("replSetGetStatus"),
        ]:
            with pytest.raises(OperationFailure, match="authentication"):
                refused()
    for user, password, may in [
        ("steady", "0" * 64, False),
        ("admin", secrets["steady"], False),
        ("admin", secrets["admin"], True),
    ]:
        with pymongo.MongoClient(
            address, username=user, password=password, **options
        ) as client:
            if may:
                assert client.admin.command("replSetGetStatus")["ok"]
                continue
            with pytest.raises(OperationFailure, match="failed"):
                client.steady.tasks.find_one()


def test_mongodb_is_not_reachable_from_outside(mongodb: Project) -> None:
    about = mongodb.inspect("mongodb-1")
    assert about["HostConfig"]["PortBindings"] in ({}, None)
    assert list(about["NetworkSettings"]["Networks"]) == [
        f"{mongodb.name}_database"
    ]
    network = docker(
        *("network", "inspect", "--format", "{{.Internal}}"),
        f"{mongodb.name}_database",
    )
    assert network.strip() == "true"


def test_operators_reach_the_store_with_steady_admin(project: Project) -> None:
    service = "steady-mongodb" if project.profile else "steady"
    assert "all right" in project.exec(service, "steady-admin", "check")


# ---- Three of each ----------------------------------------------------------


def primary_of(project: Project) -> str | None:
    for service in MONGODS:
        if not project.inspect(service)["State"]["Running"]:
            continue
        try:
            with pymongo.MongoClient(
                project.address(service),
                directConnection=True,
                serverSelectionTimeoutMS=500,
            ) as client:
                if client.admin.command("hello")["isWritablePrimary"]:
                    return service
        except PyMongoError:
            continue
    return None


def test_ha_grew_out_of_one(ha: Project) -> None:
    assert set(ha.containers()) == {
        *("secrets", "init-ha", "haproxy", *MONGODS, *STEADIES)
    }
    assert "before it grew" in titles(ha.sign_in())
    ha.wait_healthy("haproxy")
    for service in STEADIES:
        ha.wait_healthy(service)


def test_every_steady_answers(ha: Project) -> None:
    """Each on a connection of its own, as people come."""

    def everybody_did() -> bool:
        ha.client().get("/api/openapi.json")
        return all(
            '"route":"/api/openapi.json"' in ha.logs(s) for s in STEADIES
        )

    wait_until(everybody_did, "a request at each Steady", 20)


def test_clients_cannot_choose_their_address(ha: Project) -> None:
    lies = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    answer = ha.client().get("/api/me", headers=lies)
    assert "strict-transport-security" not in answer.headers
    request = answer.headers["x-request-id"]

    def logged_client() -> str | None:
        """In nginx's line, which has both."""
        found = re.search(rf'"{request}".*"client":"([^"]*)"', ha.logs())
        return found and found[1]

    client = wait_until(logged_client, "the request in a log", 10)
    assert client != "203.0.113.7"
    haproxy = ha.inspect("haproxy")["NetworkSettings"]["Networks"]
    assert client not in [n["IPAddress"] for n in haproxy.values()]


def test_a_steady_may_die_and_nobody_notices(
    ha: Project, figure: Callable[[str], None]
) -> None:
    """HAProxy repeats what was in flight, writes by their key: no client of
    this load repeats anything."""
    with Load([ha.sign_up("steady@example.org")]) as load:
        load.run(2)
        docker("kill", ha.containers()["steady-2"])
        load.run(5)
        docker("start", ha.containers()["steady-2"])
        ha.wait_healthy("steady-2")
    figure(f"compose ha, a Steady killed: {load.summary()}")
    assert set(load.statuses()) <= {200, 201}
    load.check()


def pages_until(condition: Callable[[], object], ha: Project) -> list[int]:
    """The statuses of the page, asked for until the condition holds."""
    statuses: list[int] = []

    def asked_and_done() -> bool:
        statuses.append(ha.client().get("/").status_code)
        return bool(condition())

    wait_until(asked_and_done, "another primary", 40)
    return statuses


def test_a_primary_may_die_and_nothing_is_lost(
    ha: Project, figure: Callable[[str], None]
) -> None:
    """Until there is another, the page is served, and who writes is told by
    Steady itself when to repeat it."""
    people = [ha.sign_up("primary@example.org")]
    with Load(people, repeated=REPEATED, patience=40) as load:
        load.run(2)
        primary = wait_until(lambda: primary_of(ha), "a primary")
        docker("kill", ha.containers()[primary])
        pages = pages_until(lambda: primary_of(ha) not in (None, primary), ha)
        load.run(4)
        docker("start", ha.containers()[primary])
    figure(f"compose ha, the primary killed: {load.summary()}")
    assert set(pages) == {200}
    refused = [a for a in load.answers if a.status not in (200, 201)]
    assert all(a.status == 503 and a.retry_after for a in refused), refused[:5]
    load.check()
    for service in (*MONGODS, "haproxy"):
        ha.wait_healthy(service)


def test_ha_takes_a_new_image_without_a_failed_request(
    ha: Project, image: str, figure: Callable[[str], None]
) -> None:
    """One after the other, as docker/README.md says."""
    ha.settings["STEADY_IMAGE"] = image
    with Load([ha.sign_up("release@example.org")]) as load:
        for service in STEADIES:
            ha.compose("up", "-d", "--no-deps", service)
            ha.wait_healthy(service)
    for service in STEADIES:
        assert ha.inspect(service)["Config"]["Image"] == image
    figure(f"compose ha, a new image one by one: {load.summary()}")
    assert set(load.statuses()) <= {200, 201}
    load.check()
