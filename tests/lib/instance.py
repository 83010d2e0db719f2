"""A whole Steady for a test: nginx, supervisord and workers, as they ship.

    with Instance(STEADY_WORKERS="2") as steady:
        anna = steady.sign_up()
        anna.post("/api/tasks", json={"title": "Pay rent"})
        os.kill(steady.workers()[0], signal.SIGKILL)
        steady.restart()

Each has a free port, a temporary folder and a session of processes of its
own, so that any number runs side by side. Settings are STEADY_* variables;
None unsets one. What a failed test wants to see is in `logs()`.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import httpx

from lib import access_log, supervisor
from lib.no_tls import NO_TLS
from lib.paths import BUILD, ROOT
from lib.wait import free_port, wait_until

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)

# A test is neither slowed down nor locked out unless it is about that.
_DEFAULTS = {
    "STEADY_BIND": "127.0.0.1",
    "STEADY_RATE_LIMIT": "0",
    "STEADY_REGISTRATION": "open",
}
_EMPTY_PAGE = "<!doctype html><title>No page was built</title>\n"


class Instance:
    def __init__(self, build: Path = BUILD, **settings: str | None) -> None:
        # Short, for the sockets in it.
        self.folder = Path(tempfile.mkdtemp(prefix="steady-"))
        self.build = build
        self.port = int(settings.get("STEADY_PORT") or free_port())
        self.settings: dict[str, str | None] = {
            **_DEFAULTS,
            "STEADY_PORT": str(self.port),
            "STEADY_DATA_DIR": str(self.folder / "data"),
            "STEADY_RUN_DIR": str(self.folder / "run"),
            "STEADY_LOG_DIR": str(self.folder / "log"),
            "STEADY_STATIC_DIR": str(self._page()),
            **settings,
        }
        self.process: subprocess.Popen[str] | None = None
        self._clients: list[httpx.Client] = []

    def _page(self) -> Path:
        built = self.build / "page"
        if (built / "index.html").exists():
            return built
        page = self.folder / "page"
        page.mkdir()
        (page / "index.html").write_text(_EMPTY_PAGE)
        return page

    # -- Life ---------------------------------------------------------------

    def __enter__(self) -> "Instance":
        try:
            self.start()
        except BaseException:
            self.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def environment(self) -> dict[str, str]:
        """The machine's, without its own STEADY_*, and the settings."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("STEADY_")
        }
        ours = {k: v for k, v in self.settings.items() if v is not None}
        return {**inherited, **ours}

    def start(
        self, ready: bool = True, local: bool = False, **popen: Any
    ) -> None:
        """Starts it, and by default waits until /readyz answers 200; local
        as `make run` does. Options of Popen take the place of what is usual,
        such as console.log for both streams."""
        command = [ROOT / "docker" / "entrypoint", "--build", self.build]
        if local:
            command.append("--local")
        with open(self.folder / "console.log", "a") as console:
            usual: dict[str, Any] = {
                "env": self.environment(),
                "stdin": subprocess.DEVNULL,
                "stdout": console,
                "stderr": subprocess.STDOUT,
                "start_new_session": True,
                "text": True,
            }
            self.process = subprocess.Popen(command, **{**usual, **popen})
        if ready:
            self.wait_ready()

    def is_ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/readyz", verify=NO_TLS)
            return answer.status_code == 200
        except httpx.HTTPError:
            return False

    def wait_ready(self, seconds: float = 30) -> None:
        def ready() -> bool:
            code = self.process.poll() if self.process else None
            if code is not None:
                raise AssertionError(f"Steady ended with {code}\n{self.logs()}")
            return self.is_ready()

        try:
            wait_until(ready, "/readyz to answer 200", seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def stop(self, seconds: float = 60) -> int:
        """Ends it with SIGTERM, in order; its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL to everything at once, as a power cut would."""
        assert self.process
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> None:
        """Starts it again on the same folders, whether it runs or not."""
        if self.process and self.process.poll() is None:
            self.stop()
        self.start()

    def release(self) -> None:
        """Ends it if need be and removes its folder; each line of its access
        log must have been as documented."""
        for client in self._clients:
            client.close()
        if self.process and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        try:
            access_log.check_file(self._log_dir / "access.log")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- Requests -----------------------------------------------------------

    @property
    def url(self) -> str:
        """On localhost, where the session cookie needs no TLS."""
        return f"http://localhost:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """A client with its own cookies; closed with the instance."""
        options = {"base_url": self.url, "timeout": 40, **options}
        client = httpx.Client(verify=NO_TLS, **options)
        self._clients.append(client)
        return client

    def sign_up(
        self, email: str | None = None, password: str = PASSWORD
    ) -> httpx.Client:
        """A client that is signed in to a fresh account."""
        client = self.client()
        if email is None:
            email = f"user{next(_numbers)}-{os.getpid()}@example.org"
        body = {"email": email, "password": password}
        answer = client.post("/api/users", json=body)
        assert answer.status_code == 201, f"{answer.text}\n{self.logs()}"
        return client

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Client:
        client = self.client()
        body = {"email": email, "password": password}
        answer = client.post("/api/session", json=body)
        assert answer.status_code == 201, answer.text
        return client

    # -- Processes ----------------------------------------------------------

    @property
    def data_dir(self) -> Path:
        return Path(self.settings["STEADY_DATA_DIR"] or "")

    def settings_beside(self) -> dict[str, str | None]:
        """For a second instance on the same database."""
        shared = {"STEADY_MONGODB_URI", "STEADY_REGISTRATION"}
        return {k: v for k, v in self.settings.items() if k in shared}

    @property
    def run_dir(self) -> Path:
        return Path(self.settings["STEADY_RUN_DIR"] or "")

    def supervisor(self, method: str, *arguments: Any) -> Any:
        """Calls supervisord: supervisor("stopProcess", "api:api-001")."""
        path = self.run_dir / "supervisor.sock"
        return supervisor.call(path, method, *arguments)

    def processes(self) -> dict[str, int]:
        """Name to pid of what runs: api-000 (keeper), nginx, guard..."""
        listed = self.supervisor("getAllProcessInfo")
        return {one["name"]: one["pid"] for one in listed if one["pid"]}

    def workers(self) -> list[int]:
        """Pids of the API workers that run, without the keeper."""
        return [
            pid
            for name, pid in sorted(self.processes().items())
            if name.startswith("api-") and name != "api-000"
        ]

    def keeper(self) -> int:
        return self.processes()["api-000"]

    def nginx(self) -> int:
        """Pid of the master."""
        return self.processes()["nginx"]

    def pids(self) -> list[int]:
        """supervisord and all that descends from it."""
        assert self.process
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                rest = stat.read_text().rpartition(")")[2].split()
                parent = int(rest[1])
                children.setdefault(parent, []).append(int(stat.parent.name))
        found = [self.process.pid]
        for pid in found:
            found.extend(children.get(pid, []))
        return found

    def kill_workers(self) -> None:
        """SIGKILL to all workers at once; supervisord restarts them."""
        for pid in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # -- Logs ---------------------------------------------------------------

    @property
    def _log_dir(self) -> Path:
        return Path(self.settings["STEADY_LOG_DIR"] or self.folder)

    def log_lines(self, name: str = "access.log") -> list[dict[str, Any]]:
        """The JSON lines of access.log or worker.log so far."""
        file = self._log_dir / name
        if not file.exists():
            return []
        lines = file.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def log_line(self, request_id: str) -> dict[str, Any]:
        """The access log's line of a request, which comes after its answer."""

        def find() -> dict[str, Any] | None:
            for line in self.log_lines():
                if line["request_id"] == request_id:
                    return line
            return None

        return wait_until(find, f"{request_id} in access.log", 5)

    def logs(self, size: int = 4000) -> str:
        """The ends of all logs, for the message of a failed assertion."""
        parts = []
        folder = self._log_dir
        for file in [self.folder / "console.log", *folder.glob("*.log")]:
            if file.exists():
                text = file.read_text(errors="replace")[-size:]
                parts.append(f"---- {file} ----\n{text}")
        return "\n".join(parts)
