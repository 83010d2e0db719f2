#include "service/service.h"

#include <sodium.h>
#include <string.h>

struct op_mark op_part(struct op_mark op, struct str part)
{
    struct op_mark mark = { .set = op.set };

    if (op.set)
        crypto_generichash(mark.bytes, sizeof(mark.bytes),
                           (const unsigned char *)part.ptr, part.len,
                           op.bytes, sizeof(op.bytes));
    return mark;
}

struct op_mark op_step(struct op_mark op, size_t step)
{
    uint64_t number = step;

    return op_part(op, (struct str){ (const char *)&number, sizeof(number) });
}

struct id call_new_id(const struct call *call, struct id given,
                      const char *kind)
{
    struct {
        char kind[16];
        struct id owner;
        uint8_t op[sizeof(call->op.bytes)];
    } seed = { .owner = call->actor.user };

    if (!id_is_none(given))
        return given;
    if (!call->op.set)
        return id_new(call->now);
    strncpy(seed.kind, kind, sizeof(seed.kind) - 1);
    memcpy(seed.op, call->op.bytes, sizeof(seed.op));
    return id_derive(&seed, sizeof(seed));
}
