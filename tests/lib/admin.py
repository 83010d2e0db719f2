"""steady-admin as an operator runs it, with one store's settings."""

import os
import subprocess
from typing import Any

from lib.instance import Instance
from lib.paths import BUILD

ADMIN = BUILD / "bin" / "steady-admin"


class Admin:
    """STEADY_* of the test run stay out; `settings` are these variables."""

    def __init__(self, **settings: str) -> None:
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("STEADY_")
        } | settings

    def run(self, *arguments: Any, text: str = "", status: int = 0) -> str:
        """Its standard output; with a `status` but 0 what it complained."""
        done = subprocess.run(
            [ADMIN, *map(str, arguments)],
            env=self.env,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    def start(self, *arguments: Any, **options: Any) -> subprocess.Popen:
        """The process, for tests that talk to it or kill it."""
        return subprocess.Popen(
            [ADMIN, *map(str, arguments)], env=self.env, **options
        )

    def instance(self) -> Instance:
        """The whole product on this store."""
        settings = {k: v for k, v in self.env.items() if k[:7] == "STEADY_"}
        return Instance(STEADY_RATE_LIMIT="0", **settings)
