"""Requests per client address."""

from collections import Counter

from lib.fcgi import answer
from lib.nginx import Nginx


def statuses(nginx: Nginx, method: str, path: str, times: int, **options):
    with nginx.client() as client:
        return [client.request(method, path, **options) for _ in range(times)]


def test_api_is_limited_after_the_burst():
    with Nginx(lambda _: answer(), STEADY_RATE_LIMIT="1") as nginx:
        answers = statuses(nginx, "GET", "/api/tasks", 8)
        counted = Counter(one.status_code for one in answers)
        assert counted[200] in (4, 5)  # one, three of burst, a second's one
        refused = answers[-1]
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "/problems/too-many-requests"
        assert nginx.log_line(refused.headers["x-request-id"])
        assert nginx.get("/healthz").status_code == 200
        assert nginx.get("/").status_code == 200


def test_sign_in_is_limited_to_ten_a_minute_and_a_burst_of_ten():
    with Nginx(lambda _: answer(), STEADY_RATE_LIMIT="100") as nginx:
        half = statuses(nginx, "POST", "/api/session", 6)
        half += statuses(nginx, "POST", "/api/users", 6)
        counted = Counter(one.status_code for one in half)
        assert counted == {200: 11, 429: 1}
        assert half[-1].headers["retry-after"] == "6"
        assert nginx.get("/api/session").status_code == 200
        keyed = nginx.request(
            "POST", "/api/users", headers={"Idempotency-Key": "k"}
        )
        assert keyed.status_code == 429


def test_addresses_are_limited_one_by_one():
    with Nginx(
        lambda _: answer(),
        STEADY_RATE_LIMIT="1",
        STEADY_TRUSTED_PROXIES="127.0.0.1",
    ) as nginx:
        one = {"X-Forwarded-For": "198.51.100.1"}
        two = {"X-Forwarded-For": "198.51.100.2"}
        assert statuses(nginx, "GET", "/api", 8, headers=one)
        spent = statuses(nginx, "GET", "/api/tasks", 8, headers=one)
        assert spent[-1].status_code == 429
        assert nginx.get("/api/tasks", headers=two).status_code == 200


def test_zero_is_no_limit():
    with Nginx(lambda _: answer(), STEADY_RATE_LIMIT="0") as nginx:
        answers = statuses(nginx, "POST", "/api/session", 100)
        assert {one.status_code for one in answers} == {200}
