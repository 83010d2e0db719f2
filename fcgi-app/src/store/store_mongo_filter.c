/*
 * A query of tasks as MongoDB's filter, sort and index. Each shape is one
 * index range, or a few that are merged in order: tests/contract_mongo
 * asserts it from explain. Sorting by priority or creation sorts what the
 * filter leaves in memory, and so does a filter by due date under any sort
 * but its own.
 */
#include <assert.h>
#include <string.h>

#include "store/store_mongo.h"

/* A zone can be 14 hours before UTC and a reader 12 behind it: the days of
 * one instant differ by up to two. */
enum { DUE_MARGIN_DAYS = 2 };

void mongo_append_op_id(bson_t *doc, const char *name, const char *op,
                        struct key key)
{
    bson_t part;

    bson_append_document_begin(doc, name, -1, &part);
    mongo_append_key(&part, op, key);
    bson_append_document_end(doc, &part);
}

static bool has_due(const struct task_query *query)
{
    return query->due_from != DATE_NONE || query->due_to != DATE_NONE;
}

/* The range of due_key within which the exact condition is looked at. */
static void append_due_range(bson_t *filter, const struct task_query *query)
{
    bson_t range;

    bson_append_document_begin(filter, "due_key", -1, &range);
    if (query->due_from != DATE_NONE)
        BSON_APPEND_INT64(
            &range, "$gte",
            (int64_t)date_add_days(query->due_from, -DUE_MARGIN_DAYS) *
                10000);
    if (query->due_to != DATE_NONE)
        BSON_APPEND_INT64(
            &range, "$lte",
            (int64_t)date_add_days(query->due_to, DUE_MARGIN_DAYS) * 10000 +
                9999);
    else
        BSON_APPEND_INT64(&range, "$lt", TASK_DUE_KEY_NONE);
    bson_append_document_end(filter, &range);
}

/* A due time with a zone is compared as an instant, else by its date. */
static void append_due_exact(bson_t *filter, const struct task_query *query)
{
    bson_t either, branch, range;

    bson_append_array_begin(filter, "$or", -1, &either);
    bson_append_document_begin(&either, "0", -1, &branch);
    bson_append_document_begin(&branch, "due_at", -1, &range);
    BSON_APPEND_BOOL(&range, "$exists", true);
    if (query->due_from_at != INSTANT_NONE)
        BSON_APPEND_DATE_TIME(&range, "$gte", query->due_from_at);
    if (query->due_before_at != INSTANT_NONE)
        BSON_APPEND_DATE_TIME(&range, "$lt", query->due_before_at);
    bson_append_document_end(&branch, &range);
    bson_append_document_end(&either, &branch);
    bson_append_document_begin(&either, "1", -1, &branch);
    BCON_APPEND(&branch, "due_at", "{", "$exists", BCON_BOOL(false), "}");
    bson_append_document_begin(&branch, "due_date", -1, &range);
    if (query->due_from != DATE_NONE)
        BSON_APPEND_INT32(&range, "$gte", query->due_from);
    if (query->due_to != DATE_NONE)
        BSON_APPEND_INT32(&range, "$lte", query->due_to);
    bson_append_document_end(&branch, &range);
    bson_append_document_end(&either, &branch);
    bson_append_array_end(filter, &either);
}

/* Which of false and true `completed` may be, the sort's condition too. */
static enum tristate completed_of(const struct task_query *query)
{
    return query->sort == SORT_COMPLETED ? YES : query->completed;
}

bool mongo_task_never(const struct task_query *query)
{
    return (query->sort == SORT_COMPLETED && query->completed == NO) ||
           (query->sort == SORT_DELETED && !query->deleted);
}

static void append_completed(bson_t *filter, enum tristate completed)
{
    if (completed == ANY)
        /* Not left out: so the index is used to its end, in order. */
        BCON_APPEND(filter, "completed", "{", "$in", "[", BCON_BOOL(false),
                    BCON_BOOL(true), "]", "}");
    else
        BSON_APPEND_BOOL(filter, "completed", completed == YES);
}

