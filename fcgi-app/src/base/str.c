#include "base/str.h"

#include <string.h>

struct str str_from(const char *text)
{
    if (text == NULL)
        return STR_NONE;
    return (struct str){ text, strlen(text) };
}

bool str_is_none(struct str s)
{
    return s.ptr == NULL;
}

bool str_eq(struct str a, struct str b)
{
    if (a.ptr == NULL || b.ptr == NULL)
        return a.ptr == b.ptr;
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.ptr == NULL || b.ptr == NULL)
        return a.ptr == b.ptr;
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.ptr[i]) != fold(b.ptr[i]))
            return false;
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
    if (s.len < prefix.len)
        return false;
    return prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_split(struct str *s, char separator)
{
    struct str head = *s;
    const char *at = s->len == 0 ? NULL : memchr(s->ptr, separator, s->len);

    if (at == NULL) {
        *s = STR_NONE;
        return head;
    }
    head.len = (size_t)(at - s->ptr);
    s->ptr = at + 1;
    s->len -= head.len + 1;
    return head;
}
