#include "cases.h"

#include "base/time.h"

struct instant {
    const char *text;
    const char *utc; /* NULL: refused */
};

static void check_instants(const struct instant *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[INSTANT_TEXT_LEN + 1];
        int64_t ms = 12345;
        bool ok = instant_parse(str_from(cases[i].text), &ms);

        if (ok != (cases[i].utc != NULL))
            fail_msg("\"%s\": %s", cases[i].text, ok ? "taken" : "refused");
        if (!ok) {
            assert_int_equal(ms, 12345);
            continue;
        }
        instant_format(ms, text);
        assert_string_equal(text, cases[i].utc);
    }
}

static void test_instants_of_rfc_3339_are_read(void **state)
{
    static const struct instant CASES[] = {
        { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z" },
        { "2026-11-23T09:00:00.000Z", "2026-11-23T09:00:00.000Z" },
        { "2026-11-23t09:00:00.5z", "2026-11-23T09:00:00.500Z" },
        { "2026-11-23T09:00:00.123456789Z", "2026-11-23T09:00:00.123Z" },
        { "2026-11-23T09:00:00.9999Z", "2026-11-23T09:00:00.999Z" },
        { "2026-11-23T09:00:00+02:00", "2026-11-23T07:00:00.000Z" },
        { "2026-11-23T23:30:00-05:30", "2026-11-24T05:00:00.000Z" },
        { "2027-01-01T00:00:00+00:01", "2026-12-31T23:59:00.000Z" },
        { "2026-11-23T09:00:00-00:00", "2026-11-23T09:00:00.000Z" },
        { "2026-11-23T09:00:00+23:59", "2026-11-22T09:01:00.000Z" },
        { "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
        { "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z" },
        { "2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000Z" },
        { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z" },
        { "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z" },
        /* RFC 3339 section 5.8 */
        { "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z" },
        { "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z" },
        { "1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000Z" },
        { "1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z" },
        { "1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z" },
    };

    (void)state;
    check_instants(CASES, COUNT(CASES));
}

static void test_other_instants_are_refused(void **state)
{
    static const struct instant CASES[] = {
        { "", NULL },
        { "2026-11-23", NULL },
        { "2026-11-23T09:00Z", NULL },
        { "2026-11-23T09:00:00", NULL },
        { "2026-11-23 09:00:00Z", NULL },
        { "2026-11-23T09:00:00.Z", NULL },
        { "2026-11-23T09:00:00,5Z", NULL },
        { "2026-11-23T09:00:00+0200", NULL },
        { "2026-11-23T09:00:00+24:00", NULL },
        { "2026-11-23T09:00:00+02:60", NULL },
        { "2026-11-23T09:00:00ZZ", NULL },
        { "2026-11-23T09:00:00Z ", NULL },
        { "2026-11-23T24:00:00Z", NULL },
        { "2026-11-23T23:60:00Z", NULL },
        { "2026-11-23T23:59:61Z", NULL },
        { "2026-11-23T23:59:60Z", NULL }, /* no month ends here */
        { "2026-12-31T12:00:60Z", NULL },
        { "1990-12-31T23:59:60+01:00", NULL },
        { "2026-02-29T12:00:00Z", NULL },
        { "1900-02-29T12:00:00Z", NULL },
        { "2026-04-31T12:00:00Z", NULL },
        { "2026-13-01T12:00:00Z", NULL },
        { "2026-00-01T12:00:00Z", NULL },
        { "2026-01-00T12:00:00Z", NULL },
        { "0000-01-01T12:00:00Z", NULL },
        { "0001-01-01T00:00:00+00:01", NULL },
        { "9999-12-31T23:59:59-00:01", NULL },
        { "9999-12-31T23:59:60Z", NULL },
        { "10000-01-01T00:00:00Z", NULL },
        { "+2026-11-23T09:00:00Z", NULL },
        { "2026-1-23T09:00:00Z", NULL },
        { "1.7e12", NULL },
    };

    (void)state;
    check_instants(CASES, COUNT(CASES));
}

static void test_an_early_end_is_no_instant(void **state)
{
    static const char TEXT[] = "2026-11-23T09:00:00.5+02:00";
    int64_t ms;

    (void)state;
    assert_true(instant_parse(STR(TEXT), &ms));
    for (size_t len = 0; len < sizeof(TEXT) - 1; len++)
        assert_false(instant_parse((struct str){ TEXT, len }, &ms));
    assert_false(instant_parse(STR_NONE, &ms));
}

static void test_dates_that_exist_are_read(void **state)
{
    static const struct {
        const char *text;
        int32_t date; /* DATE_NONE: refused */
    } CASES[] = {
        { "2026-11-30", 20261130 }, { "2024-02-29", 20240229 },
        { "2000-02-29", 20000229 }, { "0001-01-01", 10101 },
        { "9999-12-31", 99991231 }, { "2026-02-29", DATE_NONE },
        { "2026-02-30", DATE_NONE }, { "1900-02-29", DATE_NONE },
        { "2026-11-31", DATE_NONE }, { "2026-01-32", DATE_NONE },
        { "2026-13-01", DATE_NONE }, { "2026-00-01", DATE_NONE },
        { "2026-01-00", DATE_NONE }, { "0000-01-01", DATE_NONE },
        { "20261130", DATE_NONE },   { "2026-11-3", DATE_NONE },
        { "2026-11-300", DATE_NONE }, { "2026/11/30", DATE_NONE },
        { "", DATE_NONE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[DATE_TEXT_LEN + 1];
        int32_t date = 7;
        bool ok = date_parse(str_from(CASES[i].text), &date);

        if (ok != (CASES[i].date != DATE_NONE))
            fail_msg("\"%s\": %s", CASES[i].text, ok ? "taken" : "refused");
        assert_int_equal(date, ok ? CASES[i].date : 7);
        if (!ok)
            continue;
        date_format(date, text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void test_times_of_day_are_read(void **state)
{
    static const struct {
        const char *text;
        int32_t minutes; /* TIME_NONE: refused */
    } CASES[] = {
        { "00:00", 0 },          { "09:05", 545 },
        { "23:59", 1439 },       { "24:00", TIME_NONE },
        { "12:60", TIME_NONE },  { "9:00", TIME_NONE },
        { "09:00:00", TIME_NONE }, { "0900", TIME_NONE },
        { "-1:00", TIME_NONE },  { "", TIME_NONE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[TIME_TEXT_LEN + 1];
        int32_t minutes = 7;
        bool ok = time_of_day_parse(str_from(CASES[i].text), &minutes);

        if (ok != (CASES[i].minutes != TIME_NONE))
            fail_msg("\"%s\": %s", CASES[i].text, ok ? "taken" : "refused");
        assert_int_equal(minutes, ok ? CASES[i].minutes : 7);
        if (!ok)
            continue;
        time_of_day_format(minutes, text);
        assert_string_equal(text, CASES[i].text);
    }
}

/* Every day from year 1 to 9999, counted by hand beside the formulas. */
static void test_days_and_dates_agree_for_all_years(void **state)
{
    static const int LENGTHS[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    int64_t days = -719162;

    (void)state;
    for (int year = 1; year <= 9999; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

        for (int month = 1; month <= 12; month++) {
            int last = LENGTHS[month - 1] + (leap && month == 2);

            for (int day = 1; day <= last; day++, days++) {
                int32_t date = year * 10000 + month * 100 + day;

                if (date_to_days(date) != days ||
                    date_from_days(days) != date)
                    fail_msg("%d is not day %lld", date, (long long)days);
            }
        }
    }
    assert_int_equal(date_to_days(19700101), 0);
    assert_int_equal(date_from_days(days), DATE_NONE);
    assert_int_equal(date_from_days(-719163), DATE_NONE);
    assert_int_equal(date_from_days(INT64_MAX), DATE_NONE);
    assert_int_equal(date_from_days(INT64_MIN), DATE_NONE);
}

static void test_days_are_added_across_months_and_years(void **state)
{
    (void)state;
    assert_int_equal(date_add_days(20241231, 1), 20250101);
    assert_int_equal(date_add_days(20240228, 1), 20240229);
    assert_int_equal(date_add_days(20250228, 1), 20250301);
    assert_int_equal(date_add_days(20240301, -1), 20240229);
    assert_int_equal(date_add_days(20260615, 0), 20260615);
    assert_int_equal(date_add_days(99991231, 1), DATE_NONE);
    assert_int_equal(date_add_days(10101, -1), DATE_NONE);
    assert_int_equal(date_add_days(20260615, INT32_MAX), DATE_NONE);
}

static void test_clocks_are_in_their_units(void **state)
{
    int64_t before = time_monotonic();

    (void)state;
    assert_true(time_now() > 1700000000000);      /* ms: after 2023 */
    assert_true(time_now() < 253402300800000);    /* before year 10000 */
    assert_true(time_monotonic() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instants_of_rfc_3339_are_read),
        cmocka_unit_test(test_other_instants_are_refused),
        cmocka_unit_test(test_an_early_end_is_no_instant),
        cmocka_unit_test(test_dates_that_exist_are_read),
        cmocka_unit_test(test_times_of_day_are_read),
        cmocka_unit_test(test_days_and_dates_agree_for_all_years),
        cmocka_unit_test(test_days_are_added_across_months_and_years),
        cmocka_unit_test(test_clocks_are_in_their_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
