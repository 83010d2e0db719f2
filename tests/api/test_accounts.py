"""Signing up, in and out; passwords, sessions, tokens, and who may not."""

import re
import time

import pytest

from lib.api import add, broken, new_id, problem, titles
from lib.instance import PASSWORD
from lib.wait import wait_until

OTHER = "another good password"


def address():
    return f"{new_id()}@example.org"


def sign_up(client, email, password=PASSWORD, **more):
    body = {"email": email, "password": password, **more}
    return client.post("/api/users", json=body)


def sign_in(client, email, password=PASSWORD):
    body = {"email": email, "password": password}
    return client.post("/api/session", json=body)


def email_of(client):
    return client.get("/api/me").json()["email"]


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


# -- Signing up -------------------------------------------------------------


def test_first_account_is_the_administrator_and_then_sign_up_is_closed(
    start_instance,
):
    steady = start_instance(STEADY_REGISTRATION=None)
    client = steady.client()
    assert problem(client.get("/api/session"), 401)["registration"] == "first"
    answer = sign_up(client, "first@example.org")
    assert answer.status_code == 201
    assert answer.json()["role"] == "admin"
    visitor = steady.client()
    told = problem(visitor.get("/api/session"), 401)
    assert told["registration"] == "closed"
    refused = problem(sign_up(visitor, "second@example.org"), 403)
    assert refused["type"] == "/problems/registration-closed"
    # Nor does it tell who has an account.
    taken = problem(sign_up(visitor, "first@example.org"), 403)
    assert taken["detail"] == refused["detail"]
    assert sign_in(visitor, "first@example.org").status_code == 201


def test_later_accounts_are_members(anonymous):
    email = address()
    answer = sign_up(anonymous, email, name="Anna")
    assert answer.status_code == 201
    user = answer.json()
    assert set(user) == {
        "id", "email", "name", "role", "time_zone", "week_start", "version",
        "created_at", "updated_at",
    }  # fmt: skip
    assert (user["email"], user["name"]) == (email, "Anna")
    assert user["role"] == "member"
    assert anonymous.get("/api/me").json() == user


def test_address_is_taken_whatever_its_case(anonymous):
    email = address()
    assert sign_up(anonymous, email).status_code == 201
    problem(sign_up(anonymous, email.upper(), OTHER), 409)
    assert sign_in(anonymous, email.upper()).status_code == 201


@pytest.mark.parametrize(
    "fields,errors",
    [
        ({"email": "x"}, {"/email": "bad_email"}),
        ({"email": "a b@example.org"}, {"/email": "bad_email"}),
        ({"email": "a@b@c"}, {"/email": "bad_email"}),
        ({"email": "a" * 65 + "@example.org"}, {"/email": "bad_email"}),
        ({"email": "a@" + "x" * 253}, {"/email": "too_long"}),
        ({"email": None}, {"/email": "null_not_allowed"}),
        ({"password": "short12"}, {"/password": "too_short"}),
        ({"password": "x" * 257}, {"/password": "too_long"}),
        ({"password": "password123"}, {"/password": "too_common"}),
        ({"password": 12345678}, {"/password": "wrong_type"}),
        ({"name": "x" * 101}, {"/name": "too_long"}),
        ({"role": "admin"}, {"/role": "unknown_field"}),
        (
            {"email": "x", "password": "y"},
            {"/email": "bad_email", "/password": "too_short"},
        ),
    ],
)
def test_sign_up_refuses(anonymous, fields, errors):
    body = {"email": address(), "password": PASSWORD, **fields}
    assert broken(anonymous.post("/api/users", json=body)) == errors


@pytest.mark.parametrize("password", ["\u00e9" * 8, "x y z \U0001f600 " * 32])
def test_passwords_of_any_script(anonymous, password):
    email = address()
    password = password[:256]
    assert sign_up(anonymous, email, password).status_code == 201
    assert sign_in(anonymous, email, password).status_code == 201


# -- Signing in and out -----------------------------------------------------


def test_cookie_on_localhost(anonymous):
    answer = sign_up(anonymous, address())
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(
        r"steady=[\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; "
        r"SameSite=Strict",
        cookie,
    )


