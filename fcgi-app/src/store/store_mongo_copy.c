/*
 * Copies and dumps: all records out, at one moment, and in.
 *
 * A load has no transaction that would be long enough. It notes itself in
 * `meta` instead, as {_id: "load", token}: as long as that stands, check and
 * migrate refuse the database, and what its collections hold is nobody's.
 * Indexes come last: until then nothing expires, and it is quicker.
 */
#include <string.h>

#include "store/store_mongo.h"

enum { EACH_BATCH = 500, CODE_NAMESPACE_NOT_FOUND = 26 };

/* ---- Out ----------------------------------------------------------------- */

static void read_marks(const bson_t *doc, struct op_marks *marks)
{
    bson_iter_t top, at;

    marks->len = 0;
    if (!bson_iter_init_find(&top, doc, "ops") ||
        !BSON_ITER_HOLDS_ARRAY(&top) || !bson_iter_recurse(&top, &at))
        return;
    while (marks->len < OP_MARKS_KEPT && bson_iter_next(&at)) {
        const uint8_t *bytes;
        uint32_t len = 0;

        if (BSON_ITER_HOLDS_BINARY(&at))
            bson_iter_binary(&at, NULL, &len, &bytes);
        if (len == OP_MARK_BYTES)
            memcpy(marks->bytes[marks->len++], bytes, len);
    }
}

/* Where a walk stands. */
struct walk {
    const struct mongo_kind *kind;
    struct key last; /* of the record before; len 0: the start */
    stored_visit *visit;
    void *context;
    bool on;
};

static void visit_doc(struct walk *walk, struct arena *arena,
                      const bson_t *doc)
{
    void *record = arena_alloc(arena, walk->kind->schema->size);
    struct stored stored = { .record = record };
    const uint8_t *bytes;

    mongo_read_record(walk->kind, arena, doc, record);
    read_marks(doc, &stored.marks);
    walk->on = walk->visit(walk->context, &stored);
    if (mongo_bin_of(doc, "_id", &bytes, &walk->last.len) &&
        walk->last.len <= sizeof(walk->last.bytes))
        memcpy(walk->last.bytes, bytes, walk->last.len);
    else
        walk->on = false;
}

static void append_snapshot(bson_t *command, struct mongo_time time)
{
    bson_t concern;

    bson_append_document_begin(command, "readConcern", -1, &concern);
    BSON_APPEND_UTF8(&concern, "level", "snapshot");
    if (time.seconds != 0)
        BSON_APPEND_TIMESTAMP(&concern, "atClusterTime", time.seconds,
                              time.increment);
    bson_append_document_end(command, &concern);
}

/* One page after the last record. */
static enum err each_page(struct store_mongo *mongo, struct walk *walk,
                          struct error *error)
{
    bson_t command, filter, reply, doc;
    bson_iter_t docs;
    struct arena arena;
    size_t len = 0;
    enum err err;

    mongo_command(&command, "find", walk->kind->collection);
    bson_append_document_begin(&command, "filter", -1, &filter);
    if (walk->last.len > 0)
        mongo_append_op_id(&filter, "_id", "$gt", walk->last);
    bson_append_document_end(&command, &filter);
    BCON_APPEND(&command, "sort", "{", "_id", BCON_INT32(1), "}", "limit",
                BCON_INT32(EACH_BATCH), "batchSize", BCON_INT32(EACH_BATCH),
                "singleBatch", BCON_BOOL(true));
    if (mongo->snapshot.seconds != 0)
        append_snapshot(&command, mongo->snapshot);
    err = mongo_run(mongo, mongo->snapshot.seconds != 0 ? MONGO_SNAPSHOT
                                                        : MONGO_READ,
                    &command, &reply, error);
    bson_destroy(&command);
    arena_init(&arena);
    if (err == ERR_NONE && mongo_first_batch(&reply, &docs)) {
        for (; walk->on && bson_iter_next(&docs) && mongo_doc_of(&docs, &doc);
             len++) {
            visit_doc(walk, &arena, &doc);
            arena_reset(&arena);
        }
    }
    walk->on = walk->on && len > 0;
    arena_release(&arena);
    bson_destroy(&reply);
    return err;
}

