/* each, put, snapshots, loads: what copies and dumps are made of. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

static void test_put_keeps_version_and_instants(void **state)
{
    struct context *context = *state;
    struct str tags[] = { STR("one"), STR("two") };
    struct task task = new_task(context->owner, "as it was"), out;

    task.version = 41;
    task.created_at = 1000;
    task.updated_at = 2000;
    task.due_at = -5; /* before 1970 */
    task.tags = task.title_words = (struct strs){ tags, COUNT(tags) };
    must(context, put(context, KIND_TASK, &task));
    out = stored_task(context, task.owner, task.id);
    assert_same(context, KIND_TASK, &out, &task);
}

static void test_put_over_a_record_leaves_nothing_of_it(void **state)
{
    struct context *context = *state;
    struct str tags[] = { STR("one") };
    struct task first = new_task(context->owner, "first"), second, out;

    first.tags = first.notes_words = (struct strs){ tags, COUNT(tags) };
    first.notes = STR("notes");
    first.start = 20260101;
    created(context, &first);
    second = new_task(context->owner, "second");
    second.id = first.id;
    second.version = 9;
    second.created_at = second.updated_at = 7;
    must(context, put(context, KIND_TASK, &second));
    out = stored_task(context, first.owner, first.id);
    assert_same(context, KIND_TASK, &out, &second);
    must(context, put(context, KIND_TASK, &second));
    out = stored_task(context, first.owner, first.id);
    assert_same(context, KIND_TASK, &out, &second);
}

static void test_a_put_record_can_be_changed(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change =
        change_of(key_owned(task.owner, task.id), 0, &task);
    enum write_effect effect;

    task.version = 5;
    task.created_at = task.updated_at = 1000;
    must(context, put(context, KIND_TASK, &task));
    change.if_version = 5;
    must(context, context->ops->update(context->store, &context->arena,
                                       KIND_TASK, &change, &out, &effect,
                                       &context->error));
    assert_int_equal(out.version, 6);
    assert_true(out.updated_at > time_now() - HOUR_MS);
}

static void test_put_of_a_taken_address_is_refused(void **state)
{
    struct context *context = *state;
    struct user one = new_user(&context->arena);
    struct user two = new_user(&context->arena), out;

    must(context, put(context, KIND_USER, &one));
    two.email_key = one.email_key;
    must_be(context, put(context, KIND_USER, &two),
            ERR_EXISTS);
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_USER, key_id(one.id), &out,
                                    &context->error));
    erase(context, one.id);
}

struct walk {
    struct context *context;
    enum kind kind;
    struct key last;
    size_t seen, stop_after, mine;
};

static bool note_record(void *context, const struct stored *stored)
{
    const void *record = stored->record;
    struct walk *walk = context;
    struct key key = key_of(walk->kind, record);

    if (walk->seen++ > 0)
        assert_true(memcmp(walk->last.bytes, key.bytes, key.len) < 0);
    walk->last = key;
    if (walk->kind == KIND_TASK &&
        id_eq(((const struct task *)record)->owner, walk->context->owner)) {
        struct task task =
            stored_task(walk->context, walk->context->owner,
                        ((const struct task *)record)->id);

        assert_same(walk->context, KIND_TASK, record, &task);
        walk->mine++;
    }
    return walk->seen != walk->stop_after;
}

static struct walk walk_each(struct context *context, enum kind kind,
                             size_t stop_after)
{
    struct walk walk = { .context = context,
                         .kind = kind,
                         .stop_after = stop_after };

    must(context, context->ops->each(context->store, kind, note_record,
                                     &walk, &context->error));
    return walk;
}

static void test_each_gives_all_in_the_order_of_keys(void **state)
{
    struct context *context = *state;
    struct str words[] = { STR("a"), STR("b") };

    for (int i = 0; i < 12; i++) {
        struct task task = new_task(context->owner, "x");
        struct session session = new_session(context->owner, 1000);

        task.id = id_random();
        task.title_words = task.notes_words =
            (struct strs){ words, COUNT(words) };
        task.notes = STR("notes");
        created(context, &task);
        must(context, put(context, KIND_SESSION, &session));
        if (i == 0)
            trashed(context, &task);
    }
    assert_int_equal(walk_each(context, KIND_TASK, 0).mine, 12);
    assert_true(walk_each(context, KIND_SESSION, 0).seen >= 12);
    for (int kind = 0; kind < KIND_COUNT; kind++)
        walk_each(context, (enum kind)kind, 0);
}

static void test_each_ends_when_the_visitor_says_so(void **state)
{
    struct context *context = *state;

    for (int i = 0; i < 5; i++) {
        struct task task = new_task(context->owner, "x");

        created(context, &task);
    }
    assert_int_equal(walk_each(context, KIND_TASK, 3).seen, 3);
    assert_true(walk_each(context, KIND_TASK, 0).seen >= 5);
}

/* Looks for one task, and keeps its marks. */
struct search {
    struct id id;
    bool found;
    struct op_marks marks;
};

