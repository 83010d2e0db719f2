/*
 * Circuit breaker: once no server could be selected (which took as long as
 * serverSelectionTimeoutMS), further calls are refused at once instead of
 * each holding its worker that long. It opens again for one call at a time,
 * when the driver's monitoring threads know a server that takes writes. Each
 * process has its own. Pure: time and knowledge are given.
 */
#ifndef STEADY_STORE_STORE_MONGO_BREAKER_H
#define STEADY_STORE_STORE_MONGO_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_PAUSE_MIN = 2000, /* ms from a failure to the next try */
    BREAKER_PAUSE_MAX = 5000
};

struct breaker {
    bool open;         /* open: calls are refused */
    int64_t try_after; /* ms, while open */
};

/* May a call go out? reachable: is a server known that takes writes? */
bool breaker_admits(const struct breaker *breaker, int64_t now_ms,
                    bool reachable);
/* Seconds for Retry-After of a refused call, 1 to 5. */
int breaker_retry_after(const struct breaker *breaker, int64_t now_ms);
/* What came of a call that was admitted. random spreads the workers. */
void breaker_failed(struct breaker *breaker, int64_t now_ms, uint32_t random);
void breaker_succeeded(struct breaker *breaker);

#endif
