/*
 * What can go wrong, in the words of the program. A function that can fail
 * returns enum err (0 is none) and fills a struct error for the reader. Which
 * HTTP status that becomes is decided in one table, in http/problem.c.
 */
#ifndef STEADY_BASE_ERR_H
#define STEADY_BASE_ERR_H

#include <stddef.h>

#include "base/str.h"

enum err {
    ERR_NONE = 0,
    ERR_SYNTAX,       /* not JSON, not UTF-8, a query that cannot be read */
    ERR_INVALID,      /* readable, but a value breaks a rule: see fields */
    ERR_UNSUPPORTED,  /* a content type that the route does not take */
    ERR_TOO_LARGE,    /* above a named maximum of bytes */
    ERR_NO_SESSION,   /* nobody is signed in, or the token is unknown */
    ERR_CREDENTIALS,  /* unknown account, wrong password, disabled: alike */
    ERR_FORBIDDEN,    /* signed in, yet not allowed */
    ERR_CROSS_SITE,   /* a browser sent it from another site */
    ERR_CLOSED,       /* sign-up is closed */
    ERR_NOT_FOUND,    /* missing, or somebody else's: alike */
    ERR_METHOD,       /* the path exists, the method does not */
    ERR_EXISTS,       /* a unique value is taken */
    ERR_LIMIT,        /* a maximum per person is reached */
    ERR_STALE,        /* If-Match names another version */
    ERR_KEY_REUSED,   /* an Idempotency-Key came with another request */
    ERR_GONE,         /* a changes token that has expired */
    ERR_THROTTLED,    /* too many attempts */
    ERR_DRAINING,     /* the host is told to take no new requests */
    ERR_UNAVAILABLE,  /* the database did not answer, or not in time */
    ERR_FULL,         /* no space left to keep it */
    ERR_INTERNAL,     /* a bug or a broken store */
    ERR_COUNT
};

/* Limits of one report; fields beyond are counted in n_more, not kept. */
enum {
    ERROR_DETAIL_MAX = 256,
    ERROR_FIELDS_MAX = 32,
    ERROR_POINTER_MAX = 96
};

/* One rule broken by one value. */
struct field_error {
    char pointer[ERROR_POINTER_MAX]; /* RFC 6901 pointer, or a query name */
    const char *code;                /* a constant such as "too_long" */
    char detail[160];                /* a sentence; never the value itself */
};

/* Zero-initialise before use: struct error error = { 0 }; */
struct error {
    enum err code;
    char detail[ERROR_DETAIL_MAX];
    int retry_after; /* seconds for Retry-After; 0 is none */
    size_t n_fields; /* at most ERROR_FIELDS_MAX */
    size_t n_more;   /* broken rules that found no room in fields */
    struct field_error fields[ERROR_FIELDS_MAX];
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) \
    __attribute__((format(printf, text, first)))

/*
 * Sets code and detail, and returns code: return error_set(e, ERR_X, ...).
 * Texts that are too long are cut between two characters. A macro, so that
 * compilers and analysers see that what is returned is not ERR_NONE.
 */
#define error_set(error, code, ...) \
    err_same((error_say((error), (code), __VA_ARGS__), (code)))
void error_say(struct error *error, enum err code, const char *format, ...)
    PRINTF_LIKE(3, 4);
static inline enum err err_same(enum err code)
{
    return code;
}
/*
 * Adds a broken rule and turns the error into ERR_INVALID. pointer is kept
 * as given (cut at ERROR_POINTER_MAX); code must be a constant.
 */
void error_add(struct error *error, const char *pointer, const char *code,
               const char *format, ...) PRINTF_LIKE(4, 5);
/* "not_found" for ERR_NOT_FOUND: for logs and for steady-admin. */
const char *err_name(enum err code);

#endif
