#include "api/cookies.h"

#include "http/headers.h"
#include "service/accounts.h"

/* __Host-: only with Secure, for this host, for the whole site (RFC 6265bis
 * section 4.1.3.2). Browsers take no such cookie on plain http, so on this
 * very machine a plain one does. */
#define NAME_SECURE "__Host-steady"
#define NAME_LOCAL "steady"

/* An address of the loopback network: 127 and nothing but digits and dots. */
static bool is_loopback(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
            return false;
    }
    return str_starts(name, STR("127."));
}

/* By the whole name: localhost.example.org is somewhere else. */
static bool is_local(const struct request *request)
{
    struct str rest = request->host;
    struct str name;

    if (!str_eq(request->scheme, STR("http")) || str_is_none(rest))
        return false;
    if (str_eq(rest, STR("[::1]")) || str_starts(rest, STR("[::1]:")))
        return true;
    name = str_split(&rest, ':');
    return str_eq_nocase(name, STR("localhost")) || is_loopback(name);
}

/* The plain name counts only where it is set: elsewhere another host of the
 * same domain could have planted it, which __Host- rules out. */
struct str session_cookie(const struct request *request)
{
    return cookie_get(request->cookie, is_local(request) ? STR(NAME_LOCAL)
                                                         : STR(NAME_SECURE));
}

static void set(struct exchange *x, struct str secret, int64_t seconds)
{
    bool local = is_local(x->request);

    response_header(
        x->response, "Set-Cookie",
        arena_printf(x->arena,
                     "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; "
                     "SameSite=Strict%s",
                     local ? NAME_LOCAL : NAME_SECURE, STR_ARG(secret),
                     (long long)seconds, local ? "" : "; Secure"));
}

void session_cookie_set(struct exchange *x, struct str secret)
{
    set(x, secret, SESSION_DAYS * (int64_t)(DAY_MS / SECOND_MS));
}

void session_cookie_clear(struct exchange *x)
{
    set(x, STR(""), 0);
}
