/* People, sessions, tokens, kept outcomes and throttles. */
#include "store/store_sqlite.h"

#include <string.h>

/* One record by the value of a column. */
enum err sqlite_user_by_email(struct store *base, struct arena *arena,
                              struct str email_key, struct user *out,
                              struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err;

    sql_init(&sql);
    sqlite_select(&sql, KIND_USER, false);
    sql_add(&sql, " WHERE email_key = ");
    sql_text(&sql, email_key);
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    if (row)
        sqlite_read(statement, arena, KIND_USER, false, out, NULL);
    sqlite_done(statement);
    sql_release(&sql);
    return err != ERR_NONE || row
               ? err
               : error_set(error, ERR_NOT_FOUND, "There is no such user.");
}

/* All records that a statement selects, however many. */
static enum err read_grown(struct sqlite_store *store, struct arena *arena,
                           enum kind kind, struct sql *sql, void **items,
                           size_t *len, struct error *error)
{
    size_t size = 0, width = kind_schema(kind)->size;
    char *records = NULL;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err = sqlite_start(store, sql, &statement, error);

    *len = 0;
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    while (err == ERR_NONE && row) {
        if (*len == size) {
            char *grown = arena_array(arena, size = 2 * size + 16, width);

            if (*len > 0)
                memcpy(grown, records, *len * width);
            records = grown;
        }
        sqlite_read(statement, arena, kind, false, records + *len * width,
                    NULL);
        ++*len;
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(sql);
    *items = records;
    return err;
}

enum err sqlite_user_all(struct store *base, struct arena *arena,
                         struct user_page *page, struct error *error)
{
    struct sql sql;
    void *items = NULL;
    enum err err;

    sql_init(&sql);
    sqlite_select(&sql, KIND_USER, false);
    sql_add(&sql, " ORDER BY email_key");
    err = read_grown((struct sqlite_store *)base, arena, KIND_USER, &sql,
                     &items, &page->len, error);
    page->items = items;
    return err;
}

static enum err of_user(struct store *base, struct arena *arena,
                        enum kind kind, struct id user, void **items,
                        size_t *len, struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    sqlite_select(&sql, kind, false);
    sql_add(&sql, " WHERE user_id = ");
    sql_id(&sql, &user);
    sql_add(&sql, " ORDER BY created_at, key");
    return read_grown((struct sqlite_store *)base, arena, kind, &sql, items,
                      len, error);
}

enum err sqlite_session_all(struct store *base, struct arena *arena,
                            struct id user, struct session_page *page,
                            struct error *error)
{
    void *items = NULL;
    enum err err = of_user(base, arena, KIND_SESSION, user, &items,
                           &page->len, error);

    page->items = items;
    return err;
}

enum err sqlite_token_all(struct store *base, struct arena *arena,
                          struct id user, struct token_page *page,
                          struct error *error)
{
    void *items = NULL;
    enum err err = of_user(base, arena, KIND_TOKEN, user, &items, &page->len,
                           error);

    page->items = items;
    return err;
}

enum err sqlite_session_end_all(struct store *base, struct id user,
                                struct hash keep, struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, "DELETE FROM sessions WHERE user_id = ");
    sql_id(&sql, &user);
    sql_add(&sql, " AND key <> ");
    sql_blob(&sql, keep.bytes, sizeof(keep.bytes));
    return sqlite_run((struct sqlite_store *)base, &sql, error);
}

/* In one transaction: the claim, and whether its holder still exists. */
static enum err claim(struct sqlite_store *store, const struct id *user,
                      bool *first, struct error *error)
{
    struct sql sql;
    int64_t taken;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "SELECT count(*) FROM meta JOIN users ON users.key = "
                  "meta.value WHERE meta.name = 'first_user' AND "
                  "meta.value <> ");
    sql_id(&sql, user);
    err = sqlite_number(store, &sql, 0, &taken, error);
    *first = err == ERR_NONE && taken == 0;
    if (!*first)
        return err;
    sql_init(&sql);
    sql_add(&sql, "INSERT OR REPLACE INTO meta(name, value) VALUES "
                  "('first_user', ");
    sql_id(&sql, user);
    sql_add(&sql, ")");
    return sqlite_run(store, &sql, error);
}

enum err sqlite_claim_first(struct store *base, struct id user, bool *first,
                            struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = sqlite_begin(store, error);

    *first = false;
    if (err != ERR_NONE)
        return err;
    err = claim(store, &user, first, error);
    return sqlite_end(store, err, error);
}

