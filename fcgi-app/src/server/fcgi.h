/*
 * The FastCGI side of a worker: one listening socket on descriptor 0, one
 * request at a time. The only door to libfcgi.
 */
#ifndef STEADY_SERVER_FCGI_H
#define STEADY_SERVER_FCGI_H

#include "base/arena.h"
#include "base/err.h"
#include "http/message.h"

enum {
    /* Above every time-out of the drivers, below nginx's 30 s: a worker that
     * hangs ends itself and is started anew. */
    WATCHDOG_SECONDS = 28
};

typedef void fcgi_handler(void *context, struct arena *arena,
                          const struct request *request,
                          struct response *response);
/* Called after each request, when its answer has been sent. */
typedef void fcgi_idle(void *context);

/*
 * Serves until SIGTERM or SIGINT; the request in flight is finished first.
 * Returns ERR_INTERNAL when descriptor 0 is not a listening socket.
 */
enum err fcgi_serve(fcgi_handler *handle, fcgi_idle *idle, void *context,
                    struct error *error) MUST_CHECK;

/* Holds descriptor 0 and sleeps until SIGTERM: while the keeper lives the
 * socket exists, however many workers die. */
void fcgi_keep(void);

#endif
