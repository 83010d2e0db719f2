#include "service/places.h"
#include "service/tasks.h"

/* Renumbering goes on until there is room; further than this is refused. */
enum { SPREAD_MAX = 10000 };

/* The place wanted: between `low` and `high`, in a list and below a parent. */
struct gap {
    struct id list_id, parent_id;
    bool has_low, has_high;
    struct task low, high;
};

static struct task_query siblings(const struct call *call,
                                  const struct gap *gap)
{
    struct task_query query;

    task_query_init(&query, call->actor.user);
    query.by_list = true;
    query.list_id = gap->list_id;
    query.by_parent = true;
    query.parent_id = gap->parent_id;
    return query;
}

/* The sibling next to `from` (or at the end, without it) that is not `self`. */
static enum err neighbour(const struct call *call, const struct gap *gap,
                          const struct task *from, bool descending,
                          struct id self, struct task *out, bool *found,
                          struct error *error)
{
    struct task_query query = siblings(call, gap);
    struct task_page page;
    enum err err;

    query.descending = descending;
    query.limit = 2;
    if (from != NULL)
        query.cursor = task_cursor_after(query.sort, from);
    err = call->store->ops->task_list(call->store, call->arena, &query, &page,
                                      error);
    *found = false;
    for (size_t i = 0; err == ERR_NONE && i < page.len && !*found; i++) {
        *out = page.items[i];
        *found = !id_eq(out->id, self);
    }
    return err;
}

static enum err gap_at_anchor(const struct call *call, const struct task *task,
                              const struct move *move, struct gap *gap,
                              struct error *error)
{
    struct task anchor;
    enum err err = tasks_get(call, move->anchor, &anchor, error);
    bool before = move->to == MOVE_BEFORE;

    if (err == ERR_NOT_FOUND || id_eq(move->anchor, task->id)) {
        *error = (struct error){ 0 };
        error_add(error, before ? "/before" : "/after", "not_found",
                  "There is no such other task.");
        return error->code;
    }
    if (err != ERR_NONE)
        return err;
    gap->list_id = anchor.list_id;
    gap->parent_id = anchor.parent_id;
    if (before) {
        gap->high = anchor;
        gap->has_high = true;
        return neighbour(call, gap, &anchor, true, task->id, &gap->low,
                         &gap->has_low, error);
    }
    gap->low = anchor;
    gap->has_low = true;
    return neighbour(call, gap, &anchor, false, task->id, &gap->high,
                     &gap->has_high, error);
}

static enum err gap_find(const struct call *call, const struct task *task,
                         const struct move *move, struct gap *gap,
                         struct error *error)
{
    gap->parent_id = move->set_parent ? move->parent_id : task->parent_id;
    gap->list_id = move->set_list ? move->list_id : task->list_id;
    switch (move->to) {
    case MOVE_KEEP:
        return ERR_NONE;
    case MOVE_BEFORE:
    case MOVE_AFTER:
        return gap_at_anchor(call, task, move, gap, error);
    case MOVE_TOP:
        return neighbour(call, gap, NULL, false, task->id, &gap->high,
                         &gap->has_high, error);
    case MOVE_BOTTOM:
        return neighbour(call, gap, NULL, true, task->id, &gap->low,
                         &gap->has_low, error);
    }
    return ERR_NONE;
}

/* A number strictly inside the gap; false when no double is left there. */
static bool gap_order(const struct call *call, const struct gap *gap,
                      double *order)
{
    if (gap->has_low && gap->has_high) {
        *order = gap->low.order + (gap->high.order - gap->low.order) / 2;
        return *order > gap->low.order && *order < gap->high.order;
    }
    if (gap->has_high)
        *order = gap->high.order - TASK_ORDER_STEP;
    else if (gap->has_low)
        *order = gap->low.order + TASK_ORDER_STEP;
    else
        *order = (double)call->now;
    return *order >= -TASK_ORDER_MAX && *order <= TASK_ORDER_MAX;
}

/* Once an operation, like the move itself. */
static enum err set_order(const struct call *call, struct id id, double order,
                          struct error *error)
{
    struct task values = { .order = order }, out;
    enum write_effect effect;
    struct change change = {
        .key = key_owned(call->actor.user, id),
        .fields = FIELD_BIT(TASK_ORDER),
        .values = &values,
        .deleted = NO,
        .op = op_part(call->op, STR("spread")),
    };
    enum err err = call->store->ops->update(call->store, call->arena,
                                            KIND_TASK, &change, &out, &effect,
                                            error);

    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

/* The siblings from `task` on that stand too close to the one before them. */
static enum err crowded(const struct call *call, const struct gap *gap,
                        struct task task, struct id self, double order,
                        struct id *ids, size_t *len, struct error *error)
{
    bool found = true;

    *len = 0;
    while (found && task.order < order) {
        enum err err;

        if (*len == SPREAD_MAX)
            return error_set(error, ERR_LIMIT,
                             "Too many tasks share one place; sort the list "
                             "first.");
        ids[(*len)++] = task.id;
        order += TASK_ORDER_STEP;
        err = neighbour(call, gap, &task, false, self, &task, &found, error);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* Moves the siblings from gap->high on upwards until there is room below. The
 * last goes first: so their order is right at any moment. */
static enum err spread(const struct call *call, struct gap *gap,
                       struct id self, struct error *error)
{
    double first = gap->low.order + 2 * TASK_ORDER_STEP;
    struct id *ids = arena_array(call->arena, SPREAD_MAX, sizeof(*ids));
    size_t len;
    enum err err = crowded(call, gap, gap->high, self, first, ids, &len,
                           error);

    while (err == ERR_NONE && len-- > 0)
        err = set_order(call, ids[len], first + TASK_ORDER_STEP * (double)len,
                        error);
    gap->high.order = first;
    return err;
}

/* A repetition may find the task in its list, but not yet its subtasks. */
static bool may_change_list(const struct call *call, const struct task *task,
                            const struct move *move, const struct gap *gap)
{
    bool named = move->set_list || move->set_parent ||
                 move->to == MOVE_BEFORE || move->to == MOVE_AFTER;

    return !id_eq(task->list_id, gap->list_id) || (named && call->op.set);
}

enum err tasks_move(const struct call *call, struct id id, int64_t if_version,
                    const struct move *move, struct task *out,
                    struct error *error)
{
    struct task task, values;
    struct gap gap = { 0 };
    uint64_t fields = 0;
    enum err err = tasks_get(call, id, &task, error);

    if (err == ERR_NONE)
        err = gap_find(call, &task, move, &gap, error);
    if (err != ERR_NONE)
        return err;
    values = task;
    if (move->to != MOVE_KEEP) {
        if (!gap_order(call, &gap, &values.order)) {
            err = spread(call, &gap, id, error);
            if (err != ERR_NONE)
                return err;
            values.order = gap.low.order + TASK_ORDER_STEP;
        }
        fields |= FIELD_BIT(TASK_ORDER);
    }
    values.list_id = gap.list_id;
    values.parent_id = gap.parent_id;
    if (!id_eq(task.parent_id, gap.parent_id))
        fields |= FIELD_BIT(TASK_PARENT_ID);
    if (may_change_list(call, &task, move, &gap))
        fields |= FIELD_BIT(TASK_LIST_ID);
    if (fields == 0) {
        *out = task;
        return ERR_NONE;
    }
    return tasks_patch(call, id, if_version, &values, fields, out, error);
}
