"""Event listener of supervisord: ends Steady when it cannot recover.

supervisord restarts a program that dies, and gives up on one that does not
start; in neither case does it ever end itself, so a container would look
alive for ever. The guard asks supervisord to stop, in order, when

- a program is FATAL (it could not be started at all),
- a program dies right after each start, many times in a row,
- or no process of a program has lived long for minutes (a slow crash loop).

It also tells the workers that a stop has begun (the file `draining`, on which
/readyz answers 503), ends the workers of an nginx whose master was killed,
since they would keep the port, and keeps supervisord awake.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

SHORT_LIFE = 0.5  # seconds; who dies sooner has not started
SHORT_LIVES = 20  # so many in a row are a crash loop
LONG_LIFE = 30.0  # seconds; who lives longer works
PATIENCE = 300.0  # seconds without a long life, while processes die
PATIENCE_DEATHS = 10
WAKE_SECONDS = 0.1


class Group:
    """The starts and deaths of one program's processes."""

    def __init__(self, now: float) -> None:
        self.started: dict[str, float] = {}
        self.short_lives = 0
        self.deaths = 0
        self.last_good = now

    def start(self, process: str, now: float) -> None:
        self.started[process] = now

    def die(self, process: str, now: float) -> str | None:
        """Records a death; says why it is one too many, if it is."""
        life = now - self.started.pop(process, now)
        self.deaths += 1
        self.short_lives = self.short_lives + 1 if life < SHORT_LIFE else 0
        others = [now - began for began in self.started.values()]
        if max([life, *others]) >= LONG_LIFE:
            self.last_good = now
            self.deaths = 0
        if self.short_lives >= SHORT_LIVES:
            return f"died {self.short_lives} times right after its start"
        if now - self.last_good >= PATIENCE and self.deaths >= PATIENCE_DEATHS:
            return f"keeps dying ({self.deaths} times in a row)"
        return None


class Guard:
    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}

    def judge(
        self, event: str, fields: dict[str, str], now: float
    ) -> str | None:
        """The reason to end everything, or None."""
        name = fields.get("groupname", "")
        process = fields.get("processname", "")
        # A keeper sleeps for ever: its long life says nothing.
        if process.endswith("-000"):
            name += " keeper"
        group = self.groups.setdefault(name, Group(now))
        reason = None
        if event == "PROCESS_STATE_FATAL":
            reason = "cannot be started"
        elif event == "PROCESS_STATE_STARTING":
            group.start(process, now)
        elif event in ("PROCESS_STATE_EXITED", "PROCESS_STATE_BACKOFF"):
            reason = group.die(process, now)
        return reason and f"{name} {reason}"


def parse(line: str) -> dict[str, str]:
    return dict(word.split(":", 1) for word in line.split() if ":" in word)


def end_orphans(fields: dict[str, str]) -> None:
    """Lets the workers of a dead nginx master finish and go."""
    if fields.get("processname") == "nginx" and "pid" in fields:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(fields["pid"]), signal.SIGQUIT)


def handle(
    guard: Guard, event: str, fields: dict[str, str], run_dir: Path
) -> None:
    if event == "SUPERVISOR_STATE_CHANGE_STOPPING":
        (run_dir / "draining").touch()
        return
    if event == "PROCESS_STATE_EXITED":
        end_orphans(fields)
    reason = guard.judge(event, fields, time.monotonic())
    if reason:
        print(
            f"Steady stops: {reason}; the log says why.",
            file=sys.stderr,
            flush=True,
        )
        os.kill(os.getppid(), signal.SIGTERM)


def keep_awake(path: Path) -> None:
    """supervisord looks after dead children and signals once a second, and
    whenever somebody connects. Connecting makes a dead worker's successor
    come in a tenth of a second."""
    while True:
        time.sleep(WAKE_SECONDS)
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as s:
            s.connect(str(path))


def main() -> None:
    """supervisord's protocol: READY, an event, RESULT, and so on."""
    run_dir = Path(sys.argv[1])
    threading.Thread(
        target=keep_awake, args=[run_dir / "supervisor.sock"], daemon=True
    ).start()
    guard = Guard()
    while True:
        print("READY", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        header = parse(line)
        payload = sys.stdin.read(int(header["len"]))
        handle(guard, header["eventname"], parse(payload), run_dir)
        print("RESULT 2\nOK", end="", flush=True)


if __name__ == "__main__":
    # Told to stop, it goes without a word.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    main()
