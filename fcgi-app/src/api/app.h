/*
 * The whole API as one function: a request comes in, a response goes out.
 * Nothing here knows a socket, so everything can be tested in-process.
 */
#ifndef STEADY_API_APP_H
#define STEADY_API_APP_H

#include "http/message.h"
#include "service/service.h"

struct app {
    struct service service;
    struct str public_url; /* none: each request's own scheme and host */
    /* A file that exists while this host drains; NULL: never. */
    const char *draining;
    bool health_only; /* answers what needs no database */
};

/* Always leaves a complete response, whatever came. */
void app_handle(const struct app *app, struct arena *arena,
                const struct request *request, struct response *response);

/*
 * The routes, for the comparison with openapi.yaml: the n-th one's method and
 * template, false beyond the last.
 */
bool app_route(size_t n, const char **method, const char **path);

#endif
