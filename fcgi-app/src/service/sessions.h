/* How sessions begin; the use cases of them are in accounts.h. */
#ifndef STEADY_SERVICE_SESSIONS_H
#define STEADY_SERVICE_SESSIONS_H

#include "service/accounts.h"

/* A new session of the user, whose password has been proved; the same one for
 * the same Idempotency-Key. The oldest beyond SESSIONS_PER_USER_MAX end. */
enum err session_start(struct call *call, struct id user,
                       const struct credentials *with,
                       struct session *session, struct secret *secret,
                       struct error *error) MUST_CHECK;

#endif