def test_cookie_elsewhere_is_secure(instance, anonymous):
    email = address()
    sign_up(anonymous, email)
    body = {"email": email, "password": PASSWORD}
    headers = {"Host": "todo.example.org"}
    visitor = instance.client()
    answer = visitor.post("/api/session", json=body, headers=headers)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-steady=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(
        cookie.split("; ")
    )
    assert "domain" not in cookie.lower()


@pytest.mark.parametrize(
    "host", ["localhost.example.org", "127.example.org", "todo.example.org"]
)
def test_plain_cookie_counts_on_this_machine_only(person, host):
    """Another host of the domain could have planted it."""
    assert person.get("/api/me").status_code == 200
    answer = person.get("/api/me", headers={"Host": host})
    assert answer.status_code == 401


def test_session_tells_who_it_is(person):
    session = person.get("/api/session").json()
    assert session["user"] == person.get("/api/me").json()
    assert session["session"]["current"] is True
    secret = person.cookies["steady"]
    assert secret not in str(person.get("/api/sessions").json())


def test_sign_out_ends_the_session(user, instance):
    copy = instance.client(cookies=dict(user.cookies))
    answer = user.delete("/api/session")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    problem(copy.get("/api/tasks"), 401)
    assert copy.delete("/api/session").status_code == 204


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "x" * 4000, "\u00e9"])
def test_made_up_cookie_is_401(instance, cookie):
    headers = {"Cookie": f"steady={cookie}".encode()}
    problem(instance.client().get("/api/tasks", headers=headers), 401)


def test_unknown_and_wrong_are_told_alike(anonymous):
    """Same status, same body, and time that does not tell them apart."""
    email = address()
    sign_up(anonymous, email)

    def attempt(who):
        began = time.monotonic()
        answer = sign_in(anonymous, who, OTHER)
        return time.monotonic() - began, answer

    # By turns, since others slow the machine down for a while.
    pairs = [(attempt(email), attempt(address())) for _ in range(5)]
    wrong, unknown = zip(*pairs, strict=True)
    bodies = set()
    for _, answer in wrong + unknown:
        body = problem(answer, 401)
        del body["request_id"]
        bodies.add(str(body))
        assert "set-cookie" not in answer.headers
    assert len(bodies) == 1
    times = [min(seconds for seconds, _ in some) for some in (wrong, unknown)]
    assert max(times) < 3 * min(times), times


