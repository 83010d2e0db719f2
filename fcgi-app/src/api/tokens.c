#include "api/handlers.h"
#include "service/accounts.h"

/* 200 */
enum err api_tokens_all(struct exchange *x, struct error *error)
{
    struct token_page page;
    struct json_out out;
    enum err err = tokens_all(&x->call, &page, error);

    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_array(&out);
    for (size_t i = 0; i < page.len; i++)
        schema_encode(&token_schema, &page.items[i], &out);
    json_end_array(&out);
    return ERR_NONE;
}

/* The answer to a creation is the only place where the token stands. */
struct token_reply {
    struct token token;
    struct str secret;
};

/* 201; 409 at the limit of tokens. */
enum err api_tokens_create(struct exchange *x, struct error *error)
{
    struct field fields[TOKEN_FIELD_COUNT + 1];
    struct schema with_secret = token_schema;
    struct token_reply reply;
    struct token values;
    struct secret secret;
    struct json_out out;
    uint64_t present;
    enum err err = schema_decode(&token_schema, SCHEMA_CREATE, x->arena,
                                 x->body, "", &values, &present, error);

    if (err == ERR_NONE)
        err = tokens_create(&x->call, &values, &reply.token, &secret, error);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < TOKEN_FIELD_COUNT; i++)
        fields[i] = token_schema.fields[i];
    fields[TOKEN_FIELD_COUNT] = (struct field){
        .name = "token",
        .type = FIELD_STRING,
        .offset = offsetof(struct token_reply, secret),
    };
    with_secret.fields = fields;
    with_secret.len = TOKEN_FIELD_COUNT + 1;
    reply.secret = str_from(secret.text);
    reply_json(x, 201, &out);
    schema_encode(&with_secret, &reply, &out);
    return ERR_NONE;
}

/* 204 */
enum err api_token_revoke(struct exchange *x, struct error *error)
{
    struct id id = ID_NONE;
    enum err err = exchange_id(x, &id, error);

    if (err == ERR_NONE)
        err = tokens_revoke(&x->call, id, error);
    return err != ERR_NONE ? err : reply_empty(x);
}
