#include "http/problem.h"

static const struct {
    int status;
    const char *type;
    const char *title;
    enum log_level level;
} problems[ERR_COUNT] = {
    [ERR_NONE] = { 500, "internal", "Internal error", LOG_ERROR },
    [ERR_SYNTAX] = { 400, "bad-request", "Bad request", LOG_INFO },
    [ERR_INVALID] = { 422, "invalid", "Invalid values", LOG_INFO },
    [ERR_UNSUPPORTED] = { 415, "unsupported-media-type",
                          "Unsupported media type", LOG_INFO },
    [ERR_TOO_LARGE] = { 413, "too-large", "Content too large", LOG_INFO },
    [ERR_NO_SESSION] = { 401, "not-signed-in", "Not signed in", LOG_INFO },
    [ERR_CREDENTIALS] = { 401, "bad-credentials",
                          "Email or password is wrong", LOG_INFO },
    [ERR_FORBIDDEN] = { 403, "forbidden", "Forbidden", LOG_INFO },
    [ERR_CROSS_SITE] = { 403, "cross-site", "Cross-site request refused",
                         LOG_WARN },
    [ERR_CLOSED] = { 403, "registration-closed", "Sign-up is closed",
                     LOG_INFO },
    [ERR_NOT_FOUND] = { 404, "not-found", "Not found", LOG_INFO },
    [ERR_METHOD] = { 405, "method-not-allowed", "Method not allowed",
                     LOG_INFO },
    [ERR_EXISTS] = { 409, "exists", "Already exists", LOG_INFO },
    [ERR_LIMIT] = { 409, "limit-reached", "Limit reached", LOG_INFO },
    [ERR_STALE] = { 412, "stale", "Changed in the meantime", LOG_INFO },
    [ERR_KEY_REUSED] = { 422, "idempotency-key-reused",
                         "Idempotency-Key used before", LOG_INFO },
    [ERR_GONE] = { 410, "token-expired", "Token expired", LOG_INFO },
    [ERR_THROTTLED] = { 429, "throttled", "Too many attempts", LOG_WARN },
    /* Somebody wants it so: no reason to wake anybody. */
    [ERR_DRAINING] = { 503, "unavailable", "Temporarily unavailable",
                       LOG_INFO },
    [ERR_UNAVAILABLE] = { 503, "unavailable", "Temporarily unavailable",
                          LOG_ERROR },
    [ERR_FULL] = { 507, "storage-full", "No space left", LOG_ERROR },
    [ERR_INTERNAL] = { 500, "internal", "Internal error", LOG_ERROR },
};

int problem_status(enum err code)
{
    return problems[code].status;
}

enum log_level problem_log_level(enum err code)
{
    return problems[code].level;
}

static void encode_fields(const struct error *error, struct json_out *out)
{
    json_key(out, STR("errors"));
    json_begin_array(out);
    for (size_t i = 0; i < error->n_fields && i < ERROR_FIELDS_MAX; i++) {
        const struct field_error *field = &error->fields[i];

        json_begin_object(out);
        json_key(out, STR("pointer"));
        json_put_str(out, str_from(field->pointer));
        json_key(out, STR("code"));
        json_put_str(out, str_from(field->code));
        json_key(out, STR("detail"));
        json_put_str(out, str_from(field->detail));
        json_end_object(out);
    }
    json_end_array(out);
}

void problem_encode(const struct error *error, struct str request_id,
                    struct str extra, struct json_out *out)
{
    const char *type = problems[error->code].type;
    char uri[64] = "/problems/";
    size_t at = sizeof("/problems/") - 1;

    while (*type != '\0' && at + 1 < sizeof(uri))
        uri[at++] = *type++;

    json_begin_object(out);
    json_key(out, STR("type"));
    json_put_str(out, (struct str){ uri, at });
    json_key(out, STR("title"));
    json_put_str(out, str_from(problems[error->code].title));
    json_key(out, STR("status"));
    json_put_int(out, problems[error->code].status);
    json_key(out, STR("detail"));
    json_put_str(out, error->detail[0] != '\0'
                          ? str_from(error->detail)
                          : str_from(problems[error->code].title));
    json_key(out, STR("request_id"));
    json_put_str(out, request_id);
    if (error->n_fields > 0)
        encode_fields(error, out);
    if (!str_is_none(extra))
        json_put_raw(out, extra);
    json_end_object(out);
}

void problem_respond(struct arena *arena, struct response *response,
                     const struct error *error, struct str request_id,
                     struct str extra)
{
    struct json_out out;

    response_start(response, problems[error->code].status,
                   "application/problem+json");
    json_out_init(&out, &response->body);
    problem_encode(error, request_id, extra, &out);
    if (error->retry_after > 0)
        response_header(response, "Retry-After",
                        arena_printf(arena, "%d", error->retry_after));
}
