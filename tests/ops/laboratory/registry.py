"""Debian's docker-registry, for the hosts and for this machine.

Two processes over one folder: the hosts pull through TLS from the gateway of
their network, as from any registry; this machine pushes to loopback, which
its Docker daemon takes without TLS.
"""

import os
import subprocess
from pathlib import Path

import httpx
import yaml

from lib.container import docker
from lib.wait import free_port, wait_until

PROGRAM = Path("/usr/bin/docker-registry")
PORT = 5000


class Registry:
    def __init__(self, address: str, folder: Path) -> None:
        """`address` is where the hosts find it."""
        self.address = address
        self.folder = folder
        self.local_port = free_port()
        self.certificate = folder / "registry.crt"
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def name(self) -> str:
        """What comes before the / of an image's name on the hosts."""
        return f"{self.address}:{PORT}"

    def make_certificate(self) -> None:
        """Self-signed: hosts trust it by having it."""
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"),
                *("-subj", "/CN=laboratory"),
                *("-addext", f"subjectAltName=IP:{self.address}"),
                *("-keyout", self.folder / "registry.key"),
                *("-out", self.certificate),
            ],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        for name, http in {
            "hosts": {
                "addr": self.name,
                "tls": {
                    "certificate": str(self.certificate),
                    "key": str(self.folder / "registry.key"),
                },
            },
            "local": {"addr": f"127.0.0.1:{self.local_port}"},
        }.items():
            configuration = {
                "version": 0.1,
                "log": {"level": "warn"},
                "storage": {
                    "filesystem": {"rootdirectory": str(self.folder / "data")}
                },
                "http": http,
            }
            file = self.folder / f"{name}.yml"
            file.write_text(yaml.safe_dump(configuration))
            with open(self.folder / f"{name}.log", "ab") as log:
                process = subprocess.Popen(
                    [PROGRAM, "serve", file],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
                    start_new_session=True,
                )
            self.processes.append(process)
        wait_until(self._answers, f"the registry ({self.folder})", 20)

    def _answers(self) -> bool:
        for process in self.processes:
            assert process.poll() is None, f"see the logs in {self.folder}"
        local = f"http://127.0.0.1:{self.local_port}/v2/"
        try:
            return (
                httpx.get(local).is_success
                and httpx.get(
                    f"https://{self.name}/v2/", verify=False
                ).is_success
            )
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Down, with what it holds kept for the next start()."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)
        self.processes.clear()

    def publish(self, image: str, repository: str, tag: str) -> str:
        """Pushes an image of this machine; its name by digest, on hosts."""
        local = f"127.0.0.1:{self.local_port}/{repository}:{tag}"
        docker("tag", image, local)
        try:
            said = docker("push", local, seconds=300)
        finally:
            docker("rmi", local)
        digest = said.rsplit("digest: ", 1)[1].split()[0]
        return f"{self.name}/{repository}@{digest}"
