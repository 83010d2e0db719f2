#include "store/store_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void sqlite_close_store(struct store *base)
{
    struct sqlite_store *store = (struct sqlite_store *)base;

    for (size_t i = 0; i < store->cached; i++) {
        sqlite3_finalize(store->cache[i].statement);
        free(store->cache[i].sql);
    }
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

static const struct store_ops ops = {
    .name = "sqlite",
    .close = sqlite_close_store,
    .ping = sqlite_ping,
    .migrate = sqlite_migrate,
    .check = sqlite_check,
    .stats = sqlite_stats,
    .purge = sqlite_purge,
    .create = sqlite_create,
    .get = sqlite_get,
    .update = sqlite_update,
    .remove = sqlite_remove,
    .task_list = sqlite_task_list,
    .task_trash = sqlite_task_trash,
    .task_search = sqlite_task_search,
    .task_count = sqlite_task_count,
    .list_counts = sqlite_list_counts,
    .tag_counts = sqlite_tag_counts,
    .tag_rename = sqlite_tag_rename,
    .list_all = sqlite_list_all,
    .changes = sqlite_changes,
    .user_by_email = sqlite_user_by_email,
    .user_all = sqlite_user_all,
    .claim_first = sqlite_claim_first,
    .session_all = sqlite_session_all,
    .token_all = sqlite_token_all,
    .session_end_all = sqlite_session_end_all,
    .user_erase = sqlite_user_erase,
    .outcome_get = sqlite_outcome_get,
    .outcome_put = sqlite_outcome_put,
    .throttle_hit = sqlite_throttle_hit,
    .throttle_clear = sqlite_throttle_clear,
    .each = sqlite_each,
    .put = sqlite_put,
};

static char *join(const char *folder, const char *name)
{
    size_t len = strlen(folder) + strlen(name) + 2;
    char *path = mem_alloc(len);

    snprintf(path, len, "%s/%s", folder, name);
    return path;
}

/*
 * A folder that held a store keeps a marker: an empty store must not appear
 * where somebody's tasks were, because a disk is not mounted or a file gone.
 */
static enum err check_marker(const char *folder, const char *path,
                             bool create, struct error *error)
{
    char *marker = join(folder, "steady.marker");
    bool had = access(marker, F_OK) == 0;
    bool has = access(path, F_OK) == 0;
    enum err err = ERR_NONE;

    if (had && !has)
        err = error_set(error, ERR_INTERNAL,
                        "%s held Steady's data, but steady.db is gone: put "
                        "it back, or remove steady.marker to begin anew.",
                        folder);
    else if (!has && !create)
        err = error_set(error, ERR_INTERNAL, "There is no steady.db in %s.",
                        folder);
    free(marker);
    return err;
}

static enum err check_folder(const char *folder, bool create,
                             struct error *error)
{
    if (create && mkdir(folder, 0700) != 0 && errno != EEXIST)
        return error_set(error, ERR_INTERNAL,
                         "The data folder %s cannot be made: %s.", folder,
                         strerror(errno));
    if (access(folder, W_OK | X_OK) != 0)
        return error_set(error, ERR_INTERNAL,
                         "The data folder %s cannot be written: %s.", folder,
                         strerror(errno));
    return ERR_NONE;
}

static void put_marker(const char *folder)
{
    char *marker = join(folder, "steady.marker");
    FILE *file = fopen(marker, "a");

    if (file != NULL)
        fclose(file);
    free(marker);
}

static enum err configure(struct sqlite_store *store, struct error *error)
{
    enum err err;

    sqlite3_busy_timeout(store->db, SQL_BUSY_MS);
    err = sqlite_exec(store, "PRAGMA journal_mode = WAL", error);
    if (err == ERR_NONE)
        err = sqlite_exec(store, "PRAGMA synchronous = FULL", error);
    if (err == ERR_NONE)
        err = sqlite_exec(store, "PRAGMA cache_size = -2000", error);
    return err;
}

enum err store_sqlite_open(const char *data_dir, bool create,
                           struct store **out, struct error *error)
{
    struct sqlite_store *store;
    enum err err = check_folder(data_dir, create, error);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

    *out = NULL;
    if (err != ERR_NONE)
        return err;
    store = mem_alloc(sizeof(*store));
    *store = (struct sqlite_store){ .base.ops = &ops };
    store->path = join(data_dir, "steady.db");
    err = check_marker(data_dir, store->path, create, error);
    if (err == ERR_NONE &&
        sqlite3_open_v2(store->path, &store->db,
                        flags | (create ? SQLITE_OPEN_CREATE : 0),
                        NULL) != SQLITE_OK)
        err = error_set(error, ERR_INTERNAL, "%s cannot be opened: %s.",
                        store->path, sqlite3_errmsg(store->db));
    if (err == ERR_NONE)
        err = configure(store, error);
    if (err != ERR_NONE) {
        sqlite_close_store(&store->base);
        return err;
    }
    put_marker(data_dir);
    *out = &store->base;
    return ERR_NONE;
}

/* Would a write be taken, and is the file still the one on the disk? */
enum err sqlite_ping(struct store *base, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err;

    if (access(store->path, R_OK | W_OK) != 0)
        return error_set(error, ERR_UNAVAILABLE,
                         "The database file is gone from the data folder.");
    err = sqlite_begin(store, error);
    return err != ERR_NONE ? err : sqlite_exec(store, "ROLLBACK", error);
}

enum err sqlite_stats(struct store *base, struct store_stats *stats,
                      struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = ERR_NONE;

    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        struct sql sql;

        sql_init(&sql);
        sql_add(&sql, "SELECT count(*) FROM ");
        sql_add(&sql, sqlite_table((enum kind)kind));
        err = sqlite_number(store, &sql, 0, &stats->records[kind], error);
    }
    return err;
}

static enum err purge_from(struct sqlite_store *store, const char *table,
                           const char *key, const char *column, int64_t now,
                           size_t limit, int64_t *removed,
                           struct error *error)
{
    struct sql sql;
    enum err err;

    sql_init(&sql);
    buf_printf(&sql.text,
               "DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s <= ",
               table, key, key, table, column);
    sql_int(&sql, now);
    sql_add(&sql, " LIMIT ");
    sql_int(&sql, (int64_t)limit);
    sql_add(&sql, ")");
    err = sqlite_run(store, &sql, error);
    if (err == ERR_NONE)
        *removed += sqlite3_changes(store->db);
    return err;
}

enum err sqlite_purge(struct store *base, int64_t now, size_t limit,
                      int64_t *removed, struct error *error)
{
    static const struct {
        const char *table, *key, *column;
    } places[] = {
        { "tasks", "key", "purge_at" },
        { "lists", "key", "purge_at" },
        { "sessions", "key", "expires_at" },
        { "outcomes", "key", "expires_at" },
        { "throttles", "subject", "ends" },
    };
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = sqlite_begin(store, error);

    *removed = 0;
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0;
         err == ERR_NONE && i < sizeof(places) / sizeof(places[0]); i++)
        err = purge_from(store, places[i].table, places[i].key,
                         places[i].column, now, limit, removed, error);
    return sqlite_end(store, err, error);
}
