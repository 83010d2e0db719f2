/*
 * Identifiers: UUIDs (RFC 9562) as 16 bytes. The nil UUID means "none".
 */
#ifndef STEADY_BASE_ID_H
#define STEADY_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { ID_TEXT_LEN = 36, ID_BYTES = 16 };

struct id {
    uint8_t bytes[ID_BYTES];
};

#define ID_NONE ((struct id){ { 0 } })

bool id_is_none(struct id id);
bool id_eq(struct id a, struct id b);
int id_cmp(struct id a, struct id b); /* bytewise, as both stores order */
/* Hyphenated form, either case (RFC 9562 section 4). Nil is refused. */
bool id_parse(struct str text, struct id *out);
/* Writes ID_TEXT_LEN lower-case characters and a NUL. */
void id_format(struct id id, char out[static ID_TEXT_LEN + 1]);
/* Version 7: milliseconds, then random; for objects. */
struct id id_new(int64_t now_ms);
/* Version 4: random; for users, so that shards fill evenly. */
struct id id_random(void);
/* Version 8: from the hash of some bytes; the same bytes, the same id. */
struct id id_derive(const void *bytes, size_t len);

#endif
