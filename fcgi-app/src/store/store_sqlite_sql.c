/* Statements, transactions, the clock, and what SQLite's codes mean. */
#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "store/store_sqlite.h"

/* ---- Errors ---- */

static enum err fail_busy(struct error *error)
{
    error->retry_after = 1;
    return error_set(error, ERR_UNAVAILABLE,
                     "The database is busy; try again.");
}

static enum err fail_full(struct error *error)
{
    return error_set(error, ERR_FULL,
                     "There is no space left in the data folder, or it "
                     "cannot be written.");
}

/* A write that failed was taken back; what a failed sync leaves is unknown.
 * A full disk is SQLITE_FULL, a quota or a limit of the process is not. */
static enum err fail_io(int code, struct error *error)
{
    if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE ||
        code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMOPEN)
        return fail_full(error);
    error->retry_after = 5;
    return error_set(error, ERR_UNAVAILABLE,
                     "The data folder cannot be read or written.");
}

enum err sql_fail(struct store_sqlite *sqlite, struct error *error)
{
    int code = sqlite3_extended_errcode(sqlite->db);

    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return error_set(error, ERR_EXISTS, "It exists already.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        LOG(LOG_WARN, "sqlite_busy", LOG_INT("code", code));
        return fail_busy(error);
    case SQLITE_FULL:
        LOG(LOG_ERROR, "sqlite_full", LOG_INT("code", code));
        return fail_full(error);
    default:
        break;
    }
    LOG(LOG_ERROR, "sqlite_error", LOG_INT("code", code),
        LOG_INT("errno", sqlite3_system_errno(sqlite->db)));
    switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return fail_io(code, error);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(error, ERR_INTERNAL, "The database is damaged.");
    default:
        return error_set(error, ERR_INTERNAL, "The database failed.");
    }
}

enum err sql_check_file(struct store_sqlite *sqlite, struct error *error)
{
    int moved = 0;

    if (sqlite3_file_control(sqlite->db, "main", SQLITE_FCNTL_HAS_MOVED,
                             &moved) != SQLITE_OK)
        return sql_fail(sqlite, error);
    if (moved == 0)
        return ERR_NONE;
    LOG(LOG_ERROR, "sqlite_file_gone", LOG_INT("moved", moved));
    error->retry_after = 5;
    return error_set(error, ERR_UNAVAILABLE,
                     "%s was moved or removed; put it back and start again.",
                     SQLITE_FILE);
}

/* ---- Statements ---- */

static uint64_t text_hash(const char *text) /* FNV-1a */
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* The place of the text, or else the one to give up for it. */
static struct sqlite_cached *cache_find(struct store_sqlite *sqlite,
                                        const char *text, uint64_t hash)
{
    struct sqlite_cached *oldest = NULL;

    for (size_t i = 0; i < SQLITE_STATEMENTS_MAX; i++) {
        struct sqlite_cached *cached = &sqlite->cache[i];

        if (cached->statement != NULL && cached->hash == hash &&
            strcmp(sqlite3_sql(cached->statement), text) == 0)
            return cached;
        if (cached->statement != NULL &&
            sqlite3_stmt_busy(cached->statement) != 0)
            continue;
        if (oldest == NULL || cached->used < oldest->used)
            oldest = cached;
    }
    assert(oldest != NULL);
    sqlite3_finalize(oldest->statement);
    oldest->statement = NULL;
    return oldest;
}

enum err sql_open(struct store_sqlite *sqlite, const char *text,
                  struct sql *sql, struct error *error)
{
    uint64_t hash = text_hash(text);
    struct sqlite_cached *cached = cache_find(sqlite, text, hash);

    *sql = (struct sql){ .sqlite = sqlite };
    if (cached->statement == NULL) {
        if (sqlite3_prepare_v3(sqlite->db, text, -1,
                               SQLITE_PREPARE_PERSISTENT, &cached->statement,
                               NULL) != SQLITE_OK)
            return sql_fail(sqlite, error);
        cached->hash = hash;
    }
    assert(sqlite3_stmt_busy(cached->statement) == 0);
    cached->used = ++sqlite->uses;
    sql->statement = cached->statement;
    return ERR_NONE;
}

enum err sql_open_buf(struct store_sqlite *sqlite, struct buf *text,
                      struct sql *sql, struct error *error)
{
    enum err err;

    buf_add_char(text, '\0');
    assert(!text->overflow);
    err = sql_open(sqlite, text->ptr, sql, error);
    buf_release(text);
    return err;
}

void sql_close(struct sql *sql)
{
    if (sql->statement == NULL)
        return;
    sqlite3_reset(sql->statement);
    sqlite3_clear_bindings(sql->statement);
    sql->statement = NULL;
}

/* Only a wrong index or a value beyond all our limits could fail. */
static void bound(struct sql *sql, int result)
{
    assert(result == SQLITE_OK);
    (void)result;
    (void)sql;
}

