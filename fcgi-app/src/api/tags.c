#include "api/handlers.h"
#include "service/lists.h"

static void encode_tag(const struct tag_count *tag, struct json_out *out)
{
    json_begin_object(out);
    json_key(out, STR("name"));
    json_put_str(out, tag->name);
    json_key(out, STR("open"));
    json_put_int(out, tag->open);
    json_key(out, STR("total"));
    json_put_int(out, tag->total);
    json_end_object(out);
}

/* 200 */
enum err api_tags_all(struct exchange *x, struct error *error)
{
    struct tag_counts counts;
    struct json_out out;
    enum err err = x->call.store->ops->tag_counts(x->call.store, x->arena,
                                                  x->call.actor.user, &counts,
                                                  error);

    if (err != ERR_NONE)
        return err;
    reply_json(x, 200, &out);
    json_begin_array(&out);
    for (size_t i = 0; i < counts.len; i++)
        encode_tag(&counts.items[i], &out);
    json_end_array(&out);
    return ERR_NONE;
}

struct tag_body {
    struct str name;
};
static const struct field tag_fields[] = {
    { "name", FIELD_STRING, offsetof(struct tag_body, name),
      FIELD_REQUIRED | FIELD_WRITABLE | FIELD_SEGMENT,
      .min = 1, .max = TASK_TAG_LEN_MAX },
};
static const struct schema tag_schema = {
    .name = "tag",
    .fields = tag_fields,
    .len = 1,
    .size = sizeof(struct tag_body),
    .key = KEY_NOT_STORED,
};

static enum err read_tag(const struct exchange *x, struct str *tag,
                         struct error *error)
{
    if (url_decode(x->arena, x->params[0], false, tag))
        return ERR_NONE;
    return error_set(error, ERR_NOT_FOUND, "No task has this tag.");
}

/* 200 with the tag as it is now. */
enum err api_tag_patch(struct exchange *x, struct error *error)
{
    struct tag_counts counts;
    struct tag_body body;
    struct json_out out;
    struct str tag;
    struct tag_count found = { 0 };
    uint64_t present;
    enum err err = read_tag(x, &tag, error);

    if (err == ERR_NONE)
        err = schema_decode(&tag_schema, SCHEMA_CREATE, x->arena, x->body, "",
                            &body, &present, error);
    if (err == ERR_NONE)
        err = tags_rename(&x->call, tag, body.name, error);
    if (err == ERR_NONE)
        err = x->call.store->ops->tag_counts(x->call.store, x->arena,
                                             x->call.actor.user, &counts,
                                             error);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < counts.len; i++) {
        if (str_eq(counts.items[i].name, body.name))
            found = counts.items[i];
    }
    reply_json(x, 200, &out);
    found.name = body.name;
    encode_tag(&found, &out);
    return ERR_NONE;
}

/* 204 */
enum err api_tag_delete(struct exchange *x, struct error *error)
{
    struct str tag;
    enum err err = read_tag(x, &tag, error);

    if (err == ERR_NONE)
        err = tags_rename(&x->call, tag, STR_NONE, error);
    return err != ERR_NONE ? err : reply_empty(x);
}
