"""Whatever a client sends, the logs stay lines, and private."""

import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.access_log import wrong
from lib.instance import Instance
from lib.wait import wait_until

REQUESTS = 10_000
# In each spelling that a log might give it back in.
CANARY = "canary7301"
SPELLINGS = [CANARY, CANARY.upper(), CANARY[:3] + "%61" + CANARY[4:]]
AS_SENT = [
    CANARY, CANARY.upper(), f"{CANARY}@example.org", f"Buy {CANARY}",
    f"q={CANARY}&x", f'"{CANARY}\\', f"\xff{CANARY}\xe9", f"\t{CANARY}\x7f",
    f"</script>{CANARY}", f"{CANARY}%00%0a%22", f"%63anary7301 {CANARY}",
]  # fmt: skip
TEMPLATES = [
    "/{}", "/api/{}", "/api/tasks/{}", "/api/tasks/{}/move", "/api/tags/{}",
    "/assets/{}", "/assets/{}.js", "/lists/{}", "/{}.txt", "/api/tasks?q={}",
    "/search?q={}", "/?{}", "/api/tasks?{}=1", "/api/lists/{}/restore",
    "/readyz?{}", "/healthz/{}", "/.draining/{}", "/.error/{}", "//{}//",
    "/api/../{}", "/api/tasks/%2e%2e/{}", "/{}" * 400, "/#{}",
    "http://{}/api/tasks", "*{}", "/version?{}",
]  # fmt: skip
HEADERS = [
    "Host", "Cookie", "Authorization", "User-Agent", "Referer", "Origin",
    "X-Amzn-Trace-Id", "X-Request-Id", "X-Forwarded-For", "X-Forwarded-Proto",
    "Idempotency-Key", "If-Match", "If-None-Match", "Content-Type", "Range",
    "X-Steady-User", "X-Steady-Work", "Accept", "Accept-Encoding", "Expect",
    "Transfer-Encoding", "Content-Length", "Upgrade", "X-{}", "{} {}",
]  # fmt: skip
VALUES = [
    "{}", "Bearer {}", "steady={}", "__Host-steady={}; x={}",
    "Mozilla/5.0 ({}) Firefox/{}", "curl/8.5.0 {}", "{} curl/8.5.0",
    "Root=1-67891233-abcdef012345678912345678;From={}", "{}, 10.0.0.1",
    "steady-probe/1 {}", "steady-probe/{{}} 1 {}", "{}" * 900,
    "0 0 0 0 {}",
]  # fmt: skip
METHODS = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"]


def hostile(chance: random.Random) -> bytes:
    """One request, with canaries wherever there is room for one."""

    def filled(template: str) -> str:
        return template.replace("{}", chance.choice(AS_SENT))

    def rarely(text: str, usual: str) -> str:
        return text if chance.random() < 0.05 else usual

    method = rarely(filled("{}"), chance.choice([*METHODS, CANARY.upper()]))
    path = filled(chance.choice(TEMPLATES))
    path = rarely(path, path.replace(" ", "%20").replace("\t", "%09"))
    version = rarely(chance.choice(["HTTP/9", filled("{}"), ""]), "HTTP/1.1")
    names = chance.sample(HEADERS, chance.randint(0, 4))
    pairs = [(filled(n), filled(chance.choice(VALUES))) for n in names]
    body = filled('{"title":"{}","notes":"{}","email":"{}"}')
    typed = "" if chance.random() < 0.3 else "Content-Type: application/json"
    head = [
        f"{method} {path} {version}".rstrip(),
        "Host: localhost",
        f"Content-Length: {rarely('1000000', str(len(body)))}",
        *([typed] if typed else []),
        *(f"{name}: {value}" for name, value in pairs),
        "Connection: close",
    ]
    return ("\r\n".join(head) + f"\r\n\r\n{body}").encode("latin-1")


def send(steady: Instance, data: bytes) -> bool:
    """Whether it was answered at all."""
    with socket.create_connection(("127.0.0.1", steady.port), 30) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return bool(client.recv(65536))
        except OSError:  # nginx does not read what it has refused to the end
            return True


@pytest.fixture(scope="module")
def steady() -> Iterator[Instance]:
    settings = {"STEADY_TRUSTED_PROXIES": "127.0.0.1", "STEADY_WORKERS": "2"}
    with Instance(**settings) as steady:
        yield steady


def test_hostile_requests_are_as_many_lines_without_a_word_of_theirs(
    steady,
):
    chance = random.Random(7)
    log = steady.folder / "log" / "access.log"
    before = len(log.read_text().splitlines())
    sent = [hostile(chance) for _ in range(REQUESTS)]
    assert all(CANARY.encode() in one.lower() for one in sent)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda data: send(steady, data), sent))
    wait_until(
        lambda: len(log.read_bytes().splitlines()) >= before + REQUESTS,
        f"{REQUESTS} lines",
    )
    lines = log.read_bytes().decode("ascii").splitlines()
    assert len(lines) == before + REQUESTS
    assert [said for line in lines if (said := wrong(line))] == []
    for file in sorted(log.parent.glob("*.log")):
        found = [
            line
            for line in file.read_text(errors="replace").splitlines()
            if any(one.lower() in line.lower() for one in SPELLINGS)
        ]
        assert found == [], f"{file.name}: {len(found)} lines"