enum err mongo_each(struct store *store, enum kind kind, stored_visit *visit,
                    void *context, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct walk walk = { .kind = &mongo->kinds[kind],
                         .visit = visit,
                         .context = context,
                         .on = true };
    enum err err = ERR_NONE;

    while (walk.on && err == ERR_NONE)
        err = each_page(mongo, &walk, error);
    return err;
}

/* The reply to a read without a time tells which one it was. */
enum err mongo_snapshot_begin(struct store *store, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    bson_t command, reply;
    bson_iter_t top, at;
    enum err err;

    mongo_command(&command, "find", "meta");
    BCON_APPEND(&command, "limit", BCON_INT32(1), "singleBatch",
                BCON_BOOL(true));
    append_snapshot(&command, (struct mongo_time){ 0 });
    err = mongo_run(mongo, MONGO_SNAPSHOT, &command, &reply, error);
    if (err == ERR_NONE && bson_iter_init(&top, &reply) &&
        bson_iter_find_descendant(&top, "cursor.atClusterTime", &at) &&
        BSON_ITER_HOLDS_TIMESTAMP(&at))
        bson_iter_timestamp(&at, &mongo->snapshot.seconds,
                            &mongo->snapshot.increment);
    else if (err == ERR_NONE)
        err = error_set(error, ERR_INTERNAL,
                        "The database does not tell the time of a read.");
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

void mongo_snapshot_end(struct store *store)
{
    mongo_of(store)->snapshot = (struct mongo_time){ 0 };
}

/* ---- The note of a load -------------------------------------------------- */

/* Is a load noted, and with this token unless that is none? */
static enum err find_load(struct store_mongo *mongo, struct id token,
                          bool *there, struct error *error)
{
    bson_t command, filter, reply;
    bson_iter_t docs;
    enum err err;

    mongo_command(&command, "find", "meta");
    bson_append_document_begin(&command, "filter", -1, &filter);
    BSON_APPEND_UTF8(&filter, "_id", "load");
    if (!id_is_none(token))
        mongo_append_id(&filter, "token", token);
    bson_append_document_end(&command, &filter);
    BCON_APPEND(&command, "limit", BCON_INT32(1), "singleBatch",
                BCON_BOOL(true));
    err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
    *there = err == ERR_NONE && mongo_first_batch(&reply, &docs) &&
             bson_iter_next(&docs);
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

enum err mongo_refuse_load(struct store_mongo *mongo, struct error *error)
{
    bool there;
    enum err err = find_load(mongo, ID_NONE, &there, error);

    if (err == ERR_NONE && there)
        err = error_set(error, ERR_INTERNAL,
                        "The database holds part of a dump only: a load of "
                        "it runs, or was killed. Run steady-admin load "
                        "again; it begins anew.");
    return err;
}

/* Writes the note, over one that a killed load left; removes it, if it is
 * ours. *found: was it there to be removed? */
static enum err note_load(struct store_mongo *mongo, struct id token,
                          bool remove, bool *found, struct error *error)
{
    bson_t query = BSON_INITIALIZER, update = BSON_INITIALIZER, reply, value;
    const struct mongo_modify modify = { .collection = "meta",
                                         .query = &query,
                                         .update = remove ? NULL : &update,
                                         .upsert = !remove,
                                         .key_only = true };
    bool existed;
    enum err err;

    BSON_APPEND_UTF8(&query, "_id", "load");
    if (remove)
        mongo_append_id(&query, "token", token);
    mongo_append_id(&update, "token", token);
    err = mongo_modify(mongo, &modify, &reply, &value, found, &existed,
                       error);
    bson_destroy(&query);
    bson_destroy(&update);
    bson_destroy(&reply);
    return err;
}

static enum err taken_over(struct error *error)
{
    return error_set(error, ERR_EXISTS,
                     "Another load of this database was begun meanwhile.");
}

/* Within a load: is the note still this load's? */
static enum err still_ours(struct store_mongo *mongo, struct error *error)
{
    bool ours = true;
    enum err err = ERR_NONE;

    if (!id_is_none(mongo->load))
        err = find_load(mongo, mongo->load, &ours, error);
    return err == ERR_NONE && !ours ? taken_over(error) : err;
}

/* ---- In ------------------------------------------------------------------ */

static void append_put(bson_t *statements, const char *index,
                       const struct mongo_kind *kind, struct key key,
                       const struct stored *stored)
{
    bson_t statement, part;

    bson_append_document_begin(statements, index, -1, &statement);
    bson_append_document_begin(&statement, "q", -1, &part);
    mongo_append_key(&part, "_id", key);
    bson_append_document_end(&statement, &part);
    bson_append_document_begin(&statement, "u", -1, &part);
    mongo_append_record(&part, kind, stored->record, &stored->marks, true);
    bson_append_document_end(&statement, &part);
    BSON_APPEND_BOOL(&statement, "upsert", true);
    bson_append_document_end(statements, &statement);
}

enum err mongo_put(struct store *store, enum kind kind,
                   const struct stored *items, size_t len,
                   struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    const struct mongo_kind *about = &mongo->kinds[kind];
    bson_t command, statements, reply;
    const char *index;
    char number[16];
    enum err err;

    if (len == 0)
        return ERR_NONE;
    mongo_command(&command, "update", about->collection);
    BSON_APPEND_BOOL(&command, "ordered", false);
    bson_append_array_begin(&command, "updates", -1, &statements);
    for (size_t i = 0; i < len; i++) {
        bson_uint32_to_string((uint32_t)i, &index, number, sizeof(number));
        append_put(&statements, index, about, key_of(kind, items[i].record),
                   &items[i]);
    }
    bson_append_array_end(&command, &statements);
    bson_init(&reply);
    err = still_ours(mongo, error);
    if (err == ERR_NONE) {
        bson_destroy(&reply);
        err = mongo_run(mongo, MONGO_MANY, &command, &reply, error);
    }
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

/* ---- The whole of a load ------------------------------------------------- */

static enum err drop(struct store_mongo *mongo, const char *collection,
                     struct error *error)
{
    bson_t *command = BCON_NEW("drop", BCON_UTF8(collection));
    bson_error_t cause = { 0 };
    bson_t reply;
    enum err err = ERR_NONE;

    if (!mongoc_client_write_command_with_opts(mongo->client, mongo->database,
                                               command, NULL, &reply,
                                               &cause) &&
        cause.code != CODE_NAMESPACE_NOT_FOUND)
        err = mongo_fail(mongo, &cause, error);
    bson_destroy(command);
    bson_destroy(&reply);
    return err;
}

/* All records of all kinds, and the indexes. */
static enum err drop_all(struct store_mongo *mongo, struct error *error)
{
    enum err err = ERR_NONE;

    for (int i = 0; i < KIND_COUNT && err == ERR_NONE; i++)
        err = drop(mongo, mongo->kinds[i].collection, error);
    return err;
}

enum err mongo_load_begin(struct store *store, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct id token = id_random();
    bool killed = false, found;
    enum err err = mongo_suits(mongo, error);

    if (err == ERR_NONE)
        err = find_load(mongo, ID_NONE, &killed, error);
    if (err == ERR_NONE && !killed)
        err = store_require_empty(store, error);
    if (err == ERR_NONE)
        err = note_load(mongo, token, false, &found, error);
    if (err == ERR_NONE)
        err = drop_all(mongo, error);
    if (err == ERR_NONE)
        err = mongo_create_collections(mongo, error);
    if (err == ERR_NONE)
        mongo->load = token;
    return err;
}

/* Back to an empty database, unless another load has it now. Where that
 * fails, the note stays and says so. */
static void take_back(struct store_mongo *mongo)
{
    struct error ignored = { 0 };
    bool ours = false;
    enum err err = find_load(mongo, mongo->load, &ours, &ignored);

    if (err != ERR_NONE || !ours)
        return;
    err = drop_all(mongo, &ignored);
    if (err == ERR_NONE)
        err = mongo_prepare(mongo, &ignored);
    if (err == ERR_NONE)
        (void)note_load(mongo, mongo->load, true, &ours, &ignored);
}

enum err mongo_load_end(struct store *store, enum err err,
                        struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    bool ours = false;

    if (err == ERR_NONE)
        err = mongo_prepare(mongo, error);
    if (err == ERR_NONE) {
        err = note_load(mongo, mongo->load, true, &ours, error);
        if (err == ERR_NONE && !ours)
            err = taken_over(error);
    }
    if (err != ERR_NONE)
        take_back(mongo);
    mongo->load = ID_NONE;
    return err;
}
