#include "domain/query.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "domain/task.h"

enum {
    CURSOR_BYTES = 26, /* form, sort, value (8), id (16) */
    TOKEN_BYTES = 25,  /* form, instant (8), id (16) */
    /* Which of the two it is, and of which version. */
    CURSOR_FORM = 0x11,
    TOKEN_FORM = 0x21,
    CURSOR_DESCENDING = 0x80,
    TEXT_MAX = 64
};
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
/* Year 9999: what instants may hold. */
#define INSTANT_LAST INT64_C(253402300799999)

void task_query_init(struct task_query *query, struct id owner)
{
    *query = (struct task_query){
        .owner = owner,
        .priority = ANY,
        .completed = ANY,
        .due_from = DATE_NONE,
        .due_to = DATE_NONE,
        .due_from_at = INSTANT_NONE,
        .due_before_at = INSTANT_NONE,
        .start_to = DATE_NONE,
        .sort = SORT_ORDER,
        .limit = PAGE_LIMIT_DEFAULT,
    };
}

static int64_t sort_number(enum task_sort sort, const struct task *task)
{
    switch (sort) {
    case SORT_ORDER:
        break;
    case SORT_DUE:
        return task->due_key;
    case SORT_PRIORITY:
        return task->priority;
    case SORT_CREATED:
        return task->created_at;
    case SORT_UPDATED:
        return task->updated_at;
    case SORT_COMPLETED:
        return task->completed_at;
    case SORT_DELETED:
        return task->deleted_at;
    }
    return 0;
}

struct task_cursor task_cursor_after(enum task_sort sort,
                                     const struct task *last)
{
    return (struct task_cursor){
        .set = true,
        .order = last->order,
        .number = sort_number(sort, last),
        .id = last->id,
    };
}

static void put_u64(uint8_t *out, uint64_t n)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)n;
        n >>= 8;
    }
}

static uint64_t get_u64(const uint8_t *in)
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++)
        n = n << 8 | in[i];
    return n;
}

static struct str to_text(struct arena *arena, const uint8_t *bytes,
                          size_t len)
{
    char *text = arena_alloc(arena, TEXT_MAX);

    sodium_bin2base64(text, TEXT_MAX, bytes, len, BASE64);
    return str_from(text);
}

/* True for exactly `len` bytes, the first of them `form`. */
static bool from_text(struct str text, uint8_t form, uint8_t *bytes,
                      size_t len)
{
    size_t got;

    if (text.len == 0 || text.len > TEXT_MAX)
        return false;
    return sodium_base642bin(bytes, len, text.ptr, text.len, NULL, &got,
                             NULL, BASE64) == 0 &&
           got == len && bytes[0] == form;
}

struct str cursor_encode(struct arena *arena, enum task_sort sort,
                         bool descending, const struct task_cursor *cursor)
{
    uint8_t bytes[CURSOR_BYTES] = { CURSOR_FORM };
    uint64_t value;

    bytes[1] = (uint8_t)((unsigned)sort |
                         (descending ? CURSOR_DESCENDING : 0));
    if (sort == SORT_ORDER)
        memcpy(&value, &cursor->order, sizeof(value));
    else
        memcpy(&value, &cursor->number, sizeof(value));
    put_u64(bytes + 2, value);
    memcpy(bytes + 10, cursor->id.bytes, ID_BYTES);
    return to_text(arena, bytes, sizeof(bytes));
}

enum err cursor_decode(struct str text, enum task_sort sort, bool descending,
                       struct task_cursor *out, struct error *error)
{
    uint8_t bytes[CURSOR_BYTES];
    struct task_cursor cursor = { .set = true };
    uint64_t value;

    if (!from_text(text, CURSOR_FORM, bytes, sizeof(bytes)))
        return error_set(error, ERR_SYNTAX, "the cursor cannot be read");
    if (bytes[1] != ((unsigned)sort | (descending ? CURSOR_DESCENDING : 0)))
        return error_set(error, ERR_SYNTAX,
                         "the cursor belongs to another sort");
    value = get_u64(bytes + 2);
    if (sort == SORT_ORDER)
        memcpy(&cursor.order, &value, sizeof(value));
    else
        memcpy(&cursor.number, &value, sizeof(value));
    if (!isfinite(cursor.order))
        return error_set(error, ERR_SYNTAX, "the cursor cannot be read");
    memcpy(cursor.id.bytes, bytes + 10, ID_BYTES);
    *out = cursor;
    return ERR_NONE;
}

struct str change_token_encode(struct arena *arena, struct change_token token)
{
    uint8_t bytes[TOKEN_BYTES] = { TOKEN_FORM };

    put_u64(bytes + 1, (uint64_t)token.updated_at);
    memcpy(bytes + 9, token.id.bytes, ID_BYTES);
    return to_text(arena, bytes, sizeof(bytes));
}

enum err change_token_decode(struct str text, struct change_token *out,
                             struct error *error)
{
    uint8_t bytes[TOKEN_BYTES];
    uint64_t at;

    if (!from_text(text, TOKEN_FORM, bytes, sizeof(bytes)))
        return error_set(error, ERR_SYNTAX, "the token cannot be read");
    at = get_u64(bytes + 1);
    if (at > (uint64_t)INSTANT_LAST)
        return error_set(error, ERR_SYNTAX, "the token cannot be read");
    out->updated_at = (int64_t)at;
    memcpy(out->id.bytes, bytes + 9, ID_BYTES);
    return ERR_NONE;
}
