/*
 * Memory of one request. Everything is released at once by arena_reset, in
 * which deferred calls run newest first. An arena never returns NULL: when
 * memory ends the worker does too, as its libraries would (crash-only).
 */
#ifndef STEADY_BASE_ARENA_H
#define STEADY_BASE_ARENA_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena_chunk;
struct arena_defer;

struct arena {
    struct arena_chunk *chunk;  /* the newest; older ones hang behind it */
    struct arena_defer *defers; /* the newest; they live in the chunks */
    size_t used;                /* bytes handed out since the last reset */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);
/* Runs the deferred calls; keeps one ordinary chunk for the next request. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* For arrays: count * size with the overflow checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* None stays none. */
struct str arena_copy(struct arena *arena, struct str s);
/* A NUL-terminated copy, for libraries that want one; none gives "". */
const char *arena_cstr(struct arena *arena, struct str s);
struct str arena_printf(struct arena *arena, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* At the reset, call release(object): for objects of foreign libraries. */
void arena_on_reset(struct arena *arena, void (*release)(void *),
                    void *object);

/* malloc and realloc for what lives longer; they abort instead of NULL. */
void *mem_alloc(size_t size);
void *mem_realloc(void *block, size_t size);

#endif
