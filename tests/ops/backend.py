"""A target for a load balancer, that behaves as a test wants.

    with Backend("127.0.7.1", port) as backend:
        backend.health = 503

/healthz answers with the status `health`; a path below says what else it can
do. Everything else is echoed as JSON: {"backend", "method", "path", "headers",
"body"}. It keeps connections.
"""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        backend = self.server.backend
        name, _, tail = self.path.strip("/").partition("/")
        backend.seen.append(self.path)
        if self.path == "/healthz":
            backend.checks += 1
            backend.check_headers = dict(self.headers)
            self.answer(backend.health, b"")
        elif name == "hold":
            backend.holding.set()
            assert backend.let_go.wait(60)
            self.answer(200, b"held")
        elif name == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x" * 500)
            self.cut()
        elif name == "status":
            self.answer(int(tail), tail.encode())
        elif name in ("vanish", "nonsense", "last", "goodbye", "stream"):
            getattr(self, name)()
        else:
            self.echo()

    do_POST = do_PUT = do_HEAD = do_GET

    def echo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = {
            "backend": self.server.backend.host,
            "method": self.command,
            "path": self.path,
            "headers": dict(self.headers),
            "body": body.decode(),
        }
        self.answer(200, json.dumps(said).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def vanish(self) -> None:
        """Closes without an answer."""
        self.cut()

    def nonsense(self) -> None:
        self.wfile.write(b"HTTP/9.9 what?\r\n\r\n")
        self.cut()

    def last(self) -> None:
        """Says nothing of it, answers, and closes at the next request."""
        self.answer(200, b"last")
        self.rfile.peek(1)
        self.server.backend.refused_kept += 1
        self.cut()

    def goodbye(self) -> None:
        """Says nothing of it, answers, and closes."""
        self.answer(200, b"goodbye")
        self.cut()

    def stream(self) -> None:
        """Chunks, the second one when the test lets go."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nfirst\r\n")
        assert self.server.backend.let_go.wait(60)
        self.wfile.write(b"6\r\nsecond\r\n0\r\n\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    backend: "Backend"

    def handle_error(self, *_: Any) -> None:
        """Connections that break are what these tests are about."""


class Backend:
    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.health = 200
        self.checks = 0
        self.check_headers: dict[str, str] = {}
        self.seen: list[str] = []
        self.refused_kept = 0
        # /hold tells that it began, and waits.
        self.holding = threading.Event()
        self.let_go = threading.Event()

    def __enter__(self) -> "Backend":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self.stop()

    def start(self) -> None:
        self.server = _Server((self.host, self.port), _Handler)
        self.server.backend = self
        threading.Thread(
            target=self.server.serve_forever, args=[0.02], daemon=True
        ).start()

    def stop(self) -> None:
        """Connections are refused from now on."""
        self.server.shutdown()
        self.server.server_close()

    def requests(self) -> list[str]:
        """Paths that it was asked for, without health checks."""
        return [it for it in self.seen if it != "/healthz"]


class Deaf:
    """Takes connections, and never says a word."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_server((host, port), backlog=128)

    def __enter__(self) -> "Deaf":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
