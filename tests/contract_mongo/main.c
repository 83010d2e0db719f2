/*
 * The MongoDB store where it is more than the contract: what is asked of the
 * server (explain, settings), and what it does when servers go away.
 * STEADY_TEST_MONGOD is the path of the mongod to start. With arguments, only
 * those groups: explain settings many failover.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "contract_mongo.h"

const char *uri_of(const struct mongods *set, const char *database,
                   const char *options)
{
    static char text[512];

    snprintf(text, sizeof(text), "%s/%s?replicaSet=steady%s", set->uri,
             database, options);
    return text;
}

void must(enum err err, const struct error *error)
{
    if (err != ERR_NONE)
        fail_msg("%s: %s", err_name(err), error->detail);
}

struct store *open_store(const char *uri)
{
    struct error error = { 0 };
    struct store *store;

    must(store_mongo_open(uri, &store, &error), &error);
    must(store->ops->migrate(store, &error), &error);
    return store;
}

struct task task_new(struct id owner, const char *title, double order)
{
    struct task task;

    memcpy(&task, task_schema.defaults, sizeof(task));
    task.id = id_new(time_now());
    task.owner = owner;
    task.title = str_from(title);
    task.order = order;
    return task;
}

struct op_mark mark_new(void)
{
    struct op_mark mark = { .set = true };
    struct id id = id_random();

    memcpy(mark.bytes, id.bytes, sizeof(mark.bytes));
    return mark;
}

int64_t now_ms(void)
{
    return time_monotonic() / 1000;
}

void sleep_ms(int ms)
{
    const struct timespec time = { .tv_sec = ms / 1000,
                                   .tv_nsec = ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static bool wanted(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return argc == 1;
}

int main(int argc, char **argv)
{
    struct mongods set;
    int failed = 0;

    if (mongods_program() == NULL) {
        fprintf(stderr, "STEADY_TEST_MONGOD is not set (make setup-mongod)\n");
        return 2;
    }
    log_set_level(LOG_ERROR);
    mongoc_init();
    mongods_start(&set, 1, 10000);
    if (wanted(argc, argv, "settings"))
        failed += run_settings(&set);
    if (wanted(argc, argv, "many"))
        failed += run_many(&set);
    if (wanted(argc, argv, "explain"))
        failed += run_explain(&set);
    mongods_stop(&set);
    if (wanted(argc, argv, "failover"))
        failed += run_failover();
    return failed == 0 ? 0 : 1;
}
