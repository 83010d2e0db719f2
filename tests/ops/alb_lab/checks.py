"""Health checks: one GET a target and interval, on a clock."""

import asyncio
import time

import h11

from alb_lab.state import Balancer, Group, Target

TICK = 0.05  # seconds between looks at what is to be checked
MAX_ANSWER = 65536  # bytes of an answer's head
Failure = tuple[str, str]


def matches(status: int, codes: str) -> bool:
    """A matcher's HttpCode: numbers and ranges, separated by commas."""
    for part in codes.split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


async def ask(host: str, port: int, path: str) -> int:
    """The status of one GET on a connection of its own."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        connection = h11.Connection(h11.CLIENT)
        headers = [
            ("Host", f"{host}:{port}"),
            ("Connection", "close"),
            ("User-Agent", "ELB-HealthChecker/2.0"),
            ("Accept-Encoding", "gzip, compressed"),
        ]
        request = h11.Request(method="GET", target=path, headers=headers)
        writer.write(connection.send(request) or b"")
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(MAX_ANSWER))
            elif isinstance(event, h11.Response):
                return event.status_code
    finally:
        writer.transport.abort()


async def check(
    host: str, port: int, path: str, codes: str, seconds: float
) -> Failure | None:
    """None for a pass, else the reason and its description."""
    try:
        async with asyncio.timeout(seconds):
            status = await ask(host, port, path)
    except TimeoutError:
        return "Target.Timeout", "Request timed out"
    except (OSError, h11.ProtocolError):
        return "Target.FailedHealthChecks", "Health checks failed"
    if matches(status, codes):
        return None
    return (
        "Target.ResponseCodeMismatch",
        f"Health checks failed with these codes: [{status}]",
    )


class Checker:
    """Keeps one task a target that is due for checks."""

    def __init__(self, balancer: Balancer) -> None:
        self.state = balancer
        self.tasks: dict[tuple[str, str, int, float], asyncio.Task] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                self._follow()
                await asyncio.sleep(TICK)
        finally:
            for task in self.tasks.values():
                task.cancel()

    def _follow(self) -> None:
        with self.state.lock:
            wanted = {
                # Registered again, a target is checked from the start.
                (group.arn, *target.key, target.registered_at): (group, target)
                for group, target in self.state.checked()
            }
        for key in self.tasks.keys() - wanted.keys():
            self.tasks.pop(key).cancel()
        for key in wanted.keys() - self.tasks.keys():
            task = asyncio.create_task(self._check(*wanted[key]))
            self.tasks[key] = task

    async def _check(self, group: Group, target: Target) -> None:
        while True:
            began = time.monotonic()
            with self.state.lock:
                host, port = self.state.address(target)
                own = group.checks["HealthCheckPort"]
                failure_after = self.state.timeout(group)
                path = group.checks["HealthCheckPath"]
                codes = group.checks["Matcher"]["HttpCode"]
            if own != "traffic-port":
                port = int(own)
            failure = await check(host, port, path, codes, failure_after)
            with self.state.lock:
                self.state.note(group, target, failure)
            # The interval may be changed while this waits for its end.
            while time.monotonic() < began + self.state.interval(group):
                await asyncio.sleep(TICK)
