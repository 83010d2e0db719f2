/*
 * Lists of tasks against a plain implementation in memory: random tasks with
 * many ties, random queries, all pages of each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "contract.h"

enum { TASKS = 240, QUERIES = 250, FIRST_DAY = 20261120 };

static struct task tasks[TASKS];

static const struct str tag_pool[] = {
    { "home", 4 },   { "Home", 4 },         { "hom", 3 },
    { "homes", 5 },  { "caf\xc3\xa9", 5 },  { "cafe\xcc\x81", 6 },
    { "a b", 3 },    { "\xf0\x9f\x91\x8d", 4 },
};

/* ---- What a query means ---- */

static bool due_fits(const struct task_query *query, const struct task *task)
{
    bool from = query->due_from != DATE_NONE, to = query->due_to != DATE_NONE;

    if (!from && !to)
        return true;
    if (task->due.date == DATE_NONE)
        return false;
    if (task->due_at != INSTANT_NONE)
        return (!from || task->due_at >= query->due_from_at) &&
               (!to || task->due_at < query->due_before_at);
    return (!from || task->due.date >= query->due_from) &&
           (!to || task->due.date <= query->due_to);
}

static bool has_tag(const struct task *task, struct str tag)
{
    for (size_t i = 0; i < task->tags.len; i++) {
        if (str_eq(task->tags.items[i], tag))
            return true;
    }
    return str_is_none(tag);
}

static bool place_fits(const struct task_query *query,
                       const struct task *task)
{
    return (!query->by_list || id_eq(task->list_id, query->list_id)) &&
           (!query->by_parent || id_eq(task->parent_id, query->parent_id)) &&
           (id_is_none(query->trash_id) ||
            id_eq(task->trash_id, query->trash_id));
}

static bool state_fits(const struct task_query *query,
                       const struct task *task)
{
    return (query->completed == ANY ||
            task->completed == (query->completed == YES)) &&
           (query->sort != SORT_COMPLETED || task->completed) &&
           (query->start_to == DATE_NONE || task->start == DATE_NONE ||
            task->start <= query->start_to);
}

static bool fits(const struct task_query *query, const struct task *task)
{
    return id_eq(task->owner, query->owner) &&
           task->deleted == query->deleted && place_fits(query, task) &&
           has_tag(task, query->tag) &&
           (query->priority == ANY || task->priority == query->priority) &&
           state_fits(query, task) && due_fits(query, task);
}

static int64_t sort_number(enum task_sort sort, const struct task *task)
{
    switch (sort) {
    case SORT_ORDER:
        break;
    case SORT_DUE:
        return task->due_key;
    case SORT_PRIORITY:
        return task->priority;
    case SORT_CREATED:
        return task->created_at;
    case SORT_UPDATED:
        return task->updated_at;
    case SORT_COMPLETED:
        return task->completed_at;
    case SORT_DELETED:
        return task->deleted_at;
    }
    return 0;
}

/* qsort has no context. */
static const struct task_query *compared;

static int compare_tasks(const void *a, const void *b)
{
    const struct task *left = *(struct task *const *)a;
    const struct task *right = *(struct task *const *)b;
    int64_t l = sort_number(compared->sort, left);
    int64_t r = sort_number(compared->sort, right);
    int order = (l > r) - (l < r);

    if (compared->sort == SORT_ORDER)
        order = (left->order > right->order) - (left->order < right->order);
    if (order == 0)
        order = id_cmp(left->id, right->id);
    return compared->descending ? -order : order;
}

static size_t expected(const struct task_query *query,
                       struct task *out[static TASKS])
{
    size_t len = 0;

    for (size_t i = 0; i < TASKS; i++) {
        if (fits(query, &tasks[i]))
            out[len++] = &tasks[i];
    }
    compared = query;
    qsort(out, len, sizeof(struct task *), compare_tasks);
    return len;
}

/* ---- Random tasks and queries ---- */

static struct id one_of(uint64_t base, uint32_t n)
{
    uint32_t choice = random_below(n);

    return choice == 0 ? ID_NONE : nth_id(base + choice);
}

static void random_due(struct task *task)
{
    if (random_below(3) == 0)
        return;
    task->due.date = date_add_days(FIRST_DAY, (int)random_below(12));
    if (random_below(2) == 0)
        task->due.time = (int32_t)random_below(1440);
    task->due_key = (int64_t)task->due.date * 10000 + task->due.time + 1;
    if (task->due.time != TIME_NONE && random_below(2) == 0) {
        task->due.time_zone = STR("Pacific/Kiritimati");
        task->due_at = date_to_days(task->due.date) * DAY_MS +
                       task->due.time * (int64_t)MINUTE_MS -
                       14 * (int64_t)HOUR_MS;
    }
}

