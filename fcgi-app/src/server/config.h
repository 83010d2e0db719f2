/*
 * Configuration: environment variables named STEADY_*, read once at start.
 * README.md and `steady-api check-config` tell them; config.c has the table.
 */
#ifndef STEADY_SERVER_CONFIG_H
#define STEADY_SERVER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/log.h"

enum { WORKERS_MONGODB = 16, WORKERS_SQLITE = 4, WORKERS_MAX = 256 };

/* Strings point into the environment. */
struct config {
    const char *mongodb_uri; /* "" means SQLite */
    const char *data_dir;
    const char *run_dir;
    const char *public_url; /* without a slash at the end; "" for none */
    bool auth_none;         /* STEADY_AUTH=none: one user, no sign-in */
    bool registration_open;
    int64_t workers;
    enum log_level log_level;
};

/*
 * Reads and validates all variables. ERR_INVALID with one field error for
 * each that is wrong or unknown, its pointer being the variable's name.
 */
enum err config_load(struct config *config, struct error *error) MUST_CHECK;
/* NAME=value lines of what is in force, without credentials. */
void config_print(const struct config *config, FILE *file);

#endif
