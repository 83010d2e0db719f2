/* One record: create, get, update, remove. */
#include <string.h>

#include "store/store_mongo.h"

/* How often an update is tried whose filter failed for no visible reason:
 * the record changed back in between. */
enum { UPDATE_TRIES = 3 };

static enum err not_found(struct error *error)
{
    return error_set(error, ERR_NOT_FOUND, "There is no such record.");
}

/*
 * The document is made by the server, so that its instants are the
 * database's clock: an existing one stays as it is. Values stand in $literal
 * only, where nothing in them has a meaning.
 */
static void create_pipeline(bson_t *pipeline, const struct mongo_kind *kind,
                            const bson_t *doc)
{
    bson_t stage, cond, merge, literal, times, array;

    (void)kind;
    bson_init(pipeline);
    bson_append_document_begin(pipeline, "0", -1, &stage);
    bson_append_document_begin(&stage, "$replaceWith", -1, &cond);
    bson_append_array_begin(&cond, "$cond", -1, &array);
    BCON_APPEND(&array, "0", "{", "$eq", "[", "{", "$type", "$version", "}",
                "missing", "]", "}");
    {
        bson_t choice;

        bson_append_document_begin(&array, "1", -1, &choice);
        bson_append_array_begin(&choice, "$mergeObjects", -1, &merge);
        bson_append_document_begin(&merge, "0", -1, &literal);
        BSON_APPEND_DOCUMENT(&literal, "$literal", doc);
        bson_append_document_end(&merge, &literal);
        bson_append_document_begin(&merge, "1", -1, &times);
        BSON_APPEND_UTF8(&times, "created_at", "$$NOW");
        BSON_APPEND_UTF8(&times, "updated_at", "$$NOW");
        bson_append_document_end(&merge, &times);
        bson_append_array_end(&choice, &merge);
        bson_append_document_end(&array, &choice);
    }
    BSON_APPEND_UTF8(&array, "2", "$$ROOT");
    bson_append_array_end(&cond, &array);
    bson_append_document_end(&stage, &cond);
    bson_append_document_end(pipeline, &stage);
}

enum err mongo_create(struct store *store, struct arena *arena,
                      enum kind kind, const void *record, struct op_mark op,
                      void *out, enum write_effect *effect,
                      struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    const struct mongo_kind *about = &mongo->kinds[kind];
    bson_t query, doc = BSON_INITIALIZER, pipeline, reply, value;
    struct mongo_modify modify = { .collection = about->collection,
                                   .query = &query,
                                   .upsert = true };
    struct op_marks marks = { .len = op.set };
    bool found, existed;
    enum err err;

    memcpy(marks.bytes[0], op.bytes, sizeof(op.bytes));
    mongo_key_filter(&query, key_of(kind, record));
    mongo_append_record(&doc, about, record, &marks,
                        !about->schema->versioned);
    if (about->schema->versioned) {
        create_pipeline(&pipeline, about, &doc);
        modify.pipeline = &pipeline;
    } else {
        bson_init(&pipeline);
        BSON_APPEND_DOCUMENT(&pipeline, "$setOnInsert", &doc);
        modify.update = &pipeline;
    }
    err = mongo_modify(mongo, &modify, &reply, &value, &found, &existed,
                       error);
    if (err == ERR_NONE && !found)
        err = error_set(error, ERR_INTERNAL, "Nothing was created.");
    if (err == ERR_NONE) {
        mongo_read_record(about, arena, &value, out);
        *effect = !existed ? WRITE_DONE
                  : mongo_has_op(&value, op) ? WRITE_REPEATED
                                             : WRITE_EXISTED;
    }
    bson_destroy(&query);
    bson_destroy(&doc);
    bson_destroy(&pipeline);
    bson_destroy(&reply);
    return err;
}

static void find_by_key(bson_t *command, const char *collection,
                        struct key key)
{
    bson_t filter;

    mongo_command(command, "find", collection);
    bson_append_document_begin(command, "filter", -1, &filter);
    mongo_append_key(&filter, "_id", key);
    bson_append_document_end(command, &filter);
    BSON_APPEND_INT32(command, "limit", 1);
    BSON_APPEND_BOOL(command, "singleBatch", true);
}

/* doc is a view into reply, which is the caller's to destroy. */
static enum err fetch(struct store_mongo *mongo, const char *collection,
                      struct key key, bson_t *reply, bson_t *doc,
                      struct error *error)
{
    bson_t command;
    bson_iter_t docs;
    enum err err;

    find_by_key(&command, collection, key);
    err = mongo_run(mongo, MONGO_READ, &command, reply, error);
    bson_destroy(&command);
    if (err != ERR_NONE)
        return err;
    if (!mongo_first_batch(reply, &docs) || !bson_iter_next(&docs) ||
        !mongo_doc_of(&docs, doc))
        return not_found(error);
    return ERR_NONE;
}

enum err mongo_get(struct store *store, struct arena *arena, enum kind kind,
                   struct key key, void *out, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    const struct mongo_kind *about = &mongo->kinds[kind];
    bson_t reply, doc;
    enum err err = fetch(mongo, about->collection, key, &reply, &doc, error);

    if (err == ERR_NONE)
        mongo_read_record(about, arena, &doc, out);
    bson_destroy(&reply);
    return err;
}

