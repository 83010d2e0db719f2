#include "service/lists.h"

/* How often a change of a list and its tasks starts over because others
 * change them too. */
enum { SETTLE_TRIES = 16 };

static enum err too_busy(struct error *error)
{
    *error = (struct error){ .retry_after = 1 };
    return error_set(error, ERR_UNAVAILABLE,
                     "Too many changes to this list at once; repeat it.");
}

static enum err get_any(const struct call *call, struct id id,
                        struct list *out, struct error *error)
{
    return call->store->ops->get(call->store, call->arena, KIND_LIST,
                                 key_owned(call->actor.user, id), out, error);
}

static enum err update(const struct call *call, struct id id,
                       int64_t if_version, const struct list *values,
                       uint64_t fields, enum tristate deleted,
                       struct list *out, struct error *error)
{
    enum write_effect effect;
    struct change change = {
        .key = key_owned(call->actor.user, id),
        .if_version = if_version,
        .fields = fields,
        .values = values,
        .deleted = deleted,
        .op = call->op,
    };

    return call->store->ops->update(call->store, call->arena, KIND_LIST,
                                    &change, out, &effect, error);
}

enum err lists_count(const struct call *call, struct list *lists, size_t len,
                     struct error *error)
{
    struct list_counts counts;
    enum err err;

    if (len == 0)
        return ERR_NONE;
    err = call->store->ops->list_counts(call->store, call->arena,
                                        call->actor.user, &counts, error);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < len; i++) {
        for (size_t k = 0; k < counts.len; k++) {
            if (!id_eq(lists[i].id, counts.items[k].list_id))
                continue;
            lists[i].open = counts.items[k].open;
            lists[i].total = counts.items[k].total;
        }
    }
    return ERR_NONE;
}

enum err lists_all(const struct call *call, bool deleted,
                   struct list_page *out, struct error *error)
{
    enum err err = call->store->ops->list_all(call->store, call->arena,
                                              call->actor.user, deleted, out,
                                              error);

    return err != ERR_NONE ? err
                           : lists_count(call, out->items, out->len, error);
}

enum err lists_get(const struct call *call, struct id id, struct list *out,
                   struct error *error)
{
    enum err err = get_any(call, id, out, error);

    if (err == ERR_NONE && out->deleted)
        return error_set(error, ERR_NOT_FOUND, "There is no such list.");
    return err != ERR_NONE ? err : lists_count(call, out, 1, error);
}

static bool has_list(const struct list_page *page, struct id id)
{
    for (size_t i = 0; i < page->len; i++) {
        if (id_eq(page->items[i].id, id))
            return true;
    }
    return false;
}

static enum err check_quota(const struct call *call, struct id id,
                            struct error *error)
{
    struct list_page page;
    enum err err = call->store->ops->list_all(call->store, call->arena,
                                              call->actor.user, false, &page,
                                              error);

    if (err == ERR_NONE && page.len >= LISTS_PER_USER_MAX &&
        !has_list(&page, id))
        return error_set(error, ERR_LIMIT, "A person may keep %d lists.",
                         LISTS_PER_USER_MAX);
    return err;
}

enum err lists_create(const struct call *call, const struct list *values,
                      uint64_t present, struct list *out,
                      enum write_effect *effect, struct error *error)
{
    struct list list = *values;
    enum err err = list_check(&list, "", error);

    list.owner = call->actor.user;
    list.id = call_new_id(call, list.id, "list");
    if (err == ERR_NONE)
        err = check_quota(call, list.id, error);
    if (err != ERR_NONE)
        return err;
    if ((present & FIELD_BIT(LIST_ORDER)) == 0)
        list.order = (double)call->now;
    err = call->store->ops->create(call->store, call->arena, KIND_LIST, &list,
                                   call->op, out, effect, error);
    return err != ERR_NONE || *effect == WRITE_DONE
               ? err
               : lists_count(call, out, 1, error);
}

enum err lists_patch(const struct call *call, struct id id,
                     int64_t if_version, const struct list *values,
                     uint64_t present, struct list *out, struct error *error)
{
    enum err err = list_check(values, "", error);

    if (err == ERR_NONE)
        err = update(call, id, if_version, values, present, NO, out, error);
    if (err != ERR_NONE && err != ERR_STALE)
        return err;
    if (lists_count(call, out, 1, error) != ERR_NONE)
        return error->code;
    return err;
}

static struct task_query tasks_of(const struct call *call, struct id list_id)
{
    struct task_query query;

    task_query_init(&query, call->actor.user);
    query.by_list = true;
    query.list_id = list_id;
    return query;
}

/*
 * The tasks follow their list into the trash, or out of it if the deletion
 * trash_id took them. The list is looked at again and its tasks once more if
 * it has changed meanwhile: see places.h.
 */
