/*
 * Errors as RFC 9457 problem details. One table says which status, which
 * type and which log level each enum err has; nobody else decides a status
 * of failure.
 */
#ifndef STEADY_HTTP_PROBLEM_H
#define STEADY_HTTP_PROBLEM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json_out.h"
#include "base/log.h"
#include "http/message.h"

int problem_status(enum err code);
enum log_level problem_log_level(enum err code);
/* The object {type, title, status, detail, request_id, errors}; members that
 * a caller adds (`extra`, "name": value pairs of JSON, or none) come last. */
void problem_encode(const struct error *error, struct str request_id,
                    struct str extra, struct json_out *out);
/* Makes it the response, with Retry-After where the error has one. */
void problem_respond(struct arena *arena, struct response *response,
                     const struct error *error, struct str request_id,
                     struct str extra);

#endif
