/* Copies and dumps: all records out, at one moment, and in. */
#include "base/log.h"
#include "store/store_sqlite.h"

enum err sqlite_each(struct store *store, enum kind kind,
                     stored_visit *visit, void *context, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    const struct sqlite_table *table = &sqlite->tables[kind];
    bool row, on = true;
    struct arena arena;
    struct buf text;
    struct sql sql;
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "SELECT %s, ops FROM %ss ORDER BY %s", table->columns,
               table->schema->name, table->key_columns);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    arena_init(&arena);
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row && on) {
        void *record = arena_alloc(&arena, table->schema->size);
        struct stored stored = { .record = record };

        sqlite_read_row(&sql, table->schema, &arena, record);
        sqlite_read_marks(&sql, &stored.marks);
        on = visit(context, &stored);
        arena_reset(&arena);
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    arena_release(&arena);
    return err;
}

/* A read transaction: the WAL keeps what it needs until it ends. */
enum err sqlite_snapshot_begin(struct store *store, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t now;
    enum err err = sql_check_file(sqlite, error);

    if (err == ERR_NONE)
        err = sql_do(sqlite, "BEGIN", error);
    if (err != ERR_NONE)
        return err;
    err = sql_now(sqlite, &now, error); /* the first read takes the moment */
    return err == ERR_NONE ? ERR_NONE : sql_end(sqlite, err, error);
}

void sqlite_snapshot_end(struct store *store)
{
    struct error ignored = { 0 };

    if (sql_end(sqlite_of(store), ERR_NONE, &ignored) != ERR_NONE)
        LOG(LOG_WARN, "sqlite_snapshot_not_ended",
            LOG_INT("err", ignored.code));
}

static enum err put_one(struct store_sqlite *sqlite, enum kind kind,
                        const struct stored *stored, struct error *error)
{
    struct op_marks ignored;
    struct task before;
    struct arena arena;
    bool found = false;
    enum err err = ERR_NONE;

    arena_init(&arena);
    if (kind == KIND_TASK)
        err = sqlite_find(sqlite, &arena, kind,
                          key_of(kind, stored->record), &before, &ignored,
                          &found, error);
    if (err == ERR_NONE)
        err = sqlite_insert(sqlite, kind, stored->record, &stored->marks,
                            true, error);
    if (err == ERR_NONE && kind == KIND_TASK)
        err = sqlite_words_follow(sqlite, found ? &before : NULL,
                                  stored->record, error);
    arena_release(&arena);
    return err;
}

enum err sqlite_put(struct store *store, enum kind kind,
                    const struct stored *items, size_t len,
                    struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    bool alone = sqlite3_get_autocommit(sqlite->db) != 0; /* no load runs */
    enum err err = alone ? sql_begin(sqlite, error) : ERR_NONE;

    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < len; i++)
        err = put_one(sqlite, kind, &items[i], error);
    return alone ? sql_end(sqlite, err, error) : err;
}

/* One transaction, however large: what does not fit the cache waits in the
 * WAL. A process that is killed leaves nothing of it. */
enum err sqlite_load_begin(struct store *store, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    enum err err = sqlite_migrate(store, error);

    if (err == ERR_NONE)
        err = sql_begin(sqlite, error);
    if (err != ERR_NONE)
        return err;
    err = store_require_empty(store, error);
    return err == ERR_NONE ? ERR_NONE : sql_end(sqlite, err, error);
}

enum err sqlite_load_end(struct store *store, enum err err,
                         struct error *error)
{
    return sql_end(sqlite_of(store), err, error);
}
