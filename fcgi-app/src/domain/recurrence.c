#include "domain/recurrence.h"

#include <libical/ical.h>
#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "domain/task.h"

enum {
    INTERVAL_MAX = 1000,
    COUNT_MAX = 10000,
    STEPS_MAX = 4000,   /* occurrences that one search may pass over */
    YEAR_LAST = 2200,
    /* Where "does it ever come?" starts: a leap year. */
    PROBE_START = 20000101
};

/* A rule, checked and in capitals; COUNT and UNTIL stand apart from it. */
struct rule {
    char text[TASK_RRULE_MAX + 1]; /* for libical */
    size_t len;
    bool has_freq;
    int64_t interval;
    int64_t count; /* 0: none */
    int32_t until; /* DATE_NONE: none; the last day, inclusive */
};

/* Reads a value; false if it breaks the part's rule. */
typedef bool part_read(struct rule *rule, struct str value);

static bool is_weekday(struct str text)
{
    static const char days[] = "SU,MO,TU,WE,TH,FR,SA";

    for (size_t i = 0; text.len == 2 && i < sizeof(days) - 1; i += 3) {
        if (memcmp(days + i, text.ptr, 2) == 0)
            return true;
    }
    return false;
}

/* A sign as RFC 5545 has it: '+' too, and never a zero behind it. */
static bool is_number(struct str text, int64_t min, int64_t max)
{
    int64_t n;

    if (text.len > 1 && text.ptr[0] == '+' && text.ptr[1] != '-') {
        text.ptr++;
        text.len--;
    }
    return num_parse(text, min, max, &n) && n != 0;
}

static bool are_numbers(struct str list, int64_t min, int64_t max)
{
    while (!str_is_none(list)) {
        if (!is_number(str_split(&list, ','), min, max))
            return false;
    }
    return true;
}

static bool read_freq(struct rule *rule, struct str value)
{
    rule->has_freq = true;
    return str_eq(value, STR("DAILY")) || str_eq(value, STR("WEEKLY")) ||
           str_eq(value, STR("MONTHLY")) || str_eq(value, STR("YEARLY"));
}

/* A date, or a date with a time (RFC 5545), of which the date counts. */
static bool read_until(struct rule *rule, struct str value)
{
    char text[DATE_TEXT_LEN];

    if (value.len != 8 && value.len != 15 && value.len != 16)
        return false;
    if (value.len > 8) {
        struct str clock = { value.ptr + 9, 6 };
        int64_t n;

        if (value.ptr[8] != 'T' || !num_parse(clock, 0, 235960, &n) ||
            (value.len == 16 && value.ptr[15] != 'Z'))
            return false;
    }
    memcpy(text, value.ptr, 4);
    text[4] = text[7] = '-';
    memcpy(text + 5, value.ptr + 4, 2);
    memcpy(text + 8, value.ptr + 6, 2);
    return date_parse((struct str){ text, sizeof(text) }, &rule->until);
}

static bool read_count(struct rule *rule, struct str value)
{
    return num_parse(value, 1, COUNT_MAX, &rule->count);
}

static bool read_interval(struct rule *rule, struct str value)
{
    return num_parse(value, 1, INTERVAL_MAX, &rule->interval);
}

static bool read_day(struct rule *rule, struct str list)
{
    (void)rule;
    while (!str_is_none(list)) {
        struct str item = str_split(&list, ',');
        struct str day = item;

        if (item.len < 2)
            return false;
        day.ptr += item.len - 2;
        day.len = 2;
        item.len -= 2;
        if (!is_weekday(day) || (item.len > 0 && !is_number(item, -53, 53)))
            return false;
    }
    return true;
}

static bool read_month(struct rule *rule, struct str value)
{
    (void)rule;
    return are_numbers(value, 1, 12);
}

static bool read_month_day(struct rule *rule, struct str value)
{
    (void)rule;
    return are_numbers(value, -31, 31);
}

static bool read_week_no(struct rule *rule, struct str value)
{
    (void)rule;
    return are_numbers(value, -53, 53);
}

/* BYYEARDAY and BYSETPOS. */
static bool read_year_day(struct rule *rule, struct str value)
{
    (void)rule;
    return are_numbers(value, -366, 366);
}

static bool read_week_start(struct rule *rule, struct str value)
{
    (void)rule;
    return is_weekday(value);
}

static const struct part {
    const char *name;
    part_read *read;
    bool kept; /* in the text for libical */
    const char *problem;
} PARTS[] = {
    { "FREQ", read_freq, true,
      "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY" },
    { "UNTIL", read_until, false, "UNTIL must be a date like 20261231" },
    { "COUNT", read_count, false, "COUNT must be from 1 to 10000" },
    { "INTERVAL", read_interval, false, "INTERVAL must be from 1 to 1000" },
    { "BYDAY", read_day, true,
      "BYDAY must hold days like MO, or 2MO and -1FR" },
    { "BYMONTH", read_month, true, "BYMONTH must hold months from 1 to 12" },
    { "BYMONTHDAY", read_month_day, true,
      "BYMONTHDAY must hold days from 1 to 31, or -31 to -1" },
    { "BYYEARDAY", read_year_day, true,
      "BYYEARDAY must hold days from 1 to 366, or -366 to -1" },
    { "BYWEEKNO", read_week_no, true,
      "BYWEEKNO must hold weeks from 1 to 53, or -53 to -1" },
    { "BYSETPOS", read_year_day, true,
      "BYSETPOS must hold numbers from 1 to 366, or -366 to -1" },
    { "WKST", read_week_start, true, "WKST must be a day like MO" },
};
enum { PARTS_LEN = sizeof(PARTS) / sizeof(PARTS[0]) };

