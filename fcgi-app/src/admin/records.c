#include "admin/records.h"

#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "domain/task.h"

enum {
    PROGRESS_EVERY = 10000,
    /* Of one write: some milliseconds of a database, and far below the
     * 16 MiB of a command, whatever words come with the texts. */
    BATCH_RECORDS = 500,
    BATCH_BYTES = 1024 * 1024
};

/* ---- Lines --------------------------------------------------------------- */

static void put_marks(const struct op_marks *marks, struct json_out *out)
{
    char hex[2 * OP_MARK_BYTES + 1];

    json_begin_array(out);
    for (size_t i = 0; i < marks->len; i++)
        json_put_str(out, str_from(sodium_bin2hex(hex, sizeof(hex),
                                                  marks->bytes[i],
                                                  OP_MARK_BYTES)));
    json_end_array(out);
}

enum err record_line(enum kind kind, const struct stored *stored,
                     struct buf *line, struct error *error)
{
    const struct schema *schema = kind_schema(kind);
    struct json_out out;

    buf_reset(line);
    json_out_init(&out, line);
    json_begin_object(&out);
    json_key(&out, str_from(schema->name));
    schema_encode_dump(schema, stored->record, &out);
    if (stored->marks.len > 0) {
        json_key(&out, STR("marks"));
        put_marks(&stored->marks, &out);
    }
    json_end_object(&out);
    buf_add_char(line, '\n');
    if (line->overflow)
        return error_set(error, ERR_TOO_LARGE,
                         "A %s is larger than %d bytes.", schema->name,
                         RECORD_LINE_MAX);
    return ERR_NONE;
}

/* ---- Sums ---------------------------------------------------------------- */

void sums_init(struct sums *sums)
{
    memset(sums, 0, sizeof(*sums));
    for (int kind = 0; kind < KIND_COUNT; kind++)
        crypto_hash_sha256_init(&sums->state[kind]);
}

void sums_add(struct sums *sums, enum kind kind, struct str line,
              const char *done)
{
    crypto_hash_sha256_update(&sums->state[kind],
                              (const unsigned char *)line.ptr, line.len);
    sums->count[kind]++;
    if (sums->count[kind] % PROGRESS_EVERY == 0)
        fprintf(stderr, "%s: %lld %s\n", admin_kind_name(kind),
                (long long)sums->count[kind], done);
}

void sums_hex(const struct sums *sums, enum kind kind,
              char hex[static SHA256_HEX])
{
    crypto_hash_sha256_state state = sums->state[kind];
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, SHA256_HEX, hash, sizeof(hash));
}

void sums_print(const struct sums *sums, FILE *file)
{
    char hex[SHA256_HEX];

    for (enum kind kind = KIND_USER; kind < KIND_COUNT; kind++) {
        sums_hex(sums, kind, hex);
        fprintf(file, "%-9s %8lld  sha256 %s\n", admin_kind_name(kind),
                (long long)sums->count[kind], hex);
    }
}

enum err sums_compare(const struct sums *a, const char *first,
                      const struct sums *b, const char *second,
                      struct error *error)
{
    char left[SHA256_HEX], right[SHA256_HEX];

    for (enum kind kind = KIND_USER; kind < KIND_COUNT; kind++) {
        const char *name = admin_kind_name(kind);

        if (a->count[kind] != b->count[kind])
            return error_set(error, ERR_INTERNAL,
                             "The %s differ: %lld %s, %lld %s.", name,
                             (long long)a->count[kind], first,
                             (long long)b->count[kind], second);
        sums_hex(a, kind, left);
        sums_hex(b, kind, right);
        if (strcmp(left, right) != 0)
            return error_set(error, ERR_INTERNAL,
                             "The %s differ: sha256 %.8s %s, %.8s %s.", name,
                             left, first, right, second);
    }
    return ERR_NONE;
}

struct reading {
    struct sums *sums;
    enum kind kind;
    struct buf line;
    struct error *error;
    enum err err;
};

static bool sum_record(void *context, const struct stored *stored)
{
    struct reading *reading = context;

    reading->err = record_line(reading->kind, stored, &reading->line,
                               reading->error);
    if (reading->err == ERR_NONE)
        sums_add(reading->sums, reading->kind, buf_str(&reading->line),
                 "compared");
    return reading->err == ERR_NONE;
}

enum err sums_of_store(struct store *store, struct sums *sums,
                       struct error *error)
{
    struct reading reading = { .sums = sums, .error = error };
    enum err err = ERR_NONE;

    sums_init(sums);
    buf_init(&reading.line, RECORD_LINE_MAX);
    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        reading.kind = (enum kind)kind;
        err = store->ops->each(store, reading.kind, sum_record, &reading,
                               error);
        if (err == ERR_NONE)
            err = reading.err;
    }
    buf_release(&reading.line);
    return err;
}

/* ---- Filling ------------------------------------------------------------- */

struct filler {
    struct store *to;
    struct sums *sums;
    struct buf line;
    /* What waits to be written: all of one kind, in the arena. */
    enum kind kind;
    struct arena arena;
    struct stored items[BATCH_RECORDS];
    size_t len, bytes;
};

static enum err flush(struct filler *filler, struct error *error)
{
    enum err err = filler->to->ops->put(filler->to, filler->kind,
                                        filler->items, filler->len, error);

    filler->len = filler->bytes = 0;
    arena_reset(&filler->arena);
    return err;
}

static void keep(struct filler *filler, const struct stored *stored)
{
    const struct schema *schema = kind_schema(filler->kind);
    void *copy = arena_alloc(&filler->arena, schema->size);

    schema_copy(schema, &filler->arena, stored->record, copy);
    if (filler->kind == KIND_TASK) /* all that is computed */
        (void)task_derive(&filler->arena, copy, ~UINT64_C(0));
    filler->items[filler->len++] =
        (struct stored){ copy, stored->marks };
}

enum err filler_add(struct filler *filler, enum kind kind,
                    const struct stored *stored, struct error *error)
{
    enum err err = record_line(kind, stored, &filler->line, error);

    if (err == ERR_NONE &&
        (kind != filler->kind || filler->len == BATCH_RECORDS ||
         filler->bytes + filler->line.len > BATCH_BYTES))
        err = flush(filler, error);
    if (err != ERR_NONE)
        return err;
    filler->kind = kind;
    filler->bytes += filler->line.len;
    keep(filler, stored);
    sums_add(filler->sums, kind, buf_str(&filler->line), "written");
    return ERR_NONE;
}

static enum err fill(struct filler *filler, filler_source *source,
                     void *context, struct error *error)
{
    struct sums there;
    enum err err = source(context, filler, error);

    if (err == ERR_NONE)
        err = flush(filler, error);
    if (err == ERR_NONE)
        err = sums_of_store(filler->to, &there, error);
    return err == ERR_NONE ? sums_compare(filler->sums, "were written",
                                          &there, "are there now", error)
                           : err;
}

enum err store_fill(struct store *to, filler_source *source, void *context,
                    struct sums *sums, struct error *error)
{
    struct filler *filler;
    enum err err = to->ops->load_begin(to, error);

    if (err != ERR_NONE)
        return err;
    filler = mem_alloc(sizeof(*filler));
    filler->to = to;
    filler->sums = sums;
    filler->kind = KIND_USER;
    filler->len = filler->bytes = 0;
    arena_init(&filler->arena);
    buf_init(&filler->line, RECORD_LINE_MAX);
    sums_init(sums);
    err = fill(filler, source, context, error);
    buf_release(&filler->line);
    arena_release(&filler->arena);
    free(filler);
    return to->ops->load_end(to, err, error);
}
