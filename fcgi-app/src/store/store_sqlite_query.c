/* Lists of tasks: each is one range of one index, in its order. */
#include "store/store_sqlite.h"

#include <string.h>

#define NO_ID "x'00000000000000000000000000000000'"

static const char *const sort_columns[] = {
    [SORT_ORDER] = "\"order\"",       [SORT_DUE] = "due_key",
    [SORT_PRIORITY] = "priority",     [SORT_CREATED] = "created_at",
    [SORT_UPDATED] = "updated_at",    [SORT_COMPLETED] = "completed_at",
    [SORT_DELETED] = "deleted_at",
};

static bool by_subtasks(const struct task_query *query)
{
    return query->by_parent && !id_is_none(query->parent_id);
}

static bool has_due(const struct task_query *query)
{
    return query->due_from != DATE_NONE || query->due_to != DATE_NONE;
}

/* The index whose order is the sort's, or that narrows most for a sort that
 * is done in memory. */
static const char *index_of(const struct task_query *query)
{
    switch (query->sort) {
    case SORT_UPDATED:
        return "tasks_updated";
    case SORT_COMPLETED:
        return "tasks_completed";
    case SORT_DELETED:
        return "tasks_trash";
    case SORT_DUE:
        return "tasks_due";
    case SORT_ORDER:
    case SORT_PRIORITY:
    case SORT_CREATED:
        break;
    }
    if (by_subtasks(query))
        return "tasks_parent";
    if (query->by_list)
        return "tasks_list";
    return query->sort != SORT_ORDER && has_due(query) ? "tasks_due"
                                                       : "tasks_order";
}

static void add_due(struct sql *sql, const struct task_query *query)
{
    if (!has_due(query))
        return;
    /* The index's range is a day wider on both sides: a due time in another
     * zone may fall on the day before or after the reader's. */
    if (query->due_from != DATE_NONE) {
        sql_add(sql, " AND due_key >= ");
        sql_int(sql, date_add_days(query->due_from, -1) * INT64_C(10000));
    }
    sql_add(sql, " AND due_key < ");
    sql_int(sql, query->due_to == DATE_NONE
                     ? TASK_DUE_KEY_NONE
                     : (date_add_days(query->due_to, 1) + 1) *
                           INT64_C(10000));
    sql_add(sql, " AND CASE WHEN due_at IS NULL THEN due_date BETWEEN ");
    sql_int(sql, query->due_from);
    sql_add(sql, " AND ");
    sql_int(sql, query->due_to == DATE_NONE ? INT32_MAX : query->due_to);
    sql_add(sql, " ELSE due_at >= ");
    sql_int(sql, query->due_from_at);
    sql_add(sql, " AND due_at < ");
    sql_int(sql, query->due_before_at);
    sql_add(sql, " END");
}

static void add_filters(struct sql *sql, struct arena *arena,
                        const struct task_query *query,
                        enum tristate completed)
{
    sql_add(sql, " WHERE owner = ");
    sql_id(sql, &query->owner);
    sql_add(sql, query->deleted ? " AND deleted = 1" : " AND deleted = 0");
    if (completed != ANY)
        sql_add(sql, completed == YES ? " AND completed = 1"
                                      : " AND completed = 0");
    if (query->by_list) {
        sql_add(sql, " AND list_id = ");
        sql_id(sql, &query->list_id);
    }
    if (by_subtasks(query))
        sql_add(sql, " AND parent_id > " NO_ID);
    if (query->by_parent) {
        sql_add(sql, " AND parent_id = ");
        sql_id(sql, &query->parent_id);
    }
    if (!id_is_none(query->trash_id)) {
        sql_add(sql, " AND trash_id = ");
        sql_id(sql, &query->trash_id);
    }
    if (!str_is_none(query->tag)) {
        struct strs one = { &query->tag, 1 };
        struct str packed = sqlite_pack(arena, one);

        /* No text holds the NUL of a length, so this finds whole tags. */
        sql_add(sql, " AND instr(tags, ");
        sql_blob(sql, packed.ptr, packed.len);
        sql_add(sql, ") > 0");
    }
    if (query->priority != ANY) {
        sql_add(sql, " AND priority = ");
        sql_int(sql, query->priority);
    }
    if (query->start_to != DATE_NONE) {
        sql_add(sql, " AND coalesce(start, 0) <= ");
        sql_int(sql, query->start_to);
    }
    add_due(sql, query);
}

static void sort_value(struct sql *sql, const struct task_query *query)
{
    if (query->sort == SORT_ORDER)
        sql_real(sql, query->cursor.order);
    else
        sql_int(sql, query->cursor.number);
}

/* x >= v AND (x > v OR key > k): starts in the index where the page does. */
static void add_cursor(struct sql *sql, struct arena *arena,
                       const struct task_query *query)
{
    const char *column = sort_columns[query->sort];
    const char *op = query->descending ? "<" : ">";
    struct key *key = arena_alloc(arena, sizeof(*key));

    if (!query->cursor.set)
        return;
    *key = key_owned(query->owner, query->cursor.id);
    buf_printf(&sql->text, " AND %s %s= ", column, op);
    sort_value(sql, query);
    buf_printf(&sql->text, " AND (%s %s ", column, op);
    sort_value(sql, query);
    buf_printf(&sql->text, " OR key %s ", op);
    sql_key(sql, key);
    sql_add(sql, ")");
}

