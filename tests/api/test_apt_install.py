"""docker/apt-install: what it asks apt-get for, and when it may not.

The tools of Debian are stand-ins that read a small world of files: what is
installed, what the lists know, and what they know after an update.
"""

import os
import subprocess
from pathlib import Path

import pytest

from lib.paths import ROOT

TOOLS = {
    "id": "echo 1000",
    "dpkg-query": (
        'for name; do grep -qx "$name" installed && echo "ii  $name"; done; :'
    ),
    "apt-cache": (
        'grep -qx "$2" known && echo "  Candidate: 1.0" '
        '|| echo "  Candidate: (none)"'
    ),
    "apt-get": (
        'echo "$*" >>asked; case "$*" in *update) cat new >>known ;; esac'
    ),
}
# Only apt-get is let through: policy-rc.d of this machine stays as it is.
SUDO = '[ "$1" = env ] && shift 2; [ "$1" != apt-get ] || exec "$@"'


class Debian:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        for name in ["installed", "known", "new", "asked"]:
            (folder / name).touch()
        for name, script in TOOLS.items():
            self.tool(name, script)

    def tool(self, name: str, script: str) -> None:
        tool = self.folder / "bin" / name
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)

    def install(self, *specs: str, **world: str) -> subprocess.CompletedProcess:
        for name, words in world.items():
            lines = "".join(f"{word}\n" for word in words.split())
            (self.folder / name).write_text(lines)
        # Without sudo, whatever this machine has: the basic tools alone.
        for name in ["sed", "tr", "grep", "cat", "flock", "env", "sh"]:
            link = self.folder / "bin" / name
            if not link.exists():
                link.symlink_to(f"/usr/bin/{name}")
        return subprocess.run(
            [ROOT / "docker" / "apt-install", *specs],
            cwd=self.folder,
            env={**os.environ, "PATH": str(self.folder / "bin")},
            capture_output=True,
            text=True,
        )

    def asked(self) -> list[str]:
        """The packages that apt-get was told to install."""
        for line in (self.folder / "asked").read_text().splitlines():
            words = line.split()
            if "install" in words:
                return [w for w in words if w in {"gcc", "new", "old", "extra"}]
        return []


@pytest.fixture
def debian(tmp_path: Path) -> Debian:
    return Debian(tmp_path)


def test_with_nothing_missing_apt_get_is_not_run(debian):
    done = debian.install("gcc", "new|old", installed="gcc old")
    assert done.returncode == 0, done.stderr
    assert (debian.folder / "asked").read_text() == ""


@pytest.mark.parametrize("known", ["gcc", "gcc extra"])
def test_an_optional_one_needs_no_right(debian, known):
    done = debian.install("gcc", "?extra", installed="gcc", known=known)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_one_without_rights_is_named(debian):
    done = debian.install("gcc", "?extra", known="gcc extra")
    assert done.returncode == 1
    assert done.stderr.startswith("These packages are missing: gcc. Install")


def test_optional_ones_are_sought_after_the_update(debian):
    debian.tool("sudo", SUDO)
    done = debian.install("gcc", "?extra", new="gcc extra")
    assert done.returncode == 0, done.stderr
    assert debian.asked() == ["gcc", "extra"]


def test_the_first_alternative_that_is_known_is_taken(debian):
    debian.tool("sudo", SUDO)
    assert debian.install("new|old", known="old").returncode == 0
    assert debian.asked() == ["old"]


def test_a_package_that_no_source_has_is_named(debian):
    debian.tool("sudo", SUDO)
    done = debian.install("gcc")
    assert done.returncode == 1
    assert "Debian package gcc is in none" in done.stderr
