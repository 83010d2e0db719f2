#include "cases.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_gate.h"

enum { SUITE_FILE_MAX = 4096 };

struct verdict {
    const char *text;
    const char *detail; /* NULL: it passes */
};

static void check(struct str text, enum err wanted, const char *detail)
{
    struct error error = { 0 };
    /* A copy of exact size, so that the sanitizer sees a read past it. */
    char *copy = malloc(text.len == 0 ? 1 : text.len);
    enum err err;

    assert_non_null(copy);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    err = json_gate((struct str){ copy, text.len }, &error);
    free(copy);
    if (err != wanted)
        fail_msg("%.*s: got %s (%s) instead of %s", STR_ARG(text),
                 err_name(err), error.detail, err_name(wanted));
    if (detail != NULL)
        assert_string_equal(error.detail, detail);
}

static void check_all(const struct verdict *verdicts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct verdict *v = &verdicts[i];

        check(str_from(v->text), v->detail == NULL ? ERR_NONE : ERR_SYNTAX,
              v->detail);
    }
}

/* y_ cases that we refuse, and why. */
static const struct verdict STRICTER[] = {
    { "y_object_duplicated_key.json",
      "duplicate name at line 1, column 10" },
    { "y_object_duplicated_key_and_value.json",
      "duplicate name at line 1, column 10" },
    { "y_object_escaped_null_in_key.json",
      "NUL in a string at line 1, column 6" },
    { "y_string_null_escape.json", "NUL in a string at line 1, column 3" },
};

/* i_ cases: a NULL detail is one that we accept. */
static const struct verdict CHOICES[] = {
    /* Rounds to zero, as any decimal rounds to the nearest double. */
    { "i_number_double_huge_neg_exp.json", NULL },
    { "i_number_real_underflow.json", NULL },
    /* No double holds it. */
    { "i_number_huge_exp.json", "number too large at line 1, column 2" },
    { "i_number_neg_int_huge_exp.json",
      "number too large at line 1, column 2" },
    { "i_number_pos_double_huge_exp.json",
      "number too large at line 1, column 2" },
    { "i_number_real_neg_overflow.json",
      "number too large at line 1, column 2" },
    { "i_number_real_pos_overflow.json",
      "number too large at line 1, column 2" },
    /* Would come back as another number. */
    { "i_number_too_big_neg_int.json",
      "integer beyond 2^53-1 at line 1, column 2" },
    { "i_number_too_big_pos_int.json",
      "integer beyond 2^53-1 at line 1, column 2" },
    { "i_number_very_big_negative_int.json",
      "integer beyond 2^53-1 at line 1, column 2" },
    /* Cannot be kept as UTF-8. */
    { "i_object_key_lone_2nd_surrogate.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_1st_surrogate_but_2nd_missing.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_1st_valid_surrogate_2nd_invalid.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_incomplete_surrogate_and_escape_valid.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_incomplete_surrogate_pair.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_incomplete_surrogates_escape_valid.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_invalid_lonely_surrogate.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_invalid_surrogate.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_inverted_surrogates_U+1D11E.json",
      "lone surrogate at line 1, column 3" },
    { "i_string_lone_second_surrogate.json",
      "lone surrogate at line 1, column 3" },
    /* Not UTF-8 (RFC 8259 section 8.1). */
    { "i_string_UTF-16LE_with_BOM.json",
      "expected a value at line 1, column 1" },
    { "i_string_utf16BE_no_BOM.json",
      "expected a value at line 1, column 1" },
    { "i_string_utf16LE_no_BOM.json",
      "expected a value at line 1, column 2" },
    { "i_string_UTF-8_invalid_sequence.json",
      "invalid UTF-8 at line 1, column 5" },
    { "i_string_UTF8_surrogate_U+D800.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_invalid_utf-8.json", "invalid UTF-8 at line 1, column 3" },
    { "i_string_iso_latin_1.json", "invalid UTF-8 at line 1, column 3" },
    { "i_string_lone_utf8_continuation_byte.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_not_in_unicode_range.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_overlong_sequence_2_bytes.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_overlong_sequence_6_bytes.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_overlong_sequence_6_bytes_null.json",
      "invalid UTF-8 at line 1, column 3" },
    { "i_string_truncated-utf-8.json", "invalid UTF-8 at line 1, column 3" },
    { "i_structure_UTF-8_BOM_empty_object.json",
      "byte order mark at line 1, column 1" },
    { "i_structure_500_nested_arrays.json",
      "nested deeper than 8 levels at line 1, column 9" },
};

