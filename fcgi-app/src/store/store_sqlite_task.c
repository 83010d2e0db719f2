/* Many tasks of one owner: pages, the trash, counts. */
#include "store/store_sqlite.h"

static enum err read_page(struct sql *sql, struct arena *arena, size_t limit,
                          struct task_page *page, struct error *error)
{
    size_t bytes = 0;
    bool row;
    enum err err = sql_step(sql, &row, error);

    while (err == ERR_NONE && row && page->len < limit &&
           bytes < PAGE_BYTES_MAX) {
        struct task *task = &page->items[page->len++];

        sqlite_read_row(sql, &task_schema, arena, task);
        bytes += sqlite_text_bytes(&task_schema, task);
        err = sql_step(sql, &row, error);
    }
    page->more = err == ERR_NONE && row;
    return err;
}

enum err sqlite_task_list(struct store *store, struct arena *arena,
                          const struct task_query *query,
                          struct task_page *page, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct buf text;
    struct sql sql;
    enum err err;

    *page = (struct task_page){ 0 };
    sqlite_list_text(sqlite, query, &text);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    page->items = arena_array(arena, query->limit, sizeof(*page->items));
    sqlite_bind_query(&sql, arena, query, query->limit + 1);
    err = read_page(&sql, arena, query->limit, page, error);
    sql_close(&sql);
    return err;
}

/* One transaction of at most SQLITE_BATCH tasks. */
static enum err trash_batch(struct store_sqlite *sqlite,
                            const struct task_query *query,
                            const struct trash_mark *mark, int64_t *changed,
                            struct error *error)
{
    int next = SQLITE_PARAM_FREE;
    struct arena arena;
    struct buf text;
    struct sql sql;
    int64_t now = 0;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_tick(sqlite, &now, error);
    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text,
               "UPDATE tasks SET deleted = %d, deleted_at = ?%d, "
               "purge_at = ?%d, trash_id = ?%d, updated_at = ?%d, "
               "version = version + 1 WHERE owner = ?1 AND id IN (",
               mark->deleted, next, next + 1, next + 2, next + 3);
    sqlite_choose_text(query, &text);
    buf_printf(&text, ")");
    if (err == ERR_NONE)
        err = sql_open_buf(sqlite, &text, &sql, error);
    if (err == ERR_NONE) {
        arena_init(&arena);
        sqlite_bind_query(&sql, &arena, query, SQLITE_BATCH);
        sql_bind_instant(&sql, mark->deleted_at);
        sql_bind_instant(&sql, mark->purge_at);
        sql_bind_id(&sql, mark->trash_id);
        sql_bind_int(&sql, now);
        err = sql_run(&sql, error);
        *changed = sql_changed(sqlite);
        arena_release(&arena);
    }
    buf_release(&text);
    return sql_end(sqlite, err, error);
}

enum err sqlite_task_trash(struct store *store,
                           const struct task_query *query,
                           const struct trash_mark *mark, int64_t *changed,
                           struct error *error)
{
    int64_t batch = SQLITE_BATCH;
    enum err err = ERR_NONE;

    *changed = 0;
    if (query->deleted == mark->deleted)
        return ERR_NONE; /* all that it selects is there already */
    while (err == ERR_NONE && batch == SQLITE_BATCH) {
        batch = 0;
        err = trash_batch(sqlite_of(store), query, mark, &batch, error);
        if (err == ERR_NONE)
            *changed += batch;
    }
    return err;
}

enum err sqlite_task_count(struct store *store, struct id owner, int64_t max,
                           int64_t *count, struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite_of(store),
                            "SELECT count(*) FROM (SELECT 1 FROM tasks "
                            "INDEXED BY tasks_updated WHERE owner = ? "
                            "LIMIT ?)",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, owner);
    sql_bind_int(&sql, max);
    err = sql_step(&sql, &row, error);
    if (err == ERR_NONE)
        *count = sqlite3_column_int64(sql.statement, 0);
    sql_close(&sql);
    return err;
}

enum err sqlite_list_counts(struct store *store, struct arena *arena,
                            struct id owner, struct list_counts *counts,
                            struct error *error)
{
    /* The inbox, and those in the trash that hold a task outside of it. */
    size_t size = LISTS_PER_USER_MAX + 1;
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite_of(store),
                            "SELECT list_id, sum(completed = 0), count(*) "
                            "FROM tasks INDEXED BY tasks_list "
                            "WHERE owner = ? AND deleted = 0 "
                            "GROUP BY list_id",
                            &sql, error);

    *counts = (struct list_counts){ 0 };
    if (err != ERR_NONE)
        return err;
    counts->items = arena_array(arena, size, sizeof(*counts->items));
    sql_bind_id(&sql, owner);
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row) {
        if (counts->len == size) {
            struct list_count *more =
                arena_array(arena, 2 * size, sizeof(*more));

            for (size_t i = 0; i < size; i++)
                more[i] = counts->items[i];
            counts->items = more;
            size *= 2;
        }
        counts->items[counts->len++] = (struct list_count){
            .list_id = sql_id(&sql, 0),
            .open = sqlite3_column_int64(sql.statement, 1),
            .total = sqlite3_column_int64(sql.statement, 2),
        };
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    return err;
}
