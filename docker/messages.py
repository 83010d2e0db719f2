"""What the entrypoint and the guard have to say, once Steady is to run.

With STEADY_LOG_DIR standard output and error are for people, and a message is
a sentence. Without, they are the log: access log on the one, JSON lines of the
workers and of these two on the other (nginx/ACCESS_LOG.md).
"""

import os
import time

ERROR = 2  # the descriptor


def is_for_people() -> bool:
    return bool(os.environ.get("STEADY_LOG_DIR"))


def line(level: str, event: str, sentence: str, process: str = "") -> str:
    """As the workers' log has it."""
    # Not before it is needed: the guard idles without it.
    import json

    now = time.time()
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    fields = {
        "ts": f"{second}.{int(now % 1 * 1000):03}Z",
        "level": level,
        "event": event,
        "detail": sentence,
    }
    if process:
        fields["process"] = process
    return json.dumps(fields)


def say(level: str, event: str, sentence: str, process: str = "") -> None:
    text = sentence
    if not is_for_people():
        text = line(level, event, sentence, process)
    os.write(ERROR, f"{text}\n".encode())
