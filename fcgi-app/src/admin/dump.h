/*
 * The format of a dump, version 1. It is the one place that describes it.
 *
 * Lines of JSON (RFC 8259) in UTF-8, each ended by one line feed, in exactly
 * this form, without spaces:
 *
 * 1. The header:
 *    {"steady_dump":1,"schema":1,"created_at":"2026-11-30T09:00:00.000Z",
 *    "source":"sqlite"}
 *    steady_dump is the version of this format, schema the stores' (store.h),
 *    created_at the moment before the first record was read: what was
 *    acknowledged until then is in it. source is the kind of store.
 * 2. One line a record, kind after kind (user, session, token, list, task),
 *    each in the order of the store's keys (owner and id, id, or hash):
 *    {"task":{"id":...,"owner":...,...},"marks":["<32 hex digits>",...]}
 *    The record is what schema_encode_dump writes of its table: all fields
 *    that are stored, hidden ones too, but those that follow from others (the
 *    words for search, the keys of due dates), which load works out again.
 *    null is "none", a hash is hex. marks are the last writes with an
 *    Idempotency-Key, newest last, left out when there are none.
 * 3. The trailer, which makes it a whole dump:
 *    {"end":{"users":{"count":1,"sha256":"<64 hex digits>"},...},
 *    "sha256":"<64 hex digits>"}
 *    Per kind that has records their number and the SHA-256 over their lines,
 *    so that two dumps can be compared; then the SHA-256 over every byte
 *    before the trailer. Nothing follows it.
 *
 * What is in it and why: all that `copy` copies. Sessions, so that people stay
 * signed in after a restore; the trash, since it can be restored; the marks,
 * so that a write whose answer was lost before the dump is not done twice
 * after it. Kept answers (outcomes) are not in it: the marks make a repetition
 * harmless without them, and they end after a day. Nor are the counters of
 * wrong passwords, which end after minutes.
 *
 * A later release reads this version for good: fields that it has not get
 * their defaults. A dump of a newer format or schema, or with a field that is
 * not known, is refused.
 */
#ifndef STEADY_ADMIN_DUMP_H
#define STEADY_ADMIN_DUMP_H

#include <stdio.h>

#include "admin/records.h"

enum { DUMP_VERSION = 1 };

/*
 * Writes a dump of the store as it is at one moment; each line is read back
 * before it is written. *sums is of all records. The file is not flushed.
 */
enum err dump_write(FILE *file, struct store *from, struct sums *sums,
                    struct error *error) MUST_CHECK;

/*
 * Reads a whole dump from where the file stands, checks all that there is to
 * check, and gives each record to `visit` unless that is NULL. The error says
 * in which line. What was visited before an error was no dump.
 */
typedef enum err dump_visit(void *context, enum kind kind,
                            const struct stored *stored, struct error *error);
enum err dump_read(FILE *file, dump_visit *visit, void *context,
                   struct sums *sums, struct error *error) MUST_CHECK;

#endif
