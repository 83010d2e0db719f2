/*
 * JSON input: the gate, then json-c. This is the only door: no other file
 * knows json-c. Values belong to the arena and are read-only.
 */
#ifndef STEADY_BASE_JSON_IN_H
#define STEADY_BASE_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct json; /* a value; a NULL pointer is JSON's null */

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,  /* written without fraction and exponent, fits 2^53-1 */
    JSON_REAL,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* ERR_SYNTAX or ERR_TOO_LARGE as the gate says. */
enum err json_parse(struct arena *arena, struct str text,
                    const struct json **out, struct error *error) MUST_CHECK;
/* The same for texts that are no request body: of at most `max` bytes. */
enum err json_parse_max(struct arena *arena, struct str text, size_t max,
                        const struct json **out,
                        struct error *error) MUST_CHECK;

enum json_type json_type(const struct json *value);
const char *json_type_name(enum json_type type); /* "a string", "null" */
/* Each only for a value of its type; json_number takes INT and REAL. */
bool json_bool(const struct json *value);
int64_t json_int(const struct json *value);
double json_number(const struct json *value);
struct str json_string(const struct json *value); /* may not be empty-checked */
size_t json_array_len(const struct json *array);
const struct json *json_array_at(const struct json *array, size_t index);

/* Members in the order of the text: for (it = json_members(o); it.more; ... */
struct json_iter {
    struct str name;
    const struct json *value;
    bool more;
    const void *entry; /* private */
};
struct json_iter json_members(const struct json *object);
void json_next(struct json_iter *iter);
/* False if the object has no such member. */
bool json_get(const struct json *object, const char *name,
              const struct json **out);
/* The object without one member (values are shared); any other value as is. */
const struct json *json_without(struct arena *arena,
                                const struct json *value, const char *name);

#endif
