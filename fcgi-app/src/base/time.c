#include "base/time.h"

#include <assert.h>
#include <stddef.h>
#include <time.h>

enum {
    YEAR_MAX = 9999,
    DAYS_MIN = -719162, /* 0001-01-01 */
    DAYS_MAX = 2932896, /* 9999-12-31 */
    DAYS_PER_ERA = 146097,
    ERA_TO_1970 = 719468, /* days from 0000-03-01 */
    MINUTES_PER_DAY = 24 * 60
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);

    assert(failed == 0);
    (void)failed;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t time_now(void)
{
    return clock_ns(CLOCK_REALTIME) / 1000000;
}

int64_t time_monotonic(void)
{
    return clock_ns(CLOCK_MONOTONIC) / 1000;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_exists(int year, int month, int day)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30,
                                31, 31, 30, 31, 30, 31 };
    int last;

    if (year < 1 || year > YEAR_MAX || month < 1 || month > 12)
        return false;
    last = DAYS[month - 1] + (month == 2 && is_leap(year));
    return day >= 1 && day <= last;
}

/*
 * Both ways after H. Hinnant, "chrono-compatible low-level date algorithms":
 * the year begins in March, so that the leap day is its last; eras are 400
 * years. All values are positive, since years begin with 1.
 */
int64_t date_to_days(int32_t date)
{
    int month = date / 100 % 100;
    int year = date / 10000 - (month <= 2);
    int from_march = (month + 9) % 12;
    int day_of_year = (153 * from_march + 2) / 5 + date % 100 - 1;
    int year_of_era = year % 400;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    assert(date_exists(date / 10000, month, date % 100));
    return (int64_t)(year / 400) * DAYS_PER_ERA + day_of_era - ERA_TO_1970;
}

int32_t date_from_days(int64_t days)
{
    int era_day, year_of_era, day_of_year, from_march, year, month;

    if (days < DAYS_MIN || days > DAYS_MAX)
        return DATE_NONE;
    days += ERA_TO_1970;
    era_day = (int)(days % DAYS_PER_ERA);
    year_of_era = (era_day - era_day / 1460 + era_day / 36524 -
                   era_day / (DAYS_PER_ERA - 1)) / 365;
    day_of_year =
        era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    from_march = (5 * day_of_year + 2) / 153;
    month = from_march < 10 ? from_march + 3 : from_march - 9;
    year = (int)(days / DAYS_PER_ERA) * 400 + year_of_era + (month <= 2);
    return year * 10000 + month * 100 + day_of_year -
           (153 * from_march + 2) / 5 + 1;
}

int32_t date_add_days(int32_t date, int days)
{
    return date_from_days(date_to_days(date) + days);
}

/* Writes n with leading zeros and returns what follows. */
static char *put_digits(char *at, int n, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        at[i] = (char)('0' + n % 10);
        n /= 10;
    }
    return at + width;
}

static char *put_date(char *at, int32_t date)
{
    at = put_digits(at, date / 10000, 4);
    *at++ = '-';
    at = put_digits(at, date / 100 % 100, 2);
    *at++ = '-';
    return put_digits(at, date % 100, 2);
}

static char *put_time(char *at, int32_t minutes)
{
    at = put_digits(at, minutes / 60, 2);
    *at++ = ':';
    return put_digits(at, minutes % 60, 2);
}

void date_format(int32_t date, char out[static DATE_TEXT_LEN + 1])
{
    assert(date_exists(date / 10000, date / 100 % 100, date % 100));
    *put_date(out, date) = '\0';
}

void time_of_day_format(int32_t minutes, char out[static TIME_TEXT_LEN + 1])
{
    assert(minutes >= 0 && minutes < MINUTES_PER_DAY);
    *put_time(out, minutes) = '\0';
}

