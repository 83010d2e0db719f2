/*
 * Any bytes through the gate, json-c, the writer and back again: what passes
 * the gate is a value, and writing and reading it once more changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void copy(struct json_out *out, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_NULL:
        json_put_null(out);
        break;
    case JSON_BOOL:
        json_put_bool(out, json_bool(value));
        break;
    case JSON_INT:
        json_put_int(out, json_int(value));
        break;
    case JSON_REAL:
        json_put_number(out, json_number(value));
        break;
    case JSON_STRING:
        require(utf8_is_valid(json_string(value)));
        json_put_str(out, json_string(value));
        break;
    case JSON_ARRAY:
        json_begin_array(out);
        for (size_t i = 0; i < json_array_len(value); i++)
            copy(out, json_array_at(value, i));
        json_end_array(out);
        break;
    case JSON_OBJECT:
        json_begin_object(out);
        for (struct json_iter it = json_members(value); it.more;
             json_next(&it)) {
            require(utf8_is_valid(it.name));
            json_key(out, it.name);
            copy(out, it.value);
        }
        json_end_object(out);
        break;
    }
}

static void write_value(struct buf *buf, const struct json *value)
{
    struct json_out out;

    json_out_init(&out, buf);
    copy(&out, value);
    require(!buf->overflow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };
    struct error error = { 0 };
    const struct json *value;
    struct arena arena;
    struct buf first, second;
    enum err err;

    arena_init(&arena);
    /* Escapes and numbers may grow: 1e22 becomes 1e+22. */
    buf_init(&first, 8 * size + 64);
    buf_init(&second, 8 * size + 64);
    err = json_parse(&arena, text, &value, &error);
    require(err == ERR_NONE || err == ERR_SYNTAX || err == ERR_TOO_LARGE);
    require((err == ERR_NONE) == (error.detail[0] == '\0'));
    require(utf8_is_valid(str_from(error.detail)));
    if (err == ERR_NONE)
        write_value(&first, value);
    if (err == ERR_NONE && first.len <= 64 * 1024) {
        require(json_parse(&arena, buf_str(&first), &value, &error) ==
                ERR_NONE);
        write_value(&second, value);
        require(str_eq(buf_str(&first), buf_str(&second)));
    }
    buf_release(&first);
    buf_release(&second);
    arena_release(&arena);
    return 0;
}
