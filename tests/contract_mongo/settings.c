/*
 * What the store sends (as the server's own profiler saw it), what it makes
 * of the server's failures (as the server's fail points give them), and what
 * migrate and check say.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract_mongo.h"

static struct {
    struct mongods *set;
    struct store *store;
    struct id owner;
    struct arena arena;
} all;

static void command(const char *database, const char *json)
{
    bson_t reply;

    if (!mongod_command(all.set, 0, database, json, &reply))
        fail_msg("%s", json);
    bson_destroy(&reply);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&all.arena);
    all.owner = id_random();
    all.store = open_store(uri_of(all.set, "settings", ""));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    command("admin", "{\"configureFailPoint\":\"failCommand\","
                     "\"mode\":\"off\"}");
    store_close(all.store);
    arena_release(&all.arena);
    return 0;
}

/* The next `times` commands of these names fail in this way. */
static void fail_commands(int times, const char *names, const char *how)
{
    char json[512];

    snprintf(json, sizeof(json),
             "{\"configureFailPoint\":\"failCommand\","
             "\"mode\":{\"times\":%d},\"data\":{\"appName\":\"steady\","
             "\"failCommands\":[%s],%s}}",
             times, names, how);
    command("admin", json);
}

static enum err create(struct store *store, const struct task *task,
                       struct op_mark op, enum write_effect *effect,
                       struct error *error)
{
    struct task out;

    *error = (struct error){ 0 };
    return store->ops->create(store, &all.arena, KIND_TASK, task, op, &out,
                              effect, error);
}

/* The last profiled command of this name. */
static bson_t *profiled(const char *name)
{
    char json[256];
    bson_t reply, doc, *copy = NULL;
    bson_iter_t docs;

    snprintf(json, sizeof(json),
             "{\"find\":\"system.profile\",\"filter\":{\"command.%s\":"
             "\"tasks\"},\"sort\":{\"$natural\":-1},\"limit\":1}",
             name);
    assert_true(mongod_command(all.set, 0, "settings", json, &reply));
    if (mongo_first_batch(&reply, &docs) && bson_iter_next(&docs) &&
        mongo_doc_of(&docs, &doc))
        copy = bson_copy(&doc);
    bson_destroy(&reply);
    if (copy == NULL)
        fail_msg("no %s was profiled", name);
    return copy;
}

static bool at(const bson_t *doc, const char *path, bson_iter_t *out)
{
    bson_iter_t top;

    return bson_iter_init(&top, doc) &&
           bson_iter_find_descendant(&top, path, out);
}

static void test_writes_are_majority_journaled_and_retryable(void **state)
{
    struct error error;
    struct task task = task_new(all.owner, "profiled", 1);
    enum write_effect effect;
    bson_t *seen;
    bson_iter_t iter;

    (void)state;
    command("settings", "{\"profile\":2}");
    must(create(all.store, &task, mark_new(), &effect, &error), &error);
    command("settings", "{\"profile\":0}");
    seen = profiled("findAndModify");
    assert_true(at(seen, "command.writeConcern.w", &iter));
    assert_string_equal(bson_iter_utf8(&iter, NULL), "majority");
    assert_true(at(seen, "command.writeConcern.j", &iter));
    assert_true(bson_iter_as_bool(&iter));
    assert_true(at(seen, "command.writeConcern.wtimeout", &iter));
    assert_int_equal(bson_iter_as_int64(&iter), 4000);
    assert_true(at(seen, "command.txnNumber", &iter));
    assert_true(at(seen, "command.maxTimeMS", &iter));
    assert_int_equal(bson_iter_as_int64(&iter), MONGO_MAX_TIME_MS);
    assert_true(at(seen, "appName", &iter));
    assert_string_equal(bson_iter_utf8(&iter, NULL), "steady");
    bson_destroy(seen);
}