void sql_bind_int(struct sql *sql, int64_t n)
{
    bound(sql, sqlite3_bind_int64(sql->statement, ++sql->bound, n));
}

void sql_bind_number(struct sql *sql, double n)
{
    bound(sql, sqlite3_bind_double(sql->statement, ++sql->bound, n));
}

void sql_bind_instant(struct sql *sql, int64_t ms)
{
    if (ms == INSTANT_NONE)
        sql->bound++; /* unbound is NULL */
    else
        sql_bind_int(sql, ms);
}

void sql_bind_blob(struct sql *sql, const void *bytes, size_t len)
{
    /* A NULL pointer would make it NULL instead of empty. */
    bound(sql, sqlite3_bind_blob64(sql->statement, ++sql->bound,
                                   len == 0 ? "" : bytes, len,
                                   SQLITE_STATIC));
}

void sql_bind_id(struct sql *sql, struct id id)
{
    bound(sql, sqlite3_bind_blob(sql->statement, ++sql->bound, id.bytes,
                                 ID_BYTES, SQLITE_TRANSIENT));
}

void sql_bind_text(struct sql *sql, struct str s)
{
    sql->bound++;
    if (!str_is_none(s))
        bound(sql, sqlite3_bind_text64(sql->statement, sql->bound, s.ptr,
                                       s.len, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_key(struct sql *sql, struct key key)
{
    bound(sql, sqlite3_bind_blob64(sql->statement, ++sql->bound, key.bytes,
                                   key.len, SQLITE_TRANSIENT));
}

enum err sql_step(struct sql *sql, bool *row, struct error *error)
{
    int64_t began = time_monotonic();
    int result = sqlite3_step(sql->statement);
    enum err err;

    sql->sqlite->base.work.us += time_monotonic() - began;
    *row = result == SQLITE_ROW;
    if (result == SQLITE_ROW || result == SQLITE_DONE)
        return ERR_NONE;
    err = sql_fail(sql->sqlite, error);
    sql_close(sql);
    return err;
}

enum err sql_run(struct sql *sql, struct error *error)
{
    bool row = true;
    enum err err = ERR_NONE;

    while (err == ERR_NONE && row)
        err = sql_step(sql, &row, error);
    sql_close(sql);
    return err;
}

enum err sql_do(struct store_sqlite *sqlite, const char *text,
                struct error *error)
{
    struct sql sql;
    enum err err = sql_open(sqlite, text, &sql, error);

    return err != ERR_NONE ? err : sql_run(&sql, error);
}

int64_t sql_changed(struct store_sqlite *sqlite)
{
    return sqlite3_changes64(sqlite->db);
}

struct id sql_id(struct sql *sql, int column)
{
    struct id id = ID_NONE;
    const void *bytes = sqlite3_column_blob(sql->statement, column);

    if (bytes != NULL &&
        sqlite3_column_bytes(sql->statement, column) == ID_BYTES)
        memcpy(id.bytes, bytes, ID_BYTES);
    return id;
}

/* ---- Transactions and the clock ---- */

enum err sql_begin(struct store_sqlite *sqlite, struct error *error)
{
    enum err err = sql_check_file(sqlite, error);

    return err != ERR_NONE ? err : sql_do(sqlite, "BEGIN IMMEDIATE", error);
}

enum err sql_end(struct store_sqlite *sqlite, enum err err,
                 struct error *error)
{
    struct error ignored = { 0 };

    if (err == ERR_NONE)
        err = sql_do(sqlite, "COMMIT", error);
    /* Some errors have taken the transaction back already. */
    if (err != ERR_NONE && sqlite3_get_autocommit(sqlite->db) == 0 &&
        sql_do(sqlite, "ROLLBACK", &ignored) != ERR_NONE)
        LOG(LOG_ERROR, "sqlite_rollback_failed", LOG_INT("err", ignored.code));
    return err;
}

enum err sql_tick(struct store_sqlite *sqlite, int64_t *now,
                  struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite,
                            "UPDATE meta SET at = max(at + 1, ?) "
                            "WHERE name = 'clock' RETURNING at",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_int(&sql, time_now());
    err = sql_step(&sql, &row, error);
    if (err == ERR_NONE && !row) {
        sql_close(&sql);
        return error_set(error, ERR_INTERNAL,
                         "The database has no clock: it must be migrated.");
    }
    if (err != ERR_NONE)
        return err;
    *now = sqlite3_column_int64(sql.statement, 0);
    return sql_run(&sql, error);
}

enum err sql_now(struct store_sqlite *sqlite, int64_t *now,
                 struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite,
                            "SELECT at FROM meta WHERE name = 'clock'", &sql,
                            error);

    if (err != ERR_NONE)
        return err;
    err = sql_step(&sql, &row, error);
    if (err != ERR_NONE)
        return err;
    *now = time_now();
    if (row && sqlite3_column_int64(sql.statement, 0) > *now)
        *now = sqlite3_column_int64(sql.statement, 0);
    sql_close(&sql);
    return ERR_NONE;
}
