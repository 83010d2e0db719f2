/* Reading tasks and lists: pages, search, counts. */
#include <string.h>

#include "store/store_mongo.h"

enum err mongo_task_list(struct store *store, struct arena *arena,
                         const struct task_query *query,
                         struct task_page *page, struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    bson_t command, reply, doc;
    bson_iter_t docs;
    size_t bytes = 0;
    enum err err;

    *page = (struct task_page){ .items = NULL };
    if (mongo_task_never(query))
        return ERR_NONE;
    mongo_task_find(&command, query);
    err = mongo_run(mongo, MONGO_READ, &command, &reply, error);
    bson_destroy(&command);
    if (err == ERR_NONE && mongo_first_batch(&reply, &docs)) {
        page->items =
            arena_array(arena, query->limit, sizeof(*page->items));
        while (bson_iter_next(&docs) && mongo_doc_of(&docs, &doc)) {
            if (page->len == query->limit || bytes >= PAGE_BYTES_MAX) {
                page->more = true;
                break;
            }
            mongo_read_record(&mongo->kinds[KIND_TASK], arena, &doc,
                              &page->items[page->len]);
            bytes += mongo_text_bytes(&task_schema,
                                      &page->items[page->len++]);
        }
    }
    bson_destroy(&reply);
    return err;
}

struct search {
    const struct mongo_kind *kind;
    struct arena arena;
    record_visit *visit;
    void *context;
    bool on;
};

static bool visit_row(void *context, const bson_t *doc)
{
    struct search *search = context;
    struct task task;

    mongo_read_record(search->kind, &search->arena, doc, &task);
    search->on = search->visit(search->context, &task);
    arena_reset(&search->arena);
    return search->on;
}

/* {field: {$elemMatch: {$gte: term, $lt: term U+10FFFF}}} */
static void append_prefix(bson_t *filter, const char *field, struct str term)
{
    static const char last[] = "\xF4\x8F\xBF\xBF";
    bson_t any, range;
    char *end = bson_malloc(term.len + sizeof(last));

    if (term.len > 0)
        memcpy(end, term.ptr, term.len);
    memcpy(end + term.len, last, sizeof(last));
    bson_append_document_begin(filter, field, -1, &any);
    bson_append_document_begin(&any, "$elemMatch", -1, &range);
    mongo_append_str(&range, "$gte", term);
    BSON_APPEND_UTF8(&range, "$lt", end);
    bson_append_document_end(&any, &range);
    bson_append_document_end(filter, &any);
    bson_free(end);
}

static void append_either(bson_t *all, const char *index, struct str term)
{
    bson_t part, either, branch;

    bson_append_document_begin(all, index, -1, &part);
    bson_append_array_begin(&part, "$or", -1, &either);
    bson_append_document_begin(&either, "0", -1, &branch);
    append_prefix(&branch, INDEX_TASK_TITLE, term);
    bson_append_document_end(&either, &branch);
    bson_append_document_begin(&either, "1", -1, &branch);
    append_prefix(&branch, INDEX_TASK_NOTES, term);
    bson_append_document_end(&either, &branch);
    bson_append_array_end(&part, &either);
    bson_append_document_end(all, &part);
}

/* The longest term is the one that an index looks up. */
static size_t leading_term(struct strs terms)
{
    size_t best = 0;

    for (size_t i = 1; i < terms.len; i++) {
        if (terms.items[i].len > terms.items[best].len)
            best = i;
    }
    return best;
}

void mongo_search_filter(bson_t *filter, struct id owner, struct strs terms,
                         enum tristate completed, bool in_notes)
{
    size_t lead = leading_term(terms);
    bson_t all, part;
    char number[16];
    const char *index;
    uint32_t n = 0;

