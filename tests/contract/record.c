/* One record: create, get, update. */
#include <string.h>

#include "base/time.h"
#include "contract.h"

static enum write_effect create_task(struct context *context,
                                     const struct task *task,
                                     struct op_mark op, struct task *out)
{
    enum write_effect effect = WRITE_DONE;

    must(context, context->ops->create(context->store, &context->arena,
                                       KIND_TASK, task, op, out, &effect,
                                       &context->error));
    return effect;
}

static enum err update_task(struct context *context,
                            const struct change *change, struct task *out,
                            enum write_effect *effect)
{
    return context->ops->update(context->store, &context->arena, KIND_TASK,
                                change, out, effect, &context->error);
}

/* ---- create ---- */

static void test_create_stamps_version_and_instants(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "Pay rent"), out;

    task.version = 77;
    task.created_at = task.updated_at = 5;
    assert_int_equal(create_task(context, &task, new_mark(), &out),
                     WRITE_DONE);
    assert_int_equal(out.version, 1);
    assert_int_equal(out.created_at, out.updated_at);
    /* The database's clock is not ours, but not far from it. */
    assert_true(out.created_at > time_now() - HOUR_MS);
    assert_true(out.created_at < time_now() + HOUR_MS);
}

static void fill_task(struct context *context, struct task *task)
{
    static const struct str tags[] = { { "home", 4 }, { "a\tb", 3 } };
    static const struct str words[] = { { "pay", 3 }, { "rent", 4 } };
    static const struct str more[] = { { "now", 3 } };

    *task = new_task(context->owner, "Pay rent");
    task->notes = STR("now");
    task->completed = true;
    task->completed_at = 1763888400123;
    task->list_id = id_random();
    task->parent_id = id_random();
    task->order = -1024.125;
    task->priority = PRIORITY_HIGH;
    task->tags = (struct strs){ tags, COUNT(tags) };
    task->due = (struct due){ 20261130, 9 * 60, STR("Europe/Berlin") };
    task->start = 20261101;
    task->recurrence.rrule = STR("FREQ=MONTHLY");
    task->recurrence.from = RECUR_FROM_COMPLETION;
    task->completion_count = INT64_C(9007199254740991);
    task->last_completed_at = -1;
    task->deleted = true;
    task->deleted_at = time_now();
    task->purge_at = task->deleted_at + DAY_MS;
    task->trash_id = id_random();
    task->due_key = INT64_C(202611300541);
    task->due_at = 1796025600000;
    task->title_words = (struct strs){ words, COUNT(words) };
    task->notes_words = (struct strs){ more, COUNT(more) };
}

static void test_create_keeps_every_field(void **state)
{
    struct context *context = *state;
    struct task task, out, got;

    fill_task(context, &task);
    create_task(context, &task, new_mark(), &out);
    got = stored_task(context, task.owner, task.id);
    task.version = 1;
    task.created_at = out.created_at;
    task.updated_at = out.updated_at;
    assert_same(context, KIND_TASK, &out, &task);
    assert_same(context, KIND_TASK, &got, &task);
}

static void test_create_keeps_what_is_none(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out, got;

    create_task(context, &task, (struct op_mark){ 0 }, &out);
    got = stored_task(context, task.owner, task.id);
    assert_true(str_is_none(got.due.time_zone));
    assert_true(str_is_none(got.recurrence.rrule));
    assert_true(str_is_none(got.url));
    assert_false(str_is_none(got.notes));
    assert_int_equal(got.notes.len, 0);
    assert_int_equal(got.completed_at, INSTANT_NONE);
    assert_int_equal(got.deleted_at, INSTANT_NONE);
    assert_int_equal(got.due_at, INSTANT_NONE);
    assert_int_equal(got.due.date, DATE_NONE);
    assert_int_equal(got.due.time, TIME_NONE);
    assert_int_equal(got.start, DATE_NONE);
    assert_true(id_is_none(got.list_id));
    assert_true(id_is_none(got.trash_id));
    assert_int_equal(got.tags.len, 0);
    assert_same(context, KIND_TASK, &got, &out);
}

