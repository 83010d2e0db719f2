/* The feed of changes. */
#include <string.h>

#include "base/time.h"
#include "store/store_mongo.h"

/*
 * The database's clock: of the server that is asked and, where it says so,
 * of the last write that a majority has. Nothing that is committed later was
 * stamped more than the overlap earlier.
 */
static enum err clock_now(struct store_mongo *mongo, int64_t *now,
                          struct error *error)
{
    bson_t command = BSON_INITIALIZER, reply;
    bson_iter_t top, at;
    enum err err;

    BSON_APPEND_INT32(&command, "hello", 1);
    err = mongo_run(mongo, MONGO_PLAIN, &command, &reply, error);
    if (err == ERR_NONE) {
        *now = mongo_int_of(&reply, "localTime", 0);
        if (bson_iter_init(&top, &reply) &&
            bson_iter_find_descendant(&top, "lastWrite.majorityWriteDate",
                                      &at) &&
            BSON_ITER_HOLDS_DATE_TIME(&at) && bson_iter_date_time(&at) < *now)
            *now = bson_iter_date_time(&at);
    }
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

static void changes_find(bson_t *command, const char *collection,
                         struct id owner, struct change_token since,
                         size_t limit)
{
    bson_t filter, either, branch;

    mongo_command(command, "find", collection);
    bson_append_document_begin(command, "filter", -1, &filter);
    bson_append_array_begin(&filter, "$or", -1, &either);
    bson_append_document_begin(&either, "0", -1, &branch);
    mongo_append_id(&branch, "owner", owner);
    BSON_APPEND_DATE_TIME(&branch, "updated_at", since.updated_at);
    mongo_append_op_id(&branch, "_id", "$gt", key_owned(owner, since.id));
    bson_append_document_end(&either, &branch);
    bson_append_document_begin(&either, "1", -1, &branch);
    mongo_append_id(&branch, "owner", owner);
    BCON_APPEND(&branch, "updated_at", "{", "$gt",
                BCON_DATE_TIME(since.updated_at), "}");
    bson_append_document_end(&either, &branch);
    bson_append_array_end(&filter, &either);
    bson_append_document_end(command, &filter);
    BCON_APPEND(command, "sort", "{", "updated_at", BCON_INT32(1), "_id",
                BCON_INT32(1), "}", "hint", INDEX_UPDATED, "limit",
                BCON_INT32((int32_t)limit + 1), "batchSize",
                BCON_INT32((int32_t)limit + 1), "singleBatch",
                BCON_BOOL(true));
}

/* One of the two streams that are merged. */
struct stream {
    bson_t reply, doc;
    bson_iter_t docs;
    bool has;
};

static void advance(struct stream *stream)
{
    stream->has = bson_iter_next(&stream->docs) &&
                  mongo_doc_of(&stream->docs, &stream->doc);
}

static enum err begin(struct store_mongo *mongo, struct stream *stream,
                      const char *collection, struct id owner,
                      struct change_token since, size_t limit,
                      struct error *error)
{
    bson_t command;
    enum err err;

    changes_find(&command, collection, owner, since, limit);
    err = mongo_run(mongo, MONGO_READ, &command, &stream->reply, error);
    bson_destroy(&command);
    if (err == ERR_NONE && mongo_first_batch(&stream->reply, &stream->docs))
        advance(stream);
    return err;
}

static struct change_token position(const bson_t *doc)
{
    struct change_token token = { .updated_at =
                                      mongo_int_of(doc, "updated_at", 0) };
    const uint8_t *bytes;
    size_t len;

    if (mongo_bin_of(doc, "_id", &bytes, &len) && len == 2 * ID_BYTES)
        memcpy(token.id.bytes, bytes + ID_BYTES, ID_BYTES);
    return token;
}

static bool comes_first(const struct stream *a, const struct stream *b)
{
    struct change_token left, right;

    if (!a->has || !b->has)
        return a->has;
    left = position(&a->doc);
    right = position(&b->doc);
    if (left.updated_at != right.updated_at)
        return left.updated_at < right.updated_at;
    return id_cmp(left.id, right.id) <= 0;
}

static size_t take(struct store_mongo *mongo, struct arena *arena,
                   struct stream *tasks, struct stream *lists,
                   struct change_page *page)
{
    size_t bytes;

    if (comes_first(tasks, lists)) {
        struct task *task = &page->tasks.items[page->tasks.len++];

        mongo_read_record(&mongo->kinds[KIND_TASK], arena, &tasks->doc, task);
        page->next = position(&tasks->doc);
        bytes = mongo_text_bytes(&task_schema, task);
        advance(tasks);
    } else {
        struct list *list = &page->lists.items[page->lists.len++];

        mongo_read_record(&mongo->kinds[KIND_LIST], arena, &lists->doc, list);
        page->next = position(&lists->doc);
        bytes = mongo_text_bytes(&list_schema, list);
        advance(lists);
    }
    return bytes;
}

/*
 * The clock as it was before the reading, which began at that time_monotonic,
 * less the overlap. It may lie behind `since`: what was on its way then may be
 * stamped before.
 */
static enum err next_instant(struct store_mongo *mongo, int64_t began,
                             struct change_token *next, struct error *error)
{
    int64_t now = 0;
    enum err err = clock_now(mongo, &now, error);
    int64_t ago = (time_monotonic() - began) / 1000 + 1; /* ms, rounded up */

    *next = (struct change_token){ .updated_at = now - ago -
                                                 MONGO_CHANGES_OVERLAP_MS };
    return err;
}

enum err mongo_changes(struct store *store, struct arena *arena,
                       struct id owner, struct change_token since,
                       size_t limit, struct change_page *page,
                       struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct stream tasks = { .reply = BSON_INITIALIZER };
    struct stream lists = { .reply = BSON_INITIALIZER };
    size_t bytes = 0;
    int64_t began = time_monotonic();
    enum err err = begin(mongo, &tasks, "tasks", owner, since, limit, error);

    *page = (struct change_page){ .next = since };
    if (err == ERR_NONE)
        err = begin(mongo, &lists, "lists", owner, since, limit, error);
    if (err == ERR_NONE) {
        page->tasks.items = arena_array(arena, limit, sizeof(struct task));
        page->lists.items = arena_array(arena, limit, sizeof(struct list));
        while ((tasks.has || lists.has) && bytes < PAGE_BYTES_MAX &&
               page->tasks.len + page->lists.len < limit)
            bytes += take(mongo, arena, &tasks, &lists, page);
        page->more = tasks.has || lists.has;
    }
    /* An instant after which nothing came is as good as a later one, and costs
     * no command. The last position of a page has no overlap, and is not. */
    if (err == ERR_NONE && !page->more &&
        (page->tasks.len + page->lists.len > 0 || !id_is_none(since.id)))
        err = next_instant(mongo, began, &page->next, error);
    bson_destroy(&tasks.reply);
    bson_destroy(&lists.reply);
    return err;
}
