#include "base/id.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/num.h"

bool id_is_none(struct id id)
{
    return id_eq(id, ID_NONE);
}

bool id_eq(struct id a, struct id b)
{
    return id_cmp(a, b) == 0;
}

int id_cmp(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, ID_BYTES);
}

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool id_parse(struct str text, struct id *out)
{
    struct id id = ID_NONE;
    size_t n_digits = 0;

    if (text.len != ID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < ID_TEXT_LEN; i++) {
        uint8_t *byte = &id.bytes[n_digits / 2];
        int digit;

        if (is_hyphen_place(i)) {
            if (text.ptr[i] != '-')
                return false;
            continue;
        }
        digit = num_hex_digit(text.ptr[i]);
        if (digit < 0)
            return false;
        *byte = (uint8_t)(*byte << 4 | digit);
        n_digits++;
    }
    if (id_is_none(id))
        return false;
    *out = id;
    return true;
}

void id_format(struct id id, char out[static ID_TEXT_LEN + 1])
{
    static const char DIGITS[] = "0123456789abcdef";
    char *at = out;

    for (size_t i = 0; i < ID_BYTES; i++) {
        if (is_hyphen_place((size_t)(at - out)))
            *at++ = '-';
        *at++ = DIGITS[id.bytes[i] >> 4];
        *at++ = DIGITS[id.bytes[i] & 0x0F];
    }
    *at = '\0';
}

/* RFC 9562 sections 4.1 and 4.2: the fixed bits of every version. */
static void mark(struct id *id, uint8_t version)
{
    id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0F) | version << 4);
    id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3F) | 0x80);
}

struct id id_new(int64_t now_ms)
{
    struct id id;

    assert(now_ms >= 0 && now_ms < (int64_t)1 << 48);
    for (size_t i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(now_ms >> (40 - 8 * i));
    randombytes_buf(id.bytes + 6, ID_BYTES - 6);
    mark(&id, 7);
    return id;
}

struct id id_random(void)
{
    struct id id;

    randombytes_buf(id.bytes, ID_BYTES);
    mark(&id, 4);
    return id;
}

struct id id_derive(const void *bytes, size_t len)
{
    struct id id;

    _Static_assert(ID_BYTES >= crypto_generichash_BYTES_MIN, "BLAKE2b");
    (void)crypto_generichash(id.bytes, ID_BYTES, bytes, len, NULL, 0);
    mark(&id, 8);
    return id;
}
