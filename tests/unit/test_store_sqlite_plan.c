/*
 * What SQLite does for each list: by its plan, and by what it counts, on
 * 10,000 tasks of one person and 1,000,000 of another in one file (with the
 * sanitizers, which see nothing of that, 100,000). STEADY_TEST_TASKS names
 * another number.
 */
#include "cases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "base/time.h"
#include "store/store_sqlite.h"

enum { FEW = 10000, PAGES = 5 };
#if defined(__SANITIZE_ADDRESS__)
#define MANY 100000
#else
#define MANY 1000000
#endif
/* A page's work may grow so much from few to many: trees grow by a level. */
#define GROWTH_MAX 1.2

static char folder_path[] = "/tmp/steady-plan-XXXXXX";
static struct store *store;
static const struct id few_owner = { { 1 } }, many_owner = { { 2 } };
static const struct id list_id = { { 3 } }, parent_id = { { 4 } };

/* ---- Many tasks ---- */

/* All by SQL, without words: one owner's tasks, in the order of their ids.
 * ?1 owner, ?2 count, ?3 list, ?4 parent. Every hundredth is in the trash,
 * every third is done, every tenth is in the list, orders tie in pairs. */
static const char fill_text[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "WHERE i < ?2) INSERT INTO tasks (owner, id, version, title, notes, "
    "completed, completed_at, list_id, parent_id, \"order\", priority, tags, "
    "due_date, due_key, created_at, updated_at, deleted, deleted_at, "
    "purge_at) SELECT ?1, CAST(printf('%016d', i) AS BLOB), 1, 'Task ' || i, "
    "'', i % 3 = 0, CASE WHEN i % 3 = 0 THEN 1760000000000 + i END, "
    "CASE WHEN i % 10 = 0 THEN ?3 ELSE zeroblob(16) END, "
    "CASE WHEN i % 7 = 0 THEN ?4 ELSE zeroblob(16) END, i / 2 * 1024, i % 4, "
    "CASE WHEN i % 5 = 0 THEN x'00686f6d6500' ELSE x'' END, "
    "CASE WHEN i % 2 = 0 THEN 20260101 + i % 28 END, "
    "CASE WHEN i % 2 = 0 THEN (20260101 + i % 28) * 10000 "
    "ELSE 999999999999 END, 1750000000000 + i, 1750000000000 + i, "
    "i % 100 = 0, CASE WHEN i % 100 = 0 THEN 1770000000000 + i END, "
    "CASE WHEN i % 100 = 0 THEN 4102444800000 END FROM n";

static void must(enum err err, const struct error *error)
{
    if (err != ERR_NONE)
        fail_msg("%s: %s", err_name(err), error->detail);
}

static void run_text(const char *text)
{
    char *message = NULL;

    if (sqlite3_exec(sqlite_of(store)->db, text, NULL, NULL, &message) !=
        SQLITE_OK)
        fail_msg("%s: %s", text, message);
}

static void fill(struct id owner, int64_t count)
{
    struct error error = { 0 };
    struct sql sql;

    must(sql_open(sqlite_of(store), fill_text, &sql, &error), &error);
    sql_bind_id(&sql, owner);
    sql_bind_int(&sql, count);
    sql_bind_id(&sql, list_id);
    sql_bind_id(&sql, parent_id);
    must(sql_run(&sql, &error), &error);
}

/* Indexes are sorted into place afterwards, in a fraction of the time. */
static void drop_indexes(void)
{
    static const char *const names[] = {
        "order", "list", "parent", "due", "completed", "trash", "updated",
        "tags", "purge", "zoned",
    };
    char text[64];

    for (size_t i = 0; i < COUNT(names); i++) {
        (void)snprintf(text, sizeof(text), "DROP INDEX tasks_%s", names[i]);
        run_text(text);
    }
}

static int setup(void **state)
{
    const char *wanted = getenv("STEADY_TEST_TASKS");
    int64_t many = MANY, started = time_monotonic();
    struct error error = { 0 };

    (void)state;
    if (wanted != NULL)
        assert_true(num_parse(str_from(wanted), FEW, 100000000, &many));
    assert_non_null(mkdtemp(folder_path));
    must(store_sqlite_open(folder_path, true, &store, &error), &error);
    must(store->ops->migrate(store, &error), &error);
    run_text("PRAGMA synchronous = OFF; PRAGMA cache_size = -100000; "
             "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_mode = OFF");
    drop_indexes();
    fill(few_owner, FEW);
    fill(many_owner, many);
    must(store->ops->migrate(store, &error), &error);
    must(store->ops->check(store, false, &error), &error);
    print_message("# %" PRId64 " tasks made in %" PRId64 " ms\n", many,
                  (time_monotonic() - started) / 1000);
    return 0;
}

static int teardown(void **state)
{
    static const char *const files[] = { "steady.db", "steady.db-wal",
                                         "steady.db-shm", "steady.marker" };
    char path[128];

    (void)state;
    store_close(store);
    for (size_t i = 0; i < COUNT(files); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder_path, files[i]);
        (void)unlink(path);
    }
    return rmdir(folder_path);
}

