/* steady-events: wakes the pages of whoever's tasks or lists have changed. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "events/server.h"
#include "server/config.h"

enum { PATH_BYTES = 4096 };

static const char usage[] =
    "Usage: steady-events\n"
    "\n"
    "Keeps streams of server-sent events, which nginx hands over on the\n"
    "socket events.sock in STEADY_RUN_DIR. Configuration is that of\n"
    "steady-api.\n";

static enum err serve(const struct config *config, struct error *error)
{
    char socket_path[PATH_BYTES], draining[PATH_BYTES];
    const struct store_config with = { .mongodb_uri = config->mongodb_uri,
                                       .data_dir = config->data_dir };
    struct store *store = NULL;
    struct watch watch;
    enum err err = store_open(&with, &store, error);

    snprintf(socket_path, sizeof(socket_path), "%s/events.sock",
             config->run_dir);
    snprintf(draining, sizeof(draining), "%s/draining", config->run_dir);
    if (err == ERR_NONE)
        err = watch_start(&watch, store, error);
    if (err == ERR_NONE) {
        LOG(LOG_INFO, "events_started", LOG_INT("pid", getpid()));
        err = events_serve(socket_path, draining, &watch, error);
    }
    return err;
}

static int fail(const struct error *error)
{
    const char *detail = error->n_fields > 0 ? error->fields[0].detail
                                             : error->detail;

    LOG(LOG_ERROR, "start_failed", LOG_STR("detail", str_from(detail)));
    sleep(1); /* supervisord starts it anew at once */
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct config config;
    struct error error = { 0 };

    if (argc > 1) {
        bool help = strcmp(argv[1], "--help") == 0;

        fputs(usage, help ? stdout : stderr);
        return help ? EXIT_SUCCESS : 2;
    }
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    arena_init(&arena);
    if (config_load(&config, &arena, &error) != ERR_NONE)
        return fail(&error);
    log_set_level(config.log_level);
    if (serve(&config, &error) != ERR_NONE)
        return fail(&error);
    /* The thread that watches still uses all there is. */
    _exit(EXIT_SUCCESS);
}
