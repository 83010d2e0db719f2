/* Whole dumps: written from a store, read from a file. */
#include "admin/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "admin/dump_lines.h"
#include "base/time.h"

/* ---- Out ----------------------------------------------------------------- */

struct writer {
    FILE *file;
    struct sums *sums;
    crypto_hash_sha256_state all;
    enum kind kind;
    struct buf line, again;
    struct arena arena;
    struct error *error;
    enum err err;
};

static enum err write_line(struct writer *writer)
{
    struct str line = buf_str(&writer->line);

    crypto_hash_sha256_update(&writer->all, (const unsigned char *)line.ptr,
                              line.len);
    if (fwrite(line.ptr, 1, line.len, writer->file) == line.len)
        return ERR_NONE;
    return error_set(writer->error, errno == ENOSPC ? ERR_FULL : ERR_INTERNAL,
                     "The dump cannot be written: %s.", strerror(errno));
}

/* A dump that cannot be loaded is worse than none: so it is read at once. */
static enum err check_line(struct writer *writer, struct str line)
{
    struct error *error = writer->error;
    struct stored back;
    enum kind kind;
    bool complete;
    enum err err;

    line.len--; /* the line feed */
    err = record_read(&writer->arena, line, &kind, &back, &complete, error);
    if (err == ERR_NONE)
        err = record_line(kind, &back, &writer->again, error);
    if (err == ERR_NONE && complete && kind == writer->kind &&
        writer->again.len == line.len + 1 &&
        memcmp(writer->again.ptr, line.ptr, line.len) == 0)
        return ERR_NONE;
    return error_set(error, ERR_INTERNAL,
                     "The %s after the first %lld cannot be put into a dump: "
                     "%s.",
                     kind_schema(writer->kind)->name,
                     (long long)writer->sums->count[writer->kind],
                     err == ERR_NONE ? "it does not read back equal"
                                     : error->detail);
}

static bool write_record(void *context, const struct stored *stored)
{
    struct writer *writer = context;

    writer->err = record_line(writer->kind, stored, &writer->line,
                              writer->error);
    if (writer->err == ERR_NONE)
        writer->err = check_line(writer, buf_str(&writer->line));
    if (writer->err == ERR_NONE)
        writer->err = write_line(writer);
    if (writer->err == ERR_NONE)
        sums_add(writer->sums, writer->kind, buf_str(&writer->line),
                 "dumped");
    arena_reset(&writer->arena);
    return writer->err == ERR_NONE;
}

static enum err write_all(struct writer *writer, struct store *from,
                          int64_t created_at)
{
    enum err err;

    header_line(from->ops->name, created_at, &writer->line);
    err = write_line(writer);
    for (int kind = 0; err == ERR_NONE && kind < KIND_COUNT; kind++) {
        writer->kind = (enum kind)kind;
        err = from->ops->each(from, writer->kind, write_record, writer,
                              writer->error);
        if (err == ERR_NONE)
            err = writer->err;
    }
    if (err != ERR_NONE)
        return err;
    trailer_line(writer->sums, &writer->all, &writer->line);
    return write_line(writer);
}

enum err dump_write(FILE *file, struct store *from, struct sums *sums,
                    struct error *error)
{
    struct writer writer = { .file = file, .sums = sums, .error = error };
    int64_t created_at = time_now();
    enum err err = from->ops->check(from, false, error);

    if (err == ERR_NONE)
        err = from->ops->snapshot_begin(from, error);
    if (err != ERR_NONE)
        return err;
    sums_init(sums);
    crypto_hash_sha256_init(&writer.all);
    buf_init(&writer.line, RECORD_LINE_MAX);
    buf_init(&writer.again, RECORD_LINE_MAX);
    arena_init(&writer.arena);
    err = write_all(&writer, from, created_at);
    arena_release(&writer.arena);
    buf_release(&writer.again);
    buf_release(&writer.line);
    from->ops->snapshot_end(from);
    return err;
}

/* ---- In ------------------------------------------------------------------ */

struct reader {
    FILE *file;
    struct sums *sums;
    crypto_hash_sha256_state all;
    dump_visit *visit;
    void *context;
    struct buf line, again; /* line: with its line feed */
    int64_t number;         /* of the line */
    enum kind kind;         /* of the record before, and its key */
    struct key last;
    struct arena arena;
    struct error *error;
};

static enum err damaged(struct reader *reader, const char *what)
{
    return error_set(reader->error, ERR_INVALID,
                     "The dump is damaged: line %lld: %s.",
                     (long long)reader->number, what);
}

/* *end: there is no further line. */
static enum err next_line(struct reader *reader, bool *end)
{
    int c = 0;

