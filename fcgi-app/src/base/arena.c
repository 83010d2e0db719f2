#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Under AddressSanitizer each allocation is a chunk of its own, so that a
 * write past its end and a use after the reset are seen.
 */
#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_SIZE ((size_t)0)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_SIZE ((size_t)0)
#endif
#endif
#ifndef CHUNK_SIZE
#define CHUNK_SIZE ((size_t)64 * 1024)
#endif

struct arena_chunk {
    struct arena_chunk *older;
    size_t size; /* of bytes */
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena_defer {
    struct arena_defer *older;
    void (*release)(void *);
    void *object;
};

void *mem_alloc(size_t size)
{
    void *block = malloc(size == 0 ? 1 : size);

    if (block == NULL)
        abort();
    return block;
}

void *mem_realloc(void *block, size_t size)
{
    void *moved = realloc(block, size == 0 ? 1 : size);

    if (moved == NULL)
        abort();
    return moved;
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){ 0 };
}

static void run_deferred(struct arena *arena)
{
    while (arena->defers != NULL) {
        struct arena_defer *defer = arena->defers;

        arena->defers = defer->older;
        defer->release(defer->object);
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *kept = NULL;

    run_deferred(arena);
    while (arena->chunk != NULL) {
        struct arena_chunk *chunk = arena->chunk;

        arena->chunk = chunk->older;
        if (kept == NULL && chunk->size == CHUNK_SIZE)
            kept = chunk;
        else
            free(chunk);
    }
    if (kept != NULL) {
        kept->older = NULL;
        kept->used = 0;
    }
    arena->chunk = kept;
    arena->used = 0;
}

void arena_release(struct arena *arena)
{
    arena_reset(arena);
    free(arena->chunk);
    arena_init(arena);
}

static struct arena_chunk *chunk_new(size_t size)
{
    struct arena_chunk *chunk = mem_alloc(sizeof(*chunk) + size);

    chunk->size = size;
    chunk->used = 0;
    chunk->older = NULL;
    return chunk;
}

/* The chunk that has room for size bytes, a new one if need be. */
static struct arena_chunk *chunk_for(struct arena *arena, size_t size)
{
    struct arena_chunk *newest = arena->chunk;
    struct arena_chunk *chunk;

    if (newest != NULL && size <= newest->size - newest->used)
        return newest;
    if (newest != NULL && size > CHUNK_SIZE / 4) {
        /* Behind the newest, whose room remains in use. */
        chunk = chunk_new(size);
        chunk->older = newest->older;
        newest->older = chunk;
        return chunk;
    }
    chunk = chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);
    chunk->older = newest;
    arena->chunk = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    struct arena_chunk *chunk;
    size_t rounded;
    void *block;

    if (size > SIZE_MAX / 2)
        abort();
    rounded = (size + unit - 1) / unit * unit;
    if (CHUNK_SIZE == 0)
        rounded = size; /* the sanitizer is to see the true end */
    chunk = chunk_for(arena, rounded);
    block = chunk->bytes + chunk->used;
    chunk->used += rounded;
    arena->used += rounded;
    return memset(block, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

struct str arena_copy(struct arena *arena, struct str s)
{
    if (s.ptr == NULL)
        return STR_NONE;
    return (struct str){ arena_cstr(arena, s), s.len };
}

const char *arena_cstr(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.len + 1);

    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    char *text;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    assert(len >= 0);
    text = arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return (struct str){ text, (size_t)len };
}

void arena_on_reset(struct arena *arena, void (*release)(void *),
                    void *object)
{
    struct arena_defer *defer = arena_alloc(arena, sizeof(*defer));

    defer->release = release;
    defer->object = object;
    defer->older = arena->defers;
    arena->defers = defer;
}
