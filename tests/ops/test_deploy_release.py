"""A release over three hosts while people use them, and what it leaves.

One release for all tests. The operator's machine dies when a host is out and
its old container stopped; the next run finishes. Meanwhile the probe, two API
clients and a page in Chromium write and read. What a test changes it does after
those above it.
"""

import contextlib
import itertools
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from installation import SECRET, Installation, Moment, Played

from lib.load import Load, all_tasks
from lib.need import need
from lib.paths import ROOT
from lib.wait import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.hosts, pytest.mark.timeout(900)]
BROWSER = ROOT / "tests" / "browser"
PLAYWRIGHT = BROWSER / "node_modules" / ".bin" / "playwright"
CHROMIUM = Path(os.environ.get("STEADY_CHROMIUM") or "/usr/bin/chromium")
CURL = "/usr/bin/curl"
DIES_AT = Moment("steady : Stop the containers that run")


class Script(threading.Thread):
    """Somebody's script around curl: a new connection for each request."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.token = token
        self.failures: list[str] = []
        self.titles: list[str] = []  # of what was acknowledged
        self.versions: list[str] = []
        self.over = threading.Event()

    def ask(self, path: str, *options: str) -> str:
        form = "%{http_code}"
        said = subprocess.run(
            [CURL, "-sS", "-m", "20", "-w", form, *options, self.url + path],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if not re.search(r"20[01]$", said.stdout):
            self.failures.append(f"{path}: {said.stdout}{said.stderr}")
        return said.stdout[:-3]

    def run(self) -> None:
        for number in itertools.count(1):
            title = f"script {number}"
            self.ask(
                *("/api/tasks", "-d", json.dumps({"title": title})),
                *("-H", f"Authorization: Bearer {self.token}"),
                *("-H", "Content-Type: application/json"),
                *("-H", f"Idempotency-Key: script-{number}"),
            )
            self.titles.append(title)
            said = self.ask("/version")
            with contextlib.suppress(ValueError):
                self.versions.append(json.loads(said)["version"])
            if self.over.wait(0.2):
                return


class Processes(threading.Thread):
    """All that the process lists of this machine and of the hosts show; the
    latter's processes are seen from here as well."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[bytes] = set()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.2):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    self.seen.add(path.read_bytes().replace(b"\0", b" "))


