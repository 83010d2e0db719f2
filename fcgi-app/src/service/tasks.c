#include "service/tasks.h"

#include "domain/words.h"
#include "service/places.h"

enum {
    /* Attempts to apply a change to a task that others are changing too. */
    PATCH_TRIES = 64,
    /* Steps of a batch that fit between two milliseconds of default order. */
    STEPS_PER_MS = 128,
    /* One create in this many counts the person's tasks. */
    QUOTA_SAMPLE = 16
};

/* A patch of these alone needs no look at the task before it. */
#define PLAIN_FIELDS \
    (FIELD_BIT(TASK_TITLE) | FIELD_BIT(TASK_NOTES) | \
     FIELD_BIT(TASK_PRIORITY) | FIELD_BIT(TASK_TAGS) | FIELD_BIT(TASK_ORDER))

static enum err get_any(const struct call *call, struct id id,
                        struct task *out, struct error *error)
{
    return call->store->ops->get(call->store, call->arena, KIND_TASK,
                                 key_owned(call->actor.user, id), out, error);
}

/* Those whose change takes the subtasks along. */
#define PLACE_FIELDS (FIELD_BIT(TASK_LIST_ID) | FIELD_BIT(TASK_PARENT_ID))

static enum err check_quota(const struct call *call, struct id id,
                            struct error *error)
{
    struct task task;
    int64_t count;
    enum err err;

    if (id.bytes[ID_BYTES - 1] % QUOTA_SAMPLE != 0)
        return ERR_NONE;
    err = call->store->ops->task_count(call->store, call->actor.user,
                                       TASKS_PER_USER_MAX, &count, error);
    if (err == ERR_NONE && count >= TASKS_PER_USER_MAX &&
        get_any(call, id, &task, &(struct error){ 0 }) == ERR_NOT_FOUND)
        return error_set(error, ERR_LIMIT,
                         "A person may keep %d tasks; the trash counts until "
                         "it is emptied.", TASKS_PER_USER_MAX);
    return err;
}

enum err tasks_create(const struct call *call, const struct task *values,
                      uint64_t present, struct task *out,
                      enum write_effect *effect, struct error *error)
{
    struct task task = *values;
    uint64_t fields = present;
    enum err err;

    task.owner = call->actor.user;
    task.id = call_new_id(call, task.id, "task");
    if ((present & FIELD_BIT(TASK_ORDER)) == 0)
        task.order = (double)call->now + (double)call->step / STEPS_PER_MS;
    if (task.completed)
        task.completed_at = call->now;
    err = place_check(call, &task, &fields, error);
    if (err != ERR_NONE)
        return err;
    err = task_check(&task, "", error);
    if (err != ERR_NONE || error->code != ERR_NONE)
        return error->code;
    err = check_quota(call, task.id, error);
    if (err != ERR_NONE)
        return err;
    task_derive(call->arena, &task, ~UINT64_C(0));
    return call->store->ops->create(call->store, call->arena, KIND_TASK,
                                    &task, call->op, out, effect, error);
}

enum err tasks_get(const struct call *call, struct id id, struct task *out,
                   struct error *error)
{
    enum err err = get_any(call, id, out, error);

    if (err == ERR_NONE && out->deleted)
        return error_set(error, ERR_NOT_FOUND, "There is no such task.");
    return err;
}

static enum err update(const struct call *call, struct id id,
                       int64_t if_version, const struct task *values,
                       uint64_t fields, enum tristate deleted,
                       struct task *out, enum write_effect *effect,
                       struct error *error)
{
    struct change change = {
        .key = key_owned(call->actor.user, id),
        .if_version = if_version,
        .fields = fields,
        .values = values,
        .deleted = deleted,
        .op = call->op,
    };

    return call->store->ops->update(call->store, call->arena, KIND_TASK,
                                    &change, out, effect, error);
}

/* The zone in which "from completion" counts days. */
static enum err reader_zone(const struct call *call, struct str *zone,
                            struct error *error)
{
    struct user user;
    enum err err = call->store->ops->get(call->store, call->arena, KIND_USER,
                                         key_id(call->actor.user), &user,
                                         error);

