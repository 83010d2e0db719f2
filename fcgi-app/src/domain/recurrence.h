/* Recurrence rules (RFC 5545 section 3.3.10) of dates: libical reads them,
 * recurrence_walk.c follows them. */
#ifndef STEADY_DOMAIN_RECURRENCE_H
#define STEADY_DOMAIN_RECURRENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * ERR_INVALID with a sentence for what cannot be read, what repeats more
 * often than daily, and what never comes (FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30).
 */
enum err recurrence_check(struct str rrule, struct error *error) MUST_CHECK;
/*
 * The first date of the rule, counted from the date `start` as DTSTART, that
 * is after `after`. False when the series has ended (UNTIL).
 */
bool recurrence_next(struct str rrule, int32_t start, int32_t after,
                     int32_t *next);
/*
 * The rule for what is left after one completion: COUNT less one. False when
 * nothing is left. Rules without COUNT come back as they are.
 */
bool recurrence_consume(struct arena *arena, struct str rrule,
                        struct str *rest);

#endif
