/*
 * What the files of the SQLite store share. One table a kind, made from the
 * schema: a column for each stored field, then `ops`, the write marks. The
 * primary key is (owner, id), (id) or (hash). Beside them: task_words for
 * search, outcomes, throttles, and meta, which holds the clock and the first
 * account's place.
 *
 * Texts of SQL are made of constants of the code only; every value is bound.
 */
#ifndef STEADY_STORE_STORE_SQLITE_H
#define STEADY_STORE_STORE_SQLITE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "store/store.h"

enum {
    SQLITE_BUSY_MS = 5000,     /* how long a write waits for the others */
    SQLITE_BATCH = 500,        /* rows of one transaction of a bulk write */
    SQLITE_STATEMENTS_MAX = 64,
    SQLITE_TEXT_MAX = 16 * 1024, /* bytes of one SQL text */
    SQLITE_OVERLAP_MS = 10 * SECOND_MS, /* see store.h, changes */
    SQLITE_CLAIM_MS = MINUTE_MS         /* see store.h, claim_first */
};
#define SQLITE_FILE "steady.db"
#define SQLITE_MARKER "steady.marker"

struct sqlite_table {
    const struct schema *schema;
    const char *key_columns; /* "owner, id" */
    const char *key_match;   /* WHERE, with the key as ?1 */
    char *columns;         /* of the stored fields, in order; owned */
    /* Where the fields that the store keeps stand in the schema, or -1. */
    int version, created_at, updated_at, deleted;
};

struct sqlite_cached {
    sqlite3_stmt *statement;
    uint64_t hash; /* of its text */
    uint64_t used; /* when, counted in uses */
};

struct store_sqlite {
    struct store base;
    sqlite3 *db;
    struct sqlite_table tables[KIND_COUNT];
    struct sqlite_cached cache[SQLITE_STATEMENTS_MAX];
    uint64_t uses;
};

struct store_sqlite *sqlite_of(struct store *store);

/* ---- Statements: store_sqlite_sql.c ---- */

/* A prepared statement of the cache, from sql_open to sql_close. A text can
 * be open once at a time. Values are bound in order; they must outlive it. */
struct sql {
    struct store_sqlite *sqlite;
    sqlite3_stmt *statement;
    int bound;
};

enum err sql_open(struct store_sqlite *sqlite, const char *text,
                  struct sql *sql, struct error *error) MUST_CHECK;
/* The same with a text that was built; releases the buffer. */
enum err sql_open_buf(struct store_sqlite *sqlite, struct buf *text,
                      struct sql *sql, struct error *error) MUST_CHECK;
void sql_close(struct sql *sql); /* also after a failed sql_open */
void sql_bind_int(struct sql *sql, int64_t n);
void sql_bind_number(struct sql *sql, double n);
void sql_bind_instant(struct sql *sql, int64_t ms); /* none is NULL */
void sql_bind_blob(struct sql *sql, const void *bytes, size_t len);
void sql_bind_id(struct sql *sql, struct id id);
void sql_bind_text(struct sql *sql, struct str s); /* none is NULL */
void sql_bind_key(struct sql *sql, struct key key);
/* *row: there is one to read; false at the end. */
enum err sql_step(struct sql *sql, bool *row, struct error *error) MUST_CHECK;
/* To the end, rows unread, and closes it. */
enum err sql_run(struct sql *sql, struct error *error) MUST_CHECK;
/* A statement without values. */
enum err sql_do(struct store_sqlite *sqlite, const char *text,
                struct error *error) MUST_CHECK;
/* Rows that the last INSERT, UPDATE or DELETE touched. */
int64_t sql_changed(struct store_sqlite *sqlite);
/* 16 zero bytes where the column does not hold an id. */
struct id sql_id(struct sql *sql, int column);

/* Begins a write; sql_end commits it (err none) or takes it back. */
enum err sql_begin(struct store_sqlite *sqlite,
                   struct error *error) MUST_CHECK;
enum err sql_end(struct store_sqlite *sqlite, enum err err,
                 struct error *error) MUST_CHECK;
/* Within a write: the file's clock moves on to the host's, by 1 ms at least,
 * so that no write has an instant at which the feed has been read. */
