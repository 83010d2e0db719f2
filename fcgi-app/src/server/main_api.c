/* steady-api: the FastCGI worker, and what supervisord and the entrypoint
 * need besides it. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/app.h"
#include "base/num.h"
#include "server/config.h"
#include "server/fcgi.h"
#include "service/accounts.h"

enum {
    HOUSEKEEPING_MS = 10 * MINUTE_MS,
    HOUSEKEEPING_LIMIT = 500 /* records of each kind at a time */
};

static const char usage[] =
    "Usage: steady-api MODE\n"
    "\n"
    "  worker [--slot N]  answer FastCGI requests on descriptor 0; slot 0 is\n"
    "                     a keeper\n"
    "  health             the same for /healthz and /version, without a\n"
    "                     database\n"
    "  keeper             hold descriptor 0 and sleep\n"
    "  check-config       check all STEADY_* variables, reach the database\n"
    "                     and bring it up to date\n"
    "  print-config       print what is in force\n"
    "\n"
    "Configuration is by environment variables, or by files that variables\n"
    "name (NAME_FILE); README.md lists them.\n";

struct worker {
    struct app app;
    bool housekeeper;
    int64_t cleaned_at;
};

/* For the access log (nginx/snippets/log.conf): seconds in the queue, in all
 * and in the database, bytes of memory at most, and whether the breaker let
 * something not through. */
static void put_work(struct arena *arena, const struct store_work *work,
                     int64_t queue_ms, int64_t us, struct response *response)
{
    struct rusage used = { 0 };

    getrusage(RUSAGE_SELF, &used);
    response_header(response, "X-Steady-Work",
                    arena_printf(arena, "%.3f %.6f %.6f %lld %d",
                                 (double)queue_ms / 1e3, (double)us / 1e6,
                                 (double)work->us / 1e6,
                                 used.ru_maxrss * 1024LL, work->refused));
}

static void handle(void *context, struct arena *arena,
                   const struct request *request, struct response *response)
{
    const struct worker *worker = context;
    struct store *store = worker->app.service.store;
    struct store_work none = { 0 };
    int64_t began = time_monotonic(), queue_ms = 0;

    /* The clock of the wall may have been set meanwhile. */
    if (request->handed_over > 0 && request->handed_over < time_now())
        queue_ms = time_now() - request->handed_over;
    if (store != NULL)
        store->work = none;
    app_handle(&worker->app, arena, request, response);
    put_work(arena, store != NULL ? &store->work : &none, queue_ms,
             time_monotonic() - began, response);
}

/* One worker clears away what has expired, between two requests. */
static void idle(void *context)
{
    struct worker *worker = context;
    struct store *store = worker->app.service.store;
    struct error error = { 0 };
    int64_t now = time_now();
    int64_t removed;

    if (!worker->housekeeper || now - worker->cleaned_at < HOUSEKEEPING_MS)
        return;
    worker->cleaned_at = now;
    if (store->ops->purge(store, now, HOUSEKEEPING_LIMIT, &removed, &error) !=
        ERR_NONE)
        LOG(LOG_WARN, "purge_failed",
            LOG_STR("error", str_from(err_name(error.code))));
}

static int complain(const struct error *error)
{
    for (size_t i = 0; i < error->n_fields; i++)
        fprintf(stderr, "steady: %s %s.\n", error->fields[i].pointer,
                error->fields[i].detail);
    if (error->n_fields == 0)
        fprintf(stderr, "steady: %s\n", error->detail);
    return EXIT_FAILURE;
}

/* The same as a line of the log: nobody reads what a worker says. */
static int log_complaint(const struct error *error)
{
    for (size_t i = 0; i < error->n_fields; i++)
        LOG(LOG_ERROR, "start_failed",
            LOG_STR("setting", str_from(error->fields[i].pointer)),
            LOG_STR("detail", str_from(error->fields[i].detail)));
    if (error->n_fields == 0)
        LOG(LOG_ERROR, "start_failed",
            LOG_STR("detail", str_from(error->detail)));
    return EXIT_FAILURE;
}

static struct store_config store_config(const struct config *config)
{
    return (struct store_config){
        .mongodb_uri = config->mongodb_uri,
        .data_dir = config->data_dir,
        .create = true,
    };
}

