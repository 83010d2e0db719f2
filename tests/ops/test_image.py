"""What the image is made of, and how it starts, serves and ends."""

import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lib.api import add, get
from lib.container import DOCKER, Container, docker, unique
from lib.paths import ROOT
from lib.wait import wait_until

UID = 10001
# Where Steady may write: its volume, and what is a tmpfs in production.
WRITABLE = ("/var/lib/steady", "/run", "/tmp")
PROGRAMS = (
    "steady-api",
    "steady-api-mongodb",
    "steady-admin",
    "steady-events",
)
# Shapes of keys and tokens, and files that hold them.
SECRET = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{16}|_authToken|"
    rb"\bAKIA[0-9A-Z]{16}\b|"
    rb"://[\w.~-]{1,64}:(?!PASSWORD@)[\w.~!$*+-]{1,64}@[\w.-]+[:/]"
)
SECRET_FILES = re.compile(
    r"(^|/)(\.npmrc|\.netrc|\.git|\.ssh|\.docker|\.pypirc|\.env|pip\.conf|"
    r"id_[a-z0-9]+|shadow-?|.*\.key)$"
)


@pytest.fixture(scope="module")
def configuration(image: str) -> dict:
    return json.loads(docker("image", "inspect", image))[0]


@pytest.fixture(scope="module")
def root_shell(image: str) -> Callable[[str], str]:
    """Runs a script as root in a container of the image, not hardened."""

    def run(script: str) -> str:
        return docker(
            *("run", "--rm", "--name", unique("scan"), "--user", "0"),
            *("--entrypoint", "/bin/bash", image, "-euc", script),
        )

    return run


