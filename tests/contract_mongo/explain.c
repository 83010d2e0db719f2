/*
 * What MongoDB reads for a list: for every shape of it, on the first page and
 * on the fifth, an index range, in order, and no more keys than the page
 * holds. Among TASKS tasks, half of them one person's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract_mongo.h"

enum { TASKS = 200000, PAGE = 50, BATCH = 2000, EVERY = 20 };

static struct {
    struct mongods *set;
    struct store *store;
    struct id owner, other, list, parent;
    struct arena arena;
} all;

/* Every list of the person is longer than five pages. Orders come in pairs
 * of equals; most tasks have no due date, so share that sort value. */
static struct task nth_task(int n)
{
    struct id owner = n % 2 == 0 ? all.owner : all.other;
    struct task task = task_new(owner, "task", n / 2 / 2 * 1024.0);
    static const struct str tags[] = { { "home", 4 } };
    static const struct str words[] = { { "milk", 4 } };
    int mine = n / 2;

    task.version = 1;
    task.created_at = task.updated_at = time_now() + n;
    task.completed = mine % 4 == 1;
    if (task.completed)
        task.completed_at = time_now() - n;
    task.deleted = mine % EVERY == 7;
    if (task.deleted)
        task.deleted_at = time_now() - n;
    if (mine % EVERY < 4)
        task.list_id = all.list;
    if (mine % EVERY < 3)
        task.parent_id = all.parent;
    if (mine % EVERY < 5)
        task.tags = (struct strs){ tags, 1 };
    if (mine % EVERY < 3) {
        task.due.date = date_add_days(20260101, mine % 300);
        task.due_key = (int64_t)task.due.date * 10000 + 1;
    }
    if (mine % 1000 < 5)
        task.title_words = (struct strs){ words, 1 };
    task.priority = mine % 4;
    return task;
}

static int fill(void **state)
{
    struct error error = { 0 };
    bson_error_t cause;
    struct store_mongo *mongo;
    mongoc_collection_t *tasks;
    const bson_t *docs[BATCH];

    (void)state;
    arena_init(&all.arena);
    all.owner = id_random();
    all.other = id_random();
    all.list = id_random();
    all.parent = id_random();
    all.store = open_store(uri_of(all.set, "explain", ""));
    must(all.store->ops->check(all.store, false, &error), &error);
    mongo = mongo_of(all.store);
    tasks = mongoc_client_get_collection(mongo->client, "explain", "tasks");
    for (int n = 0; n < TASKS; n += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            struct task task = nth_task(n + i);

            bson_t *doc = bson_new();

            mongo_append_record(doc, &mongo->kinds[KIND_TASK], &task,
                                NULL, true);
            docs[i] = doc;
        }
        if (!mongoc_collection_insert_many(tasks, docs, BATCH, NULL,
                                           NULL, &cause))
            fail_msg("%s", cause.message);
        for (int i = 0; i < BATCH; i++)
            bson_destroy((bson_t *)(uintptr_t)docs[i]);
    }
    mongoc_collection_destroy(tasks);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    store_close(all.store);
    arena_release(&all.arena);
    return 0;
}

/* Stages of a plan as text, "LIMIT FETCH IXSCAN". */
static void stages_of(const bson_iter_t *plan, char *out, size_t size)
{
    bson_iter_t at;

    if (!bson_iter_recurse(plan, &at))
        return;
    while (bson_iter_next(&at)) {
        const char *key = bson_iter_key(&at);

        if (strcmp(key, "stage") == 0) {
            strncat(out, bson_iter_utf8(&at, NULL), size - strlen(out) - 2);
            strcat(out, " ");
        } else if (BSON_ITER_HOLDS_DOCUMENT(&at) ||
                   BSON_ITER_HOLDS_ARRAY(&at)) {
            if (size - strlen(out) > 64)
                stages_of(&at, out, size);
        }
    }
}

struct plan {
    char stages[512];
    int64_t keys, docs, returned;
};

static int64_t number_at(const bson_t *doc, const char *path)
{
    bson_iter_t top, at;

    if (!bson_iter_init(&top, doc) ||
        !bson_iter_find_descendant(&top, path, &at))
        fail_msg("explain has no %s", path);
    return bson_iter_as_int64(&at);
}

