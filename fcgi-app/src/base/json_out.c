#include "base/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/*
 * What follows the backslash, 0 for bytes that stand for themselves; 'u' is
 * the six-character form. RFC 8259 section 7: quote, backslash, controls.
 */
static const char ESCAPE[256] = {
    [0x00] = 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    ['"'] = '"',
    ['\\'] = '\\',
};

void json_out_init(struct json_out *out, struct buf *buf)
{
    out->buf = buf;
    out->comma = false;
}

static void begin_value(struct json_out *out)
{
    if (out->comma)
        buf_add_char(out->buf, ',');
    out->comma = true;
}

static void begin(struct json_out *out, char bracket)
{
    begin_value(out);
    buf_add_char(out->buf, bracket);
    out->comma = false;
}

static void end(struct json_out *out, char bracket)
{
    buf_add_char(out->buf, bracket);
    out->comma = true;
}

void json_begin_object(struct json_out *out)
{
    begin(out, '{');
}

void json_end_object(struct json_out *out)
{
    end(out, '}');
}

void json_begin_array(struct json_out *out)
{
    begin(out, '[');
}

void json_end_array(struct json_out *out)
{
    end(out, ']');
}

static void add_escape(struct buf *buf, unsigned char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    char text[] = { '\\', ESCAPE[c], '0', '0', DIGITS[c >> 4],
                    DIGITS[c & 0x0F] };

    buf_add(buf, text, ESCAPE[c] == 'u' ? sizeof(text) : 2);
}

/*
 * How many bytes from the start need no escape. Eight at a time: the high bit
 * of a byte is set where subtracting borrows, that is where it is below 0x20
 * or, after the exclusive or, zero. Bytes from 0x80 on are never escaped.
 */
static size_t plain_len(struct str s)
{
    const uint64_t ones = 0x0101010101010101;
    const uint64_t high = ones * 0x80;
    size_t i = 0;

    for (; i + sizeof(uint64_t) <= s.len; i += sizeof(uint64_t)) {
        uint64_t word, quote, backslash, special;

        memcpy(&word, s.ptr + i, sizeof(word));
        quote = word ^ ones * '"';
        backslash = word ^ ones * '\\';
        special = (word - ones * 0x20) | (quote - ones) | (backslash - ones);
        if ((special & ~word & high) != 0)
            break;
    }
    while (i < s.len && ESCAPE[(unsigned char)s.ptr[i]] == 0)
        i++;
    return i;
}

/* Text that needs no escapes, in one piece with its quotes. */
static void add_plain(struct buf *buf, struct str s)
{
    char *room = buf_reserve(buf, s.len + 2);

    if (room == NULL)
        return;
    room[0] = '"';
    if (s.len > 0)
        memcpy(room + 1, s.ptr, s.len);
    room[s.len + 1] = '"';
    buf->len += s.len + 2;
}

static void add_quoted(struct buf *buf, struct str s)
{
    size_t run = plain_len(s);

    if (run == s.len) {
        add_plain(buf, s);
        return;
    }
    buf_add_char(buf, '"');
    while (s.len > 0) {
        buf_add(buf, s.ptr, run);
        s.ptr += run;
        s.len -= run;
        if (s.len > 0) {
            add_escape(buf, (unsigned char)*s.ptr);
            s.ptr++;
            s.len--;
        }
        run = plain_len(s);
    }
    buf_add_char(buf, '"');
}

void json_key(struct json_out *out, struct str name)
{
    if (out->comma)
        buf_add_char(out->buf, ',');
    add_quoted(out->buf, name);
    buf_add_char(out->buf, ':');
    out->comma = false;
}

void json_put_raw(struct json_out *out, struct str json)
{
    begin_value(out);
    buf_add_str(out->buf, json);
}

void json_put_null(struct json_out *out)
{
    json_put_raw(out, STR("null"));
}

void json_put_bool(struct json_out *out, bool b)
{
    json_put_raw(out, b ? STR("true") : STR("false"));
}

void json_put_str(struct json_out *out, struct str s)
{
    if (str_is_none(s)) {
        json_put_null(out);
        return;
    }
    begin_value(out);
    add_quoted(out->buf, s);
}

void json_put_int(struct json_out *out, int64_t n)
{
    begin_value(out);
    buf_add_int(out->buf, n);
}

void json_put_number(struct json_out *out, double n)
{
    const double exact = 9007199254740992.0; /* 2^53 */
    char text[32];

    if (!isfinite(n)) {
        json_put_null(out); /* JSON has no word for it */
        return;
    }
    if (fabs(n) < exact && trunc(n) >= n && trunc(n) <= n) {
        json_put_int(out, (int64_t)n);
        return;
    }
    /* 17 digits always read back equal (DBL_DECIMAL_DIG). */
    for (int digits = 15; digits <= 17; digits++) {
        double back;

        (void)snprintf(text, sizeof(text), "%.*g", digits, n);
        back = strtod(text, NULL);
        if (back >= n && back <= n)
            break;
    }
    json_put_raw(out, str_from(text));
    /* Such integers are no JSON_INT: the gate would refuse to take it back. */
    if (strpbrk(text, ".e") == NULL)
        buf_add_str(out->buf, STR(".0"));
}

/* Ids and dates. */
static void put_plain(struct json_out *out, const char *text, size_t len)
{
    begin_value(out);
    add_plain(out->buf, (struct str){ text, len });
}

void json_put_instant(struct json_out *out, int64_t ms)
{
    char text[INSTANT_TEXT_LEN + 1];

    if (ms == INSTANT_NONE) {
        json_put_null(out);
        return;
    }
    instant_format(ms, text);
    put_plain(out, text, INSTANT_TEXT_LEN);
}

void json_put_date(struct json_out *out, int32_t date)
{
    char text[DATE_TEXT_LEN + 1];

    if (date == DATE_NONE) {
        json_put_null(out);
        return;
    }
    date_format(date, text);
    put_plain(out, text, DATE_TEXT_LEN);
}

void json_put_time(struct json_out *out, int32_t minutes)
{
    char text[TIME_TEXT_LEN + 1];

    if (minutes == TIME_NONE) {
        json_put_null(out);
        return;
    }
    time_of_day_format(minutes, text);
    put_plain(out, text, TIME_TEXT_LEN);
}

void json_put_id(struct json_out *out, struct id id)
{
    char text[ID_TEXT_LEN + 1];

    if (id_is_none(id)) {
        json_put_null(out);
        return;
    }
    id_format(id, text);
    put_plain(out, text, ID_TEXT_LEN);
}
