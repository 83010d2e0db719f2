/* What is SQLite's own: its folder, its file, its errors. */
#include "cases.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/store_sqlite.h"

enum { PATH_BYTES = 256 };

struct folder {
    char path[PATH_BYTES], file[PATH_BYTES + 32], marker[PATH_BYTES + 32];
    struct arena arena;
    struct error error;
};

static int setup(void **state)
{
    struct folder *folder = mem_alloc(sizeof(*folder));

    *folder = (struct folder){ .path = "/tmp/steady-sqlite-XXXXXX" };
    if (mkdtemp(folder->path) == NULL)
        return 1;
    (void)snprintf(folder->file, sizeof(folder->file), "%s/%s", folder->path,
                   SQLITE_FILE);
    (void)snprintf(folder->marker, sizeof(folder->marker), "%s/%s",
                   folder->path, SQLITE_MARKER);
    arena_init(&folder->arena);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    struct folder *folder = *state;
    char path[PATH_BYTES + 64];

    for (size_t i = 0; i < COUNT(suffixes); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", folder->file, suffixes[i]);
        (void)unlink(path);
    }
    (void)unlink(folder->marker);
    (void)rmdir(folder->path);
    arena_release(&folder->arena);
    free(folder);
    return 0;
}

static void must_be(struct folder *folder, enum err err, enum err wanted)
{
    if (err != wanted)
        fail_msg("%s instead of %s: %s", err_name(err), err_name(wanted),
                 folder->error.detail);
}

static struct store *open_store(struct folder *folder)
{
    struct store *store = NULL;

    must_be(folder,
            store_sqlite_open(folder->path, true, &store, &folder->error),
            ERR_NONE);
    must_be(folder, store->ops->migrate(store, &folder->error), ERR_NONE);
    return store;
}

/* Refused, with a sentence that says so. */
static void assert_refused(struct folder *folder, const char *path,
                           bool create, const char *sentence)
{
    struct store *store = NULL;

    must_be(folder, store_sqlite_open(path, create, &store, &folder->error),
            ERR_UNAVAILABLE);
    assert_null(store);
    if (strstr(folder->error.detail, sentence) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", folder->error.detail,
                 sentence);
}

static struct task task_of(struct id owner)
{
    struct task task = *(const struct task *)task_schema.defaults;

    task.id = id_random();
    task.owner = owner;
    task.title = STR("x");
    return task;
}

static enum err create(struct folder *folder, struct store *store,
                       struct task *task)
{
    enum write_effect effect;

    folder->error = (struct error){ 0 };
    return store->ops->create(store, &folder->arena, KIND_TASK, task,
                              (struct op_mark){ 0 }, task, &effect,
                              &folder->error);
}

static enum err get(struct folder *folder, struct store *store,
                    const struct task *task)
{
    struct task out;

    return store->ops->get(store, &folder->arena, KIND_TASK,
                           key_of(KIND_TASK, task), &out, &folder->error);
}

/* A statement of the test's own on a connection of its own. */
static void run_sql(struct folder *folder, const char *text)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(folder->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
    sqlite3_close(db);
}

static unsigned mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

/* ---- The folder ---- */

static void test_open_makes_a_private_folder_and_file(void **state)
{
    struct folder *folder = *state;

    assert_int_equal(rmdir(folder->path), 0);
    store_close(open_store(folder));
    assert_int_equal(mode_of(folder->path), 0700);
    assert_int_equal(mode_of(folder->file), 0600);
    assert_int_equal(mode_of(folder->marker), 0600);
}

static void test_open_makes_nothing_unless_told(void **state)
{
    struct folder *folder = *state;

    assert_refused(folder, folder->path, false, "There is no ");
    assert_int_equal(access(folder->file, F_OK), -1);
    assert_refused(folder, "/nonexistent/steady", false, "cannot be used");
    assert_refused(folder, "/nonexistent/steady", true, "cannot be made");
    assert_refused(folder, "", true, "STEADY_DATA_DIR");
    assert_refused(folder, NULL, true, "STEADY_DATA_DIR");
    assert_refused(folder, "/dev/null", true, "is not a folder");
}

static void test_a_lost_file_is_not_replaced_by_an_empty_one(void **state)
{
    struct folder *folder = *state;

    store_close(open_store(folder));
    assert_int_equal(unlink(folder->file), 0);
    assert_refused(folder, folder->path, true, "this folder had a store");
    assert_int_equal(access(folder->file, F_OK), -1);
    assert_int_equal(unlink(folder->marker), 0);
    store_close(open_store(folder));
}

static void test_a_file_without_marker_gets_one(void **state)
{
    struct folder *folder = *state;

    store_close(open_store(folder));
    assert_int_equal(unlink(folder->marker), 0);
    store_close(open_store(folder));
    assert_int_equal(access(folder->marker, F_OK), 0);
}

static void test_what_is_not_a_database_is_refused(void **state)
{
    struct folder *folder = *state;
    FILE *file = fopen(folder->file, "w");

    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        (void)fputs("not a database, but something dear to someone\n", file);
    assert_int_equal(fclose(file), 0);
    assert_refused(folder, folder->path, true, "is not a database");
}

