/*
 * The gate in front of the JSON parser: one pass, no allocation, RFC 8259 to
 * the letter and then stricter. It also refuses duplicate names in an object,
 * NUL in strings (raw or escaped), lone surrogates, integers beyond 2^53-1,
 * reals that no double holds, and nesting deeper than JSON_DEPTH_MAX.
 */
#ifndef STEADY_BASE_JSON_GATE_H
#define STEADY_BASE_JSON_GATE_H

#include "base/err.h"
#include "base/str.h"

enum {
    JSON_DEPTH_MAX = 8,
    JSON_BYTES_MAX = 64 * 1024, /* of a request body */
    JSON_NAMES_MAX = 64         /* members of one object */
};

/*
 * ERR_NONE, ERR_TOO_LARGE, or ERR_SYNTAX with a detail that names what is
 * wrong and where: "duplicate name at line 1, column 12".
 */
enum err json_gate(struct str text, struct error *error) MUST_CHECK;
/* The same for texts that are no request body: of at most `max` bytes. */
enum err json_gate_max(struct str text, size_t max,
                       struct error *error) MUST_CHECK;

#endif
