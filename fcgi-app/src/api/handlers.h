/* The handlers, by the file they are in; routes.c has the table. Each comment
 * in the .c files names the statuses beyond those that app.c gives to all. */
#ifndef STEADY_API_HANDLERS_H
#define STEADY_API_HANDLERS_H

#include "api/exchange.h"

/* tasks.c */
handler api_tasks_list, api_tasks_create, api_tasks_trash_all, api_task_get,
    api_task_patch, api_task_delete, api_task_restore, api_task_move,
    api_tasks_search, api_changes, api_events;
/* batch.c */
handler api_tasks_batch;
/* recurrence.c */
handler api_recurrence_preview;
/* lists.c */
handler api_lists_all, api_lists_create, api_list_get, api_list_patch,
    api_list_delete, api_list_restore;
/* tags.c */
handler api_tags_all, api_tag_patch, api_tag_delete;
/* accounts.c */
handler api_sign_up, api_sign_in, api_session_get, api_sign_out,
    api_sessions_all, api_sessions_end_others, api_session_end, api_me_get,
    api_me_patch, api_me_password, api_me_delete;
/* tokens.c */
handler api_tokens_all, api_tokens_create, api_token_revoke;
/* system.c */
handler api_healthz, api_readyz, api_version, api_openapi;

#endif