@contextlib.contextmanager
def page(installation: Installation, email: str) -> Iterator[list[str]]:
    """A page in Chromium that adds tasks; the list gets what Playwright said
    about it when it was over."""
    need(PLAYWRIGHT.exists(), "tests/browser/node_modules (npm ci)")
    need(CHROMIUM.exists(), "chromium (make setup-test)")
    installation.add_account(email)
    folder = installation.lab.folder
    over, log = folder / "released", folder / "page.log"
    over.unlink(missing_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(
            [PLAYWRIGHT, "test", "-c", "rollout.config.ts"],
            cwd=BROWSER,
            env=os.environ
            | {
                "STEADY_URL": installation.lab.url,
                "STEADY_RELEASED": str(over),
                "STEADY_BROWSER_RESULTS": str(folder / "page"),
            },
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )

    def adds() -> bool:
        assert process.poll() is None, log.read_text()
        return "added 3" in log.read_text()

    said: list[str] = []
    try:
        try:
            wait_until(adds, "the page to add tasks", 90)
        except TimeoutError as late:
            raise AssertionError(log.read_text()) from late
        yield said
    finally:
        over.touch()
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(20)
        said.append(log.read_text())


def probes_token(installation: Installation) -> str:
    """It lies on this machine until the probe has read it."""
    files = installation.reports.glob

    def token() -> str:
        return "".join(file.read_text() for file in files("*/token"))

    return wait_until(token, "the probe's token", 300)


def prepare_others(installation: Installation) -> None:
    """Releases that a host was prepared for and that never came. It keeps the
    files of four; those of the one in service must be among them."""
    for _ in range(3):
        version = installation.publish()
        image = f"{installation.variables['steady_repository']}:{version}"
        installation.hosts[-1].docker(
            *("run", "--rm", "--volume"),
            "/var/lib/steady/assets:/var/lib/steady/assets",
            *(image, "--publish-assets"),
        )


@dataclass
class Release:
    old: str
    new: str
    after_death: list[str]  # the targets' states
    deployed: Played
    second: Played  # begun while that was at work
    load: Load
    script: Script
    titles: list[str]  # that the script's account has afterwards
    page: str
    commands: set[bytes]
    token: str  # the probe's
    since: int  # the first of its events in alb-lab
    events: int  # the first after it


@pytest.fixture(scope="module")
def release(
    installation: Installation, figure: Callable[[str], None]
) -> Release:
    old = installation.calm()
    prepare_others(installation)
    new = installation.publish()
    installation.add_account("reader@example.org")
    installation.add_account("script@example.org")
    reader = installation.sign_in("reader@example.org")
    scripts = installation.sign_in("script@example.org")
    made = scripts.post("/api/tokens", json={"name": "x", "scope": "write"})
    script = Script(installation.lab.url, made.json()["token"])
    processes = Processes()
    since = len(installation.lab.balancer.events())
    began = time.monotonic()
    with (
        page(installation, "anna@example.org") as said,
        Load([reader], pause=0.1) as load,
    ):
        script.start()
        processes.start()
        after_death = installation.killed_at(DIES_AT, steady_version=new)
        with installation.playing(
            "deploy.yml", "-vvv", steady_version=new
        ) as running:
            token = probes_token(installation)
            running.wait_for("TASK [rollout : Replace the release")
            second = installation.play("deploy.yml", steady_version=old)
            deployed = running.end()
        script.over.set()
        script.join(60)
    processes.over.set()
    events = installation.lab.balancer.events()
    took = time.monotonic() - began
    figure(f"a killed deploy.yml and the next, with page: {took:.0f} s")
    return Release(
        old, new, after_death, deployed, second, load, script,
        [task["title"] for task in all_tasks(scripts)],
        said[0], processes.seen, token, since, len(events),
    )  # fmt: skip


# -- The deploy ---------------------------------------------------------------


def test_release_fails_no_request(
    installation: Installation,
    release: Release,
    figure: Callable[[str], None],
) -> None:
    assert release.deployed.code == 0, release.deployed.output[-9000:]
    verdict = installation.verdict()
    figure(f"deploy.yml: {verdict['line']}")
    assert verdict["zero_failed"], verdict
    assert verdict["failed"] == 0 and verdict["requests"] > 500
    assert verdict["line"] in release.deployed.words
    assert verdict["line"].startswith("3 hosts, ")
    assert release.load.failures == []
    assert release.script.failures == []
    assert installation.versions() == [release.new] * 3


def test_host_is_out_when_the_first_run_dies(release: Release) -> None:
    assert release.after_death == ["unused", "healthy", "healthy"]


def test_every_acknowledged_write_reads_back_once(release: Release) -> None:
    assert len(release.load.created) > 20
    release.load.check()
    assert sorted(release.titles) == sorted(release.script.titles)
    assert len(release.titles) > 20


def test_page_that_stays_open_notices_nothing(
    release: Release, figure: Callable[[str], None]
) -> None:
    counts = r"^ +(\d+ (?:passed|failed|skipped|flaky|did not run))\b"
    found = re.findall(counts, release.page, re.M)
    assert found == ["1 passed"], release.page
    figure(f"deploy.yml: the open page added {release.page.count('added ')}")


def test_old_and_new_release_serve_side_by_side(
    installation: Installation, release: Release
) -> None:
    both = {release.old, release.new}
    assert set(installation.verdict()["versions"]) == both
    first_new = release.script.versions.index(release.new)
    assert release.old in release.script.versions[first_new:]


def test_one_host_is_out_at_a_time_in_the_order_of_the_plan(
    installation: Installation, release: Release
) -> None:
    assert installation.out_at_once(release.since, release.events) == 1
    events = installation.lab.balancer.events()[release.since : release.events]
    left = [it["target"] for it in events if it["to"] == "draining"]
    assert left == [host.instance_id for host in installation.hosts]


def test_second_run_is_refused_and_names_the_first(
    installation: Installation, release: Release
) -> None:
    assert release.second.code != 0
    (entry,) = installation.ledger(installation.hosts[0])[-1:]
    said = release.second.words
    assert f"{entry['by']} is at work (deploy) since" in said
    assert f"rollout_break_lock={entry['id']}" in said
    assert release.second.changed() == 0


def test_ledger_tells_of_the_release_on_every_host(
    installation: Installation, release: Release
) -> None:
    entries = [installation.ledger(it)[-1] for it in installation.hosts]
    assert entries[0] == entries[1] == entries[2]
    entry = entries[0]
    image = installation.current(installation.hosts[0])["image"]
    assert (entry["kind"], entry["version"]) == ("deploy", release.new)
    assert entry["image"] == image and "@sha256:" in image
    assert entry["hosts"] == ["h1", "h2", "h3"]
    assert entry["done"] is True and entry["zero_failed"] is True
    assert entry["verdict"] == installation.verdict()["line"]
    assert entry["id"] == installation.report().name


def test_no_secret_is_told(
    installation: Installation, release: Release
) -> None:
    assert len(release.token) > 20
    places = {
        "the run's output": release.deployed.output,
        "the process lists": b"\n".join(release.commands).decode(
            errors="replace"
        ),
    }
    for host in installation.hosts:
        commands = {
            "journal": ("journalctl", "--no-pager"),
            "docker inspect": ("sh", "-c", "docker inspect $(docker ps -aq)"),
            "docker logs": (
                *("sh", "-c"),
                "for it in $(docker ps -aq); do docker logs $it 2>&1; done",
            ),
            "log files": ("sh", "-c", "cat /var/log/steady/*"),
            "ledger": ("cat", "/var/lib/steady/ledger.jsonl"),
        }
        for name, command in commands.items():
            places[f"{host.name}: {name}"] = host.output(*command)
    assert "steady-api" in places["the process lists"]
    for what, secret in {"database": SECRET, "probe": release.token}.items():
        found = [name for name, text in places.items() if secret in text]
        assert not found, f"the secret of the {what} is in {found}"
    assert list(installation.reports.glob("*/token")) == []


# -- Afterwards ---------------------------------------------------------------


def test_status_shows_what_runs_and_the_last_verdict(
    installation: Installation, release: Release
) -> None:
    shown = installation.must("status.yml")
    assert shown.changed() == 0
    digests = [
        installation.current(host)["image"].rpartition(":")[2][:12]
        for host in installation.hosts
    ]
    for number, digest in enumerate(digests, 1):
        row = rf"h{number} +{release.new} +{digest} +healthy +20\d\d-"
        assert re.search(row, shown.output), shown.output
    assert installation.verdict()["line"] in shown.words
    assert "at work" not in shown.output


def test_deploy_again_changes_nothing_and_drains_nobody(
    installation: Installation, release: Release
) -> None:
    again = installation.must("deploy.yml", steady_version=release.new)
    assert again.changed() == 0, again.output
    assert "Nothing is to be done" in again.output
    assert len(installation.lab.balancer.events()) == release.events


def test_ledger_is_completed_where_a_run_died_before_it_could(
    installation: Installation, release: Release
) -> None:
    h1 = installation.hosts[0]
    told = installation.ledger(h1)
    h1.output(
        *("sed", "-i", '$s/"done": true/"done": false/'),
        "/var/lib/steady/ledger.jsonl",
    )
    assert installation.ledger(h1)[-1]["done"] is False
    again = installation.must("deploy.yml", steady_version=release.new)
    assert again.changed() == 1, again.output
    assert installation.ledger(h1) == told
    assert len(installation.lab.balancer.events()) == release.events


def test_check_mode_tells_the_order_and_changes_nothing(
    installation: Installation, release: Release
) -> None:
    ledger = installation.ledger(installation.hosts[0])
    checked = installation.must(
        "deploy.yml", "--check", steady_version=release.old
    )
    assert "on h1, then h2, then h3" in checked.words
    assert checked.changed() == 0, checked.output
    assert len(installation.lab.balancer.events()) == release.events
    assert installation.versions() == [release.new] * 3
    assert installation.ledger(installation.hosts[0]) == ledger


def test_site_again_changes_nothing_and_drains_nobody(
    installation: Installation, release: Release
) -> None:
    again = installation.must("site.yml", steady_version=release.old)
    assert again.changed() == 0, again.output
    assert len(installation.lab.balancer.events()) == release.events
    assert installation.versions() == [release.new] * 3


@pytest.mark.soak
def test_rollback_goes_the_same_way(
    installation: Installation,
    release: Release,
    figure: Callable[[str], None],
) -> None:
    began = time.monotonic()
    back = installation.must("rollback.yml")
    figure(f"rollback.yml on 3 hosts: {time.monotonic() - began:.0f} s")
    figure(f"rollback.yml: {installation.verdict()['line']}")
    assert installation.versions() == [release.old] * 3
    assert installation.verdict()["zero_failed"]
    assert installation.out_at_once(release.events) == 1
    assert installation.ledger(installation.hosts[0])[-1]["kind"] == "rollback"
    assert "0 failed" in back.output


def test_release_of_an_image_that_is_not_there_is_refused(
    installation: Installation, release: Release
) -> None:
    events = len(installation.lab.balancer.events())
    refused = installation.play("deploy.yml", steady_version="9.9.9")
    assert refused.code != 0
    assert "The registry does not give" in refused.output
    assert len(installation.lab.balancer.events()) == events
    assert httpx.get(f"{installation.lab.url}/readyz").status_code == 200
