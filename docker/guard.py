"""Event listener of supervisord: ends Steady when it cannot recover.

supervisord restarts a program that dies, and gives up on one that does not
start; in neither case does it ever end itself, so a container would look
alive for ever. The guard asks supervisord to stop, in order, when

- a program is FATAL (it could not be started at all)
- or no process of a program has lived long for a while, although many were
  started (a crash loop, quick or slow).

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
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """Too much: so many deaths, and for so long nobody who lived so long."""

    life: float  # seconds
    patience: float  # seconds
    deaths: int


# A program that dies at its start, and one that dies of its work. Workers that
# are killed from outside, even all of them again and again, break neither.
RULES = (Rule(0.5, 30, 20), Rule(30, 300, 10))
WAKE_SECONDS = 0.1


class Group:
    """The starts and deaths of one program's processes."""

    def __init__(self, now: float) -> None:
        self.started: dict[str, float] = {}
        self.deaths = dict.fromkeys(RULES, 0)
        self.last_good = dict.fromkeys(RULES, now)

    def start(self, process: str, now: float) -> None:
        self.started[process] = now

    def die(self, process: str, now: float) -> str | None:
        """Records a death; says why it is one too many, if it is."""
        began = self.started.pop(process, now)
        longest = now - min([began, *self.started.values()])
        for rule in RULES:
            self.deaths[rule] += 1
            if longest >= rule.life:
                self.last_good[rule] = now
                self.deaths[rule] = 0
            if (
                self.deaths[rule] >= rule.deaths
                and now - self.last_good[rule] >= rule.patience
            ):
                return f"keeps dying ({self.deaths[rule]} times in a row)"
        return None


class Guard:
    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.has_ended = False

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


def end_orphans(fields: dict[str, str], run_dir: Path) -> None:
    """Lets the workers of a dead nginx master finish and go."""
    if fields.get("processname") != "nginx":
        return
    # The event of one that died young has no pid, but then supervisord waits
    # for a second, and nginx's own file still names the dead one.
    with contextlib.suppress(OSError, ValueError):
        pid = fields.get("pid") or (run_dir / "nginx.pid").read_text()
        os.killpg(int(pid), signal.SIGQUIT)


def handle(
    guard: Guard, event: str, fields: dict[str, str], run_dir: Path
) -> None:
    if event == "SUPERVISOR_STATE_CHANGE_STOPPING":
        (run_dir / "draining").touch()
        return
    if event in ("PROCESS_STATE_EXITED", "PROCESS_STATE_BACKOFF"):
        end_orphans(fields, run_dir)
    reason = guard.judge(event, fields, time.monotonic())
    if reason and not guard.has_ended:
        guard.has_ended = True
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
    print("READY", flush=True)
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        header = parse(line)
        payload = sys.stdin.read(int(header["len"]))
        handle(guard, header["eventname"], parse(payload), run_dir)
        print("RESULT 2\nOKREADY", flush=True)


if __name__ == "__main__":
    # Told to stop, it goes without a word.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    main()