/* ---- The lists that the API asks for ---- */

struct list_case {
    const char *name, *index;
    struct task_query query; /* of priority none: any */
};

#define QUERY(done, ...) \
    { .completed = (done), .limit = PAGE_LIMIT_DEFAULT, \
      .due_before_at = INT64_MAX, __VA_ARGS__ }
#define DUE .sort = SORT_DUE
#define DOWN .descending = true
#define LIST .by_list = true, .list_id = { { 3 } }
#define PARENT .by_parent = true, .parent_id = { { 4 } }
#define TAG .tag = { "home", 4 }

static const struct list_case cases[] = {
    { "default", "tasks_order", QUERY(ANY, .sort = SORT_ORDER) },
    { "default, down", "tasks_order", QUERY(ANY, DOWN) },
    { "inbox", "tasks_list", QUERY(ANY, .by_list = true) },
    { "list", "tasks_list", QUERY(ANY, LIST) },
    { "list, open", "tasks_list", QUERY(NO, LIST) },
    { "open", "tasks_order", QUERY(NO, .sort = SORT_ORDER) },
    { "done", "tasks_order", QUERY(YES, .sort = SORT_ORDER) },
    { "tag", "tasks_order", QUERY(ANY, TAG) },
    { "tag, open", "tasks_order", QUERY(NO, TAG) },
    { "priority", "tasks_order", QUERY(ANY, .priority = PRIORITY_HIGH) },
    { "start", "tasks_order", QUERY(ANY, .start_to = 20260110) },
    { "days by order", "tasks_order",
      QUERY(ANY, .due_from = 20260103, .due_to = 20260120) },
    { "days of a list by due", "tasks_due",
      QUERY(ANY, DUE, LIST, .due_from = 20260103, .due_to = 20260120) },
    { "by due", "tasks_due", QUERY(ANY, DUE) },
    { "by due, down", "tasks_due", QUERY(ANY, DUE, DOWN) },
    { "today", "tasks_due",
      QUERY(NO, DUE, .due_to = 20260110, .start_to = 20260110) },
    { "upcoming", "tasks_due", QUERY(NO, DUE, .due_from = 20260111) },
    { "upcoming, down", "tasks_due",
      QUERY(NO, DUE, DOWN, .due_from = 20260111) },
    { "overdue", "tasks_due", QUERY(NO, DUE, .due_to = 20260109) },
    { "overdue, down", "tasks_due",
      QUERY(NO, DUE, DOWN, .due_to = 20260109) },
    { "completed", "tasks_completed",
      QUERY(YES, .sort = SORT_COMPLETED, DOWN) },
    { "trash", "tasks_trash",
      QUERY(ANY, .sort = SORT_DELETED, .deleted = true, DOWN) },
    { "trash by order", "tasks_order", QUERY(ANY, .deleted = true) },
    { "updated", "tasks_updated", QUERY(ANY, .sort = SORT_UPDATED) },
    { "updated, down", "tasks_updated",
      QUERY(ANY, .sort = SORT_UPDATED, DOWN) },
    { "subtasks", "tasks_parent", QUERY(ANY, PARENT) },
    { "no subtasks", "tasks_order", QUERY(ANY, .by_parent = true) },
    { "subtasks in the inbox", "tasks_parent",
      QUERY(ANY, PARENT, .by_list = true) },
};

static struct task_query query_of(const struct list_case *list)
{
    struct task_query query = list->query;

    if (query.priority == PRIORITY_NONE)
        query.priority = ANY;
    return query;
}

