#include "cases.h"

#include <string.h>

#include "domain/account.h"

static struct str first_pointer(const struct error *error)
{
    return error->n_fields == 0 ? STR_NONE
                                : str_from(error->fields[0].pointer);
}

static void check_email(const char *email, bool valid)
{
    struct user user = { .email = str_from(email), .time_zone = STR("UTC") };
    struct error error = { 0 };
    enum err err = user_check(&user, &error);

    if ((err == ERR_NONE) != valid)
        fail_msg("%s was %s", email, valid ? "refused" : "taken");
    if (valid)
        return;
    assert_str(first_pointer(&error), STR("/email"));
    assert_string_equal(error.fields[0].code, "bad_email");
}

static void test_addresses_are_taken(void **state)
{
    static const char *const EMAILS[] = {
        "a@b", "ann@example.org", "ann.b+tag@mail.example.co.uk",
        "o'neil@example.org", "_x-1@1.example", "jürgen@bücher.example",
        "user@localhost", "用户@例子.公司", "!#$%&'*/=?^`{|}~@x",
        "1234567890123456789012345678901234567890123456789012345678901234@x",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(EMAILS); i++)
        check_email(EMAILS[i], true);
}

static void test_other_addresses_are_refused(void **state)
{
    static const char *const EMAILS[] = {
        "", "@", "ann", "ann@", "@example.org", "a@b@c", "a b@c", "a@b c",
        ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", "a@b_c",
        "a@b,c", "a\n@b", "a@b\r", "\"a b\"@c", "a@[127.0.0.1]", "a\x7f@b",
        "Ann <a@b>", "a@b;c@d",
        "12345678901234567890123456789012345678901234567890123456789012345@x",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(EMAILS); i++)
        check_email(EMAILS[i], false);
}

static void test_unknown_time_zone_is_refused(void **state)
{
    struct user user = { .email = STR("a@b"), .time_zone = STR("Mars/Base") };
    struct error error = { 0 };

    (void)state;
    assert_int_equal(user_check(&user, &error), ERR_INVALID);
    assert_str(first_pointer(&error), STR("/time_zone"));
    assert_string_equal(error.fields[0].code, "unknown_zone");
}

static void test_both_errors_are_reported_at_once(void **state)
{
    struct user user = { .email = STR("a"), .time_zone = STR_NONE };
    struct error error = { 0 };

    (void)state;
    assert_int_equal(user_check(&user, &error), ERR_INVALID);
    assert_int_equal(error.n_fields, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_taken),
        cmocka_unit_test(test_other_addresses_are_refused),
        cmocka_unit_test(test_unknown_time_zone_is_refused),
        cmocka_unit_test(test_both_errors_are_reported_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
