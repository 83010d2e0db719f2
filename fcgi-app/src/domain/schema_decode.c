/*
 * Records in: a JSON object becomes a struct, or a report of everything that
 * is wrong with it. The sentences never repeat a value; the name of an unknown
 * member stands in the pointer only.
 */
#include <assert.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include "base/id.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/schema_json.h"

/* A JSON pointer (RFC 6901), cut between two characters when it is long. */
struct pointer {
    char text[ERROR_POINTER_MAX];
    size_t len;
};

struct decoder {
    const struct schema *schema;
    enum schema_mode mode;
    struct arena *arena;
    void *out;
    uint64_t present;
    struct error *error;
    bool failed;
};

static bool decode_fail(struct decoder *decoder, const struct pointer *at,
                        const char *code, const char *detail)
{
    error_add(decoder->error, at->text, code, "%s", detail);
    decoder->failed = true;
    return false;
}

static bool decode_fail_limit(struct decoder *decoder,
                              const struct pointer *at, const char *code,
                              const char *rule, double limit,
                              const char *unit)
{
    error_add(decoder->error, at->text, code, "%s %.15g%s", rule, limit,
              unit);
    decoder->failed = true;
    return false;
}

static bool pointer_put(struct pointer *pointer, const char *bytes, size_t n)
{
    if (pointer->len + n >= sizeof(pointer->text))
        return false;
    memcpy(pointer->text + pointer->len, bytes, n);
    pointer->len += n;
    pointer->text[pointer->len] = '\0';
    return true;
}

static struct pointer pointer_from(const char *prefix)
{
    struct pointer pointer = { .len = 0 };
    struct str rest = str_from(prefix);

    while (rest.len > 0) {
        size_t n = utf8_next(rest, NULL);

        if (n == 0 || !pointer_put(&pointer, rest.ptr, n))
            break;
        rest.ptr += n;
        rest.len -= n;
    }
    return pointer;
}

static struct pointer pointer_join(const struct pointer *parent,
                                   struct str name)
{
    struct pointer pointer = *parent;
    bool fits = pointer_put(&pointer, "/", 1);

    while (fits && name.len > 0) {
        size_t n = utf8_next(name, NULL);

        if (n == 0)
            break;
        if (name.ptr[0] == '~')
            fits = pointer_put(&pointer, "~0", 2);
        else if (name.ptr[0] == '/')
            fits = pointer_put(&pointer, "~1", 2);
        else
            fits = pointer_put(&pointer, name.ptr, n);
        name.ptr += n;
        name.len -= n;
    }
    return pointer;
}

static struct pointer pointer_at(const struct pointer *parent, size_t index)
{
    char digits[24];
    size_t start = sizeof(digits);

    do {
        digits[--start] = (char)('0' + index % 10);
        index /= 10;
    } while (index > 0);
    return pointer_join(parent, (struct str){ digits + start,
                                              sizeof(digits) - start });
}

