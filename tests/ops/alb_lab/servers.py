"""Two HTTP servers: the AWS API, and the control API for tests.

Control API, JSON:
  GET    /state              all there is, with targets and their health
  GET    /events             changes of targets' states, oldest first
  GET    /requests?since=N   the access log from entry N on, 2000 at most
  GET    /counters           sums over the access log
  DELETE /requests           empties the access log
  GET    /settings           the lab's timers
  PATCH  /settings           changes some of them
  PUT    /instances/ID       {"private_ip", "state", "zone", "tags"}
  DELETE /instances/ID
  POST   /faults             {"action", "code", "status", "times"}: the next
                             `times` calls of an API action fail
  POST   /reset              forgets everything
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from alb_lab import protocol
from alb_lab.ec2 import STATE_CODES, SUBNETS, Ec2, Sts
from alb_lab.elbv2 import Elbv2
from alb_lab.plane import Plane
from alb_lab.protocol import ApiError
from alb_lab.state import Balancer, Instance

Address = tuple[str, int]
# Entries of the access log in one answer: making its JSON stops all threads.
PAGE = 2000


class Handler(BaseHTTPRequestHandler):
    """Reads a body, writes an answer, logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Each request in a thread; none of them keeps the program alive."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: Address, handler: type[Handler]) -> None:
        super().__init__(address, handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.server_address[:2])


# -- The AWS API -------------------------------------------------------------


@dataclass
class Fault:
    code: str
    status: int
    times: int


def action_method(action: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()


class AwsApi:
    def __init__(self, balancer: Balancer, address: str) -> None:
        self.state = balancer
        self.faults: dict[str, Fault] = {}
        self.services: dict[str, Any] = {
            "elbv2": Elbv2(balancer, address),
            "ec2": Ec2(balancer),
            "sts": Sts(),
        }

    def answer(self, form: protocol.Form) -> tuple[int, bytes]:
        """Status and XML."""
        try:
            with self.state.lock:
                return 200, self._answer(form)
        except ApiError as error:
            return error.status, protocol.refusal(error, form)

    def _answer(self, form: protocol.Form) -> bytes:
        name, model = protocol.operation(form)
        self._fail_if_wanted(model.name)
        method = getattr(self.services[name], action_method(model.name), None)
        if method is None:
            raise ApiError(
                "InvalidAction", f"alb-lab does not serve {model.name}"
            )
        result = method(protocol.arguments(form, model))
        return protocol.answer(result, model)

    def _fail_if_wanted(self, action: str) -> None:
        fault = self.faults.get(action)
        if fault and fault.times > 0:
            fault.times -= 1
            raise ApiError(fault.code, "asked for by a test", fault.status)

    def serve(self, address: Address) -> Server:
        api = self

        class AwsHandler(Handler):
            def do_POST(self) -> None:
                text = self.body().decode()
                form = dict(parse_qsl(text, keep_blank_values=True))
                status, body = api.answer(form)
                self.reply(status, "text/xml", body)

        return Server(address, AwsHandler)


# -- The control API ---------------------------------------------------------


class Control:
    """Each method serves one of the calls above: (path's tail, query, body)."""

    def __init__(self, balancer: Balancer, api: AwsApi, plane: Plane) -> None:
        self.state = balancer
        self.api = api
        self.plane = plane
        self.routes: dict[tuple[str, str], Callable[..., Any]] = {
            ("GET", "state"): self.get_state,
            ("GET", "events"): lambda *_: list(self.state.events),
            ("GET", "requests"): self.get_requests,
            ("DELETE", "requests"): lambda *_: self.plane.entries.clear(),
            ("GET", "counters"): lambda *_: self.plane.counters(),
            ("GET", "settings"): lambda *_: asdict(self.state.settings),
            ("PATCH", "settings"): self.patch_settings,
            ("PUT", "instances"): self.put_instance,
            ("DELETE", "instances"): self.delete_instance,
            ("POST", "faults"): self.post_fault,
            ("POST", "reset"): self.post_reset,
        }

    def get_state(self, *_: Any) -> dict[str, Any]:
        with self.state.lock:
            return self._state()

    def _state(self) -> dict[str, Any]:
        groups = []
        for group in self.state.groups.values():
            targets = [
                {
                    **asdict(target),
                    **asdict(self.state.health(group, target.key)),
                    "address": "{}:{}".format(*self.state.address(target)),
                }
                for target in group.targets.values()
            ]
            groups.append({**asdict(group), "targets": targets})
        return {
            "groups": groups,
            "balancers": [asdict(it) for it in self.state.balancers.values()],
            "instances": [asdict(it) for it in self.state.instances.values()],
            "settings": asdict(self.state.settings),
            "listen_errors": self.plane.listen_errors,
        }

    def get_requests(
        self, _tail: str, query: dict[str, list[str]], _body: Any
    ) -> list[dict[str, Any]]:
        since = int(query.get("since", ["0"])[0])
        page = self.plane.entries[since : since + PAGE]
        return [asdict(entry) for entry in page]

    def patch_settings(self, _tail: str, _query: Any, body: Any) -> Any:
        with self.state.lock:
            self.state.settings.change(body)
        return asdict(self.state.settings)

    def put_instance(self, id: str, _query: Any, body: Any) -> Any:
        instance = Instance(id, **body)
        if instance.state not in STATE_CODES:
            raise ValueError(f"an instance is not {instance.state}")
        if instance.zone not in SUBNETS.values():
            raise ValueError(f"there is no zone {instance.zone}")
        with self.state.lock:
            self.state.instances[id] = instance
        return asdict(instance)

    def delete_instance(self, id: str, *_: Any) -> None:
        with self.state.lock:
            self.state.instances.pop(id, None)

    def post_fault(self, _tail: str, _query: Any, body: Any) -> None:
        fault = Fault(body["code"], body.get("status", 400), body["times"])
        self.api.faults[body["action"]] = fault

    def post_reset(self, *_: Any) -> None:
        with self.state.lock:
            self.state.reset()
            self.api.faults.clear()
            self.plane.entries.clear()

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(url)
        name, _, tail = parts.path.strip("/").partition("/")
        route = self.routes.get((method, name))
        if route is None:
            return 404, {"error": f"there is no {method} {parts.path}"}
        self.plane.settle()
        try:
            given = json.loads(body) if body else None
            return 200, route(tail, parse_qs(parts.query), given)
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": str(error)}

    def serve(self, address: Address) -> Server:
        control = self

        class ControlHandler(Handler):
            def _any(self) -> None:
                body = self.body()
                status, said = control.answer(self.command, self.path, body)
                text = json.dumps(said).encode()
                self.reply(status, "application/json", text)

            do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = _any

        return Server(address, ControlHandler)
