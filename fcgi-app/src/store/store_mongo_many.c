/*
 * Writes of many documents, in steps: find the keys of some, change those,
 * until there are no more. Each can be repeated, so nothing is lost when one
 * ends half-way: what is done stays done.
 */
#include <string.h>

#include "store/store_mongo.h"

/* What a step does with the documents that the filter finds. */
struct step {
    const char *collection;
    const bson_t *filter;
    const char *hint;        /* NULL: by _id */
    const bson_t *condition; /* still to hold when it is written; or NULL */
    const bson_t *update;    /* NULL: delete */
    const bson_t *pipeline;  /* instead of update */
};

static void find_keys(bson_t *command, const struct step *step, size_t limit)
{
    mongo_command(command, "find", step->collection);
    BSON_APPEND_DOCUMENT(command, "filter", step->filter);
    BCON_APPEND(command, "projection", "{", "_id", BCON_INT32(1), "}",
                "limit", BCON_INT32((int32_t)limit), "batchSize",
                BCON_INT32((int32_t)limit), "singleBatch", BCON_BOOL(true));
    if (step->hint != NULL)
        BSON_APPEND_UTF8(command, "hint", step->hint);
}

static void append_statement(bson_t *statements, const char *index,
                             const struct step *step, const bson_iter_t *id)
{
    bson_t statement, query;

    bson_append_document_begin(statements, index, -1, &statement);
    bson_append_document_begin(&statement, "q", -1, &query);
    bson_append_iter(&query, "_id", -1, id);
    if (step->condition != NULL)
        bson_concat(&query, step->condition);
    bson_append_document_end(&statement, &query);
    if (step->pipeline != NULL)
        BSON_APPEND_ARRAY(&statement, "u", step->pipeline);
    else if (step->update != NULL)
        BSON_APPEND_DOCUMENT(&statement, "u", step->update);
    else
        BSON_APPEND_INT32(&statement, "limit", 1);
    bson_append_document_end(statements, &statement);
}

/* One statement a key: each goes straight to its document. */
static size_t write_keys(bson_t *command, const struct step *step,
                         const bson_t *reply)
{
    bool removes = step->update == NULL && step->pipeline == NULL;
    bson_t statements, doc;
    bson_iter_t docs, id;
    char number[16];
    const char *index;
    uint32_t n = 0;

    mongo_command(command, removes ? "delete" : "update", step->collection);
    BSON_APPEND_BOOL(command, "ordered", false);
    bson_append_array_begin(command, removes ? "deletes" : "updates", -1,
                            &statements);
    if (mongo_first_batch(reply, &docs)) {
        while (bson_iter_next(&docs) && mongo_doc_of(&docs, &doc) &&
               bson_iter_init_find(&id, &doc, "_id")) {
            bson_uint32_to_string(n++, &index, number, sizeof(number));
            append_statement(&statements, index, step, &id);
        }
    }
    bson_append_array_end(command, &statements);
    return n;
}

/* *found: how many keys there were; *changed grows by what was written. */
static enum err run_step(struct store_mongo *mongo, const struct step *step,
                         size_t limit, size_t *found, int64_t *changed,
                         struct error *error)
{
    bson_t command, reply, done;
    enum err err;

    *found = 0;
    find_keys(&command, step, limit);
    err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
    bson_destroy(&command);
    if (err == ERR_NONE) {
        *found = write_keys(&command, step, &reply);
        if (*found > 0) {
            err = mongo_run(mongo, MONGO_MANY, &command, &done, error);
            if (err == ERR_NONE)
                *changed += mongo_int_of(&done, "n", 0);
            bson_destroy(&done);
        }
        bson_destroy(&command);
    }
    bson_destroy(&reply);
    return err;
}

