"""A disk that gets full."""

import contextlib
from pathlib import Path


def fill(folder: Path) -> Path:
    """Takes all space that is left; the file to remove again."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return filler