@pytest.fixture(scope="module")
def programs(image: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our programs as they are in the image."""
    folder = tmp_path_factory.mktemp("programs")
    name = unique("copy")
    docker("create", "--name", name, image)
    try:
        docker("cp", f"{name}:/opt/steady/bin/.", str(folder))
    finally:
        docker("rm", "--volumes", name)
    return folder


@pytest.fixture(scope="module")
def layers(image: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image as `docker save` writes it."""
    archive = tmp_path_factory.mktemp("layers") / "image.tar"
    docker("save", "--output", str(archive), image)
    return archive


def files_of(layers: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of every layer, and the descriptions beside them."""
    with tarfile.open(layers) as image:
        for member in image:
            stream = image.extractfile(member)
            if stream is None:
                continue
            try:
                with tarfile.open(fileobj=stream) as layer:
                    for file in layer:
                        if file.isreg() and (data := layer.extractfile(file)):
                            yield file.name, data.read()
            except tarfile.ReadError:
                stream.seek(0)
                yield member.name, stream.read()


def test_no_setuid_or_setgid_file(root_shell: Callable[[str], str]) -> None:
    assert root_shell("find / -xdev -perm /6000 -type f") == ""


def test_nothing_is_writable_outside_the_volumes(image: str) -> None:
    """As the image's user, in a container whose root could be written."""
    found = docker(
        *("run", "--rm", "--name", unique("scan")),
        *("--entrypoint", "/usr/bin/find", image, "/", "-xdev"),
        *("-writable", "-not", "-type", "l"),
        check=False,
    ).splitlines()
    outside = [f for f in found if not f.startswith(WRITABLE)]
    assert found
    assert outside == []


def test_no_compiler_and_no_headers(root_shell: Callable[[str], str]) -> None:
    found = root_shell(
        "command -v gcc cc c99 clang ld as make npm node curl || true; "
        "ls -d /usr/include/*.h 2>/dev/null || true"
    )
    assert found == ""


def test_no_secret_in_layers(layers: Path) -> None:
    found = []
    for name, content in files_of(layers):
        # Debian's empty list of passwords comes with the base.
        named = SECRET_FILES.search(name) and b"$" in content
        if named or SECRET.search(content):
            found.append(name)
    assert found == []


def test_no_secret_in_environment_or_inspect(
    steady: Container, configuration: dict
) -> None:
    ours = {"STEADY_RATE_LIMIT", "STEADY_REGISTRATION"}
    for entry in (configuration["Config"], steady.inspect()["Config"]):
        names = {line.split("=")[0] for line in entry["Env"]}
        assert names - ours == {"PATH", "MONGOC_DISABLE_SHM"}
    text = json.dumps([configuration, steady.inspect()]).encode()
    assert SECRET.search(text) is None


def test_labels_and_settings_of_the_image(configuration: dict) -> None:
    config = configuration["Config"]
    labels = config["Labels"]
    prefix = "org.opencontainers.image."
    assert labels[f"{prefix}title"] == "Steady"
    assert labels[f"{prefix}licenses"] == "MIT"
    assert re.fullmatch(r"\d+\.\d+\.\d+", labels[f"{prefix}version"])
    assert labels[f"{prefix}revision"]
    assert labels[f"{prefix}base.name"].startswith("debian:13-slim")
    assert config["User"] == f"{UID}:{UID}"
    assert config["StopSignal"] == "SIGTERM"
    assert list(config["ExposedPorts"]) == ["8080/tcp"]
    assert list(config["Volumes"]) == ["/var/lib/steady"]


def test_version_tells_version_and_revision(
    steady: Container, configuration: dict
) -> None:
    labels = configuration["Config"]["Labels"]
    prefix = "org.opencontainers.image."
    assert steady.client().get("/version").json() == {
        "version": labels[f"{prefix}version"],
        "revision": labels[f"{prefix}revision"],
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_hardened(programs: Path, program: str) -> None:
    command = ["readelf", "-W", "-h", "-l", "-d", "--dyn-syms"]
    said = subprocess.run(
        [*command, programs / program],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert re.search(r"Type:\s+DYN", said), "not PIE"
    assert "FLAGS_1" in said and re.search(r"\bPIE\b", said), "not PIE"
    assert "GNU_RELRO" in said
    assert re.search(r"BIND_NOW|Flags: .*\bNOW\b", said)
    assert "__stack_chk_fail" in said, "no stack canaries"
    assert re.search(r"__\w+_chk\b", said.replace("__stack_chk", "")), (
        "not fortified"
    )
    stack = re.search(r"GNU_STACK.* (R\w*) +0x", said)
    assert stack and stack[1] == "RW", "executable stack"
    assert "(RPATH)" not in said and "(RUNPATH)" not in said
    assert ".symtab" not in said


def test_all_libraries_are_there(root_shell: Callable[[str], str]) -> None:
    """What was left out of the image is needed by none of its programs."""
    missing = root_shell(
        "find /usr /opt -xdev -type f \\( -perm /111 -o -name '*.so*' \\) "
        '-exec sh -c \'head -c 4 "$1" | grep -q ELF && '
        'ldd "$1" 2>&1 | grep -q "not found" && echo "$1"\' sh {} \\; '
        "|| true"
    )
    assert missing == ""


def test_runs_as_one_user_without_rights(steady: Container) -> None:
    status = steady.exec(
        "sh", "-c", "cat /proc/[0-9]*/status | grep -E '^(Uid|Gid|Cap|NoNew)'"
    )
    seen = {tuple(line.split()) for line in status.splitlines()}
    assert ("Uid:", *[str(UID)] * 4) in seen
    for key, *values in seen:
        if key in ("Uid:", "Gid:"):
            assert set(values) == {str(UID)}
        elif key.startswith("Cap"):
            assert int(values[0], 16) == 0, key
        else:
            assert values == ["1"]


def test_root_is_read_only(steady: Container) -> None:
    assert steady.inspect()["HostConfig"]["ReadonlyRootfs"]
    said = steady.exec("sh", "-c", "echo x 2>&1 >/opt/steady/x || true")
    assert "Read-only file system" in said


def test_listens_on_8080_alone(steady: Container) -> None:
    ports = set()
    listening = "0A"
    for line in steady.exec(
        "cat", "/proc/net/tcp", "/proc/net/tcp6"
    ).splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == listening:
            ports.add(int(words[1].rpartition(":")[2], 16))
    assert ports == {8080}


def test_serves_page_and_api_on_sqlite(steady: Container) -> None:
    page = httpx.get(steady.url)
    assert page.status_code == 200
    assert "<title>" in page.text
    asset = re.search(r'src="(/assets/[^"]+\.js)"', page.text)
    assert asset
    for coding in ("br", "gzip"):
        script = httpx.get(
            f"{steady.url}{asset[1]}", headers={"Accept-Encoding": coding}
        )
        assert script.headers["content-encoding"] == coding
    anna = steady.sign_up()
    task = add(anna, "Pay rent", recurrence=None)
    assert get(anna, task)["title"] == "Pay rent"


def test_runs_with_nothing_but_a_port(image: str) -> None:
    """docker run -p 8080:8080 steady."""
    with Container(hardened=False) as steady:
        assert steady.client().get("/healthz").status_code == 200


def test_becomes_healthy_and_unhealthy(image: str) -> None:
    fast = ["--health-interval", "1s", "--health-retries", "1"]
    fast += ["--health-start-period", "0s"]
    with Container(options=fast) as steady:

        def has(status: str) -> Callable[[], bool]:
            return lambda: steady.state()["Health"]["Status"] == status

        wait_until(has("healthy"), "the state healthy", 20)
        steady.exec(
            *("sh", "-c"),
            "kill -STOP $(cat /run/steady/nginx.pid) "
            "$(grep -l ^nginx /proc/[0-9]*/comm | cut -d/ -f3)",
        )
        wait_until(has("unhealthy"), "the state unhealthy", 20)


def test_ends_in_order_on_sigterm(image: str) -> None:
    with Container() as steady:
        assert steady.stop() == 0
        assert not steady.state()["OOMKilled"]


def test_data_outlives_the_container(image: str) -> None:
    volume = unique("data")
    docker("volume", "create", volume)
    options = ["--volume", f"{volume}:/var/lib/steady"]
    try:
        with Container(options=options, STEADY_REGISTRATION="open") as steady:
            anna = steady.sign_up("anna@example.org")
            task = add(anna, "Pay rent")
            cookies = dict(anna.cookies)
            assert steady.stop() == 0
        with Container(options=options) as steady:
            again = steady.client(cookies=cookies)
            assert get(again, task)["title"] == "Pay rent"
    finally:
        docker("volume", "rm", "--force", volume)


def test_wrong_setting_ends_it_with_one_sentence(image: str) -> None:
    steady = Container(STEADY_WORKERS="many")
    try:
        steady.run()
        assert steady.wait_ended() == 1
        (line,) = steady.logs().splitlines()
        assert line.startswith("Steady cannot start: STEADY_WORKERS")
    finally:
        steady.remove()


def test_dockerfile_names_no_architecture() -> None:
    for name in ("Dockerfile", "entrypoint", "render.py", "supervisord.conf"):
        text = (ROOT / "docker" / name).read_text()
        assert not re.search(r"x86|amd64|aarch64|arm64", text), name


def test_steady_top_reads_what_docker_logs_shows(steady: Container) -> None:
    request_id = httpx.get(f"{steady.url}/version").headers["X-Request-Id"]

    def shown() -> str | None:
        log = steady.access_log()
        return log if request_id in log else None

    done = subprocess.run(
        [DOCKER, "exec", "-i", steady.name, "steady-top", "--once", "--json"],
        input=wait_until(shown, "the line") + "no line of the log\n",
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["other_lines"] == 1
    assert "GET /version" in [route["name"] for route in told["routes"]]
