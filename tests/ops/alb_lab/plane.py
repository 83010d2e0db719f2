"""The data plane: takes requests on the listeners' ports and passes them on.

A request goes to one target, once. It runs in a thread with an event loop of
its own; `Plane.run` is that thread's body.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import IO, Any

import h11

from alb_lab.state import Balancer, Group, Listener, LoadBalancer, Target

CHUNK = 65536  # bytes read at a time
HEAD_MAX = 65536  # bytes of a request's or answer's line and headers
TICK = 0.05  # seconds between looks at listeners and expired targets
HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"upgrade",
    b"expect",
}
PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


@dataclass(slots=True)
class Entry:
    """A line of the access log; times in seconds."""

    time: float  # when the request came, since the epoch
    trace_id: str
    client: str
    method: str
    path: str
    target: str | None = None  # the id under which it is registered
    target_address: str | None = None
    status: int | None = None  # None where the client got no whole answer
    target_status: int | None = None
    error: str | None = None
    late: bool = False  # sent to a target that had been deregistered
    fail_open: bool = False  # sent to a target that was not healthy
    reused: bool = False  # over a connection that was kept
    wait: float | None = None  # until the target's answer began
    total: float | None = None
    sent_bytes: int = 0

    @property
    def failed(self) -> bool:
        return self.status is None or self.status >= 500


class TargetFailed(Exception):
    """No answer from the target: the status for the client, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class ClientGone(Exception):
    pass


