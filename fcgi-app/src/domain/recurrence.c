/* What a rule may say; libical reads it, recurrence_walk.c follows it. */
#include "domain/recurrence.h"

#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "domain/recurrence_walk.h"
#include "domain/task.h"

enum {
    INTERVAL_MAX = 1000,
    COUNT_MAX = 10000,
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

/* What libical makes of it; false if it cannot read it. */
static bool rule_parse(const struct rule *rule,
                       struct icalrecurrencetype *out)
{
    /* libical can abort on what it cannot read; a rule is only refused. */
    icalerror_set_errors_are_fatal(0);
    *out = icalrecurrencetype_from_string(rule->text);
    out->interval = (short)rule->interval;
    return out->freq != ICAL_NO_RECURRENCE;
}

static bool has(const short *list)
{
    return list[0] != BY_END;
}

static bool has_ordinal(const struct icalrecurrencetype *rule)
{
    for (const short *item = rule->by_day; *item != BY_END; item++) {
        if (icalrecurrencetype_day_position(*item) != 0)
            return true;
    }
    return false;
}

/* Is there a part of which BYSETPOS can choose? */
static bool has_days(const struct icalrecurrencetype *rule)
{
    return has(rule->by_day) || has(rule->by_month) ||
           has(rule->by_month_day) || has(rule->by_year_day) ||
           has(rule->by_week_no);
}

/* Which parts go together: the table of RFC 5545 section 3.3.10. */
static const char *check_parts(const struct icalrecurrencetype *rule)
{
    bool yearly = rule->freq == ICAL_YEARLY_RECURRENCE;

    if (has(rule->by_week_no) && !yearly)
        return "BYWEEKNO needs FREQ=YEARLY";
    if (has(rule->by_year_day) && !yearly)
        return "BYYEARDAY needs FREQ=YEARLY";
    if (has(rule->by_month_day) && rule->freq == ICAL_WEEKLY_RECURRENCE)
        return "BYMONTHDAY does not go with FREQ=WEEKLY";
    if (has_ordinal(rule) &&
        ((!yearly && rule->freq != ICAL_MONTHLY_RECURRENCE) ||
         has(rule->by_week_no)))
        return "days like 2MO need FREQ=MONTHLY, or YEARLY without BYWEEKNO";
    if (has(rule->by_set_pos) && !has_days(rule))
        return "BYSETPOS needs another part that begins with BY";
    return NULL;
}

enum err recurrence_check(struct str rrule, struct error *error)
{
    struct rule rule;
    struct icalrecurrencetype parsed;
    const char *problem = rule_read(&rule, rrule);
    int32_t date;

    if (problem == NULL)
        problem = rule_parse(&rule, &parsed)
                      ? check_parts(&parsed)
                      : "the rule cannot be read (RFC 5545 section 3.3.10)";
    if (problem == NULL) {
        /* From whatever start, to whatever end: does any day fit? */
        parsed.interval = 1;
        if (!recurrence_walk(&parsed, PROBE_START, DATE_NONE, DATE_NONE,
                             &date))
            problem = "there is no day that fits all parts of the rule";
    }
    return problem == NULL ? ERR_NONE
                           : error_set(error, ERR_INVALID, "%s", problem);
}

bool recurrence_next(struct str rrule, int32_t start, int32_t after,
                     int32_t *next)
{
    struct rule rule;
    struct icalrecurrencetype parsed;

    return rule_read(&rule, rrule) == NULL && rule_parse(&rule, &parsed) &&
           recurrence_walk(&parsed, start, after, rule.until, next);
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
