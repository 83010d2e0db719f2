/*
 * A growing byte buffer with a maximum given at init. Past the maximum
 * nothing is appended and `overflow` stays set: check it once, at the end.
 */
#ifndef STEADY_BASE_BUF_H
#define STEADY_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
    char *ptr; /* owned; not NUL-terminated */
    size_t len;
    size_t size;
    size_t max; /* bytes */
    bool overflow;
};

void buf_init(struct buf *buf, size_t max);
void buf_release(struct buf *buf);
void buf_reset(struct buf *buf); /* empties, keeps at most 64 KiB */
/* Room for n more bytes at ptr + len; NULL and overflow beyond the maximum. */
char *buf_reserve(struct buf *buf, size_t n);
void buf_add(struct buf *buf, const void *bytes, size_t n);
void buf_add_str(struct buf *buf, struct str s);
void buf_add_char(struct buf *buf, char c);
void buf_add_int(struct buf *buf, int64_t n);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
struct str buf_str(const struct buf *buf); /* borrowed until the next call */

#endif
