/* The circuit breaker in front of MongoDB. */
#include "cases.h"

#include "store/store_mongo_breaker.h"

enum { NOW = 1000000 };

static void test_a_closed_breaker_admits_without_asking(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    assert_true(breaker_admits(&breaker, NOW, false));
    assert_true(breaker_admits(&breaker, NOW, true));
}

static void test_a_failure_refuses_for_two_to_five_seconds(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    for (uint32_t random = 0; random < 20000; random += 7) {
        breaker_failed(&breaker, NOW, random);
        assert_false(breaker_admits(&breaker, NOW, true));
        assert_false(breaker_admits(&breaker, NOW + 1999, true));
        assert_true(breaker_admits(&breaker, NOW + 5000, true));
        assert_in_range(breaker.try_after, NOW + 2000, NOW + 5000);
    }
}

static void test_the_pause_differs_between_workers(void **state)
{
    struct breaker one = { .open = false }, two = { .open = false };

    (void)state;
    breaker_failed(&one, NOW, 1);
    breaker_failed(&two, NOW, 1500);
    assert_true(one.try_after != two.try_after);
}

static void test_no_try_while_no_server_takes_writes(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    breaker_failed(&breaker, NOW, 0);
    assert_false(breaker_admits(&breaker, NOW + 60000, false));
    assert_true(breaker_admits(&breaker, NOW + 60000, true));
}

static void test_a_failed_try_pauses_again(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    breaker_failed(&breaker, NOW, 0);
    assert_true(breaker_admits(&breaker, NOW + 2000, true));
    breaker_failed(&breaker, NOW + 2000, 0);
    assert_false(breaker_admits(&breaker, NOW + 3999, true));
    assert_true(breaker_admits(&breaker, NOW + 4000, true));
}

static void test_a_success_closes_it(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    breaker_failed(&breaker, NOW, 0);
    breaker_succeeded(&breaker);
    assert_true(breaker_admits(&breaker, NOW, false));
}

static void test_retry_after_is_one_to_five_whole_seconds(void **state)
{
    struct breaker breaker = { .open = false };

    (void)state;
    breaker_failed(&breaker, NOW, 3000);
    assert_int_equal(breaker_retry_after(&breaker, NOW), 5);
    assert_int_equal(breaker_retry_after(&breaker, NOW + 1), 5);
    assert_int_equal(breaker_retry_after(&breaker, NOW + 4001), 1);
    assert_int_equal(breaker_retry_after(&breaker, NOW + 60000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_closed_breaker_admits_without_asking),
        cmocka_unit_test(test_a_failure_refuses_for_two_to_five_seconds),
        cmocka_unit_test(test_the_pause_differs_between_workers),
        cmocka_unit_test(test_no_try_while_no_server_takes_writes),
        cmocka_unit_test(test_a_failed_try_pauses_again),
        cmocka_unit_test(test_a_success_closes_it),
        cmocka_unit_test(test_retry_after_is_one_to_five_whole_seconds),
    };

    return cmocka_run_group_tests_name("store_mongo_breaker", tests, NULL,
                                       NULL);
}
