/* Records out: one JSON object, members in the order of the table. */
#include <assert.h>

#include "base/time.h"
#include "domain/schema_json.h"

static void put_hash(const struct hash *hash, struct json_out *out)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * sizeof(hash->bytes)];

    for (size_t i = 0; i < sizeof(hash->bytes); i++) {
        text[2 * i] = digits[hash->bytes[i] >> 4];
        text[2 * i + 1] = digits[hash->bytes[i] & 15];
    }
    json_put_str(out, (struct str){ text, sizeof(text) });
}

static void put_set(const struct strs *set, struct json_out *out)
{
    json_begin_array(out);
    for (size_t i = 0; i < set->len; i++)
        json_put_str(out, set->items[i]);
    json_end_array(out);
}

static void put_value(const struct field *field, const void *record,
                      struct json_out *out)
{
    switch (field->type) {
    case FIELD_STRING:
        json_put_str(out, *FIELD_AT_CONST(struct str, record, field));
        return;
    case FIELD_BOOL:
        json_put_bool(out, *FIELD_AT_CONST(bool, record, field));
        return;
    case FIELD_INT:
        json_put_int(out, *FIELD_AT_CONST(int64_t, record, field));
        return;
    case FIELD_NUMBER:
        json_put_number(out, *FIELD_AT_CONST(double, record, field));
        return;
    case FIELD_INSTANT:
        json_put_instant(out, *FIELD_AT_CONST(int64_t, record, field));
        return;
    case FIELD_DATE:
        json_put_date(out, *FIELD_AT_CONST(int32_t, record, field));
        return;
    case FIELD_TIME:
        json_put_time(out, *FIELD_AT_CONST(int32_t, record, field));
        return;
    case FIELD_ID:
        json_put_id(out, *FIELD_AT_CONST(struct id, record, field));
        return;
    case FIELD_HASH:
        put_hash(FIELD_AT_CONST(struct hash, record, field), out);
        return;
    case FIELD_ENUM:
        json_put_str(out, str_from(field->names[*FIELD_AT_CONST(
                              int, record, field)]));
        return;
    case FIELD_STRINGS:
        put_set(FIELD_AT_CONST(struct strs, record, field), out);
        return;
    }
    assert(0 && "a field type");
}

/* Fields with one of the flags in `without` are left out. */
static void encode(const struct schema *schema, unsigned without,
                   const void *record, struct json_out *out)
{
    struct str group = STR_NONE; /* the one that we are in */
    bool group_is_null = false;

    json_begin_object(out);
    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];
        struct member member;

        if ((field->flags & without) != 0)
            continue;
        member = member_of(field);
        if (!str_eq(member.group, group)) {
            if (!str_is_none(group) && !group_is_null)
                json_end_object(out);
            group = member.group;
            group_is_null = false;
            if (!str_is_none(group)) {
                json_key(out, group);
                group_is_null = field_is_none(field, record);
                if (group_is_null)
                    json_put_null(out);
                else
                    json_begin_object(out);
            }
        }
        if (group_is_null)
            continue;
        json_key(out, member.name);
        put_value(field, record, out);
    }
    if (!str_is_none(group) && !group_is_null)
        json_end_object(out);
    json_end_object(out);
}

void schema_encode(const struct schema *schema, const void *record,
                   struct json_out *out)
{
    encode(schema, FIELD_HIDDEN, record, out);
}

void schema_encode_stored(const struct schema *schema, const void *record,
                          struct json_out *out)
{
    encode(schema, FIELD_DERIVED, record, out);
}

void schema_encode_dump(const struct schema *schema, const void *record,
                        struct json_out *out)
{
    encode(schema, FIELD_DERIVED | FIELD_COMPUTED, record, out);
}
