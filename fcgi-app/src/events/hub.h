/*
 * Who listens, and who has missed what. Plain data without sockets.
 *
 * A bucket holds the streams of all users that hash to it, and the position
 * of the newest change of any of them: somebody may be woken for nothing, and
 * nobody is forgotten.
 */
#ifndef STEADY_EVENTS_HUB_H
#define STEADY_EVENTS_HUB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/id.h"

enum {
    HUB_BUCKETS = 4096,
    HUB_STREAMS_MAX = 10000,  /* of all users */
    HUB_STREAMS_PER_USER = 50 /* browsers and programs of one person */
};

/* The part of a stream that the hub knows; embedded, owned by the caller. */
struct stream {
    LIST_ENTRY(stream) entry;
    struct id user;
};

LIST_HEAD(streams, stream);
struct bucket {
    struct streams streams;
    uint64_t changed_at;
};

struct hub {
    struct bucket buckets[HUB_BUCKETS];
    size_t len;      /* streams */
    uint64_t since;  /* all changes after this position are known */
    uint64_t newest; /* and up to this one */
};

/* What is done to a stream; it may take it out of the hub. */
typedef void hub_visit(struct stream *stream);

/* All zero is an empty hub. ERR_LIMIT: the user has too many, ERR_UNAVAILABLE:
 * there are too many. */
enum err hub_add(struct hub *hub, struct stream *stream) MUST_CHECK;
void hub_remove(struct hub *hub, struct stream *stream);
void hub_each(struct hub *hub, hub_visit *visit);
/* Has the user, or may he have, changes after this position? */
bool hub_has_news(const struct hub *hub, struct id user, uint64_t position);
/* See store_watcher. Those that have news are visited. */
void hub_begins(struct hub *hub, uint64_t since, hub_visit *wake);
void hub_changed(struct hub *hub, struct id user, uint64_t at,
                 hub_visit *wake);

#endif