static void test_create_result_outlives_what_was_given(void **state)
{
    struct context *context = *state;
    char title[] = "first";
    struct task task = new_task(context->owner, title), out;

    create_task(context, &task, new_mark(), &out);
    memset(title, 'x', sizeof(title) - 1);
    assert_memory_equal(out.title.ptr, "first", 5);
}

static void test_create_repeated_by_its_mark_gives_what_is_now(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "once"), out, now;
    struct op_mark op = new_mark();
    struct task values = { .title = STR("changed") };
    struct change change =
        change_of(key_owned(task.owner, task.id), FIELD_BIT(TASK_TITLE),
                  &values);
    enum write_effect effect;

    create_task(context, &task, op, &out);
    must(context, update_task(context, &change, &now, &effect));
    task.title = STR("twice");
    assert_int_equal(create_task(context, &task, op, &out), WRITE_REPEATED);
    assert_same(context, KIND_TASK, &out, &now);
}

static void test_create_of_a_taken_id_gives_what_is_there(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "mine"), first, out;

    create_task(context, &task, new_mark(), &first);
    task.title = STR("other");
    assert_int_equal(create_task(context, &task, new_mark(), &out),
                     WRITE_EXISTED);
    assert_same(context, KIND_TASK, &out, &first);
    assert_int_equal(
        create_task(context, &task, (struct op_mark){ 0 }, &out),
        WRITE_EXISTED);
    first = stored_task(context, task.owner, task.id);
    assert_memory_equal(first.title.ptr, "mine", 4);
}

static void test_same_id_of_two_owners_is_two_tasks(void **state)
{
    struct context *context = *state;
    struct task mine = new_task(context->owner, "mine"), theirs = mine, out;
    struct id other = id_random();

    theirs.owner = other;
    theirs.title = STR("theirs");
    assert_int_equal(create_task(context, &mine, new_mark(), &out),
                     WRITE_DONE);
    assert_int_equal(create_task(context, &theirs, new_mark(), &out),
                     WRITE_DONE);
    out = stored_task(context, mine.owner, mine.id);
    assert_memory_equal(out.title.ptr, "mine", 4);
    out = stored_task(context, other, mine.id);
    assert_memory_equal(out.title.ptr, "theirs", 6);
    erase(context, other);
    out = stored_task(context, mine.owner, mine.id);
}

/* ---- get ---- */

static void test_get_of_another_owner_is_not_found(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "mine"), out;

    created(context, &task);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_TASK,
                              key_owned(id_random(), task.id), &out,
                              &context->error),
            ERR_NOT_FOUND);
    must_be(context,
            context->ops->get(context->store, &context->arena, KIND_LIST,
                              key_owned(task.owner, task.id), &out,
                              &context->error),
            ERR_NOT_FOUND);
}

static void test_get_gives_what_is_in_the_trash(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "gone"), out;

    created(context, &task);
    trashed(context, &task);
    out = stored_task(context, task.owner, task.id);
    assert_true(out.deleted);
}

/* ---- update ---- */

static void test_update_sets_the_named_fields_only(void **state)
{
    struct context *context = *state;
    struct task task, before, after, values;
    struct change change;
    enum write_effect effect = WRITE_REPEATED;

    fill_task(context, &task);
    before = created(context, &task);
    fill_task(context, &values);
    values.title = STR("new");
    values.notes = STR("ignored");
    values.due = (struct due){ DATE_NONE, TIME_NONE, STR_NONE };
    values.tags = (struct strs){ NULL, 0 };
    change = change_of(key_owned(task.owner, task.id),
                       FIELD_BIT(TASK_TITLE) | TASK_DUE_FIELDS |
                           FIELD_BIT(TASK_TAGS) | FIELD_BIT(TASK_VERSION) |
                           FIELD_BIT(TASK_CREATED_AT),
                       &values);
    values.version = 99;
    values.created_at = 1;
    must(context, update_task(context, &change, &after, &effect));
    assert_int_equal(effect, WRITE_DONE);
    assert_true(after.updated_at >= before.updated_at);
    before.title = values.title;
    before.due = values.due;
    before.tags = values.tags;
    before.version = 2;
    before.updated_at = after.updated_at;
    assert_same(context, KIND_TASK, &after, &before);
    after = stored_task(context, task.owner, task.id);
    assert_same(context, KIND_TASK, &after, &before);
}

