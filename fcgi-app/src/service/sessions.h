/* How sessions begin; the use cases of them are in accounts.h. */
#ifndef STEADY_SERVICE_SESSIONS_H
#define STEADY_SERVICE_SESSIONS_H

#include "service/accounts.h"

/* A new session; the oldest ones beyond SESSIONS_PER_USER_MAX end. */
enum err session_start(struct call *call, struct id user,
                       struct str user_agent, struct session *session,
                       struct secret *secret, struct error *error) MUST_CHECK;

#endif
