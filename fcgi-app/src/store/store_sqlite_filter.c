/*
 * The text of a task query. Each sort has an index that holds the rows in its
 * order, and INDEXED BY makes SQLite use it or fail:
 *
 *   order      tasks_order, in one list tasks_list, below a task tasks_parent
 *   due        tasks_due          completed  tasks_completed
 *   updated    tasks_updated      deleted    tasks_trash
 *
 * So a page is one range of that index, or a few that SQLite merges as it
 * reads: open and completed tasks; for a range of days those due by the clock
 * on the wall and (tasks_zoned) those due at an instant. What the index does
 * not hold is compared row by row. Priority and created have no index: the
 * range of tasks_order (or of the list's or the parent's) is sorted in memory.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/store_sqlite.h"

/* Numbers of the parameters, the same in every statement. */
enum parameter {
    P_OWNER = 1, P_LIST, P_PARENT, P_TRASH, P_TAG, P_PRIORITY, P_DUE_LOW,
    P_DUE_HIGH, P_ZONE_LOW, P_ZONE_HIGH, P_DUE_FROM_AT, P_DUE_BEFORE_AT,
    P_START_TO, P_CURSOR, P_CURSOR_ID, P_LIMIT
};
_Static_assert((int)P_LIMIT == (int)SQLITE_PARAM_LIMIT, "the last one");

/* A zone can be 14 hours before UTC and a reader 12 behind it: their dates
 * can be two days apart. */
enum { ZONE_DAYS = 2 };

/* Which tasks a range of days is asked of. */
enum due_part { DUE_ALL, DUE_FLOATING, DUE_ZONED };

struct shape {
    const char *index;
    const char *column; /* that the sort orders by */
    bool by_completed;  /* the index has `completed` before the column */
};

static struct shape shape_of(const struct task_query *query)
{
    struct shape shape = { "tasks_order", "\"order\"", true };

    if (query->by_parent && !id_is_none(query->parent_id))
        shape.index = "tasks_parent";
    else if (query->by_list)
        shape.index = "tasks_list";
    switch (query->sort) {
    case SORT_ORDER:
        return shape;
    case SORT_DUE:
        return (struct shape){ "tasks_due", "due_key", true };
    case SORT_PRIORITY:
        return (struct shape){ shape.index, "priority", false };
    case SORT_CREATED:
        return (struct shape){ shape.index, "created_at", false };
    case SORT_UPDATED:
        return (struct shape){ "tasks_updated", "updated_at", false };
    case SORT_COMPLETED:
        return (struct shape){ "tasks_completed", "completed_at", false };
    case SORT_DELETED:
        return (struct shape){ "tasks_trash", "deleted_at", false };
    }
    assert(0 && "a sort");
    return shape;
}

static bool has_days(const struct task_query *query)
{
    return query->due_from != DATE_NONE || query->due_to != DATE_NONE;
}

static void add_instants(const struct task_query *query, struct buf *text)
{
    if (query->due_from != DATE_NONE)
        buf_printf(text, " AND due_at >= ?%d", P_DUE_FROM_AT);
    if (query->due_to != DATE_NONE)
        buf_printf(text, " AND due_at < ?%d", P_DUE_BEFORE_AT);
}

/* The keys of some days; after a cursor what is left of them, as one bound
 * of the index (no key has the minute of `high` or of `low` - 1). */
static void add_keys(const struct task_query *query, int low, int high,
                     struct buf *text)
{
    if (!query->cursor.set)
        buf_printf(text, " AND due_key BETWEEN ?%d AND ?%d", low, high);
    else if (query->descending)
        buf_printf(text,
                   " AND due_key >= ?%d "
                   "AND (due_key, id) < (min(?%d, ?%d), ?%d)",
                   low, P_CURSOR, high, P_CURSOR_ID);
    else
        buf_printf(text,
                   " AND due_key <= ?%d "
                   "AND (due_key, id) > (max(?%d, ?%d - 1), ?%d)",
                   high, P_CURSOR, low, P_CURSOR_ID);
}

static void add_days(const struct task_query *query, enum due_part part,
                     struct buf *text)
{
    if (!has_days(query))
        return;
    switch (part) {
    case DUE_FLOATING:
        buf_printf(text, " AND due_at IS NULL");
        add_keys(query, P_DUE_LOW, P_DUE_HIGH, text);
        break;
    case DUE_ZONED:
        buf_printf(text, " AND due_at IS NOT NULL");
        add_keys(query, P_ZONE_LOW, P_ZONE_HIGH, text);
        add_instants(query, text);
        break;
    case DUE_ALL:
        buf_printf(text,
                   " AND CASE WHEN due_at IS NULL "
                   "THEN due_key BETWEEN ?%d AND ?%d ELSE 1",
                   P_DUE_LOW, P_DUE_HIGH);
        add_instants(query, text);
        buf_printf(text, " END");
        break;
    }
}

