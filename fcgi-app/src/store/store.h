/*
 * How records are kept: the one interface behind which MongoDB and SQLite
 * stand. What an operation means is defined by tests/contract, which runs
 * against both.
 *
 * - A write is acknowledged (ERR_NONE) only when it is durable: majority and
 *   journal, or a synced commit.
 * - ERR_UNAVAILABLE (with retry_after) says that it is unknown whether the
 *   write took place: repeat it with the same op mark. ERR_FULL: no space,
 *   nothing changed.
 * - Every record of a person is addressed by a key that begins with the
 *   owner, so no operation can reach another person's by mistake.
 * - Results live in the arena that is given. A store belongs to one process
 *   and one thread.
 * - created_at, updated_at and version of versioned kinds are kept by the
 *   store, with the database's clock.
 */
#ifndef STEADY_STORE_STORE_H
#define STEADY_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "domain/account.h"
#include "domain/list.h"
#include "domain/query.h"
#include "domain/task.h"

enum { STORE_SCHEMA_VERSION = 1 };

enum kind {
    KIND_USER, KIND_SESSION, KIND_TOKEN, KIND_LIST, KIND_TASK, KIND_COUNT
};
const struct schema *kind_schema(enum kind kind);

/* owner and id for lists and tasks, id for users, hash for the other two. */
struct key {
    uint8_t bytes[32];
    size_t len; /* 16 or 32 */
};
struct key key_owned(struct id owner, struct id id);
struct key key_id(struct id id);
struct key key_hash(struct hash hash);
/* The key of a record of this kind, from its fields. */
struct key key_of(enum kind kind, const void *record);

/* Marks a write so that its repetition is recognised: hash of its
 * Idempotency-Key. The last OP_MARKS_KEPT of a record are remembered in it. */
enum { OP_MARKS_KEPT = 16, OP_MARK_BYTES = 16 };
struct op_mark {
    bool set;
    uint8_t bytes[OP_MARK_BYTES];
};
/* Those that a record remembers, the newest last. */
struct op_marks {
    size_t len;
    uint8_t bytes[OP_MARKS_KEPT][OP_MARK_BYTES];
};

enum write_effect {
    WRITE_DONE,
    WRITE_REPEATED, /* this op mark was applied before; out is what is now */
    WRITE_EXISTED   /* create: the key is there, by another op or none */
};

/* One atomic change of one record. */
struct change {
    struct key key;
    int64_t if_version;    /* 0: any */
    uint64_t fields;       /* bitmap over the kind's schema */
    const void *values;    /* a record; only `fields` of it are read */
    enum tristate deleted; /* lists and tasks: what it must be before */
    struct op_mark op;
};

/* What a deletion or restoration writes to many tasks. */
struct trash_mark {
    bool deleted;
    int64_t deleted_at, purge_at; /* INSTANT_NONE when restored */
    struct id trash_id;           /* none when restored */
};

struct task_page {
    struct task *items;
    size_t len;
    bool more; /* there is a record after the last one */
};
struct list_page {
    struct list *items;
    size_t len;
};
struct session_page {
    struct session *items;
    size_t len;
};
struct token_page {
    struct token *items;
    size_t len;
};
struct user_page {
    struct user *items;
    size_t len;
};

/* Tasks not in the trash, per list (none: the inbox). */
struct list_count {
    struct id list_id;
    int64_t open, total;
};
struct list_counts {
    struct list_count *items;
    size_t len;
};
struct tag_count {
    struct str name;
    int64_t open, total;
};
struct tag_counts { /* by name, bytewise */
    struct tag_count *items;
    size_t len;
};

struct change_page {
    struct task_page tasks;
    struct list_page lists;
    struct change_token next; /* what to ask with the next time */
    bool more;                /* ask again at once */
};

/* The kept answer of a write, sealed by the service; opaque here. */
struct outcome {
    uint8_t fingerprint[16]; /* of the request */
    struct str sealed;       /* at most OUTCOME_BYTES_MAX */
    int64_t expires_at;
};
enum { OUTCOME_BYTES_MAX = 512 * 1024 };

/* Return false to end the visit early. */
typedef bool record_visit(void *context, const void *record);

/* All that a store keeps of a record: for copies and dumps. */
struct stored {
    const void *record;
    struct op_marks marks;
};
typedef bool stored_visit(void *context, const struct stored *stored);

struct store_stats {
    int64_t records[KIND_COUNT];
};

/*
 * Who is told of changes while a store is watched. Positions grow with time
 * and mean the same to all processes that watch one database.
 */
