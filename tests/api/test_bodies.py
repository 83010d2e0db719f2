"""What a body may hold: broken JSON is a 4xx that names the place, and text
comes back byte for byte."""

import gzip
import json
import socket

import pytest

from lib.api import add, broken, get, patch, problem

TITLE = b'{"title":"x"'


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


def send(client, content, kind="application/json", **headers):
    headers = {"Content-Type": kind, **headers}
    return client.post("/api/tasks", content=content, headers=headers)


def nested(depth):
    return TITLE + b',"a":' + b"[" * depth + b"]" * depth + b"}"


BROKEN = [
    (b"{", "line 1, column 2"),
    (TITLE, "line 1, column 13"),
    (b'{"title":"x",}', "line 1, column 14"),
    (b'{"title":"x"}x', "line 1, column 14"),
    (b'{"title":"x"}{}', "line 1, column 14"),
    (b'{\n  "title": x\n}', "line 2, column 12"),
    (b"{'title':'x'}", "line 1, column 2"),
    (b'{title:"x"}', "line 1, column 2"),
    (b'{"title":"x"/**/}', "line 1, column 13"),
    (b'{"title" "x"}', "line 1, column 10"),
    (b'{"title":"x","title":"y"}', "duplicate name at line 1, column 14"),
    (b'{"title":"x","t\\u0069tle":"y"}', "duplicate name at line 1, column 14"),
    (b'{"title":"\n"}', "line 1, column 11"),
    (b'{"title":"\\x41"}', "line 1, column 11"),
    (b'{"title":"\\ud800"}', "lone surrogate at line 1, column 11"),
    (b'{"title":"\\udc00\\ud800"}', "lone surrogate at line 1, column 11"),
    (b'{"title":"\\ud800x"}', "lone surrogate"),
    (b'{"title":"\xc0\xaf"}', "UTF-8 at line 1, column 11"),
    (b'{"title":"\xe0\x80\xaf"}', "UTF-8 at line 1, column 11"),
    (b'{"title":"\xed\xa0\x80"}', "UTF-8 at line 1, column 11"),
    (b'{"title":"\xf4\x90\x80\x80"}', "UTF-8 at line 1, column 11"),
    (b'{"title":"caf\xe9"}', "UTF-8 at line 1, column 14"),
    (b'{"title":"x\x00y"}', "line 1, column 12"),
    (b'{"title":"x\\u0000y"}', "NUL in a string at line 1, column 12"),
    (b'{"ti\\u0000tle":"x"}', "NUL in a string at line 1, column 5"),
    (TITLE + b',"order":9007199254740992}', "2^53-1 at line 1, column 22"),
    (TITLE + b',"order":-9007199254740992}', "2^53-1 at line 1, column 22"),
    (TITLE + b',"order":1e999}', "line 1, column 22"),
    (TITLE + b',"order":01}', "line 1, column 22"),
    (TITLE + b',"order":+1}', "line 1, column 22"),
    (TITLE + b',"order":.5}', "line 1, column 22"),
    (TITLE + b',"order":1.}', "line 1, column 24"),
    (TITLE + b',"order":NaN}', "line 1, column 22"),
    (TITLE + b',"order":0x10}', "line 1, column 23"),
    (nested(8), "8 levels"),
    (nested(30000), "8 levels"),
    (b"\xef\xbb\xbf{}", "line 1, column 1"),
    ('{"title":"x"}'.encode("utf-16"), "line 1, column 1"),
    (b" ", "line 1, column 2"),
    (b"", "empty"),
    (gzip.compress(TITLE + b"}"), "line 1, column 1"),
]


@pytest.mark.parametrize(
    "content,place", BROKEN, ids=lambda value: repr(value)[:40]
)
def test_broken_json_is_400_and_names_the_place(person, content, place):
    answer = send(person, content)
    assert place in problem(answer, 400)["detail"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/tasks",
        "/api/tasks/0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10",
        "/api/tasks/0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10/move",
        "/api/tasks/0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10/restore",
        "/api/tasks/batch",
        "/api/tasks/search",
        "/api/recurrence/preview",
        "/api/lists",
        "/api/tags/x",
        "/api/users",
        "/api/session",
        "/api/me",
        "/api/me/password",
        "/api/tokens",
    ],
)
@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[[]]", b"\xff"])
def test_no_route_answers_5xx_to_a_broken_body(person, method, path, content):
    if method == "DELETE" and path == "/api/session" and not content:
        return  # a proper request, which ends what the others need
    headers = {"Content-Type": "application/json"}
    answer = person.request(method, path, content=content, headers=headers)
    if answer.status_code != 204:
        assert 400 <= answer.status_code < 500, answer.text
        problem(answer, answer.status_code)


def test_largest_exact_integer_is_no_error_of_syntax(person):
    answer = send(person, TITLE + b',"order":9007199254740991}')
    assert broken(answer) == {"/order": "out_of_range"}


