/*
 * One HTTP exchange as plain data: what came in and what goes back. No
 * socket and no library is known here, so a test can fill a request by hand.
 */
#ifndef STEADY_HTTP_MESSAGE_H
#define STEADY_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    HTTP_BODY_MAX = 64 * 1024,
    HTTP_PATH_MAX = 2048,
    HTTP_QUERY_MAX = 4096,
    HTTP_HEADER_MAX = 4096,  /* of a header's value that we read */
    HTTP_KEY_MAX = 200,      /* characters of an Idempotency-Key */
    HTTP_HEADERS_OUT = 12,   /* of a response */
    HTTP_RESPONSE_MAX = 16 * 1024 * 1024
};

enum method {
    HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE,
    HTTP_OPTIONS, HTTP_OTHER
};

/* Strings are none where the client sent nothing. */
struct request {
    enum method method;
    struct str path;  /* as sent, percent-encoded, without the query */
    struct str query; /* as sent, without '?' */
    struct str body;  /* complete: its length was checked */
    struct str id;    /* the request id, from nginx */
    struct str scheme, host;
    struct str remote_addr;
    struct str content_type;
    struct str if_match, if_none_match;
    struct str idempotency_key;
    struct str cookie, authorization;
    struct str origin, sec_fetch_site;
    struct str user_agent;
    int64_t handed_over; /* by nginx to the workers, ms; 0 if not known */
    const struct error *refused; /* why the body could not be read, or NULL */
};

struct header {
    const char *name;
    struct str value;
};

struct response {
    int status;
    struct header headers[HTTP_HEADERS_OUT];
    size_t n_headers;
    struct buf body;
    bool head_only; /* HEAD: the body is not sent */
};

enum method method_parse(struct str name);
const char *method_name(enum method method);
/* GET, HEAD and OPTIONS change nothing (RFC 9110 section 9.2.1). */
bool method_is_safe(enum method method);

void response_init(struct response *response);
void response_reset(struct response *response); /* for the next request */
void response_release(struct response *response);
/* value must live until the response is sent; a name set again is replaced. */
void response_header(struct response *response, const char *name,
                     struct str value);
/* Replaces the body's type; the body itself is written into ->body. */
void response_start(struct response *response, int status, const char *type);
struct str response_get(const struct response *response, const char *name);

/* The reason phrase of a status that the program uses. */
const char *status_reason(int status);

#endif
