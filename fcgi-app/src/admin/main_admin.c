/* steady-admin: the command line for operators. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"

static const char usage[] =
    "Usage: steady-admin COMMAND [--help]\n"
    "\n"
    "  user add|list|disable|enable|password   people who may sign in\n"
    "  token add|list|revoke                   API tokens of a person\n"
    "  migrate                                 bring the store up to date\n"
    "  check [--deep]                          is the store all right?\n"
    "  purge                                   remove what has expired\n"
    "  copy --from STORE --to STORE            copy everything and compare\n"
    "  dump [--output FILE]                    write a backup\n"
    "  load [--input FILE] [--dry-run]         bring one back, or check it\n"
    "  mongodb init                            prepare new MongoDB servers\n"
    "  drain                                   make /readyz answer 503\n"
    "  undrain                                 take that back\n"
    "\n"
    "The store is the one that STEADY_MONGODB_URI or STEADY_DATA_DIR names.\n"
    "A setting may also stand in a file that STEADY_..._FILE names.\n";

static const struct {
    const char *name;
    command *run;
    bool own_store; /* opens its stores itself, or needs none */
} commands[] = {
    { "user", command_user, false },
    { "token", command_token, false },
    { "migrate", command_migrate, false },
    { "check", command_check, false },
    { "purge", command_purge, false },
    { "copy", command_copy, true },
    { "dump", command_dump, true },
    { "load", command_load, true },
    { "mongodb", command_mongodb, true },
    { "drain", command_drain, true },
    { "undrain", command_undrain, true },
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

int admin_failed(const struct error *error)
{
    for (size_t i = 0; i < error->n_fields; i++)
        fprintf(stderr, "steady-admin: %s: %s\n", error->fields[i].pointer,
                error->fields[i].detail);
    if (error->n_fields == 0)
        fprintf(stderr, "steady-admin: %s\n",
                error->detail[0] != '\0' ? error->detail
                                         : err_name(error->code));
    return EXIT_FAILURE;
}

int admin_usage(const char *text, bool asked)
{
    fputs(text, asked ? stdout : stderr);
    return asked ? EXIT_SUCCESS : 2;
}

bool admin_wants_help(int argc, char **argv)
{
    return admin_flag(argc, argv, "--help") || admin_flag(argc, argv, "-h");
}

const char *admin_option(int argc, char **argv, const char *name)
{
    size_t len = strlen(name);

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return i + 1 < argc ? argv[i + 1] : NULL;
        if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=')
            return argv[i] + len + 1;
    }
    return NULL;
}

bool admin_flag(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return false;
}

/* How many arguments from i on are the option with its value: 0, 1, 2. */
static int option_len(int argc, char **argv, int i, const char *name)
{
    size_t len = strlen(name);

    if (strcmp(argv[i], name) == 0)
        return i + 1 < argc ? 2 : 0;
    return strncmp(argv[i], name, len) == 0 && argv[i][len] == '=';
}

bool admin_options_known(int argc, char **argv, const char *one,
                         const char *other, const char *flag)
{
    for (int i = 1; i < argc;) {
        int len = option_len(argc, argv, i, one);

        if (len == 0)
            len = option_len(argc, argv, i, other);
        if (len == 0 && flag != NULL && strcmp(argv[i], flag) == 0)
            len = 1;
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

const char *admin_kind_name(enum kind kind)
{
    static const char *const names[KIND_COUNT] = {
        [KIND_USER] = "users",   [KIND_SESSION] = "sessions",
        [KIND_TOKEN] = "tokens", [KIND_LIST] = "lists",
        [KIND_TASK] = "tasks",
    };

    return names[kind];
}

enum err admin_open(const struct admin *admin, const char *name, bool create,
                    struct store **out, struct error *error)
{
    struct store_config with = {
        .mongodb_uri = admin->config->mongodb_uri,
        .data_dir = admin->config->data_dir,
        .create = create,
    };
    bool mongodb = name != NULL && strncmp(name, "mongodb", 7) == 0 &&
                   strstr(name, "://") != NULL;

    if (name != NULL) {
        with.mongodb_uri = mongodb ? name : NULL;
        with.data_dir = name;
    }
    return store_open(&with, out, error);
}

static enum err open_store(struct admin *admin, struct error *error)
{
    enum err err = admin_open(admin, NULL, true, &admin->service.store,
                              error);

    admin->call.store = admin->service.store;
    return err;
}

static int run(size_t at, int argc, char **argv)
{
    struct config config;
    struct arena settings;
    struct error error = { 0 };
    struct admin admin = { .config = &config };
    int status;

    arena_init(&settings);
    arena_init(&admin.arena);
    log_set_level(LOG_ERROR);
    admin.call = (struct call){
        .service = &admin.service, .arena = &admin.arena, .now = time_now()
    };
    if (config_load(&config, &settings, &error) != ERR_NONE)
        status = admin_failed(&error);
    else if (commands[at].own_store || admin_wants_help(argc, argv) ||
             open_store(&admin, &error) == ERR_NONE)
        status = commands[at].run(&admin, argc, argv);
    else
        status = admin_failed(&error);
    store_close(admin.service.store);
    arena_release(&admin.arena);
    arena_release(&settings);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return admin_usage(usage, false);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return admin_usage(usage, true);
    /* domain/zone.c moves this; it is there before any thread could look. */
    setenv("TZ", "UTC", 1);
    if (sodium_init() < 0) {
        fputs("steady-admin: no randomness to be had.\n", stderr);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run(i, argc - 1, argv + 1);
    }
    return admin_usage(usage, false);
}
