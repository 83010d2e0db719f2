#include "schema_cases.h"

#include <string.h>

static struct task full_task(void)
{
    static const struct str TAGS[] = { { "home", 4 }, { "caf\xc3\xa9", 5 } };
    static const struct str WORDS[] = { { "pay", 3 } };
    struct task task;

    memcpy(&task, task_schema.defaults, sizeof(task));
    task.id = (struct id){ { 0x01, 0x93, 0xA0, 0xC4, 0x7B, 0x6E, 0x7C, 0x1E,
                             0x9A, 0x55, 0x2F, 0x0E, 0x6A, 0x1B, 0x9D, 0x10 } };
    task.owner = (struct id){ { 9 } };
    task.url = STR("http://host/api/tasks/1");
    task.version = 7;
    task.title = STR("Pay \"rent\"");
    task.order = 1024;
    task.priority = PRIORITY_HIGH;
    task.tags = (struct strs){ TAGS, 2 };
    task.due = (struct due){ 20261130, 540, STR_NONE };
    task.recurrence = (struct recurrence){ STR("FREQ=MONTHLY"),
                                           RECUR_FROM_COMPLETION };
    task.created_at = task.updated_at = INT64_C(1795424400000);
    task.title_words = (struct strs){ WORDS, 1 };
    return task;
}

static struct str encode(const struct schema *schema, const void *record,
                         bool stored)
{
    struct json_out out;

    buf_reset(&buf);
    json_out_init(&out, &buf);
    if (stored)
        schema_encode_stored(schema, record, &out);
    else
        schema_encode(schema, record, &out);
    return buf_str(&buf);
}

static void test_a_task_is_written_in_the_order_of_the_table(void **state)
{
    struct task task = full_task();

    (void)state;
    assert_str(
        encode(&task_schema, &task, false),
        STR("{\"id\":\"0193a0c4-7b6e-7c1e-9a55-2f0e6a1b9d10\","
            "\"url\":\"http://host/api/tasks/1\",\"version\":7,"
            "\"title\":\"Pay \\\"rent\\\"\",\"notes\":\"\","
            "\"completed\":false,\"completed_at\":null,\"list_id\":null,"
            "\"parent_id\":null,\"order\":1024,\"priority\":\"high\","
            "\"tags\":[\"home\",\"caf\xc3\xa9\"],"
            "\"due\":{\"date\":\"2026-11-30\",\"time\":\"09:00\","
            "\"time_zone\":null},\"start\":null,"
            "\"recurrence\":{\"rrule\":\"FREQ=MONTHLY\","
            "\"from\":\"completion\"},\"completion_count\":0,"
            "\"last_completed_at\":null,"
            "\"created_at\":\"2026-11-23T09:00:00.000Z\","
            "\"updated_at\":\"2026-11-23T09:00:00.000Z\","
            "\"deleted_at\":null}"));
}

static void test_a_group_without_its_first_member_is_null(void **state)
{
    struct task task = full_task();
    struct str text;

    (void)state;
    task.due.date = DATE_NONE;
    task.recurrence.rrule = STR_NONE;
    text = encode(&task_schema, &task, false);
    assert_non_null(memmem(text.ptr, text.len, "\"due\":null,\"start\":null,"
                           "\"recurrence\":null,\"completion_count\"", 60));
}

static void test_hidden_fields_are_written_for_copies_only(void **state)
{
    struct user user = { .email = STR("a@b"),
                         .password_hash = STR("$argon2id$") };
    struct token token = { .hash = { { 0xAB, 0x01 } }, .name = STR("x") };
    struct task task = full_task();
    struct str text = encode(&user_schema, &user, false);

    (void)state;
    assert_null(memmem(text.ptr, text.len, "argon2id", 8));
    assert_null(memmem(text.ptr, text.len, "disabled", 8));
    text = encode(&user_schema, &user, true);
    assert_non_null(memmem(text.ptr, text.len, "$argon2id$", 10));
    text = encode(&token_schema, &token, false);
    assert_null(memmem(text.ptr, text.len, "ab01", 4));
    text = encode(&token_schema, &token, true);
    assert_non_null(memmem(text.ptr, text.len, "{\"hash\":\"ab010000", 17));
    text = encode(&task_schema, &task, true);
    assert_non_null(memmem(text.ptr, text.len, "\"title_words\":[\"pay\"]",
                           21));
    assert_null(memmem(text.ptr, text.len, "\"url\"", 5));
}

