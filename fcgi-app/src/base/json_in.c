#include "base/json_in.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* json-c has types of these names; theirs go by others in this file. */
#define json_type jsonc_type
#define json_bool jsonc_bool
#include <json-c/json.h>
#undef json_type
#undef json_bool

#include "base/json_gate.h"

/* A struct json is json-c's object under another name. */
static const struct json_object *object_of(const struct json *value)
{
    return (const struct json_object *)value;
}

static void release(void *object)
{
    json_object_put(object);
}

enum err json_parse(struct arena *arena, struct str text,
                    const struct json **out, struct error *error)
{
    return json_parse_max(arena, text, JSON_BYTES_MAX, out, error);
}

enum err json_parse_max(struct arena *arena, struct str text, size_t max,
                        const struct json **out, struct error *error)
{
    enum err err = json_gate_max(text, max, error);
    struct json_tokener *tokener;
    struct json_object *object;

    if (err != ERR_NONE)
        return err;
    tokener = json_tokener_new();
    if (tokener == NULL)
        abort(); /* as the arena does */
    object = json_tokener_parse_ex(tokener, text.ptr, (int)text.len);
    /* A number at the end of the text may go on, for all json-c knows. */
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        object = json_tokener_parse_ex(tokener, "", 1);
    if (json_tokener_get_error(tokener) != json_tokener_success)
        err = error_set(error, ERR_INTERNAL,
                        "the parser refuses what the gate let pass");
    else
        arena_on_reset(arena, release, object);
    json_tokener_free(tokener);
    if (err == ERR_NONE)
        *out = (const struct json *)object;
    return err;
}

enum json_type json_type(const struct json *value)
{
    switch (json_object_get_type(object_of(value))) {
    case json_type_null:
        return JSON_NULL;
    case json_type_boolean:
        return JSON_BOOL;
    case json_type_int:
        return JSON_INT;
    case json_type_double:
        return JSON_REAL;
    case json_type_string:
        return JSON_STRING;
    case json_type_array:
        return JSON_ARRAY;
    case json_type_object:
        return JSON_OBJECT;
    }
    return JSON_NULL;
}

const char *json_type_name(enum json_type type)
{
    static const char *const NAMES[] = {
        [JSON_NULL] = "null",
        [JSON_BOOL] = "a boolean",
        [JSON_INT] = "an integer",
        [JSON_REAL] = "a number",
        [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object",
    };

    return NAMES[type];
}

bool json_bool(const struct json *value)
{
    assert(json_type(value) == JSON_BOOL);
    return json_object_get_boolean(object_of(value));
}

int64_t json_int(const struct json *value)
{
    assert(json_type(value) == JSON_INT);
    return json_object_get_int64(object_of(value));
}

double json_number(const struct json *value)
{
    assert(json_type(value) == JSON_INT || json_type(value) == JSON_REAL);
    return json_object_get_double(object_of(value));
}

struct str json_string(const struct json *value)
{
    /* Takes no const, though it leaves strings as they are. */
    struct json_object *object = (struct json_object *)(uintptr_t)value;

    assert(json_type(value) == JSON_STRING);
    return (struct str){ json_object_get_string(object),
                         (size_t)json_object_get_string_len(object) };
}

size_t json_array_len(const struct json *array)
{
    assert(json_type(array) == JSON_ARRAY);
    return json_object_array_length(object_of(array));
}

const struct json *json_array_at(const struct json *array, size_t index)
{
    assert(index < json_array_len(array));
    return (const struct json *)json_object_array_get_idx(object_of(array),
                                                          index);
}

static struct json_iter iter_at(const struct lh_entry *entry)
{
    struct json_iter iter = { .more = entry != NULL, .entry = entry };

    if (entry != NULL) {
        iter.name = str_from(lh_entry_k(entry));
        iter.value = lh_entry_v(entry);
    }
    return iter;
}

struct json_iter json_members(const struct json *object)
{
    assert(json_type(object) == JSON_OBJECT);
    return iter_at(lh_table_head(json_object_get_object(object_of(object))));
}

void json_next(struct json_iter *iter)
{
    const struct lh_entry *entry = iter->entry;

    assert(iter->more);
    *iter = iter_at(lh_entry_next(entry));
}

bool json_get(const struct json *object, const char *name,
              const struct json **out)
{
    struct json_object *member = NULL;

    assert(json_type(object) == JSON_OBJECT);
    if (!json_object_object_get_ex(object_of(object), name, &member))
        return false;
    *out = (const struct json *)member;
    return true;
}

const struct json *json_without(struct arena *arena,
                                const struct json *value, const char *name)
{
    struct json_object *copy;

    if (json_type(value) != JSON_OBJECT)
        return value;
    copy = json_object_new_object();
    if (copy == NULL)
        abort(); /* as the arena does */
    arena_on_reset(arena, release, copy);
    json_object_object_foreach(object_of(value), key, member)
    {
        if (strcmp(key, name) != 0)
            json_object_object_add(copy, key, json_object_get(member));
    }
    return (const struct json *)copy;
}
