"""Fills in the placeholders of nginx/ and supervisord.conf.

What stands between @ signs is replaced by the settings of `steady-api
print-config` and by what the machine has; the result goes to
$STEADY_RUN_DIR. A value never brings quotes or line ends of its own:
`refuse` is asked first.
"""

import ipaddress
import os
import resource
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
# Characters that mean something to nginx, supervisord or a shell.
UNSAFE = set("\"'\\$;{}%@\n\r\t#")
# Of one process of nginx: a stream takes two, and one process may have to hold
# 5,000 of them. An unused one costs some 400 bytes.
CONNECTIONS = 12288


@dataclass
class Place:
    """Where the parts of Steady lie."""

    root: Path  # holds docker/ and nginx/
    build: Path  # holds bin/ and page/

    @property
    def steady_api(self) -> Path:
        return self.build / "bin" / "steady-api"

    @property
    def steady_events(self) -> Path:
        return self.build / "bin" / "steady-events"


def find_nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH')}:/usr/sbin")


def refuse(settings: dict[str, str]) -> str | None:
    """One sentence about a setting that cannot be rendered, or None."""
    for name, value in settings.items():
        if name.endswith("_DIR") and UNSAFE & set(value):
            return (
                f"{name} holds a character that configuration files do not "
                f"take ({value!r}); choose another folder."
            )
    for network in trusted(settings):
        try:
            ipaddress.ip_network(network)
        except ValueError:
            return (
                f"STEADY_TRUSTED_PROXIES must be addresses or networks such "
                f"as 10.0.0.0/16, separated by commas; {network!r} is none."
            )
    return None


def trusted(settings: dict[str, str]) -> list[str]:
    listed = settings["STEADY_TRUSTED_PROXIES"].split(",")
    return [network.strip() for network in listed if network.strip()]


def addresses(settings: dict[str, str]) -> list[str]:
    """Where nginx listens: one address, or all of both families."""
    bind = settings["STEADY_BIND"]
    if bind:
        return [bind.strip("[]")]
    return ["0.0.0.0", "::"] if has_ipv6() else ["0.0.0.0"]


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def listen(settings: dict[str, str]) -> str:
    port = settings["STEADY_PORT"]
    lines = []
    for address in addresses(settings):
        host = f"[{address}]" if ":" in address else address
        lines.append(f"        listen {host}:{port} default_server;")
    return "\n".join(lines)


def connections() -> str:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return str(max(64, min(CONNECTIONS, soft - 64)))


def log_places(settings: dict[str, str]) -> dict[str, str]:
    """Files in STEADY_LOG_DIR, or the streams of a container.

    nginx writes its access log to them itself: on its way through supervisord
    each line would cost more than the answer. This process will be supervisord.
    """
    folder = settings["STEADY_LOG_DIR"]
    run_dir = settings["STEADY_RUN_DIR"]
    return {
        "ACCESS_LOG": f'"{folder}/access.log"'
        if folder
        else f"/proc/{os.getpid()}/fd/1",
        "ERROR_LOG": f'"{folder}/error.log"' if folder else "stderr",
        "WORKER_LOG": f"{folder}/worker.log" if folder else "/dev/fd/2",
        "NGINX_LOG": f"{folder}/error.log" if folder else "/dev/fd/2",
        "SUPERVISOR_LOG": f"{folder or run_dir}/supervisord.log",
    }


def values(
    settings: dict[str, str], place: Place, version: str
) -> dict[str, str]:
    root_user = os.geteuid() == 0
    brotli = BROTLI.exists()
    rate = int(settings["STEADY_RATE_LIMIT"])
    networks = trusted(settings)
    https = settings["STEADY_PUBLIC_URL"].startswith("https://")
    return {
        **log_places(settings),
        "ROOT": str(place.root),
        "STEADY_API": str(place.steady_api),
        "STEADY_EVENTS": str(place.steady_events),
        "NGINX": find_nginx() or "nginx",
        "RUN_DIR": settings["STEADY_RUN_DIR"],
        "STATIC_DIR": settings["STEADY_STATIC_DIR"],
        "ASSETS_DIR": settings["STEADY_ASSETS_DIR"],
        "VERSION": version,
        "USER_DIRECTIVE": "user root;" if root_user else "",
        "SUPERVISOR_USER": "user=root" if root_user else "",
        "BROTLI_MODULE": f"load_module {BROTLI};" if brotli else "",
        "BROTLI_STATIC": "brotli_static on;" if brotli else "",
        "CONNECTIONS": connections(),
        "LISTEN": listen(settings),
        "REAL_IP_FROM": "\n".join(f"set_real_ip_from {n};" for n in networks),
        "TRUSTED_GEO": "\n".join(f"    {n} 1;" for n in networks),
        "PUBLIC_SCHEME": "https" if https else "http",
        "LIMITED": "" if rate else "# off: ",
        "RATE": str(rate or 1),
        "BURST": str(3 * rate or 1),
        "DRAIN_SECONDS": settings["STEADY_DRAIN_SECONDS"],
        # Slot 0 is the keeper.
        "SLOTS": str(int(settings["STEADY_WORKERS"]) + 1),
    }


def fill(text: str, replacements: dict[str, str]) -> str:
    for name, value in replacements.items():
        text = text.replace(f"@{name}@", value)
    return text


def render(settings: dict[str, str], place: Place, version: str) -> None:
    """Writes nginx/ and supervisord.conf into STEADY_RUN_DIR."""
    run_dir = Path(settings["STEADY_RUN_DIR"])
    replacements = values(settings, place, version)
    source = place.root / "nginx"
    for file in [source / "nginx.conf", *source.glob("snippets/*.conf")]:
        target = run_dir / "nginx" / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(fill(file.read_text(), replacements))
    (run_dir / "tmp").mkdir(exist_ok=True)
    template = place.root / "docker" / "supervisord.conf"
    (run_dir / "supervisord.conf").write_text(
        fill(template.read_text(), replacements)
    )
