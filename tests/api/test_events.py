"""/api/events wakes whoever's tasks or lists have changed, and nobody else."""

import asyncio
import os
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path

import httpx
import pytest

from lib.admin import Admin
from lib.api import add, add_list, patch, problem
from lib.events import Stream
from lib.instance import Instance
from lib.mongod import ReplicaSet
from lib.wait import wait_until

PER_USER = 50  # HUB_STREAMS_PER_USER
STREAMS = 5000
MOST_KB = 100_000
ONE_EVENT = re.compile(r"id: \d+\nevent: changes\ndata: new\n\n")


@pytest.fixture(scope="module")
def hosts(
    store: str, store_settings: Callable[[str], dict[str, str]]
) -> Iterator[list[Instance]]:
    """Two on one MongoDB, or one on SQLite."""
    settings = {"STEADY_WORKERS": "2", **store_settings("events")}
    with Instance(**settings) as first:
        if store == "sqlite":
            yield [first]
        else:
            with Instance(**settings) as second:
                yield [first, second]


@pytest.fixture(scope="module")
def idle(hosts: list[Instance]) -> Iterator[Stream]:
    """On which nothing happens from the first test on."""
    with Stream(hosts[0].sign_up()) as stream:
        yield stream


@pytest.fixture
def here(idle: Stream, hosts: list[Instance]) -> Instance:
    return hosts[0]


def same_person(client: httpx.Client, host: Instance) -> httpx.Client:
    """Signed in on another host as well."""
    other = host.client()
    other.cookies.update(client.cookies)
    return other


# -- Waking -----------------------------------------------------------------


def test_a_change_on_one_host_wakes_the_pages_of_all(hosts, here):
    anna = here.sign_up()
    streams = [Stream(same_person(anna, host)) for host in hosts]
    for stream in streams:
        stream.event()
    slowest = 0.0
    for change in [
        lambda: add(anna),
        lambda: add_list(anna),
        lambda: patch(anna, add(anna), title="Another"),
        lambda: anna.delete("/api/tasks").raise_for_status(),
    ]:
        began = time.monotonic()
        change()
        for stream in streams:
            stream.event()
        slowest = max(slowest, time.monotonic() - began)
        for stream in streams:
            while not stream.is_quiet():
                pass
    print(f"the slowest wake-up took {slowest * 1000:.0f} ms, write included")
    for stream in streams:
        stream.close()


def test_nobody_is_woken_by_what_others_do(here):
    anna, bert = here.sign_up(), here.sign_up()
    with Stream(anna) as stream, Stream(bert) as other:
        stream.event()
        other.event()
        add(bert)
        other.event()
        assert stream.is_quiet()


def test_an_event_tells_nothing_but_that_there_is_something_new(here):
    anna = here.sign_up()
    with Stream(anna) as stream:
        stream.event()
        add(anna, "SECRET", notes="SECRET", tags=["SECRET"])
        stream.event()
        text = stream.text
    head, events = text.split("\n\n", 1)
    assert re.fullmatch(r"retry: \d+", head)
    assert ONE_EVENT.sub("", events) == ""
    kind = stream.answer.headers["Content-Type"]
    assert kind == "text/event-stream"
    assert stream.answer.headers["Cache-Control"] == "no-store"


def test_many_changes_at_once_are_few_events(here):
    anna = here.sign_up()
    with Stream(anna) as stream:
        stream.event()
        create = [
            {"action": "create", "body": {"title": str(n)}} for n in range(100)
        ]
        answer = anna.post("/api/tasks/batch", json={"operations": create})
        assert answer.status_code == 200
        count = 0
        while not stream.is_quiet(1.5):
            count += 1
    assert 1 <= count <= 20


# -- Coming back ------------------------------------------------------------


