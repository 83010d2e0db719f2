/* The SQLite store: its file, its connection, the table of operations. */
#include "store/store_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum {
    PATH_BYTES_MAX = 4096,
    FOLDER_MODE = 0700,
    FILE_MODE = 0600,
    WAL_RETRY_US = 10 * 1000
};

static const struct store_ops ops;

struct store_sqlite *sqlite_of(struct store *store)
{
    assert(store->ops == &ops);
    return (struct store_sqlite *)store;
}

/* ---- The folder ---- */

static bool exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

/* Where the three stand. */
struct places {
    const char *folder;
    char file[PATH_BYTES_MAX], marker[PATH_BYTES_MAX];
};

static enum err find_places(const char *data_dir, struct places *places,
                            struct error *error)
{
    if (data_dir == NULL || data_dir[0] == '\0')
        return error_set(error, ERR_UNAVAILABLE,
                         "No data folder is named: set STEADY_DATA_DIR.");
    places->folder = data_dir;
    if (snprintf(places->file, sizeof(places->file), "%s/%s", data_dir,
                 SQLITE_FILE) >= PATH_BYTES_MAX ||
        snprintf(places->marker, sizeof(places->marker), "%s/%s", data_dir,
                 SQLITE_MARKER) >= PATH_BYTES_MAX)
        return error_set(error, ERR_UNAVAILABLE,
                         "The path of the data folder is too long.");
    return ERR_NONE;
}

static enum err prepare_folder(const struct places *places, bool create,
                               struct error *error)
{
    struct stat status;

    if (create && mkdir(places->folder, FOLDER_MODE) != 0 && errno != EEXIST)
        return error_set(error, ERR_UNAVAILABLE,
                         "The data folder %s cannot be made: %s.",
                         places->folder, strerror(errno));
    if (stat(places->folder, &status) != 0)
        return error_set(error, ERR_UNAVAILABLE,
                         "The data folder %s cannot be used: %s.",
                         places->folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return error_set(error, ERR_UNAVAILABLE, "%s is not a folder.",
                         places->folder);
    if (access(places->folder, R_OK | W_OK | X_OK) != 0)
        return error_set(error, ERR_UNAVAILABLE,
                         "The data folder %s must be writable for this "
                         "user: %s.",
                         places->folder, strerror(errno));
    return ERR_NONE;
}

/* The marker says that the folder had a store, so that a lost one is not
 * silently replaced by an empty one. */
static enum err write_marker(const struct places *places, struct error *error)
{
    static const char text[] =
        "Steady keeps its data in this folder, in " SQLITE_FILE ".\n";
    int file = open(places->marker, O_WRONLY | O_CREAT | O_CLOEXEC, FILE_MODE);
    int folder = open(places->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = file >= 0 && folder >= 0 &&
              write(file, text, sizeof(text) - 1) ==
                  (ssize_t)sizeof(text) - 1 &&
              fsync(file) == 0 && fsync(folder) == 0;
    int reason = errno;

    if (file >= 0)
        close(file);
    if (folder >= 0)
        close(folder);
    if (ok)
        return ERR_NONE;
    return error_set(error, reason == ENOSPC ? ERR_FULL : ERR_UNAVAILABLE,
                     "%s cannot be written: %s.", places->marker,
                     strerror(reason));
}

/* Finds or makes the file. The marker is made after the file and looked for
 * before it, so that two that start at once agree. */
static enum err prepare_file(const struct places *places, bool create,
                             struct error *error)
{
    bool marked = exists(places->marker);
    int file;

    if (exists(places->file))
        return marked || !create ? ERR_NONE : write_marker(places, error);
    if (marked)
        return error_set(error, ERR_UNAVAILABLE,
                         "%s is gone, but this folder had a store: bring it "
                         "back, or remove %s to begin anew.",
                         places->file, SQLITE_MARKER);
    if (!create)
        return error_set(error, ERR_UNAVAILABLE,
                         "There is no %s: name the right data folder, or "
                         "start Steady once to make it.",
                         places->file);
    file = open(places->file, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return error_set(error, errno == ENOSPC ? ERR_FULL : ERR_UNAVAILABLE,
                         "%s cannot be made: %s.", places->file,
                         strerror(errno));
    close(file);
    return write_marker(places, error);
}

/* ---- The connection ---- */

/* The switch to WAL does not wait for others as other statements do. */
static enum err switch_to_wal(struct store_sqlite *sqlite,
                              struct error *error)
{
    int64_t deadline = time_monotonic() + INT64_C(1000) * SQLITE_BUSY_MS;
    enum err err;