    mongo_append_id(filter, "owner", owner);
    BSON_APPEND_BOOL(filter, "deleted", false);
    if (completed != ANY)
        BSON_APPEND_BOOL(filter, "completed", completed == YES);
    append_prefix(filter, in_notes ? INDEX_TASK_NOTES : INDEX_TASK_TITLE,
                  terms.items[lead]);
    if (in_notes) { /* those of the title were visited already */
        bson_append_array_begin(filter, "$nor", -1, &all);
        bson_append_document_begin(&all, "0", -1, &part);
        append_prefix(&part, INDEX_TASK_TITLE, terms.items[lead]);
        bson_append_document_end(&all, &part);
        bson_append_array_end(filter, &all);
    }
    if (terms.len == 1)
        return;
    bson_append_array_begin(filter, "$and", -1, &all);
    for (size_t i = 0; i < terms.len; i++) {
        if (i == lead)
            continue;
        bson_uint32_to_string(n++, &index, number, sizeof(number));
        append_either(&all, index, terms.items[i]);
    }
    bson_append_array_end(filter, &all);
}

enum err mongo_task_search(struct store *store, struct id owner,
                           struct strs terms, enum tristate completed,
                           record_visit *visit, void *context,
                           struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct search search = { .kind = &mongo->kinds[KIND_TASK],
                             .visit = visit,
                             .context = context,
                             .on = true };
    enum err err = ERR_NONE;

    if (terms.len == 0)
        return ERR_NONE;
    arena_init(&search.arena);
    for (int notes = 0; notes < 2 && search.on && err == ERR_NONE; notes++) {
        bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;

        mongo_search_filter(&filter, owner, terms, completed, notes == 1);
        BSON_APPEND_UTF8(&opts, "hint",
                         notes == 1 ? INDEX_TASK_NOTES : INDEX_TASK_TITLE);
        BSON_APPEND_INT32(&opts, "batchSize", MONGO_BATCH);
        err = mongo_find(mongo, "tasks", &filter, &opts, visit_row, &search,
                         error);
        bson_destroy(&filter);
        bson_destroy(&opts);
    }
    arena_release(&search.arena);
    return err;
}

enum err mongo_task_count(struct store *store, struct id owner, int64_t max,
                          int64_t *count, struct error *error)
{
    bson_t command, query, reply;
    enum err err;

    mongo_command(&command, "count", "tasks");
    bson_append_document_begin(&command, "query", -1, &query);
    mongo_append_id(&query, "owner", owner);
    bson_append_document_end(&command, &query);
    BSON_APPEND_INT64(&command, "limit", max);
    BSON_APPEND_UTF8(&command, "hint", INDEX_UPDATED);
    err = mongo_run(mongo_of(store), MONGO_READ, &command, &reply, error);
    if (err == ERR_NONE)
        *count = mongo_int_of(&reply, "n", 0);
    bson_destroy(&command);
    bson_destroy(&reply);
    return err;
}

enum err mongo_list_all(struct store *store, struct arena *arena,
                        struct id owner, bool deleted, struct list_page *page,
                        struct error *error)
{
    struct store_mongo *mongo = mongo_of(store);
    struct mongo_rows rows = { .kind = &mongo->kinds[KIND_LIST],
                               .arena = arena };
    bson_t filter = BSON_INITIALIZER, opts = BSON_INITIALIZER;
    enum err err;

    mongo_append_id(&filter, "owner", owner);
    BSON_APPEND_BOOL(&filter, "deleted", deleted);
    BCON_APPEND(&opts, "sort", "{", "order", BCON_INT32(1), "_id",
                BCON_INT32(1), "}", "hint", INDEX_LIST_ORDER, "batchSize",
                BCON_INT32(MONGO_BATCH));
    err = mongo_find(mongo, "lists", &filter, &opts, mongo_rows_add, &rows,
                     error);
    *page = (struct list_page){ rows.items, rows.len };
    bson_destroy(&filter);
    bson_destroy(&opts);
    return err;
}

struct list_tally {
    struct arena *arena;
    struct list_counts *counts;
    size_t size;
};