def test_who_comes_back_hears_of_what_was_missed_only(hosts, here):
    anna = here.sign_up()
    with Stream(anna) as stream:
        stream.event()
        add(anna)
        last = stream.event()
    for host in hosts:
        client = same_person(anna, host)
        # Another host may yet have to hear of it.
        with Stream(client) as stream:
            wait_until(lambda s=stream: s.event() >= last, "the change")
        with Stream(client, last) as stream:
            assert stream.is_quiet()
    others = [Stream(same_person(anna, host)) for host in hosts]
    for other in others:
        other.event()
    add(anna)
    for host, other in zip(hosts, others, strict=True):
        # It is over before the next stream begins.
        wait_until(lambda o=other: o.event() > last, "the change")
        with Stream(same_person(anna, host), last) as stream:
            assert stream.event() > last
        other.close()


@pytest.mark.parametrize("last", ["", "x", "-1", "9" * 30, "0"])
def test_an_id_that_is_none_counts_as_having_missed_all(here, last):
    anna = here.sign_up()
    with anna.stream(
        "GET", "/api/events", headers={"Last-Event-ID": last}
    ) as answer:
        lines = list(islice(answer.iter_lines(), 4))
    assert lines[0].startswith("retry: ")
    assert lines[3] == "event: changes"


def test_pages_come_back_at_different_times(here):
    anna = here.sign_up()
    times = []
    for _ in range(8):
        with Stream(anna) as stream:
            stream.event()
            times.append(stream.retry)
    assert all(1000 <= time < 5000 for time in times)
    assert any(one != other for one, other in pairwise(times))


# -- Refusals ---------------------------------------------------------------


def test_a_stream_needs_a_session_or_a_token(here):
    anna = here.sign_up()
    problem(here.client().get("/api/events"), 401)
    made = anna.post("/api/tokens", json={"name": "x", "scope": "read"}).json()
    robot = here.client(headers={"Authorization": f"Bearer {made['token']}"})
    with Stream(robot) as stream:
        stream.event()
        add(anna)
        stream.event()
    anna.delete(f"/api/tokens/{made['id']}").raise_for_status()
    problem(robot.get("/api/events"), 401)
    anna.delete("/api/session").raise_for_status()
    problem(anna.get("/api/events"), 401)


def test_what_is_no_stream_is_a_problem(here):
    anna = here.sign_up()
    problem(anna.get("/api/events?since=1"), 400)
    answer = anna.delete("/api/events")
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET"
    user = anna.get("/api/me").json()["id"]
    assert anna.get(f"/.events/{user}/0123456789abcdef").status_code == 404
    head = anna.head("/api/events")
    assert (head.status_code, head.content) == (200, b"")


def test_a_person_may_have_so_many_streams_and_no_more(here):
    anna, bert = here.sign_up(), here.sign_up()
    streams = [Stream(anna) for _ in range(PER_USER)]
    assert {s.answer.status_code for s in streams} == {200}
    refused = Stream(anna).answer
    assert refused.status_code == 429
    problem(refused, 429)
    assert refused.headers["Retry-After"] == "60"
    with Stream(bert) as stream:
        stream.event()
    streams.pop().close()

    def has_room() -> bool:
        again = Stream(anna)
        again.close()
        return again.answer.status_code == 200

    wait_until(has_room, "room for one more", 5)
    for stream in streams:
        stream.close()


def test_the_log_has_a_line_for_a_stream_when_it_ends(here):
    anna = here.sign_up()
    with Stream(anna) as stream:
        stream.event()
        request_id = stream.answer.headers["X-Request-Id"]
        time.sleep(0.3)
    line = here.log_line(request_id)
    assert line["route"] == line["uri"] == "/api/events"
    assert (line["status"], line["retry"]) == (200, False)
    assert line["upstream_status"] == "200 : 200"
    assert 0.3 < line["request_time"] < 10
    other = anna.get("/api/tasks").headers["X-Request-Id"]
    assert line["user"] == here.log_line(other)["user"] != ""


# -- Ends -------------------------------------------------------------------


def test_a_drain_ends_streams_until_it_is_over(start_instance):
    steady = start_instance(STEADY_WORKERS="2")
    admin = Admin(STEADY_RUN_DIR=str(steady.run_dir))
    anna = steady.sign_up()
    with Stream(anna) as stream:
        stream.event()
        admin.run("drain")
        assert stream.ends(5) and not stream.is_cut
        refused = anna.get("/api/events")
        problem(refused, 503)
        assert refused.headers["Retry-After"] == "5"
        admin.run("undrain")
        wait_until(
            lambda: Stream(anna).answer.status_code == 200, "a stream", 5
        )


