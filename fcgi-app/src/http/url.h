/* Paths and queries: percent-decoding, splitting, matching of templates. */
#ifndef STEADY_HTTP_URL_H
#define STEADY_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { URL_PARAMS_MAX = 32, PATH_PARAMS_MAX = 2 };

struct url_param {
    struct str name, value; /* decoded, valid UTF-8 without NUL */
};

struct url_query {
    struct url_param params[URL_PARAMS_MAX];
    size_t len;
};

/*
 * RFC 3986 section 2.1 (and '+' for a space when form is set). False for a
 * broken escape, for NUL, and for what is not UTF-8.
 */
bool url_decode(struct arena *arena, struct str text, bool form,
                struct str *out);
/* Unreserved characters stay, all others are escaped. */
struct str url_encode(struct arena *arena, struct str text);
/* ERR_SYNTAX for what cannot be decoded, for a name given twice, for more
 * than URL_PARAMS_MAX parameters. */
enum err url_query_parse(struct arena *arena, struct str query,
                         struct url_query *out, struct error *error)
    MUST_CHECK;
/* None if absent. */
struct str url_query_get(const struct url_query *query, const char *name);
/*
 * Does the path have the form of the template ("/api/tasks/{id}/move")? The
 * segments in braces go to params, still encoded, none of them empty.
 */
bool url_match(const char *template, struct str path,
               struct str params[static PATH_PARAMS_MAX]);

#endif
