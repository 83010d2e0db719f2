/* Single lines of a dump, see dump.h; for dump.c only. */
#ifndef STEADY_ADMIN_DUMP_LINES_H
#define STEADY_ADMIN_DUMP_LINES_H

#include "admin/dump.h"

/* Both replace what is in `line`. all: over every line before. */
void header_line(const char *source, int64_t created_at, struct buf *line);
void trailer_line(const struct sums *sums,
                  const crypto_hash_sha256_state *all, struct buf *line);

/* The error is a whole sentence. */
enum err header_read(struct arena *arena, struct str text,
                     struct error *error) MUST_CHECK;
/* text: without the line feed. *stored lives in the arena. complete: no field
 * was missing. The error completes "line 7: ". */
enum err record_read(struct arena *arena, struct str text, enum kind *kind,
                     struct stored *stored, bool *complete,
                     struct error *error) MUST_CHECK;

#endif