static void test_update_without_fields_raises_the_version(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change =
        change_of(key_owned(task.owner, task.id), 0, &task);
    enum write_effect effect;

    created(context, &task);
    must(context, update_task(context, &change, &out, &effect));
    assert_int_equal(out.version, 2);
}

static void test_update_of_an_old_version_is_stale(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "v1"), now, out;
    struct task values = { .title = STR("v2") };
    struct change change =
        change_of(key_owned(task.owner, task.id), FIELD_BIT(TASK_TITLE),
                  &values);
    enum write_effect effect;

    created(context, &task);
    change.if_version = 1;
    must(context, update_task(context, &change, &now, &effect));
    assert_int_equal(now.version, 2);
    values.title = STR("v3");
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_STALE);
    assert_same(context, KIND_TASK, &out, &now);
    out = stored_task(context, task.owner, task.id);
    assert_same(context, KIND_TASK, &out, &now);
}

static void test_update_repeated_by_its_mark_changes_nothing(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "v1"), now, out;
    struct task values = { .title = STR("v2") };
    struct change change =
        change_of(key_owned(task.owner, task.id), FIELD_BIT(TASK_TITLE),
                  &values);
    enum write_effect effect;

    created(context, &task);
    change.op = new_mark();
    change.if_version = 1;
    change.deleted = NO;
    must(context, update_task(context, &change, &now, &effect));
    /* It is recognised before its version and its state are looked at. */
    now = trashed(context, &now);
    must(context, update_task(context, &change, &out, &effect));
    assert_int_equal(effect, WRITE_REPEATED);
    assert_same(context, KIND_TASK, &out, &now);
}

static void test_update_that_failed_leaves_no_mark(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "v1"), out;
    struct task values = { .title = STR("v2") };
    struct change change =
        change_of(key_owned(task.owner, task.id), FIELD_BIT(TASK_TITLE),
                  &values);
    enum write_effect effect = WRITE_REPEATED;

    created(context, &task);
    change.op = new_mark();
    change.if_version = 9;
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_STALE);
    change.if_version = 0;
    must(context, update_task(context, &change, &out, &effect));
    assert_int_equal(effect, WRITE_DONE);
}

static void test_a_record_remembers_its_last_marks(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change =
        change_of(key_owned(task.owner, task.id), 0, &task);
    struct op_mark marks[OP_MARKS_KEPT + 1];
    enum write_effect effect;

    created(context, &task);
    for (size_t i = 0; i < COUNT(marks); i++) {
        marks[i] = change.op = new_mark();
        must(context, update_task(context, &change, &out, &effect));
        assert_int_equal(effect, WRITE_DONE);
    }
    for (size_t i = 1; i < COUNT(marks); i++) {
        change.op = marks[i];
        must(context, update_task(context, &change, &out, &effect));
        assert_int_equal(effect, WRITE_REPEATED);
    }
    assert_int_equal(out.version, 1 + COUNT(marks));
    change.op = marks[0]; /* the oldest is forgotten */
    must(context, update_task(context, &change, &out, &effect));
    assert_int_equal(effect, WRITE_DONE);
}

static void test_update_finds_only_the_state_it_names(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change =
        change_of(key_owned(task.owner, task.id), 0, &task);
    enum write_effect effect;

    created(context, &task);
    change.deleted = YES;
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_NOT_FOUND);
    trashed(context, &task);
    must(context, update_task(context, &change, &out, &effect));
    change.deleted = NO;
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_NOT_FOUND);
    /* Missing is said before stale. */
    change.if_version = 99;
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_NOT_FOUND);
    change.deleted = ANY;
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_STALE);
}

