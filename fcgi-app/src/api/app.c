#include "api/app.h"

#include <string.h>

#include "api/cookies.h"
#include "api/exchange.h"
#include "api/kept.h"
#include "http/headers.h"
#include "http/problem.h"
#include "service/accounts.h"

/* The route, or ERR_NOT_FOUND, or ERR_METHOD with the Allow header set. */
static enum err find_route(struct exchange *x, const struct route **found,
                           struct error *error)
{
    enum method method = x->request->method;
    struct str allow = STR_NONE;

    if (method == HTTP_HEAD)
        method = HTTP_GET;
    for (size_t i = 0; i < routes_len; i++) {
        struct str params[PATH_PARAMS_MAX];

        if (!url_match(routes[i].path, x->request->path, params))
            continue;
        if (routes[i].method == method) {
            memcpy(x->params, params, sizeof(params));
            *found = &routes[i];
            return ERR_NONE;
        }
        allow = str_is_none(allow)
                    ? str_from(method_name(routes[i].method))
                    : arena_printf(x->arena, "%.*s, %s", STR_ARG(allow),
                                   method_name(routes[i].method));
    }
    if (str_is_none(allow))
        return error_set(error, ERR_NOT_FOUND, "There is nothing here.");
    response_header(x->response, "Allow", allow);
    return error_set(error, ERR_METHOD, "This path takes %.*s.",
                     STR_ARG(allow));
}

static enum err check_query(struct exchange *x, const struct route *route,
                            struct error *error)
{
    enum err err = url_query_parse(x->arena, x->request->query, &x->query,
                                   error);

    for (size_t i = 0; err == ERR_NONE && i < x->query.len; i++) {
        struct str name = x->query.params[i].name;
        const char *const *known = route->query;

        while (known != NULL && *known != NULL &&
               !str_eq(name, str_from(*known)))
            known++;
        if (known == NULL || *known == NULL)
            query_error(error, arena_cstr(x->arena, name), "unknown",
                        "This route knows no such parameter.");
    }
    return err != ERR_NONE ? err : error->code;
}

/* What a browser on another site could send is refused before anything is
 * read from it: see security.md, CSRF. */
static enum err check_origin(const struct exchange *x,
                             const struct route *route, struct error *error)
{
    const struct request *request = x->request;
    bool typed = media_type_is(request->content_type, "application/json") ||
                 (request->method == HTTP_PATCH &&
                  media_type_is(request->content_type,
                                "application/merge-patch+json"));

    if (method_is_safe(request->method))
        return ERR_NONE;
    if (!typed && (request->body.len > 0 ||
                   !str_is_none(request->content_type) ||
                   (route->flags & ROUTE_BODY) != 0))
        return error_set(error, ERR_UNSUPPORTED,
                         "Send Content-Type: application/json.");
    if (!origin_is_ours(request, x->app->public_url))
        return error_set(error, ERR_CROSS_SITE,
                         "A page of another site may not do this.");
    return ERR_NONE;
}

static enum err find_actor(struct exchange *x, struct error *error)
{
    struct str bearer = bearer_get(x->request->authorization);
    struct str cookie = session_cookie(x->request);

    if (x->app->service.auth_none) {
        x->call.actor = (struct actor){
            .user = accounts_single_user(), .scope = SCOPE_WRITE
        };
        return ERR_NONE;
    }
    if (!str_is_none(bearer))
        return accounts_by_token(&x->call, bearer, &x->call.actor, error);
    if (!str_is_none(cookie) && cookie.len > 0)
        return accounts_by_session(&x->call, cookie, &x->call.actor, error);
    return error_set(error, ERR_NO_SESSION, "Nobody is signed in.");
}

static enum err check_actor(struct exchange *x, const struct route *route,
                            struct error *error)
{
    enum err err;

