#include "events/hub.h"

/* Ids of users are random. */
static size_t place(struct id user)
{
    return ((size_t)user.bytes[ID_BYTES - 2] << 8 |
            user.bytes[ID_BYTES - 1]) %
           HUB_BUCKETS;
}

enum err hub_add(struct hub *hub, struct stream *stream)
{
    struct streams *streams = &hub->buckets[place(stream->user)].streams;
    const struct stream *other;
    size_t same = 0;

    if (hub->len >= HUB_STREAMS_MAX)
        return ERR_UNAVAILABLE;
    LIST_FOREACH(other, streams, entry)
        same += id_eq(other->user, stream->user);
    if (same >= HUB_STREAMS_PER_USER)
        return ERR_LIMIT;
    LIST_INSERT_HEAD(streams, stream, entry);
    hub->len++;
    return ERR_NONE;
}

void hub_remove(struct hub *hub, struct stream *stream)
{
    LIST_REMOVE(stream, entry);
    hub->len--;
}

void hub_each(struct hub *hub, hub_visit *visit)
{
    for (size_t i = 0; i < HUB_BUCKETS; i++) {
        struct stream *stream = LIST_FIRST(&hub->buckets[i].streams);

        while (stream != NULL) {
            struct stream *next = LIST_NEXT(stream, entry);

            visit(stream);
            stream = next;
        }
    }
}

bool hub_has_news(const struct hub *hub, struct id user, uint64_t position)
{
    return position < hub->since ||
           position < hub->buckets[place(user)].changed_at;
}

void hub_begins(struct hub *hub, uint64_t since, hub_visit *wake)
{
    /* It goes on where it was: nothing was missed. */
    if (since <= hub->newest)
        return;
    hub->since = hub->newest = since;
    hub_each(hub, wake);
}

void hub_changed(struct hub *hub, struct id user, uint64_t at,
                 hub_visit *wake)
{
    struct bucket *bucket = &hub->buckets[place(user)];
    struct stream *stream, *next;

    if (at > bucket->changed_at)
        bucket->changed_at = at;
    if (at > hub->newest)
        hub->newest = at;
    for (stream = LIST_FIRST(&bucket->streams); stream != NULL;
         stream = next) {
        next = LIST_NEXT(stream, entry);
        if (id_eq(stream->user, user))
            wake(stream);
    }
}
