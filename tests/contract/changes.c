/* The feed of changes: in order, whole, and resumable. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

static struct change_page changes(struct context *context,
                                  struct change_token since, size_t limit)
{
    struct change_page page;

    must(context, context->ops->changes(context->store, &context->arena,
                                        context->owner, since, limit, &page,
                                        &context->error));
    assert_true(page.tasks.len + page.lists.len <= limit);
    return page;
}

static void put_task(struct context *context, uint64_t id, int64_t updated_at)
{
    struct task task = new_task(context->owner, "x");

    task.id = nth_id(id);
    task.updated_at = updated_at;
    must(context, put(context, KIND_TASK, &task));
}

static void put_list(struct context *context, uint64_t id, int64_t updated_at)
{
    struct list list = new_list(context->owner, "x");

    list.id = nth_id(id);
    list.updated_at = updated_at;
    must(context, put(context, KIND_LIST, &list));
}

static void test_changes_since_nothing_are_everything(void **state)
{
    struct context *context = *state;
    struct change_token none = { 0 };
    struct task task = new_task(context->owner, "x");
    struct change_page page;

    put_list(context, 9, 500);
    created(context, &task);
    trashed(context, &task);
    page = changes(context, none, 100);
    assert_int_equal(page.tasks.len, 1);
    assert_true(page.tasks.items[0].deleted); /* the trash too */
    assert_int_equal(page.lists.len, 1);
    assert_false(page.more);
}

static void test_changes_come_oldest_first_over_both_kinds(void **state)
{
    enum { EACH = 40 };
    struct context *context = *state;
    struct change_token since = { 0 }, last = { 0 };
    size_t tasks = 0, lists = 0, pages = 0;
    bool more = true;

    for (uint64_t i = 0; i < EACH; i++) {
        put_task(context, 2 * i * 37 % 1000 + 1, 1000 + random_below(10));
        put_list(context, 2 * i * 37 % 1000 + 2, 1000 + random_below(10));
    }
    while (more) {
        struct change_page page = changes(context, since, 7);
        size_t t = 0, l = 0;

        /* All of a page comes after the page before. */
        for (; t < page.tasks.len; t++) {
            const struct task *task = &page.tasks.items[t];

            assert_true(task->updated_at > last.updated_at ||
                        (task->updated_at == last.updated_at &&
                         id_cmp(task->id, last.id) > 0));
            if (t > 0)
                assert_true(task->updated_at >= task[-1].updated_at);
        }
        for (; l < page.lists.len; l++)
            assert_true(page.lists.items[l].updated_at > last.updated_at ||
                        (page.lists.items[l].updated_at == last.updated_at &&
                         id_cmp(page.lists.items[l].id, last.id) > 0));
        tasks += t;
        lists += l;
        pages++;
        more = page.more;
        if (more) {
            assert_int_equal(t + l, 7);
            last = since = page.next;
        }
    }
    assert_int_equal(tasks, EACH);
    assert_int_equal(lists, EACH);
    assert_int_equal(pages, 12);
}

static void test_changes_resume_at_an_instant(void **state)
{
    struct context *context = *state;
    struct change_page page;

    put_task(context, 1, 1000);
    put_task(context, 2, 2000);
    put_task(context, 3, 2000);
    put_task(context, 4, 3000);
    page = changes(context, (struct change_token){ .updated_at = 2000 }, 9);
    assert_int_equal(page.tasks.len, 3); /* at or after, without an id */
    page = changes(context, (struct change_token){ 2000, nth_id(2) }, 9);
    assert_int_equal(page.tasks.len, 2);
    assert_true(id_eq(page.tasks.items[0].id, nth_id(3)));
    assert_true(id_eq(page.tasks.items[1].id, nth_id(4)));
    page = changes(context, (struct change_token){ 3000, nth_id(4) }, 9);
    assert_int_equal(page.tasks.len + page.lists.len, 0);
}

