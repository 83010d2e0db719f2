/* Tables and indexes: made, completed and checked. */
#include <stdio.h>
#include <string.h>

#include "store/store_sqlite.h"

static const char *const other_tables[] = {
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB, "
    "at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS task_words (owner BLOB NOT NULL, "
    "word BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (owner, word, id)) "
    "WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS outcomes (owner BLOB NOT NULL, "
    "mark BLOB NOT NULL, fingerprint BLOB NOT NULL, sealed BLOB NOT NULL, "
    "expires_at INTEGER NOT NULL, PRIMARY KEY (owner, mark)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS throttles (subject BLOB PRIMARY KEY NOT NULL, "
    "hits INTEGER NOT NULL, ends INTEGER NOT NULL) WITHOUT ROWID",
};
enum { OTHER_TABLES = sizeof(other_tables) / sizeof(other_tables[0]) };

#define NO_ID "x'00000000000000000000000000000000'"

/* What each serves is said in store_sqlite_filter.c, which names them. */
static const struct index {
    const char *name, *text;
} indexes[] = {
    { "tasks_order",
      "tasks (owner, deleted, completed, \"order\", id)" },
    { "tasks_list",
      "tasks (owner, list_id, deleted, completed, \"order\", id)" },
    { "tasks_parent",
      "tasks (owner, parent_id, deleted, completed, \"order\", id) "
      "WHERE parent_id <> " NO_ID },
    { "tasks_due", "tasks (owner, deleted, completed, due_key, id)" },
    { "tasks_zoned", "tasks (owner, deleted, completed, due_key, id) "
                     "WHERE due_at IS NOT NULL" },
    { "tasks_completed",
      "tasks (owner, deleted, completed_at, id) WHERE completed = 1" },
    { "tasks_trash", "tasks (owner, deleted_at, id) WHERE deleted = 1" },
    { "tasks_updated", "tasks (owner, updated_at, id)" },
    { "tasks_tags", "tasks (owner, deleted, completed, tags) "
                    "WHERE tags <> x''" },
    { "tasks_purge", "tasks (purge_at) WHERE purge_at IS NOT NULL" },
    { "lists_order", "lists (owner, deleted, \"order\", id)" },
    { "lists_updated", "lists (owner, updated_at, id)" },
    { "lists_purge", "lists (purge_at) WHERE purge_at IS NOT NULL" },
    { "users_email", "users (email_key)" }, /* unique */
    { "sessions_user", "sessions (user_id, created_at, id)" },
    { "sessions_expiry", "sessions (expires_at)" },
    { "tokens_user", "tokens (user_id, created_at, id)" },
    { "outcomes_expiry", "outcomes (expires_at)" },
    { "throttles_expiry", "throttles (ends)" },
};
enum { INDEXES = sizeof(indexes) / sizeof(indexes[0]) };

/* ---- Columns ---- */

static void add_quoted(struct buf *text, struct str s)
{
    buf_add_char(text, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'')
            buf_add_char(text, '\'');
        buf_add_char(text, s.ptr[i]);
    }
    buf_add_char(text, '\'');
}

/* The value that a row gets which was written before the column was. */
static void add_default(struct buf *text, const struct field *field,
                        const void *defaults)
{
    bool none = defaults == NULL || field_is_none(field, defaults);

    switch (field->type) {
    case FIELD_STRING:
        buf_printf(text, "TEXT");
        if (!none) {
            buf_printf(text, " DEFAULT ");
            add_quoted(text, *FIELD_AT_CONST(struct str, defaults, field));
        }
        return;
    case FIELD_BOOL:
        buf_printf(text, "INTEGER NOT NULL DEFAULT %d",
                   !none && *FIELD_AT_CONST(bool, defaults, field));
        return;
    case FIELD_INT:
        buf_printf(text, "INTEGER NOT NULL DEFAULT ");
        buf_add_int(text,
                    none ? 0 : *FIELD_AT_CONST(int64_t, defaults, field));
        return;
    case FIELD_ENUM:
        buf_printf(text, "INTEGER NOT NULL DEFAULT %d",
                   none ? 0 : *FIELD_AT_CONST(int, defaults, field));
        return;
    case FIELD_NUMBER:
        buf_printf(text, "REAL NOT NULL DEFAULT %.17g",
                   none ? 0 : *FIELD_AT_CONST(double, defaults, field));
        return;
    case FIELD_INSTANT:
    case FIELD_DATE:
    case FIELD_TIME:
        buf_printf(text, "INTEGER");
        return;
    case FIELD_ID:
        buf_printf(text, "BLOB NOT NULL DEFAULT " NO_ID);
        return;
    case FIELD_HASH:
    case FIELD_STRINGS:
        buf_printf(text, "BLOB NOT NULL DEFAULT x''");
        return;
    }
}

