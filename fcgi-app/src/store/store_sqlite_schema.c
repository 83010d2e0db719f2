/* Tables and indexes: made, brought up to date and checked. */
#include "store/store_sqlite.h"

#include <string.h>

#define NO_ID "x'00000000000000000000000000000000'"

/* Each list of tasks is one range of one of these, already in order. */
static const char *const statements[] = {
    "CREATE INDEX IF NOT EXISTS tasks_order ON tasks"
    "(owner, deleted, completed, \"order\", key)",
    "CREATE INDEX IF NOT EXISTS tasks_list ON tasks"
    "(owner, list_id, deleted, completed, \"order\", key)",
    "CREATE INDEX IF NOT EXISTS tasks_due ON tasks"
    "(owner, deleted, completed, due_key, key)",
    "CREATE INDEX IF NOT EXISTS tasks_completed ON tasks"
    "(owner, deleted, completed_at, key) WHERE completed = 1",
    "CREATE INDEX IF NOT EXISTS tasks_trash ON tasks"
    "(owner, deleted_at, key) WHERE deleted = 1",
    "CREATE INDEX IF NOT EXISTS tasks_updated ON tasks"
    "(owner, updated_at, key)",
    "CREATE INDEX IF NOT EXISTS tasks_parent ON tasks"
    "(owner, parent_id, deleted, completed, \"order\", key)"
    " WHERE parent_id > " NO_ID,
    "CREATE INDEX IF NOT EXISTS tasks_purge ON tasks(purge_at)"
    " WHERE purge_at IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS task_words"
    "(owner BLOB NOT NULL, word TEXT NOT NULL, source INTEGER NOT NULL,"
    " key BLOB NOT NULL, PRIMARY KEY (owner, word, source, key))"
    " WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS lists_order ON lists"
    "(owner, deleted, \"order\", key)",
    "CREATE INDEX IF NOT EXISTS lists_updated ON lists"
    "(owner, updated_at, key)",
    "CREATE INDEX IF NOT EXISTS lists_purge ON lists(purge_at)"
    " WHERE purge_at IS NOT NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS users_email ON users(email_key)",
    "CREATE INDEX IF NOT EXISTS sessions_user ON sessions(user_id)",
    "CREATE INDEX IF NOT EXISTS sessions_end ON sessions(expires_at)",
    "CREATE INDEX IF NOT EXISTS tokens_user ON tokens(user_id)",
    "CREATE TABLE IF NOT EXISTS outcomes"
    "(key BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, sealed BLOB NOT NULL,"
    " expires_at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS outcomes_end ON outcomes(expires_at)",
    "CREATE TABLE IF NOT EXISTS throttles"
    "(subject BLOB PRIMARY KEY, attempts INTEGER NOT NULL,"
    " ends INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS throttles_end ON throttles(ends)",
    "CREATE TABLE IF NOT EXISTS meta"
    "(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
};

static const char *column_type(const struct field *field)
{
    switch (field->type) {
    case FIELD_STRING:
        return "TEXT";
    case FIELD_NUMBER:
        return "REAL";
    case FIELD_ID:
    case FIELD_HASH:
    case FIELD_STRINGS:
        return "BLOB";
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_INSTANT:
    case FIELD_DATE:
    case FIELD_TIME:
    case FIELD_ENUM:
        break;
    }
    return "INTEGER";
}

static enum err make_table(struct sqlite_store *store, enum kind kind,
                           struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    struct sql sql;
    char column[64];

    sql_init(&sql);
    buf_printf(&sql.text,
               "CREATE TABLE IF NOT EXISTS %s(key BLOB PRIMARY KEY%s,"
               " ops BLOB", sqlite_table(kind),
               schema->key == KEY_OWNED ? ", owner BLOB NOT NULL" : "");
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (sqlite_is_column(field))
            buf_printf(&sql.text, ", \"%s\" %s", field_column(field, column),
                       column_type(field));
    }
    sql_add(&sql, ") WITHOUT ROWID");
    return sqlite_run(store, &sql, error);
}

