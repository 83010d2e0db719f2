/* One record at a time: create, get, update, remove, copy. */
#include "store/store_sqlite.h"

#include <string.h>

static int find_op(struct str ops, struct op_mark op)
{
    for (size_t at = 0; op.set && at + sizeof(op.bytes) <= ops.len;
         at += sizeof(op.bytes)) {
        if (memcmp(ops.ptr + at, op.bytes, sizeof(op.bytes)) == 0)
            return (int)at;
    }
    return -1;
}

/* The marks with this one behind, the oldest gone when there are too many. */
static struct str add_op(struct arena *arena, struct str ops,
                         struct op_mark op)
{
    size_t size = sizeof(op.bytes);
    char *bytes = arena_alloc(arena, ops.len + size);
    struct str all = { bytes, ops.len };

    if (ops.len > 0)
        memcpy(bytes, ops.ptr, ops.len);
    if (op.set) {
        memcpy(bytes + ops.len, op.bytes, size);
        all.len += size;
    }
    if (all.len > OP_MARKS_KEPT * size) {
        all.ptr += size;
        all.len -= size;
    }
    return all;
}

static enum err not_found(struct error *error)
{
    return error_set(error, ERR_NOT_FOUND, "There is nothing with this id.");
}

/* The record with all its columns, and its marks (copied). */
static enum err fetch(struct sqlite_store *store, struct arena *arena,
                      enum kind kind, const struct key *key, void *out,
                      struct str *ops, bool *found, struct error *error)
{
    struct sql sql;
    sqlite3_stmt *statement;
    enum err err;

    *found = false;
    sql_init(&sql);
    sqlite_select(&sql, kind, true);
    sql_add(&sql, " WHERE key = ");
    sql_key(&sql, key);
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, found, error);
    if (*found) {
        sqlite_read(statement, arena, kind, true, out, ops);
        if (ops != NULL)
            *ops = arena_copy(arena, *ops);
    }
    sqlite_done(statement);
    sql_release(&sql);
    return err;
}

enum err sqlite_get(struct store *base, struct arena *arena, enum kind kind,
                    struct key key, void *out, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    bool found;
    enum err err = fetch(store, arena, kind, &key, out, NULL, &found, error);

    return err != ERR_NONE || found ? err : not_found(error);
}

/* Words of tasks stand in a table of their own, for search by prefix. */
static enum err write_words(struct sqlite_store *store, bool add,
                            const struct key *key, int source,
                            struct strs words, struct error *error)
{
    enum err err = ERR_NONE;

    for (size_t i = 0; err == ERR_NONE && i < words.len; i++) {
        struct sql sql;

        sql_init(&sql);
        sql_add(&sql, add ? "INSERT OR IGNORE INTO task_words"
                            "(owner, word, source, key) VALUES ("
                          : "DELETE FROM task_words WHERE"
                            " (owner, word, source, key) = (");
        sql_blob(&sql, key->bytes, ID_BYTES);
        sql_add(&sql, ", ");
        sql_text(&sql, words.items[i]);
        sql_add(&sql, ", ");
        sql_int(&sql, source);
        sql_add(&sql, ", ");
        sql_key(&sql, key);
        sql_add(&sql, ")");
        err = sqlite_run(store, &sql, error);
    }
    return err;
}

static enum err write_all_words(struct sqlite_store *store, bool add,
                                enum kind kind, const struct key *key,
                                uint64_t fields, const void *record,
                                struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    enum err err = ERR_NONE;

    for (size_t i = 0; err == ERR_NONE && i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (sqlite_is_words(field) && (fields & FIELD_BIT(i)) != 0)
            err = write_words(store, add, key, (int)i,
                              *FIELD_AT_CONST(struct strs, record, field),
                              error);
    }
    return err;
}

