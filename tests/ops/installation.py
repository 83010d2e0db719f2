"""Steady on the hosts of a laboratory, by the playbooks of ansible/."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from laboratory import Lab
from laboratory.host import Host
from lib.container import docker
from lib.instance import PASSWORD
from lib.paths import ROOT
from lib.wait import wait_until

ANSIBLE = ROOT / "ansible"
PLAYBOOK = "/usr/bin/ansible-playbook"
# Seconds of alb-lab and of the roles: production's are several times these.
BALANCER = {
    "registration": 0,
    "late_routing": 0,
    "health_check_interval": 1,
    # A busy machine is no sick host.
    "health_check_timeout": 5,
    "deregistration_delay": 1,
}
SHORT = {
    "alb_target_min_delay": 0,
    "alb_target_poll": 1,
    "steady_quiet": 1,
    "steady_bake": 2,
}
# Part of the database's address, to be looked for where it must not be.
SECRET = "appName=not-to-be-told"
# Another version is another number in the program, and other names of scripts,
# which name each other.
OTHER_VERSION = """\
USER root
RUN cd /opt/steady && sed -i 's/{old}/{new}/g' bin/steady-api* version \\
    && cd page && rm -f index.html.* sw.js.* assets/*.js.* && cd assets \\
    && for file in *.js; do echo "s#$file#{new}-$file#g"; done >/tmp/names \\
    && sed -i -f /tmp/names ../index.html ../sw.js *.js && rm /tmp/names \\
    && for file in *.js; do mv $file {new}-$file; done
USER 10001:10001
LABEL org.opencontainers.image.version={new}
{more}
"""


@dataclass
class Played:
    """How a run of ansible-playbook went."""

    code: int
    output: str

    @property
    def words(self) -> str:
        """The output as one line, since long ones are folded."""
        return " ".join(self.output.split())

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


class Running:
    """A run of ansible-playbook that is under way, in a session of its own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, times: int = 1, seconds: float = 300) -> None:
        """Until the run has printed it so often; it must not end before."""

        def printed() -> bool:
            ended = self.process.poll() is not None
            found = self.output().count(text) >= times
            assert found or not ended, f"no {text}\n{self.output()}"
            return found

        wait_until(printed, f"{text} in {self.log}", seconds)

    def kill(self) -> None:
        """The operator's machine loses its power, as far as that goes."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def end(self, seconds: float = 900) -> Played:
        """Waits for the end."""
        return Played(self.process.wait(seconds), self.output())


@dataclass(frozen=True)
class Moment:
    """A line that a run prints."""

    task: str
    times: int = 1  # how often it has begun: once for each host
    seconds: float = 0.3  # afterwards

    def __str__(self) -> str:
        return f"{self.task.partition(' : ')[2]} {self.times}"


class Installation:
    def __init__(self, lab: Lab, image: str) -> None:
        self.lab = lab
        self.image = image
        self.reports = lab.folder / "reports"
        self.ansible = ANSIBLE
        self.version = self._version()
        self._numbers = itertools.count(1)
        self._runs = itertools.count(1)
        self.variables: dict[str, Any] = {
            **SHORT,
            "steady_repository": f"{lab.registry.name}/steady",
            "steady_url": lab.url,
            "steady_mongodb_uri": f"{lab.mongodb.uri()}&{SECRET}",
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

    def publish(self, more: str = "") -> str:
        """The version of a new image; `more` are lines of its Dockerfile."""
        number = next(self._numbers)
        version = f"0.{number // 10 + 1}.{number % 10}"
        # It is put where the other one stands in the program.
        assert len(version) == len(self.version), self.version
        text = OTHER_VERSION.format(
            old=self.version.replace(".", r"\."), new=version, more=more
        )
        self.lab.derive(self.image, text, version)
        return version

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

    @contextmanager
    def playing(
        self, playbook: str, *words: str, **extra: Any
    ) -> Iterator[Running]:
        """A playbook that a test waits for or kills; `extra` are variables."""
        log = self.lab.folder / f"run-{next(self._runs):03}-{playbook}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                self._command(playbook, words, extra),
                cwd=self.ansible,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        running = Running(process, log)
        try:
            yield running
        finally:
            running.kill()

    def play(
        self, playbook: str, *words: str, seconds: float = 900, **extra: Any
    ) -> Played:
        """Runs a playbook to its end."""
        with self.playing(playbook, *words, **extra) as running:
            return running.end(seconds)

    def must(self, playbook: str, *words: str, **extra: Any) -> Played:
        played = self.play(playbook, *words, **extra)
        assert played.code == 0, played.output
        return played

    def killed_at(self, moment: Moment, **extra: Any) -> list[str]:
        """The targets' states when the operator's machine has died during a
        deploy: ansible-playbook and all its children."""
        with self.playing("deploy.yml", **extra) as running:
            running.wait_for(f"TASK [{moment.task}]", moment.times)
            time.sleep(moment.seconds)
            running.kill()
        states = self.states()
        wait_until(lambda: not self._probes(), "the probe to end", 40)
        return states

    def _probes(self) -> str:
        """Process ids."""
        command = f"probe.py --folder={self.reports}"
        return subprocess.run(
            ["/usr/bin/pgrep", "-f", command], capture_output=True, text=True
        ).stdout

    def settings_of_h1(self, version: str) -> dict[str, Any]:
        """Variables of a release of new settings, for h1 alone: it takes a
        third of the time."""
        more = f"(inventory_hostname == 'h1') | int * {next(self._numbers)}"
        return {
            "steady_version": version,
            "steady_pids": f"{{{{ 512 + {more} }}}}",
        }

    @contextmanager
    def without(self, task: str, file: str) -> Iterator[None]:
        """Plays a copy of the playbooks in which a task is skipped; `file` is
        below ansible/."""
        self.ansible = self.lab.folder / "ansible-changed"
        shutil.copytree(ANSIBLE, self.ansible)
        try:
            path = self.ansible / file
            tasks = yaml.safe_load(path.read_text())
            (found,) = [it for it in tasks if it["name"] == task]
            found["when"] = False
            path.write_text(yaml.safe_dump(tasks))
            yield
        finally:
            shutil.rmtree(self.ansible)
            self.ansible = ANSIBLE

    def environment(self) -> dict[str, str]:
        return self.lab.environment() | {
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        }

    def calm(self) -> str:
        """All hosts serve one release, as tests need it; its version.

        Where an earlier test left it otherwise, the release that most have.
        """
        self.lab.balancer.settings(**BALANCER)
        if not self._is_calm():
            ((version, _),) = Counter(self.versions()).most_common(1)
            played = self.play("deploy.yml", steady_version=version)
            assert self._is_calm(), played.output
        return self.versions()[0]

    def _is_calm(self) -> bool:
        states = set(self.states())
        return states == {"healthy"} and len(set(self.versions())) == 1

    # -- People ---------------------------------------------------------------

    def add_account(self, email: str) -> None:
        """As an operator makes one; its password is PASSWORD."""
        slot = self.current(self.hosts[0])["slot"]
        self.hosts[0].output(
            *("sh", "-c"),
            f"echo '{PASSWORD}' | docker exec -i steady-{slot} "
            f"steady-admin user add {email}",
        )

    def sign_in(self, email: str) -> httpx.Client:
        """Through the balancer."""
        client = httpx.Client(base_url=self.lab.url, timeout=20)
        body = {"email": email, "password": PASSWORD}
        answer = client.post("/api/session", json=body)
        assert answer.status_code == 201, answer.text
        return client

    # -- What came of it ------------------------------------------------------

    def report(self) -> Path:
        """The folder of the last run that had a probe; of all, before one."""
        return max(self.reports.glob("*"), default=self.reports)

    def verdict(self) -> dict[str, Any]:
        """Of the last run that had a probe."""
        return json.loads((self.report() / "verdict.json").read_text())

    def current(self, host: Host) -> dict[str, Any]:
        """The release of a host, as it says itself."""
        return json.loads(host.output("cat", "/etc/steady/current.json"))

    def ledger(self, host: Host) -> list[dict[str, Any]]:
        text = host.output("cat", "/var/lib/steady/ledger.jsonl")
        return [json.loads(line) for line in text.splitlines()]

    def versions(self) -> list[str]:
        """What each host answers; "" for one that does not."""
        found = []
        for host in self.hosts:
            with suppress(httpx.HTTPError):
                url = f"http://{host.address}:{host.http_port}/version"
                found.append(httpx.get(url).json()["version"])
                continue
            found.append("")
        return found

    def states(self) -> list[str]:
        """Of each host's target."""
        state_of = self.lab.balancer.state_of
        return [state_of(host.instance_id) for host in self.hosts]

    def out_at_once(self, since: int, until: int | None = None) -> int:
        """Most targets that were not healthy at one time, by these events of
        alb-lab's; before them all were."""
        out: set[str] = set()
        most = 0
        for event in self.lab.balancer.events()[since:until]:
            (out.discard if event["to"] == "healthy" else out.add)(
                event["target"]
            )
            most = max(most, len(out))
        return most
