#include <string.h>

#include "base/log.h"
#include "service/accounts.h"
#include "service/outcomes.h"

static enum err unknown(struct error *error)
{
    *error = (struct error){ 0 };
    return error_set(error, ERR_NO_SESSION, "This token is not valid.");
}

static void touch(const struct call *call, const struct token *token)
{
    struct token values = { .last_used_at = call->now }, out;
    struct error error = { 0 };
    enum write_effect effect;
    struct change change = {
        .key = key_hash(token->hash),
        .fields = FIELD_BIT(TOKEN_LAST_USED_AT),
        .values = &values,
        .deleted = ANY,
    };

    if (token->last_used_at != INSTANT_NONE &&
        call->now - token->last_used_at < TOUCH_EVERY_MS)
        return;
    if (call->store->ops->update(call->store, call->arena, KIND_TOKEN,
                                 &change, &out, &effect, &error) != ERR_NONE)
        LOG(LOG_WARN, "token_touch_failed",
            LOG_STR("error", str_from(err_name(error.code))));
}

enum err accounts_by_token(const struct call *call, struct str secret,
                           struct actor *out, struct error *error)
{
    struct token token;
    struct user user;
    enum err err = call->store->ops->get(call->store, call->arena, KIND_TOKEN,
                                         key_hash(secret_hash(secret)),
                                         &token, error);

    if (err == ERR_NONE && token.expires_at != INSTANT_NONE &&
        token.expires_at <= call->now)
        err = ERR_NOT_FOUND;
    if (err == ERR_NONE)
        err = call->store->ops->get(call->store, call->arena, KIND_USER,
                                    key_id(token.user_id), &user, error);
    if (err == ERR_NOT_FOUND || (err == ERR_NONE && user.disabled))
        return unknown(error);
    if (err != ERR_NONE)
        return err;
    touch(call, &token);
    *out = (struct actor){
        .user = token.user_id,
        .scope = (enum scope)token.scope,
        .by_token = true,
    };
    return ERR_NONE;
}

enum err tokens_all(const struct call *call, struct token_page *out,
                    struct error *error)
{
    return call->store->ops->token_all(call->store, call->arena,
                                       call->actor.user, out, error);
}

/* The secret, and the token's key and name, which follow from it. */
static void name_token(const struct call *call, struct token *token,
                       struct secret *secret)
{
    if (call->op.set)
        secret_derive(secret, "steady_", call->op, call->actor.proof);
    else
        secret_make(secret, "steady_");
    token->hash = secret_hash(str_from(secret->text));
    token->id = id_derive(&token->hash, sizeof(token->hash));
}

static bool has_token(const struct token_page *page, struct id id)
{
    for (size_t i = 0; i < page->len; i++) {
        if (id_eq(page->items[i].id, id))
            return true;
    }
    return false;
}

enum err tokens_create(const struct call *call, const struct token *values,
                       struct token *out, struct secret *secret,
                       struct error *error)
{
    struct token token = *values;
    struct token_page page;
    enum write_effect effect;
    enum err err = tokens_all(call, &page, error);

    if (err != ERR_NONE)
        return err;
    name_token(call, &token, secret);
    if (page.len >= TOKENS_PER_USER_MAX && !has_token(&page, token.id))
        return error_set(error, ERR_LIMIT, "A person may keep %d tokens.",
                         TOKENS_PER_USER_MAX);
    if (token.expires_at != INSTANT_NONE && token.expires_at <= call->now) {
        error_add(error, "/expires_at", "in_the_past",
                  "The end lies in the past.");
        return error->code;
    }
    token.user_id = call->actor.user;
    token.created_at = call->now;
    return call->store->ops->create(call->store, call->arena, KIND_TOKEN,
                                    &token, (struct op_mark){ 0 }, out,
                                    &effect, error);
}

enum err tokens_revoke(const struct call *call, struct id id,
                       struct error *error)
{
    struct token_page page;
    const struct hash *hash = NULL;
    enum err err = tokens_all(call, &page, error);

    for (size_t i = 0; err == ERR_NONE && i < page.len; i++) {
        if (id_eq(page.items[i].id, id))
            hash = &page.items[i].hash;
    }
    return err != ERR_NONE
               ? err
               : removal_by_id(call, KIND_TOKEN, id, hash,
                               "There is no such token.", error);
}
