#include "cases.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "domain/account.h"
#include "domain/list.h"
#include "domain/task.h"

#define ID_A "0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10"

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

static enum err decode(const struct schema *schema, enum schema_mode mode,
                       const char *text, void *out, uint64_t *present,
                       struct error *error)
{
    const struct json *value = NULL;

    *error = (struct error){ 0 };
    assert_int_equal(json_parse(&arena, str_from(text), &value, error),
                     ERR_NONE);
    return schema_decode(schema, mode, &arena, value, "", out, present,
                         error);
}

static struct str report(const struct error *error)
{
    struct str joined = STR("");

    for (size_t i = 0; i < error->n_fields; i++)
        joined = arena_printf(&arena, "%.*s%s%s %s", STR_ARG(joined),
                              i > 0 ? "|" : "", error->fields[i].pointer,
                              error->fields[i].code);
    return joined;
}

struct refusal {
    const char *text, *report;
};

static void check_refusals(const struct schema *schema, enum schema_mode mode,
                           const struct refusal *cases, size_t n)
{
    char *out = arena_alloc(&arena, schema->size);

    for (size_t i = 0; i < n; i++) {
        uint64_t present;
        struct error error;
        enum err err = decode(schema, mode, cases[i].text, out, &present,
                              &error);

        if (err != (cases[i].report[0] == '\0' ? ERR_NONE : ERR_INVALID))
            fail_msg("%s: %d %.*s", cases[i].text, (int)err,
                     STR_ARG(report(&error)));
        if (!str_eq(report(&error), str_from(cases[i].report)))
            print_error("%s\n", cases[i].text);
        assert_str(report(&error), str_from(cases[i].report));
    }
}

static void test_create_fills_in_the_defaults(void **state)
{
    struct task task;
    uint64_t present;
    struct error error;

    (void)state;
    assert_int_equal(decode(&task_schema, SCHEMA_CREATE,
                            "{\"title\":\"Pay rent\"}", &task, &present,
                            &error), ERR_NONE);
    assert_true(present == FIELD_BIT(TASK_TITLE));
    assert_str(task.title, STR("Pay rent"));
    assert_str(task.notes, STR(""));
    assert_int_equal(task.due.date, DATE_NONE);
    assert_int_equal(task.due.time, TIME_NONE);
    assert_true(task.completed_at == INSTANT_NONE);
    assert_true(id_is_none(task.id));
}

static void test_every_writable_field_is_read(void **state)
{
    static const char TEXT[] =
        "{\"id\":\"0193A0C4-7B6E-7C1E-9A55-2F0E6A1B9D10\","
        "\"title\":\"\xf0\x9f\xa5\x9b\",\"notes\":\"n\",\"completed\":true,"
        "\"list_id\":\"" ID_A "\",\"parent_id\":null,\"order\":-1.5,"
        "\"priority\":\"medium\",\"tags\":[\"b\",\"a\",\"b\"],"
        "\"due\":{\"date\":\"2026-11-30\",\"time\":\"09:00\","
        "\"time_zone\":\"Europe/Berlin\"},\"start\":\"2026-11-01\","
        "\"recurrence\":{\"rrule\":\"FREQ=DAILY\",\"from\":\"completion\"}}";
    struct task task;
    uint64_t present, wanted = 0;
    struct error error;

    (void)state;
    assert_int_equal(decode(&task_schema, SCHEMA_CREATE, TEXT, &task,
                            &present, &error), ERR_NONE);
    for (size_t i = 0; i < task_schema.len; i++) {
        if ((task_schema.fields[i].flags &
             (FIELD_WRITABLE | FIELD_CREATE)) != 0)
            wanted |= FIELD_BIT(i);
    }
    assert_true(present == wanted);
    assert_int_equal(task.id.bytes[15], 0x10);
    assert_str(task.title, STR("\xf0\x9f\xa5\x9b"));
    assert_true(task.completed);
    assert_true(id_eq(task.list_id, task.id));
    assert_true(id_is_none(task.parent_id));
    assert_true(task.order == -1.5);
    assert_int_equal(task.priority, PRIORITY_MEDIUM);
    assert_int_equal(task.tags.len, 2);
    assert_str(task.tags.items[0], STR("b"));
    assert_str(task.tags.items[1], STR("a"));
    assert_int_equal(task.due.date, 20261130);
    assert_int_equal(task.due.time, 540);
    assert_str(task.due.time_zone, STR("Europe/Berlin"));
    assert_int_equal(task.start, 20261101);
    assert_str(task.recurrence.rrule, STR("FREQ=DAILY"));
    assert_int_equal(task.recurrence.from, RECUR_FROM_COMPLETION);
}