static void add_filters(const struct task_query *query,
                        enum tristate completed, enum due_part part,
                        struct buf *text)
{
    buf_printf(text, " WHERE owner = ?%d AND deleted = %d", P_OWNER,
               query->deleted);
    if (query->by_list)
        buf_printf(text, " AND list_id = ?%d", P_LIST);
    if (query->by_parent)
        buf_printf(text, " AND parent_id = ?%d", P_PARENT);
    if (query->by_parent && !id_is_none(query->parent_id))
        /* Says to SQLite that tasks_parent has them all. */
        buf_printf(text, " AND parent_id <> "
                         "x'00000000000000000000000000000000'");
    if (completed != ANY)
        buf_printf(text, " AND completed = %d", completed == YES);
    if (!id_is_none(query->trash_id))
        buf_printf(text, " AND trash_id = ?%d", P_TRASH);
    if (!str_is_none(query->tag))
        buf_printf(text, " AND instr(tags, ?%d) > 0", P_TAG);
    if (query->priority != ANY)
        buf_printf(text, " AND priority = ?%d", P_PRIORITY);
    add_days(query, part, text);
    if (query->start_to != DATE_NONE)
        buf_printf(text, " AND (start IS NULL OR start <= ?%d)", P_START_TO);
}

/* One range; the words between it and the one before come first. */
static void add_range(struct store_sqlite *sqlite,
                      const struct task_query *query, struct shape shape,
                      enum tristate completed, enum due_part part,
                      struct buf *text)
{
    buf_printf(text, "%sSELECT %s FROM tasks INDEXED BY %s",
               text->len == 0 ? "" : " UNION ALL ",
               sqlite->tables[KIND_TASK].columns,
               part == DUE_ZONED ? "tasks_zoned" : shape.index);
    add_filters(query, completed, part, text);
    if (query->cursor.set && part == DUE_ALL)
        buf_printf(text, " AND (%s, id) %c (?%d, ?%d)", shape.column,
                   query->descending ? '<' : '>', P_CURSOR, P_CURSOR_ID);
}

static void add_ranges(struct store_sqlite *sqlite,
                       const struct task_query *query, struct shape shape,
                       enum tristate completed, struct buf *text)
{
    if (query->sort == SORT_DUE && has_days(query)) {
        add_range(sqlite, query, shape, completed, DUE_FLOATING, text);
        add_range(sqlite, query, shape, completed, DUE_ZONED, text);
    } else {
        add_range(sqlite, query, shape, completed, DUE_ALL, text);
    }
}

void sqlite_list_text(struct store_sqlite *sqlite,
                      const struct task_query *query, struct buf *text)
{
    struct shape shape = shape_of(query);
    enum tristate completed =
        query->sort == SORT_COMPLETED ? YES : query->completed;
    const char *direction = query->descending ? " DESC" : "";

    buf_init(text, SQLITE_TEXT_MAX);
    if ((query->sort == SORT_DELETED && !query->deleted) ||
        (query->sort == SORT_COMPLETED && query->completed == NO)) {
        /* Nothing has that order. */
        buf_printf(text, "SELECT %s FROM tasks WHERE 0 AND ?%d",
                   sqlite->tables[KIND_TASK].columns, P_LIMIT);
        return;
    }
    if (shape.by_completed && completed == ANY) {
        add_ranges(sqlite, query, shape, NO, text);
        add_ranges(sqlite, query, shape, YES, text);
    } else {
        add_ranges(sqlite, query, shape, completed, text);
    }
    buf_printf(text, " ORDER BY %s%s, id%s LIMIT ?%d", shape.column,
               direction, direction, P_LIMIT);
}

void sqlite_choose_text(const struct task_query *query, struct buf *text)
{
    struct task_query by_order = *query;

    by_order.sort = SORT_ORDER;
    buf_printf(text, "SELECT id FROM tasks INDEXED BY %s",
               shape_of(&by_order).index);
    add_filters(query, query->completed, DUE_ALL, text);
    buf_printf(text, " LIMIT ?%d", P_LIMIT);
}

static int64_t due_bound(int32_t date, int days, int64_t minute, int64_t open)
{
    if (date == DATE_NONE)
        return open;
    return (int64_t)date_add_days(date, days) * 10000 + minute;
}

static struct str packed_tag(struct arena *arena, struct str tag)
{
    struct strs set = { &tag, 1 };

    return str_is_none(tag) ? STR("") : sqlite_pack(arena, set);
}

void sqlite_bind_query(struct sql *sql, struct arena *arena,
                       const struct task_query *query, size_t limit)
{
    const int64_t last = TASK_DUE_KEY_NONE - 1; /* of those that are due */
    struct str tag = packed_tag(arena, query->tag);

    sql_bind_id(sql, query->owner);
    sql_bind_id(sql, query->list_id);
    sql_bind_id(sql, query->parent_id);
    sql_bind_id(sql, query->trash_id);
    sql_bind_blob(sql, tag.ptr, tag.len);
    sql_bind_int(sql, query->priority);
    sql_bind_int(sql, due_bound(query->due_from, 0, 0, 0));
    sql_bind_int(sql, due_bound(query->due_to, 0, 9999, last));
    sql_bind_int(sql, due_bound(query->due_from, -ZONE_DAYS, 0, 0));
    sql_bind_int(sql, due_bound(query->due_to, ZONE_DAYS, 9999, last));
    sql_bind_int(sql, query->due_from_at);
    sql_bind_int(sql, query->due_before_at);
    sql_bind_int(sql, query->start_to);
    if (query->sort == SORT_ORDER)
        sql_bind_number(sql, query->cursor.order);
    else
        sql_bind_int(sql, query->cursor.number);
    sql_bind_id(sql, query->cursor.id);
    sql_bind_int(sql, (int64_t)limit);
}
