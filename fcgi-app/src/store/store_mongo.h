/*
 * What the files of the MongoDB store share. Nothing outside store_mongo*.c
 * and the tests of this store includes it.
 *
 * A document is the record's fields under their column names (schema.h), in
 * the order of the table, without those that are none; plus `_id` (the key),
 * `owner` (kinds owned by a person, for the indexes), `ops` (the last op
 * marks) and `schema_version`. Ids are binary, none is 16 zero bytes; sets
 * are left out when empty.
 */
#ifndef STEADY_STORE_STORE_MONGO_H
#define STEADY_STORE_STORE_MONGO_H

#include <mongoc/mongoc.h>

#include "store/store.h"
#include "store/store_mongo_breaker.h"

#define MONGO_DATABASE "steady" /* unless the URI names one */

enum {
    MONGO_MAX_TIME_MS = 4000, /* of a command; below socketTimeoutMS */
    MONGO_PING_MS = 2000,     /* in all */
    MONGO_BATCH = 1000,       /* records of one step of a long write */
    MONGO_STEPS_MS = 20000,   /* all steps; below the worker's watchdog */
    MONGO_RETRY_AFTER = 2,    /* s */
    MONGO_FIELDS_MAX = 64,
    MONGO_CHANGES_OVERLAP_MS = 10 * SECOND_MS,
    MONGO_CLAIM_MS = MINUTE_MS /* longer than any sign-up takes */
};

/* What is worked out once of a schema. */
struct mongo_kind {
    const struct schema *schema;
    const char *collection;
    void *blank; /* a record without any value: owned */
    char names[MONGO_FIELDS_MAX][64];
    uint64_t kept; /* bitmap: fields the store itself keeps */
};

/* A cluster time. */
struct mongo_time {
    uint32_t seconds, increment;
};

struct store_mongo {
    struct store base;
    mongoc_uri_t *uri;
    mongoc_client_pool_t *pool;
    mongoc_client_t *client; /* popped once, for life */
    mongoc_read_prefs_t *primary;
    char *database;
    struct breaker breaker;
    struct mongo_time snapshot; /* of `each`; 0: the newest there is */
    struct id load;             /* the token of the one that runs */
    struct mongo_kind kinds[KIND_COUNT];
};

struct store_mongo *mongo_of(struct store *store);

/* ---- store_mongo_run.c: commands ---------------------------------------- */

enum mongo_mode {
    MONGO_READ,  /* repeated once by the driver */
    MONGO_WRITE, /* findAndModify: repeated once by the driver */
    MONGO_MANY,  /* a write of many documents: repeated once here, so it must
                    be one that can be */
    MONGO_SNAPSHOT, /* a read with its own concern, repeated once here */
    MONGO_PLAIN  /* neither concern, no repetition */
};

/* Names the request that a command or its options serve, for the log and the
 * profiler of the server; without a request it does nothing. */
void mongo_comment(bson_t *command);
/* Begins {name: collection, maxTimeMS: ..., comment: ...}. */
void mongo_command(bson_t *command, const char *name, const char *collection);
/* May a command go out now? ERR_UNAVAILABLE while the breaker is open. */
enum err mongo_admit(struct store_mongo *mongo, struct error *error);
/* Runs it. reply is always initialised: bson_destroy it. */
enum err mongo_run(struct store_mongo *mongo, enum mongo_mode mode,
                   const bson_t *command, bson_t *reply, struct error *error);
/*
 * Runs a find through a cursor, however many documents there are. filter and
 * opts are those of mongoc_collection_find_with_opts; false ends it.
 */
typedef bool mongo_row(void *context, const bson_t *doc);
enum err mongo_find(struct store_mongo *mongo, const char *collection,
                    const bson_t *filter, const bson_t *opts, mongo_row *row,
                    void *context, struct error *error);
enum err mongo_aggregate(struct store_mongo *mongo, const char *collection,
                         const bson_t *pipeline, const char *hint,
                         mongo_row *row, void *context, struct error *error);
/* Records of a find, collected: mongo_rows_add is a mongo_row. */
struct mongo_rows {
    const struct mongo_kind *kind;
    struct arena *arena;
    void *items;
    size_t len, size;
};
bool mongo_rows_add(void *context, const bson_t *doc);
/* Room for one more of len items of `each` bytes: the old or a new array. */
void *mongo_grow(struct arena *arena, void *items, size_t len, size_t *size,
                 size_t each);
/* A server that takes writes, as monitoring knows it now; 0: none. */
uint32_t mongo_writable(struct store_mongo *mongo);
/* store_mongo_ping.c */
enum err mongo_ping(struct store *store, struct error *error);

/* findAndModify of one document by _id. query, update: see the command. */
struct mongo_modify {
    const char *collection;
    const bson_t *query;
    const bson_t *update;   /* NULL: remove */
    const bson_t *pipeline; /* instead of update: an array */
    bool upsert, key_only;  /* key_only: bring back no more than _id */
};
/* *value is the document as it is now (as it was, when removed), *found
 * whether there is one, *existed whether it was there before; the views point
 * into reply. A race of two upserts is repeated. */
