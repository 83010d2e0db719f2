#!/usr/bin/python3
"""A lock on a host that says who holds it."""

import fcntl
import json
import os

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: rollout_lock
short_description: Takes, releases or looks at the lock of a rollout
options:
  path:
    description: File that is the lock; PATH.guard serialises its changes.
    type: path
    required: true
  state:
    description: >
      query reads who holds it; held takes it unless another does, which is
      told and no failure; released gives it back if we hold it.
    choices: [query, held, released]
    required: true
  owner:
    description: Who we are; its id tells runs apart.
    type: dict
    default: {}
  gone:
    description: Ids of holders that do not count any more.
    type: list
    elements: str
    default: []
author: Steady
"""

RETURN = """
acquired:
  description: Whether we hold it now.
  returned: always
  type: bool
holder:
  description: Who holds it; empty if nobody does.
  returned: always
  type: dict
"""


def read(path):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
    except ValueError:
        # Cut short by a full disk: somebody's, but nobody knows whose.
        return {"id": "unreadable"}


def write(path, owner):
    with open(path + ".new", "w") as file:
        json.dump(owner, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)


def apply(path, state, owner, gone):
    """Returns who holds the lock afterwards."""
    if state == "query":
        return read(path)
    with open(path + ".guard", "a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        holder = read(path)
        mine = holder.get("id") == owner["id"]
        if state == "held" and (not holder or mine or holder["id"] in gone):
            write(path, owner)
            return owner
        if state == "released" and mine:
            os.unlink(path)
            return {}
        return holder


def main():
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "state": {
                "choices": ["query", "held", "released"],
                "required": True,
            },
            "owner": {"type": "dict", "default": {}},
            "gone": {"type": "list", "elements": "str", "default": []},
        },
        required_if=[("state", "held", ["owner"])],
        supports_check_mode=True,
    )
    given = module.params
    state = "query" if module.check_mode else given["state"]
    try:
        holder = apply(given["path"], state, given["owner"], given["gone"])
    except OSError as error:
        module.fail_json(msg=f"{given['path']}: {error.strerror}")
    acquired = bool(holder) and holder.get("id") == given["owner"].get("id")
    # A lock that is taken and given back leaves nothing changed.
    module.exit_json(changed=False, acquired=acquired, holder=holder)


if __name__ == "__main__":
    main()
