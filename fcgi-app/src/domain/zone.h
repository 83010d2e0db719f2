/* Time zones by IANA name, from the system's database (through libical). */
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
