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
 * Puts the subtasks below root, all levels, into the trash with `mark`; or,
 * when the mark restores, takes out of it what the deletion trash_id took.
 * `resume`: an earlier attempt may have stopped between two levels.
 */
enum err place_trash_below(const struct call *call, struct id root,
                           const struct trash_mark *mark, struct id trash_id,
                           bool resume, struct error *error) MUST_CHECK;

/* Takes the subtasks below root, all levels, to a list. */
enum err place_move_below(const struct call *call, struct id root,
                          struct id list_id, struct error *error) MUST_CHECK;

#endif
