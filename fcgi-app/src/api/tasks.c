#include "api/handlers.h"
#include "api/task_act.h"
#include "api/task_query.h"
#include "base/num.h"
#include "domain/words.h"
#include "http/headers.h"
#include "service/lists.h"

static void encode_page(const struct exchange *x, const struct task *items,
                        size_t len, struct json_out *out)
{
    json_begin_array(out);
    for (size_t i = 0; i < len; i++)
        encode_task(x, &items[i], out);
    json_end_array(out);
}

/* 200; 400 for a query that does not fit. */
enum err api_tasks_list(struct exchange *x, struct error *error)
{
    struct task_query query;
    struct task_page page;
    struct json_out out;
    enum err err = task_query_read(x, &query, error);

    if (err == ERR_NONE)
        err = x->call.store->ops->task_list(x->call.store, x->arena, &query,
                                            &page, error);
    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    encode_page(x, page.items, page.len, &out);
    if (page.more && page.len > 0)
        reply_next(x, task_query_next(x, &query, &page.items[page.len - 1]));
    return ERR_NONE;
}

/* Answers with the task, or hands on the error with the current one. */
static enum err respond(struct exchange *x, enum err err,
                        const struct task_result *result)
{
    struct json_out out;

    if (err == ERR_STALE && result->has_task)
        stale_task(x, &result->task);
    if (err != ERR_NONE)
        return err;
    if (!result->has_task)
        return reply_empty(x);
    reply_json(x, result->status, &out);
    encode_task(x, &result->task, &out);
    reply_etag(x, result->task.version);
    return ERR_NONE;
}

static enum err act(struct exchange *x, enum task_action action,
                    struct error *error)
{
    struct task_result result = { .has_task = false };
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = task_act(&x->call, action, id, x->if_match, x->body, "",
                       &result, error);
    return respond(x, err, &result);
}

/* 201, 200 when only the id repeats; 409 at the limit of tasks. */
enum err api_tasks_create(struct exchange *x, struct error *error)
{
    struct task_result result = { .has_task = false };
    enum err err = task_act(&x->call, ACT_CREATE, ID_NONE, 0, x->body, "",
                            &result, error);
    char id[ID_TEXT_LEN + 1];

    if (err == ERR_NONE) {
        id_format(result.task.id, id);
        response_header(x->response, "Location",
                        arena_printf(x->arena, "%.*s/api/tasks/%s",
                                     STR_ARG(x->base_url), id));
    }
    return respond(x, err, &result);
}

/* 204 */
enum err api_tasks_trash_all(struct exchange *x, struct error *error)
{
    struct task_query query;
    int64_t changed;
    enum err err = task_query_read(x, &query, error);

    if (err == ERR_NONE && query.deleted)
        err = query_error(error, "view", "not_allowed",
                          "what is in the trash is there already");
    if (err == ERR_NONE)
        err = tasks_trash_query(&x->call, &query, &changed, error);
    return err != ERR_NONE ? err : reply_empty(x);
}

/* 200, 304 */
enum err api_task_get(struct exchange *x, struct error *error)
{
    struct task_result result = { .status = 200, .has_task = true };
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = tasks_get(&x->call, id, &result.task, error);
    if (err == ERR_NONE &&
        if_none_match(x->request->if_none_match,
                      etag_format(x->arena, result.task.version))) {
        response_start(x->response, 304, NULL);
        reply_etag(x, result.task.version);
        return ERR_NONE;
    }
    return respond(x, err, &result);
}

/* 200, 412 */
enum err api_task_patch(struct exchange *x, struct error *error)
{
    return act(x, ACT_UPDATE, error);
}

/* 204, 412 */
enum err api_task_delete(struct exchange *x, struct error *error)
{
    return act(x, ACT_DELETE, error);
}

/* 200 */
enum err api_task_restore(struct exchange *x, struct error *error)
{
    return act(x, ACT_RESTORE, error);
}

/* 200, 412 */
enum err api_task_move(struct exchange *x, struct error *error)
{
    return act(x, ACT_MOVE, error);
}

/* The body of a search. */
struct search_body {
    struct str query, cursor;
    int64_t limit;
    bool completed;
};
enum search_field { BODY_QUERY, BODY_LIMIT, BODY_CURSOR, BODY_COMPLETED };
#define AT(member) offsetof(struct search_body, member)
static const struct field search_fields[] = {
    [BODY_QUERY] = { "query", FIELD_STRING, AT(query),
                     FIELD_REQUIRED | FIELD_WRITABLE,
                     .min = 1, .max = SEARCH_QUERY_MAX },
    [BODY_LIMIT] = { "limit", FIELD_INT, AT(limit), FIELD_WRITABLE,
                     .min = 1, .max = PAGE_LIMIT_MAX },
    [BODY_CURSOR] = { "cursor", FIELD_STRING, AT(cursor),
                      FIELD_WRITABLE | FIELD_NULLABLE, .min = 1, .max = 200 },
    [BODY_COMPLETED] = { "completed", FIELD_BOOL, AT(completed),
                         FIELD_WRITABLE },
};
static const struct search_body search_defaults = {
    .limit = PAGE_LIMIT_DEFAULT
};
static const struct schema search_schema = {
    .name = "search",
    .fields = search_fields,
    .len = sizeof(search_fields) / sizeof(search_fields[0]),
    .size = sizeof(struct search_body),
    .key = KEY_NOT_STORED,
    .defaults = &search_defaults,
};

