"""How many lines a second steady-top takes, from a pipe and from a file."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lib.fcgi import answer  # noqa: E402
from lib.nginx import Nginx  # noqa: E402
from lib.paths import ROOT  # noqa: E402

TOP = ROOT / "nginx" / "monitoring" / "steady-top"
LINES = 500_000
ROUTES = [f"/api/{name}" for name in ("tasks", "tasks/{id}", "lists", "tags")]


def real_line() -> dict[str, Any]:
    with Nginx(lambda _: answer()) as nginx:
        number = nginx.get("/api/tasks").headers["x-request-id"]
        return nginx.log_line(number)


def write(file: Path) -> None:
    line, chance = real_line(), random.Random(1)
    with open(file, "w") as log:
        for _ in range(LINES):
            line["route"] = chance.choice(ROUTES)
            line["status"] = chance.choice([200] * 50 + [404, 500])
            line["request_time"] = round(chance.lognormvariate(-5, 1), 3)
            log.write(json.dumps(line, separators=(",", ":")) + "\n")


def from_pipe(file: Path) -> str:
    with subprocess.Popen(["cat", file], stdout=subprocess.PIPE) as cat:
        command = [TOP, "--json", "--window", "600"]
        done = subprocess.run(
            command, stdin=cat.stdout, capture_output=True, check=True
        )
    return done.stdout.decode().splitlines()[-1]


def from_file(file: Path) -> str:
    command = [TOP, "--once", "--json", file]
    return subprocess.run(command, capture_output=True, check=True).stdout


def measure(name: str, read: Callable[[Path], Any], file: Path) -> None:
    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert json.loads(read(file))["requests"] == LINES
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(
        f"figure: steady-top from a {name}: "
        f"{LINES / (time.monotonic() - began):,.0f} lines/s, "
        f"{spent / LINES * 1e6:.1f} us of CPU a line"
    )


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="steady-bench-") as folder:
        file = Path(folder) / "access.log"
        write(file)
        measure("pipe", from_pipe, file)
        measure("file", from_file, file)


if __name__ == "__main__":
    main()
