#include "api/kept.h"

#include <string.h>

#include "api/cookies.h"
#include "base/log.h"
#include "base/num.h"
#include "service/outcomes.h"

/* The headers of an answer that belong to its meaning. */
static const char *const headers[] = { "Content-Type", "ETag", "Location",
                                       "Set-Cookie" };
enum { HEADERS = sizeof(headers) / sizeof(headers[0]) };

static struct outcome_request describe(const struct exchange *x)
{
    const struct request *request = x->request;
    struct str cookie = session_cookie(request);

    return (struct outcome_request){
        .key = request->idempotency_key,
        .credentials = str_is_none(request->authorization)
                           ? cookie
                           : request->authorization,
        .target = arena_printf(x->arena, "%s %.*s?%.*s %lld",
                               method_name(request->method),
                               STR_ARG(request->path),
                               STR_ARG(request->query),
                               (long long)x->if_match),
        .body = request->body,
    };
}

/* "201", a line a header, an empty line, the body. */
static struct str pack(struct exchange *x)
{
    const struct response *response = x->response;
    struct str text = arena_printf(x->arena, "%d\n", response->status);
    struct str body = buf_str(&response->body);
    char *bytes;

    for (int i = 0; i < HEADERS; i++)
        text = arena_printf(
            x->arena, "%.*s%.*s\n", STR_ARG(text),
            STR_ARG(response_get(response, headers[i])));
    bytes = arena_alloc(x->arena, text.len + body.len + 1);
    memcpy(bytes, text.ptr, text.len);
    if (body.len > 0)
        memcpy(bytes + text.len, body.ptr, body.len);
    return (struct str){ bytes, text.len + body.len };
}

static void unpack(struct exchange *x, struct str kept)
{
    int64_t status = 500;

    (void)num_parse(str_split(&kept, '\n'), 200, 299, &status);
    response_start(x->response, (int)status, NULL);
    for (int i = 0; i < HEADERS; i++) {
        struct str value = str_split(&kept, '\n');

        if (value.len > 0)
            response_header(x->response, headers[i], value);
    }
    buf_add_str(&x->response->body, kept);
    response_header(x->response, "Idempotency-Replayed", STR("true"));
}

static bool is_key(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] < '!' || key.ptr[i] > '~')
            return false;
    }
    return key.len > 0 && key.len <= HTTP_KEY_MAX;
}

enum err kept_find(struct exchange *x, bool *replayed, struct error *error)
{
    struct outcome_request described;
    struct str kept;
    enum err err;

    *replayed = false;
    if (str_is_none(x->request->idempotency_key))
        return ERR_NONE;
    if (!is_key(x->request->idempotency_key))
        return error_set(error, ERR_SYNTAX,
                         "Idempotency-Key must be 1 to %d visible ASCII "
                         "characters, without spaces.", HTTP_KEY_MAX);
    x->call.key = x->request->idempotency_key;
    x->call.op = outcome_mark(x->call.key);
    described = describe(x);
    err = outcome_find(&x->call, &described, &kept, error);
    if (err == ERR_NOT_FOUND) {
        *error = (struct error){ 0 };
        return ERR_NONE;
    }
    if (err == ERR_NONE) {
        unpack(x, kept);
        *replayed = true;
    }
    return err;
}

void kept_save(struct exchange *x)
{
    struct call call = x->call;
    struct outcome_request described;
    struct error error = { 0 };
    struct str kept;
    bool first = true;
    enum err err;

    if (!x->call.op.set)
        return;
    if (x->actor_gone)
        call.actor.user = ID_NONE;
    described = describe(x);
    err = outcome_keep(&call, &described, pack(x), &first, &error);
    if (err == ERR_NONE && !first)
        err = outcome_find(&call, &described, &kept, &error);
    if (err == ERR_NONE && !first)
        unpack(x, kept);
    else if (err != ERR_NONE && first)
        LOG(LOG_WARN, "outcome_not_kept",
            LOG_STR("error", str_from(err_name(error.code))));
}