def test_depth_of_eight_is_read(person):
    assert broken(send(person, nested(7))) == {"/a": "unknown_field"}


def test_too_many_names(person):
    body = {"title": "x", **{f"n{i}": 1 for i in range(64)}}
    answer = send(person, json.dumps(body).encode())
    assert "64 names" in problem(answer, 400)["detail"]


def test_64_kib_is_the_limit(person):
    def body(size):
        return TITLE + b" " * (size - len(TITLE) - 1) + b"}"

    assert send(person, body(65536)).status_code == 201
    assert "65536" in problem(send(person, body(65537)), 413)["detail"]


def test_ten_megabytes_are_413(person):
    problem(send(person, TITLE + b" " * 10_000_000 + b"}"), 413)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "json"]
)
def test_other_media_types_are_415(person, kind):
    problem(send(person, TITLE + b"}", kind), 415)


def test_media_type_may_have_a_charset(person):
    kind = "application/json; charset=utf-8"
    assert send(person, TITLE + b"}", kind).status_code == 201


def test_body_where_none_belongs_is_400(person):
    task = add(person)
    path = f"/api/tasks/{task['id']}"
    problem(person.request("DELETE", path, json={}), 400)
    problem(person.post(f"{path}/restore", json={}), 400)


def raw(instance, person, lines, body=b"", *, cut=False):
    """Sends bytes as they are; what came back. With cut, nothing more comes
    (nginx may take that for a client who has gone)."""
    cookie = f"steady={person.cookies['steady']}"
    head = ["POST /api/tasks HTTP/1.1", "Host: localhost", f"Cookie: {cookie}"]
    head += ["Content-Type: application/json", "Connection: close", *lines]
    with socket.create_connection(("127.0.0.1", instance.port), 10) as wire:
        wire.sendall("\r\n".join([*head, "", ""]).encode() + body)
        if cut:
            wire.shutdown(socket.SHUT_WR)
        received = b""
        while piece := wire.recv(65536):
            received += piece
    return received


def test_body_that_ends_early_changes_nothing(instance, user):
    """The rest of the body is what makes it a whole one."""
    received = raw(
        instance, user, ["Content-Length: 50"], TITLE + b"}", cut=True
    )
    assert received == b"" or received.startswith(b"HTTP/1.1 4"), received
    assert user.get("/api/tasks").json() == []


@pytest.mark.parametrize(
    "lines,body",
    [
        (["Content-Length: -1"], b"{}"),
        (["Content-Length: x"], b"{}"),
        (["Content-Length: 99999999999999999999"], b"{}"),
        (["Content-Length: 2", "Content-Length: 3"], b"{}"),
        (["Content-Length: 2", "Transfer-Encoding: chunked"], b"{}"),
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: gzip"], b"{}"),
    ],
)
def test_wrong_length_is_4xx(instance, user, lines, body):
    received = raw(instance, user, lines, body)
    assert received.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), received
    assert user.get("/api/tasks").json() == []


def test_chunked_body_is_read(instance, user):
    body = b'd\r\n{"title":"x"}\r\n0\r\n\r\n'
    received = raw(instance, user, ["Transfer-Encoding: chunked"], body)
    assert received.startswith(b"HTTP/1.1 201"), received


# -- Text -------------------------------------------------------------------

TEXTS = [
    "caf\u00e9",
    "cafe\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202eabc\u202c",
    "\u65e5\u672c\u8a9e \ud55c\uad6d\uc5b4 \U00020000",
    '"quotes" \\back\\ /slash/ \b\f\n\r\t \x01\x1f\x7f',
    "\ufeff\u200b\u2028\u2029\ufffd\uffff\U0010ffff",
    "</script><!-- ${x} {{x}} %s %n '; drop table tasks; --",
    "$set.a.b $where",
    "  spaces around  ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_byte_for_byte(person, text):
    task = add(person, text, notes=text * 20, tags=[text[:50], "x"])
    for seen in [task, get(person, task), patch(person, task, order=1)]:
        assert seen["title"] == text
        assert seen["notes"] == text * 20
        assert seen["tags"] == [text[:50], "x"]
    answer = person.get("/api/tasks", params={"tag": text[:50]})
    assert [one["id"] for one in answer.json()] == [task["id"]]


def test_normal_forms_are_two_tags(user):
    task = add(user, tags=["caf\u00e9", "cafe\u0301"])
    assert task["tags"] == ["caf\u00e9", "cafe\u0301"]


def test_ten_thousand_code_points_in_notes(person):
    notes = "".join(chr(0x1F300 + i % 700) for i in range(10_000))
    task = add(person, notes=notes)
    assert get(person, task)["notes"] == notes


def test_escapes_and_raw_text_are_the_same(person):
    one = send(person, b'{"title":"caf\\u00e9 \\ud83d\\ude00 \\/"}').json()
    two = send(person, '{"title":"café \U0001f600 /"}'.encode()).json()
    assert one["title"] == two["title"] == "caf\u00e9 \U0001f600 /"