class Link:
    """A connection to a target, used by one request at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.http = h11.Connection(h11.CLIENT, HEAD_MAX)
        self.idle_since = 0.0
        self.expired = False

    @property
    def usable(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing())

    def abort(self) -> None:
        self.writer.transport.abort()


class Plane:
    def __init__(
        self,
        balancer: Balancer,
        address: str,
        access_log: IO[str] | None = None,
    ) -> None:
        self.state = balancer
        self.address = address
        self.access_log = access_log
        self.entries: list[Entry] = []
        # Why a listener could not be opened, by its port.
        self.listen_errors: dict[int, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers: dict[str, asyncio.Server] = {}
        self._idle: dict[tuple[str, int], list[Link]] = defaultdict(list)
        self._busy: dict[tuple[str, int], set[Link]] = defaultdict(set)
        self._clients: set[asyncio.Task] = set()

    # -- Life ---------------------------------------------------------------

    async def run(self, stopped: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        while not stopped.is_set():
            await self._follow_listeners()
            self._expire()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await stopped.wait()
        for server in self._servers.values():
            server.close()
        for task in list(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _follow_listeners(self) -> None:
        with self.state.lock:
            wanted = {
                listener.arn: (balancer, listener)
                for balancer in self.state.balancers.values()
                for listener in balancer.listeners.values()
            }
        for arn in self._servers.keys() - wanted.keys():
            self._servers.pop(arn).close()
        for arn in wanted.keys() - self._servers.keys():
            await self._listen(*wanted[arn])

    async def _listen(self, balancer: LoadBalancer, listener: Listener) -> None:
        async def accept(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            task = asyncio.current_task()
            assert task
            self._clients.add(task)
            try:
                await Client(self, balancer, listener, reader, writer).serve()
            except (OSError, ClientGone):
                pass
            finally:
                self._clients.discard(task)
                writer.transport.abort()

        try:
            self._servers[listener.arn] = await asyncio.start_server(
                accept, self.address, listener.port, backlog=1024
            )
            self.listen_errors.pop(listener.port, None)
        except OSError as error:
            self.listen_errors[listener.port] = str(error)

    def _expire(self) -> None:
        """Closes what goes to targets whose delay is over, and stale links."""
        with self.state.lock:
            gone = [self.state.address(it) for it in self.state.expire()]
            late = [
                self.state.address(target)
                for group in self.state.groups.values()
                for target in group.targets.values()
                if target.deregistered_at is not None
                and target not in self.state.late(group)
            ]
            idle = self.state.settings.idle_timeout or 60.0
        for address in gone + late:
            for link in self._idle.pop(address, []):
                link.abort()
        for address in gone:
            for link in self._busy.pop(address, set()):
                link.expired = True
                link.abort()
        oldest = time.monotonic() - idle
        for links in self._idle.values():
            for link in [it for it in links if it.idle_since < oldest]:
                links.remove(link)
                link.abort()

    # -- Connections to targets ---------------------------------------------

    async def take(self, address: tuple[str, int]) -> tuple[Link, bool]:
        """A link and whether it was used before."""
        links = self._idle[address]
        while links:
            link = links.pop()
            if link.usable:
                self._busy[address].add(link)
                return link, True
            link.abort()
        try:
            async with asyncio.timeout(self.state.settings.connect_timeout):
                link = Link(*await asyncio.open_connection(*address))
        except TimeoutError:
            raise TargetFailed(504, "no connection in time") from None
        except OSError as error:
            raise TargetFailed(502, f"no connection: {error}") from None
        self._busy[address].add(link)
        return link, False

    def give_back(self, address: tuple[str, int], link: Link) -> None:
        self._busy[address].discard(link)
        states = link.http.our_state, link.http.their_state
        if states != (h11.DONE, h11.DONE) or not link.usable:
            link.abort()
            return
        link.http.start_next_cycle()
        link.idle_since = time.monotonic()
        self._idle[address].append(link)

    # -- Log ----------------------------------------------------------------

    def log(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self.access_log:
            self.access_log.write(json.dumps(asdict(entry)) + "\n")

    def settle(self) -> None:
        """Returns when every answer that a client has read is in the log.

        For other threads. The last byte and the entry are one step of the
        event loop, so whoever comes after that step finds the entry.
        """
        if self._loop:
            nothing = asyncio.sleep(0)
            asyncio.run_coroutine_threadsafe(nothing, self._loop).result()

    def counters(self) -> dict[str, Any]:
        entries = list(self.entries)
        by_target: dict[str, Counter] = defaultdict(Counter)
        for entry in entries:
            by_target[str(entry.target)][str(entry.status)] += 1
        return {
            "requests": len(entries),
            "failed": sum(it.failed for it in entries),
            "late": sum(it.late for it in entries),
            "fail_open": sum(it.fail_open for it in entries),
            "by_target": {key: dict(it) for key, it in by_target.items()},
        }


class Client:
    """One connection of a client, with its requests one after the other."""

    def __init__(
        self,
        plane: Plane,
        balancer: LoadBalancer,
        listener: Listener,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.plane = plane
        self.state = plane.state
        self.balancer = balancer
        self.listener = listener
        self.reader = reader
        self.writer = writer
        self.http = h11.Connection(h11.SERVER, HEAD_MAX)
        host, port = writer.get_extra_info("peername")[:2]
        self.host, self.peer = host, f"{host}:{port}"

    @property
    def idle_timeout(self) -> float:
        return self.state.idle_timeout(self.balancer)

    async def serve(self) -> None:
        while True:
            try:
                event = await self._next()
            except TimeoutError:
                return
            except h11.RemoteProtocolError as error:
                await self._refuse(error.error_status_hint or 400, str(error))
                return
            closed = self.listener.arn not in self.balancer.listeners
            if not isinstance(event, h11.Request) or closed:
                return
            await self._exchange(event)
            if self.http.our_state is h11.MUST_CLOSE:
                await self._linger()
                return
            self.http.start_next_cycle()

    async def _next(self) -> Any:
        """The next event of the client's connection."""
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self.http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                await self._write(go_on)
            async with asyncio.timeout(self.idle_timeout):
                self.http.receive_data(await self.reader.read(CHUNK))

    async def _write(self, event: Any) -> None:
        self.writer.write(self.http.send(event) or b"")
        try:
            async with asyncio.timeout(self.idle_timeout):
                await self.writer.drain()
        except TimeoutError:
            raise ClientGone from None

    async def _linger(self) -> None:
        """Ends the answer before the connection, so that it arrives."""
        self.writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while await self.reader.read(CHUNK):
                    pass

    # -- One request --------------------------------------------------------

    async def _exchange(self, request: h11.Request) -> None:
        began = time.monotonic()
        entry = Entry(
            time=time.time(),
            trace_id=self._trace_id(request),
            client=self.peer,
            method=request.method.decode("ascii"),
            path=request.target.decode("latin-1"),
        )
        group, target = self._choose(entry)
        try:
            if target is None:
                raise TargetFailed(503, "no target is registered")
            await self._forward(request, group, target, entry, began)
        except TargetFailed as failed:
            entry.error = failed.why
            if self.http.our_state is not h11.SEND_RESPONSE:
                # Half an answer is out: only closing tells the client.
                entry.status = None
                raise ClientGone from None
            entry.status = failed.status
            await self._answer(failed.status)
        except (OSError, ClientGone, h11.RemoteProtocolError):
            if entry.error is None:
                entry.status, entry.error = None, "the client went away"
            raise ClientGone from None
        finally:
            if target:
                with self.state.lock:
                    target.in_flight -= 1
            entry.total = time.monotonic() - began
            self.plane.log(entry)

    def _choose(self, entry: Entry) -> tuple[Group, Target | None]:
        with self.state.lock:
            group = self.state.groups[self.listener.group_arn]
            target = self.state.choose(group)
            if target:
                target.in_flight += 1
                host, port = self.state.address(target)
                entry.target = target.id
                entry.target_address = f"{host}:{port}"
                entry.late = target.deregistered_at is not None
                entry.fail_open = not entry.late and target.state != "healthy"
        return group, target

    async def _forward(
        self,
        request: h11.Request,
        group: Group,
        target: Target,
        entry: Entry,
        began: float,
    ) -> None:
        with self.state.lock:
            address = self.state.address(target)
        link, entry.reused = await self.plane.take(address)
        try:
            await self._send_request(link, request, entry)
            answer = await self._read_answer(link)
            entry.wait = time.monotonic() - began
            entry.target_status = entry.status = answer.status_code
            await self._pass_answer(link, answer, entry)
        except TargetFailed as failed:
            if link.expired:
                why = "the deregistration delay is over"
                raise TargetFailed(502, why) from None
            raise failed
        finally:
            self.plane.give_back(address, link)

    async def _send_request(
        self, link: Link, request: h11.Request, entry: Entry
    ) -> None:
        head = h11.Request(
            method=request.method,
            target=request.target,
            headers=self._headers(request, entry.trace_id),
        )
        link.writer.write(link.http.send(head) or b"")
        sending = True
        while True:
            try:
                event = await self._next()
            except TimeoutError:
                entry.status = 408
                entry.error = "the client sends no more"
                await self._answer(408)
                raise ClientGone from None
            if isinstance(event, h11.ConnectionClosed):
                raise ClientGone
            if sending:
                link.writer.write(link.http.send(event) or b"")
                # An early answer may close; what came of it is still read.
                try:
                    await link.writer.drain()
                except OSError:
                    sending = False
            if isinstance(event, h11.EndOfMessage):
                return

    async def _read(self, link: Link) -> Any:
        """The next event of the target's answer."""
        while True:
            try:
                event = link.http.next_event()
                if event is not h11.NEED_DATA:
                    return event
                async with asyncio.timeout(self.idle_timeout):
                    data = await link.reader.read(CHUNK)
                if not data and link.http.their_state is h11.SEND_RESPONSE:
                    raise TargetFailed(502, "closed without an answer")
                link.http.receive_data(data)
            except TimeoutError:
                raise TargetFailed(504, "no answer in time") from None
            except OSError as error:
                raise TargetFailed(502, f"connection lost: {error}") from None
            except h11.RemoteProtocolError as error:
                raise TargetFailed(502, f"bad answer: {error}") from None

    async def _read_answer(self, link: Link) -> h11.Response:
        while True:
            event = await self._read(link)
            if isinstance(event, h11.Response):
                return event
            if event.status_code == 101:
                raise TargetFailed(502, "alb-lab does not switch protocols")

    async def _pass_answer(
        self, link: Link, answer: h11.Response, entry: Entry
    ) -> None:
        headers = [
            (name, value)
            for name, value in answer.headers.raw_items()
            if name.lower() not in HOP_BY_HOP
        ]
        event: Any = h11.Response(
            status_code=answer.status_code,
            reason=answer.reason,
            headers=headers,
        )
        while True:
            await self._write(event)
            if isinstance(event, h11.Data):
                entry.sent_bytes += len(event.data)
            if isinstance(event, h11.EndOfMessage):
                return
            event = await self._read(link)

    # -- Headers ------------------------------------------------------------

    @staticmethod
    def _header(request: h11.Request, name: bytes) -> str:
        values = [value for key, value in request.headers if key == name]
        return b", ".join(values).decode("latin-1")

    def _trace_id(self, request: h11.Request) -> str:
        """The client's with a Root, plus our Self; else one of our own."""
        fresh = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        given = self._header(request, b"x-amzn-trace-id")
        return f"Self={fresh};{given}" if "Root=" in given else f"Root={fresh}"

    def _headers(
        self, request: h11.Request, trace_id: str
    ) -> list[tuple[bytes, bytes]]:
        ours = {
            b"x-forwarded-for",
            b"x-forwarded-proto",
            b"x-forwarded-port",
            b"x-amzn-trace-id",
        }
        kept = [
            (name, value)
            for name, value in request.headers.raw_items()
            if name.lower() not in HOP_BY_HOP | ours
        ]
        before = self._header(request, b"x-forwarded-for")
        chain = f"{before}, {self.host}" if before else self.host
        return [
            *kept,
            (b"X-Forwarded-For", chain.encode("latin-1")),
            (b"X-Forwarded-Proto", b"http"),
            (b"X-Forwarded-Port", str(self.listener.port).encode()),
            (b"X-Amzn-Trace-Id", trace_id.encode("latin-1")),
        ]

    # -- Answers of our own -------------------------------------------------

    async def _refuse(self, status: int, why: str) -> None:
        """What is not HTTP gets an answer and an entry, and is closed."""
        self.plane.log(
            Entry(
                time=time.time(),
                trace_id="",
                client=self.peer,
                method="-",
                path="-",
                status=status,
                error=why,
                total=0.0,
            )
        )
        if self.http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            await self._answer(status)
            await self._linger()

    async def _answer(self, status: int) -> None:
        title = f"{status} {PHRASES.get(status, 'Error')}"
        body = (
            f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
            f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        ).encode()
        # A request that has not come to its end cannot be followed by another.
        while self.http.their_state is h11.SEND_BODY:
            if self.http.next_event() is h11.NEED_DATA:
                break
        whole = self.http.their_state in (h11.DONE, h11.MUST_CLOSE)
        headers = [
            ("Server", "awselb/2.0"),
            ("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())),
            ("Content-Type", "text/html"),
            ("Content-Length", str(len(body))),
            ("Connection", "keep-alive" if whole else "close"),
        ]
        head = h11.Response(
            status_code=status,
            reason=PHRASES.get(status, "Error"),
            headers=headers,
        )
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            await self._write(event)
