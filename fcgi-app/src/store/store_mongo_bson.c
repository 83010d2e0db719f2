/* Records as documents, by the tables of the domain. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_mongo.h"

static const char *const collections[KIND_COUNT] = {
    [KIND_USER] = "users",   [KIND_SESSION] = "sessions",
    [KIND_TOKEN] = "tokens", [KIND_LIST] = "lists",
    [KIND_TASK] = "tasks",
};

void mongo_kind_init(struct mongo_kind *kind, enum kind which)
{
    const struct schema *schema = kind_schema(which);
    static const char *const kept[] = { "version", "created_at",
                                        "updated_at" };

    kind->schema = schema;
    kind->collection = collections[which];
    kind->kept = 0;
    assert(schema->len <= MONGO_FIELDS_MAX);
    kind->blank = mem_alloc(schema->size);
    if (schema->defaults != NULL)
        memcpy(kind->blank, schema->defaults, schema->size);
    else
        memset(kind->blank, 0, schema->size);
    for (size_t i = 0; i < schema->len; i++) {
        if ((schema->fields[i].flags & FIELD_NULLABLE) != 0)
            field_set_none(&schema->fields[i], kind->blank);
        field_column(&schema->fields[i], kind->names[i]);
    }
    for (size_t i = 0; schema->versioned && i < 3; i++) {
        int index = schema_find(schema, str_from(kept[i]));

        assert(index >= 0);
        kind->kept |= FIELD_BIT(index);
    }
}

void mongo_kind_release(struct mongo_kind *kind)
{
    free(kind->blank);
    kind->blank = NULL;
}

void mongo_append_bin(bson_t *doc, const char *name, const void *bytes,
                      size_t len)
{
    bson_append_binary(doc, name, -1, BSON_SUBTYPE_BINARY, bytes,
                       (uint32_t)len);
}

void mongo_append_key(bson_t *doc, const char *name, struct key key)
{
    mongo_append_bin(doc, name, key.bytes, key.len);
}

void mongo_append_id(bson_t *doc, const char *name, struct id id)
{
    mongo_append_bin(doc, name, id.bytes, sizeof(id.bytes));
}

void mongo_append_str(bson_t *doc, const char *name, struct str s)
{
    bson_append_utf8(doc, name, -1, s.ptr == NULL ? "" : s.ptr, (int)s.len);
}

static void append_set(bson_t *doc, const char *name, struct strs set)
{
    bson_t array;
    char number[16];
    const char *index;

    bson_append_array_begin(doc, name, -1, &array);
    for (size_t i = 0; i < set.len; i++) {
        bson_uint32_to_string((uint32_t)i, &index, number, sizeof(number));
        mongo_append_str(&array, index, set.items[i]);
    }
    bson_append_array_end(doc, &array);
}

void mongo_append_field(bson_t *doc, const char *name,
                        const struct field *field, const void *record)
{
    if (field_is_none(field, record) && field->type != FIELD_ID)
        return;
    switch (field->type) {
    case FIELD_STRING:
        mongo_append_str(doc, name,
                         *FIELD_AT_CONST(struct str, record, field));
        break;
    case FIELD_BOOL:
        BSON_APPEND_BOOL(doc, name, *FIELD_AT_CONST(bool, record, field));
        break;
    case FIELD_INT:
        BSON_APPEND_INT64(doc, name, *FIELD_AT_CONST(int64_t, record, field));
        break;
    case FIELD_NUMBER:
        BSON_APPEND_DOUBLE(doc, name, *FIELD_AT_CONST(double, record, field));
        break;
    case FIELD_INSTANT:
        BSON_APPEND_DATE_TIME(doc, name,
                              *FIELD_AT_CONST(int64_t, record, field));
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        BSON_APPEND_INT32(doc, name, *FIELD_AT_CONST(int32_t, record, field));
        break;
    case FIELD_ID:
        mongo_append_id(doc, name,
                        *FIELD_AT_CONST(struct id, record, field));
        break;
    case FIELD_HASH:
        mongo_append_bin(doc, name,
                         FIELD_AT_CONST(struct hash, record, field)->bytes,
                         sizeof(struct hash));
        break;
    case FIELD_ENUM:
        BSON_APPEND_INT32(doc, name, *FIELD_AT_CONST(int, record, field));
        break;
    case FIELD_STRINGS:
        append_set(doc, name, *FIELD_AT_CONST(struct strs, record, field));
        break;
    }
}

static void append_marks(bson_t *doc, const struct op_marks *marks)
{
    bson_t array;
    char number[16];
    const char *index;

    if (marks == NULL || marks->len == 0)
        return;
    bson_append_array_begin(doc, "ops", -1, &array);
    for (size_t i = 0; i < marks->len; i++) {
        bson_uint32_to_string((uint32_t)i, &index, number, sizeof(number));
        mongo_append_bin(&array, index, marks->bytes[i], OP_MARK_BYTES);
    }
    bson_append_array_end(doc, &array);
}

void mongo_append_record(bson_t *doc, const struct mongo_kind *kind,
                         const void *record, const struct op_marks *marks,
                         bool all)
{
    const struct schema *schema = kind->schema;

    for (enum kind i = KIND_USER; i < KIND_COUNT; i++) {
        if (kind_schema(i) == schema)
            mongo_append_key(doc, "_id", key_of(i, record));
    }
    BSON_APPEND_INT32(doc, "schema_version", STORE_SCHEMA_VERSION);
    append_marks(doc, marks);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        bool owner = schema->key == KEY_OWNED &&
                     strcmp(field->name, "owner") == 0;

        if ((field->flags & FIELD_DERIVED) != 0 ||
            ((field->flags & FIELD_KEY) != 0 && !owner))
            continue;
        if (all || (kind->kept & FIELD_BIT(i)) == 0)
            mongo_append_field(doc, kind->names[i], field, record);
        else if (field->type == FIELD_INT)
            BSON_APPEND_INT64(doc, kind->names[i], 1);
    }
}

static struct str str_of(const bson_iter_t *iter)
{
    uint32_t len;
    const char *text = bson_iter_utf8(iter, &len);

    return (struct str){ text, len };
}

/* An element of a string takes 8 bytes at least: type, name, length, NUL. */
enum { ELEMENT_MIN = 8 };

