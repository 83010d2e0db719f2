/*
 * Borrowed byte strings: a pointer and a length, never NUL-terminated by
 * promise, never owned. What they point to outlives them: the request's arena,
 * a constant, or the caller's buffer.
 */
#ifndef STEADY_BASE_STR_H
#define STEADY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
    const char *ptr; /* NULL means "none", which differs from "" */
    size_t len;      /* bytes */
};

/* A list of strings; items is borrowed like the strings themselves. */
struct strs {
    const struct str *items;
    size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, ((s).ptr == NULL ? "" : (s).ptr)

struct str str_from(const char *text); /* of a C string; NULL gives none */
bool str_is_none(struct str s);
bool str_eq(struct str a, struct str b);
/* ASCII letters fold; for header names and tokens, not for people's text. */
bool str_eq_nocase(struct str a, struct str b);
/* Bytewise order, shorter first among equals: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
struct str str_trim(struct str s); /* spaces and tabs at both ends */
/*
 * Splits s at the first separator: returns what stands before it and leaves
 * the rest in *s. Without a separator the whole is returned and *s is none.
 */
struct str str_split(struct str *s, char separator);

#endif