static enum err run_steps(struct store_mongo *mongo, const struct step *step,
                          int64_t *changed, struct error *error)
{
    int64_t end = time_monotonic() / 1000 + MONGO_STEPS_MS;
    size_t found = MONGO_BATCH;
    enum err err = ERR_NONE;

    while (err == ERR_NONE && found == MONGO_BATCH) {
        if (time_monotonic() / 1000 > end) {
            error_set(error, ERR_UNAVAILABLE,
                      "Part of it is done; repeat the request for the rest.");
            error->retry_after = 1;
            return ERR_UNAVAILABLE;
        }
        err = run_step(mongo, step, MONGO_BATCH, &found, changed, error);
    }
    return err;
}

static void append_touch(bson_t *update)
{
    BCON_APPEND(update, "$inc", "{", "version", BCON_INT64(1), "}");
    BCON_APPEND(update, "$currentDate", "{", "updated_at", BCON_BOOL(true),
                "}");
}

static void trash_update(bson_t *update, const struct trash_mark *mark)
{
    bson_t set, unset;

    bson_init(update);
    bson_append_document_begin(update, "$set", -1, &set);
    BSON_APPEND_BOOL(&set, "deleted", mark->deleted);
    mongo_append_id(&set, "trash_id", mark->trash_id);
    if (mark->deleted_at != INSTANT_NONE)
        BSON_APPEND_DATE_TIME(&set, "deleted_at", mark->deleted_at);
    if (mark->purge_at != INSTANT_NONE)
        BSON_APPEND_DATE_TIME(&set, "purge_at", mark->purge_at);
    bson_append_document_end(update, &set);
    bson_init(&unset);
    if (mark->deleted_at == INSTANT_NONE)
        BSON_APPEND_INT32(&unset, "deleted_at", 1);
    if (mark->purge_at == INSTANT_NONE)
        BSON_APPEND_INT32(&unset, "purge_at", 1);
    if (!bson_empty(&unset))
        BSON_APPEND_DOCUMENT(update, "$unset", &unset);
    bson_destroy(&unset);
    append_touch(update);
}

enum err mongo_task_trash(struct store *store, const struct task_query *query,
                          const struct trash_mark *mark, int64_t *changed,
                          struct error *error)
{
    bson_t filter = BSON_INITIALIZER, condition = BSON_INITIALIZER, update;
    struct step step = { .collection = "tasks",
                         .filter = &filter,
                         .hint = mongo_task_index(query),
                         .condition = &condition,
                         .update = &update };
    enum err err = ERR_NONE;

    *changed = 0;
    mongo_task_filter(&filter, query);
    BSON_APPEND_BOOL(&condition, "deleted", !mark->deleted);
    trash_update(&update, mark);
    if (query->deleted != mark->deleted)
        err = run_steps(mongo_of(store), &step, changed, error);
    bson_destroy(&filter);
    bson_destroy(&condition);
    bson_destroy(&update);
    return err;
}

/* {<op>: [..., {$literal: text}, ...]} would read text as a path: so always
 * in $literal. */
static void append_literal(bson_t *doc, const char *name, struct str text)
{
    bson_t literal;

    bson_append_document_begin(doc, name, -1, &literal);
    mongo_append_str(&literal, "$literal", text);
    bson_append_document_end(doc, &literal);
}

/* {$filter: {input: "$tags", cond: {$ne: ["$$this", from]}}} */
static void append_without(bson_t *doc, const char *name, struct str from)
{
    bson_t outer, filter, cond, ne;

    bson_append_document_begin(doc, name, -1, &outer);
    bson_append_document_begin(&outer, "$filter", -1, &filter);
    BSON_APPEND_UTF8(&filter, "input", "$tags");
    bson_append_document_begin(&filter, "cond", -1, &cond);
    bson_append_array_begin(&cond, "$ne", -1, &ne);
    BSON_APPEND_UTF8(&ne, "0", "$$this");
    append_literal(&ne, "1", from);
    bson_append_array_end(&cond, &ne);
    bson_append_document_end(&filter, &cond);
    bson_append_document_end(&outer, &filter);
    bson_append_document_end(doc, &outer);
}

