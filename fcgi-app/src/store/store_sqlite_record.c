/* One record at a time: made, read, changed, removed, copied. */
#include <assert.h>
#include <string.h>

#include "store/store_sqlite.h"

/* The marks of a record, newest last. */
struct ops {
    size_t len; /* bytes */
    uint8_t bytes[OP_MARKS_KEPT * sizeof(((struct op_mark *)0)->bytes)];
};

static bool ops_has(const struct ops *ops, struct op_mark op)
{
    if (!op.set)
        return false;
    for (size_t i = 0; i < ops->len; i += sizeof(op.bytes)) {
        if (memcmp(ops->bytes + i, op.bytes, sizeof(op.bytes)) == 0)
            return true;
    }
    return false;
}

static void ops_add(struct ops *ops, struct op_mark op)
{
    if (!op.set)
        return;
    if (ops->len == sizeof(ops->bytes)) {
        ops->len -= sizeof(op.bytes);
        memmove(ops->bytes, ops->bytes + sizeof(op.bytes), ops->len);
    }
    memcpy(ops->bytes + ops->len, op.bytes, sizeof(op.bytes));
    ops->len += sizeof(op.bytes);
}

static void ops_read(struct sql *sql, int column, struct ops *ops)
{
    const void *bytes = sqlite3_column_blob(sql->statement, column);
    size_t len = (size_t)sqlite3_column_bytes(sql->statement, column);

    ops->len = 0;
    if (bytes == NULL || len > sizeof(ops->bytes) ||
        len % sizeof(((struct op_mark *)0)->bytes) != 0)
        return;
    memcpy(ops->bytes, bytes, len);
    ops->len = len;
}

static enum err find(struct store_sqlite *sqlite, struct arena *arena,
                     enum kind kind, struct key key, void *record,
                     struct ops *ops, bool *found, struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[kind];
    struct buf text;
    struct sql sql;
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "SELECT %s, ops FROM %ss WHERE %s", table->columns,
               table->schema->name, table->key_match);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    sql_bind_key(&sql, key);
    err = sql_step(&sql, found, error);
    if (err == ERR_NONE && *found) {
        sqlite_read_row(&sql, table->schema, arena, record);
        ops_read(&sql, sqlite3_column_count(sql.statement) - 1, ops);
    }
    sql_close(&sql);
    return err;
}

enum err sqlite_get(struct store *store, struct arena *arena, enum kind kind,
                    struct key key, void *out, struct error *error)
{
    struct ops ops;
    bool found;
    enum err err =
        find(sqlite_of(store), arena, kind, key, out, &ops, &found, error);

    if (err == ERR_NONE && !found)
        return error_set(error, ERR_NOT_FOUND, "There is no such %s.",
                         kind_schema(kind)->name);
    return err;
}

/* INSERT; with `replace` over a record of the same key. */
static enum err insert(struct store_sqlite *sqlite, enum kind kind,
                       const void *record, const struct ops *ops,
                       bool replace, struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[kind];
    const struct schema *schema = table->schema;
    struct buf text;
    struct sql sql;
    char name[64];
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "INSERT INTO %ss (%s, ops) VALUES (", schema->name,
               table->columns);
    for (size_t i = 0; i < schema->len; i++)
        buf_printf(&text, "%s",
                   sqlite_is_stored(&schema->fields[i]) ? "?, " : "");
    buf_printf(&text, "?)");
    if (replace) {
        buf_printf(&text, " ON CONFLICT (%s) DO UPDATE SET ops = excluded.ops",
                   table->key_columns);
        for (size_t i = 0; i < schema->len; i++) {
            if (sqlite_is_stored(&schema->fields[i]) &&
                (schema->fields[i].flags & FIELD_KEY) == 0) {
                field_column(&schema->fields[i], name);
                buf_printf(&text, ", \"%s\" = excluded.\"%s\"", name, name);
            }
        }
    }
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < schema->len; i++) {
        if (sqlite_is_stored(&schema->fields[i]))
            sqlite_bind_field(&sql, &schema->fields[i], record);
    }
    sql_bind_blob(&sql, ops->bytes, ops->len);
    return sql_run(&sql, error);
}

static void set_kept(const struct sqlite_table *table, int index, int64_t n,
                     void *record)
{
    if (index >= 0)
        *FIELD_AT(int64_t, record, &table->schema->fields[index]) = n;
}

