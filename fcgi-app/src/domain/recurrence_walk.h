/* Shared by recurrence*.c only. */
#ifndef STEADY_DOMAIN_RECURRENCE_WALK_H
#define STEADY_DOMAIN_RECURRENCE_WALK_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stdint.h>

/* The end of the array of a BY... part, or of an empty one. */
#define BY_END ICAL_RECURRENCE_ARRAY_MAX

enum { RECURRENCE_YEAR_LAST = 2200 };

/*
 * The first day of the rule, counted from `start` as DTSTART, that is after
 * `after` and not after `until` (DATE_NONE: no end); COUNT is not looked at.
 * libical's own iterator is not used: it searches until the year 2582 for a
 * day that never comes, seconds of CPU for one rule. This walk ends with
 * RECURRENCE_YEAR_LAST, after a few milliseconds at most.
 */
bool recurrence_walk(const struct icalrecurrencetype *rule, int32_t start,
                     int32_t after, int32_t until, int32_t *next);

#endif