/* "score.id": as opaque as it needs to be. */
static enum err read_search_cursor(struct str text, struct search *search,
                                   struct error *error)
{
    struct str score = str_split(&text, '.');
    int64_t number;

    if (!num_parse(score, 0, INT32_MAX, &number) ||
        !id_parse(text, &search->after_id)) {
        error_add(error, "/cursor", "bad_cursor",
                  "This cursor did not come from a search.");
        return error->code;
    }
    search->after = true;
    search->after_score = (int)number;
    return ERR_NONE;
}

static struct str search_cursor(const struct exchange *x,
                                const struct search_page *page)
{
    char id[ID_TEXT_LEN + 1];

    id_format(page->items[page->len - 1].id, id);
    return arena_printf(x->arena, "%d.%s", page->scores[page->len - 1], id);
}

/* 200. The next page's cursor is in Link, and goes into the body's cursor. */
enum err api_tasks_search(struct exchange *x, struct error *error)
{
    struct search_body body;
    struct search search = { .completed = ANY };
    struct search_page page;
    struct json_out out;
    uint64_t present;
    enum err err = schema_decode(&search_schema, SCHEMA_CREATE, x->arena,
                                 x->body, "", &body, &present, error);

    if (err != ERR_NONE)
        return err;
    search.query = body.query;
    search.limit = (size_t)body.limit;
    if ((present & FIELD_BIT(BODY_COMPLETED)) != 0)
        search.completed = body.completed ? YES : NO;
    if (!str_is_none(body.cursor))
        err = read_search_cursor(body.cursor, &search, error);
    if (err == ERR_NONE)
        err = tasks_search(&x->call, &search, &page, error);
    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    encode_page(x, page.items, page.len, &out);
    if (page.more && page.len > 0)
        reply_next(x, search_cursor(x, &page));
    return ERR_NONE;
}

/*
 * A change token is "issued.position": the position is the store's; the time
 * it was given out says how long it holds, since what was deleted after that
 * stays in the trash for TASK_TRASH_DAYS and is therefore still told.
 */
static enum err read_since(const struct exchange *x,
                           struct change_token *since, struct error *error)
{
    struct str text = url_query_get(&x->query, "since");
    struct str issued = str_split(&text, '.');
    int64_t at;

    *since = (struct change_token){ 0 };
    if (str_is_none(issued))
        return ERR_NONE;
    if (str_is_none(text) || !num_parse(issued, 0, INT64_MAX, &at) ||
        change_token_decode(text, since, error) != ERR_NONE)
        return query_error(error, "since", "bad_token",
                           "must be the token of an earlier answer");
    if (x->call.now - at >= (TASK_TRASH_DAYS - 1) * (int64_t)DAY_MS)
        return error_set(error, ERR_GONE,
                         "This token is too old; load everything again.");
    return ERR_NONE;
}

/* 200; 410 for an expired token. */
enum err api_changes(struct exchange *x, struct error *error)
{
    struct change_token since;
    struct change_page page;
    struct json_out out;
    size_t limit = PAGE_LIMIT_DEFAULT;
    enum err err = read_since(x, &since, error);

    if (err == ERR_NONE)
        err = exchange_limit(x, &limit, error);
    if (str_is_none(url_query_get(&x->query, "limit")))
        limit = PAGE_LIMIT_MAX;
    if (err == ERR_NONE)
        err = x->call.store->ops->changes(x->call.store, x->arena,
                                          x->call.actor.user, since, limit,
                                          &page, error);
    if (err == ERR_NONE)
        err = lists_count(&x->call, page.lists.items, page.lists.len, error);
    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_object(&out);
    json_key(&out, STR("tasks"));
    encode_page(x, page.tasks.items, page.tasks.len, &out);
    json_key(&out, STR("lists"));
    json_begin_array(&out);
    for (size_t i = 0; i < page.lists.len; i++)
        encode_list(&page.lists.items[i], &out);
    json_end_array(&out);
    json_key(&out, STR("next"));
    json_put_str(&out, arena_printf(x->arena, "%lld.%.*s",
                                    (long long)x->call.now,
                                    STR_ARG(change_token_encode(x->arena,
                                                                page.next))));
    json_key(&out, STR("more"));
    json_put_bool(&out, page.more);
    json_end_object(&out);
    return ERR_NONE;
}

/* 200: nginx then lets steady-events answer, who hears whose stream it is by
 * the path. HEAD tells no more than that it may be had. */
enum err api_events(struct exchange *x, struct error *error)
{
    char user[ID_TEXT_LEN + 1];

    (void)error;
    response_start(x->response, 200, "text/event-stream");
    if (x->request->method == HTTP_HEAD)
        return ERR_NONE;
    id_format(x->call.actor.user, user);
    response_header(x->response, "X-Accel-Redirect",
                    arena_printf(x->arena, "/.events/%s/%.*s", user,
                                 STR_ARG(exchange_user_hash(x))));
    return ERR_NONE;
}
