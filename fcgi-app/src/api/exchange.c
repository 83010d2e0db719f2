#include "api/exchange.h"

#include <sodium.h>

#include "base/num.h"
#include "http/headers.h"

enum err exchange_id(const struct exchange *x, struct id *id,
                     struct error *error)
{
    if (id_parse(x->params[0], id))
        return ERR_NONE;
    return error_set(error, ERR_NOT_FOUND, "There is nothing with this id.");
}

enum err query_error(struct error *error, const char *name, const char *code,
                     const char *detail)
{
    error_add(error, name, code, "%s", detail);
    return error_set(error, ERR_SYNTAX, "The query has values that do not "
                                        "fit; see errors.");
}

struct str exchange_user_hash(const struct exchange *x)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char *text = arena_alloc(x->arena, 17);

    crypto_generichash(hash, sizeof(hash), x->call.actor.user.bytes, ID_BYTES,
                       NULL, 0);
    sodium_bin2hex(text, 17, hash, 8);
    return str_from(text);
}

enum err exchange_limit(const struct exchange *x, size_t *limit,
                        struct error *error)
{
    struct str text = url_query_get(&x->query, "limit");
    int64_t number = PAGE_LIMIT_DEFAULT;

    if (!str_is_none(text) && !num_parse(text, 1, PAGE_LIMIT_MAX, &number))
        return query_error(error, "limit", "out_of_range",
                           "must be a number from 1 to 200");
    *limit = (size_t)number;
    return ERR_NONE;
}

void reply_json(struct exchange *x, int status, struct json_out *out)
{
    response_start(x->response, status, "application/json");
    json_out_init(out, &x->response->body);
}

enum err reply_empty(struct exchange *x)
{
    response_start(x->response, 204, NULL);
    return ERR_NONE;
}

void reply_etag(struct exchange *x, int64_t version)
{
    response_header(x->response, "ETag", etag_format(x->arena, version));
}

void reply_next(struct exchange *x, struct str cursor)
{
    struct str link = arena_printf(x->arena, "<%.*s%.*s?",
                                   STR_ARG(x->base_url),
                                   STR_ARG(x->request->path));

    for (size_t i = 0; i < x->query.len; i++) {
        const struct url_param *param = &x->query.params[i];

        if (str_eq(param->name, STR("cursor")))
            continue;
        link = arena_printf(
            x->arena, "%.*s%.*s=%.*s&", STR_ARG(link),
            STR_ARG(url_encode(x->arena, param->name)),
            STR_ARG(url_encode(x->arena, param->value)));
    }
    response_header(x->response, "Link",
                    arena_printf(x->arena, "%.*scursor=%.*s>; rel=\"next\"",
                                 STR_ARG(link), STR_ARG(cursor)));
}

void encode_task(const struct exchange *x, const struct task *task,
                 struct json_out *out)
{
    struct task copy = *task;
    char id[ID_TEXT_LEN + 1];

    id_format(task->id, id);
    copy.url = arena_printf(x->arena, "%.*s/api/tasks/%s",
                            STR_ARG(x->base_url), id);
    schema_encode(&task_schema, &copy, out);
}

void encode_list(const struct list *list, struct json_out *out)
{
    schema_encode(&list_schema, list, out);
}

static void keep_extra(void *extra)
{
    buf_release(extra);
}

/* A buffer that lives as long as the arena. */
static struct buf *extra_buf(struct exchange *x)
{
    struct buf *buf = arena_alloc(x->arena, sizeof(*buf));

    buf_init(buf, HTTP_RESPONSE_MAX);
    arena_on_reset(x->arena, keep_extra, buf);
    buf_add_str(buf, STR("\"current\":"));
    return buf;
}

void stale_task(struct exchange *x, const struct task *task)
{
    struct buf *buf = extra_buf(x);
    struct json_out out;

    json_out_init(&out, buf);
    encode_task(x, task, &out);
    x->extra = buf_str(buf);
}

void stale_list(struct exchange *x, const struct list *list)
{
    struct buf *buf = extra_buf(x);
    struct json_out out;

    json_out_init(&out, buf);
    encode_list(list, &out);
    x->extra = buf_str(buf);
}