static void random_task(struct context *context, struct task *task, size_t n)
{
    static const double orders[] = { -5, -0.5, 0, 0, 1, 1, 1.5, 1024, 1e15 };
    struct str *tags = arena_array(&context->arena, 3, sizeof(*tags));
    int64_t now = time_now();

    *task = new_task(context->owner, "task");
    task->id = nth_id(n * 7919 % 1000003);
    task->version = 1 + random_below(5);
    task->order = orders[random_below(COUNT(orders))];
    task->priority = (int)random_below(4);
    task->list_id = one_of(10, 3);
    task->parent_id = one_of(20, 3);
    task->created_at = 1000 + random_below(20);
    task->updated_at = 2000 + random_below(20);
    task->completed = random_below(3) == 0;
    if (task->completed)
        task->completed_at = 3000 + random_below(20);
    task->deleted = random_below(4) == 0;
    if (task->deleted) {
        task->deleted_at = now + random_below(20);
        task->purge_at = now + 2 * (int64_t)DAY_MS;
        task->trash_id = nth_id(30 + random_below(2));
    }
    if (random_below(2) == 0)
        task->start = date_add_days(FIRST_DAY, (int)random_below(5));
    for (uint32_t i = random_below(4); i > 0; i--) {
        tags[task->tags.len] = tag_pool[(n + i * 3) % COUNT(tag_pool)];
        task->tags = (struct strs){ tags, task->tags.len + 1 };
    }
    random_due(task);
}

static void put_tasks(struct context *context)
{
    for (size_t i = 0; i < TASKS; i++) {
        random_task(context, &tasks[i], i + 1);
        must(context, put(context, KIND_TASK, &tasks[i]));
    }
}

/* Days as a reader sees them who is `hours` ahead of UTC. */
static void random_days(struct task_query *query)
{
    int64_t ahead = ((int64_t)random_below(25) - 11) * HOUR_MS;

    if (random_below(3) > 0) {
        query->due_from = date_add_days(FIRST_DAY, (int)random_below(12));
        query->due_from_at =
            date_to_days(query->due_from) * DAY_MS - ahead;
    }
    if (random_below(3) > 0) {
        query->due_to = date_add_days(FIRST_DAY, (int)random_below(14));
        query->due_before_at =
            (date_to_days(query->due_to) + 1) * DAY_MS - ahead;
    }
}

static void random_query(struct task_query *query, struct id owner)
{
    static const enum tristate states[] = { ANY, NO, YES };

    task_query_init(query, owner);
    query->sort = (enum task_sort)random_below(SORT_DELETED + 1);
    query->descending = random_below(2) == 0;
    query->completed = states[random_below(3)];
    if (query->sort == SORT_COMPLETED)
        query->completed = random_below(2) == 0 ? YES : ANY;
    query->deleted = query->sort == SORT_DELETED || random_below(5) == 0;
    query->by_list = random_below(3) == 0;
    query->list_id = one_of(10, 3);
    query->by_parent = random_below(4) == 0;
    query->parent_id = one_of(20, 3);
    if (query->deleted && random_below(3) == 0)
        query->trash_id = nth_id(30 + random_below(2));
    if (random_below(4) == 0)
        query->tag = tag_pool[random_below(COUNT(tag_pool))];
    if (random_below(5) == 0)
        query->priority = (int)random_below(4);
    if (random_below(3) == 0)
        random_days(query);
    if (random_below(4) == 0)
        query->start_to = date_add_days(FIRST_DAY, (int)random_below(5));
    query->limit = 1 + random_below(random_below(2) == 0 ? 5 : 100);
}

/* ---- Walking ---- */

static struct task_cursor cursor_after(enum task_sort sort,
                                       const struct task *task)
{
    return (struct task_cursor){
        .set = true,
        .order = task->order,
        .number = sort_number(sort, task),
        .id = task->id,
    };
}

static void fail_query(const struct task_query *query, const char *what,
                       size_t at)
{
    fail_msg("%s at %zu: sort %d%s, completed %d, deleted %d, list %d, "
             "parent %d, tag %.*s, priority %d, due %d to %d, start %d, "
             "limit %zu",
             what, at, query->sort, query->descending ? " descending" : "",
             query->completed, query->deleted, query->by_list,
             query->by_parent, STR_ARG(query->tag), query->priority,
             query->due_from, query->due_to, query->start_to, query->limit);
}

static void check_query(struct context *context, struct task_query *query)
{
    struct task *wanted[TASKS];
    size_t len = expected(query, wanted), seen = 0;
    struct task_page page = { .more = true };

    while (page.more) {
        must(context,
             context->ops->task_list(context->store, &context->arena, query,
                                     &page, &context->error));
        if (page.len > query->limit || (page.more && page.len == 0))
            fail_query(query, "a page of the wrong size", seen);
        for (size_t i = 0; i < page.len; i++, seen++) {
            if (seen == len || !id_eq(page.items[i].id, wanted[seen]->id))
                fail_query(query, "another task", seen);
            assert_same(context, KIND_TASK, &page.items[i], wanted[seen]);
        }
        if (page.more && seen == len)
            fail_query(query, "more is said", seen);
        if (page.more)
            query->cursor = cursor_after(query->sort,
                                         &page.items[page.len - 1]);
    }
    if (seen != len)
        fail_query(query, "too few", seen);
}

