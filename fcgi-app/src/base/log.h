/*
 * JSON lines to standard error: one object a line, `ts`, `level`, `event`,
 * then the fields. Never a token, a cookie, an address of mail, a task's text
 * or a query string: events and keys are constants, values are ids, numbers
 * and names of things in the program.
 */
#ifndef STEADY_BASE_LOG_H
#define STEADY_BASE_LOG_H

#include <stdint.h>

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* What goes beside the event; end with LOG_END. */
struct log_field {
    const char *key; /* NULL ends the list */
    struct str text; /* used unless none */
    int64_t number;  /* used when text is none */
};

#define LOG_STR(k, s) ((struct log_field){ (k), (s), 0 })
#define LOG_INT(k, n) ((struct log_field){ (k), STR_NONE, (n) })
#define LOG_END ((struct log_field){ 0 })

void log_set_level(enum log_level level);
/* The id that following lines carry as request_id; none clears it. */
void log_set_request(struct str request_id);
/* That id, or none; it lives until the next one is set. */
struct str log_request(void);
bool log_level_parse(struct str name, enum log_level *level);
/* fields may be NULL. Most calls read better through LOG, below. */
void log_event(enum log_level level, const char *event,
               const struct log_field *fields);
/* LOG(LOG_WARN, "breaker_open", LOG_INT("seconds", 5)); one field or more. */
#define LOG(level, event, ...) \
    log_event((level), (event), \
              (const struct log_field[]){ __VA_ARGS__, LOG_END })

#endif
