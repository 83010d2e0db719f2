#include "domain/account.h"

#include <string.h>

#include "domain/zone.h"

/* One @ with something on both sides, a host without a dot at its ends, no
 * space and no control character: what mail would take is for mail to say. */
static bool is_email(struct str email)
{
    struct str host = email;
    struct str local = str_split(&host, '@');

    if (str_is_none(host) || local.len == 0 || host.len == 0 ||
        memchr(host.ptr, '@', host.len) != NULL || host.ptr[0] == '.' ||
        host.ptr[host.len - 1] == '.')
        return false;
    for (size_t i = 0; i < email.len; i++) {
        unsigned char c = (unsigned char)email.ptr[i];

        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return true;
}

enum err user_check(const struct user *user, struct error *error)
{
    enum err err = ERR_NONE;

    if (!is_email(user->email)) {
        error_add(error, "/email", "bad_email",
                  "This is not an address of mail.");
        err = error->code;
    }
    if (!zone_is_known(user->time_zone)) {
        error_add(error, "/time_zone", "unknown_zone",
                  "There is no such time zone; one is Europe/Berlin.");
        err = error->code;
    }
    return err;
}
