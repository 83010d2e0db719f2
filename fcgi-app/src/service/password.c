#include "service/password.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "base/utf8.h"
#include "domain/account.h"

/* Those of the 10,000 commonest that are long enough, in bytewise order. */
static const char *const common[] = {
#include "service/common_passwords.inc"
};

enum { QUEUE_POLL_MS = 10 };

/* What is compared with for an account that does not exist. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static int compare(const void *password, const void *entry)
{
    return str_cmp(*(const struct str *)password,
                   str_from(*(const char *const *)entry));
}

/* Upper case makes none of them less common. */
static bool is_common(struct str password)
{
    char lower[4 * PASSWORD_MAX];
    struct str folded = { lower, password.len };

    if (password.len > sizeof(lower))
        return false;
    for (size_t i = 0; i < password.len; i++) {
        char c = password.ptr[i];

        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return bsearch(&folded, common, sizeof(common) / sizeof(common[0]),
                   sizeof(common[0]), compare) != NULL;
}

enum err password_check(struct str password, const char *pointer,
                        struct error *error)
{
    size_t len = utf8_count(password);

    if (len < PASSWORD_MIN)
        error_add(error, pointer, "too_short",
                  "A password has at least %d characters.", PASSWORD_MIN);
    else if (len > PASSWORD_MAX)
        error_add(error, pointer, "too_long",
                  "A password has at most %d characters.", PASSWORD_MAX);
    else if (is_common(password))
        error_add(error, pointer, "too_common",
                  "This password is among the commonest; choose another.");
    else
        return ERR_NONE;
    return error->code;
}

/* A turn to hash: the descriptor that holds a lock, or -1 if none is free. */
static int turn_try(struct arena *arena, const char *run_dir, long turns)
{
    for (long i = 0; i < turns; i++) {
        struct str path = arena_printf(arena, "%s/hash-%ld.lock", run_dir, i);
        int fd = open(arena_cstr(arena, path), O_CREAT | O_RDWR | O_CLOEXEC,
                      0600);

        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return -1;
}

static enum err turn_take(struct arena *arena, const char *run_dir, int *fd,
                          struct error *error)
{
    const struct timespec pause = { 0, QUEUE_POLL_MS * 1000000L };
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    *fd = -1;
    if (run_dir == NULL)
        return ERR_NONE;
    for (int waited = 0; waited < PASSWORD_WAIT_MS; waited += QUEUE_POLL_MS) {
        *fd = turn_try(arena, run_dir, cpus < 1 ? 1 : cpus);
        if (*fd >= 0)
            return ERR_NONE;
        nanosleep(&pause, NULL);
    }
    error->retry_after = 2;
    return error_set(error, ERR_UNAVAILABLE,
                     "Too many people are signing in; try again.");
}

static void turn_give(int fd)
{
    if (fd >= 0)
        close(fd);
}

enum err password_hash(struct arena *arena, const char *run_dir,
                       struct str password, struct str *hash,
                       struct error *error)
{
    char *text = arena_alloc(arena, crypto_pwhash_STRBYTES);
    int fd, failed;
    enum err err = turn_take(arena, run_dir, &fd, error);

    if (err != ERR_NONE)
        return err;
    failed = crypto_pwhash_str_alg(text, password.ptr, password.len,
                                   PASSWORD_OPS, PASSWORD_MEMORY,
                                   crypto_pwhash_ALG_ARGON2ID13);
    turn_give(fd);
    if (failed != 0)
        return error_set(error, ERR_UNAVAILABLE, "No memory to hash with.");
    *hash = str_from(text);
    return ERR_NONE;
}

enum err password_verify(struct arena *arena, const char *run_dir,
                         struct str password, struct str hash, bool *right,
                         bool *outdated, struct error *error)
{
    const char *text = str_is_none(hash) ? nobody : arena_cstr(arena, hash);
    int fd;
    enum err err = turn_take(arena, run_dir, &fd, error);

    if (err != ERR_NONE)
        return err;
    *right = crypto_pwhash_str_verify(text, password.ptr, password.len) == 0 &&
             !str_is_none(hash);
    turn_give(fd);
    *outdated = *right && crypto_pwhash_str_needs_rehash(
                              text, PASSWORD_OPS, PASSWORD_MEMORY) != 0;
    return ERR_NONE;
}
