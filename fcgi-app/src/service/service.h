/*
 * The use cases, without a word of HTTP: the API, batches and steady-admin
 * share them. Each function takes a struct call: who asks, with which store,
 * in which arena, and by which operation mark a repetition is recognised.
 */
#ifndef STEADY_SERVICE_SERVICE_H
#define STEADY_SERVICE_SERVICE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct service {
    struct store *store;
    const char *run_dir; /* for the locks of password hashing */
    bool auth_none;
    bool registration_open;
};

/* Who asks. Without a session, user is none. */
struct actor {
    struct id user;
    enum scope scope;    /* what a token may do; a session may write */
    bool by_token;       /* an API token, not a session */
    struct hash session; /* of the session that asks; zero without one */
    struct str proof;    /* the session's secret as it came; never kept */
};

struct call {
    const struct service *service;
    struct store *store; /* service->store, for brevity */
    struct arena *arena;
    struct actor actor;
    int64_t now;       /* when the request came, ms */
    size_t step;       /* place in a batch: what it creates keeps that order */
    struct op_mark op; /* of its Idempotency-Key; not set without one */
    struct str key;    /* the Idempotency-Key itself; never kept */
};

/* The mark of an operation inside another one: a step of a batch, or what
 * else follows from it. Not set without one. */
struct op_mark op_step(struct op_mark op, size_t step);
struct op_mark op_part(struct op_mark op, struct str part);
/*
 * The id of what a call creates: as given, else from the owner and the mark
 * (so that a repetition creates the same), else a new one.
 */
struct id call_new_id(const struct call *call, struct id given,
                      const char *kind);

#endif
