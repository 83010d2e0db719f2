/* Counts, tags and the lists of the sidebar. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

static void test_task_count_includes_the_trash_up_to_a_maximum(void **state)
{
    struct context *context = *state;
    int64_t count = -1;

    for (int i = 0; i < 5; i++) {
        struct task task = new_task(context->owner, "x");

        created(context, &task);
        if (i == 0)
            trashed(context, &task);
    }
    must(context, context->ops->task_count(context->store, context->owner,
                                           100, &count, &context->error));
    assert_int_equal(count, 5);
    must(context, context->ops->task_count(context->store, context->owner, 3,
                                           &count, &context->error));
    assert_int_equal(count, 3);
    must(context, context->ops->task_count(context->store, id_random(), 100,
                                           &count, &context->error));
    assert_int_equal(count, 0);
}

static struct list_count count_of(const struct list_counts *counts,
                                  struct id list)
{
    for (size_t i = 0; i < counts->len; i++) {
        if (id_eq(counts->items[i].list_id, list))
            return counts->items[i];
    }
    return (struct list_count){ 0 };
}

static void test_list_counts_leave_the_trash_out(void **state)
{
    struct context *context = *state;
    struct id list = id_random(), other = id_random();
    struct list_counts counts;
    struct list_count count;

    for (int i = 0; i < 9; i++) {
        struct task task = new_task(context->owner, "x");

        task.list_id = i < 2 ? ID_NONE : i < 8 ? list : other;
        task.completed = i % 3 == 0;
        task.completed_at = task.completed ? 1000 : INSTANT_NONE;
        created(context, &task);
        if (i >= 7)
            trashed(context, &task);
    }
    must(context,
         context->ops->list_counts(context->store, &context->arena,
                                   context->owner, &counts,
                                   &context->error));
    count = count_of(&counts, ID_NONE);
    assert_int_equal(count.total, 2);
    assert_int_equal(count.open, 1);
    count = count_of(&counts, list);
    assert_int_equal(count.total, 5);
    assert_int_equal(count.open, 3);
    assert_int_equal(count_of(&counts, other).total, 0);
    must(context,
         context->ops->list_counts(context->store, &context->arena,
                                   id_random(), &counts, &context->error));
    assert_int_equal(counts.len, 0);
}

static struct task tagged(struct context *context, const char *const *tags,
                          size_t len)
{
    struct task task = new_task(context->owner, "x");
    struct str *items = arena_array(&context->arena, len, sizeof(*items));

    for (size_t i = 0; i < len; i++)
        items[i] = str_from(tags[i]);
    task.tags = (struct strs){ items, len };
    return created(context, &task);
}

static struct tag_counts tag_counts(struct context *context, struct id owner)
{
    struct tag_counts counts;

    must(context, context->ops->tag_counts(context->store, &context->arena,
                                           owner, &counts, &context->error));
    return counts;
}

static void check_tag(struct tag_counts counts, size_t at, const char *name,
                      int64_t open, int64_t total)
{
    assert_true(at < counts.len);
    if (!str_eq(counts.items[at].name, str_from(name)))
        fail_msg("%.*s instead of %s", STR_ARG(counts.items[at].name), name);
    assert_int_equal(counts.items[at].open, open);
    assert_int_equal(counts.items[at].total, total);
}

static void test_tag_counts_are_in_bytewise_order(void **state)
{
    static const char *const all[] = { "b", "a", "B", "\xc3\xa9", "aa" };
    struct context *context = *state;
    struct tag_counts counts;
    struct task task, out;
    struct task values = { .completed = true, .completed_at = 1 };
    struct change change;
    enum write_effect effect;

    tagged(context, all, 5);
    tagged(context, all, 2);
    task = tagged(context, all, 1);
    change = change_of(key_owned(task.owner, task.id),
                       FIELD_BIT(TASK_COMPLETED) |
                           FIELD_BIT(TASK_COMPLETED_AT),
                       &values);
    must(context,
         context->ops->update(context->store, &context->arena, KIND_TASK,
                              &change, &out, &effect, &context->error));
    task = tagged(context, all, 1);
    trashed(context, &task);
    tagged(context, all, 0);
    counts = tag_counts(context, context->owner);
    assert_int_equal(counts.len, 5);
    check_tag(counts, 0, "B", 1, 1);
    check_tag(counts, 1, "a", 2, 2);
    check_tag(counts, 2, "aa", 1, 1);
    check_tag(counts, 3, "b", 2, 3);
    check_tag(counts, 4, "\xc3\xa9", 1, 1);
    assert_int_equal(tag_counts(context, id_random()).len, 0);
}

static int64_t rename_tag(struct context *context, const char *from,
                          const char *to)
{
    int64_t changed = -1;

    must(context, context->ops->tag_rename(context->store, context->owner,
                                           str_from(from), str_from(to),
                                           &changed, &context->error));
    return changed;
}

static void check_tags(struct context *context, struct id id,
                       const char *const *tags, size_t len, int64_t version)
{
    struct task task = stored_task(context, context->owner, id);
    size_t seen = 0;

    assert_int_equal(task.version, version);
    assert_int_equal(task.tags.len, len);
    for (size_t i = 0; i < len; i++) {
        for (size_t j = 0; j < len; j++)
            seen += str_eq(task.tags.items[j], str_from(tags[i]));
    }
    assert_int_equal(seen, len);
}

static void test_tag_rename_changes_merges_and_removes(void **state)
{
    static const char *const before[] = { "x", "from", "y" };
    static const char *const both[] = { "from", "to" };
    static const char *const close[] = { "from ", "FROM", "fro", "xfrom" };
    static const char *const after[] = { "x", "to", "y" };
    static const char *const removed[] = { "x", "y" };
    struct context *context = *state;
    struct task one = tagged(context, before, 3);
    struct task two = tagged(context, both, 2);
    struct task three = tagged(context, close, 4);
    struct task gone = tagged(context, before, 2);

    trashed(context, &gone);
    assert_int_equal(rename_tag(context, "from", "to"), 3);
    check_tags(context, one.id, after, 3, 2);
    check_tags(context, two.id, &both[1], 1, 2);
    check_tags(context, three.id, close, 4, 1);
    check_tags(context, gone.id, after, 2, 3);
    assert_int_equal(rename_tag(context, "from", "to"), 0);
    assert_int_equal(rename_tag(context, "to", "to"), 0);
    assert_int_equal(rename_tag(context, "to", NULL), 3);
    check_tags(context, one.id, removed, 2, 3);
    check_tags(context, two.id, NULL, 0, 3);
}

static void test_tag_rename_is_of_one_owner(void **state)
{
    static const char *const tags[] = { "from" };
    struct context *context = *state;
    struct task task = tagged(context, tags, 1);
    int64_t changed = -1;

    must(context, context->ops->tag_rename(context->store, id_random(),
                                           STR("from"), STR("to"), &changed,
                                           &context->error));
    assert_int_equal(changed, 0);
    check_tags(context, task.id, tags, 1, 1);
}

static void test_tag_rename_reaches_many_tasks(void **state)
{
    enum { MANY = 1100 };
    struct context *context = *state;
    struct str tag = STR("from");
    struct tag_counts counts;

    for (int i = 0; i < MANY; i++) {
        struct task task = new_task(context->owner, "x");

        task.tags = (struct strs){ &tag, 1 };
        must(context, put(context, KIND_TASK, &task));
    }
    assert_int_equal(rename_tag(context, "from", "to"), MANY);
    counts = tag_counts(context, context->owner);
    assert_int_equal(counts.len, 1);
    check_tag(counts, 0, "to", MANY, MANY);
}

static void test_lists_come_by_order_then_id(void **state)
{
    static const double orders[] = { 5, -1, 5, 0.5, 5 };
    struct context *context = *state;
    struct list_page page;
    struct list list;

    for (size_t i = 0; i < COUNT(orders); i++) {
        list = new_list(context->owner, "x");
        list.id = nth_id(100 - i);
        list.order = orders[i];
        list.deleted = i == 2;
        list.deleted_at = i == 2 ? time_now() : INSTANT_NONE;
        must(context, put(context, KIND_LIST, &list));
    }
    must(context, context->ops->list_all(context->store, &context->arena,
                                         context->owner, false, &page,
                                         &context->error));
    assert_int_equal(page.len, 4);
    assert_true(id_eq(page.items[0].id, nth_id(99)));
    assert_true(id_eq(page.items[1].id, nth_id(97)));
    assert_true(id_eq(page.items[2].id, nth_id(96)));
    assert_true(id_eq(page.items[3].id, nth_id(100)));
    must(context, context->ops->list_all(context->store, &context->arena,
                                         context->owner, true, &page,
                                         &context->error));
    assert_int_equal(page.len, 1);
    assert_true(id_eq(page.items[0].id, nth_id(98)));
    must(context, context->ops->list_all(context->store, &context->arena,
                                         id_random(), false, &page,
                                         &context->error));
    assert_int_equal(page.len, 0);
}

int run_count(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_task_count_includes_the_trash_up_to_a_maximum),
        CONTRACT_TEST(test_list_counts_leave_the_trash_out),
        CONTRACT_TEST(test_tag_counts_are_in_bytewise_order),
        CONTRACT_TEST(test_tag_rename_changes_merges_and_removes),
        CONTRACT_TEST(test_tag_rename_is_of_one_owner),
        CONTRACT_TEST(test_tag_rename_reaches_many_tasks),
        CONTRACT_TEST(test_lists_come_by_order_then_id),
    };

    return cmocka_run_group_tests_name("count", tests, NULL, NULL);
}
