/*
 * The set begins with its first host alone, which is its primary at once and
 * on this machine, so that the first user can be made; then the others join.
 */
#include "store/store_mongo_setup.h"

#include <string.h>
#include <time.h>

#include "store/store_mongo.h"

enum {
    STEP_MS = 100,       /* between two looks */
    SELECTION_MS = 2000, /* of a server */
    SOCKET_MS = 10000,
    /* From the server's error_codes.yml. */
    CODE_UNAUTHORIZED = 13,
    CODE_AUTHENTICATION_FAILED = 18,
    CODE_ALREADY_INITIALIZED = 23
};

struct work {
    const struct mongo_setup *setup;
    struct mongo_setup_done *done;
    struct error *error;
    int64_t deadline;       /* ms, monotonic */
    bson_error_t cause;     /* of the last failure */
    mongoc_uri_t *uri;      /* the user's own */
    mongoc_client_t *local; /* the first server, nobody signed in */
    mongoc_client_t *admin; /* the set, signed in where there are users */
};

/* ---- Helpers ------------------------------------------------------------- */

/* False when the time is over. */
static bool nap(const struct work *work)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

    nanosleep(&step, NULL);
    return time_monotonic() / 1000 < work->deadline;
}

static enum err late(struct work *work, const char *what)
{
    return error_set(work->error, ERR_UNAVAILABLE,
                     "%s within %d s%s%s; repeat the command when that is "
                     "mended.",
                     what, work->setup->seconds,
                     work->cause.message[0] == '\0' ? "" : ": ",
                     work->cause.message);
}

static bool run(struct work *work, mongoc_client_t *client,
                const char *database, const bson_t *command, bson_t *reply)
{
    work->cause = (bson_error_t){ 0 };
    return mongoc_client_command_simple(client, database, command, NULL,
                                        reply, &work->cause);
}

/* The same for those who do not read the reply; frees the command. */
static bool run_only(struct work *work, mongoc_client_t *client,
                     const char *database, bson_t *command)
{
    bson_t reply;
    bool done = run(work, client, database, command, &reply);

    bson_destroy(command);
    bson_destroy(&reply);
    return done;
}

static bool is_refused(const bson_error_t *cause)
{
    return (cause->domain == MONGOC_ERROR_CLIENT &&
            cause->code == MONGOC_ERROR_CLIENT_AUTHENTICATE) ||
           (cause->domain == MONGOC_ERROR_SERVER &&
            (cause->code == CODE_UNAUTHORIZED ||
             cause->code == CODE_AUTHENTICATION_FAILED));
}

static mongoc_client_t *connect_to(mongoc_uri_t *uri)
{
    mongoc_client_t *client;

    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS,
                                   SELECTION_MS);
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS,
                                   SELECTION_MS);
    mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS,
                                   SOCKET_MS);
    mongoc_uri_set_appname(uri, "steady-admin");
    client = mongoc_client_new_from_uri(uri);
    if (client != NULL)
        mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
    return client;
}

static bool has_users(const struct work *work)
{
    return mongoc_uri_get_username(work->uri) != NULL;
}

/* ---- The address --------------------------------------------------------- */

static enum err read_uri(struct work *work)
{
    work->uri = mongoc_uri_new_with_error(work->setup->uri, &work->cause);
    if (work->uri == NULL || mongoc_uri_get_hosts(work->uri) == NULL ||
        mongoc_uri_get_replica_set(work->uri) == NULL ||
        mongoc_uri_get_tls(work->uri))
        return error_set(work->error, ERR_INVALID,
                         "STEADY_MONGODB_URI must name the hosts and the "
                         "replica set to be made, as in mongodb://steady:"
                         "PASSWORD@host:27017/steady?replicaSet=rs0, "
                         "without +srv and TLS.");
    if (has_users(work) && mongoc_uri_get_password(work->uri) == NULL)
        return error_set(work->error, ERR_INVALID,
                         "The user in STEADY_MONGODB_URI has no password.");
    if (has_users(work) && work->setup->admin_password == NULL)
        return error_set(work->error, ERR_INVALID,
                         "STEADY_MONGODB_URI has a user, so the "
                         "administrator needs a password too.");
    (void)snprintf(work->done->replica_set, MONGO_SETUP_NAME_MAX, "%s",
                   mongoc_uri_get_replica_set(work->uri));
    if (has_users(work))
        (void)snprintf(work->done->user, MONGO_SETUP_NAME_MAX, "%s",
                       mongoc_uri_get_username(work->uri));
    return ERR_NONE;
}

static const char *database_of(const struct work *work)
{
    const char *database = mongoc_uri_get_database(work->uri);

    return database == NULL ? MONGO_DATABASE : database;
}

