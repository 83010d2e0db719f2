"""What the rollout decides, and its lock, without a host."""

import base64
import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from ansible_code import load

pytestmark = pytest.mark.lab

rollout = load("rollout/filter_plugins/rollout.py")


def without_ansible() -> None:
    """The modules import AnsibleModule, which their functions do not need."""
    try:
        import ansible.module_utils.basic  # noqa: F401
    except ImportError:
        for name in ("ansible", "ansible.module_utils"):
            sys.modules[name] = types.ModuleType(name)
        basic = types.ModuleType("ansible.module_utils.basic")
        basic.AnsibleModule = object  # type: ignore[attr-defined]
        sys.modules["ansible.module_utils.basic"] = basic


without_ansible()
lock = load("rollout/library/rollout_lock.py")
run = load("rollout/library/rollout_run.py")
access_log = load("steady/library/steady_access_log.py")


# ---- Batches ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("hosts", "out", "percent", "expected"),
    [
        ([], [], 50, []),
        (["a"], [], 50, [["a"]]),
        (["a", "b", "c"], [], 50, [["a"], ["b"], ["c"]]),
        (["a", "b", "c", "d", "e"], [], 50, [["a"], ["b", "c"], ["d", "e"]]),
        (["a", "b", "c"], ["c"], 50, [["c"], ["a"], ["b"]]),
        (["a", "b", "c", "d"], [], "25", [["a"], ["b"], ["c"], ["d"]]),
        (["a", "b"], [], 1, [["a"], ["b"]]),
    ],
)
def test_batches_begin_with_one_host_and_with_those_out(
    hosts: list[str], out: list[str], percent: int, expected: list[list[str]]
) -> None:
    assert rollout.batches(hosts, out, percent) == expected


# ---- The ledger -------------------------------------------------------------


def entry(number: int, kind: str, image: str, done: bool = True) -> dict:
    return {"id": f"{number:04}", "kind": kind, "image": image, "done": done}


def as_file(*entries: dict) -> str:
    text = "".join(json.dumps(one) + "\n" for one in entries)
    return base64.b64encode(text.encode()).decode()


