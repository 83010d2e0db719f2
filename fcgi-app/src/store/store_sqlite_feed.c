/* All lists of a person, and the feed of what changed. */
#include "store/store_sqlite.h"

enum err sqlite_list_all(struct store *store, struct arena *arena,
                         struct id owner, bool deleted,
                         struct list_page *page, struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    void *items = NULL;
    struct buf text;
    struct sql sql;
    enum err err;

    *page = (struct list_page){ 0 };
    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text,
               "SELECT %s FROM lists INDEXED BY lists_order "
               "WHERE owner = ? AND deleted = ? ORDER BY \"order\", id",
               sqlite->tables[KIND_LIST].columns);
    err = sql_open_buf(sqlite, &text, &sql, error);
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, owner);
    sql_bind_int(&sql, deleted);
    err = sqlite_collect(&sql, KIND_LIST, arena, &items, &page->len, error);
    page->items = items;
    return err;
}

/* One of the two sources of the feed, read record by record. */
struct stream {
    struct sql sql;
    enum kind kind;
    bool has; /* `record` is the next */
    struct change_token position;
    union {
        struct task task;
        struct list list;
    } record;
};

static enum err advance(struct stream *stream, struct arena *arena,
                        struct error *error)
{
    enum err err = sql_step(&stream->sql, &stream->has, error);

    if (err != ERR_NONE || !stream->has)
        return err;
    sqlite_read_row(&stream->sql, kind_schema(stream->kind), arena,
                    &stream->record);
    if (stream->kind == KIND_TASK)
        stream->position = (struct change_token){
            stream->record.task.updated_at, stream->record.task.id
        };
    else
        stream->position = (struct change_token){
            stream->record.list.updated_at, stream->record.list.id
        };
    return ERR_NONE;
}

static enum err begin(struct store_sqlite *sqlite, struct arena *arena,
                      struct stream *stream, struct id owner,
                      struct change_token since, size_t limit,
                      struct error *error)
{
    const struct sqlite_table *table = &sqlite->tables[stream->kind];
    struct buf text;
    enum err err;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text,
               "SELECT %s FROM %ss INDEXED BY %ss_updated WHERE owner = ? "
               "AND (updated_at, id) > (?, ?) ORDER BY updated_at, id "
               "LIMIT ?",
               table->columns, table->schema->name, table->schema->name);
    err = sql_open_buf(sqlite, &text, &stream->sql, error);
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&stream->sql, owner);
    sql_bind_int(&stream->sql, since.updated_at);
    sql_bind_id(&stream->sql, since.id);
    sql_bind_int(&stream->sql, (int64_t)limit + 1);
    return advance(stream, arena, error);
}

static int compare(struct change_token a, struct change_token b)
{
    if (a.updated_at != b.updated_at)
        return a.updated_at < b.updated_at ? -1 : 1;
    return id_cmp(a.id, b.id);
}

/* Merges the two in their common order, to the limits of a page. */
static enum err merge(struct arena *arena, struct stream *tasks,
                      struct stream *lists, size_t limit,
                      struct change_page *page, struct error *error)
{
    size_t bytes = 0;
    enum err err = ERR_NONE;

    while (err == ERR_NONE && (tasks->has || lists->has) &&
           page->tasks.len + page->lists.len < limit &&
           bytes < PAGE_BYTES_MAX) {
        bool task = tasks->has &&
                    (!lists->has ||
                     compare(tasks->position, lists->position) <= 0);
        struct stream *first = task ? tasks : lists;

        page->next = first->position;
        bytes += sqlite_text_bytes(kind_schema(first->kind), &first->record);
        if (task)
            page->tasks.items[page->tasks.len++] = first->record.task;
        else
            page->lists.items[page->lists.len++] = first->record.list;
        err = advance(first, arena, error);
    }
    page->more = tasks->has || lists->has;
    return err;
}

enum err sqlite_changes(struct store *store, struct arena *arena,
                        struct id owner, struct change_token since,
                        size_t limit, struct change_page *page,
                        struct error *error)
{
    struct store_sqlite *sqlite = sqlite_of(store);
    struct stream tasks = { .kind = KIND_TASK };
    struct stream lists = { .kind = KIND_LIST };
    int64_t now = 0;
    enum err err = sql_do(sqlite, "BEGIN", error); /* one snapshot */

    *page = (struct change_page){ .next = since };
    if (err != ERR_NONE)
        return err;
    page->tasks.items = arena_array(arena, limit, sizeof(struct task));
    page->lists.items = arena_array(arena, limit, sizeof(struct list));
    err = sql_now(sqlite, &now, error);
    if (err == ERR_NONE)
        err = begin(sqlite, arena, &tasks, owner, since, limit, error);
    if (err == ERR_NONE)
        err = begin(sqlite, arena, &lists, owner, since, limit, error);
    if (err == ERR_NONE)
        err = merge(arena, &tasks, &lists, limit, page, error);
    sql_close(&tasks.sql);
    sql_close(&lists.sql);
    if (err == ERR_NONE && !page->more)
        page->next =
            (struct change_token){ .updated_at = now - SQLITE_OVERLAP_MS };
    return sql_end(sqlite, err, error);
}
