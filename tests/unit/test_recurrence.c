#include "cases.h"

#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "domain/recurrence.h"

struct series {
    const char *rule;
    int32_t start;
    int32_t dates[6]; /* after the start; 0: the end */
};

/* As the app goes: each date is the start of the next search. */
static void check_series(const struct series *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str rule = str_from(cases[i].rule);
        int32_t date = cases[i].start;

        for (size_t k = 0; k < COUNT(cases[i].dates); k++) {
            int32_t next = DATE_NONE;

            recurrence_next(rule, date, date, &next);
            if (next != cases[i].dates[k])
                fail_msg("%s after %d: got %d instead of %d", cases[i].rule,
                         (int)date, (int)next, (int)cases[i].dates[k]);
            if (next == DATE_NONE)
                break;
            date = next;
        }
    }
}

static void test_intervals_count_from_the_start(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=DAILY", 20261230,
          { 20261231, 20270101, 20270102, 20270103, 20270104, 20270105 } },
        { "FREQ=DAILY;INTERVAL=10", 20260225,
          { 20260307, 20260317, 20260327, 20260406, 20260416, 20260426 } },
        { "FREQ=WEEKLY", 20261123,
          { 20261130, 20261207, 20261214, 20261221, 20261228, 20270104 } },
        { "FREQ=WEEKLY;BYDAY=MO,TH", 20261123,
          { 20261126, 20261130, 20261203, 20261207, 20261210, 20261214 } },
        { "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 20261123,
          { 20261126, 20261207, 20261210, 20261221, 20261224, 20270104 } },
        { "freq=weekly;byday=mo,th", 20261123,
          { 20261126, 20261130, 20261203, 20261207, 20261210, 20261214 } },
        /* RFC 5545: the week's start changes what "every other" means. */
        { "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", 19970805,
          { 19970810, 19970819, 19970824, 19970902, 19970907, 19970916 } },
        { "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", 19970805,
          { 19970817, 19970819, 19970831, 19970902, 19970914, 19970916 } },
        { "FREQ=MONTHLY;INTERVAL=3", 20261115,
          { 20270215, 20270515, 20270815, 20271115, 20280215, 20280515 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_nth_weekday_of_month_and_year(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=MONTHLY;BYDAY=2MO", 20261109,
          { 20261214, 20270111, 20270208, 20270308, 20270412, 20270510 } },
        { "FREQ=MONTHLY;BYDAY=-1FR", 20261127,
          { 20261225, 20270129, 20270226, 20270326, 20270430, 20270528 } },
        { "FREQ=MONTHLY;BYDAY=5TU", 20260929,
          { 20261229, 20270330, 20270629, 20270831, 20271130, 20280229 } },
        { "FREQ=YEARLY;BYMONTH=11;BYDAY=+4TH", 20261126,
          { 20271125, 20281123, 20291122, 20301128, 20311127, 20321125 } },
        { "FREQ=YEARLY;BYDAY=20MO", 19970519,
          { 19980518, 19990517, 20000515, 20010514, 20020520, 20030519 } },
        { "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 20261130,
          { 20261231, 20270129, 20270226, 20270331, 20270430, 20270531 } },
        { "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", 20260213,
          { 20260313, 20261113, 20270813, 20281013, 20290413, 20290713 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_last_day_of_month(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=MONTHLY;BYMONTHDAY=-1", 20260131,
          { 20260228, 20260331, 20260430, 20260531, 20260630, 20260731 } },
        { "FREQ=MONTHLY;BYMONTHDAY=-1", 20280131,
          { 20280229, 20280331, 20280430, 20280531, 20280630, 20280731 } },
        { "FREQ=MONTHLY;BYMONTHDAY=-2", 20260130,
          { 20260227, 20260330, 20260429, 20260530, 20260629, 20260730 } },
        /* A month without the day is skipped (RFC 5545). */
        { "FREQ=MONTHLY", 20260131,
          { 20260331, 20260531, 20260731, 20260831, 20261031, 20261231 } },
        { "FREQ=MONTHLY;BYMONTHDAY=15,-1", 20260115,
          { 20260131, 20260215, 20260228, 20260315, 20260331, 20260415 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_leap_years(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=YEARLY", 20240229,
          { 20280229, 20320229, 20360229, 20400229, 20440229, 20480229 } },
        { "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 20960229,
          { 21040229, 21080229, 21120229, 21160229, 21200229, 21240229 } },
        { "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", 20260228,
          { 20270228, 20280229, 20290228, 20300228, 20310228, 20320229 } },
        { "FREQ=YEARLY;BYYEARDAY=366", 20241231,
          { 20281231, 20321231, 20361231, 20401231, 20441231, 20481231 } },
        { "FREQ=YEARLY;BYYEARDAY=60", 20270301,
          { 20280229, 20290301, 20300301, 20310301, 20320229, 20330301 } },
        { "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", 20240229,
          { 20280229, 20320229, 20360229, 20400229, 20440229, 20480229 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_weeks_of_the_year(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", 19970512,
          { 19980511, 19990517, 20000515, 20010514, 20020513, 20030512 } },
        { "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", 20201231,
          { 20210103, 20270103, 20330102, 20380103, 20440103, 20490103 } },
        { "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=TH", 20261231,
          { 20271230, 20281228, 20291227, 20301226, 20311225, 20321230 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_until_ends_the_series(void **state)
{
    static const struct series CASES[] = {
        { "FREQ=DAILY;UNTIL=20261125", 20261123, { 20261124, 20261125, 0 } },
        { "FREQ=DAILY;UNTIL=20261124T235959Z", 20261123, { 20261124, 0 } },
        { "FREQ=DAILY;UNTIL=20261124T000000", 20261123, { 20261124, 0 } },
        { "FREQ=DAILY;UNTIL=20261123", 20261123, { 0 } },
        { "FREQ=YEARLY;INTERVAL=100", 20261123, { 21261123, 0 } },
    };

    (void)state;
    check_series(CASES, COUNT(CASES));
}

static void test_search_may_start_long_after_the_start(void **state)
{
    int32_t next = 0;

    (void)state;
    assert_true(recurrence_next(STR("FREQ=DAILY;INTERVAL=3"), 20260101,
                                20261123, &next));
    assert_int_equal(next, 20261124);
    assert_true(recurrence_next(STR("FREQ=DAILY;INTERVAL=3"), 20260101,
                                20251231, &next));
    assert_int_equal(next, 20260101);
}

static void test_count_goes_down_with_each_completion(void **state)
{
    static const struct {
        const char *rule, *rest; /* NULL: nothing is left */
    } CASES[] = {
        { "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=2" },
        { "COUNT=10;FREQ=DAILY", "COUNT=9;FREQ=DAILY" },
        { "freq=daily;count=2;interval=2", "freq=daily;count=1;interval=2" },
        { "FREQ=DAILY;COUNT=1", NULL },
        { "FREQ=DAILY;COUNT=1;INTERVAL=2", NULL },
        { "FREQ=DAILY", "FREQ=DAILY" },
        { "FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct str rest;
        bool left = recurrence_consume(&arena, str_from(CASES[i].rule),
                                       &rest);

        assert_int_equal(left, CASES[i].rest != NULL);
        if (left)
            assert_str(rest, str_from(CASES[i].rest));
    }
    arena_release(&arena);
}

static void test_rules_that_we_follow_are_taken(void **state)
{
    static const char *const RULES[] = {
        "FREQ=DAILY", "freq=daily", "INTERVAL=2;FREQ=WEEKLY",
        "FREQ=MONTHLY;BYDAY=2MO,-1FR", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
        "FREQ=DAILY;COUNT=1", "FREQ=DAILY;UNTIL=20000101",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "FREQ=WEEKLY;WKST=SU",
        "FREQ=DAILY;INTERVAL=1000", "FREQ=YEARLY;BYYEARDAY=-1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(RULES); i++) {
        struct error error = { 0 };

        if (recurrence_check(str_from(RULES[i]), &error) != ERR_NONE)
            fail_msg("%s: %s", RULES[i], error.detail);
    }
}

static const struct {
    const char *rule, *detail; /* what the sentence has */
} REFUSED_RULES[] = {
    { "", "1 to 500" },
    { "DAILY", "not supported" },
    { "INTERVAL=2", "must have FREQ" },
    { "FREQ=", "FREQ must be" },
    { "FREQ", "FREQ must be" },
    { "FREQ=HOURLY", "FREQ must be" },
    { "FREQ=MINUTELY", "FREQ must be" },
    { "FREQ=SECONDLY", "FREQ must be" },
    { "FREQ=DAILY;BYHOUR=9", "not supported" },
    { "FREQ=DAILY;BYMINUTE=9", "not supported" },
    { "FREQ=DAILY;BYSECOND=9", "not supported" },
    { "FREQ=DAILY;RSCALE=CHINESE", "not supported" },
    { "FREQ=DAILY;SKIP=FORWARD", "not supported" },
    { "FREQ=DAILY;X-SECRET=1", "not supported" },
    { "DTSTART=20260101;FREQ=DAILY", "not supported" },
    { "RRULE:FREQ=DAILY", "not supported" },
    { "FREQ=DAILY;", "not supported" },
    { "FREQ=DAILY;;COUNT=2", "not supported" },
    { "FREQ=DAILY FREQ=DAILY", "FREQ must be" },
    { "FREQ=DAILY\nEXRULE:FREQ=DAILY", "FREQ must be" },
    { "FREQ=DAILY;FREQ=WEEKLY", "only once" },
    { "FREQ=DAILY;INTERVAL=0", "INTERVAL must" },
    { "FREQ=DAILY;INTERVAL=-1", "INTERVAL must" },
    { "FREQ=DAILY;INTERVAL=65537", "INTERVAL must" },
    { "FREQ=DAILY;COUNT=0", "COUNT must" },
    { "FREQ=DAILY;COUNT=99999999999999999999", "COUNT must" },
    { "FREQ=DAILY;COUNT=2;UNTIL=20261231", "both" },
    { "FREQ=DAILY;UNTIL=20260230", "UNTIL must" },
    { "FREQ=DAILY;UNTIL=2026-12-31", "UNTIL must" },
    { "FREQ=DAILY;UNTIL=20261231X000000Z", "UNTIL must" },
    { "FREQ=WEEKLY;BYDAY=XX", "BYDAY must" },
    { "FREQ=WEEKLY;BYDAY=MO,", "BYDAY must" },
    { "FREQ=MONTHLY;BYDAY=0MO", "BYDAY must" },
    { "FREQ=MONTHLY;BYDAY=54MO", "BYDAY must" },
    { "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY must" },
    { "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY must" },
    { "FREQ=MONTHLY;BYMONTHDAY=+-1", "BYMONTHDAY must" },
    { "FREQ=YEARLY;BYMONTH=13", "BYMONTH must" },
    { "FREQ=YEARLY;BYMONTH=-1", "BYMONTH must" },
    { "FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO must" },
    { "FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY must" },
    { "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS must" },
    { "FREQ=MONTHLY;BYSETPOS=1", "another part" },
    { "FREQ=WEEKLY;WKST=1MO", "WKST must" },
    { "FREQ=DAILY;BYDAY=2MO", "days like 2MO" },
    { "FREQ=WEEKLY;BYDAY=2MO", "days like 2MO" },
    { "FREQ=YEARLY;BYWEEKNO=2;BYDAY=2MO", "days like 2MO" },
    { "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY" },
    { "FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO" },
    { "FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY" },
    { "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day" },
    { "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "no day" },
    { "FREQ=MONTHLY;BYDAY=6MO", "no day" },
    { "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "no day" },
    { "FREQ=DAILY;BYDAY=MO;BYSETPOS=2", "no day" },
    { "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", "no day" },
};

static void test_other_rules_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(REFUSED_RULES); i++) {
        struct error error = { 0 };

        if (recurrence_check(str_from(REFUSED_RULES[i].rule), &error) !=
            ERR_INVALID)
            fail_msg("%s was taken", REFUSED_RULES[i].rule);
        if (strstr(error.detail, REFUSED_RULES[i].detail) == NULL)
            fail_msg("%s: %s", REFUSED_RULES[i].rule, error.detail);
        assert_null(strstr(error.detail, "SECRET"));
    }
}

static void test_rule_of_501_characters_is_refused(void **state)
{
    char rule[501] = "FREQ=MONTHLY;BYMONTHDAY=1";
    struct error error = { 0 };

    (void)state;
    for (size_t i = strlen(rule); i < sizeof(rule); i++)
        rule[i] = i % 2 == 0 ? '1' : ',';
    assert_int_equal(recurrence_check((struct str){ rule, sizeof(rule) },
                                      &error), ERR_INVALID);
    assert_non_null(strstr(error.detail, "500"));
}

/* A client can send a hundred of these in one batch. */
static void test_search_without_end_is_cut_short(void **state)
{
    static const char *const RULES[] = {
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1,2,3;BYSETPOS=2",
        "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYYEARDAY=1,2,3;BYMONTH=12",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(RULES); i++) {
        int64_t begin = time_monotonic();
        struct error error = { 0 };
        int32_t next;

        assert_int_equal(recurrence_check(str_from(RULES[i]), &error),
                         ERR_INVALID);
        assert_false(recurrence_next(str_from(RULES[i]), 20260101, 20260101,
                                     &next));
        /* Some milliseconds; room for sanitizers and a busy machine. */
        assert_true(time_monotonic() - begin < 500 * 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_count_from_the_start),
        cmocka_unit_test(test_nth_weekday_of_month_and_year),
        cmocka_unit_test(test_last_day_of_month),
        cmocka_unit_test(test_leap_years),
        cmocka_unit_test(test_weeks_of_the_year),
        cmocka_unit_test(test_until_ends_the_series),
        cmocka_unit_test(test_search_may_start_long_after_the_start),
        cmocka_unit_test(test_count_goes_down_with_each_completion),
        cmocka_unit_test(test_rules_that_we_follow_are_taken),
        cmocka_unit_test(test_other_rules_are_refused),
        cmocka_unit_test(test_rule_of_501_characters_is_refused),
        cmocka_unit_test(test_search_without_end_is_cut_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
