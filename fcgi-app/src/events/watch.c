#include "events/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum { PAUSE_MIN_S = 1, PAUSE_MAX_S = 30 };

/* A reader that is gone means that the process ends. */
static void put(const struct watch *watch, const struct notice *notice)
{
    ssize_t sent;

    do
        sent = write(watch->notices[1], notice, sizeof(*notice));
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)sizeof(*notice))
        abort();
}

static void on_begins(void *context, uint64_t since)
{
    const struct notice notice = { .kind = NOTICE_BEGINS, .position = since };

    put(context, &notice);
}

static void on_changed(void *context, struct id user, uint64_t at)
{
    const struct notice notice = { NOTICE_CHANGED, user, at };

    put(context, &notice);
}

static void *run(void *context)
{
    struct watch *watch = context;
    const struct store_watcher watcher = { on_begins, on_changed, watch };
    const struct notice lost = { .kind = NOTICE_LOST };
    uint64_t position = 0;
    unsigned pause = PAUSE_MIN_S;

    while (watch->store != NULL) {
        struct error error = { 0 };
        int64_t began = time_monotonic();

        (void)watch->store->ops->watch(watch->store, &position, &watcher,
                                       &error);
        put(watch, &lost);
        if (time_monotonic() - began > INT64_C(1000) * MINUTE_MS)
            pause = PAUSE_MIN_S;
        LOG(LOG_WARN, "watch_lost",
            LOG_STR("detail", str_from(error.detail)),
            LOG_INT("again_in", pause));
        sleep(pause);
        pause = pause * 2 < PAUSE_MAX_S ? pause * 2 : PAUSE_MAX_S;
    }
    return NULL;
}

enum err watch_start(struct watch *watch, struct store *store,
                     struct error *error)
{
    sigset_t all, before;
    pthread_t thread;
    int failed;

    watch->store = store;
    if (pipe2(watch->notices, O_CLOEXEC) != 0 ||
        fcntl(watch->notices[0], F_SETFL, O_NONBLOCK) != 0)
        return error_set(error, ERR_INTERNAL, "No pipe: %s.",
                         strerror(errno));
    /* Signals are for the thread that has the event loop. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&thread, NULL, run, watch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return error_set(error, ERR_INTERNAL, "No thread: %s.",
                         strerror(failed));
    pthread_detach(thread);
    return ERR_NONE;
}