    if (x->app->service.auth_none && (route->flags & ROUTE_ACCOUNTS) != 0)
        return error_set(error, ERR_NOT_FOUND,
                         "Nobody signs in here (STEADY_AUTH=none).");
    if ((route->flags & ROUTE_NO_STORE) != 0 ||
        str_eq(x->request->path, STR("/readyz")))
        return ERR_NONE;
    err = find_actor(x, error);
    if (err == ERR_NO_SESSION && (route->flags & ROUTE_PUBLIC) != 0) {
        *error = (struct error){ 0 };
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return err;
    if (x->call.actor.by_token && (route->flags & ROUTE_NO_TOKEN) != 0)
        return error_set(error, ERR_FORBIDDEN,
                         "This needs a session; an API token may not do it.");
    if (x->call.actor.scope == SCOPE_READ &&
        !method_is_safe(x->request->method) &&
        (route->flags & ROUTE_READS) == 0)
        return error_set(error, ERR_FORBIDDEN,
                         "This token may read only.");
    return ERR_NONE;
}

static enum err read_body(struct exchange *x, const struct route *route,
                          struct error *error)
{
    if ((route->flags & ROUTE_BODY) != 0)
        return json_parse(x->arena, x->request->body, &x->body, error);
    if (x->request->body.len > 0 && !method_is_safe(x->request->method))
        return error_set(error, ERR_SYNTAX, "This route takes no body.");
    return ERR_NONE;
}

/* Who deletes an account is nobody afterwards: the answer to that is looked
 * for without knowing whose request it is. */
static enum err replay_for_nobody(struct exchange *x, bool *replayed)
{
    struct error ignored = { 0 };

    if (!method_is_safe(x->request->method) &&
        kept_find(x, replayed, &ignored) == ERR_NONE && *replayed)
        return ERR_NONE;
    return ERR_NO_SESSION;
}

static enum err dispatch(struct exchange *x, const struct route *route,
                         struct error *error)
{
    bool replayed = false;
    enum err err = check_query(x, route, error);

    if (err == ERR_NONE)
        err = check_origin(x, route, error);
    if (err == ERR_NONE)
        err = check_actor(x, route, error);
    if (err == ERR_NO_SESSION)
        err = replay_for_nobody(x, &replayed);
    if (err == ERR_NONE && !replayed)
        err = if_match_parse(x->request->if_match, &x->if_match, error);
    if (err == ERR_NONE && !replayed)
        err = read_body(x, route, error);
    if (err == ERR_NONE && !replayed && !method_is_safe(x->request->method) &&
        (route->flags & ROUTE_READS) == 0)
        err = kept_find(x, &replayed, error);
    if (err != ERR_NONE || replayed)
        return err;
    err = route->handle(x, error);
    if (err == ERR_NONE)
        kept_save(x);
    return err;
}

static enum err handle(struct exchange *x, struct error *error)
{
    const struct route *route = NULL;
    enum err err;

    if (x->request->refused != NULL) {
        *error = *x->request->refused;
        return error->code;
    }
    if (str_is_none(x->request->path))
        return error_set(error, ERR_SYNTAX, "The path is too long.");
    err = find_route(x, &route, error);
    if (err == ERR_NONE && x->app->health_only &&
        (route->flags & ROUTE_NO_STORE) == 0)
        err = error_set(error, ERR_NOT_FOUND, "There is nothing here.");
    return err != ERR_NONE ? err : dispatch(x, route, error);
}

static void put_user_hash(struct exchange *x)
{
    if (!id_is_none(x->call.actor.user))
        response_header(x->response, "X-Steady-User", exchange_user_hash(x));
}

static void fail(struct exchange *x, enum err err, struct error *error)
{
    if (error->code != err)
        error_set(error, err, "%s", "");
    problem_respond(x->arena, x->response, error, x->request->id, x->extra);
    LOG(problem_log_level(err), "request_failed",
        LOG_STR("error", str_from(err_name(err))),
        LOG_STR("method", str_from(method_name(x->request->method))),
        LOG_INT("status", problem_status(err)),
        LOG_STR("cause", problem_status(err) >= 500 ? str_from(error->detail)
                                                    : STR_NONE));
}

void app_handle(const struct app *app, struct arena *arena,
                const struct request *request, struct response *response)
{
    struct error error = { 0 };
    struct exchange x = {
        .app = app,
        .arena = arena,
        .request = request,
        .response = response,
        .call = { .service = &app->service,
                  .store = app->service.store,
                  .arena = arena,
                  .now = time_now() },
        .base_url = app->public_url,
    };
    enum err err;

    if (str_is_none(x.base_url) || x.base_url.len == 0)
        x.base_url = arena_printf(arena, "%.*s://%.*s",
                                  STR_ARG(request->scheme),
                                  STR_ARG(request->host));
    response->head_only = request->method == HTTP_HEAD;
    err = handle(&x, &error);
    put_user_hash(&x);
    if (err != ERR_NONE)
        fail(&x, err, &error);
    else if (response->body.overflow)
        fail(&x, ERR_INTERNAL, &error);
}
