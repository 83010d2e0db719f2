/* Collections and indexes: made by migrate, looked for by check. */
#include <string.h>

#include "base/log.h"
#include "store/store_mongo.h"

enum {
    /* hello.maxWireVersion of 5.3, the first with clustered collections. */
    WIRE_CLUSTERED = 16,
    CODE_NAMESPACE_EXISTS = 48,
    /* An index of a big collection takes its time. */
    MIGRATE_SOCKET_MS = 3600 * 1000
};

#define ZERO_ID \
    "{\"$binary\":{\"base64\":\"AAAAAAAAAAAAAAAAAAAAAA==\"," \
    "\"subType\":\"00\"}}"
#define THERE(field) \
    "\"partialFilterExpression\":{\"" field "\":{\"$exists\":true}}"
#define EXPIRES "\"expireAfterSeconds\":0"

/* Keys and options as in createIndexes. Partial indexes hold only what has
 * the field, so that nothing else pays for them. */
static const struct index {
    const char *collection, *name, *keys, *options;
} indexes[] = {
    { "users", INDEX_EMAIL, "\"email_key\":1", "\"unique\":true" },
    { "sessions", INDEX_USER, "\"user_id\":1", NULL },
    { "sessions", INDEX_EXPIRY, "\"expires_at\":1", EXPIRES },
    { "tokens", INDEX_USER, "\"user_id\":1", NULL },
    { "lists", INDEX_LIST_ORDER,
      "\"owner\":1,\"deleted\":1,\"order\":1,\"_id\":1", NULL },
    { "lists", INDEX_UPDATED, "\"owner\":1,\"updated_at\":1,\"_id\":1",
      NULL },
    { "lists", INDEX_EXPIRY, "\"purge_at\":1", EXPIRES "," THERE("purge_at") },
    { "tasks", INDEX_TASK_ORDER,
      "\"owner\":1,\"deleted\":1,\"completed\":1,\"order\":1,\"_id\":1",
      NULL },
    { "tasks", INDEX_TASK_LIST,
      "\"owner\":1,\"list_id\":1,\"deleted\":1,\"completed\":1,\"order\":1,"
      "\"_id\":1",
      NULL },
    { "tasks", INDEX_TASK_PARENT,
      "\"owner\":1,\"parent_id\":1,\"deleted\":1,\"completed\":1,"
      "\"order\":1,\"_id\":1",
      "\"partialFilterExpression\":{\"parent_id\":{\"$gt\":" ZERO_ID "}}" },
    { "tasks", INDEX_TASK_TAG,
      "\"owner\":1,\"tags\":1,\"deleted\":1,\"completed\":1,\"order\":1,"
      "\"_id\":1",
      THERE("tags") },
    { "tasks", INDEX_TASK_DUE,
      "\"owner\":1,\"deleted\":1,\"completed\":1,\"due_key\":1,\"_id\":1",
      NULL },
    { "tasks", INDEX_TASK_COMPLETED,
      "\"owner\":1,\"deleted\":1,\"completed_at\":1,\"_id\":1",
      "\"partialFilterExpression\":{\"completed\":true}" },
    { "tasks", INDEX_TASK_TRASH, "\"owner\":1,\"deleted_at\":1,\"_id\":1",
      "\"partialFilterExpression\":{\"deleted\":true}" },
    { "tasks", INDEX_UPDATED, "\"owner\":1,\"updated_at\":1,\"_id\":1",
      NULL },
    { "tasks", INDEX_TASK_TITLE, "\"owner\":1,\"title_words\":1",
      THERE("title_words") },
    { "tasks", INDEX_TASK_NOTES, "\"owner\":1,\"notes_words\":1",
      THERE("notes_words") },
    { "tasks", INDEX_EXPIRY, "\"purge_at\":1", EXPIRES "," THERE("purge_at") },
    { "outcomes", INDEX_EXPIRY, "\"expires_at\":1", EXPIRES },
    { "throttles", INDEX_EXPIRY, "\"ends\":1", EXPIRES },
};
enum { INDEX_COUNT = sizeof(indexes) / sizeof(*indexes) };

/* A person's records lie together in these. */
static const char *const clustered[] = { "lists", "tasks" };

enum err mongo_stored_version(struct store_mongo *mongo, int64_t *version,
                              struct error *error)
{
    bson_t command, reply, doc;
    bson_iter_t docs;
    enum err err;

    mongo_command(&command, "find", "meta");
    BCON_APPEND(&command, "filter", "{", "_id", "schema", "}", "limit",
                BCON_INT32(1), "singleBatch", BCON_BOOL(true));
    err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
    *version = 0;
    if (err == ERR_NONE && mongo_first_batch(&reply, &docs) &&
        bson_iter_next(&docs) && mongo_doc_of(&docs, &doc))
        *version = mongo_int_of(&doc, "version", 0);
    if (err == ERR_NONE && *version > STORE_SCHEMA_VERSION)
        err = error_set(error, ERR_UNAVAILABLE,
                        "The database was made by a newer release (schema "
                        "%lld, this one knows %d): run that release.",
                        (long long)*version, STORE_SCHEMA_VERSION);
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

static enum err server_suits(struct store_mongo *mongo, struct error *error)
{
    bson_t command = BSON_INITIALIZER, reply;
    enum err err;

