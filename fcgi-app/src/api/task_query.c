#include "api/task_query.h"

#include "domain/zone.h"

#define FILTERS \
    "list_id", "tag", "priority", "completed", "due_from", "due_to", "view", \
        "tz", "parent_id"

const char *const task_filter_names[] = { FILTERS, NULL };
const char *const task_query_names[] = { FILTERS, "sort", "limit", "cursor",
                                         NULL };

enum view { VIEW_NONE, VIEW_INBOX, VIEW_TODAY, VIEW_UPCOMING, VIEW_OVERDUE,
            VIEW_COMPLETED, VIEW_TRASH };
static const char *const view_names[] = { "",        "inbox",     "today",
                                          "upcoming", "overdue",
                                          "completed", "trash",   NULL };
static const char *const sort_names[] = { "order",      "due",
                                          "priority",   "created_at",
                                          "updated_at", "completed_at",
                                          "deleted_at", NULL };
static const char *const priority_names[] = { "none", "low", "medium", "high",
                                              NULL };
static const char *const bool_names[] = { "false", "true", NULL };

static int name_index(struct str text, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++) {
        if (str_eq(text, str_from(names[i])))
            return i;
    }
    return -1;
}

/* The value's place among the names; `without` where the query has none. */
static int read_name(const struct exchange *x, const char *name,
                     const char *const *names, int without,
                     const char *detail, struct error *error)
{
    struct str text = url_query_get(&x->query, name);
    int index;

    if (str_is_none(text))
        return without;
    index = name_index(text, names);
    if (index < 0 || names[index][0] == '\0') {
        query_error(error, name, "not_allowed", detail);
        return without;
    }
    return index;
}

/* An id, or a word for "none". */
static void read_id(const struct exchange *x, const char *name,
                    const char *word, bool *given, struct id *id,
                    struct error *error)
{
    struct str text = url_query_get(&x->query, name);

    *given = !str_is_none(text);
    if (!*given || str_eq(text, STR("none")) || str_eq(text, str_from(word)))
        return;
    if (!id_parse(text, id))
        query_error(error, name, "bad_id", "must be an id, or none");
}

static int32_t read_date(const struct exchange *x, const char *name,
                         struct error *error)
{
    struct str text = url_query_get(&x->query, name);
    int32_t date = DATE_NONE;

    if (!str_is_none(text) && !date_parse(text, &date))
        query_error(error, name, "bad_date",
                    "must be a date such as 2026-11-30");
    return date;
}

static struct str read_zone(const struct exchange *x, struct error *error)
{
    struct str zone = url_query_get(&x->query, "tz");

    if (str_is_none(zone))
        return STR("UTC");
    if (!zone_is_known(zone)) {
        query_error(error, "tz", "unknown_zone",
                    "must be a time zone such as Europe/Berlin");
        return STR("UTC");
    }
    return zone;
}

static void apply_view(enum view view, int32_t today,
                       struct task_query *query)
{
    switch (view) {
    case VIEW_NONE:
        return;
    case VIEW_INBOX:
        query->by_list = true;
        query->list_id = ID_NONE;
        break;
    case VIEW_TODAY:
        query->due_to = today;
        query->start_to = today;
        query->sort = SORT_DUE;
        break;
    case VIEW_UPCOMING:
        query->due_from = date_add_days(today, 1);
        query->sort = SORT_DUE;
        break;
    case VIEW_OVERDUE:
        query->due_to = date_add_days(today, -1);
        query->sort = SORT_DUE;
        break;
    case VIEW_COMPLETED:
        query->completed = YES;
        query->sort = SORT_COMPLETED;
        query->descending = true;
        return;
    case VIEW_TRASH:
        query->deleted = true;
        query->sort = SORT_DELETED;
        query->descending = true;
        return;
    }
    query->completed = NO;
}

static void read_sort(const struct exchange *x, struct task_query *query,
                      struct error *error)
{
    struct str text = url_query_get(&x->query, "sort");
    int index;

    if (str_is_none(text))
        return;
    query->descending = str_starts(text, STR("-"));
    if (query->descending) {
        text.ptr++;
        text.len--;
    }
    index = name_index(text, sort_names);
    if (index < 0) {
        query_error(error, "sort", "not_allowed",
                    "must be order, due, priority, created_at, updated_at, "
                    "completed_at or deleted_at, with - before it to turn it "
                    "round");
        return;
    }
    query->sort = (enum task_sort)index;
    if (query->sort == SORT_COMPLETED)
        query->completed = YES;
    if ((query->sort == SORT_DELETED) != query->deleted)
        query_error(error, "sort", "not_allowed",
                    "deleted_at goes with view=trash, and only it");
}

/* Days become instants, for tasks whose time has a zone. */
static void due_instants(struct str zone, struct task_query *query)
{
    query->due_from_at = INT64_MIN;
    query->due_before_at = INT64_MAX;
    if (query->due_from != DATE_NONE)
        query->due_from_at = zone_instant(zone, query->due_from, 0);
    if (query->due_to != DATE_NONE)
        query->due_before_at =
            zone_instant(zone, date_add_days(query->due_to, 1), 0);
}

static void read_filters(const struct exchange *x, struct task_query *query,
                         struct error *error)
{
    struct str zone = read_zone(x, error);
    enum view view = (enum view)read_name(
        x, "view", view_names, VIEW_NONE,
        "must be inbox, today, upcoming, overdue, completed or trash", error);
    int32_t from = read_date(x, "due_from", error);
    int32_t to = read_date(x, "due_to", error);

    apply_view(view, zone_date(zone, x->call.now), query);
    if (from > query->due_from)
        query->due_from = from;
    if (to != DATE_NONE && (query->due_to == DATE_NONE || to < query->due_to))
        query->due_to = to;
    due_instants(zone, query);
    if (!query->by_list)
        read_id(x, "list_id", "inbox", &query->by_list, &query->list_id,
                error);
    read_id(x, "parent_id", "none", &query->by_parent, &query->parent_id,
            error);
    query->tag = url_query_get(&x->query, "tag");
    query->priority = read_name(x, "priority", priority_names, ANY,
                                "must be none, low, medium or high", error);
    query->completed = (enum tristate)read_name(
        x, "completed", bool_names, query->completed, "must be true or false",
        error);
}

enum err task_query_read(const struct exchange *x, struct task_query *query,
                         struct error *error)
{
    struct str cursor = url_query_get(&x->query, "cursor");

    task_query_init(query, x->call.actor.user);
    read_filters(x, query, error);
    read_sort(x, query, error);
    if (exchange_limit(x, &query->limit, error) != ERR_NONE ||
        error->code != ERR_NONE)
        return error->code;
    if (str_is_none(cursor))
        return ERR_NONE;
    return cursor_decode(cursor, query->sort, query->descending,
                         &query->cursor, error);
}

struct str task_query_next(const struct exchange *x,
                           const struct task_query *query,
                           const struct task *last)
{
    struct task_cursor cursor = task_cursor_after(query->sort, last);

    return cursor_encode(x->arena, query->sort, query->descending, &cursor);
}
