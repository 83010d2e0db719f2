#include "api/handlers.h"
#include "api/task_act.h"
#include "http/problem.h"
#include "service/outcomes.h"

enum {
    BATCH_MAX = 100,
    /* Of one batch on one task: its record remembers no more marks. */
    STEPS_PER_TASK_MAX = OP_MARKS_KEPT
};

/* One operation; its body is read by the action. */
struct step {
    int action;
    struct id id;
    int64_t version;
    struct str key;
};
enum step_field { STEP_ACTION, STEP_ID, STEP_VERSION, STEP_KEY };

static const char *const action_names[] = {
    [ACT_CREATE] = "create",   [ACT_UPDATE] = "update",
    [ACT_DELETE] = "delete",   [ACT_RESTORE] = "restore",
    [ACT_MOVE] = "move",       [ACT_COMPLETE] = "complete",
    [ACT_COMPLETE + 1] = NULL,
};
#define AT(member) offsetof(struct step, member)
static const struct field step_fields[] = {
    [STEP_ACTION] = { "action", FIELD_ENUM, AT(action),
                      FIELD_REQUIRED | FIELD_WRITABLE,
                      .names = action_names },
    [STEP_ID] = { "id", FIELD_ID, AT(id), FIELD_WRITABLE },
    [STEP_VERSION] = { "version", FIELD_INT, AT(version),
                       FIELD_WRITABLE | FIELD_NULLABLE, .min = 1,
                       .max = 9007199254740991.0 },
    [STEP_KEY] = { "key", FIELD_STRING, AT(key),
                   FIELD_WRITABLE | FIELD_NULLABLE, .min = 1,
                   .max = HTTP_KEY_MAX },
};
static const struct schema step_schema = {
    .name = "operation",
    .fields = step_fields,
    .len = sizeof(step_fields) / sizeof(step_fields[0]),
    .size = sizeof(struct step),
    .key = KEY_NOT_STORED,
};

/* The members beside `body`, whose rules depend on the action. */
static enum err read_step(const struct exchange *x, const struct json *value,
                          const char *prefix, struct step *step,
                          const struct json **body, struct error *error)
{
    const struct json *head;
    uint64_t present;
    enum err err;

    *body = NULL;
    if (json_type(value) == JSON_OBJECT)
        (void)json_get(value, "body", body);
    head = json_without(x->arena, value, "body");
    err = schema_decode(&step_schema, SCHEMA_CREATE, x->arena, head, prefix,
                        step, &present, error);
    if (err == ERR_NONE && step->action != ACT_CREATE &&
        (present & FIELD_BIT(STEP_ID)) == 0) {
        error_add(error,
                  arena_cstr(x->arena,
                             arena_printf(x->arena, "%s/id", prefix)),
                  "required", "This action needs the id of a task.");
        err = error->code;
    }
    return err;
}

static void encode_result(const struct exchange *x, enum err err,
                          const struct task_result *result,
                          const struct error *error, struct json_out *out)
{
    json_begin_object(out);
    json_key(out, STR("status"));
    json_put_int(out, err == ERR_NONE ? result->status : problem_status(err));
    json_key(out, STR("body"));
    if (err != ERR_NONE)
        problem_encode(error, x->request->id, x->extra, out);
    else if (result->has_task)
        encode_task(x, &result->task, out);
    else
        json_put_null(out);
    json_end_object(out);
}

/* The rules that the service checks name a member of the body; here that
 * body is one of many. */
static void place_errors(const struct exchange *x, const char *prefix,
                         struct error *error)
{
    struct error placed = *error;

    placed.n_fields = placed.n_more = 0;
    for (size_t i = 0; i < error->n_fields; i++) {
        const struct field_error *field = &error->fields[i];
        const char *pointer = field->pointer;

        if (!str_starts(str_from(pointer), str_from(prefix)))
            pointer = arena_cstr(
                x->arena, arena_printf(x->arena, "%s%s", prefix, pointer));
        error_add(&placed, pointer, field->code, "%s", field->detail);
    }
    placed.n_more = error->n_more;
    *error = placed;
}

/* A batch that may be repeated is known again on each task by its marks. */
static enum err check_marks(const struct exchange *x, const struct id *ids,
                            size_t index, const char *prefix,
                            struct error *error)
{
    int before = 0;

    if (!x->call.op.set || id_is_none(ids[index]))
        return ERR_NONE;
    for (size_t i = 0; i < index; i++)
        before += id_eq(ids[i], ids[index]);
    if (before < STEPS_PER_TASK_MAX)
        return ERR_NONE;
    error_add(error, prefix, "too_many",
              "With an Idempotency-Key, at most %d operations of a batch may "
              "be on one task.", STEPS_PER_TASK_MAX);
    return error->code;
}

/* ids: of the steps before, and room for this one's. */
static void run_step(struct exchange *x, size_t index,
                     const struct json *value, struct id *ids,
                     struct json_out *out)
{
    struct call call = x->call;
    struct task_result result = { .has_task = false };
    struct error error = { 0 };
    struct step step;
    const struct json *body;
    const char *prefix = arena_cstr(
        x->arena, arena_printf(x->arena, "/operations/%zu", index));
    enum err err = read_step(x, value, prefix, &step, &body, &error);

    ids[index] = err == ERR_NONE ? step.id : ID_NONE;
    if (err == ERR_NONE)
        err = check_marks(x, ids, index, prefix, &error);
    if (err == ERR_NONE) {
        call.op = str_is_none(step.key) ? op_step(x->call.op, index)
                                        : outcome_mark(step.key);
        prefix = arena_cstr(x->arena,
                            arena_printf(x->arena, "%s/body", prefix));
        call.step = index;
        err = task_act(&call, (enum task_action)step.action, step.id,
                       step.version, body, prefix, &result, &error);
        place_errors(x, prefix, &error);
    }
    x->extra = STR_NONE;
    if (err == ERR_STALE && result.has_task)
        stale_task(x, &result.task);
    encode_result(x, err, &result, &error, out);
    x->extra = STR_NONE;
}

static enum err read_operations(const struct exchange *x,
                                const struct json **operations,
                                struct error *error)
{
    const char *wrong = NULL;

    if (json_type(x->body) != JSON_OBJECT ||
        !json_get(x->body, "operations", operations) ||
        json_type(*operations) != JSON_ARRAY)
        wrong = "must be an array of operations";
    else if (json_array_len(*operations) == 0)
        wrong = "must hold at least one operation";
    else if (json_array_len(*operations) > BATCH_MAX)
        wrong = "must hold at most 100 operations";
    if (wrong != NULL)
        error_add(error, "/operations", "out_of_range", "%s", wrong);
    if (wrong == NULL &&
        json_members(json_without(x->arena, x->body, "operations")).more)
        error_add(error, "", "unknown_field",
                  "A batch has the member operations and no other.");
    return error->code;
}

/*
 * 200 with each operation's own status: they are independent, and each is
 * atomic by itself. When the database goes away in the middle the rest get
 * 503 and the whole can be repeated with the same keys.
 */
enum err api_tasks_batch(struct exchange *x, struct error *error)
{
    const struct json *operations = NULL;
    struct id ids[BATCH_MAX];
    struct json_out out;
    enum err err = read_operations(x, &operations, error);

    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_object(&out);
    json_key(&out, STR("results"));
    json_begin_array(&out);
    for (size_t i = 0; i < json_array_len(operations); i++)
        run_step(x, i, json_array_at(operations, i), ids, &out);
    json_end_array(&out);
    json_end_object(&out);
    return ERR_NONE;
}
