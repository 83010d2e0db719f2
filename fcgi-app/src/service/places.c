#include "service/places.h"

#include <string.h>

/* How often a change of a tree starts over because others change it too. */
enum { SETTLE_TRIES = 16 };

/* One level of a tree; grows in the arena. */
struct node {
    struct id id, list_id;
    int64_t version;
};
struct level {
    struct node *nodes;
    size_t len, size;
};

static void level_add(struct arena *arena, struct level *level,
                      const struct task *task)
{
    if (level->len == level->size) {
        size_t size = level->size == 0 ? 16 : 2 * level->size;
        struct node *nodes = arena_array(arena, size, sizeof(*nodes));

        if (level->len > 0)
            memcpy(nodes, level->nodes, level->len * sizeof(*nodes));
        level->nodes = nodes;
        level->size = size;
    }
    level->nodes[level->len++] =
        (struct node){ task->id, task->list_id, task->version };
}

/* Adds the subtasks that the query selects, page by page. */
static enum err add_nodes(const struct call *call, struct task_query query,
                          struct level *level, struct error *error)
{
    struct task_page page = { .more = true };

    query.sort = SORT_ORDER;
    query.limit = PAGE_LIMIT_MAX;
    while (page.more) {
        enum err err = call->store->ops->task_list(call->store, call->arena,
                                                   &query, &page, error);

        if (err != ERR_NONE)
            return err;
        for (size_t i = 0; i < page.len; i++)
            level_add(call->arena, level, &page.items[i]);
        if (page.len == 0)
            break;
        query.cursor = task_cursor_after(query.sort,
                                         &page.items[page.len - 1]);
    }
    return ERR_NONE;
}

static struct task_query below(const struct call *call, struct id parent)
{
    struct task_query query;

    task_query_init(&query, call->actor.user);
    query.by_parent = true;
    query.parent_id = parent;
    return query;
}

/* The subtasks of a whole level. */
static enum err next_level(const struct call *call, const struct level *level,
                           struct level *next, struct error *error)
{
    enum err err = ERR_NONE;

    for (size_t i = 0; err == ERR_NONE && i < level->len; i++)
        err = add_nodes(call, below(call, level->nodes[i].id), next, error);
    return err;
}

static enum err check_list(const struct call *call, const struct task *task,
                           struct error *error)
{
    struct list list;
    enum err err;

    if (id_is_none(task->list_id))
        return ERR_NONE;
    err = call->store->ops->get(call->store, call->arena, KIND_LIST,
                                key_owned(call->actor.user, task->list_id),
                                &list, error);
    if (err == ERR_NOT_FOUND || (err == ERR_NONE && list.deleted)) {
        error_add(error, "/list_id", "not_found", "There is no such list.");
        return ERR_NONE;
    }
    return err;
}

static enum err get_parent(const struct call *call, struct id id,
                           struct task *parent, struct error *error)
{
    enum err err = call->store->ops->get(call->store, call->arena, KIND_TASK,
                                         key_owned(call->actor.user, id),
                                         parent, error);

    if (err == ERR_NONE && parent->deleted)
        return ERR_NOT_FOUND;
    return err;
}

/* How many levels of subtasks there are below a task. */
static enum err find_height(const struct call *call, const struct task *task,
                            int *height, struct error *error)
{
    struct level level = { 0 };

    *height = 0;
    if (task->version == 0) /* it is just being created */
        return ERR_NONE;
    level_add(call->arena, &level, task);
    for (;;) {
        struct level next = { 0 };
        enum err err = next_level(call, &level, &next, error);

        if (err != ERR_NONE)
            return err;
        if (next.len == 0 || *height == TASK_DEPTH_MAX)
            return ERR_NONE;
        level = next;
        ++*height;
    }
}

/* Walks up from the task's parent. */
static enum err check_parent(const struct call *call, struct task *task,
                             uint64_t *fields, struct error *error)
{
    struct id id = task->parent_id;
    struct task parent;
    int height;
    enum err found = find_height(call, task, &height, error);

    if (found != ERR_NONE)
        return found;
    for (int depth = 1; !id_is_none(id); depth++) {
        enum err err;

        if (id_eq(id, task->id)) {
            if (depth > 1) /* its own parent: task_check says so */
                error_add(error, "/parent_id", "cycle",
                          "A task cannot be below itself.");
            return ERR_NONE;
        }
        if (depth + height >= TASK_DEPTH_MAX) {
            error_add(error, "/parent_id", "too_deep",
                      "Subtasks go at most %d levels deep.", TASK_DEPTH_MAX);
            return ERR_NONE;
        }
        err = get_parent(call, id, &parent, error);
        if (err == ERR_NOT_FOUND && depth == 1) {
            error_add(error, "/parent_id", "not_found",
                      "There is no such task.");
            return ERR_NONE;
        }
        if (err == ERR_NOT_FOUND) {
            *error = (struct error){ 0 };
            return ERR_NONE;
        }
        if (err != ERR_NONE)
            return err;
        if (depth == 1) {
            task->list_id = parent.list_id;
            *fields |= FIELD_BIT(TASK_LIST_ID);
        }
        id = parent.parent_id;
    }
    return ERR_NONE;
}

enum err place_check(const struct call *call, struct task *task,
                     uint64_t *fields, struct error *error)
{
    bool by_parent = (*fields & FIELD_BIT(TASK_PARENT_ID)) != 0;

    if (by_parent && !id_is_none(task->parent_id))
        return check_parent(call, task, fields, error);
    if ((*fields & FIELD_BIT(TASK_LIST_ID)) != 0)
        return check_list(call, task, error);
    return ERR_NONE;
}

