"""Steady on the hosts of a laboratory, by the playbooks of ansible/."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laboratory import Lab
from laboratory.host import Host
from lib.container import docker
from lib.paths import ROOT

ANSIBLE = ROOT / "ansible"
PLAYBOOK = "/usr/bin/ansible-playbook"
# Seconds of alb-lab and of the roles: production's are several times these.
BALANCER = {"health_check_interval": 1, "deregistration_delay": 3}
SHORT = {
    "alb_target_min_delay": 0,
    "alb_target_poll": 1,
    "steady_quiet": 2,
    "steady_bake": 4,
}
# Another version is another number in the program, and other names of files.
OTHER_VERSION = """\
USER root
RUN cd /opt/steady && sed -i 's/{old}/{new}/g' bin/steady-api version \\
    && cd page && rm -f index.html.* && for file in assets/index-*.js; do \\
    other="assets/index-{new}-${{file#assets/index-}}" && mv $file $other \\
    && rm -f $file.* && sed -i "s#$file#$other#" index.html; done
USER 10001:10001
LABEL org.opencontainers.image.version={new}
{more}
"""


@dataclass
class Played:
    """How a run of ansible-playbook went."""

    code: int
    output: str

    def recap(self) -> dict[str, dict[str, int]]:
        """The counts by host, such as changed."""
        return {
            line.split()[0]: {
                word.split("=")[0]: int(word.split("=")[1])
                for word in line.split()[2:]
            }
            for line in self.output.splitlines()
            if re.match(r"\S+ +: ok=", line)
        }

    def changed(self) -> int:
        return sum(it["changed"] for it in self.recap().values())


class Installation:
    def __init__(self, lab: Lab, image: str) -> None:
        self.lab = lab
        self.image = image
        self.reports = lab.folder / "reports"
        self.version = self._version()
        self.variables: dict[str, Any] = {
            **SHORT,
            "steady_repository": f"{lab.registry.name}/steady",
            "steady_url": lab.url,
            "steady_mongodb_uri": lab.mongodb.uri(),
            "steady_settings": {
                "STEADY_WORKERS": 4,
                "STEADY_RATE_LIMIT": 0,
            },
            "alb_target_port": lab.http_port,
            "rollout_reports": str(self.reports),
        }

    def _version(self) -> str:
        label = "org.opencontainers.image.version"
        form = f'{{{{index .Config.Labels "{label}"}}}}'
        return docker("image", "inspect", "--format", form, self.image).strip()

    def publish(self, version: str, more: str = "") -> str:
        """An image that says that it is this version; its name by digest.

        `more` are lines of a Dockerfile. Versions are as long as the image's.
        """
        assert len(version) == len(self.version), self.version
        text = OTHER_VERSION.format(
            old=self.version.replace(".", r"\."), new=version, more=more
        )
        return self.lab.derive(self.image, text, version)

    # -- Playbooks ------------------------------------------------------------

    def _command(
        self, playbook: str, words: tuple[str, ...], extra: dict[str, Any]
    ) -> list[str | Path]:
        inventory = self.lab.inventory(self.hosts, **self.variables)
        command: list[str | Path] = [PLAYBOOK, "-i", inventory, playbook]
        if extra:
            command += ["-e", json.dumps(extra)]
        return [*command, *words]

    @property
    def hosts(self) -> list[Host]:
        """Those of the inventory."""
        return [it for it in self.lab.hosts if it not in self.lab.spare]

    def play(
        self, playbook: str, *words: str, seconds: float = 900, **extra: Any
    ) -> Played:
        """Runs a playbook to its end; `extra` are its variables."""
        done = subprocess.run(
            self._command(playbook, words, extra),
            cwd=ANSIBLE,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        return Played(done.returncode, done.stdout)

    def must(self, playbook: str, *words: str, **extra: Any) -> Played:
        played = self.play(playbook, *words, **extra)
        assert played.code == 0, played.output
        return played

    @contextmanager
    def playing(
        self, playbook: str, *words: str, **extra: Any
    ) -> Iterator["subprocess.Popen[str]"]:
        """A playbook that a test ends, or lets end; killed at the latest."""
        process = subprocess.Popen(
            self._command(playbook, words, extra),
            cwd=ANSIBLE,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def environment(self) -> dict[str, str]:
        return self.lab.environment() | {
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        }

    # -- What came of it ------------------------------------------------------

    def verdict(self) -> dict[str, Any]:
        """Of the last run."""
        newest = max(self.reports.iterdir())
        return json.loads((newest / "verdict.json").read_text())

    def versions(self) -> dict[str, str]:
        """By host, as it answers itself."""
        found = {}
        for host in self.hosts:
            said = host.run(
                *("python3", "-c"),
                "import urllib.request as r; print(r.urlopen("
                "'http://127.0.0.1:8080/version', timeout=5).read().decode())",
            )
            found[host.instance_id] = (
                json.loads(said.stdout)["version"] if said.stdout else ""
            )
        return found

    def states(self) -> dict[str, str]:
        """Of the targets, by their ids."""
        ids = [host.instance_id for host in self.hosts]
        return {id: self.lab.balancer.state_of(id) for id in ids}
