#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"

enum { PURGE_BATCH = 1000 };

static const char migrate_usage[] =
    "Usage: steady-admin migrate\n"
    "\n"
    "Creates the tables, collections and indexes that are missing. It can be\n"
    "repeated at any time, also while Steady runs.\n";

static const char check_usage[] =
    "Usage: steady-admin check [--deep]\n"
    "\n"
    "Says whether the store answers and is up to date, and how much is in\n"
    "it. --deep also reads all of an SQLite file for damage.\n";

static const char purge_usage[] =
    "Usage: steady-admin purge\n"
    "\n"
    "Removes what has expired: tasks and lists 30 days in the trash,\n"
    "sessions, kept answers, throttles. Steady does so by itself, a little\n"
    "at a time; this does all of it now.\n";

int command_migrate(struct admin *admin, int argc, char **argv)
{
    struct store *store = admin->call.store;
    struct error error = { 0 };

    if (admin_wants_help(argc, argv) || argc > 1)
        return admin_usage(migrate_usage, admin_wants_help(argc, argv));
    if (store->ops->migrate(store, &error) != ERR_NONE)
        return admin_failed(&error);
    printf("the %s store is at schema version %d\n", store->ops->name,
           STORE_SCHEMA_VERSION);
    return EXIT_SUCCESS;
}

int command_check(struct admin *admin, int argc, char **argv)
{
    struct store *store = admin->call.store;
    struct store_stats stats = { 0 };
    struct error error = { 0 };
    bool deep = admin_flag(argc, argv, "--deep");

    if (admin_wants_help(argc, argv) || argc > (deep ? 2 : 1))
        return admin_usage(check_usage, admin_wants_help(argc, argv));
    if (store->ops->ping(store, &error) != ERR_NONE ||
        store->ops->check(store, deep, &error) != ERR_NONE ||
        store->ops->stats(store, &stats, &error) != ERR_NONE)
        return admin_failed(&error);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        printf("%-9s %lld\n", admin_kind_name((enum kind)kind),
               (long long)stats.records[kind]);
    printf("the %s store is all right\n", store->ops->name);
    return EXIT_SUCCESS;
}

int command_purge(struct admin *admin, int argc, char **argv)
{
    struct store *store = admin->call.store;
    struct error error = { 0 };
    int64_t removed, total = 0;

    if (admin_wants_help(argc, argv) || argc > 1)
        return admin_usage(purge_usage, admin_wants_help(argc, argv));
    do {
        if (store->ops->purge(store, admin->call.now, PURGE_BATCH, &removed,
                              &error) != ERR_NONE)
            return admin_failed(&error);
        total += removed;
    } while (removed > 0);
    printf("removed %lld records\n", (long long)total);
    return EXIT_SUCCESS;
}
