/*
 * The text of a task query. Each sort has an index that holds the rows in its
 * order, and INDEXED BY makes SQLite use it or fail:
 *
 *   order      tasks_order, in one list tasks_list, below a task tasks_parent
 *   due        tasks_due          completed  tasks_completed
 *   updated    tasks_updated      deleted    tasks_trash
 *
 * So a page is one range of that index, or for open and completed tasks
 * together two that SQLite merges as it reads; what the index does not hold
 * is compared row by row. Priority and created have no index: the range of
 * tasks_order (or of the list's or the parent's) is sorted in memory.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/store_sqlite.h"

/* Numbers of the parameters, the same in every statement. */
enum parameter {
    P_OWNER = 1, P_LIST, P_PARENT, P_TRASH, P_TAG, P_PRIORITY, P_DUE_LOW,
    P_DUE_HIGH, P_DUE_FROM, P_DUE_TO, P_DUE_FROM_AT, P_DUE_BEFORE_AT,
    P_START_TO, P_CURSOR, P_CURSOR_ID, P_LIMIT
};
_Static_assert((int)P_LIMIT == (int)SQLITE_PARAM_LIMIT, "the last one");

/* A zone can be 14 hours before UTC and a reader 12 behind it: by the clock
 * on the wall that is two days, one each way of the reader's range. */
enum { DUE_MARGIN_DAYS = 2 };

struct shape {
    const char *index;
    const char *column; /* that the sort orders by */
    bool by_completed;  /* the index has `completed` before the column */
    bool in_memory;
};

static struct shape shape_of(const struct task_query *query)
{
    struct shape shape = { "tasks_order", "\"order\"", true, false };

    if (query->by_parent && !id_is_none(query->parent_id))
        shape.index = "tasks_parent";
    else if (query->by_list)
        shape.index = "tasks_list";
    switch (query->sort) {
    case SORT_ORDER:
        return shape;
    case SORT_DUE:
        return (struct shape){ "tasks_due", "due_key", true, false };
    case SORT_PRIORITY:
        return (struct shape){ shape.index, "priority", false, true };
    case SORT_CREATED:
        return (struct shape){ shape.index, "created_at", false, true };
    case SORT_UPDATED:
        return (struct shape){ "tasks_updated", "updated_at", false, false };
    case SORT_COMPLETED:
        return (struct shape){ "tasks_completed", "completed_at", false,
                               false };
    case SORT_DELETED:
        return (struct shape){ "tasks_trash", "deleted_at", false, false };
    }
    assert(0 && "a sort");
    return shape;
}

static void add_due(const struct task_query *query, struct buf *text)
{
    bool from = query->due_from != DATE_NONE, to = query->due_to != DATE_NONE;

    if (!from && !to)
        return;
    buf_printf(text, " AND due_key >= ?%d AND due_key <= ?%d"
                     " AND CASE WHEN due_at IS NULL THEN 1",
               P_DUE_LOW, P_DUE_HIGH);
    if (from)
        buf_printf(text, " AND due_date >= ?%d", P_DUE_FROM);
    if (to)
        buf_printf(text, " AND due_date <= ?%d", P_DUE_TO);
    buf_printf(text, " ELSE 1");
    if (from)
        buf_printf(text, " AND due_at >= ?%d", P_DUE_FROM_AT);
    if (to)
        buf_printf(text, " AND due_at < ?%d", P_DUE_BEFORE_AT);
    buf_printf(text, " END");
}

static void add_filters(const struct task_query *query, bool deleted,
                        enum tristate completed, struct buf *text)
{
    buf_printf(text, " WHERE owner = ?%d AND deleted = %d", P_OWNER, deleted);
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
    add_due(query, text);
    if (query->start_to != DATE_NONE)
        buf_printf(text, " AND (start IS NULL OR start <= ?%d)", P_START_TO);
}

static void add_select(struct store_sqlite *sqlite,
                       const struct task_query *query, struct shape shape,
                       enum tristate completed, struct buf *text)
{
    buf_printf(text, "SELECT %s FROM tasks INDEXED BY %s",
               sqlite->tables[KIND_TASK].columns, shape.index);
    add_filters(query, query->deleted, completed, text);
    if (query->cursor.set)
        buf_printf(text, " AND (%s, id) %c (?%d, ?%d)", shape.column,
                   query->descending ? '<' : '>', P_CURSOR, P_CURSOR_ID);
}

void sqlite_list_text(struct store_sqlite *sqlite,
                      const struct task_query *query, struct buf *text)
{
    struct shape shape = shape_of(query);
    enum tristate completed = query->completed;
    const char *direction = query->descending ? " DESC" : "";

    if (query->sort == SORT_COMPLETED)
        completed = YES;
    buf_init(text, SQLITE_TEXT_MAX);
    if (query->sort == SORT_DELETED && !query->deleted) {
        /* Nothing outside the trash has that order. */
        buf_printf(text, "SELECT %s FROM tasks WHERE 0 AND ?%d",
                   sqlite->tables[KIND_TASK].columns, P_LIMIT);
        return;
    }
    if (query->sort == SORT_COMPLETED && query->completed == NO) {
        buf_printf(text, "SELECT %s FROM tasks WHERE 0 AND ?%d",
                   sqlite->tables[KIND_TASK].columns, P_LIMIT);
        return;
    }
    if (shape.by_completed && completed == ANY) {
        add_select(sqlite, query, shape, NO, text);
        buf_printf(text, " UNION ALL ");
        add_select(sqlite, query, shape, YES, text);
    } else {
        add_select(sqlite, query, shape, completed, text);
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
    add_filters(query, query->deleted, query->completed, text);
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
    struct str tag = packed_tag(arena, query->tag);

    sql_bind_id(sql, query->owner);
    sql_bind_id(sql, query->list_id);
    sql_bind_id(sql, query->parent_id);
    sql_bind_id(sql, query->trash_id);
    sql_bind_blob(sql, tag.ptr, tag.len);
    sql_bind_int(sql, query->priority);
    sql_bind_int(sql, due_bound(query->due_from, -DUE_MARGIN_DAYS, 0, 0));
    sql_bind_int(sql, due_bound(query->due_to, DUE_MARGIN_DAYS, 9999,
                                TASK_DUE_KEY_NONE - 1));
    sql_bind_int(sql, query->due_from);
    sql_bind_int(sql, query->due_to);
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
