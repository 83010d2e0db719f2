#include "cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json_in.h"
#include "base/log.h"
#include "base/time.h"

static char written[8192];
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

/* Standard error goes into a file while a test logs. */
static FILE *divert(int *real)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    *real = dup(STDERR_FILENO);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    return file;
}

static struct str restore(FILE *file, int real)
{
    size_t len;

    assert_true(dup2(real, STDERR_FILENO) >= 0);
    assert_int_equal(close(real), 0);
    rewind(file);
    len = fread(written, 1, sizeof(written), file);
    assert_int_equal(fclose(file), 0);
    return (struct str){ written, len };
}

static const struct json *parse_line(struct str text)
{
    struct str line = str_split(&text, '\n');
    const struct json *object = NULL;
    struct error error = { 0 };

    assert_str(text, STR("")); /* one line, ended */
    assert_int_equal(json_parse(&arena, line, &object, &error), ERR_NONE);
    return object;
}

static void assert_member(const struct json *object, const char *name,
                          const char *wanted)
{
    const struct json *value = NULL;

    assert_true(json_get(object, name, &value));
    assert_str(json_string(value), str_from(wanted));
}

static void test_a_line_is_one_object_with_its_fields(void **state)
{
    const struct json *object, *value;
    int64_t ms;
    int real;
    FILE *file = divert(&real);

    (void)state;
    log_set_request(STR("abc123"));
    LOG(LOG_WARN, "breaker_open", LOG_INT("seconds", 5),
        LOG_STR("store", STR("a\"b\n")), LOG_STR("empty", STR("")));
    log_set_request(STR_NONE);
    object = parse_line(restore(file, real));
    assert_member(object, "level", "warn");
    assert_member(object, "event", "breaker_open");
    assert_member(object, "request_id", "abc123");
    assert_member(object, "store", "a\"b\n");
    assert_member(object, "empty", "");
    assert_true(json_get(object, "seconds", &value));
    assert_int_equal(json_int(value), 5);
    assert_true(json_get(object, "ts", &value));
    assert_true(instant_parse(json_string(value), &ms));
}

static void test_the_request_id_is_kept_and_can_be_cleared(void **state)
{
    char id[] = "first";
    const struct json *object, *value;
    int real;
    FILE *file = divert(&real);

    (void)state;
    log_set_request((struct str){ id, 5 });
    memset(id, 'x', 5); /* the logger has a copy */
    log_event(LOG_INFO, "one", NULL);
    object = parse_line(restore(file, real));
    assert_member(object, "request_id", "first");
    file = divert(&real);
    log_set_request(STR_NONE);
    log_event(LOG_INFO, "two", NULL);
    object = parse_line(restore(file, real));
    assert_false(json_get(object, "request_id", &value));
}

static void test_lines_below_the_level_are_dropped(void **state)
{
    const struct json *object;
    int real;
    FILE *file = divert(&real);

    (void)state;
    log_set_level(LOG_WARN);
    log_event(LOG_DEBUG, "one", NULL);
    log_event(LOG_INFO, "two", NULL);
    log_event(LOG_ERROR, "three", NULL);
    log_set_level(LOG_INFO);
    object = parse_line(restore(file, real));
    assert_member(object, "event", "three");
}

static void test_a_line_is_json_whatever_the_values_are(void **state)
{
    char text[6000];
    const struct json *object, *value;
    int real;
    FILE *file = divert(&real);

    (void)state;
    LOG(LOG_INFO, "bytes", LOG_STR("s", STR("\xFF")));
    object = parse_line(restore(file, real));
    assert_member(object, "s", "(not UTF-8)");
    file = divert(&real);
    memset(text, 'a', sizeof(text));
    LOG(LOG_INFO, "long", LOG_STR("s", ((struct str){ text, 6000 })));
    object = parse_line(restore(file, real));
    assert_member(object, "event", "long");
    assert_true(json_get(object, "cut", &value));
    assert_false(json_get(object, "s", &value));
}

static void test_logging_leaves_errno_alone(void **state)
{
    int full = open("/dev/full", O_WRONLY); /* so that writing fails */
    int real;
    FILE *file = divert(&real);

    (void)state;
    assert_true(dup2(full, STDERR_FILENO) >= 0);
    errno = ERANGE;
    log_event(LOG_ERROR, "full", NULL);
    assert_int_equal(errno, ERANGE);
    (void)restore(file, real);
    assert_int_equal(close(full), 0);
}

static void test_levels_have_names(void **state)
{
    enum log_level level = LOG_INFO;

    (void)state;
    assert_true(log_level_parse(STR("debug"), &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_true(log_level_parse(STR("error"), &level));
    assert_int_equal(level, LOG_ERROR);
    assert_false(log_level_parse(STR("ERROR"), &level));
    assert_false(log_level_parse(STR(""), &level));
    assert_false(log_level_parse(STR_NONE, &level));
    assert_int_equal(level, LOG_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_is_one_object_with_its_fields),
        cmocka_unit_test(test_the_request_id_is_kept_and_can_be_cleared),
        cmocka_unit_test(test_lines_below_the_level_are_dropped),
        cmocka_unit_test(test_a_line_is_json_whatever_the_values_are),
        cmocka_unit_test(test_logging_leaves_errno_alone),
        cmocka_unit_test(test_levels_have_names),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
