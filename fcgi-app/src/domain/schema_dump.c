/* Records of a dump in: what schema_encode_dump wrote becomes a struct. */
#include <assert.h>
#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "domain/schema_json.h"

static const unsigned left_out = FIELD_DERIVED | FIELD_COMPUTED;

static bool read_int(const struct json *value, int64_t *out)
{
    if (json_type(value) != JSON_INT)
        return false;
    *out = json_int(value);
    return true;
}

static bool read_number(const struct json *value, double *out)
{
    if (json_type(value) != JSON_INT && json_type(value) != JSON_REAL)
        return false;
    *out = json_number(value);
    return true;
}

static bool read_hash(struct str text, struct hash *out)
{
    if (text.len != 2 * sizeof(out->bytes))
        return false;
    for (size_t i = 0; i < sizeof(out->bytes); i++) {
        int high = num_hex_digit(text.ptr[2 * i]);
        int low = num_hex_digit(text.ptr[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool read_enum(struct str text, const struct field *field, int *out)
{
    for (int i = 0; field->names[i] != NULL; i++) {
        if (str_eq(text, str_from(field->names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool read_set(struct arena *arena, const struct json *value,
                     struct strs *out)
{
    size_t len = json_type(value) == JSON_ARRAY ? json_array_len(value) : 0;
    struct str *items = arena_array(arena, len, sizeof(*items));

    for (size_t i = 0; i < len; i++) {
        if (json_type(json_array_at(value, i)) != JSON_STRING)
            return false;
        items[i] = json_string(json_array_at(value, i));
    }
    *out = (struct strs){ len == 0 ? NULL : items, len };
    return json_type(value) == JSON_ARRAY;
}

/* The types that are written as a string. */
static bool read_text(const struct field *field, const struct json *value,
                      void *out)
{
    struct str text;

    if (json_type(value) != JSON_STRING)
        return false;
    text = json_string(value);
    if (str_is_none(text))
        text = STR("");
    if (field->type == FIELD_INSTANT)
        return instant_parse(text, FIELD_AT(int64_t, out, field));
    if (field->type == FIELD_DATE)
        return date_parse(text, FIELD_AT(int32_t, out, field));
    if (field->type == FIELD_TIME)
        return time_of_day_parse(text, FIELD_AT(int32_t, out, field));
    if (field->type == FIELD_ID)
        return id_parse(text, FIELD_AT(struct id, out, field));
    if (field->type == FIELD_HASH)
        return read_hash(text, FIELD_AT(struct hash, out, field));
    if (field->type == FIELD_ENUM)
        return read_enum(text, field, FIELD_AT(int, out, field));
    *FIELD_AT(struct str, out, field) = text;
    return true;
}

/* null is a value of the types that have a "none". */
static bool read_null(const struct field *field, void *out)
{
    field_set_none(field, out);
    return field->type != FIELD_STRINGS && field_is_none(field, out);
}

static bool read_value(const struct field *field, struct arena *arena,
                       const struct json *value, void *out)
{
    if (value == NULL)
        return read_null(field, out);
    switch (field->type) {
    case FIELD_BOOL:
        if (json_type(value) != JSON_BOOL)
            return false;
        *FIELD_AT(bool, out, field) = json_bool(value);
        return true;
    case FIELD_INT:
        return read_int(value, FIELD_AT(int64_t, out, field));
    case FIELD_NUMBER:
        return read_number(value, FIELD_AT(double, out, field));
    case FIELD_STRINGS:
        return read_set(arena, value, FIELD_AT(struct strs, out, field));
    case FIELD_STRING:
    case FIELD_INSTANT:
    case FIELD_DATE:
    case FIELD_TIME:
    case FIELD_ID:
    case FIELD_HASH:
    case FIELD_ENUM:
        return read_text(field, value, out);
    }
    assert(0 && "a field type");
    return false;
}

/* Members of an object that are fields, and fields that are no member. */
struct taken {
    size_t fields, missing;
};

/* object: where the fields of the group stand; NULL when it is null. */
static enum err read_group(const struct schema *schema, struct str group,
                           struct arena *arena, const struct json *object,
                           void *out, struct taken *taken,
                           struct error *error)
{
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        struct member member = member_of(field);
        const struct json *value = NULL;

        if ((field->flags & left_out) != 0 || !str_eq(member.group, group))
            continue;
        if (object == NULL) {
            field_set_none(field, out);
        } else if (!json_get(object, member.name.ptr, &value)) {
            taken->missing++;
        } else if (read_value(field, arena, value, out)) {
            taken->fields++;
        } else {
            return error_set(error, ERR_INVALID, "\"%s\" has a wrong value",
                             field->name);
        }
    }
    return ERR_NONE;
}

static size_t members(const struct json *object)
{
    size_t n = 0;

    for (struct json_iter it = json_members(object); it.more; json_next(&it))
        n++;
    return n;
}

static enum err unknown(struct error *error)
{
    return error_set(error, ERR_INVALID,
                     "it has a member that this release does not know");
}

/* The objects of the groups, each named by its first field. */
static enum err read_groups(const struct schema *schema, struct arena *arena,
                            const struct json *value, void *out,
                            struct taken *top, struct error *error)
{
    struct str last = STR_NONE;

    for (size_t i = 0; i < schema->len; i++) {
        struct str group = member_of(&schema->fields[i]).group;
        const struct json *object = NULL;
        struct taken taken = { 0 };
        enum err err;

        if (str_is_none(group) || str_eq(group, last))
            continue;
        last = group;
        if (!json_get(value, arena_cstr(arena, group), &object)) {
            top->missing++;
            continue;
        }
        top->fields++;
        if (object != NULL && json_type(object) != JSON_OBJECT)
            return error_set(error, ERR_INVALID, "\"%.*s\" is no object",
                             STR_ARG(group));
        err = read_group(schema, group, arena, object, out, &taken, error);
        if (err != ERR_NONE)
            return err;
        if (object != NULL && members(object) != taken.fields)
            return unknown(error);
        top->missing += taken.missing;
    }
    return ERR_NONE;
}

enum err schema_decode_dump(const struct schema *schema, struct arena *arena,
                            const struct json *value, void *out,
                            bool *complete, struct error *error)
{
    struct taken taken = { 0 };
    enum err err;

    memset(out, 0, schema->size);
    if (schema->defaults != NULL)
        memcpy(out, schema->defaults, schema->size);
    for (size_t i = 0; i < schema->len; i++) {
        if ((schema->fields[i].flags & FIELD_NULLABLE) != 0)
            field_set_none(&schema->fields[i], out);
    }
    if (json_type(value) != JSON_OBJECT)
        return error_set(error, ERR_INVALID, "it is no object");
    err = read_group(schema, STR_NONE, arena, value, out, &taken, error);
    if (err == ERR_NONE)
        err = read_groups(schema, arena, value, out, &taken, error);
    if (err == ERR_NONE && members(value) != taken.fields)
        err = unknown(error);
    *complete = taken.missing == 0;
    return err;
}