static const struct verdict *find(const struct verdict *verdicts, size_t n,
                                  const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(verdicts[i].text, name) == 0)
            return &verdicts[i];
    }
    return NULL;
}

/* The suite's folder stands beside this file. */
static void suite_path(char *out, size_t size, const char *name)
{
    const char *slash = strrchr(__FILE__, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - __FILE__);

    (void)snprintf(out, size, "%.*sjson_suite/%s", folder, __FILE__, name);
}

static void check_file(const char *name)
{
    const struct verdict *choice = find(CHOICES, COUNT(CHOICES), name);
    const struct verdict *stricter = find(STRICTER, COUNT(STRICTER), name);
    const char *detail = NULL;
    char path[512];
    char text[SUITE_FILE_MAX];
    size_t len;
    FILE *file;

    suite_path(path, sizeof(path), name);
    file = fopen(path, "rb");
    assert_non_null(file);
    len = fread(text, 1, sizeof(text), file);
    assert_int_equal(fclose(file), 0);
    assert_true(len < sizeof(text));
    if (name[0] == 'i' && choice == NULL)
        fail_msg("%s: no choice is written down", name);
    if (choice != NULL)
        detail = choice->detail;
    else if (stricter != NULL)
        detail = stricter->detail;
    check((struct str){ text, len },
          name[0] == 'n' || detail != NULL ? ERR_SYNTAX : ERR_NONE, detail);
}

static void test_the_conformance_suite_is_judged_as_written_down(void **state)
{
    size_t n_yes = 0;
    size_t n_no = 0;
    size_t n_open = 0;
    struct dirent *entry;
    char path[512];
    DIR *folder;

    (void)state;
    suite_path(path, sizeof(path), "");
    folder = opendir(path);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;

        if (strlen(name) < 2 || name[1] != '_')
            continue;
        check_file(name);
        n_yes += name[0] == 'y';
        n_no += name[0] == 'n';
        n_open += name[0] == 'i';
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(n_yes, 95);
    assert_int_equal(n_no + 2, 188); /* two are made below */
    assert_int_equal(n_open, COUNT(CHOICES));
}

static char *repeat(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = malloc(len * times + 1);

    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * len, piece, len);
    text[len * times] = '\0';
    return text;
}

/* n_structure_100000_opening_arrays, n_structure_open_array_object. */
static void test_endless_nesting_is_refused(void **state)
{
    char *arrays = repeat("[", 100000);
    char *objects = repeat("[{\"\":", 50000);

    (void)state;
    check(str_from(arrays), ERR_TOO_LARGE, NULL);
    check((struct str){ arrays, JSON_BYTES_MAX }, ERR_SYNTAX,
          "nested deeper than 8 levels at line 1, column 9");
    check(str_from(objects), ERR_TOO_LARGE, NULL);
    check((struct str){ objects, JSON_BYTES_MAX }, ERR_SYNTAX,
          "nested deeper than 8 levels at line 1, column 21");
    free(arrays);
    free(objects);
}

static void test_depth_8_passes_and_depth_9_does_not(void **state)
{
    static const struct verdict CASES[] = {
        { "[[[[[[[[]]]]]]]]", NULL },
        { "[[[[[[[[[]]]]]]]]]",
          "nested deeper than 8 levels at line 1, column 9" },
        { "{\"a\":[{\"a\":[{\"a\":[{\"a\":[1]}]}]}]}", NULL },
        { "{\"a\":[{\"a\":[{\"a\":[{\"a\":[{}]}]}]}]}",
          "nested deeper than 8 levels at line 1, column 25" },
        { "[[[[[[[[]]]]]]],[[[[[[[]]]]]]]]", NULL },
    };

    (void)state;
    check_all(CASES, COUNT(CASES));
}

static void test_size_64_kib_passes_and_one_more_does_not(void **state)
{
    char *text = repeat(" ", JSON_BYTES_MAX + 1);

    (void)state;
    text[0] = '1';
    check((struct str){ text, JSON_BYTES_MAX }, ERR_NONE, NULL);
    check((struct str){ text, JSON_BYTES_MAX + 1 }, ERR_TOO_LARGE,
          "the body is larger than 65536 bytes");
    free(text);
}

