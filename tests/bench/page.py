"""What the page costs a person, beside the best of its peers and our aims."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lib.instance import Instance  # noqa: E402
from lib.paths import ROOT  # noqa: E402

BATCH = 100
MANY = 10_000


def cookies(client: httpx.Client) -> str:
    """As Playwright takes them."""
    kept = [
        {"name": cookie.name, "value": cookie.value, "domain": "localhost"}
        | {"path": "/", "expires": -1, "httpOnly": True}
        | {"secure": False, "sameSite": "Lax"}
        for cookie in client.cookies.jar
    ]
    return json.dumps(kept)


def add(client: httpx.Client, count: int, list_id: str | None) -> None:
    for first in range(0, count, BATCH):
        bodies = [
            {"title": f"Task {number}", "list_id": list_id}
            for number in range(first, min(first + BATCH, count))
        ]
        operations = [{"action": "create", "body": body} for body in bodies]
        answer = client.post(
            "/api/tasks/batch", json={"operations": operations}
        )
        assert answer.status_code == 200, answer.text


def main() -> None:
    with Instance() as steady:
        few, many = steady.sign_up(), steady.sign_up()
        add(few, 20, None)
        made = many.post("/api/lists", json={"name": "Everything"})
        list_id = made.json()["id"]
        add(many, 20, None)
        add(many, MANY, list_id)
        accounts = [cookies(few), cookies(many)]
        node = (ROOT / "build" / "stamp" / "node").read_text().strip()
        subprocess.run(
            ["node", "measure.ts", steady.url, *accounts, list_id],
            cwd=ROOT / "tests" / "browser",
            env={**os.environ, "PATH": f"{node}:{os.environ['PATH']}"},
            check=True,
        )


if __name__ == "__main__":
    main()
