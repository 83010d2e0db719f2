#include "cases.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static void test_a_new_buffer_is_empty_and_not_none(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    assert_str(buf_str(&buf), STR(""));
    buf_release(&buf);
}

static void test_the_maximum_fits_and_one_more_does_not(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    buf_add_str(&buf, STR("0123456789"));
    assert_false(buf.overflow);
    buf_add_char(&buf, 'x');
    assert_true(buf.overflow);
    assert_str(buf_str(&buf), STR("0123456789"));
    buf_release(&buf);
}

static void test_nothing_is_appended_after_an_overflow(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4);
    buf_add_str(&buf, STR("ab"));
    buf_add_str(&buf, STR("cde")); /* too long: leaves no part of it */
    buf_add_char(&buf, 'f');       /* would fit */
    assert_true(buf.overflow);
    assert_null(buf_reserve(&buf, 1));
    assert_str(buf_str(&buf), STR("ab"));
    buf_reset(&buf);
    assert_false(buf.overflow);
    buf_add_str(&buf, STR("cdef"));
    assert_str(buf_str(&buf), STR("cdef"));
    buf_release(&buf);
}

static void test_growth_keeps_the_bytes(void **state)
{
    const size_t total = 300000;
    struct buf buf;

    (void)state;
    buf_init(&buf, total);
    for (size_t i = 0; i < total; i++)
        buf_add_char(&buf, (char)(i % 251));
    assert_false(buf.overflow);
    assert_int_equal(buf.len, total);
    for (size_t i = 0; i < total; i++)
        assert_int_equal(buf.ptr[i], (char)(i % 251));
    buf_reset(&buf);
    assert_true(buf.size <= 64 * 1024);
    assert_int_equal(buf.len, 0);
    buf_release(&buf);
}

static void test_reserve_leaves_the_length_alone(void **state)
{
    struct buf buf;
    char *room;

    (void)state;
    buf_init(&buf, 1000);
    room = buf_reserve(&buf, 1000);
    assert_non_null(room);
    memset(room, 'x', 1000);
    assert_int_equal(buf.len, 0);
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_release(&buf);
}

static void test_integers_print_as_printf_does(void **state)
{
    static const int64_t CASES[] = { 0,         1,        -1, 9, 10, 99, 100,
                                     1234567890, INT64_MAX, INT64_MIN };
    struct buf buf;

    (void)state;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char wanted[32];

        (void)snprintf(wanted, sizeof(wanted), "%" PRId64, CASES[i]);
        buf_reset(&buf);
        buf_add_int(&buf, CASES[i]);
        assert_str(buf_str(&buf), str_from(wanted));
    }
    buf_release(&buf);
}

static void test_printf_takes_long_and_short_texts(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1000);
    buf_printf(&buf, "%s-%d", "a", 5);
    assert_str(buf_str(&buf), STR("a-5"));
    for (int width = 254; width < 260; width++) {
        buf_reset(&buf);
        buf_printf(&buf, "%*d", width, 7);
        assert_int_equal(buf.len, width);
        assert_int_equal(buf.ptr[width - 1], '7');
    }
    buf_printf(&buf, "%*d", 900, 7);
    assert_true(buf.overflow);
    assert_int_equal(buf.len, 259);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_buffer_is_empty_and_not_none),
        cmocka_unit_test(test_the_maximum_fits_and_one_more_does_not),
        cmocka_unit_test(test_nothing_is_appended_after_an_overflow),
        cmocka_unit_test(test_growth_keeps_the_bytes),
        cmocka_unit_test(test_reserve_leaves_the_length_alone),
        cmocka_unit_test(test_integers_print_as_printf_does),
        cmocka_unit_test(test_printf_takes_long_and_short_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
