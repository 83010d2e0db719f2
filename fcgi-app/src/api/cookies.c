#include "api/cookies.h"

#include "http/headers.h"
#include "service/accounts.h"

/* __Host-: only with Secure, for this host, for the whole site (RFC 6265bis
 * section 4.1.3.2). Browsers take no such cookie on plain http, so on this
 * very machine a plain one does. */
#define NAME_SECURE "__Host-steady"
#define NAME_LOCAL "steady"

struct str session_cookie(const struct request *request)
{
    struct str secret = cookie_get(request->cookie, STR(NAME_SECURE));

    return !str_is_none(secret) ? secret
                                : cookie_get(request->cookie, STR(NAME_LOCAL));
}

static bool is_local(const struct request *request)
{
    struct str host = request->host;

    return str_eq(request->scheme, STR("http")) &&
           (str_starts(host, STR("localhost")) ||
            str_starts(host, STR("127.")) || str_starts(host, STR("[::1]")));
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
