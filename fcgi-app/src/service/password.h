/* Passwords: rules, argon2id, and a queue so that signing in never starves
 * the rest. */
#ifndef STEADY_SERVICE_PASSWORD_H
#define STEADY_SERVICE_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    PASSWORD_OPS = 2,                   /* passes of argon2id */
    PASSWORD_MEMORY = 19 * 1024 * 1024, /* bytes */
    PASSWORD_WAIT_MS = 3000             /* for a turn to hash */
};

/* Length, and not one of the 10,000 commonest: errors at `pointer`. */
enum err password_check(struct str password, const char *pointer,
                        struct error *error) MUST_CHECK;
/*
 * At most one hash at a time per CPU, over all workers of the host: turns are
 * taken by locks on files in run_dir (NULL: no queue). ERR_UNAVAILABLE when
 * none is had in PASSWORD_WAIT_MS.
 */
enum err password_hash(struct arena *arena, const char *run_dir,
                       struct str password, struct str *hash,
                       struct error *error) MUST_CHECK;
/* hash none takes as long and is never right. */
enum err password_verify(struct arena *arena, const char *run_dir,
                         struct str password, struct str hash, bool *right,
                         bool *outdated, struct error *error) MUST_CHECK;

#endif