static void test_tables_are_sound(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(SCHEMAS); s++) {
        const struct schema *schema = SCHEMAS[s];

        assert_true(schema->len <= 64);
        for (size_t i = 0; i < schema->len; i++) {
            const struct field *field = &schema->fields[i];

            if (field->name == NULL)
                fail_msg("%s: row %zu is missing", schema->name, i);
            assert_true(field->offset < schema->size);
            assert_int_equal(schema_find(schema, str_from(field->name)), i);
            assert_int_equal(field->type == FIELD_ENUM,
                             field->names != NULL);
            /* Hashes and anything without a form stay inside. */
            if (field->type == FIELD_HASH)
                assert_true((field->flags & FIELD_HIDDEN) != 0);
            if ((field->flags & FIELD_HIDDEN) != 0)
                assert_false((field->flags &
                              (FIELD_WRITABLE | FIELD_CREATE)) != 0);
            /* Text from clients is always limited. */
            if ((field->flags & FIELD_WRITABLE) != 0 &&
                (field->type == FIELD_STRING ||
                 field->type == FIELD_STRINGS))
                assert_true(field->max > 0);
            if ((field->flags & FIELD_WRITABLE) != 0 &&
                field->type == FIELD_STRINGS)
                assert_true(field->max_items > 0);
        }
    }
    assert_int_equal(schema_find(&task_schema, STR("due")), -1);
    assert_int_equal(schema_find(&task_schema, STR("")), -1);
}

static void test_every_field_can_be_none_or_cannot(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT(SCHEMAS); s++) {
        const struct schema *schema = SCHEMAS[s];
        char *record = arena_alloc(&arena, schema->size);

        for (size_t i = 0; i < schema->len; i++) {
            const struct field *field = &schema->fields[i];
            bool has_none = field->type != FIELD_BOOL &&
                            field->type != FIELD_INT &&
                            field->type != FIELD_NUMBER &&
                            field->type != FIELD_ENUM &&
                            field->type != FIELD_HASH;

            memset(record, 0x11, schema->size);
            assert_false(field_is_none(field, record));
            field_set_none(field, record);
            assert_int_equal(field_is_none(field, record), has_none);
        }
    }
}

static void test_columns_have_no_dots(void **state)
{
    char name[64];

    (void)state;
    assert_string_equal(
        field_column(&task_schema.fields[TASK_DUE_ZONE], name),
        "due_time_zone");
    assert_string_equal(field_column(&task_schema.fields[TASK_TITLE], name),
                        "title");
}

static void test_merge_takes_the_named_fields_only(void **state)
{
    struct task from = full_task(), to;

    (void)state;
    memcpy(&to, task_schema.defaults, sizeof(to));
    schema_merge(&task_schema,
                 FIELD_BIT(TASK_TITLE) | FIELD_BIT(TASK_DUE_DATE), &from,
                 &to);
    assert_str(to.title, from.title);
    assert_int_equal(to.due.date, 20261130);
    assert_int_equal(to.due.time, TIME_NONE);
    assert_int_equal(to.tags.len, 0);
    assert_true(str_is_none(to.recurrence.rrule));
    schema_merge(&task_schema, ~UINT64_C(0) >> (64 - TASK_FIELD_COUNT), &from,
                 &to);
    assert_str(arena_copy(&arena, encode(&task_schema, &to, true)),
               arena_copy(&arena, encode(&task_schema, &from, true)));
    assert_true(to.title.ptr == from.title.ptr);
}

static void test_copy_owns_every_string(void **state)
{
    struct task from = full_task(), to;
    char title[] = "mutable";
    struct str tag = { title, 7 };

    (void)state;
    from.title = tag;
    from.tags = (struct strs){ &tag, 1 };
    from.notes = STR("");
    schema_copy(&task_schema, &arena, &from, &to);
    memset(title, 'x', 7);
    assert_str(to.title, STR("mutable"));
    assert_int_equal(to.tags.len, 1);
    assert_str(to.tags.items[0], STR("mutable"));
    /* Empty and none stay apart. */
    assert_false(str_is_none(to.notes));
    assert_true(str_is_none(to.due.time_zone));
    assert_int_equal(to.order, 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_task_is_written_in_the_order_of_the_table),
        cmocka_unit_test(test_a_group_without_its_first_member_is_null),
        cmocka_unit_test(test_hidden_fields_are_written_for_copies_only),
        cmocka_unit_test(test_tables_are_sound),
        cmocka_unit_test(test_every_field_can_be_none_or_cannot),
        cmocka_unit_test(test_columns_have_no_dots),
        cmocka_unit_test(test_merge_takes_the_named_fields_only),
        cmocka_unit_test(test_copy_owns_every_string),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
