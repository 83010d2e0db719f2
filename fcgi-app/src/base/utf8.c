#include "base/utf8.h"

static bool is_continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length that the first byte announces, 0 if none may start with it. */
static size_t announced(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    if (first >= 0xF0 && first <= 0xF4)
        return 4;
    return 0;
}

/* The smallest code point that needs so many bytes: less is overlong. */
static const uint32_t SMALLEST[] = { 0, 0, 0x80, 0x800, 0x10000 };
/* Bits of the first byte that belong to the code point. */
static const unsigned char FIRST_BITS[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };

size_t utf8_next(struct str s, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t len = s.len == 0 ? 0 : announced(bytes[0]);
    uint32_t value;

    if (len == 0 || len > s.len)
        return 0;
    value = bytes[0] & FIRST_BITS[len];
    for (size_t i = 1; i < len; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < SMALLEST[len] || value > 0x10FFFF)
        return 0;
    if (value >= 0xD800 && value <= 0xDFFF)
        return 0;
    if (code != NULL)
        *code = value;
    return len;
}

bool utf8_is_valid(struct str s)
{
    while (s.len > 0) {
        size_t len = utf8_next(s, NULL);

        if (len == 0)
            return false;
        s.ptr += len;
        s.len -= len;
    }
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (!is_continuation((unsigned char)s.ptr[i]))
            count++;
    }
    return count;
}