static enum err create_new(struct store_sqlite *sqlite, struct arena *arena,
                           enum kind kind, const void *record,
                           struct op_mark op, void *out, struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[kind];
    struct ops ops = { 0 };
    int64_t now = 0;
    enum err err = sql_tick(sqlite, &now, error);

    if (err != ERR_NONE)
        return err;
    ops_add(&ops, op);
    schema_copy(table->schema, arena, record, out);
    set_kept(table, table->version, 1, out);
    set_kept(table, table->created_at, now, out);
    set_kept(table, table->updated_at, now, out);
    err = insert(sqlite, kind, out, &ops, false, error);
    if (err == ERR_NONE && kind == KIND_TASK)
        err = sqlite_words_follow(sqlite, NULL, out, error);
    return err;
}

enum err sqlite_create(struct store *store, struct arena *arena,
                       enum kind kind, const void *record,
                       struct op_mark op, void *out,
                       enum write_effect *effect, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    void *there = arena_alloc(arena, kind_schema(kind)->size);
    struct ops ops;
    bool found = false;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = find(sqlite, arena, kind, key_of(kind, record), there, &ops, &found,
               error);
    if (err == ERR_NONE && found) {
        *effect = ops_has(&ops, op) ? WRITE_REPEATED : WRITE_EXISTED;
        memcpy(out, there, kind_schema(kind)->size);
    } else if (err == ERR_NONE) {
        *effect = WRITE_DONE;
        err = create_new(sqlite, arena, kind, record, op, out, error);
    }
    return sql_end(sqlite, err, error);
}

/* ---- Changes ---- */

/* The fields of a change that are written as they come. */
static uint64_t plain_fields(const struct sqlite_table *table, uint64_t fields)
{
    const struct schema *schema = table->schema;

    for (size_t i = 0; i < schema->len; i++) {
        if ((schema->fields[i].flags & (FIELD_KEY | FIELD_DERIVED)) != 0)
            fields &= ~FIELD_BIT(i);
    }
    if (schema->versioned)
        fields &= ~(FIELD_BIT(table->version) | FIELD_BIT(table->created_at) |
                    FIELD_BIT(table->updated_at));
    return fields;
}

/* Writes those fields of the record and the ops to its row. */
static enum err write_fields(struct store_sqlite *sqlite, enum kind kind,
                             struct key key, uint64_t fields,
                             const void *record, const struct ops *ops,
                             struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[kind];
    const struct schema *schema = table->schema;
    int parameter = 2;
    struct buf text;
    struct sql sql;
    char name[64];
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "UPDATE %ss SET ", schema->name);
    for (size_t i = 0; i < schema->len; i++) {
        if ((fields & FIELD_BIT(i)) != 0)
            buf_printf(&text, "\"%s\" = ?%d, ",
                       field_column(&schema->fields[i], name), parameter++);
    }
    buf_printf(&text, "ops = ?%d WHERE %s", parameter, table->key_match);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    sql_bind_key(&sql, key);
    for (size_t i = 0; i < schema->len; i++) {
        if ((fields & FIELD_BIT(i)) != 0)
            sqlite_bind_field(&sql, &schema->fields[i], record);
    }
    sql_bind_blob(&sql, ops->bytes, ops->len);
    return sql_run(&sql, error);
}

/* Before and after a change; both of the schema's size. */
struct versions {
    const void *before;
    void *after;
};

static enum err apply(struct store_sqlite *sqlite, enum kind kind,
                      const struct change *change, struct ops *ops,
                      struct versions records, struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[kind];
    uint64_t fields = plain_fields(table, change->fields);
    const uint64_t words =
        FIELD_BIT(TASK_TITLE_WORDS) | FIELD_BIT(TASK_NOTES_WORDS);
    int64_t now = 0;
    enum err err = sql_tick(sqlite, &now, error);

    if (err != ERR_NONE)
        return err;
    schema_merge(table->schema, fields, change->values, records.after);
    if (table->schema->versioned) {
        const struct field *version = &table->schema->fields[table->version];

        ++*FIELD_AT(int64_t, records.after, version);
        set_kept(table, table->updated_at, now, records.after);
        fields |= FIELD_BIT(table->version) | FIELD_BIT(table->updated_at);
    }
    ops_add(ops, change->op);
    err = write_fields(sqlite, kind, change->key, fields, records.after, ops,
                       error);
    if (err == ERR_NONE && kind == KIND_TASK && (fields & words) != 0)
        err = sqlite_words_follow(sqlite, records.before, records.after,
                                  error);
    return err;
}

