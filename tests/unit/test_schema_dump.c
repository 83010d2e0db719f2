#include "schema_cases.h"

#include <string.h>

static struct str encode(const struct schema *schema, const void *record)
{
    struct json_out out;

    buf_reset(&buf);
    json_out_init(&out, &buf);
    schema_encode_dump(schema, record, &out);
    return arena_copy(&arena, buf_str(&buf));
}

static enum err decode(const struct schema *schema, struct str text,
                       void *record, bool *complete, struct error *error)
{
    const struct json *value = NULL;

    *error = (struct error){ 0 };
    assert_int_equal(json_parse(&arena, text, &value, error), ERR_NONE);
    return schema_decode_dump(schema, &arena, value, record, complete, error);
}

/* A value that is not the default, another one for each n. */
static void fill(const struct field *field, size_t n, void *record)
{
    static const struct str TEXTS[] = {
        { "", 0 }, { "a \"quote\"\n\x01", 11 }, { "caf\xc3\xa9", 5 },
        { "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 8 }, { "\xf0\x9f\x91\x8d", 4 },
    };
    static const double NUMBERS[] = { 0.1, -1e15, 1024, 5e-324, 1.0 / 3 };

    switch (field->type) {
    case FIELD_STRING:
        *FIELD_AT(struct str, record, field) = TEXTS[n % COUNT(TEXTS)];
        break;
    case FIELD_BOOL:
        *FIELD_AT(bool, record, field) = n % 2 == 0;
        break;
    case FIELD_INT:
        *FIELD_AT(int64_t, record, field) =
            n % 2 == 0 ? (INT64_C(1) << 53) - 1 : -(int64_t)n;
        break;
    case FIELD_NUMBER:
        *FIELD_AT(double, record, field) = NUMBERS[n % COUNT(NUMBERS)];
        break;
    case FIELD_INSTANT:
        *FIELD_AT(int64_t, record, field) = INT64_C(1795424400007) - (int)n;
        break;
    case FIELD_DATE:
        *FIELD_AT(int32_t, record, field) = 20240229;
        break;
    case FIELD_TIME:
        *FIELD_AT(int32_t, record, field) = (int32_t)n;
        break;
    case FIELD_ID:
        FIELD_AT(struct id, record, field)->bytes[n % ID_BYTES] = 0xab;
        break;
    case FIELD_HASH:
        FIELD_AT(struct hash, record, field)->bytes[n] = 0xcd;
        break;
    case FIELD_ENUM:
        *FIELD_AT(int, record, field) = 1;
        break;
    case FIELD_STRINGS:
        *FIELD_AT(struct strs, record, field) =
            (struct strs){ TEXTS, 1 + n % COUNT(TEXTS) };
        break;
    }
}

static void blank(const struct schema *schema, void *record)
{
    memset(record, 0, schema->size);
    if (schema->defaults != NULL)
        memcpy(record, schema->defaults, schema->size);
    for (size_t i = 0; i < schema->len; i++) {
        if ((schema->fields[i].flags & FIELD_NULLABLE) != 0)
            field_set_none(&schema->fields[i], record);
    }
}

static void test_what_was_written_reads_back_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SCHEMAS); i++) {
        const struct schema *schema = SCHEMAS[i];
        void *record = arena_alloc(&arena, schema->size);
        void *back = arena_alloc(&arena, schema->size);

        for (size_t n = 0; n < 10; n++) {
            struct error error;
            struct str text;
            bool complete = false;

            blank(schema, record);
            for (size_t f = 0; n > 0 && f < schema->len; f++) {
                if ((schema->fields[f].flags &
                     (FIELD_DERIVED | FIELD_COMPUTED)) == 0)
                    fill(&schema->fields[f], n + f, record);
            }
            text = encode(schema, record);
            assert_int_equal(decode(schema, text, back, &complete, &error),
                             ERR_NONE);
            assert_true(complete);
            assert_str(encode(schema, back), text);
        }
    }
}

static void test_computed_and_derived_fields_stay_out(void **state)
{
    struct task task;
    struct str text;

    (void)state;
    blank(&task_schema, &task);
    text = encode(&task_schema, &task);
    assert_null(memmem(text.ptr, text.len, "words", 5));
    assert_null(memmem(text.ptr, text.len, "due_", 4));
    assert_null(memmem(text.ptr, text.len, "url", 3));
    assert_non_null(memmem(text.ptr, text.len, "\"trash_id\"", 10));
    assert_non_null(memmem(text.ptr, text.len, "\"owner\"", 7));
}