    buf_reset(&reader->line);
    reader->number++;
    while (c != '\n' && (c = getc_unlocked(reader->file)) != EOF)
        buf_add_char(&reader->line, (char)c);
    *end = c == EOF && reader->line.len == 0;
    if (ferror(reader->file))
        return error_set(reader->error, ERR_INTERNAL,
                         "The dump cannot be read: %s.", strerror(errno));
    if (reader->line.overflow)
        return damaged(reader, "it is too long");
    if (c == EOF)
        return error_set(reader->error, ERR_INVALID,
                         "The dump was cut: it ends %s line %lld, before its "
                         "last line.",
                         *end ? "after" : "in",
                         (long long)reader->number - *end);
    return ERR_NONE;
}

static struct str text_of(const struct reader *reader)
{
    struct str text = buf_str(&reader->line);

    text.len--; /* the line feed */
    return text;
}

static void hash_line(struct reader *reader)
{
    crypto_hash_sha256_update(&reader->all,
                              (unsigned char *)reader->line.ptr,
                              reader->line.len);
}

/* Does the line say what the record in it says, to the byte? */
static enum err check_equal(struct reader *reader,
                            const struct stored *stored)
{
    enum err err = record_line(reader->kind, stored, &reader->again,
                               reader->error);

    if (err != ERR_NONE)
        return err;
    if (!str_eq(buf_str(&reader->again), buf_str(&reader->line)))
        return damaged(reader, "it is not in the form of a dump");
    return ERR_NONE;
}

static bool in_order(struct reader *reader, enum kind kind,
                     const struct stored *stored)
{
    struct key key = key_of(kind, stored->record);
    bool after = kind > reader->kind || reader->last.len == 0 ||
                 (kind == reader->kind &&
                  memcmp(reader->last.bytes, key.bytes, key.len) < 0);

    reader->kind = kind;
    reader->last = key;
    return after;
}

static enum err take_record(struct reader *reader)
{
    struct error wrong = { 0 };
    struct stored stored;
    enum kind kind;
    bool complete;
    enum err err = record_read(&reader->arena, text_of(reader), &kind,
                               &stored, &complete, &wrong);

    if (err != ERR_NONE)
        return damaged(reader, wrong.detail);
    if (!in_order(reader, kind, &stored))
        return damaged(reader, "it is not in the order of a dump");
    if (complete)
        err = check_equal(reader, &stored);
    if (err == ERR_NONE && reader->visit != NULL)
        err = reader->visit(reader->context, kind, &stored, reader->error);
    if (err != ERR_NONE)
        return err;
    hash_line(reader);
    sums_add(reader->sums, kind, buf_str(&reader->line), "read");
    return ERR_NONE;
}

/* It must be the one that fits all lines before it. */
static enum err take_trailer(struct reader *reader)
{
    trailer_line(reader->sums, &reader->all, &reader->again);
    if (!str_eq(buf_str(&reader->again), buf_str(&reader->line)))
        return damaged(reader, "the counts and SHA-256 in it are not those "
                               "of the lines before it");
    if (getc_unlocked(reader->file) == EOF)
        return ERR_NONE;
    reader->number++;
    return damaged(reader, "something follows the last line");
}

static enum err read_all(struct reader *reader)
{
    struct error no_header = { 0 };
    bool end;
    enum err err = next_line(reader, &end);

    if (end && !ferror(reader->file))
        return error_set(reader->error, ERR_INVALID, "The dump is empty.");
    /* Also where the line has no end: it says more than that. */
    if (header_read(&reader->arena, buf_str(&reader->line),
                    &no_header) != ERR_NONE) {
        *reader->error = no_header;
        return no_header.code;
    }
    hash_line(reader);
    while (err == ERR_NONE) {
        err = next_line(reader, &end);
        if (err == ERR_NONE && str_starts(text_of(reader), STR("{\"end\":")))
            return take_trailer(reader);
        if (err == ERR_NONE)
            err = take_record(reader);
        arena_reset(&reader->arena);
    }
    return err;
}

enum err dump_read(FILE *file, dump_visit *visit, void *context,
                   struct sums *sums, struct error *error)
{
    struct reader reader = { .file = file,
                             .sums = sums,
                             .visit = visit,
                             .context = context,
                             .error = error };
    enum err err;

    sums_init(sums);
    crypto_hash_sha256_init(&reader.all);
    buf_init(&reader.line, RECORD_LINE_MAX);
    buf_init(&reader.again, RECORD_LINE_MAX);
    arena_init(&reader.arena);
    err = read_all(&reader);
    arena_release(&reader.arena);
    buf_release(&reader.again);
    buf_release(&reader.line);
    return err;
}
