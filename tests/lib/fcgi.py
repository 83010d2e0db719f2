"""A FastCGI worker that does what a test tells it: answers, dies, is late.

    def script(request):
        return answer("hello")          # bytes to send, or
        return None                     # close without a word, as if killed

Just enough of the protocol for one request a connection.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


@dataclass
class Request:
    params: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.params["REQUEST_METHOD"]


Script = Callable[[Request], bytes | None]


def answer(body: str = "{}", status: str = "200 OK", **headers: str) -> bytes:
    """A worker's answer; header names with _ for -."""
    lines = [f"Status: {status}", f"Content-Length: {len(body.encode())}"]
    headers = {"Content_Type": "application/json", **headers}
    lines += [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class ScriptedWorker:
    """Listens on a unix socket; `requests` is what has arrived."""

    def __init__(self, path: Path, script: Script, backlog: int = 16) -> None:
        self.script = script
        self.requests: list[Request] = []
        path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(backlog)

    def start(self) -> None:
        """Without it, connections wait in the backlog."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(
                target=self._serve, args=[connection], daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            stream = connection.makefile("rb")
            request = _read(stream)
            if request is None:
                return
            self.requests.append(request)
            sent = self.script(request)
            if sent is None:
                return
            with contextlib.suppress(OSError):  # nginx may have given up
                connection.sendall(
                    _record(STDOUT, sent)
                    + _record(STDOUT, b"")
                    + _record(END, bytes(8))
                )


def _record(kind: int, content: bytes) -> bytes:
    """One record, or as many as a long content needs."""
    pieces = [content[i : i + 65535] for i in range(0, len(content), 65535)]
    return b"".join(
        struct.pack("!BBHHBx", 1, kind, 1, len(piece), 0) + piece
        for piece in pieces or [b""]
    )


def _read(stream: BinaryIO) -> Request | None:
    received = {PARAMS: b"", STDIN: b""}
    while True:
        header = stream.read(8)
        if len(header) < 8:
            return None  # nginx has given up
        _, kind, _, length, padding = struct.unpack("!BBHHBx", header)
        content = stream.read(length + padding)[:length]
        if kind in received:
            received[kind] += content
        if kind == STDIN and length == 0:
            return Request(_pairs(received[PARAMS]), received[STDIN])


def _pairs(data: bytes) -> dict[str, str]:
    pairs = {}
    at = 0
    while at < len(data):
        lengths = []
        for _ in range(2):
            size = 1 if data[at] < 128 else 4
            number = int.from_bytes(data[at : at + size], "big")
            lengths.append(number & 0x7FFFFFFF)
            at += size
        name = data[at : at + lengths[0]].decode()
        at += lengths[0]
        pairs[name] = data[at : at + lengths[1]].decode(errors="replace")
        at += lengths[1]
    return pairs
