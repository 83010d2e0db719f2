"""One host: a container that boots like a machine."""

import subprocess
from pathlib import Path
from typing import Any

from laboratory.traces import LABEL
from lib import access_log
from lib.container import DOCKER, docker
from lib.wait import wait_until

# systemd and a Docker daemon work inside with these, without --privileged.
# With the cgroups of the machine (`host`), systemd keeps to the container's
# branch of them.
LIKE_A_MACHINE = [
    *("--cap-add", "ALL"),
    *("--cap-drop", "SYS_RESOURCE"),
    *("--security-opt", "seccomp=unconfined"),
    *("--security-opt", "apparmor=unconfined"),
    *("--security-opt", "systempaths=unconfined"),
    *("--cgroupns", "host"),
    *("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"),
    *("--tmpfs", "/run:exec"),
    *("--tmpfs", "/tmp:exec"),
    *("--env", "container=docker"),
]
USER = "admin"


class Host:
    def __init__(
        self,
        lab: int,
        number: int,
        image: str,
        ports: tuple[int, int],
        folder: Path,
    ) -> None:
        """`ports` are those of SSH and of Steady on the loopback address."""
        self.lab = lab
        self.number = number
        self.image = image
        self.name = f"steady-lab-{lab}-h{number}"
        self.address = f"127.0.{lab}.{number}"
        self.inner_address = f"10.213.{lab}.{10 + number}"
        self.instance_id = f"i-{lab:08x}{number:09x}"
        self.ssh_port, self.http_port = ports
        self.folder = folder

    # -- Life ---------------------------------------------------------------

    def create(self, mounts: dict[Path, str]) -> None:
        """docker run; `mounts` are files of ours to paths in the host."""
        docker(
            *("volume", "create", "--label", f"{LABEL}={self.lab}"),
            self.name,
        )
        files = [
            word
            for source, path in mounts.items()
            for word in (
                "--mount",
                f"type=bind,source={source},target={path},readonly",
            )
        ]
        docker(
            *("run", "--detach", "--name", self.name, "--hostname"),
            f"h{self.number}",
            *("--label", f"{LABEL}={self.lab}"),
            *("--network", f"steady-lab-{self.lab}"),
            *("--ip", self.inner_address),
            *("--publish", f"{self.address}:{self.ssh_port}:22"),
            *("--publish", f"{self.address}:{self.http_port}:8080"),
            *("--volume", f"{self.name}:/var/lib/docker"),
            *files,
            *LIKE_A_MACHINE,
            self.image,
        )

    def wait_ready(self, seconds: float = 120) -> None:
        """Until all that starts at boot runs, and sshd takes our key."""
        try:
            wait_until(self._booted, f"{self.name} to boot", seconds)
        except TimeoutError as late:
            journal = self.run("journalctl", "--no-pager", "-n", "40")
            raise AssertionError(f"{late}\n{journal.stdout}") from None
        said = self.ssh("true")
        assert said.returncode == 0, f"{self.name}: {said.stderr}"

    def _booted(self) -> bool:
        # It fails until systemd answers, and then waits by itself.
        said = self.run("systemctl", "is-system-running", "--wait")
        if said.stdout.strip() == "degraded":
            raise AssertionError(self.output("systemctl", "--failed"))
        return said.stdout.strip() == "running"

    def kill(self) -> None:
        """The power fails."""
        docker("kill", self.name)

    def start(self) -> None:
        """The power is back; waits until it has booted."""
        docker("start", self.name)
        self.wait_ready()

    def freeze(self) -> None:
        """It takes connections and says nothing, until thaw()."""
        # `docker pause` leaves the containers on the host running.
        self.output("sh", "-c", "kill -STOP -1")

    def thaw(self) -> None:
        self.output("sh", "-c", "kill -CONT -1")

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", self.name, check=False)
        docker("volume", "rm", "--force", self.name, check=False)

    # -- Looking in ---------------------------------------------------------

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command on the host, as root, past SSH."""
        return subprocess.run(
            [DOCKER, "exec", self.name, *command],
            capture_output=True,
            text=True,
            timeout=300,
        )

    def check_access_log(self) -> None:
        """Each line must be as documented; a host that is down has none."""
        said = self.run("sh", "-c", "zcat -f /var/log/steady/access.log*")
        access_log.check(said.stdout.splitlines())

    def output(self, *command: str) -> str:
        """What a command on the host prints; it must succeed."""
        done = self.run(*command)
        assert done.returncode == 0, (
            f"{self.name}: {' '.join(command)}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def docker(self, *words: str) -> str:
        """The output of a docker command on the host."""
        return self.output("docker", *words)

    def ssh(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command through SSH, as the user that Ansible is."""
        return subprocess.run(
            ["/usr/bin/ssh", "-F", self.folder / "ssh_config", self.name]
            + [command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def ansible_variables(self) -> dict[str, Any]:
        return {
            "ansible_host": self.address,
            "ansible_port": self.ssh_port,
            "ansible_user": USER,
            "ansible_ssh_private_key_file": str(self.folder / "user_key"),
            "ansible_ssh_common_args": f"-F {self.folder / 'ssh_config'}",
            "instance_id": self.instance_id,
        }

    def memory(self) -> int:
        """Bytes that its processes and its containers' hold (PSS)."""
        read = "cat /proc/[0-9]*/smaps_rollup 2>/dev/null; true"
        lines = self.output("sh", "-c", read).splitlines()
        return 1024 * sum(
            int(line.split()[1]) for line in lines if line.startswith("Pss:")
        )