enum err mongo_modify(struct store_mongo *mongo,
                      const struct mongo_modify *modify, bson_t *reply,
                      bson_t *value, bool *found, bool *existed,
                      struct error *error);

/* ---- store_mongo_errors.c ----------------------------------------------- */

/* Says what the driver's error is in the program's words, logs it, and tells
 * the breaker. ERR_EXISTS for a duplicate key. */
enum err mongo_fail(struct store_mongo *mongo, const bson_error_t *cause,
                    struct error *error);
/* Is it worth sending the same again at once? */
bool mongo_is_transient(const bson_error_t *cause, const bson_t *reply);
/* For mongoc_log_set_handler. */
void mongo_log(mongoc_log_level_t level, const char *domain,
               const char *message, void *context);

/* ---- store_mongo_bson.c: records as documents --------------------------- */

void mongo_kind_init(struct mongo_kind *kind, enum kind which);
void mongo_kind_release(struct mongo_kind *kind);

void mongo_append_bin(bson_t *doc, const char *name, const void *bytes,
                      size_t len);
void mongo_append_key(bson_t *doc, const char *name, struct key key);
void mongo_append_id(bson_t *doc, const char *name, struct id id);
void mongo_append_str(bson_t *doc, const char *name, struct str s);
/* One field's value under this name; nothing when it is none. */
void mongo_append_field(bson_t *doc, const char *name,
                        const struct field *field, const void *record);
/*
 * The whole record; marks may be NULL. all: with version and instants as they
 * are in it, else without created_at and updated_at and with version 1 (kinds
 * that have them).
 */
void mongo_append_record(bson_t *doc, const struct mongo_kind *kind,
                         const void *record, const struct op_marks *marks,
                         bool all);
/* Reads a document. What is missing or of a wrong type keeps its blank. */
void mongo_read_record(const struct mongo_kind *kind, struct arena *arena,
                       const bson_t *doc, void *record);
/* Bytes of its texts, against PAGE_BYTES_MAX. */
size_t mongo_text_bytes(const struct schema *schema, const void *record);
bool mongo_has_op(const bson_t *doc, struct op_mark op);
/* {_id: key} */
void mongo_key_filter(bson_t *filter, struct key key);
/* The first batch of a find's reply. */
bool mongo_first_batch(const bson_t *reply, bson_iter_t *docs);
bool mongo_doc_of(const bson_iter_t *iter, bson_t *doc); /* a view */
int64_t mongo_int_of(const bson_t *doc, const char *name, int64_t otherwise);
const char *mongo_text_of(const bson_t *doc, const char *name); /* or NULL */
bool mongo_bin_of(const bson_t *doc, const char *name, const uint8_t **bytes,
                  size_t *len);

/* ---- store_mongo_record.c ------------------------------------------------ */

enum err mongo_create(struct store *store, struct arena *arena,
                      enum kind kind, const void *record, struct op_mark op,
                      void *out, enum write_effect *effect,
                      struct error *error);
enum err mongo_get(struct store *store, struct arena *arena, enum kind kind,
                   struct key key, void *out, struct error *error);
enum err mongo_update(struct store *store, struct arena *arena,
                      enum kind kind, const struct change *change, void *out,
                      enum write_effect *effect, struct error *error);
enum err mongo_remove(struct store *store, enum kind kind, struct key key,
                      struct error *error);

/* ---- store_mongo_copy.c -------------------------------------------------- */

enum err mongo_each(struct store *store, enum kind kind, stored_visit *visit,
                    void *context, struct error *error);
enum err mongo_snapshot_begin(struct store *store, struct error *error);
void mongo_snapshot_end(struct store *store);
enum err mongo_put(struct store *store, enum kind kind,
                   const struct stored *items, size_t len,
                   struct error *error);
enum err mongo_load_begin(struct store *store, struct error *error);
enum err mongo_load_end(struct store *store, enum err err,
                        struct error *error);
/* ERR_INTERNAL while a load runs, or was killed. */
enum err mongo_refuse_load(struct store_mongo *mongo, struct error *error);

/* ---- store_mongo_filter.c: a query of tasks as a filter ------------------ */

/* Filter, sort, hint and limit of a list of tasks, appended to a find. */
void mongo_task_find(bson_t *command, const struct task_query *query);
/* What it selects, whatever its sort and cursor. */
void mongo_task_filter(bson_t *filter, const struct task_query *query);
/* The index for that. */
const char *mongo_task_index(const struct task_query *query);
/* True when nothing can match: the sort's own condition contradicts it. */
bool mongo_task_never(const struct task_query *query);
/* Field {<op>: value}, a one-member document. */
void mongo_append_op_id(bson_t *doc, const char *name, const char *op,
                        struct key key);

/* ---- store_mongo_query.c, store_mongo_feed.c ---------------------------- */

enum err mongo_task_list(struct store *store, struct arena *arena,
                         const struct task_query *query,
                         struct task_page *page, struct error *error);
enum err mongo_task_search(struct store *store, struct id owner,
                           struct strs terms, enum tristate completed,
                           record_visit *visit, void *context,
                           struct error *error);