static enum err insert(struct sqlite_store *store, struct arena *arena,
                       enum kind kind, const struct key *key,
                       const void *record, struct str ops,
                       struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    bool owned = schema->key == KEY_OWNED;
    struct sql sql;
    char column[64];
    enum err err;

    sql_init(&sql);
    buf_printf(&sql.text, "INSERT INTO %s(key, ops%s", sqlite_table(kind),
               owned ? ", owner" : "");
    for (size_t i = 0; i < schema->len; i++) {
        if (sqlite_is_column(&schema->fields[i]))
            buf_printf(&sql.text, ", \"%s\"",
                       field_column(&schema->fields[i], column));
    }
    sql_add(&sql, ") VALUES (");
    sql_key(&sql, key);
    sql_add(&sql, ", ");
    sql_blob(&sql, ops.ptr, ops.len);
    if (owned) {
        sql_add(&sql, ", ");
        sql_blob(&sql, key->bytes, ID_BYTES);
    }
    for (size_t i = 0; i < schema->len; i++) {
        if (!sqlite_is_column(&schema->fields[i]))
            continue;
        sql_add(&sql, ", ");
        sqlite_bind_field(&sql, arena, &schema->fields[i], record);
    }
    sql_add(&sql, ")");
    err = sqlite_run(store, &sql, error);
    return err != ERR_NONE ? err
                           : write_all_words(store, true, kind, key,
                                             ~UINT64_C(0), record, error);
}

static void set_int(const struct schema *schema, const char *name,
                    void *record, int64_t value)
{
    const struct field *field =
        &schema->fields[schema_find(schema, str_from(name))];

    *FIELD_AT(int64_t, record, field) = value;
}

/* Version and instants are the store's; this is the host's clock. */
static void stamp(enum kind kind, void *record)
{
    const struct schema *schema = kind_schema(kind);
    int64_t now = time_now();

    if (!schema->versioned)
        return;
    set_int(schema, "version", record, 1);
    set_int(schema, "created_at", record, now);
    set_int(schema, "updated_at", record, now);
}

static enum err create(struct sqlite_store *store, struct arena *arena,
                       enum kind kind, const void *record, struct op_mark op,
                       void *out, enum write_effect *effect,
                       struct error *error)
{
    struct key key = key_of(kind, record);
    struct str ops = STR("");
    bool found;
    enum err err = fetch(store, arena, kind, &key, out, &ops, &found, error);

    if (err != ERR_NONE)
        return err;
    if (found) {
        *effect = find_op(ops, op) >= 0 ? WRITE_REPEATED : WRITE_EXISTED;
        return ERR_NONE;
    }
    *effect = WRITE_DONE;
    schema_copy(kind_schema(kind), arena, record, out);
    stamp(kind, out);
    return insert(store, arena, kind, &key, out,
                  add_op(arena, STR(""), op), error);
}

enum err sqlite_create(struct store *base, struct arena *arena,
                       enum kind kind, const void *record, struct op_mark op,
                       void *out, enum write_effect *effect,
                       struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = sqlite_begin(store, error);

    if (err != ERR_NONE)
        return err;
    err = create(store, arena, kind, record, op, out, effect, error);
    return sqlite_end(store, err, error);
}

static enum err write_fields(struct sqlite_store *store, struct arena *arena,
                             enum kind kind, const struct change *change,
                             const void *record, struct str ops,
                             struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    struct sql sql;
    char column[64];

    sql_init(&sql);
    buf_printf(&sql.text, "UPDATE %s SET ops = ", sqlite_table(kind));
    sql_blob(&sql, ops.ptr, ops.len);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        bool stamped = schema->versioned &&
                       (strcmp(field->name, "version") == 0 ||
                        strcmp(field->name, "updated_at") == 0);

        if (!sqlite_is_column(field) ||
            ((change->fields & FIELD_BIT(i)) == 0 && !stamped))
            continue;
        buf_printf(&sql.text, ", \"%s\" = ", field_column(field, column));
        sqlite_bind_field(&sql, arena, field, record);
    }
    sql_add(&sql, " WHERE key = ");
    sql_key(&sql, &change->key);
    return sqlite_run(store, &sql, error);
}

static int64_t get_int(const struct schema *schema, const char *name,
                       const void *record)
{
    int at = schema_find(schema, str_from(name));

    return *FIELD_AT_CONST(int64_t, record, &schema->fields[at]);
}

/* Does the record's state allow the change? */
static enum err admit(enum kind kind, const struct change *change,
                      const void *record, struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    int at = schema_find(schema, STR("deleted"));

    if (change->deleted != ANY && at >= 0 &&
        *FIELD_AT_CONST(bool, record, &schema->fields[at]) !=
            (change->deleted == YES))
        return not_found(error);
    if (schema->versioned && change->if_version != 0 &&
        get_int(schema, "version", record) != change->if_version)
        return error_set(error, ERR_STALE,
                         "It has changed since that version.");
    return ERR_NONE;
}