static struct strs read_set(const bson_iter_t *iter, struct arena *arena)
{
    const uint8_t *bytes;
    bson_iter_t at;
    struct str *items;
    uint32_t size;
    size_t len = 0;

    bson_iter_array(iter, &size, &bytes);
    if (!bson_iter_recurse(iter, &at))
        return (struct strs){ NULL, 0 };
    items = arena_array(arena, size / ELEMENT_MIN, sizeof(*items));
    while (bson_iter_next(&at)) {
        if (BSON_ITER_HOLDS_UTF8(&at))
            items[len++] = str_of(&at);
    }
    return (struct strs){ items, len };
}

static void read_bytes(const bson_iter_t *iter, void *out, size_t size)
{
    const uint8_t *bytes;
    uint32_t len;

    if (!BSON_ITER_HOLDS_BINARY(iter))
        return;
    bson_iter_binary(iter, NULL, &len, &bytes);
    if (len == size)
        memcpy(out, bytes, size);
}

static size_t names_count(const struct field *field)
{
    size_t n = 0;

    while (field->names[n] != NULL)
        n++;
    return n;
}

static void read_enum(const struct field *field, const bson_iter_t *iter,
                      void *record)
{
    int64_t n = bson_iter_as_int64(iter);

    if (n >= 0 && n < (int64_t)names_count(field))
        *FIELD_AT(int, record, field) = (int)n;
}

