"""A real MongoDB for a test, alone or as a replica set.

    with ReplicaSet(nodes=3, election_timeout_ms=2000) as mongodb:
        with Instance(STEADY_MONGODB_URI=mongodb.uri()) as steady:
            mongodb.primary().kill()

Nodes are real processes on free ports in a temporary folder; they are stopped,
killed and frozen by pid.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from lib.paths import MONGOD
from lib.wait import free_port, wait_until


class Mongod:
    """One node. It keeps its port and folder over kill() and start().

    With a key file it asks for passwords, as in production; with replica_set
    None it stands alone.
    """

    def __init__(
        self,
        folder: Path,
        replica_set: str | None = "steady",
        key_file: Path | None = None,
        parameters: dict[str, object] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.host = host
        self.replica_set = replica_set
        self.key_file = key_file
        self.parameters = parameters or {}
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "mongod.log"

    def start(self) -> None:
        """Starts it and waits until it answers (not until it is elected)."""
        (self.folder / "db").mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            MONGOD, "--bind_ip", self.host,
            "--port", str(self.port), "--dbpath", self.folder / "db",
            "--logpath", self.log, "--logappend", "--nounixsocket",
            "--wiredTigerCacheSizeGB", "0.25",
            "--setParameter", "enableTestCommands=1",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            # Else a member of a set waits 15 s before it ends.
            "--setParameter",
            "shutdownTimeoutMillisForSignaledShutdown=100",
        ]  # fmt: skip
        if self.replica_set:
            command += ["--replSet", self.replica_set]
        if self.key_file:
            command += ["--keyFile", self.key_file]
        for name, value in self.parameters.items():
            command += ["--setParameter", f"{name}={value}"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(self._answers, f"mongod ({self.log})", 30)

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            with self.connect() as client:
                return bool(client.admin.command("ping"))
        except PyMongoError:
            return False

    def connect(self) -> "pymongo.MongoClient":
        """A client of this very node, whatever its role."""
        return pymongo.MongoClient(
            self.address,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            socketTimeoutMS=5000,
        )

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, number)

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, as a crash of the machine; start() recovers it."""
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.thaw()
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


class ReplicaSet:
    """One node (0.3 s to the first write) or several (about 12 s)."""

    def __init__(
        self,
        nodes: int = 1,
        election_timeout_ms: int = 10_000,
        parameters: dict[str, object] | None = None,
        address: str = "127.0.0.1",
        folder: Path | None = None,
    ) -> None:
        """`folder` is removed at the end; without it, it is a fresh one."""
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="steady-mongod-"))
        self.folder = folder
        self.election_timeout_ms = election_timeout_ms
        self.nodes = [
            Mongod(
                self.folder / str(number), parameters=parameters, host=address
            )
            for number in range(nodes)
        ]

    def __enter__(self) -> "ReplicaSet":
        try:
            self.start()
        except BaseException:
            self.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        members = [
            {"_id": number, "host": node.address}
            for number, node in enumerate(self.nodes)
        ]
        settings = {"electionTimeoutMillis": self.election_timeout_ms}
        with self.nodes[0].connect() as client:
            client.admin.command(
                "replSetInitiate",
                {"_id": "steady", "members": members, "settings": settings},
            )
        self.primary(60)

    def uri(self, database: str = "steady") -> str:
        """The connection string; each test may have its own database."""
        hosts = ",".join(node.address for node in self.nodes)
        return f"mongodb://{hosts}/{database}?replicaSet=steady"

    def client(self) -> "pymongo.MongoClient":
        """A client of the set, which follows its primary."""
        return pymongo.MongoClient(self.uri())

    def primary(self, seconds: float = 30) -> Mongod:
        """The node that takes writes, waiting for an election."""
        return wait_until(self._find_primary, "a primary", seconds)

    def _find_primary(self) -> Mongod | None:
        for node in self.nodes:
            try:
                with node.connect() as client:
                    if client.admin.command("hello")["isWritablePrimary"]:
                        return node
            except PyMongoError:
                continue
        return None

    def step_down(self, seconds: int = 20) -> None:
        """The primary gives its role away, as in a rolling upgrade."""
        with (
            self.primary().connect() as client,
            contextlib.suppress(PyMongoError),
        ):
            client.admin.command("replSetStepDown", seconds)

    def fail_point(self, mode: object, **data: object) -> None:
        """configureFailPoint failCommand on the primary; mode "off" ends it.

        fail_point({"times": 1}, failCommands=["insert"],
                   closeConnection=True)
        """
        with self.primary().connect() as client:
            command: dict[str, object] = {
                "configureFailPoint": "failCommand",
                "mode": mode,
            }
            if data:
                command["data"] = data
            client.admin.command(command)

    def release(self) -> None:
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
