/*
 * What the files of the SQLite store share. One database file, several
 * processes; each statement here is prepared once and kept.
 */
#ifndef STEADY_STORE_SQLITE_H
#define STEADY_STORE_SQLITE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "store/store.h"

enum {
    SQL_BYTES_MAX = 32 * 1024,
    SQL_BINDS_MAX = 96,
    SQL_CACHE_MAX = 64,
    SQL_BUSY_MS = 5000,
    CHANGES_OVERLAP_MS = 10 * SECOND_MS
};

struct sqlite_store {
    struct store base; /* first: a struct store is cast to this */
    sqlite3 *db;
    char *path; /* of steady.db */
    struct {
        char *sql;
        sqlite3_stmt *statement;
    } cache[SQL_CACHE_MAX];
    size_t cached;
};

/* A statement under construction: text with its values beside it. */
struct sql {
    struct buf text;
    struct {
        int type; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, _BLOB, _NULL */
        int64_t integer;
        double real;
        struct str bytes;
    } binds[SQL_BINDS_MAX];
    int n_binds;
};

void sql_init(struct sql *sql);
void sql_release(struct sql *sql);
void sql_add(struct sql *sql, const char *text); /* of the code's own */
/* Each appends the placeholder of its value. */
void sql_int(struct sql *sql, int64_t value);
void sql_real(struct sql *sql, double value);
void sql_text(struct sql *sql, struct str value); /* borrowed; none: NULL */
void sql_blob(struct sql *sql, const void *bytes, size_t len); /* borrowed */
void sql_id(struct sql *sql, const struct id *id);
void sql_key(struct sql *sql, const struct key *key);

/*
 * Prepares (or finds) the statement and binds the values. It is the store's:
 * step it, and sqlite_done when finished.
 */
enum err sqlite_start(struct sqlite_store *store, struct sql *sql,
                      sqlite3_stmt **statement, struct error *error)
    MUST_CHECK;
/* *row: there is one. */
enum err sqlite_step(struct sqlite_store *store, sqlite3_stmt *statement,
                     bool *row, struct error *error) MUST_CHECK;
void sqlite_done(sqlite3_stmt *statement);
/* Start, step to the end, done. */
enum err sqlite_run(struct sqlite_store *store, struct sql *sql,
                    struct error *error) MUST_CHECK;
/* The same for constant text. */
enum err sqlite_exec(struct sqlite_store *store, const char *text,
                     struct error *error) MUST_CHECK;
/* One number; `without` when there is no row or it is null. */
enum err sqlite_number(struct sqlite_store *store, struct sql *sql,
                       int64_t without, int64_t *out, struct error *error)
    MUST_CHECK;
/* What the database's last failure means for the caller. */
enum err sqlite_failed(struct sqlite_store *store, struct error *error);

/* BEGIN IMMEDIATE; then COMMIT if err is ERR_NONE, else ROLLBACK. */
enum err sqlite_begin(struct sqlite_store *store, struct error *error)
    MUST_CHECK;
enum err sqlite_end(struct sqlite_store *store, enum err err,
                    struct error *error) MUST_CHECK;

/* Rows, by the tables of the domain (store_sqlite_row.c). */
const char *sqlite_table(enum kind kind);
/* "key, owner?, ops, columns": words, which only search and copies need,
 * are left out without `words`. */
void sqlite_select(struct sql *sql, enum kind kind, bool words);
/* What sqlite_select asked for. ops is borrowed until the next step. */
void sqlite_read(sqlite3_stmt *statement, struct arena *arena, enum kind kind,
                 bool words, void *record, struct str *ops);
void sqlite_bind_field(struct sql *sql, struct arena *arena,
                       const struct field *field, const void *record);
bool sqlite_is_column(const struct field *field);
bool sqlite_is_words(const struct field *field);
size_t sqlite_text_bytes(enum kind kind, const void *record);
/* Sets of strings as bytes: for each its length in two bytes, its text. */
struct str sqlite_pack(struct arena *arena, struct strs set);

/* Operations, by file. */
enum err sqlite_migrate(struct store *, struct error *);
enum err sqlite_check(struct store *, bool deep, struct error *);
enum err sqlite_create(struct store *, struct arena *, enum kind, const void *,
                       struct op_mark, void *, enum write_effect *,
                       struct error *);
enum err sqlite_get(struct store *, struct arena *, enum kind, struct key,
                    void *, struct error *);
enum err sqlite_update(struct store *, struct arena *, enum kind,
                       const struct change *, void *, enum write_effect *,
                       struct error *);
enum err sqlite_remove(struct store *, enum kind, struct key, struct error *);
enum err sqlite_each(struct store *, enum kind, record_visit *, void *,
                     struct error *);
enum err sqlite_put(struct store *, enum kind, const void *, struct error *);
enum err sqlite_task_list(struct store *, struct arena *,
                          const struct task_query *, struct task_page *,
                          struct error *);
enum err sqlite_task_trash(struct store *, const struct task_query *,
                           const struct trash_mark *, int64_t *,
                           struct error *);
enum err sqlite_task_search(struct store *, struct id, struct strs,
                            enum tristate, record_visit *, void *,
                            struct error *);
enum err sqlite_task_count(struct store *, struct id, int64_t, int64_t *,
                           struct error *);
enum err sqlite_list_counts(struct store *, struct arena *, struct id,
                            struct list_counts *, struct error *);
enum err sqlite_tag_counts(struct store *, struct arena *, struct id,
                           struct tag_counts *, struct error *);
enum err sqlite_tag_rename(struct store *, struct id, struct str, struct str,
                           int64_t *, struct error *);
enum err sqlite_list_all(struct store *, struct arena *, struct id, bool,
                         struct list_page *, struct error *);
enum err sqlite_changes(struct store *, struct arena *, struct id,
                        struct change_token, size_t, struct change_page *,
                        struct error *);
enum err sqlite_user_by_email(struct store *, struct arena *, struct str,
                              struct user *, struct error *);
enum err sqlite_user_all(struct store *, struct arena *, struct user_page *,
                         struct error *);
enum err sqlite_claim_first(struct store *, struct id, bool *,
                            struct error *);
enum err sqlite_session_all(struct store *, struct arena *, struct id,
                            struct session_page *, struct error *);
enum err sqlite_token_all(struct store *, struct arena *, struct id,
                          struct token_page *, struct error *);
enum err sqlite_session_end_all(struct store *, struct id, struct hash,
                                struct error *);
enum err sqlite_user_erase(struct store *, struct id, struct error *);
enum err sqlite_outcome_get(struct store *, struct arena *, struct id,
                            struct op_mark, int64_t, struct outcome *,
                            struct error *);
enum err sqlite_outcome_put(struct store *, struct id, struct op_mark,
                            const struct outcome *, struct error *);
enum err sqlite_throttle_hit(struct store *, struct hash, int64_t, int64_t,
                             int64_t *, int64_t *, struct error *);
enum err sqlite_throttle_clear(struct store *, struct hash, struct error *);
enum err sqlite_purge(struct store *, int64_t, size_t, int64_t *,
                      struct error *);
enum err sqlite_stats(struct store *, struct store_stats *, struct error *);
enum err sqlite_ping(struct store *, struct error *);

#endif
