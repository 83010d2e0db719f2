#!/usr/bin/python3
"""What the access log says, summed up on the host that has it."""

import json
import math
import os
import time
from datetime import datetime

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: steady_access_log
short_description: Sums up Steady's access log, or finds a probe's requests
options:
  folder:
    description: Where access.log and its rotated files are.
    type: path
    required: true
  seconds:
    description: Sum up the requests that ended in the last so many seconds.
    type: int
  agent:
    description: >
      Find the requests whose user agent is this text and a number, and return
      the numbers.
    type: str
author: Steady
"""

RETURN = """
requests:
  description: How many.
  returned: with seconds
  type: int
errors:
  description: How many of them were 5xx.
  returned: with seconds
  type: int
p95:
  description: Seconds.
  returned: with seconds
  type: float
seen:
  description: Numbers, one for each line.
  returned: with agent
  type: list
"""

# Of the end of the file: minutes of a busy host.
TAIL_BYTES = 64 * 1024 * 1024
# Streams that stay open on purpose.
LONG_ROUTES = ("/api/events",)


def records(lines):
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


def percentile(values, share):
    """The nearest-rank percentile; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]


def tail(path):
    with open(path, "rb") as log:
        log.seek(0, os.SEEK_END)
        log.seek(max(0, log.tell() - TAIL_BYTES))
        return log.read().splitlines()


def sum_up(folder, seconds, now=None):
    since = (time.time() if now is None else now) - seconds
    path = os.path.join(folder, "access.log")
    times, errors = [], 0
    for record in records(tail(path) if os.path.exists(path) else []):
        ended = datetime.fromisoformat(record["ts"]).timestamp()
        if ended < since or record["route"] in LONG_ROUTES:
            continue
        times.append(record["request_time"])
        errors += record["status"] >= 500
    p95 = round(percentile(times, 0.95), 3)
    return {"requests": len(times), "errors": errors, "p95": p95}


def find(folder, agent):
    """The log may have been rotated while the probe ran."""
    seen = []
    needle = f'"user_agent":"{agent}'.encode()
    for name in ("access.log", "access.log.1"):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            continue
        with open(path, "rb") as log:
            for record in records(line for line in log if needle in line):
                seen.append(int(record["user_agent"][len(agent) :]))
    return {"seen": sorted(seen)}


def main():
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "seconds": {"type": "int"},
            "agent": {"type": "str"},
        },
        required_one_of=[["seconds", "agent"]],
        mutually_exclusive=[["seconds", "agent"]],
        supports_check_mode=True,
    )
    given = module.params
    try:
        if given["agent"] is not None:
            module.exit_json(**find(given["folder"], given["agent"]))
        module.exit_json(**sum_up(given["folder"], given["seconds"]))
    except (OSError, KeyError, ValueError) as error:
        module.fail_json(msg=f"{given['folder']}/access.log: {error!r}")


if __name__ == "__main__":
    main()
