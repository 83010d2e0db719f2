"""Runs alb-lab in the foreground until SIGTERM or SIGINT."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import threading
from typing import IO

from alb_lab.checks import Checker
from alb_lab.plane import Plane
from alb_lab.servers import AwsApi, Control
from alb_lab.state import Balancer


def address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m alb_lab",
        description="An Application Load Balancer for tests: the API that "
        "Ansible's AWS modules call, and a data plane. It begins empty; what "
        "it balances is made through its API.",
        epilog="When it serves it prints one line of JSON with its URLs. Port "
        "0 is a free one. See the package's docstring for what is like the "
        "real one, and servers.py for the control API.",
    )
    add = parser.add_argument
    add("--api", type=address, default=("127.0.0.1", 0), metavar="HOST:PORT",
        help="where the AWS API listens (127.0.0.1:0)")  # fmt: skip
    add("--control", type=address, default=("127.0.0.1", 0),
        metavar="HOST:PORT",
        help="where the control API listens (127.0.0.1:0)")  # fmt: skip
    add("--address", default="127.0.0.1", metavar="HOST",
        help="address of the load balancer itself: listeners made through "
        "the API open their ports there (127.0.0.1)")  # fmt: skip
    add("--access-log", metavar="FILE",
        help="append each request as a line of JSON")  # fmt: skip
    return parser.parse_args()


def run_plane(plane: Plane, stop: threading.Event) -> None:
    async def body() -> None:
        stopped = asyncio.Event()
        running = asyncio.create_task(plane.run(stopped))
        await asyncio.to_thread(stop.wait)
        stopped.set()
        await running

    asyncio.run(body())


async def check_until_stopped(checker: Checker) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    checking = asyncio.create_task(checker.run())
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait(
        {checking, stopping}, return_when=asyncio.FIRST_COMPLETED
    )
    if checking.done():
        checking.result()
    checking.cancel()


def serve(chosen: argparse.Namespace, log: IO[str] | None) -> None:
    balancer = Balancer()
    plane = Plane(balancer, chosen.address, log)
    api = AwsApi(balancer, chosen.address)
    urls = {
        "api": api.serve(chosen.api).url,
        "control": Control(balancer, api, plane).serve(chosen.control).url,
        "address": chosen.address,
    }
    stop = threading.Event()
    thread = threading.Thread(target=run_plane, args=(plane, stop))
    thread.start()
    print(json.dumps(urls), flush=True)
    try:
        asyncio.run(check_until_stopped(Checker(balancer)))
    finally:
        stop.set()
        thread.join()


def main() -> int:
    chosen = options()
    path = chosen.access_log
    with contextlib.ExitStack() as stack:
        log = None
        if path:
            log = stack.enter_context(open(path, "a", 1, encoding="utf-8"))
        serve(chosen, log)
    return 0


if __name__ == "__main__":
    sys.exit(main())