static void test_changes_next_is_the_clock_less_an_overlap(void **state)
{
    struct context *context = *state;
    struct change_token none = { 0 }, late;
    struct task task = new_task(context->owner, "x");
    struct task out = created(context, &task);
    struct change_page page = changes(context, none, 9);

    assert_false(page.more);
    assert_true(id_is_none(page.next.id));
    /* So the next asks again for what may have been in flight. */
    assert_true(page.next.updated_at <= out.updated_at - 5 * SECOND_MS);
    assert_true(page.next.updated_at >= out.updated_at - 60 * SECOND_MS);
    /* Also after a token that is younger: on the way there a write of the
     * same instant may have been passed by. */
    late = (struct change_token){ out.updated_at, out.id };
    page = changes(context, late, 9);
    assert_true(page.next.updated_at <= out.updated_at - 5 * SECOND_MS);
}

static void test_next_after_nothing_is_an_instant_that_misses_nothing(
    void **state)
{
    struct context *context = *state;
    struct change_token since = changes(context, (struct change_token){ 0 },
                                        9).next;
    struct change_page page;
    struct task task;

    assert_true(id_is_none(since.id));
    page = changes(context, since, 9);
    assert_int_equal(page.tasks.len + page.lists.len, 0);
    assert_true(id_is_none(page.next.id));
    assert_true(page.next.updated_at >= since.updated_at);
    task = new_task(context->owner, "x");
    created(context, &task);
    page = changes(context, page.next, 9);
    assert_int_equal(page.tasks.len, 1);
    /* What came puts the clock in its place. */
    assert_true(page.next.updated_at > SECOND_MS);
}

static void test_a_full_page_that_is_the_last_says_so(void **state)
{
    struct context *context = *state;
    struct change_token none = { 0 };
    struct change_page page;

    put_task(context, 1, 1000);
    put_list(context, 2, 1001);
    page = changes(context, none, 2);
    assert_false(page.more);
    page = changes(context, none, 1);
    assert_true(page.more);
    assert_int_equal(page.next.updated_at, 1000);
    assert_true(id_eq(page.next.id, nth_id(1)));
}

static void test_changes_are_of_one_owner(void **state)
{
    struct context *context = *state;
    struct change_token none = { 0 };
    struct change_page page;

    put_task(context, 1, 1000);
    put_list(context, 2, 1000);
    context->owner = id_random();
    page = changes(context, none, 9);
    assert_int_equal(page.tasks.len + page.lists.len, 0);
}

/* ---- What every kind of write leaves in the feed ---- */

static bool in_feed(struct context *context, struct change_token since,
                    struct id id, int64_t version)
{
    struct change_page page = changes(context, since, 200);

    for (size_t i = 0; i < page.tasks.len; i++) {
        if (id_eq(page.tasks.items[i].id, id) &&
            page.tasks.items[i].version == version)
            return true;
    }
    return false;
}

static void test_every_write_shows_up_in_the_feed(void **state)
{
    struct context *context = *state;
    struct change_token since = { 0 };
    struct str tag = STR("tag");
    struct task task = new_task(context->owner, "x");
    struct trash_mark mark = { false, INSTANT_NONE, INSTANT_NONE, ID_NONE };
    struct task_query query;
    int64_t changed;

    task.tags = (struct strs){ &tag, 1 };
    created(context, &task);
    assert_true(in_feed(context, since, task.id, 1));
    since = changes(context, since, 200).next;
    trashed(context, &task);
    assert_true(in_feed(context, since, task.id, 2));
    since = changes(context, since, 200).next;
    task_query_init(&query, context->owner);
    query.deleted = true;
    must(context, context->ops->task_trash(context->store, &query, &mark,
                                           &changed, &context->error));
    assert_true(in_feed(context, since, task.id, 3));
    since = changes(context, since, 200).next;
    must(context, context->ops->tag_rename(context->store, context->owner,
                                           tag, STR_NONE, &changed,
                                           &context->error));
    assert_true(in_feed(context, since, task.id, 4));
}

int run_changes(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_changes_since_nothing_are_everything),
        CONTRACT_TEST(test_changes_come_oldest_first_over_both_kinds),
        CONTRACT_TEST(test_changes_resume_at_an_instant),
        CONTRACT_TEST(test_changes_next_is_the_clock_less_an_overlap),
        CONTRACT_TEST(
            test_next_after_nothing_is_an_instant_that_misses_nothing),
        CONTRACT_TEST(test_a_full_page_that_is_the_last_says_so),
        CONTRACT_TEST(test_changes_are_of_one_owner),
        CONTRACT_TEST(test_every_write_shows_up_in_the_feed),
    };

    return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
