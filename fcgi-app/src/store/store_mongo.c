/* The MongoDB store: opening it, and its table of operations. */
#include "store/store_mongo.h"

#include <stdlib.h>
#include <string.h>

struct store_mongo *mongo_of(struct store *store)
{
    return (struct store_mongo *)store;
}

static void mongo_close(struct store *store)
{
    struct store_mongo *mongo = mongo_of(store);

    if (mongo->client != NULL)
        mongoc_client_pool_push(mongo->pool, mongo->client);
    if (mongo->pool != NULL)
        mongoc_client_pool_destroy(mongo->pool);
    if (mongo->uri != NULL)
        mongoc_uri_destroy(mongo->uri);
    mongoc_read_prefs_destroy(mongo->primary);
    for (int i = 0; i < KIND_COUNT; i++)
        mongo_kind_release(&mongo->kinds[i]);
    free(mongo->database);
    free(mongo);
}

static const struct store_ops mongo_ops = {
    .name = "mongodb",
    .close = mongo_close,
    .ping = mongo_ping,
    .migrate = mongo_migrate,
    .check = mongo_check,
    .stats = mongo_stats,
    .purge = mongo_purge,
    .create = mongo_create,
    .get = mongo_get,
    .update = mongo_update,
    .remove = mongo_remove,
    .task_list = mongo_task_list,
    .task_trash = mongo_task_trash,
    .task_search = mongo_task_search,
    .task_count = mongo_task_count,
    .list_counts = mongo_list_counts,
    .tag_counts = mongo_tag_counts,
    .tag_rename = mongo_tag_rename,
    .list_all = mongo_list_all,
    .changes = mongo_changes,
    .watch = mongo_watch,
    .user_by_email = mongo_user_by_email,
    .user_all = mongo_user_all,
    .claim_first = mongo_claim_first,
    .session_all = mongo_session_all,
    .token_all = mongo_token_all,
    .session_end_all = mongo_session_end_all,
    .user_erase = mongo_user_erase,
    .outcome_get = mongo_outcome_get,
    .outcome_put = mongo_outcome_put,
    .throttle_hit = mongo_throttle_hit,
    .throttle_clear = mongo_throttle_clear,
    .each = mongo_each,
    .snapshot_begin = mongo_snapshot_begin,
    .snapshot_end = mongo_snapshot_end,
    .put = mongo_put,
    .load_begin = mongo_load_begin,
    .load_end = mongo_load_end,
};

static void want_int(mongoc_uri_t *uri, const char *option, int32_t value)
{
    if (!mongoc_uri_has_option(uri, option))
        mongoc_uri_set_option_as_int32(uri, option, value);
}

static void want_bool(mongoc_uri_t *uri, const char *option, bool value)
{
    if (!mongoc_uri_has_option(uri, option))
        mongoc_uri_set_option_as_bool(uri, option, value);
}

/*
 * Measured with failovers; the driver's defaults lose requests there. What
 * the user's own URI says wins. Compression stays off unless it is asked for
 * in the URI: it nearly doubles the database's work.
 */
static void apply_settings(mongoc_uri_t *uri)
{
    mongoc_write_concern_t *concern =
        mongoc_write_concern_copy(mongoc_uri_get_write_concern(uri));

    if (!mongoc_uri_has_option(uri, MONGOC_URI_W))
        mongoc_write_concern_set_w(concern, MONGOC_WRITE_CONCERN_W_MAJORITY);
    if (!mongoc_uri_has_option(uri, MONGOC_URI_JOURNAL))
        mongoc_write_concern_set_journal(concern, true);
    if (!mongoc_uri_has_option(uri, MONGOC_URI_WTIMEOUTMS))
        mongoc_write_concern_set_wtimeout_int64(concern, 4000);
    mongoc_uri_set_write_concern(uri, concern);
    mongoc_write_concern_destroy(concern);
    /* The driver keeps this one apart: has_option does not see it. */
    if (mongoc_read_concern_get_level(mongoc_uri_get_read_concern(uri)) ==
        NULL) {
        mongoc_read_concern_t *level = mongoc_read_concern_new();

        mongoc_read_concern_set_level(level,
                                      MONGOC_READ_CONCERN_LEVEL_MAJORITY);
        mongoc_uri_set_read_concern(uri, level);
        mongoc_read_concern_destroy(level);
    }
    want_bool(uri, MONGOC_URI_RETRYWRITES, true);
    want_bool(uri, MONGOC_URI_RETRYREADS, true);
    want_int(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 15000);
    want_int(uri, MONGOC_URI_CONNECTTIMEOUTMS, 2000);
    want_int(uri, MONGOC_URI_HEARTBEATFREQUENCYMS, 2000);
    want_int(uri, MONGOC_URI_SOCKETTIMEOUTMS, 5000);
    if (mongoc_uri_get_appname(uri) == NULL)
        mongoc_uri_set_appname(uri, "steady");
}

bool store_has_mongo(void)
{
    return true;
}

enum err store_mongo_open(const char *uri, struct store **out,
                          struct error *error)
{
    struct store_mongo *mongo = mem_alloc(sizeof(*mongo));
    bson_error_t cause = { 0 };
    const char *database;

    memset(mongo, 0, sizeof(*mongo));
    mongo->base.ops = &mongo_ops;
    mongoc_init(); /* once a process, however often it is called */
    mongoc_log_set_handler(mongo_log, NULL);
    mongo->primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY);
    for (int i = 0; i < KIND_COUNT; i++)
        mongo_kind_init(&mongo->kinds[i], (enum kind)i);
    mongo->uri = mongoc_uri_new_with_error(uri, &cause);
    if (mongo->uri == NULL) {
        mongo_close(&mongo->base);
        /* The driver's message may quote the URI, and so the password. */
        return error_set(error, ERR_INVALID,
                         "STEADY_MONGODB_URI is no MongoDB address; it looks "
                         "like mongodb://host:27017/steady?replicaSet=rs0 "
                         "(special characters in a password as %%XX).");
    }
    apply_settings(mongo->uri);
    database = mongoc_uri_get_database(mongo->uri);
    mongo->database = strdup(database == NULL ? MONGO_DATABASE : database);
    mongo->pool = mongoc_client_pool_new(mongo->uri);
    if (mongo->pool != NULL) {
        mongoc_client_pool_set_error_api(mongo->pool,
                                         MONGOC_ERROR_API_VERSION_2);
        mongo->client = mongoc_client_pool_pop(mongo->pool);
    }
    if (mongo->client == NULL || mongo->database == NULL) {
        mongo_close(&mongo->base);
        return error_set(error, ERR_UNAVAILABLE,
                         "The hosts of STEADY_MONGODB_URI cannot be looked "
                         "up, or its TLS files cannot be read; the line "
                         "before says which.");
    }
    *out = &mongo->base;
    return ERR_NONE;
}
