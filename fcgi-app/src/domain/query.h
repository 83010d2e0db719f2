/* Which tasks, in which order, from where: what a list asks of the store. */
#ifndef STEADY_DOMAIN_QUERY_H
#define STEADY_DOMAIN_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "base/time.h"

struct task;

enum {
    PAGE_LIMIT_DEFAULT = 50,
    PAGE_LIMIT_MAX = 200,
    /* A page ends early once its records hold this much text. */
    PAGE_BYTES_MAX = 1024 * 1024
};

/* Each orders by one number, ties by id; `-` in the API turns it round. */
enum task_sort {
    SORT_ORDER,
    SORT_DUE, /* due_key: without a date last */
    SORT_PRIORITY,
    SORT_CREATED,
    SORT_UPDATED,
    SORT_COMPLETED, /* only completed tasks */
    SORT_DELETED    /* only the trash */
};

enum tristate { ANY = -1, NO = 0, YES = 1 };

/* Where a page starts: after the record with this sort value and id. */
struct task_cursor {
    bool set;
    double order;   /* for SORT_ORDER */
    int64_t number; /* for all others */
    struct id id;
};

struct task_query {
    struct id owner;
    bool by_list, by_parent;
    struct id list_id;   /* none with by_list: the inbox */
    struct id parent_id; /* none with by_parent: no subtasks */
    struct id trash_id;  /* none: any */
    struct str tag;      /* none: any; compared byte for byte */
    int priority;        /* ANY or enum priority */
    enum tristate completed;
    bool deleted; /* false: not in the trash; true: only the trash */
    /*
     * Due between two days, inclusive; DATE_NONE leaves that side open (and
     * both none: no filter). A task whose due time has a zone is compared by
     * its instant instead, due_from_at <= due_at < due_before_at.
     */
    int32_t due_from, due_to;
    int64_t due_from_at, due_before_at;
    int32_t start_to; /* DATE_NONE: any; else start is none or <= it */
    enum task_sort sort;
    bool descending;
    size_t limit; /* 1 to PAGE_LIMIT_MAX */
    struct task_cursor cursor;
};

void task_query_init(struct task_query *query, struct id owner);
/* Where the page after this record starts, in this order. */
struct task_cursor task_cursor_after(enum task_sort sort,
                                     const struct task *last);

/*
 * Cursors and change tokens travel as base64url. They are opaque, but not
 * secret: they hold a sort value, an id and, for a cursor, the sort it is
 * for; decoding one of another sort is ERR_SYNTAX.
 */
struct str cursor_encode(struct arena *arena, enum task_sort sort,
                         bool descending, const struct task_cursor *cursor);
enum err cursor_decode(struct str text, enum task_sort sort, bool descending,
                       struct task_cursor *out, struct error *error)
    MUST_CHECK;

/* Position in the feed of changes: after (updated_at, id). */
struct change_token {
    int64_t updated_at; /* the database's clock, ms */
    struct id id;       /* none: before every record of that instant */
};
struct str change_token_encode(struct arena *arena, struct change_token token);
enum err change_token_decode(struct str text, struct change_token *out,
                             struct error *error) MUST_CHECK;

#endif
