"""`make dev`: Steady, Vite's dev server, and workers rebuilt on a change.

The page is on Vite's port and is told what it needs of nginx by STEADY_URL;
C sources are looked at twice a second, compiled by `make build` and taken up
by a restart of the workers, one after the other, as in a release.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "fcgi-app"
LOOK_SECONDS = 0.5


def newest() -> float:
    files = [*SOURCES.rglob("*.[ch]"), SOURCES / "openapi.yaml"]
    return max(f.stat().st_mtime for f in files if f.exists())


def rebuild(build: str, run_dir: Path) -> None:
    made = subprocess.run(["make", "build", f"BUILD={build}"], cwd=ROOT)
    if made.returncode != 0:
        return
    configuration = str(run_dir / "supervisord.conf")
    command = ["supervisorctl", "-c", configuration, "restart"]
    subprocess.run([*command, "api:*", "health:*"], capture_output=True)
    print("Workers restarted", flush=True)


def start(build: str) -> list[subprocess.Popen[bytes]]:
    entrypoint = ROOT / "docker" / "entrypoint"
    steady = subprocess.Popen([entrypoint, "--local", "--build", build])
    port = os.environ.get("STEADY_PORT") or "8080"
    environment = {**os.environ, "STEADY_URL": f"http://127.0.0.1:{port}"}
    vite = subprocess.Popen(
        ["npm", "run", "--silent", "dev"],
        cwd=ROOT / "frontend",
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    return [steady, vite]


def watch(build: str, run_dir: Path, started: list) -> None:  # type: ignore
    seen = newest()
    while all(process.poll() is None for process in started):
        time.sleep(LOOK_SECONDS)
        now = newest()
        if now != seen:
            seen = now
            rebuild(build, run_dir)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description="Steady for developers.")
    parser.add_argument("--build", default="build")
    build = parser.parse_args().build
    data = Path(os.environ.get("STEADY_DATA_DIR") or "data").absolute()
    # Given, so that it is known here where supervisord listens.
    os.environ.setdefault("STEADY_RUN_DIR", str(data / "run"))
    signal.signal(signal.SIGTERM, interrupt)
    started = start(build)
    try:
        watch(build, Path(os.environ["STEADY_RUN_DIR"]), started)
    except KeyboardInterrupt:
        pass
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
        codes = [process.wait() for process in started]
    return codes[0]


if __name__ == "__main__":
    sys.exit(main())
