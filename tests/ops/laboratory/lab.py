"""The laboratory as one object."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from alb_lab.client import AlbLab
from laboratory import traces
from laboratory.haproxy import Haproxy
from laboratory.host import USER, Host
from laboratory.registry import Registry
from lib.container import docker
from lib.mongod import ReplicaSet
from lib.paths import ROOT

OPS = ROOT / "tests" / "ops"
# As in production; a test shortens them by alb-lab's own settings.
ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "40",
    "load_balancing.algorithm.type": "least_outstanding_requests",
}
SSH_CONFIG = """\
IdentityFile {folder}/user_key
IdentitiesOnly yes
UserKnownHostsFile {folder}/known_hosts
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
"""
SSH_HOST = """\
Host {name}
    HostName {address}
    Port {port}
    User {user}
"""


def free_on_loopback(address: str, wanted: list[int]) -> int:
    """The first port that nothing holds, also not on all addresses."""
    for port in wanted:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((address, port))
            return port
    raise RuntimeError(f"none of the ports {wanted} is free on {address}")


class Lab:
    def __init__(
        self,
        hosts: int = 3,
        debian: int = 13,
        kind: str = "ready",
        spare: int = 0,
        spare_kind: str | None = None,
        mongodb_nodes: int = 3,
        haproxy: bool = False,
        number: int | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`kind` is `ready` or, without Docker Engine, `bare`; see
        host/Dockerfile. `spare` more hosts, of their own kind if that is
        given, are instances without the tag Role=steady: they can be added
        later. `say` gets a line at each step.
        """
        self.number, self._lock = traces.hold_number(number)
        self.folder = traces.folder(self.number)
        self.debian = debian
        self.say = say or (lambda line: print(line, file=sys.stderr))
        self.seconds: dict[str, float] = {}
        self.network = f"steady-lab-{self.number}"
        self.gateway = f"10.213.{self.number}.1"
        first = f"127.0.{self.number}.1"
        ports = (
            free_on_loopback(first, [22, 2222, 2223]),
            free_on_loopback(first, [8080, 18080, 28080]),
        )
        kinds = [kind] * hosts + [spare_kind or kind] * spare
        self.hosts = [
            Host(self.number, number, self.image(it), ports, self.folder)
            for number, it in enumerate(kinds, 1)
        ]
        self.kinds = set(kinds)
        self.spare = self.hosts[hosts:]
        self.http_port = ports[1]
        self.balancer = AlbLab("--address", f"127.0.{self.number}.100")
        self.registry = Registry(self.gateway, self.folder)
        self.mongodb = ReplicaSet(
            mongodb_nodes,
            election_timeout_ms=2000,
            address=self.gateway,
            folder=self.folder / "mongodb",
        )
        self.haproxy: Haproxy | None = None
        self._wants_haproxy = haproxy

    # -- Life ---------------------------------------------------------------

    def __enter__(self) -> "Lab":
        try:
            self.start()
        except BaseException:
            self.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for host in self.hosts:
                host.check_access_log()
        finally:
            self.release()

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Says what was done, and how long it took."""
        began = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - began
        self.say(f"lab {self.number}: {what} ({self.seconds[what]:.1f} s)")

    def start(self) -> None:
        os.environ[traces.VARIABLE] = str(self.number)
        began = time.monotonic()
        with self.step("removed what an earlier one left"):
            for what in traces.remove(self.number):
                self.say(f"lab {self.number}: removed {what}")
        self.folder.mkdir(mode=0o755)
        with self.step(f"images of hosts: {', '.join(sorted(self.kinds))}"):
            self._build_images()
        with self.step("network, keys and certificate"):
            self._make_network()
            self._make_keys()
            self.registry.make_certificate()
        with ThreadPoolExecutor(16) as pool:
            work = [
                pool.submit(self._start_hosts),
                pool.submit(self._start_mongodb),
                pool.submit(self._start_balancer),
                pool.submit(self._start_registry),
            ]
        for done in work:
            done.result()
        if self._wants_haproxy:
            with self.step("HAProxy"):
                self._start_haproxy()
        self.seconds["all"] = time.monotonic() - began
        self.say(
            f"lab {self.number}: ready, {len(self.hosts)} hosts "
            f"({self.seconds['all']:.1f} s)"
        )

    def release(self) -> None:
        with self.step("removed"):
            if self.haproxy:
                self.haproxy.stop()
            self.balancer.release()
            self.registry.stop()
            self.mongodb.release()
            traces.remove(self.number)
        os.environ.pop(traces.VARIABLE, None)
        self._lock.close()

    def image(self, kind: str) -> str:
        return f"steady-lab-host:{self.debian}-{kind}"

    def _build_images(self) -> None:
        base = f"debian:{self.debian}-slim"
        subprocess.run(
            ["/usr/bin/python3", "-B", OPS / "stand_in.py", base], check=True
        )
        context = self.folder / "image"
        context.mkdir()
        shutil.copy(ROOT / "docker" / "apt-install", context)
        shutil.copy(OPS / "host" / "Dockerfile", context)
        for kind in sorted(self.kinds):
            docker(
                *("build", "--quiet", "--network=host", "--target", kind),
                *("--build-arg", f"DEBIAN={base}", "--tag", self.image(kind)),
                str(context),
                seconds=900,
            )

    def _make_network(self) -> None:
        subnet = f"10.213.{self.number}.0/24"
        docker(
            *("network", "create", "--subnet", subnet),
            *("--gateway", self.gateway),
            *("--label", f"{traces.LABEL}={self.number}", self.network),
        )

    def _make_keys(self) -> None:
        known, config = [], []
        for name in ("user", *(host.name for host in self.hosts)):
            subprocess.run(
                ["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", ""]
                + ["-C", name, "-f", self.folder / f"{name}_key"],
                check=True,
            )
        for host in self.hosts:
            public = (self.folder / f"{host.name}_key.pub").read_text()
            key = " ".join(public.split()[:2])
            known.append(f"[{host.address}]:{host.ssh_port} {key}\n")
            known.append(f"{host.address} {key}\n")
            config.append(
                SSH_HOST.format(
                    name=host.name,
                    address=host.address,
                    port=host.ssh_port,
                    user=USER,
                )
            )
        (self.folder / "known_hosts").write_text("".join(known))
        common = SSH_CONFIG.format(folder=self.folder)
        text = common + "".join(config)
        (self.folder / "ssh_config").write_text(text)

    def _start_hosts(self) -> None:
        def start(host: Host) -> None:
            trusted = f"/etc/docker/certs.d/{self.registry.name}/ca.crt"
            host.create(
                {
                    self.folder / f"{host.name}_key": "/etc/ssh/lab_host_key",
                    self.folder / "user_key.pub": "/etc/ssh/lab_user_key.pub",
                    self.registry.certificate: trusted,
                }
            )
            host.wait_ready()

        with (
            self.step(f"{len(self.hosts)} hosts"),
            ThreadPoolExecutor(len(self.hosts)) as pool,
        ):
            list(pool.map(start, self.hosts))

    def _start_mongodb(self) -> None:
        with self.step(f"replica set of {len(self.mongodb.nodes)}"):
            self.mongodb.start()

    def _start_registry(self) -> None:
        with self.step("registry"):
            self.registry.start()

    def _start_balancer(self) -> None:
        with self.step("alb-lab"):
            self.balancer.start()
            for host in self.hosts:
                tags = {"Name": f"h{host.number}"}
                if host not in self.spare:
                    tags["Role"] = "steady"
                self.balancer.put_instance(
                    host.instance_id, host.address, tags=tags
                )
            self.balancer.create(
                port=self.http_port,
                attributes=ATTRIBUTES,
                TargetType="instance",
                Port=self.http_port,
            )

    def _start_haproxy(self) -> None:
        self.haproxy = Haproxy(
            f"127.0.{self.number}.101",
            self.http_port,
            {
                host.instance_id: f"{host.address}:{host.http_port}"
                for host in self.hosts
            },
            self.balancer,
            self.folder,
        )
        self.haproxy.start()

    # -- For tests ----------------------------------------------------------

    @property
    def url(self) -> str:
        """Steady through alb-lab."""
        return f"http://{self.balancer.address}:{self.http_port}"

    def publish(self, image: str, tag: str, repository: str = "steady") -> str:
        """Pushes an image of this machine's Docker; its name by digest."""
        return self.registry.publish(image, repository, tag)

    def derive(self, image: str, dockerfile: str, tag: str) -> str:
        """An image made from another one and published; `dockerfile` is what
        follows FROM."""
        text = f"FROM {image}\n{dockerfile}\n"
        folder = self.folder / "derive" / tag
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Dockerfile").write_text(text)
        name = f"steady-lab-{self.number}:{tag}"
        docker("build", "--quiet", "--tag", name, str(folder), seconds=300)
        try:
            return self.publish(name, tag)
        finally:
            docker("rmi", name)

    def inventory(self, hosts: list[Host], **variables: Any) -> Path:
        """A static inventory of the group `steady`; the file."""
        file = self.folder / "inventory.yml"
        group = {
            "hosts": {f"h{it.number}": it.ansible_variables() for it in hosts},
            "vars": variables,
        }
        file.write_text(
            yaml.safe_dump({"all": {"children": {"steady": group}}})
        )
        return file

    def environment(self) -> dict[str, str]:
        """For ansible-playbook: alb-lab is AWS, hosts are known by key."""
        return self.balancer.environment() | {
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_HOST_KEY_CHECKING": "true",
            "ANSIBLE_REMOTE_PORT": str(self.hosts[0].ssh_port),
            "ANSIBLE_REMOTE_USER": USER,
            "ANSIBLE_PRIVATE_KEY_FILE": str(self.folder / "user_key"),
            "ANSIBLE_SSH_COMMON_ARGS": f"-F {self.folder / 'ssh_config'}",
            "ANSIBLE_NOCOLOR": "true",
        }

    def memory(self) -> dict[str, int]:
        """Bytes by part: what its processes hold for themselves (PSS)."""
        found = {host.name: host.memory() for host in self.hosts}
        for pid in traces.processes(self.number):
            with contextlib.suppress(OSError):
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                line = next(it for it in rollup.splitlines() if "Pss:" in it)
                size = int(line.split()[1]) * 1024
                found[name] = found.get(name, 0) + size
        return found