static void add_column(struct buf *text, const struct schema *schema,
                       const struct field *field)
{
    char name[64];

    buf_printf(text, "\"%s\" ", field_column(field, name));
    add_default(text, field, schema->defaults);
}

static enum err run_buf(struct store_sqlite *sqlite, struct buf *text,
                        struct error *error)
{
    struct sql sql;
    enum err err = sql_open_buf(sqlite, text, &sql, error);

    return err != ERR_NONE ? err : sql_run(&sql, error);
}

static enum err create_table(struct store_sqlite *sqlite,
                             const struct sqlite_table *table,
                             struct error *error)
{
    const struct schema *schema = table->schema;
    struct buf text;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "CREATE TABLE IF NOT EXISTS %ss (", schema->name);
    for (size_t i = 0; i < schema->len; i++) {
        if (!sqlite_is_stored(&schema->fields[i]))
            continue;
        add_column(&text, schema, &schema->fields[i]);
        buf_printf(&text, ", ");
    }
    buf_printf(&text,
               "ops BLOB NOT NULL DEFAULT x'', PRIMARY KEY (%s)) "
               "WITHOUT ROWID",
               table->key_columns);
    return run_buf(sqlite, &text, error);
}

/* Is there an object of the schema, or with `column` a column of it? */
static enum err is_there(struct store_sqlite *sqlite, const char *name,
                         const char *column, bool *there, struct error *error)
{
    struct sql sql;
    enum err err = sql_open(sqlite,
                            column == NULL
                                ? "SELECT 1 FROM sqlite_schema "
                                  "WHERE name = ?"
                                : "SELECT 1 FROM pragma_table_info(?) "
                                  "WHERE name = ?",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_text(&sql, str_from(name));
    if (column != NULL)
        sql_bind_text(&sql, str_from(column));
    err = sql_step(&sql, there, error);
    sql_close(&sql);
    return err;
}

/* Columns of fields that are newer than the file. */
static enum err add_missing_columns(struct store_sqlite *sqlite,
                                    const struct schema *schema,
                                    struct error *error)
{
    char table[64], name[64];
    struct buf text;

    (void)snprintf(table, sizeof(table), "%ss", schema->name);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        bool there = true;
        enum err err = ERR_NONE;

        if (sqlite_is_stored(field))
            err = is_there(sqlite, table, field_column(field, name), &there,
                           error);
        if (err == ERR_NONE && !there) {
            buf_init(&text, SQLITE_TEXT_MAX);
            buf_printf(&text, "ALTER TABLE %s ADD COLUMN ", table);
            add_column(&text, schema, field);
            err = run_buf(sqlite, &text, error);
        }
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* ---- The whole ---- */

enum err sqlite_schema_version(struct store_sqlite *sqlite, int64_t *version,
                               struct error *error)
{
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite, "PRAGMA user_version", &sql, error);

    if (err != ERR_NONE)
        return err;
    err = sql_step(&sql, &row, error);
    if (err != ERR_NONE)
        return err;
    *version = sqlite3_column_int64(sql.statement, 0);
    sql_close(&sql);
    return ERR_NONE;
}

static enum err make_all(struct store_sqlite *sqlite, struct error *error)
{
    struct buf text;
    enum err err = ERR_NONE;

    for (int kind = 0; kind < KIND_COUNT && err == ERR_NONE; kind++) {
        err = create_table(sqlite, &sqlite->tables[kind], error);
        if (err == ERR_NONE)
            err = add_missing_columns(sqlite, sqlite->tables[kind].schema,
                                      error);
    }
    for (size_t i = 0; i < OTHER_TABLES && err == ERR_NONE; i++)
        err = sql_do(sqlite, other_tables[i], error);
    for (size_t i = 0; i < INDEXES && err == ERR_NONE; i++) {
        bool unique = strcmp(indexes[i].name, "users_email") == 0;

        buf_init(&text, SQLITE_TEXT_MAX);
        buf_printf(&text, "CREATE %sINDEX IF NOT EXISTS %s ON %s",
                   unique ? "UNIQUE " : "", indexes[i].name, indexes[i].text);
        err = run_buf(sqlite, &text, error);
    }
    if (err == ERR_NONE)
        err = sql_do(sqlite,
                     "INSERT INTO meta (name, at) VALUES ('clock', 0) "
                     "ON CONFLICT DO NOTHING",
                     error);
    return err;
}

enum err sqlite_migrate(struct store *store, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t version = 0;
    struct buf text;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sqlite_schema_version(sqlite, &version, error);
    if (err == ERR_NONE && version > STORE_SCHEMA_VERSION)
        err = error_set(error, ERR_UNAVAILABLE,
                        "The database is of a newer release of Steady (its "
                        "schema is %d, this one knows %d): install that.",
                        (int)version, STORE_SCHEMA_VERSION);
    if (err == ERR_NONE)
        err = make_all(sqlite, error);
    if (err == ERR_NONE && version != STORE_SCHEMA_VERSION) {
        buf_init(&text, SQLITE_TEXT_MAX);
        buf_printf(&text, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
        err = run_buf(sqlite, &text, error);
    }
    return sql_end(sqlite, err, error);
}

static enum err unmigrated(const char *missing, struct error *error)
{
    return error_set(error, ERR_UNAVAILABLE,
                     "The database lacks %s: run \"steady-admin migrate\".",
                     missing);
}

static enum err check_tables(struct store_sqlite *sqlite, struct error *error)
{
    char table[64], name[64];
    bool there = true;
    enum err err = ERR_NONE;

    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct schema *schema = sqlite->tables[kind].schema;

        (void)snprintf(table, sizeof(table), "%ss", schema->name);
        for (size_t i = 0; i < schema->len; i++) {
            if (!sqlite_is_stored(&schema->fields[i]))
                continue;
            err = is_there(sqlite, table,
                           field_column(&schema->fields[i], name), &there,
                           error);
            if (err != ERR_NONE)
                return err;
            if (!there)
                return unmigrated(name, error);
        }
    }
    for (size_t i = 0; i < INDEXES; i++) {
        err = is_there(sqlite, indexes[i].name, NULL, &there, error);
        if (err != ERR_NONE)
            return err;
        if (!there)
            return unmigrated(indexes[i].name, error);
    }
    return ERR_NONE;
}

static enum err check_pages(struct store_sqlite *sqlite, struct error *error)
{
    struct sql sql;
    bool row, sound = false;
    enum err err = sql_open(sqlite, "PRAGMA integrity_check", &sql, error);

    if (err != ERR_NONE)
        return err;
    err = sql_step(&sql, &row, error);
    if (err != ERR_NONE)
        return err;
    if (row)
        sound = strcmp((const char *)sqlite3_column_text(sql.statement, 0),
                       "ok") == 0;
    if (!sound)
        err = error_set(error, ERR_INTERNAL, "The database is damaged: %s",
                        row ? (const char *)sqlite3_column_text(
                                  sql.statement, 0)
                            : "the check gave no answer");
    sql_close(&sql);
    return err;
}

enum err sqlite_check(struct store *store, bool deep, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    int64_t version = 0;
    enum err err = sql_check_file(sqlite, error);

    if (err == ERR_NONE)
        err = sqlite_schema_version(sqlite, &version, error);
    if (err == ERR_NONE && version != STORE_SCHEMA_VERSION)
        err = unmigrated("this release's tables", error);
    if (err == ERR_NONE)
        err = check_tables(sqlite, error);
    return err == ERR_NONE && deep ? check_pages(sqlite, error) : err;
}
