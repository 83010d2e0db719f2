/* Operations on more records than one step of the store takes, and the
 * clock of the feed of changes. */
#include <string.h>

#include "contract_mongo.h"

enum { TASKS = 2 * MONGO_BATCH + 300 };

static struct {
    struct mongods *set;
    struct store *store;
    struct id owner;
    struct arena arena;
} all;

static int set_up(void **state)
{
    (void)state;
    arena_init(&all.arena);
    all.store = open_store(uri_of(all.set, "many", ""));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(all.store);
    arena_release(&all.arena);
    return 0;
}

/* A person with TASKS tasks, each with two tags and words. */
static int fill(void **state)
{
    static const struct str tags[] = { { "a", 1 }, { "b", 1 } };
    static const struct str words[] = { { "milk", 4 } };
    struct store_mongo *mongo = mongo_of(all.store);
    mongoc_collection_t *tasks =
        mongoc_client_get_collection(mongo->client, "many", "tasks");
    mongoc_bulk_operation_t *bulk =
        mongoc_collection_create_bulk_operation_with_opts(tasks, NULL);
    bson_error_t cause;

    (void)state;
    all.owner = id_random();
    for (int i = 0; i < TASKS; i++) {
        struct task task = task_new(all.owner, "one of many", i);
        bson_t doc = BSON_INITIALIZER;

        task.version = 1;
        task.created_at = task.updated_at = time_now();
        task.tags = (struct strs){ tags, 2 };
        task.title_words = task.notes_words = (struct strs){ words, 1 };
        mongo_append_record(&doc, &mongo->kinds[KIND_TASK], &task,
                            NULL, true);
        mongoc_bulk_operation_insert(bulk, &doc);
        bson_destroy(&doc);
    }
    if (mongoc_bulk_operation_execute(bulk, NULL, &cause) == 0)
        fail_msg("%s", cause.message);
    mongoc_bulk_operation_destroy(bulk);
    mongoc_collection_destroy(tasks);
    return 0;
}

static int64_t count(void)
{
    struct error error = { 0 };
    int64_t n = -1;

    must(all.store->ops->task_count(all.store, all.owner, INT64_MAX, &n,
                                    &error),
         &error);
    return n;
}

static void test_trash_and_restore_of_more_than_a_step(void **state)
{
    struct error error = { 0 };
    struct trash_mark mark = { .deleted = true,
                               .deleted_at = time_now(),
                               .purge_at = time_now() + DAY_MS,
                               .trash_id = id_new(time_now()) };
    struct task_query query;
    struct task_page page;
    int64_t changed;

    (void)state;
    task_query_init(&query, all.owner);
    must(all.store->ops->task_trash(all.store, &query, &mark, &changed,
                                    &error),
         &error);
    assert_int_equal(changed, TASKS);
    must(all.store->ops->task_list(all.store, &all.arena, &query, &page,
                                   &error),
         &error);
    assert_int_equal(page.len, 0);
    must(all.store->ops->task_trash(all.store, &query, &mark, &changed,
                                    &error),
         &error);
    assert_int_equal(changed, 0);
    query.deleted = true;
    query.trash_id = mark.trash_id;
    mark = (struct trash_mark){ .deleted_at = INSTANT_NONE,
                                .purge_at = INSTANT_NONE };
    must(all.store->ops->task_trash(all.store, &query, &mark, &changed,
                                    &error),
         &error);
    assert_int_equal(changed, TASKS);
    query.deleted = false;
    query.trash_id = ID_NONE;
    must(all.store->ops->task_list(all.store, &all.arena, &query, &page,
                                   &error),
         &error);
    assert_int_equal(page.len, query.limit);
    assert_int_equal(page.items[0].version, 3);
    assert_true(page.items[0].purge_at == INSTANT_NONE);
}

