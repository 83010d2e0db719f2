/* The query of a list of tasks, from the words of the API. */
#ifndef STEADY_API_TASK_QUERY_H
#define STEADY_API_TASK_QUERY_H

#include "api/exchange.h"

extern const char *const task_query_names[];  /* GET /api/tasks */
extern const char *const task_filter_names[]; /* DELETE /api/tasks */

/* ERR_SYNTAX with every parameter that does not fit. */
enum err task_query_read(const struct exchange *x, struct task_query *query,
                         struct error *error) MUST_CHECK;
/* The cursor of the page after this record. */
struct str task_query_next(const struct exchange *x,
                           const struct task_query *query,
                           const struct task *last);

#endif
