#include "service/sessions.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "service/outcomes.h"

enum { USER_AGENT_MAX = 200 };

struct hash secret_hash(struct str text)
{
    struct hash hash;

    crypto_hash_sha256(hash.bytes, (const unsigned char *)text.ptr, text.len);
    return hash;
}

enum { SECRET_BYTES = 32 };

static void write_secret(struct secret *secret, const char *prefix,
                         unsigned char bytes[static SECRET_BYTES])
{
    size_t len = strlen(prefix);

    assert(len + 44 <= sizeof(secret->text));
    memcpy(secret->text, prefix, len);
    sodium_bin2base64(secret->text + len, sizeof(secret->text) - len, bytes,
                      SECRET_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, SECRET_BYTES);
}

void secret_make(struct secret *secret, const char *prefix)
{
    unsigned char bytes[SECRET_BYTES];

    randombytes_buf(bytes, sizeof(bytes));
    write_secret(secret, prefix, bytes);
}

void secret_derive(struct secret *secret, const char *prefix,
                   struct op_mark op, struct str proof)
{
    unsigned char bytes[SECRET_BYTES];
    crypto_generichash_state state;

    assert(op.set && proof.len > 0);
    crypto_generichash_init(&state, op.bytes, sizeof(op.bytes),
                            sizeof(bytes));
    crypto_generichash_update(&state, (const unsigned char *)prefix,
                              strlen(prefix));
    crypto_generichash_update(&state, (const unsigned char *)proof.ptr,
                              proof.len);
    crypto_generichash_final(&state, bytes, sizeof(bytes));
    write_secret(secret, prefix, bytes);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What a browser calls itself, cut; none if it is no UTF-8. */
static struct str agent_cut(struct str agent)
{
    if (agent.len > USER_AGENT_MAX)
        agent.len = USER_AGENT_MAX;
    return utf8_is_valid(agent) ? agent : STR_NONE;
}

static bool has_session(const struct session_page *page, struct id id)
{
    for (size_t i = 0; i < page->len; i++) {
        if (id_eq(page->items[i].id, id))
            return true;
    }
    return false;
}

/* Ends the least recently used ones when there are too many for another. */
static enum err make_room(const struct call *call,
                          const struct session *session, struct error *error)
{
    struct session_page page;
    enum err err = call->store->ops->session_all(
        call->store, call->arena, session->user_id, &page, error);

    if (err == ERR_NONE && has_session(&page, session->id))
        return ERR_NONE;
    while (err == ERR_NONE && page.len >= SESSIONS_PER_USER_MAX) {
        size_t oldest = 0;

        for (size_t i = 1; i < page.len; i++) {
            if (page.items[i].last_used_at < page.items[oldest].last_used_at)
                oldest = i;
        }
        err = call->store->ops->remove(call->store, KIND_SESSION,
                                       key_hash(page.items[oldest].hash),
                                       error);
        page.items[oldest] = page.items[--page.len];
    }
    return err;
}

/* The secret, and the session's key and name. With an Idempotency-Key they
 * follow from it and the password. */
static void name_session(const struct call *call, struct str password,
                         struct session *session, struct secret *secret)
{
    char user[ID_TEXT_LEN + 1];

    if (call->op.set) {
        id_format(session->user_id, user);
        secret_derive(secret, "", call->op,
                      arena_printf(call->arena, "%s %.*s %.*s", user,
                                   STR_ARG(call->key), STR_ARG(password)));
    } else {
        secret_make(secret, "");
    }
    session->hash = secret_hash(str_from(secret->text));
    session->id = call->op.set
                      ? id_derive(&session->hash, sizeof(session->hash))
                      : id_new(call->now);
}

enum err session_start(struct call *call, struct id user,
                       const struct credentials *with,
                       struct session *session, struct secret *secret,
                       struct error *error)
{
    struct session values = {
        .user_id = user,
        .created_at = call->now,
        .last_used_at = call->now,
        .expires_at = call->now + SESSION_IDLE_DAYS * (int64_t)DAY_MS,
        .user_agent = agent_cut(with->user_agent),
    };
    enum write_effect effect;
    enum err err;

