#include "domain/task.h"

#include <stdio.h>

#include "domain/recurrence.h"
#include "domain/words.h"
#include "domain/zone.h"

struct check {
    const char *prefix;
    struct error *error;
    enum err result;
};

static void broken(struct check *check, const char *member, const char *code,
                   const char *detail)
{
    char pointer[ERROR_POINTER_MAX];

    (void)snprintf(pointer, sizeof(pointer), "%s%s", check->prefix, member);
    error_add(check->error, pointer, code, "%s", detail);
    check->result = ERR_INVALID;
}

static void check_due(struct check *check, const struct task *task)
{
    bool has_zone = !str_is_none(task->due.time_zone);

    if (task->due.date == DATE_NONE &&
        (task->due.time != TIME_NONE || has_zone))
        broken(check, "/due/date", "required",
               "a time or a time zone needs a date");
    if (has_zone && task->due.time == TIME_NONE)
        broken(check, "/due/time", "required", "a time zone needs a time");
    if (has_zone && !zone_is_known(task->due.time_zone))
        broken(check, "/due/time_zone", "unknown_zone",
               "must be a time zone's name like Europe/Berlin");
    if (task->start != DATE_NONE && task->due.date != DATE_NONE &&
        task->start > task->due.date)
        broken(check, "/start", "after_due",
               "must not be after the due date");
}

static void check_recurrence(struct check *check, const struct task *task)
{
    struct error error = { 0 };

    if (str_is_none(task->recurrence.rrule)) {
        if (task->recurrence.from != RECUR_FROM_DUE)
            broken(check, "/recurrence/rrule", "required",
                   "a recurrence needs a rule");
        return;
    }
    if (recurrence_check(task->recurrence.rrule, &error) != ERR_NONE)
        broken(check, "/recurrence/rrule", "bad_rrule", error.detail);
    if (task->due.date == DATE_NONE && task->due.time == TIME_NONE &&
        str_is_none(task->due.time_zone))
        broken(check, "/due/date", "required",
               "a task that recurs needs a due date");
}

enum err task_check(const struct task *task, const char *prefix,
                    struct error *error)
{
    struct check check = { prefix, error, ERR_NONE };

    if (!id_is_none(task->parent_id) && id_eq(task->parent_id, task->id))
        broken(&check, "/parent_id", "cycle",
               "a task cannot be its own subtask");
    check_due(&check, task);
    check_recurrence(&check, task);
    return check.result;
}

static void derive_due(struct task *task)
{
    const struct due *due = &task->due;

    task->due_key = TASK_DUE_KEY_NONE;
    task->due_at = INSTANT_NONE;
    if (due->date == DATE_NONE)
        return;
    /* TIME_NONE is -1: the whole day comes before its first minute. */
    task->due_key = (int64_t)due->date * 10000 + due->time + 1;
    if (due->time != TIME_NONE && !str_is_none(due->time_zone))
        task->due_at = zone_instant(due->time_zone, due->date, due->time);
}

uint64_t task_derive(struct arena *arena, struct task *task, uint64_t fields)
{
    uint64_t derived = 0;

    if ((fields & TASK_DUE_FIELDS) != 0) {
        derive_due(task);
        derived |= FIELD_BIT(TASK_DUE_KEY) | FIELD_BIT(TASK_DUE_AT);
    }
    if ((fields & FIELD_BIT(TASK_TITLE)) != 0) {
        task->title_words = words_split(arena, task->title);
        derived |= FIELD_BIT(TASK_TITLE_WORDS);
    }
    if ((fields & FIELD_BIT(TASK_NOTES)) != 0) {
        task->notes_words = words_split(arena, task->notes);
        derived |= FIELD_BIT(TASK_NOTES_WORDS);
    }
    return fields | derived;
}

static bool is_series(const struct task *task)
{
    return !str_is_none(task->recurrence.rrule) &&
           task->due.date != DATE_NONE;
}

/* The day that the next occurrence is counted from. */
static int32_t base_date(const struct task *task, int64_t now,
                         struct str zone)
{
    const struct due *due = &task->due;

    if (task->recurrence.from == RECUR_FROM_DUE)
        return due->date;
    return zone_date(str_is_none(due->time_zone) ? zone : due->time_zone,
                     now);
}

static uint64_t move_to(struct task *task, int32_t date)
{
    uint64_t changed = FIELD_BIT(TASK_DUE_DATE);

    if (task->start != DATE_NONE) {
        int64_t days = date_to_days(date) - date_to_days(task->due.date);

        task->start = date_add_days(task->start, (int)days);
        changed |= FIELD_BIT(TASK_START);
    }
    task->due.date = date;
    return changed;
}

/* On to the next occurrence; 0 when there is none, and nothing changes. */
static uint64_t advance(struct arena *arena, struct task *task, int32_t base)
{
    struct str rrule = task->recurrence.rrule;
    uint64_t changed = 0;
    struct str rest;
    int32_t next;

    if (!recurrence_consume(arena, rrule, &rest) ||
        !recurrence_next(rrule, base, base, &next))
        return 0;
    if (!str_eq(rest, rrule))
        changed = FIELD_BIT(TASK_RRULE);
    task->recurrence.rrule = rest;
    return changed | move_to(task, next);
}

uint64_t task_complete(struct arena *arena, struct task *task, int64_t now,
                       struct str zone)
{
    uint64_t changed = 0;

    if (task->completed)
        return 0;
    if (is_series(task)) {
        uint64_t moved = advance(arena, task, base_date(task, now, zone));

        task->completion_count++;
        task->last_completed_at = now;
        changed = FIELD_BIT(TASK_COMPLETION_COUNT) |
                  FIELD_BIT(TASK_LAST_COMPLETED_AT);
        if (moved != 0)
            return changed | moved;
    }
    task->completed = true;
    task->completed_at = now;
    return changed | FIELD_BIT(TASK_COMPLETED) |
           FIELD_BIT(TASK_COMPLETED_AT);
}

uint64_t task_reopen(struct task *task)
{
    if (!task->completed)
        return 0;
    task->completed = false;
    task->completed_at = INSTANT_NONE;
    return FIELD_BIT(TASK_COMPLETED) | FIELD_BIT(TASK_COMPLETED_AT);
}

size_t task_preview(struct arena *arena, struct task task,
                    int32_t completed_on, int32_t *dates, size_t max)
{
    int32_t base = task.due.date;
    size_t n = 0;

    if (task.recurrence.from == RECUR_FROM_COMPLETION)
        base = completed_on;
    while (n < max && advance(arena, &task, base) != 0)
        dates[n++] = base = task.due.date;
    return n;
}
