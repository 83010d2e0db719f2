#include "service/outcomes.h"

#include <sodium.h>
#include <string.h>

struct op_mark outcome_mark(struct str key)
{
    struct op_mark mark = { .set = !str_is_none(key) };

    if (mark.set)
        crypto_generichash(mark.bytes, sizeof(mark.bytes),
                           (const unsigned char *)key.ptr, key.len, NULL, 0);
    return mark;
}

/* Each part with its length, so that no two requests give the same bytes. */
static void add(crypto_generichash_state *state, struct str part)
{
    uint64_t len = part.len;

    crypto_generichash_update(state, (const unsigned char *)&len,
                              sizeof(len));
    if (part.len > 0)
        crypto_generichash_update(state, (const unsigned char *)part.ptr,
                                  part.len);
}

static void digest(const struct outcome_request *request, const char *purpose,
                   unsigned char *out, size_t size)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, size);
    add(&state, str_from(purpose));
    add(&state, request->key);
    add(&state, request->target);
    add(&state, request->body);
    if (strcmp(purpose, "seal") == 0)
        add(&state, request->credentials);
    crypto_generichash_final(&state, out, size);
}

enum err outcome_find(const struct call *call,
                      const struct outcome_request *request,
                      struct str *answer, struct error *error)
{
    unsigned char print[sizeof(((struct outcome *)0)->fingerprint)];
    unsigned char key[crypto_secretbox_KEYBYTES];
    struct outcome kept;
    unsigned char *plain;
    size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    enum err err = call->store->ops->outcome_get(
        call->store, call->arena, call->actor.user, call->op, call->now,
        &kept, error);

    if (err != ERR_NONE)
        return err;
    digest(request, "fingerprint", print, sizeof(print));
    if (sodium_memcmp(print, kept.fingerprint, sizeof(print)) != 0)
        return error_set(error, ERR_KEY_REUSED,
                         "This Idempotency-Key came with another request; "
                         "make a new key for each write.");
    digest(request, "seal", key, sizeof(key));
    if (kept.sealed.len < overhead)
        return error_set(error, ERR_NOT_FOUND, "Nothing was kept.");
    plain = arena_alloc(call->arena, kept.sealed.len);
    /* Other credentials of the same person: do it again, the marks in the
     * records make that harmless. */
    if (crypto_secretbox_open_easy(
            plain,
            (const unsigned char *)kept.sealed.ptr +
                crypto_secretbox_NONCEBYTES,
            kept.sealed.len - crypto_secretbox_NONCEBYTES,
            (const unsigned char *)kept.sealed.ptr, key) != 0)
        return error_set(error, ERR_NOT_FOUND, "Nothing was kept.");
    *answer = (struct str){ (const char *)plain, kept.sealed.len - overhead };
    return ERR_NONE;
}

enum err outcome_keep(const struct call *call,
                      const struct outcome_request *request,
                      struct str answer, bool *first, struct error *error)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    struct outcome outcome = { .expires_at = call->now + OUTCOME_KEPT_MS };
    unsigned char *sealed;

    *first = true;
    if (answer.len + overhead > OUTCOME_BYTES_MAX)
        return ERR_NONE;
    digest(request, "fingerprint", outcome.fingerprint,
           sizeof(outcome.fingerprint));
    digest(request, "seal", key, sizeof(key));
    sealed = arena_alloc(call->arena, answer.len + overhead);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES,
                          (const unsigned char *)answer.ptr, answer.len,
                          sealed, key);
    outcome.sealed = (struct str){ (const char *)sealed,
                                   answer.len + overhead };
    return call->store->ops->outcome_put(call->store, call->actor.user,
                                         call->op, &outcome, first, error);
}

static struct op_mark removal_mark(const struct call *call)
{
    return op_part(call->op, STR("removed"));
}

static enum err note_removal(const struct call *call, struct id id,
                             struct error *error)
{
    struct outcome note = { .sealed = STR(""),
                            .expires_at = call->now + OUTCOME_KEPT_MS };
    bool first;

    if (!call->op.set)
        return ERR_NONE;
    memcpy(note.fingerprint, id.bytes, sizeof(note.fingerprint));
    return call->store->ops->outcome_put(call->store, call->actor.user,
                                         removal_mark(call), &note, &first,
                                         error);
}

static enum err was_removed(const struct call *call, struct id id, bool *noted,
                            struct error *error)
{
    struct outcome note;
    enum err err = ERR_NOT_FOUND;

    if (call->op.set)
        err = call->store->ops->outcome_get(call->store, call->arena,
                                            call->actor.user,
                                            removal_mark(call), call->now,
                                            &note, error);
    *noted = err == ERR_NONE && memcmp(note.fingerprint, id.bytes,
                                       sizeof(note.fingerprint)) == 0;
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

enum err removal_by_id(const struct call *call, enum kind kind, struct id id,
                       const struct hash *hash, const char *missing,
                       struct error *error)
{
    bool gone = false;
    enum err err;

    if (hash != NULL) {
        err = note_removal(call, id, error);
        return err != ERR_NONE ? err
                               : call->store->ops->remove(call->store, kind,
                                                          key_hash(*hash),
                                                          error);
    }
    err = was_removed(call, id, &gone, error);
    return err != ERR_NONE || gone
               ? err
               : error_set(error, ERR_NOT_FOUND, "%s", missing);
}
