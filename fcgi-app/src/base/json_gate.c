#include "base/json_gate.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

#define INTEGER_MAX (((int64_t)1 << 53) - 1)

enum { NUMBER_MAX = 1024 /* characters */ };

/* The characters after a backslash, 'u' aside, and what each pair means. */
static const char ESCAPES[] = "\"\\/bfnrt";
static const char MEANINGS[] = "\"\\/\b\f\n\r\t";

/* A name between its quotes, still escaped. */
struct name {
    struct str text;
    bool escaped;
};

struct gate {
    const char *start;
    const char *at;
    const char *end;
    struct error *error;
    int depth; /* open objects and arrays */
    /* The names so far of each open object; others are stale. */
    struct name names[JSON_DEPTH_MAX][JSON_NAMES_MAX];
};

static enum err value(struct gate *gate);

/* Lines end with a line feed; columns count code points; both from 1. */
static enum err refuse(struct gate *gate, const char *place,
                       const char *verb, const char *what)
{
    const char *line_start = gate->start;
    size_t line = 1;
    size_t column;

    for (const char *at = gate->start; at < place; at++) {
        if (*at == '\n') {
            line++;
            line_start = at + 1;
        }
    }
    column = 1 + utf8_count((struct str){ line_start,
                                          (size_t)(place - line_start) });
    return error_set(gate->error, ERR_SYNTAX,
                     "%s%s at line %zu, column %zu", verb, what, line, column);
}

static enum err refuse_here(struct gate *gate, const char *what)
{
    return refuse(gate, gate->at, "", what);
}

/* Something else stands, or nothing is left, where `what` must be. */
static enum err refuse_instead(struct gate *gate, const char *what)
{
    bool at_end = gate->at == gate->end;

    return refuse(gate, gate->at,
                  at_end ? "the body ends instead of " : "expected ", what);
}

/* The next byte, 0 at the end: a NUL is nowhere a part of JSON. */
static char peek(const struct gate *gate)
{
    return gate->at < gate->end ? *gate->at : '\0';
}

static bool take(struct gate *gate, char c)
{
    if (gate->at == gate->end || *gate->at != c)
        return false;
    gate->at++;
    return true;
}

