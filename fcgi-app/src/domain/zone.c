#include "domain/zone.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/time.h"

/*
 * The C library reads the zone database exactly, far into the future too,
 * where libical's own reader knows the coming years only. It knows one zone
 * at a time, in the environment: a worker has one thread that asks, and
 * nothing else in it looks at local time.
 */
#define ZONE_FOLDER "/usr/share/zoneinfo/"
enum { ZONE_NAME_MAX = 64 };

static bool is_name(struct str name)
{
    if (str_is_none(name) || name.len == 0 || name.len > ZONE_NAME_MAX ||
        name.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '+' ||
              c == '-'))
            return false;
    }
    return true;
}

bool zone_is_known(struct str name)
{
    char path[sizeof(ZONE_FOLDER) + ZONE_NAME_MAX] = ZONE_FOLDER;
    struct stat file;

    if (str_eq(name, STR("UTC")) || str_eq(name, STR("Etc/UTC")))
        return true;
    if (!is_name(name))
        return false;
    memcpy(path + sizeof(ZONE_FOLDER) - 1, name.ptr, name.len);
    return stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

static void enter(struct str zone)
{
    char value[ZONE_NAME_MAX + 2] = ":UTC";
    const char *current = getenv("TZ");

    if (zone_is_known(zone)) {
        memcpy(value + 1, zone.ptr, zone.len);
        value[zone.len + 1] = '\0';
    }
    if (current == NULL || strcmp(current, value) != 0) {
        setenv("TZ", value, 1);
        tzset();
    }
}

/* The instant of these local fields in summer or winter time, and whether
 * the clocks really show them then. */
static bool try_fields(int32_t date, int32_t minutes, int summer,
                       time_t *instant)
{
    struct tm want = {
        .tm_year = date / 10000 - 1900,
        .tm_mon = date / 100 % 100 - 1,
        .tm_mday = date % 100,
        .tm_hour = minutes / 60,
        .tm_min = minutes % 60,
        .tm_isdst = summer,
    };
    struct tm fields = want;

    *instant = mktime(&fields);
    return fields.tm_mday == want.tm_mday && fields.tm_hour == want.tm_hour &&
           fields.tm_min == want.tm_min;
}

int64_t zone_instant(struct str zone, int32_t date, int32_t minutes)
{
    time_t instant;

    enter(zone);
    /* The summer reading of a time that comes twice is the first one; the
     * winter reading of one that is skipped lies after the change. */
    if (!try_fields(date, minutes, 1, &instant))
        (void)try_fields(date, minutes, 0, &instant);
    return (int64_t)instant * SECOND_MS;
}

int32_t zone_date(struct str zone, int64_t instant)
{
    /* Rounded down, before 1970 too. */
    time_t seconds = (time_t)((instant - (instant < 0 ? SECOND_MS - 1 : 0)) /
                              SECOND_MS);
    struct tm fields;

    enter(zone);
    localtime_r(&seconds, &fields);
    return (fields.tm_year + 1900) * 10000 + (fields.tm_mon + 1) * 100 +
           fields.tm_mday;
}