static void test_reads_are_majority_and_have_a_limit(void **state)
{
    struct error error = { 0 };
    struct task_query query;
    struct task_page page;
    bson_t *seen;
    bson_iter_t iter;

    (void)state;
    command("settings", "{\"profile\":2}");
    task_query_init(&query, all.owner);
    must(all.store->ops->task_list(all.store, &all.arena, &query, &page,
                                   &error),
         &error);
    command("settings", "{\"profile\":0}");
    seen = profiled("find");
    assert_true(at(seen, "command.readConcern.level", &iter));
    assert_string_equal(bson_iter_utf8(&iter, NULL), "majority");
    assert_true(at(seen, "command.maxTimeMS", &iter));
    bson_destroy(seen);
}

static void test_the_users_own_options_win(void **state)
{
    struct error error = { 0 };
    struct store *store;
    const mongoc_uri_t *uri;

    (void)state;
    must(store_mongo_open(uri_of(all.set, "settings",
                                 "&w=1&journal=false&wtimeoutMS=777"
                                 "&socketTimeoutMS=1234"
                                 "&appname=mine&readConcernLevel=local"
                                 "&retryWrites=false"),
                          &store, &error),
         &error);
    uri = mongo_of(store)->uri;
    assert_int_equal(
        mongoc_write_concern_get_w(mongoc_uri_get_write_concern(uri)), 1);
    assert_false(
        mongoc_write_concern_get_journal(mongoc_uri_get_write_concern(uri)));
    assert_int_equal(mongoc_write_concern_get_wtimeout_int64(
                         mongoc_uri_get_write_concern(uri)),
                     777);
    assert_string_equal(
        mongoc_read_concern_get_level(mongoc_uri_get_read_concern(uri)),
        "local");
    assert_int_equal(
        mongoc_uri_get_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, 0),
        1234);
    assert_int_equal(
        mongoc_uri_get_option_as_int32(
            uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 0),
        15000);
    assert_false(
        mongoc_uri_get_option_as_bool(uri, MONGOC_URI_RETRYWRITES, true));
    assert_string_equal(mongoc_uri_get_appname(uri), "mine");
    store_close(store);
}

static void test_a_lost_connection_goes_unnoticed(void **state)
{
    static const char *const names[] = { "\"findAndModify\"", "\"find\"",
                                         "\"update\",\"delete\"" };
    struct error error;
    struct task task = task_new(all.owner, "lost", 2), out;
    struct trash_mark trash = { .deleted = true, .deleted_at = 1,
                                .purge_at = time_now() + DAY_MS };
    struct task_query query;
    enum write_effect effect;
    int64_t changed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        fail_commands(1, names[i], "\"closeConnection\":true");
        task.id = id_new(time_now());
        must(create(all.store, &task, mark_new(), &effect, &error), &error);
        assert_int_equal(effect, WRITE_DONE);
        must(all.store->ops->get(all.store, &all.arena, KIND_TASK,
                                 key_owned(all.owner, task.id), &out, &error),
             &error);
        task_query_init(&query, all.owner);
        must(all.store->ops->task_trash(all.store, &query, &trash, &changed,
                                        &error),
             &error);
        assert_true(changed > 0);
    }
}

static void test_a_write_of_unknown_outcome_repeats_by_its_mark(void **state)
{
    struct error error;
    struct op_mark op = mark_new();
    struct task task = task_new(all.owner, "unknown", 3), out;
    struct task values = { .title = STR("done once") };
    struct change change = { .key = key_owned(all.owner, task.id),
                             .fields = FIELD_BIT(TASK_TITLE),
                             .values = &values,
                             .deleted = NO };
    enum write_effect effect;

    (void)state;
    /* It is carried out, but no majority is known to have it. */
    fail_commands(1, "\"findAndModify\"",
                  "\"writeConcernError\":{\"code\":64,\"errmsg\":\"late\"}");
    assert_int_equal(create(all.store, &task, op, &effect, &error),
                     ERR_UNAVAILABLE);
    assert_true(error.retry_after > 0);
    must(create(all.store, &task, op, &effect, &error), &error);
    assert_int_equal(effect, WRITE_REPEATED);

    change.op = mark_new();
    fail_commands(1, "\"findAndModify\"",
                  "\"writeConcernError\":{\"code\":64,\"errmsg\":\"late\"}");
    assert_int_equal(all.store->ops->update(all.store, &all.arena, KIND_TASK,
                                            &change, &out, &effect, &error),
                     ERR_UNAVAILABLE);
    must(all.store->ops->update(all.store, &all.arena, KIND_TASK, &change,
                                &out, &effect, &error),
         &error);
    assert_int_equal(effect, WRITE_REPEATED);
    assert_int_equal(out.version, 2);
}

