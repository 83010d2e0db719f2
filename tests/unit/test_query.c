#include "cases.h"

#include <string.h>

#include "domain/query.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct id SOME_ID = { { 0x01, 0x93, 0xff, 0, 7 } };

static void test_a_fresh_query_asks_for_everything(void **state)
{
    struct task_query query;

    (void)state;
    memset(&query, 0x55, sizeof(query));
    task_query_init(&query, SOME_ID);
    assert_true(id_eq(query.owner, SOME_ID));
    assert_false(query.by_list || query.by_parent || query.deleted);
    assert_int_equal(query.priority, ANY);
    assert_int_equal(query.completed, ANY);
    assert_true(str_is_none(query.tag));
    assert_int_equal(query.due_from, DATE_NONE);
    assert_int_equal(query.due_to, DATE_NONE);
    assert_int_equal(query.start_to, DATE_NONE);
    assert_int_equal(query.limit, PAGE_LIMIT_DEFAULT);
    assert_int_equal(query.sort, SORT_ORDER);
    assert_false(query.descending || query.cursor.set);
}

static bool is_url_safe(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return text.len > 0;
}

static void test_cursors_come_back(void **state)
{
    static const double ORDERS[] = { 0, -0.5, 1024, 1e15, -1e15, 1e-300 };
    static const int64_t NUMBERS[] = { 0, 1, -1, INT64_MAX, INT64_MIN,
                                       INT64_C(202611300541) };

    (void)state;
    for (size_t i = 0; i < COUNT(ORDERS); i++) {
        struct task_cursor in = { true, ORDERS[i], 0, SOME_ID }, out;
        struct error error = { 0 };
        struct str text = cursor_encode(&arena, SORT_ORDER, false, &in);

        assert_true(is_url_safe(text));
        assert_int_equal(cursor_decode(text, SORT_ORDER, false, &out, &error),
                         ERR_NONE);
        assert_true(out.set && out.order == ORDERS[i]);
        assert_true(id_eq(out.id, SOME_ID));
    }
    for (int sort = SORT_DUE; sort <= SORT_DELETED; sort++) {
        for (size_t i = 0; i < COUNT(NUMBERS); i++) {
            struct task_cursor in = { true, 0, NUMBERS[i], SOME_ID }, out;
            struct error error = { 0 };
            struct str text = cursor_encode(&arena, (enum task_sort)sort,
                                            true, &in);

            assert_true(is_url_safe(text));
            assert_int_equal(cursor_decode(text, (enum task_sort)sort, true,
                                           &out, &error), ERR_NONE);
            assert_true(out.set && out.number == NUMBERS[i]);
            assert_true(id_eq(out.id, SOME_ID));
        }
    }
}

static void test_cursor_of_another_sort_is_refused(void **state)
{
    struct task_cursor in = { true, 1, 1, SOME_ID }, out = { 0 };
    struct str text = cursor_encode(&arena, SORT_DUE, false, &in);
    struct error error = { 0 };

    (void)state;
    assert_int_equal(cursor_decode(text, SORT_ORDER, false, &out, &error),
                     ERR_SYNTAX);
    assert_int_equal(cursor_decode(text, SORT_DUE, true, &out, &error),
                     ERR_SYNTAX);
    assert_false(out.set);
}

static void test_what_is_no_cursor_is_refused(void **state)
{
    struct task_cursor in = { true, 1, 1, SOME_ID }, out = { 0 };
    struct str text = cursor_encode(&arena, SORT_ORDER, false, &in);
    char longer[80];
    static const char *const OTHERS[] = {
        "", "a", "!!!!", "1024", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        struct error error = { 0 };

        assert_int_equal(cursor_decode(str_from(OTHERS[i]), SORT_ORDER, false,
                                       &out, &error), ERR_SYNTAX);
        assert_true(error.detail[0] != '\0');
    }
    for (size_t len = 0; len < text.len; len++) {
        struct error error = { 0 };

        assert_int_equal(cursor_decode((struct str){ text.ptr, len },
                                       SORT_ORDER, false, &out, &error),
                         ERR_SYNTAX);
    }
    memcpy(longer, text.ptr, text.len);
    memset(longer + text.len, 'A', 4);
    assert_int_equal(cursor_decode((struct str){ longer, text.len + 4 },
                                   SORT_ORDER, false, &out,
                                   &(struct error){ 0 }), ERR_SYNTAX);
    assert_false(out.set);
}

static void test_cursor_with_an_order_that_is_no_number_is_refused(
    void **state)
{
    struct task_cursor in = { true, __builtin_nan(""), 0, SOME_ID }, out;

    (void)state;
    assert_int_equal(
        cursor_decode(cursor_encode(&arena, SORT_ORDER, false, &in),
                      SORT_ORDER, false, &out, &(struct error){ 0 }),
        ERR_SYNTAX);
    in.order = __builtin_inf();
    assert_int_equal(
        cursor_decode(cursor_encode(&arena, SORT_ORDER, false, &in),
                      SORT_ORDER, false, &out, &(struct error){ 0 }),
        ERR_SYNTAX);
}

static void test_change_tokens_come_back(void **state)
{
    static const int64_t INSTANTS[] = { 0, 1, INT64_C(1795424951482),
                                        INT64_C(253402300799999) };

    (void)state;
    for (size_t i = 0; i < COUNT(INSTANTS); i++) {
        struct change_token in = { INSTANTS[i], SOME_ID }, out;
        struct error error = { 0 };
        struct str text = change_token_encode(&arena, in);

        assert_true(is_url_safe(text));
        assert_int_equal(change_token_decode(text, &out, &error), ERR_NONE);
        assert_true(out.updated_at == in.updated_at);
        assert_true(id_eq(out.id, in.id));
    }
}

static void test_what_is_no_change_token_is_refused(void **state)
{
    struct task_cursor cursor = { true, 1, 1, SOME_ID };
    struct change_token out;

    (void)state;
    assert_int_equal(change_token_decode(STR("now"), &out,
                                         &(struct error){ 0 }), ERR_SYNTAX);
    assert_int_equal(change_token_decode(STR_NONE, &out,
                                         &(struct error){ 0 }), ERR_SYNTAX);
    assert_int_equal(
        change_token_decode(cursor_encode(&arena, SORT_ORDER, false, &cursor),
                            &out, &(struct error){ 0 }), ERR_SYNTAX);
    assert_int_equal(
        change_token_decode(change_token_encode(&arena, (struct change_token){
                                                    -1, SOME_ID }),
                            &out, &(struct error){ 0 }), ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fresh_query_asks_for_everything),
        cmocka_unit_test(test_cursors_come_back),
        cmocka_unit_test(test_cursor_of_another_sort_is_refused),
        cmocka_unit_test(test_what_is_no_cursor_is_refused),
        cmocka_unit_test(
            test_cursor_with_an_order_that_is_no_number_is_refused),
        cmocka_unit_test(test_change_tokens_come_back),
        cmocka_unit_test(test_what_is_no_change_token_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