static int serve(const struct config *config, bool health, bool housekeeper)
{
    char draining[4096];
    struct error error = { 0 };
    struct store_config with = store_config(config);
    struct worker worker = {
        .app = {
            .service = { .run_dir = config->run_dir,
                         .auth_none = config->auth_none,
                         .registration_open = config->registration_open },
            .public_url = str_from(config->public_url),
            .draining = draining,
            .health_only = health,
        },
        /* It needs a store. */
        .housekeeper = housekeeper && !health,
    };
    enum err err = ERR_NONE;

    snprintf(draining, sizeof(draining), "%s/draining", config->run_dir);
    if (!health)
        err = store_open(&with, &worker.app.service.store, &error);
    if (err == ERR_NONE) {
        LOG(LOG_INFO, "worker_started", LOG_INT("pid", getpid()));
        err = fcgi_serve(handle, idle, &worker, &error);
    }
    store_close(worker.app.service.store);
    return err == ERR_NONE ? EXIT_SUCCESS : log_complaint(&error);
}

/* Is everything there that a worker will need? Makes what is missing. */
static enum err prepare(const struct config *config, struct error *error)
{
    struct store_config with = store_config(config);
    struct service service = { .auth_none = config->auth_none };
    struct arena arena;
    struct call call = { .service = &service, .arena = &arena };
    enum err err = store_open(&with, &service.store, error);

    arena_init(&arena);
    call.store = service.store;
    call.now = time_now();
    if (err == ERR_NONE)
        err = service.store->ops->migrate(service.store, error);
    if (err == ERR_NONE && service.auth_none)
        err = accounts_ensure_single(&call, error);
    arena_release(&arena);
    store_close(service.store);
    if (err == ERR_UNAVAILABLE && config->mongodb_uri[0] != '\0')
        return error_set(error, err,
                         "The database of STEADY_MONGODB_URI does not answer: "
                         "is it running, is the address right, and has it "
                         "been initiated as a replica set?");
    return err;
}

static bool is_keeper(int argc, char **argv)
{
    int64_t slot;

    if (strcmp(argv[1], "keeper") == 0)
        return true;
    return argc == 4 && strcmp(argv[2], "--slot") == 0 &&
           num_parse(str_from(argv[3]), 0, 0, &slot);
}

static bool is_housekeeper(int argc, char **argv)
{
    return argc == 4 && strcmp(argv[3], "1") == 0;
}

/* steady-api is linked without the MongoDB store, steady-api-mongodb, which is
 * the same in all else, with it. Returns only what went wrong. */
static int become_mongodb(char **argv)
{
    char self[PATH_MAX] = "", path[PATH_MAX + 32];

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0) {
        snprintf(path, sizeof(path), "%s/steady-api-mongodb", dirname(self));
        execv(path, argv);
    }
    fprintf(stderr, "steady: steady-api-mongodb cannot be started: %s.\n",
            strerror(errno));
    return EXIT_FAILURE;
}

static int run(char **argv, bool housekeeper, struct arena *arena)
{
    const char *mode = argv[1];
    bool serves = strcmp(mode, "worker") == 0 || strcmp(mode, "health") == 0;
    struct config config;
    struct error error = { 0 };

    if (config_load(&config, arena, &error) != ERR_NONE)
        return serves ? log_complaint(&error) : complain(&error);
    if (config.mongodb_uri[0] != '\0' && !store_has_mongo() &&
        (strcmp(mode, "worker") == 0 || strcmp(mode, "check-config") == 0))
        return become_mongodb(argv);
    log_set_level(config.log_level);
    if (serves)
        return serve(&config, strcmp(mode, "health") == 0, housekeeper);
    /* What goes wrong from here on is said in one sentence, not in logs. */
    log_set_level(LOG_ERROR);
    if (strcmp(mode, "check-config") == 0)
        return prepare(&config, &error) == ERR_NONE ? EXIT_SUCCESS
                                                    : complain(&error);
    if (strcmp(mode, "print-config") == 0) {
        config_print(&config, stdout);
        return EXIT_SUCCESS;
    }
    fputs(usage, stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct arena arena;
    int status;

    if (argc < 2) {
        fputs(usage, stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    if (is_keeper(argc, argv)) {
        fcgi_keep();
        return EXIT_SUCCESS;
    }
    /* domain/zone.c moves this; it is there before any thread could look. */
    setenv("TZ", "UTC", 1);
    if (sodium_init() < 0) {
        fputs("steady: no randomness to be had from the system.\n", stderr);
        return EXIT_FAILURE;
    }
    arena_init(&arena);
    status = run(argv, is_housekeeper(argc, argv), &arena);
    arena_release(&arena);
    return status;
}
