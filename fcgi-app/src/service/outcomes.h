/*
 * The first answer of a write that carried an Idempotency-Key, so that a
 * repetition gets the same one, on any host. It is sealed with a key made of
 * the Idempotency-Key, the credentials and the body, none of which the
 * database holds: a stolen database tells no answer, and no fresh token.
 */
#ifndef STEADY_SERVICE_OUTCOMES_H
#define STEADY_SERVICE_OUTCOMES_H

#include "service/service.h"

enum { OUTCOME_KEPT_MS = DAY_MS };

/* What a request is, for telling a repetition from another request. */
struct outcome_request {
    struct str key; /* the Idempotency-Key; none: nothing is kept */
    struct str credentials;
    struct str target; /* method, path, query, If-Match */
    struct str body;
};

struct op_mark outcome_mark(struct str key);
/* ERR_NOT_FOUND: do it; ERR_KEY_REUSED: the key was for something else;
 * else *answer is what was kept. */
enum err outcome_find(const struct call *call,
                      const struct outcome_request *request,
                      struct str *answer, struct error *error) MUST_CHECK;
/* *first is false when the same request, sent twice at once, has left its
 * answer already. Larger answers than OUTCOME_BYTES_MAX are not kept: the
 * marks in the records still make their repetition harmless. */
enum err outcome_keep(const struct call *call,
                      const struct outcome_request *request,
                      struct str answer, bool *first, struct error *error)
    MUST_CHECK;

/*
 * Removes what is kept under a hash and leaves nothing that could carry a
 * mark: noted before it is removed, so that a repetition knows that it was
 * there. hash: NULL where the person has nothing with this id; that is
 * ERR_NOT_FOUND with the text `missing`, unless this is a repetition. Without
 * an Idempotency-Key nothing is noted, and nothing was.
 */
enum err removal_by_id(const struct call *call, enum kind kind, struct id id,
                       const struct hash *hash, const char *missing,
                       struct error *error) MUST_CHECK;

#endif
