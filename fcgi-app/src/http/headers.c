#include "http/headers.h"

#include "base/num.h"

struct str etag_format(struct arena *arena, int64_t version)
{
    return arena_printf(arena, "\"%lld\"", (long long)version);
}

static struct str strong(struct str tag)
{
    if (str_starts(tag, STR("W/"))) {
        tag.ptr += 2;
        tag.len -= 2;
    }
    return tag;
}

enum err if_match_parse(struct str header, int64_t *version,
                        struct error *error)
{
    struct str tag = strong(str_trim(header));

    *version = 0;
    if (str_is_none(header) || str_eq(tag, STR("*")))
        return ERR_NONE;
    if (tag.len > 2 && tag.ptr[0] == '"' && tag.ptr[tag.len - 1] == '"') {
        struct str number = { tag.ptr + 1, tag.len - 2 };

        if (num_parse(number, 1, INT64_C(1) << 53, version))
            return ERR_NONE;
    }
    return error_set(error, ERR_SYNTAX,
                     "If-Match must hold one ETag as it was sent, such as "
                     "\"7\", or *.");
}

bool if_none_match(struct str header, struct str etag)
{
    while (!str_is_none(header)) {
        struct str tag = strong(str_trim(str_split(&header, ',')));

        if (str_eq(tag, STR("*")) || str_eq(tag, etag))
            return true;
    }
    return false;
}

struct str cookie_get(struct str header, struct str name)
{
    while (!str_is_none(header)) {
        struct str value = str_split(&header, ';');
        struct str found = str_trim(str_split(&value, '='));

        if (str_eq(found, name) && !str_is_none(value))
            return str_trim(value);
    }
    return STR_NONE;
}

struct str bearer_get(struct str header)
{
    struct str rest = str_trim(header);
    struct str scheme = str_split(&rest, ' ');

    if (str_is_none(rest) || !str_eq_nocase(scheme, STR("Bearer")))
        return STR_NONE;
    return str_trim(rest);
}

bool media_type_is(struct str content_type, const char *type)
{
    struct str name = str_trim(str_split(&content_type, ';'));

    return str_eq_nocase(name, str_from(type));
}

bool origin_is_ours(const struct request *request, struct str public_url)
{
    struct str origin = request->origin;
    struct str rest;

    if (!str_is_none(request->sec_fetch_site))
        return str_eq(request->sec_fetch_site, STR("same-origin")) ||
               str_eq(request->sec_fetch_site, STR("none"));
    if (str_is_none(origin))
        return true;
    if (str_eq_nocase(origin, public_url))
        return true;
    if (!str_starts(origin, request->scheme))
        return false;
    rest = (struct str){ origin.ptr + request->scheme.len,
                         origin.len - request->scheme.len };
    if (!str_starts(rest, STR("://")))
        return false;
    rest.ptr += 3;
    rest.len -= 3;
    return str_eq_nocase(rest, request->host);
}
