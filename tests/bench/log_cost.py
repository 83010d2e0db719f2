"""What the access log costs: the same file from nginx, with it and without.

A small file is the cheapest answer that there is, so this is the worst case; a
request to the API costs ten times as much and has the same line. Rounds are
paired, since other things run on the machine.
"""

import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lib.fcgi import answer  # noqa: E402
from lib.nginx import Nginx  # noqa: E402

ROUNDS = 5
SECONDS = 3


def without(text: str) -> str:
    return re.sub(r"^access_log .*;$", "access_log off;", text, flags=re.M)


def cpu_seconds(parent: int) -> float:
    """Of the processes that nginx's master has started."""
    listed = subprocess.run(
        ["ps", "--ppid", str(parent), "-o", "pid="],
        capture_output=True,
        text=True,
    )
    ticks = 0
    for pid in listed.stdout.split():
        rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(rest[11]) + int(rest[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(edit: dict[str, Callable[[str], str]]) -> tuple[float, float]:
    """Requests a second, and microseconds of nginx's CPU a request."""
    with Nginx(lambda _: answer(), edit) as nginx:
        assert nginx.process
        before = cpu_seconds(nginx.process.pid)
        done = subprocess.run(
            ["wrk", "-t1", "-c16", f"-d{SECONDS}s", f"{nginx.url}/"],
            capture_output=True,
            text=True,
            check=True,
        )
        spent = cpu_seconds(nginx.process.pid) - before
        # Not looked through for mistakes: that would take longer.
        (nginx.folder / "access.log").unlink(missing_ok=True)
    found = re.search(r"(\d+) requests in ([\d.]+)s", done.stdout)
    assert found, done.stdout
    requests, seconds = int(found[1]), float(found[2])
    return requests / seconds, spent / requests * 1e6


def main() -> None:
    rates, costs, shares = [], [], []
    for _ in range(ROUNDS):
        quiet_rate, quiet_cost = measure({"snippets/log.conf": without})
        rate, cost = measure({})
        rates.append(rate / quiet_rate)
        costs.append(cost - quiet_cost)
        shares.append(cost / quiet_cost)
    print(
        f"figure: access log: {statistics.median(rates):.2f} of the requests/s "
        f"without it ({min(rates):.2f} to {max(rates):.2f}); nginx's CPU a "
        f"request {statistics.median(shares):.2f} times "
        f"({min(shares):.2f} to {max(shares):.2f}), "
        f"{statistics.median(costs):.1f} us a line"
    )


if __name__ == "__main__":
    main()