/* {$map: {input: "$tags", in: {$cond: [{$eq: ["$$this", from]}, to, ...]}}} */
static void append_replaced(bson_t *doc, const char *name, struct str from,
                            struct str to)
{
    bson_t outer, map, in, cond, test, eq;

    bson_append_document_begin(doc, name, -1, &outer);
    bson_append_document_begin(&outer, "$map", -1, &map);
    BSON_APPEND_UTF8(&map, "input", "$tags");
    bson_append_document_begin(&map, "in", -1, &in);
    bson_append_array_begin(&in, "$cond", -1, &cond);
    bson_append_document_begin(&cond, "0", -1, &test);
    bson_append_array_begin(&test, "$eq", -1, &eq);
    BSON_APPEND_UTF8(&eq, "0", "$$this");
    append_literal(&eq, "1", from);
    bson_append_array_end(&test, &eq);
    bson_append_document_end(&cond, &test);
    append_literal(&cond, "1", to);
    BSON_APPEND_UTF8(&cond, "2", "$$this");
    bson_append_array_end(&in, &cond);
    bson_append_document_end(&map, &in);
    bson_append_document_end(&outer, &map);
    bson_append_document_end(doc, &outer);
}

/* tags: without `from` when `to` is none or there already, else replaced. */
static void append_new_tags(bson_t *set, struct str from, struct str to)
{
    bson_t outer, cond, test, in;

    if (str_is_none(to)) {
        append_without(set, "tags", from);
        return;
    }
    bson_append_document_begin(set, "tags", -1, &outer);
    bson_append_array_begin(&outer, "$cond", -1, &cond);
    bson_append_document_begin(&cond, "0", -1, &test);
    bson_append_array_begin(&test, "$in", -1, &in);
    append_literal(&in, "0", to);
    BSON_APPEND_UTF8(&in, "1", "$tags");
    bson_append_array_end(&test, &in);
    bson_append_document_end(&cond, &test);
    append_without(&cond, "1", from);
    append_replaced(&cond, "2", from, to);
    bson_append_array_end(&outer, &cond);
    bson_append_document_end(set, &outer);
}

static void rename_pipeline(bson_t *pipeline, struct str from, struct str to)
{
    bson_t stage, set;

    bson_init(pipeline);
    bson_append_document_begin(pipeline, "0", -1, &stage);
    bson_append_document_begin(&stage, "$set", -1, &set);
    append_new_tags(&set, from, to);
    BCON_APPEND(&set, "version", "{", "$add", "[", "$version", BCON_INT64(1),
                "]", "}", "updated_at", "$$NOW");
    bson_append_document_end(&stage, &set);
    bson_append_document_end(pipeline, &stage);
    /* An empty set is no field at all. */
    BCON_APPEND(pipeline, "1", "{", "$set", "{", "tags", "{", "$cond", "[",
                "{", "$eq", "[", "$tags", "[", "]", "]", "}", "$$REMOVE",
                "$tags", "]", "}", "}", "}");
}

enum err mongo_tag_rename(struct store *store, struct id owner,
                          struct str from, struct str to, int64_t *changed,
                          struct error *error)
{
    bson_t filter = BSON_INITIALIZER, condition = BSON_INITIALIZER, pipeline;
    struct step step = { .collection = "tasks",
                         .filter = &filter,
                         .hint = INDEX_TASK_TAG,
                         .condition = &condition,
                         .pipeline = &pipeline };
    enum err err = ERR_NONE;

    *changed = 0;
    mongo_append_id(&filter, "owner", owner);
    mongo_append_str(&filter, "tags", from);
    mongo_append_str(&condition, "tags", from);
    rename_pipeline(&pipeline, from, to);
    if (!str_eq(from, to))
        err = run_steps(mongo_of(store), &step, changed, error);
    bson_destroy(&filter);
    bson_destroy(&condition);
    bson_destroy(&pipeline);
    return err;
}

