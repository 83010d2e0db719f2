/* One record at a time: made, read, changed, removed, copied. */
#include <assert.h>
#include <string.h>

#include "store/store_sqlite.h"

static bool marks_have(const struct op_marks *marks, struct op_mark op)
{
    for (size_t i = 0; op.set && i < marks->len; i++) {
        if (memcmp(marks->bytes[i], op.bytes, OP_MARK_BYTES) == 0)
            return true;
    }
    return false;
}

static void marks_add(struct op_marks *marks, struct op_mark op)
{
    if (!op.set)
        return;
    if (marks->len == OP_MARKS_KEPT) {
        marks->len--;
        memmove(marks->bytes[0], marks->bytes[1],
                marks->len * OP_MARK_BYTES);
    }
    memcpy(marks->bytes[marks->len++], op.bytes, OP_MARK_BYTES);
}

void sqlite_read_marks(struct sql *sql, struct op_marks *marks)
{
    int column = sqlite3_column_count(sql->statement) - 1;
    const void *bytes = sqlite3_column_blob(sql->statement, column);
    size_t len = (size_t)sqlite3_column_bytes(sql->statement, column);

    marks->len = 0;
    if (bytes == NULL || len > sizeof(marks->bytes) ||
        len % OP_MARK_BYTES != 0)
        return;
    memcpy(marks->bytes, bytes, len);
    marks->len = len / OP_MARK_BYTES;
}

static void bind_marks(struct sql *sql, const struct op_marks *marks)
{
    sql_bind_blob(sql, marks->bytes, marks->len * OP_MARK_BYTES);
}

enum err sqlite_find(struct store_sqlite *sqlite, struct arena *arena,
                     enum kind kind, struct key key, void *record,
                     struct op_marks *marks, bool *found,
                     struct error *error)
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
        sqlite_read_marks(&sql, marks);
    }
    sql_close(&sql);
    return err;
}

enum err sqlite_get(struct store *store, struct arena *arena, enum kind kind,
                    struct key key, void *out, struct error *error)
{
    struct op_marks marks;
    bool found;
    enum err err =
        sqlite_find(sqlite_of(store), arena, kind, key, out, &marks, &found,
                    error);

    if (err == ERR_NONE && !found)
        return error_set(error, ERR_NOT_FOUND, "There is no such %s.",
                         kind_schema(kind)->name);
    return err;
}

enum err sqlite_insert(struct store_sqlite *sqlite, enum kind kind,
                       const void *record, const struct op_marks *marks,
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
    bind_marks(&sql, marks);
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
    struct op_marks marks = { 0 };
    int64_t now = 0;
    enum err err = sql_tick(sqlite, &now, error);

    if (err != ERR_NONE)
        return err;
    marks_add(&marks, op);
    schema_copy(table->schema, arena, record, out);
    set_kept(table, table->version, 1, out);
    set_kept(table, table->created_at, now, out);
    set_kept(table, table->updated_at, now, out);
    err = sqlite_insert(sqlite, kind, out, &marks, false, error);
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
    struct op_marks marks;
    bool found = false;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sqlite_find(sqlite, arena, kind, key_of(kind, record), there,
                      &marks, &found, error);
    if (err == ERR_NONE && found) {
        *effect = marks_have(&marks, op) ? WRITE_REPEATED : WRITE_EXISTED;
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
                             const void *record, const struct op_marks *marks,
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
    bind_marks(&sql, marks);
    return sql_run(&sql, error);
}

/* Before and after a change; both of the schema's size. */
struct versions {
    const void *before;
    void *after;
};

static enum err apply(struct store_sqlite *sqlite, enum kind kind,
                      const struct change *change, struct op_marks *marks,
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

        assert(table->version >= 0 && table->updated_at >= 0);
        ++*FIELD_AT(int64_t, records.after, version);
        set_kept(table, table->updated_at, now, records.after);
        fields |= FIELD_BIT(table->version) | FIELD_BIT(table->updated_at);
    }
    marks_add(marks, change->op);
    err = write_fields(sqlite, kind, change->key, fields, records.after, marks,
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
    struct op_marks marks;
    bool found = false;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sqlite_find(sqlite, arena, kind, change->key, before, &marks,
                      &found, error);
    if (err == ERR_NONE && !found)
        err = error_set(error, ERR_NOT_FOUND, "There is no such %s.",
                        table->schema->name);
    if (err != ERR_NONE)
        return sql_end(sqlite, err, error);
    *effect = WRITE_REPEATED;
    if (!marks_have(&marks, change->op)) {
        *effect = WRITE_DONE;
        after = arena_alloc(arena, size);
        memcpy(after, before, size);
        err = admit(table, change, before, error);
        if (err == ERR_NONE)
            err = apply(sqlite, kind, change, &marks,
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
