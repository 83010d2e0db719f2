#include <unistd.h>

#include "api/handlers.h"

#ifndef STEADY_VERSION
#define STEADY_VERSION "0.1.0"
#endif
#ifndef STEADY_REVISION
#define STEADY_REVISION "unknown"
#endif

/* fcgi-app/openapi.yaml as JSON, made by the build. */
static const char openapi[] = {
#include "openapi.inc"
};

static void reply_status(struct exchange *x, struct str status)
{
    struct json_out out;

    reply_json(x, 200, &out);
    json_begin_object(&out);
    json_key(&out, STR("status"));
    json_put_str(&out, status);
    json_end_object(&out);
}

/* 200 as long as the process answers: the database is not asked. */
enum err api_healthz(struct exchange *x, struct error *error)
{
    (void)error;
    reply_status(x, STR("ok"));
    return ERR_NONE;
}

/* 200; 503 while draining or without a database that takes writes. */
enum err api_readyz(struct exchange *x, struct error *error)
{
    enum err err;

    if (x->app->draining != NULL && access(x->app->draining, F_OK) == 0) {
        error->retry_after = 1;
        return error_set(error, ERR_DRAINING, "This host is draining.");
    }
    err = x->call.store->ops->ping(x->call.store, error);
    if (err == ERR_NONE)
        reply_status(x, STR("ready"));
    return err;
}

/* 200 */
enum err api_version(struct exchange *x, struct error *error)
{
    struct json_out out;

    (void)error;
    reply_json(x, 200, &out);
    json_begin_object(&out);
    json_key(&out, STR("version"));
    json_put_str(&out, STR(STEADY_VERSION));
    json_key(&out, STR("revision"));
    json_put_str(&out, STR(STEADY_REVISION));
    json_end_object(&out);
    return ERR_NONE;
}

/* 200 */
enum err api_openapi(struct exchange *x, struct error *error)
{
    (void)error;
    response_start(x->response, 200, "application/json");
    buf_add(&x->response->body, openapi, sizeof(openapi));
    return ERR_NONE;
}
