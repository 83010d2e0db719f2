/*
 * Watching the file. SQLite counts the commits of others in memory that all
 * its processes share, so asking for the number costs a few system calls. (A
 * watch on the WAL would wake before the commit that writes it can be seen.)
 */
#include <unistd.h>

#include "store/store_sqlite.h"

enum { LOOK_US = 200 * 1000 };

static enum err commits(struct store_sqlite *sqlite, int64_t *number,
                        struct error *error)
{
    struct sql sql;
    bool row = false;
    enum err err = sql_open(sqlite, "PRAGMA data_version", &sql, error);

    if (err == ERR_NONE)
        err = sql_step(&sql, &row, error);
    if (err == ERR_NONE && row)
        *number = sqlite3_column_int64(sql.statement, 0);
    sql_close(&sql);
    return err;
}

/* Each write has an instant of its own, later than all before: sql_tick. */
static enum err tell(struct store_sqlite *sqlite, uint64_t *position,
                     const struct store_watcher *watcher, struct error *error)
{
    struct sql sql;
    bool row = false;
    enum err err = sql_open(
        sqlite,
        "SELECT id, at FROM (SELECT id, max("
        "ifnull((SELECT max(updated_at) FROM tasks INDEXED BY tasks_updated "
        "WHERE owner = users.id), 0), "
        "ifnull((SELECT max(updated_at) FROM lists INDEXED BY lists_updated "
        "WHERE owner = users.id), 0)) AS at FROM users) "
        "WHERE at > ? ORDER BY at",
        &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_int(&sql, (int64_t)*position);
    while ((err = sql_step(&sql, &row, error)) == ERR_NONE && row) {
        *position = (uint64_t)sqlite3_column_int64(sql.statement, 1);
        watcher->changed(watcher->context, sql_id(&sql, 0), *position);
    }
    sql_close(&sql);
    return err;
}

enum err sqlite_watch(struct store *store, uint64_t *position,
                      const struct store_watcher *watcher,
                      struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t now = 0, seen = -1, number = 0;
    enum err err = ERR_NONE;

    if (*position == 0) {
        err = sql_now(sqlite, &now, error);
        if (err != ERR_NONE)
            return err;
        /* What is written within this millisecond counts as later. */
        *position = (uint64_t)now - 1;
    }
    watcher->begins(watcher->context, *position);
    while (err == ERR_NONE) {
        err = sql_check_file(sqlite, error);
        if (err == ERR_NONE)
            err = commits(sqlite, &number, error);
        if (err == ERR_NONE && number != seen) {
            seen = number;
            err = tell(sqlite, position, watcher, error);
        }
        if (err == ERR_NONE)
            usleep(LOOK_US);
    }
    return err;
}
