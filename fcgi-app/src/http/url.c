#include "http/url.h"

#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

bool url_decode(struct arena *arena, struct str text, bool form,
                struct str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '%') {
            int high = i + 1 < text.len ? num_hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? num_hex_digit(text.ptr[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return false;
        bytes[len++] = c;
    }
    *out = (struct str){ bytes, len };
    return utf8_is_valid(*out);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

struct str url_encode(struct arena *arena, struct str text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *bytes = arena_array(arena, text.len + 1, 3);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (is_unreserved((char)c)) {
            bytes[len++] = (char)c;
        } else {
            bytes[len++] = '%';
            bytes[len++] = hex[c >> 4];
            bytes[len++] = hex[c & 15];
        }
    }
    return (struct str){ bytes, len };
}

enum err url_query_parse(struct arena *arena, struct str query,
                         struct url_query *out, struct error *error)
{
    out->len = 0;
    while (!str_is_none(query)) {
        struct str value = str_split(&query, '&');
        struct str name = str_split(&value, '=');
        struct url_param param = { .value = STR("") };

        if (name.len == 0 && value.len == 0)
            continue;
        if (out->len == URL_PARAMS_MAX)
            return error_set(error, ERR_SYNTAX,
                             "The query has more than %d parameters.",
                             URL_PARAMS_MAX);
        if (!url_decode(arena, name, true, &param.name) ||
            (!str_is_none(value) &&
             !url_decode(arena, value, true, &param.value)))
            return error_set(error, ERR_SYNTAX,
                             "Query parameter %zu is not valid "
                             "percent-encoded UTF-8.", out->len + 1);
        for (size_t i = 0; i < out->len; i++) {
            if (str_eq(out->params[i].name, param.name))
                return error_set(error, ERR_SYNTAX,
                                 "Query parameter %zu is given twice.",
                                 out->len + 1);
        }
        out->params[out->len++] = param;
    }
    return ERR_NONE;
}

struct str url_query_get(const struct url_query *query, const char *name)
{
    for (size_t i = 0; i < query->len; i++) {
        if (str_eq(query->params[i].name, str_from(name)))
            return query->params[i].value;
    }
    return STR_NONE;
}

bool url_match(const char *template, struct str path,
               struct str params[static PATH_PARAMS_MAX])
{
    struct str form = str_from(template);
    size_t n = 0;

    while (!str_is_none(form) && !str_is_none(path)) {
        struct str want = str_split(&form, '/');
        struct str have = str_split(&path, '/');

        if (want.len > 0 && want.ptr[0] == '{') {
            if (have.len == 0 || n == PATH_PARAMS_MAX)
                return false;
            params[n++] = have;
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
    return str_is_none(form) && str_is_none(path);
}
