#include "domain/recurrence.h"

#include <libical/ical.h>
#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "domain/task.h"

enum {
    STEPS_MAX = 4000, /* occurrences looked at in one call */
    LAST_YEAR = 2200
};

/* Parts that a to-do's rule may have; times of day belong to due.time. */
static const char *const parts[] = {
    "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY",
    "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST",
};
static const char *const frequencies[] = { "DAILY", "WEEKLY", "MONTHLY",
                                           "YEARLY" };

#define IS_ONE_OF(text, names) \
    is_one_of((text), (names), sizeof(names) / sizeof((names)[0]))

static bool is_one_of(struct str text, const char *const *names, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (str_eq_nocase(text, str_from(names[i])))
            return true;
    }
    return false;
}

static const char *check_part(struct str name, struct str value, bool *freq)
{
    int64_t number;

    if (!IS_ONE_OF(name, parts))
        return "The rule has a part that is not supported.";
    if (value.len == 0)
        return "A part of the rule has no value.";
    if (str_eq_nocase(name, STR("FREQ"))) {
        *freq = true;
        if (!IS_ONE_OF(value, frequencies))
            return "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.";
    }
    if ((str_eq_nocase(name, STR("INTERVAL")) ||
         str_eq_nocase(name, STR("COUNT"))) &&
        !num_parse(value, 1, 1000, &number))
        return "INTERVAL and COUNT are numbers from 1 to 1000.";
    return NULL;
}

static const char *check_parts(struct str rrule)
{
    bool freq = false;

    for (size_t i = 0; i < rrule.len; i++) {
        if (rrule.ptr[i] <= ' ' || rrule.ptr[i] > '~')
            return "The rule has characters that no rule has.";
    }
    while (!str_is_none(rrule)) {
        struct str value = str_split(&rrule, ';');
        struct str name = str_split(&value, '=');
        const char *wrong = check_part(name, value, &freq);

        if (wrong != NULL)
            return wrong;
    }
    return freq ? NULL : "The rule has no FREQ.";
}

static struct icaltimetype to_ical(int32_t date)
{
    struct icaltimetype time = icaltime_null_date();

    time.year = date / 10000;
    time.month = date / 100 % 100;
    time.day = date % 100;
    return time;
}

/* Fills *rule; icalrecurrencetype_clear-less in 3.0, so only rscale leaks. */
static bool parse(struct str rrule, struct icalrecurrencetype *rule)
{
    char text[TASK_RRULE_MAX + 1];

    if (rrule.len >= sizeof(text))
        return false;
    memcpy(text, rrule.ptr, rrule.len);
    text[rrule.len] = '\0';
    icalerror_set_errors_are_fatal(0);
    *rule = icalrecurrencetype_from_string(text);
    return rule->freq != ICAL_NO_RECURRENCE;
}

/* COUNT is not followed here: recurrence_consume reduces it instead. */
static bool find_next(const struct icalrecurrencetype *rule, int32_t start,
                      int32_t after, int32_t *next)
{
    struct icalrecurrencetype endless = *rule;
    struct icaltimetype time;
    icalrecur_iterator *iterator;
    bool found = false;

    endless.count = 0;
    iterator = icalrecur_iterator_new(endless, to_ical(start));
    if (iterator == NULL)
        return false;
    for (int i = 0; i < STEPS_MAX && !found; i++) {
        time = icalrecur_iterator_next(iterator);
        if (icaltime_is_null_time(time) || time.year > LAST_YEAR)
            break;
        *next = time.year * 10000 + time.month * 100 + time.day;
        found = *next > after;
    }
    icalrecur_iterator_free(iterator);
    return found;
}

enum err recurrence_check(struct str rrule, struct error *error)
{
    struct icalrecurrencetype rule;
    const char *wrong = check_parts(rrule);
    int32_t next;

    if (wrong == NULL && !parse(rrule, &rule))
        wrong = "The rule cannot be read (RFC 5545, section 3.3.10).";
    if (wrong == NULL) {
        rule.until = icaltime_null_time();
        if (!find_next(&rule, 20240101, 20240101, &next))
            wrong = "The rule never comes.";
    }
    return wrong == NULL ? ERR_NONE
                         : error_set(error, ERR_INVALID, "%s", wrong);
}

bool recurrence_next(struct str rrule, int32_t start, int32_t after,
                     int32_t *next)
{
    struct icalrecurrencetype rule;

    return parse(rrule, &rule) && find_next(&rule, start, after, next);
}

bool recurrence_consume(struct arena *arena, struct str rrule,
                        struct str *rest)
{
    struct str parts_left = rrule;
    struct str text = STR("");
    bool left = true;

    while (!str_is_none(parts_left)) {
        struct str part = str_split(&parts_left, ';');
        struct str value = part;
        struct str name = str_split(&value, '=');
        int64_t count;

        if (str_eq_nocase(name, STR("COUNT")) &&
            num_parse(value, 1, INT32_MAX, &count)) {
            left = count > 1;
            part = arena_printf(arena, "COUNT=%lld", (long long)count - 1);
        }
        text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text),
                            text.len > 0 ? ";" : "", STR_ARG(part));
    }
    *rest = text;
    return left;
}
