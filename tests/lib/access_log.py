"""What holds for every line of the access log (nginx/ACCESS_LOG.md)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from lib.paths import ROOT

SCHEMA = json.loads((ROOT / "nginx" / "access_log.schema.json").read_text())


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(SCHEMA)


def wrong(line: str) -> str | None:
    """What is wrong with a line, or None."""
    try:
        record = json.loads(line)
    except ValueError as error:
        return f"{error}: {line}"
    for error in _validator().iter_errors(record):
        return f"{error.json_path}: {error.message}: {line}"
    return None


def check(lines: list[str]) -> None:
    """Fails where one of the lines is not as documented."""
    found = [said for line in lines if (said := wrong(line))]
    assert not found, f"{len(found)} of {len(lines)} lines: {found[:3]}"


def check_file(file: Path) -> None:
    """The same for a whole log, if there is one."""
    if file.exists():
        check(file.read_text(errors="replace").splitlines())
