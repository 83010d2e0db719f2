"""nginx alone with our configuration, in front of scripted workers.

For what a real worker does only by accident: dying in the middle, silence, a
full backlog. `edit` changes the rendered files before nginx starts, so that a
test can take a protection away and see that it would notice.
"""

import gzip
import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from lib import access_log
from lib.fcgi import Script, ScriptedWorker
from lib.no_tls import NO_TLS
from lib.paths import BUILD, ROOT
from lib.wait import free_port, wait_until

sys.path.insert(0, str(ROOT / "docker"))
from render import Place, find_nginx, render  # noqa: E402

Edit = Callable[[str], str]

DEFAULTS = {
    "STEADY_MONGODB_URI": "",
    "STEADY_PUBLIC_URL": "",
    "STEADY_WORKERS": "1",
    "STEADY_RATE_LIMIT": "0",
    "STEADY_TRUSTED_PROXIES": "",
    "STEADY_BIND": "127.0.0.1",
    "STEADY_DRAIN_SECONDS": "0",
}
GZIPPED = gzip.compress(b"from the .gz file")
PAGE = "<!doctype html><title>Page</title>" + "<p>text</p>" * 200


class Nginx:
    def __init__(
        self,
        script: Script,
        edit: dict[str, Edit] | None = None,
        **settings: str,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="steady-nginx-"))
        self.port = free_port()
        self.edit = edit or {}
        self.settings = {
            **DEFAULTS,
            "STEADY_PORT": str(self.port),
            "STEADY_DATA_DIR": str(self.folder),
            "STEADY_RUN_DIR": str(self.folder),
            "STEADY_LOG_DIR": str(self.folder),
            "STEADY_STATIC_DIR": str(self.folder / "page"),
            "STEADY_ASSETS_DIR": str(self.folder / "kept"),
            **settings,
        }
        self.api = ScriptedWorker(self.folder / "api.sock", script)
        self.health = ScriptedWorker(self.folder / "health.sock", script)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Nginx":
        self.api.start()
        self.health.start()
        self._write_page()
        self.write_configuration()
        with open(self.folder / "stderr.log", "wb") as stderr:
            self.process = subprocess.Popen(self.command(), stderr=stderr)
        try:
            wait_until(self._listens, "nginx to listen", 10)
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
        self.api.close()
        self.health.close()
        try:
            access_log.check_file(self.folder / "access.log")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _write_page(self) -> None:
        assets = self.folder / "page" / "assets"
        assets.mkdir(parents=True)
        (self.folder / "page" / "index.html").write_text(PAGE)
        (assets / "main-abc123.js").write_text("let x = 1;\n" * 500)
        (assets / "main-abc123.js.gz").write_bytes(GZIPPED)
        (assets / "main-abc123.js.br").write_bytes(b"brotli bytes")

    def write_configuration(self) -> None:
        render(self.settings, Place(ROOT, BUILD), "1.2.3")
        for name, edit in self.edit.items():
            file = self.folder / "nginx" / name
            before = file.read_text()
            after = edit(before)
            assert before != after, f"the edit of {name} changed nothing"
            file.write_text(after)

    def command(self, *more: str) -> list[str]:
        configuration = f"{self.folder}/nginx/nginx.conf"
        return [
            find_nginx() or "nginx", "-e", "stderr",
            "-p", str(self.folder), "-c", configuration, *more,
        ]  # fmt: skip

    def _listens(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.logs()
        with socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, timeout=20, verify=NO_TLS, **options
        )

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self.client() as client:
            return client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def send(self, data: bytes) -> bytes:
        """Raw bytes in, all that comes back until nginx closes."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as raw:
            raw.sendall(data)
            received = b""
            while piece := raw.recv(65536):
                received += piece
            return received

    def log_line(self, request_id: str) -> dict[str, Any]:
        def find() -> dict[str, Any] | None:
            for line in self.log_lines():
                if line["request_id"] == request_id:
                    return line
            return None

        return wait_until(find, f"{request_id} in access.log", 5)

    def log_lines(self) -> list[dict[str, Any]]:
        text = (self.folder / "access.log").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def logs(self) -> str:
        return "\n".join(
            f.read_text(errors="replace") for f in self.folder.glob("*.log")
        )