static void test_patch_has_what_is_present_only(void **state)
{
    static const struct {
        const char *text;
        uint64_t present;
    } CASES[] = {
        { "{}", 0 },
        { "{\"notes\":\"\"}", FIELD_BIT(TASK_NOTES) },
        { "{\"start\":null}", FIELD_BIT(TASK_START) },
        { "{\"due\":null}", TASK_DUE_FIELDS },
        { "{\"recurrence\":null}", TASK_RECUR_FIELDS },
        { "{\"due\":{}}", 0 },
        { "{\"due\":{\"time\":\"10:00\"}}", FIELD_BIT(TASK_DUE_TIME) },
        { "{\"due\":{\"time\":null}}", FIELD_BIT(TASK_DUE_TIME) },
        { "{\"recurrence\":{\"from\":\"due\"}}",
          FIELD_BIT(TASK_RECUR_FROM) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct task task;
        uint64_t present;
        struct error error;

        memset(&task, 0x55, sizeof(task));
        assert_int_equal(decode(&task_schema, SCHEMA_PATCH, CASES[i].text,
                                &task, &present, &error), ERR_NONE);
        if (present != CASES[i].present)
            fail_msg("%s: %llx", CASES[i].text, (unsigned long long)present);
        /* Whatever is not there is none. */
        assert_true(str_is_none(task.title));
        assert_int_equal(task.due.date, DATE_NONE);
        assert_int_equal(task.start, DATE_NONE);
        assert_true(task.created_at == INSTANT_NONE);
    }
}

static const struct refusal CREATE_REFUSALS[] = {
    { "[]", " wrong_type" },
    { "null", " wrong_type" },
    { "\"title\"", " wrong_type" },
    { "{}", "/title required" },
    { "{\"title\":null}", "/title null_not_allowed" },
    { "{\"title\":\"\"}", "/title too_short" },
    { "{\"title\":\" \\t\\r\\n\"}", "/title too_short" },
    { "{\"title\":\"\\u00a0\\u2003\\u3000\\u2028\"}",
      "/title too_short" },
    { "{\"title\":\"\\u0001\"}", "" },
    { "{\"title\":7}", "/title wrong_type" },
    { "{\"title\":\"t\",\"title2\":\"u\"}", "/title2 unknown_field" },
    { "{\"title\":\"t\",\"due.date\":\"2026-11-30\"}",
      "/due.date unknown_field" },
    { "{\"title\":\"t\",\"\":1}", "/ unknown_field" },
    { "{\"title\":\"t\",\"a/b~c\":1}", "/a~1b~0c unknown_field" },
    { "{\"title\":\"t\",\"version\":1,\"url\":\"\",\"created_at\":null}",
      "/version read_only|/url read_only|/created_at read_only" },
    { "{\"title\":\"t\",\"owner\":\"" ID_A "\",\"deleted\":true,"
      "\"title_words\":[]}",
      "/owner unknown_field|/deleted unknown_field|"
      "/title_words unknown_field" },
    { "{\"title\":\"t\",\"id\":\"1\"}", "/id bad_id" },
    { "{\"title\":\"t\",\"id\":null}", "/id null_not_allowed" },
    { "{\"title\":\"t\",\"id\":7}", "/id wrong_type" },
    { "{\"title\":\"t\",\"id\":\"00000000-0000-0000-0000-000000000000\"}",
      "/id bad_id" },
    { "{\"title\":\"t\",\"completed\":1,\"order\":\"1\","
      "\"priority\":1,\"tags\":\"a\",\"due\":\"x\"}",
      "/completed wrong_type|/order wrong_type|/priority wrong_type|"
      "/tags wrong_type|/due wrong_type" },
    { "{\"title\":\"t\",\"order\":1e16}", "/order out_of_range" },
    { "{\"title\":\"t\",\"order\":-1000000000000001}",
      "/order out_of_range" },
    { "{\"title\":\"t\",\"order\":1000000000000000}", "" },
    { "{\"title\":\"t\",\"priority\":\"urgent\"}",
      "/priority not_allowed" },
    { "{\"title\":\"t\",\"priority\":\"High\"}",
      "/priority not_allowed" },
    { "{\"title\":\"t\",\"tags\":[\"a\",\"\",7,null,\"b\"]}",
      "/tags/1 too_short|/tags/2 wrong_type|/tags/3 wrong_type" },
    { "{\"title\":\".\",\"tags\":[\"..\",\"...\",\".\"]}",
      "/tags/0 not_allowed|/tags/2 not_allowed" },
    { "{\"title\":\"t\",\"tags\":null,\"notes\":null}",
      "/tags null_not_allowed|/notes null_not_allowed" },
    { "{\"title\":\"t\",\"due\":{}}", "/due/date required" },
    { "{\"title\":\"t\",\"due\":{\"time\":\"9:00\"}}",
      "/due/time bad_time|/due/date required" },
    { "{\"title\":\"t\",\"due\":{\"date\":null}}",
      "/due/date null_not_allowed" },
    { "{\"title\":\"t\",\"due\":{\"date\":\"2026-02-30\"}}",
      "/due/date bad_date" },
    { "{\"title\":\"t\",\"due\":{\"date\":\"2026-02-03\",\"x\":1}}",
      "/due/x unknown_field" },
    { "{\"title\":\"t\",\"due\":null}", "" },
    { "{\"title\":\"t\",\"start\":\"today\"}", "/start bad_date" },
    { "{\"title\":\"t\",\"recurrence\":{\"from\":\"due\"}}",
      "/recurrence/rrule required" },
    { "{\"title\":\"t\",\"recurrence\":{\"rrule\":\"FREQ=DAILY\","
      "\"from\":null}}", "/recurrence/from null_not_allowed" },
};

static void test_create_refuses(void **state)
{
    (void)state;
    check_refusals(&task_schema, SCHEMA_CREATE, CREATE_REFUSALS,
                   COUNT(CREATE_REFUSALS));
}

static void test_patch_refuses(void **state)
{
    static const struct refusal CASES[] = {
        { "{\"id\":\"" ID_A "\"}", "/id read_only" },
        { "{\"title\":null}", "/title null_not_allowed" },
        { "{\"title\":\"\"}", "/title too_short" },
        { "{\"due\":{\"date\":null}}", "/due/date null_not_allowed" },
        { "{\"completed_at\":null}", "/completed_at read_only" },
        { "{\"completed\":null}", "/completed null_not_allowed" },
        { "[]", " wrong_type" },
    };

    (void)state;
    check_refusals(&task_schema, SCHEMA_PATCH, CASES, COUNT(CASES));
}

static void test_other_kinds_follow_their_tables(void **state)
{
    static const struct refusal TOKENS[] = {
        { "{\"name\":\"x\",\"expires_at\":\"tomorrow\"}",
          "/expires_at bad_instant" },
        { "{\"name\":\"x\",\"expires_at\":\"2027-01-01T00:00:00+01:00\"}",
          "" },
        { "{\"name\":\"x\",\"scope\":\"admin\",\"hash\":\"00\"}",
          "/scope not_allowed|/hash unknown_field" },
    };
    static const struct refusal USERS[] = {
        { "{\"email\":\"a@\",\"role\":\"admin\",\"password_hash\":\"x\"}",
          "/email too_short|/role read_only|/password_hash unknown_field" },
    };

    (void)state;
    check_refusals(&token_schema, SCHEMA_CREATE, TOKENS, COUNT(TOKENS));
    check_refusals(&user_schema, SCHEMA_CREATE, USERS, COUNT(USERS));
}

/* {"title": "<n times text>"} */
static const char *long_title(const char *text, size_t n)
{
    size_t len = strlen(text);
    char *title = arena_alloc(&arena, n * len + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(title + i * len, text, len);
    return arena_cstr(&arena, arena_printf(&arena, "{\"title\":\"%s\"}",
                                           title));
}

static void test_lengths_count_characters(void **state)
{
    struct refusal cases[] = {
        { long_title("a", TASK_TITLE_MAX), "" },
        { long_title("a", TASK_TITLE_MAX + 1), "/title too_long" },
        { long_title("\xf0\x9f\xa5\x9b", TASK_TITLE_MAX), "" },
        { long_title("\xf0\x9f\xa5\x9b", TASK_TITLE_MAX + 1),
          "/title too_long" },
    };

    (void)state;
    check_refusals(&task_schema, SCHEMA_CREATE, cases, COUNT(cases));
}

static const char *many_tags(size_t n, size_t distinct)
{
    char *tags = arena_alloc(&arena, n * 12 + 1), *at = tags;

    for (size_t i = 0; i < n; i++)
        at += snprintf(at, 12, "%s\"t%zu\"", i > 0 ? "," : "", i % distinct);
    return arena_cstr(&arena, arena_printf(&arena, "{\"tags\":[%s]}", tags));
}

static void test_sets_have_a_maximum_of_distinct_items(void **state)
{
    struct refusal cases[] = {
        { many_tags(TASK_TAGS_MAX, TASK_TAGS_MAX), "" },
        { many_tags(TASK_TAGS_MAX + 1, TASK_TAGS_MAX + 1),
          "/tags too_many_items" },
        { many_tags(3 * TASK_TAGS_MAX, TASK_TAGS_MAX), "" },
        { many_tags(5000, 5000), "/tags too_many_items" },
    };

    (void)state;
    check_refusals(&task_schema, SCHEMA_PATCH, cases, COUNT(cases));
}

static void test_details_never_repeat_what_was_sent(void **state)
{
    struct task task;
    uint64_t present;
    struct error error;

    (void)state;
    assert_int_equal(
        decode(&task_schema, SCHEMA_CREATE,
               "{\"title\":\"t\",\"priority\":\"s3cret\",\"id\":\"s3cret\","
               "\"start\":\"s3cret\",\"s3cret\":1,\"order\":4242e30,"
               "\"due\":{\"date\":\"s3cret\",\"time\":\"s3cret\"}}",
               &task, &present, &error), ERR_INVALID);
    assert_int_equal(error.n_fields, 7);
    assert_null(strstr(error.detail, "s3cret"));
    for (size_t i = 0; i < error.n_fields; i++) {
        assert_null(strstr(error.fields[i].detail, "s3cret"));
        assert_null(strstr(error.fields[i].detail, "4242"));
        assert_true(error.fields[i].detail[0] != '\0');
    }
    assert_non_null(strstr(error.fields[0].detail,
                           "none, low, medium, high"));
}

static void test_prefix_stands_before_each_pointer(void **state)
{
    const struct json *value;
    struct task task;
    uint64_t present;
    struct error error = { 0 };

    (void)state;
    assert_int_equal(json_parse(&arena, STR("{\"x\":1}"), &value, &error),
                     ERR_NONE);
    assert_int_equal(schema_decode(&task_schema, SCHEMA_CREATE, &arena, value,
                                   "/operations/3/body", &task, &present,
                                   &error), ERR_INVALID);
    assert_str(report(&error),
               STR("/operations/3/body/x unknown_field|"
                   "/operations/3/body/title required"));
}

static void test_long_pointers_are_cut_at_a_character(void **state)
{
    char name[60 * 4 + 1] = "";
    struct task task;
    uint64_t present;
    struct error error;

    (void)state;
    for (size_t i = 0; i < 60; i++)
        memcpy(name + 4 * i, "\xf0\x9f\xa5\x9b", 4);
    assert_int_equal(
        decode(&task_schema, SCHEMA_CREATE,
               arena_cstr(&arena, arena_printf(
                                      &arena, "{\"title\":\"t\",\"%s\":1}",
                                      name)),
               &task, &present, &error), ERR_INVALID);
    assert_true(strlen(error.fields[0].pointer) < ERROR_POINTER_MAX);
    assert_true(strlen(error.fields[0].pointer) > ERROR_POINTER_MAX - 6);
    assert_true(utf8_is_valid(str_from(error.fields[0].pointer)));
}

static void test_reports_have_a_maximum(void **state)
{
    char text[2000] = "{\"title\":\"t\"", *at = text + strlen(text);
    struct task task;
    uint64_t present;
    struct error error;

    (void)state;
    for (int i = 0; i < ERROR_FIELDS_MAX + 8; i++)
        at += snprintf(at, 16, ",\"x%d\":1", i);
    memcpy(at, "}", 2);
    assert_int_equal(decode(&task_schema, SCHEMA_CREATE, text, &task,
                            &present, &error), ERR_INVALID);
    assert_int_equal(error.n_fields, ERROR_FIELDS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_fills_in_the_defaults),
        cmocka_unit_test(test_every_writable_field_is_read),
        cmocka_unit_test(test_patch_has_what_is_present_only),
        cmocka_unit_test(test_create_refuses),
        cmocka_unit_test(test_patch_refuses),
        cmocka_unit_test(test_other_kinds_follow_their_tables),
        cmocka_unit_test(test_lengths_count_characters),
        cmocka_unit_test(test_sets_have_a_maximum_of_distinct_items),
        cmocka_unit_test(test_details_never_repeat_what_was_sent),
        cmocka_unit_test(test_prefix_stands_before_each_pointer),
        cmocka_unit_test(test_long_pointers_are_cut_at_a_character),
        cmocka_unit_test(test_reports_have_a_maximum),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
