#include "cases.h"

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

static void test_memory_is_zeroed_and_aligned(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int round = 0; round < 2; round++) {
        for (size_t size = 0; size < 5000; size += 7) {
            unsigned char *block = arena_alloc(&arena, size);

            assert_non_null(block);
            assert_int_equal((uintptr_t)block % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(block[i], 0);
            memset(block, 0xA5, size); /* dirty for the second round */
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static void test_blocks_do_not_overlap(void **state)
{
    static const size_t SIZES[] = { 1, 100000, 16, 70000, 1, 20000, 60000 };
    unsigned char *blocks[COUNT(SIZES)];
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        blocks[i] = arena_alloc(&arena, SIZES[i]);
        memset(blocks[i], (int)i + 1, SIZES[i]);
    }
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        for (size_t j = 0; j < SIZES[i]; j++)
            assert_int_equal(blocks[i][j], i + 1);
    }
    arena_release(&arena);
}

static void test_used_counts_up_and_reset_clears_it(void **state)
{
    struct arena arena;
    size_t before;

    (void)state;
    arena_init(&arena);
    assert_int_equal(arena.used, 0);
    (void)arena_alloc(&arena, 100);
    before = arena.used;
    assert_true(before >= 100);
    (void)arena_alloc(&arena, 200000);
    assert_true(arena.used >= before + 200000);
    arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

static void test_copies_keep_none_and_nul_bytes(void **state)
{
    struct arena arena;
    struct str copy;

    (void)state;
    arena_init(&arena);
    assert_true(str_is_none(arena_copy(&arena, STR_NONE)));
    assert_false(str_is_none(arena_copy(&arena, STR(""))));
    copy = arena_copy(&arena, STR("a\0b"));
    assert_str(copy, STR("a\0b"));
    assert_string_equal(arena_cstr(&arena, STR("abc")), "abc");
    assert_string_equal(arena_cstr(&arena, (struct str){ "abc", 2 }), "ab");
    assert_string_equal(arena_cstr(&arena, STR_NONE), "");
    assert_str(arena_printf(&arena, "%d %s", 7, "x"), STR("7 x"));
    assert_str(arena_printf(&arena, "%s", ""), STR(""));
    arena_release(&arena);
}

static void test_arrays_have_room_for_every_element(void **state)
{
    struct arena arena;
    uint64_t *numbers;

    (void)state;
    arena_init(&arena);
    numbers = arena_array(&arena, 1000, sizeof(*numbers));
    for (size_t i = 0; i < 1000; i++)
        numbers[i] = i;
    arena_release(&arena);
}

struct note {
    char *trace;
    char letter;
};

static void leave_note(void *object)
{
    struct note *note = object;
    size_t len = strlen(note->trace);

    note->trace[len] = note->letter;
    note->trace[len + 1] = '\0';
}

static void test_deferred_calls_run_once_and_newest_first(void **state)
{
    char trace[16] = "";
    struct note notes[] = { { trace, 'a' }, { trace, 'b' }, { trace, 'c' } };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT(notes); i++)
        arena_on_reset(&arena, leave_note, &notes[i]);
    assert_string_equal(trace, "");
    arena_reset(&arena);
    assert_string_equal(trace, "cba");
    arena_reset(&arena);
    assert_string_equal(trace, "cba");
    arena_on_reset(&arena, leave_note, &notes[0]);
    arena_release(&arena);
    assert_string_equal(trace, "cbaa");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_blocks_do_not_overlap),
        cmocka_unit_test(test_used_counts_up_and_reset_clears_it),
        cmocka_unit_test(test_copies_keep_none_and_nul_bytes),
        cmocka_unit_test(test_arrays_have_room_for_every_element),
        cmocka_unit_test(test_deferred_calls_run_once_and_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
