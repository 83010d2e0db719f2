#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/dump.h"

enum { PATH_BYTES_MAX = 4096, DUMP_MODE = 0600 };

static const char usage[] =
    "Usage: steady-admin dump [--from STORE] [--output FILE]\n"
    "\n"
    "Writes all users, sessions, tokens, lists and tasks, the trash too, as\n"
    "they are at one moment, while Steady runs and people write: what was\n"
    "acknowledged before is in it. STORE is a folder with steady.db or a\n"
    "mongodb:// URI; without --from it is the configured one, which keeps a\n"
    "URI's password out of the list of processes.\n"
    "\n"
    "FILE gets its name when all of it is there and on the disk, over one of\n"
    "that name; until then it is FILE.part. Without --output, or with -, the\n"
    "dump goes to standard output, for a pipe:\n"
    "\n"
    "    steady-admin dump | zstd >steady.zst\n"
    "\n"
    "A pipe that breaks leaves a dump without its last line, which load\n"
    "refuses. Keep dumps secret: they hold everybody's tasks, and the hashes\n"
    "of passwords, sessions and tokens. The form is JSON, a record a line.\n"
    "\n"
    "MongoDB keeps a moment for 5 minutes, unless\n"
    "minSnapshotHistoryWindowInSeconds says otherwise; a dump that takes\n"
    "longer fails and says so.\n";

/* Where a dump goes. */
struct target {
    const char *path; /* NULL: standard output */
    char part[PATH_BYTES_MAX];
    FILE *file;
};

static enum err fail(const char *path, struct error *error)
{
    return error_set(error, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL,
                     "%s cannot be written: %s.", path, strerror(errno));
}

/* The lock of a file that has got its final name meanwhile is not ours. */
static bool lock_part(const char *path, int file)
{
    struct stat opened, named;

    return flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &opened) == 0 &&
           stat(path, &named) == 0 && opened.st_ino == named.st_ino;
}

static enum err open_part(struct target *target, struct error *error)
{
    int file;

    if (snprintf(target->part, sizeof(target->part), "%s.part",
                 target->path) >= PATH_BYTES_MAX)
        return error_set(error, ERR_INVALID, "That path is too long.");
    file = open(target->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                DUMP_MODE);
    if (file < 0)
        return fail(target->part, error);
    /* What a killed dump left is taken over, another's that runs is not. */
    if (!lock_part(target->part, file)) {
        close(file);
        return error_set(error, ERR_EXISTS, "Another dump writes %s.",
                         target->part);
    }
    if (ftruncate(file, 0) == 0 && fchmod(file, DUMP_MODE) == 0)
        target->file = fdopen(file, "w");
    if (target->file == NULL) {
        close(file);
        return fail(target->part, error);
    }
    return ERR_NONE;
}

static enum err open_target(const char *path, struct target *target,
                            struct error *error)
{
    if (path != NULL && strcmp(path, "-") != 0) {
        target->path = path;
        return open_part(target, error);
    }
    if (isatty(STDOUT_FILENO) == 1)
        return error_set(error, ERR_INVALID,
                         "A dump holds secrets and is not for a terminal: "
                         "name a file with --output, or use a pipe.");
    target->file = stdout;
    return ERR_NONE;
}

/* A pipe has nothing to sync. */
static bool sync_file(FILE *file)
{
    return fflush(file) == 0 &&
           (fsync(fileno(file)) == 0 || errno == EINVAL || errno == EROFS);
}

static bool sync_folder(const char *path)
{
    char copy[PATH_BYTES_MAX];
    int folder;
    bool synced;

    (void)snprintf(copy, sizeof(copy), "%s", path);
    folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return synced;
}

/* Gives the file its name, or removes it. */
static enum err close_target(struct target *target, enum err err,
                             struct error *error)
{
    const char *path = target->path == NULL ? "Standard output"
                                            : target->path;

    if (target->file == NULL)
        return err;
    if (err == ERR_NONE && !sync_file(target->file))
        err = fail(path, error);
    if (target->path == NULL)
        return err;
    if (err == ERR_NONE && (rename(target->part, target->path) != 0 ||
                            !sync_folder(target->path)))
        err = fail(path, error);
    if (err != ERR_NONE)
        (void)unlink(target->part);
    (void)fclose(target->file); /* all of it is written, or to be lost */
    return err;
}

int command_dump(struct admin *admin, int argc, char **argv)
{
    struct target target = { .path = NULL };
    struct store *from = NULL;
    struct error error = { 0 };
    struct sums sums;
    enum err err;

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (!admin_options_known(argc, argv, "--from", "--output", NULL))
        return admin_usage(usage, false);
    err = admin_open(admin, admin_option(argc, argv, "--from"), false, &from,
                     &error);
    if (err == ERR_NONE)
        err = open_target(admin_option(argc, argv, "--output"), &target,
                          &error);
    if (err == ERR_NONE)
        err = dump_write(target.file, from, &sums, &error);
    err = close_target(&target, err, &error);
    store_close(from);
    if (err != ERR_NONE)
        return admin_failed(&error);
    sums_print(&sums, stderr);
    return EXIT_SUCCESS;
}
