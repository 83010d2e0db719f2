#include "cases.h"

#include <math.h>

#include "base/json_in.h"

static int setup(void **state)
{
    static struct arena arena;

    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_release(*state);
    return 0;
}

static const struct json *parse(struct arena *arena, struct str text)
{
    struct error error = { 0 };
    const struct json *value = NULL;

    if (json_parse(arena, text, &value, &error) != ERR_NONE)
        fail_msg("%.*s: %s", STR_ARG(text), error.detail);
    return value;
}

static void test_each_text_has_its_type(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
        const char *name;
    } CASES[] = {
        { "null", JSON_NULL, "null" },
        { "true", JSON_BOOL, "a boolean" },
        { "12", JSON_INT, "an integer" },
        { "-0", JSON_INT, "an integer" },
        { "9007199254740991", JSON_INT, "an integer" },
        { "1.0", JSON_REAL, "a number" },
        { "1e2", JSON_REAL, "a number" },
        { "\"\"", JSON_STRING, "a string" },
        { " [ ] ", JSON_ARRAY, "an array" },
        { "{}\n", JSON_OBJECT, "an object" },
    };

    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct json *value = parse(*state, str_from(CASES[i].text));

        assert_int_equal(json_type(value), CASES[i].type);
        assert_string_equal(json_type_name(json_type(value)), CASES[i].name);
    }
    assert_null(parse(*state, STR("null")));
}

static void test_what_the_gate_refuses_has_no_value(void **state)
{
    struct error error = { 0 };
    const struct json *value = NULL;

    assert_int_equal(json_parse(*state, STR("[1"), &value, &error),
                     ERR_SYNTAX);
    assert_string_equal(error.detail, "the body ends instead of ',' or ']'"
                                      " at line 1, column 3");
    assert_null(value);
}

static void test_integers_are_exact_to_the_limits(void **state)
{
    assert_int_equal(json_int(parse(*state, STR("9007199254740991"))),
                     9007199254740991);
    assert_int_equal(json_int(parse(*state, STR("-9007199254740991"))),
                     -9007199254740991);
    assert_int_equal(json_int(parse(*state, STR("-0"))), 0);
}

static void assert_number(const struct json *value, double wanted)
{
    assert_true(fabs(json_number(value) - wanted) <= 0);
}

static void test_numbers_are_read_to_the_last_bit(void **state)
{
    assert_number(parse(*state, STR("0.1")), 0.1);
    assert_number(parse(*state, STR("-12.5e-3")), -0.0125);
    assert_number(parse(*state, STR("1.7976931348623157e308")),
                  1.7976931348623157e308);
    assert_number(parse(*state, STR("5e-324")), 5e-324);
    assert_number(parse(*state, STR("1e-400")), 0);
    assert_number(parse(*state, STR("42")), 42);
}

static void test_strings_come_unescaped(void **state)
{
    assert_str(json_string(parse(*state, STR("\"\""))), STR(""));
    assert_str(json_string(parse(*state,
                                 STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""))),
               STR("\"\\/\b\f\n\r\t"));
    assert_str(json_string(parse(*state, STR("\"caf\\u00e9\""))),
               STR("caf\xC3\xA9"));
    assert_str(json_string(parse(*state, STR("\"\\ud83d\\uDE00!\""))),
               STR("\xF0\x9F\x98\x80!"));
    assert_str(json_string(parse(*state, STR("\"\xD7\xA9 \xEF\xBF\xBF\""))),
               STR("\xD7\xA9 \xEF\xBF\xBF"));
    assert_str(json_string(parse(*state, STR("\"\\u20ac\\u0001\""))),
               STR("\xE2\x82\xAC\x01"));
}

static void test_array_elements_keep_their_order(void **state)
{
    const struct json *array = parse(*state, STR("[1, null, [2]]"));

    assert_int_equal(json_array_len(array), 3);
    assert_int_equal(json_int(json_array_at(array, 0)), 1);
    assert_null(json_array_at(array, 1));
    assert_int_equal(json_array_len(json_array_at(array, 2)), 1);
}

static void test_members_come_in_the_order_of_the_text(void **state)
{
    static const char *const NAMES[] = { "z", "a", "", "caf\xC3\xA9" };
    const struct json *object = parse(
        *state, STR("{\"z\":0,\"a\":1,\"\":2,\"caf\\u00e9\":3}"));
    int64_t n = 0;

    for (struct json_iter it = json_members(object); it.more;
         json_next(&it)) {
        assert_true((size_t)n < COUNT(NAMES));
        assert_str(it.name, str_from(NAMES[n]));
        assert_int_equal(json_int(it.value), n);
        n++;
    }
    assert_int_equal(n, COUNT(NAMES));
    assert_false(json_members(parse(*state, STR("{}"))).more);
}

static void test_a_null_member_differs_from_a_missing_one(void **state)
{
    const struct json *object = parse(*state, STR("{\"a\":null,\"b\":5}"));
    const struct json *value = object;

    assert_false(json_get(object, "c", &value));
    assert_ptr_equal(value, object);
    assert_true(json_get(object, "a", &value));
    assert_null(value);
    assert_true(json_get(object, "b", &value));
    assert_int_equal(json_int(value), 5);
}

static void test_without_leaves_the_other_members_and_the_original(void **state)
{
    const struct json *object =
        parse(*state, STR("{\"a\":null,\"b\":[1],\"c\":\"x\"}"));
    const struct json *rest = json_without(*state, object, "b");
    const struct json *value = NULL;

    assert_false(json_get(rest, "b", &value));
    assert_true(json_get(rest, "a", &value));
    assert_null(value);
    assert_true(json_get(rest, "c", &value));
    assert_str(json_string(value), STR("x"));
    assert_true(json_get(object, "b", &value));
    assert_int_equal(json_array_len(value), 1);
    assert_ptr_equal(json_without(*state, value, "b"), value);
    assert_null(json_without(*state, NULL, "b"));
}

static void test_text_need_not_outlive_the_parsing(void **state)
{
    char text[] = "{\"name\":\"value\"}";
    const struct json *object =
        parse(*state, (struct str){ text, sizeof(text) - 1 });
    const struct json *value = NULL;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = 'x';
    assert_true(json_get(object, "name", &value));
    assert_str(json_string(value), STR("value"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_text_has_its_type),
        cmocka_unit_test(test_what_the_gate_refuses_has_no_value),
        cmocka_unit_test(test_integers_are_exact_to_the_limits),
        cmocka_unit_test(test_numbers_are_read_to_the_last_bit),
        cmocka_unit_test(test_strings_come_unescaped),
        cmocka_unit_test(test_array_elements_keep_their_order),
        cmocka_unit_test(test_members_come_in_the_order_of_the_text),
        cmocka_unit_test(test_a_null_member_differs_from_a_missing_one),
        cmocka_unit_test(
            test_without_leaves_the_other_members_and_the_original),
        cmocka_unit_test(test_text_need_not_outlive_the_parsing),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
