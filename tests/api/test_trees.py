"""A tree of tasks, and a list with its tasks, are in the trash as a whole or
not at all, whoever deletes and restores them at the same moment."""

import pytest

from lib.api import add, add_list, at_once
from lib.instance import Instance

ROUNDS = 8
THREADS = 6
TURNS = 4  # of each thread in a round


@pytest.fixture(scope="module")
def clients(instance, store):
    """Of one person, on two instances where the store can."""
    person = instance.sign_up()
    if store == "sqlite":
        yield [person]
        return
    with Instance(**instance.settings_beside()) as other:
        beside = other.client(cookies=person.cookies)
        yield [person, beside]


def tree(client, **fields):
    """Ids of a task and of 12 below it, on two levels."""
    top = add(client, "top", **fields)["id"]
    ids = [top]
    for _ in range(3):
        middle = add(client, "middle", parent_id=top)["id"]
        bottom = [
            add(client, "bottom", parent_id=middle)["id"] for _ in range(3)
        ]
        ids += [middle, *bottom]
    return ids


def race(clients, path, below):
    """Deletes and restores by all threads; what is left must agree."""

    def take_turns(number):
        client = clients[number % len(clients)]
        for turn in range(TURNS):
            if (number + turn) % 2:
                answer = client.delete(path)
                # Restored between two looks of the deletion.
                assert answer.status_code in (204, 412), answer.text
            else:
                answer = client.post(f"{path}/restore")
                assert answer.status_code == 200, answer.text

    at_once(THREADS, take_turns)
    status = clients[0].get(path).status_code
    assert status in (200, 404)
    found = [clients[0].get(f"/api/tasks/{id_}").status_code for id_ in below]
    assert set(found) == {status}


def test_tree_deleted_and_restored_at_once_agrees_with_its_root(clients):
    top, *below = tree(clients[0])
    for _ in range(ROUNDS):
        race(clients, f"/api/tasks/{top}", below)


def test_list_deleted_and_restored_at_once_agrees_with_its_tasks(clients):
    made = add_list(clients[0])["id"]
    below = tree(clients[0], list_id=made)
    for _ in range(ROUNDS):
        race(clients, f"/api/lists/{made}", below)


def test_tree_moved_to_two_lists_at_once_ends_in_one(clients):
    top, *below = tree(clients[0])
    lists = [add_list(clients[0])["id"] for _ in range(3)]
    for _ in range(ROUNDS):
        at_once(
            THREADS,
            lambda i: clients[i % len(clients)].patch(
                f"/api/tasks/{top}", json={"list_id": lists[i % 3]}
            ),
        )
        found = {
            clients[0].get(f"/api/tasks/{id_}").json()["list_id"]
            for id_ in [top, *below]
        }
        assert len(found) == 1


def test_bulk_deletion_and_restoring_at_once_agree(clients):
    """The filter takes three trees; one of them is wanted back."""
    for number in range(ROUNDS):
        tag = f"tag{number}"
        trees = [tree(clients[0], tags=[tag]) for _ in range(2)]
        top, *below = trees[0]

        def act(i, top=top, tag=tag):
            client = clients[i % len(clients)]
            if i % 2:
                return client.delete("/api/tasks", params={"tag": tag})
            return client.post(f"/api/tasks/{top}/restore")

        at_once(4, act)
        client = clients[0]
        status = client.get(f"/api/tasks/{top}").status_code
        found = [client.get(f"/api/tasks/{id_}").status_code for id_ in below]
        assert set(found) == {status}
        other = [client.get(f"/api/tasks/{id_}") for id_ in trees[1]]
        assert {one.status_code for one in other} == {404}


def test_subtask_that_comes_back_is_below_no_deleted_task(clients):
    """Its parent goes to the trash at the same moment."""
    for _ in range(ROUNDS):
        top = add(clients[0], "top")["id"]
        child = add(clients[0], "child", parent_id=top)["id"]
        assert clients[0].delete(f"/api/tasks/{child}").status_code == 204

        def act(i, top=top, child=child):
            client = clients[i % len(clients)]
            if i:
                return client.delete(f"/api/tasks/{top}")
            return client.post(f"/api/tasks/{child}/restore")

        assert all(answer.is_success for answer in at_once(2, act))
        found = clients[0].get(f"/api/tasks/{child}")
        if found.status_code == 200:
            assert found.json()["parent_id"] is None


def test_deleted_subtask_stays_when_its_tree_comes_back(clients):
    """It was a deletion of its own."""
    client = clients[0]
    top, *below = tree(client)
    middle = below[0]
    for path in (middle, top):
        assert client.delete(f"/api/tasks/{path}").status_code == 204
    assert client.post(f"/api/tasks/{top}/restore").status_code == 200
    found = [client.get(f"/api/tasks/{id_}").status_code for id_ in below]
    assert found == [404] * 4 + [200] * 8
    assert client.post(f"/api/tasks/{middle}/restore").status_code == 200
    found = [client.get(f"/api/tasks/{id_}").status_code for id_ in below]
    assert found == [200] * 12