static void test_the_servers_errors_in_our_words(void **state)
{
    static const struct {
        int code;
        enum err err;
    } cases[] = {
        { 13, ERR_UNAVAILABLE },    /* Unauthorized */
        { 18, ERR_UNAVAILABLE },    /* AuthenticationFailed */
        { 50, ERR_UNAVAILABLE },    /* MaxTimeMSExpired */
        { 112, ERR_UNAVAILABLE },   /* WriteConflict */
        { 14031, ERR_FULL },        /* OutOfDiskSpace */
        { 2, ERR_INTERNAL },        /* BadValue */
    };
    struct error error;
    enum write_effect effect;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct task task = task_new(all.owner, "refused", 4);
        char how[64];
        enum err err;

        snprintf(how, sizeof(how), "\"errorCode\":%d", cases[i].code);
        fail_commands(1, "\"findAndModify\"", how);
        err = create(all.store, &task, mark_new(), &effect, &error);
        if (err != cases[i].err)
            fail_msg("code %d gives %s", cases[i].code, err_name(err));
    }
}

static void test_a_bad_address_is_told_without_its_password(void **state)
{
    struct error error = { 0 };
    struct store *store;

    (void)state;
    assert_int_equal(store_mongo_open("mongodb://me:secret@/%%%", &store,
                                      &error),
                     ERR_INVALID);
    assert_null(strstr(error.detail, "secret"));
    assert_non_null(strstr(error.detail, "STEADY_MONGODB_URI"));
}

static void test_nobody_there_then_refused_at_once(void **state)
{
    struct error error = { 0 };
    struct store *store;
    struct task task;
    int64_t began, took;

    (void)state;
    /* Port 9 (discard): nobody listens on it here. */
    must(store_mongo_open("mongodb://127.0.0.1:9/x?replicaSet=steady"
                          "&serverSelectionTimeoutMS=600",
                          &store, &error),
         &error);
    began = now_ms();
    assert_int_equal(store->ops->get(store, &all.arena, KIND_TASK,
                                     key_owned(all.owner, all.owner), &task,
                                     &error),
                     ERR_UNAVAILABLE);
    took = now_ms() - began;
    assert_in_range(took, 500, 2000);
    for (int i = 0; i < 100; i++) {
        began = now_ms();
        assert_int_equal(store->ops->get(store, &all.arena, KIND_TASK,
                                         key_owned(all.owner, all.owner),
                                         &task, &error),
                         ERR_UNAVAILABLE);
        assert_in_range(now_ms() - began, 0, 50);
        assert_in_range(error.retry_after, 1, 5);
    }
    began = now_ms();
    assert_int_equal(store->ops->ping(store, &error), ERR_UNAVAILABLE);
    assert_in_range(now_ms() - began, 0, MONGO_PING_MS + 500);
    store_close(store);
}

static void test_ping_needs_a_primary_that_answers(void **state)
{
    struct error error = { 0 };

    (void)state;
    must(all.store->ops->ping(all.store, &error), &error);
    fail_commands(1, "\"hello\"", "\"closeConnection\":true");
    assert_int_equal(all.store->ops->ping(all.store, &error),
                     ERR_UNAVAILABLE);
    /* Monitoring notices, and finds it again. */
    for (int i = 0; i < 50 && error.code != ERR_NONE; i++) {
        error = (struct error){ 0 };
        if (all.store->ops->ping(all.store, &error) == ERR_NONE)
            return;
        sleep_ms(100);
    }
    fail_msg("%s", error.detail);
}