    name_session(call, with->password, &values, secret);
    err = make_room(call, &values, error);
    if (err != ERR_NONE)
        return err;
    err = call->store->ops->create(call->store, call->arena, KIND_SESSION,
                                   &values, (struct op_mark){ 0 }, session,
                                   &effect, error);
    session->current = true;
    return err;
}

/* Moves the idle end on, now and then; a failure is not the reader's. */
static void touch(const struct call *call, const struct session *session)
{
    struct session values = {
        .last_used_at = call->now,
        .expires_at =
            earlier(call->now + SESSION_IDLE_DAYS * (int64_t)DAY_MS,
                    session->created_at + SESSION_DAYS * (int64_t)DAY_MS),
    };
    struct session out;
    struct error error = { 0 };
    enum write_effect effect;
    struct change change = {
        .key = key_hash(session->hash),
        .fields = FIELD_BIT(SESSION_LAST_USED_AT) |
                  FIELD_BIT(SESSION_EXPIRES_AT),
        .values = &values,
        .deleted = ANY,
    };

    if (call->now - session->last_used_at < TOUCH_EVERY_MS)
        return;
    if (call->store->ops->update(call->store, call->arena, KIND_SESSION,
                                 &change, &out, &effect, &error) != ERR_NONE)
        LOG(LOG_WARN, "session_touch_failed",
            LOG_STR("error", str_from(err_name(error.code))));
}

static enum err nobody(struct error *error)
{
    *error = (struct error){ 0 };
    return error_set(error, ERR_NO_SESSION, "Nobody is signed in.");
}

enum err accounts_by_session(const struct call *call, struct str secret,
                             struct actor *out, struct error *error)
{
    struct session session;
    enum err err = call->store->ops->get(call->store, call->arena,
                                         KIND_SESSION,
                                         key_hash(secret_hash(secret)),
                                         &session, error);

    if (err == ERR_NOT_FOUND)
        return nobody(error);
    if (err != ERR_NONE)
        return err;
    if (session.expires_at <= call->now)
        return nobody(error);
    touch(call, &session);
    *out = (struct actor){
        .user = session.user_id,
        .scope = SCOPE_WRITE,
        .session = session.hash,
        .proof = secret,
    };
    return ERR_NONE;
}

enum err sessions_get(const struct call *call, struct session *out,
                      struct error *error)
{
    enum err err = call->store->ops->get(call->store, call->arena,
                                         KIND_SESSION,
                                         key_hash(call->actor.session), out,
                                         error);

    if (err == ERR_NOT_FOUND)
        return nobody(error);
    out->current = true;
    return err;
}

enum err sessions_all(const struct call *call, struct session_page *out,
                      struct error *error)
{
    enum err err = call->store->ops->session_all(call->store, call->arena,
                                                 call->actor.user, out,
                                                 error);
    size_t kept = 0;

    for (size_t i = 0; err == ERR_NONE && i < out->len; i++) {
        struct session *session = &out->items[i];

        if (session->expires_at <= call->now)
            continue;
        session->current = memcmp(&session->hash, &call->actor.session,
                                  sizeof(session->hash)) == 0;
        out->items[kept++] = *session;
    }
    out->len = err == ERR_NONE ? kept : 0;
    return err;
}

enum err sessions_end(const struct call *call, struct id id,
                      struct error *error)
{
    struct session_page page;
    const struct hash *hash = NULL;
    enum err err = sessions_all(call, &page, error);

    for (size_t i = 0; err == ERR_NONE && i < page.len; i++) {
        if (id_eq(page.items[i].id, id))
            hash = &page.items[i].hash;
    }
    return err != ERR_NONE
               ? err
               : removal_by_id(call, KIND_SESSION, id, hash,
                               "There is no such session.", error);
}

enum err sessions_end_others(const struct call *call, struct error *error)
{
    return call->store->ops->session_end_all(call->store, call->actor.user,
                                             call->actor.session, error);
}

enum err sessions_end_current(const struct call *call, struct error *error)
{
    return call->store->ops->remove(call->store, KIND_SESSION,
                                    key_hash(call->actor.session), error);
}
