/* Statements: built from constant text and bound values, prepared once. */
#include "store/store_sqlite.h"

#include <stdlib.h>
#include <string.h>

void sql_init(struct sql *sql)
{
    buf_init(&sql->text, SQL_BYTES_MAX);
    sql->n_binds = 0;
}

void sql_release(struct sql *sql)
{
    buf_release(&sql->text);
}

void sql_add(struct sql *sql, const char *text)
{
    buf_add_str(&sql->text, str_from(text));
}

/* The slot of the next value. */
static int next_bind(struct sql *sql, int type)
{
    if (sql->n_binds == SQL_BINDS_MAX)
        abort();
    sql->binds[sql->n_binds].type = type;
    buf_printf(&sql->text, "?%d", sql->n_binds + 1);
    return sql->n_binds++;
}

void sql_int(struct sql *sql, int64_t value)
{
    int slot = next_bind(sql, SQLITE_INTEGER);

    sql->binds[slot].integer = value;
}

void sql_real(struct sql *sql, double value)
{
    int slot = next_bind(sql, SQLITE_FLOAT);

    sql->binds[slot].real = value;
}

void sql_text(struct sql *sql, struct str value)
{
    int slot = next_bind(sql, str_is_none(value) ? SQLITE_NULL : SQLITE_TEXT);

    sql->binds[slot].bytes = value;
}

void sql_blob(struct sql *sql, const void *bytes, size_t len)
{
    int slot = next_bind(sql, SQLITE_BLOB);

    sql->binds[slot].bytes = (struct str){ bytes, len };
}

void sql_id(struct sql *sql, const struct id *id)
{
    sql_blob(sql, id->bytes, sizeof(id->bytes));
}

void sql_key(struct sql *sql, const struct key *key)
{
    sql_blob(sql, key->bytes, key->len);
}

static int bind(sqlite3_stmt *statement, int at, const struct sql *sql)
{
    struct str bytes = sql->binds[at].bytes;

    switch (sql->binds[at].type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, at + 1, sql->binds[at].integer);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, at + 1, sql->binds[at].real);
    case SQLITE_TEXT:
        return sqlite3_bind_text64(statement, at + 1, bytes.ptr, bytes.len,
                                   SQLITE_STATIC, SQLITE_UTF8);
    case SQLITE_BLOB:
        return sqlite3_bind_blob64(statement, at + 1,
                                   bytes.len == 0 ? "" : bytes.ptr, bytes.len,
                                   SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, at + 1);
    }
}

enum err sqlite_failed(struct sqlite_store *store, struct error *error)
{
    switch (sqlite3_errcode(store->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error->retry_after = 1;
        return error_set(error, ERR_UNAVAILABLE,
                         "The database is busy; try again.");
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return error_set(error, ERR_FULL,
                         "No space is left in the data folder.");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        error->retry_after = 5;
        return error_set(error, ERR_UNAVAILABLE,
                         "The database file cannot be written.");
    case SQLITE_CONSTRAINT:
        return error_set(error, ERR_EXISTS, "This value is taken.");
    default:
        return error_set(error, ERR_INTERNAL, "SQLite: %s",
                         sqlite3_errmsg(store->db));
    }
}

/* A free place in the cache: its oldest statement makes room. */
static size_t cache_place(struct sqlite_store *store)
{
    if (store->cached < SQL_CACHE_MAX)
        return store->cached++;
    sqlite3_finalize(store->cache[0].statement);
    free(store->cache[0].sql);
    memmove(store->cache, store->cache + 1,
            (SQL_CACHE_MAX - 1) * sizeof(store->cache[0]));
    return SQL_CACHE_MAX - 1;
}

static enum err prepare(struct sqlite_store *store, const char *text,
                        sqlite3_stmt **statement, struct error *error)
{
    size_t at;

    for (size_t i = 0; i < store->cached; i++) {
        if (strcmp(store->cache[i].sql, text) == 0 &&
            !sqlite3_stmt_busy(store->cache[i].statement)) {
            *statement = store->cache[i].statement;
            return ERR_NONE;
        }
    }
    if (sqlite3_prepare_v3(store->db, text, -1, SQLITE_PREPARE_PERSISTENT,
                           statement, NULL) != SQLITE_OK)
        return sqlite_failed(store, error);
    at = cache_place(store);
    store->cache[at].statement = *statement;
    store->cache[at].sql = mem_alloc(strlen(text) + 1);
    memcpy(store->cache[at].sql, text, strlen(text) + 1);
    return ERR_NONE;
}

enum err sqlite_start(struct sqlite_store *store, struct sql *sql,
                      sqlite3_stmt **statement, struct error *error)
{
    enum err err;

    *statement = NULL;
    buf_add_char(&sql->text, '\0');
    if (sql->text.overflow)
        return error_set(error, ERR_INTERNAL, "A statement is too long.");
    err = prepare(store, sql->text.ptr, statement, error);
    for (int i = 0; err == ERR_NONE && i < sql->n_binds; i++) {
        if (bind(*statement, i, sql) != SQLITE_OK)
            err = sqlite_failed(store, error);
    }
    if (err != ERR_NONE)
        sqlite_done(*statement);
    return err;
}

enum err sqlite_step(struct sqlite_store *store, sqlite3_stmt *statement,
                     bool *row, struct error *error)
{
    int result = sqlite3_step(statement);

    *row = result == SQLITE_ROW;
    return *row || result == SQLITE_DONE ? ERR_NONE
                                         : sqlite_failed(store, error);
}

void sqlite_done(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

enum err sqlite_run(struct sqlite_store *store, struct sql *sql,
                    struct error *error)
{
    sqlite3_stmt *statement;
    bool row = true;
    enum err err = sqlite_start(store, sql, &statement, error);

    while (err == ERR_NONE && row)
        err = sqlite_step(store, statement, &row, error);
    sqlite_done(statement);
    sql_release(sql);
    return err;
}

enum err sqlite_exec(struct sqlite_store *store, const char *text,
                     struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, text);
    return sqlite_run(store, &sql, error);
}

enum err sqlite_number(struct sqlite_store *store, struct sql *sql,
                       int64_t without, int64_t *out, struct error *error)
{
    sqlite3_stmt *statement;
    bool row = false;
    enum err err = sqlite_start(store, sql, &statement, error);

    *out = without;
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    if (row && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *out = sqlite3_column_int64(statement, 0);
    sqlite_done(statement);
    sql_release(sql);
    return err;
}

enum err sqlite_begin(struct sqlite_store *store, struct error *error)
{
    return sqlite_exec(store, "BEGIN IMMEDIATE", error);
}

enum err sqlite_end(struct sqlite_store *store, enum err err,
                    struct error *error)
{
    struct error ignored = { 0 };

    if (err == ERR_NONE)
        err = sqlite_exec(store, "COMMIT", error);
    if (err != ERR_NONE && sqlite3_get_autocommit(store->db) == 0 &&
        sqlite_exec(store, "ROLLBACK", &ignored) != ERR_NONE)
        return err;
    return err;
}