static bool look(void *context, const struct stored *stored)
{
    struct search *search = context;
    const struct task *task = stored->record;

    if (!id_eq(task->id, search->id))
        return true;
    search->found = true;
    search->marks = stored->marks;
    return false;
}

static struct search look_for(struct context *context, struct id id)
{
    struct search search = { .id = id };

    must(context, context->ops->each(context->store, KIND_TASK, look, &search,
                                     &context->error));
    return search;
}

static void test_put_writes_many_at_once(void **state)
{
    struct context *context = *state;
    struct stored items[20];
    struct task tasks[COUNT(items)];

    for (size_t i = 0; i < COUNT(items); i++) {
        tasks[i] = new_task(context->owner, "x");
        items[i] = (struct stored){ .record = &tasks[i] };
    }
    must(context, context->ops->put(context->store, KIND_TASK, items,
                                    COUNT(items), &context->error));
    for (size_t i = 0; i < COUNT(items); i++) {
        struct task out = stored_task(context, context->owner, tasks[i].id);

        assert_same(context, KIND_TASK, &out, &tasks[i]);
    }
    must(context, context->ops->put(context->store, KIND_TASK, items, 0,
                                    &context->error));
}

/* Else a write whose answer was lost before a copy is done again after. */
static void test_marks_are_copied_too(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change = change_of(key_owned(task.owner, task.id),
                                     FIELD_BIT(TASK_NOTES), &task);
    struct op_mark marks[OP_MARKS_KEPT + 1];
    struct search search;
    struct stored stored = { .record = &out };
    enum write_effect effect;

    created(context, &task);
    for (size_t i = 0; i < COUNT(marks); i++) {
        change.op = marks[i] = new_mark();
        must(context, context->ops->update(context->store, &context->arena,
                                           KIND_TASK, &change, &out, &effect,
                                           &context->error));
    }
    search = look_for(context, task.id);
    assert_int_equal(search.marks.len, OP_MARKS_KEPT);
    for (size_t i = 0; i < OP_MARKS_KEPT; i++)
        assert_memory_equal(search.marks.bytes[i], marks[i + 1].bytes,
                            OP_MARK_BYTES);

    must(context, put(context, KIND_TASK, &out));
    assert_int_equal(look_for(context, task.id).marks.len, 0);
    stored.marks = search.marks;
    must(context, context->ops->put(context->store, KIND_TASK, &stored, 1,
                                    &context->error));
    for (size_t i = 0; i < COUNT(marks); i++) {
        change.op = marks[COUNT(marks) - 1 - i];
        must(context, context->ops->update(context->store, &context->arena,
                                           KIND_TASK, &change, &out, &effect,
                                           &context->error));
        assert_int_equal(effect, i < OP_MARKS_KEPT ? WRITE_REPEATED
                                                   : WRITE_DONE);
    }
}

static void test_a_snapshot_is_of_one_moment(void **state)
{
    struct context *context = *state;
    struct store *other = contract_store();
    struct context writer = { .store = other,
                              .ops = other->ops,
                              .owner = context->owner };
    struct task before = new_task(context->owner, "before");
    struct task after = new_task(context->owner, "after");
    struct search search;

    arena_init(&writer.arena);
    created(&writer, &before);
    must(context, context->ops->snapshot_begin(context->store,
                                               &context->error));
    created(&writer, &after);
    before.title = STR("changed");
    must(&writer, put(&writer, KIND_TASK, &before));
    assert_true(look_for(context, before.id).found);
    assert_false(look_for(context, after.id).found);
    context->ops->snapshot_end(context->store);
    search = look_for(context, after.id);
    assert_true(search.found);
    arena_release(&writer.arena);
    store_close(other);
}

/* What a load does in an empty store is tried in tests/api/test_dump.py. */
static void test_a_store_that_holds_something_is_not_filled(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x");

    created(context, &task);
    must_be(context,
            context->ops->load_begin(context->store, &context->error),
            ERR_EXISTS);
    stored_task(context, task.owner, task.id);
    task.id = id_new(time_now());
    created(context, &task);
    must(context, context->ops->check(context->store, false,
                                      &context->error));
}

int run_copy(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_put_keeps_version_and_instants),
        CONTRACT_TEST(test_put_over_a_record_leaves_nothing_of_it),
        CONTRACT_TEST(test_a_put_record_can_be_changed),
        CONTRACT_TEST(test_put_of_a_taken_address_is_refused),
        CONTRACT_TEST(test_put_writes_many_at_once),
        CONTRACT_TEST(test_marks_are_copied_too),
        CONTRACT_TEST(test_a_snapshot_is_of_one_moment),
        CONTRACT_TEST(test_a_store_that_holds_something_is_not_filled),
        CONTRACT_TEST(test_each_gives_all_in_the_order_of_keys),
        CONTRACT_TEST(test_each_ends_when_the_visitor_says_so),
    };

    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
