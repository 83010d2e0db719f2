/* What can be done with any record, knowing only its table. */
#include "domain/schema.h"

#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/time.h"

static size_t type_size(enum field_type type)
{
    switch (type) {
    case FIELD_STRING:
        return sizeof(struct str);
    case FIELD_BOOL:
        return sizeof(bool);
    case FIELD_INT:
    case FIELD_INSTANT:
        return sizeof(int64_t);
    case FIELD_NUMBER:
        return sizeof(double);
    case FIELD_DATE:
    case FIELD_TIME:
        return sizeof(int32_t);
    case FIELD_ID:
        return sizeof(struct id);
    case FIELD_HASH:
        return sizeof(struct hash);
    case FIELD_ENUM:
        return sizeof(int);
    case FIELD_STRINGS:
        return sizeof(struct strs);
    }
    assert(0 && "a field type");
    return 0;
}

static struct strs copy_set(struct arena *arena, struct strs set)
{
    struct str *items;

    if (set.len == 0)
        return (struct strs){ NULL, 0 };
    items = arena_array(arena, set.len, sizeof(*items));
    for (size_t i = 0; i < set.len; i++)
        items[i] = arena_copy(arena, set.items[i]);
    return (struct strs){ items, set.len };
}

void schema_copy(const struct schema *schema, struct arena *arena,
                 const void *from, void *to)
{
    memmove(to, from, schema->size);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if (field->type == FIELD_STRING) {
            struct str *s = FIELD_AT(struct str, to, field);

            if (!str_is_none(*s))
                *s = arena_copy(arena, *s);
        } else if (field->type == FIELD_STRINGS) {
            struct strs *set = FIELD_AT(struct strs, to, field);

            *set = copy_set(arena, *set);
        }
    }
}

void schema_merge(const struct schema *schema, uint64_t fields,
                  const void *from, void *to)
{
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if ((fields & FIELD_BIT(i)) != 0)
            memcpy((char *)to + field->offset,
                   (const char *)from + field->offset,
                   type_size(field->type));
    }
}

bool field_is_none(const struct field *field, const void *record)
{
    switch (field->type) {
    case FIELD_STRING:
        return str_is_none(*FIELD_AT_CONST(struct str, record, field));
    case FIELD_INSTANT:
        return *FIELD_AT_CONST(int64_t, record, field) == INSTANT_NONE;
    case FIELD_DATE:
        return *FIELD_AT_CONST(int32_t, record, field) == DATE_NONE;
    case FIELD_TIME:
        return *FIELD_AT_CONST(int32_t, record, field) == TIME_NONE;
    case FIELD_ID:
        return id_is_none(*FIELD_AT_CONST(struct id, record, field));
    case FIELD_STRINGS:
        return FIELD_AT_CONST(struct strs, record, field)->len == 0;
    case FIELD_BOOL:
    case FIELD_INT:
    case FIELD_NUMBER:
    case FIELD_HASH:
    case FIELD_ENUM:
        return false;
    }
    assert(0 && "a field type");
    return false;
}

void field_set_none(const struct field *field, void *record)
{
    memset((char *)record + field->offset, 0, type_size(field->type));
    if (field->type == FIELD_INSTANT)
        *FIELD_AT(int64_t, record, field) = INSTANT_NONE;
    else if (field->type == FIELD_TIME)
        *FIELD_AT(int32_t, record, field) = TIME_NONE;
}

const char *field_column(const struct field *field, char out[static 64])
{
    size_t i;

    for (i = 0; field->name[i] != '\0'; i++) {
        assert(i < 63);
        out[i] = field->name[i] == '.' ? '_' : field->name[i];
    }
    out[i] = '\0';
    return out;
}

int schema_find(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->len; i++) {
        if (str_eq(str_from(schema->fields[i].name), name))
            return (int)i;
    }
    return -1;
}
