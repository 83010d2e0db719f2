#!/usr/bin/python3
"""Who runs ansible-playbook here, and whether another run is still there."""

import getpass
import os
import secrets
import socket
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: rollout_run
short_description: Names this run of ansible-playbook
description: Runs on the controller.
options:
  what:
    description: What the run does, in a word.
    type: str
    required: true
  holders:
    description: Owners of locks; those of this machine are looked for.
    type: list
    elements: dict
    default: []
author: Steady
"""

RETURN = """
owner:
  description: Its id, user, machine, process, began, since and what.
  returned: always
  type: dict
gone:
  description: Ids of holders that ran here and run no more.
  returned: always
  type: list
"""

PROC = Path("/proc")


def parent(process):
    """Of a Linux process; 0 where that cannot be told."""
    try:
        stat = (PROC / str(process) / "stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def began(process):
    """When it began, in ticks since boot, with the boot's id: process ids come
    again, this does not. Empty for one that is not there."""
    try:
        stat = (PROC / str(process) / "stat").read_text()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else f"{boot} {rest[18]}"


def playbook_process():
    """The topmost of our ancestors that is ansible-playbook."""
    found, process = 0, os.getpid()
    while process > 1:
        try:
            command = (PROC / str(process) / "cmdline").read_bytes()
        except OSError:
            break
        # Python's or the kernel's way to start a script; a shell's -c is not.
        names = [os.path.basename(word) for word in command.split(b"\0")[:2]]
        if b"ansible-playbook" in names:
            found = process
        process = parent(process)
    return found or os.getppid()


def machine():
    try:
        number = Path("/etc/machine-id").read_text()[:8]
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()} {number}"


def is_gone(holder):
    return (
        holder.get("machine") == machine()
        and bool(holder.get("began"))
        and began(holder["process"]) != holder["began"]
    )


def this_run(what):
    process = playbook_process()
    now = time.gmtime()
    return {
        "id": f"{time.strftime('%Y%m%dT%H%M%S', now)}-{secrets.token_hex(2)}",
        "user": getpass.getuser(),
        "machine": machine(),
        "process": process,
        "began": began(process),
        "since": time.strftime("%Y-%m-%d %H:%M:%S UTC", now),
        "what": what,
    }


def main():
    module = AnsibleModule(
        argument_spec={
            "what": {"type": "str", "required": True},
            "holders": {"type": "list", "elements": "dict", "default": []},
        },
        supports_check_mode=True,
    )
    gone = {h["id"] for h in module.params["holders"] if is_gone(h)}
    module.exit_json(owner=this_run(module.params["what"]), gone=sorted(gone))


if __name__ == "__main__":
    main()
