/* Records to columns and back, by the tables of the domain. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "store/store_sqlite.h"

/* How the key of each type is kept and matched. */
static const struct {
    const char *columns, *match;
} keys[] = {
    [KEY_OWNED] = { "owner, id",
                    "owner = substr(?1, 1, 16) AND id = substr(?1, 17)" },
    [KEY_ID] = { "id", "id = ?1" },
    [KEY_HASH] = { "hash", "hash = ?1" },
};

bool sqlite_is_stored(const struct field *field)
{
    return (field->flags & FIELD_DERIVED) == 0;
}

static char *columns_text(const struct schema *schema)
{
    struct buf text;
    char name[64];

    buf_init(&text, SQLITE_TEXT_MAX);
    for (size_t i = 0; i < schema->len; i++) {
        if (sqlite_is_stored(&schema->fields[i]))
            buf_printf(&text, "%s\"%s\"", text.len == 0 ? "" : ", ",
                       field_column(&schema->fields[i], name));
    }
    buf_add_char(&text, '\0');
    assert(!text.overflow);
    return text.ptr;
}

void sqlite_tables_init(struct store_sqlite *sqlite)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct schema *schema = kind_schema((enum kind)kind);

        sqlite->tables[kind] = (struct sqlite_table){
            .schema = schema,
            .key_columns = keys[schema->key].columns,
            .key_match = keys[schema->key].match,
            .columns = columns_text(schema),
            .version = -1,
            .created_at = -1,
            .updated_at = -1,
            .deleted = schema_find(schema, STR("deleted")),
        };
        if (!schema->versioned)
            continue;
        sqlite->tables[kind].version = schema_find(schema, STR("version"));
        sqlite->tables[kind].created_at =
            schema_find(schema, STR("created_at"));
        sqlite->tables[kind].updated_at =
            schema_find(schema, STR("updated_at"));
    }
}

void sqlite_tables_release(struct store_sqlite *sqlite)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        free(sqlite->tables[kind].columns);
}

/* ---- Sets of strings ---- */

static size_t packed_size(struct strs set)
{
    size_t size = set.len == 0 ? 0 : 1;

    for (size_t i = 0; i < set.len; i++)
        size += set.items[i].len + 1;
    return size;
}

static void pack(struct strs set, char *out)
{
    if (set.len > 0)
        *out++ = '\0';
    for (size_t i = 0; i < set.len; i++) {
        if (set.items[i].len > 0)
            memcpy(out, set.items[i].ptr, set.items[i].len);
        out += set.items[i].len;
        *out++ = '\0';
    }
}

struct str sqlite_pack(struct arena *arena, struct strs set)
{
    size_t size = packed_size(set);
    char *bytes = arena_alloc(arena, size + 1);

    pack(set, bytes);
    return (struct str){ bytes, size };
}

struct strs sqlite_unpack(struct arena *arena, const void *bytes, size_t len)
{
    const char *from, *end;
    struct str *items;
    size_t count = 0, n = 0;

    if (len < 2)
        return (struct strs){ NULL, 0 };
    from = arena_cstr(arena, (struct str){ bytes, len });
    end = from + len;
    for (size_t i = 1; i < len; i++)
        count += from[i] == '\0';
    items = arena_array(arena, count, sizeof(*items));
    for (from++; n < count; from = items[n].ptr + items[n].len + 1, n++) {
        const char *nul = memchr(from, '\0', (size_t)(end - from));

        assert(nul != NULL);
        items[n] = (struct str){ from, (size_t)(nul - from) };
    }
    return (struct strs){ items, count };
}

/* ---- Fields ---- */

static void bind_strings(struct sql *sql, struct strs set)
{
    size_t size = packed_size(set);
    char *bytes = mem_alloc(size);

    pack(set, bytes);
    sqlite3_bind_blob64(sql->statement, ++sql->bound, bytes, size, free);
}

