#include "service/throttle.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

static struct hash subject(const struct call *call, struct str account,
                           struct str network)
{
    struct str text = arena_printf(call->arena, "%.*s|%.*s", STR_ARG(account),
                                   STR_ARG(network));
    struct hash hash;

    crypto_hash_sha256(hash.bytes, (const unsigned char *)text.ptr, text.len);
    return hash;
}

static enum err count(const struct call *call, struct hash subject_hash,
                      int64_t max, struct error *error)
{
    int64_t attempts, ends;
    enum err err = call->store->ops->throttle_hit(
        call->store, subject_hash, call->now, THROTTLE_WINDOW_MS, &attempts,
        &ends, error);

    if (err != ERR_NONE || attempts <= max)
        return err;
    error->retry_after = (int)((ends - call->now) / SECOND_MS) + 1;
    return error_set(error, ERR_THROTTLED,
                     "Too many attempts to sign in; try again later.");
}

enum err throttle_enter(const struct call *call, struct str account,
                        struct str network, struct error *error)
{
    enum err err = count(call, subject(call, account, network),
                         THROTTLE_NETWORK_MAX, error);

    return err != ERR_NONE ? err
                           : count(call, subject(call, account, STR("")),
                                   THROTTLE_ACCOUNT_MAX, error);
}

enum err throttle_forgive(const struct call *call, struct str account,
                          struct str network, struct error *error)
{
    return call->store->ops->throttle_clear(
        call->store, subject(call, account, network), error);
}

struct str throttle_network(struct arena *arena, struct str address)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];

    if (inet_pton(AF_INET, arena_cstr(arena, address), bytes) == 1) {
        bytes[3] = 0;
        inet_ntop(AF_INET, bytes, text, sizeof(text));
    } else if (inet_pton(AF_INET6, arena_cstr(arena, address), bytes) == 1) {
        memset(bytes + 8, 0, 8);
        inet_ntop(AF_INET6, bytes, text, sizeof(text));
    } else {
        return STR("");
    }
    return arena_copy(arena, str_from(text));
}
