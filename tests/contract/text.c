/* Text comes back byte for byte. */
#include <string.h>

#include "contract.h"

static const char *const samples[] = {
    "caf\xc3\xa9",
    "cafe\xcc\x81",                                  /* the same, in two */
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9", /* joined emoji */
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\x8f(\xd8\xb3\xd9\x84\xd8\xa7)",
    "\xef\xbb\xbfmarked",                  /* U+FEFF */
    "\xef\xbf\xbe \xf4\x8f\xbf\xbf",       /* noncharacters */
    "  spaces, \t tab \r\n and lines \n ", /* nothing is trimmed */
    "$set {\"a\":1} '; DROP TABLE tasks; -- %s ? :x .",
    "\x01\x1f\x7f",
};

static void check_text(struct context *context, struct str text)
{
    struct task task = new_task(context->owner, "x"), out;
    struct str tags[] = { text, STR("other") };
    struct list list = new_list(context->owner, "x"), list_out;
    enum write_effect effect;

    task.title = task.notes = task.due.time_zone = text;
    task.tags = (struct strs){ tags, COUNT(tags) };
    created(context, &task);
    out = stored_task(context, task.owner, task.id);
    assert_true(str_eq(out.title, text));
    assert_true(str_eq(out.notes, text));
    assert_true(str_eq(out.due.time_zone, text));
    assert_int_equal(out.tags.len, 2);
    assert_true(str_eq(out.tags.items[0], text));
    assert_true(str_eq(out.tags.items[1], STR("other")));
    list.name = list.color = text;
    must(context,
         context->ops->create(context->store, &context->arena, KIND_LIST,
                              &list, (struct op_mark){ 0 }, &list_out,
                              &effect, &context->error));
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_LIST, key_owned(list.owner, list.id),
                                    &list_out, &context->error));
    assert_true(str_eq(list_out.name, text));
    assert_true(str_eq(list_out.color, text));
}

static void test_text_comes_back_byte_for_byte(void **state)
{
    for (size_t i = 0; i < COUNT(samples); i++)
        check_text(*state, str_from(samples[i]));
}

static void test_long_text_comes_back_byte_for_byte(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    char *notes = arena_alloc(&context->arena, TASK_NOTES_MAX * 4);

    for (size_t i = 0; i < TASK_NOTES_MAX; i++)
        memcpy(notes + 4 * i, "\xf0\x9f\x8e\x89", 4);
    task.notes = (struct str){ notes, (size_t)TASK_NOTES_MAX * 4 };
    created(context, &task);
    out = stored_task(context, task.owner, task.id);
    assert_true(str_eq(out.notes, task.notes));
    /* 10,000 code points that all differ. */
    for (size_t i = 0; i < 10000; i++) {
        notes[3 * i] = (char)(0xe0 | (0x3000 + i) >> 12);
        notes[3 * i + 1] = (char)(0x80 | ((0x3000 + i) >> 6 & 0x3f));
        notes[3 * i + 2] = (char)(0x80 | ((0x3000 + i) & 0x3f));
    }
    task = new_task(context->owner, "y");
    task.notes = (struct str){ notes, 30000 };
    created(context, &task);
    out = stored_task(context, task.owner, task.id);
    assert_true(str_eq(out.notes, task.notes));
}

static void test_numbers_come_back_exactly(void **state)
{
    static const double orders[] = {
        0,      0.1, -1024.125, TASK_ORDER_MAX, -TASK_ORDER_MAX,
        1e-300, 1.0 / 3, 9007199254740993.0,
    };
    struct context *context = *state;

    for (size_t i = 0; i < COUNT(orders); i++) {
        struct task task = new_task(context->owner, "x"), out;

        task.order = orders[i];
        created(context, &task);
        out = stored_task(context, task.owner, task.id);
        assert_memory_equal(&out.order, &orders[i], sizeof(double));
    }
}

static void test_most_tags_come_back_in_their_order(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct str tags[TASK_TAGS_MAX];

    for (size_t i = 0; i < COUNT(tags); i++)
        tags[i] = arena_printf(&context->arena, "tag %zu", (i * 7) % 50);
    task.tags = (struct strs){ tags, COUNT(tags) };
    created(context, &task);
    out = stored_task(context, task.owner, task.id);
    assert_int_equal(out.tags.len, COUNT(tags));
    for (size_t i = 0; i < COUNT(tags); i++)
        assert_true(str_eq(out.tags.items[i], tags[i]));
}

int run_text(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_text_comes_back_byte_for_byte),
        CONTRACT_TEST(test_long_text_comes_back_byte_for_byte),
        CONTRACT_TEST(test_numbers_come_back_exactly),
        CONTRACT_TEST(test_most_tags_come_back_in_their_order),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
