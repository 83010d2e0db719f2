"""`make dev`: the page's sources as Vite serves them, and rebuilt workers."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from lib import supervisor
from lib.instance import PASSWORD
from lib.paths import IN_CI, ROOT
from lib.wait import free_port, wait_until

BUILT = ROOT / "build"
NODE_MODULES = ROOT / "frontend" / "node_modules"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources and of what was built from them."""
    for needed in [NODE_MODULES, BUILT / "bin", BUILT / "page"]:
        if not needed.exists():
            fail_or_skip = pytest.fail if IN_CI else pytest.skip
            fail_or_skip(f"{needed} is missing (make build page)")
    skip = shutil.ignore_patterns("node_modules")
    for name in ["Makefile", "CHANGELOG.md"]:
        shutil.copy2(ROOT / name, tmp_path)
    for name in ["docker", "fcgi-app", "frontend", "nginx"]:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skip)
    for name in ["bin", "include", "lib", "obj", "page", "stamp"]:
        shutil.copytree(BUILT / name, tmp_path / "build" / name)
    (tmp_path / "frontend" / "node_modules").symlink_to(NODE_MODULES)
    return tmp_path


class Dev:
    """A running docker/dev.py, in a session of its own."""

    def __init__(self, tree: Path, log: Path) -> None:
        self.log = log
        self.port = free_port()
        # Short, for the sockets in it.
        self.run_dir = Path(f"/tmp/steady-dev-{self.port}")
        environment = {k: v for k, v in os.environ.items() if "STEADY" not in k}
        environment |= {
            "STEADY_PORT": str(self.port),
            "STEADY_BIND": "127.0.0.1",
            "STEADY_RUN_DIR": str(self.run_dir),
        }
        with open(log, "w") as console:
            self.process = subprocess.Popen(
                ["/usr/bin/python3", "-B", "docker/dev.py"],
                cwd=tree,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self, pattern: str) -> re.Match[str]:
        def find() -> re.Match[str] | None:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text())
            if self.process.poll() is not None:
                pytest.fail(f"make dev ended\n{plain}")
            return re.search(pattern, plain)

        return wait_until(find, f"{pattern} in {self.log}", 120)

    def workers(self) -> dict[str, int]:
        socket = self.run_dir / "supervisor.sock"
        listed = supervisor.call(socket, "getAllProcessInfo")
        return {p["name"]: p["pid"] for p in listed if p["group"] == "api"}


@pytest.fixture
def dev(tree, tmp_path):
    dev = Dev(tree, tmp_path / "console.log")
    yield dev
    if dev.process.poll() is None:
        dev.process.terminate()
        dev.process.wait(60)
    shutil.rmtree(dev.run_dir, ignore_errors=True)


def of_the_tree(tree: Path) -> list[str]:
    """Commands of the processes that run from the tree, or in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_text().replace("\0", " ")
            folder = os.readlink(process / "cwd")
            if str(tree) in command or folder.startswith(str(tree)):
                found.append(command)
    return found


def test_dev_serves_the_sources_and_takes_up_a_changed_one(dev, tree):
    dev.said("Steady is ready")
    page = dev.said(r"http://127\.0\.0\.1:\d+(?=/)")[0]
    # The page's sources, and the API behind the same origin.
    served = httpx.get(f"{page}/inbox", timeout=60)
    assert "/src/main.tsx" in served.text
    body = {"email": "anna@example.org", "password": PASSWORD}
    own = {"Origin": page}
    with httpx.Client(base_url=page, headers=own, timeout=60) as anna:
        assert anna.post("/api/users", json=body).status_code == 201
        task = anna.post("/api/tasks", json={"title": "Here"}).json()
        assert anna.get(task["url"]).json()["title"] == "Here"
        evil = {"Origin": "https://evil.example"}
        refused = anna.post("/api/tasks", json={"title": "x"}, headers=evil)
        assert refused.status_code == 403

        before = dev.workers()
        source = tree / "fcgi-app" / "src" / "api" / "routes.c"
        source.write_text(
            source.read_text().replace('"/api/tags"', '"/api/changed-tags"')
        )
        dev.said("Workers restarted")
        after = dev.workers()
        assert before.pop("api-000") == after.pop("api-000"), "the keeper"
        assert not set(before.values()) & set(after.values())
        assert anna.get("/api/changed-tags").json() == []

    # As a terminal does: Ctrl-C goes to the whole group.
    os.killpg(dev.process.pid, signal.SIGINT)
    assert dev.process.wait(60) == 0
    assert of_the_tree(tree) == []
    assert "Traceback" not in dev.log.read_text()
