#include "cases.h"

#include <string.h>

#include "base/arena.h"
#include "domain/task.h"
#include "domain/zone.h"

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

static struct task new_task(void)
{
    struct task task;

    memcpy(&task, task_schema.defaults, sizeof(task));
    task.id = (struct id){ { 1 } };
    task.title = STR("Pay rent");
    return task;
}

static int64_t at(const char *utc)
{
    int64_t ms = 0;

    assert_true(instant_parse(str_from(utc), &ms));
    return ms;
}

/* "pointer code" of each error, joined by '|'. */
static struct str report(const struct error *error)
{
    struct str joined = STR("");

    for (size_t i = 0; i < error->n_fields; i++)
        joined = arena_printf(&arena, "%.*s%s%s %s", STR_ARG(joined),
                              i > 0 ? "|" : "", error->fields[i].pointer,
                              error->fields[i].code);
    return joined;
}

static void test_rules_between_fields(void **state)
{
    static const struct {
        struct due due;
        int32_t start;
        const char *rule;
        int from;
        const char *report;
    } CASES[] = {
        { { 0, -1, { 0 } }, 0, NULL, 0, "" },
        { { 20261130, -1, { 0 } }, 20261130, NULL, 0, "" },
        { { 20261130, 540, { 0 } }, 20261101, "FREQ=DAILY", 1, "" },
        { { 20261130, 540, { "Europe/Berlin", 13 } }, 0, NULL, 0, "" },
        { { 0, -1, { 0 } }, 20261130, NULL, 0, "" },
        { { 0, 540, { 0 } }, 0, NULL, 0, "/due/date required" },
        { { 0, 540, { "Mars/Base", 9 } }, 0, NULL, 0,
          "/due/date required|/due/time_zone unknown_zone" },
        { { 20261130, -1, { "UTC", 3 } }, 0, NULL, 0, "/due/time required" },
        { { 20261130, 0, { "", 0 } }, 0, NULL, 0,
          "/due/time_zone unknown_zone" },
        { { 20261130, -1, { 0 } }, 20261201, NULL, 0, "/start after_due" },
        { { 0, -1, { 0 } }, 0, "FREQ=DAILY", 0, "/due/date required" },
        { { 0, 540, { 0 } }, 0, "FREQ=DAILY", 0, "/due/date required" },
        { { 20261130, -1, { 0 } }, 0, "FREQ=NEVER", 0,
          "/recurrence/rrule bad_rrule" },
        { { 20261130, -1, { 0 } }, 0, NULL, 1,
          "/recurrence/rrule required" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct task task = new_task();
        struct error error = { 0 };
        enum err err;

        task.due = CASES[i].due;
        task.start = CASES[i].start;
        task.recurrence.rrule = str_from(CASES[i].rule);
        task.recurrence.from = CASES[i].from;
        err = task_check(&task, "", &error);
        assert_str(report(&error), str_from(CASES[i].report));
        assert_int_equal(err, error.n_fields > 0 ? ERR_INVALID : ERR_NONE);
    }
}

static void test_a_task_is_not_its_own_subtask(void **state)
{
    struct task task = new_task();
    struct error error = { 0 };

    (void)state;
    task.parent_id = (struct id){ { 2 } };
    assert_int_equal(task_check(&task, "", &error), ERR_NONE);
    task.parent_id = task.id;
    assert_int_equal(task_check(&task, "/operations/3/body", &error),
                     ERR_INVALID);
    assert_str(report(&error), STR("/operations/3/body/parent_id cycle"));
}

static void test_due_key_orders_whole_days_first(void **state)
{
    struct task task = new_task();

    (void)state;
    (void)task_derive(&arena, &task, TASK_DUE_FIELDS);
    assert_true(task.due_key == TASK_DUE_KEY_NONE);
    task.due.date = 20261130;
    (void)task_derive(&arena, &task, FIELD_BIT(TASK_DUE_DATE));
    assert_true(task.due_key == INT64_C(202611300000));
    task.due.time = 0;
    (void)task_derive(&arena, &task, FIELD_BIT(TASK_DUE_TIME));
    assert_true(task.due_key == INT64_C(202611300001));
    assert_true(task.due_at == INSTANT_NONE);
    task.due.time = 23 * 60 + 59;
    (void)task_derive(&arena, &task, FIELD_BIT(TASK_DUE_TIME));
    assert_true(task.due_key == INT64_C(202611301440));
    assert_true(task.due_key < TASK_DUE_KEY_NONE);
}

static void test_due_at_is_for_times_with_a_zone(void **state)
{
    struct task task = new_task();

    (void)state;
    task.due = (struct due){ 20261130, 540, STR("Europe/Berlin") };
    (void)task_derive(&arena, &task, FIELD_BIT(TASK_DUE_ZONE));
    assert_true(task.due_at == at("2026-11-30T08:00:00Z"));
    task.due.time_zone = STR_NONE;
    (void)task_derive(&arena, &task, FIELD_BIT(TASK_DUE_ZONE));
    assert_true(task.due_at == INSTANT_NONE);
}

static void test_only_what_depends_on_the_fields_is_derived(void **state)
{
    struct task task = new_task();
    uint64_t fields;

    (void)state;
    task.notes = STR("By bank");
    task.due.date = 20261130;
    fields = task_derive(&arena, &task, FIELD_BIT(TASK_PRIORITY));
    assert_true(fields == FIELD_BIT(TASK_PRIORITY));
    assert_int_equal(task.title_words.len, 0);
    assert_true(task.due_key == TASK_DUE_KEY_NONE);
    fields = task_derive(&arena, &task, FIELD_BIT(TASK_TITLE));
    assert_true(fields ==
                (FIELD_BIT(TASK_TITLE) | FIELD_BIT(TASK_TITLE_WORDS)));
    assert_int_equal(task.title_words.len, 2);
    assert_str(task.title_words.items[0], STR("pay"));
    fields = task_derive(&arena, &task,
                         FIELD_BIT(TASK_NOTES) | FIELD_BIT(TASK_DUE_DATE));
    assert_true(fields ==
                (FIELD_BIT(TASK_NOTES) | FIELD_BIT(TASK_NOTES_WORDS) |
                 FIELD_BIT(TASK_DUE_DATE) | FIELD_BIT(TASK_DUE_KEY) |
                 FIELD_BIT(TASK_DUE_AT)));
    assert_str(task.notes_words.items[0], STR("bank"));
}

#define DONE (FIELD_BIT(TASK_COMPLETED) | FIELD_BIT(TASK_COMPLETED_AT))
#define COUNTED \
    (FIELD_BIT(TASK_COMPLETION_COUNT) | FIELD_BIT(TASK_LAST_COMPLETED_AT))

static void test_a_plain_task_is_completed_and_reopened(void **state)
{
    struct task task = new_task();
    int64_t now = at("2026-11-23T09:00:00Z");

    (void)state;
    assert_true(task_reopen(&task) == 0);
    assert_true(task_complete(&arena, &task, now, STR("UTC")) == DONE);
    assert_true(task.completed);
    assert_true(task.completed_at == now);
    assert_int_equal(task.completion_count, 0);
    /* Again changes nothing. */
    assert_true(task_complete(&arena, &task, now + 1, STR("UTC")) == 0);
    assert_true(task.completed_at == now);
    assert_true(task_reopen(&task) == DONE);
    assert_false(task.completed);
    assert_true(task.completed_at == INSTANT_NONE);
}

struct completion {
    struct due due;
    int32_t start;
    const char *rule;
    int from;
    const char *now, *zone;
    int32_t next, next_start; /* next 0: the series has ended */
    const char *rest;
};

static void check_completions(const struct completion *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct completion *c = &cases[i];
        struct task task = new_task();
        uint64_t changed;

        task.due = c->due;
        task.start = c->start;
        task.recurrence.rrule = str_from(c->rule);
        task.recurrence.from = c->from;
        changed = task_complete(&arena, &task, at(c->now),
                                str_from(c->zone));
        assert_int_equal(task.completion_count, 1);
        assert_true(task.last_completed_at == at(c->now));
        assert_int_equal(task.completed, c->next == 0);
        if (c->next == 0) {
            assert_true(changed == (DONE | COUNTED));
            assert_true(task.completed_at == at(c->now));
            assert_int_equal(task.due.date, c->due.date);
            assert_int_equal(task.start, c->start);
            continue;
        }
        assert_true(task.completed_at == INSTANT_NONE);
        if (task.due.date != c->next)
            fail_msg("%s from %d: got %d instead of %d", c->rule,
                     (int)c->due.date, (int)task.due.date, (int)c->next);
        assert_int_equal(task.due.time, c->due.time);
        assert_int_equal(task.start, c->next_start);
        assert_str(task.recurrence.rrule,
                   str_from(c->rest != NULL ? c->rest : c->rule));
        assert_true(changed == (COUNTED | FIELD_BIT(TASK_DUE_DATE) |
                                (c->start ? FIELD_BIT(TASK_START) : 0) |
                                (c->rest ? FIELD_BIT(TASK_RRULE) : 0)));
    }
}