/* All conditions but those of completed and the cursor. */
static void append_conditions(bson_t *filter, const struct task_query *query)
{
    mongo_append_id(filter, "owner", query->owner);
    BSON_APPEND_BOOL(filter, "deleted", query->deleted);
    if (query->by_list)
        mongo_append_id(filter, "list_id", query->list_id);
    if (query->by_parent)
        mongo_append_id(filter, "parent_id", query->parent_id);
    if (!id_is_none(query->trash_id))
        mongo_append_id(filter, "trash_id", query->trash_id);
    if (!str_is_none(query->tag))
        mongo_append_str(filter, "tags", query->tag);
    if (query->priority != ANY)
        BSON_APPEND_INT32(filter, "priority", query->priority);
    if (query->start_to != DATE_NONE)
        BCON_APPEND(filter, "start", "{", "$not", "{", "$gt",
                    BCON_INT32(query->start_to), "}", "}");
    if (has_due(query))
        append_due_exact(filter, query);
}

void mongo_task_filter(bson_t *filter, const struct task_query *query)
{
    append_conditions(filter, query);
    append_completed(filter, query->completed);
    if (has_due(query))
        append_due_range(filter, query);
}

/* What the list is sorted by. */
static const char *sort_field(enum task_sort sort)
{
    switch (sort) {
    case SORT_ORDER:
        return "order";
    case SORT_DUE:
        return "due_key";
    case SORT_PRIORITY:
        return "priority";
    case SORT_CREATED:
        return "created_at";
    case SORT_UPDATED:
        return "updated_at";
    case SORT_COMPLETED:
        return "completed_at";
    case SORT_DELETED:
        return "deleted_at";
    }
    assert(0 && "a sort");
    return "order";
}

/* The narrowest index for what is selected, whatever the order. */
static const char *narrow_index(const struct task_query *query)
{
    if (query->by_parent && !id_is_none(query->parent_id))
        return INDEX_TASK_PARENT;
    if (!str_is_none(query->tag))
        return INDEX_TASK_TAG;
    if (query->by_list)
        return INDEX_TASK_LIST;
    return INDEX_TASK_ORDER;
}

const char *mongo_task_index(const struct task_query *query)
{
    if (has_due(query))
        return INDEX_TASK_DUE;
    if (!id_is_none(query->trash_id) && query->deleted)
        return INDEX_TASK_TRASH;
    return narrow_index(query);
}

static const char *list_index(const struct task_query *query)
{
    switch (query->sort) {
    case SORT_DUE:
        return INDEX_TASK_DUE;
    case SORT_UPDATED:
        return INDEX_UPDATED;
    case SORT_COMPLETED:
        return INDEX_TASK_COMPLETED;
    case SORT_DELETED:
        return INDEX_TASK_TRASH;
    case SORT_ORDER:
    case SORT_PRIORITY:
    case SORT_CREATED:
        break;
    }
    return has_due(query) ? INDEX_TASK_DUE : narrow_index(query);
}

static bool sorts_in_memory(const struct task_query *query)
{
    return query->sort == SORT_PRIORITY || query->sort == SORT_CREATED ||
           (query->sort == SORT_ORDER && has_due(query));
}

/* Does the index of this list hold `completed` before the sort's field? */
static bool splits_by_completed(const struct task_query *query)
{
    return query->sort == SORT_ORDER || query->sort == SORT_DUE;
}

static void append_sort_value(bson_t *doc, const char *name,
                              const struct task_query *query)
{
    const struct task_cursor *cursor = &query->cursor;

    switch (query->sort) {
    case SORT_ORDER:
        BSON_APPEND_DOUBLE(doc, name, cursor->order);
        break;
    case SORT_DUE:
    case SORT_PRIORITY:
        BSON_APPEND_INT64(doc, name, cursor->number);
        break;
    case SORT_CREATED:
    case SORT_UPDATED:
    case SORT_COMPLETED:
    case SORT_DELETED:
        BSON_APPEND_DATE_TIME(doc, name, cursor->number);
        break;
    }
}

