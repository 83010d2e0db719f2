"""The data plane of alb-lab, with real connections to targets that behave and
misbehave."""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from alb_lab.client import AlbLab
from alb_lab.ec2 import VPC
from backend import Backend, Deaf
from lib.wait import free_port, wait_until

pytestmark = pytest.mark.lab


class Service:
    """A load balancer with one listener, and its client."""

    def __init__(self, lab: AlbLab) -> None:
        self.lab = lab
        self.port = free_port()
        self.arn = lab.create(port=self.port)
        self.elb = lab.boto("elbv2")
        self.url = f"http://{lab.address}:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def register(self, *backends: Backend, wait: bool = True) -> None:
        targets = [{"Id": it.host, "Port": it.port} for it in backends]
        self.elb.register_targets(TargetGroupArn=self.arn, Targets=targets)
        for backend in backends if wait else ():
            self.lab.wait_for(backend.host, "healthy")

    def deregister(self, backend: Backend) -> None:
        self.elb.deregister_targets(
            TargetGroupArn=self.arn,
            Targets=[{"Id": backend.host, "Port": backend.port}],
        )

    def health(self, backend: Backend) -> dict[str, str]:
        answer = self.elb.describe_target_health(
            TargetGroupArn=self.arn,
            Targets=[{"Id": backend.host, "Port": backend.port}],
        )
        return answer["TargetHealthDescriptions"][0]["TargetHealth"]

    def get(self, path: str = "/") -> httpx.Response:
        return self.http.get(path)

    def last(self) -> dict[str, Any]:
        """The newest entry of the access log."""
        return self.entries(1)[-1]

    def entries(self, at_least: int) -> list[dict[str, Any]]:
        """An entry is written after its answer has been sent."""
        return wait_until(
            lambda: (
                found if len(found := self.lab.requests()) >= at_least else None
            ),
            f"{at_least} entries in the access log",
        )


@pytest.fixture
def service(lab: AlbLab) -> Iterator[Service]:
    service = Service(lab)
    yield service
    service.http.close()


class Held:
    """A request that a target holds until it is let go."""

    def __init__(self, service: Service, backend: Backend) -> None:
        self.answer: httpx.Response | None = None
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._ask, args=[service.url])
        self.thread.start()
        assert backend.holding.wait(10), "no request arrived"

    def _ask(self, url: str) -> None:
        try:
            self.answer = httpx.get(f"{url}/hold", timeout=60)
        except httpx.HTTPError as error:
            self.error = error

    def end(self) -> httpx.Response:
        self.thread.join(30)
        assert self.answer is not None, self.error
        return self.answer


def connections(backend: Backend) -> int:
    """How many connections to it stand."""
    address = bytes(map(int, backend.host.split(".")))[::-1].hex().upper()
    wanted = f"{address}:{backend.port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    # Fields: number, local, remote address, state; 01 is ESTABLISHED.
    fields = [line.split()[1:4] for line in lines]
    return sum(it[1] == wanted and it[2] == "01" for it in fields)


# -- Spreading ---------------------------------------------------------------


def test_each_target_gets_its_share(
    service: Service, backends: list[Backend]
) -> None:
    service.register(*backends)
    answers = [service.get().json()["backend"] for _ in range(30)]
    assert [answers.count(it.host) for it in backends] == [10, 10, 10]
    by_target = service.lab.get("counters")["by_target"]
    assert by_target == {it.host: {"200": 10} for it in backends}


def test_least_outstanding_requests_spares_the_busy_target(
    service: Service, backends: list[Backend]
) -> None:
    service.elb.modify_target_group_attributes(
        TargetGroupArn=service.arn,
        Attributes=[
            {
                "Key": "load_balancing.algorithm.type",
                "Value": "least_outstanding_requests",
            }
        ],
    )
    busy, idle = backends[:2]
    service.register(busy)
    held = Held(service, busy)
    service.register(idle)
    assert {service.get().json()["backend"] for _ in range(10)} == {idle.host}
    busy.let_go.set()
    held.end()
    both = {service.get().json()["backend"] for _ in range(10)}
    assert both == {busy.host, idle.host}


