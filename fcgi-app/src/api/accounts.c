#include "service/accounts.h"

#include <string.h>

#include "api/cookies.h"
#include "api/handlers.h"
#include "api/kept.h"
#include "service/throttle.h"

/* The bodies of sign-up, sign-in, change of password and deletion. */
struct account_body {
    struct str email, password, name, current_password;
};
#define AT(member) offsetof(struct account_body, member)
#define FIELD_EMAIL \
    { "email", FIELD_STRING, AT(email), FIELD_REQUIRED | FIELD_WRITABLE, \
      .min = 1, .max = USER_EMAIL_MAX }
/* The rules for a new password are password_check's; these bound a request. */
#define FIELD_PASSWORD(name, member) \
    { name, FIELD_STRING, AT(member), FIELD_REQUIRED | FIELD_WRITABLE, \
      .max = 1024 }
#define BODY_SCHEMA(table) \
    { .name = "body", .fields = (table), \
      .len = sizeof(table) / sizeof((table)[0]), \
      .size = sizeof(struct account_body), .key = KEY_NOT_STORED }

static const struct field sign_up_fields[] = {
    FIELD_EMAIL,
    FIELD_PASSWORD("password", password),
    { "name", FIELD_STRING, AT(name), FIELD_WRITABLE,
      .max = USER_NAME_MAX },
};
static const struct schema sign_up_schema = BODY_SCHEMA(sign_up_fields);

static const struct field sign_in_fields[] = {
    FIELD_EMAIL,
    FIELD_PASSWORD("password", password),
};
static const struct schema sign_in_schema = BODY_SCHEMA(sign_in_fields);

static const struct field password_fields[] = {
    FIELD_PASSWORD("current_password", current_password),
    FIELD_PASSWORD("password", password),
};
static const struct schema password_schema = BODY_SCHEMA(password_fields);

static const struct field delete_fields[] = {
    FIELD_PASSWORD("current_password", current_password),
};
static const struct schema delete_schema = BODY_SCHEMA(delete_fields);

static enum err read_body(const struct exchange *x,
                          const struct schema *schema,
                          struct account_body *body, struct error *error)
{
    uint64_t present;

    return schema_decode(schema, SCHEMA_CREATE, x->arena, x->body, "", body,
                         &present, error);
}

static struct credentials credentials(const struct exchange *x,
                                      const struct account_body *body)
{
    return (struct credentials){
        .email = body->email,
        .password = body->password,
        .network = throttle_network(x->arena, x->request->remote_addr),
        .user_agent = x->request->user_agent,
    };
}

static void encode_user(const struct user *user, struct json_out *out)
{
    schema_encode(&user_schema, user, out);
}

/* {user, session}; session null where nobody signs in. */
static void encode_session(struct exchange *x, int status,
                           const struct user *user,
                           const struct session *session)
{
    struct json_out out;

    reply_json(x, status, &out);
    json_begin_object(&out);
    json_key(&out, STR("user"));
    encode_user(user, &out);
    json_key(&out, STR("session"));
    if (session != NULL)
        schema_encode(&session_schema, session, &out);
    else
        json_put_null(&out);
    json_end_object(&out);
}

/* 201 with the user and the cookie; 403 when sign-up is closed, 409 when the
 * address is taken. */
enum err api_sign_up(struct exchange *x, struct error *error)
{
    struct account_body body;
    struct credentials with;
    struct user values, user;
    struct session session;
    struct secret *secret = arena_alloc(x->arena, sizeof(*secret));
    struct json_out out;
    enum err err = read_body(x, &sign_up_schema, &body, error);

    if (err != ERR_NONE)
        return err;
    memcpy(&values, user_schema.defaults, sizeof(values));
    values.email = body.email;
    values.name = str_is_none(body.name) ? STR("") : body.name;
    with = credentials(x, &body);
    err = accounts_sign_up(&x->call, &with, &values, &user, &session, secret,
                           error);
    if (err != ERR_NONE)
        return err;
    reply_json(x, 201, &out);
    encode_user(&user, &out);
    session_cookie_set(x, str_from(secret->text));
    return ERR_NONE;
}

/* 201 with {user, session} and the cookie; 401, 429. */
enum err api_sign_in(struct exchange *x, struct error *error)
{
    struct account_body body;
    struct credentials with;
    struct user user;
    struct session session;
    struct secret *secret = arena_alloc(x->arena, sizeof(*secret));
    enum err err = read_body(x, &sign_in_schema, &body, error);

    if (err != ERR_NONE)
        return err;
    with = credentials(x, &body);
    err = accounts_sign_in(&x->call, &with, &user, &session, secret, error);
    if (err != ERR_NONE)
        return err;
    encode_session(x, 201, &user, &session);
    session_cookie_set(x, str_from(secret->text));
    return ERR_NONE;
}

