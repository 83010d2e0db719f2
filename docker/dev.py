"""`make dev`: Steady, Vite's dev server, and workers rebuilt on a change.

The page is on Vite's port and is told what it needs of nginx by STEADY_URL;
C sources are looked at twice a second, compiled by `make build` and taken up
by a restart of the workers; requests wait meanwhile.
"""

import argparse
import contextlib
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
    # Not the job slots of the make that waits for us.
    environment = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}
    made = subprocess.run(
        ["make", "build", f"BUILD={build}"], cwd=ROOT, env=environment
    )
    if made.returncode != 0:
        return
    # All but the keeper, which holds the socket: no request is refused.
    control = ["supervisorctl", "-c", str(run_dir / "supervisord.conf")]
    listed = subprocess.run(
        [*control, "status"], capture_output=True, text=True
    )
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    workers = [n for n in names if ":" in n and n != "api:api-000"]
    workers.append("events")
    subprocess.run([*control, "restart", *workers], capture_output=True)
    print("Workers restarted", flush=True)


def start(build: str) -> list[subprocess.Popen[bytes]]:
    entrypoint = ROOT / "docker" / "entrypoint"
    steady = subprocess.Popen([entrypoint, "--local", "--build", build])
    address = os.environ.get("STEADY_BIND") or "127.0.0.1"
    host = f"[{address}]" if ":" in address else address
    port = os.environ.get("STEADY_PORT") or "8080"
    # A group of its own, since node may be a script that starts node.
    vite = subprocess.Popen(
        ["node_modules/.bin/vite", "--clearScreen", "false"],
        cwd=ROOT / "frontend",
        env={**os.environ, "STEADY_URL": f"http://{host}:{port}"},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    return [steady, vite]


def stop(steady: subprocess.Popen, vite: subprocess.Popen) -> int:  # type: ignore
    """Steady's exit code; a Ctrl-C has reached it before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if steady.poll() is None:
        steady.terminate()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(vite.pid, signal.SIGTERM)
    vite.wait()
    return steady.wait()


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
        code = stop(*started)
    return code


if __name__ == "__main__":
    sys.exit(main())