/* Unicode's White_Space. */
static bool is_space(uint32_t code)
{
    utf8proc_category_t category;

    if (code < 0x80)
        return code == ' ' || (code >= '\t' && code <= '\r');
    category = utf8proc_category((utf8proc_int32_t)code);
    return code == 0x85 || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

static bool is_blank(struct str text)
{
    while (text.len > 0) {
        uint32_t code;
        size_t n = utf8_next(text, &code);

        if (n == 0 || !is_space(code))
            return false;
        text.ptr += n;
        text.len -= n;
    }
    return true;
}

static bool read_string(struct decoder *decoder, const struct field *field,
                        const struct pointer *at, const struct json *value,
                        struct str *out)
{
    struct str text;
    size_t count;

    if (json_type(value) != JSON_STRING)
        return decode_fail(decoder, at, "wrong_type", "must be a string");
    text = json_string(value);
    if (str_is_none(text))
        text = STR("");
    count = utf8_count(text);
    if (field->min == 1 && count == 0)
        return decode_fail(decoder, at, "too_short", "must not be empty");
    if ((double)count < field->min)
        return decode_fail_limit(decoder, at, "too_short",
                                 "must have at least", field->min,
                                 " characters");
    if ((field->flags & FIELD_REQUIRED) != 0 && is_blank(text))
        return decode_fail(decoder, at, "too_short",
                           "must not be white space only");
    if (field->max > 0 && (double)count > field->max)
        return decode_fail_limit(decoder, at, "too_long",
                                 "must have at most", field->max,
                                 " characters");
    if ((field->flags & FIELD_SEGMENT) != 0 &&
        (str_eq(text, STR(".")) || str_eq(text, STR(".."))))
        return decode_fail(decoder, at, "not_allowed",
                           "must not be . or .., which no URL can name");
    *out = text;
    return true;
}

static bool read_number(struct decoder *decoder, const struct field *field,
                        const struct pointer *at, const struct json *value,
                        double *out)
{
    enum json_type type = json_type(value);
    double number;

    if (type != JSON_INT && (type != JSON_REAL || field->type == FIELD_INT))
        return decode_fail(decoder, at, "wrong_type",
                           field->type == FIELD_INT
                               ? "must be a whole number"
                               : "must be a number");
    number = json_number(value);
    if (!isfinite(number))
        return decode_fail(decoder, at, "out_of_range",
                           "must be a finite number");
    if (field->min < field->max && number < field->min)
        return decode_fail_limit(decoder, at, "out_of_range",
                                 "must be at least", field->min, "");
    if (field->min < field->max && number > field->max)
        return decode_fail_limit(decoder, at, "out_of_range",
                                 "must be at most", field->max, "");
    *out = number;
    return true;
}

static bool read_enum(struct decoder *decoder, const struct field *field,
                      const struct pointer *at, const struct json *value,
                      int *out)
{
    char names[128] = "";
    size_t len = 0;

    if (json_type(value) != JSON_STRING)
        return decode_fail(decoder, at, "wrong_type", "must be a string");
    for (int i = 0; field->names[i] != NULL; i++) {
        struct str name = str_from(field->names[i]);

        if (str_eq(json_string(value), name)) {
            *out = i;
            return true;
        }
        assert(len + name.len + 3 < sizeof(names));
        if (i > 0) {
            memcpy(names + len, ", ", 2);
            len += 2;
        }
        memcpy(names + len, name.ptr, name.len + 1);
        len += name.len;
    }
    error_add(decoder->error, at->text, "not_allowed", "must be one of: %s",
              names);
    decoder->failed = true;
    return false;
}

static bool set_has(const struct str *items, size_t len, struct str item)
{
    for (size_t i = 0; i < len; i++) {
        if (str_eq(items[i], item))
            return true;
    }
    return false;
}

static bool read_set(struct decoder *decoder, const struct field *field,
                     const struct pointer *at, const struct json *value,
                     struct strs *out)
{
    struct str *items;
    size_t len = 0, count;
    bool valid = true;

    if (json_type(value) != JSON_ARRAY)
        return decode_fail(decoder, at, "wrong_type",
                           "must be an array of strings");
    count = json_array_len(value);
    items = arena_array(decoder->arena, field->max_items, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        struct pointer item_at = pointer_at(at, i);
        struct str item;

        if (!read_string(decoder, field, &item_at, json_array_at(value, i),
                         &item)) {
            valid = false;
            continue;
        }
        if (set_has(items, len, item))
            continue;
        if (len == field->max_items)
            return decode_fail_limit(decoder, at, "too_many_items",
                                     "must have at most",
                                     (double)field->max_items, " items");
        items[len++] = item;
    }
    *out = (struct strs){ items, len };
    return valid;
}

/* The types that are written as a string of a certain form. */
static bool read_form(struct decoder *decoder, const struct field *field,
                      const struct pointer *at, const struct json *value)
{
    void *out = decoder->out;
    struct str text;

    if (json_type(value) != JSON_STRING)
        return decode_fail(decoder, at, "wrong_type", "must be a string");
    text = json_string(value);
    if (field->type == FIELD_INSTANT)
        return instant_parse(text, FIELD_AT(int64_t, out, field)) ||
               decode_fail(decoder, at, "bad_instant",
                           "must be a time like 2026-11-30T09:00:00Z");
    if (field->type == FIELD_DATE)
        return date_parse(text, FIELD_AT(int32_t, out, field)) ||
               decode_fail(decoder, at, "bad_date",
                           "must be a date like 2026-11-30");
    if (field->type == FIELD_TIME)
        return time_of_day_parse(text, FIELD_AT(int32_t, out, field)) ||
               decode_fail(decoder, at, "bad_time",
                           "must be a time of day like 09:00");
    assert(field->type == FIELD_ID);
    return id_parse(text, FIELD_AT(struct id, out, field)) ||
           decode_fail(decoder, at, "bad_id", "must be a UUID, not all zero");
}

static bool read_value(struct decoder *decoder, const struct field *field,
                       const struct pointer *at, const struct json *value)
{
    void *out = decoder->out;
    double number;

    switch (field->type) {
    case FIELD_STRING:
        return read_string(decoder, field, at, value,
                           FIELD_AT(struct str, out, field));
    case FIELD_BOOL:
        if (json_type(value) != JSON_BOOL)
            return decode_fail(decoder, at, "wrong_type",
                               "must be true or false");
        *FIELD_AT(bool, out, field) = json_bool(value);
        return true;
    case FIELD_INT:
        if (!read_number(decoder, field, at, value, &number))
            return false;
        *FIELD_AT(int64_t, out, field) = json_int(value);
        return true;
    case FIELD_NUMBER:
        return read_number(decoder, field, at, value,
                           FIELD_AT(double, out, field));
    case FIELD_INSTANT:
    case FIELD_DATE:
    case FIELD_TIME:
    case FIELD_ID:
        return read_form(decoder, field, at, value);
    case FIELD_ENUM:
        return read_enum(decoder, field, at, value,
                         FIELD_AT(int, out, field));
    case FIELD_STRINGS:
        return read_set(decoder, field, at, value,
                        FIELD_AT(struct strs, out, field));
    case FIELD_HASH:
        break; /* hidden in every table */
    }
    assert(0 && "a type that clients may send");
    return false;
}

static bool is_writable(const struct decoder *decoder,
                        const struct field *field)
{
    if ((field->flags & FIELD_WRITABLE) != 0)
        return true;
    return (field->flags & FIELD_CREATE) != 0 &&
           decoder->mode == SCHEMA_CREATE;
}

static void decode_field(struct decoder *decoder, size_t index,
                         const struct pointer *at, const struct json *value)
{
    const struct field *field = &decoder->schema->fields[index];

    if (!is_writable(decoder, field)) {
        decode_fail(decoder, at, "read_only", "cannot be changed");
        return;
    }
    if (value != NULL)
        (void)read_value(decoder, field, at, value);
    else if ((field->flags & FIELD_NULLABLE) != 0)
        field_set_none(field, decoder->out);
    else
        decode_fail(decoder, at, "null_not_allowed", "must not be null");
    /* What is there but broken is not also reported as missing. */
    decoder->present |= FIELD_BIT(index);
}

static bool in_group(const struct field *field, struct str group)
{
    return (field->flags & FIELD_HIDDEN) == 0 &&
           str_eq(member_of(field).group, group);
}

static void check_required(struct decoder *decoder, struct str group,
                           const struct pointer *parent)
{
    for (size_t i = 0; i < decoder->schema->len; i++) {
        const struct field *field = &decoder->schema->fields[i];

        if ((field->flags & FIELD_REQUIRED) != 0 && in_group(field, group) &&
            (decoder->present & FIELD_BIT(i)) == 0) {
            struct pointer at = pointer_join(parent, member_of(field).name);

            decode_fail(decoder, &at, "required", "must be given");
        }
    }
}

static int find_member(const struct schema *schema, struct str group,
                       struct str name)
{
    for (size_t i = 0; i < schema->len; i++) {
        if (in_group(&schema->fields[i], group) &&
            str_eq(member_of(&schema->fields[i]).name, name))
            return (int)i;
    }
    return -1;
}

static bool has_group(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->len; i++) {
        if (in_group(&schema->fields[i], name))
            return true;
    }
    return false;
}