static void skip_space(struct gate *gate)
{
    while (gate->at < gate->end && (*gate->at == ' ' || *gate->at == '\t' ||
                                    *gate->at == '\n' || *gate->at == '\r'))
        gate->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* False if text does not begin with four hexadecimal digits. */
static bool read_hex4(struct str text, uint32_t *unit)
{
    uint32_t n = 0;

    if (text.len < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        char c = text.ptr[i];

        if (is_digit(c))
            n = n << 4 | (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            n = n << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *unit = n;
    return true;
}

static bool take_hex4(struct gate *gate, uint32_t *unit)
{
    size_t left = (size_t)(gate->end - gate->at);

    if (!read_hex4((struct str){ gate->at, left }, unit))
        return false;
    gate->at += 4;
    return true;
}

/* At what follows the `u`; place is the backslash. */
static enum err unicode_escape(struct gate *gate, const char *place)
{
    static const char NO_DIGITS[] = "\\u without four hexadecimal digits";
    static const char LONE[] = "lone surrogate";
    uint32_t unit;

    if (!take_hex4(gate, &unit))
        return refuse(gate, place, "", NO_DIGITS);
    if (unit == 0)
        return refuse(gate, place, "", "NUL in a string");
    if (is_low_surrogate(unit))
        return refuse(gate, place, "", LONE);
    if (!is_high_surrogate(unit))
        return ERR_NONE;
    if (!take(gate, '\\') || !take(gate, 'u'))
        return refuse(gate, place, "", LONE);
    if (!take_hex4(gate, &unit))
        return refuse(gate, place + 6, "", NO_DIGITS);
    if (!is_low_surrogate(unit))
        return refuse(gate, place, "", LONE);
    return ERR_NONE;
}

static enum err escape(struct gate *gate)
{
    const char *place = gate->at++;
    char c = peek(gate);

    if (gate->at == gate->end)
        return refuse_here(gate, "the body ends inside a string");
    if (c != '\0' && strchr(ESCAPES, c) != NULL) {
        gate->at++;
        return ERR_NONE;
    }
    if (!take(gate, 'u'))
        return refuse(gate, place, "", "unknown escape");
    return unicode_escape(gate, place);
}

/* One character of a string that is no escape. */
static enum err character(struct gate *gate)
{
    unsigned char c = (unsigned char)*gate->at;
    size_t len = 1;

    if (c == '\0')
        return refuse_here(gate, "NUL in a string");
    if (c < 0x20)
        return refuse_here(gate, "control character in a string");
    if (c >= 0x80) {
        size_t left = (size_t)(gate->end - gate->at);

        len = utf8_next((struct str){ gate->at, left }, NULL);
        if (len == 0)
            return refuse_here(gate, "invalid UTF-8");
    }
    gate->at += len;
    return ERR_NONE;
}

/* At the opening quote. */
static enum err string(struct gate *gate, struct name *out)
{
    const char *first = ++gate->at;
    enum err err = ERR_NONE;

    out->escaped = false;
    while (err == ERR_NONE && peek(gate) != '"') {
        if (gate->at == gate->end)
            return refuse_here(gate, "the body ends inside a string");
        if (*gate->at == '\\') {
            out->escaped = true;
            err = escape(gate);
        } else {
            err = character(gate);
        }
    }
    out->text = (struct str){ first, (size_t)(gate->at - first) };
    gate->at++;
    return err;
}

static void drop(struct str *text, size_t len)
{
    text->ptr += len;
    text->len -= len;
}

/* Takes one character off the front of a string that has passed. */
static uint32_t next_character(struct str *text)
{
    uint32_t code = 0;
    uint32_t low;

    if (text->ptr[0] != '\\') {
        drop(text, utf8_next(*text, &code));
        return code;
    }
    if (text->ptr[1] != 'u') {
        code = (unsigned char)MEANINGS[strchr(ESCAPES, text->ptr[1]) -
                                       ESCAPES];
        drop(text, 2);
        return code;
    }
    drop(text, 2);
    (void)read_hex4(*text, &code);
    drop(text, 4);
    if (!is_high_surrogate(code))
        return code;
    drop(text, 2);
    (void)read_hex4(*text, &low);
    drop(text, 4);
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/* "a" and "\u0061" are the same name. */
static bool same_name(struct name a, struct name b)
{
    if (!a.escaped && !b.escaped)
        return str_eq(a.text, b.text);
    while (a.text.len > 0 && b.text.len > 0) {
        if (a.text.ptr[0] != '\\' && b.text.ptr[0] != '\\') {
            /* Bytes will do, and keep long names of a kind cheap. */
            if (a.text.ptr[0] != b.text.ptr[0])
                return false;
            drop(&a.text, 1);
            drop(&b.text, 1);
        } else if (next_character(&a.text) != next_character(&b.text)) {
            return false;
        }
    }
    return a.text.len == b.text.len;
}

/* The index-th member of the innermost object. */
static enum err member(struct gate *gate, size_t index)
{
    struct name *names = gate->names[gate->depth - 1];
    const char *place = gate->at;
    enum err err;

    if (peek(gate) != '"')
        return refuse_instead(gate, "a name in double quotes");
    if (index == JSON_NAMES_MAX)
        return refuse_here(gate, "more than 64 names in an object");
    err = string(gate, &names[index]);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < index; i++) {
        if (same_name(names[i], names[index]))
            return refuse(gate, place, "", "duplicate name");
    }
    skip_space(gate);
    if (!take(gate, ':'))
        return refuse_instead(gate, "':'");
    return value(gate);
}

static enum err object(struct gate *gate)
{
    size_t n_members = 0;

    skip_space(gate);
    if (take(gate, '}'))
        return ERR_NONE;
    do {
        enum err err;

        skip_space(gate);
        err = member(gate, n_members++);
        if (err != ERR_NONE)
            return err;
    } while (take(gate, ','));
    return take(gate, '}') ? ERR_NONE : refuse_instead(gate, "',' or '}'");
}

static enum err array(struct gate *gate)
{
    skip_space(gate);
    if (take(gate, ']'))
        return ERR_NONE;
    do {
        enum err err = value(gate);

        if (err != ERR_NONE)
            return err;
    } while (take(gate, ','));
    return take(gate, ']') ? ERR_NONE : refuse_instead(gate, "',' or ']'");
}

static enum err nested(struct gate *gate, enum err (*inside)(struct gate *))
{
    enum err err;

    if (gate->depth == JSON_DEPTH_MAX)
        return refuse_here(gate, "nested deeper than 8 levels");
    gate->at++;
    gate->depth++;
    err = inside(gate);
    gate->depth--;
    return err;
}

static enum err literal(struct gate *gate, struct str word)
{
    struct str rest = { gate->at, (size_t)(gate->end - gate->at) };

    if (!str_starts(rest, word))
        return refuse_here(gate, "expected a value");
    gate->at += word.len;
    return ERR_NONE;
}

static bool take_digits(struct gate *gate)
{
    const char *first = gate->at;

    while (is_digit(peek(gate)))
        gate->at++;
    return gate->at > first;
}

static bool is_finite(struct str number)
{
    char text[NUMBER_MAX + 1]; /* strtod wants a NUL */

    memcpy(text, number.ptr, number.len);
    text[number.len] = '\0';
    return isfinite(strtod(text, NULL));
}

static enum err number_range(struct gate *gate, const char *first, bool real)
{
    struct str text = { first, (size_t)(gate->at - first) };
    int64_t n;

    if (text.len > NUMBER_MAX)
        return refuse(gate, first, "", "number of more than 1024 characters");
    if (real && !is_finite(text))
        return refuse(gate, first, "", "number too large");
    if (!real && !num_parse(text, -INTEGER_MAX, INTEGER_MAX, &n))
        return refuse(gate, first, "", "integer beyond 2^53-1");
    return ERR_NONE;
}

static enum err number(struct gate *gate)
{
    const char *first = gate->at;
    bool real = false;

    (void)take(gate, '-');
    if (take(gate, '0')) {
        if (is_digit(peek(gate)))
            return refuse(gate, first, "", "number with a leading zero");
    } else if (!take_digits(gate)) {
        return refuse_instead(gate, "a digit");
    }
    if (take(gate, '.')) {
        real = true;
        if (!take_digits(gate))
            return refuse_instead(gate, "a digit");
    }
    if (take(gate, 'e') || take(gate, 'E')) {
        real = true;
        if (!take(gate, '+'))
            (void)take(gate, '-');
        if (!take_digits(gate))
            return refuse_instead(gate, "a digit");
    }
    return number_range(gate, first, real);
}

static enum err bare_value(struct gate *gate)
{
    struct name unnamed;

    switch (peek(gate)) {
    case '{':
        return nested(gate, object);
    case '[':
        return nested(gate, array);
    case '"':
        return string(gate, &unnamed);
    case 't':
        return literal(gate, STR("true"));
    case 'f':
        return literal(gate, STR("false"));
    case 'n':
        return literal(gate, STR("null"));
    default:
        if (peek(gate) == '-' || is_digit(peek(gate)))
            return number(gate);
        return refuse_instead(gate, "a value");
    }
}

/* A value with the space around it. */
static enum err value(struct gate *gate)
{
    enum err err;

    skip_space(gate);
    err = bare_value(gate);
    skip_space(gate);
    return err;
}

enum err json_gate(struct str text, struct error *error)
{
    return json_gate_max(text, JSON_BYTES_MAX, error);
}

enum err json_gate_max(struct str text, size_t max, struct error *error)
{
    struct gate gate;
    enum err err;

    if (text.len > max)
        return error_set(error, ERR_TOO_LARGE,
                         "the body is larger than %zu bytes", max);
    if (text.len == 0)
        return error_set(error, ERR_SYNTAX, "the body is empty");
    gate.start = gate.at = text.ptr;
    gate.end = text.ptr + text.len;
    gate.error = error;
    gate.depth = 0;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        return refuse_here(&gate, "byte order mark");
    err = value(&gate);
    if (err == ERR_NONE && gate.at < gate.end)
        err = refuse_here(&gate, "expected nothing after the value");
    return err;
}