def test_ledgers_of_hosts_become_one() -> None:
    first, second = entry(1, "install", "a"), entry(2, "deploy", "b")
    cut = base64.b64encode(b'{"id": "0003", "kin').decode()
    assert rollout.ledger([as_file(second), as_file(first, second), cut]) == [
        first,
        second,
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_run_that_ended_on_one_host_has_ended(order: int) -> None:
    begun, ended = entry(1, "deploy", "a", False), entry(1, "deploy", "a")
    files = [as_file(begun), as_file(ended)][::order]
    assert rollout.ledger(files) == [ended]


@pytest.mark.parametrize(
    ("entries", "running", "expected"),
    [
        ([], [], ""),
        ([("install", "a", True)], ["a"], ""),
        ([("install", "a", True), ("deploy", "b", True)], ["b", "b"], "a"),
        # A deploy that ended half-way: back to what all had.
        ([("install", "a", True), ("deploy", "b", False)], ["b", "a"], "a"),
        ([("install", "a", True)], ["b", "a"], "a"),
        (
            [
                ("install", "a", True),
                ("deploy", "b", True),
                ("deploy", "a", False),
            ],
            ["a", "b"],
            "b",
        ),
        # A rollback that ended half-way is finished.
        (
            [
                ("install", "a", True),
                ("deploy", "b", True),
                ("rollback", "a", False),
            ],
            ["a", "b"],
            "a",
        ),
        # A host that was left out of a deploy takes nobody forward.
        ([("install", "a", True), ("deploy", "b", True)], ["b", "a"], "a"),
        # Twice back is not forth again.
        (
            [
                ("install", "a", True),
                ("deploy", "b", True),
                ("deploy", "c", True),
                ("rollback", "b", True),
            ],
            ["b"],
            "a",
        ),
        # New settings on the same image are no release of their own.
        (
            [
                ("install", "a", True),
                ("deploy", "b", True),
                ("deploy", "b", True),
            ],
            ["b"],
            "a",
        ),
    ],
)
def test_rollback_goes_to_the_release_before(
    entries: list[tuple[str, str, bool]], running: list[str], expected: str
) -> None:
    listed = [entry(n, *one) for n, one in enumerate(entries)]
    assert rollout.previous_image(listed, running) == expected


# ---- The lock ---------------------------------------------------------------


def owner(name: str) -> dict:
    return {"id": name, "user": name, "machine": "m", "since": "now"}


def test_lock_names_its_holder_and_is_given_back(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    assert lock.apply(path, "query", {}, []) == {}
    assert lock.apply(path, "held", owner("a"), []) == owner("a")
    assert lock.apply(path, "held", owner("a"), []) == owner("a")
    assert lock.apply(path, "held", owner("b"), [""]) == owner("a")
    assert lock.apply(path, "released", owner("b"), []) == owner("a")
    assert lock.apply(path, "query", {}, []) == owner("a")
    assert lock.apply(path, "released", owner("a"), []) == {}
    assert lock.apply(path, "held", owner("b"), []) == owner("b")


def test_lock_of_one_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    lock.apply(path, "held", owner("a"), [])
    assert lock.apply(path, "held", owner("b"), ["a"]) == owner("b")
    assert lock.apply(path, "released", owner("a"), []) == owner("b")


def test_lock_that_cannot_be_read_is_somebodys(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text('{"id": "a')
    path = str(tmp_path / "lock")
    assert lock.apply(path, "held", owner("b"), [])["id"] == "unreadable"
    assert lock.apply(path, "held", owner("b"), ["unreadable"]) == owner("b")


def test_lock_goes_to_one_of_many(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import types\n"
        "for n in ('ansible', 'ansible.module_utils',"
        " 'ansible.module_utils.basic'):\n"
        "    sys.modules[n] = types.ModuleType(n)\n"
        "sys.modules['ansible.module_utils.basic'].AnsibleModule = object\n"
        "import rollout_lock as it\n"
        "sys.stdin.readline()\n"
        "me = {'id': sys.argv[3]}\n"
        "print(it.apply(sys.argv[2], 'held', me, []) == me)\n"
    )
    folder = Path(lock.__file__).parent
    racers = [
        subprocess.Popen(
            [sys.executable, "-B", "-c", code, folder, path, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("\n")
        racer.stdin.flush()
    won = [racer.communicate()[0].strip() for racer in racers]
    assert sorted(won) == ["False"] * 7 + ["True"]


# ---- Who runs ---------------------------------------------------------------


def test_run_that_still_runs_is_not_gone() -> None:
    me = run.this_run("deploy")
    assert not run.is_gone({**me, "process": os.getpid()} | began(os.getpid()))


def began(process: int) -> dict:
    return {"began": run.began(process)}


def test_run_that_ended_here_is_gone() -> None:
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    holder = run.this_run("deploy") | {"process": child.pid} | began(child.pid)
    assert not run.is_gone(holder)
    child.kill()
    child.wait()
    assert run.is_gone(holder)


def test_process_id_that_came_again_is_another_run() -> None:
    holder = run.this_run("deploy") | {"process": os.getpid()}
    assert run.is_gone(holder | {"began": "other boot 1"})


def test_run_of_another_machine_is_never_called_gone() -> None:
    holder = run.this_run("deploy") | {"machine": "other", "process": 2**22 - 1}
    assert not run.is_gone(holder)


# ---- The access log ---------------------------------------------------------


def line(**fields: object) -> str:
    record = {
        "ts": "2026-11-25T10:00:00+00:00",
        "status": 200,
        "request_time": 0.01,
        "route": "/api/tasks",
        "user_agent": "curl",
    }
    return json.dumps({**record, **fields}, separators=(",", ":")) + "\n"


AT = 1_795_600_800.0  # 2026-11-25T10:00:00Z


def test_access_log_is_summed_up_over_the_last_seconds(tmp_path: Path) -> None:
    old = line(ts="2026-11-25T09:59:00+00:00", status=500)
    lines = [line(request_time=n / 100) for n in range(1, 20)]
    stream = line(route="/api/events", request_time=60.0)
    (tmp_path / "access.log").write_text(
        old + "".join(lines) + line(status=503, request_time=0.2) + stream
    )
    assert access_log.sum_up(str(tmp_path), 15, AT + 5) == {
        "requests": 20,
        "errors": 1,
        "p95": 0.19,
    }


def test_access_log_that_is_not_there_has_no_requests(tmp_path: Path) -> None:
    assert access_log.sum_up(str(tmp_path), 15)["requests"] == 0
    assert access_log.find(str(tmp_path), "steady-probe/x ") == {"seen": []}


def test_probe_is_found_through_rotation_and_damage(tmp_path: Path) -> None:
    agent = "steady-probe/x "
    (tmp_path / "access.log.1").write_text(line(user_agent=f"{agent}1"))
    (tmp_path / "access.log").write_text(
        line(user_agent=f"{agent}3")
        + line(user_agent="steady-probe/y 2")
        + line(user_agent=f"{agent}2")
        + line(user_agent=f"{agent}3")
        + line(user_agent=f"{agent}4")[:-9]
    )
    assert access_log.find(str(tmp_path), agent) == {"seen": [1, 2, 3, 3]}


# ---- Words ------------------------------------------------------------------


def test_table_lines_up() -> None:
    assert rollout.table([("HOST", "X"), ("a", "longer"), ("todo10", "")]) == [
        "HOST    X",
        "a       longer",
        "todo10",
    ]


def test_problem_that_all_hosts_share_is_told_once() -> None:
    hosts = [
        {"inventory_hostname": "a", "rollout_failure": "Refuse: no"},
        {"inventory_hostname": "b", "rollout_failure": "Refuse: no"},
        {"inventory_hostname": "c"},
    ]
    assert rollout.problems(hosts, ["d"]) == [
        "a, b: Refuse: no",
        "d cannot be reached any more.",
    ]


def test_cause_is_what_the_command_said() -> None:
    result = {"msg": "non-zero return code", "stderr": "no such image\n"}
    assert rollout.cause({"name": "Pull"}, result) == (
        "Pull: non-zero return code no such image"
    )
    assert "in its words" in rollout.cause(
        {"name": "Pull"}, {"rc": 3, "stderr": "", "stdout": "in its words"}
    )
    loop = {"results": [{}, {**result, "failed": True}]}
    assert "no such image" in rollout.cause({"name": "Pull"}, loop)
