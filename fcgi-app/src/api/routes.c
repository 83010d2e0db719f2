/* Every route of the API. A new one is a row here, a handler and a path in
 * openapi.yaml; a test compares the two. */
#include "api/handlers.h"
#include "api/task_query.h"

static const char *const changes_query[] = { "since", "limit", NULL };
static const char *const lists_query[] = { "view", NULL };

#define SESSION_ONLY (ROUTE_NO_TOKEN | ROUTE_ACCOUNTS)
#define SYSTEM (ROUTE_PUBLIC | ROUTE_NO_STORE)

const struct route routes[] = {
    { HTTP_GET, "/api/tasks", api_tasks_list, 0, task_query_names },
    { HTTP_POST, "/api/tasks", api_tasks_create, ROUTE_BODY, NULL },
    { HTTP_DELETE, "/api/tasks", api_tasks_trash_all, 0, task_filter_names },
    { HTTP_POST, "/api/tasks/batch", api_tasks_batch, ROUTE_BODY, NULL },
    { HTTP_POST, "/api/tasks/search", api_tasks_search,
      ROUTE_BODY | ROUTE_READS, NULL },
    { HTTP_GET, "/api/tasks/{id}", api_task_get, 0, NULL },
    { HTTP_PATCH, "/api/tasks/{id}", api_task_patch, ROUTE_BODY, NULL },
    { HTTP_DELETE, "/api/tasks/{id}", api_task_delete, 0, NULL },
    { HTTP_POST, "/api/tasks/{id}/restore", api_task_restore, 0, NULL },
    { HTTP_POST, "/api/tasks/{id}/move", api_task_move, ROUTE_BODY, NULL },
    { HTTP_POST, "/api/recurrence/preview", api_recurrence_preview,
      ROUTE_BODY | ROUTE_READS, NULL },
    { HTTP_GET, "/api/changes", api_changes, 0, changes_query },
    { HTTP_GET, "/api/events", api_events, 0, NULL },
    { HTTP_GET, "/api/lists", api_lists_all, 0, lists_query },
    { HTTP_POST, "/api/lists", api_lists_create, ROUTE_BODY, NULL },
    { HTTP_GET, "/api/lists/{id}", api_list_get, 0, NULL },
    { HTTP_PATCH, "/api/lists/{id}", api_list_patch, ROUTE_BODY, NULL },
    { HTTP_DELETE, "/api/lists/{id}", api_list_delete, 0, NULL },
    { HTTP_POST, "/api/lists/{id}/restore", api_list_restore, 0, NULL },
    { HTTP_GET, "/api/tags", api_tags_all, 0, NULL },
    { HTTP_PATCH, "/api/tags/{name}", api_tag_patch, ROUTE_BODY, NULL },
    { HTTP_DELETE, "/api/tags/{name}", api_tag_delete, 0, NULL },
    { HTTP_POST, "/api/users", api_sign_up,
      ROUTE_PUBLIC | ROUTE_BODY | ROUTE_ACCOUNTS, NULL },
    { HTTP_POST, "/api/session", api_sign_in,
      ROUTE_PUBLIC | ROUTE_BODY | ROUTE_ACCOUNTS, NULL },
    { HTTP_GET, "/api/session", api_session_get, ROUTE_PUBLIC, NULL },
    { HTTP_DELETE, "/api/session", api_sign_out,
      ROUTE_PUBLIC | ROUTE_NO_TOKEN | ROUTE_ACCOUNTS, NULL },
    { HTTP_GET, "/api/sessions", api_sessions_all, SESSION_ONLY, NULL },
    { HTTP_DELETE, "/api/sessions", api_sessions_end_others, SESSION_ONLY,
      NULL },
    { HTTP_DELETE, "/api/sessions/{id}", api_session_end, SESSION_ONLY,
      NULL },
    { HTTP_GET, "/api/me", api_me_get, 0, NULL },
    { HTTP_PATCH, "/api/me", api_me_patch, ROUTE_BODY, NULL },
    { HTTP_POST, "/api/me/password", api_me_password,
      ROUTE_BODY | SESSION_ONLY, NULL },
    { HTTP_DELETE, "/api/me", api_me_delete, ROUTE_BODY | SESSION_ONLY,
      NULL },
    { HTTP_GET, "/api/tokens", api_tokens_all, SESSION_ONLY, NULL },
    { HTTP_POST, "/api/tokens", api_tokens_create, ROUTE_BODY | SESSION_ONLY,
      NULL },
    { HTTP_DELETE, "/api/tokens/{id}", api_token_revoke, SESSION_ONLY, NULL },
    { HTTP_GET, "/api/openapi.json", api_openapi, SYSTEM, NULL },
    { HTTP_GET, "/healthz", api_healthz, SYSTEM, NULL },
    { HTTP_GET, "/readyz", api_readyz, ROUTE_PUBLIC, NULL },
    { HTTP_GET, "/version", api_version, SYSTEM, NULL },
};
const size_t routes_len = sizeof(routes) / sizeof(routes[0]);

bool app_route(size_t n, const char **method, const char **path)
{
    if (n >= routes_len)
        return false;
    *method = method_name(routes[n].method);
    *path = routes[n].path;
    return true;
}
