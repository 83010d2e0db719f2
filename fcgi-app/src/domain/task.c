#include "domain/task.h"

#include <stdio.h>

#include "domain/recurrence.h"
#include "domain/words.h"
#include "domain/zone.h"

static void report(struct error *error, const char *prefix, const char *name,
                   const char *code, const char *detail)
{
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof(pointer), "%s%s", prefix, name);
    error_add(error, pointer, code, "%s", detail);
}

static void check_due(const struct task *task, const char *prefix,
                      struct error *error)
{
    const struct due *due = &task->due;

    if (due->date == DATE_NONE &&
        (due->time != TIME_NONE || !str_is_none(due->time_zone)))
        report(error, prefix, "/due/date", "required",
               "A due time needs a date.");
    if (due->time == TIME_NONE && !str_is_none(due->time_zone))
        report(error, prefix, "/due/time", "required",
               "A time zone needs a time.");
    if (!str_is_none(due->time_zone) && !zone_is_known(due->time_zone))
        report(error, prefix, "/due/time_zone", "unknown_zone",
               "There is no such time zone; one is Europe/Berlin.");
    if (task->start != DATE_NONE && due->date != DATE_NONE &&
        task->start > due->date)
        report(error, prefix, "/start", "after_due",
               "A task cannot start after it is due.");
}

static void check_recurrence(const struct task *task, const char *prefix,
                             struct error *error)
{
    struct error rule = { 0 };

    if (str_is_none(task->recurrence.rrule))
        return;
    if (task->due.date == DATE_NONE)
        report(error, prefix, "/due", "required",
               "A task that repeats needs a due date.");
    if (recurrence_check(task->recurrence.rrule, &rule) != ERR_NONE)
        report(error, prefix, "/recurrence/rrule", "bad_rrule", rule.detail);
}

enum err task_check(const struct task *task, const char *prefix,
                    struct error *error)
{
    size_t before = error->n_fields;

    check_due(task, prefix, error);
    check_recurrence(task, prefix, error);
    if (!id_is_none(task->parent_id) && id_eq(task->parent_id, task->id))
        report(error, prefix, "/parent_id", "cycle",
               "A task cannot be below itself.");
    return error->n_fields > before ? ERR_INVALID : ERR_NONE;
}

static int64_t due_key(const struct due *due)
{
    if (due->date == DATE_NONE)
        return TASK_DUE_KEY_NONE;
    return due->date * INT64_C(10000) +
           (due->time == TIME_NONE ? 0 : due->time + 1);
}

uint64_t task_derive(struct arena *arena, struct task *task, uint64_t fields)
{
    if ((fields & TASK_DUE_FIELDS) != 0) {
        task->due_key = due_key(&task->due);
        task->due_at = str_is_none(task->due.time_zone)
                           ? INSTANT_NONE
                           : zone_instant(task->due.time_zone,
                                          task->due.date, task->due.time);
        fields |= FIELD_BIT(TASK_DUE_KEY) | FIELD_BIT(TASK_DUE_AT);
    }
    if ((fields & FIELD_BIT(TASK_TITLE)) != 0) {
        task->title_words = words_split(arena, task->title);
        fields |= FIELD_BIT(TASK_TITLE_WORDS);
    }
    if ((fields & FIELD_BIT(TASK_NOTES)) != 0) {
        task->notes_words = words_split(arena, task->notes);
        fields |= FIELD_BIT(TASK_NOTES_WORDS);
    }
    return fields;
}

/* Moves due and start to the next occurrence; false at the end of a series. */
static bool advance(struct arena *arena, struct task *task, int64_t now,
                    struct str zone)
{
    int32_t base = task->due.date;
    struct str rest;
    int32_t next;
    int64_t days;

    if (task->recurrence.from == RECUR_FROM_COMPLETION)
        base = zone_date(str_is_none(task->due.time_zone)
                             ? zone
                             : task->due.time_zone, now);
    if (!recurrence_consume(arena, task->recurrence.rrule, &rest) ||
        !recurrence_next(task->recurrence.rrule, base, base, &next))
        return false;
    days = date_to_days(next) - date_to_days(task->due.date);
    if (task->start != DATE_NONE)
        task->start = date_add_days(task->start, (int)days);
    task->due.date = next;
    task->recurrence.rrule = rest;
    return true;
}

uint64_t task_complete(struct arena *arena, struct task *task, int64_t now,
                       struct str zone)
{
    const uint64_t done = FIELD_BIT(TASK_COMPLETED) |
                          FIELD_BIT(TASK_COMPLETED_AT);
    const uint64_t counted = FIELD_BIT(TASK_COMPLETION_COUNT) |
                             FIELD_BIT(TASK_LAST_COMPLETED_AT);
    bool repeats = !str_is_none(task->recurrence.rrule) &&
                   task->due.date != DATE_NONE;

    if (task->completed)
        return 0;
    if (repeats) {
        task->completion_count++;
        task->last_completed_at = now;
        if (advance(arena, task, now, zone))
            return counted | TASK_DUE_FIELDS | FIELD_BIT(TASK_START) |
                   TASK_RECUR_FIELDS;
    }
    task->completed = true;
    task->completed_at = now;
    return repeats ? done | counted : done;
}

uint64_t task_reopen(struct task *task)
{
    task->completed = false;
    task->completed_at = INSTANT_NONE;
    return FIELD_BIT(TASK_COMPLETED) | FIELD_BIT(TASK_COMPLETED_AT);
}
