"""A laboratory on one Debian machine: everything a release touches.

    with Lab(hosts=3) as lab:
        lab.publish("steady:latest", "1.0.0")
        lab.playbook("site.yml")
        lab.hosts[0].kill()

    python -m laboratory --hosts 3     # from tests/ops; stays until Ctrl-C

- Hosts are containers with systemd, sshd and a Docker daemon of their own
  (`host/Dockerfile`), each on a loopback address: SSH, health checks and all
  load go through that. On their network they reach the database and the
  registry at its gateway.
- `alb-lab` is the load balancer, and its API what Ansible's modules call.
  HAProxy is a second one, which somebody else wrote: it takes the targets'
  states from alb-lab, and checks and balances by itself.
- The database is a replica set of real mongods, the registry Debian's, with
  TLS, and its certificate lies where Docker on the hosts looks for it.

Laboratories are numbered. Number N has the addresses 127.0.N.* and
10.213.N.*, and all its things carry the label `steady.lab=N` (containers,
volumes, networks) or the variable STEADY_LAB=N (processes). A lab takes the
first number that nobody holds, and removes what an earlier one of that number
left behind, for instance because it was killed.
"""

from laboratory.lab import Lab

__all__ = ["Lab"]
