#include <stdio.h>
#include <stdlib.h>

#include "admin/admin.h"
#include "admin/records.h"

static const char usage[] =
    "Usage: steady-admin copy --from STORE --to STORE\n"
    "\n"
    "Copies users, sessions, tokens, lists and tasks, and then reads the\n"
    "second store and compares counts and SHA-256 checksums. STORE is a\n"
    "folder with steady.db (made for --to) or a mongodb:// URI. The second\n"
    "store must be empty; it holds all of it in the end, or nothing. Stop\n"
    "Steady first: what changes meanwhile may be in the copy or not.\n";

struct copying {
    struct store *from;
    struct filler *filler;
    enum kind kind;
    struct error *error;
    enum err err;
};

static bool copy_record(void *context, const struct stored *stored)
{
    struct copying *copying = context;

    copying->err = filler_add(copying->filler, copying->kind, stored,
                              copying->error);
    return copying->err == ERR_NONE;
}

static enum err copy_all(void *context, struct filler *filler,
                         struct error *error)
{
    struct copying *copying = context;
    struct store *from = copying->from;
    enum err err = ERR_NONE;

    copying->filler = filler;
    copying->error = error;
    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        copying->kind = (enum kind)kind;
        err = from->ops->each(from, copying->kind, copy_record, copying,
                              error);
        if (err == ERR_NONE)
            err = copying->err;
    }
    return err;
}

/* Without a snapshot: MongoDB would keep that for minutes only. */
static enum err copy(struct store *from, struct store *to, struct sums *sums,
                     struct error *error)
{
    struct copying copying = { .from = from };
    enum err err = from->ops->check(from, false, error);

    return err == ERR_NONE ? store_fill(to, copy_all, &copying, sums, error)
                           : err;
}

int command_copy(struct admin *admin, int argc, char **argv)
{
    const char *from_name = admin_option(argc, argv, "--from");
    const char *to_name = admin_option(argc, argv, "--to");
    struct store *from = NULL, *to = NULL;
    struct error error = { 0 };
    struct sums sums;
    enum err err;

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (from_name == NULL || to_name == NULL)
        return admin_usage(usage, false);
    err = admin_open(admin, from_name, false, &from, &error);
    if (err == ERR_NONE)
        err = admin_open(admin, to_name, true, &to, &error);
    if (err == ERR_NONE)
        err = copy(from, to, &sums, &error);
    store_close(from);
    store_close(to);
    if (err != ERR_NONE)
        return admin_failed(&error);
    sums_print(&sums, stdout);
    puts("both stores hold the same");
    return EXIT_SUCCESS;
}