    do {
        struct error attempt = { 0 };
        struct sql sql;

        err = sql_open(sqlite, "PRAGMA journal_mode = WAL", &sql, &attempt);
        if (err == ERR_NONE)
            err = sql_run(&sql, &attempt);
        *error = attempt;
        if (err == ERR_UNAVAILABLE)
            usleep(WAL_RETRY_US);
    } while (err == ERR_UNAVAILABLE && time_monotonic() < deadline);
    return err;
}

static enum err configure(struct store_sqlite *sqlite, struct error *error)
{
    static const char *const pragmas[] = {
        "PRAGMA synchronous = FULL", /* acknowledged means kept */
        "PRAGMA temp_store = MEMORY",
        "PRAGMA journal_size_limit = 67108864", /* bytes of a resting WAL */
        "PRAGMA trusted_schema = OFF",
    };
    enum err err;

    sqlite3_busy_timeout(sqlite->db, SQLITE_BUSY_MS);
    sqlite3_db_config(sqlite->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(sqlite->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    err = switch_to_wal(sqlite, error);
    for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
        if (err == ERR_NONE)
            err = sql_do(sqlite, pragmas[i], error);
    }
    return err;
}

static enum err check_release(struct store_sqlite *sqlite,
                              struct error *error)
{
    int64_t version = 0;
    enum err err = sqlite_schema_version(sqlite, &version, error);

    if (err == ERR_NONE && version > STORE_SCHEMA_VERSION)
        return error_set(error, ERR_UNAVAILABLE,
                         "%s is of a newer release of Steady (its schema is "
                         "%d, this one knows %d): install that.",
                         SQLITE_FILE, (int)version, STORE_SCHEMA_VERSION);
    return err;
}

static enum err connect_file(struct store_sqlite *sqlite,
                             const struct places *places, struct error *error)
{
    int result = sqlite3_open_v2(places->file, &sqlite->db,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                     SQLITE_OPEN_EXRESCODE,
                                 NULL);
    enum err err;

    if (result != SQLITE_OK)
        return error_set(error, ERR_UNAVAILABLE, "%s cannot be opened: %s.",
                         places->file, sqlite3_errstr(result));
    err = configure(sqlite, error);
    if (sqlite3_errcode(sqlite->db) == SQLITE_NOTADB)
        return error_set(error, ERR_UNAVAILABLE,
                         "%s is not a database of Steady.", places->file);
    return err != ERR_NONE ? err : check_release(sqlite, error);
}

static void sqlite_close(struct store *store)
{
    struct store_sqlite *sqlite = sqlite_of(store);

    for (size_t i = 0; i < SQLITE_STATEMENTS_MAX; i++)
        sqlite3_finalize(sqlite->cache[i].statement);
    sqlite_tables_release(sqlite);
    if (sqlite3_close(sqlite->db) != SQLITE_OK)
        LOG(LOG_ERROR, "sqlite_close_failed",
            LOG_INT("code", sqlite3_errcode(sqlite->db)));
    free(sqlite);
}

/* Takes the place of a writer for a moment. */
static enum err sqlite_ping(struct store *store, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t now;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_now(sqlite, &now, error);
    return sql_end(sqlite, err, error);
}

enum err store_sqlite_open(const char *data_dir, bool create,
                           struct store **out, struct error *error)
{
    struct places places;
    struct store_sqlite *sqlite;
    enum err err = find_places(data_dir, &places, error);

    if (err == ERR_NONE)
        err = prepare_folder(&places, create, error);
    if (err == ERR_NONE)
        err = prepare_file(&places, create, error);
    if (err != ERR_NONE)
        return err;
    sqlite = mem_alloc(sizeof(*sqlite));
    *sqlite = (struct store_sqlite){ .base.ops = &ops };
    sqlite_tables_init(sqlite);
    err = connect_file(sqlite, &places, error);
    if (err != ERR_NONE) {
        sqlite_close(&sqlite->base);
        return err;
    }
    *out = &sqlite->base;
    return ERR_NONE;
}

static const struct store_ops ops = {
    .name = "sqlite",
    .close = sqlite_close,
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
    .watch = sqlite_watch,
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
    .snapshot_begin = sqlite_snapshot_begin,
    .snapshot_end = sqlite_snapshot_end,
    .put = sqlite_put,
    .load_begin = sqlite_load_begin,
    .load_end = sqlite_load_end,
};
