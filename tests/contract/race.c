/* Several processes on one store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "contract.h"

enum { CHILDREN = 4, INCREMENTS = 50, APPENDS = 40, HITS = 25, ARGUMENTS = 8 };

/* ---- Children ---- */

/* This program anew, so that no connection crosses the fork. */
static pid_t start_child(const char *role, const char *const *arguments)
{
    const char *argv[ARGUMENTS + 4] = { "contract", "--child", role };
    pid_t pid = fork();

    for (size_t i = 0; i < ARGUMENTS && arguments[i] != NULL; i++)
        argv[3 + i] = arguments[i];
    if (pid == 0) {
        execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert_true(pid > 0);
    return pid;
}

static void wait_child(pid_t pid, const char *role)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the child \"%s\" ended with status %d", role, status);
}

void run_children(int count, const char *role, const char *const *arguments)
{
    pid_t pids[16];

    assert_true(count <= (int)COUNT(pids));
    for (int i = 0; i < count; i++)
        pids[i] = start_child(role, arguments);
    for (int i = 0; i < count; i++)
        wait_child(pids[i], role);
}

/* In a child there is no cmocka: what fails says so and ends it. */
static void need(enum err err, const struct error *error)
{
    if (err == ERR_NONE)
        return;
    fprintf(stderr, "child: %s: %s\n", err_name(err), error->detail);
    exit(1);
}

/* ---- No lost update ---- */