static void read_field(const struct field *field, struct arena *arena,
                       const bson_iter_t *iter, void *record)
{
    switch (field->type) {
    case FIELD_STRING:
        if (BSON_ITER_HOLDS_UTF8(iter))
            *FIELD_AT(struct str, record, field) = str_of(iter);
        break;
    case FIELD_BOOL:
        *FIELD_AT(bool, record, field) = bson_iter_as_bool(iter);
        break;
    case FIELD_INT:
        if (BSON_ITER_HOLDS_NUMBER(iter))
            *FIELD_AT(int64_t, record, field) = bson_iter_as_int64(iter);
        break;
    case FIELD_NUMBER:
        if (BSON_ITER_HOLDS_NUMBER(iter))
            *FIELD_AT(double, record, field) = bson_iter_as_double(iter);
        break;
    case FIELD_INSTANT:
        if (BSON_ITER_HOLDS_DATE_TIME(iter))
            *FIELD_AT(int64_t, record, field) = bson_iter_date_time(iter);
        break;
    case FIELD_DATE:
    case FIELD_TIME:
        if (BSON_ITER_HOLDS_INT(iter))
            *FIELD_AT(int32_t, record, field) =
                (int32_t)bson_iter_as_int64(iter);
        break;
    case FIELD_ID:
        read_bytes(iter, FIELD_AT(struct id, record, field), ID_BYTES);
        break;
    case FIELD_HASH:
        read_bytes(iter, FIELD_AT(struct hash, record, field),
                   sizeof(struct hash));
        break;
    case FIELD_ENUM:
        if (BSON_ITER_HOLDS_INT(iter))
            read_enum(field, iter, record);
        break;
    case FIELD_STRINGS:
        if (BSON_ITER_HOLDS_ARRAY(iter))
            *FIELD_AT(struct strs, record, field) = read_set(iter, arena);
        break;
    }
}

/* _id: owner and id, or the one field that is the key. */
static void read_key(const struct schema *schema, const bson_iter_t *iter,
                     void *record)
{
    uint8_t both[2 * ID_BYTES] = { 0 };

    if (schema->key == KEY_OWNED)
        read_bytes(iter, both, sizeof(both));
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if ((field->flags & FIELD_KEY) == 0)
            continue;
        if (schema->key == KEY_OWNED)
            memcpy(FIELD_AT(struct id, record, field)->bytes,
                   strcmp(field->name, "owner") == 0 ? both : both + ID_BYTES,
                   ID_BYTES);
        else
            read_bytes(iter, (char *)record + field->offset,
                       schema->key == KEY_ID ? sizeof(struct id)
                                             : sizeof(struct hash));
    }
}

/* strcmp is a quarter of reading a document: most names differ at once. */
static bool same(const char *a, const char *b)
{
    return a[0] == b[0] && strcmp(a, b) == 0;
}

/* Fields mostly stand in the order of the table: look from `from` on. */
static size_t find_name(const struct mongo_kind *kind, const char *name,
                        size_t from)
{
    size_t len = kind->schema->len;

    for (size_t i = from; i < len; i++) {
        if (same(kind->names[i], name))
            return i;
    }
    for (size_t i = 0; i < from; i++) {
        if (same(kind->names[i], name))
            return i;
    }
    return len; /* ours, or of a newer release */
}

void mongo_read_record(const struct mongo_kind *kind, struct arena *arena,
                       const bson_t *doc, void *record)
{
    const struct schema *schema = kind->schema;
    uint8_t *bytes = arena_alloc(arena, doc->len);
    bson_t copy;
    bson_iter_t iter;
    size_t from = 0;

    memcpy(record, kind->blank, schema->size);
    /* One copy, which the strings of the record point into. */
    memcpy(bytes, bson_get_data(doc), doc->len);
    if (!bson_init_static(&copy, bytes, doc->len) ||
        !bson_iter_init(&iter, &copy))
        return;
    while (bson_iter_next(&iter)) {
        const char *name = bson_iter_key(&iter);
        size_t index;

        if (same(name, "_id")) {
            read_key(schema, &iter, record);
            continue;
        }
        index = find_name(kind, name, from);
        if (index == schema->len)
            continue;
        from = index + 1;
        if ((schema->fields[index].flags & (FIELD_KEY | FIELD_DERIVED)) == 0)
            read_field(&schema->fields[index], arena, &iter, record);
    }
}