/* After the cursor: among its equals (by _id), or beyond them. */
static void append_after(bson_t *filter, const struct task_query *query,
                         bool equal)
{
    const char *op = query->descending ? "$lt" : "$gt";
    const char *field = sort_field(query->sort);
    bson_t range;

    if (equal) {
        append_sort_value(filter, field, query);
        mongo_append_op_id(filter, "_id", op,
                           key_owned(query->owner, query->cursor.id));
        return;
    }
    bson_append_document_begin(filter, field, -1, &range);
    append_sort_value(&range, op, query);
    bson_append_document_end(filter, &range);
}

static void append_within(bson_t *filter, const struct task_query *query,
                          enum tristate completed)
{
    bson_t all, range;

    append_conditions(filter, query);
    append_completed(filter, completed);
    if (!has_due(query))
        return;
    /* The cursor may name due_key too: both hold. */
    bson_append_array_begin(filter, "$and", -1, &all);
    bson_append_document_begin(&all, "0", -1, &range);
    append_due_range(&range, query);
    bson_append_document_end(&all, &range);
    bson_append_array_end(filter, &all);
}

/*
 * A list with a cursor as alternatives, each one contiguous range of the
 * index: however many tasks share the cursor's value, none before it is read.
 */
static void append_ranges(bson_t *filter, const struct task_query *query)
{
    static const enum tristate each[] = { NO, YES };
    enum tristate completed = completed_of(query);
    bool split = completed == ANY && splits_by_completed(query);
    char number[16];
    const char *index;
    uint32_t n = 0;
    bson_t either, branch;

    bson_append_array_begin(filter, "$or", -1, &either);
    for (int i = 0; i < (split ? 2 : 1); i++) {
        for (int equal = 1; equal >= 0; equal--) {
            bson_uint32_to_string(n++, &index, number, sizeof(number));
            bson_append_document_begin(&either, index, -1, &branch);
            append_within(&branch, query, split ? each[i] : completed);
            append_after(&branch, query, equal == 1);
            bson_append_document_end(&either, &branch);
        }
    }
    bson_append_array_end(filter, &either);
}

/* The same where the order is made in memory: one range, looked at once. */
static void append_looked_at(bson_t *filter, const struct task_query *query)
{
    bson_t all, part, either, branch;

    append_conditions(filter, query);
    append_completed(filter, completed_of(query));
    if (has_due(query))
        append_due_range(filter, query);
    bson_append_array_begin(filter, "$and", -1, &all);
    bson_append_document_begin(&all, "0", -1, &part);
    bson_append_array_begin(&part, "$or", -1, &either);
    bson_append_document_begin(&either, "0", -1, &branch);
    append_after(&branch, query, true);
    bson_append_document_end(&either, &branch);
    bson_append_document_begin(&either, "1", -1, &branch);
    append_after(&branch, query, false);
    bson_append_document_end(&either, &branch);
    bson_append_array_end(&part, &either);
    bson_append_document_end(&all, &part);
    bson_append_array_end(filter, &all);
}

void mongo_task_find(bson_t *command, const struct task_query *query)
{
    int32_t direction = query->descending ? -1 : 1;
    int32_t limit = (int32_t)query->limit + 1; /* one more: is there more? */
    bson_t part;

    mongo_command(command, "find", "tasks");
    bson_append_document_begin(command, "filter", -1, &part);
    if (!query->cursor.set)
        append_within(&part, query, completed_of(query));
    else if (sorts_in_memory(query))
        append_looked_at(&part, query);
    else
        append_ranges(&part, query);
    bson_append_document_end(command, &part);
    bson_append_document_begin(command, "sort", -1, &part);
    BSON_APPEND_INT32(&part, sort_field(query->sort), direction);
    BSON_APPEND_INT32(&part, "_id", direction);
    bson_append_document_end(command, &part);
    BSON_APPEND_UTF8(command, "hint", list_index(query));
    BSON_APPEND_INT32(command, "limit", limit);
    BSON_APPEND_INT32(command, "batchSize", limit);
    BSON_APPEND_BOOL(command, "singleBatch", true);
}
