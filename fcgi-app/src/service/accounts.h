/* Use cases of people: sign-up, sign-in, sessions, tokens. */
#ifndef STEADY_SERVICE_ACCOUNTS_H
#define STEADY_SERVICE_ACCOUNTS_H

#include "service/service.h"

enum {
    SECRET_TEXT_LEN = 50, /* a prefix, then base64url of 32 random bytes */
    /* A session's last use is written at most this often. */
    TOUCH_EVERY_MS = 10 * MINUTE_MS
};

/* What a browser or a program shows again; kept nowhere but as its hash. */
struct secret {
    char text[SECRET_TEXT_LEN + 1];
};
/* Tokens begin with "steady_", so that scanners for leaked secrets know one. */
void secret_make(struct secret *secret, const char *prefix);
/* The same for the same operation and proof: a repetition makes it again.
 * Without the proof, which no database holds, nobody else can. */
void secret_derive(struct secret *secret, const char *prefix,
                   struct op_mark op, struct str proof);
struct hash secret_hash(struct str text);

/* The id of the one person of STEADY_AUTH=none; also its owner key. */
struct id accounts_single_user(void);
/* Makes that person if it is not there. */
enum err accounts_ensure_single(const struct call *call,
                                struct error *error) MUST_CHECK;

struct credentials {
    struct str email, password;
    struct str network; /* of the client, for throttling */
    struct str user_agent;
};

enum registration { REGISTRATION_FIRST, REGISTRATION_OPEN,
                    REGISTRATION_CLOSED };
enum err accounts_registration(const struct call *call,
                               enum registration *out, struct error *error)
    MUST_CHECK;

/* The first account is the administrator's; later ones need an open
 * registration (ERR_CLOSED). Signs the person in. */
enum err accounts_sign_up(struct call *call, const struct credentials *with,
                          const struct user *values, struct user *user,
                          struct session *session, struct secret *secret,
                          struct error *error) MUST_CHECK;
/* ERR_CREDENTIALS alike for unknown, wrong and disabled; ERR_THROTTLED. */
enum err accounts_sign_in(struct call *call, const struct credentials *with,
                          struct user *user, struct session *session,
                          struct secret *secret, struct error *error)
    MUST_CHECK;

/* Whose is the secret? ERR_NO_SESSION for unknown, ended or expired. */
enum err accounts_by_session(const struct call *call, struct str secret,
                             struct actor *out, struct error *error)
    MUST_CHECK;
enum err accounts_by_token(const struct call *call, struct str secret,
                           struct actor *out, struct error *error) MUST_CHECK;

enum err accounts_me(const struct call *call, struct user *out,
                     struct error *error) MUST_CHECK;
enum err accounts_patch(const struct call *call, int64_t if_version,
                        const struct user *values, uint64_t present,
                        struct user *out, struct error *error) MUST_CHECK;
/* Ends every other session. */
enum err accounts_password(const struct call *call, struct str current,
                           struct str password, struct str network,
                           struct error *error) MUST_CHECK;
/* Erases the person and everything of theirs but the session that asks. Has
 * that happened already, it is done. */
enum err accounts_delete(const struct call *call, struct str current,
                         struct str network, struct error *error) MUST_CHECK;

enum err sessions_get(const struct call *call, struct session *out,
                      struct error *error) MUST_CHECK;
enum err sessions_all(const struct call *call, struct session_page *out,
                      struct error *error) MUST_CHECK;
/* ERR_NOT_FOUND for one that is not the person's. */
enum err sessions_end(const struct call *call, struct id id,
                      struct error *error) MUST_CHECK;
enum err sessions_end_others(const struct call *call, struct error *error)
    MUST_CHECK;
enum err sessions_end_current(const struct call *call, struct error *error)
    MUST_CHECK;

enum err tokens_all(const struct call *call, struct token_page *out,
                    struct error *error) MUST_CHECK;
enum err tokens_create(const struct call *call, const struct token *values,
                       struct token *out, struct secret *secret,
                       struct error *error) MUST_CHECK;
enum err tokens_revoke(const struct call *call, struct id id,
                       struct error *error) MUST_CHECK;

/* For steady-admin: without throttle, registration rule or session. */
enum err accounts_add(const struct call *call, const struct user *values,
                      struct str password, struct user *out,
                      struct error *error) MUST_CHECK;
enum err accounts_find(const struct call *call, struct str email,
                       struct user *out, struct error *error) MUST_CHECK;
enum err accounts_set_password(const struct call *call, struct id user,
                               struct str password, struct error *error)
    MUST_CHECK;
/* Disabling ends the person's sessions; their tokens stop working too. */
enum err accounts_disable(const struct call *call, struct id user,
                          bool disabled, struct error *error) MUST_CHECK;

#endif