struct store_watcher {
    /* Whatever has changed after `since` will be told; at each start. */
    void (*begins)(void *context, uint64_t since);
    /* Tasks or lists of the owner have changed. Nothing comes too late or is
     * left out; the same may come twice. */
    void (*changed)(void *context, struct id owner, uint64_t at);
    void *context;
};

struct store;
struct store_ops {
    const char *name; /* "mongodb", "sqlite" */
    void (*close)(struct store *);
    /* Does the database answer, and would it take a write? For /readyz. */
    enum err (*ping)(struct store *, struct error *);
    /* Creates what is missing: collections, tables, indexes. Repeatable;
     * a store of a newer schema is refused. */
    enum err (*migrate)(struct store *, struct error *);
    /* All there and of this version? SQLite: integrity too when `deep`. */
    enum err (*check)(struct store *, bool deep, struct error *);
    enum err (*stats)(struct store *, struct store_stats *, struct error *);
    /* Removes at most `limit` of each thing that has expired: trash past its
     * purge_at, sessions, outcomes, throttles. */
    enum err (*purge)(struct store *, int64_t now, size_t limit,
                      int64_t *removed, struct error *);

    /* Inserts; on WRITE_REPEATED and WRITE_EXISTED *out is what is there.
     * ERR_EXISTS when another unique value (an email_key) is taken. */
    enum err (*create)(struct store *, struct arena *, enum kind,
                       const void *record, struct op_mark, void *out,
                       enum write_effect *, struct error *);
    enum err (*get)(struct store *, struct arena *, enum kind, struct key,
                    void *out, struct error *);
    /* ERR_NOT_FOUND (also when `deleted` does not fit), ERR_STALE with the
     * current record in *out, ERR_EXISTS as for create. */
    enum err (*update)(struct store *, struct arena *, enum kind,
                       const struct change *, void *out, enum write_effect *,
                       struct error *);
    /* ERR_NONE also when there was none. Not for lists and tasks. */
    enum err (*remove)(struct store *, enum kind, struct key, struct error *);

    /* Tasks. In the order and from the cursor of the query. */
    enum err (*task_list)(struct store *, struct arena *,
                          const struct task_query *, struct task_page *,
                          struct error *);
    /* Moves what the query selects (not its sort, limit, cursor) into the
     * trash or out of it. Repeatable: only tasks in the other state change. */
    enum err (*task_trash)(struct store *, const struct task_query *,
                           const struct trash_mark *, int64_t *changed,
                           struct error *);
    /* Every task of the owner, not in the trash, in which each term begins a
     * word; completed filters. In no particular order; visit gets a record
     * that lives until it returns. */
    enum err (*task_search)(struct store *, struct id owner,
                            struct strs terms, enum tristate completed,
                            record_visit *visit, void *context,
                            struct error *);
    /* Number of the owner's tasks, trash included, counted up to max. */
    enum err (*task_count)(struct store *, struct id owner, int64_t max,
                           int64_t *count, struct error *);
    enum err (*list_counts)(struct store *, struct arena *, struct id owner,
                            struct list_counts *, struct error *);
    enum err (*tag_counts)(struct store *, struct arena *, struct id owner,
                           struct tag_counts *, struct error *);
    /* On every task that has `from`, trash included; `to` none removes it,
     * one that the task has already merges. */
    enum err (*tag_rename)(struct store *, struct id owner, struct str from,
                           struct str to, int64_t *changed, struct error *);

    /* All lists of the owner in or not in the trash, by (order, id). */
    enum err (*list_all)(struct store *, struct arena *, struct id owner,
                         bool deleted, struct list_page *, struct error *);

    /* Tasks and lists changed after `since` (updated_at, id), oldest first,
     * together at most `limit`; trash included. `next` is the position of
     * the last one while there are more, else the database's clock less an
     * overlap that covers writes in flight, or `since` where that was such an
     * instant and nothing came. It may lie before `since`; what comes twice is
     * known by its version. */
    enum err (*changes)(struct store *, struct arena *, struct id owner,
                        struct change_token since, size_t limit,
                        struct change_page *, struct error *);

    /*
     * Tells of changes by whomever as they are made, within half a second;
     * returns only with an error. *position: 0, or as an earlier call left
     * it, to go on from there. It keeps the store to itself.
     */
    enum err (*watch)(struct store *, uint64_t *position,
                      const struct store_watcher *, struct error *);

