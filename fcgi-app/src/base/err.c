#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* A cut may have split the last character: drop what is left of it. */
static void drop_partial_character(char *text)
{
    size_t len = strlen(text);
    size_t start = len;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0)
        start--;
    if (!utf8_is_valid((struct str){ text + start, len - start }))
        text[start] = '\0';
}

static void format_text(char *out, size_t size, const char *format,
                        va_list args) __attribute__((format(printf, 3, 0)));

static void format_text(char *out, size_t size, const char *format,
                        va_list args)
{
    int len = vsnprintf(out, size, format, args);

    if (len < 0)
        out[0] = '\0';
    else if ((size_t)len >= size)
        drop_partial_character(out);
}

void error_say(struct error *error, enum err code, const char *format, ...)
{
    va_list args;

    error->code = code;
    va_start(args, format);
    format_text(error->detail, sizeof(error->detail), format, args);
    va_end(args);
}

void error_add(struct error *error, const char *pointer, const char *code,
               const char *format, ...)
{
    struct field_error *field;
    va_list args;

    if (error->n_fields == ERROR_FIELDS_MAX)
        error->n_more++;
    (void)error_set(error, ERR_INVALID, "some values break a rule");
    if (error->n_more > 0)
        return;
    field = &error->fields[error->n_fields++];
    field->code = code;
    if (snprintf(field->pointer, sizeof(field->pointer), "%s", pointer) >=
        (int)sizeof(field->pointer))
        drop_partial_character(field->pointer);
    va_start(args, format);
    format_text(field->detail, sizeof(field->detail), format, args);
    va_end(args);
}

const char *err_name(enum err code)
{
    static const char *const NAMES[ERR_COUNT] = {
        [ERR_NONE] = "none",
        [ERR_SYNTAX] = "syntax",
        [ERR_INVALID] = "invalid",
        [ERR_UNSUPPORTED] = "unsupported",
        [ERR_TOO_LARGE] = "too_large",
        [ERR_NO_SESSION] = "no_session",
        [ERR_CREDENTIALS] = "credentials",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_CROSS_SITE] = "cross_site",
        [ERR_CLOSED] = "closed",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_METHOD] = "method",
        [ERR_EXISTS] = "exists",
        [ERR_LIMIT] = "limit",
        [ERR_STALE] = "stale",
        [ERR_KEY_REUSED] = "key_reused",
        [ERR_GONE] = "gone",
        [ERR_THROTTLED] = "throttled",
        [ERR_DRAINING] = "draining",
        [ERR_UNAVAILABLE] = "unavailable",
        [ERR_FULL] = "full",
        [ERR_INTERNAL] = "internal",
    };

    assert((unsigned)code < ERR_COUNT);
    return NAMES[code];
}
