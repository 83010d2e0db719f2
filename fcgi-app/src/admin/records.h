/*
 * What copy, dump and load share: records as lines, their sums, and a store
 * that is filled with them.
 */
#ifndef STEADY_ADMIN_RECORDS_H
#define STEADY_ADMIN_RECORDS_H

#include <sodium.h>
#include <stdio.h>

#include "base/buf.h"
#include "store/store.h"

enum { RECORD_LINE_MAX = 4 * 1024 * 1024 /* bytes, with its line feed */ };

/* The line of a record, as dump.h describes it, instead of what is in
 * `line`. ERR_TOO_LARGE beyond RECORD_LINE_MAX. */
enum err record_line(enum kind kind, const struct stored *stored,
                     struct buf *line, struct error *error) MUST_CHECK;

/* How many records of each kind, and the SHA-256 over their lines so far. */
struct sums {
    int64_t count[KIND_COUNT];
    crypto_hash_sha256_state state[KIND_COUNT];
};
enum { SHA256_HEX = 2 * crypto_hash_sha256_BYTES + 1 };

void sums_init(struct sums *sums);
/* done: for people, now and then, as in "tasks: 10000 loaded". */
void sums_add(struct sums *sums, enum kind kind, struct str line,
              const char *done);
void sums_hex(const struct sums *sums, enum kind kind,
              char hex[static SHA256_HEX]);
/* Writes one line a kind. */
void sums_print(const struct sums *sums, FILE *file);
/* ERR_INTERNAL that names the first kind in which they differ; `first` and
 * `second` say where each was read. */
enum err sums_compare(const struct sums *a, const char *first,
                      const struct sums *b, const char *second,
                      struct error *error) MUST_CHECK;
/* Reads all that the store holds. */
enum err sums_of_store(struct store *store, struct sums *sums,
                       struct error *error) MUST_CHECK;

/*
 * Fills an empty store: `source` calls filler_add for each record. All of it
 * is there in the end, read back and compared, or nothing is. *sums is of
 * what the source gave.
 */
struct filler;
typedef enum err filler_source(void *context, struct filler *filler,
                               struct error *error);
enum err store_fill(struct store *to, filler_source *source, void *context,
                    struct sums *sums, struct error *error) MUST_CHECK;
/* The record may go when it returns. */
enum err filler_add(struct filler *filler, enum kind kind,
                    const struct stored *stored,
                    struct error *error) MUST_CHECK;

#endif
