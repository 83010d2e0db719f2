/* People, their sessions and tokens, kept answers, throttles. */
#include <stdlib.h>
#include <string.h>

#include "store/store_mongo.h"

enum err mongo_user_by_email(struct store *store, struct arena *arena,
                             struct str email_key, struct user *out,
                             struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    bson_t command, filter, reply, doc;
    bson_iter_t docs;
    enum err err;

    mongo_command(&command, "find", "users");
    bson_append_document_begin(&command, "filter", -1, &filter);
    mongo_append_str(&filter, "email_key", email_key);
    bson_append_document_end(&command, &filter);
    BCON_APPEND(&command, "limit", BCON_INT32(1), "singleBatch",
                BCON_BOOL(true), "hint", INDEX_EMAIL);
    err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
    if (err == ERR_NONE) {
        if (mongo_first_batch(&reply, &docs) && bson_iter_next(&docs) &&
            mongo_doc_of(&docs, &doc))
            mongo_read_record(&mongo->kinds[KIND_USER], arena, &doc, out);
        else
            err = error_set(error, ERR_NOT_FOUND, "There is no such user.");
    }
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

enum err mongo_user_all(struct store *store, struct arena *arena,
                        struct user_page *page, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct mongo_rows rows = { .kind = &mongo->kinds[KIND_USER],
                               .arena = arena };
    bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;
    enum err err;

    BCON_APPEND(&opts, "sort", "{", "_id", BCON_INT32(1), "}");
    err = mongo_find(mongo, "users", &filter, &opts, mongo_rows_add, &rows,
                     error);
    *page = (struct user_page){ rows.items, rows.len };
    bson_destroy(&filter);
    bson_destroy(&opts);
    return err;
}

/* All records of the kind that are the user's, oldest first. */
static enum err rows_of_user(struct store_mongo *mongo, struct id user,
                             struct mongo_rows *rows, struct error *error)
{
    bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;
    enum err err;

    mongo_append_id(&filter, "user_id", user);
    BCON_APPEND(&opts, "hint", INDEX_USER, "sort", "{", "created_at",
                BCON_INT32(1), "id", BCON_INT32(1), "}");
    err = mongo_find(mongo, rows->kind->collection, &filter, &opts,
                     mongo_rows_add, rows, error);
    bson_destroy(&filter);
    bson_destroy(&opts);
    return err;
}

enum err mongo_session_all(struct store *store, struct arena *arena,
                           struct id user, struct session_page *page,
                           struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct mongo_rows rows = { .kind = &mongo->kinds[KIND_SESSION],
                               .arena = arena };
    enum err err = rows_of_user(mongo, user, &rows, error);

    *page = (struct session_page){ rows.items, rows.len };
    return err;
}

enum err mongo_token_all(struct store *store, struct arena *arena,
                         struct id user, struct token_page *page,
                         struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct mongo_rows rows = { .kind = &mongo->kinds[KIND_TOKEN],
                               .arena = arena };
    enum err err = rows_of_user(mongo, user, &rows, error);

    *page = (struct token_page){ rows.items, rows.len };
    return err;
}

enum err mongo_session_end_all(struct store *store, struct id user,
                               struct hash keep, struct error *error)
{
    bson_t command, deletes, statement, query, reply;
    enum err err;

    mongo_command(&command, "delete", "sessions");
    bson_append_array_begin(&command, "deletes", -1, &deletes);
    bson_append_document_begin(&deletes, "0", -1, &statement);
    bson_append_document_begin(&statement, "q", -1, &query);
    mongo_append_id(&query, "user_id", user);
    mongo_append_op_id(&query, "_id", "$ne", key_hash(keep));
    bson_append_document_end(&statement, &query);
    BSON_APPEND_INT32(&statement, "limit", 0);
    BSON_APPEND_UTF8(&statement, "hint", INDEX_USER);
    bson_append_document_end(&deletes, &statement);
    bson_append_array_end(&command, &deletes);
    err = mongo_run(mongo_of(store), MONGO_MANY, &command, &reply, error);
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

/*
 * Takes the place of the first account: where nobody has it (from NULL), or
 * from a holder whose claim is old enough that no sign-up can still be on its
 * way. *holder: who has it now; none when the claim is too young.
 */
static enum err claim(struct store_mongo *mongo, struct id user,
                      const struct id *from, struct id *holder,
                      struct error *error)
{
    bson_t query = BSON_INITIALIZER, pipeline = BSON_INITIALIZER, stage, set;
    bson_t reply, value;
    struct mongo_modify modify = { .collection = "meta",
                                   .query = &query,
                                   .pipeline = &pipeline,
                                   .upsert = from == NULL };
    const uint8_t *bytes;
    bool found, existed;
    size_t len;
    enum err err;

    BSON_APPEND_UTF8(&query, "_id", "first_user");
    if (from != NULL) {
        mongo_append_id(&query, "user", *from);
        BCON_APPEND(&query, "$expr", "{", "$lte", "[", "$at", "{",
                    "$subtract", "[", "$$NOW", BCON_INT64(MONGO_CLAIM_MS),
                    "]", "}", "]", "}");
    }
    bson_append_document_begin(&pipeline, "0", -1, &stage);
    bson_append_document_begin(&stage, "$replaceWith", -1, &set);
    BSON_APPEND_UTF8(&set, "_id", "first_user");
    if (from == NULL) {
        BCON_APPEND(&set, "user", "{", "$ifNull", "[", "$user",
                    BCON_BIN(BSON_SUBTYPE_BINARY, user.bytes, ID_BYTES), "]",
                    "}", "at", "{", "$ifNull", "[", "$at", "$$NOW", "]", "}");
    } else {
        mongo_append_id(&set, "user", user);
        BSON_APPEND_UTF8(&set, "at", "$$NOW");
    }
    bson_append_document_end(&stage, &set);
    bson_append_document_end(&pipeline, &stage);
    err = mongo_modify(mongo, &modify, &reply, &value, &found, &existed,
                       error);
    *holder = ID_NONE;
    if (err == ERR_NONE && found &&
        mongo_bin_of(&value, "user", &bytes, &len) && len == ID_BYTES)
        memcpy(holder->bytes, bytes, ID_BYTES);
    bson_destroy(&query);
    bson_destroy(&pipeline);
    bson_destroy(&reply);
    return err;
}

enum err mongo_claim_first(struct store *store, struct id user, bool *first,
                           struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct id holder, before;
    struct arena arena;
    struct user other;
    enum err err = claim(mongo, user, NULL, &holder, error);

    *first = err == ERR_NONE && id_eq(holder, user);
    if (err != ERR_NONE || *first)
        return err;
    arena_init(&arena);
    err = mongo_get(store, &arena, KIND_USER, key_id(holder), &other, error);
    arena_release(&arena);
    if (err != ERR_NOT_FOUND)
        return err; /* it is that person's */
    *error = (struct error){ 0 };
    before = holder; /* of a sign-up that was not finished, or who has left */
    err = claim(mongo, user, &before, &holder, error);
    *first = err == ERR_NONE && id_eq(holder, user);
    return err;
}

static struct key outcome_key(struct id owner, struct op_mark op)
{
    struct id id;

    memcpy(id.bytes, op.bytes, sizeof(id.bytes));
    return key_owned(owner, id);
}

static bool read_outcome(const bson_t *doc, struct arena *arena,
                         struct outcome *out)
{
    const uint8_t *bytes;
    size_t len;

    *out = (struct outcome){ 0 };
    if (!mongo_bin_of(doc, "fingerprint", &bytes, &len) ||
        len != sizeof(out->fingerprint))
        return false;
    memcpy(out->fingerprint, bytes, len);
    if (!mongo_bin_of(doc, "sealed", &bytes, &len))
        return false;
    out->sealed =
        arena_copy(arena, (struct str){ (const char *)bytes, len });
    out->expires_at = mongo_int_of(doc, "expires_at", 0);
    return true;
}

enum err mongo_outcome_get(struct store *store, struct arena *arena,
                           struct id owner, struct op_mark op, int64_t now,
                           struct outcome *out, struct error *error)
{
    bson_t command, filter, reply, doc;
    bson_iter_t docs;
    enum err err;

    mongo_command(&command, "find", "outcomes");
    bson_append_document_begin(&command, "filter", -1, &filter);
    mongo_append_key(&filter, "_id", outcome_key(owner, op));
    bson_append_document_end(&command, &filter);
    BCON_APPEND(&command, "limit", BCON_INT32(1), "singleBatch",
                BCON_BOOL(true));
    err = mongo_run(mongo_of(store), MONGO_READ, &command, &reply, error);
    if (err == ERR_NONE &&
        (!mongo_first_batch(&reply, &docs) || !bson_iter_next(&docs) ||
         !mongo_doc_of(&docs, &doc) || !read_outcome(&doc, arena, out) ||
         out->expires_at <= now))
        err = error_set(error, ERR_NOT_FOUND, "Nothing was kept.");
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

enum err mongo_outcome_put(struct store *store, struct id owner,
                           struct op_mark op, const struct outcome *outcome,
                           bool *first, struct error *error)
{
    bson_t query, update = BSON_INITIALIZER, set, reply, value;
    struct mongo_modify modify = { .collection = "outcomes",
                                   .query = &query,
                                   .update = &update,
                                   .upsert = true,
                                   .key_only = true };
    bool found, existed = false;
    enum err err;

    if (outcome->sealed.len > OUTCOME_BYTES_MAX)
        return error_set(error, ERR_TOO_LARGE, "That answer is too long.");
    mongo_key_filter(&query, outcome_key(owner, op));
    bson_append_document_begin(&update, "$setOnInsert", -1, &set);
    mongo_append_bin(&set, "fingerprint", outcome->fingerprint,
                     sizeof(outcome->fingerprint));
    mongo_append_bin(&set, "sealed", outcome->sealed.ptr,
                     outcome->sealed.len);
    BSON_APPEND_DATE_TIME(&set, "expires_at", outcome->expires_at);
    bson_append_document_end(&update, &set);
    err = mongo_modify(mongo_of(store), &modify, &reply, &value, &found,
                       &existed, error);
    *first = !existed;
    bson_destroy(&query);
    bson_destroy(&update);
    bson_destroy(&reply);
    return err;
}

/* Counts on while the window lasts, else begins a new one. */
static void hit_pipeline(bson_t *pipeline, int64_t now, int64_t window_ms)
{
    bson_init(pipeline);
    BCON_APPEND(pipeline, "0", "{", "$replaceWith", "{", "$cond", "[", "{",
                "$gt", "[", "$ends", BCON_DATE_TIME(now), "]", "}", "{",
                "$mergeObjects", "[", "$$ROOT", "{", "count", "{", "$add",
                "[", "$count", BCON_INT64(1), "]", "}", "}", "]", "}", "{",
                "_id", "$_id", "count", BCON_INT64(1), "ends",
                BCON_DATE_TIME(now + window_ms), "}", "]", "}", "}");
}

enum err mongo_throttle_hit(struct store *store, struct hash subject,
                            int64_t now, int64_t window_ms, int64_t *count,
                            int64_t *ends, struct error *error)
{
    bson_t query, pipeline, reply, value;
    struct mongo_modify modify = { .collection = "throttles",
                                   .query = &query,
                                   .pipeline = &pipeline,
                                   .upsert = true };
    bool found = false, existed;
    enum err err;

    mongo_key_filter(&query, key_hash(subject));
    hit_pipeline(&pipeline, now, window_ms);
    err = mongo_modify(mongo_of(store), &modify, &reply, &value, &found,
                       &existed, error);
    if (err == ERR_NONE && !found)
        err = error_set(error, ERR_INTERNAL, "Nothing was counted.");
    if (err == ERR_NONE) {
        *count = mongo_int_of(&value, "count", 1);
        *ends = mongo_int_of(&value, "ends", now + window_ms);
    }
    bson_destroy(&query);
    bson_destroy(&pipeline);
    bson_destroy(&reply);
    return err;
}

enum err mongo_throttle_clear(struct store *store, struct hash subject,
                              struct error *error)
{
    bson_t query, reply, value;
    struct mongo_modify modify = { .collection = "throttles",
                                   .query = &query,
                                   .key_only = true };
    bool found, existed;
    enum err err;

    mongo_key_filter(&query, key_hash(subject));
    err = mongo_modify(mongo_of(store), &modify, &reply, &value, &found,
                       &existed, error);
    bson_destroy(&query);
    bson_destroy(&reply);
    return err;
}