    /* Accounts. */
    enum err (*user_by_email)(struct store *, struct arena *,
                              struct str email_key, struct user *,
                              struct error *);
    /* By id. */
    enum err (*user_all)(struct store *, struct arena *, struct user_page *,
                         struct error *);
    /* Takes the place of the first account, once for the whole store; false
     * if another user has it, or took it less than a minute ago and may yet
     * come to be. Repeatable with the same id; user_erase frees it. */
    enum err (*claim_first)(struct store *, struct id user, bool *first,
                            struct error *);
    /* Sessions and tokens: oldest first (created_at, id). */
    enum err (*session_all)(struct store *, struct arena *, struct id user,
                            struct session_page *, struct error *);
    enum err (*token_all)(struct store *, struct arena *, struct id user,
                          struct token_page *, struct error *);
    /* Ends every session of the user but `keep` (all zero: every one). */
    enum err (*session_end_all)(struct store *, struct id user,
                                struct hash keep, struct error *);
    /* Everything of the user: tasks, lists, tokens, outcomes, sessions but
     * `keep` (all zero: every one), and the user last. Repeatable. */
    enum err (*user_erase)(struct store *, struct id user, struct hash keep,
                           struct error *);

    /* ERR_NOT_FOUND when there is none or it has expired. */
    enum err (*outcome_get)(struct store *, struct arena *, struct id owner,
                            struct op_mark, int64_t now, struct outcome *,
                            struct error *);
    /* The first one stays: a second for the same mark changes nothing, and
     * *first is false. */
    enum err (*outcome_put)(struct store *, struct id owner, struct op_mark,
                            const struct outcome *, bool *first,
                            struct error *);

    /* Counts an attempt within a window that starts with the first one;
     * gives the count, this one included, and the window's end. */
    enum err (*throttle_hit)(struct store *, struct hash subject, int64_t now,
                             int64_t window_ms, int64_t *count, int64_t *ends,
                             struct error *);
    enum err (*throttle_clear)(struct store *, struct hash subject,
                               struct error *);

    /*
     * For copies and dumps. `each`: every record of a kind in the order of
     * keys. It sees changes made meanwhile, but from snapshot_begin to
     * snapshot_end it gives all that was acknowledged before the former, and
     * nothing later. MongoDB keeps that for 5 minutes unless it is told
     * otherwise; `each` says ERR_GONE after that.
     */
    enum err (*each)(struct store *, enum kind, stored_visit *visit,
                     void *context, struct error *);
    enum err (*snapshot_begin)(struct store *, struct error *);
    void (*snapshot_end)(struct store *);
    /* Puts records as they are, version and instants included, over those
     * with the same key. Repeatable; when it fails, some may be there. */
    enum err (*put)(struct store *, enum kind, const struct stored *items,
                    size_t len, struct error *);
    /*
     * Fills a store: what is put between the two becomes the store's content
     * as a whole, or nothing of it does. load_begin migrates, and wants an
     * empty store (else ERR_EXISTS); what a killed load left behind is none
     * of its content, and goes. load_end with an error takes everything back
     * and returns that error. Nothing else may write meanwhile.
     */
    enum err (*load_begin)(struct store *, struct error *);
    enum err (*load_end)(struct store *, enum err, struct error *);
};

/* What a store has asked of its database since somebody set it to zero. */
struct store_work {
    int64_t us;   /* spent waiting for the database */
    bool refused; /* MongoDB: the breaker let something not through */
};

/* Embedded at the start of each implementation's own struct. */
struct store {
    const struct store_ops *ops;
    struct store_work work;
};

struct store_config {
    const char *mongodb_uri; /* NULL or "": SQLite */
    const char *data_dir;    /* SQLite: the folder of steady.db */
    bool create;             /* SQLite: a missing file may be made */
};

/*
 * Opens without migrating. *out is owned by the caller: store_close. A bad
 * URI, an unwritable folder: an error whose detail says what to do. MongoDB
 * need not answer yet.
 */
enum err store_open(const struct store_config *config, struct store **out,
                    struct error *error) MUST_CHECK;
void store_close(struct store *store); /* NULL is fine */
/* Whether this program can open a mongodb_uri: store_no_mongo.c. */
bool store_has_mongo(void);
/* ERR_EXISTS unless it holds no record. */
enum err store_require_empty(struct store *store,
                             struct error *error) MUST_CHECK;

/* Implementations, for store_open only. */
enum err store_mongo_open(const char *uri, struct store **out,
                          struct error *error) MUST_CHECK;
enum err store_sqlite_open(const char *data_dir, bool create,
                           struct store **out, struct error *error) MUST_CHECK;

#endif
