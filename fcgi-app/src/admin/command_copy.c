#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"

enum { PROGRESS_EVERY = 10000, RECORD_BYTES_MAX = 8 * 1024 * 1024 };

static const char usage[] =
    "Usage: steady-admin copy --from STORE --to STORE\n"
    "\n"
    "Copies users, sessions, tokens, lists and tasks, and then reads both\n"
    "stores and compares their counts and SHA-256 checksums. STORE is a\n"
    "folder with steady.db (made for --to) or a mongodb:// URI. The second\n"
    "store must be empty. Stop Steady first, so that nothing changes\n"
    "meanwhile; if something does, the comparison says so.\n";

static enum err open_named(const char *name, bool create, struct store **out,
                           struct error *error)
{
    bool mongodb = strncmp(name, "mongodb", 7) == 0 &&
                   strstr(name, "://") != NULL;
    struct store_config config = {
        .mongodb_uri = mongodb ? name : NULL,
        .data_dir = name,
        .create = create,
    };

    return store_open(&config, out, error);
}

/* What has been read of one kind: how many, and the checksum so far. */
struct sum {
    enum kind kind;
    int64_t count;
    crypto_hash_sha256_state state;
    struct store *to; /* put there, unless NULL */
    struct buf buf;
    struct error *error;
};

static bool visit(void *context, const void *record)
{
    struct sum *sum = context;
    struct json_out out;

    buf_reset(&sum->buf);
    json_out_init(&out, &sum->buf);
    schema_encode_stored(kind_schema(sum->kind), record, &out);
    crypto_hash_sha256_update(&sum->state, (unsigned char *)sum->buf.ptr,
                              sum->buf.len);
    sum->count++;
    if (sum->to == NULL)
        return true;
    if (sum->count % PROGRESS_EVERY == 0)
        fprintf(stderr, "%s: %lld copied\n", admin_kind_name(sum->kind),
                (long long)sum->count);
    return sum->to->ops->put(sum->to, sum->kind, record, sum->error) ==
           ERR_NONE;
}

/* Reads all records of a kind, and puts them to `to` unless that is NULL. */
static enum err read_kind(struct store *from, struct store *to,
                          enum kind kind, int64_t *count,
                          unsigned char checksum[crypto_hash_sha256_BYTES],
                          struct error *error)
{
    struct sum sum = { .kind = kind, .to = to, .error = error };
    enum err err;

    crypto_hash_sha256_init(&sum.state);
    buf_init(&sum.buf, RECORD_BYTES_MAX);
    err = from->ops->each(from, kind, visit, &sum, error);
    if (err == ERR_NONE)
        err = error->code;
    crypto_hash_sha256_final(&sum.state, checksum);
    buf_release(&sum.buf);
    *count = sum.count;
    return err;
}

static enum err copy_kind(struct store *from, struct store *to,
                          enum kind kind, struct error *error)
{
    unsigned char source[crypto_hash_sha256_BYTES];
    unsigned char target[crypto_hash_sha256_BYTES];
    char text[2 * crypto_hash_sha256_BYTES + 1];
    int64_t count, copied = 0;
    enum err err = read_kind(from, to, kind, &count, source, error);

    if (err == ERR_NONE)
        err = read_kind(to, NULL, kind, &copied, target, error);
    if (err != ERR_NONE)
        return err;
    if (count != copied || memcmp(source, target, sizeof(source)) != 0)
        return error_set(error, ERR_INTERNAL,
                         "%s differ: %lld were read, %lld are there now%s.",
                         admin_kind_name(kind), (long long)count,
                         (long long)copied,
                         count == copied ? ", with another checksum" : "");
    sodium_bin2hex(text, sizeof(text), source, sizeof(source));
    printf("%-9s %8lld  sha256 %s\n", admin_kind_name(kind), (long long)count,
           text);
    return ERR_NONE;
}

static enum err check_empty(struct store *to, struct error *error)
{
    struct store_stats stats = { 0 };
    enum err err = to->ops->migrate(to, error);

    if (err == ERR_NONE)
        err = to->ops->stats(to, &stats, error);
    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        if (stats.records[kind] > 0)
            return error_set(error, ERR_EXISTS,
                             "The store to copy to holds %lld %s already; it "
                             "must be empty.",
                             (long long)stats.records[kind],
                             admin_kind_name((enum kind)kind));
    }
    return err;
}

static enum err copy_all(struct store *from, struct store *to,
                         struct error *error)
{
    enum err err = from->ops->check(from, false, error);

    if (err == ERR_NONE)
        err = check_empty(to, error);
    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++)
        err = copy_kind(from, to, (enum kind)kind, error);
    return err;
}

int command_copy(struct admin *admin, int argc, char **argv)
{
    const char *from_name = admin_option(argc, argv, "--from");
    const char *to_name = admin_option(argc, argv, "--to");
    struct store *from = NULL, *to = NULL;
    struct error error = { 0 };
    enum err err;

    (void)admin;
    if (admin_wants_help(argc, argv))
        return admin_usage(usage, true);
    if (from_name == NULL || to_name == NULL)
        return admin_usage(usage, false);
    err = open_named(from_name, false, &from, &error);
    if (err == ERR_NONE)
        err = open_named(to_name, true, &to, &error);
    if (err == ERR_NONE)
        err = copy_all(from, to, &error);
    store_close(from);
    store_close(to);
    if (err != ERR_NONE)
        return admin_failed(&error);
    puts("both stores hold the same");
    return EXIT_SUCCESS;
}
