/* What goes for good: expired things, and people with all that is theirs. */
#include "store/store_sqlite.h"

enum err sqlite_stats(struct store *store, struct store_stats *stats,
                      struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);

    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct buf text;
        struct sql sql;
        bool row;
        enum err err;

        buf_init(&text, SQLITE_TEXT_MAX);
        buf_printf(&text, "SELECT count(*) FROM %ss",
                   sqlite->tables[kind].schema->name);
        err = sql_open_buf(sqlite, &text, &sql, error);
        if (err == ERR_NONE)
            err = sql_step(&sql, &row, error);
        if (err != ERR_NONE)
            return err;
        stats->records[kind] = sqlite3_column_int64(sql.statement, 0);
        sql_close(&sql);
    }
    return ERR_NONE;
}

/* ---- Expired things ---- */

/* Each removes at most ?2 of what has expired at ?1. */
static const char *const expired[] = {
    "DELETE FROM lists WHERE (owner, id) IN (SELECT owner, id FROM lists "
    "INDEXED BY lists_purge WHERE purge_at <= ?1 AND deleted = 1 LIMIT ?2)",
    "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions "
    "INDEXED BY sessions_expiry WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM outcomes WHERE (owner, mark) IN (SELECT owner, mark "
    "FROM outcomes INDEXED BY outcomes_expiry WHERE expires_at <= ?1 "
    "LIMIT ?2)",
    "DELETE FROM throttles WHERE subject IN (SELECT subject FROM throttles "
    "INDEXED BY throttles_expiry WHERE ends <= ?1 LIMIT ?2)",
};
enum { EXPIRED = sizeof(expired) / sizeof(expired[0]) };

/* Tasks go one by one, for their words. */
static enum err find_expired_tasks(struct store_sqlite *sqlite,
                                   struct arena *arena, int64_t now,
                                   size_t limit, struct task_page *page,
                                   struct error *error)
{
    void *items = NULL;
    struct buf text;
    struct sql sql;
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text,
               "SELECT %s FROM tasks INDEXED BY tasks_purge "
               "WHERE purge_at <= ? AND deleted = 1 LIMIT ?",
               sqlite->tables[KIND_TASK].columns);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    sql_bind_int(&sql, now);
    sql_bind_int(&sql, (int64_t)limit);
    err = sqlite_collect(&sql, KIND_TASK, arena, &items, &page->len, error);
    page->items = items;
    return err;
}

static enum err remove_task(struct store_sqlite *sqlite,
                            const struct task *task, struct error *error)
{
    struct sql sql;
    enum err err = sqlite_words_follow(sqlite, task, NULL, error);

    if (err == ERR_NONE)
        err = sql_open(sqlite,
                       "DELETE FROM tasks WHERE owner = ? AND id = ?", &sql,
                       error);
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, task->owner);
    sql_bind_id(&sql, task->id);
    return sql_run(&sql, error);
}

static enum err purge_tasks(struct store_sqlite *sqlite, int64_t now,
                            size_t limit, int64_t *removed,
                            struct error *error)
{
    struct task_page page = { 0 };
    struct arena arena;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    arena_init(&arena);
    err = find_expired_tasks(sqlite, &arena, now, limit, &page, error);
    for (size_t i = 0; i < page.len && err == ERR_NONE; i++)
        err = remove_task(sqlite, &page.items[i], error);
    err = sql_end(sqlite, err, error);
    if (err == ERR_NONE)
        *removed += (int64_t)page.len;
    arena_release(&arena);
    return err;
}

static enum err purge_others(struct store_sqlite *sqlite, const char *text,
                             int64_t now, size_t limit, int64_t *removed,
                             struct error *error)
{
    int64_t changed = 0;
    struct sql sql;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_open(sqlite, text, &sql, error);
    if (err == ERR_NONE) {
        sql_bind_int(&sql, now);
        sql_bind_int(&sql, (int64_t)limit);
        err = sql_run(&sql, error);
        changed = sql_changed(sqlite);
    }
    err = sql_end(sqlite, err, error);
    if (err == ERR_NONE)
        *removed += changed;
    return err;
}

enum err sqlite_purge(struct store *store, int64_t now, size_t limit,
                      int64_t *removed, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    enum err err = ERR_NONE;

    *removed = 0;
    for (size_t left = limit; left > 0 && err == ERR_NONE;) {
        size_t batch = left < SQLITE_BATCH ? left : SQLITE_BATCH;
        int64_t before = *removed;

        err = purge_tasks(sqlite, now, batch, removed, error);
        left = *removed - before == (int64_t)batch ? left - batch : 0;
    }
    for (size_t i = 0; i < EXPIRED && err == ERR_NONE; i++)
        err = purge_others(sqlite, expired[i], now, limit, removed, error);
    return err;
}

/* ---- A person ---- */

/* In this order: from here on nobody else is signed in; the user goes last.
 * Each removes at most ?2 rows; ?3 is the session that stays. */
static const char *const erasures[] = {
    "DELETE FROM sessions WHERE hash IN "
    "(SELECT hash FROM sessions WHERE user_id = ?1 AND hash <> ?3 LIMIT ?2)",
    "DELETE FROM tokens WHERE hash IN "
    "(SELECT hash FROM tokens WHERE user_id = ?1 LIMIT ?2)",
    "DELETE FROM outcomes WHERE (owner, mark) IN "
    "(SELECT owner, mark FROM outcomes WHERE owner = ?1 LIMIT ?2)",
    "DELETE FROM task_words WHERE (owner, word, id) IN "
    "(SELECT owner, word, id FROM task_words WHERE owner = ?1 LIMIT ?2)",
    "DELETE FROM tasks WHERE (owner, id) IN "
    "(SELECT owner, id FROM tasks WHERE owner = ?1 LIMIT ?2)",
    "DELETE FROM lists WHERE (owner, id) IN "
    "(SELECT owner, id FROM lists WHERE owner = ?1 LIMIT ?2)",
    "DELETE FROM meta WHERE name = 'first_user' AND value = ?1 AND ?2",
    "DELETE FROM users WHERE id = ?1 AND ?2",
};
enum { ERASURES = sizeof(erasures) / sizeof(erasures[0]) };

static enum err erase_batch(struct store_sqlite *sqlite, const char *text,
                            struct id user, struct hash keep,
                            int64_t *changed, struct error *error)
{
    struct sql sql;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_open(sqlite, text, &sql, error);
    if (err == ERR_NONE) {
        sql_bind_id(&sql, user);
        sql_bind_int(&sql, SQLITE_BATCH);
        if (sqlite3_bind_parameter_count(sql.statement) == 3)
            sql_bind_blob(&sql, keep.bytes, sizeof(keep.bytes));
        err = sql_run(&sql, error);
        *changed = sql_changed(sqlite);
    }
    return sql_end(sqlite, err, error);
}

enum err sqlite_user_erase(struct store *store, struct id user,
                           struct hash keep, struct error *error)
{
    for (size_t i = 0; i < ERASURES; i++) {
        int64_t changed = SQLITE_BATCH;

        while (changed == SQLITE_BATCH) {
            enum err err = erase_batch(sqlite_of(store), erasures[i], user,
                                       keep, &changed, error);

            if (err != ERR_NONE)
                return err;
        }
    }
    return ERR_NONE;
}
