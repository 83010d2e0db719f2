#include "cases.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/time.h"

struct writer {
    struct buf buf;
    struct json_out out;
};

static int setup(void **state)
{
    static struct writer writer;

    buf_init(&writer.buf, 1 << 20);
    json_out_init(&writer.out, &writer.buf);
    *state = &writer;
    return 0;
}

static int teardown(void **state)
{
    struct writer *writer = *state;

    buf_release(&writer->buf);
    return 0;
}

/* Compares what was written, and begins anew. */
static void assert_written(struct writer *writer, struct str wanted)
{
    assert_str(buf_str(&writer->buf), wanted);
    buf_reset(&writer->buf);
    json_out_init(&writer->out, &writer->buf);
}

static void test_commas_stand_between_values_only(void **state)
{
    struct writer *writer = *state;
    struct json_out *out = &writer->out;

    json_begin_object(out);
    json_key(out, STR("a"));
    json_begin_array(out);
    json_end_array(out);
    json_key(out, STR("b"));
    json_begin_array(out);
    json_put_int(out, 1);
    json_begin_object(out);
    json_end_object(out);
    json_begin_object(out);
    json_key(out, STR("c"));
    json_put_null(out);
    json_end_object(out);
    json_put_bool(out, true);
    json_put_bool(out, false);
    json_put_raw(out, STR("{\"d\":2}"));
    json_put_str(out, STR("e"));
    json_put_number(out, 0.5);
    json_end_array(out);
    json_key(out, STR("f"));
    json_put_int(out, -3);
    json_end_object(out);
    assert_written(writer, STR("{\"a\":[],\"b\":[1,{},{\"c\":null},true,"
                               "false,{\"d\":2},\"e\",0.5],\"f\":-3}"));
}

static void test_only_what_must_be_escaped_is(void **state)
{
    static const struct {
        struct str text;
        const char *wanted;
    } CASES[] = {
        { { "", 0 }, "\"\"" },
        { { "a/b", 3 }, "\"a/b\"" },
        { { "\"\\", 2 }, "\"\\\"\\\\\"" },
        { { "\b\t\n\f\r", 5 }, "\"\\b\\t\\n\\f\\r\"" },
        { { "\0\x01\x0B\x1F", 4 }, "\"\\u0000\\u0001\\u000b\\u001f\"" },
        { { "\x7F", 1 }, "\"\x7F\"" },
        { { "x\ny", 3 }, "\"x\\ny\"" },
        { { "caf\xC3\xA9 \xF0\x9F\x98\x80", 10 },
          "\"caf\xC3\xA9 \xF0\x9F\x98\x80\"" },
    };
    struct writer *writer = *state;

    for (size_t i = 0; i < COUNT(CASES); i++) {
        json_put_str(&writer->out, CASES[i].text);
        assert_written(writer, str_from(CASES[i].wanted));
    }
    json_key(&writer->out, STR("a\"b"));
    assert_written(writer, STR("\"a\\\"b\":"));
}

/* The writer looks at eight bytes at once: each place, each byte. */
static void test_an_escape_is_found_wherever_it_stands(void **state)
{
    struct writer *writer = *state;
    char text[20];

    for (size_t place = 0; place < sizeof(text); place++) {
        for (int c = 0; c < 256; c++) {
            bool special = c < 0x20 || c == '"' || c == '\\';
            struct str got;

            memset(text, place % 2 == 0 ? 0x7F : 0x80, sizeof(text));
            text[place] = (char)c;
            json_put_str(&writer->out, (struct str){ text, sizeof(text) });
            got = buf_str(&writer->buf);
            assert_int_equal(got.len > sizeof(text) + 2, special);
            assert_int_equal(got.ptr[1 + place] == '\\', special);
            buf_reset(&writer->buf);
            json_out_init(&writer->out, &writer->buf);
        }
    }
}

static void test_every_character_comes_back_through_the_parser(void **state)
{
    struct writer *writer = *state;
    struct error error = { 0 };
    const struct json *value = NULL;
    struct arena arena;
    char text[0x7F];

    for (int c = 1; c <= 0x7F; c++)
        text[c - 1] = (char)c;
    arena_init(&arena);
    json_put_str(&writer->out, (struct str){ text, sizeof(text) });
    assert_int_equal(json_parse(&arena, buf_str(&writer->buf), &value,
                                &error), ERR_NONE);
    assert_str(json_string(value), (struct str){ text, sizeof(text) });
    arena_release(&arena);
    buf_reset(&writer->buf);
    json_out_init(&writer->out, &writer->buf);
}

