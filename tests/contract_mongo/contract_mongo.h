/* What the programs of this folder share: a store on real mongods, and
 * records to put into it. */
#ifndef STEADY_TESTS_CONTRACT_MONGO_H
#define STEADY_TESTS_CONTRACT_MONGO_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mongods.h"
#include "store/store_mongo.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The set's address with a database and further options, in a static text. */
const char *uri_of(const struct mongods *set, const char *database,
                   const char *options);
/* Opened and migrated; a failure of either fails the test. */
struct store *open_store(const char *uri);
/* Ends the test with the error's text unless err is ERR_NONE. */
void must(enum err err, const struct error *error);

struct task task_new(struct id owner, const char *title, double order);
struct op_mark mark_new(void);
int64_t now_ms(void); /* monotonic */
void sleep_ms(int ms);

/* Each file's tests: number of failures. */
int run_explain(struct mongods *set);
int run_settings(struct mongods *set);
int run_many(struct mongods *set);
int run_failover(void);

#endif
