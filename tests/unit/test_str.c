#include "cases.h"

static void test_none_differs_from_empty(void **state)
{
    (void)state;
    assert_true(str_is_none(STR_NONE));
    assert_true(str_is_none(str_from(NULL)));
    assert_false(str_is_none(STR("")));
    assert_false(str_eq(STR_NONE, STR("")));
    assert_false(str_eq_nocase(STR_NONE, STR("")));
    assert_true(str_eq(STR_NONE, STR_NONE));
    assert_true(str_eq(str_from("a"), STR("a")));
}

static void test_equality_takes_every_byte(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
}

static void test_only_ascii_letters_fold(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("If-Match"), STR("iF-mATCH")));
    assert_true(str_eq_nocase(STR("AZaz"), STR("azAZ")));
    assert_false(str_eq_nocase(STR("@["), STR("`{")));
    assert_false(str_eq_nocase(STR("\xC3\x89"), STR("\xC3\xA9")));
    assert_false(str_eq_nocase(STR("a"), STR("aa")));
}

static void test_order_is_bytewise_and_shorter_first(void **state)
{
    static const struct str SORTED[] = {
        { "", 0 }, { "\0", 1 }, { "a", 1 }, { "aa", 2 }, { "b", 1 },
        { "\xC3\xA9", 2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(SORTED); i++) {
        for (size_t j = 0; j < COUNT(SORTED); j++) {
            int order = str_cmp(SORTED[i], SORTED[j]);

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
}

static void test_starts_takes_the_whole_prefix(void **state)
{
    (void)state;
    assert_true(str_starts(STR("/api/tasks"), STR("/api/")));
    assert_true(str_starts(STR("a"), STR("")));
    assert_true(str_starts(STR_NONE, STR_NONE));
    assert_false(str_starts(STR("/ap"), STR("/api")));
    assert_false(str_starts(STR("/apx"), STR("/api")));
}

static void test_trim_takes_spaces_and_tabs_only(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t a b\t ")), STR("a b"));
    assert_str(str_trim(STR(" \t ")), STR(""));
    assert_str(str_trim(STR("\na\n")), STR("\na\n"));
    assert_true(str_is_none(str_trim(STR_NONE)));
}

static void test_split_returns_each_part_then_none(void **state)
{
    struct str rest = STR("a,,b,");

    (void)state;
    assert_str(str_split(&rest, ','), STR("a"));
    assert_str(str_split(&rest, ','), STR(""));
    assert_str(str_split(&rest, ','), STR("b"));
    assert_false(str_is_none(rest));
    assert_str(str_split(&rest, ','), STR(""));
    assert_true(str_is_none(rest));
    assert_true(str_is_none(str_split(&rest, ',')));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_differs_from_empty),
        cmocka_unit_test(test_equality_takes_every_byte),
        cmocka_unit_test(test_only_ascii_letters_fold),
        cmocka_unit_test(test_order_is_bytewise_and_shorter_first),
        cmocka_unit_test(test_starts_takes_the_whole_prefix),
        cmocka_unit_test(test_trim_takes_spaces_and_tabs_only),
        cmocka_unit_test(test_split_returns_each_part_then_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
