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

It runs all the time, so it imports little: each of the usual modules for
signals, sockets, threads and classes of data costs up to a megabyte.
"""

import os
import select
import sys
import time

import messages

# Too much: so many deaths in a row, and for so many seconds (the patience)
# nobody who lived for so many (the life). The first is a program that ends
# itself with status 1 since it cannot work; the next one that crashes at its
# start, the last one that dies of its work. Workers that are killed from
# outside, even all of them again and again, break none.
RULES = (  # life, patience, deaths, only of those that ended themselves
    (5, 20, 10, True),
    (0.5, 30, 20, False),
    (30, 300, 10, False),
)
WAKE_SECONDS = 0.1
SIGQUIT, SIGTERM = 3, 15


class Group:
    """The starts and deaths of one program's processes."""

    def __init__(self, now: float) -> None:
        self.started: dict[str, float] = {}
        self.deaths = dict.fromkeys(RULES, 0)
        self.last_good = dict.fromkeys(RULES, now)

    def start(self, process: str, now: float) -> None:
        self.started[process] = now

    def die(self, process: str, now: float, own: bool) -> str | None:
        """Records a death; says why it is one too many, if it is."""
        began = self.started.pop(process, now)
        longest = now - min([began, *self.started.values()])
        for rule in RULES:
            life, patience, deaths, only_own = rule
            if own or not only_own:
                self.deaths[rule] += 1
            if longest >= life:
                self.last_good[rule] = now
                self.deaths[rule] = 0
            if (
                self.deaths[rule] >= deaths
                and now - self.last_good[rule] >= patience
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
        # Without streams pages ask from time to time: no reason to end.
        if name == "events":
            return None
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
            # See exitcodes in supervisord.conf.
            own = fields.get("expected") == "1"
            reason = group.die(process, now, own)
        return reason and f"{name} {reason}"


def parse(line: str) -> dict[str, str]:
    return dict(word.split(":", 1) for word in line.split() if ":" in word)


def end_orphans(run_dir: str) -> None:
    """Lets the workers of a dead nginx master finish and go. Its pid file
    names the last one that had the port."""
    path = f"{run_dir}/nginx.pid"
    try:
        with open(path) as file:
            master = int(file.read())
        try:
            os.kill(master, 0)  # a living one sees to its workers itself
        except ProcessLookupError:
            os.unlink(path)
            os.killpg(master, SIGQUIT)
    except (OSError, ValueError):
        pass


def handle(
    guard: Guard, event: str, fields: dict[str, str], run_dir: str
) -> None:
    if event == "SUPERVISOR_STATE_CHANGE_STOPPING":
        with open(f"{run_dir}/draining", "a"):
            return
    process = fields.get("processname", "")
    died = event in ("PROCESS_STATE_EXITED", "PROCESS_STATE_BACKOFF")
    if died and process == "nginx":
        end_orphans(run_dir)
    # Where there are log files, supervisord's own tells more.
    if died and not messages.is_for_people():
        sentence = "The process has ended and is started anew."
        messages.say("warn", "process_ended", sentence, process)
    reason = guard.judge(event, fields, time.monotonic())
    if reason and not guard.has_ended:
        guard.has_ended = True
        where = os.environ.get("STEADY_LOG_DIR") or "what was logged before"
        sentence = f"Steady stops: {reason}; see {where}."
        messages.say("error", "stopping", sentence)
        os.kill(os.getppid(), SIGTERM)


def take_standard_error() -> int:
    """Makes supervisord's standard error the guard's own; returns the pipe
    that it had instead, and whose content supervisord drops."""
    pipe = os.dup(2)
    name = f"/proc/{os.getppid()}/fd/2"
    theirs = os.open(name, os.O_WRONLY | os.O_APPEND)
    os.dup2(theirs, 2)
    os.close(theirs)
    return pipe


def wake(pipe: int) -> None:
    """supervisord looks after dead children and signals once a second, and
    whenever a child writes. That makes a dead worker's successor come, and a
    stop begin, in a tenth of a second."""
    _, room, _ = select.select([], [pipe], [], 0)
    if room:
        os.write(pipe, b".")


def listen(guard: Guard, run_dir: str, pipe: int) -> None:
    """supervisord's protocol: READY, an event, RESULT, and so on."""
    buffer = b""
    os.write(1, b"READY\n")
    while True:
        ready, _, _ = select.select([0], [], [], WAKE_SECONDS)
        wake(pipe)
        if not ready:
            continue
        piece = os.read(0, 65536)
        if not piece:
            return
        buffer += piece
        head, newline, rest = buffer.partition(b"\n")
        header = parse(head.decode())
        if not newline or len(rest) < int(header["len"]):
            continue
        payload = rest[: int(header["len"])]
        buffer = rest[len(payload) :]
        handle(guard, header["eventname"], parse(payload.decode()), run_dir)
        os.write(1, b"RESULT 2\nOKREADY\n")


if __name__ == "__main__":
    listen(Guard(), sys.argv[1], take_standard_error())