    BSON_APPEND_INT32(&command, "hello", 1);
    err = mongo_run(mongo, MONGO_PLAIN, &command, &reply, error);
    if (err == ERR_NONE &&
        mongo_int_of(&reply, "maxWireVersion", 0) < WIRE_CLUSTERED)
        err = error_set(error, ERR_UNAVAILABLE,
                        "MongoDB 5.3 or newer is needed (clustered "
                        "collections); 6.0 and 7.0 are fine.");
    if (err == ERR_NONE && !bson_has_field(&reply, "setName") &&
        !bson_has_field(&reply, "msg"))
        err = error_set(error, ERR_UNAVAILABLE,
                        "MongoDB must run as a replica set: start mongod "
                        "with --replSet and initiate it; one node is "
                        "enough.");
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

static enum err create_clustered(struct store_mongo *mongo,
                                 const char *collection, struct error *error)
{
    bson_error_t cause = { 0 };
    bson_t *command =
        BCON_NEW("create", BCON_UTF8(collection), "clusteredIndex", "{",
                 "key", "{", "_id", BCON_INT32(1), "}", "unique",
                 BCON_BOOL(true), "}");
    bson_t reply;
    enum err err = ERR_NONE;

    if (!mongoc_client_write_command_with_opts(mongo->client, mongo->database,
                                               command, NULL, &reply,
                                               &cause) &&
        cause.code != CODE_NAMESPACE_EXISTS)
        err = mongo_fail(mongo, &cause, error);
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

/* Another process that makes the same is no obstacle: the server waits. */
static enum err create_index(struct store_mongo *mongo,
                             const struct index *index, struct error *error)
{
    bson_error_t cause = { 0 };
    char *text = bson_strdup_printf(
        "{\"createIndexes\":\"%s\",\"indexes\":[{\"name\":\"%s\","
        "\"key\":{%s}%s%s}]}",
        index->collection, index->name, index->keys,
        index->options == NULL ? "" : ",",
        index->options == NULL ? "" : index->options);
    bson_t *command = bson_new_from_json((const uint8_t *)text, -1, &cause);
    bson_t reply;
    enum err err;

    bson_free(text);
    if (command == NULL)
        return mongo_fail(mongo, &cause, error);
    err = mongo_run(mongo, MONGO_MANY, command, &reply, error);
    if (err == ERR_INTERNAL)
        err = error_set(error, ERR_INTERNAL,
                        "The index \"%s\" of %s cannot be made; drop one of "
                        "that name that is different, and migrate again.",
                        index->name, index->collection);
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

static enum err set_version(struct store_mongo *mongo, struct error *error)
{
    bson_t *query = BCON_NEW("_id", "schema");
    bson_t *update = BCON_NEW("$max", "{", "version",
                              BCON_INT32(STORE_SCHEMA_VERSION), "}");
    const struct mongo_modify modify = { .collection = "meta",
                                         .query = query,
                                         .update = update,
                                         .upsert = true };
    bson_t reply, value;
    bool found, existed;
    enum err err = mongo_modify(mongo, &modify, &reply, &value, &found,
                                &existed, error);

    bson_destroy(query);
    bson_destroy(update);
    bson_destroy(&reply);
    return err;
}

/* What `check` looks for in one collection. */
static enum err is_clustered(struct store_mongo *mongo,
                             const char *collection, struct error *error)
{
    bson_t *command = BCON_NEW("listCollections", BCON_INT32(1), "filter",
                               "{", "name", BCON_UTF8(collection), "}");
    bson_t reply, doc;
    bson_iter_t docs, top, at;
    enum err err = mongo_run(mongo, MONGO_PLAIN, command, &reply, error);

    if (err == ERR_NONE) {
        if (!mongo_first_batch(&reply, &docs) || !bson_iter_next(&docs) ||
            !mongo_doc_of(&docs, &doc))
            err = error_set(error, ERR_UNAVAILABLE,
                            "The collection %s is missing: run steady-admin "
                            "migrate.",
                            collection);
        else if (!bson_iter_init(&top, &doc) ||
                 !bson_iter_find_descendant(&top, "options.clusteredIndex",
                                            &at))
            err = error_set(error, ERR_UNAVAILABLE,
                            "The collection %s is not clustered on _id; copy "
                            "its data elsewhere, drop it and run "
                            "steady-admin migrate.",
                            collection);
    }
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

static bool has_index(const bson_t *reply, const char *name)
{
    bson_iter_t docs, at;
    bson_t doc;

    if (!mongo_first_batch(reply, &docs))
        return false;
    while (bson_iter_next(&docs) && mongo_doc_of(&docs, &doc)) {
        if (bson_iter_init_find(&at, &doc, "name") &&
            BSON_ITER_HOLDS_UTF8(&at) &&
            strcmp(bson_iter_utf8(&at, NULL), name) == 0)
            return true;
    }
    return false;
}

static enum err indexes_there(struct store_mongo *mongo,
                              const char *collection, struct error *error)
{
    bson_t *command = BCON_NEW("listIndexes", BCON_UTF8(collection));
    bson_error_t cause = { 0 };
    bson_t reply;
    enum err err = ERR_NONE;

    /* An unknown collection has none; anything else will fail again. */
    if (!mongoc_client_command_with_opts(mongo->client, mongo->database,
                                         command, mongo->primary, NULL,
                                         &reply, &cause) &&
        cause.domain != MONGOC_ERROR_SERVER)
        err = mongo_fail(mongo, &cause, error);
    for (size_t i = 0; i < INDEX_COUNT && err == ERR_NONE; i++) {
        if (strcmp(indexes[i].collection, collection) == 0 &&
            !has_index(&reply, indexes[i].name))
            err = error_set(error, ERR_UNAVAILABLE,
                            "The index \"%s\" of %s is missing: run "
                            "steady-admin migrate.",
                            indexes[i].name, collection);
    }
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

enum err mongo_check(struct store *store, bool deep, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    int64_t version = 0;
    enum err err;

    (void)deep; /* the server verifies its own files */
    err = mongo_refuse_load(mongo, error);
    if (err == ERR_NONE)
        err = mongo_stored_version(mongo, &version, error);
    if (err == ERR_NONE && version == 0)
        err = error_set(error, ERR_UNAVAILABLE,
                        "The database is not prepared: run steady-admin "
                        "migrate.");
    for (size_t i = 0; i < 2 && err == ERR_NONE; i++)
        err = is_clustered(mongo, clustered[i], error);
    for (size_t i = 0; i < INDEX_COUNT && err == ERR_NONE; i++) {
        if (i == 0 || strcmp(indexes[i].collection,
                             indexes[i - 1].collection) != 0)
            err = indexes_there(mongo, indexes[i].collection, error);
    }
    return err;
}

/* A connection of its own, which waits as long as an index takes. */
static mongoc_client_t *patient_client(const struct store_mongo *mongo)
{
    mongoc_uri_t *uri = mongoc_uri_copy(mongo->uri);
    mongoc_client_t *client;

    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS,
                                   MIGRATE_SOCKET_MS);
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE,
                                  false);
    client = mongoc_client_new_from_uri(uri);
    if (client != NULL)
        mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
    mongoc_uri_destroy(uri);
    return client;
}

enum err mongo_suits(struct store_mongo *mongo, struct error *error)
{
    int64_t version;
    enum err err = server_suits(mongo, error);

    return err == ERR_NONE ? mongo_stored_version(mongo, &version, error)
                           : err;
}

enum err mongo_create_collections(struct store_mongo *mongo,
                                  struct error *error)
{
    enum err err = ERR_NONE;

    for (size_t i = 0; i < 2 && err == ERR_NONE; i++) {
        err = create_clustered(mongo, clustered[i], error);
        if (err == ERR_NONE)
            err = is_clustered(mongo, clustered[i], error);
    }
    return err;
}

enum err mongo_prepare(struct store_mongo *mongo, struct error *error)
{
    struct store_mongo patient = *mongo;
    enum err err;

    patient.client = patient_client(&patient);
    if (patient.client == NULL)
        return error_set(error, ERR_UNAVAILABLE, "No connection can be made.");
    err = mongo_suits(&patient, error);
    if (err == ERR_NONE)
        err = mongo_create_collections(&patient, error);
    for (size_t i = 0; i < INDEX_COUNT && err == ERR_NONE; i++)
        err = create_index(&patient, &indexes[i], error);
    if (err == ERR_NONE)
        err = set_version(&patient, error);
    mongoc_client_destroy(patient.client);
    return err;
}

enum err mongo_migrate(struct store *store, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    enum err err = mongo_suits(mongo, error);

    if (err == ERR_NONE)
        err = mongo_refuse_load(mongo, error);
    return err == ERR_NONE ? mongo_prepare(mongo, error) : err;
}

enum err mongo_stats(struct store *store, struct store_stats *stats,
                     struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    enum err err = ERR_NONE;

    *stats = (struct store_stats){ { 0 } };
    for (int i = 0; i < KIND_COUNT && err == ERR_NONE; i++) {
        bson_t command, reply;

        mongo_command(&command, "count", mongo->kinds[i].collection);
        err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
        if (err == ERR_NONE)
            stats->records[i] = mongo_int_of(&reply, "n", 0);
        bson_destroy(&command);
        bson_destroy(&reply);
    }
    return err;
}