def test_empty_group_answers_503(service: Service) -> None:
    answer = service.get()
    assert answer.status_code == 503
    assert answer.headers["server"] == "awselb/2.0"
    assert service.get().status_code == 503
    first, second = service.entries(2)
    assert (first["status"], first["target"]) == (503, None)
    # The connection is kept.
    assert first["client"] == second["client"]


# -- Health checks -----------------------------------------------------------


def test_target_that_fails_checks_leaves_and_comes_back(
    service: Service, backends: list[Backend]
) -> None:
    good, bad = backends[:2]
    service.register(good, bad)
    bad.health = 503
    service.lab.wait_for(bad.host, "unhealthy")
    assert service.health(bad) == {
        "State": "unhealthy",
        "Reason": "Target.ResponseCodeMismatch",
        "Description": "Health checks failed with these codes: [503]",
    }
    assert {service.get().json()["backend"] for _ in range(6)} == {good.host}
    bad.health = 200
    service.lab.wait_for(bad.host, "healthy")
    both = {service.get().json()["backend"] for _ in range(6)}
    assert both == {good.host, bad.host}
    states = ["initial", "healthy", "unhealthy", "healthy"]
    assert service.lab.states(bad.host) == states


def test_checks_ask_for_the_path_as_the_load_balancer(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    headers = backends[0].check_headers
    assert headers["User-Agent"] == "ELB-HealthChecker/2.0"
    assert headers["Host"] == f"{backends[0].host}:{backends[0].port}"


@pytest.mark.parametrize("codes", ["200-299", "200,204"])
def test_matcher_takes_lists_and_ranges(
    service: Service, backends: list[Backend], codes: str
) -> None:
    service.elb.modify_target_group(
        TargetGroupArn=service.arn, Matcher={"HttpCode": codes}
    )
    backends[0].health = 204
    service.register(backends[0])
    backends[0].health = 302
    service.lab.wait_for(backends[0].host, "unhealthy")


def test_interval_is_the_time_between_checks(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(health_check_interval=0.1)
    service.register(*backends[:2])
    wait_until(lambda: backends[0].checks > 20, "20 checks")
    service.lab.settings(health_check_interval=600)
    before = backends[1].checks
    service.register(backends[2])
    service.deregister(backends[2])
    service.lab.wait_for(backends[2].host, "unused")
    assert backends[1].checks <= before + 1


def test_silent_target_times_out(service: Service) -> None:
    service.lab.settings(health_check_timeout=0.2)
    port = free_port()
    with Deaf("127.0.7.9", port):
        deaf = Backend("127.0.7.9", port)
        service.register(deaf, wait=False)
        service.lab.wait_for(deaf.host, "unhealthy")
        assert service.health(deaf)["Reason"] == "Target.Timeout"


def test_target_that_refuses_fails_its_checks(
    service: Service, backends: list[Backend]
) -> None:
    service.register(*backends[:2])
    backends[0].stop()
    service.lab.wait_for(backends[0].host, "unhealthy")
    reason = service.health(backends[0])["Reason"]
    backends[0].start()
    assert reason == "Target.FailedHealthChecks"
    service.lab.wait_for(backends[0].host, "healthy")


def test_without_a_healthy_target_all_get_requests(
    service: Service, backends: list[Backend]
) -> None:
    service.register(*backends)
    for backend in backends:
        backend.health = 500
    for backend in backends:
        service.lab.wait_for(backend.host, "unhealthy")
    answers = {service.get().json()["backend"] for _ in range(6)}
    assert answers == {it.host for it in backends}
    assert all(it["fail_open"] for it in service.entries(6))


# -- Deregistration ----------------------------------------------------------


def test_draining_target_finishes_what_it_has_and_gets_no_more(
    service: Service, backends: list[Backend]
) -> None:
    leaving, staying = backends[:2]
    service.lab.settings(deregistration_delay=60)
    service.register(leaving)
    held = Held(service, leaving)
    service.register(staying)
    service.deregister(leaving)
    assert service.health(leaving)["State"] == "draining"
    answers = {service.get().json()["backend"] for _ in range(10)}
    assert answers == {staying.host}
    leaving.let_go.set()
    assert held.end().text == "held"
    assert service.health(leaving)["State"] == "draining"
    service.lab.settings(deregistration_delay=0)
    service.lab.wait_for(leaving.host, "unused")


def test_request_that_outlives_the_delay_gets_502(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(deregistration_delay=60)
    service.register(backends[0])
    held = Held(service, backends[0])
    service.deregister(backends[0])
    service.lab.settings(deregistration_delay=0)
    assert held.end().status_code == 502
    assert service.last()["error"] == "the deregistration delay is over"
    assert service.health(backends[0]) == {
        "State": "unused",
        "Reason": "Target.NotRegistered",
        "Description": "Target is not registered to the target group",
    }


def test_kept_connections_are_closed_when_a_target_leaves(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    service.get()
    service.get()
    assert service.entries(2)[1]["reused"]

    wait_until(lambda: connections(backends[0]) == 1, "one connection")
    service.lab.settings(deregistration_delay=60)
    service.deregister(backends[0])
    wait_until(lambda: connections(backends[0]) == 0, "no connection")


def test_late_routing_sends_requests_to_a_target_that_left(
    service: Service, backends: list[Backend]
) -> None:
    leaving, staying = backends[:2]
    service.lab.settings(deregistration_delay=60, late_routing=60)
    service.register(leaving, staying)
    service.deregister(leaving)
    answers = {service.get().json()["backend"] for _ in range(10)}
    assert answers == {leaving.host, staying.host}
    late = [it for it in service.entries(10) if it["late"]]
    assert {it["target"] for it in late} == {leaving.host}
    assert service.lab.get("counters")["late"] == len(late) == 5
    service.lab.settings(late_routing=0)
    answers = {service.get().json()["backend"] for _ in range(10)}
    assert answers == {staying.host}


def test_target_registered_while_it_drains_serves_again(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(deregistration_delay=60)
    service.register(backends[0])
    service.deregister(backends[0])
    assert service.get().status_code == 503
    service.register(backends[0])
    assert service.get().status_code == 200
    states = ["initial", "healthy", "draining", "initial", "healthy"]
    assert service.lab.states(backends[0].host) == states


def test_group_that_comes_into_use_again_checks_its_targets_anew(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    other = service.elb.create_target_group(
        Name="other", Protocol="HTTP", Port=80, VpcId=VPC
    )["TargetGroups"][0]["TargetGroupArn"]
    balancers = service.elb.describe_load_balancers()["LoadBalancers"]
    arn = balancers[0]["LoadBalancerArn"]
    listeners = service.elb.describe_listeners(LoadBalancerArn=arn)
    listener = listeners["Listeners"][0]["ListenerArn"]

    def send_to(group: str) -> None:
        actions = [{"Type": "forward", "TargetGroupArn": group}]
        service.elb.modify_listener(
            ListenerArn=listener, DefaultActions=actions
        )

    send_to(other)
    assert service.health(backends[0])["Reason"] == "Target.NotInUse"
    assert service.get().status_code == 503
    send_to(service.arn)
    service.lab.wait_for(backends[0].host, "healthy")
    states = ["initial", "healthy", "initial", "healthy"]
    assert service.lab.states(backends[0].host) == states


def test_stopped_instance_leaves_the_rotation(
    service: Service, backends: list[Backend]
) -> None:
    port = free_port()
    arn = service.lab.create("hosts", port, TargetType="instance")
    service.lab.put_instance("i-1", backends[0].host)
    target = {"Id": "i-1", "Port": backends[0].port}
    service.elb.register_targets(TargetGroupArn=arn, Targets=[target])
    service.lab.wait_for("i-1", "healthy")
    url = f"http://{service.lab.address}:{port}/"
    assert httpx.get(url).json()["backend"] == backends[0].host
    service.lab.put_instance("i-1", backends[0].host, state="stopped")
    assert httpx.get(url).status_code == 503
    health = service.elb.describe_target_health(TargetGroupArn=arn)
    described = health["TargetHealthDescriptions"][0]["TargetHealth"]
    assert described["Reason"] == "Target.InvalidState"


# -- Failures: nothing is tried twice ----------------------------------------


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/vanish", "closed without an answer"),
        ("/nonsense", "bad answer"),
    ],
)
def test_target_that_breaks_is_a_502_without_a_second_try(
    service: Service, backends: list[Backend], path: str, error: str
) -> None:
    service.register(*backends)
    assert service.get(path).status_code == 502
    assert sum(it.requests().count(path) for it in backends) == 1
    entry = service.last()
    assert error in entry["error"]
    assert (entry["status"], entry["target_status"]) == (502, None)
    assert service.get().status_code == 200


def test_target_that_refuses_connections_is_a_502(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(health_check_interval=600)
    service.register(*backends[:2])
    backends[0].stop()
    statuses = [service.get().status_code for _ in range(6)]
    backends[0].start()
    assert sorted(statuses) == [200] * 3 + [502] * 3


def test_target_that_closes_a_kept_connection_is_a_502(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    assert service.get("/last").text == "last"
    assert service.get().status_code == 502
    assert backends[0].refused_kept == 1
    assert service.get().status_code == 200


def test_connection_that_a_target_closed_before_is_not_used(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(health_check_interval=600)
    service.register(backends[0])
    assert service.get("/goodbye").status_code == 200
    wait_until(lambda: connections(backends[0]) == 0, "it to be closed")
    assert service.get().status_code == 200
    assert not service.entries(2)[1]["reused"]


def test_slow_target_is_a_504(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    service.lab.settings(idle_timeout=0.5)
    assert service.get("/hold").status_code == 504
    assert service.last()["error"] == "no answer in time"


def test_target_that_does_not_connect_in_time_is_a_504(
    service: Service,
) -> None:
    service.lab.settings(connect_timeout=0.3)
    with socket.socket() as full, contextlib.ExitStack() as stack:
        # With its queue full, Linux leaves further connections unanswered.
        full.bind(("127.0.7.8", 0))
        full.listen(0)
        address = full.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        service.register(Backend(*address), wait=False)
        assert service.http.get("/", timeout=10).status_code == 504
    assert service.last()["error"] == "no connection in time"


def test_answer_that_is_cut_short_reaches_the_client_so(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    with pytest.raises(httpx.RemoteProtocolError):
        service.get("/half")
    entry = service.last()
    assert (entry["status"], entry["target_status"]) == (None, 200)
    assert service.lab.get("counters")["failed"] == 1


# -- Messages ----------------------------------------------------------------


def test_target_learns_of_the_client(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    headers = service.get().json()["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["X-Forwarded-Port"] == str(service.port)
    assert headers["Host"] == f"{service.lab.address}:{service.port}"
    trace = headers["X-Amzn-Trace-Id"]
    assert trace.startswith("Root=1-")
    assert service.last()["trace_id"] == trace


def test_given_chain_and_trace_are_continued(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    root = "Root=1-67891233-abcdef012345678912345678"
    answer = service.http.get(
        "/",
        headers={
            "X-Forwarded-For": "198.51.100.7",
            "X-Forwarded-Proto": "gopher",
            "X-Amzn-Trace-Id": root,
        },
    )
    headers = answer.json()["headers"]
    assert headers["X-Forwarded-For"] == "198.51.100.7, 127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["X-Amzn-Trace-Id"].startswith("Self=1-")
    assert headers["X-Amzn-Trace-Id"].endswith(f";{root}")


def test_bodies_and_methods_pass_unchanged(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    text = "0123456789" * 20_000
    said = service.http.post("/a?b=c%20d", content=text).json()
    assert (said["method"], said["path"]) == ("POST", "/a?b=c%20d")
    assert said["body"] == text
    assert service.http.head("/").status_code == 200
    assert service.http.put("/", content=b"").json()["body"] == ""
    assert [it["method"] for it in service.entries(3)] == [
        "POST",
        "HEAD",
        "PUT",
    ]


def test_answers_are_streamed(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    with service.http.stream("GET", "/stream") as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"first"
        backends[0].let_go.set()
        assert next(chunks) == b"second"


def test_connections_of_clients_are_kept_and_closed_when_idle(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    assert service.get().status_code == 200
    assert service.get().status_code == 200
    entries = service.entries(2)
    assert entries[0]["client"] == entries[1]["client"]
    service.lab.settings(idle_timeout=0.3)
    with socket.create_connection((service.lab.address, service.port)) as it:
        it.settimeout(10)
        assert it.recv(1) == b""


def test_client_that_waits_for_100_gets_it(
    service: Service, backends: list[Backend]
) -> None:
    service.register(backends[0])
    with socket.create_connection((service.lab.address, service.port)) as it:
        it.settimeout(10)
        it.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert it.recv(1000).startswith(b"HTTP/1.1 100")
        it.sendall(b"ok")
        assert it.recv(1000).startswith(b"HTTP/1.1 200")


def test_what_is_not_http_is_a_400(service: Service) -> None:
    with socket.create_connection((service.lab.address, service.port)) as it:
        it.settimeout(10)
        it.sendall(b"what?\r\n\r\n")
        assert it.recv(1000).startswith(b"HTTP/1.1 400")
    assert service.last()["status"] == 400


def test_many_clients_at_once_see_no_failure(
    service: Service, backends: list[Backend]
) -> None:
    service.lab.settings(health_check_timeout=10)
    service.register(*backends)

    def ask() -> None:
        with httpx.Client(base_url=service.url, timeout=30) as http:
            for number in range(50):
                assert http.get(f"/{number}").status_code == 200

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: service.lab.get("counters")["requests"] == 800, "800")
    counters = service.lab.get("counters")
    assert counters["failed"] == 0
    shares = [counters["by_target"][it.host]["200"] for it in backends]
    assert max(shares) - min(shares) <= 1
    # Each request arrived once.
    assert sum(len(it.requests()) for it in backends) == 800


# -- The process -------------------------------------------------------------


def test_sigterm_stops_it_at_once_with_requests_under_way(
    start_lab: Callable[..., AlbLab], backends: list[Backend]
) -> None:
    service = Service(start_lab())
    service.register(backends[0])
    held = Held(service, backends[0])
    assert service.lab.process
    service.lab.process.terminate()
    assert service.lab.process.wait(5) == 0
    held.thread.join(10)
    assert held.answer is None
    assert service.lab.log.read_text() == ""


def test_access_log_can_be_a_file(
    tmp_path: Any, start_lab: Callable[..., AlbLab]
) -> None:
    file = tmp_path / "access.log"
    service = Service(start_lab("--access-log", str(file)))
    service.get("/seen")
    wait_until(lambda: '"path": "/seen"' in file.read_text(), "the entry")
    service.http.close()


def test_help_tells_the_options() -> None:
    import sys

    from alb_lab.client import OPS

    done = subprocess.run(
        [sys.executable, "-B", "-m", "alb_lab", "--help"],
        cwd=OPS,
        capture_output=True,
        text=True,
        check=True,
    )
    for option in ("--api", "--control", "--address", "--access-log"):
        assert option in done.stdout