static void test_numbers_take_their_shortest_form(void **state)
{
    static const struct {
        double number;
        const char *wanted;
    } CASES[] = {
        { 0, "0" },
        { -0.0, "0" },
        { 1024, "1024" },
        { -7, "-7" },
        { 0.1, "0.1" },
        { -2.5, "-2.5" },
        { 1.0 / 3, "0.3333333333333333" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 9007199254740991.0, "9007199254740991" },
        /* Beyond the integers that the gate takes. */
        { 9007199254740992.0, "9007199254740992.0" },
        { -72057594037927936.0, "-7.205759403792794e+16" },
        { 1e300, "1e+300" },
        { 5e-324, "4.94065645841247e-324" },
        { DBL_MAX, "1.7976931348623157e+308" },
        { NAN, "null" },
        { INFINITY, "null" },
        { -INFINITY, "null" },
    };
    struct writer *writer = *state;

    for (size_t i = 0; i < COUNT(CASES); i++) {
        json_put_number(&writer->out, CASES[i].number);
        assert_written(writer, str_from(CASES[i].wanted));
    }
}

static void test_numbers_read_back_equal(void **state)
{
    struct writer *writer = *state;
    uint64_t bits = 88172645463325252; /* xorshift: the same every run */

    for (int i = 0; i < 20000; i++) {
        double number, back;

        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&number, &bits, sizeof(number));
        if (!isfinite(number))
            continue;
        buf_reset(&writer->buf);
        json_out_init(&writer->out, &writer->buf);
        json_put_number(&writer->out, number);
        buf_add_char(&writer->buf, '\0');
        back = strtod(writer->buf.ptr, NULL);
        if (fabs(back - number) > 0)
            fail_msg("%.17g became %s", number, writer->buf.ptr);
    }
    buf_reset(&writer->buf);
    json_out_init(&writer->out, &writer->buf);
}

static void test_what_is_none_becomes_null(void **state)
{
    struct writer *writer = *state;
    struct json_out *out = &writer->out;

    json_begin_array(out);
    json_put_str(out, STR_NONE);
    json_put_instant(out, INSTANT_NONE);
    json_put_date(out, DATE_NONE);
    json_put_time(out, TIME_NONE);
    json_put_id(out, ID_NONE);
    json_end_array(out);
    assert_written(writer, STR("[null,null,null,null,null]"));
}

static void test_typed_values_are_quoted_texts(void **state)
{
    struct writer *writer = *state;
    struct json_out *out = &writer->out;
    struct id id = { { 1 } };

    json_begin_array(out);
    json_put_instant(out, 0);
    json_put_date(out, 20261130);
    json_put_time(out, 0);
    json_put_id(out, id);
    json_put_int(out, INT64_MIN);
    json_end_array(out);
    assert_written(writer, STR("[\"1970-01-01T00:00:00.000Z\","
                               "\"2026-11-30\",\"00:00\","
                               "\"01000000-0000-0000-0000-000000000000\","
                               "-9223372036854775808]"));
}

static void test_a_full_buffer_overflows_quietly(void **state)
{
    (void)state;
    for (size_t max = 0; max < 60; max++) {
        struct json_out out;
        struct buf buf;

        buf_init(&buf, max);
        json_out_init(&out, &buf);
        json_begin_array(&out);
        json_put_str(&out, STR("text\n"));
        json_put_instant(&out, 0);
        json_put_number(&out, 0.25);
        json_put_id(&out, (struct id){ { 1 } });
        json_end_array(&out);
        assert_true(buf.overflow);
        assert_true(buf.len <= max);
        buf_release(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas_stand_between_values_only),
        cmocka_unit_test(test_only_what_must_be_escaped_is),
        cmocka_unit_test(test_an_escape_is_found_wherever_it_stands),
        cmocka_unit_test(test_every_character_comes_back_through_the_parser),
        cmocka_unit_test(test_numbers_take_their_shortest_form),
        cmocka_unit_test(test_numbers_read_back_equal),
        cmocka_unit_test(test_what_is_none_becomes_null),
        cmocka_unit_test(test_typed_values_are_quoted_texts),
        cmocka_unit_test(test_a_full_buffer_overflows_quietly),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
