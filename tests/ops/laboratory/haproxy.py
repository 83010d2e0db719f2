"""HAProxy as a second data plane, that nobody here wrote.

It takes from alb-lab which targets there are and which of them drain, and
does the rest itself: health checks, balancing, connections. It does not try
again, as an ALB does not.
"""

import contextlib
import socket
import subprocess
import threading
from pathlib import Path

import httpx

from alb_lab.client import AlbLab
from lib.wait import wait_until

PROGRAM = Path("/usr/sbin/haproxy")
LOOK_EVERY = 0.1  # seconds between looks at alb-lab's targets
# What a target's state in alb-lab is to HAProxy. Health it finds by itself.
STATES = {
    "initial": "ready",
    "healthy": "ready",
    "unhealthy": "ready",
    "draining": "drain",
}
CONFIGURATION = """\
global
    stats socket {socket} level admin
    log stdout format raw local0
    maxconn 2000
defaults
    mode http
    log global
    option httplog
    option forwardfor
    retries 0
    timeout connect 10s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 60s
frontend steady
    bind {address}:{port}
    default_backend steady
backend steady
    balance leastconn
    option httpchk
    http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host haproxy
    http-check expect status 200
    http-reuse always
    default-server check inter 1s fall 2 rise 2 disabled
{servers}
"""


class Haproxy:
    def __init__(
        self,
        address: str,
        port: int,
        targets: dict[str, str],
        balancer: AlbLab,
        folder: Path,
    ) -> None:
        """`targets` are addresses with ports by the targets' ids."""
        self.address = address
        self.port = port
        self.targets = targets
        self.balancer = balancer
        self.folder = folder
        self.socket = folder / "haproxy.sock"
        self.process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def start(self) -> None:
        servers = "\n".join(
            f"    server {id} {address}" for id, address in self.targets.items()
        )
        text = CONFIGURATION.format(
            socket=self.socket,
            address=self.address,
            port=self.port,
            servers=servers,
        )
        file = self.folder / "haproxy.cfg"
        file.write_text(text)
        with open(self.folder / "haproxy.log", "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "-db", "-f", file],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, f"HAProxy ({self.folder})", 20)
        self._thread.start()

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"see {self.folder}/haproxy.log"
        return bool(self.tell("show info"))

    def tell(self, command: str) -> str:
        """The answer of HAProxy's own control socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            connection.sendall(f"{command}\n".encode())
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()

    def _follow(self) -> None:
        known: dict[str, str] = {}
        while not self._stopped.wait(LOOK_EVERY):
            # A test may have stopped either of them for a while.
            with contextlib.suppress(OSError, httpx.HTTPError):
                self._follow_once(known)

    def _follow_once(self, known: dict[str, str]) -> None:
        wanted = dict.fromkeys(self.targets, "maint")
        for group in self.balancer.get("state")["groups"]:
            for target in group["targets"]:
                wanted[target["id"]] = STATES[target["state"]]
        for id in self.targets:
            if known.get(id) == wanted[id]:
                continue
            # One that is new is down until it has passed its checks.
            if wanted[id] == "ready":
                self.tell(f"set server steady/{id} health down")
            self.tell(f"set server steady/{id} state {wanted[id]}")
            known[id] = wanted[id]

    def state_of(self, id: str) -> str:
        """UP, DOWN, DRAIN, MAINT... as `show stat` has it."""
        for line in self.tell("show stat").splitlines():
            fields = line.split(",")
            if fields[:2] == ["steady", id]:
                return fields[17]
        raise KeyError(id)

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
