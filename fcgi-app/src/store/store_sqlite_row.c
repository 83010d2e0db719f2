/* Rows and records: the tables of the domain decide which columns there are
 * and how each is bound and read. */
#include "store/store_sqlite.h"

#include <string.h>

const char *sqlite_table(enum kind kind)
{
    static const char *const names[KIND_COUNT] = {
        [KIND_USER] = "users",   [KIND_SESSION] = "sessions",
        [KIND_TOKEN] = "tokens", [KIND_LIST] = "lists",
        [KIND_TASK] = "tasks",
    };

    return names[kind];
}

bool sqlite_is_column(const struct field *field)
{
    return (field->flags & (FIELD_KEY | FIELD_DERIVED)) == 0;
}

bool sqlite_is_words(const struct field *field)
{
    return field->type == FIELD_STRINGS && (field->flags & FIELD_HIDDEN) != 0;
}

void sqlite_select(struct sql *sql, enum kind kind, bool words)
{
    const struct schema *schema = kind_schema(kind);
    char column[64];

    sql_add(sql, "SELECT key, ops");
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (sqlite_is_column(field) && (words || !sqlite_is_words(field)))
            buf_printf(&sql->text, ", \"%s\"", field_column(field, column));
    }
    buf_printf(&sql->text, " FROM %s", sqlite_table(kind));
}

static void read_key(enum kind kind, const void *bytes, void *record)
{
    const struct schema *schema = kind_schema(kind);
    const uint8_t *from = bytes;

    /* "owner" comes first in the key, whatever its place in the table. */
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        bool id = strcmp(field->name, "id") == 0;

        if ((field->flags & FIELD_KEY) == 0)
            continue;
        if (field->type == FIELD_HASH)
            memcpy(FIELD_AT(struct hash, record, field), from,
                   sizeof(struct hash));
        else
            memcpy(FIELD_AT(struct id, record, field),
                   from + (id && schema->key == KEY_OWNED ? ID_BYTES : 0),
                   ID_BYTES);
    }
}

struct str sqlite_pack(struct arena *arena, struct strs set)
{
    size_t size = 1, at = 0;
    char *bytes;

    for (size_t i = 0; i < set.len; i++)
        size += 2 + set.items[i].len;
    bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < set.len; i++) {
        size_t len = set.items[i].len;

        bytes[at++] = (char)(len & 0xff);
        bytes[at++] = (char)(len >> 8);
        memcpy(bytes + at, set.items[i].ptr, len);
        at += len;
    }
    return (struct str){ bytes, at };
}

static size_t item_len(struct str packed, size_t at)
{
    return (size_t)(unsigned char)packed.ptr[at] |
           (size_t)(unsigned char)packed.ptr[at + 1] << 8;
}

static struct strs unpack(struct arena *arena, struct str packed)
{
    struct strs set = { 0 };
    struct str *items;
    size_t n = 0;

    for (size_t at = 0; at + 2 <= packed.len; at += 2 + item_len(packed, at))
        n++;
    items = arena_array(arena, n + 1, sizeof(*items));
    packed = arena_copy(arena, packed);
    for (size_t at = 0; at + 2 <= packed.len; at += 2 + item_len(packed, at))
        items[set.len++] = (struct str){ packed.ptr + at + 2,
                                         item_len(packed, at) };
    set.items = items;
    return set;
}

static struct str column_bytes(sqlite3_stmt *statement, int at)
{
    const void *bytes = sqlite3_column_blob(statement, at);

    return (struct str){ bytes == NULL ? "" : bytes,
                         (size_t)sqlite3_column_bytes(statement, at) };
}

static void read_field(sqlite3_stmt *statement, int at, struct arena *arena,
                       const struct field *field, void *record)
{
    if (sqlite3_column_type(statement, at) == SQLITE_NULL) {
        field_set_none(field, record);
        return;
    }
    switch (field->type) {
    case FIELD_STRING:
        *FIELD_AT(struct str, record, field) =
            arena_copy(arena, column_bytes(statement, at));
        break;
    case FIELD_BOOL:
        *FIELD_AT(bool, record, field) = sqlite3_column_int(statement,
                                                            at) != 0;
        break;
    case FIELD_INT:
    case FIELD_INSTANT:
        *FIELD_AT(int64_t, record, field) = sqlite3_column_int64(statement,
                                                                 at);
        break;
    case FIELD_NUMBER:
        *FIELD_AT(double, record, field) = sqlite3_column_double(statement,
                                                                 at);
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        *FIELD_AT(int32_t, record, field) = sqlite3_column_int(statement, at);
        break;
    case FIELD_ENUM:
        *FIELD_AT(int, record, field) = sqlite3_column_int(statement, at);
        break;
    case FIELD_ID:
    case FIELD_HASH:
        memcpy((char *)record + field->offset, column_bytes(statement,
                                                            at).ptr,
               column_bytes(statement, at).len);
        break;
    case FIELD_STRINGS:
        *FIELD_AT(struct strs, record, field) =
            unpack(arena, column_bytes(statement, at));
        break;
    }
}

void sqlite_read(sqlite3_stmt *statement, struct arena *arena, enum kind kind,
                 bool words, void *record, struct str *ops)
{
    const struct schema *schema = kind_schema(kind);
    int at = 2;

    memset(record, 0, schema->size);
    read_key(kind, sqlite3_column_blob(statement, 0), record);
    if (ops != NULL)
        *ops = column_bytes(statement, 1);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (sqlite_is_column(field) && (words || !sqlite_is_words(field)))
            read_field(statement, at++, arena, field, record);
    }
}

void sqlite_bind_field(struct sql *sql, struct arena *arena,
                       const struct field *field, const void *record)
{
    struct str packed;

    /* Ids are never NULL: "none" is a value that indexes like any other. */
    if (field->type != FIELD_ID && field->type != FIELD_STRINGS &&
        (field->flags & FIELD_NULLABLE) != 0 && field_is_none(field, record)) {
        sql_text(sql, STR_NONE);
        return;
    }
    switch (field->type) {
    case FIELD_STRING:
        sql_text(sql, *FIELD_AT_CONST(struct str, record, field));
        break;
    case FIELD_BOOL:
        sql_int(sql, *FIELD_AT_CONST(bool, record, field));
        break;
    case FIELD_INT:
    case FIELD_INSTANT:
        sql_int(sql, *FIELD_AT_CONST(int64_t, record, field));
        break;
    case FIELD_NUMBER:
        sql_real(sql, *FIELD_AT_CONST(double, record, field));
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        sql_int(sql, *FIELD_AT_CONST(int32_t, record, field));
        break;
    case FIELD_ENUM:
        sql_int(sql, *FIELD_AT_CONST(int, record, field));
        break;
    case FIELD_ID:
    case FIELD_HASH:
        sql_blob(sql, (const char *)record + field->offset,
                 field->type == FIELD_ID ? sizeof(struct id)
                                         : sizeof(struct hash));
        break;
    case FIELD_STRINGS:
        packed = sqlite_pack(arena, *FIELD_AT_CONST(struct strs, record,
                                                    field));
        sql_blob(sql, packed.ptr, packed.len);
        break;
    }
}

size_t sqlite_text_bytes(enum kind kind, const void *record)
{
    const struct schema *schema = kind_schema(kind);
    size_t bytes = 0;

    for (size_t i = 0; i < schema->len; i++) {
        if (schema->fields[i].type == FIELD_STRING)
            bytes += FIELD_AT_CONST(struct str, record,
                                    &schema->fields[i])->len;
    }
    return bytes;
}
