#include "api/task_act.h"


static enum err act_create(const struct call *call, struct id id,
                           const struct json *body, const char *prefix,
                           struct task_result *result, struct error *error)
{
    struct task values;
    uint64_t present;
    enum write_effect effect;
    enum err err = schema_decode(&task_schema, SCHEMA_CREATE, call->arena,
                                 body, prefix, &values, &present, error);

    if (err == ERR_NONE && id_is_none(values.id))
        values.id = id;
    if (err == ERR_NONE)
        err = tasks_create(call, &values, present, &result->task, &effect,
                           error);
    if (err != ERR_NONE)
        return err;
    /* The id was there: say so, unless this is the same create again. */
    result->status = effect == WRITE_EXISTED ? 200 : 201;
    result->has_task = true;
    return ERR_NONE;
}

static enum err act_update(const struct call *call, struct id id,
                           int64_t if_version, const struct json *body,
                           const char *prefix, struct task_result *result,
                           struct error *error)
{
    struct task values;
    uint64_t present;
    enum err err = schema_decode(&task_schema, SCHEMA_PATCH, call->arena,
                                 body, prefix, &values, &present, error);

    if (err == ERR_NONE && present == 0 && if_version == 0)
        err = tasks_get(call, id, &result->task, error);
    else if (err == ERR_NONE)
        err = tasks_patch(call, id, if_version, &values, present,
                          &result->task, error);
    result->has_task = err == ERR_NONE || err == ERR_STALE;
    return err;
}

static enum err act_complete(const struct call *call, struct id id,
                             int64_t if_version, struct task_result *result,
                             struct error *error)
{
    struct task values = { .completed = true };
    enum err err = tasks_patch(call, id, if_version, &values,
                               FIELD_BIT(TASK_COMPLETED), &result->task,
                               error);

    result->has_task = err == ERR_NONE || err == ERR_STALE;
    return err;
}

/* The body of a move. */
struct move_body {
    struct id before, after;
    int to;
    struct id list_id, parent_id;
};
enum move_field { BODY_BEFORE, BODY_AFTER, BODY_TO, BODY_LIST, BODY_PARENT };

static const char *const move_to_names[] = { "top", "bottom", NULL };
#define AT(member) offsetof(struct move_body, member)
static const struct field move_fields[] = {
    [BODY_BEFORE] = { "before", FIELD_ID, AT(before), FIELD_WRITABLE },
    [BODY_AFTER] = { "after", FIELD_ID, AT(after), FIELD_WRITABLE },
    [BODY_TO] = { "to", FIELD_ENUM, AT(to), FIELD_WRITABLE,
                  .names = move_to_names },
    [BODY_LIST] = { "list_id", FIELD_ID, AT(list_id),
                    FIELD_WRITABLE | FIELD_NULLABLE },
    [BODY_PARENT] = { "parent_id", FIELD_ID, AT(parent_id),
                      FIELD_WRITABLE | FIELD_NULLABLE },
};
static const struct schema move_schema = {
    .name = "move",
    .fields = move_fields,
    .len = sizeof(move_fields) / sizeof(move_fields[0]),
    .size = sizeof(struct move_body),
    .key = KEY_NOT_STORED,
};

static enum err read_move(const struct call *call, const struct json *body,
                          const char *prefix, struct move *move,
                          struct error *error)
{
    struct move_body values;
    uint64_t present;
    int places = 0;
    enum err err = schema_decode(&move_schema, SCHEMA_CREATE, call->arena,
                                 body, prefix, &values, &present, error);

    if (err != ERR_NONE)
        return err;
    if ((present & FIELD_BIT(BODY_BEFORE)) != 0) {
        move->to = MOVE_BEFORE;
        move->anchor = values.before;
        places++;
    }
    if ((present & FIELD_BIT(BODY_AFTER)) != 0) {
        move->to = MOVE_AFTER;
        move->anchor = values.after;
        places++;
    }
    if ((present & FIELD_BIT(BODY_TO)) != 0) {
        move->to = values.to == 0 ? MOVE_TOP : MOVE_BOTTOM;
        places++;
    }
    move->set_list = (present & FIELD_BIT(BODY_LIST)) != 0;
    move->list_id = values.list_id;
    move->set_parent = (present & FIELD_BIT(BODY_PARENT)) != 0;
    move->parent_id = values.parent_id;
    if (places > 1 || present == 0) {
        error_add(error, prefix, places > 1 ? "ambiguous" : "required",
                  "Give one of before, after and to, or a list_id or "
                  "parent_id alone.");
        return error->code;
    }
    if (places == 0)
        move->to = MOVE_BOTTOM;
    return ERR_NONE;
}

static enum err act_move(const struct call *call, struct id id,
                         int64_t if_version, const struct json *body,
                         const char *prefix, struct task_result *result,
                         struct error *error)
{
    struct move move = { .to = MOVE_KEEP };
    enum err err = read_move(call, body, prefix, &move, error);

    if (err == ERR_NONE)
        err = tasks_move(call, id, if_version, &move, &result->task, error);
    result->has_task = err == ERR_NONE || err == ERR_STALE;
    return err;
}

enum err task_act(const struct call *call, enum task_action action,
                  struct id id, int64_t if_version, const struct json *body,
                  const char *prefix, struct task_result *result,
                  struct error *error)
{
    enum err err = ERR_INTERNAL;

    *result = (struct task_result){ .status = 200 };
    switch (action) {
    case ACT_CREATE:
        return act_create(call, id, body, prefix, result, error);
    case ACT_UPDATE:
        return act_update(call, id, if_version, body, prefix, result, error);
    case ACT_DELETE:
        err = tasks_trash(call, id, if_version, &result->task, error);
        result->status = 204;
        result->has_task = err == ERR_STALE;
        return err;
    case ACT_RESTORE:
        err = tasks_restore(call, id, &result->task, error);
        result->has_task = err == ERR_NONE;
        return err;
    case ACT_MOVE:
        return act_move(call, id, if_version, body, prefix, result, error);
    case ACT_COMPLETE:
        return act_complete(call, id, if_version, result, error);
    }
    return err;
}
