"""supervisord's XML-RPC interface over its unix socket."""

import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def make_connection(self, host: Any) -> _Connection:
        return _Connection(self.path)


def call(path: Path, method: str, *arguments: Any) -> Any:
    """One call, such as "getAllProcessInfo" or "stopProcess"."""
    transport = _Transport(path)
    with xmlrpc.client.ServerProxy("http://localhost", transport) as proxy:
        return getattr(proxy.supervisor, method)(*arguments)
