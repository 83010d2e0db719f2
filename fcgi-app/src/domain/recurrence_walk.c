#include "domain/recurrence_walk.h"

#include <assert.h>
#include <stddef.h>

#include "base/time.h"

enum { DAYS_PER_WEEK = 7, YEAR_DAYS_MAX = 366 };

/* A day with all that the parts of a rule ask about it. */
struct day {
    int64_t days; /* from 1970-01-01 */
    int year, month, month_day;
    int weekday; /* 1 is Sunday, as in libical */
    int month_len, year_day, year_len;
};

struct walk {
    const struct icalrecurrencetype *rule;
    struct day start;
    /* What the rule leaves to its start (RFC 5545 section 3.3.10). */
    bool by_start_weekday, by_start_month_day, by_start_month;
};

static int64_t days_of(int year, int month, int day)
{
    return date_to_days(year * 10000 + month * 100 + day);
}

static struct day day_at(int64_t days)
{
    int32_t date = date_from_days(days);
    struct day day = { .days = days, .year = date / 10000,
                       .month = date / 100 % 100, .month_day = date % 100 };
    int64_t new_year = days_of(day.year, 1, 1);
    int64_t next_month = day.month == 12
                             ? days_of(day.year + 1, 1, 1)
                             : days_of(day.year, day.month + 1, 1);

    /* 1970-01-01 was a Thursday. */
    day.weekday = (int)(((days + 4) % DAYS_PER_WEEK + DAYS_PER_WEEK) %
                        DAYS_PER_WEEK) + 1;
    day.month_len = (int)(next_month - (days - day.month_day + 1));
    day.year_day = (int)(days - new_year) + 1;
    day.year_len = (int)(days_of(day.year + 1, 1, 1) - new_year);
    return day;
}

static bool is_empty(const short *list)
{
    return list[0] == BY_END;
}

/* True if the list is empty or has n, or n counted from the end of len. */
static bool allows(const short *list, int n, int len)
{
    if (is_empty(list))
        return true;
    for (; *list != BY_END; list++) {
        if (*list == n || *list == n - len - 1)
            return true;
    }
    return false;
}

/* Which of its weekday it is, from the front or (negative) from the end. */
static bool is_ordinal(int ordinal, int n, int len)
{
    if (ordinal > 0)
        return (n - 1) / DAYS_PER_WEEK + 1 == ordinal;
    return (len - n) / DAYS_PER_WEEK + 1 == -ordinal;
}

static bool allows_weekday(const struct walk *walk, const struct day *day)
{
    const struct icalrecurrencetype *rule = walk->rule;
    bool in_month = rule->freq == ICAL_MONTHLY_RECURRENCE ||
                    !is_empty(rule->by_month);

    if (is_empty(rule->by_day))
        return !walk->by_start_weekday ||
               day->weekday == walk->start.weekday;
    for (const short *item = rule->by_day; *item != BY_END; item++) {
        int ordinal = icalrecurrencetype_day_position(*item);

        if ((int)icalrecurrencetype_day_day_of_week(*item) == day->weekday &&
            (ordinal == 0 ||
             (in_month
                  ? is_ordinal(ordinal, day->month_day, day->month_len)
                  : is_ordinal(ordinal, day->year_day, day->year_len))))
            return true;
    }
    return false;
}

/* Days since the week began: 0 to 6. */
static int day_of_week(const struct icalrecurrencetype *rule,
                       const struct day *day)
{
    return (day->weekday - (int)rule->week_start + DAYS_PER_WEEK) %
           DAYS_PER_WEEK;
}

/* Where week 1 begins: the first week with four days or more in the year. */
static int64_t first_week(const struct icalrecurrencetype *rule, int year)
{
    struct day fourth = day_at(days_of(year, 1, 4));

    return fourth.days - day_of_week(rule, &fourth);
}

static bool allows_week(const struct icalrecurrencetype *rule,
                        const struct day *day)
{
    int64_t first, next;
    int year = day->year;

    if (is_empty(rule->by_week_no))
        return true;
    if (day->days < first_week(rule, year))
        year--;
    else if (day->days >= first_week(rule, year + 1))
        year++;
    first = first_week(rule, year);
    next = first_week(rule, year + 1);
    return allows(rule->by_week_no,
                  (int)(day->days - first) / DAYS_PER_WEEK + 1,
                  (int)(next - first) / DAYS_PER_WEEK);
}

