/*
 * A task: what it is made of, and the rules that need more than one field.
 * Nothing here does I/O.
 */
#ifndef STEADY_DOMAIN_TASK_H
#define STEADY_DOMAIN_TASK_H

#include "base/id.h"
#include "base/time.h"
#include "domain/schema.h"

enum {
    TASK_TITLE_MAX = 500,   /* code points, at least 1 */
    TASK_NOTES_MAX = 16384, /* code points */
    TASK_TAGS_MAX = 50,
    TASK_TAG_LEN_MAX = 50,     /* code points, at least 1 */
    TASK_RRULE_MAX = 500,      /* characters */
    TASK_ZONE_MAX = 64,        /* characters of an IANA name */
    TASK_DEPTH_MAX = 8,        /* a task, its subtask, and so on */
    TASKS_PER_USER_MAX = 100000,
    TASK_TRASH_DAYS = 30       /* in the trash before it is purged */
};
/* Both fit a double exactly, with room for halving between neighbours. */
#define TASK_ORDER_MAX 1e15
#define TASK_ORDER_STEP 1024.0

enum priority { PRIORITY_NONE, PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH };
enum recur_from { RECUR_FROM_DUE, RECUR_FROM_COMPLETION };

struct due {
    int32_t date;
    int32_t time;         /* TIME_NONE: the whole day */
    struct str time_zone; /* none: floats with the reader */
};

struct recurrence {
    struct str rrule; /* RFC 5545 section 3.3.10, without "RRULE:" */
    int from;         /* enum recur_from */
};

struct task {
    struct id id;
    struct id owner;
    struct str url; /* set by the API when it answers */
    int64_t version;
    struct str title, notes;
    bool completed;
    int64_t completed_at;
    struct id list_id;   /* none: the inbox */
    struct id parent_id; /* none: not a subtask */
    double order;
    int priority;
    struct strs tags;
    struct due due;
    int32_t start; /* a date; hidden from today's view before it */
    struct recurrence recurrence;
    int64_t completion_count; /* how often a recurring task was completed */
    int64_t last_completed_at;
    int64_t created_at, updated_at, deleted_at;
    /* Hidden: what the store's indexes need (task_derive keeps them). */
    bool deleted;
    int64_t purge_at;   /* when the trash lets go of it */
    struct id trash_id; /* the deletion that put it there */
    int64_t due_key;    /* date * 10000 + minute + 1; TASK_DUE_KEY_NONE */
    int64_t due_at;     /* the instant, for a due time with a zone */
    struct strs title_words, notes_words; /* folded, see words.h */
};
#define TASK_DUE_KEY_NONE INT64_C(999999999999)

/* Order of task_schema's table. */
enum task_field {
    TASK_ID, TASK_OWNER, TASK_URL, TASK_VERSION, TASK_TITLE, TASK_NOTES,
    TASK_COMPLETED, TASK_COMPLETED_AT, TASK_LIST_ID, TASK_PARENT_ID,
    TASK_ORDER, TASK_PRIORITY, TASK_TAGS, TASK_DUE_DATE, TASK_DUE_TIME,
    TASK_DUE_ZONE, TASK_START, TASK_RRULE, TASK_RECUR_FROM,
    TASK_COMPLETION_COUNT, TASK_LAST_COMPLETED_AT, TASK_CREATED_AT,
    TASK_UPDATED_AT, TASK_DELETED_AT, TASK_DELETED, TASK_PURGE_AT,
    TASK_TRASH_ID, TASK_DUE_KEY, TASK_DUE_AT, TASK_TITLE_WORDS,
    TASK_NOTES_WORDS, TASK_FIELD_COUNT
};

#define TASK_DUE_FIELDS \
    (FIELD_BIT(TASK_DUE_DATE) | FIELD_BIT(TASK_DUE_TIME) | \
     FIELD_BIT(TASK_DUE_ZONE))
#define TASK_RECUR_FIELDS \
    (FIELD_BIT(TASK_RRULE) | FIELD_BIT(TASK_RECUR_FROM))
#define TASK_TRASH_FIELDS \
    (FIELD_BIT(TASK_DELETED) | FIELD_BIT(TASK_DELETED_AT) | \
     FIELD_BIT(TASK_PURGE_AT) | FIELD_BIT(TASK_TRASH_ID))

extern const struct schema task_schema;

/*
 * Rules between fields: a time needs a date, a zone needs a time and must
 * exist, a recurrence needs a due date and must be one that we can follow.
 * Reports all that is broken, with pointers below prefix.
 */
enum err task_check(const struct task *task, const char *prefix,
                    struct error *error) MUST_CHECK;
/*
 * Recomputes the hidden fields that depend on `fields` and returns the bitmap
 * with those added. Call it after every change and before the store.
 */
uint64_t task_derive(struct arena *arena, struct task *task, uint64_t fields);
/*
 * Completes the task at `now`: a recurring one moves to its next occurrence
 * (due and start together, COUNT reduced), stays open and remembers the
 * completion; any other, or the last of a series, becomes completed. zone is
 * the reader's, for "from": "completion" of a due time without a zone. Returns
 * the bitmap of what changed: 0 for a task that is completed already. The
 * caller passes it through task_derive.
 */
uint64_t task_complete(struct arena *arena, struct task *task, int64_t now,
                       struct str zone);
uint64_t task_reopen(struct task *task);
/*
 * The due dates that completions of a task, which has passed task_check and
 * recurs, would lead to: the first completion on `completed_on`, each other
 * on its due date. That matters "from": "completion" only. Returns how many;
 * fewer than `max` when the series ends.
 */
size_t task_preview(struct arena *arena, struct task task,
                    int32_t completed_on, int32_t *dates,
                    size_t max) MUST_CHECK;

#endif
