"""What is somebody else's cannot be told from what does not exist.

The cells are made from the contract's routes: one for each route with {id} or
{name}, and one for each body field or query parameter that names another
object. A route that the tables below do not know fails, so that a new one
cannot do without.
"""

import re

import httpx
import pytest

from lib.api import add, add_list, contract, new_id, routes
from lib.instance import PASSWORD
from lib.no_tls import NO_TLS

# -- What a person has, and what to send to a route -------------------------


def make_task(client):
    return add(client)["id"]


def make_deleted_task(client):
    made = make_task(client)
    client.delete(f"/api/tasks/{made}")
    return made


def make_list(client):
    return add_list(client)["id"]


def make_deleted_list(client):
    made = make_list(client)
    client.delete(f"/api/lists/{made}")
    return made


def make_tag(client):
    name = new_id()
    add(client, tags=[name])
    return name


def make_token(client):
    answer = client.post("/api/tokens", json={"name": "x", "scope": "write"})
    return answer.json()["id"]


def make_session(client):
    email = client.get("/api/me").json()["email"]
    body = {"email": email, "password": PASSWORD}
    answer = client.build_request("POST", "/api/session", json=body)
    answer.headers.pop("cookie", None)
    # Not through the client, whose own cookie must stay.
    with httpx.Client(verify=NO_TLS) as other:
        return other.send(answer).json()["session"]["id"]


# (method, path) of a route with a parameter: who makes the thing, the body.
PARAMETERS = {
    ("GET", "/api/tasks/{id}"): [(make_task, None)],
    ("PATCH", "/api/tasks/{id}"): [
        (make_task, {"title": "x"}),
        (make_task, {"completed": True}),
        (make_task, {}),
    ],
    ("DELETE", "/api/tasks/{id}"): [(make_task, None)],
    ("POST", "/api/tasks/{id}/restore"): [(make_deleted_task, None)],
    ("POST", "/api/tasks/{id}/move"): [(make_task, {"to": "top"})],
    ("GET", "/api/lists/{id}"): [(make_list, None)],
    ("PATCH", "/api/lists/{id}"): [(make_list, {"name": "x"})],
    ("DELETE", "/api/lists/{id}"): [(make_list, None)],
    ("POST", "/api/lists/{id}/restore"): [(make_deleted_list, None)],
    ("PATCH", "/api/tags/{name}"): [(make_tag, {"name": "x"})],
    ("DELETE", "/api/tags/{name}"): [(make_tag, None)],
    ("DELETE", "/api/sessions/{id}"): [(make_session, None)],
    ("DELETE", "/api/tokens/{id}"): [(make_token, None)],
}
# (method, path, field): who makes the thing, the body around its id. {own} in
# the path is a task of the person who asks.
IN_BODY = {
    ("POST", "/api/tasks", "list_id"): (make_list, {"title": "x"}),
    ("POST", "/api/tasks", "parent_id"): (make_task, {"title": "x"}),
    ("PATCH", "/api/tasks/{own}", "list_id"): (make_list, {}),
    ("PATCH", "/api/tasks/{own}", "parent_id"): (make_task, {}),
    ("POST", "/api/tasks/{own}/move", "before"): (make_task, {}),
    ("POST", "/api/tasks/{own}/move", "after"): (make_task, {}),
    ("POST", "/api/tasks/{own}/move", "list_id"): (make_list, {"to": "top"}),
    ("POST", "/api/tasks/{own}/move", "parent_id"): (make_task, {"to": "top"}),
}
IN_QUERY = {
    ("GET", "/api/tasks", "list_id"): make_list,
    ("GET", "/api/tasks", "parent_id"): make_task,
    ("GET", "/api/tasks", "tag"): make_tag,
    ("DELETE", "/api/tasks", "list_id"): make_list,
    ("DELETE", "/api/tasks", "parent_id"): make_task,
    ("DELETE", "/api/tasks", "tag"): make_tag,
}
# Fields of a request's body that name another object.
NAMING = {"list_id", "parent_id", "before", "after"}
ACTIONS = {
    "update": {"title": "x"},
    "delete": None,
    "restore": None,
    "move": {"to": "top"},
    "complete": None,
}


@pytest.fixture(scope="module")
def person(instance):
    return instance.sign_up()


@pytest.fixture(scope="module")
def stranger(instance):
    return instance.sign_up()


def alike(one, two):
    """Same status and, but for the request's id, the same bytes."""
    bodies = [
        re.sub(r'"request_id":"[^"]+"', "", answer.text)
        for answer in (one, two)
    ]
    assert one.status_code == two.status_code
    assert bodies[0] == bodies[1]
    return one.status_code


def snapshot(client):
    """Everything of a person, to see that it was left alone."""
    paths = [
        "/api/changes",
        "/api/tags",
        "/api/sessions",
        "/api/tokens",
    ]
    return [
        {
            key: value
            for key, value in answer.items()
            if key not in ("next", "last_used_at")
        }
        if isinstance(answer, dict)
        else [
            {k: v for k, v in one.items() if k != "last_used_at"}
            for one in answer
        ]
        for answer in (client.get(path).json() for path in paths)
    ]


