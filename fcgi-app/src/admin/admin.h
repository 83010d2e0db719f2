/* steady-admin: what its commands share. */
#ifndef STEADY_ADMIN_ADMIN_H
#define STEADY_ADMIN_ADMIN_H

#include "server/config.h"
#include "service/service.h"

struct admin {
    const struct config *config;
    struct service service;
    struct arena arena;
    struct call call;
};

/* argv[0] is the command's own name. Each returns an exit status: 0 done,
 * 1 failed (said on standard error), 2 wrong usage. */
typedef int command(struct admin *admin, int argc, char **argv);

command command_user, command_token, command_migrate, command_check,
    command_purge, command_copy, command_dump, command_load, command_mongodb,
    command_drain, command_undrain;

/* Prints the error, all its fields, and gives the exit status 1. */
int admin_failed(const struct error *error);
/* Prints the text on standard output for --help (status 0), else on
 * standard error (status 2). */
int admin_usage(const char *text, bool asked);
bool admin_wants_help(int argc, char **argv);
/* The value of "--name VALUE" or "--name=VALUE", or NULL. */
const char *admin_option(int argc, char **argv, const char *name);
bool admin_flag(int argc, char **argv, const char *name);
/* Are all arguments one of these two options with a value, or the flag (NULL:
 * there is none)? */
bool admin_options_known(int argc, char **argv, const char *one,
                         const char *other, const char *flag);

/* Opens a folder or a mongodb:// URI; NULL: what the configuration names.
 * create: a missing folder and file may be made. store_close it. */
enum err admin_open(const struct admin *admin, const char *name, bool create,
                    struct store **out, struct error *error) MUST_CHECK;

/* "tasks" and so on, for people. */
const char *admin_kind_name(enum kind kind);

#endif