/* ---- The first member ---------------------------------------------------- */

static enum err reach_local(struct work *work)
{
    char *text = bson_strdup_printf(
        "mongodb://localhost:%u/?directConnection=true",
        (unsigned)mongoc_uri_get_hosts(work->uri)->port);
    mongoc_uri_t *uri = mongoc_uri_new(text);

    bson_free(text);
    work->local = connect_to(uri);
    mongoc_uri_destroy(uri);
    while (!run_only(work, work->local, "admin",
                     BCON_NEW("hello", BCON_INT32(1)))) {
        if (!nap(work))
            return late(work, "The first server did not answer as localhost");
    }
    return ERR_NONE;
}

static bool initiate(struct work *work)
{
    const mongoc_host_list_t *first = mongoc_uri_get_hosts(work->uri);
    bson_t *command = BCON_NEW(
        "replSetInitiate", "{", "_id", BCON_UTF8(work->done->replica_set),
        "members", "[", "{", "_id", BCON_INT32(0), "host",
        BCON_UTF8(first->host_and_port), "}", "]", "}");

    work->done->initiated = run_only(work, work->local, "admin", command);
    return work->done->initiated ||
           work->cause.code == CODE_ALREADY_INITIALIZED;
}

/* Looks at the local server once. *primary: the set has one. */
static enum err look(struct work *work, bool *is_new, bool *primary)
{
    bson_t *command = BCON_NEW("hello", BCON_INT32(1));
    const char *wanted = work->done->replica_set;
    bson_t reply;
    const char *name;
    enum err err = ERR_NONE;

    *is_new = *primary = false;
    if (run(work, work->local, "admin", command, &reply)) {
        name = mongo_text_of(&reply, "setName");
        *is_new = bson_has_field(&reply, "isreplicaset");
        *primary = mongo_text_of(&reply, "primary") != NULL;
        if (name == NULL && !*is_new)
            err = error_set(work->error, ERR_INVALID,
                            "The server is not part of a replica set: start "
                            "mongod with --replSet %s.",
                            wanted);
        else if (name != NULL && strcmp(name, wanted) != 0)
            err = error_set(work->error, ERR_INVALID,
                            "The server belongs to the replica set %s, the "
                            "address says %s.",
                            name, wanted);
    }
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

static enum err begin_set(struct work *work)
{
    bool is_new, primary;
    enum err err;

    while ((err = look(work, &is_new, &primary)) == ERR_NONE && !primary) {
        if (is_new)
            (void)initiate(work);
        if (!nap(work))
            return late(work, "The replica set got no primary");
    }
    return err;
}

/* ---- Users --------------------------------------------------------------- */

/* A client of the set, signed in as this user (NULL: as the address says), or
 * NULL. */
static mongoc_client_t *sign_in(struct work *work, const char *database,
                                const char *user, const char *password)
{
    mongoc_uri_t *uri = mongoc_uri_copy(work->uri);
    mongoc_client_t *client;

    if (user != NULL) {
        mongoc_uri_set_username(uri, user);
        mongoc_uri_set_password(uri, password);
        mongoc_uri_set_auth_source(uri, database);
    }
    client = connect_to(uri);
    mongoc_uri_destroy(uri);
    if (client != NULL &&
        !run_only(work, client, database, BCON_NEW("ping", BCON_INT32(1)))) {
        mongoc_client_destroy(client);
        client = NULL;
    }
    return client;
}

/* Taken only while there is no user at all. */
static bool make_admin(struct work *work)
{
    bson_t *command = BCON_NEW(
        "createUser", MONGO_SETUP_ADMIN, "pwd",
        BCON_UTF8(work->setup->admin_password), "roles", "[", "{", "role",
        "root", "db", "admin", "}", "]", "writeConcern", "{", "w",
        "majority", "}");

    return run_only(work, work->local, "admin", command);
}

static enum err become_admin(struct work *work)
{
    const char *user = has_users(work) ? MONGO_SETUP_ADMIN : NULL;
    bool tried = false;