/* The task as it is now, in the trash or not. */
static enum err look_again(const struct call *call, struct task *task,
                           struct error *error)
{
    return call->store->ops->get(call->store, call->arena, KIND_TASK,
                                 key_owned(call->actor.user, task->id), task,
                                 error);
}

static enum err give_up(struct error *error)
{
    error->retry_after = 1;
    return error_set(error, ERR_UNAVAILABLE,
                     "Too many changes to these tasks at once; repeat it.");
}

static struct trash_mark mark_of(const struct task *task)
{
    return (struct trash_mark){
        .deleted = task->deleted,
        .deleted_at = task->deleted_at,
        .purge_at = task->purge_at,
        .trash_id = task->trash_id,
    };
}

/* One pass down the tree. */
struct pass {
    struct trash_mark mark;
    struct id trash_id;     /* what a mark that restores takes back */
    bool resume;            /* another may have stopped between two levels */
    int64_t changed;
};

/* One parent's subtasks change; those that did go to the next level. */
static enum err trash_children(const struct call *call, struct id parent,
                               struct pass *pass, struct level *next,
                               struct error *error)
{
    struct task_query query = below(call, parent);
    int64_t changed;
    enum err err;

    query.deleted = !pass->mark.deleted;
    if (!pass->mark.deleted)
        query.trash_id = pass->trash_id;
    err = call->store->ops->task_trash(call->store, &query, &pass->mark,
                                       &changed, error);
    if (err != ERR_NONE || (changed == 0 && !pass->resume))
        return err;
    pass->changed += changed;
    query.deleted = pass->mark.deleted;
    query.trash_id = pass->mark.trash_id;
    return add_nodes(call, query, next, error);
}

static enum err trash_below(const struct call *call, const struct task *root,
                            struct pass *pass, struct error *error)
{
    struct level level = { 0 };

    pass->changed = 0;
    level_add(call->arena, &level, root);
    for (int depth = 0; level.len > 0 && depth < TASK_DEPTH_MAX; depth++) {
        struct level next = { 0 };

        for (size_t i = 0; i < level.len; i++) {
            enum err err = trash_children(call, level.nodes[i].id, pass,
                                          &next, error);

            if (err != ERR_NONE)
                return err;
        }
        level = next;
    }
    return ERR_NONE;
}

enum err place_restore_below(const struct call *call,
                             const struct task *root, struct error *error)
{
    struct pass pass = { .mark = { .deleted_at = INSTANT_NONE,
                                   .purge_at = INSTANT_NONE },
                         .trash_id = root->trash_id,
                         .resume = true };

    return trash_below(call, root, &pass, error);
}

enum err place_settle(const struct call *call, const struct task *root,
                      struct id trash_id, bool resume, struct error *error)
{
    struct task seen = *root;
    struct pass pass = { .trash_id = trash_id, .resume = resume };

    for (int i = 0; i < SETTLE_TRIES; i++) {
        enum err err;

        pass.mark = mark_of(&seen);
        err = trash_below(call, &seen, &pass, error);
        if (err != ERR_NONE || pass.changed == 0)
            return err;
        err = look_again(call, &seen, error);
        if (err != ERR_NONE)
            return err == ERR_NOT_FOUND ? ERR_NONE : err;
        if (id_eq(seen.trash_id, pass.mark.trash_id))
            return ERR_NONE;
        if (pass.mark.deleted) {
            struct task mine = seen;

            /* Restored, and deleted again: what has the mark of before would
             * stay behind when the next one is taken back. */
            pass.trash_id = mine.trash_id = pass.mark.trash_id;
            err = place_restore_below(call, &mine, error);
            if (err != ERR_NONE)
                return err;
        }
        pass.resume = true;
    }
    return give_up(error);
}

/* *changed: also when somebody else was faster. */
static enum err set_list(const struct call *call, const struct node *node,
                         struct id list_id, bool *changed,
                         struct error *error)
{
    struct task values = { .list_id = list_id }, out;
    enum write_effect effect;
    struct change change = {
        .key = key_owned(call->actor.user, node->id),
        .if_version = node->version,
        .fields = FIELD_BIT(TASK_LIST_ID),
        .values = &values,
        .deleted = ANY,
    };
    enum err err;

    if (id_eq(node->list_id, list_id))
        return ERR_NONE;
    *changed = true;
    err = call->store->ops->update(call->store, call->arena, KIND_TASK,
                                   &change, &out, &effect, error);
    if (err != ERR_STALE && err != ERR_NOT_FOUND)
        return err;
    *error = (struct error){ 0 };
    return ERR_NONE;
}

static enum err move_below(const struct call *call, const struct task *root,
                           bool *changed, struct error *error)
{
    struct level level = { 0 };

    *changed = false;
    level_add(call->arena, &level, root);
    for (int depth = 0; level.len > 0 && depth < TASK_DEPTH_MAX; depth++) {
        struct level next = { 0 };
        enum err err = next_level(call, &level, &next, error);

        if (err != ERR_NONE)
            return err;
        for (size_t i = 0; i < next.len; i++) {
            err = set_list(call, &next.nodes[i], root->list_id, changed,
                           error);
            if (err != ERR_NONE)
                return err;
        }
        level = next;
    }
    return ERR_NONE;
}

enum err place_follow(const struct call *call, const struct task *root,
                      struct error *error)
{
    struct task seen = *root;

    for (int i = 0; i < SETTLE_TRIES; i++) {
        bool changed;
        enum err err = move_below(call, &seen, &changed, error);

        if (err == ERR_NONE && changed)
            err = look_again(call, &seen, error);
        if (err != ERR_NONE || !changed)
            return err == ERR_NOT_FOUND ? ERR_NONE : err;
    }
    return give_up(error);
}
