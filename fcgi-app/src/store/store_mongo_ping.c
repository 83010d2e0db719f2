/*
 * Is the database ready? For /readyz, which must not wait as long as a
 * request may: no server selection, no repetition, two short commands to the
 * server that monitoring knows.
 */
#include <time.h>

#include "store/store_mongo.h"

enum { PING_STEP_MS = 20 };

static void nap(void)
{
    const struct timespec step = { .tv_nsec = PING_STEP_MS * 1000000L };

    nanosleep(&step, NULL);
}

static enum err not_ready(struct error *error, const char *detail)
{
    error_set(error, ERR_UNAVAILABLE, "%s", detail);
    error->retry_after = MONGO_RETRY_AFTER;
    return ERR_UNAVAILABLE;
}

static bool ask(struct store_mongo *mongo, uint32_t server,
                const bson_t *command, bson_t *reply, bson_error_t *cause)
{
    int64_t began = time_monotonic();
    bool done = mongoc_client_command_simple_with_server_id(
        mongo->client, mongo->database, command, mongo->primary, server,
        reply, cause);

    mongo->base.work.us += time_monotonic() - began;
    return done;
}

static bool is_primary(struct store_mongo *mongo, uint32_t server,
                       bson_error_t *cause)
{
    bson_t command, reply;
    bson_iter_t at;
    bool yes;

    bson_init(&command);
    BSON_APPEND_INT32(&command, "hello", 1);
    BSON_APPEND_INT32(&command, "maxTimeMS", MONGO_PING_MS / 2);
    mongo_comment(&command);
    yes = ask(mongo, server, &command, &reply, cause) &&
          bson_iter_init_find(&at, &reply, "isWritablePrimary") &&
          bson_iter_as_bool(&at);
    bson_destroy(&command);
    bson_destroy(&reply);
    return yes;
}

static bool reads(struct store_mongo *mongo, uint32_t server,
                  bson_error_t *cause)
{
    bson_t command, part, reply;
    bool yes;

    bson_init(&command);
    BSON_APPEND_UTF8(&command, "find", "meta");
    bson_append_document_begin(&command, "filter", -1, &part);
    BSON_APPEND_UTF8(&part, "_id", "schema");
    bson_append_document_end(&command, &part);
    BSON_APPEND_INT32(&command, "limit", 1);
    BSON_APPEND_BOOL(&command, "singleBatch", true);
    bson_append_document_begin(&command, "readConcern", -1, &part);
    BSON_APPEND_UTF8(&part, "level", "majority");
    bson_append_document_end(&command, &part);
    BSON_APPEND_INT32(&command, "maxTimeMS", MONGO_PING_MS / 2);
    mongo_comment(&command);
    yes = ask(mongo, server, &command, &reply, cause);
    bson_destroy(&command);
    bson_destroy(&reply);
    return yes;
}

enum err mongo_ping(struct store *store, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    int64_t deadline = time_monotonic() / 1000 + MONGO_PING_MS;
    uint32_t server = mongo_writable(mongo);
    bson_error_t cause = { 0 };

    /* A process that has just begun has not heard from its servers yet. */
    while (server == 0 && time_monotonic() / 1000 < deadline) {
        nap();
        server = mongo_writable(mongo);
    }
    if (server == 0)
        return not_ready(error, "No database server that takes writes is "
                                "reachable.");
    if (is_primary(mongo, server, &cause) && reads(mongo, server, &cause)) {
        breaker_succeeded(&mongo->breaker);
        return ERR_NONE;
    }
    if (cause.code != 0)
        return mongo_fail(mongo, &cause, error);
    return not_ready(error, "The database takes no writes at the moment.");
}
