#include "cases.h"

#include <string.h>

#include "base/time.h"
#include "domain/zone.h"

struct moment {
    const char *zone, *date, *time, *utc;
};

static void check_moments(const struct moment *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[INSTANT_TEXT_LEN + 1];
        int32_t date, minutes;

        assert_true(date_parse(str_from(cases[i].date), &date));
        assert_true(time_of_day_parse(str_from(cases[i].time), &minutes));
        instant_format(zone_instant(str_from(cases[i].zone), date, minutes),
                       text);
        if (strcmp(text, cases[i].utc) != 0)
            fail_msg("%s %s %s: got %s instead of %s", cases[i].zone,
                     cases[i].date, cases[i].time, text, cases[i].utc);
    }
}

static void test_local_times_become_instants(void **state)
{
    static const struct moment CASES[] = {
        { "UTC", "2026-11-30", "09:00", "2026-11-30T09:00:00.000Z" },
        { "Europe/Berlin", "2026-11-30", "09:00", "2026-11-30T08:00:00.000Z" },
        { "Europe/Berlin", "2026-07-01", "00:00", "2026-06-30T22:00:00.000Z" },
        { "Pacific/Honolulu", "2026-07-01", "20:00",
          "2026-07-02T06:00:00.000Z" },
        { "Asia/Kolkata", "2026-07-01", "05:00", "2026-06-30T23:30:00.000Z" },
        { "Asia/Calcutta", "2026-07-01", "05:00", "2026-06-30T23:30:00.000Z" },
        { "Pacific/Tongatapu", "2026-07-01", "05:00",
          "2026-06-30T16:00:00.000Z" },
        { "America/New_York", "2026-01-15", "12:00",
          "2026-01-15T17:00:00.000Z" },
        { "US/Eastern", "2026-07-15", "12:00", "2026-07-15T16:00:00.000Z" },
        { "Etc/GMT+5", "2026-07-15", "12:00", "2026-07-15T17:00:00.000Z" },
        /* libical is an hour off here */
        { "America/St_Johns", "2047-03-22", "00:00",
          "2047-03-22T02:30:00.000Z" },
        { "Europe/Berlin", "1965-07-01", "12:00", "1965-07-01T11:00:00.000Z" },
    };

    (void)state;
    check_moments(CASES, COUNT(CASES));
}

static void test_far_future_keeps_summer_time(void **state)
{
    static const struct moment CASES[] = {
        { "Europe/Berlin", "2099-07-01", "12:00", "2099-07-01T10:00:00.000Z" },
        { "Europe/Berlin", "2199-01-01", "12:00", "2199-01-01T11:00:00.000Z" },
        { "Australia/Sydney", "2150-01-01", "12:00",
          "2150-01-01T01:00:00.000Z" },
        { "America/New_York", "2500-07-01", "12:00",
          "2500-07-01T16:00:00.000Z" },
    };

    (void)state;
    check_moments(CASES, COUNT(CASES));
}

static void test_skipped_time_counts_as_after_the_change(void **state)
{
    static const struct moment CASES[] = {
        { "Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00.000Z" },
        { "Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00.000Z" },
        { "Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00.000Z" },
        { "Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00.000Z" },
        { "America/New_York", "2026-03-08", "02:30",
          "2026-03-08T07:30:00.000Z" },
        { "America/New_York", "2026-03-08", "03:30",
          "2026-03-08T07:30:00.000Z" },
        /* A whole day was skipped. */
        { "Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T22:00:00.000Z" },
    };

    (void)state;
    check_moments(CASES, COUNT(CASES));
}

static void test_time_that_comes_twice_is_the_first(void **state)
{
    static const struct moment CASES[] = {
        { "Europe/Berlin", "2026-10-25", "01:59", "2026-10-24T23:59:00.000Z" },
        { "Europe/Berlin", "2026-10-25", "02:00", "2026-10-25T00:00:00.000Z" },
        { "Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00.000Z" },
        { "Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00.000Z" },
        { "America/New_York", "2026-11-01", "01:30",
          "2026-11-01T05:30:00.000Z" },
        { "America/New_York", "2026-11-01", "02:00",
          "2026-11-01T07:00:00.000Z" },
        /* Half an hour, and the other half of the year. */
        { "Australia/Lord_Howe", "2026-04-05", "01:45",
          "2026-04-04T14:45:00.000Z" },
    };

    (void)state;
    check_moments(CASES, COUNT(CASES));
    /* Whatever was asked before. */
    for (size_t i = COUNT(CASES); i-- > 0;)
        check_moments(&CASES[i], 1);
}