/* What a visitor may do: the 401's member "registration". */
static enum err not_signed_in(struct exchange *x, struct error *error)
{
    static const char *const names[] = {
        [REGISTRATION_FIRST] = "\"registration\":\"first\"",
        [REGISTRATION_OPEN] = "\"registration\":\"open\"",
        [REGISTRATION_CLOSED] = "\"registration\":\"closed\"",
    };
    enum registration registration;
    enum err err = accounts_registration(&x->call, &registration, error);

    if (err != ERR_NONE)
        return err;
    x->extra = str_from(names[registration]);
    return error_set(error, ERR_NO_SESSION, "Nobody is signed in.");
}

/* 200 with {user, session}; 401 tells whether sign-up is possible. */
enum err api_session_get(struct exchange *x, struct error *error)
{
    struct user user;
    struct session session;
    bool with_session = !x->app->service.auth_none &&
                        !x->call.actor.by_token;
    enum err err;

    if (id_is_none(x->call.actor.user))
        return not_signed_in(x, error);
    err = accounts_me(&x->call, &user, error);
    if (err == ERR_NONE && with_session)
        err = sessions_get(&x->call, &session, error);
    if (err == ERR_NONE)
        encode_session(x, 200, &user, with_session ? &session : NULL);
    return err;
}

/* 204, also when nobody was signed in. */
enum err api_sign_out(struct exchange *x, struct error *error)
{
    if (!id_is_none(x->call.actor.user)) {
        enum err err = sessions_end_current(&x->call, error);

        if (err != ERR_NONE)
            return err;
        x->actor_gone = true;
    }
    session_cookie_clear(x);
    return reply_empty(x);
}

/* 200 */
enum err api_sessions_all(struct exchange *x, struct error *error)
{
    struct session_page page;
    struct json_out out;
    enum err err = sessions_all(&x->call, &page, error);

    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_array(&out);
    for (size_t i = 0; i < page.len; i++)
        schema_encode(&session_schema, &page.items[i], &out);
    json_end_array(&out);
    return ERR_NONE;
}

/* 204 */
enum err api_sessions_end_others(struct exchange *x, struct error *error)
{
    enum err err = sessions_end_others(&x->call, error);

    return err != ERR_NONE ? err : reply_empty(x);
}

/* 204 */
enum err api_session_end(struct exchange *x, struct error *error)
{
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = sessions_end(&x->call, id, error);
    return err != ERR_NONE ? err : reply_empty(x);
}

static enum err respond_me(struct exchange *x, const struct user *user)
{
    struct json_out out;

    reply_json(x, 200, &out);
    encode_user(user, &out);
    reply_etag(x, user->version);
    return ERR_NONE;
}

/* 200 */
enum err api_me_get(struct exchange *x, struct error *error)
{
    struct user user;
    enum err err = accounts_me(&x->call, &user, error);

    return err != ERR_NONE ? err : respond_me(x, &user);
}

/* 200, 412 */
enum err api_me_patch(struct exchange *x, struct error *error)
{
    struct user values, user;
    uint64_t present;
    enum err err = schema_decode(&user_schema, SCHEMA_PATCH, x->arena,
                                 x->body, "", &values, &present, error);

    if (err == ERR_NONE && present == 0)
        err = accounts_me(&x->call, &user, error);
    else if (err == ERR_NONE)
        err = accounts_patch(&x->call, x->if_match, &values, present, &user,
                             error);
    return err != ERR_NONE ? err : respond_me(x, &user);
}

/* 204; every other session ends. 422 for a wrong current password. */
enum err api_me_password(struct exchange *x, struct error *error)
{
    struct account_body body;
    enum err err = read_body(x, &password_schema, &body, error);

    if (err == ERR_NONE)
        err = accounts_password(&x->call, body.current_password,
                                body.password,
                                throttle_network(x->arena,
                                                 x->request->remote_addr),
                                error);
    return err != ERR_NONE ? err : reply_empty(x);
}

/* 204; the person and everything of theirs is gone. */
enum err api_me_delete(struct exchange *x, struct error *error)
{
    struct account_body body;
    enum err err = read_body(x, &delete_schema, &body, error);

    if (err == ERR_NONE)
        err = accounts_delete(&x->call, body.current_password,
                              throttle_network(x->arena,
                                               x->request->remote_addr),
                              error);
    if (err != ERR_NONE)
        return err;
    session_cookie_clear(x);
    err = reply_empty(x);
    /* The session ends after the answer is kept, so that the same request,
     * sent again, always meets one of them. */
    x->actor_gone = true;
    kept_save(x);
    return err != ERR_NONE ? err : sessions_end_current(&x->call, error);
}