static enum err erase(struct store_mongo *mongo, const char *collection,
                      const bson_t *filter, const char *hint,
                      struct error *error)
{
    const struct step step = { .collection = collection,
                               .filter = filter,
                               .hint = hint };
    int64_t removed = 0;

    return run_steps(mongo, &step, &removed, error);
}

/* The place of the first account, if it is this user's, is free again. */
static enum err leave_first(struct store_mongo *mongo, struct id user,
                            struct error *error)
{
    bson_t query = BSON_INITIALIZER, reply, value;
    const struct mongo_modify modify = { .collection = "meta",
                                         .query = &query,
                                         .key_only = true };
    bool found, existed;
    enum err err;

    BSON_APPEND_UTF8(&query, "_id", "first_user");
    mongo_append_id(&query, "user", user);
    err = mongo_modify(mongo, &modify, &reply, &value, &found, &existed,
                       error);
    bson_destroy(&query);
    bson_destroy(&reply);
    return err;
}

enum err mongo_user_erase(struct store *store, struct id user,
                          struct hash keep, struct error *error)
{
    static const char *const owned[] = { "tasks", "lists", "outcomes" };
    struct store_mongo *mongo = mongo_of(store);
    struct id last;
    bson_t range = BSON_INITIALIZER, by_user = BSON_INITIALIZER, part;
    /* From here on nobody else is signed in. */
    enum err err = mongo_session_end_all(store, user, keep, error);

    memset(last.bytes, 0xff, sizeof(last.bytes));
    bson_append_document_begin(&range, "_id", -1, &part);
    mongo_append_key(&part, "$gte", key_owned(user, ID_NONE));
    mongo_append_key(&part, "$lte", key_owned(user, last));
    bson_append_document_end(&range, &part);
    mongo_append_id(&by_user, "user_id", user);
    if (err == ERR_NONE)
        err = erase(mongo, "tokens", &by_user, INDEX_USER, error);
    for (size_t i = 0; i < 3 && err == ERR_NONE; i++)
        err = erase(mongo, owned[i], &range, NULL, error);
    if (err == ERR_NONE)
        err = mongo_remove(store, KIND_USER, key_id(user), error);
    if (err == ERR_NONE)
        err = leave_first(mongo, user, error);
    bson_destroy(&range);
    bson_destroy(&by_user);
    return err;
}

static enum err purge_one(struct store_mongo *mongo, const char *collection,
                          const char *field, int64_t now, size_t limit,
                          int64_t *removed, struct error *error)
{
    bson_t filter = BSON_INITIALIZER;
    struct step step = { .collection = collection,
                         .filter = &filter,
                         .hint = INDEX_EXPIRY,
                         .condition = &filter };
    enum err err = ERR_NONE;
    size_t found = MONGO_BATCH;

    BCON_APPEND(&filter, field, "{", "$lte", BCON_DATE_TIME(now), "}");
    while (err == ERR_NONE && found == MONGO_BATCH && limit > 0) {
        size_t most = limit < MONGO_BATCH ? limit : MONGO_BATCH;

        err = run_step(mongo, &step, most, &found, removed, error);
        limit -= found;
    }
    bson_destroy(&filter);
    return err;
}

enum err mongo_purge(struct store *store, int64_t now, size_t limit,
                     int64_t *removed, struct error *error)
{
    static const struct {
        const char *collection, *field;
    } things[] = { { "tasks", "purge_at" },      { "lists", "purge_at" },
                   { "sessions", "expires_at" }, { "outcomes", "expires_at" },
                   { "throttles", "ends" } };
    enum err err = ERR_NONE;

    *removed = 0;
    for (size_t i = 0;
         i < sizeof(things) / sizeof(*things) && err == ERR_NONE; i++)
        err = purge_one(mongo_of(store), things[i].collection,
                        things[i].field, now, limit, removed, error);
    return err;
}
