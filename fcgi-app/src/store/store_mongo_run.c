/* Sending commands: concerns, time limits, repetition, the breaker. */
#include "base/log.h"
#include "store/store_mongo.h"

void mongo_comment(bson_t *command)
{
    struct str request = log_request();

    if (!str_is_none(request))
        bson_append_utf8(command, "comment", -1, request.ptr,
                         (int)request.len);
}

void mongo_command(bson_t *command, const char *name, const char *collection)
{
    bson_init(command);
    BSON_APPEND_UTF8(command, name, collection);
    BSON_APPEND_INT32(command, "maxTimeMS", MONGO_MAX_TIME_MS);
    mongo_comment(command);
}

static bool takes_writes(const char *type)
{
    static const char *const types[] = { "RSPrimary", "Mongos", "Standalone",
                                         "LoadBalancer" };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (str_eq(str_from(type), str_from(types[i])))
            return true;
    }
    return false;
}

uint32_t mongo_writable(struct store_mongo *mongo)
{
    size_t len = 0;
    uint32_t id = 0;
    mongoc_server_description_t **servers =
        mongoc_client_get_server_descriptions(mongo->client, &len);

    for (size_t i = 0; i < len && id == 0; i++) {
        if (takes_writes(mongoc_server_description_type(servers[i])))
            id = mongoc_server_description_id(servers[i]);
    }
    mongoc_server_descriptions_destroy_all(servers, len);
    return id;
}

enum err mongo_admit(struct store_mongo *mongo, struct error *error)
{
    int64_t now = time_monotonic() / 1000;

    if (breaker_admits(&mongo->breaker, now,
                       mongo->breaker.open && mongo_writable(mongo) != 0))
        return ERR_NONE;
    mongo->base.work.refused = true;
    error_set(error, ERR_UNAVAILABLE,
              "The database cannot be reached; repeat the request.");
    error->retry_after = breaker_retry_after(&mongo->breaker, now);
    return ERR_UNAVAILABLE;
}

/* An update or delete answers ok, and tells its failure in an array. */
static bool has_write_error(const bson_t *reply, bson_error_t *cause)
{
    bson_iter_t top, at;

    if (!bson_iter_init(&top, reply) ||
        !bson_iter_find_descendant(&top, "writeErrors.0.code", &at))
        return false;
    cause->domain = MONGOC_ERROR_SERVER;
    cause->code = (uint32_t)bson_iter_as_int64(&at);
    return true;
}

static bool run_mode(struct store_mongo *mongo, enum mongo_mode mode,
                     const bson_t *command, bson_t *reply,
                     bson_error_t *cause)
{
    *cause = (bson_error_t){ 0 };
    switch (mode) {
    case MONGO_READ:
        return mongoc_client_read_command_with_opts(
            mongo->client, mongo->database, command, mongo->primary, NULL,
            reply, cause);
    case MONGO_WRITE:
    case MONGO_MANY:
        return mongoc_client_write_command_with_opts(
                   mongo->client, mongo->database, command, NULL, reply,
                   cause) &&
               !has_write_error(reply, cause);
    case MONGO_PLAIN:
    case MONGO_SNAPSHOT:
        return mongoc_client_command_with_opts(
            mongo->client, mongo->database, command, mongo->primary, NULL,
            reply, cause);
    }
    return false;
}

static bool run_once(struct store_mongo *mongo, enum mongo_mode mode,
                     const bson_t *command, bson_t *reply,
                     bson_error_t *cause)
{
    int64_t began = time_monotonic();
    bool done = run_mode(mongo, mode, command, reply, cause);

    mongo->base.work.us += time_monotonic() - began;
    return done;
}

enum err mongo_run(struct store_mongo *mongo, enum mongo_mode mode,
                   const bson_t *command, bson_t *reply, struct error *error)
{
    bson_error_t cause;
    enum err err = mongo_admit(mongo, error);
    bool done;

    if (err != ERR_NONE) {
        bson_init(reply);
        return err;
    }
    done = run_once(mongo, mode, command, reply, &cause);
    if (!done && (mode == MONGO_MANY || mode == MONGO_SNAPSHOT) &&
        mongo_is_transient(&cause, reply)) {
        bson_destroy(reply);
        done = run_once(mongo, mode, command, reply, &cause);
    }
    if (!done)
        return mongo_fail(mongo, &cause, error);
    breaker_succeeded(&mongo->breaker);
    return ERR_NONE;
}

