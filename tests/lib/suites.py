"""Runs test suites, and counts.

    python tests/lib/suites.py lint unit api-sqlite ...

Prints one line a suite as it goes and the whole output of one that fails; at
the end what failed by name, and "N passed, N failed" over all (", N skipped"
where some were). What is skipped for want of a component is a failure in CI.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lib import access_log  # noqa: E402
from lib.mongod import ReplicaSet  # noqa: E402
from lib.paths import BUILD, IN_CI, MONGOD, ROOT  # noqa: E402

PROGRAM_SECONDS = 600
SUITE_SECONDS = int(os.environ.get("STEADY_TEST_SUITE_SECONDS") or 2400)


# More failures than this are not the machine's. (The tests of a release all
# fail with it.)
SECOND_TRIES_MAX = 15


@dataclass
class Result:
    passed: int = 0
    # Both by name.
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.output += other.output

    def __str__(self) -> str:
        text = f"{self.passed} passed, {len(self.failed)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")


def run(
    command: list[str | Path],
    folder: Path = ROOT,
    seconds: float = SUITE_SECONDS,
    **environment: str,
) -> tuple[int, str]:
    """Exit code and output; 124 for one that had to be ended."""
    env = {**os.environ, **environment}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode(errors="replace")
        return 124, f"{said}\nended after {seconds} s\n"
    return done.returncode, done.stdout.decode(errors="replace")


def missing(what: str) -> Result:
    """A component that is not there: a skip here, a failure in CI."""
    said = [f"{what} is missing"]
    return Result(0, said, [], said) if IN_CI else Result(0, [], said, said)


def cmocka(program: Path, **environment: str) -> Result:
    """One cmocka program; its TAP lines are the count."""
    code, output = run(
        [program],
        seconds=PROGRAM_SECONDS,
        CMOCKA_MESSAGE_OUTPUT="TAP",
        **environment,
    )
    passed = len(re.findall(r"^ok \d+(?!.*# SKIP)", output, re.M))
    skipped = re.findall(r"^(?:not )?ok \d+[ -]*(.*)# SKIP", output, re.M)
    failed = re.findall(r"^not ok \d+(?!.*# SKIP)[ -]*(.*)", output, re.M)
    # A crash or a leak found at exit is a failure that no line counts.
    if not failed and (code != 0 or passed + len(skipped) == 0):
        failed = [f"exit code {code}"]
    said = [f"{program.name} (exit code {code})\n{output}"] if failed else []
    failed = [f"{program.name}: {name}" for name in failed]
    return Result(passed, failed, skipped, said)


def unit(variant: str) -> Result:
    total = Result()
    sources = sorted((ROOT / "tests" / "unit").glob("test_*.c"))
    for source in sources:
        total.add(cmocka(BUILD / variant / "tests" / "unit" / source.stem))
    return total if sources else missing("tests/unit")


@contextmanager
def contract_uri(store: str) -> Iterator[str]:
    if store == "sqlite":
        with TemporaryDirectory(prefix="steady-contract-") as folder:
            yield f"sqlite:{folder}"
    else:
        with ReplicaSet() as mongodb:
            yield mongodb.uri("contract")


def contract(store: str) -> Result:
    program = BUILD / "tests" / "contract" / "contract"
    if store == "mongodb" and not MONGOD.exists():
        return missing("mongod (make setup-mongod)")
    if not program.exists():
        return missing("tests/contract")
    with contract_uri(store) as uri:
        return cmocka(program, STEADY_TEST_STORE=uri, STEADY_TEST_URI=uri)


def contract_mongo() -> Result:
    """What the MongoDB store asks of its servers, and when they go away."""
    program = BUILD / "tests" / "contract_mongo" / "contract_mongo"
    if not MONGOD.exists():
        return missing("mongod (make setup-mongod)")
    return cmocka(program, STEADY_TEST_MONGOD=str(MONGOD))


def junit(command: list[str | Path], folder: Path, **env: str) -> Result:
    """A runner that writes JUnit XML to the file that is put for {xml}."""
    with TemporaryDirectory(prefix="steady-report-") as reports:
        report = Path(reports) / "report.xml"
        words = [str(word).replace("{xml}", str(report)) for word in command]
        code, output = run(words, folder, **env)
        # What was measured is told in any case.
        for line in re.findall(r"^figure: .*", output, re.M):
            print(line, flush=True)
        # Playwright repeats by itself.
        for line in re.findall(r"^ .* \(retry #1\).*", output, re.M):
            print(f"second try: {line.strip()}", flush=True)
        try:
            result = read_junit(report)
        except (OSError, ElementTree.ParseError):
            return Result(0, [f"no report (exit code {code})"], [], [output])
    if code != 0 and not result.failed:
        result.failed = [f"exit code {code}"]
    if result.skipped and IN_CI:
        result.failed += [f"{name} (skipped)" for name in result.skipped]
        result.skipped = []
    result.output = [output] if result.failed or result.skipped else []
    return result


def read_junit(report: Path) -> Result:
    result = Result()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname')}: {case.get('name')}"
        parts = {part.tag for part in case}
        if parts & {"failure", "error"}:
            result.failed.append(name)
        elif "skipped" in parts:
            result.skipped.append(name)
        else:
            result.passed += 1
    return result


def pytest(name: str, *arguments: str | Path) -> Result:
    """Tests of faults, deadlines and releases may meet a busy machine: what
    fails is tried a second time, and named in the output. `name` tells apart
    what failed in suites that run beside each other."""
    cache = ["-o", f"cache_dir={ROOT / 'build' / 'pytest-cache' / name}"]
    result = pytest_once(*cache, *arguments)
    if not 0 < len(result.failed) <= SECOND_TRIES_MAX:
        return result
    again = pytest_once(*cache, *arguments, "--last-failed", "--lfnf=none")
    if again.failed:
        return result
    for line in result.output[0].splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            print(f"second try: {line}", flush=True)
    return Result(result.passed + again.passed)


def pytest_once(*arguments: str | Path) -> Result:
    command = [sys.executable, "-m", "pytest", "-q", "-c", "tests/pytest.ini"]
    chosen = os.environ.get("STEADY_TEST_PYTEST")
    words = ["-k", chosen] if chosen else []
    return junit(
        [*command, "--junit-xml={xml}", *arguments, *words],
        ROOT,
        PYTHONDONTWRITEBYTECODE="1",
    )


def api(store: str) -> Result:
    # What is the same on every store runs once.
    only = [] if store == "sqlite" else ["--store-only"]
    return pytest(store, f"--store={store}", *only, "tests/api")


def page() -> Result:
    command = ["npx", "vitest", "run", "--reporter=default"]
    command += ["--reporter=junit", "--outputFile.junit={xml}"]
    return junit(command, ROOT / "frontend")


def browser() -> Result:
    words = os.environ.get("STEADY_TEST_BROWSER", "")
    command: list[str | Path] = ["env", "PLAYWRIGHT_JUNIT_OUTPUT_NAME={xml}"]
    command += [ROOT / "tests" / "browser" / "run", "--reporter=list,junit"]
    with TemporaryDirectory(prefix="steady-logs-") as logs:
        result = junit(
            command + (["--grep", words] if words else []),
            ROOT,
            STEADY_TEST_LOGS=logs,
        )
        said = wrong_lines(Path(logs))
    if said:
        result.failed.append("the access log")
        result.output.append(said)
    return result


def wrong_lines(logs: Path) -> str:
    """What is wrong with the access logs in the folder, or nothing."""
    try:
        files = list(logs.iterdir())
        assert files, "the browser's servers left no access log"
        for file in files:
            access_log.check_file(file)
    except AssertionError as error:
        return str(error)
    return ""


def lint(folder: str = "tests/lint") -> Result:
    """Each lint_* in it is one check: exit code 0 and silence."""
    total = Result()
    for script in sorted((ROOT / folder).glob("lint_*")):
        command: list[str | Path] = [script]
        if script.suffix == ".py":
            command = [sys.executable, "-B", script]
        code, output = run(command)
        if code == 0:
            total.add(Result(1))
        else:
            said = [f"{script.name}\n{output}"]
            total.add(Result(0, [script.name], [], said))
    return total


SUITES: dict[str, Callable[[], Result]] = {
    "lint": lint,
    "unit": lambda: unit("."),
    "unit-asan": lambda: unit("asan"),
    "contract-sqlite": lambda: contract("sqlite"),
    "contract-mongodb": lambda: contract("mongodb"),
    "mongodb": contract_mongo,
    "page": page,
    "api-sqlite": lambda: api("sqlite"),
    "api-mongodb": lambda: api("mongodb"),
    "browser": browser,
    "image": lambda: pytest("image", "tests/ops", "-m", "not lab"),
    "ansible-lint": lambda: lint("tests/ops"),
    "ops": lambda: pytest("ops", "tests/ops", "-m", "lab and not hosts"),
    "hosts": lambda: pytest("hosts", "tests/ops", "-m", "hosts"),
}


# These wait half of their time, for databases and for hosts: one after the
# other they run beside those that come after them.
BESIDE = ("mongodb", "api-mongodb", "hosts")
# A page's journeys, and a container under load, have the machine to themselves.
ALONE = ("browser", "image")


def told(name: str) -> Result:
    """Runs a suite and tells what came of it."""
    began = time.monotonic()
    result = SUITES[name]()
    seconds = time.monotonic() - began
    said = f"{name:18} {result}  ({seconds:.1f} s)"
    print("\n".join([*result.output, said]), flush=True)
    result.output = []
    result.failed = [f"{name}: {failed}" for failed in result.failed]
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs test suites.")
    parser.add_argument("suite", nargs="+", choices=SUITES)
    total = Result()
    beside: list[Future[Result]] = []
    with ThreadPoolExecutor(max_workers=1) as pool:
        for name in parser.parse_args().suite:
            if name in BESIDE:
                beside.append(pool.submit(told, name))
                continue
            if name in ALONE:
                wait(beside)
            total.add(told(name))
    for future in beside:
        total.add(future.result())
    for name in total.failed:
        print(f"failed: {name}")
    print(total, flush=True)
    return 1 if total.failed or total.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
