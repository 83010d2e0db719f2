/* A process killed at any moment loses no write that it acknowledged. */
#include "cases.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/store.h"

enum {
    ROUNDS = 50,
    WRITERS = 2,
    LIFE_MIN_US = 10000, /* of a writer, before it is killed */
    LIFE_SPAN_US = 120000
};

static struct store *open_store(const char *path)
{
    struct error error = { 0 };
    struct store *store = NULL;
    enum err err = store_sqlite_open(path, true, &store, &error);

    if (err == ERR_NONE)
        err = store->ops->migrate(store, &error);
    if (err != ERR_NONE)
        fail_msg("%s", error.detail);
    return store;
}

/* In a child: says the id of each task on the pipe once it is acknowledged,
 * created and then changed. */
static void write_for_ever(const char *path, int out, struct id owner)
{
    struct store *store = open_store(path);
    struct str words[] = { STR("one"), STR("two"), STR("three") };
    struct error error = { 0 };
    struct arena arena;

    arena_init(&arena);
    for (;;) {
        struct task task = *(const struct task *)task_schema.defaults;
        struct task made;
        struct change change;
        enum write_effect effect;

        task.id = id_random();
        task.owner = owner;
        task.title = STR("acknowledged");
        task.title_words = (struct strs){ words, COUNT(words) };
        change = (struct change){ .key = key_of(KIND_TASK, &task),
                                  .fields = FIELD_BIT(TASK_ORDER),
                                  .values = &task,
                                  .deleted = NO };
        if (store->ops->create(store, &arena, KIND_TASK, &task,
                               (struct op_mark){ 0 }, &made, &effect,
                               &error) != ERR_NONE ||
            store->ops->update(store, &arena, KIND_TASK, &change, &made,
                               &effect, &error) != ERR_NONE ||
            write(out, &task.id, sizeof(task.id)) != sizeof(task.id))
            _exit(1);
        arena_reset(&arena);
    }
}

struct acknowledged {
    struct id *ids;
    size_t len, size;
};

static void read_ids(int in, struct acknowledged *all)
{
    struct id id;

    /* Shorter than PIPE_BUF: whole or not at all. */
    while (read(in, &id, sizeof(id)) == (ssize_t)sizeof(id)) {
        if (all->len == all->size) {
            all->size = all->size == 0 ? 1024 : 2 * all->size;
            all->ids = mem_realloc(all->ids, all->size * sizeof(*all->ids));
        }
        all->ids[all->len++] = id;
    }
}

static void kill_one_round(const char *path, struct id owner,
                           struct acknowledged *all)
{
    const useconds_t life =
        LIFE_MIN_US + (useconds_t)(random() % LIFE_SPAN_US);
    pid_t pids[WRITERS];
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            write_for_ever(path, ends[1], owner);
    }
    close(ends[1]);
    usleep(life);
    for (size_t i = 0; i < WRITERS; i++) {
        int status;

        assert_int_equal(kill(pids[i], SIGKILL), 0);
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFSIGNALED(status)); /* none had failed before */
    }
    read_ids(ends[0], all);
    close(ends[0]);
}

static void check_all(const char *path, struct id owner,
                      const struct acknowledged *all)
{
    struct store *store = open_store(path);
    struct error error = { 0 };
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < all->len; i++) {
        struct task task;

        if (store->ops->get(store, &arena, KIND_TASK,
                            key_owned(owner, all->ids[i]), &task,
                            &error) != ERR_NONE)
            fail_msg("write %zu of %zu is lost: %s", i, all->len,
                     error.detail);
        assert_int_equal(task.version, 2);
        arena_reset(&arena);
    }
    if (store->ops->check(store, true, &error) != ERR_NONE)
        fail_msg("%s", error.detail);
    arena_release(&arena);
    store_close(store);
}

static void test_killed_writers_lose_nothing_acknowledged(void **state)
{
    char path[] = "/tmp/steady-kill-XXXXXX", name[64];
    static const char *const files[] = { "steady.db", "steady.db-wal",
                                         "steady.db-shm", "steady.marker" };
    struct acknowledged all = { 0 };
    struct id owner = id_random();

    (void)state;
    assert_non_null(mkdtemp(path));
    srandom((unsigned)time(NULL));
    store_close(open_store(path));
    for (int round = 0; round < ROUNDS; round++)
        kill_one_round(path, owner, &all);
    print_message("# %zu writes acknowledged\n", all.len);
    assert_true(all.len > ROUNDS);
    check_all(path, owner, &all);
    free(all.ids);
    for (size_t i = 0; i < COUNT(files); i++) {
        (void)snprintf(name, sizeof(name), "%s/%s", path, files[i]);
        (void)unlink(name);
    }
    (void)rmdir(path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_writers_lose_nothing_acknowledged),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