static enum err drain(struct store_mongo *mongo, mongoc_cursor_t *cursor,
                      mongo_row *row, void *context, struct error *error)
{
    const bson_t *doc;
    bson_error_t cause;
    enum err err = ERR_NONE;
    int64_t began = time_monotonic();

    while (mongoc_cursor_next(cursor, &doc)) {
        if (!row(context, doc))
            break;
    }
    if (mongoc_cursor_error(cursor, &cause))
        err = mongo_fail(mongo, &cause, error);
    else
        breaker_succeeded(&mongo->breaker);
    mongoc_cursor_destroy(cursor);
    mongo->base.work.us += time_monotonic() - began;
    return err;
}

enum err mongo_find(struct store_mongo *mongo, const char *collection,
                    const bson_t *filter, const bson_t *opts, mongo_row *row,
                    void *context, struct error *error)
{
    enum err err = mongo_admit(mongo, error);
    mongoc_collection_t *handle;
    bson_t timed;

    if (err != ERR_NONE)
        return err;
    bson_copy_to(opts, &timed);
    BSON_APPEND_INT32(&timed, "maxTimeMS", MONGO_MAX_TIME_MS);
    mongo_comment(&timed);
    handle = mongoc_client_get_collection(mongo->client, mongo->database,
                                          collection);
    err = drain(mongo,
                mongoc_collection_find_with_opts(handle, filter, &timed,
                                                 mongo->primary),
                row, context, error);
    mongoc_collection_destroy(handle);
    bson_destroy(&timed);
    return err;
}

enum err mongo_aggregate(struct store_mongo *mongo, const char *collection,
                         const bson_t *pipeline, const char *hint,
                         mongo_row *row, void *context, struct error *error)
{
    enum err err = mongo_admit(mongo, error);
    mongoc_collection_t *handle;
    bson_t opts = BSON_INITIALIZER;

    if (err == ERR_NONE) {
        BSON_APPEND_UTF8(&opts, "hint", hint);
        BSON_APPEND_INT32(&opts, "batchSize", MONGO_BATCH);
        BSON_APPEND_INT32(&opts, "maxTimeMS", MONGO_MAX_TIME_MS);
        mongo_comment(&opts);
        handle = mongoc_client_get_collection(mongo->client, mongo->database,
                                              collection);
        err = drain(mongo,
                    mongoc_collection_aggregate(handle, MONGOC_QUERY_NONE,
                                                pipeline, &opts,
                                                mongo->primary),
                    row, context, error);
        mongoc_collection_destroy(handle);
    }
    bson_destroy(&opts);
    return err;
}

static void modify_command(bson_t *command, const struct mongo_modify *modify)
{
    bson_t fields;

    mongo_command(command, "findAndModify", modify->collection);
    BSON_APPEND_DOCUMENT(command, "query", modify->query);
    if (modify->pipeline != NULL)
        BSON_APPEND_ARRAY(command, "update", modify->pipeline);
    else if (modify->update != NULL)
        BSON_APPEND_DOCUMENT(command, "update", modify->update);
    else
        BSON_APPEND_BOOL(command, "remove", true);
    if (modify->pipeline != NULL || modify->update != NULL)
        BSON_APPEND_BOOL(command, "new", true);
    if (modify->upsert)
        BSON_APPEND_BOOL(command, "upsert", true);
    if (modify->key_only) {
        bson_append_document_begin(command, "fields", -1, &fields);
        BSON_APPEND_INT32(&fields, "_id", 1);
        bson_append_document_end(command, &fields);
    }
}

/* Two upserts of one key at the same time: the later one meets the other's
 * document when it is repeated. */
static bool is_race(enum err err, const struct mongo_modify *modify,
                    const bson_t *reply)
{
    bson_iter_t top, at;

    return err == ERR_EXISTS && modify->upsert &&
           bson_iter_init(&top, reply) &&
           bson_iter_find_descendant(&top, "keyPattern._id", &at);
}

enum err mongo_modify(struct store_mongo *mongo,
                      const struct mongo_modify *modify, bson_t *reply,
                      bson_t *value, bool *found, bool *existed,
                      struct error *error)
{
    bson_t command;
    bson_iter_t top, at;
    enum err err;

    modify_command(&command, modify);
    err = mongo_run(mongo, MONGO_WRITE, &command, reply, error);
    if (is_race(err, modify, reply)) {
        bson_destroy(reply);
        err = mongo_run(mongo, MONGO_WRITE, &command, reply, error);
    }
    bson_destroy(&command);
    if (err != ERR_NONE)
        return err;
    *found = bson_iter_init_find(&top, reply, "value") &&
             mongo_doc_of(&top, value);
    *existed = bson_iter_init(&top, reply) &&
               bson_iter_find_descendant(
                   &top, "lastErrorObject.updatedExisting", &at) &&
               bson_iter_as_bool(&at);
    return ERR_NONE;
}
