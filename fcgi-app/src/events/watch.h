/*
 * The thread that waits for changes in the store, and the pipe by which it
 * tells of them. It lives as long as the process.
 */
#ifndef STEADY_EVENTS_WATCH_H
#define STEADY_EVENTS_WATCH_H

#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "store/store.h"

enum notice_kind { NOTICE_BEGINS, NOTICE_CHANGED, NOTICE_LOST };

/* Written as a whole, read as a whole. LOST: the store cannot be watched for
 * now; BEGINS follows when it can. */
struct notice {
    enum notice_kind kind;
    struct id user;    /* of CHANGED */
    uint64_t position; /* of BEGINS and CHANGED */
};

struct watch {
    struct store *store;
    int notices[2]; /* a pipe: [0] is for the reader, and does not block */
};

/* Takes the store for itself. *watch must live on. */
enum err watch_start(struct watch *watch, struct store *store,
                     struct error *error) MUST_CHECK;

#endif