static enum err erase_from(struct sqlite_store *store, const char *where,
                           const struct id *user, struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    buf_printf(&sql.text, "DELETE FROM %s = ", where);
    sql_id(&sql, user);
    return sqlite_run(store, &sql, error);
}

enum err sqlite_user_erase(struct store *base, struct id user,
                           struct error *error)
{
    static const char *const places[] = {
        "task_words WHERE owner",   "tasks WHERE owner",
        "lists WHERE owner",        "tokens WHERE user_id",
        "sessions WHERE user_id",   "outcomes WHERE substr(key, 1, 16)",
        "users WHERE key",
    };
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = sqlite_begin(store, error);

    if (err != ERR_NONE)
        return err;
    for (size_t i = 0;
         err == ERR_NONE && i < sizeof(places) / sizeof(places[0]); i++)
        err = erase_from(store, places[i], &user, error);
    return sqlite_end(store, err, error);
}

static struct key outcome_key(struct id owner, struct op_mark op)
{
    struct id mark;

    memcpy(mark.bytes, op.bytes, sizeof(mark.bytes));
    return key_owned(owner, mark);
}

enum err sqlite_outcome_get(struct store *base, struct arena *arena,
                            struct id owner, struct op_mark op, int64_t now,
                            struct outcome *out, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct key key = outcome_key(owner, op);
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "SELECT fingerprint, sealed, expires_at FROM outcomes "
                  "WHERE key = ");
    sql_key(&sql, &key);
    sql_add(&sql, " AND expires_at > ");
    sql_int(&sql, now);
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    if (row) {
        memcpy(out->fingerprint, sqlite3_column_blob(statement, 0),
               sizeof(out->fingerprint));
        out->sealed = arena_copy(
            arena, (struct str){
                       sqlite3_column_blob(statement, 1),
                       (size_t)sqlite3_column_bytes(statement, 1) });
        out->expires_at = sqlite3_column_int64(statement, 2);
    }
    sqlite_done(statement);
    sql_release(&sql);
    return err != ERR_NONE || row
               ? err
               : error_set(error, ERR_NOT_FOUND, "Nothing was kept.");
}

enum err sqlite_outcome_put(struct store *base, struct id owner,
                            struct op_mark op, const struct outcome *outcome,
                            struct error *error)
{
    struct key key = outcome_key(owner, op);
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, "INSERT OR IGNORE INTO outcomes(key, fingerprint, sealed, "
                  "expires_at) VALUES (");
    sql_key(&sql, &key);
    sql_add(&sql, ", ");
    sql_blob(&sql, outcome->fingerprint, sizeof(outcome->fingerprint));
    sql_add(&sql, ", ");
    sql_blob(&sql, outcome->sealed.ptr, outcome->sealed.len);
    sql_add(&sql, ", ");
    sql_int(&sql, outcome->expires_at);
    sql_add(&sql, ")");
    return sqlite_run((struct sqlite_store *)base, &sql, error);
}

enum err sqlite_throttle_hit(struct store *base, struct hash subject,
                             int64_t now, int64_t window_ms, int64_t *count,
                             int64_t *ends, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "INSERT INTO throttles(subject, attempts, ends) VALUES (");
    sql_blob(&sql, subject.bytes, sizeof(subject.bytes));
    sql_add(&sql, ", 1, ");
    sql_int(&sql, now + window_ms);
    sql_add(&sql, ") ON CONFLICT(subject) DO UPDATE SET attempts = CASE WHEN "
                  "ends <= ");
    sql_int(&sql, now);
    sql_add(&sql, " THEN 1 ELSE attempts + 1 END, ends = CASE WHEN ends <= ");
    sql_int(&sql, now);
    sql_add(&sql, " THEN excluded.ends ELSE ends END RETURNING attempts, "
                  "ends");
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    if (row) {
        *count = sqlite3_column_int64(statement, 0);
        *ends = sqlite3_column_int64(statement, 1);
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    return err;
}

enum err sqlite_throttle_clear(struct store *base, struct hash subject,
                               struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, "DELETE FROM throttles WHERE subject = ");
    sql_blob(&sql, subject.bytes, sizeof(subject.bytes));
    return sqlite_run((struct sqlite_store *)base, &sql, error);
}