def test_ten_wrong_passwords_then_429_even_with_the_right_one(anonymous):
    """A lockout is written before the answer: it cannot be rolled back."""
    email = address()
    sign_up(anonymous, email)
    answers = [sign_in(anonymous, email, OTHER) for _ in range(11)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    problem(sign_in(anonymous, email), 429)


def test_unknown_addresses_are_throttled_alike(anonymous):
    email = address()
    statuses = [sign_in(anonymous, email).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_right_password_forgives_wrong_ones(anonymous):
    email = address()
    sign_up(anonymous, email)
    for _ in range(2):
        for _ in range(6):
            assert sign_in(anonymous, email, OTHER).status_code == 401
        assert sign_in(anonymous, email).status_code == 201


def test_sessions_are_listed_and_ended(user, instance):
    other = instance.sign_in(email_of(user))
    third = instance.sign_in(email_of(user))
    listed = user.get("/api/sessions").json()
    assert len(listed) == 3
    assert [one["current"] for one in listed].count(True) == 1
    mine = other.get("/api/session").json()["session"]["id"]
    assert user.delete(f"/api/sessions/{mine}").status_code == 204
    problem(other.get("/api/me"), 401)
    assert user.delete("/api/sessions").status_code == 204
    problem(third.get("/api/me"), 401)
    assert len(user.get("/api/sessions").json()) == 1


# -- Settings, password, deletion -------------------------------------------


def test_settings(user):
    before = user.get("/api/me")
    fields = {
        "name": "Zo\u00eb",
        "time_zone": "Asia/Tokyo",
        "week_start": "sunday",
    }
    headers = {"If-Match": before.headers["etag"]}
    answer = user.patch("/api/me", json=fields, headers=headers)
    after = answer.json()
    assert {**before.json(), **fields} | {
        "version": after["version"],
        "updated_at": after["updated_at"],
    } == after
    problem(user.patch("/api/me", json=fields, headers=headers), 412)


@pytest.mark.parametrize(
    "fields,errors",
    [
        ({"time_zone": "Mars"}, {"/time_zone": "unknown_zone"}),
        ({"week_start": "friday"}, {"/week_start": "not_allowed"}),
        ({"email": "new@example.org"}, {"/email": "read_only"}),
        ({"role": "admin"}, {"/role": "read_only"}),
        ({"password_hash": "x"}, {"/password_hash": "unknown_field"}),
        ({"disabled": True}, {"/disabled": "unknown_field"}),
        ({"name": None}, {"/name": "null_not_allowed"}),
    ],
)
def test_settings_refuse(person, fields, errors):
    assert broken(person.patch("/api/me", json=fields)) == errors


def change(client, current, password):
    body = {"current_password": current, "password": password}
    return client.post("/api/me/password", json=body)


def test_a_session_does_not_outlive_a_password_change(user, instance):
    email = email_of(user)
    other = instance.sign_in(email)
    assert change(user, PASSWORD, OTHER).status_code == 204
    assert user.get("/api/me").status_code == 200
    problem(other.get("/api/me"), 401)
    problem(sign_in(instance.client(), email), 401)
    assert sign_in(instance.client(), email, OTHER).status_code == 201


def test_password_change_needs_the_current_one_and_is_throttled(user):
    assert broken(change(user, PASSWORD, "x")) == {"/password": "too_short"}
    for _ in range(10):
        answer = change(user, "not the password", OTHER)
        assert broken(answer) == {"/current_password": "wrong"}
    problem(change(user, PASSWORD, OTHER), 429)


def test_deleting_the_account_takes_everything(user, instance):
    email = email_of(user)
    add(user, "gone")
    token = user.post("/api/tokens", json={"name": "x"}).json()["token"]
    wrong = {"current_password": OTHER}
    answer = user.request("DELETE", "/api/me", json=wrong)
    assert broken(answer) == {"/current_password": "wrong"}
    body = {"current_password": PASSWORD}
    other = instance.sign_in(email)
    assert user.request("DELETE", "/api/me", json=body).status_code == 204
    problem(other.get("/api/tasks"), 401)
    bearer = {"Authorization": f"Bearer {token}"}
    problem(instance.client().get("/api/tasks", headers=bearer), 401)
    problem(sign_in(instance.client(), email), 401)
    again = instance.sign_up(email)
    assert again.get("/api/tasks").json() == []


# -- Other sites ------------------------------------------------------------

CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{self}"},
]


@pytest.mark.parametrize("headers", CROSS, ids=str)
@pytest.mark.parametrize(
    "method,path,body",
    [
        ("POST", "/api/session", {"email": "a@b.c", "password": PASSWORD}),
        ("POST", "/api/users", {"email": "a@b.c", "password": PASSWORD}),
        ("POST", "/api/tasks", {"title": "x"}),
        ("DELETE", "/api/tasks", None),
        ("DELETE", "/api/session", None),
    ],
)
def test_another_site_is_403(person, instance, headers, method, path, body):
    headers = {k: v.replace("{self}", instance.url) for k, v in headers.items()}
    options = {} if body is None else {"json": body}
    answer = person.request(method, path, headers=headers, **options)
    assert problem(answer, 403)["type"] == "/problems/cross-site"
    assert person.get("/api/me").status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_own_page_passes(person, instance, site):
    headers = {"Origin": instance.url}
    if site:
        headers["Sec-Fetch-Site"] = site
    answer = person.post("/api/tasks", json={"title": "x"}, headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"],
)
def test_a_form_cannot_sign_anyone_in(anonymous, kind):
    content = '{"email":"a@example.org","password":"correct horse"}'
    headers = {"Content-Type": kind}
    for path in ["/api/session", "/api/users"]:
        answer = anonymous.post(path, content=content, headers=headers)
        problem(answer, 415)


# -- Tokens -----------------------------------------------------------------


def make_token(client, **fields):
    answer = client.post("/api/tokens", json={"name": "script", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def bearer(instance, token):
    headers = {"Authorization": f"Bearer {token['token']}"}
    return instance.client(headers=headers)


def test_token_is_shown_once(user):
    made = make_token(user)
    secret = made.pop("token")
    assert re.fullmatch(r"steady_[\w-]{43}", secret)
    assert made["scope"] == "read"
    assert user.get("/api/tokens").json() == [made]
    assert secret not in user.get("/api/tokens").text


def test_reading_token_may_read_only(user, instance):
    """No delete is gated by the permission to read."""
    task = add(user, "kept")
    script = bearer(instance, make_token(user, scope="read"))
    assert titles(script) == ["kept"]
    found = script.post("/api/tasks/search", json={"query": "kept"})
    assert [one["title"] for one in found.json()] == ["kept"]
    path = f"/api/tasks/{task['id']}"
    for method, where, body in [
        ("POST", "/api/tasks", {"title": "x"}),
        ("POST", "/api/tasks/batch", {"operations": []}),
        ("PATCH", path, {"title": "x"}),
        ("DELETE", path, None),
        ("DELETE", "/api/tasks", None),
        ("POST", f"{path}/restore", None),
        ("POST", f"{path}/move", {"to": "top"}),
        ("POST", "/api/lists", {"name": "x"}),
        ("DELETE", "/api/tags/x", None),
        ("PATCH", "/api/me", {"name": "x"}),
    ]:
        options = {} if body is None else {"json": body}
        problem(script.request(method, where, **options), 403)
    assert titles(user) == ["kept"]


def test_writing_token_may_write_but_not_manage_the_account(user, instance):
    script = bearer(instance, make_token(user, scope="write"))
    add(script, "by a script")
    assert titles(user) == ["by a script"]
    for method, where, body in [
        ("GET", "/api/tokens", None),
        ("POST", "/api/tokens", {"name": "x"}),
        ("GET", "/api/sessions", None),
        ("DELETE", "/api/sessions", None),
        ("DELETE", "/api/session", None),
        (
            "POST",
            "/api/me/password",
            {"current_password": PASSWORD, "password": OTHER},
        ),
        ("DELETE", "/api/me", {"current_password": PASSWORD}),
    ]:
        options = {} if body is None else {"json": body}
        problem(script.request(method, where, **options), 403)
    assert sign_in(instance.client(), email_of(user)).status_code == 201


def test_revoked_and_expired_tokens_are_401(user, instance):
    made = make_token(user)
    script = bearer(instance, made)
    assert script.get("/api/tasks").status_code == 200
    assert user.get("/api/tokens").json()[0]["last_used_at"]
    assert user.delete(f"/api/tokens/{made['id']}").status_code == 204
    problem(script.get("/api/tasks"), 401)
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    short = bearer(instance, make_token(user, expires_at=soon))
    assert short.get("/api/tasks").status_code == 200
    wait_until(lambda: short.get("/api/tasks").status_code == 401, "401", 5)


@pytest.mark.parametrize(
    "fields,errors",
    [
        ({}, {"/name": "required"}),
        ({"name": "x" * 101}, {"/name": "too_long"}),
        ({"name": "x", "scope": "admin"}, {"/scope": "not_allowed"}),
        (
            {"name": "x", "expires_at": "2020-01-01T00:00:00Z"},
            {"/expires_at": "in_the_past"},
        ),
        ({"name": "x", "expires_at": "soon"}, {"/expires_at": "bad_instant"}),
        ({"name": "x", "token": "mine"}, {"/token": "unknown_field"}),
    ],
)
def test_token_refuses(person, fields, errors):
    assert broken(person.post("/api/tokens", json=fields)) == errors


def test_fifty_tokens_are_the_limit(user):
    for _ in range(50):
        make_token(user)
    problem(user.post("/api/tokens", json={"name": "x"}), 409)