static void update_query(bson_t *query, const struct mongo_kind *kind,
                         const struct change *change)
{
    bson_t ne;

    mongo_key_filter(query, change->key);
    if (kind->schema->versioned && change->if_version != 0)
        BSON_APPEND_INT64(query, "version", change->if_version);
    if (kind->schema->key == KEY_OWNED && change->deleted != ANY)
        BSON_APPEND_BOOL(query, "deleted", change->deleted == YES);
    if (change->op.set) {
        bson_append_document_begin(query, "ops", -1, &ne);
        mongo_append_bin(&ne, "$ne", change->op.bytes,
                         sizeof(change->op.bytes));
        bson_append_document_end(query, &ne);
    }
}

static void append_push_op(bson_t *update, struct op_mark op)
{
    bson_t push, ops, each;

    bson_append_document_begin(update, "$push", -1, &push);
    bson_append_document_begin(&push, "ops", -1, &ops);
    bson_append_array_begin(&ops, "$each", -1, &each);
    mongo_append_bin(&each, "0", op.bytes, sizeof(op.bytes));
    bson_append_array_end(&ops, &each);
    BSON_APPEND_INT32(&ops, "$slice", -OP_MARKS_KEPT);
    bson_append_document_end(&push, &ops);
    bson_append_document_end(update, &push);
}

static void update_document(bson_t *update, const struct mongo_kind *kind,
                            const struct change *change)
{
    const struct schema *schema = kind->schema;
    bson_t set = BSON_INITIALIZER, unset = BSON_INITIALIZER;

    for (size_t i = 0; i < schema->len; i++) {
        const struct field *field = &schema->fields[i];

        if ((change->fields & FIELD_BIT(i)) == 0 ||
            (kind->kept & FIELD_BIT(i)) != 0 ||
            (field->flags & (FIELD_KEY | FIELD_DERIVED)) != 0)
            continue;
        if (field_is_none(field, change->values) && field->type != FIELD_ID)
            BSON_APPEND_INT32(&unset, kind->names[i], 1);
        else
            mongo_append_field(&set, kind->names[i], field, change->values);
    }
    bson_init(update);
    if (!bson_empty(&set))
        BSON_APPEND_DOCUMENT(update, "$set", &set);
    if (!bson_empty(&unset))
        BSON_APPEND_DOCUMENT(update, "$unset", &unset);
    if (schema->versioned) {
        BCON_APPEND(update, "$inc", "{", "version", BCON_INT64(1), "}");
        BCON_APPEND(update, "$currentDate", "{", "updated_at",
                    BCON_BOOL(true), "}");
    }
    if (change->op.set)
        append_push_op(update, change->op);
    bson_destroy(&set);
    bson_destroy(&unset);
}

/* Why did the filter not match? *again: it would now. */
static enum err explain_miss(struct store_mongo *mongo, struct arena *arena,
                             const struct mongo_kind *kind,
                             const struct change *change, void *out,
                             enum write_effect *effect, bool *again,
                             struct error *error)
{
    bson_t reply, doc;
    enum err err = fetch(mongo, kind->collection, change->key, &reply, &doc,
                         error);

    *again = false;
    if (err != ERR_NONE)
        goto out;
    mongo_read_record(kind, arena, &doc, out);
    if (mongo_has_op(&doc, change->op)) {
        *effect = WRITE_REPEATED;
    } else if (kind->schema->key == KEY_OWNED && change->deleted != ANY &&
               mongo_int_of(&doc, "version", 0) != 0) {
        bson_iter_t at;
        bool deleted = bson_iter_init_find(&at, &doc, "deleted") &&
                       bson_iter_as_bool(&at);

        if (deleted != (change->deleted == YES))
            err = not_found(error);
    }
    if (err == ERR_NONE && *effect != WRITE_REPEATED) {
        if (change->if_version != 0 &&
            mongo_int_of(&doc, "version", 0) != change->if_version)
            err = error_set(error, ERR_STALE, "It has changed meanwhile.");
        else
            *again = true;
    }
out:
    bson_destroy(&reply);
    return err;
}

enum err mongo_update(struct store *store, struct arena *arena,
                      enum kind kind, const struct change *change, void *out,
                      enum write_effect *effect, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    const struct mongo_kind *about = &mongo->kinds[kind];
    bson_t query, update, reply, value;
    struct mongo_modify modify = { .collection = about->collection,
                                   .query = &query,
                                   .update = &update };
    bool found = false, existed, again = true;
    enum err err = ERR_NONE;

    update_query(&query, about, change);
    update_document(&update, about, change);
    for (int i = 0; i < UPDATE_TRIES && again; i++) {
        again = false;
        *effect = WRITE_DONE;
        err = mongo_modify(mongo, &modify, &reply, &value, &found, &existed,
                           error);
        if (err == ERR_NONE && found)
            mongo_read_record(about, arena, &value, out);
        else if (err == ERR_NONE)
            err = explain_miss(mongo, arena, about, change, out, effect,
                               &again, error);
        bson_destroy(&reply);
    }
    if (again) {
        err = error_set(error, ERR_UNAVAILABLE,
                        "Too many changes at the same time; repeat it.");
        error->retry_after = 1;
    }
    bson_destroy(&query);
    bson_destroy(&update);
    return err;
}

enum err mongo_remove(struct store *store, enum kind kind, struct key key,
                      struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    bson_t query, reply, value;
    struct mongo_modify modify = {
        .collection = mongo->kinds[kind].collection,
        .query = &query,
        .key_only = true,
    };
    bool found, existed;
    enum err err;

    mongo_key_filter(&query, key);
    err = mongo_modify(mongo, &modify, &reply, &value, &found, &existed,
                       error);
    bson_destroy(&query);
    bson_destroy(&reply);
    return err;
}
