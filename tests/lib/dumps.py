"""Dumps of steady-admin, read and made here after the description of their
format (fcgi-app/src/admin/dump.h), without the program's own code.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

KINDS = ["user", "session", "token", "list", "task"]
OWNER = "5f0c2a1e-9d3b-4c7a-8e11-2b6f4d8a9c01"
WHEN = "2025-01-01T09:00:00.000Z"


def text_of(value: Any) -> bytes:
    """In the one form of a dump."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class Dump:
    header: dict[str, Any]
    lines: dict[str, list[bytes]] = field(default_factory=dict)
    trailer: dict[str, Any] = field(default_factory=dict)

    def records(self, kind: str) -> list[dict[str, Any]]:
        return [json.loads(line)[kind] for line in self.lines[kind]]

    def marks(self, kind: str) -> list[list[str]]:
        return [json.loads(line).get("marks", []) for line in self.lines[kind]]

    def sums(self) -> dict[str, Any]:
        """What the trailer tells of each kind: equal where records are."""
        return self.trailer["end"]


def key_of(kind: str, record: dict[str, Any]) -> bytes:
    if kind in ("session", "token"):
        return bytes.fromhex(record["hash"])
    owner = uuid.UUID(record["owner"]).bytes if "owner" in record else b""
    return owner + uuid.UUID(record["id"]).bytes


def read(data: bytes | Path) -> Dump:
    """A dump that is as it must be; fails else."""
    if isinstance(data, Path):
        data = data.read_bytes()
    assert data.endswith(b"\n")
    first, *middle, last = data.splitlines(keepends=True)
    dump = Dump(json.loads(first), {kind: [] for kind in KINDS})
    for line in middle:
        dump.lines[next(iter(json.loads(line)))].append(line)
    dump.trailer = json.loads(last)
    assert middle == [line for kind in KINDS for line in dump.lines[kind]]
    for kind in KINDS:
        keys = [key_of(kind, record) for record in dump.records(kind)]
        assert all(a < b for a, b in pairwise(keys)), f"{kind}: order"
    assert last == trailer([first, *middle])
    return dump


def trailer(lines: Iterable[bytes]) -> bytes:
    """The last line of a dump whose other lines these are."""
    all_lines = hashlib.sha256()
    counts: dict[str, int] = {}
    sums: dict[str, Any] = {}
    for number, line in enumerate(lines):
        all_lines.update(line)
        if number > 0:
            kind = line[2 : line.index(b'"', 2)].decode() + "s"
            counts[kind] = counts.get(kind, 0) + 1
            sums.setdefault(kind, hashlib.sha256()).update(line)
    end = {
        kind: {"count": counts[kind], "sha256": sums[kind].hexdigest()}
        for kind in counts
    }
    whole = {"end": end, "sha256": all_lines.hexdigest()}
    return text_of(whole) + b"\n"


def header(**members: Any) -> bytes:
    made = {"steady_dump": 1, "schema": 1, "created_at": WHEN, "source": "test"}
    return text_of({**made, **members}) + b"\n"


def whole(lines: Iterable[bytes]) -> bytes:
    """The dump of these lines, header and records."""
    kept = list(lines)
    return b"".join(kept) + trailer(kept)


def record(kind: str, **fields: Any) -> bytes:
    return text_of({kind: fields}) + b"\n"


def user(**fields: Any) -> bytes:
    made = {
        "id": OWNER, "email": "made@example.org", "name": "", "role": "admin",
        "time_zone": "UTC", "week_start": "monday", "version": 1,
        "created_at": WHEN, "updated_at": WHEN,
        "email_key": "made@example.org", "password_hash": "none",
        "disabled": False,
    }  # fmt: skip
    return record("user", **{**made, **fields})


def task(number: int, **fields: Any) -> bytes:
    made = {
        "id": f"0193a0c4-7b6e-7000-8000-{number:012x}", "owner": OWNER,
        "version": 1, "title": f"Task {number}", "notes": "",
        "completed": False, "completed_at": None, "list_id": None,
        "parent_id": None,
        "order": number, "priority": "none", "tags": [], "due": None,
        "start": None, "recurrence": None, "completion_count": 0,
        "last_completed_at": None, "created_at": WHEN, "updated_at": WHEN,
        "deleted_at": None, "deleted": False, "purge_at": None,
        "trash_id": None,
    }  # fmt: skip
    return record("task", **{**made, **fields})


def many(tasks: int) -> Iterator[bytes]:
    """Lines of a person with so many tasks."""
    yield header()
    yield user()
    for number in range(tasks):
        notes = f"Number {number} needs milk, bread and {number * 7919}. " * 4
        yield task(number, notes=notes, tags=["home", f"t{number % 50}"])