    *zone = STR("UTC");
    if (err == ERR_NONE)
        *zone = user.time_zone;
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

static enum err apply_completed(const struct call *call,
                                const struct task *before, struct task *task,
                                uint64_t *fields, struct error *error)
{
    bool completed = task->completed;
    struct str zone = STR("UTC");

    if ((*fields & FIELD_BIT(TASK_COMPLETED)) == 0)
        return ERR_NONE;
    task->completed = before->completed;
    if (completed == before->completed)
        return ERR_NONE;
    if (!completed) {
        *fields |= task_reopen(task);
        return ERR_NONE;
    }
    if (!str_is_none(task->recurrence.rrule) &&
        task->recurrence.from == RECUR_FROM_COMPLETION) {
        enum err err = reader_zone(call, &zone, error);

        if (err != ERR_NONE)
            return err;
    }
    *fields |= task_complete(call->arena, task, call->now, zone);
    return ERR_NONE;
}

/* What the task becomes: the patch on top of what is there. */
static enum err apply_patch(const struct call *call,
                            const struct task *before,
                            const struct task *values, uint64_t *fields,
                            struct task *task, struct error *error)
{
    enum err err;

    *task = *before;
    schema_merge(&task_schema, *fields, values, task);
    if (str_is_none(task->recurrence.rrule))
        task->recurrence.from = RECUR_FROM_DUE;
    err = place_check(call, task, fields, error);
    if (err != ERR_NONE)
        return err;
    if (task_check(task, "", error) != ERR_NONE ||
        error->code != ERR_NONE)
        return error->code;
    err = apply_completed(call, before, task, fields, error);
    if (err != ERR_NONE)
        return err;
    *fields = task_derive(call->arena, task, *fields);
    return ERR_NONE;
}

static enum err too_busy(struct error *error)
{
    *error = (struct error){ .retry_after = 1 };
    return error_set(error, ERR_UNAVAILABLE,
                     "Too many changes to this task at once.");
}

/* One attempt; ERR_STALE without if_version means: try again. */
static enum err patch_once(const struct call *call, struct id id,
                           int64_t if_version, const struct task *values,
                           uint64_t present, struct task *out,
                           struct error *error)
{
    enum write_effect effect = WRITE_DONE;
    struct task before, task;
    uint64_t fields = present;
    enum err err = tasks_get(call, id, &before, error);

    if (err != ERR_NONE)
        return err;
    if (if_version != 0 && if_version != before.version) {
        /* Changes nothing; tells a repetition from a stale version. */
        err = update(call, id, if_version, values, PLAIN_FIELDS & present,
                     NO, out, &effect, error);
    } else {
        err = apply_patch(call, &before, values, &fields, &task, error);
        if (err == ERR_NONE)
            err = update(call, id, before.version, &task, fields, NO, out,
                         &effect, error);
    }
    if (err != ERR_NONE || (fields & PLACE_FIELDS) == 0 ||
        (effect != WRITE_REPEATED && id_eq(before.list_id, out->list_id)))
        return err;
    return place_follow(call, out, error);
}

enum err tasks_patch(const struct call *call, struct id id,
                     int64_t if_version, const struct task *values,
                     uint64_t present, struct task *out, struct error *error)
{
    enum write_effect effect;
    struct task task = *values;
    enum err err = ERR_STALE;

    if ((present & ~PLAIN_FIELDS) == 0) {
        uint64_t fields = task_derive(call->arena, &task, present);

        return update(call, id, if_version, &task, fields, NO, out, &effect,
                      error);
    }
    for (int i = 0; err == ERR_STALE && i < PATCH_TRIES; i++) {
        *error = (struct error){ 0 };
        err = patch_once(call, id, if_version, values, present, out, error);
        if (if_version != 0)
            break;
    }
    return err == ERR_STALE && if_version == 0 ? too_busy(error) : err;
}

/* A deletion is named by what was deleted, so that two of them at the same
 * moment are the same one. */
static struct trash_mark trash_mark_new(const struct call *call, struct id id)
{
    return (struct trash_mark){
        .deleted = true,
        .deleted_at = call->now,
        .purge_at = call->now + TASK_TRASH_DAYS * (int64_t)DAY_MS,
        .trash_id = id,
    };
}

static void set_trash(struct task *task, const struct trash_mark *mark)
{
    task->deleted = mark->deleted;
    task->deleted_at = mark->deleted_at;
    task->purge_at = mark->purge_at;
    task->trash_id = mark->trash_id;
}

enum err tasks_trash(const struct call *call, struct id id,
                     int64_t if_version, struct task *out,
                     struct error *error)
{
    struct trash_mark mark = trash_mark_new(call, id);
    struct task values = { 0 };
    enum write_effect effect = WRITE_DONE;
    enum err err;