static void test_update_of_another_owner_is_not_found(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "mine"), out;
    struct task values = { .title = STR("stolen") };
    struct change change =
        change_of(key_owned(id_random(), task.id), FIELD_BIT(TASK_TITLE),
                  &values);
    enum write_effect effect;

    created(context, &task);
    must_be(context, update_task(context, &change, &out, &effect),
            ERR_NOT_FOUND);
    out = stored_task(context, task.owner, task.id);
    assert_int_equal(out.version, 1);
}

static void test_updated_at_never_goes_back(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "x"), out;
    struct change change =
        change_of(key_owned(task.owner, task.id), 0, &task);
    enum write_effect effect;
    int64_t before;

    out = created(context, &task);
    for (int i = 0; i < 20; i++) {
        before = out.updated_at;
        must(context, update_task(context, &change, &out, &effect));
        assert_true(out.updated_at >= before);
    }
}

/* ---- lists ---- */

static void test_lists_are_kept_like_tasks(void **state)
{
    struct context *context = *state;
    struct list list = new_list(context->owner, "Home"), made, out;
    struct list values = { .name = STR("House"), .color = STR("#a0b0c0") };
    struct change change = change_of(
        key_owned(list.owner, list.id),
        FIELD_BIT(LIST_NAME) | FIELD_BIT(LIST_COLOR), &values);
    enum write_effect effect;

    list.order = 0.1;
    must(context,
         context->ops->create(context->store, &context->arena, KIND_LIST,
                              &list, new_mark(), &made, &effect,
                              &context->error));
    assert_int_equal(made.version, 1);
    change.if_version = 1;
    change.deleted = NO;
    must(context,
         context->ops->update(context->store, &context->arena, KIND_LIST,
                              &change, &out, &effect, &context->error));
    made.name = values.name;
    made.color = values.color;
    made.version = 2;
    made.updated_at = out.updated_at;
    must(context, context->ops->get(context->store, &context->arena,
                                    KIND_LIST, change.key, &out,
                                    &context->error));
    assert_same(context, KIND_LIST, &out, &made);
    must_be(context,
            context->ops->update(context->store, &context->arena, KIND_LIST,
                                 &change, &out, &effect, &context->error),
            ERR_STALE);
    assert_same(context, KIND_LIST, &out, &made);
}

int run_record(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_create_stamps_version_and_instants),
        CONTRACT_TEST(test_create_keeps_every_field),
        CONTRACT_TEST(test_create_keeps_what_is_none),
        CONTRACT_TEST(test_create_result_outlives_what_was_given),
        CONTRACT_TEST(test_create_repeated_by_its_mark_gives_what_is_now),
        CONTRACT_TEST(test_create_of_a_taken_id_gives_what_is_there),
        CONTRACT_TEST(test_same_id_of_two_owners_is_two_tasks),
        CONTRACT_TEST(test_get_of_another_owner_is_not_found),
        CONTRACT_TEST(test_get_gives_what_is_in_the_trash),
        CONTRACT_TEST(test_update_sets_the_named_fields_only),
        CONTRACT_TEST(test_update_without_fields_raises_the_version),
        CONTRACT_TEST(test_update_of_an_old_version_is_stale),
        CONTRACT_TEST(test_update_repeated_by_its_mark_changes_nothing),
        CONTRACT_TEST(test_update_that_failed_leaves_no_mark),
        CONTRACT_TEST(test_a_record_remembers_its_last_marks),
        CONTRACT_TEST(test_update_finds_only_the_state_it_names),
        CONTRACT_TEST(test_update_of_another_owner_is_not_found),
        CONTRACT_TEST(test_updated_at_never_goes_back),
        CONTRACT_TEST(test_lists_are_kept_like_tasks),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
