/*
 * What the table-driven unit tests share. Each test_*.c is a program of its
 * own: cmocka, one array of tests, the rule in the test's name.
 */
#ifndef STEADY_TESTS_UNIT_CASES_H
#define STEADY_TESTS_UNIT_CASES_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Fails with both texts, where they differ in any byte. */
static inline void assert_str(struct str got, struct str wanted)
{
    if (!str_eq(got, wanted))
        fail_msg("got \"%.*s\" instead of \"%.*s\"", STR_ARG(got),
                 STR_ARG(wanted));
}

#endif