/* May the change be made to what is there? */
static enum err admit(const struct sqlite_table *table,
                      const struct change *change, const void *record,
                      struct error *error)
{
    const struct field *fields = table->schema->fields;

    if (table->deleted >= 0 && change->deleted != ANY &&
        *FIELD_AT_CONST(bool, record, &fields[table->deleted]) !=
            (change->deleted == YES))
        return error_set(error, ERR_NOT_FOUND, "There is no such %s.",
                         table->schema->name);
    if (table->version >= 0 && change->if_version != 0 &&
        *FIELD_AT_CONST(int64_t, record, &fields[table->version]) !=
            change->if_version)
        return error_set(error, ERR_STALE,
                         "It has been changed since that version.");
    return ERR_NONE;
}

enum err sqlite_update(struct store *store, struct arena *arena,
                       enum kind kind, const struct change *change,
                       void *out, enum write_effect *effect,
                       struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    const struct sqlite_table *table = &sqlite->tables[kind];
    size_t size = table->schema->size;
    void *before = arena_alloc(arena, size), *after;
    struct ops ops;
    bool found = false;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = find(sqlite, arena, kind, change->key, before, &ops, &found, error);
    if (err == ERR_NONE && !found)
        err = error_set(error, ERR_NOT_FOUND, "There is no such %s.",
                        table->schema->name);
    if (err != ERR_NONE)
        return sql_end(sqlite, err, error);
    *effect = WRITE_REPEATED;
    if (!ops_has(&ops, change->op)) {
        *effect = WRITE_DONE;
        after = arena_alloc(arena, size);
        memcpy(after, before, size);
        err = admit(table, change, before, error);
        if (err == ERR_NONE)
            err = apply(sqlite, kind, change, &ops,
                        (struct versions){ before, after }, error);
        if (err == ERR_NONE)
            before = after;
    }
    err = sql_end(sqlite, err, error);
    if (err == ERR_NONE || err == ERR_STALE)
        schema_copy(table->schema, arena, before, out);
    return err;
}

enum err sqlite_remove(struct store *store, enum kind kind, struct key key,
                       struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct buf text;
    struct sql sql;
    enum err err;

    assert(kind != KIND_TASK && kind != KIND_LIST);
    err = sql_begin(sqlite, error);
    if (err != ERR_NONE)
        return err;
    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "DELETE FROM %ss WHERE %s",
               sqlite->tables[kind].schema->name,
               sqlite->tables[kind].key_match);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err == ERR_NONE) {
        sql_bind_key(&sql, key);
        err = sql_run(&sql, error);
    }
    return sql_end(sqlite, err, error);
}

/* ---- Copies ---- */

enum err sqlite_each(struct store *store, enum kind kind,
                     record_visit *visit, void *context,
                     struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    const struct schema *schema = sqlite->tables[kind].schema;
    bool row, on = true;
    struct arena arena;
    struct buf text;
    struct sql sql;
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "SELECT %s FROM %ss ORDER BY %s",
               sqlite->tables[kind].columns, schema->name,
               sqlite->tables[kind].key_columns);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    arena_init(&arena);
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row && on) {
        void *record = arena_alloc(&arena, schema->size);

        sqlite_read_row(&sql, schema, &arena, record);
        on = visit(context, record);
        arena_reset(&arena);
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    arena_release(&arena);
    return err;
}

enum err sqlite_put(struct store *store, enum kind kind, const void *record,
                    struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    const struct ops ops = { 0 };
    struct task before;
    struct arena arena;
    struct ops ignored;
    bool found = false;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    arena_init(&arena);
    if (kind == KIND_TASK)
        err = find(sqlite, &arena, kind, key_of(kind, record), &before,
                   &ignored, &found, error);
    if (err == ERR_NONE)
        err = insert(sqlite, kind, record, &ops, true, error);
    if (err == ERR_NONE && kind == KIND_TASK)
        err = sqlite_words_follow(sqlite, found ? &before : NULL, record,
                                  error);
    arena_release(&arena);
    return sql_end(sqlite, err, error);
}
