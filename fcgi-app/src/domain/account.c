#include "domain/account.h"

#include <string.h>

#include "domain/zone.h"

enum { LOCAL_PART_MAX = 64 }; /* RFC 5321 section 4.5.3.1.1 */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* `others` may stand beside letters, digits and what is not ASCII (RFC 6531);
 * dots separate parts that are not empty. */
static bool is_dotted(struct str text, const char *others)
{
    char before = '.';

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '.' ? before == '.'
                     : !is_letter_or_digit(c) && (unsigned char)c < 0x80 &&
                           strchr(others, c) == NULL)
            return false;
        before = c;
    }
    return before != '.';
}

/* As a browser's input of type email has it; no quotes, no comments. */
static bool is_email(struct str email)
{
    struct str domain = email;
    struct str local = str_split(&domain, '@');

    return !str_is_none(domain) && local.len <= LOCAL_PART_MAX &&
           is_dotted(local, "!#$%&'*+/=?^_`{|}~-") &&
           is_dotted(domain, "-");
}

enum err user_check(const struct user *user, struct error *error)
{
    enum err err = ERR_NONE;

    if (!is_email(user->email)) {
        error_add(error, "/email", "bad_email",
                  "must be an address like name@example.org");
        err = ERR_INVALID;
    }
    if (!zone_is_known(user->time_zone)) {
        error_add(error, "/time_zone", "unknown_zone",
                  "must be a time zone's name like Europe/Berlin");
        err = ERR_INVALID;
    }
    return err;
}