static void test_pages_are_as_sorted_in_memory(void **state)
{
    struct context *context = *state;

    put_tasks(context);
    for (int i = 0; i < QUERIES; i++) {
        struct task_query query;

        random_query(&query, context->owner);
        check_query(context, &query);
    }
}

static void test_every_sort_pages_in_both_directions(void **state)
{
    struct context *context = *state;

    put_tasks(context);
    for (int sort = SORT_ORDER; sort <= SORT_DELETED; sort++) {
        for (int i = 0; i < 6; i++) {
            static const enum tristate states[] = { ANY, NO, YES };
            struct task_query query;

            task_query_init(&query, context->owner);
            query.sort = (enum task_sort)sort;
            query.descending = i % 2 == 1;
            query.completed = sort == SORT_COMPLETED ? YES : states[i / 2];
            query.deleted = sort == SORT_DELETED;
            query.limit = 7;
            check_query(context, &query);
        }
    }
}

static void test_a_list_is_of_one_owner(void **state)
{
    struct context *context = *state;
    struct task_query query;
    struct task_page page;

    put_tasks(context);
    task_query_init(&query, id_random());
    for (int sort = SORT_ORDER; sort <= SORT_DELETED; sort++) {
        query.sort = (enum task_sort)sort;
        query.deleted = sort == SORT_DELETED;
        query.completed = sort == SORT_COMPLETED ? YES : ANY;
        must(context,
             context->ops->task_list(context->store, &context->arena, &query,
                                     &page, &context->error));
        assert_int_equal(page.len, 0);
        assert_false(page.more);
    }
}

/* Monday 00:30 on Kiritimati is Saturday 23:30 on Midway. */
static void test_due_in_a_far_zone_is_found_two_days_away(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "early");
    struct task_query query;
    struct task_page page;

    task.due = (struct due){ 20261130, 30, STR("Pacific/Kiritimati") };
    task.due_key = INT64_C(202611300031);
    task.due_at = date_to_days(20261129) * DAY_MS + 10 * HOUR_MS +
                  30 * MINUTE_MS;
    created(context, &task);
    task_query_init(&query, context->owner);
    query.sort = SORT_DUE;
    query.due_from = query.due_to = 20261128;
    query.due_from_at = date_to_days(20261128) * DAY_MS + 11 * HOUR_MS;
    query.due_before_at = query.due_from_at + DAY_MS;
    must(context, context->ops->task_list(context->store, &context->arena,
                                          &query, &page, &context->error));
    assert_int_equal(page.len, 1);
    /* And the other way: late on Midway is the day after next elsewhere. */
    task = new_task(context->owner, "late");
    task.due = (struct due){ 20261128, 23 * 60 + 30, STR("Pacific/Midway") };
    task.due_key = INT64_C(202611281411);
    task.due_at = date_to_days(20261129) * DAY_MS + 10 * HOUR_MS +
                  30 * MINUTE_MS;
    created(context, &task);
    query.due_from = query.due_to = 20261130;
    query.due_from_at = date_to_days(20261130) * DAY_MS - 14 * HOUR_MS;
    query.due_before_at = query.due_from_at + DAY_MS;
    must(context, context->ops->task_list(context->store, &context->arena,
                                          &query, &page, &context->error));
    assert_int_equal(page.len, 2);
}

static void test_a_page_of_long_notes_ends_early(void **state)
{
    enum { LONG_TASKS = 30, NOTES = 65536 };
    struct context *context = *state;
    char *notes = arena_alloc(&context->arena, NOTES);
    struct task_page page = { .more = true };
    struct task_query query;
    size_t seen = 0, pages = 0;

    memset(notes, 'n', NOTES);
    for (size_t i = 0; i < LONG_TASKS; i++) {
        struct task task = new_task(context->owner, "long");

        task.notes = (struct str){ notes, NOTES };
        task.order = (double)i;
        created(context, &task);
    }
    task_query_init(&query, context->owner);
    for (; page.more; pages++) {
        must(context,
             context->ops->task_list(context->store, &context->arena, &query,
                                     &page, &context->error));
        assert_true(page.len > 0);
        assert_true(page.len * NOTES <= PAGE_BYTES_MAX + NOTES);
        for (size_t i = 0; i < page.len; i++)
            assert_true(page.items[i].order == (double)seen++);
        query.cursor = cursor_after(SORT_ORDER, &page.items[page.len - 1]);
    }
    assert_int_equal(seen, LONG_TASKS);
    assert_true(pages >= 2);
}

int run_page(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_pages_are_as_sorted_in_memory),
        CONTRACT_TEST(test_every_sort_pages_in_both_directions),
        CONTRACT_TEST(test_a_list_is_of_one_owner),
        CONTRACT_TEST(test_due_in_a_far_zone_is_found_two_days_away),
        CONTRACT_TEST(test_a_page_of_long_notes_ends_early),
    };

    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
