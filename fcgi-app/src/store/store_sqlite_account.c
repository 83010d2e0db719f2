/* Accounts and what guards them: sessions, tokens, kept answers, throttles. */
#include <assert.h>
#include <string.h>

#include "store/store_sqlite.h"

/* SELECT the columns of the kind, then `rest`. */
static enum err select_open(struct store_sqlite *sqlite, enum kind kind,
                            const char *rest, struct sql *sql,
                            struct error *error)
{
    struct buf text;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "SELECT %s FROM %ss %s", sqlite->tables[kind].columns,
               sqlite->tables[kind].schema->name, rest);
    return sql_open_buf(sqlite, &text, sql, error);
}

/* ---- People ---- */

enum err sqlite_user_by_email(struct store *store, struct arena *arena,
                              struct str email_key, struct user *user,
                              struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = select_open(sqlite_of(store), KIND_USER,
                               "WHERE email_key = ?", &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_text(&sql, email_key);
    err = sql_step(&sql, &row, error);
    if (err == ERR_NONE && row)
        sqlite_read_row(&sql, &user_schema, arena, user);
    else if (err == ERR_NONE)
        err = error_set(error, ERR_NOT_FOUND, "There is no such user.");
    sql_close(&sql);
    return err;
}

enum err sqlite_user_all(struct store *store, struct arena *arena,
                         struct user_page *page, struct error *error)
{
    void *items = NULL;
    struct sql sql;
    enum err err = select_open(sqlite_of(store), KIND_USER, "ORDER BY id",
                               &sql, error);

    *page = (struct user_page){ 0 };
    if (err != ERR_NONE)
        return err;
    err = sqlite_collect(&sql, KIND_USER, arena, &items, &page->len, error);
    page->items = items;
    return err;
}

/* The claim gives way when it is ours, or was not followed by a user. */
enum err sqlite_claim_first(struct store *store, struct id user, bool *first,
                            struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t now = 0;
    struct sql sql;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_tick(sqlite, &now, error);
    if (err == ERR_NONE)
        err = sql_open(sqlite,
                       "INSERT INTO meta (name, value, at) "
                       "VALUES ('first_user', ?1, ?2) ON CONFLICT (name) "
                       "DO UPDATE SET value = ?1, at = ?2 "
                       "WHERE value = ?1 OR (at <= ?3 AND value NOT IN "
                       "(SELECT id FROM users WHERE id = meta.value))",
                       &sql, error);
    if (err == ERR_NONE) {
        sql_bind_id(&sql, user);
        sql_bind_int(&sql, now);
        sql_bind_int(&sql, now - SQLITE_CLAIM_MS);
        err = sql_run(&sql, error);
        *first = sql_changed(sqlite) > 0;
    }
    return sql_end(sqlite, err, error);
}

/* ---- Sessions and tokens ---- */

enum err sqlite_session_all(struct store *store, struct arena *arena,
                            struct id user, struct session_page *page,
                            struct error *error)
{
    void *items = NULL;
    struct sql sql;
    enum err err = select_open(sqlite_of(store), KIND_SESSION,
                               "WHERE user_id = ? ORDER BY created_at, id",
                               &sql, error);

    *page = (struct session_page){ 0 };
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, user);
    err = sqlite_collect(&sql, KIND_SESSION, arena, &items, &page->len,
                         error);
    page->items = items;
    return err;
}

enum err sqlite_token_all(struct store *store, struct arena *arena,
                          struct id user, struct token_page *page,
                          struct error *error)
{
    void *items = NULL;
    struct sql sql;
    enum err err = select_open(sqlite_of(store), KIND_TOKEN,
                               "WHERE user_id = ? ORDER BY created_at, id",
                               &sql, error);

    *page = (struct token_page){ 0 };
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, user);
    err = sqlite_collect(&sql, KIND_TOKEN, arena, &items, &page->len, error);
    page->items = items;
    return err;
}

enum err sqlite_session_end_all(struct store *store, struct id user,
                                struct hash keep, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct sql sql;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_open(sqlite,
                   "DELETE FROM sessions WHERE user_id = ? AND hash <> ?",
                   &sql, error);
    if (err == ERR_NONE) {
        sql_bind_id(&sql, user);
        sql_bind_blob(&sql, keep.bytes, sizeof(keep.bytes));
        err = sql_run(&sql, error);
    }
    return sql_end(sqlite, err, error);
}

/* ---- Kept answers ---- */

