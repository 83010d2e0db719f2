#include "store/store_mongo_breaker.h"

bool breaker_admits(const struct breaker *breaker, int64_t now_ms,
                    bool reachable)
{
    if (!breaker->open)
        return true;
    return reachable && now_ms >= breaker->try_after;
}

int breaker_retry_after(const struct breaker *breaker, int64_t now_ms)
{
    int64_t left = (breaker->try_after - now_ms + 999) / 1000;

    if (left < 1)
        return 1;
    return left > BREAKER_PAUSE_MAX / 1000 ? BREAKER_PAUSE_MAX / 1000
                                           : (int)left;
}

void breaker_failed(struct breaker *breaker, int64_t now_ms, uint32_t random)
{
    uint32_t span = BREAKER_PAUSE_MAX - BREAKER_PAUSE_MIN + 1;

    breaker->open = true;
    breaker->try_after = now_ms + BREAKER_PAUSE_MIN + random % span;
}

void breaker_succeeded(struct breaker *breaker)
{
    breaker->open = false;
}