static bool fits(const struct walk *walk, const struct day *day)
{
    const struct icalrecurrencetype *rule = walk->rule;

    if (walk->by_start_month && day->month != walk->start.month)
        return false;
    if (walk->by_start_month_day &&
        day->month_day != walk->start.month_day)
        return false;
    /* Months are never counted from the end: a length that none reaches. */
    return allows(rule->by_month, day->month, BY_END) &&
           allows(rule->by_month_day, day->month_day, day->month_len) &&
           allows_weekday(walk, day) &&
           allows(rule->by_year_day, day->year_day, day->year_len) &&
           allows_week(rule, day);
}

static struct walk walk_begin(const struct icalrecurrencetype *rule,
                              int32_t start)
{
    bool yearly = rule->freq == ICAL_YEARLY_RECURRENCE;
    bool monthly = rule->freq == ICAL_MONTHLY_RECURRENCE;
    bool days = !is_empty(rule->by_day) || !is_empty(rule->by_month_day) ||
                !is_empty(rule->by_year_day);
    bool weeks = !is_empty(rule->by_week_no);

    return (struct walk){
        .rule = rule,
        .start = day_at(date_to_days(start)),
        .by_start_weekday = rule->freq == ICAL_WEEKLY_RECURRENCE ||
                            (weeks && !days),
        .by_start_month_day = (monthly || yearly) && !days && !weeks,
        .by_start_month = yearly && !days && !weeks &&
                          is_empty(rule->by_month),
    };
}

/* The n-th period (day, week, month, year) from the one of the start: its
 * first day and its length. False beyond the last year. */
static bool period_at(const struct walk *walk, int64_t n, int64_t *first,
                      int *len)
{
    const struct day *start = &walk->start;
    int64_t last = days_of(RECURRENCE_YEAR_LAST, 12, 31);
    int64_t months = start->year * INT64_C(12) + start->month - 1;
    struct day day;

    switch (walk->rule->freq) {
    case ICAL_DAILY_RECURRENCE:
        *first = start->days + n;
        *len = 1;
        return *first <= last;
    case ICAL_WEEKLY_RECURRENCE:
        *first = start->days - day_of_week(walk->rule, start) +
                 n * DAYS_PER_WEEK;
        *len = DAYS_PER_WEEK;
        return *first <= last;
    case ICAL_MONTHLY_RECURRENCE:
        months += n;
        break;
    case ICAL_YEARLY_RECURRENCE:
        months = (start->year + n) * 12;
        break;
    case ICAL_SECONDLY_RECURRENCE:
    case ICAL_MINUTELY_RECURRENCE:
    case ICAL_HOURLY_RECURRENCE:
    case ICAL_NO_RECURRENCE:
        return false;
    }
    if (months / 12 > RECURRENCE_YEAR_LAST)
        return false;
    *first = days_of((int)(months / 12), (int)(months % 12) + 1, 1);
    day = day_at(*first);
    *len = walk->rule->freq == ICAL_YEARLY_RECURRENCE ? day.year_len
                                                      : day.month_len;
    return true;
}

bool recurrence_walk(const struct icalrecurrencetype *rule, int32_t start,
                     int32_t after, int32_t until, int32_t *next)
{
    struct walk walk = walk_begin(rule, start);
    int64_t first;
    int len;

    for (int64_t n = 0; period_at(&walk, n, &first, &len);
         n += rule->interval) {
        int64_t found[YEAR_DAYS_MAX];
        int n_found = 0;

        for (int i = 0; i < len; i++) {
            struct day day = day_at(first + i);

            if (fits(&walk, &day))
                found[n_found++] = day.days;
        }
        for (int i = 0; i < n_found; i++) {
            int32_t date = date_from_days(found[i]);

            if (date < start || date <= after ||
                !allows(rule->by_set_pos, i + 1, n_found))
                continue;
            if (until != DATE_NONE && date > until)
                return false;
            *next = date;
            return true;
        }
    }
    return false;
}
