/* The trash: in, out, and for good. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

static struct trash_mark into_trash(void)
{
    int64_t now = time_now();

    return (struct trash_mark){
        .deleted = true,
        .deleted_at = now,
        .purge_at = now + 2 * (int64_t)DAY_MS,
        .trash_id = id_random(),
    };
}

static const struct trash_mark out_of_trash = {
    .deleted = false,
    .deleted_at = INSTANT_NONE,
    .purge_at = INSTANT_NONE,
};

static int64_t trash(struct context *context, const struct task_query *query,
                     const struct trash_mark *mark)
{
    int64_t changed = -1;

    must(context, context->ops->task_trash(context->store, query, mark,
                                           &changed, &context->error));
    return changed;
}

static void test_trash_sets_the_mark_and_the_version(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), before, out;
    struct trash_mark mark = into_trash();
    struct task_query query;

    before = created(context, &task);
    task_query_init(&query, context->owner);
    assert_int_equal(trash(context, &query, &mark), 1);
    out = stored_task(context, task.owner, task.id);
    assert_true(out.updated_at >= before.updated_at);
    before.deleted = true;
    before.deleted_at = mark.deleted_at;
    before.purge_at = mark.purge_at;
    before.trash_id = mark.trash_id;
    before.version = 2;
    before.updated_at = out.updated_at;
    assert_same(context, KIND_TASK, &out, &before);
}

static void test_trash_twice_changes_nothing(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), first, out;
    struct trash_mark mark = into_trash(), again = into_trash();
    struct task_query query;

    created(context, &task);
    task_query_init(&query, context->owner);
    assert_int_equal(trash(context, &query, &mark), 1);
    first = stored_task(context, task.owner, task.id);
    assert_int_equal(trash(context, &query, &again), 0);
    out = stored_task(context, task.owner, task.id);
    assert_same(context, KIND_TASK, &out, &first);
}

/* Deleting what a view of the trash shows must not reach what is alive. */
static void test_trash_moves_only_what_the_query_selects(void **state)
{
    struct context *context = *state;
    struct task alive = new_task(context->owner, "alive"), out;
    struct task gone = new_task(context->owner, "gone"), before;
    struct trash_mark mark = into_trash();
    struct task_query query;

    created(context, &alive);
    created(context, &gone);
    before = trashed(context, &gone);
    task_query_init(&query, context->owner);
    query.deleted = true;
    assert_int_equal(trash(context, &query, &mark), 0);
    query.deleted = false;
    assert_int_equal(trash(context, &query, &out_of_trash), 0);
    out = stored_task(context, alive.owner, alive.id);
    assert_int_equal(out.version, 1);
    out = stored_task(context, gone.owner, gone.id);
    assert_same(context, KIND_TASK, &out, &before);
}

static void test_restore_takes_one_deletion_back(void **state)
{
    struct context *context = *state;
    struct task one = new_task(context->owner, "one"), out;
    struct task two = new_task(context->owner, "two");
    struct trash_mark first = into_trash(), second = into_trash();
    struct task_query query;

    one.list_id = id_random();
    created(context, &one);
    created(context, &two);
    task_query_init(&query, context->owner);
    query.by_list = true;
    query.list_id = one.list_id;
    assert_int_equal(trash(context, &query, &first), 1);
    query.by_list = false;
    assert_int_equal(trash(context, &query, &second), 1);
    query.trash_id = first.trash_id;
    query.deleted = true;
    assert_int_equal(trash(context, &query, &out_of_trash), 1);
    out = stored_task(context, one.owner, one.id);
    assert_false(out.deleted);
    assert_int_equal(out.deleted_at, INSTANT_NONE);
    assert_int_equal(out.purge_at, INSTANT_NONE);
    assert_true(id_is_none(out.trash_id));
    assert_int_equal(out.version, 3);
    out = stored_task(context, two.owner, two.id);
    assert_true(out.deleted);
    assert_int_equal(trash(context, &query, &out_of_trash), 0);
}

