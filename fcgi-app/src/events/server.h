/*
 * The streams as HTTP: nginx hands them over (nginx/snippets/events.conf)
 * once a worker knows whose they are, by the path /.events/USER/HASH.
 */
#ifndef STEADY_EVENTS_SERVER_H
#define STEADY_EVENTS_SERVER_H

#include "events/watch.h"

enum {
    EVENTS_HEARTBEAT_MS = 25 * SECOND_MS, /* below a balancer's 60 s */
    EVENTS_GAP_MS = 250,       /* between two wake-ups of one stream */
    EVENTS_LIFE_MS = 10 * MINUTE_MS, /* then it must show its session anew */
    EVENTS_UNREAD_MAX = 4096,  /* bytes; who reads nothing is gone */
    EVENTS_GRACE_MS = 30 * SECOND_MS /* of a store that cannot be watched */
};

/*
 * Serves on this Unix socket, replacing one that is there, until SIGTERM or
 * SIGINT; then all streams end, in order. While `draining`, a file, exists
 * there is no stream either.
 */
enum err events_serve(const char *socket_path, const char *draining,
                      struct watch *watch, struct error *error) MUST_CHECK;

#endif