static bool list_count_row(void *context, const bson_t *doc)
{
    struct list_tally *tally = context;
    struct list_counts *counts = tally->counts;
    struct list_count *row;
    const uint8_t *bytes;
    size_t len;

    if (!mongo_bin_of(doc, "_id", &bytes, &len) || len != ID_BYTES)
        return true;
    counts->items = mongo_grow(tally->arena, counts->items, counts->len,
                               &tally->size, sizeof(*row));
    row = &counts->items[counts->len++];
    memcpy(row->list_id.bytes, bytes, ID_BYTES);
    row->open = mongo_int_of(doc, "open", 0);
    row->total = mongo_int_of(doc, "total", 0);
    return true;
}

/* [{$match}, {$project}, {$group by $by}], sorted by it */
static void counting(bson_t *pipeline, struct id owner, const char *by,
                     bool unwind)
{
    bson_t stage, match;
    int n = 0;
    static const char *const number[] = { "0", "1", "2", "3", "4" };

    bson_init(pipeline);
    bson_append_document_begin(pipeline, number[n++], -1, &stage);
    bson_append_document_begin(&stage, "$match", -1, &match);
    mongo_append_id(&match, "owner", owner);
    BSON_APPEND_BOOL(&match, "deleted", false);
    if (unwind)
        BCON_APPEND(&match, "tags", "{", "$exists", BCON_BOOL(true), "}");
    bson_append_document_end(&stage, &match);
    bson_append_document_end(pipeline, &stage);
    BCON_APPEND(pipeline, number[n++], "{", "$project", "{", "_id",
                BCON_INT32(0), by + 1, BCON_INT32(1), "completed",
                BCON_INT32(1), "}", "}");
    if (unwind)
        BCON_APPEND(pipeline, number[n++], "{", "$unwind", BCON_UTF8(by),
                    "}");
    BCON_APPEND(pipeline, number[n++], "{", "$group", "{", "_id",
                BCON_UTF8(by), "total", "{", "$sum", BCON_INT64(1), "}",
                "open", "{", "$sum", "{", "$cond", "[", "$completed",
                BCON_INT64(0), BCON_INT64(1), "]", "}", "}", "}", "}");
    BCON_APPEND(pipeline, number[n], "{", "$sort", "{", "_id", BCON_INT32(1),
                "}", "}");
}

enum err mongo_list_counts(struct store *store, struct arena *arena,
                           struct id owner, struct list_counts *counts,
                           struct error *error)
{
    struct list_tally tally = { arena, counts, 0 };
    bson_t pipeline;
    enum err err;

    *counts = (struct list_counts){ .items = NULL };
    counting(&pipeline, owner, "$list_id", false);
    err = mongo_aggregate(mongo_of(store), "tasks", &pipeline,
                          INDEX_TASK_LIST, list_count_row, &tally, error);
    bson_destroy(&pipeline);
    return err;
}

struct tag_tally {
    struct arena *arena;
    struct tag_counts *counts;
    size_t size;
};

static bool tag_count_row(void *context, const bson_t *doc)
{
    struct tag_tally *tally = context;
    struct tag_counts *counts = tally->counts;
    struct tag_count *row;
    bson_iter_t at;
    uint32_t len;
    const char *name;

    if (!bson_iter_init_find(&at, doc, "_id") || !BSON_ITER_HOLDS_UTF8(&at))
        return true;
    counts->items = mongo_grow(tally->arena, counts->items, counts->len,
                               &tally->size, sizeof(*row));
    name = bson_iter_utf8(&at, &len);
    row = &counts->items[counts->len++];
    row->name = arena_copy(tally->arena, (struct str){ name, len });
    row->open = mongo_int_of(doc, "open", 0);
    row->total = mongo_int_of(doc, "total", 0);
    return true;
}

enum err mongo_tag_counts(struct store *store, struct arena *arena,
                          struct id owner, struct tag_counts *counts,
                          struct error *error)
{
    struct tag_tally tally = { arena, counts, 0 };
    bson_t pipeline;
    enum err err;

    *counts = (struct tag_counts){ .items = NULL };
    counting(&pipeline, owner, "$tags", true);
    err = mongo_aggregate(mongo_of(store), "tasks", &pipeline,
                          INDEX_TASK_TAG, tag_count_row, &tally, error);
    bson_destroy(&pipeline);
    return err;
}
