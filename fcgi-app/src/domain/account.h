/* People, their sessions and their API tokens. */
#ifndef STEADY_DOMAIN_ACCOUNT_H
#define STEADY_DOMAIN_ACCOUNT_H

#include "base/id.h"
#include "base/time.h"
#include "domain/schema.h"

enum {
    USER_EMAIL_MAX = 254, /* RFC 5321 section 4.5.3.1.3, less the brackets */
    USER_NAME_MAX = 100,
    PASSWORD_MIN = 8, /* code points */
    PASSWORD_MAX = 256,
    TOKEN_NAME_MAX = 100,
    TOKENS_PER_USER_MAX = 50,
    SESSIONS_PER_USER_MAX = 50, /* the oldest goes */
    SESSION_IDLE_DAYS = 14,
    SESSION_DAYS = 30
};

enum role { ROLE_ADMIN, ROLE_MEMBER };
enum week_start { WEEK_MONDAY, WEEK_SATURDAY, WEEK_SUNDAY };
enum scope { SCOPE_READ, SCOPE_WRITE };

struct user {
    struct id id;
    struct str email;
    struct str name;
    int role;
    struct str time_zone;
    int week_start;
    int64_t version;
    int64_t created_at, updated_at;
    struct str email_key; /* lower case: unique */
    struct str password_hash; /* argon2id, as crypto_pwhash_str writes it */
    bool disabled;
};
enum user_field {
    USER_ID, USER_EMAIL, USER_NAME, USER_ROLE, USER_TIME_ZONE,
    USER_WEEK_START, USER_VERSION, USER_CREATED_AT, USER_UPDATED_AT,
    USER_EMAIL_KEY, USER_PASSWORD_HASH, USER_DISABLED, USER_FIELD_COUNT
};
extern const struct schema user_schema;

struct session {
    struct hash hash; /* SHA-256 of the cookie's token: the key */
    struct id id;     /* its public name */
    struct id user_id;
    int64_t created_at, last_used_at;
    int64_t expires_at; /* the earlier of idle and absolute end */
    struct str user_agent; /* cut, as the browser sent it */
    bool current;          /* derived: the session that asks */
};
enum session_field {
    SESSION_HASH, SESSION_ID, SESSION_USER_ID, SESSION_CREATED_AT,
    SESSION_LAST_USED_AT, SESSION_EXPIRES_AT, SESSION_USER_AGENT,
    SESSION_CURRENT, SESSION_FIELD_COUNT
};
extern const struct schema session_schema;

struct token {
    struct hash hash;
    struct id id;
    struct id user_id;
    struct str name;
    int scope;
    int64_t created_at, last_used_at;
    int64_t expires_at; /* none: until it is revoked */
};
enum token_field {
    TOKEN_HASH, TOKEN_ID, TOKEN_USER_ID, TOKEN_NAME, TOKEN_SCOPE,
    TOKEN_CREATED_AT, TOKEN_LAST_USED_AT, TOKEN_EXPIRES_AT, TOKEN_FIELD_COUNT
};
extern const struct schema token_schema;

/* Form of the address and the time zone's existence. */
enum err user_check(const struct user *user, struct error *error) MUST_CHECK;

#endif
