"""steady-admin as a test calls it."""

import os
import subprocess

from lib.paths import BUILD

ADMIN = BUILD / "bin" / "steady-admin"


class Admin:
    """The program with one store's settings."""

    def __init__(self, **settings: str) -> None:
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("STEADY_")
        } | settings

    def run(self, *arguments: object, text: str = "", status: int = 0) -> str:
        """Its output; what it complained of when it must fail."""
        done = subprocess.run(
            [ADMIN, *map(str, arguments)],
            env=self.env,
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr
