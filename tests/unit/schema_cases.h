/* What the tests of schemas share: memory for a test, and all the schemas. */
#ifndef STEADY_TESTS_UNIT_SCHEMA_CASES_H
#define STEADY_TESTS_UNIT_SCHEMA_CASES_H

#include "cases.h"

#include "base/arena.h"
#include "domain/account.h"
#include "domain/list.h"
#include "domain/task.h"

static struct arena arena;
static struct buf buf;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    buf_init(&buf, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    buf_release(&buf);
    return 0;
}

static const struct schema *const SCHEMAS[] = {
    &user_schema, &session_schema, &token_schema, &list_schema, &task_schema,
};

#endif