static struct plan explain(const bson_t *find)
{
    struct store_mongo *mongo = mongo_of(all.store);
    struct plan plan = { .keys = 0 };
    bson_t command = BSON_INITIALIZER, reply;
    bson_error_t cause;
    bson_iter_t top, at;

    BSON_APPEND_DOCUMENT(&command, "explain", find);
    BSON_APPEND_UTF8(&command, "verbosity", "executionStats");
    if (!mongoc_client_command_simple(mongo->client, "explain", &command,
                                      NULL, &reply, &cause))
        fail_msg("%s", cause.message);
    if (bson_iter_init(&top, &reply) &&
        bson_iter_find_descendant(&top, "queryPlanner.winningPlan", &at))
        stages_of(&at, plan.stages, sizeof(plan.stages));
    plan.keys = number_at(&reply, "executionStats.totalKeysExamined");
    plan.docs = number_at(&reply, "executionStats.totalDocsExamined");
    plan.returned = number_at(&reply, "executionStats.nReturned");
    bson_destroy(&command);
    bson_destroy(&reply);
    return plan;
}

static struct plan explain_list(const struct task_query *query)
{
    struct plan plan;
    bson_t find;

    mongo_task_find(&find, query);
    plan = explain(&find);
    bson_destroy(&find);
    return plan;
}

/* Moves the query to the next page; the tasks must be all new. */
static void turn_page(struct task_query *query)
{
    struct error error = { 0 };
    struct task_page page;

    must(all.store->ops->task_list(all.store, &all.arena, query, &page,
                                   &error),
         &error);
    assert_int_equal(page.len, PAGE);
    assert_true(page.more);
    query->cursor = task_cursor_after(query->sort, &page.items[page.len - 1]);
}

struct shape {
    const char *name;
    struct task_query query;
    int scans;   /* index ranges that are merged, each one key more at most */
    bool filter; /* reads further tasks that do not match */
    bool memory; /* sorts in memory */
};

static void check_plan(const struct shape *shape, int page,
                       const struct task_query *query)
{
    struct plan plan = explain_list(query);
    /* The page, the one after it, and one of each range. */
    int64_t most = PAGE + 1 + shape->scans * (page > 1 ? 2 : 1);

    if (strstr(plan.stages, "COLLSCAN") != NULL)
        fail_msg("%s, page %d: %s", shape->name, page, plan.stages);
    if (!shape->memory && strstr(plan.stages, "SORT ") != NULL)
        fail_msg("%s, page %d: %s", shape->name, page, plan.stages);
    if (shape->scans == 1)
        most = PAGE + 2;
    if (!shape->filter && (plan.keys > most || plan.docs > PAGE + 2))
        fail_msg("%s, page %d: %lld keys and %lld documents for %d, %s",
                 shape->name, page, (long long)plan.keys,
                 (long long)plan.docs, PAGE, plan.stages);
    assert_int_equal(plan.returned, PAGE + 1);
    if (getenv("STEADY_TEST_VERBOSE") != NULL)
        printf("# %-28s page %d: %4lld keys %4lld docs %s\n", shape->name,
               page, (long long)plan.keys, (long long)plan.docs,
               plan.stages);
}

static void check_shape(const struct shape *shape)
{
    struct task_query query = shape->query;

    query.owner = all.owner;
    query.limit = PAGE;
    check_plan(shape, 1, &query);
    for (int page = 2; page <= 5; page++)
        turn_page(&query);
    check_plan(shape, 5, &query);
}

static struct task_query base(enum task_sort sort, enum tristate completed,
                              bool descending)
{
    struct task_query query;

    task_query_init(&query, all.owner);
    query.sort = sort;
    query.completed = completed;
    query.descending = descending;
    return query;
}