static void test_rename_merge_and_removal_of_a_tag(void **state)
{
    static const struct {
        struct str from, to;
        size_t tags;
    } steps[] = {
        { { "a", 1 }, { "$a.b", 4 }, 2 },
        { { "$a.b", 4 }, { "b", 1 }, 1 },
        { { "b", 1 }, { NULL, 0 }, 0 },
    };
    struct error error = { 0 };
    struct tag_counts counts;
    int64_t changed;

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        must(all.store->ops->tag_rename(all.store, all.owner, steps[i].from,
                                        steps[i].to, &changed, &error),
             &error);
        assert_int_equal(changed, TASKS);
        must(all.store->ops->tag_counts(all.store, &all.arena, all.owner,
                                        &counts, &error),
             &error);
        assert_int_equal(counts.len, steps[i].tags);
        for (size_t n = 0; n < counts.len; n++)
            assert_int_equal(counts.items[n].total, TASKS);
    }
    must(all.store->ops->tag_rename(all.store, all.owner, STR("x"), STR("x"),
                                    &changed, &error),
         &error);
    assert_int_equal(changed, 0);
}

static bool tally(void *context, const void *record)
{
    const struct task *task = record;
    int *seen = context;

    assert_true(id_eq(task->owner, all.owner));
    (*seen)++;
    return true;
}

static void test_search_visits_each_once(void **state)
{
    static const struct str terms[] = { { "mil", 3 }, { "mi", 2 } };
    struct error error = { 0 };
    int seen = 0;

    (void)state;
    must(all.store->ops->task_search(all.store, all.owner,
                                     (struct strs){ terms, 2 }, ANY, tally,
                                     &seen, &error),
         &error);
    assert_int_equal(seen, TASKS);
}

static bool tally_each(void *context, const struct stored *stored)
{
    const struct task *task = stored->record;
    int *seen = context;

    if (id_eq(task->owner, all.owner))
        (*seen)++;
    return true;
}

static void test_each_visits_every_record_once(void **state)
{
    struct error error = { 0 };
    int seen = 0;

    (void)state;
    must(all.store->ops->each(all.store, KIND_TASK, tally_each, &seen,
                              &error),
         &error);
    assert_int_equal(seen, TASKS);
}

static void test_erase_takes_all_and_nobody_elses(void **state)
{
    struct error error = { 0 };
    struct id other = all.owner;
    struct task task, out;
    enum write_effect effect;

    (void)state;
    other.bytes[15] ^= 1; /* the neighbour in the order of keys */
    task = task_new(other, "stays", 1);
    must(all.store->ops->create(all.store, &all.arena, KIND_TASK, &task,
                                mark_new(), &out, &effect, &error),
         &error);
    must(all.store->ops->user_erase(all.store, all.owner, (struct hash){ 0 },
                                    &error),
         &error);
    assert_int_equal(count(), 0);
    must(all.store->ops->get(all.store, &all.arena, KIND_TASK,
                             key_owned(other, task.id), &out, &error),
         &error);
}

static void test_next_changes_lie_behind_the_clock(void **state)
{
    struct error error = { 0 };
    struct change_page page;
    int64_t before = time_now();

    (void)state;
    /* A position, so that the clock is asked though nothing comes. */
    must(all.store->ops->changes(all.store, &all.arena, all.owner,
                                 (struct change_token){ 0, id_random() }, 50,
                                 &page, &error),
         &error);
    assert_false(page.more);
    /* An idle server says every 10 s that a majority has all. */
    assert_in_range(page.next.updated_at, before - 25000,
                    time_now() - MONGO_CHANGES_OVERLAP_MS);
}

int run_many(struct mongods *set)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_trash_and_restore_of_more_than_a_step,
                               fill),
        cmocka_unit_test_setup(test_rename_merge_and_removal_of_a_tag, fill),
        cmocka_unit_test_setup(test_search_visits_each_once, fill),
        cmocka_unit_test_setup(test_each_visits_every_record_once, fill),
        cmocka_unit_test_setup(test_erase_takes_all_and_nobody_elses, fill),
        cmocka_unit_test(test_next_changes_lie_behind_the_clock),
    };

    all.set = set;
    return cmocka_run_group_tests_name("mongo_many", tests, set_up,
                                       tear_down);
}
