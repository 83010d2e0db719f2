/*
 * A replica set of three while a client writes every 50 ms: each create and
 * each update is repeated with its mark until it is acknowledged, and then
 * there exactly once. What goes unnoticed and what is refused is printed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "contract_mongo.h"

enum {
    ELECTION_MS = 2000,
    PERIOD_MS = 50,
    WRITES_MAX = 1000,
    ANSWER_MAX_MS = 26000 /* the worker's watchdog is at 28 s */
};

static struct {
    struct mongods set;
    struct store *store;
    struct id owner;
    struct arena arena;
    /* What the faults' thread does, and when it has ended. */
    void (*fault)(void);
    volatile bool over;
    struct id ids[WRITES_MAX];
    int writes, refused;
    int64_t worst; /* ms of one call */
} all;

static void fault_none(void)
{
}

static void fault_step_down(void)
{
    int primary = mongods_primary(&all.set, -1);
    bson_t reply;

    mongod_command(&all.set, primary, "admin", "{\"replSetStepDown\":10}",
                   &reply);
    bson_destroy(&reply);
    mongods_primary(&all.set, primary);
}

static void fault_kill(void)
{
    int primary = mongods_primary(&all.set, -1);

    mongod_kill(&all.set, primary);
    mongods_primary(&all.set, primary);
    mongod_run(&all.set, primary);
}

static void fault_freeze(void)
{
    int primary = mongods_primary(&all.set, -1);

    mongod_freeze(&all.set, primary);
    mongods_primary(&all.set, primary);
    sleep_ms(2000);
    mongod_thaw(&all.set, primary);
}

static void fault_all_down(void)
{
    for (int i = 0; i < all.set.len; i++)
        mongod_kill(&all.set, i);
    sleep_ms(3000);
    for (int i = 0; i < all.set.len; i++)
        mongod_run(&all.set, i);
    mongods_primary(&all.set, -1);
}

static void *faults(void *unused)
{
    (void)unused;
    sleep_ms(1000);
    all.fault();
    sleep_ms(1000);
    all.over = true;
    return NULL;
}

static void note(int64_t began, enum err err)
{
    int64_t took = now_ms() - began;

    if (took > all.worst)
        all.worst = took;
    assert_true(took < ANSWER_MAX_MS);
    if (err != ERR_NONE)
        all.refused++;
}

/* Until it is acknowledged; anything but ERR_UNAVAILABLE is a failure. */
static void create_surely(struct id id)
{
    struct task task = task_new(all.owner, "written once", 1), out;
    struct op_mark op = mark_new();
    enum write_effect effect;
    enum err err;

    task.id = id;
    do {
        struct error error = { 0 };
        int64_t began = now_ms();

        err = all.store->ops->create(all.store, &all.arena, KIND_TASK, &task,
                                     op, &out, &effect, &error);
        note(began, err);
        if (err == ERR_UNAVAILABLE) {
            assert_true(error.retry_after > 0);
            sleep_ms(500);
        } else {
            must(err, &error);
        }
    } while (err != ERR_NONE);
}

static void update_surely(struct id id, int64_t version)
{
    struct task values = { .completion_count = version }, out;
    struct change change = { .key = key_owned(all.owner, id),
                             .fields = FIELD_BIT(TASK_COMPLETION_COUNT),
                             .values = &values,
                             .deleted = NO };
    enum write_effect effect;
    enum err err;

    change.op = mark_new();
    do {
        struct error error = { 0 };
        int64_t began = now_ms();

        err = all.store->ops->update(all.store, &all.arena, KIND_TASK,
                                     &change, &out, &effect, &error);
        note(began, err);
        if (err == ERR_UNAVAILABLE)
            sleep_ms(500);
        else
            must(err, &error);
    } while (err != ERR_NONE);
    /* Doubled: it would be one ahead. Lost: one behind. */
    assert_int_equal(out.version, version);
}

static void check_all_there(void)
{
    struct error error = { 0 };
    struct task task;
    int64_t count = 0;

    for (int i = 0; i < all.writes; i++)
        must(all.store->ops->get(all.store, &all.arena, KIND_TASK,
                                 key_owned(all.owner, all.ids[i]), &task,
                                 &error),
             &error);
    must(all.store->ops->task_count(all.store, all.owner, 100000, &count,
                                    &error),
         &error);
    assert_int_equal(count, all.writes);
}

