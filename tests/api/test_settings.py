"""Every setting as NAME or as NAME_FILE, and what is refused."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lib.instance import Instance
from lib.paths import BUILD
from lib.wait import wait_until

API = BUILD / "bin" / "steady-api"
ADMIN = BUILD / "bin" / "steady-admin"
PASSWORD = "s3cr3t-of-the-database"
URI = f"mongodb://steady:{PASSWORD}@db.invalid/steady?replicaSet=rs0"

# A value for each that differs from the default.
SAMPLES = {
    "STEADY_MONGODB_URI": URI,
    "STEADY_DATA_DIR": "/srv/data",
    "STEADY_RUN_DIR": "/srv/run",
    "STEADY_PUBLIC_URL": "https://todo.example.org",
    "STEADY_AUTH": "none",
    "STEADY_REGISTRATION": "open",
    "STEADY_WORKERS": "7",
    "STEADY_LOG_LEVEL": "debug",
    "STEADY_PORT": "9000",
    "STEADY_RATE_LIMIT": "5",
    "STEADY_DRAIN_SECONDS": "10",
    "STEADY_TRUSTED_PROXIES": "10.0.0.0/8",
    "STEADY_LOG_DIR": "/srv/log",
    "STEADY_STATIC_DIR": "/srv/page",
    "STEADY_ASSETS_DIR": "/srv/assets",
    "STEADY_BIND": "127.0.0.1",
}


def run(program: Path, *words: str, **settings: str):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("STEADY_")
    }
    # See docker/entrypoint.
    quiet = {"MONGOC_DISABLE_SHM": "1"}
    return subprocess.run(
        [program, *words],
        env=inherited | quiet | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def in_force(**settings: str) -> dict[str, str]:
    done = run(API, "print-config", **settings)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def refusals(**settings: str) -> list[str]:
    """What steady-api and steady-admin have against it: the same."""
    done = run(API, "print-config", **settings)
    assert done.returncode == 1, done.stdout
    said = done.stderr.splitlines()
    admin = run(ADMIN, "check", **settings)
    assert admin.returncode == 1, admin.stdout
    assert len(admin.stderr.splitlines()) == len(said), admin.stderr
    return said


def refusal(**settings: str) -> str:
    said = refusals(**settings)
    assert len(said) == 1, said
    return said[0]


def test_api_says_what_it_misses_for_mongodb(tmp_path):
    alone = tmp_path / "steady-api"
    shutil.copy(API, alone)
    done = run(alone, "check-config", STEADY_MONGODB_URI=URI)
    assert done.returncode == 1
    assert done.stderr == (
        "steady: steady-api-mongodb cannot be started: "
        "No such file or directory.\n"
    )


def test_the_samples_are_of_every_setting():
    assert set(in_force()) == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_setting_may_stand_in_a_file(tmp_path, name):
    file = tmp_path / "value"
    by_value = in_force(**{name: SAMPLES[name]})
    assert by_value != in_force()
    for end in ("", "\n"):
        file.write_text(SAMPLES[name] + end)
        assert in_force(**{f"{name}_FILE": str(file)}) == by_value


def test_an_empty_variable_is_not_given(tmp_path):
    file = tmp_path / "port"
    file.write_text("9000\n")
    only_file = in_force(STEADY_PORT="", STEADY_PORT_FILE=str(file))
    assert only_file["STEADY_PORT"] == "9000"
    only_value = in_force(STEADY_PORT="9001", STEADY_PORT_FILE="")
    assert only_value["STEADY_PORT"] == "9001"


def test_both_are_one_too_many(tmp_path):
    file = tmp_path / "port"
    file.write_text("9000\n")
    said = refusal(STEADY_PORT="9000", STEADY_PORT_FILE=str(file))
    assert "STEADY_PORT and STEADY_PORT_FILE are both set" in said


CONTENTS = {
    "empty": b"",
    "only a newline": b"\n",
    "two lines": URI.encode() + b"\nsecond\n",
    "two newlines": URI.encode() + b"\n\n",
    "carriage return": URI.encode() + b"\r\n",
    "zero byte": b"mongodb://host\0/steady",
    "wrong": PASSWORD.encode(),
    "too large": b"mongodb://" + b"x" * 4087,
}


@pytest.mark.parametrize("content", CONTENTS)
def test_a_wrong_file_is_refused_by_name(tmp_path, content):
    file = tmp_path / "uri"
    file.write_bytes(CONTENTS[content])
    said = refusal(STEADY_MONGODB_URI_FILE=str(file))
    assert "STEADY_MONGODB_URI" in said
    assert PASSWORD not in said


def test_the_largest_file_is_taken(tmp_path):
    file = tmp_path / "uri"
    file.write_bytes(b"mongodb://" + b"x" * 4086)
    assert in_force(STEADY_MONGODB_URI_FILE=str(file))


def test_a_missing_or_special_file_is_refused_by_name(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (tmp_path / "none", tmp_path, fifo, "/dev/zero"):
        said = refusal(STEADY_MONGODB_URI_FILE=str(path))
        assert "STEADY_MONGODB_URI_FILE names a file that cannot" in said


def test_an_unreadable_file_is_refused_by_name(tmp_path):
    file = tmp_path / "uri"
    file.write_text(URI)
    file.chmod(0)
    # Root may read everything.
    user = 65534 if os.geteuid() == 0 else None
    done = subprocess.run(
        [API, "print-config"],
        env={"STEADY_MONGODB_URI_FILE": str(file)},
        capture_output=True,
        text=True,
        user=user,
    )
    assert done.returncode == 1
    assert "STEADY_MONGODB_URI_FILE" in done.stderr
    assert "Permission denied" in done.stderr


def test_a_value_where_the_files_name_belongs_is_not_repeated():
    said = refusal(STEADY_MONGODB_URI_FILE=URI)
    assert "STEADY_MONGODB_URI_FILE" in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    "name",
    ["STEADY_PROT_FILE", "STEADY_PORT_FIL", "STEADY_PORT_FILE_FILE", "STEADY_"],
)
def test_an_unknown_name_is_refused(name):
    assert f"{name} is not a setting" in refusal(**{name: "/dev/null"})


def test_a_value_is_one_line():
    said = refusal(STEADY_BIND="127.0.0.1\nSTEADY_AUTH=none")
    assert "STEADY_BIND must be one line" in said


BROKEN = [
    f"mongodb://steady:{PASSWORD}@/steady",
    f"mongodb://steady:{PASSWORD}@host:99999/steady",
    f"mongodb://steady:{PASSWORD}@host/steady?w=-5",
    f"mongodb://steady:{PASSWORD}%@host/steady",
    f"mongodb://steady:{PASSWORD}@host/steady?tls=x&authMechanism=NONE",
    f"mongodb://steady:{PASSWORD}@host/?tls=true&tlsCAFile=/nowhere"
    "&serverSelectionTimeoutMS=300",
    f"mongodb+srv://steady:{PASSWORD}@nowhere.invalid/steady",
    f"mongodb+srv://steady:{PASSWORD}@host:1/steady",
]


@pytest.mark.parametrize("uri", BROKEN)
def test_a_password_is_in_no_error_and_no_log(tmp_path, uri):
    file = tmp_path / "uri"
    file.write_text(uri + "\n")
    settings = {
        "STEADY_MONGODB_URI_FILE": str(file),
        "STEADY_LOG_LEVEL": "debug",
    }
    for program, words in ((API, ["check-config"]), (ADMIN, ["check"])):
        done = run(program, *words, **settings)
        assert done.returncode == 1
        assert done.stderr
        assert PASSWORD not in done.stdout + done.stderr


def places_of(secret: str, steady: Instance) -> list[str]:
    """Where anybody could read it: processes, rendered files, logs."""

    def holds(file: Path) -> bool:
        try:
            return secret.encode() in file.read_bytes()
        except OSError:  # of a process that has ended meanwhile
            return False

    files = [
        Path(f"/proc/{pid}/{name}")
        for pid in steady.pids()
        for name in ("environ", "cmdline")
    ]
    files += [file for file in steady.folder.rglob("*") if file.is_file()]
    assert len(files) > 40
    return [str(file) for file in files if holds(file)]


def add_database_user(mongodb) -> None:
    with mongodb.client() as client:
        client.admin.command(
            "createUser", "steady", pwd=PASSWORD, roles=["root"]
        )


@pytest.mark.only("mongodb")
def test_a_secret_in_a_file_is_in_no_process_and_no_other_file(
    mongodb, tmp_path
):
    add_database_user(mongodb)
    try:
        uri = mongodb.uri("secret") + "&authSource=admin"
        uri = uri.replace("//", f"//steady:{PASSWORD}@")
        file = tmp_path / "uri"
        file.write_text(uri + "\n")
        hidden = {"STEADY_MONGODB_URI_FILE": str(file), "STEADY_WORKERS": "1"}
        with Instance(**hidden) as steady:
            steady.sign_up()
            assert places_of(PASSWORD, steady) == []
            settings = {
                name: value
                for name, value in steady.environment().items()
                if name.startswith("STEADY_")
            }
            assert run(ADMIN, "check", **settings).returncode == 0
        # What this test would see: the same in the environment.
        with Instance(STEADY_MONGODB_URI=uri, STEADY_WORKERS="1") as steady:
            assert places_of(PASSWORD, steady) != []
    finally:
        with mongodb.client() as client:
            client.admin.command("dropUser", "steady")


@pytest.mark.only("mongodb")
def test_a_wrong_password_stops_the_start_and_is_not_repeated(
    mongodb, tmp_path
):
    file = tmp_path / "uri"
    uri = mongodb.uri("secret") + "&authSource=admin"
    file.write_text(uri.replace("//", f"//steady:{PASSWORD}@"))
    steady = Instance(STEADY_MONGODB_URI_FILE=str(file))
    try:
        steady.start(ready=False)
        assert steady.process
        assert steady.process.wait(30) == 1
        said = (steady.folder / "console.log").read_text()
        assert said.startswith("Steady cannot start: "), said
        assert "STEADY_MONGODB_URI" in said
        assert PASSWORD not in said
    finally:
        steady.release()


def test_a_whole_steady_with_settings_in_files(tmp_path):
    """The entrypoint, nginx and the workers agree."""
    plain = Instance()
    values = {
        "STEADY_PORT": str(plain.port),
        "STEADY_BIND": "127.0.0.1",
        "STEADY_WORKERS": "2",
        "STEADY_DATA_DIR": str(tmp_path / "data"),
        "STEADY_LOG_DIR": str(tmp_path / "log"),
        "STEADY_AUTH": "none",
    }
    files: dict[str, str | None] = {}
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
        files[name] = None
        files[f"{name}_FILE"] = str(tmp_path / name)
    plain.settings.update(files)
    try:
        plain.start()
        assert len(plain.workers()) == 2
        assert plain.client().get("/api/tasks").status_code == 200
        assert (tmp_path / "data" / "steady.db").exists()
        log = tmp_path / "log" / "access.log"
        wait_until(lambda: "/api/tasks" in log.read_text(), "the log", 5)
    finally:
        plain.release()


def test_local_defaults_leave_what_a_file_gives(tmp_path):
    """`make run` fills in only what is given in neither way."""
    data = tmp_path / "data"
    (tmp_path / "name").write_text(f"{data}\n")
    steady = Instance()
    for name in ("DATA", "RUN", "LOG"):
        steady.settings[f"STEADY_{name}_DIR"] = None
    steady.settings["STEADY_DATA_DIR_FILE"] = str(tmp_path / "name")
    try:
        steady.start(ready=False, local=True)
        wait_until(steady.is_ready, "/readyz")
        assert (data / "log" / "access.log").exists()
        assert (data / "steady.db").exists()
    finally:
        steady.release()
