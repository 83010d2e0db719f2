"""alb-lab: an Application Load Balancer small enough to read, for tests.

    python -m alb_lab --help

It speaks the API that the unmodified Ansible modules call (Query protocol
and XML; point AWS_URL at it), and it balances HTTP/1.1 the way an ALB does,
with what makes releases hard: targets are `initial` until a check passes,
deregistered ones drain until the delay ends, a request may still be sent to a
target that has left, and nothing is ever tried a second time.

How it is built: one process, three parts that share `state.Balancer`.
- `servers`: two small HTTP servers in threads of their own, the AWS API
  (`protocol` over botocore's own models, `elbv2`, `ec2`) and the control API
  for tests.
- `checks`: health checks on a clock, in the main thread.
- `plane`: the data plane (h11 on asyncio), in a thread with its own loop, so
  that load does not delay checks and the API.

What is like the real one (and tested in tests/ops/test_alb_lab*.py)
- States, reasons and descriptions of targets, API errors and the limits of
  settings. One passed check makes a new target healthy; afterwards the
  thresholds count. A group that no listener uses is `unused` and unchecked.
- round_robin and least_outstanding_requests. With no healthy target all
  registered ones are used (fail-open); with none registered it answers 503.
- 502 when a target refuses, resets, closes or talks nonsense, 504 when it is
  late (10 s to connect, the idle timeout to answer). No retry. Connections to
  targets are kept, and one that the target closes at the wrong moment is a 502.
- `draining`: requests in flight go on. When the delay ends they get 502, all
  connections to the target are closed, and it is `unused`.
- X-Forwarded-For, -Proto, -Port and X-Amzn-Trace-Id.

What it does not do
- Signatures: any credentials are taken. One account, one region at a time.
- Paging: an answer has everything. Names and counts are not limited.
- TLS, HTTP/2, WebSocket, HTTP/1.0 keep-alive, stickiness, slow start, weights,
  listener rules, actions other than `forward` to one group; asking for one is
  an error, never silently ignored. Attributes of the load balancer itself are
  kept, but only the idle timeout means something.
- Noticing that a client has gone while its request is with a target: it is
  noticed when the answer comes.
- Zones and nodes: it is one node, so there is one round robin. The time that
  a change takes to reach a real one's nodes is the settings `registration` and
  `late_routing`.
- Security groups, subnets and the VPC are one of each, and cannot be made.
- A target may have a loopback address.

Settings (control API, seconds; null leaves what the API set)
  registration             until a new target is seen by checks (0)
  late_routing             requests still sent after deregistration (0)
  health_check_interval, health_check_timeout, deregistration_delay (null)
  connect_timeout          (10)
  idle_timeout             (null: the load balancer's attribute, 60)
"""
