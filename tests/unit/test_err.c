#include "cases.h"

#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

static void test_set_returns_its_code(void **state)
{
    struct error error = { 0 };

    (void)state;
    assert_int_equal(error_set(&error, ERR_STALE, "version %d", 7),
                     ERR_STALE);
    assert_int_equal(error.code, ERR_STALE);
    assert_string_equal(error.detail, "version 7");
}

static void test_add_makes_it_invalid_and_keeps_the_field(void **state)
{
    struct error error = { 0 };

    (void)state;
    error_add(&error, "/title", "too_long", "at most %d", 500);
    assert_int_equal(error.code, ERR_INVALID);
    assert_int_equal(error.n_fields, 1);
    assert_int_equal(error.n_more, 0);
    assert_string_equal(error.fields[0].pointer, "/title");
    assert_string_equal(error.fields[0].code, "too_long");
    assert_string_equal(error.fields[0].detail, "at most 500");
    assert_true(strlen(error.detail) > 0);
}

static void test_fields_beyond_the_maximum_are_counted(void **state)
{
    struct error error = { 0 };

    (void)state;
    for (int i = 0; i < ERROR_FIELDS_MAX + 3; i++)
        error_add(&error, "/x", "bad", "number %d", i);
    assert_int_equal(error.n_fields, ERROR_FIELDS_MAX);
    assert_int_equal(error.n_more, 3);
    assert_string_equal(error.fields[ERROR_FIELDS_MAX - 1].detail,
                        "number 31");
}

static void test_a_long_text_is_cut_between_characters(void **state)
{
    struct error error = { 0 };
    char text[2 * ERROR_DETAIL_MAX + 1] = { 0 };

    (void)state;
    /* Each shift puts the cut at another byte of the character. */
    for (size_t shift = 0; shift < 4; shift++) {
        size_t len = shift;

        memset(text, 'a', shift);
        while (len + 4 < sizeof(text)) {
            memcpy(text + len, "\xF0\x9F\x98\x80", 4);
            len += 4;
        }
        text[len] = '\0';
        error = (struct error){ 0 };
        (void)error_set(&error, ERR_SYNTAX, "%s", text);
        assert_true(utf8_is_valid(str_from(error.detail)));
        assert_true(strlen(error.detail) >= ERROR_DETAIL_MAX - 4);
        error_add(&error, text, "bad", "%s", text);
        assert_true(utf8_is_valid(str_from(error.fields[0].pointer)));
        assert_true(strlen(error.fields[0].pointer) >=
                    ERROR_POINTER_MAX - 4);
        assert_true(utf8_is_valid(str_from(error.fields[0].detail)));
    }
}

static void test_every_error_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
    for (int i = 0; i < ERR_COUNT; i++) {
        assert_non_null(err_name((enum err)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(err_name((enum err)i),
                                    err_name((enum err)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_returns_its_code),
        cmocka_unit_test(test_add_makes_it_invalid_and_keeps_the_field),
        cmocka_unit_test(test_fields_beyond_the_maximum_are_counted),
        cmocka_unit_test(test_a_long_text_is_cut_between_characters),
        cmocka_unit_test(test_every_error_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