static void test_a_newer_file_is_refused(void **state)
{
    struct folder *folder = *state;

    store_close(open_store(folder));
    run_sql(folder, "PRAGMA user_version = 99");
    assert_refused(folder, folder->path, true, "newer release");
}

static void test_an_unmigrated_file_is_told(void **state)
{
    struct folder *folder = *state;
    struct store *store = NULL;

    must_be(folder,
            store_sqlite_open(folder->path, true, &store, &folder->error),
            ERR_NONE);
    must_be(folder, store->ops->check(store, false, &folder->error),
            ERR_UNAVAILABLE);
    assert_non_null(strstr(folder->error.detail, "migrate"));
    store_close(store);
}

/* ---- Migration ---- */

static void test_migrate_adds_the_columns_of_new_fields(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct task task = task_of(id_random()), out;

    must_be(folder, create(folder, store, &task), ERR_NONE);
    store_close(store);
    run_sql(folder, "ALTER TABLE tasks DROP COLUMN completion_count;"
                    "ALTER TABLE tasks DROP COLUMN start;"
                    "DROP INDEX tasks_due");
    must_be(folder,
            store_sqlite_open(folder->path, false, &store, &folder->error),
            ERR_NONE);
    must_be(folder, store->ops->check(store, false, &folder->error),
            ERR_UNAVAILABLE);
    must_be(folder, store->ops->migrate(store, &folder->error), ERR_NONE);
    must_be(folder, store->ops->migrate(store, &folder->error), ERR_NONE);
    must_be(folder, store->ops->check(store, true, &folder->error),
            ERR_NONE);
    must_be(folder,
            store->ops->get(store, &folder->arena, KIND_TASK,
                            key_of(KIND_TASK, &task), &out, &folder->error),
            ERR_NONE);
    assert_int_equal(out.completion_count, 0);
    assert_int_equal(out.start, DATE_NONE);
    store_close(store);
}

static void test_commits_are_synced_into_a_wal(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct sql sql;
    bool row;

    must_be(folder,
            sql_open(sqlite_of(store), "PRAGMA synchronous", &sql,
                     &folder->error),
            ERR_NONE);
    must_be(folder, sql_step(&sql, &row, &folder->error), ERR_NONE);
    assert_int_equal(sqlite3_column_int(sql.statement, 0), 2); /* FULL */
    sql_close(&sql);
    must_be(folder,
            sql_open(sqlite_of(store), "PRAGMA journal_mode", &sql,
                     &folder->error),
            ERR_NONE);
    must_be(folder, sql_step(&sql, &row, &folder->error), ERR_NONE);
    assert_string_equal((const char *)sqlite3_column_text(sql.statement, 0),
                        "wal");
    sql_close(&sql);
    store_close(store);
}

/* Else a reader of the feed, gone on to an instant, would miss what comes
 * later within the same. */
static void test_no_two_writes_share_an_instant(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    int64_t last = 0;

    for (int i = 0; i < 50; i++) {
        struct task task = task_of(id_random());

        must_be(folder, create(folder, store, &task), ERR_NONE);
        assert_true(task.updated_at > last);
        last = task.updated_at;
    }
    store_close(store);
}

static void test_the_clock_does_not_follow_the_host_back(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    int64_t later = time_now() + HOUR_MS;
    struct task task = task_of(id_random());
    struct change_page page;
    char text[96];

    (void)snprintf(text, sizeof(text),
                   "UPDATE meta SET at = %lld WHERE name = 'clock'",
                   (long long)later);
    run_sql(folder, text);
    must_be(folder, create(folder, store, &task), ERR_NONE);
    assert_int_equal(task.updated_at, later + 1);
    must_be(folder,
            store->ops->changes(store, &folder->arena, task.owner,
                                (struct change_token){ 0 }, 9, &page,
                                &folder->error),
            ERR_NONE);
    assert_int_equal(page.next.updated_at, later + 1 - SQLITE_OVERLAP_MS);
    store_close(store);
}

/* ---- Errors ---- */

static void test_a_removed_file_is_noticed_before_a_write(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct task task = task_of(id_random());

    must_be(folder, store->ops->ping(store, &folder->error), ERR_NONE);
    assert_int_equal(unlink(folder->file), 0);
    must_be(folder, store->ops->ping(store, &folder->error),
            ERR_UNAVAILABLE);
    assert_non_null(strstr(folder->error.detail, "removed"));
    must_be(folder, create(folder, store, &task), ERR_UNAVAILABLE);
    store_close(store);
}

