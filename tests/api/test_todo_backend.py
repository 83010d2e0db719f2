"""The public Todo-Backend specification against /api/tasks.

This is a rendition in Python of the js-spec of todobackend.com: its rules,
each test named after the sentence of its `it(...)`, not its code. Like its
runner for the command line, it says `Content-Type: application/json` with
every request, also where there is no body. It runs without sign-in, as that
specification knows none.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.instance import Instance


@pytest.fixture(scope="module")
def steady(store_settings):
    settings = store_settings("todobackend")
    with Instance(STEADY_AUTH="none", **settings) as steady:
        yield steady


@pytest.fixture
def root(steady):
    """The API's root, with nothing in it."""
    client = steady.client(headers={"Content-Type": "application/json"})
    client.delete("/api/tasks")
    return client


def post(root, **fields):
    return root.post("/api/tasks", json=fields or {"title": "blah"})


def create(root, **fields):
    return post(root, **fields).json()


# -- The pre-requisites -----------------------------------------------------


def test_the_api_root_responds_to_a_get(root):
    assert root.get("/api/tasks").status_code == 200


def test_the_api_root_responds_to_a_post_with_the_todo_which_was_posted(root):
    assert create(root, title="a todo")["title"] == "a todo"


def test_the_api_root_responds_successfully_to_a_delete(root):
    assert root.delete("/api/tasks").is_success


def test_after_a_delete_the_root_responds_with_an_empty_array(root):
    create(root)
    root.delete("/api/tasks")
    assert root.get("/api/tasks").json() == []


# -- Storing new todos by posting to the root url ---------------------------


def test_adds_a_new_todo_to_the_list_of_todos_at_the_root_url(root):
    create(root, title="walk the dog")
    listed = root.get("/api/tasks").json()
    assert [todo["title"] for todo in listed] == ["walk the dog"]


@pytest.mark.parametrize("listed", [False, True])
def test_sets_up_a_new_todo_as_initially_not_completed(root, listed):
    todo = create(root)
    if listed:
        todo = root.get("/api/tasks").json()[0]
    assert todo["completed"] is False


@pytest.mark.parametrize("listed", [False, True])
def test_each_new_todo_has_a_url(root, listed):
    todo = create(root)
    if listed:
        todo = root.get("/api/tasks").json()[0]
    assert isinstance(todo["url"], str)


@pytest.mark.parametrize("listed", [False, True])
def test_each_new_todo_has_a_url_which_returns_a_todo(root, listed):
    todo = create(root, title="my todo")
    if listed:
        todo = root.get("/api/tasks").json()[0]
    assert root.get(todo["url"]).json()["title"] == "my todo"


# -- Working with an existing todo ------------------------------------------


def test_can_navigate_from_a_list_of_todos_to_an_individual_todo(root):
    titles = ["todo the first", "todo the second"]
    with ThreadPoolExecutor(2) as at_once:
        list(at_once.map(lambda title: create(root, title=title), titles))
    listed = root.get("/api/tasks").json()
    assert len(listed) == 2
    todo = root.get(listed[0]["url"]).json()
    assert todo["title"] == listed[0]["title"]


def test_can_change_the_todo_s_title_by_patching_to_the_todo_s_url(root):
    url = create(root, title="initial title")["url"]
    patched = root.patch(url, json={"title": "bathe the cat"})
    assert patched.json()["title"] == "bathe the cat"


def test_can_change_the_todo_s_completedness_by_patching(root):
    url = create(root)["url"]
    patched = root.patch(url, json={"completed": True})
    assert patched.json()["completed"] is True


def test_changes_to_a_todo_are_persisted_and_show_up_when_re_fetched(root):
    url = create(root)["url"]
    change = {"title": "changed title", "completed": True}
    root.patch(url, json=change)
    for todo in [root.get(url).json(), root.get("/api/tasks").json()[0]]:
        assert {name: todo[name] for name in change} == change


def test_can_delete_a_todo_making_a_delete_request_to_the_todo_s_url(root):
    url = create(root)["url"]
    assert root.delete(url).is_success
    assert root.get("/api/tasks").json() == []
    assert root.get(url).status_code == 404


# -- Tracking todo order ----------------------------------------------------


def test_can_create_a_todo_with_an_order_field(root):
    assert create(root, title="blah", order=523)["order"] == 523


def test_can_patch_a_todo_to_change_its_order(root):
    url = create(root, title="blah", order=10)["url"]
    assert root.patch(url, json={"order": 95}).json()["order"] == 95


def test_remembers_changes_to_a_todo_s_order(root):
    url = create(root, title="blah", order=10)["url"]
    root.patch(url, json={"order": 95})
    assert root.get(url).json()["order"] == 95


# -- Beyond the specification: what its mode of running means ----------------


def test_nobody_signs_in(root):
    assert root.get("/api/session").json()["session"] is None
    body = {"email": "a@example.org", "password": "correct horse battery"}
    assert root.post("/api/session", json=body).status_code == 404
    assert root.post("/api/users", json=body).status_code == 404


def test_another_site_is_refused_without_sign_in_too(root):
    headers = {"Origin": "https://evil.example"}
    answer = root.post("/api/tasks", json={"title": "x"}, headers=headers)
    assert answer.status_code == 403


def test_a_page_of_another_site_gets_no_leave_to_read_or_write(root):
    headers = {"Origin": "https://evil.example"}
    asked = {**headers, "Access-Control-Request-Method": "DELETE"}
    for answer in [
        root.options("/api/tasks", headers=asked),
        root.get("/api/tasks", headers=headers),
    ]:
        assert "access-control-allow-origin" not in answer.headers
