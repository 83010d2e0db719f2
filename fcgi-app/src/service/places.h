/* Where a task may be: its list and its parent, and the tree below it. */
#ifndef STEADY_SERVICE_PLACES_H
#define STEADY_SERVICE_PLACES_H

#include "service/service.h"

/*
 * Checks those of TASK_LIST_ID and TASK_PARENT_ID that are in *fields: the
 * list and the parent are the person's and not in the trash, the tree has no
 * cycle and at most TASK_DEPTH_MAX levels. A task that gets a parent goes to
 * the parent's list; *fields gains TASK_LIST_ID then. Broken rules are added
 * to error; the result is not ERR_NONE only when the store failed.
 */
enum err place_check(const struct call *call, struct task *task,
                     uint64_t *fields, struct error *error) MUST_CHECK;

/*
 * The tree below a task follows it, level by level, and each level is a write
 * of its own. Whoever has written below a task therefore looks at it again,
 * and starts over if it has changed meanwhile: so the last one to finish
 * leaves a tree that agrees with its root. ERR_UNAVAILABLE after many tries.
 */

/*
 * Subtasks of a root in the trash go there with its mark; those of one that
 * is not come back, if the deletion trash_id took them. `resume`: another
 * attempt may have stopped between two levels.
 */
enum err place_settle(const struct call *call, const struct task *root,
                      struct id trash_id, bool resume, struct error *error)
    MUST_CHECK;
/* Subtasks come back that the same deletion took as the root, which is still
 * in the trash: place_settle once it is not. */
enum err place_restore_below(const struct call *call,
                             const struct task *root, struct error *error)
    MUST_CHECK;

/* Subtasks go to the list of the root. */
enum err place_follow(const struct call *call, const struct task *root,
                      struct error *error) MUST_CHECK;

#endif