static void test_an_unprepared_database_is_told(void **state)
{
    struct error error = { 0 };
    struct store *store;

    (void)state;
    must(store_mongo_open(uri_of(all.set, "unprepared", ""), &store, &error),
         &error);
    assert_int_not_equal(store->ops->check(store, false, &error), ERR_NONE);
    assert_non_null(strstr(error.detail, "steady-admin migrate"));
    store_close(store);
}

static void test_check_names_the_missing_index(void **state)
{
    struct error error = { 0 };
    struct store *store = open_store(uri_of(all.set, "indexes", ""));

    (void)state;
    must(store->ops->check(store, false, &error), &error);
    command("indexes", "{\"dropIndexes\":\"tasks\",\"index\":\"due\"}");
    assert_int_not_equal(store->ops->check(store, false, &error), ERR_NONE);
    assert_non_null(strstr(error.detail, "\"due\" of tasks"));
    must(store->ops->migrate(store, &error), &error);
    error = (struct error){ 0 };
    must(store->ops->check(store, false, &error), &error);
    store_close(store);
}

static void test_a_newer_store_is_refused(void **state)
{
    struct error error = { 0 };
    struct store *store = open_store(uri_of(all.set, "newer", ""));

    (void)state;
    command("newer", "{\"update\":\"meta\",\"updates\":[{\"q\":{\"_id\":"
                     "\"schema\"},\"u\":{\"$set\":{\"version\":99}}}],"
                     "\"writeConcern\":{\"w\":\"majority\"}}");
    assert_int_not_equal(store->ops->check(store, false, &error), ERR_NONE);
    assert_non_null(strstr(error.detail, "newer release"));
    assert_int_not_equal(store->ops->migrate(store, &error), ERR_NONE);
    assert_non_null(strstr(error.detail, "newer release"));
    store_close(store);
}

static void test_an_unclustered_collection_is_told(void **state)
{
    struct error error = { 0 };
    struct store *store;

    (void)state;
    command("plain", "{\"create\":\"tasks\"}");
    must(store_mongo_open(uri_of(all.set, "plain", ""), &store, &error),
         &error);
    assert_int_not_equal(store->ops->migrate(store, &error), ERR_NONE);
    assert_non_null(strstr(error.detail, "not clustered"));
    store_close(store);
}

/* Several hosts that are rolled out at the same time. */
static void test_migrations_at_the_same_time(void **state)
{
    enum { PROCESSES = 4 };
    struct error error = { 0 };
    const char *uri = uri_of(all.set, "together", "");
    pid_t pids[PROCESSES];
    struct store *store;

    (void)state;
    for (int i = 0; i < PROCESSES; i++) {
        fflush(NULL);
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            if (store_mongo_open(uri, &store, &error) != ERR_NONE ||
                store->ops->migrate(store, &error) != ERR_NONE)
                _exit(1);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;

        waitpid(pids[i], &status, 0);
        assert_int_equal(status, 0);
    }
    must(store_mongo_open(uri, &store, &error), &error);
    must(store->ops->check(store, false, &error), &error);
    store_close(store);
}

int run_settings(struct mongods *set)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_are_majority_journaled_and_retryable),
        cmocka_unit_test(test_reads_are_majority_and_have_a_limit),
        cmocka_unit_test(test_the_users_own_options_win),
        cmocka_unit_test(test_a_lost_connection_goes_unnoticed),
        cmocka_unit_test(test_a_write_of_unknown_outcome_repeats_by_its_mark),
        cmocka_unit_test(test_the_servers_errors_in_our_words),
        cmocka_unit_test(test_a_bad_address_is_told_without_its_password),
        cmocka_unit_test(test_nobody_there_then_refused_at_once),
        cmocka_unit_test(test_ping_needs_a_primary_that_answers),
        cmocka_unit_test(test_an_unprepared_database_is_told),
        cmocka_unit_test(test_check_names_the_missing_index),
        cmocka_unit_test(test_a_newer_store_is_refused),
        cmocka_unit_test(test_an_unclustered_collection_is_told),
        cmocka_unit_test(test_migrations_at_the_same_time),
    };

    all.set = set;
    return cmocka_run_group_tests_name("mongo_settings", tests, set_up,
                                       tear_down);
}