static void test_a_busy_database_is_unavailable_for_a_second(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct task task = task_of(id_random());
    sqlite3 *other = NULL;

    assert_int_equal(sqlite3_open(folder->file, &other), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(sqlite_of(store)->db, 20);
    must_be(folder, create(folder, store, &task), ERR_UNAVAILABLE);
    assert_int_equal(folder->error.retry_after, 1);
    must_be(folder, store->ops->ping(store, &folder->error),
            ERR_UNAVAILABLE);
    must_be(folder, get(folder, store, &task), ERR_NOT_FOUND); /* it reads */
    sqlite3_close(other);
    must_be(folder, create(folder, store, &task), ERR_NONE);
    store_close(store);
}

static void limit_pages(struct store *store, const char *text)
{
    assert_int_equal(
        sqlite3_exec(sqlite_of(store)->db, text, NULL, NULL, NULL),
        SQLITE_OK);
}

static void test_a_full_database_says_so_and_loses_nothing(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct task task;
    enum err err = ERR_NONE;
    char notes[8192];
    int kept = 0;

    memset(notes, 'n', sizeof(notes));
    limit_pages(store, "PRAGMA max_page_count = 120");
    while (err == ERR_NONE) {
        task = task_of(id_random());
        task.notes = (struct str){ notes, sizeof(notes) };
        err = create(folder, store, &task);
        kept += err == ERR_NONE;
        assert_true(kept < 200);
    }
    must_be(folder, err, ERR_FULL);
    assert_non_null(strstr(folder->error.detail, "space"));
    assert_true(kept > 0);
    must_be(folder, get(folder, store, &task), ERR_NOT_FOUND);
    must_be(folder, store->ops->check(store, true, &folder->error),
            ERR_NONE);
    limit_pages(store, "PRAGMA max_page_count = 1000000");
    must_be(folder, create(folder, store, &task), ERR_NONE);
    must_be(folder, get(folder, store, &task), ERR_NONE);
    store_close(store);
}

/* In a child, whose files may not grow; 0 when all is as it should be. */
static int write_until_full(struct folder *folder)
{
    const struct rlimit limit = { 300 * 1024, 300 * 1024 };
    struct store *store = NULL;
    struct task task;
    enum err err = ERR_NONE;

    if (store_sqlite_open(folder->path, false, &store, &folder->error) !=
        ERR_NONE)
        return 2;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 3;
    for (int i = 0; i < 1000 && err == ERR_NONE; i++) {
        task = task_of(id_random());
        err = create(folder, store, &task);
    }
    if (err != ERR_FULL)
        return 4;
    if (get(folder, store, &task) != ERR_NOT_FOUND)
        return 5;
    return 0;
}

static void test_a_full_disk_says_so_and_does_no_damage(void **state)
{
    struct folder *folder = *state;
    struct store *store;
    struct task task = task_of(id_random());
    int status = 0;
    pid_t pid;

    store_close(open_store(folder));
    pid = fork();
    if (pid == 0)
        _exit(write_until_full(folder));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    store = open_store(folder);
    must_be(folder, store->ops->check(store, true, &folder->error),
            ERR_NONE);
    must_be(folder, create(folder, store, &task), ERR_NONE);
    store_close(store);
}

static void test_a_damaged_file_is_an_internal_error(void **state)
{
    struct folder *folder = *state;
    struct store *store = open_store(folder);
    struct task task;
    char garbage[4096];
    int file;

    for (int i = 0; i < 300; i++) {
        task = task_of(id_random());
        must_be(folder, create(folder, store, &task), ERR_NONE);
    }
    store_close(store); /* the last one empties the WAL into the file */
    memset(garbage, 0x5a, sizeof(garbage));
    file = open(folder->file, O_WRONLY);
    assert_true(file >= 0);
    for (off_t page = 40; page < 60; page++)
        assert_int_equal(pwrite(file, garbage, sizeof(garbage), page * 4096),
                         sizeof(garbage));
    close(file);
    must_be(folder,
            store_sqlite_open(folder->path, false, &store, &folder->error),
            ERR_NONE);
    must_be(folder, store->ops->check(store, true, &folder->error),
            ERR_INTERNAL);
    store_close(store);
}

int main(void)
{
#define FOLDER_TEST(function) \
    cmocka_unit_test_setup_teardown(function, setup, teardown)
    static const struct CMUnitTest tests[] = {
        FOLDER_TEST(test_open_makes_a_private_folder_and_file),
        FOLDER_TEST(test_open_makes_nothing_unless_told),
        FOLDER_TEST(test_a_lost_file_is_not_replaced_by_an_empty_one),
        FOLDER_TEST(test_a_file_without_marker_gets_one),
        FOLDER_TEST(test_what_is_not_a_database_is_refused),
        FOLDER_TEST(test_a_newer_file_is_refused),
        FOLDER_TEST(test_an_unmigrated_file_is_told),
        FOLDER_TEST(test_migrate_adds_the_columns_of_new_fields),
        FOLDER_TEST(test_commits_are_synced_into_a_wal),
        FOLDER_TEST(test_no_two_writes_share_an_instant),
        FOLDER_TEST(test_the_clock_does_not_follow_the_host_back),
        FOLDER_TEST(test_a_removed_file_is_noticed_before_a_write),
        FOLDER_TEST(test_a_busy_database_is_unavailable_for_a_second),
        FOLDER_TEST(test_a_full_database_says_so_and_loses_nothing),
        FOLDER_TEST(test_a_full_disk_says_so_and_does_no_damage),
        FOLDER_TEST(test_a_damaged_file_is_an_internal_error),
    };

    log_set_level(LOG_ERROR + 1); /* the errors are wanted */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
