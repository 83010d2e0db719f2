/* What can be done to one task: the same for a route and a batch's step. */
#ifndef STEADY_API_TASK_ACT_H
#define STEADY_API_TASK_ACT_H

#include "base/json_in.h"
#include "service/tasks.h"

enum task_action {
    ACT_CREATE, ACT_UPDATE, ACT_DELETE, ACT_RESTORE, ACT_MOVE, ACT_COMPLETE
};

struct task_result {
    int status; /* of success */
    bool has_task; /* false for a deletion; true for ERR_STALE: as it is */
    struct task task;
};

/*
 * body: the task's fields, the patch or the move; ignored for the rest. id of
 * a create: none, or what the body has no id for.
 * prefix is put before the pointers of errors in it.
 */
enum err task_act(const struct call *call, enum task_action action,
                  struct id id, int64_t if_version, const struct json *body,
                  const char *prefix, struct task_result *result,
                  struct error *error) MUST_CHECK;

#endif
