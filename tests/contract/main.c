#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "contract.h"

static struct store *open_or_die(bool migrate)
{
    const char *name = getenv("STEADY_TEST_STORE");
    struct store_config config = { .create = true };
    struct error error = { 0 };
    struct store *store = NULL;
    enum err err;

    if (name == NULL || name[0] == '\0') {
        fprintf(stderr, "STEADY_TEST_STORE is not set: name a store, "
                        "sqlite:<folder> or mongodb://...\n");
        exit(2);
    }
    if (strncmp(name, "sqlite:", strlen("sqlite:")) == 0)
        config.data_dir = name + strlen("sqlite:");
    else
        config.mongodb_uri = name;
    err = store_open(&config, &store, &error);
    if (err == ERR_NONE && migrate)
        err = store->ops->migrate(store, &error);
    if (err != ERR_NONE) {
        fprintf(stderr, "the store cannot be used: %s\n", error.detail);
        exit(2);
    }
    return store;
}

struct store *contract_store(void)
{
    return open_or_die(false);
}

/* One connection for all tests: opening is dear, and tests share nothing
 * else. */
static struct store *shared_store;

int context_setup(void **state)
{
    struct context *context = mem_alloc(sizeof(*context));

    *context = (struct context){
        .store = shared_store,
        .ops = shared_store->ops,
        .owner = id_random(),
    };
    arena_init(&context->arena);
    *state = context;
    return 0;
}

int context_teardown(void **state)
{
    struct context *context = *state;

    (void)context->ops->user_erase(context->store, context->owner,
                                   (struct hash){ 0 }, &context->error);
    arena_release(&context->arena);
    free(context);
    return 0;
}

/* With an argument only the tests whose names match it, with * and ?. */
int main(int argc, char **argv)
{
    static int (*const groups[])(void) = {
        run_record, run_text,    run_page,  run_trash, run_search, run_count,
        run_changes, run_account, run_guard, run_copy,  run_race,
    };
    int failed = 0;

    log_set_level(LOG_ERROR);
    if (argc > 2 && strcmp(argv[1], "--child") == 0)
        return child_main(argc - 2, argv + 2);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    shared_store = open_or_die(true);
    for (size_t i = 0; i < COUNT(groups); i++)
        failed += groups[i]();
    store_close(shared_store);
    return failed == 0 ? 0 : 1;
}
