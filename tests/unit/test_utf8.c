#include "cases.h"

#include "base/utf8.h"

struct sequence {
    const char *bytes;
    size_t len;    /* what utf8_next returns */
    uint32_t code; /* for valid ones */
};

static void test_next_accepts_the_shortest_forms_only(void **state)
{
    static const struct sequence CASES[] = {
        { "a", 1, 'a' },
        { "\x7F", 1, 0x7F },
        { "\xC2\x80", 2, 0x80 },
        { "\xDF\xBF", 2, 0x7FF },
        { "\xE0\xA0\x80", 3, 0x800 },
        { "\xED\x9F\xBF", 3, 0xD7FF },
        { "\xEE\x80\x80", 3, 0xE000 },
        { "\xEF\xBF\xBF", 3, 0xFFFF },
        { "\xF0\x90\x80\x80", 4, 0x10000 },
        { "\xF4\x8F\xBF\xBF", 4, 0x10FFFF },
        { "\x80", 0, 0 },             /* a continuation alone */
        { "\xC0\x80", 0, 0 },         /* overlong NUL */
        { "\xC1\xBF", 0, 0 },         /* overlong */
        { "\xE0\x9F\xBF", 0, 0 },     /* overlong */
        { "\xF0\x8F\xBF\xBF", 0, 0 }, /* overlong */
        { "\xED\xA0\x80", 0, 0 },     /* high surrogate */
        { "\xED\xBF\xBF", 0, 0 },     /* low surrogate */
        { "\xF4\x90\x80\x80", 0, 0 }, /* above U+10FFFF */
        { "\xF5\x80\x80\x80", 0, 0 },
        { "\xFF", 0, 0 },
        { "\xC3", 0, 0 },             /* cut */
        { "\xE2\x82", 0, 0 },
        { "\xF0\x9F\x98", 0, 0 },
        { "\xC3(", 0, 0 },
        { "\xE2\x82(", 0, 0 },
        { "", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint32_t code = 0;

        assert_int_equal(utf8_next(str_from(CASES[i].bytes), &code),
                         CASES[i].len);
        assert_int_equal(code, CASES[i].code);
        assert_int_equal(utf8_next(str_from(CASES[i].bytes), NULL),
                         CASES[i].len);
    }
}

static void test_next_stops_at_the_given_length(void **state)
{
    (void)state;
    assert_int_equal(utf8_next((struct str){ "\xC3\xA9", 1 }, NULL), 0);
    assert_int_equal(utf8_next(STR("\0"), NULL), 1);
    assert_int_equal(utf8_next(STR_NONE, NULL), 0);
}

static void test_text_is_valid_to_its_last_byte(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(STR_NONE));
    assert_true(utf8_is_valid(STR("caf\xC3\xA9 \xF0\x9F\x98\x80")));
    assert_false(utf8_is_valid(STR("caf\xC3")));
    assert_false(utf8_is_valid(STR("\xA9 caf")));
}

static void test_count_is_of_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(STR_NONE), 0);
    assert_int_equal(utf8_count(STR("caf\xC3\xA9")), 4);
    assert_int_equal(utf8_count(STR("\xF0\x9F\x98\x80\xE2\x82\xAC")), 2);
    /* A combining accent counts for itself. */
    assert_int_equal(utf8_count(STR("e\xCC\x81")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_accepts_the_shortest_forms_only),
        cmocka_unit_test(test_next_stops_at_the_given_length),
        cmocka_unit_test(test_text_is_valid_to_its_last_byte),
        cmocka_unit_test(test_count_is_of_code_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
