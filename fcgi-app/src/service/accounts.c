#include "service/accounts.h"

#include <string.h>

#include "service/password.h"
#include "service/sessions.h"
#include "service/throttle.h"

/* Addresses are compared without case, as people write them. */
static struct str email_key(struct arena *arena, struct str email)
{
    char *key = arena_alloc(arena, email.len + 1);

    for (size_t i = 0; i < email.len; i++) {
        char c = email.ptr[i];

        key[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return (struct str){ key, email.len };
}

struct id accounts_single_user(void)
{
    return id_derive("the one person", 14);
}

static bool visit_first(void *context, const struct stored *stored)
{
    (void)stored;
    *(bool *)context = true;
    return false;
}

static enum err any_user(const struct call *call, bool *any,
                         struct error *error)
{
    *any = false;
    return call->store->ops->each(call->store, KIND_USER, visit_first, any,
                                  error);
}

enum err accounts_registration(const struct call *call,
                               enum registration *out, struct error *error)
{
    bool any;
    enum err err = any_user(call, &any, error);

    if (!any)
        *out = REGISTRATION_FIRST;
    else if (call->service->registration_open)
        *out = REGISTRATION_OPEN;
    else
        *out = REGISTRATION_CLOSED;
    return err;
}

static enum err put_user(const struct call *call, const struct user *values,
                         struct str password, struct id id, int role,
                         struct user *out, enum write_effect *effect,
                         struct error *error)
{
    struct user user = *values;
    enum err err = password_hash(call->arena, call->service->run_dir,
                                 password, &user.password_hash, error);

    if (err != ERR_NONE)
        return err;
    user.id = id;
    user.role = role;
    user.email_key = email_key(call->arena, user.email);
    err = call->store->ops->create(call->store, call->arena, KIND_USER, &user,
                                   call->op, out, effect, error);
    if (err == ERR_EXISTS)
        return error_set(error, ERR_EXISTS,
                         "There is an account with this address already.");
    return err;
}

static enum err get_user(const struct call *call, struct id id,
                         struct user *out, struct error *error)
{
    return call->store->ops->get(call->store, call->arena, KIND_USER,
                                 key_id(id), out, error);
}

/* The rules of an account's values, all reported at once. */
static enum err check_values(const struct user *values, struct str password,
                             struct error *error)
{
    enum err wrong_values = user_check(values, error);
    enum err wrong_password = password_check(password, "/password", error);

    return wrong_values != ERR_NONE ? wrong_values : wrong_password;
}

/* May this sign-up be, and as what? */
static enum err admit(const struct call *call, struct id id, int *role,
                      struct error *error)
{
    enum registration registration = REGISTRATION_CLOSED;
    bool first = false;
    enum err err = accounts_registration(call, &registration, error);

    if (err != ERR_NONE)
        return err;
    if (registration == REGISTRATION_FIRST) {
        err = call->store->ops->claim_first(call->store, id, &first, error);
        if (err != ERR_NONE)
            return err;
    }
    if (!first && !call->service->registration_open)
        return error_set(error, ERR_CLOSED,
                         "Sign-up is closed; ask the administrator for an "
                         "account.");
    *role = first ? ROLE_ADMIN : ROLE_MEMBER;
    return ERR_NONE;
}

/* The same for the same Idempotency-Key and address: nobody is signed in yet
 * to whom the key could belong. */
static struct id new_user_id(const struct call *call, struct str email)
{
    struct call named = *call;

    if (!call->op.set)
        return id_random();
    named.op = op_part(call->op, email_key(call->arena, email));
    return call_new_id(&named, ID_NONE, "user");
}

/* Makes the account, if it may be; *effect is not WRITE_DONE where it is
 * there already. */
static enum err make_user(const struct call *call,
                          const struct credentials *with,
                          const struct user *values, struct user *user,
                          enum write_effect *effect, struct error *error)
{
    struct id id = new_user_id(call, values->email);
    struct error refusal = { 0 };
    int role = ROLE_MEMBER;
    enum err found, err = admit(call, id, &role, &refusal);

    if (err == ERR_NONE)
        err = put_user(call, values, with->password, id, role, user, effect,
                       &refusal);
    if (err == ERR_NONE)
        return ERR_NONE;
    found = ERR_NOT_FOUND;
    if (call->op.set && (err == ERR_CLOSED || err == ERR_EXISTS)) {
        /* Refused because this very sign-up has made it before? */
        *effect = WRITE_REPEATED;
        found = get_user(call, id, user, error);
    }
    if (found != ERR_NOT_FOUND)
        return found;
    *error = refusal;
    return err;
}

enum err accounts_sign_up(struct call *call, const struct credentials *with,
                          const struct user *values, struct user *user,
                          struct session *session, struct secret *secret,
                          struct error *error)
{
    enum write_effect effect = WRITE_DONE;
    bool right = true, outdated;
    enum err err = check_values(values, with->password, error);

    if (err == ERR_NONE)
        err = make_user(call, with, values, user, &effect, error);
    if (err == ERR_NONE && effect != WRITE_DONE)
        err = password_verify(call->arena, call->service->run_dir,
                              with->password, user->password_hash, &right,
                              &outdated, error);
    if (err != ERR_NONE)
        return err;
    if (!right)
        return error_set(error, ERR_EXISTS,
                         "There is an account with this address already.");
    return session_start(call, user->id, with, session, secret, error);
}

static enum err rehash(const struct call *call, struct id user,
                       struct str password, struct op_mark op,
                       struct error *error)
{
    struct user values, out;
    enum write_effect effect;
    struct change change = {
        .key = key_id(user),
        .fields = FIELD_BIT(USER_PASSWORD_HASH),
        .values = &values,
        .deleted = ANY,
        .op = op,
    };
    enum err err = password_hash(call->arena, call->service->run_dir,
                                 password, &values.password_hash, error);

    return err != ERR_NONE
               ? err
               : call->store->ops->update(call->store, call->arena, KIND_USER,
                                          &change, &out, &effect, error);
}

/* Counts the attempt, then compares; unknown and wrong take as long. */
static enum err prove(const struct call *call, struct str key,
                      struct str network, const struct user *user,
                      struct str password, struct error *error)
{
    bool right = false, outdated = false;
    enum err err = throttle_enter(call, key, network, error);

    if (err != ERR_NONE)
        return err;
    err = password_verify(call->arena, call->service->run_dir, password,
                          user == NULL ? STR_NONE : user->password_hash,
                          &right, &outdated, error);
    if (err != ERR_NONE)
        return err;
    if (!right || user == NULL || user->disabled)
        return error_set(error, ERR_CREDENTIALS,
                         "Email or password is wrong.");
    if (outdated)
        err = rehash(call, user->id, password, (struct op_mark){ 0 }, error);
    return err != ERR_NONE ? err
                           : throttle_forgive(call, key, network, error);
}

enum err accounts_sign_in(struct call *call, const struct credentials *with,
                          struct user *user, struct session *session,
                          struct secret *secret, struct error *error)
{
    struct str key = email_key(call->arena, with->email);
    enum err err = call->store->ops->user_by_email(call->store, call->arena,
                                                   key, user, error);
    bool known = err == ERR_NONE;

    if (err == ERR_NOT_FOUND) {
        *error = (struct error){ 0 };
        err = ERR_NONE;
    }
    if (err == ERR_NONE)
        err = prove(call, key, with->network, known ? user : NULL,
                    with->password, error);
    if (err != ERR_NONE)
        return err;
    return session_start(call, user->id, with, session, secret, error);
}

enum err accounts_me(const struct call *call, struct user *out,
                     struct error *error)
{
    enum err err = get_user(call, call->actor.user, out, error);

    return err == ERR_NOT_FOUND
               ? error_set(error, ERR_NO_SESSION, "Nobody is signed in.")
               : err;
}

enum err accounts_patch(const struct call *call, int64_t if_version,
                        const struct user *values, uint64_t present,
                        struct user *out, struct error *error)
{
    struct user before;
    enum write_effect effect;
    struct change change = {
        .key = key_id(call->actor.user),
        .if_version = if_version,
        .fields = present,
        .values = values,
        .deleted = ANY,
        .op = call->op,
    };
    enum err err = accounts_me(call, &before, error);

    if (err != ERR_NONE)
        return err;
    schema_merge(&user_schema, present, values, &before);
    err = user_check(&before, error);
    if ((present & FIELD_BIT(USER_EMAIL)) != 0) {
        error_add(error, "/email", "read_only",
                  "The address of an account cannot be changed.");
        err = error->code;
    }
    return err != ERR_NONE
               ? err
               : call->store->ops->update(call->store, call->arena, KIND_USER,
                                          &change, out, &effect, error);
}

static enum err prove_me(const struct call *call, struct str password,
                         struct str network, struct error *error)
{
    struct user user;
    enum err err = accounts_me(call, &user, error);

    if (err == ERR_NONE)
        err = prove(call, user.email_key, network, &user, password, error);
    if (err != ERR_CREDENTIALS)
        return err;
    *error = (struct error){ 0 };
    error_add(error, "/current_password", "wrong",
              "The current password is wrong.");
    return error->code;
}

enum err accounts_set_password(const struct call *call, struct id user,
                               struct str password, struct error *error)
{
    enum err err = password_check(password, "/password", error);

    if (err == ERR_NONE)
        err = rehash(call, user, password, call->op, error);
    if (err != ERR_NONE)
        return err;
    return call->store->ops->session_end_all(
        call->store, user,
        id_eq(user, call->actor.user) ? call->actor.session
                                      : (struct hash){ 0 },
        error);
}

/* Has this very operation changed the password to this one? */
static enum err was_changed(const struct call *call, struct str password,
                            bool *was, struct error *error)
{
    struct user user;
    bool outdated;
    /* Changes nothing, whatever the version is; tells a repetition. */
    struct change change = { .key = key_id(call->actor.user),
                             .if_version = INT64_MAX,
                             .values = &user,
                             .deleted = ANY,
                             .op = call->op };
    enum write_effect effect = WRITE_DONE;
    enum err err = call->store->ops->update(call->store, call->arena,
                                            KIND_USER, &change, &user,
                                            &effect, error);

    *was = false;
    if (err == ERR_STALE)
        *error = (struct error){ 0 };
    if (err != ERR_NONE)
        return err == ERR_STALE ? ERR_NONE : err;
    return password_verify(call->arena, call->service->run_dir, password,
                           user.password_hash, was, &outdated, error);
}

/* Is the current password right? A repetition finds it changed already. */
static enum err prove_change(const struct call *call, struct str current,
                             struct str password, struct str network,
                             struct error *error)
{
    struct error other = { 0 };
    bool was = false;
    enum err err = prove_me(call, current, network, error);

    if (err != ERR_INVALID || !call->op.set)
        return err;
    if (was_changed(call, password, &was, &other) != ERR_NONE || was)
        *error = other;
    return error->code;
}

enum err accounts_password(const struct call *call, struct str current,
                           struct str password, struct str network,
                           struct error *error)
{
    enum err err = password_check(password, "/password", error);

    if (err == ERR_NONE)
        err = prove_change(call, current, password, network, error);
    return err != ERR_NONE ? err
                           : accounts_set_password(call, call->actor.user,
                                                   password, error);
}

enum err accounts_delete(const struct call *call, struct str current,
                         struct str network, struct error *error)
{
    enum err err = prove_me(call, current, network, error);

    if (err == ERR_NO_SESSION) { /* by the same request, sent twice */
        *error = (struct error){ 0 };
        return ERR_NONE;
    }
    return err != ERR_NONE
               ? err
               : call->store->ops->user_erase(call->store, call->actor.user,
                                              call->actor.session, error);
}

enum err accounts_ensure_single(const struct call *call, struct error *error)
{
    struct user user, out;
    enum write_effect effect;

    memcpy(&user, user_schema.defaults, sizeof(user));
    user.id = accounts_single_user();
    user.role = ROLE_ADMIN;
    user.email = user.email_key = STR("me@localhost");
    user.name = STR("Me");
    user.password_hash = STR("!"); /* matches no password */
    return call->store->ops->create(call->store, call->arena, KIND_USER,
                                    &user, call->op, &out, &effect, error);
}

enum err accounts_add(const struct call *call, const struct user *values,
                      struct str password, struct user *out,
                      struct error *error)
{
    enum write_effect effect;
    enum err err = check_values(values, password, error);

    return err != ERR_NONE ? err
                           : put_user(call, values, password, id_random(),
                                      values->role, out, &effect, error);
}

enum err accounts_find(const struct call *call, struct str email,
                       struct user *out, struct error *error)
{
    return call->store->ops->user_by_email(call->store, call->arena,
                                           email_key(call->arena, email), out,
                                           error);
}

enum err accounts_disable(const struct call *call, struct id user,
                          bool disabled, struct error *error)
{
    struct user values = { .disabled = disabled }, out;
    enum write_effect effect;
    struct change change = {
        .key = key_id(user),
        .fields = FIELD_BIT(USER_DISABLED),
        .values = &values,
        .deleted = ANY,
    };
    enum err err = call->store->ops->update(call->store, call->arena,
                                            KIND_USER, &change, &out, &effect,
                                            error);

    if (err != ERR_NONE || !disabled)
        return err;
    return call->store->ops->session_end_all(call->store, user,
                                             (struct hash){ 0 }, error);
}
