/*
 * The contract of store.h, as tests that run against any store. The store is
 * named by STEADY_TEST_STORE: "sqlite:<folder>" or a MongoDB URI with the
 * name of a database. Every test has an owner of its own, so the suite can
 * run on a used database, and beside itself.
 */
#ifndef STEADY_TESTS_CONTRACT_H
#define STEADY_TESTS_CONTRACT_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a test starts with: *state is one of these. */
struct context {
    struct store *store;
    const struct store_ops *ops;
    struct arena arena;
    struct id owner; /* new, random */
    struct error error;
};
int context_setup(void **state);
int context_teardown(void **state);
#define CONTRACT_TEST(function) \
    cmocka_unit_test_setup_teardown(function, context_setup, context_teardown)

/* A connection of its own; the test fails when there is none. */
struct store *contract_store(void);

/* Fails the test with what the store said, and forgets the error. */
void must(struct context *context, enum err err);
/* Fails unless it is that error, and forgets it. */
void must_be(struct context *context, enum err err, enum err wanted);

/* Records with the defaults of their kinds, new ids, this owner. */
struct task new_task(struct id owner, const char *title);
struct list new_list(struct id owner, const char *name);
struct user new_user(struct arena *arena);
struct session new_session(struct id user, int64_t created_at);
struct token new_token(struct id user, int64_t created_at);
struct op_mark new_mark(void);
struct hash new_hash(void);
struct id nth_id(uint64_t n); /* the same for the same n, ordered like n */

/* As it is, without marks. */
enum err put(struct context *context, enum kind kind, const void *record);
/* Creates and returns what the store made of it. */
struct task created(struct context *context, const struct task *task);
/* As the store has it; fails if it is not there. */
struct task stored_task(struct context *context, struct id owner,
                        struct id id);
/* Puts it in the trash until the day after tomorrow. */
struct task trashed(struct context *context, const struct task *task);
/* The user and all that is theirs. */
void erase(struct context *context, struct id user);
struct change change_of(struct key key, uint64_t fields, const void *values);

/* All that is stored, hidden fields too, as JSON of the arena. */
const char *record_text(struct arena *arena, enum kind kind,
                        const void *record);
void assert_same(struct context *context, enum kind kind, const void *got,
                 const void *wanted);

/* Numbers for tests with random data; the seed is printed once. */
uint32_t random_below(uint32_t n);

/*
 * Runs this program again as `count` processes at once, each with the role
 * and the arguments, and fails unless all succeed. The roles are in race.c.
 */
void run_children(int count, const char *role, const char *const *arguments);
int child_main(int argc, char **argv);
const char *id_text(struct arena *arena, struct id id);

/* Groups of tests, one a file; each returns the number that failed. */
int run_record(void);
int run_text(void);
int run_page(void);
int run_trash(void);
int run_search(void);
int run_count(void);
int run_changes(void);
int run_account(void);
int run_guard(void);
int run_copy(void);
int run_race(void);

#endif
