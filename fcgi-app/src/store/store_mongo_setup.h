/*
 * Makes new mongod servers into what a URI says: a replica set of that name
 * with those hosts, and the user of the URI, who may read and write its
 * database and nothing else. For `steady-admin mongodb init`.
 */
#ifndef STEADY_STORE_STORE_MONGO_SETUP_H
#define STEADY_STORE_STORE_MONGO_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The administrator of the servers: role "root", in the database "admin". */
#define MONGO_SETUP_ADMIN "admin"

enum { MONGO_SETUP_NAME_MAX = 128 };

struct mongo_setup {
    const char *uri;
    const char *admin_password; /* NULL: no users, the servers ask for none */
    int seconds;                /* in all; then it fails */
};

/* What was there already is not counted. */
struct mongo_setup_done {
    char replica_set[MONGO_SETUP_NAME_MAX];
    char user[MONGO_SETUP_NAME_MAX]; /* of the URI; "" for none */
    bool initiated, admin_made, user_made, password_changed;
    size_t added;   /* members, the first not counted */
    size_t members; /* now */
};

/*
 * Must run where the URI's first host is "localhost": MongoDB takes the first
 * user from there only. It waits until that server answers, may be repeated
 * at any time and continues where it was interrupted: hosts that are not yet
 * members are added (and have copied the data when this returns), another
 * password of the URI becomes the user's; nothing is ever removed.
 *
 * ERR_INVALID: the URI does not say enough. ERR_CREDENTIALS: the servers have
 * an administrator with another password. ERR_UNAVAILABLE: what did not come
 * in time; repeat it.
 */
enum err store_mongo_setup(const struct mongo_setup *setup,
                           struct mongo_setup_done *done,
                           struct error *error) MUST_CHECK;

#endif
