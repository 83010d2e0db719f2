#include <string.h>

#include "domain/words.h"
#include "service/tasks.h"

struct hit {
    struct id id;
    int score;
};

/* The best hits so far, best first; one more than the page, to know `more`.
 * Only ids are kept, so that memory does not grow with the matches. */
struct best {
    const struct search *search;
    struct strs terms;
    struct hit *hits;
    size_t len, size;
};

/* Negative when a comes before b. */
static int hit_cmp(struct hit a, struct hit b)
{
    if (a.score != b.score)
        return a.score > b.score ? -1 : 1;
    return -id_cmp(a.id, b.id);
}

static bool consider(void *context, const void *record)
{
    struct best *best = context;
    const struct task *task = record;
    const struct search *search = best->search;
    struct hit hit = { task->id, words_score(best->terms, task) };
    struct hit after = { search->after_id, search->after_score };
    size_t at = best->len;

    if (hit.score == 0 || (search->after && hit_cmp(hit, after) <= 0))
        return true;
    while (at > 0 && hit_cmp(hit, best->hits[at - 1]) < 0)
        at--;
    if (at == best->size)
        return true;
    if (best->len < best->size)
        best->len++;
    memmove(best->hits + at + 1, best->hits + at,
            (best->len - at - 1) * sizeof(hit));
    best->hits[at] = hit;
    return true;
}

/* The records of the hits; what vanished meanwhile is left out. */
static enum err fetch(const struct call *call, const struct best *best,
                      struct search_page *out, struct error *error)
{
    size_t limit = best->search->limit;

    out->items = arena_array(call->arena, limit, sizeof(*out->items));
    out->scores = arena_array(call->arena, limit, sizeof(*out->scores));
    for (size_t i = 0; i < best->len && i < limit; i++) {
        enum err err = tasks_get(call, best->hits[i].id,
                                 &out->items[out->len], error);

        if (err == ERR_NONE)
            out->scores[out->len++] = best->hits[i].score;
        else if (err != ERR_NOT_FOUND)
            return err;
        *error = (struct error){ 0 };
    }
    out->more = best->len > limit;
    return ERR_NONE;
}

enum err tasks_search(const struct call *call, const struct search *search,
                      struct search_page *out, struct error *error)
{
    struct best best = {
        .search = search,
        .terms = words_terms(call->arena, search->query),
        .size = search->limit + 1,
    };
    enum err err;

    *out = (struct search_page){ 0 };
    if (best.terms.len == 0)
        return ERR_NONE;
    best.hits = arena_array(call->arena, best.size, sizeof(*best.hits));
    err = call->store->ops->task_search(call->store, call->actor.user,
                                        best.terms, search->completed,
                                        consider, &best, error);
    if (err != ERR_NONE)
        return err;
    return fetch(call, &best, out, error);
}
