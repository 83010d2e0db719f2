/* The driver's errors in the words of the program. */
#include <string.h>

#include "base/log.h"
#include "store/store_mongo.h"

/* From the server's error_codes.yml. */
enum {
    CODE_UNAUTHORIZED = 13,
    CODE_AUTHENTICATION_FAILED = 18,
    CODE_MAX_TIME_EXPIRED = 50,
    CODE_WRITE_CONCERN_FAILED = 64,
    CODE_SNAPSHOT_TOO_OLD = 239,
    CODE_SNAPSHOT_UNAVAILABLE = 246,
    CODE_DUPLICATE_KEY = 11000,
    CODE_QUOTA_EXCEEDED = 12501,
    CODE_OUT_OF_DISK_SPACE = 14031
};

/* Server states that pass: elections, shutdowns, locks, killed cursors. */
static const uint32_t passing_codes[] = {
    6,     7,     24,    43,    46,    89,    91,    112,   134,
    175,   189,   237,   262,   9001,  10058, 10107, 11600, 11601,
    11602, 13388, 13435, 13436,
};

static bool passes(uint32_t code)
{
    for (size_t i = 0; i < sizeof(passing_codes) / sizeof(*passing_codes);
         i++) {
        if (passing_codes[i] == code)
            return true;
    }
    return false;
}

bool mongo_is_transient(const bson_error_t *cause, const bson_t *reply)
{
    return cause->domain == MONGOC_ERROR_STREAM ||
           (cause->domain == MONGOC_ERROR_SERVER && passes(cause->code)) ||
           mongoc_error_has_label(reply, "RetryableWriteError");
}

static enum err classify(const bson_error_t *cause)
{
    switch (cause->domain) {
    case MONGOC_ERROR_SERVER:
    case MONGOC_ERROR_WRITE_CONCERN:
    case MONGOC_ERROR_QUERY:
        break;
    case MONGOC_ERROR_BSON:
    case MONGOC_ERROR_COMMAND:
    case MONGOC_ERROR_NAMESPACE:
    case MONGOC_ERROR_MATCHER:
    case MONGOC_ERROR_COLLECTION:
        return ERR_INTERNAL; /* a call that we made wrongly */
    default:
        return ERR_UNAVAILABLE; /* selection, sockets, sign-in, protocol */
    }
    switch (cause->code) {
    case CODE_DUPLICATE_KEY:
        return ERR_EXISTS;
    case CODE_SNAPSHOT_TOO_OLD:
        return ERR_GONE;
    case CODE_OUT_OF_DISK_SPACE:
    case CODE_QUOTA_EXCEEDED:
        return ERR_FULL;
    case CODE_MAX_TIME_EXPIRED:
    case CODE_WRITE_CONCERN_FAILED:
    case CODE_SNAPSHOT_UNAVAILABLE:
    case CODE_UNAUTHORIZED:
    case CODE_AUTHENTICATION_FAILED:
        return ERR_UNAVAILABLE;
    default:
        if (cause->domain == MONGOC_ERROR_WRITE_CONCERN ||
            passes(cause->code))
            return ERR_UNAVAILABLE;
        return ERR_INTERNAL;
    }
}

enum err mongo_fail(struct store_mongo *mongo, const bson_error_t *cause,
                    struct error *error)
{
    enum err err = classify(cause);

    if (cause->domain == MONGOC_ERROR_SERVER_SELECTION &&
        cause->code == MONGOC_ERROR_SERVER_SELECTION_FAILURE) {
        LOG(LOG_WARN, "breaker_open", LOG_END);
        breaker_failed(&mongo->breaker, time_monotonic() / 1000,
                       (uint32_t)time_monotonic());
    }
    if (err == ERR_EXISTS) /* its message quotes the value: not logged */
        return error_set(error, err, "That value is taken.");
    /* A server that refuses a command may quote the values in it. */
    LOG(err == ERR_INTERNAL ? LOG_ERROR : LOG_WARN, "database_error",
        LOG_INT("domain", cause->domain), LOG_INT("code", cause->code),
        LOG_STR("cause", err == ERR_UNAVAILABLE ? str_from(cause->message)
                                                : STR("see the code")));
    if (err == ERR_GONE)
        return error_set(error, err,
                         "The reading took longer than the database keeps "
                         "its past (minSnapshotHistoryWindowInSeconds, 300 s "
                         "unless it is set): raise that, or read faster.");
    if (err == ERR_FULL)
        return error_set(error, err, "The database has no space left.");
    if (err == ERR_INTERNAL)
        return error_set(error, err, "The database refused the request.");
    error_set(error, err,
              "The database did not answer in time; repeat the request.");
    error->retry_after = MONGO_RETRY_AFTER;
    return err;
}

void mongo_log(mongoc_log_level_t level, const char *domain,
               const char *message, void *context)
{
    enum log_level ours = LOG_DEBUG;

    (void)context;
    if (level <= MONGOC_LOG_LEVEL_CRITICAL)
        ours = LOG_ERROR;
    else if (level == MONGOC_LOG_LEVEL_WARNING)
        ours = LOG_WARN;
    LOG(ours, "database_driver", LOG_STR("domain", str_from(domain)),
        LOG_STR("message", str_from(message)));
}
