/*
 * Any bytes through the readers of instants, dates, times, ids, numbers and
 * UTF-8: what is taken is written and read back as the same value.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/id.h"
#include "base/num.h"
#include "base/time.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_instant(struct str text)
{
    char out[INSTANT_TEXT_LEN + 1];
    int64_t ms, again;

    if (!instant_parse(text, &ms))
        return;
    instant_format(ms, out);
    require(instant_parse(str_from(out), &again) && again == ms);
}

static void check_date(struct str text)
{
    char out[DATE_TEXT_LEN + 1];
    int32_t date;

    if (!date_parse(text, &date))
        return;
    date_format(date, out);
    require(str_eq(str_from(out), text));
    require(date_from_days(date_to_days(date)) == date);
}

static void check_time(struct str text)
{
    char out[TIME_TEXT_LEN + 1];
    int32_t minutes;

    if (!time_of_day_parse(text, &minutes))
        return;
    time_of_day_format(minutes, out);
    require(str_eq(str_from(out), text));
}

static void check_id(struct str text)
{
    char out[ID_TEXT_LEN + 1];
    struct id id;

    if (!id_parse(text, &id))
        return;
    id_format(id, out);
    require(str_eq_nocase(str_from(out), text));
}

static void check_number(struct str text)
{
    struct buf buf;
    int64_t n, again;

    if (!num_parse(text, INT64_MIN, INT64_MAX, &n))
        return;
    buf_init(&buf, 20);
    buf_add_int(&buf, n);
    require(num_parse(buf_str(&buf), n, n, &again) && again == n);
    buf_release(&buf);
}

static void check_utf8(struct str text)
{
    size_t count = 0;
    struct str rest = text;

    if (!utf8_is_valid(text))
        return;
    while (rest.len > 0) {
        size_t len = utf8_next(rest, NULL);

        rest.ptr += len;
        rest.len -= len;
        count++;
    }
    require(count == utf8_count(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = { (const char *)data, size };

    check_instant(text);
    check_date(text);
    check_time(text);
    check_id(text);
    check_number(text);
    check_utf8(text);
    return 0;
}