static void test_a_missing_field_has_its_default(void **state)
{
    struct error error;
    struct session session;
    struct task task;
    bool complete = true;

    (void)state;
    assert_int_equal(decode(&task_schema, STR("{\"title\":\"x\"}"), &task,
                            &complete, &error),
                     ERR_NONE);
    assert_false(complete);
    assert_str(task.title, STR("x"));
    assert_str(task.notes, STR(""));
    assert_true(task.deleted_at == INSTANT_NONE);
    assert_int_equal(task.due.time, TIME_NONE);
    assert_int_equal(decode(&session_schema, STR("{}"), &session, &complete,
                            &error),
                     ERR_NONE);
    assert_true(str_is_none(session.user_agent));
    assert_int_equal(decode(&task_schema, STR("{\"due\":{}}"), &task,
                            &complete, &error),
                     ERR_NONE);
    assert_false(complete);
}

/* As both stores read a field that a record was written without. */
static void test_a_missing_nullable_field_is_none(void **state)
{
    static const struct field fields[] = {
        { "seen_at", FIELD_INSTANT, 0, FIELD_NULLABLE, 0, 0, 0, NULL },
    };
    static const struct schema schema = { .name = "visit",
                                          .fields = fields,
                                          .len = COUNT(fields),
                                          .size = sizeof(int64_t) };
    struct error error;
    int64_t seen_at = 7;
    bool complete;

    (void)state;
    assert_int_equal(decode(&schema, STR("{}"), &seen_at, &complete, &error),
                     ERR_NONE);
    assert_true(seen_at == INSTANT_NONE);
}

static void test_a_wrong_field_is_named(void **state)
{
    static const struct {
        const char *text, *detail;
    } cases[] = {
        { "7", "it is no object" },
        { "{\"title\":7}", "\"title\" has a wrong value" },
        { "{\"version\":null}", "\"version\" has a wrong value" },
        { "{\"version\":1.5}", "\"version\" has a wrong value" },
        { "{\"completed\":0}", "\"completed\" has a wrong value" },
        { "{\"order\":\"1\"}", "\"order\" has a wrong value" },
        { "{\"order\":null}", "\"order\" has a wrong value" },
        { "{\"priority\":\"urgent\"}", "\"priority\" has a wrong value" },
        { "{\"tags\":null}", "\"tags\" has a wrong value" },
        { "{\"tags\":[7]}", "\"tags\" has a wrong value" },
        { "{\"id\":\"x\"}", "\"id\" has a wrong value" },
        { "{\"created_at\":\"now\"}", "\"created_at\" has a wrong value" },
        { "{\"due\":{\"date\":\"2026-02-30\"}}",
          "\"due.date\" has a wrong value" },
        { "{\"due\":7}", "\"due\" is no object" },
        { "{\"x\":7}", "it has a member that this release does not know" },
        { "{\"due\":{\"x\":7}}",
          "it has a member that this release does not know" },
        { "{\"title_words\":[]}",
          "it has a member that this release does not know" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        struct task task;
        bool complete;

        assert_int_equal(decode(&task_schema, str_from(cases[i].text), &task,
                                &complete, &error),
                         ERR_INVALID);
        assert_str(str_from(error.detail), str_from(cases[i].detail));
    }
}

static void test_a_hash_is_64_hexadecimal_digits(void **state)
{
    struct error error;
    struct token token;
    bool complete;

    (void)state;
    assert_int_equal(decode(&token_schema, STR("{\"hash\":\"00\"}"), &token,
                            &complete, &error),
                     ERR_INVALID);
    assert_int_equal(
        decode(&token_schema,
               STR("{\"hash\":\"zz000000000000000000000000000000"
                   "00000000000000000000000000000000\"}"),
               &token, &complete, &error),
        ERR_INVALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_written_reads_back_equal),
        cmocka_unit_test(test_computed_and_derived_fields_stay_out),
        cmocka_unit_test(test_a_missing_field_has_its_default),
        cmocka_unit_test(test_a_missing_nullable_field_is_none),
        cmocka_unit_test(test_a_wrong_field_is_named),
        cmocka_unit_test(test_a_hash_is_64_hexadecimal_digits),
    };

    return cmocka_run_group_tests_name("schema_dump", tests, setup, teardown);
}
