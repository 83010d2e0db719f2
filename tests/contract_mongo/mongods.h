/*
 * Real mongods for a test: one node or a replica set, in a temporary folder
 * on free loopback ports, stopped, killed and frozen by pid. Anything that
 * goes wrong here ends the program: no test can pass without its database.
 */
#ifndef STEADY_TESTS_CONTRACT_MONGO_MONGODS_H
#define STEADY_TESTS_CONTRACT_MONGO_MONGODS_H

#include <stdbool.h>
#include <sys/types.h>

#include <mongoc/mongoc.h>

enum { MONGODS_MAX = 3 };

struct mongod {
    pid_t pid; /* 0: not running */
    int port;
};

struct mongods {
    char folder[64];
    char uri[256]; /* of the whole set, without a database */
    struct mongod nodes[MONGODS_MAX];
    int len;
};

/* NULL when STEADY_TEST_MONGOD, the path of the program, is not set. */
const char *mongods_program(void);
/* Started, initiated and with a primary. */
void mongods_start(struct mongods *set, int len, int election_ms);
void mongods_stop(struct mongods *set); /* and removes its folder */
void mongod_run(struct mongods *set, int node);
void mongod_kill(struct mongods *set, int node);
void mongod_freeze(struct mongods *set, int node);
void mongod_thaw(struct mongods *set, int node);
/* Waits for a primary that is none of the frozen; its place in nodes. */
int mongods_primary(struct mongods *set, int not_this);
/* A command to one node, whatever its role. False when it failed. */
bool mongod_command(const struct mongods *set, int node, const char *database,
                    const char *json, bson_t *reply);

#endif
