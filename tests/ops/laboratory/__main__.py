"""Starts a laboratory and keeps it until Ctrl-C or SIGTERM."""

import argparse
import json
import signal
import sys

from laboratory.lab import Lab


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m laboratory",
        description="Hosts, registry, database and load balancer on one "
        "machine; see tests/ops/README.md. It needs a Docker daemon.",
    )
    add = parser.add_argument
    add("--hosts", type=int, default=3, help="how many (3)")
    add("--spare", type=int, default=0, help="hosts outside the service (0)")
    add("--debian", type=int, choices=(12, 13), default=13,
        help="what the hosts are (13)")  # fmt: skip
    add("--bare", action="store_true", help="hosts without Docker Engine")
    add("--haproxy", action="store_true", help="HAProxy beside alb-lab")
    chosen = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with Lab(
        hosts=chosen.hosts,
        spare=chosen.spare,
        debian=chosen.debian,
        kind="bare" if chosen.bare else "ready",
        haproxy=chosen.haproxy,
    ) as lab:
        megabytes = {k: v >> 20 for k, v in lab.memory().items()}
        inventory = lab.inventory(
            [it for it in lab.hosts if it not in lab.spare]
        )
        print(f"Steady through alb-lab   {lab.url}")
        if lab.haproxy:
            print(f"Steady through HAProxy   {lab.haproxy.url}")
        print(f"alb-lab, control API     {lab.balancer.control}")
        print(f"MongoDB                  {lab.mongodb.uri()}")
        print(f"registry, to push to     127.0.0.1:{lab.registry.local_port}")
        print(f"registry, on the hosts   {lab.registry.name}")
        print(f"inventory                {inventory}")
        print(f"memory in MB             {json.dumps(megabytes)}")
        print("For ansible-playbook, and `ssh -F`:")
        for name, value in lab.environment().items():
            if name.startswith(("ANSIBLE_", "AWS_")):
                print(f"  export {name}='{value}'")
        sys.stdout.flush()
        while True:
            signal.pause()


if __name__ == "__main__":
    sys.exit(main())
