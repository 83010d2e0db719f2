/* The members of a replica set, as its configuration and status tell them. */
#include <string.h>
#include <strings.h>

#include "store/store_mongo.h"

/* "state" of a member in replSetGetStatus. */
enum { STATE_PRIMARY = 1, STATE_SECONDARY = 2 };

typedef bool member_test(const bson_t *member, const char *host);

/* How many of the documents in the array "members" pass. */
static size_t count(const bson_t *doc, member_test *test, const char *host)
{
    bson_iter_t top, each;
    bson_t member;
    size_t passed = 0;

    if (!bson_iter_init_find(&top, doc, "members") ||
        !bson_iter_recurse(&top, &each))
        return 0;
    while (bson_iter_next(&each)) {
        if (mongo_doc_of(&each, &member) && test(&member, host))
            passed++;
    }
    return passed;
}

static bool is_any(const bson_t *member, const char *host)
{
    (void)member;
    (void)host;
    return true;
}

static bool is_host(const bson_t *member, const char *host)
{
    const char *name = mongo_text_of(member, "host");

    return name != NULL && strcasecmp(name, host) == 0;
}

static bool is_in_step(const bson_t *member, const char *host)
{
    const char *name = mongo_text_of(member, "name");
    int64_t state = mongo_int_of(member, "state", 0);

    return name != NULL && strcasecmp(name, host) == 0 &&
           (state == STATE_PRIMARY || state == STATE_SECONDARY);
}

/* The reply to {name: 1}; bson_destroy it. */
static bool ask(mongoc_client_t *client, const char *name, bson_t *reply,
                bson_error_t *cause)
{
    bson_t command = BSON_INITIALIZER;
    bool answered;

    BSON_APPEND_INT32(&command, name, 1);
    *cause = (bson_error_t){ 0 };
    answered = mongoc_client_command_simple(client, "admin", &command, NULL,
                                            reply, cause);
    bson_destroy(&command);
    return answered;
}

/* The members as they are, and one more with the next number. */
static void append_members(bson_t *config, const bson_iter_t *old,
                           const char *host)
{
    bson_t members, member;
    bson_iter_t each;
    int64_t next = 0;
    uint32_t len = 0;
    char key[16];
    const char *name;

    BSON_APPEND_ARRAY_BEGIN(config, "members", &members);
    if (bson_iter_recurse(old, &each)) {
        while (bson_iter_next(&each)) {
            if (mongo_doc_of(&each, &member) &&
                mongo_int_of(&member, "_id", 0) >= next)
                next = mongo_int_of(&member, "_id", 0) + 1;
            bson_append_iter(&members, NULL, 0, &each);
            len++;
        }
    }
    bson_uint32_to_string(len, &name, key, sizeof(key));
    BSON_APPEND_DOCUMENT_BEGIN(&members, name, &member);
    BSON_APPEND_INT32(&member, "_id", (int32_t)next);
    BSON_APPEND_UTF8(&member, "host", host);
    bson_append_document_end(&members, &member);
    bson_append_array_end(config, &members);
}

/* The whole configuration again, with the next version: the server refuses
 * it when somebody else was faster. */
static bool reconfigure(mongoc_client_t *client, const bson_t *old,
                        const char *host, bson_error_t *cause)
{
    bson_t command = BSON_INITIALIZER, config, reply;
    bson_iter_t each;
    bool done;

    BSON_APPEND_DOCUMENT_BEGIN(&command, "replSetReconfig", &config);
    if (bson_iter_init(&each, old)) {
        while (bson_iter_next(&each)) {
            if (strcmp(bson_iter_key(&each), "version") == 0)
                BSON_APPEND_INT32(&config, "version",
                                  (int32_t)bson_iter_as_int64(&each) + 1);
            else if (strcmp(bson_iter_key(&each), "members") == 0)
                append_members(&config, &each, host);
            else
                bson_append_iter(&config, NULL, 0, &each);
        }
    }
    bson_append_document_end(&command, &config);
    done = mongoc_client_command_simple(client, "admin", &command, NULL,
                                        &reply, cause);
    bson_destroy(&command);
    bson_destroy(&reply);
    return done;
}

bool mongo_member_add(mongoc_client_t *client, const char *host, bool *added,
                      bson_error_t *cause)
{
    bson_t reply, config;
    bson_iter_t at;
    bool is_member = false;

    *added = false;
    if (ask(client, "replSetGetConfig", &reply, cause) &&
        bson_iter_init_find(&at, &reply, "config") &&
        mongo_doc_of(&at, &config)) {
        is_member = count(&config, is_host, host) > 0;
        if (!is_member)
            *added = reconfigure(client, &config, host, cause);
    }
    bson_destroy(&reply);
    return is_member || *added;
}

bool mongo_member_in_step(mongoc_client_t *client, const char *host,
                          bson_error_t *cause)
{
    bson_t reply;
    bool yes = ask(client, "replSetGetStatus", &reply, cause) &&
               count(&reply, is_in_step, host) > 0;

    bson_destroy(&reply);
    return yes;
}

size_t mongo_member_count(mongoc_client_t *client)
{
    bson_error_t cause;
    bson_t reply;
    size_t members = 0;

    if (ask(client, "replSetGetStatus", &reply, &cause))
        members = count(&reply, is_any, NULL);
    bson_destroy(&reply);
    return members;
}
