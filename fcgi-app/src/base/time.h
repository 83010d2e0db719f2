/*
 * Instants are milliseconds since 1970 UTC; dates are yyyymmdd as a number,
 * so that they order as numbers; times of day are minutes since midnight.
 */
#ifndef STEADY_BASE_TIME_H
#define STEADY_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define INSTANT_NONE INT64_MIN
#define DATE_NONE 0
#define TIME_NONE (-1)

enum {
    INSTANT_TEXT_LEN = 24, /* "2026-11-23T09:00:00.000Z" */
    DATE_TEXT_LEN = 10,    /* "2026-11-30" */
    TIME_TEXT_LEN = 5,     /* "09:00" */
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS
};

int64_t time_now(void);       /* wall clock, ms */
int64_t time_monotonic(void); /* us, for durations only */

/* RFC 3339, UTC, always with milliseconds. Years 1 to 9999. */
void instant_format(int64_t ms, char out[static INSTANT_TEXT_LEN + 1]);
/*
 * RFC 3339 with any offset and fraction; what is finer than a millisecond is
 * cut off, a leap second is the one after it. False leaves *ms.
 */
bool instant_parse(struct str text, int64_t *ms);
void date_format(int32_t date, char out[static DATE_TEXT_LEN + 1]);
/* Only dates that exist: 2026-02-30 is refused. */
bool date_parse(struct str text, int32_t *date);
void time_of_day_format(int32_t minutes, char out[static TIME_TEXT_LEN + 1]);
bool time_of_day_parse(struct str text, int32_t *minutes);
/* DATE_NONE outside the years 1 to 9999. */
int32_t date_add_days(int32_t date, int days);
/* Days from 1970-01-01; negative before it. */
int64_t date_to_days(int32_t date);
int32_t date_from_days(int64_t days); /* the same limits */

#endif
