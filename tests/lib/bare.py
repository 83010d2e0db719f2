"""Workers alone, without nginx and supervisord, for tests that start often.

    with BareWorkers(folder) as workers:
        status, body = workers.request("GET", "/api/tasks")
        workers.kill()
        workers.start()

The store is SQLite in the folder, and nobody signs in (STEADY_AUTH=none).
"""

import os
import signal
import socket
import struct
import subprocess
import uuid
from pathlib import Path
from typing import Any

from lib.fcgi import BEGIN, END, PARAMS, STDIN, STDOUT
from lib.paths import BUILD

# Bytes of content in a record, below the 65,535 of the protocol.
RECORD = 32_768


class BareWorkers:
    def __init__(
        self, folder: Path, count: int = 3, **environment: str
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.path = folder / "api.sock"
        self.count = count
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "BareWorkers":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Creates the tables if need be, as the entrypoint does, and runs."""
        environment = {
            **{k: v for k, v in os.environ.items() if "STEADY_" not in k},
            "STEADY_DATA_DIR": str(self.folder),
            "STEADY_RUN_DIR": str(self.folder),
            "STEADY_AUTH": "none",
            "STEADY_BIND": "127.0.0.1",
            **self.environment,
        }
        program = BUILD / "bin" / "steady-api"
        subprocess.run([program, "check-config"], env=environment, check=True)
        self.path.unlink(missing_ok=True)
        with (
            socket.socket(socket.AF_UNIX) as listening,
            open(self.folder / "worker.log", "a") as log,
        ):
            listening.bind(str(self.path))
            listening.listen(64)
            self.processes = [
                subprocess.Popen(
                    [program, "worker"],
                    env=environment,
                    stdin=listening,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for _ in range(self.count)
            ]

    def kill(self) -> None:
        """SIGKILL to all at once."""
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
        for process in self.processes:
            process.wait(10)

    def request(
        self, method: str, path: str, *body: bytes, **more: Any
    ) -> tuple[int, bytes]:
        """Status and body; ConnectionError where no answer came."""
        with self.ask(method, path, *body, **more) as connection:
            return answer(connection)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        length: int | None = None,
        **headers: str,
    ) -> socket.socket:
        """A connection on which a request was sent, for answer().

        `length` is the Content-Length where it is not the body's; the body
        is not ended then, and the connection is closed for sending.
        """
        query = path.partition("?")[2]
        params = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json" if body else "",
            "CONTENT_LENGTH": str(len(body) if length is None else length),
            "REMOTE_ADDR": "127.0.0.1",
            "REQUEST_ID": uuid.uuid4().hex,
            "REQUEST_SCHEME": "http",
            "SERVER_NAME": "localhost",
            "HTTP_HOST": "localhost",
            **headers,
        }
        sent = (
            _record(BEGIN, struct.pack("!HB5x", 1, 0))
            + _record(PARAMS, b"".join(map(_pair, params.items())))
            + _record(PARAMS, b"")
            + b"".join(
                _record(STDIN, body[start : start + RECORD])
                for start in range(0, len(body), RECORD)
            )
            + (_record(STDIN, b"") if length is None else b"")
        )
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(35)
        connection.connect(str(self.path))
        connection.sendall(sent)
        if length is not None:
            connection.shutdown(socket.SHUT_WR)
        return connection


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


def _pair(pair: tuple[str, str]) -> bytes:
    name, value = (text.encode() for text in pair)
    return struct.pack("!BI", len(name), len(value) | 1 << 31) + name + value


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body; ConnectionError where no answer came."""
    stream = connection.makefile("rb")
    received = b""
    while True:
        header = stream.read(8)
        if len(header) < 8:
            raise ConnectionError("the worker did not answer")
        _, kind, _, length, padding = struct.unpack("!BBHHBx", header)
        content = stream.read(length + padding)[:length]
        if kind == STDOUT:
            received += content
        if kind == END:
            head, _, body = received.partition(b"\r\n\r\n")
            fields = dict(
                line.split(b": ", 1) for line in head.split(b"\r\n") if line
            )
            return int(fields.get(b"Status", b"200")[:3]), body
