#include "domain/zone.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"

enum { ZONE_NAME_MAX = 64, MINUTES_PER_DAY = 24 * 60 };
#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define DAY_S INT64_C(86400)

/* Of this machine or of another scale (with leap seconds), not of a place. */
static const struct str NOT_PLACES[] = {
    { "localtime", 9 }, { "posixrules", 10 }, { "Factory", 7 },
};

static bool is_utc(struct str name)
{
    return str_eq(name, STR("UTC")) || str_eq(name, STR("Etc/UTC"));
}

/* Letters, digits, "_+-" in parts between single slashes: no "..". */
static bool is_name(struct str name)
{
    char before = '/';

    if (name.len == 0 || name.len > ZONE_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (c == '/' ? before == '/'
                     : !letter && (before == '/' ||
                                   memchr("0123456789_+-", c, 13) == NULL))
            return false;
        before = c;
    }
    for (size_t i = 0; i < sizeof(NOT_PLACES) / sizeof(NOT_PLACES[0]); i++) {
        if (str_eq(name, NOT_PLACES[i]))
            return false;
    }
    return before != '/' && !str_starts(name, STR("right/")) &&
           !str_starts(name, STR("posix/"));
}

/* The database has other files too; those of zones begin with "TZif". */
static bool is_zone_file(const char *path)
{
    char magic[4];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    bool found;

    if (fd < 0)
        return false;
    found = read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
            memcmp(magic, "TZif", sizeof(magic)) == 0;
    close(fd);
    return found;
}

bool zone_is_known(struct str name)
{
    char path[sizeof(ZONE_FOLDER) + ZONE_NAME_MAX] = ZONE_FOLDER;

    if (is_utc(name))
        return true;
    if (!is_name(name))
        return false;
    memcpy(path + sizeof(ZONE_FOLDER) - 1, name.ptr, name.len);
    return is_zone_file(path);
}

/* Makes it the process's zone; false for UTC, which needs none. */
static bool select_zone(struct str zone)
{
    char value[1 + ZONE_NAME_MAX + 1] = ":";
    const char *current = getenv("TZ");

    if (is_utc(zone) || !zone_is_known(zone))
        return false;
    memcpy(value + 1, zone.ptr, zone.len);
    if (current == NULL || strcmp(current, value) != 0)
        (void)setenv("TZ", value, 1); /* without memory: the zone before */
    tzset();
    return true;
}

/* Seconds east of UTC at an instant, in the selected zone. */
static int64_t offset_at(int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm local;

    if (localtime_r(&at, &local) == NULL)
        return 0;
    return local.tm_gmtoff;
}

int64_t zone_instant(struct str zone, int32_t date, int32_t minutes)
{
    int64_t wall = date_to_days(date) * DAY_S + minutes * INT64_C(60);
    int64_t before, after;

    assert(minutes >= 0 && minutes < MINUTES_PER_DAY);
    if (!select_zone(zone))
        return wall * SECOND_MS;
    /*
     * No zone changes twice within two days, so these are the offsets on
     * both sides of a change near by. mktime would guess which one is meant,
     * and guess differently depending on what it was asked before.
     */
    before = offset_at(wall - DAY_S);
    after = offset_at(wall + DAY_S);
    if (offset_at(wall - before) != before &&
        offset_at(wall - after) == after)
        return (wall - after) * SECOND_MS;
    return (wall - before) * SECOND_MS;
}

int32_t zone_date(struct str zone, int64_t instant)
{
    /* Towards the past, also before 1970. */
    int64_t seconds = instant / SECOND_MS - (instant % SECOND_MS < 0);
    int64_t wall = seconds;

    if (select_zone(zone))
        wall += offset_at(seconds);
    return date_from_days(wall / DAY_S - (wall % DAY_S < 0));
}