static int child_increment(struct store *store, struct id owner, struct id id)
{
    struct error error = { 0 };
    struct arena arena;

    arena_init(&arena);
    for (int done = 0; done < INCREMENTS;) {
        struct task task, out;
        struct change change = change_of(
            key_owned(owner, id), FIELD_BIT(TASK_COMPLETION_COUNT), &task);
        enum write_effect effect;
        enum err err;

        need(store->ops->get(store, &arena, KIND_TASK, change.key, &task,
                             &error),
             &error);
        change.if_version = task.version;
        task.completion_count++;
        err = store->ops->update(store, &arena, KIND_TASK, &change, &out,
                                 &effect, &error);
        if (err == ERR_NONE)
            done++;
        else if (err != ERR_STALE)
            need(err, &error);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return 0;
}

static void test_no_update_is_lost_between_processes(void **state)
{
    struct context *context = *state;
    struct task task = new_task(context->owner, "counter"), out;
    const char *arguments[] = { id_text(&context->arena, task.owner),
                                id_text(&context->arena, task.id), NULL };

    created(context, &task);
    run_children(CHILDREN, "increment", arguments);
    out = stored_task(context, task.owner, task.id);
    assert_int_equal(out.completion_count, CHILDREN * INCREMENTS);
    assert_int_equal(out.version, 1 + CHILDREN * INCREMENTS);
}

/* ---- One create, one mark ---- */

/* The n-th id for all children alike; each takes part in every race. */
static int child_create(struct store *store, struct id owner)
{
    struct error error = { 0 };
    struct arena arena;

    arena_init(&arena);
    for (uint64_t n = 1; n <= APPENDS; n++) {
        struct task task = new_task(owner, "race"), out;
        struct change change;
        struct op_mark op = { .set = true, .bytes = { (uint8_t)n } };
        enum write_effect effect;

        task.id = nth_id(n);
        need(store->ops->create(store, &arena, KIND_TASK, &task, op, &out,
                                &effect, &error),
             &error);
        change = change_of(key_owned(owner, task.id), 0, &task);
        change.op = (struct op_mark){ .set = true, .bytes = { 0, (uint8_t)n } };
        need(store->ops->update(store, &arena, KIND_TASK, &change, &out,
                                &effect, &error),
             &error);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return 0;
}

static void test_a_write_sent_by_all_at_once_is_done_once(void **state)
{
    struct context *context = *state;
    const char *arguments[] = { id_text(&context->arena, context->owner),
                                NULL };
    int64_t count = 0;

    run_children(CHILDREN, "create", arguments);
    must(context, context->ops->task_count(context->store, context->owner,
                                           1000, &count, &context->error));
    assert_int_equal(count, APPENDS);
    for (uint64_t n = 1; n <= APPENDS; n++) {
        struct task task = stored_task(context, context->owner, nth_id(n));

        assert_int_equal(task.version, 2);
    }
}

/* ---- The feed beside writers ---- */

static int child_append(struct store *store, struct id owner)
{
    struct error error = { 0 };
    struct arena arena;

    arena_init(&arena);
    for (int i = 0; i < APPENDS; i++) {
        struct task task = new_task(owner, "appended"), out;
        struct list list = new_list(owner, "appended"), list_out;
        enum write_effect effect;

        task.id = id_random();
        need(store->ops->create(store, &arena, KIND_TASK, &task,
                                (struct op_mark){ 0 }, &out, &effect, &error),
             &error);
        if (i % 4 == 0)
            need(store->ops->create(store, &arena, KIND_LIST, &list,
                                    (struct op_mark){ 0 }, &list_out, &effect,
                                    &error),
                 &error);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return 0;
}

/* What a client does that follows the feed and drops what it has. */
struct reader {
    struct id ids[CHILDREN * APPENDS * 2];
    size_t len;
    struct change_token since;
};

static void remember(struct reader *reader, struct id id)
{
    for (size_t i = 0; i < reader->len; i++) {
        if (id_eq(reader->ids[i], id))
            return;
    }
    assert_true(reader->len < COUNT(reader->ids));
    reader->ids[reader->len++] = id;
}

static void read_feed(struct context *context, struct reader *reader)
{
    struct change_page page = { .more = true };

    while (page.more) {
        must(context,
             context->ops->changes(context->store, &context->arena,
                                   context->owner, reader->since, 5, &page,
                                   &context->error));
        for (size_t i = 0; i < page.tasks.len; i++)
            remember(reader, page.tasks.items[i].id);
        for (size_t i = 0; i < page.lists.len; i++)
            remember(reader, page.lists.items[i].id);
        reader->since = page.next;
    }
}

static void test_a_reader_of_the_feed_misses_no_writer(void **state)
{
    struct context *context = *state;
    struct reader *reader = arena_alloc(&context->arena, sizeof(*reader));
    const char *arguments[] = { id_text(&context->arena, context->owner),
                                NULL };
    pid_t pids[CHILDREN];
    size_t running = CHILDREN;

    for (size_t i = 0; i < CHILDREN; i++)
        pids[i] = start_child("append", arguments);
    while (running > 0) {
        int status;

        read_feed(context, reader);
        for (size_t i = 0; i < CHILDREN; i++) {
            if (pids[i] == 0 || waitpid(pids[i], &status, WNOHANG) == 0)
                continue;
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            pids[i] = 0;
            running--;
        }
    }
    read_feed(context, reader);
    assert_int_equal(reader->len, CHILDREN * (APPENDS + APPENDS / 4));
}

/* ---- Counters ---- */

static int child_throttle(struct store *store, struct id half)
{
    struct error error = { 0 };
    struct hash subject = { { 0 } };
    int64_t count, ends;

    memcpy(subject.bytes, half.bytes, sizeof(half.bytes));
    for (int i = 0; i < HITS; i++)
        need(store->ops->throttle_hit(store, subject, time_now(), HOUR_MS,
                                      &count, &ends, &error),
             &error);
    return 0;
}

static void test_every_hit_of_a_throttle_counts(void **state)
{
    struct context *context = *state;
    const char *arguments[] = { id_text(&context->arena, context->owner),
                                NULL };
    struct hash subject = { { 0 } };
    int64_t count = 0, ends;

    memcpy(subject.bytes, context->owner.bytes, ID_BYTES);
    run_children(CHILDREN, "throttle", arguments);
    must(context, context->ops->throttle_hit(context->store, subject,
                                             time_now(), HOUR_MS, &count,
                                             &ends, &context->error));
    assert_int_equal(count, CHILDREN * HITS + 1);
}

/* Each renames the tags to and fro; none of them may be lost. */
static int child_tags(struct store *store, struct id owner)
{
    struct error error = { 0 };
    int64_t changed;

    for (int i = 0; i < 10; i++) {
        need(store->ops->tag_rename(store, owner, STR("a"), STR("b"),
                                    &changed, &error),
             &error);
        need(store->ops->tag_rename(store, owner, STR("b"), STR("a"),
                                    &changed, &error),
             &error);
    }
    return 0;
}

static void test_tags_survive_renaming_at_once(void **state)
{
    struct context *context = *state;
    struct str tags[] = { STR("x"), STR("a"), STR("y") };
    const char *arguments[] = { id_text(&context->arena, context->owner),
                                NULL };
    struct task tasks[5];

    for (size_t i = 0; i < COUNT(tasks); i++) {
        tasks[i] = new_task(context->owner, "x");
        tasks[i].tags = (struct strs){ tags, COUNT(tags) };
        created(context, &tasks[i]);
    }
    run_children(CHILDREN, "tags", arguments);
    for (size_t i = 0; i < COUNT(tasks); i++) {
        struct task task = stored_task(context, context->owner, tasks[i].id);

        assert_int_equal(task.tags.len, 3);
        assert_true(str_eq(task.tags.items[0], STR("x")));
        assert_true(str_eq(task.tags.items[2], STR("y")));
    }
}

int child_main(int argc, char **argv)
{
    struct store *store = contract_store();
    struct id owner = ID_NONE, id = ID_NONE;
    int result = 1;

    if (argc < 2 || !id_parse(str_from(argv[1]), &owner) ||
        (argc > 2 && !id_parse(str_from(argv[2]), &id)))
        return 2;
    if (strcmp(argv[0], "increment") == 0)
        result = child_increment(store, owner, id);
    else if (strcmp(argv[0], "create") == 0)
        result = child_create(store, owner);
    else if (strcmp(argv[0], "append") == 0)
        result = child_append(store, owner);
    else if (strcmp(argv[0], "throttle") == 0)
        result = child_throttle(store, owner);
    else if (strcmp(argv[0], "tags") == 0)
        result = child_tags(store, owner);
    store_close(store);
    return result;
}

int run_race(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(test_no_update_is_lost_between_processes),
        CONTRACT_TEST(test_a_write_sent_by_all_at_once_is_done_once),
        CONTRACT_TEST(test_a_reader_of_the_feed_misses_no_writer),
        CONTRACT_TEST(test_every_hit_of_a_throttle_counts),
        CONTRACT_TEST(test_tags_survive_renaming_at_once),
    };

    return cmocka_run_group_tests_name("race", tests, NULL, NULL);
}
