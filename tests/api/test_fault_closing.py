"""A worker hangs up as soon as it has answered, and the answer arrives whole.

libfcgi would wait up to two seconds until nginx has hung up, too, and a busy
nginx takes its time: under overload workers were idle nine parts in ten.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.api import add
from lib.bare import BareWorkers, answer

# What one read of libfcgi takes. After a body of such a length the mark of its
# end is still unread when the worker hangs up.
READ = 8192


@pytest.mark.only("sqlite")
def test_a_worker_does_not_wait_until_its_client_hangs_up(tmp_path):
    # Were it to wait, then longer than this test has patience.
    patient = {"LIBFCGI_OS_CLOSE_POLL_TIMEOUT": "60000"}
    with (
        BareWorkers(tmp_path, 1, **patient) as workers,
        workers.ask("GET", "/api/tasks") as kept_open,
    ):
        assert answer(kept_open) == (200, b"[]")
        assert workers.request("GET", "/api/tasks") == (200, b"[]")


@pytest.mark.only("sqlite")
def test_what_a_worker_said_arrives_though_it_left_the_body_unread(tmp_path):
    body = b'{"notes":"' + b"x" * 100_000 + b'"}'
    with BareWorkers(tmp_path, 1) as workers:
        for _ in range(10):
            status, said = workers.request("POST", "/api/tasks", body)
            assert status == 413
            assert said.endswith(b"}")


@pytest.mark.only("sqlite")
def test_bodies_that_end_with_a_read_are_answered_whole(user):
    def write(length: int) -> None:
        task = add(user, notes="x" * length)
        assert len(task["notes"]) == length

    # The parameters before the body take between 400 and 1,000 bytes of it, and
    # the mark is eight bytes long.
    with ThreadPoolExecutor(8) as pool:
        for start in (READ, 2 * READ):
            list(pool.map(write, range(start - 1000, start - 400, 2)))