static void test_integers_end_at_2_to_the_53(void **state)
{
    static const struct verdict CASES[] = {
        { "9007199254740991", NULL },
        { "-9007199254740991", NULL },
        { "9007199254740992", "integer beyond 2^53-1 at line 1, column 1" },
        { "-9007199254740992", "integer beyond 2^53-1 at line 1, column 1" },
        { "[1, 99999999999999999999]",
          "integer beyond 2^53-1 at line 1, column 5" },
        { "-0", NULL },
        { "9007199254740992.0", NULL },
        { "1.7976931348623157e308", NULL },
        { "1.7976931348623159e308", "number too large at line 1, column 1" },
        { "1e400", "number too large at line 1, column 1" },
        { "1e-400", NULL },
        { "5e-324", NULL },
    };

    (void)state;
    check_all(CASES, COUNT(CASES));
}

static void test_number_of_1024_characters_is_the_longest(void **state)
{
    char *text = repeat("1", 1025);

    (void)state;
    text[1] = '.';
    check((struct str){ text, 1024 }, ERR_NONE, NULL);
    check((struct str){ text, 1025 }, ERR_SYNTAX,
          "number of more than 1024 characters at line 1, column 1");
    free(text);
}

static void test_names_are_compared_unescaped(void **state)
{
    static const struct verdict CASES[] = {
        { "{\"a\":1,\"a\":2}", "duplicate name at line 1, column 8" },
        { "{\"a\":1,\"\\u0061\":2}", "duplicate name at line 1, column 8" },
        { "{\"\\/\":1,\"/\":2}", "duplicate name at line 1, column 9" },
        { "{\"\\n\":1,\"\\u000A\":2}",
          "duplicate name at line 1, column 9" },
        { "{\"\\u00e9\":1,\"\xC3\xA9\":2}",
          "duplicate name at line 1, column 13" },
        { "{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}",
          "duplicate name at line 1, column 19" },
        { "{\"\":1,\"\":2}", "duplicate name at line 1, column 7" },
        { "[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]",
          "duplicate name at line 1, column 20" },
        { "{\"a\":1,\"b\":{\"c\":1},\"a\":2}",
          "duplicate name at line 1, column 20" },
        { "{\"a\":1,\"ab\":2,\"\\u0061bc\":3,\"A\":4}", NULL },
        { "{\"a\":{\"a\":{\"a\":1}}}", NULL },
        { "[{\"a\":1},{\"a\":1}]", NULL },
    };

    (void)state;
    check_all(CASES, COUNT(CASES));
}

/* {"00":0,"01":0,...} with so many members. */
static char *object_of(size_t n_members)
{
    char *text = malloc(n_members * 7 + 4);
    size_t len = 0;

    assert_non_null(text);
    text[len++] = '{';
    for (size_t i = 0; i < n_members; i++)
        len += (size_t)sprintf(text + len, "%s\"%02zu\":0",
                               i == 0 ? "" : ",", i);
    text[len++] = '}';
    text[len] = '\0';
    return text;
}

static void test_64_names_pass_and_65_do_not(void **state)
{
    char *most = object_of(JSON_NAMES_MAX);
    char *more = object_of(JSON_NAMES_MAX + 1);

    (void)state;
    check(str_from(most), ERR_NONE, NULL);
    check(str_from(more), ERR_SYNTAX,
          "more than 64 names in an object at line 1, column 450");
    free(most);
    free(more);
}