enum err sql_tick(struct store_sqlite *sqlite, int64_t *now,
                  struct error *error) MUST_CHECK;
/* The clock for a reader. */
enum err sql_now(struct store_sqlite *sqlite, int64_t *now,
                 struct error *error) MUST_CHECK;
/* ERR_UNAVAILABLE when the file is no longer at its path. */
enum err sql_check_file(struct store_sqlite *sqlite,
                        struct error *error) MUST_CHECK;
/* Logs what SQLite said last and puts it into the program's words. */
enum err sql_fail(struct store_sqlite *sqlite, struct error *error);

/* ---- Rows: store_sqlite_row.c ---- */

void sqlite_tables_init(struct store_sqlite *sqlite);
void sqlite_tables_release(struct store_sqlite *sqlite);
bool sqlite_is_stored(const struct field *field);
void sqlite_bind_field(struct sql *sql, const struct field *field,
                       const void *record);
/* Columns from 0, in the order of sqlite_table's columns. */
void sqlite_read_row(struct sql *sql, const struct schema *schema,
                     struct arena *arena, void *record);
/* Bytes of text in a record, for PAGE_BYTES_MAX. */
size_t sqlite_text_bytes(const struct schema *schema, const void *record);
/* A set of strings as it is kept: each after a NUL, one more at the end, so
 * that a tag is found as bytes. Nothing for the empty set. */
struct str sqlite_pack(struct arena *arena, struct strs set);
struct strs sqlite_unpack(struct arena *arena, const void *bytes, size_t len);
/* Every row of an open statement into an array of the arena; closes it. */
enum err sqlite_collect(struct sql *sql, enum kind kind, struct arena *arena,
                        void **items, size_t *len,
                        struct error *error) MUST_CHECK;

/* ---- Words: store_sqlite_words.c ---- */

/* Makes task_words follow; NULL for no task before or after. */
enum err sqlite_words_follow(struct store_sqlite *sqlite,
                             const struct task *before,
                             const struct task *after,
                             struct error *error) MUST_CHECK;

/* ---- Schema: store_sqlite_schema.c ---- */

enum err sqlite_schema_version(struct store_sqlite *sqlite, int64_t *version,
                               struct error *error) MUST_CHECK;
enum err sqlite_migrate(struct store *store, struct error *error);
enum err sqlite_check(struct store *store, bool deep, struct error *error);

/* ---- The text of a task query: store_sqlite_filter.c ---- */

/* Parameters after those of the query, for a statement around it. */
enum { SQLITE_PARAM_LIMIT = 16, SQLITE_PARAM_FREE = 17 };
/* SELECT of a page, one row more than the limit. */
void sqlite_list_text(struct store_sqlite *sqlite,
                      const struct task_query *query, struct buf *text);
/* SELECT id of at most SQLITE_BATCH tasks that the filters choose. */
void sqlite_choose_text(const struct task_query *query, struct buf *text);
/* Binds 1 to SQLITE_PARAM_LIMIT; the arena holds the packed tag. */
void sqlite_bind_query(struct sql *sql, struct arena *arena,
                       const struct task_query *query, size_t limit);

/* ---- Operations ---- */

/* store_sqlite_record.c */
enum err sqlite_create(struct store *store, struct arena *arena,
                       enum kind kind, const void *record,
                       struct op_mark op, void *out,
                       enum write_effect *effect, struct error *error);
enum err sqlite_get(struct store *store, struct arena *arena, enum kind kind,
                    struct key key, void *out, struct error *error);
enum err sqlite_update(struct store *store, struct arena *arena,
                       enum kind kind, const struct change *change,
                       void *out, enum write_effect *effect,
                       struct error *error);
enum err sqlite_remove(struct store *store, enum kind kind, struct key key,
                       struct error *error);
/* For the other files: a record and its marks by its key. */
enum err sqlite_find(struct store_sqlite *sqlite, struct arena *arena,
                     enum kind kind, struct key key, void *record,
                     struct op_marks *marks, bool *found,
                     struct error *error) MUST_CHECK;
/* INSERT; with `replace` over a record of the same key. */
enum err sqlite_insert(struct store_sqlite *sqlite, enum kind kind,
                       const void *record, const struct op_marks *marks,
                       bool replace, struct error *error) MUST_CHECK;
