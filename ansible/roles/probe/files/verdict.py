#!/usr/bin/env python3
"""Judges a run of probe.py by what the hosts' access logs say of it.

    verdict.py --folder FOLDER --hosts N [--missing-hosts NAMES]

FOLDER holds result.json and requests.jsonl of the probe, and seen-HOST.json,
the numbers of its requests in each host's log. Writes verdict.json, prints one
line, and exits with 1 unless no request failed.
"""

import argparse
import collections
import json
import sys
from pathlib import Path

EXAMPLES = 10


def span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def judge(
    result: dict,
    answered: list[int],
    sent: list[int],
    seen: list[int],
    hosts: int,
    missing_hosts: list[str],
) -> dict:
    """answered: requests with an answer; sent: all; seen: lines in the logs."""
    lines = collections.Counter(seen)
    unlogged = [number for number in answered if lines[number] == 0]
    twice = [number for number in lines if lines[number] > 1]
    unknown = sorted(set(lines) - set(sent))
    wrong = {
        "answered but in no access log": unlogged,
        "in the access logs more than once": twice,
        "in the access logs but never sent": unknown,
        "acknowledged writes lost": result["lost"],
        "writes done twice": result["doubled"],
    }
    if missing_hosts:
        # Its log cannot be asked, so that nothing follows from a missing line.
        wrong.pop("answered but in no access log")
    failed = result["failed"]
    zero = failed == 0 and result["requests"] > 0 and not any(wrong.values())
    line = (
        f"{count(hosts, 'host', 'hosts')}, {span(result['seconds'])}, "
        f"{count(result['requests'], 'request', 'requests')}, {failed:,} failed"
    )
    for what, which in wrong.items():
        if which:
            line += f", {len(which):,} {what}"
    if missing_hosts:
        line += f"; no log from {', '.join(missing_hosts)}"
    return {
        "zero_failed": zero,
        "line": line,
        "hosts": hosts,
        "missing_hosts": missing_hosts,
        **{k: result[k] for k in ("run", "url", "seconds", "requests")},
        **{k: result[k] for k in ("failed", "acknowledged", "versions")},
        **{k: result[k] for k in ("left_out", "p50", "p99", "longest")},
        "wrong": {what: which[:EXAMPLES] for what, which in wrong.items()},
        "problems": result["problems"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Judges a run of the probe.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--missing-hosts", default="")
    options = parser.parse_args()
    folder: Path = options.folder
    result = json.loads((folder / "result.json").read_text())
    lines = (folder / "requests.jsonl").read_text().splitlines()
    sent = [json.loads(line) for line in lines]
    seen: list[int] = []
    for file in folder.glob("seen-*.json"):
        seen += json.loads(file.read_text())
    verdict = judge(
        result,
        [one["number"] for one in sent if one["status"] is not None],
        [one["number"] for one in sent],
        seen,
        options.hosts,
        options.missing_hosts.split(),
    )
    (folder / "verdict.json").write_text(json.dumps(verdict, indent=2) + "\n")
    print(verdict["line"])
    return 0 if verdict["zero_failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