/* The filter of one of its two finds, for the tests too. */
void mongo_search_filter(bson_t *filter, struct id owner, struct strs terms,
                         enum tristate completed, bool in_notes);
enum err mongo_task_count(struct store *store, struct id owner, int64_t max,
                          int64_t *count, struct error *error);
enum err mongo_list_all(struct store *store, struct arena *arena,
                        struct id owner, bool deleted, struct list_page *page,
                        struct error *error);
enum err mongo_list_counts(struct store *store, struct arena *arena,
                           struct id owner, struct list_counts *counts,
                           struct error *error);
enum err mongo_tag_counts(struct store *store, struct arena *arena,
                          struct id owner, struct tag_counts *counts,
                          struct error *error);
enum err mongo_changes(struct store *store, struct arena *arena,
                       struct id owner, struct change_token since,
                       size_t limit, struct change_page *page,
                       struct error *error);

/* ---- store_mongo_watch.c ------------------------------------------------- */

enum err mongo_watch(struct store *store, uint64_t *position,
                     const struct store_watcher *watcher,
                     struct error *error);

/* ---- store_mongo_many.c: writes of many documents ------------------------ */

enum err mongo_task_trash(struct store *store, const struct task_query *query,
                          const struct trash_mark *mark, int64_t *changed,
                          struct error *error);
enum err mongo_tag_rename(struct store *store, struct id owner,
                          struct str from, struct str to, int64_t *changed,
                          struct error *error);
enum err mongo_user_erase(struct store *store, struct id user,
                          struct hash keep, struct error *error);
enum err mongo_purge(struct store *store, int64_t now, size_t limit,
                     int64_t *removed, struct error *error);

/* ---- store_mongo_account.c ----------------------------------------------- */

enum err mongo_user_by_email(struct store *store, struct arena *arena,
                             struct str email_key, struct user *out,
                             struct error *error);
enum err mongo_user_all(struct store *store, struct arena *arena,
                        struct user_page *page, struct error *error);
enum err mongo_claim_first(struct store *store, struct id user, bool *first,
                           struct error *error);
enum err mongo_session_all(struct store *store, struct arena *arena,
                           struct id user, struct session_page *page,
                           struct error *error);
enum err mongo_token_all(struct store *store, struct arena *arena,
                         struct id user, struct token_page *page,
                         struct error *error);
enum err mongo_session_end_all(struct store *store, struct id user,
                               struct hash keep, struct error *error);
enum err mongo_outcome_get(struct store *store, struct arena *arena,
                           struct id owner, struct op_mark op, int64_t now,
                           struct outcome *out, struct error *error);
enum err mongo_outcome_put(struct store *store, struct id owner,
                           struct op_mark op, const struct outcome *outcome,
                           bool *first, struct error *error);
enum err mongo_throttle_hit(struct store *store, struct hash subject,
                            int64_t now, int64_t window_ms, int64_t *count,
                            int64_t *ends, struct error *error);
enum err mongo_throttle_clear(struct store *store, struct hash subject,
                              struct error *error);

/* ---- store_mongo_schema.c ------------------------------------------------ */

enum err mongo_migrate(struct store *store, struct error *error);
enum err mongo_check(struct store *store, bool deep, struct error *error);
enum err mongo_stats(struct store *store, struct store_stats *stats,
                     struct error *error);
/* Its version, 0 when there is none; ERR_UNAVAILABLE for a newer one. */
enum err mongo_stored_version(struct store_mongo *mongo, int64_t *version,
                              struct error *error);
/* The parts of migrate: is the server one that we can use, and the database
 * not a newer release's; the collections without their indexes; all of it. */
enum err mongo_suits(struct store_mongo *mongo, struct error *error);
enum err mongo_create_collections(struct store_mongo *mongo,
                                  struct error *error);
enum err mongo_prepare(struct store_mongo *mongo, struct error *error);

/* Names of indexes, as the hints of queries want them. */
#define INDEX_TASK_ORDER "order"
#define INDEX_TASK_LIST "list"
#define INDEX_TASK_PARENT "parent"
#define INDEX_TASK_TAG "tag"
#define INDEX_TASK_DUE "due"
#define INDEX_TASK_COMPLETED "completed"
#define INDEX_TASK_TRASH "trash"
#define INDEX_UPDATED "updated"
#define INDEX_TASK_TITLE "title_words"
#define INDEX_TASK_NOTES "notes_words"
#define INDEX_LIST_ORDER "order"
#define INDEX_EXPIRY "expiry"
#define INDEX_USER "user"
#define INDEX_OWNER "owner"
#define INDEX_EMAIL "email"

/* ---- store_mongo_members.c: who belongs to a replica set ----------------- */

/* Makes host:port a voting member unless it is one; *added says so. False and
 * *cause when that did not work (yet). The client's user must be allowed to. */
bool mongo_member_add(mongoc_client_t *client, const char *host, bool *added,
                      bson_error_t *cause);
/* Has it copied what the others have? */
bool mongo_member_in_step(mongoc_client_t *client, const char *host,
                          bson_error_t *cause);
/* 0 when it cannot be asked. */
size_t mongo_member_count(mongoc_client_t *client);

#endif
