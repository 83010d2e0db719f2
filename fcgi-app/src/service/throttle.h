/* Limits on wrong passwords, counted in the database so that all hosts share
 * them, and counted before the answer is known. */
#ifndef STEADY_SERVICE_THROTTLE_H
#define STEADY_SERVICE_THROTTLE_H

#include "service/service.h"

enum {
    THROTTLE_WINDOW_MS = 15 * MINUTE_MS,
    THROTTLE_NETWORK_MAX = 10, /* attempts on an account from one network */
    THROTTLE_ACCOUNT_MAX = 100 /* attempts on an account from everywhere */
};

/* Counts an attempt; ERR_THROTTLED with the seconds to wait. */
enum err throttle_enter(const struct call *call, struct str account,
                        struct str network, struct error *error) MUST_CHECK;
/* The password was right: forget the attempts from this network. */
enum err throttle_forgive(const struct call *call, struct str account,
                          struct str network, struct error *error) MUST_CHECK;
/* The network of an address: /24 of IPv4, /64 of IPv6. */
struct str throttle_network(struct arena *arena, struct str address);

#endif
