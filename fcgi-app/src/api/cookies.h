/* The session's cookie: its name, and how it is set and taken away. */
#ifndef STEADY_API_COOKIES_H
#define STEADY_API_COOKIES_H

#include "api/exchange.h"

/* The secret that the request carries, or none. */
struct str session_cookie(const struct request *request);
void session_cookie_set(struct exchange *x, struct str secret);
void session_cookie_clear(struct exchange *x);

#endif
