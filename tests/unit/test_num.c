#include "cases.h"

#include "base/num.h"

struct number {
    const char *text;
    bool ok;
    int64_t min, max, value;
};

static void test_whole_numbers_in_range_only(void **state)
{
    static const struct number CASES[] = {
        { "0", true, 0, 10, 0 },
        { "-0", true, 0, 10, 0 },
        { "007", true, 0, 10, 7 },
        { "10", true, 0, 10, 10 },
        { "11", false, 0, 10, 0 },
        { "-1", false, 0, 10, 0 },
        { "-5", true, -5, 10, -5 },
        { "-6", false, -5, 10, 0 },
        { "9223372036854775807", true, INT64_MIN, INT64_MAX, INT64_MAX },
        { "9223372036854775808", false, INT64_MIN, INT64_MAX, 0 },
        { "-9223372036854775808", true, INT64_MIN, INT64_MAX, INT64_MIN },
        { "-9223372036854775809", false, INT64_MIN, INT64_MAX, 0 },
        { "99999999999999999999999", false, INT64_MIN, INT64_MAX, 0 },
        { "", false, INT64_MIN, INT64_MAX, 0 },
        { "-", false, INT64_MIN, INT64_MAX, 0 },
        { "+1", false, INT64_MIN, INT64_MAX, 0 },
        { "--1", false, INT64_MIN, INT64_MAX, 0 },
        { " 1", false, INT64_MIN, INT64_MAX, 0 },
        { "1 ", false, INT64_MIN, INT64_MAX, 0 },
        { "1.0", false, INT64_MIN, INT64_MAX, 0 },
        { "0x1", false, INT64_MIN, INT64_MAX, 0 },
        { "1e1", false, INT64_MIN, INT64_MAX, 0 },
        { "\xD9\xA1", false, INT64_MIN, INT64_MAX, 0 }, /* an Arabic 1 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        int64_t n = 12345;
        bool ok = num_parse(str_from(CASES[i].text), CASES[i].min,
                            CASES[i].max, &n);

        if (ok != CASES[i].ok || n != (ok ? CASES[i].value : 12345))
            fail_msg("\"%s\": %d, %lld", CASES[i].text, ok, (long long)n);
    }
}

static void test_text_ends_where_its_length_says(void **state)
{
    int64_t n = 0;

    (void)state;
    assert_true(num_parse((struct str){ "123", 2 }, 0, 1000, &n));
    assert_int_equal(n, 12);
    assert_false(num_parse(STR("1\0"), 0, 1000, &n));
    assert_false(num_parse(STR_NONE, 0, 1000, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers_in_range_only),
        cmocka_unit_test(test_text_ends_where_its_length_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