static enum err settle(const struct call *call, const struct list *list,
                       struct id trash_id, struct error *error)
{
    struct list seen = *list;

    for (int i = 0; i < SETTLE_TRIES; i++) {
        const struct trash_mark mark = { .deleted = seen.deleted,
                                         .deleted_at = seen.deleted_at,
                                         .purge_at = seen.purge_at,
                                         .trash_id = seen.trash_id };
        struct task_query query = tasks_of(call, list->id);
        int64_t changed;
        enum err err;

        query.deleted = !seen.deleted;
        if (!seen.deleted)
            query.trash_id = trash_id;
        err = call->store->ops->task_trash(call->store, &query, &mark,
                                           &changed, error);
        if (err == ERR_NONE && changed > 0)
            err = get_any(call, list->id, &seen, error);
        if (err != ERR_NONE || changed == 0)
            return err == ERR_NOT_FOUND ? ERR_NONE : err;
        if (id_eq(seen.trash_id, mark.trash_id))
            return ERR_NONE;
        if (mark.deleted)
            trash_id = mark.trash_id;
    }
    return too_busy(error);
}

enum err lists_trash(const struct call *call, struct id id,
                     int64_t if_version, struct list *out,
                     struct error *error)
{
    const struct list values = {
        .deleted = true,
        .deleted_at = call->now,
        .purge_at = call->now + TASK_TRASH_DAYS * (int64_t)DAY_MS,
        .trash_id = id, /* see tasks.c: two at once are the same one */
    };
    enum err err = update(call, id, if_version, &values, LIST_TRASH_FIELDS,
                          NO, out, error);

    if (err == ERR_NOT_FOUND) {
        *error = (struct error){ 0 };
        err = get_any(call, id, out, error);
        if (err == ERR_NONE && !out->deleted)
            return error_set(error, ERR_STALE,
                             "The list was restored in the meantime.");
    }
    return err != ERR_NONE ? err : settle(call, out, id, error);
}

/* Tasks first: a repetition after a failure finds the list still in the
 * trash. */
static enum err restore_tasks(const struct call *call,
                              const struct list *list, struct error *error)
{
    const struct trash_mark mark = {
        .deleted_at = INSTANT_NONE,
        .purge_at = INSTANT_NONE,
    };
    struct task_query query = tasks_of(call, list->id);
    int64_t changed;

    query.deleted = true;
    query.trash_id = list->trash_id;
    return call->store->ops->task_trash(call->store, &query, &mark, &changed,
                                        error);
}

enum err lists_restore(const struct call *call, struct id id,
                       struct list *out, struct error *error)
{
    const struct list values = {
        .deleted_at = INSTANT_NONE,
        .purge_at = INSTANT_NONE,
    };
    enum err err = ERR_STALE;

    for (int i = 0; err == ERR_STALE && i < SETTLE_TRIES; i++) {
        struct list list;

        *error = (struct error){ 0 };
        err = get_any(call, id, &list, error);
        *out = list;
        if (err != ERR_NONE || !list.deleted)
            break;
        err = restore_tasks(call, &list, error);
        if (err == ERR_NONE)
            err = update(call, id, list.version, &values, LIST_TRASH_FIELDS,
                         ANY, out, error);
        if (err == ERR_NONE)
            err = settle(call, out, list.trash_id, error);
    }
    if (err == ERR_STALE)
        return too_busy(error);
    return err != ERR_NONE ? err : lists_count(call, out, 1, error);
}

/* On a task, in the trash or not; true for the absence of a tag too. */
static enum err has_tag(const struct call *call, struct str tag, bool *found,
                        struct error *error)
{
    struct task_query query;
    struct task_page page;
    enum err err = ERR_NONE;

    *found = str_is_none(tag);
    task_query_init(&query, call->actor.user);
    query.tag = tag;
    query.limit = 1;
    for (int i = 0; i < 2 && err == ERR_NONE && !*found; i++) {
        query.deleted = i == 1;
        err = call->store->ops->task_list(call->store, call->arena, &query,
                                          &page, error);
        *found = err == ERR_NONE && page.len > 0;
    }
    return err;
}

/* Tags carry no marks, so a repetition is known by its key and by finding
 * things as it wants them. */
enum err tags_rename(const struct call *call, struct str from, struct str to,
                     struct error *error)
{
    bool done = false;
    int64_t changed;
    enum err err = call->store->ops->tag_rename(call->store,
                                                call->actor.user, from, to,
                                                &changed, error);

    if (err != ERR_NONE || changed > 0)
        return err;
    if (call->op.set)
        err = has_tag(call, to, &done, error);
    if (err == ERR_NONE && !done)
        return error_set(error, ERR_NOT_FOUND, "No task has this tag.");
    return err;
}