static enum err update(struct sqlite_store *store, struct arena *arena,
                       enum kind kind, const struct change *change, void *out,
                       enum write_effect *effect, struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    int64_t now = time_now();
    struct str ops;
    bool found;
    enum err err = fetch(store, arena, kind, &change->key, out, &ops, &found,
                         error);

    if (err != ERR_NONE)
        return err;
    if (!found)
        return not_found(error);
    *effect = WRITE_REPEATED;
    if (find_op(ops, change->op) >= 0)
        return ERR_NONE;
    *effect = WRITE_DONE;
    err = admit(kind, change, out, error);
    if (err == ERR_NONE)
        err = write_all_words(store, false, kind, &change->key,
                              change->fields, out, error);
    if (err != ERR_NONE)
        return err;
    schema_merge(schema, change->fields, change->values, out);
    if (schema->versioned) {
        int64_t before = get_int(schema, "updated_at", out);

        set_int(schema, "version", out, get_int(schema, "version", out) + 1);
        set_int(schema, "updated_at", out, now > before ? now : before);
    }
    err = write_fields(store, arena, kind, change, out,
                       add_op(arena, ops, change->op), error);
    return err != ERR_NONE ? err
                           : write_all_words(store, true, kind, &change->key,
                                             change->fields, out, error);
}

enum err sqlite_update(struct store *base, struct arena *arena,
                       enum kind kind, const struct change *change, void *out,
                       enum write_effect *effect, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    enum err err = sqlite_begin(store, error);

    if (err != ERR_NONE)
        return err;
    err = update(store, arena, kind, change, out, effect, error);
    return sqlite_end(store, err, error);
}

enum err sqlite_remove(struct store *base, enum kind kind, struct key key,
                       struct error *error)
{
    struct sql sql;

    sql_init(&sql);
    buf_printf(&sql.text, "DELETE FROM %s WHERE key = ", sqlite_table(kind));
    sql_key(&sql, &key);
    return sqlite_run((struct sqlite_store *)base, &sql, error);
}

enum err sqlite_each(struct store *base, enum kind kind, record_visit *visit,
                     void *context, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct task record; /* the largest of the kinds */
    struct arena arena;
    struct sql sql;
    sqlite3_stmt *statement;
    bool more = false;
    enum err err;

    _Static_assert(sizeof(struct task) >= sizeof(struct user) &&
                       sizeof(struct task) >= sizeof(struct list) &&
                       sizeof(struct task) >= sizeof(struct session) &&
                       sizeof(struct task) >= sizeof(struct token),
                   "a task is the largest record");
    arena_init(&arena);
    sql_init(&sql);
    sqlite_select(&sql, kind, true);
    sql_add(&sql, " ORDER BY key");
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &more, error);
    while (err == ERR_NONE && more) {
        sqlite_read(statement, &arena, kind, true, &record, NULL);
        more = visit(context, &record);
        arena_reset(&arena);
        if (more)
            err = sqlite_step(store, statement, &more, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    arena_release(&arena);
    return err;
}

static enum err put(struct sqlite_store *store, struct arena *arena,
                    enum kind kind, const void *record, struct error *error)
{
    struct key key = key_of(kind, record);
    struct task old;
    bool found;
    enum err err = fetch(store, arena, kind, &key, &old, NULL, &found, error);

    if (err == ERR_NONE && found)
        err = write_all_words(store, false, kind, &key, ~UINT64_C(0), &old,
                              error);
    if (err == ERR_NONE && found)
        err = sqlite_remove(&store->base, kind, key, error);
    return err != ERR_NONE ? err
                           : insert(store, arena, kind, &key, record, STR(""),
                                    error);
}

enum err sqlite_put(struct store *base, enum kind kind, const void *record,
                    struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct arena arena;
    enum err err = sqlite_begin(store, error);

    if (err != ERR_NONE)
        return err;
    arena_init(&arena);
    err = put(store, &arena, kind, record, error);
    arena_release(&arena);
    return sqlite_end(store, err, error);
}