static void write_through(const char *name, void (*fault)(void))
{
    pthread_t thread;
    int64_t version = 1;

    arena_reset(&all.arena);
    all.owner = id_random();
    all.fault = fault;
    all.over = false;
    all.writes = all.refused = 0;
    all.worst = 0;
    all.ids[all.writes++] = id_new(time_now());
    create_surely(all.ids[0]);
    pthread_create(&thread, NULL, faults, NULL);
    while (!all.over && all.writes < WRITES_MAX) {
        struct id id = id_new(time_now());

        create_surely(id);
        all.ids[all.writes++] = id;
        update_surely(all.ids[0], ++version);
        sleep_ms(PERIOD_MS);
    }
    pthread_join(thread, NULL);
    printf("# %s: %d writes, %d refused, worst answer %lld ms\n", name,
           2 * all.writes, all.refused, (long long)all.worst);
    check_all_there();
}

static void test_writes_without_a_fault(void **state)
{
    (void)state;
    write_through("no fault", fault_none);
    assert_int_equal(all.refused, 0);
}

static void test_writes_through_a_step_down(void **state)
{
    (void)state;
    write_through("step-down", fault_step_down);
    assert_int_equal(all.refused, 0);
}

static void test_writes_through_the_death_of_the_primary(void **state)
{
    (void)state;
    write_through("kill -9 of the primary", fault_kill);
    assert_int_equal(all.refused, 0);
}

static void test_writes_through_a_frozen_primary(void **state)
{
    (void)state;
    write_through("frozen primary", fault_freeze);
    assert_int_equal(all.refused, 0);
}

static void test_writes_through_the_death_of_all(void **state)
{
    (void)state;
    write_through("all killed and back", fault_all_down);
}

static enum err get_one(struct error *error)
{
    struct task task;

    *error = (struct error){ 0 };
    return all.store->ops->get(all.store, &all.arena, KIND_TASK,
                               key_owned(all.owner, all.ids[0]), &task,
                               error);
}

static void test_all_down_is_refused_at_once_and_recovers(void **state)
{
    struct error error;
    int64_t began;

    (void)state;
    for (int i = 0; i < all.set.len; i++)
        mongod_kill(&all.set, i);
    began = now_ms();
    assert_int_equal(get_one(&error), ERR_UNAVAILABLE);
    printf("# first refusal after %lld ms\n", (long long)(now_ms() - began));
    assert_true(now_ms() - began < 17000);
    for (int i = 0; i < 200; i++) {
        began = now_ms();
        assert_int_equal(get_one(&error), ERR_UNAVAILABLE);
        assert_true(now_ms() - began < 50);
        sleep_ms(30);
    }
    began = now_ms();
    assert_int_equal(all.store->ops->ping(all.store, &error),
                     ERR_UNAVAILABLE);
    assert_true(now_ms() - began < MONGO_PING_MS + 500);
    for (int i = 0; i < all.set.len; i++)
        mongod_run(&all.set, i);
    mongods_primary(&all.set, -1);
    began = now_ms();
    while (get_one(&error) != ERR_NONE && now_ms() - began < 20000)
        sleep_ms(50);
    printf("# recovered %lld ms after the election\n",
           (long long)(now_ms() - began));
    assert_true(now_ms() - began < 6000);
}

static int set_up(void **state)
{
    /* To see that the tests would notice: "&w=1", "&retryWrites=false". */
    const char *options = getenv("STEADY_TEST_OPTIONS");

    (void)state;
    arena_init(&all.arena);
    mongods_start(&all.set, 3, ELECTION_MS);
    all.store = open_store(uri_of(&all.set, "failover",
                                  options == NULL ? "" : options));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(all.store);
    arena_release(&all.arena);
    mongods_stop(&all.set);
    return 0;
}

int run_failover(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_without_a_fault),
        cmocka_unit_test(test_writes_through_a_step_down),
        cmocka_unit_test(test_writes_through_the_death_of_the_primary),
        cmocka_unit_test(test_writes_through_a_frozen_primary),
        cmocka_unit_test(test_writes_through_the_death_of_all),
        cmocka_unit_test(test_all_down_is_refused_at_once_and_recovers),
    };

    return cmocka_run_group_tests_name("mongo_failover", tests, set_up,
                                       tear_down);
}
