/* Answers of writes with an Idempotency-Key: found again, or kept. */
#ifndef STEADY_API_KEPT_H
#define STEADY_API_KEPT_H

#include "api/exchange.h"

/*
 * Reads the key into the call. *replayed: the response is the kept one and
 * nothing is to be done. ERR_SYNTAX for a key that is no key, ERR_KEY_REUSED
 * when it came with another request.
 */
enum err kept_find(struct exchange *x, bool *replayed, struct error *error)
    MUST_CHECK;
/* After success: keeps the response, if the request had a key. Where the same
 * request was sent twice at once and the other has kept its response first,
 * that one takes the place of this. Who is nobody afterwards (actor_gone) can
 * have it as nobody, with the same credentials. */
void kept_save(struct exchange *x);

#endif
