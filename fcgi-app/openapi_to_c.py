"""Turns the contract into a C initializer: openapi_to_c.py in.yaml out.inc

The bytes of the same document as JSON, for api/system.c.
"""

import json
import sys
from pathlib import Path

import yaml


def main(source: str, target: str) -> None:
    contract = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    # What is not JSON, such as a date without quotes, fails here.
    text = json.dumps(contract, ensure_ascii=True, separators=(",", ":"))
    rows = [text[at : at + 16] for at in range(0, len(text), 16)]
    lines = [",".join(str(ord(char)) for char in row) + ",\n" for row in rows]
    Path(target).write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
