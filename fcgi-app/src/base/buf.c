#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    BUF_FIRST_SIZE = 512,
    BUF_KEEP_MAX = 64 * 1024,
    INT_TEXT_MAX = 20 /* "-9223372036854775808" */
};

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){ .max = max };
}

void buf_release(struct buf *buf)
{
    free(buf->ptr);
    buf_init(buf, buf->max);
}

void buf_reset(struct buf *buf)
{
    if (buf->size > BUF_KEEP_MAX) {
        buf_release(buf);
        return;
    }
    buf->len = 0;
    buf->overflow = false;
}

static void grow(struct buf *buf, size_t need)
{
    size_t size = buf->size == 0 ? BUF_FIRST_SIZE : buf->size;

    while (size < need)
        size = size > buf->max / 2 ? buf->max : size * 2;
    buf->ptr = mem_realloc(buf->ptr, size);
    buf->size = size;
}

char *buf_reserve(struct buf *buf, size_t n)
{
    if (buf->overflow || n > buf->max - buf->len) {
        buf->overflow = true;
        return NULL;
    }
    if (buf->ptr == NULL || n > buf->size - buf->len)
        grow(buf, buf->len + n);
    return buf->ptr + buf->len;
}

void buf_add(struct buf *buf, const void *bytes, size_t n)
{
    char *room = buf_reserve(buf, n);

    if (room == NULL || n == 0)
        return;
    memcpy(room, bytes, n);
    buf->len += n;
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.ptr, s.len);
}

void buf_add_char(struct buf *buf, char c)
{
    char *room = buf_reserve(buf, 1);

    if (room == NULL)
        return;
    *room = c;
    buf->len++;
}

void buf_add_int(struct buf *buf, int64_t n)
{
    char text[INT_TEXT_MAX];
    char *at = text + sizeof(text);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0)
        *--at = '-';
    buf_add(buf, at, (size_t)(text + sizeof(text) - at));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char small[256];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(small, sizeof(small), format, args);
    va_end(args);
    if (len < 0) {
        buf->overflow = true;
    } else if ((size_t)len < sizeof(small)) {
        buf_add(buf, small, (size_t)len);
    } else {
        char *text = mem_alloc((size_t)len + 1);

        va_start(args, format);
        (void)vsnprintf(text, (size_t)len + 1, format, args);
        va_end(args);
        buf_add(buf, text, (size_t)len);
        free(text);
    }
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){ buf->ptr == NULL ? "" : buf->ptr, buf->len };
}