static void test_strings_are_valid_utf8_without_nul(void **state)
{
    static const struct verdict CASES[] = {
        { "\"\xC3\xA9 \xF0\x9F\x98\x80 \xD7\xA9\"", NULL },
        { "\"\x7F\"", NULL },
        { "\"\\uD83D\\uDE00\"", NULL },
        { "\"\\uDBFF\\uDFFF\"", NULL },
        { "\"\\uFFFF\"", NULL },
        { "\"\\uD800\"", "lone surrogate at line 1, column 2" },
        { "\"\\uDBFF\"", "lone surrogate at line 1, column 2" },
        { "\"\\uDC00\"", "lone surrogate at line 1, column 2" },
        { "\"\\uDFFF\"", "lone surrogate at line 1, column 2" },
        { "\"\\uD800\\uD800\"", "lone surrogate at line 1, column 2" },
        { "\"\\uD800x\"", "lone surrogate at line 1, column 2" },
        { "\"\\uD800\\n\"", "lone surrogate at line 1, column 2" },
        { "\"\\uD800\\u00g0\"",
          "\\u without four hexadecimal digits at line 1, column 8" },
        { "\"\\u12\"",
          "\\u without four hexadecimal digits at line 1, column 2" },
        { "\"\\u0000\"", "NUL in a string at line 1, column 2" },
        { "{\"a\\u0000b\":1}", "NUL in a string at line 1, column 4" },
        { "\"\xC0\x80\"", "invalid UTF-8 at line 1, column 2" },
        { "\"\xE0\x80\xAF\"", "invalid UTF-8 at line 1, column 2" },
        { "\"\xF0\x80\x80\xAF\"", "invalid UTF-8 at line 1, column 2" },
        { "\"\xF4\x90\x80\x80\"", "invalid UTF-8 at line 1, column 2" },
        { "\"\xED\xBF\xBF\"", "invalid UTF-8 at line 1, column 2" },
        { "\"a\tb\"", "control character in a string at line 1, column 3" },
        { "\"\\x\"", "unknown escape at line 1, column 2" },
    };

    (void)state;
    check_all(CASES, COUNT(CASES));
    check(STR("\"a\0b\""), ERR_SYNTAX, "NUL in a string at line 1, column 3");
    check(STR("{\"\0\":1}"), ERR_SYNTAX,
          "NUL in a string at line 1, column 3");
    check(STR("1\0"), ERR_SYNTAX,
          "expected nothing after the value at line 1, column 2");
}

static void test_a_refusal_names_what_and_where(void **state)
{
    static const struct verdict CASES[] = {
        { "", "the body is empty" },
        { " ", "the body ends instead of a value at line 1, column 2" },
        { "\xEF\xBB\xBF{}", "byte order mark at line 1, column 1" },
        { "{", "the body ends instead of a name in double quotes"
               " at line 1, column 2" },
        { "{\"a\"", "the body ends instead of ':' at line 1, column 5" },
        { "{\"a\":", "the body ends instead of a value"
                     " at line 1, column 6" },
        { "{\"a\":1", "the body ends instead of ',' or '}'"
                      " at line 1, column 7" },
        { "{\"a\":1,}", "expected a name in double quotes"
                        " at line 1, column 8" },
        { "[1 2]", "expected ',' or ']' at line 1, column 4" },
        { "[\n  1,\r\n\n  ]", "expected a value at line 4, column 3" },
        { "[\"\xC3\xA9\xF0\x9F\x98\x80\", x]",
          "expected a value at line 1, column 8" },
        { "\"abc", "the body ends inside a string at line 1, column 5" },
        { "\"abc\\", "the body ends inside a string at line 1, column 6" },
        { "{} {}", "expected nothing after the value at line 1, column 4" },
        { "01", "number with a leading zero at line 1, column 1" },
        { "-", "the body ends instead of a digit at line 1, column 2" },
        { "1.x", "expected a digit at line 1, column 3" },
        { "1e+", "the body ends instead of a digit at line 1, column 4" },
        { "nul", "expected a value at line 1, column 1" },
        { "{a:1}", "expected a name in double quotes at line 1, column 2" },
    };

    (void)state;
    check_all(CASES, COUNT(CASES));
}

static void test_an_early_end_is_refused_at_every_byte(void **state)
{
    static const char TEXT[] =
        "{\"a\":[1,-2.5e+3,true,null,\"\\u00e9\\ud83d\\ude00\xC3\xA9\"]}";

    (void)state;
    check(STR(TEXT), ERR_NONE, NULL);
    for (size_t len = 0; len < sizeof(TEXT) - 1; len++)
        check((struct str){ TEXT, len }, ERR_SYNTAX, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_conformance_suite_is_judged_as_written_down),
        cmocka_unit_test(test_endless_nesting_is_refused),
        cmocka_unit_test(test_depth_8_passes_and_depth_9_does_not),
        cmocka_unit_test(test_size_64_kib_passes_and_one_more_does_not),
        cmocka_unit_test(test_integers_end_at_2_to_the_53),
        cmocka_unit_test(test_number_of_1024_characters_is_the_longest),
        cmocka_unit_test(test_names_are_compared_unescaped),
        cmocka_unit_test(test_64_names_pass_and_65_do_not),
        cmocka_unit_test(test_strings_are_valid_utf8_without_nul),
        cmocka_unit_test(test_a_refusal_names_what_and_where),
        cmocka_unit_test(test_an_early_end_is_refused_at_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