static void test_next_occurrence_counts_from_the_due_date(void **state)
{
    static const struct completion CASES[] = {
        { { 20261123, -1, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_DUE,
          "2026-12-24T09:00:00Z", "UTC", 20261124, 0, NULL },
        { { 20260131, -1, { 0 } }, 0, "FREQ=MONTHLY;BYMONTHDAY=-1",
          RECUR_FROM_DUE, "2026-01-20T09:00:00Z", "UTC", 20260228, 0, NULL },
        { { 20240229, 540, { "Europe/Berlin", 13 } }, 0, "FREQ=YEARLY",
          RECUR_FROM_DUE, "2024-02-29T09:00:00Z", "UTC", 20280229, 0, NULL },
    };

    (void)state;
    check_completions(CASES, COUNT(CASES));
}

static void test_next_occurrence_counts_from_the_completion(void **state)
{
    static const struct completion CASES[] = {
        { { 20261101, -1, { 0 } }, 0, "FREQ=DAILY;INTERVAL=3",
          RECUR_FROM_COMPLETION, "2026-11-23T09:00:00Z", "UTC", 20261126, 0,
          NULL },
        /* Early: before it was due. */
        { { 20261130, -1, { 0 } }, 0, "FREQ=DAILY;INTERVAL=3",
          RECUR_FROM_COMPLETION, "2026-11-23T09:00:00Z", "UTC", 20261126, 0,
          NULL },
        /* The day is the reader's. */
        { { 20261101, 540, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_COMPLETION,
          "2026-11-23T11:30:00Z", "Pacific/Tongatapu", 20261125, 0, NULL },
        { { 20261101, 540, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_COMPLETION,
          "2026-11-23T09:30:00Z", "Pacific/Honolulu", 20261123, 0, NULL },
        { { 20261101, 540, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_COMPLETION,
          "2026-11-23T23:30:00Z", NULL, 20261124, 0, NULL },
        /* ... unless the due time has a zone of its own. */
        { { 20261101, 540, { "Pacific/Tongatapu", 17 } }, 0, "FREQ=DAILY",
          RECUR_FROM_COMPLETION, "2026-11-23T11:30:00Z", "Pacific/Honolulu",
          20261125, 0, NULL },
        /* On both sides of midnight in the night of a clock change. */
        { { 20261001, -1, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_COMPLETION,
          "2026-10-25T22:59:00Z", "Europe/Berlin", 20261026, 0, NULL },
        { { 20261001, -1, { 0 } }, 0, "FREQ=DAILY", RECUR_FROM_COMPLETION,
          "2026-10-25T23:01:00Z", "Europe/Berlin", 20261027, 0, NULL },
    };

    (void)state;
    check_completions(CASES, COUNT(CASES));
}

static void test_start_moves_along(void **state)
{
    static const struct completion CASES[] = {
        { { 20260131, -1, { 0 } }, 20260128, "FREQ=MONTHLY;BYMONTHDAY=-1",
          RECUR_FROM_DUE, "2026-01-31T09:00:00Z", "UTC", 20260228, 20260225,
          NULL },
        { { 20261130, -1, { 0 } }, 20261130, "FREQ=DAILY",
          RECUR_FROM_COMPLETION, "2026-11-23T09:00:00Z", "UTC", 20261124,
          20261124, NULL },
        { { 20280301, -1, { 0 } }, 20280228, "FREQ=WEEKLY", RECUR_FROM_DUE,
          "2028-03-01T09:00:00Z", "UTC", 20280308, 20280306, NULL },
    };

    (void)state;
    check_completions(CASES, COUNT(CASES));
}

static void test_a_series_ends(void **state)
{
    static const struct completion CASES[] = {
        { { 20261123, -1, { 0 } }, 20261120, "FREQ=DAILY;COUNT=1",
          RECUR_FROM_DUE, "2026-11-23T09:00:00Z", "UTC", 0, 0, NULL },
        { { 20261123, -1, { 0 } }, 0, "FREQ=DAILY;UNTIL=20261123",
          RECUR_FROM_DUE, "2026-11-23T09:00:00Z", "UTC", 0, 0, NULL },
        { { 20261123, -1, { 0 } }, 0, "FREQ=DAILY;UNTIL=20261124",
          RECUR_FROM_DUE, "2026-11-23T09:00:00Z", "UTC", 20261124, 0, NULL },
        { { 20261101, -1, { 0 } }, 0, "FREQ=DAILY;UNTIL=20261123",
          RECUR_FROM_COMPLETION, "2026-11-23T09:00:00Z", "UTC", 0, 0, NULL },
        { { 20261123, -1, { 0 } }, 0, "FREQ=DAILY;COUNT=2", RECUR_FROM_DUE,
          "2026-11-23T09:00:00Z", "UTC", 20261124, 0, "FREQ=DAILY;COUNT=1" },
    };

    (void)state;
    check_completions(CASES, COUNT(CASES));
}

static void test_count_runs_to_the_end(void **state)
{
    struct task task = new_task();
    int64_t now = at("2026-11-23T09:00:00Z");

    (void)state;
    task.due.date = 20261123;
    task.recurrence.rrule = STR("FREQ=WEEKLY;COUNT=3;BYDAY=MO");
    assert_false((task_complete(&arena, &task, now, STR("UTC")) & DONE) != 0);
    assert_int_equal(task.due.date, 20261130);
    assert_false((task_complete(&arena, &task, now, STR("UTC")) & DONE) != 0);
    assert_int_equal(task.due.date, 20261207);
    assert_str(task.recurrence.rrule, STR("FREQ=WEEKLY;COUNT=1;BYDAY=MO"));
    assert_true((task_complete(&arena, &task, now, STR("UTC")) & DONE) ==
                DONE);
    assert_true(task.completed);
    assert_int_equal(task.due.date, 20261207);
    assert_int_equal(task.completion_count, 3);
    assert_true(task_complete(&arena, &task, now, STR("UTC")) == 0);
    assert_int_equal(task.completion_count, 3);
}

/* What completing it does, each time on the due date, must be foretold. */
static void test_a_preview_is_what_completions_do(void **state)
{
    static const struct {
        const char *rule, *on;
        int32_t due, completed_on, dates[4];
        int from;
    } CASES[] = {
        { "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-30T12:00:00Z", 20261126,
          20261130, { 20261130, 20261203, 20261207, 20261210 },
          RECUR_FROM_DUE },
        { "FREQ=WEEKLY", "2026-12-01T12:00:00Z", 20261126, 20261201,
          { 20261208, 20261215, 20261222, 20261229 },
          RECUR_FROM_COMPLETION },
        { "FREQ=DAILY;COUNT=3", "2026-11-26T12:00:00Z", 20261126, 20261126,
          { 20261127, 20261128 }, RECUR_FROM_DUE },
        { "FREQ=DAILY;UNTIL=20261127", "2026-11-26T12:00:00Z", 20261126,
          20261126, { 20261127 }, RECUR_FROM_COMPLETION },
        { "FREQ=MONTHLY;BYMONTHDAY=31", "2026-12-31T12:00:00Z", 20261231,
          20261231, { 20270131, 20270331, 20270531, 20270731 },
          RECUR_FROM_DUE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct task task = new_task();
        int64_t now = at(CASES[i].on);
        int32_t dates[COUNT(CASES[i].dates)] = { 0 };
        size_t len;

        task.due.date = CASES[i].due;
        task.recurrence.rrule = str_from(CASES[i].rule);
        task.recurrence.from = CASES[i].from;
        len = task_preview(&arena, task, CASES[i].completed_on, dates,
                           COUNT(dates));
        assert_memory_equal(dates, CASES[i].dates, sizeof(dates));
        for (size_t k = 0; k < len; k++) {
            (void)task_complete(&arena, &task, now, STR("UTC"));
            assert_int_equal(task.due.date, dates[k]);
            now = zone_instant(STR("UTC"), dates[k], 720);
        }
        (void)task_complete(&arena, &task, now, STR("UTC"));
        assert_int_equal(task.completed, len < COUNT(dates));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_between_fields),
        cmocka_unit_test(test_a_task_is_not_its_own_subtask),
        cmocka_unit_test(test_due_key_orders_whole_days_first),
        cmocka_unit_test(test_due_at_is_for_times_with_a_zone),
        cmocka_unit_test(test_only_what_depends_on_the_fields_is_derived),
        cmocka_unit_test(test_a_plain_task_is_completed_and_reopened),
        cmocka_unit_test(test_next_occurrence_counts_from_the_due_date),
        cmocka_unit_test(test_next_occurrence_counts_from_the_completion),
        cmocka_unit_test(test_start_moves_along),
        cmocka_unit_test(test_a_series_ends),
        cmocka_unit_test(test_count_runs_to_the_end),
        cmocka_unit_test(test_a_preview_is_what_completions_do),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
