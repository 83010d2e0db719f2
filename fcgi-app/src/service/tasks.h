/* Use cases of tasks. */
#ifndef STEADY_SERVICE_TASKS_H
#define STEADY_SERVICE_TASKS_H

#include "service/service.h"

/*
 * Creates a task from the fields that are `present`. Without an order it goes
 * to the end. *effect tells a repetition (WRITE_REPEATED, same mark) from an
 * id that was there already (WRITE_EXISTED). ERR_INVALID for a list or parent
 * that is not the person's, ERR_LIMIT at TASKS_PER_USER_MAX (checked at one
 * create in 16, so it may be passed by a few).
 */
enum err tasks_create(const struct call *call, const struct task *values,
                      uint64_t present, struct task *out,
                      enum write_effect *effect, struct error *error)
    MUST_CHECK;
/* ERR_NOT_FOUND also for one in the trash. */
enum err tasks_get(const struct call *call, struct id id, struct task *out,
                   struct error *error) MUST_CHECK;
/*
 * Changes the fields that are present; completing a recurring task moves it
 * to its next occurrence. if_version 0 is any; ERR_STALE leaves the current
 * task in *out.
 */
enum err tasks_patch(const struct call *call, struct id id,
                     int64_t if_version, const struct task *values,
                     uint64_t present, struct task *out, struct error *error)
    MUST_CHECK;
/* Into the trash, with its subtasks; repeatable. */
enum err tasks_trash(const struct call *call, struct id id,
                     int64_t if_version, struct task *out,
                     struct error *error) MUST_CHECK;
/*
 * Out of the trash, with the subtasks that the same deletion took; one whose
 * parent or list is gone becomes top-level or goes to the inbox.
 */
enum err tasks_restore(const struct call *call, struct id id,
                       struct task *out, struct error *error) MUST_CHECK;
/* Everything that the query selects, with subtasks. */
enum err tasks_trash_query(const struct call *call,
                           const struct task_query *query, int64_t *changed,
                           struct error *error) MUST_CHECK;

enum move_to { MOVE_KEEP, MOVE_BEFORE, MOVE_AFTER, MOVE_TOP, MOVE_BOTTOM };

struct move {
    enum move_to to;
    struct id anchor; /* for MOVE_BEFORE and MOVE_AFTER */
    bool set_list, set_parent;
    struct id list_id, parent_id;
};

/*
 * Finds the order that puts the task at the wanted place; an anchor also
 * decides list and parent. Neighbours are spread when no number is left
 * between two of them.
 */
enum err tasks_move(const struct call *call, struct id id, int64_t if_version,
                    const struct move *move, struct task *out,
                    struct error *error) MUST_CHECK;

/* One hit of a search; higher scores come first, then the higher id. */
struct search_page {
    struct task *items;
    int *scores;
    size_t len;
    bool more;
};
struct search {
    struct str query;
    enum tristate completed;
    size_t limit;
    bool after; /* continue after this hit */
    int after_score;
    struct id after_id;
};
enum err tasks_search(const struct call *call, const struct search *search,
                      struct search_page *out, struct error *error)
    MUST_CHECK;

#endif