static void test_a_list_reads_no_more_than_its_page(void **state)
{
    static const struct {
        const char *name;
        enum task_sort sort;
        enum tristate completed;
        int scans;
        bool filter;
    } shapes[] = {
        { "order, open", SORT_ORDER, NO, 1, false },
        { "order, completed", SORT_ORDER, YES, 1, false },
        { "order, all", SORT_ORDER, ANY, 2, false },
        { "due, open", SORT_DUE, NO, 1, false },
        { "due, all", SORT_DUE, ANY, 2, false },
        { "completed", SORT_COMPLETED, YES, 1, false },
        { "completed, any", SORT_COMPLETED, ANY, 1, false },
        /* Deleted ones lie in between. */
        { "updated, all", SORT_UPDATED, ANY, 1, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        for (int down = 0; down < 2; down++) {
            struct shape shape = { shapes[i].name,
                                   base(shapes[i].sort, shapes[i].completed,
                                        down == 1),
                                   shapes[i].scans, shapes[i].filter, false };

            check_shape(&shape);
        }
    }
}

static void test_one_list_is_one_range(void **state)
{
    struct shape shape = { "list, all", base(SORT_ORDER, ANY, false), 2,
                           false, false };

    (void)state;
    shape.query.by_list = true;
    shape.query.list_id = all.list;
    check_shape(&shape);
    shape.query.completed = NO;
    shape.name = "list, open";
    shape.scans = 1;
    check_shape(&shape);
    shape.query.list_id = ID_NONE;
    shape.name = "inbox, open";
    check_shape(&shape);
}

static void test_subtasks_and_tags_are_one_range(void **state)
{
    struct shape shape = { "parent, all", base(SORT_ORDER, ANY, false), 2,
                           false, false };

    (void)state;
    shape.query.by_parent = true;
    shape.query.parent_id = all.parent;
    check_shape(&shape);
    shape.query = base(SORT_ORDER, NO, false);
    shape.query.tag = STR("home");
    shape.name = "tag, open";
    shape.scans = 1;
    check_shape(&shape);
    shape.query.completed = ANY;
    shape.name = "tag, all";
    shape.scans = 2;
    check_shape(&shape);
}

static void test_the_trash_is_one_range(void **state)
{
    struct shape shape = { "trash", base(SORT_DELETED, ANY, true), 1, false,
                           false };

    (void)state;
    shape.query.deleted = true;
    check_shape(&shape);
}

static void test_days_are_a_range_of_the_index(void **state)
{
    struct shape shape = { "due in days", base(SORT_DUE, NO, false), 1, true,
                           false };

    (void)state;
    shape.query.due_from = 20260110;
    shape.query.due_to = 20260210;
    check_shape(&shape);
    shape.name = "due until, by order";
    shape.query = base(SORT_ORDER, NO, false);
    shape.query.due_to = 20260110;
    shape.memory = true;
    check_shape(&shape);
}

static void test_priority_sorts_in_memory_within_the_person(void **state)
{
    struct shape shape = { "priority", base(SORT_PRIORITY, NO, true), 1, true,
                           true };

    (void)state;
    check_shape(&shape);
}

static void test_search_reads_what_it_finds(void **state)
{
    static const struct str term[] = { { "mil", 3 } };
    const struct strs terms = { term, 1 };
    struct plan plan;
    bson_t find = BSON_INITIALIZER, filter;

    (void)state;
    BSON_APPEND_UTF8(&find, "find", "tasks");
    bson_append_document_begin(&find, "filter", -1, &filter);
    mongo_search_filter(&filter, all.owner, terms, ANY, false);
    bson_append_document_end(&find, &filter);
    BSON_APPEND_UTF8(&find, "hint", INDEX_TASK_TITLE);
    plan = explain(&find);
    bson_destroy(&find);
    assert_true(plan.returned >= TASKS / 2 / 1000 * 5 * 9 / 10);
    if (plan.keys > TASKS / 2 / 1000 * 5 + 2)
        fail_msg("%lld keys for %lld, %s", (long long)plan.keys,
                 (long long)plan.returned, plan.stages);
}

int run_explain(struct mongods *set)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_reads_no_more_than_its_page),
        cmocka_unit_test(test_one_list_is_one_range),
        cmocka_unit_test(test_subtasks_and_tags_are_one_range),
        cmocka_unit_test(test_the_trash_is_one_range),
        cmocka_unit_test(test_days_are_a_range_of_the_index),
        cmocka_unit_test(test_priority_sorts_in_memory_within_the_person),
        cmocka_unit_test(test_search_reads_what_it_finds),
    };

    all.set = set;
    return cmocka_run_group_tests_name("mongo_explain", tests, fill, drop);
}