/* ---- Plans ---- */

/* The plan's lines in one text. */
static const char *plan_of(struct arena *arena, const char *text)
{
    struct str plan = STR(""), explain;
    sqlite3_stmt *statement = NULL;

    explain = arena_printf(arena, "EXPLAIN QUERY PLAN %s", text);
    if (sqlite3_prepare_v2(sqlite_of(store)->db, arena_cstr(arena, explain),
                           -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sqlite3_errmsg(sqlite_of(store)->db), text);
    while (sqlite3_step(statement) == SQLITE_ROW)
        plan = arena_printf(arena, "%.*s\n%s", STR_ARG(plan),
                            sqlite3_column_text(statement, 3));
    sqlite3_finalize(statement);
    return arena_cstr(arena, plan);
}

static void check_plan(const char *name, const char *plan, const char *index)
{
    if (strstr(plan, "SCAN") != NULL || strstr(plan, "TEMP B-TREE") != NULL ||
        strstr(plan, index) == NULL)
        fail_msg("%s: wanted one range of %s, not:%s", name, index, plan);
}

static void check_query_plan(const struct list_case *list, bool later)
{
    struct task_query query = query_of(list);
    struct arena arena;
    struct buf text;

    arena_init(&arena);
    query.cursor.set = later;
    sqlite_list_text(sqlite_of(store), &query, &text);
    buf_add_char(&text, '\0');
    check_plan(list->name, plan_of(&arena, text.ptr), list->index);
    /* The cursor is part of the range, not compared row by row. */
    if (later && strstr(plan_of(&arena, text.ptr), ",id)") == NULL)
        fail_msg("%s: %s", list->name, plan_of(&arena, text.ptr));
    buf_release(&text);
    arena_release(&arena);
}

static void test_a_first_page_is_one_range_of_its_index(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_query_plan(&cases[i], false);
}

static void test_a_later_page_is_one_range_of_its_index(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_query_plan(&cases[i], true);
}

static void test_a_sort_without_index_reads_one_range(void **state)
{
    static const enum task_sort sorts[] = { SORT_PRIORITY, SORT_CREATED };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT(sorts); i++) {
        struct task_query query = QUERY(NO, .sort = sorts[i]);
        const char *plan;
        struct buf text;

        sqlite_list_text(sqlite_of(store), &query, &text);
        buf_add_char(&text, '\0');
        plan = plan_of(&arena, text.ptr);
        buf_release(&text);
        assert_null(strstr(plan, "SCAN"));
        assert_non_null(strstr(plan, "(owner=? AND deleted=?"));
    }
    arena_release(&arena);
}

/* Whatever the operations have prepared so far, by its own text. */
static void test_other_operations_read_ranges_too(void **state)
{
    struct error error = { 0 };
    struct str term = STR("task");
    struct change_page changes;
    struct list_page lists;
    struct list_counts counts;
    struct tag_counts tags;
    struct session_page sessions;
    struct arena arena;
    struct hash keep = { 0 };
    struct user user;
    int64_t n;
    sqlite3_stmt *statement = NULL;

    (void)state;
    arena_init(&arena);
    must(store->ops->changes(store, &arena, few_owner,
                             (struct change_token){ 1750000000000 + FEW - 20,
                                                    few_owner },
                             50, &changes, &error),
         &error);
    must(store->ops->list_all(store, &arena, few_owner, false, &lists,
                              &error),
         &error);
    must(store->ops->list_counts(store, &arena, few_owner, &counts, &error),
         &error);
    must(store->ops->tag_counts(store, &arena, few_owner, &tags, &error),
         &error);
    must(store->ops->task_count(store, few_owner, 10, &n, &error), &error);
    must(store->ops->session_all(store, &arena, few_owner, &sessions, &error),
         &error);
    must(store->ops->task_search(store, few_owner, (struct strs){ &term, 1 },
                                 NO, NULL, NULL, &error),
         &error);
    must(store->ops->user_erase(store, id_random(), keep, &error), &error);
    must(store->ops->purge(store, 1, 10, &n, &error), &error);
    assert_int_equal(store->ops->user_by_email(store, &arena, STR("nobody"),
                                               &user, &error),
                     ERR_NOT_FOUND);
    while ((statement = sqlite3_next_stmt(sqlite_of(store)->db, statement)) !=
           NULL) {
        const char *text = sqlite3_sql(statement), *plan;

        if (strstr(text, "owner =") == NULL &&
            strstr(text, "user_id =") == NULL &&
            strstr(text, "email_key =") == NULL &&
            strstr(text, "<= ?1") == NULL)
            continue;
        plan = plan_of(&arena, text);
        if (strstr(plan, "SCAN tasks") != NULL ||
            strstr(plan, "SCAN lists") != NULL ||
            strstr(plan, "SCAN sessions") != NULL ||
            strstr(plan, "SCAN users") != NULL ||
            strstr(plan, "SCAN task_words") != NULL ||
            strstr(plan, "FOR ORDER BY") != NULL)
            fail_msg("%s\n%s", text, plan);
    }
    arena_release(&arena);
}