static void rule_append(struct rule *rule, const char *name, struct str value)
{
    size_t len = strlen(name);

    /* Never longer than what was read, which fits. */
    if (rule->len > 0)
        rule->text[rule->len++] = ';';
    memcpy(rule->text + rule->len, name, len);
    rule->len += len;
    rule->text[rule->len++] = '=';
    memcpy(rule->text + rule->len, value.ptr, value.len);
    rule->len += value.len;
    rule->text[rule->len] = '\0';
}

/* One NAME=VALUE; `seen` has a bit for each part. NULL, or what is wrong. */
static const char *read_part(struct rule *rule, struct str text,
                             unsigned *seen)
{
    struct str name = str_split(&text, '=');

    for (size_t i = 0; i < PARTS_LEN; i++) {
        if (!str_eq(name, str_from(PARTS[i].name)))
            continue;
        if ((*seen & 1U << i) != 0)
            return "each part of the rule may stand only once";
        *seen |= 1U << i;
        if (str_is_none(text) || !PARTS[i].read(rule, text))
            return PARTS[i].problem;
        if (PARTS[i].kept)
            rule_append(rule, PARTS[i].name, text);
        return NULL;
    }
    return "the rule has a part that is not supported; FREQ, INTERVAL, "
           "COUNT, UNTIL, WKST and BY... for days, weeks, months are";
}

/* NULL, or what is wrong, as a sentence. */
static const char *rule_read(struct rule *rule, struct str rrule)
{
    char upper[TASK_RRULE_MAX];
    struct str rest = { upper, rrule.len };
    unsigned seen = 0;

    *rule = (struct rule){ .interval = 1, .until = DATE_NONE };
    if (rrule.len == 0 || rrule.len > sizeof(upper))
        return "the rule must have 1 to 500 characters";
    for (size_t i = 0; i < rrule.len; i++) {
        char c = rrule.ptr[i];

        upper[i] = c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
    }
    while (!str_is_none(rest)) {
        const char *problem = read_part(rule, str_split(&rest, ';'), &seen);

        if (problem != NULL)
            return problem;
    }
    if (!rule->has_freq)
        return "the rule must have FREQ";
    if (rule->count != 0 && rule->until != DATE_NONE)
        return "the rule must not have both COUNT and UNTIL";
    return NULL;
}

static struct icaltimetype to_ical(int32_t date)
{
    struct icaltimetype time = icaltime_null_date();

    time.year = date / 10000;
    time.month = date / 100 % 100;
    time.day = date % 100;
    return time;
}

static icalrecur_iterator *rule_iterate(const struct rule *rule,
                                        int32_t start)
{
    struct icalrecurrencetype recur;
    int32_t last = YEAR_LAST * 10000 + 1231;

    /* libical can abort on what it cannot read; a rule is only refused. */
    icalerror_set_errors_are_fatal(0);
    recur = icalrecurrencetype_from_string(rule->text);
    if (recur.freq == ICAL_NO_RECURRENCE)
        return NULL;
    recur.interval = (short)rule->interval;
    recur.until = to_ical(rule->until == DATE_NONE || rule->until > last
                              ? last
                              : rule->until);
    return icalrecur_iterator_new(recur, to_ical(start));
}

static bool rule_next(const struct rule *rule, int32_t start, int32_t after,
                      int32_t *next)
{
    icalrecur_iterator *iterator = rule_iterate(rule, start);
    bool found = false;

    if (iterator == NULL)
        return false;
    for (int i = 0; i < STEPS_MAX && !found; i++) {
        struct icaltimetype time = icalrecur_iterator_next(iterator);
        int32_t date = time.year * 10000 + time.month * 100 + time.day;

        if (icaltime_is_null_time(time))
            break;
        if (date > after) {
            *next = date;
            found = true;
        }
    }
    icalrecur_iterator_free(iterator);
    return found;
}

enum err recurrence_check(struct str rrule, struct error *error)
{
    struct rule rule;
    const char *problem = rule_read(&rule, rrule);
    icalrecur_iterator *iterator;
    int32_t date;

    if (problem != NULL)
        return error_set(error, ERR_INVALID, "%s", problem);
    /* Whatever its start and end: does any day fit? */
    rule.interval = 1;
    rule.until = DATE_NONE;
    iterator = rule_iterate(&rule, PROBE_START);
    if (iterator == NULL)
        return error_set(error, ERR_INVALID,
                         "the parts of the rule do not go together");
    icalrecur_iterator_free(iterator);
    if (!rule_next(&rule, PROBE_START, DATE_NONE, &date))
        return error_set(error, ERR_INVALID, "the rule never comes");
    return ERR_NONE;
}

bool recurrence_next(struct str rrule, int32_t start, int32_t after,
                     int32_t *next)
{
    struct rule rule;

    return rule_read(&rule, rrule) == NULL &&
           rule_next(&rule, start, after, next);
}

bool recurrence_consume(struct arena *arena, struct str rrule,
                        struct str *rest)
{
    struct str parts = rrule;

    *rest = rrule;
    while (!str_is_none(parts)) {
        struct str value = str_split(&parts, ';');
        struct str name = str_split(&value, '=');
        int64_t count;

        if (!str_eq_nocase(name, STR("COUNT")))
            continue;
        if (!num_parse(value, 2, COUNT_MAX, &count))
            return false;
        *rest = arena_printf(arena, "%.*s%lld%.*s",
                             (int)(value.ptr - rrule.ptr), rrule.ptr,
                             (long long)count - 1,
                             (int)(rrule.ptr + rrule.len - value.ptr -
                                   (ptrdiff_t)value.len),
                             value.ptr + value.len);
        return true;
    }
    return true;
}
