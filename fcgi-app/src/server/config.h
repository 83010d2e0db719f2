/*
 * Configuration: environment variables named STEADY_*, read once at start.
 * Each may be given as NAME, or as NAME_FILE, the name of a file whose content
 * without its last newline is the value: a secret then stands in nobody's
 * environment. README.md tells them; config.c has the table.
 */
#ifndef STEADY_SERVER_CONFIG_H
#define STEADY_SERVER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

enum { WORKERS_MONGODB = 16, WORKERS_SQLITE = 4, WORKERS_MAX = 256 };
enum {
    CONFIG_VARIABLES = 16,
    CONFIG_FILE_MAX = 4096 /* bytes of a NAME_FILE's content */
};

/* Strings point into the environment or into the arena of config_load. */
struct config {
    const char *mongodb_uri; /* "" means SQLite */
    const char *data_dir;
    const char *run_dir;
    const char *public_url; /* without a slash at the end; "" for none */
    bool auth_none;         /* STEADY_AUTH=none: one user, no sign-in */
    bool registration_open;
    int64_t workers;
    enum log_level log_level;
    const char *values[CONFIG_VARIABLES]; /* as given, in config.c's order */
};

/*
 * Reads and validates all variables; the arena must live as long as the
 * configuration. ERR_INVALID with one field error for each that is wrong or
 * unknown, its pointer being the variable's name, without any value in it.
 */
enum err config_load(struct config *config, struct arena *arena,
                     struct error *error) MUST_CHECK;
/* NAME=value lines of what is in force, without credentials. */
void config_print(const struct config *config, FILE *file);

#endif