/* Of the column `ops`, the last one. */
void sqlite_read_marks(struct sql *sql, struct op_marks *marks);

/* store_sqlite_copy.c */
enum err sqlite_each(struct store *store, enum kind kind,
                     stored_visit *visit, void *context,
                     struct error *error);
enum err sqlite_snapshot_begin(struct store *store, struct error *error);
void sqlite_snapshot_end(struct store *store);
enum err sqlite_put(struct store *store, enum kind kind,
                    const struct stored *items, size_t len,
                    struct error *error);
enum err sqlite_load_begin(struct store *store, struct error *error);
enum err sqlite_load_end(struct store *store, enum err err,
                         struct error *error);

/* store_sqlite_task.c */
enum err sqlite_task_list(struct store *store, struct arena *arena,
                          const struct task_query *query,
                          struct task_page *page, struct error *error);
enum err sqlite_task_trash(struct store *store,
                           const struct task_query *query,
                           const struct trash_mark *mark, int64_t *changed,
                           struct error *error);
enum err sqlite_task_count(struct store *store, struct id owner, int64_t max,
                           int64_t *count, struct error *error);
enum err sqlite_list_counts(struct store *store, struct arena *arena,
                            struct id owner, struct list_counts *counts,
                            struct error *error);

/* store_sqlite_words.c */
enum err sqlite_task_search(struct store *store, struct id owner,
                            struct strs terms, enum tristate completed,
                            record_visit *visit, void *context,
                            struct error *error);

/* store_sqlite_tags.c */
enum err sqlite_tag_counts(struct store *store, struct arena *arena,
                           struct id owner, struct tag_counts *counts,
                           struct error *error);
enum err sqlite_tag_rename(struct store *store, struct id owner,
                           struct str from, struct str to, int64_t *changed,
                           struct error *error);

/* store_sqlite_feed.c */
enum err sqlite_list_all(struct store *store, struct arena *arena,
                         struct id owner, bool deleted,
                         struct list_page *page, struct error *error);
enum err sqlite_changes(struct store *store, struct arena *arena,
                        struct id owner, struct change_token since,
                        size_t limit, struct change_page *page,
                        struct error *error);

/* store_sqlite_watch.c */
enum err sqlite_watch(struct store *store, uint64_t *position,
                      const struct store_watcher *watcher,
                      struct error *error);

/* store_sqlite_account.c */
enum err sqlite_user_by_email(struct store *store, struct arena *arena,
                              struct str email_key, struct user *user,
                              struct error *error);
enum err sqlite_user_all(struct store *store, struct arena *arena,
                         struct user_page *page, struct error *error);
enum err sqlite_claim_first(struct store *store, struct id user, bool *first,
                            struct error *error);
enum err sqlite_session_all(struct store *store, struct arena *arena,
                            struct id user, struct session_page *page,
                            struct error *error);
enum err sqlite_token_all(struct store *store, struct arena *arena,
                          struct id user, struct token_page *page,
                          struct error *error);
enum err sqlite_session_end_all(struct store *store, struct id user,
                                struct hash keep, struct error *error);
enum err sqlite_outcome_get(struct store *store, struct arena *arena,
                            struct id owner, struct op_mark mark,
                            int64_t now, struct outcome *outcome,
                            struct error *error);
enum err sqlite_outcome_put(struct store *store, struct id owner,
                            struct op_mark mark,
                            const struct outcome *outcome, bool *first,
                            struct error *error);
enum err sqlite_throttle_hit(struct store *store, struct hash subject,
                             int64_t now, int64_t window_ms, int64_t *count,
                             int64_t *ends, struct error *error);
enum err sqlite_throttle_clear(struct store *store, struct hash subject,
                               struct error *error);

/* store_sqlite_purge.c */
enum err sqlite_stats(struct store *store, struct store_stats *stats,
                      struct error *error);
enum err sqlite_purge(struct store *store, int64_t now, size_t limit,
                      int64_t *removed, struct error *error);
enum err sqlite_user_erase(struct store *store, struct id user,
                           struct hash keep, struct error *error);

#endif