static void decode_unknown(struct decoder *decoder, const struct pointer *at)
{
    decode_fail(decoder, at, "unknown_field", "is not a field");
}

static void decode_group(struct decoder *decoder, struct str group,
                         const struct pointer *at, const struct json *value)
{
    if (value == NULL) {
        for (size_t i = 0; i < decoder->schema->len; i++) {
            if (!in_group(&decoder->schema->fields[i], group))
                continue;
            field_set_none(&decoder->schema->fields[i], decoder->out);
            decoder->present |= FIELD_BIT(i);
        }
        return;
    }
    if (json_type(value) != JSON_OBJECT) {
        decode_fail(decoder, at, "wrong_type", "must be an object or null");
        return;
    }
    for (struct json_iter it = json_members(value); it.more; json_next(&it)) {
        struct pointer member_at = pointer_join(at, it.name);
        int index = find_member(decoder->schema, group, it.name);

        if (index < 0)
            decode_unknown(decoder, &member_at);
        else
            decode_field(decoder, (size_t)index, &member_at, it.value);
    }
    if (decoder->mode == SCHEMA_CREATE)
        check_required(decoder, group, at);
}

static void decode_object(struct decoder *decoder, const struct pointer *at,
                          const struct json *value)
{
    for (struct json_iter it = json_members(value); it.more; json_next(&it)) {
        struct pointer member_at = pointer_join(at, it.name);
        int index = find_member(decoder->schema, STR_NONE, it.name);

        if (index >= 0)
            decode_field(decoder, (size_t)index, &member_at, it.value);
        else if (has_group(decoder->schema, it.name))
            decode_group(decoder, it.name, &member_at, it.value);
        else
            decode_unknown(decoder, &member_at);
    }
    if (decoder->mode == SCHEMA_CREATE)
        check_required(decoder, STR_NONE, at);
}

enum err schema_decode(const struct schema *schema, enum schema_mode mode,
                       struct arena *arena, const struct json *value,
                       const char *prefix, void *out, uint64_t *present,
                       struct error *error)
{
    struct decoder decoder = {
        .schema = schema,
        .mode = mode,
        .arena = arena,
        .out = out,
        .error = error,
    };
    struct pointer root = pointer_from(prefix);

    memset(out, 0, schema->size);
    if (mode == SCHEMA_CREATE && schema->defaults != NULL)
        memcpy(out, schema->defaults, schema->size);
    for (size_t i = 0; mode == SCHEMA_PATCH && i < schema->len; i++)
        field_set_none(&schema->fields[i], out);
    if (json_type(value) == JSON_OBJECT)
        decode_object(&decoder, &root, value);
    else
        decode_fail(&decoder, &root, "wrong_type", "must be an object");
    *present = decoder.present;
    return decoder.failed ? ERR_INVALID : ERR_NONE;
}
