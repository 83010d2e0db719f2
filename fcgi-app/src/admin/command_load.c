#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/dump.h"

enum { PATH_BYTES_MAX = 4096, COPY_BYTES = 64 * 1024 };

static const char usage[] =
    "Usage: steady-admin load [--to STORE] [--input FILE] [--dry-run]\n"
    "\n"
    "Brings a dump back. STORE is a folder (made if there is none) or a\n"
    "mongodb:// URI; without --to it is the configured one. It must be empty,\n"
    "else nothing is done. The dump is read twice: the whole of it is checked\n"
    "before the first record is written, so that a damaged or cut one changes\n"
    "nothing; the error says in which line. Then the records are written,\n"
    "read back and compared with the dump's counts and SHA-256. The store\n"
    "holds all of it in the end, or nothing. Stop Steady first.\n"
    "\n"
    "When load is killed, an SQLite file is as before. A MongoDB database is\n"
    "refused by Steady then; run load again, it begins anew.\n"
    "\n"
    "Without --input, or with -, the dump comes from standard input:\n"
    "\n"
    "    zstdcat steady.zst | steady-admin load\n"
    "\n"
    "What cannot be read twice is kept in a nameless file in TMPDIR (/tmp)\n"
    "meanwhile. --dry-run only checks the dump, and needs no store.\n"
    "\n"
    "With the dump come back its passwords, and what was still signed in:\n"
    "sessions ended and tokens revoked since then are valid again.\n";

static enum err fail(const char *what, struct error *error)
{
    return error_set(error, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL,
                     "%s: %s.", what, strerror(errno));
}

/* Input that cannot go back, in a file that nobody else sees. */
static enum err spool(FILE *input, FILE **out, struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char path[PATH_BYTES_MAX], *bytes;
    size_t len;
    int file;

    (void)snprintf(path, sizeof(path), "%s/steady-load-XXXXXX",
                   folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    file = mkstemp(path);
    if (file < 0)
        return fail("No temporary file can be made in TMPDIR", error);
    (void)unlink(path);
    *out = fdopen(file, "w+");
    if (*out == NULL) {
        close(file);
        return fail("No temporary file can be opened", error);
    }
    bytes = mem_alloc(COPY_BYTES);
    while ((len = fread(bytes, 1, COPY_BYTES, input)) > 0) {
        if (fwrite(bytes, 1, len, *out) != len)
            break;
    }
    free(bytes);
    if (ferror(input))
        return fail("The dump cannot be read", error);
    if (ferror(*out) || fflush(*out) != 0 || fseek(*out, 0, SEEK_SET) != 0)
        return fail("The dump does not fit into TMPDIR; set that to a folder "
                    "with more space",
                    error);
    return ERR_NONE;
}

static enum err open_input(const char *path, bool twice, FILE **out,
                           struct error *error)
{
    FILE *given;
    enum err err;

    if (path != NULL && strcmp(path, "-") != 0) {
        *out = fopen(path, "re");
        if (*out == NULL)
            return error_set(error, ERR_NOT_FOUND, "%s cannot be read: %s.",
                             path, strerror(errno));
    } else {
        *out = stdin;
    }
    if (!twice || fseek(*out, 0, SEEK_CUR) == 0)
        return ERR_NONE;
    given = *out;
    *out = NULL;
    err = spool(given, out, error);
    (void)fclose(given);
    return err;
}

static enum err load_record(void *context, enum kind kind,
                            const struct stored *stored, struct error *error)
{
    return filler_add(context, kind, stored, error);
}

struct loading {
    FILE *input;
    struct sums checked; /* of the first reading */
};

/* The second reading; it must be of the same. */
static enum err load_all(void *context, struct filler *filler,
                         struct error *error)
{
    struct loading *loading = context;
    struct sums again;
    enum err err = dump_read(loading->input, load_record, filler, &again,
                             error);

    return err == ERR_NONE
               ? sums_compare(&loading->checked, "were in the dump", &again,
                              "when it was read again", error)
               : err;
}

static enum err check(struct loading *loading, struct error *error)
{
    off_t start = ftello(loading->input);
    enum err err = dump_read(loading->input, NULL, NULL, &loading->checked,
                             error);

    if (err == ERR_NONE && start >= 0 &&
        fseeko(loading->input, start, SEEK_SET) != 0)
        err = fail("The dump cannot be read again", error);
    return err;
}

static enum err load(const struct admin *admin, const char *name,
                     struct loading *loading, struct error *error)
{
    struct store *to = NULL;
    struct sums sums;
    enum err err = admin_open(admin, name, true, &to, error);

    if (err == ERR_NONE)
        err = store_fill(to, load_all, loading, &sums, error);
    store_close(to);
    return err;
}

int command_load(struct admin *admin, int argc, char **argv)
{
    bool dry = admin_flag(argc, argv, "--dry-run");
    struct loading loading = { .input = NULL };
    struct error error = { 0 };
    enum err err;

    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (!admin_options_known(argc, argv, "--to", "--input", "--dry-run"))
        return admin_usage(usage, false);
    err = open_input(admin_option(argc, argv, "--input"), !dry,
                     &loading.input, &error);
    if (err == ERR_NONE)
        err = check(&loading, &error);
    if (err == ERR_NONE && !dry)
        err = load(admin, admin_option(argc, argv, "--to"), &loading, &error);
    if (loading.input != NULL)
        (void)fclose(loading.input);
    if (err != ERR_NONE)
        return admin_failed(&error);
    sums_print(&loading.checked, stdout);
    puts(dry ? "the dump is whole" : "the store holds all of the dump");
    return EXIT_SUCCESS;
}