void instant_format(int64_t ms, char out[static INSTANT_TEXT_LEN + 1])
{
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    int in_day = (int)(ms - days * DAY_MS);
    char *at = out;

    assert(days >= DAYS_MIN && days <= DAYS_MAX);
    at = put_date(at, date_from_days(days));
    *at++ = 'T';
    at = put_time(at, in_day / MINUTE_MS);
    *at++ = ':';
    at = put_digits(at, in_day / SECOND_MS % 60, 2);
    *at++ = '.';
    at = put_digits(at, in_day % SECOND_MS, 3);
    *at++ = 'Z';
    *at = '\0';
}

/* The readers take what they read off the front of *text. */
static bool take_digits(struct str *text, size_t width, int *out)
{
    int n = 0;

    if (text->len < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        int digit = text->ptr[i] - '0';

        if (digit < 0 || digit > 9)
            return false;
        n = n * 10 + digit;
    }
    text->ptr += width;
    text->len -= width;
    *out = n;
    return true;
}

static bool take_char(struct str *text, const char *any_of)
{
    for (; *any_of != '\0'; any_of++) {
        if (text->len > 0 && text->ptr[0] == *any_of) {
            text->ptr++;
            text->len--;
            return true;
        }
    }
    return false;
}

static bool take_date(struct str *text, int32_t *date)
{
    int year, month, day;

    if (!take_digits(text, 4, &year) || !take_char(text, "-") ||
        !take_digits(text, 2, &month) || !take_char(text, "-") ||
        !take_digits(text, 2, &day) || !date_exists(year, month, day))
        return false;
    *date = year * 10000 + month * 100 + day;
    return true;
}

static bool take_time(struct str *text, int32_t *minutes)
{
    int hour, minute;

    if (!take_digits(text, 2, &hour) || !take_char(text, ":") ||
        !take_digits(text, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

bool date_parse(struct str text, int32_t *date)
{
    int32_t read;

    if (!take_date(&text, &read) || text.len != 0)
        return false;
    *date = read;
    return true;
}

bool time_of_day_parse(struct str text, int32_t *minutes)
{
    int32_t read;

    if (!take_time(&text, &read) || text.len != 0)
        return false;
    *minutes = read;
    return true;
}

/* ".5" and longer; digits after the third are read and dropped. */
static bool take_fraction(struct str *text, int *ms)
{
    int weight = 100;
    int digit;

    *ms = 0;
    if (!take_char(text, "."))
        return true;
    if (!take_digits(text, 1, &digit))
        return false;
    do {
        *ms += digit * weight;
        weight /= 10;
    } while (take_digits(text, 1, &digit));
    return true;
}

static bool take_offset(struct str *text, int32_t *minutes)
{
    bool west;

    *minutes = 0;
    if (take_char(text, "Zz"))
        return true;
    west = take_char(text, "-");
    if (!west && !take_char(text, "+"))
        return false;
    if (!take_time(text, minutes))
        return false;
    if (west)
        *minutes = -*minutes;
    return true;
}

/* Leap seconds come only before midnight UTC at the end of a month. */
static bool follows_leap_second(int64_t ms)
{
    return ms % DAY_MS == 0 && date_from_days(ms / DAY_MS) % 100 == 1;
}

bool instant_parse(struct str text, int64_t *ms)
{
    int32_t date, minutes, offset;
    int second, fraction;
    int64_t whole;

    if (!take_date(&text, &date) || !take_char(&text, "Tt") ||
        !take_time(&text, &minutes) || !take_char(&text, ":") ||
        !take_digits(&text, 2, &second) || second > 60 ||
        !take_fraction(&text, &fraction) || !take_offset(&text, &offset) ||
        text.len != 0)
        return false;
    whole = date_to_days(date) * DAY_MS +
            (int64_t)(minutes - offset) * MINUTE_MS + second * SECOND_MS;
    if (whole < (int64_t)DAYS_MIN * DAY_MS ||
        whole >= ((int64_t)DAYS_MAX + 1) * DAY_MS)
        return false;
    if (second == 60 && !follows_leap_second(whole))
        return false;
    *ms = whole + fraction;
    return true;
}