void sqlite_bind_field(struct sql *sql, const struct field *field,
                       const void *record)
{
    switch (field->type) {
    case FIELD_STRING:
        sql_bind_text(sql, *FIELD_AT_CONST(struct str, record, field));
        break;
    case FIELD_BOOL:
        sql_bind_int(sql, *FIELD_AT_CONST(bool, record, field));
        break;
    case FIELD_INT:
        sql_bind_int(sql, *FIELD_AT_CONST(int64_t, record, field));
        break;
    case FIELD_NUMBER:
        sql_bind_number(sql, *FIELD_AT_CONST(double, record, field));
        break;
    case FIELD_INSTANT:
        sql_bind_instant(sql, *FIELD_AT_CONST(int64_t, record, field));
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        if (field_is_none(field, record))
            sql->bound++; /* unbound is NULL */
        else
            sql_bind_int(sql, *FIELD_AT_CONST(int32_t, record, field));
        break;
    case FIELD_ID:
        sql_bind_id(sql, *FIELD_AT_CONST(struct id, record, field));
        break;
    case FIELD_HASH:
        sql_bind_blob(sql, FIELD_AT_CONST(struct hash, record, field),
                      sizeof(struct hash));
        break;
    case FIELD_ENUM:
        sql_bind_int(sql, *FIELD_AT_CONST(int, record, field));
        break;
    case FIELD_STRINGS:
        bind_strings(sql, *FIELD_AT_CONST(struct strs, record, field));
        break;
    }
}

static void read_hash(struct sql *sql, int column, struct hash *hash)
{
    const void *bytes = sqlite3_column_blob(sql->statement, column);

    if (bytes != NULL && sqlite3_column_bytes(sql->statement, column) ==
                             (int)sizeof(hash->bytes))
        memcpy(hash->bytes, bytes, sizeof(hash->bytes));
}

static struct str read_text(struct sql *sql, int column, struct arena *arena)
{
    const char *text =
        (const char *)sqlite3_column_text(sql->statement, column);
    int len = sqlite3_column_bytes(sql->statement, column);

    return arena_copy(arena, (struct str){ text, (size_t)len });
}

/* A column that is not NULL. */
static void read_field(struct sql *sql, int column, const struct field *field,
                       struct arena *arena, void *record)
{
    sqlite3_stmt *row = sql->statement;

    switch (field->type) {
    case FIELD_STRING:
        *FIELD_AT(struct str, record, field) = read_text(sql, column, arena);
        break;
    case FIELD_BOOL:
        *FIELD_AT(bool, record, field) = sqlite3_column_int(row, column) != 0;
        break;
    case FIELD_INT:
    case FIELD_INSTANT:
        *FIELD_AT(int64_t, record, field) = sqlite3_column_int64(row, column);
        break;
    case FIELD_NUMBER:
        *FIELD_AT(double, record, field) = sqlite3_column_double(row, column);
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        *FIELD_AT(int32_t, record, field) = sqlite3_column_int(row, column);
        break;
    case FIELD_ID:
        *FIELD_AT(struct id, record, field) = sql_id(sql, column);
        break;
    case FIELD_HASH:
        read_hash(sql, column, FIELD_AT(struct hash, record, field));
        break;
    case FIELD_ENUM:
        *FIELD_AT(int, record, field) = sqlite3_column_int(row, column);
        break;
    case FIELD_STRINGS: {
        const void *bytes = sqlite3_column_blob(row, column);
        int len = sqlite3_column_bytes(row, column);

        *FIELD_AT(struct strs, record, field) =
            sqlite_unpack(arena, bytes, (size_t)len);
        break;
    }
    }
}

void sqlite_read_row(struct sql *sql, const struct schema *schema,
                     struct arena *arena, void *record)
{
    int column = 0;

    memset(record, 0, schema->size);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (!sqlite_is_stored(field) ||
            sqlite3_column_type(sql->statement, column) == SQLITE_NULL)
            field_set_none(field, record);
        else
            read_field(sql, column, field, arena, record);
        column += sqlite_is_stored(field);
    }
}

size_t sqlite_text_bytes(const struct schema *schema, const void *record)
{
    size_t bytes = 0;

    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (field->type == FIELD_STRING)
            bytes += FIELD_AT_CONST(struct str, record, field)->len;
        else if (field->type == FIELD_STRINGS)
            bytes += packed_size(*FIELD_AT_CONST(struct strs, record, field));
    }
    return bytes;
}

enum err sqlite_collect(struct sql *sql, enum kind kind, struct arena *arena,
                        void **items, size_t *len, struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    size_t size = 16, n = 0;
    char *array = arena_array(arena, size, schema->size);
    bool row;
    enum err err = sql_step(sql, &row, error);

    while (err == ERR_NONE && row) {
        if (n == size) {
            char *larger = arena_array(arena, 2 * size, schema->size);

            memcpy(larger, array, n * schema->size);
            array = larger;
            size *= 2;
        }
        sqlite_read_row(sql, schema, arena, array + n++ * schema->size);
        err = sql_step(sql, &row, error);
    }
    sql_close(sql);
    *items = array;
    *len = n;
    return err;
}
