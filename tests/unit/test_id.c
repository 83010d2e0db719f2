#include "cases.h"

#include "base/id.h"

static void test_text_goes_both_ways(void **state)
{
    struct id id = ID_NONE;
    char text[ID_TEXT_LEN + 1];

    (void)state;
    assert_true(id_parse(STR("019A1B2C-3d4e-7F50-8a9b-0c1d2e3f4051"), &id));
    assert_int_equal(id.bytes[0], 0x01);
    assert_int_equal(id.bytes[15], 0x51);
    id_format(id, text);
    assert_string_equal(text, "019a1b2c-3d4e-7f50-8a9b-0c1d2e3f4051");
}

static void test_other_texts_are_refused(void **state)
{
    static const char *const CASES[] = {
        "",
        "00000000-0000-0000-0000-000000000000",
        "019a1b2c-3d4e-7f50-8a9b-0c1d2e3f405",
        "019a1b2c-3d4e-7f50-8a9b-0c1d2e3f40511",
        "019a1b2c3d4e7f508a9b0c1d2e3f4051",
        "019a1b2c03d4e07f5008a9b00c1d2e3f4051",
        "019a1b2c-3d4e-7f50-8a9b-0c1d2e3f405g",
        "019a1b2-c3d4e-7f50-8a9b-0c1d2e3f4051",
        "{19a1b2c-3d4e-7f50-8a9b-0c1d2e3f405}",
        " 19a1b2c-3d4e-7f50-8a9b-0c1d2e3f4051",
        "019a1b2c-3d4e-7f50-8a9b-0c1d2e3f40\xC3\xA9",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct id id = { { 7 } };

        if (id_parse(str_from(CASES[i]), &id))
            fail_msg("\"%s\" was taken", CASES[i]);
        assert_int_equal(id.bytes[0], 7);
    }
}

static void test_none_is_nil_and_order_is_bytewise(void **state)
{
    struct id low = { { 0, 1 } };
    struct id high = { { 0x80 } };

    (void)state;
    assert_true(id_is_none(ID_NONE));
    assert_false(id_is_none(low));
    assert_true(id_eq(low, low));
    assert_false(id_eq(low, high));
    assert_true(id_cmp(low, high) < 0);
    assert_true(id_cmp(high, low) > 0);
}

static void check_version(struct id id, int version)
{
    assert_int_equal(id.bytes[6] >> 4, version);
    assert_int_equal(id.bytes[8] >> 6, 2); /* the variant */
}

static void test_new_ids_begin_with_their_time(void **state)
{
    struct id first = id_new(0x0123456789AB);
    struct id later = id_new(0x0123456789AC);

    (void)state;
    check_version(first, 7);
    assert_int_equal(first.bytes[0], 0x01);
    assert_int_equal(first.bytes[5], 0xAB);
    assert_true(id_cmp(first, later) < 0);
    assert_false(id_eq(id_new(1), id_new(1)));
}

static void test_random_ids_are_of_version_4_and_differ(void **state)
{
    (void)state;
    check_version(id_random(), 4);
    assert_false(id_eq(id_random(), id_random()));
}

static void test_derived_ids_depend_on_every_byte(void **state)
{
    (void)state;
    check_version(id_derive("abc", 3), 8);
    assert_true(id_eq(id_derive("abc", 3), id_derive("abc", 3)));
    assert_false(id_eq(id_derive("abc", 3), id_derive("abd", 3)));
    assert_false(id_eq(id_derive("abc", 3), id_derive("abc", 2)));
}

static void test_derived_ids_stay_the_same_for_ever(void **state)
{
    char text[ID_TEXT_LEN + 1];

    (void)state;
    /* BLAKE2b-128 of "abc"; stored ids depend on it. */
    id_format(id_derive("abc", 3), text);
    assert_string_equal(text, "cf4ab791-c62b-8d2b-a109-c90275287816");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_goes_both_ways),
        cmocka_unit_test(test_other_texts_are_refused),
        cmocka_unit_test(test_none_is_nil_and_order_is_bytewise),
        cmocka_unit_test(test_new_ids_begin_with_their_time),
        cmocka_unit_test(test_random_ids_are_of_version_4_and_differ),
        cmocka_unit_test(test_derived_ids_depend_on_every_byte),
        cmocka_unit_test(test_derived_ids_stay_the_same_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
