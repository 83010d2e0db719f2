"""A stream of server-sent events, read by a thread.

with Stream(anna) as stream:
    first = stream.event()
    add(anna)
    assert stream.event() > first
"""

import contextlib
import queue
import socket
import threading

import httpx


class Stream:
    def __init__(self, client: httpx.Client, last: int | None = None) -> None:
        """`client` is signed in; `last` is the id of the last known event."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        request = client.build_request("GET", "/api/events", headers=headers)
        self.answer = client.send(request, stream=True)
        self.text = ""
        self.comments = 0
        self.retry: int | None = None
        self._ids: queue.Queue[int | None] = queue.Queue()
        self._ended = threading.Event()
        self.is_cut = False  # it ended other than by its server's will
        if self.answer.status_code == 200:
            threading.Thread(target=self._read, daemon=True).start()
        else:
            self.answer.read()

    def __enter__(self) -> "Stream":
        assert self.answer.status_code == 200, self.answer.text
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        # Else it stays open for as long as the thread reads.
        stream = self.answer.extensions["network_stream"]
        with contextlib.suppress(OSError):
            stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self.answer.close()

    def _read(self) -> None:
        position, name = 0, ""
        try:
            for line in self.answer.iter_lines():
                self.text += line + "\n"
                field, _, value = line.partition(":")
                value = value.strip()
                if field == "id":
                    position = int(value)
                elif field == "event":
                    name = value
                elif field == "retry":
                    self.retry = int(value)
                elif line.startswith(":"):
                    self.comments += 1
                elif not line and name:
                    assert name == "changes"
                    self._ids.put(position)
                    name = ""
        except Exception:
            self.is_cut = True
        self._ended.set()
        self._ids.put(None)

    def event(self, seconds: float = 5) -> int:
        """The id of the next event; fails if none comes or the stream ends."""
        try:
            found = self._ids.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"no event came in {seconds} s") from None
        assert found is not None, "the stream ended"
        return found

    def is_quiet(self, seconds: float = 0.8) -> bool:
        """No event comes for so long, and the stream goes on."""
        try:
            self._ids.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def ends(self, seconds: float = 5) -> bool:
        return self._ended.wait(seconds)