    set_trash(&values, &mark);
    err = update(call, id, if_version, &values, TASK_TRASH_FIELDS, NO, out,
                 &effect, error);
    if (err == ERR_NOT_FOUND) {
        /* Gone already: finish what a first attempt may have left. */
        effect = WRITE_REPEATED;
        *error = (struct error){ 0 };
        err = get_any(call, id, out, error);
        if (err == ERR_NONE && !out->deleted)
            return error_set(error, ERR_STALE,
                             "The task was restored in the meantime.");
    }
    return err != ERR_NONE ? err
                           : place_settle(call, out, id,
                                          effect == WRITE_REPEATED, error);
}

/* Out of the trash into a place that exists. */
static enum err restore_place(const struct call *call, struct task *task,
                              uint64_t *fields, struct error *error)
{
    struct error none = { 0 };
    struct task parent;
    enum err err = ERR_NONE;

    if (!id_is_none(task->parent_id)) {
        err = tasks_get(call, task->parent_id, &parent, &none);
        if (err == ERR_NOT_FOUND) {
            task->parent_id = ID_NONE;
            *fields |= FIELD_BIT(TASK_PARENT_ID);
        } else if (err != ERR_NONE) {
            *error = none;
            return err;
        }
    }
    none = (struct error){ 0 };
    *fields |= FIELD_BIT(TASK_LIST_ID);
    err = place_check(call, task, fields, &none);
    if (err != ERR_NONE) {
        *error = none;
        return err;
    }
    if (none.code == ERR_INVALID)
        task->list_id = ID_NONE;
    return ERR_NONE;
}

/* The parent may have gone to the trash while the task came out of it. */
static enum err follow_parent(const struct call *call,
                              const struct task *task, struct error *error)
{
    struct task parent;
    enum err err;

    if (id_is_none(task->parent_id))
        return ERR_NONE;
    err = get_any(call, task->parent_id, &parent, error);
    if (err == ERR_NONE && parent.deleted)
        return place_settle(call, &parent, parent.trash_id, true, error);
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

/* One attempt; ERR_STALE: the task has changed, try again. */
static enum err restore_once(const struct call *call, const struct task *task,
                             struct task *out, struct error *error)
{
    static const struct trash_mark mark = { .deleted_at = INSTANT_NONE,
                                            .purge_at = INSTANT_NONE };
    uint64_t fields = TASK_TRASH_FIELDS;
    struct task values = *task;
    enum write_effect effect;
    enum err err;

    set_trash(&values, &mark);
    /* Subtasks first: a repetition after a failure finds the root still in
     * the trash and starts over. */
    err = place_restore_below(call, task, error);
    if (err == ERR_NONE)
        err = restore_place(call, &values, &fields, error);
    if (err == ERR_NONE)
        err = update(call, task->id, task->version, &values, fields, ANY, out,
                     &effect, error);
    if (err == ERR_NONE)
        err = place_settle(call, out, task->trash_id, true, error);
    return err != ERR_NONE ? err : follow_parent(call, out, error);
}

enum err tasks_restore(const struct call *call, struct id id,
                       struct task *out, struct error *error)
{
    enum err err = ERR_STALE;

    for (int i = 0; err == ERR_STALE && i < PATCH_TRIES; i++) {
        struct task task;

        *error = (struct error){ 0 };
        err = get_any(call, id, &task, error);
        if (err == ERR_NONE && !task.deleted) {
            *out = task;
            return ERR_NONE;
        }
        if (err == ERR_NONE)
            err = restore_once(call, &task, out, error);
    }
    return err == ERR_STALE ? too_busy(error) : err;
}

enum err tasks_trash_query(const struct call *call,
                           const struct task_query *query, int64_t *changed,
                           struct error *error)
{
    struct trash_mark mark =
        trash_mark_new(call, call_new_id(call, ID_NONE, "trash"));
    struct task_query rest;
    struct task_page page = { .more = true };
    enum err err = call->store->ops->task_trash(call->store, query, &mark,
                                                changed, error);

    /* A repetition finishes what a first attempt may have left. */
    if (err != ERR_NONE || (*changed == 0 && !call->op.set))
        return err;
    task_query_init(&rest, call->actor.user);
    rest.deleted = true;
    rest.trash_id = mark.trash_id;
    rest.sort = SORT_DELETED;
    rest.limit = PAGE_LIMIT_MAX;
    while (page.more) {
        err = call->store->ops->task_list(call->store, call->arena, &rest,
                                          &page, error);
        if (err != ERR_NONE || page.len == 0)
            return err;
        for (size_t i = 0; i < page.len; i++) {
            err = place_settle(call, &page.items[i], mark.trash_id,
                               call->op.set, error);
            if (err != ERR_NONE)
                return err;
        }
        rest.cursor = task_cursor_after(rest.sort, &page.items[page.len - 1]);
    }
    return ERR_NONE;
}
