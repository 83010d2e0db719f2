#include "http/message.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    enum method method;
    bool safe;
} methods[] = {
    { "GET", HTTP_GET, true },         { "HEAD", HTTP_HEAD, true },
    { "POST", HTTP_POST, false },      { "PATCH", HTTP_PATCH, false },
    { "PUT", HTTP_PUT, false },        { "DELETE", HTTP_DELETE, false },
    { "OPTIONS", HTTP_OPTIONS, true }, { "OTHER", HTTP_OTHER, false },
};

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 204, "No Content" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
    { 507, "Insufficient Storage" },
};

enum method method_parse(struct str name)
{
    for (size_t i = 0; i < HTTP_OTHER; i++) {
        if (str_eq(name, str_from(methods[i].name)))
            return methods[i].method;
    }
    return HTTP_OTHER;
}

const char *method_name(enum method method)
{
    return methods[method].name;
}

bool method_is_safe(enum method method)
{
    return methods[method].safe;
}

void response_init(struct response *response)
{
    *response = (struct response){ .status = 500 };
    buf_init(&response->body, HTTP_RESPONSE_MAX);
}

void response_reset(struct response *response)
{
    buf_reset(&response->body);
    response->status = 500;
    response->n_headers = 0;
    response->head_only = false;
}

void response_release(struct response *response)
{
    buf_release(&response->body);
}

void response_header(struct response *response, const char *name,
                     struct str value)
{
    size_t i = 0;

    while (i < response->n_headers &&
           strcmp(response->headers[i].name, name) != 0)
        i++;
    assert(i < HTTP_HEADERS_OUT);
    response->headers[i] = (struct header){ name, value };
    if (i == response->n_headers)
        response->n_headers++;
}

void response_start(struct response *response, int status, const char *type)
{
    buf_reset(&response->body);
    response->status = status;
    if (type != NULL)
        response_header(response, "Content-Type", str_from(type));
}

struct str response_get(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->n_headers; i++) {
        if (strcmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    }
    return STR_NONE;
}

const char *status_reason(int status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown";
}