static void test_unknown_zone_is_utc(void **state)
{
    static const struct moment CASES[] = {
        { "Nowhere/City", "2026-07-01", "12:00", "2026-07-01T12:00:00.000Z" },
        { "", "2026-07-01", "12:00", "2026-07-01T12:00:00.000Z" },
    };

    (void)state;
    check_moments(CASES, COUNT(CASES));
}

static void test_date_is_the_one_of_the_zone(void **state)
{
    static const struct {
        const char *zone, *utc;
        int32_t date;
    } CASES[] = {
        { "UTC", "2026-11-23T23:59:59.999Z", 20261123 },
        { "Pacific/Tongatapu", "2026-11-23T11:00:00Z", 20261124 },
        { "Pacific/Tongatapu", "2026-11-23T10:59:59.999Z", 20261123 },
        { "Pacific/Honolulu", "2026-11-23T09:59:59.999Z", 20261122 },
        { "Pacific/Honolulu", "2026-11-23T10:00:00Z", 20261123 },
        { "Europe/Berlin", "2026-03-29T21:59:59.999Z", 20260329 },
        { "Europe/Berlin", "2026-03-29T22:00:00Z", 20260330 },
        { "Europe/Berlin", "2026-10-25T22:59:59.999Z", 20261025 },
        { "Europe/Berlin", "2026-10-25T23:00:00Z", 20261026 },
        { "UTC", "1969-12-31T23:59:59.999Z", 19691231 },
        { "Nowhere", "2026-11-23T23:59:59.999Z", 20261123 },
        { NULL, "2026-11-23T23:59:59.999Z", 20261123 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        int64_t at;

        assert_true(instant_parse(str_from(CASES[i].utc), &at));
        assert_int_equal(zone_date(str_from(CASES[i].zone), at),
                         CASES[i].date);
    }
}

static void test_names_of_zones_are_known(void **state)
{
    static const char *const KNOWN[] = {
        "UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires",
        "Etc/GMT-14", "US/Eastern", "Asia/Calcutta", "GMT", "EST5EDT",
        "America/Port-au-Prince",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(KNOWN); i++) {
        if (!zone_is_known(str_from(KNOWN[i])))
            fail_msg("%s is unknown", KNOWN[i]);
    }
}

static void test_other_names_are_unknown(void **state)
{
    static const char *const UNKNOWN[] = {
        "", "/", "Europe", "Europe/", "/Europe/Berlin", "europe/berlin",
        "Europe//Berlin", "../zoneinfo/Europe/Berlin", "Europe/../UTC",
        "Europe/./Berlin", "zone.tab", "tzdata.zi", "leapseconds",
        "localtime", "posixrules", "Factory", "right/Europe/Berlin",
        "posix/Europe/Berlin", ":Europe/Berlin", "CET-1CEST", "Mars/Base",
        "Europe/Berlin ", "Europe/Berl\xc3\xadn", "UTC\n",
        ("Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    };

    (void)state;
    assert_false(zone_is_known(STR_NONE));
    for (size_t i = 0; i < COUNT(UNKNOWN); i++) {
        if (zone_is_known(str_from(UNKNOWN[i])))
            fail_msg("\"%s\" is known", UNKNOWN[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_times_become_instants),
        cmocka_unit_test(test_far_future_keeps_summer_time),
        cmocka_unit_test(test_skipped_time_counts_as_after_the_change),
        cmocka_unit_test(test_time_that_comes_twice_is_the_first),
        cmocka_unit_test(test_unknown_zone_is_utc),
        cmocka_unit_test(test_date_is_the_one_of_the_zone),
        cmocka_unit_test(test_names_of_zones_are_known),
        cmocka_unit_test(test_other_names_are_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
