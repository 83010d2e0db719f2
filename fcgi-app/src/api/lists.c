#include "service/lists.h"

#include "api/handlers.h"

static enum err respond(struct exchange *x, enum err err, int status,
                        const struct list *list)
{
    struct json_out out;

    if (err == ERR_STALE)
        stale_list(x, list);
    if (err != ERR_NONE)
        return err;
    reply_json(x, status, &out);
    encode_list(list, &out);
    reply_etag(x, list->version);
    return ERR_NONE;
}

/* 200 with all lists in their order; view=trash: those in the trash. */
enum err api_lists_all(struct exchange *x, struct error *error)
{
    struct str view = url_query_get(&x->query, "view");
    struct list_page page;
    struct json_out out;
    enum err err;

    if (!str_is_none(view) && !str_eq(view, STR("trash")))
        return query_error(error, "view", "not_allowed", "must be trash");
    err = lists_all(&x->call, !str_is_none(view), &page, error);
    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_array(&out);
    for (size_t i = 0; i < page.len; i++)
        encode_list(&page.items[i], &out);
    json_end_array(&out);
    return ERR_NONE;
}

/* 201, 200 when only the id repeats; 409 at the limit of lists. */
enum err api_lists_create(struct exchange *x, struct error *error)
{
    struct list values, list;
    uint64_t present;
    enum write_effect effect = WRITE_DONE;
    char id[ID_TEXT_LEN + 1];
    enum err err = schema_decode(&list_schema, SCHEMA_CREATE, x->arena,
                                 x->body, "", &values, &present, error);

    if (err == ERR_NONE)
        err = lists_create(&x->call, &values, present, &list, &effect, error);
    if (err != ERR_NONE)
        return err;
    id_format(list.id, id);
    response_header(x->response, "Location",
                    arena_printf(x->arena, "%.*s/api/lists/%s",
                                 STR_ARG(x->base_url), id));
    return respond(x, err, effect == WRITE_EXISTED ? 200 : 201, &list);
}

/* 200 */
enum err api_list_get(struct exchange *x, struct error *error)
{
    struct list list;
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = lists_get(&x->call, id, &list, error);
    return respond(x, err, 200, &list);
}

/* 200, 412 */
enum err api_list_patch(struct exchange *x, struct error *error)
{
    struct list values, list;
    uint64_t present;
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = schema_decode(&list_schema, SCHEMA_PATCH, x->arena, x->body, "",
                            &values, &present, error);
    if (err == ERR_NONE && present == 0 && x->if_match == 0)
        err = lists_get(&x->call, id, &list, error);
    else if (err == ERR_NONE)
        err = lists_patch(&x->call, id, x->if_match, &values, present, &list,
                          error);
    return respond(x, err, 200, &list);
}

/* 204, 412 */
enum err api_list_delete(struct exchange *x, struct error *error)
{
    struct list list;
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = lists_trash(&x->call, id, x->if_match, &list, error);
    if (err == ERR_STALE)
        stale_list(x, &list);
    return err != ERR_NONE ? err : reply_empty(x);
}

/* 200 */
enum err api_list_restore(struct exchange *x, struct error *error)
{
    struct list list;
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = lists_restore(&x->call, id, &list, error);
    return respond(x, err, 200, &list);
}
