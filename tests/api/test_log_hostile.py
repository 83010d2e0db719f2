"""Whatever a client sends, the logs stay lines, and private."""

import json
import random
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

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
API = [
    "/api/tasks", "/api/lists", "/api/tasks/search", "/api/tasks/batch",
    "/api/session", "/api/users", "/api/tokens", "/api/me",
]  # fmt: skip
HEADERS = [
    "Authorization", "User-Agent", "Referer", "X-Amzn-Trace-Id", "Range",
    "X-Request-Id", "X-Forwarded-For", "Idempotency-Key", "If-None-Match",
    "Accept", "Host", "Cookie", "Origin", "X-Forwarded-Proto", "If-Match",
    "Content-Type",
    "X-Steady-User", "X-Steady-Work", "Accept-Encoding", "Expect",
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


def polite(chance: random.Random, session: str) -> bytes:
    """One request that is well-formed, with canaries in its values."""
    text = chance.choice([CANARY, f"Buy {CANARY}", f"{CANARY}@example.org"])
    paths = chance.choice([TEMPLATES, API])
    path = chance.choice(paths).replace("{}", quote(text))
    names = chance.sample(HEADERS[:10], chance.randint(0, 3))
    value = chance.choice(["{}", "Bearer {}", "curl/8.5.0 {}", "{}, 10.0.0.1"])
    fields = chance.choice(
        [["title", "notes"], ["name"], ["query"], ["email", "password"]]
    )
    body = json.dumps(dict.fromkeys(fields, text))
    cookie = f"Cookie: steady={session}"
    return request(
        # Not DELETE, which would sign it out.
        f"{chance.choice(['GET', 'POST', 'PATCH'])} {path} HTTP/1.1",
        [
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
            *([cookie] if chance.random() < 0.7 else []),
            *(f"{name}: {value}".replace("{}", text) for name in names),
        ],
        body,
    )


def rude(chance: random.Random) -> bytes:
    """One that need not be HTTP, with canaries wherever there is room."""

    def filled(template: str) -> str:
        return template.replace("{}", chance.choice(AS_SENT))

    def rarely(text: str, usual: str) -> str:
        return text if chance.random() < 0.05 else usual

    method = rarely(filled("{}"), chance.choice([*METHODS, CANARY.upper()]))
    path = filled(chance.choice(TEMPLATES))
    path = rarely(path, path.replace(" ", "%20").replace("\t", "%09"))
    version = rarely(chance.choice(["HTTP/9", filled("{}"), ""]), "HTTP/1.1")
    names = chance.sample(HEADERS, chance.randint(0, 4))
    body = filled('{"title":"{}","notes":"{}","email":"{}"}')
    return request(
        f"{method} {path} {version}".rstrip(),
        [
            f"Content-Length: {rarely('1000000', str(len(body)))}",
            *(f"{filled(n)}: {filled(chance.choice(VALUES))}" for n in names),
        ],
        body,
    )


def request(first: str, headers: list[str], body: str) -> bytes:
    head = [first, "Host: localhost", *headers, "Connection: close"]
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
    user = steady.sign_up(f"{CANARY}@example.org")
    session = user.cookies["steady"]
    assert user.get(f"/api/tags?{CANARY}").status_code == 400
    assert user.get("/api/session").status_code == 200
    steady.log_line(user.get("/version").headers["X-Request-Id"])
    before = len(log.read_text().splitlines())
    sent = [polite(chance, session) for _ in range(REQUESTS // 2)]
    sent += [rude(chance) for _ in range(REQUESTS // 2)]
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
    statuses = Counter(line["status"] for line in map(json.loads, lines))
    met = {status for status, count in statuses.items() if count >= 10}
    assert met >= {200, 201, 400, 401, 404, 405, 415, 422, 431}, statuses
    words = [*SPELLINGS, session]
    for file in sorted(log.parent.glob("*.log")):
        found = [
            line
            for line in file.read_text(errors="replace").splitlines()
            if any(word.lower() in line.lower() for word in words)
        ]
        assert found == [], f"{file.name}: {len(found)} lines"