static void read_outcome(struct sql *sql, struct arena *arena,
                         struct outcome *outcome)
{
    const void *print = sqlite3_column_blob(sql->statement, 0);
    const void *sealed;

    *outcome = (struct outcome){ 0 };
    if (print != NULL && sqlite3_column_bytes(sql->statement, 0) ==
                             (int)sizeof(outcome->fingerprint))
        memcpy(outcome->fingerprint, print, sizeof(outcome->fingerprint));
    sealed = sqlite3_column_blob(sql->statement, 1);
    outcome->sealed = arena_copy(
        arena, (struct str){ sealed == NULL ? "" : sealed,
                             (size_t)sqlite3_column_bytes(sql->statement,
                                                          1) });
    outcome->expires_at = sqlite3_column_int64(sql->statement, 2);
}

enum err sqlite_outcome_get(struct store *store, struct arena *arena,
                            struct id owner, struct op_mark mark,
                            int64_t now, struct outcome *outcome,
                            struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite_of(store),
                            "SELECT fingerprint, sealed, expires_at "
                            "FROM outcomes WHERE owner = ? AND mark = ? "
                            "AND expires_at > ?",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, owner);
    sql_bind_blob(&sql, mark.bytes, sizeof(mark.bytes));
    sql_bind_int(&sql, now);
    err = sql_step(&sql, &row, error);
    if (err == ERR_NONE && row)
        read_outcome(&sql, arena, outcome);
    else if (err == ERR_NONE)
        err = error_set(error, ERR_NOT_FOUND, "There is no kept answer.");
    sql_close(&sql);
    return err;
}

enum err sqlite_outcome_put(struct store *store, struct id owner,
                            struct op_mark mark,
                            const struct outcome *outcome, bool *first,
                            struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct sql sql;
    enum err err;

    assert(outcome->sealed.len <= OUTCOME_BYTES_MAX);
    err = sql_begin(sqlite, error);
    if (err != ERR_NONE)
        return err;
    err = sql_open(sqlite,
                   "INSERT INTO outcomes (owner, mark, fingerprint, sealed, "
                   "expires_at) VALUES (?, ?, ?, ?, ?) "
                   "ON CONFLICT DO NOTHING",
                   &sql, error);
    if (err == ERR_NONE) {
        sql_bind_id(&sql, owner);
        sql_bind_blob(&sql, mark.bytes, sizeof(mark.bytes));
        sql_bind_blob(&sql, outcome->fingerprint,
                      sizeof(outcome->fingerprint));
        sql_bind_blob(&sql, outcome->sealed.ptr, outcome->sealed.len);
        sql_bind_int(&sql, outcome->expires_at);
        err = sql_run(&sql, error);
        *first = sql_changed(sqlite) > 0;
    }
    return sql_end(sqlite, err, error);
}

/* ---- Throttles ---- */

static enum err count_hit(struct store_sqlite *sqlite, struct hash subject,
                          int64_t now, int64_t window_ms, int64_t *count,
                          int64_t *ends, struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(
        sqlite,
        "INSERT INTO throttles (subject, hits, ends) "
        "VALUES (?1, 1, ?2 + ?3) ON CONFLICT (subject) DO UPDATE SET "
        "hits = CASE WHEN ends <= ?2 THEN 1 ELSE hits + 1 END, "
        "ends = CASE WHEN ends <= ?2 THEN ?2 + ?3 ELSE ends END "
        "RETURNING hits, ends",
        &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_blob(&sql, subject.bytes, sizeof(subject.bytes));
    sql_bind_int(&sql, now);
    sql_bind_int(&sql, window_ms);
    err = sql_step(&sql, &row, error);
    if (err != ERR_NONE)
        return err;
    *count = sqlite3_column_int64(sql.statement, 0);
    *ends = sqlite3_column_int64(sql.statement, 1);
    return sql_run(&sql, error);
}

enum err sqlite_throttle_hit(struct store *store, struct hash subject,
                             int64_t now, int64_t window_ms, int64_t *count,
                             int64_t *ends, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = count_hit(sqlite, subject, now, window_ms, count, ends, error);
    return sql_end(sqlite, err, error);
}

enum err sqlite_throttle_clear(struct store *store, struct hash subject,
                               struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct sql sql;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_open(sqlite, "DELETE FROM throttles WHERE subject = ?", &sql,
                   error);
    if (err == ERR_NONE) {
        sql_bind_blob(&sql, subject.bytes, sizeof(subject.bytes));
        err = sql_run(&sql, error);
    }
    return sql_end(sqlite, err, error);
}
