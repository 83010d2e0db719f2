"""`nginx -t` takes the rendered configuration, in each form it has."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lib.fcgi import answer  # noqa: E402
from lib.nginx import Nginx  # noqa: E402

FORMS: list[dict[str, str]] = [
    {},
    {"STEADY_RATE_LIMIT": "100"},
    {"STEADY_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32"},
    {"STEADY_PUBLIC_URL": "https://todo.example.org"},
    {"STEADY_BIND": "", "STEADY_LOG_DIR": ""},
]


def said(nginx: Nginx) -> str:
    """What nginx has against the configuration, or nothing."""
    try:
        nginx.write_configuration()
        done = subprocess.run(
            nginx.command("-t"), capture_output=True, text=True
        )
        placeholders = [
            line
            for file in (nginx.folder / "nginx").rglob("*.conf")
            for line in file.read_text().splitlines()
            if line.count("@") > 1 and not line.lstrip().startswith("#")
        ]
    finally:
        nginx.__exit__()
    wrong = done.returncode != 0 or "warn" in done.stderr or placeholders
    return f"{done.stderr}{placeholders}" if wrong else ""


def main() -> None:
    edit = {"nginx.conf": lambda text: text.replace("daemon off;", "deamon;")}
    if not said(Nginx(lambda _: answer(), edit)):
        sys.exit("the check did not notice a misspelt directive")
    complaints = [said(Nginx(lambda _: answer(), **form)) for form in FORMS]
    sys.exit("\n".join(filter(None, complaints)) or 0)


if __name__ == "__main__":
    main()