static void test_trash_takes_what_the_filters_choose(void **state)
{
    struct context *context = *state;
    struct str tag = STR("old");
    struct task tasks[4], out;
    struct trash_mark mark = into_trash();
    struct task_query query;

    for (size_t i = 0; i < COUNT(tasks); i++) {
        tasks[i] = new_task(context->owner, "x");
        tasks[i].completed = i < 3;
        tasks[i].completed_at = i < 3 ? 1000 : INSTANT_NONE;
        tasks[i].priority = i < 2 ? PRIORITY_LOW : PRIORITY_HIGH;
        if (i != 1)
            tasks[i].tags = (struct strs){ &tag, 1 };
        created(context, &tasks[i]);
    }
    task_query_init(&query, context->owner);
    query.completed = YES;
    query.priority = PRIORITY_LOW;
    query.tag = tag;
    query.limit = 1;
    query.sort = SORT_COMPLETED;
    query.cursor = (struct task_cursor){ .set = true, .number = INT64_MAX };
    assert_int_equal(trash(context, &query, &mark), 1);
    for (size_t i = 0; i < COUNT(tasks); i++) {
        out = stored_task(context, context->owner, tasks[i].id);
        assert_int_equal(out.deleted, i == 0);
    }
}

static void test_trash_takes_more_than_a_page(void **state)
{
    enum { MANY = 1203 };
    struct context *context = *state;
    struct id other = id_random();
    struct task task = new_task(other, "theirs"), out;
    struct trash_mark mark = into_trash();
    struct task_query query;
    int64_t count = 0;

    created(context, &task);
    for (int i = 0; i < MANY; i++) {
        struct task mine = new_task(context->owner, "mine");

        must(context, put(context, KIND_TASK, &mine));
    }
    task_query_init(&query, context->owner);
    assert_int_equal(trash(context, &query, &mark), MANY);
    assert_int_equal(trash(context, &query, &mark), 0);
    out = stored_task(context, other, task.id);
    assert_false(out.deleted);
    must(context, context->ops->task_count(context->store, context->owner,
                                           1 << 20, &count,
                                           &context->error));
    assert_int_equal(count, MANY);
    erase(context, other);
}

/* ---- Purging ---- */

static void purge_all(struct context *context, int64_t now)
{
    int64_t removed = 1;

    while (removed > 0)
        must(context, context->ops->purge(context->store, now, 100, &removed,
                                          &context->error));
}

static void test_purge_removes_what_has_expired_only(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    struct task past = new_task(context->owner, "past"), later, alive, out;
    struct str words[] = { STR("past") };
    struct list list = new_list(context->owner, "past");

    later = alive = past;
    later.id = id_random();
    alive.id = id_random();
    past.deleted = later.deleted = list.deleted = true;
    past.deleted_at = later.deleted_at = list.deleted_at = now - DAY_MS;
    past.purge_at = list.purge_at = now - 1;
    later.purge_at = now + DAY_MS;
    past.title_words = (struct strs){ words, 1 };
    must(context, put(context, KIND_TASK, &past));
    must(context, put(context, KIND_TASK, &later));
    must(context, put(context, KIND_TASK, &alive));
    must(context, put(context, KIND_LIST, &list));
    purge_all(context, now);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_TASK,
                              key_owned(past.owner, past.id), &out,
                              &context->error),
            ERR_NOT_FOUND);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_LIST,
                              key_owned(list.owner, list.id), &list,
                              &context->error),
            ERR_NOT_FOUND);
    out = stored_task(context, later.owner, later.id);
    out = stored_task(context, alive.owner, alive.id);
}

static void test_purge_ends_sessions_that_expired(void **state)
{
    struct context *context = *state;
    int64_t now = time_now();
    struct session past = new_session(context->owner, now - DAY_MS);
    struct session alive = new_session(context->owner, now - DAY_MS), out;

    past.expires_at = now - 1;
    must(context, put(context, KIND_SESSION, &past));
    must(context, put(context, KIND_SESSION, &alive));
    purge_all(context, now);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_SESSION,
                              key_hash(past.hash), &out, &context->error),
            ERR_NOT_FOUND);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_SESSION, key_hash(alive.hash), &out,
                                    &context->error));
}

int run_trash(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_trash_sets_the_mark_and_the_version),
        CONTRACT_TEST(test_trash_twice_changes_nothing),
        CONTRACT_TEST(test_trash_moves_only_what_the_query_selects),
        CONTRACT_TEST(test_restore_takes_one_deletion_back),
        CONTRACT_TEST(test_trash_takes_what_the_filters_choose),
        CONTRACT_TEST(test_trash_takes_more_than_a_page),
        CONTRACT_TEST(test_purge_removes_what_has_expired_only),
        CONTRACT_TEST(test_purge_ends_sessions_that_expired),
    };

    return cmocka_run_group_tests_name("trash", tests, NULL, NULL);
}