size_t mongo_text_bytes(const struct schema *schema, const void *record)
{
    size_t bytes = 0;

    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (field->type == FIELD_STRING) {
            bytes += FIELD_AT_CONST(struct str, record, field)->len;
        } else if (field->type == FIELD_STRINGS) {
            const struct strs *set =
                FIELD_AT_CONST(struct strs, record, field);

            for (size_t n = 0; n < set->len; n++)
                bytes += set->items[n].len;
        }
    }
    return bytes;
}

bool mongo_has_op(const bson_t *doc, struct op_mark op)
{
    bson_iter_t top, at;

    if (!op.set || !bson_iter_init_find(&top, doc, "ops") ||
        !BSON_ITER_HOLDS_ARRAY(&top) || !bson_iter_recurse(&top, &at))
        return false;
    while (bson_iter_next(&at)) {
        uint8_t mark[sizeof(op.bytes)] = { 0 };

        read_bytes(&at, mark, sizeof(mark));
        if (memcmp(mark, op.bytes, sizeof(mark)) == 0)
            return true;
    }
    return false;
}

void mongo_key_filter(bson_t *filter, struct key key)
{
    bson_init(filter);
    mongo_append_key(filter, "_id", key);
}

bool mongo_first_batch(const bson_t *reply, bson_iter_t *docs)
{
    bson_iter_t top, at;

    return bson_iter_init(&top, reply) &&
           bson_iter_find_descendant(&top, "cursor.firstBatch", &at) &&
           BSON_ITER_HOLDS_ARRAY(&at) && bson_iter_recurse(&at, docs);
}

bool mongo_doc_of(const bson_iter_t *iter, bson_t *doc)
{
    const uint8_t *bytes;
    uint32_t len;

    if (!BSON_ITER_HOLDS_DOCUMENT(iter))
        return false;
    bson_iter_document(iter, &len, &bytes);
    return bson_init_static(doc, bytes, len);
}

int64_t mongo_int_of(const bson_t *doc, const char *name, int64_t otherwise)
{
    bson_iter_t at;

    if (!bson_iter_init_find(&at, doc, name))
        return otherwise;
    if (BSON_ITER_HOLDS_DATE_TIME(&at))
        return bson_iter_date_time(&at);
    return BSON_ITER_HOLDS_NUMBER(&at) ? bson_iter_as_int64(&at) : otherwise;
}

const char *mongo_text_of(const bson_t *doc, const char *name)
{
    bson_iter_t at;

    return bson_iter_init_find(&at, doc, name) && BSON_ITER_HOLDS_UTF8(&at)
               ? bson_iter_utf8(&at, NULL)
               : NULL;
}

bool mongo_bin_of(const bson_t *doc, const char *name, const uint8_t **bytes,
                  size_t *len)
{
    bson_iter_t at;
    uint32_t size;

    if (!bson_iter_init_find(&at, doc, name) || !BSON_ITER_HOLDS_BINARY(&at))
        return false;
    bson_iter_binary(&at, NULL, &size, bytes);
    *len = size;
    return true;
}

void *mongo_grow(struct arena *arena, void *items, size_t len, size_t *size,
                 size_t each)
{
    void *more;

    if (len < *size)
        return items;
    *size = *size == 0 ? 32 : 2 * *size;
    more = arena_array(arena, *size, each);
    if (len > 0)
        memcpy(more, items, len * each);
    return more;
}

bool mongo_rows_add(void *context, const bson_t *doc)
{
    struct mongo_rows *rows = context;
    size_t each = rows->kind->schema->size;

    rows->items = mongo_grow(rows->arena, rows->items, rows->len,
                             &rows->size, each);
    mongo_read_record(rows->kind, rows->arena, doc,
                      (char *)rows->items + rows->len * each);
    rows->len++;
    return true;
}