    while ((work->admin = sign_in(work, "admin", user,
                                  work->setup->admin_password)) == NULL) {
        if (is_refused(&work->cause) && tried)
            return error_set(work->error, ERR_CREDENTIALS,
                             "The servers refuse the user " MONGO_SETUP_ADMIN
                             " with this password, and have users already "
                             "(or their first host is not this machine).");
        if (is_refused(&work->cause)) {
            work->done->admin_made = make_admin(work);
            tried = work->done->admin_made || is_refused(&work->cause);
        }
        if (!nap(work))
            return late(work, "Nobody could sign in as " MONGO_SETUP_ADMIN);
    }
    return ERR_NONE;
}

/* Is there a user of the address's name? */
static bool find_user(struct work *work, const char *source, bool *there)
{
    bson_t *command = BCON_NEW("usersInfo", "{", "user",
                               BCON_UTF8(work->done->user), "db",
                               BCON_UTF8(source), "}");
    bson_iter_t top, at;
    bson_t reply;
    bool answered = run(work, work->admin, source, command, &reply);

    *there = answered && bson_iter_init(&top, &reply) &&
             bson_iter_find_descendant(&top, "users.0", &at);
    bson_destroy(command);
    bson_destroy(&reply);
    return answered;
}

static bool make_user(struct work *work, const char *source)
{
    bson_t *command = BCON_NEW(
        "createUser", BCON_UTF8(work->done->user), "pwd",
        BCON_UTF8(mongoc_uri_get_password(work->uri)), "roles", "[", "{",
        "role", "readWrite", "db", BCON_UTF8(database_of(work)), "}", "]",
        "writeConcern", "{", "w", "majority", "}");

    work->done->user_made = run_only(work, work->admin, source, command);
    return work->done->user_made;
}

static bool change_password(struct work *work, const char *source)
{
    bson_t *command = BCON_NEW(
        "updateUser", BCON_UTF8(work->done->user), "pwd",
        BCON_UTF8(mongoc_uri_get_password(work->uri)), "writeConcern", "{",
        "w", "majority", "}");

    work->done->password_changed =
        run_only(work, work->admin, source, command);
    return work->done->password_changed;
}

/* True when the user of the address can sign in, made if need be. */
static bool try_user(struct work *work, const char *source)
{
    mongoc_client_t *client;
    bool there;

    if (!find_user(work, source, &there))
        return false;
    if (!there)
        return make_user(work, source);
    client = sign_in(work, database_of(work), NULL, NULL);
    if (client != NULL)
        mongoc_client_destroy(client);
    return client != NULL ||
           (is_refused(&work->cause) && change_password(work, source));
}

static enum err add_user(struct work *work)
{
    while (!try_user(work, mongoc_uri_get_auth_source(work->uri))) {
        if (!nap(work))
            return late(work, "The user of the address could not be made");
    }
    return ERR_NONE;
}

/* ---- The other members --------------------------------------------------- */

static enum err add_member(struct work *work, const char *host)
{
    char what[64 + BSON_HOST_NAME_MAX];
    bool added = false;

    (void)snprintf(what, sizeof(what), "%s could not join the set", host);
    while (!mongo_member_add(work->admin, host, &added, &work->cause)) {
        if (!nap(work))
            return late(work, what);
    }
    work->done->added += added;
    return ERR_NONE;
}

static enum err await_member(struct work *work, const char *host)
{
    char what[64 + BSON_HOST_NAME_MAX];

    (void)snprintf(what, sizeof(what), "%s did not catch up", host);
    while (!mongo_member_in_step(work->admin, host, &work->cause)) {
        if (!nap(work))
            return late(work, what);
    }
    return ERR_NONE;
}

/* When all were there already, one of them may be down and need not hold up
 * the others. */
static enum err add_members(struct work *work)
{
    const mongoc_host_list_t *hosts = mongoc_uri_get_hosts(work->uri);
    const mongoc_host_list_t *host;
    enum err err = ERR_NONE;

    for (host = hosts; host != NULL && err == ERR_NONE; host = host->next)
        err = add_member(work, host->host_and_port);
    if (work->done->added > 0) {
        for (host = hosts; host != NULL && err == ERR_NONE; host = host->next)
            err = await_member(work, host->host_and_port);
    }
    if (err == ERR_NONE)
        work->done->members = mongo_member_count(work->admin);
    return err;
}

enum err store_mongo_setup(const struct mongo_setup *setup,
                           struct mongo_setup_done *done, struct error *error)
{
    struct work work = {
        .setup = setup,
        .done = done,
        .error = error,
        .deadline = time_monotonic() / 1000 + setup->seconds * SECOND_MS,
    };
    enum err err;

    *done = (struct mongo_setup_done){ 0 };
    mongoc_init();
    mongoc_log_set_handler(mongo_log, NULL);
    err = read_uri(&work);
    if (err == ERR_NONE)
        err = reach_local(&work);
    if (err == ERR_NONE)
        err = begin_set(&work);
    if (err == ERR_NONE)
        err = become_admin(&work);
    if (err == ERR_NONE && has_users(&work))
        err = add_user(&work);
    if (err == ERR_NONE)
        err = add_members(&work);
    mongoc_client_destroy(work.admin);
    mongoc_client_destroy(work.local);
    mongoc_uri_destroy(work.uri);
    return err;
}
