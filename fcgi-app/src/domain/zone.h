/*
 * Time zones by IANA name, from the system's database through the C library
 * (libical's own reader is an hour off in Newfoundland's summer). A zone is
 * selected by setting TZ, the one piece of process state that this layer
 * touches: nothing else may rely on local time. A program with threads sets TZ
 * to any value before it starts them, so that the environment never grows.
 */
#ifndef STEADY_DOMAIN_ZONE_H
#define STEADY_DOMAIN_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

bool zone_is_known(struct str name); /* "UTC" and "Etc/UTC" included */
/*
 * The instant of a local date and minute. A time that the clocks skip counts
 * as after the change, one that comes twice as the first. Unknown: UTC.
 */
int64_t zone_instant(struct str zone, int32_t date, int32_t minutes);
/* The local date at an instant; none or unknown zone: UTC. */
int32_t zone_date(struct str zone, int64_t instant);

#endif
