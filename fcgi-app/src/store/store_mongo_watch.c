/*
 * Watching by a change stream of the whole database. What it brings is whose
 * record was written and when, never the record. A position is a cluster time.
 */
#include <unistd.h>

#include "store/store_mongo.h"

enum {
    AWAIT_MS = 1000, /* of one request of the stream; below socketTimeoutMS */
    EMPTY_MAX = 20,  /* answers without a change, and without waiting */
    EMPTY_US = 50 * 1000,
    CODE_HISTORY_LOST = 286
};

/* The time of the last write that the server knows. */
static enum err last_write(struct store_mongo *mongo, uint64_t *at,
                           struct error *error)
{
    bson_t command = BSON_INITIALIZER, reply;
    bson_iter_t found;
    uint32_t seconds, increment;
    enum err err;

    BSON_APPEND_INT32(&command, "hello", 1);
    err = mongo_run(mongo, MONGO_PLAIN, &command, &reply, error);
    if (err == ERR_NONE) {
        if (bson_iter_init_find(&found, &reply, "operationTime") &&
            BSON_ITER_HOLDS_TIMESTAMP(&found)) {
            bson_iter_timestamp(&found, &seconds, &increment);
            *at = (uint64_t)seconds << 32 | increment;
        } else {
            err = error_set(error, ERR_UNAVAILABLE,
                            "Only a replica set can be watched.");
        }
    }
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

static mongoc_change_stream_t *open_stream(struct store_mongo *mongo,
                                           uint64_t position)
{
    uint64_t next = position + 1;
    mongoc_database_t *database =
        mongoc_client_get_database(mongo->client, mongo->database);
    bson_t *pipeline = BCON_NEW(
        "pipeline", "[", "{", "$match", "{", "ns.coll", "{", "$in", "[",
        BCON_UTF8("tasks"), BCON_UTF8("lists"), "]", "}", "operationType",
        "{", "$in", "[", BCON_UTF8("insert"), BCON_UTF8("update"),
        BCON_UTF8("replace"), "]", "}", "}", "}", "{", "$project", "{",
        "documentKey", BCON_INT32(1), "clusterTime", BCON_INT32(1), "}", "}",
        "]");
    bson_t *opts = BCON_NEW(
        "maxAwaitTimeMS", BCON_INT64(AWAIT_MS), "startAtOperationTime",
        BCON_TIMESTAMP((int32_t)(next >> 32), (int32_t)next));
    mongoc_change_stream_t *stream =
        mongoc_database_watch(database, pipeline, opts);

    bson_destroy(opts);
    bson_destroy(pipeline);
    mongoc_database_destroy(database);
    return stream;
}

/* The key of a task or list begins with its owner. */
static void tell(const bson_t *change, uint64_t *position,
                 const struct store_watcher *watcher)
{
    bson_iter_t top, found;
    uint32_t seconds, increment, len = 0;
    const uint8_t *key = NULL;
    struct id owner;

    if (!bson_iter_init_find(&found, change, "clusterTime") ||
        !BSON_ITER_HOLDS_TIMESTAMP(&found))
        return;
    bson_iter_timestamp(&found, &seconds, &increment);
    *position = (uint64_t)seconds << 32 | increment;
    if (!bson_iter_init(&top, change) ||
        !bson_iter_find_descendant(&top, "documentKey._id", &found) ||
        !BSON_ITER_HOLDS_BINARY(&found))
        return;
    bson_iter_binary(&found, NULL, &len, &key);
    if (len != 2 * ID_BYTES)
        return;
    memcpy(owner.bytes, key, ID_BYTES);
    watcher->changed(watcher->context, owner, *position);
}

static bool has_failed(struct store_mongo *mongo,
                       const mongoc_change_stream_t *stream,
                       uint64_t *position, struct error *error)
{
    const bson_t *reply;
    bson_error_t cause;

    if (!mongoc_change_stream_error_document(stream, &cause, &reply))
        return false;
    if (cause.code == CODE_HISTORY_LOST)
        *position = 0;
    (void)mongo_fail(mongo, &cause, error);
    return true;
}

/* Until it breaks. A stream that was closed, as when the database is dropped,
 * says nothing at once instead of waiting. */
static enum err follow(struct store_mongo *mongo,
                       mongoc_change_stream_t *stream, uint64_t *position,
                       const struct store_watcher *watcher,
                       struct error *error)
{
    const bson_t *change;
    int empty = 0;

    while (empty < EMPTY_MAX) {
        int64_t began = time_monotonic();

        if (mongoc_change_stream_next(stream, &change)) {
            tell(change, position, watcher);
            empty = 0;
            continue;
        }
        if (has_failed(mongo, stream, position, error))
            return error->code;
        if (time_monotonic() - began > EMPTY_US) {
            empty = 0;
        } else {
            empty++;
            usleep(EMPTY_US);
        }
    }
    return error_set(error, ERR_UNAVAILABLE, "The change stream has ended.");
}

enum err mongo_watch(struct store *store, uint64_t *position,
                     const struct store_watcher *watcher, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    enum err err = mongo_admit(mongo, error);
    mongoc_change_stream_t *stream;

    if (err == ERR_NONE && *position == 0)
        err = last_write(mongo, position, error);
    if (err != ERR_NONE)
        return err;
    stream = open_stream(mongo, *position);
    if (has_failed(mongo, stream, position, error)) {
        err = error->code;
    } else {
        watcher->begins(watcher->context, *position);
        err = follow(mongo, stream, position, watcher, error);
    }
    mongoc_change_stream_destroy(stream);
    return err;
}
