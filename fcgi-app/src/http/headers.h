/* Values of request headers that need reading. */
#ifndef STEADY_HTTP_HEADERS_H
#define STEADY_HTTP_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/message.h"

/* `"7"` for version 7. */
struct str etag_format(struct arena *arena, int64_t version);
/*
 * If-Match (RFC 9110 section 13.1.1): the version asked for, 0 for none and
 * for `*`. A weak tag counts as the strong one: a proxy that compresses turns
 * one into the other. ERR_SYNTAX for more than one tag and for other forms.
 */
enum err if_match_parse(struct str header, int64_t *version,
                        struct error *error) MUST_CHECK;
/* If-None-Match names this tag, weak or strong, or is `*`. */
bool if_none_match(struct str header, struct str etag);
/* A cookie by name, or none. */
struct str cookie_get(struct str header, struct str name);
/* The credentials of `Authorization: Bearer ...`, or none. */
struct str bearer_get(struct str header);
/* Is the media type, parameters aside, this one? */
bool media_type_is(struct str content_type, const char *type);
/*
 * May this request change something, as far as its origin goes? Sec-Fetch-Site
 * same-origin or none; without it an Origin that is public_url's or the
 * Host's; without both it is a program, not a browser.
 */
bool origin_is_ours(const struct request *request, struct str public_url);

#endif
