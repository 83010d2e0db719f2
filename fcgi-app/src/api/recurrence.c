#include <string.h>

#include "api/handlers.h"
#include "domain/task.h"

enum { PREVIEW_MAX = 12, PREVIEW_DEFAULT = 5, PREVIEW_FIELDS = 7 };

struct preview_body {
    struct task task; /* first: its fields are at the offsets of its table */
    int32_t completed_on;
    int64_t limit;
};
#define AT(member) offsetof(struct preview_body, member)

/* The rows of the task's own table, so that what fits there fits here. */
static enum err read_body(const struct exchange *x, struct preview_body *body,
                          struct error *error)
{
    const struct field *task = task_schema.fields;
    const struct field fields[PREVIEW_FIELDS] = {
        task[TASK_DUE_DATE],
        task[TASK_DUE_TIME],
        task[TASK_DUE_ZONE],
        task[TASK_RRULE],
        task[TASK_RECUR_FROM],
        { .name = "completed_on", .type = FIELD_DATE,
          .offset = AT(completed_on),
          .flags = FIELD_WRITABLE | FIELD_NULLABLE },
        { .name = "limit", .type = FIELD_INT, .offset = AT(limit),
          .flags = FIELD_WRITABLE, .min = 1, .max = PREVIEW_MAX },
    };
    struct preview_body defaults = { .completed_on = DATE_NONE,
                                     .limit = PREVIEW_DEFAULT };
    const struct schema schema = {
        .name = "preview",
        .fields = fields,
        .len = PREVIEW_FIELDS,
        .size = sizeof(*body),
        .key = KEY_NOT_STORED,
        .defaults = &defaults,
    };
    uint64_t present;

    memcpy(&defaults.task, task_schema.defaults, sizeof(defaults.task));
    return schema_decode(&schema, SCHEMA_CREATE, x->arena, x->body, "", body,
                         &present, error);
}

/* What a task may lack and a preview may not. */
static enum err check_body(const struct task *task, struct error *error)
{
    if (str_is_none(task->recurrence.rrule)) {
        error_add(error, "/recurrence/rrule", "required",
                  "a preview needs a rule");
        if (task->due.date == DATE_NONE)
            error_add(error, "/due/date", "required",
                      "a preview needs a due date");
    }
    if (task_check(task, "", error) != ERR_NONE)
        return ERR_INVALID;
    return error->code;
}

/* 200. It asks no store: the dates are those of the rule. */
enum err api_recurrence_preview(struct exchange *x, struct error *error)
{
    /* One more tells whether the series goes on. */
    int32_t dates[PREVIEW_MAX + 1];
    struct preview_body body;
    struct json_out out;
    size_t limit, len;
    enum err err = read_body(x, &body, error);

    if (err == ERR_NONE)
        err = check_body(&body.task, error);
    if (err != ERR_NONE)
        return err;
    if (body.completed_on == DATE_NONE)
        body.completed_on = body.task.due.date;
    limit = (size_t)body.limit;
    len = task_preview(x->arena, body.task, body.completed_on, dates,
                       limit + 1);
    reply_json(x, 200, &out);
    json_begin_object(&out);
    json_key(&out, STR("dates"));
    json_begin_array(&out);
    for (size_t i = 0; i < len && i < limit; i++)
        json_put_date(&out, dates[i]);
    json_end_array(&out);
    json_key(&out, STR("more"));
    json_put_bool(&out, len > limit);
    json_end_object(&out);
    return ERR_NONE;
}