static void add_select(struct sql *sql, struct arena *arena,
                       const struct task_query *query,
                       enum tristate completed)
{
    sqlite_select(sql, KIND_TASK, false);
    buf_printf(&sql->text, " INDEXED BY %s", index_of(query));
    add_filters(sql, arena, query, completed);
    add_cursor(sql, arena, query);
}

/* Open and done tasks are two ranges of an index; SQLite merges them. */
static bool in_two_ranges(const struct task_query *query)
{
    return query->completed == ANY &&
           (query->sort == SORT_ORDER || query->sort == SORT_DUE);
}

static void build_list(struct sql *sql, struct arena *arena,
                       const struct task_query *query)
{
    const char *turn = query->descending ? " DESC" : "";

    sql_init(sql);
    if (in_two_ranges(query)) {
        add_select(sql, arena, query, NO);
        sql_add(sql, " UNION ALL ");
        add_select(sql, arena, query, YES);
    } else {
        add_select(sql, arena, query,
                   query->sort == SORT_COMPLETED ? YES : query->completed);
    }
    buf_printf(&sql->text, " ORDER BY %s%s, key%s LIMIT ",
               sort_columns[query->sort], turn, turn);
    sql_int(sql, (int64_t)query->limit + 1);
}

enum err sqlite_task_list(struct store *base, struct arena *arena,
                          const struct task_query *query,
                          struct task_page *page, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    size_t bytes = 0;
    enum err err;

    *page = (struct task_page){
        .items = arena_array(arena, query->limit, sizeof(*page->items))
    };
    build_list(&sql, arena, query);
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    while (err == ERR_NONE && row) {
        if (page->len == query->limit || bytes > PAGE_BYTES_MAX) {
            page->more = true;
            break;
        }
        sqlite_read(statement, arena, KIND_TASK, false,
                    &page->items[page->len], NULL);
        bytes += sqlite_text_bytes(KIND_TASK, &page->items[page->len++]);
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    return err;
}

enum err sqlite_task_trash(struct store *base, const struct task_query *query,
                           const struct trash_mark *mark, int64_t *changed,
                           struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct arena arena;
    struct sql sql;
    enum err err;

    arena_init(&arena);
    sql_init(&sql);
    sql_add(&sql, "UPDATE tasks SET version = version + 1, updated_at = max("
                  "updated_at, ");
    sql_int(&sql, time_now());
    buf_printf(&sql.text, "), deleted = %d", mark->deleted ? 1 : 0);
    for (int i = TASK_DELETED_AT; i <= TASK_TRASH_ID; i++) {
        struct task values = { .deleted_at = mark->deleted_at,
                               .purge_at = mark->purge_at,
                               .trash_id = mark->trash_id };
        char column[64];

        if (i == TASK_DELETED)
            continue;
        buf_printf(&sql.text, ", %s = ",
                   field_column(&task_schema.fields[i], column));
        if (i == TASK_TRASH_ID)
            sql_id(&sql, &mark->trash_id);
        else
            sqlite_bind_field(&sql, &arena, &task_schema.fields[i], &values);
    }
    add_filters(&sql, &arena, query, query->completed);
    err = sqlite_run(store, &sql, error);
    *changed = err == ERR_NONE ? sqlite3_changes(store->db) : 0;
    arena_release(&arena);
    return err;
}

/* Tasks that have a word in [term, next term). */
static void add_term(struct sql *sql, const struct id *owner,
                     const struct str *term, const struct str *end)
{
    sql_add(sql, "key IN (SELECT key FROM task_words WHERE owner = ");
    sql_id(sql, owner);
    sql_add(sql, " AND word >= ");
    sql_text(sql, *term);
    sql_add(sql, " AND word < ");
    sql_text(sql, *end);
    sql_add(sql, ")");
}

enum err sqlite_task_search(struct store *base, struct id owner,
                            struct strs terms, enum tristate completed,
                            record_visit *visit, void *context,
                            struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct arena terms_arena, arena;
    struct sql sql;
    sqlite3_stmt *statement;
    struct task task;
    bool more = false;
    enum err err;

    arena_init(&terms_arena);
    arena_init(&arena);
    sql_init(&sql);
    sqlite_select(&sql, KIND_TASK, true);
    sql_add(&sql, " WHERE ");
    for (size_t i = 0; i < terms.len; i++) {
        /* U+10FFFF is above whatever follows the prefix. */
        struct str end = arena_printf(&terms_arena, "%.*s\xf4\x8f\xbf\xbf",
                                      STR_ARG(terms.items[i]));

        add_term(&sql, &owner, &terms.items[i], &end);
        sql_add(&sql, " AND ");
    }
    sql_add(&sql, "deleted = 0");
    if (completed != ANY)
        sql_add(&sql, completed == YES ? " AND completed = 1"
                                       : " AND completed = 0");
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &more, error);
    while (err == ERR_NONE && more) {
        sqlite_read(statement, &arena, KIND_TASK, true, &task, NULL);
        more = visit(context, &task);
        arena_reset(&arena);
        if (more)
            err = sqlite_step(store, statement, &more, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    arena_release(&arena);
    arena_release(&terms_arena);
    return err;
}

enum err sqlite_task_count(struct store *base, struct id owner, int64_t max,
                           int64_t *count, struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, "SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY "
                  "tasks_updated WHERE owner = ");
    sql_id(&sql, &owner);
    sql_add(&sql, " LIMIT ");
    sql_int(&sql, max);
    sql_add(&sql, ")");
    return sqlite_number((struct sqlite_store *)base, &sql, 0, count, error);
}