static enum err has_column(struct sqlite_store *store, enum kind kind,
                           const char *column, bool *has,
                           struct error *error)
{
    struct sql sql;
    int64_t count;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "SELECT count(*) FROM pragma_table_info(");
    sql_text(&sql, str_from(sqlite_table(kind)));
    sql_add(&sql, ") WHERE name = ");
    sql_text(&sql, str_from(column));
    err = sqlite_number(store, &sql, 0, &count, error);
    *has = count > 0;
    return err;
}

static enum err add_column(struct sqlite_store *store, enum kind kind,
                           const struct field *field, struct error *error)
{
    struct arena arena;
    struct sql sql;
    char column[64];
    enum err err;

    sql_init(&sql);
    buf_printf(&sql.text, "ALTER TABLE %s ADD COLUMN \"%s\" %s",
               sqlite_table(kind), field_column(field, column),
               column_type(field));
    err = sqlite_run(store, &sql, error);
    if (err != ERR_NONE || kind_schema(kind)->defaults == NULL)
        return err;
    arena_init(&arena);
    sql_init(&sql);
    buf_printf(&sql.text, "UPDATE %s SET \"%s\" = ", sqlite_table(kind),
               column);
    sqlite_bind_field(&sql, &arena, field, kind_schema(kind)->defaults);
    err = sqlite_run(store, &sql, error);
    arena_release(&arena);
    return err;
}

/* Columns that a newer program knows are added with their default. */
static enum err add_columns(struct sqlite_store *store, enum kind kind,
                            struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    enum err err = ERR_NONE;

    for (size_t i = 0; err == ERR_NONE && i < schema->len; i++) {
        char column[64];
        bool has = true;

        if (!sqlite_is_column(&schema->fields[i]))
            continue;
        err = has_column(store, kind,
                         field_column(&schema->fields[i], column), &has,
                         error);
        if (err == ERR_NONE && !has)
            err = add_column(store, kind, &schema->fields[i], error);
    }
    return err;
}

static enum err read_version(struct sqlite_store *store, int64_t *version,
                             struct error *error)
{
    struct sql sql;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "PRAGMA user_version");
    err = sqlite_number(store, &sql, 0, version, error);
    if (err == ERR_NONE && *version > STORE_SCHEMA_VERSION)
        return error_set(error, ERR_INTERNAL,
                         "The data are of a newer Steady (schema %lld, this "
                         "one knows %d): run that version.",
                         (long long)*version, STORE_SCHEMA_VERSION);
    return err;
}

static enum err make_all(struct sqlite_store *store, struct error *error)
{
    struct sql sql;
    enum err err = ERR_NONE;

    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        err = make_table(store, (enum kind)kind, error);
        if (err == ERR_NONE)
            err = add_columns(store, (enum kind)kind, error);
    }
    for (size_t i = 0;
         err == ERR_NONE && i < sizeof(statements) / sizeof(statements[0]);
         i++)
        err = sqlite_exec(store, statements[i], error);
    sql_init(&sql);
    buf_printf(&sql.text, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    if (err != ERR_NONE) {
        sql_release(&sql);
        return err;
    }
    return sqlite_run(store, &sql, error);
}

enum err sqlite_migrate(struct store *base, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    int64_t version;
    enum err err = sqlite_begin(store, error);

    if (err != ERR_NONE)
        return err;
    err = read_version(store, &version, error);
    if (err == ERR_NONE)
        err = make_all(store, error);
    return sqlite_end(store, err, error);
}

static enum err check_integrity(struct sqlite_store *store,
                                struct error *error)
{
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err;

    sql_init(&sql);
    sql_add(&sql, "PRAGMA integrity_check(1)");
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    if (err == ERR_NONE && row &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        err = error_set(error, ERR_INTERNAL, "The file is damaged: %s",
                        (const char *)sqlite3_column_text(statement, 0));
    sqlite_done(statement);
    sql_release(&sql);
    return err;
}

enum err sqlite_check(struct store *base, bool deep, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    int64_t version;
    enum err err = read_version(store, &version, error);

    if (err == ERR_NONE && version < STORE_SCHEMA_VERSION)
        return error_set(error, ERR_INTERNAL,
                         "The data are of an older Steady, or empty: run "
                         "steady-admin migrate.");
    return err != ERR_NONE || !deep ? err : check_integrity(store, error);
}