def compare(person, stranger, make, send):
    """send(id) as `person`, with the stranger's id and with a random one."""
    theirs = make(stranger)
    before = snapshot(stranger)
    status = alike(send(theirs), send(new_id()))
    assert snapshot(stranger) == before
    # Else the two would be alike because both requests are wrong.
    own = send(make(person))
    assert own.status_code != status or status in (200, 204)
    assert own.is_success, own.text
    return status


def request(client, method, path, body):
    options = {} if body is None else {"json": body}
    return client.request(method, path, **options)


def fill(path, value):
    return re.sub(r"\{\w+\}", value, path)


@pytest.mark.parametrize(
    "method,path",
    [route for route in routes() if "{" in route[1]],
    ids=lambda part: part,
)
def test_id_in_the_path(person, stranger, method, path):
    cells = PARAMETERS.get((method, path))
    assert cells, f"{method} {path} has no cell here: add one"
    for make, body in cells:
        status = compare(
            person,
            stranger,
            make,
            lambda id_, body=body: request(
                person, method, fill(path, id_), body
            ),
        )
        assert status == 404


@pytest.mark.parametrize("cell", IN_BODY, ids=" ".join)
def test_id_in_the_body(person, stranger, cell):
    method, path, field = cell
    make, body = IN_BODY[cell]

    def send(id_):
        own = make_task(person)
        return request(person, method, fill(path, own), {**body, field: id_})

    assert compare(person, stranger, make, send) == 422


@pytest.mark.parametrize("cell", IN_QUERY, ids=" ".join)
def test_id_in_the_query(person, stranger, cell):
    method, path, name = cell

    def send(id_):
        return person.request(method, path, params={name: id_})

    assert compare(person, stranger, IN_QUERY[cell], send) in (200, 204)


@pytest.mark.parametrize("action", ACTIONS)
def test_id_in_a_batch(person, stranger, action):
    make = make_deleted_task if action == "restore" else make_task
    theirs = make(stranger)
    before = snapshot(stranger)

    def send(id_, body=ACTIONS[action]):
        step = {"action": action, "id": id_}
        if body is not None:
            step["body"] = body
        steps = {"operations": [step]}
        return person.post("/api/tasks/batch", json=steps)

    alike(send(theirs), send(new_id()))
    assert send(theirs).json()["results"][0]["status"] == 404
    assert snapshot(stranger) == before
    assert send(make(person)).json()["results"][0]["status"] in (200, 204)


@pytest.mark.parametrize("action", ["create", "update", "move"])
@pytest.mark.parametrize("field", sorted(NAMING))
def test_id_in_the_body_of_a_batch(person, stranger, action, field):
    if field in ("before", "after") and action != "move":
        return  # these are fields of a move only
    make = make_list if field == "list_id" else make_task
    theirs = make(stranger)
    before = snapshot(stranger)

    def send(id_):
        body = {"title": "x"} if action == "create" else {}
        step = {"action": action, "body": {**body, field: id_}}
        if action != "create":
            step["id"] = make_task(person)
        steps = {"operations": [step]}
        return person.post("/api/tasks/batch", json=steps)

    alike(send(theirs), send(new_id()))
    assert send(theirs).json()["results"][0]["status"] == 422
    assert snapshot(stranger) == before
    assert send(make(person)).json()["results"][0]["status"] in (200, 201)


def test_id_of_a_strangers_task_on_create_is_free(person, stranger):
    """It is not told that the id is taken, and theirs stays as it is."""
    task, theirs = make_task(stranger), make_list(stranger)
    before = snapshot(stranger)
    body = {"id": task, "title": "mine"}
    assert person.post("/api/tasks", json=body).status_code == 201
    body = {"id": theirs, "name": "mine"}
    assert person.post("/api/lists", json=body).status_code == 201
    assert snapshot(stranger) == before


def fields_that_name_objects():
    """(method, path, field) of the contract's request bodies and queries."""
    document = contract()

    def resolve(node):
        while isinstance(node, dict) and "$ref" in node:
            found = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def properties(schema, depth=0):
        schema = resolve(schema) or {}
        names = set(schema.get("properties", {}))
        for part in schema.get("allOf", []) + schema.get("anyOf", []):
            names |= properties(part, depth + 1) if depth < 8 else set()
        for part in schema.get("oneOf", []):
            names |= properties(part, depth + 1) if depth < 8 else set()
        return names

    found = set()
    for method, path in routes():
        operation = document["paths"][path][method.lower()]
        body = resolve(operation.get("requestBody", {}))
        for media in body.get("content", {}).values():
            for name in properties(media.get("schema", {})):
                if name.endswith("_id") or name in NAMING:
                    found.add((method, path.replace("{id}", "{own}"), name))
    return found


def test_every_field_that_names_an_object_has_a_cell():
    missing = fields_that_name_objects() - set(IN_BODY)
    assert not missing, f"add cells for {sorted(missing)}"


def test_every_cell_is_of_a_route():
    known = set(routes())
    assert set(PARAMETERS) <= known
    named = {(m, p.replace("{own}", "{id}")) for m, p, _ in IN_BODY}
    assert named <= known