/* ---- What is counted ---- */

struct effort {
    int64_t steps, scanned, sorts;
};

/* Since the last time, over every statement. */
static struct effort effort_since(void)
{
    struct effort effort = { 0 };
    sqlite3_stmt *statement = NULL;

    while ((statement = sqlite3_next_stmt(sqlite_of(store)->db, statement)) !=
           NULL) {
        effort.steps +=
            sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
        effort.scanned +=
            sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP,
                                1);
        effort.sorts +=
            sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_SORT, 1);
    }
    return effort;
}

static void go_on(struct task_query *query, const struct task_page *page)
{
    const struct task *last = &page->items[page->len - 1];
    const int64_t numbers[] = {
        [SORT_DUE] = last->due_key,           [SORT_PRIORITY] = 0,
        [SORT_CREATED] = last->created_at,    [SORT_UPDATED] = last->updated_at,
        [SORT_COMPLETED] = last->completed_at,
        [SORT_DELETED] = last->deleted_at,
    };

    query->cursor = (struct task_cursor){
        .set = true,
        .order = last->order,
        .number = numbers[query->sort],
        .id = last->id,
    };
}

/* Steps of the first and of the fifth page. */
static void read_pages(const struct list_case *list, struct id owner,
                       int64_t steps[2])
{
    struct task_query query = query_of(list);
    struct error error = { 0 };

    query.owner = owner;
    for (int page_no = 1; page_no <= PAGES; page_no++) {
        struct effort effort;
        struct task_page page;
        struct arena arena;

        arena_init(&arena);
        effort_since();
        must(store->ops->task_list(store, &arena, &query, &page, &error),
             &error);
        effort = effort_since();
        if (effort.scanned != 0 || effort.sorts != 0)
            fail_msg("%s, page %d: %" PRId64 " rows scanned, %" PRId64
                     " sorts",
                     list->name, page_no, effort.scanned, effort.sorts);
        if (page.len != PAGE_LIMIT_DEFAULT && owner.bytes[0] == 2)
            fail_msg("%s, page %d: %zu tasks", list->name, page_no, page.len);
        steps[page_no == PAGES] = effort.steps;
        if (page.len == 0 || !page.more) {
            arena_release(&arena);
            break;
        }
        go_on(&query, &page);
        arena_release(&arena);
    }
}

static void test_a_page_costs_the_same_among_a_million(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t few[2] = { 0 }, many[2] = { 0 };

        read_pages(&cases[i], few_owner, few);
        read_pages(&cases[i], many_owner, many);
        for (size_t page = 0; page < 2; page++) {
            if (few[page] > 0 &&
                (double)many[page] > GROWTH_MAX * (double)few[page])
                fail_msg("%s: %" PRId64 " steps among many, %" PRId64
                         " among few",
                         cases[i].name, many[page], few[page]);
        }
        /* And the fifth is no dearer than the first. */
        if ((double)many[1] > GROWTH_MAX * (double)many[0])
            fail_msg("%s: %" PRId64 " steps on page %d, %" PRId64
                     " on page 1",
                     cases[i].name, many[1], PAGES, many[0]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_first_page_is_one_range_of_its_index),
        cmocka_unit_test(test_a_later_page_is_one_range_of_its_index),
        cmocka_unit_test(test_a_sort_without_index_reads_one_range),
        cmocka_unit_test(test_other_operations_read_ranges_too),
        cmocka_unit_test(test_a_page_costs_the_same_among_a_million),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, setup, teardown);
}