def test_a_stop_ends_streams_and_does_not_wait_for_them(start_instance):
    steady = start_instance(STEADY_WORKERS="2")
    streams = [Stream(steady.sign_up()) for _ in range(3)]
    for stream in streams:
        stream.event()
    began = time.monotonic()
    assert steady.stop() == 0
    # nginx would wait for 32 s.
    assert time.monotonic() - began < 15
    for stream in streams:
        assert stream.ends(1) and not stream.is_cut


def test_a_killed_process_comes_back_and_steady_goes_on(start_instance):
    steady = start_instance(STEADY_WORKERS="2")
    anna = steady.sign_up()
    with Stream(anna) as stream:
        last = stream.event()
        for _ in range(25):
            pid = steady.processes().get("events")
            if pid:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        assert stream.ends(5)
    add(anna)

    def comes_back() -> bool:
        again = Stream(anna, last)
        if again.answer.status_code != 200:
            return False
        with again:
            again.event()
            add(anna)
            again.event()
        return True

    wait_until(comes_back, "a stream", 10)
    assert steady.process.poll() is None
    assert steady.is_ready()


@pytest.mark.only("mongodb")
def test_a_database_that_comes_back_wakes_as_before():
    with (
        ReplicaSet() as mongodb,
        Instance(
            STEADY_MONGODB_URI=mongodb.uri(), STEADY_WORKERS="2"
        ) as steady,
    ):
        anna = steady.sign_up()
        with Stream(anna) as stream:
            stream.event()
            node = mongodb.primary()
            node.kill()
            node.start()
            mongodb.primary(60)
            steady.wait_ready()
            wait_until(
                lambda: anna.post(
                    "/api/tasks", json={"title": "after"}
                ).status_code
                == 201,
                "a write",
            )
            stream.event(40)


# -- Many -------------------------------------------------------------------


async def open_many(steady: Instance, cookies: list[str], hold) -> None:
    """Opens STREAMS, and calls hold when each has had its first bytes."""
    writers = []
    gate = asyncio.Semaphore(50)

    async def one(cookie: str) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", steady.port
            )
            writers.append(writer)
            request = (
                f"GET /api/events HTTP/1.1\r\nHost: localhost:{steady.port}"
                f"\r\nCookie: {cookie}\r\n\r\n"
            )
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 "), head
            await reader.readuntil(b"data: new\n\n")

    await asyncio.gather(*map(one, cookies))
    hold()
    for writer in writers:
        writer.close()


def proportional_kb(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss: +(\d+) kB", text, re.M)[1])


def resident_kb(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", text, re.M)[1])


def test_5000_idle_streams_take_less_than_100_mb(hosts, here):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    people = [here.sign_up() for _ in range(STREAMS // PER_USER)]
    cookies = [
        "; ".join(f"{name}={value}" for name, value in one.cookies.items())
        for one in people
        for _ in range(PER_USER)
    ]
    events = here.processes()["events"]
    nginx = [here.nginx(), *children(here.nginx())]
    before = resident_kb(events), sum(map(proportional_kb, nginx))
    taken = []

    def hold() -> None:
        taken.append(resident_kb(events))
        taken.append(sum(map(proportional_kb, nginx)))

    asyncio.run(open_many(here, cookies, hold))
    print(
        f"{STREAMS} streams: steady-events {before[0]} -> {taken[0]} kB, "
        f"nginx {before[1]} -> {taken[1]} kB"
    )
    assert taken[0] < MOST_KB


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def test_a_heartbeat_comes_before_a_balancer_gives_up(idle):
    # Opened before the tests above, so most of the time is over already.
    idle.event()
    wait_until(lambda: idle.comments >= 1, "a heartbeat", 50)
    assert idle.is_quiet(0.1)
