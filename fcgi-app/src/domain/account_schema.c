/* The tables that describe people, their sessions and their tokens. */
#include "domain/account.h"

static const char *const role_names[] = { "admin", "member", NULL };
static const char *const week_names[] = { "monday", "saturday", "sunday",
                                          NULL };
static const char *const scope_names[] = { "read", "write", NULL };

static const struct user user_defaults = {
    .name = { "", 0 },
    .role = ROLE_MEMBER,
    .time_zone = { "UTC", 3 },
    .created_at = INSTANT_NONE,
    .updated_at = INSTANT_NONE,
};

#define AT(member) offsetof(struct user, member)
static const struct field user_fields[USER_FIELD_COUNT] = {
    [USER_ID] = { "id", FIELD_ID, AT(id), FIELD_KEY },
    [USER_EMAIL] = { "email", FIELD_STRING, AT(email),
                     FIELD_REQUIRED | FIELD_WRITABLE,
                     .min = 3, .max = USER_EMAIL_MAX },
    [USER_NAME] = { "name", FIELD_STRING, AT(name), FIELD_WRITABLE,
                    .max = USER_NAME_MAX },
    [USER_ROLE] = { "role", FIELD_ENUM, AT(role), 0, .names = role_names },
    [USER_TIME_ZONE] = { "time_zone", FIELD_STRING, AT(time_zone),
                         FIELD_WRITABLE, .min = 1, .max = 64 },
    [USER_WEEK_START] = { "week_start", FIELD_ENUM, AT(week_start),
                          FIELD_WRITABLE, .names = week_names },
    [USER_VERSION] = { "version", FIELD_INT, AT(version), 0 },
    [USER_CREATED_AT] = { "created_at", FIELD_INSTANT, AT(created_at), 0 },
    [USER_UPDATED_AT] = { "updated_at", FIELD_INSTANT, AT(updated_at), 0 },
    [USER_EMAIL_KEY] = { "email_key", FIELD_STRING, AT(email_key),
                         FIELD_HIDDEN },
    [USER_PASSWORD_HASH] = { "password_hash", FIELD_STRING,
                             AT(password_hash), FIELD_HIDDEN },
    [USER_DISABLED] = { "disabled", FIELD_BOOL, AT(disabled), FIELD_HIDDEN },
};
#undef AT

const struct schema user_schema = {
    .name = "user",
    .fields = user_fields,
    .len = USER_FIELD_COUNT,
    .size = sizeof(struct user),
    .key = KEY_ID,
    .versioned = true,
    .defaults = &user_defaults,
};

#define AT(member) offsetof(struct session, member)
static const struct field session_fields[SESSION_FIELD_COUNT] = {
    [SESSION_HASH] = { "hash", FIELD_HASH, AT(hash),
                       FIELD_KEY | FIELD_HIDDEN },
    [SESSION_ID] = { "id", FIELD_ID, AT(id), 0 },
    [SESSION_USER_ID] = { "user_id", FIELD_ID, AT(user_id), FIELD_HIDDEN },
    [SESSION_CREATED_AT] = { "created_at", FIELD_INSTANT, AT(created_at), 0 },
    [SESSION_LAST_USED_AT] = { "last_used_at", FIELD_INSTANT,
                               AT(last_used_at), 0 },
    [SESSION_EXPIRES_AT] = { "expires_at", FIELD_INSTANT, AT(expires_at), 0 },
    [SESSION_USER_AGENT] = { "user_agent", FIELD_STRING, AT(user_agent),
                             FIELD_NULLABLE, .max = 200 },
    [SESSION_CURRENT] = { "current", FIELD_BOOL, AT(current), FIELD_DERIVED },
};
#undef AT

const struct schema session_schema = {
    .name = "session",
    .fields = session_fields,
    .len = SESSION_FIELD_COUNT,
    .size = sizeof(struct session),
    .key = KEY_HASH,
};

static const struct token token_defaults = {
    .scope = SCOPE_READ,
    .created_at = INSTANT_NONE,
    .last_used_at = INSTANT_NONE,
    .expires_at = INSTANT_NONE,
};

#define AT(member) offsetof(struct token, member)
static const struct field token_fields[TOKEN_FIELD_COUNT] = {
    [TOKEN_HASH] = { "hash", FIELD_HASH, AT(hash), FIELD_KEY | FIELD_HIDDEN },
    [TOKEN_ID] = { "id", FIELD_ID, AT(id), 0 },
    [TOKEN_USER_ID] = { "user_id", FIELD_ID, AT(user_id), FIELD_HIDDEN },
    [TOKEN_NAME] = { "name", FIELD_STRING, AT(name),
                     FIELD_REQUIRED | FIELD_WRITABLE,
                     .min = 1, .max = TOKEN_NAME_MAX },
    [TOKEN_SCOPE] = { "scope", FIELD_ENUM, AT(scope), FIELD_WRITABLE,
                      .names = scope_names },
    [TOKEN_CREATED_AT] = { "created_at", FIELD_INSTANT, AT(created_at), 0 },
    [TOKEN_LAST_USED_AT] = { "last_used_at", FIELD_INSTANT, AT(last_used_at),
                             FIELD_NULLABLE },
    [TOKEN_EXPIRES_AT] = { "expires_at", FIELD_INSTANT, AT(expires_at),
                           FIELD_WRITABLE | FIELD_NULLABLE },
};

const struct schema token_schema = {
    .name = "token",
    .fields = token_fields,
    .len = TOKEN_FIELD_COUNT,
    .size = sizeof(struct token),
    .key = KEY_HASH,
    .defaults = &token_defaults,
};
