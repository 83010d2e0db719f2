"""What the image weighs and costs. Nothing here fails for being slow or big:
the figures are printed, for README and for whoever compares two runs.
"""

import json
import statistics
import subprocess
import time
import zlib
from collections.abc import Callable
from datetime import datetime

from lib.container import DOCKER, Container, docker
from lib.wait import wait_until

MB = 1_000_000
MIB = 1024
WORKERS = 16
# Besides the workers: the keeper and the two that answer /healthz.
PROGRAMS = WORKERS + 3
STARTS = 5
Figure = Callable[[str], None]


def size_of(image: str) -> int:
    """Bytes of all layers, unpacked."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


def compressed(image: str) -> int:
    """Bytes of all layers in gzip, about what a pull fetches."""
    gzip = zlib.compressobj(wbits=31)
    total = 0
    with subprocess.Popen(
        [DOCKER, "save", image], stdout=subprocess.PIPE
    ) as saved:
        assert saved.stdout
        while piece := saved.stdout.read(1 << 20):
            total += len(gzip.compress(piece))
    assert saved.returncode == 0
    return total + len(gzip.flush())


def test_size(image: str, figure: Figure) -> None:
    config = json.loads(docker("image", "inspect", image))[0]["Config"]
    base = config["Labels"]["org.opencontainers.image.base.name"]
    added = size_of(image) - size_of(base)
    assert 0 < added < size_of(image)
    figure(
        f"size: {added / MB:.1f} MB unpacked on top of {base}; the whole "
        f"{size_of(image) / MB:.1f} MB, {compressed(image) / MB:.1f} MB in gzip"
    )


def memory(steady: Container) -> dict[str, float]:
    """MiB (PSS: shared pages by share) of each kind of process."""
    said = steady.exec(
        *("sh", "-c"),
        "for p in /proc/[0-9]*; do [ ${p#/proc/} = $$ ] || "
        "echo $(cat $p/comm; grep ^Pss: $p/smaps_rollup); done 2>/dev/null",
    )
    kinds: dict[str, float] = {}
    for line in said.splitlines():
        words = line.split()
        if "Pss:" in words and words[0] not in ("cat", "grep", "sh"):
            size = int(words[words.index("Pss:") + 1])
            kinds[words[0]] = kinds.get(words[0], 0) + size / MIB
    return kinds


def test_memory_when_idle(image: str, figure: Figure) -> None:
    settings = {"STEADY_WORKERS": str(WORKERS)}
    with Container(options=["--no-healthcheck"], **settings) as steady:

        def is_idle() -> bool:
            commands = list(steady.pids().values())
            running = [c for c in commands if "steady-api" in c]
            starting = [c for c in commands if "entrypoint" in c]
            said = steady.logs()
            return (
                len(running) == PROGRAMS
                and not starting
                and "Steady is ready" in said
            )

        wait_until(is_idle, "all workers")
        kinds = memory(steady)
    assert set(kinds) >= {"supervisord", "nginx", "steady-api"}
    each = ", ".join(f"{kind} {size:.1f}" for kind, size in kinds.items())
    figure(
        f"memory idle with {WORKERS} workers: {sum(kinds.values()):.1f} MiB "
        f"(sum of PSS: {each})"
    )


def started_at(steady: Container) -> float:
    """When the container's first process was started, as a Unix time."""
    text = steady.state()["StartedAt"]
    # Nanoseconds are more than fromisoformat takes.
    whole, _, fraction = text.rstrip("Z").partition(".")
    start = datetime.fromisoformat(f"{whole}+00:00").timestamp()
    return start + float(f"0.{fraction or 0}")


def test_cold_start(image: str, figure: Figure) -> None:
    """From nothing to the first answer of the API."""
    from_run, from_start = [], []
    for _ in range(STARTS):
        steady = Container()
        try:
            began = time.time()
            steady.run()
            wait_until(steady.is_ready, "/readyz to answer 200")
            ended = time.time()
            from_run.append(ended - began)
            from_start.append(ended - started_at(steady))
        finally:
            steady.remove()
    figure(
        f"cold start to the first answer: {statistics.median(from_start):.2f} s"
        f" from the start of its first process, "
        f"{statistics.median(from_run):.2f} s from docker run "
        f"(median of {STARTS})"
    )
