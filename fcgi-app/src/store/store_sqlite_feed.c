/* Lists, counts, tags and the feed of changes. */
#include "store/store_sqlite.h"

#include <string.h>

/* Records of a kind that a statement selects, at most `max`. */
static enum err read_all(struct sqlite_store *store, struct arena *arena,
                         enum kind kind, struct sql *sql, size_t max,
                         void **items, size_t *len, struct error *error)
{
    size_t size = kind_schema(kind)->size;
    char *records = arena_array(arena, max, size);
    sqlite3_stmt *statement;
    bool row = false;
    enum err err = sqlite_start(store, sql, &statement, error);

    *len = 0;
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    while (err == ERR_NONE && row && *len < max) {
        sqlite_read(statement, arena, kind, false, records + *len * size,
                    NULL);
        ++*len;
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(sql);
    *items = records;
    return err;
}

enum err sqlite_list_all(struct store *base, struct arena *arena,
                         struct id owner, bool deleted,
                         struct list_page *page, struct error *error)
{
    struct sql sql;
    void *items = NULL;
    enum err err;

    sql_init(&sql);
    sqlite_select(&sql, KIND_LIST, false);
    sql_add(&sql, " INDEXED BY lists_order WHERE owner = ");
    sql_id(&sql, &owner);
    sql_add(&sql, deleted ? " AND deleted = 1" : " AND deleted = 0");
    sql_add(&sql, " ORDER BY \"order\", key LIMIT ");
    sql_int(&sql, LISTS_PER_USER_MAX * 2);
    err = read_all((struct sqlite_store *)base, arena, KIND_LIST, &sql,
                   LISTS_PER_USER_MAX * 2, &items, &page->len, error);
    page->items = items;
    return err;
}

enum err sqlite_list_counts(struct store *base, struct arena *arena,
                            struct id owner, struct list_counts *counts,
                            struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sql sql;
    sqlite3_stmt *statement;
    bool row = false;
    enum err err;

    *counts = (struct list_counts){
        .items = arena_array(arena, 2 * LISTS_PER_USER_MAX + 1,
                             sizeof(*counts->items))
    };
    sql_init(&sql);
    sql_add(&sql, "SELECT list_id, sum(completed = 0), count(*) FROM tasks "
                  "INDEXED BY tasks_list WHERE owner = ");
    sql_id(&sql, &owner);
    sql_add(&sql, " AND deleted = 0 GROUP BY list_id LIMIT ");
    sql_int(&sql, 2 * LISTS_PER_USER_MAX + 1);
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    while (err == ERR_NONE && row) {
        struct list_count *count = &counts->items[counts->len++];

        memcpy(count->list_id.bytes, sqlite3_column_blob(statement, 0),
               ID_BYTES);
        count->open = sqlite3_column_int64(statement, 1);
        count->total = sqlite3_column_int64(statement, 2);
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    return err;
}

/* Every task of the owner that has tags: key, tags, open and alive. */
static void select_tags(struct sql *sql, const struct id *owner)
{
    sql_init(sql);
    sqlite_select(sql, KIND_TASK, false);
    sql_add(sql, " INDEXED BY tasks_updated WHERE owner = ");
    sql_id(sql, owner);
    sql_add(sql, " AND length(tags) > 0");
}

static struct tag_count *count_of(struct arena *arena,
                                  struct tag_counts *counts, size_t *size,
                                  struct str name)
{
    size_t low = 0, high = counts->len;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(counts->items[middle].name, name);

        if (order == 0)
            return &counts->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (counts->len == *size) {
        struct tag_count *items;

        *size = *size == 0 ? 64 : 2 * *size;
        items = arena_array(arena, *size, sizeof(*items));
        if (counts->len > 0)
            memcpy(items, counts->items, counts->len * sizeof(*items));
        counts->items = items;
    }
    memmove(counts->items + low + 1, counts->items + low,
            (counts->len++ - low) * sizeof(*counts->items));
    counts->items[low] = (struct tag_count){
        .name = arena_copy(arena, name)
    };
    return &counts->items[low];
}

enum err sqlite_tag_counts(struct store *base, struct arena *arena,
                           struct id owner, struct tag_counts *counts,
                           struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct arena scratch;
    struct sql sql;
    sqlite3_stmt *statement;
    size_t size = 0;
    bool row = false;
    enum err err;

    *counts = (struct tag_counts){ 0 };
    arena_init(&scratch);
    select_tags(&sql, &owner);
    sql_add(&sql, " AND deleted = 0");
    err = sqlite_start(store, &sql, &statement, error);
    if (err == ERR_NONE)
        err = sqlite_step(store, statement, &row, error);
    while (err == ERR_NONE && row) {
        struct task task;

        sqlite_read(statement, &scratch, KIND_TASK, false, &task, NULL);
        for (size_t i = 0; i < task.tags.len; i++) {
            struct tag_count *count = count_of(arena, counts, &size,
                                               task.tags.items[i]);

            count->total++;
            count->open += !task.completed;
        }
        arena_reset(&scratch);
        err = sqlite_step(store, statement, &row, error);
    }
    sqlite_done(statement);
    sql_release(&sql);
    arena_release(&scratch);
    return err;
}

/* The set with one name replaced, dropped (to none) or merged. */
static struct strs rename_in(struct arena *arena, struct strs tags,
                             struct str from, struct str to)
{
    struct str *items = arena_array(arena, tags.len + 1, sizeof(*items));
    struct strs out = { items, 0 };
    bool has_to = false;

    for (size_t i = 0; i < tags.len; i++)
        has_to = has_to || str_eq(tags.items[i], to);
    for (size_t i = 0; i < tags.len; i++) {
        if (!str_eq(tags.items[i], from))
            items[out.len++] = tags.items[i];
        else if (!str_is_none(to) && !has_to)
            items[out.len++] = to;
    }
    return out;
}

static enum err rename_one(struct sqlite_store *store, struct arena *arena,
                           const struct task *task, struct str from,
                           struct str to, struct error *error)
{
    struct strs tags = rename_in(arena, task->tags, from, to);
    struct str packed = sqlite_pack(arena, tags);
    struct key key = key_of(KIND_TASK, task);
    int64_t now = time_now();
    struct sql sql;

    sql_init(&sql);
    sql_add(&sql, "UPDATE tasks SET version = version + 1, updated_at = ");
    sql_int(&sql, now > task->updated_at ? now : task->updated_at);
    sql_add(&sql, ", tags = ");
    sql_blob(&sql, packed.ptr, packed.len);
    sql_add(&sql, " WHERE key = ");
    sql_key(&sql, &key);
    return sqlite_run(store, &sql, error);
}

enum { RENAME_BATCH = 500 };

/* One batch of tasks that have the tag. */
static enum err rename_some(struct sqlite_store *store, struct arena *arena,
                            const struct id *owner, struct str from,
                            struct str to, size_t *renamed,
                            struct error *error)
{
    struct strs one = { &from, 1 };
    struct str packed = sqlite_pack(arena, one);
    struct task *tasks;
    void *items = NULL;
    struct sql sql;
    enum err err;

    select_tags(&sql, owner);
    sql_add(&sql, " AND instr(tags, ");
    sql_blob(&sql, packed.ptr, packed.len);
    sql_add(&sql, ") > 0 LIMIT ");
    sql_int(&sql, RENAME_BATCH);
    err = read_all(store, arena, KIND_TASK, &sql, RENAME_BATCH, &items,
                   renamed, error);
    tasks = items;
    for (size_t i = 0; err == ERR_NONE && i < *renamed; i++)
        err = rename_one(store, arena, &tasks[i], from, to, error);
    return err;
}

enum err sqlite_tag_rename(struct store *base, struct id owner,
                           struct str from, struct str to, int64_t *changed,
                           struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct arena arena;
    size_t renamed = RENAME_BATCH;
    enum err err = ERR_NONE;

    *changed = 0;
    arena_init(&arena);
    while (err == ERR_NONE && renamed == RENAME_BATCH) {
        err = sqlite_begin(store, error);
        if (err != ERR_NONE)
            break;
        err = rename_some(store, &arena, &owner, from, to, &renamed, error);
        err = sqlite_end(store, err, error);
        *changed += (int64_t)renamed;
        arena_reset(&arena);
        if (str_eq(from, to))
            break;
    }
    arena_release(&arena);
    return err;
}

static enum err changed_since(struct sqlite_store *store, struct arena *arena,
                              enum kind kind, struct id owner,
                              struct change_token since, size_t limit,
                              void **items, size_t *len, struct error *error)
{
    struct key key = key_owned(owner, since.id);
    struct sql sql;

    sql_init(&sql);
    sqlite_select(&sql, kind, false);
    buf_printf(&sql.text, " INDEXED BY %s_updated WHERE owner = ",
               sqlite_table(kind));
    sql_id(&sql, &owner);
    sql_add(&sql, " AND updated_at >= ");
    sql_int(&sql, since.updated_at);
    sql_add(&sql, " AND (updated_at > ");
    sql_int(&sql, since.updated_at);
    sql_add(&sql, " OR key > ");
    sql_key(&sql, &key);
    sql_add(&sql, ") ORDER BY updated_at, key LIMIT ");
    sql_int(&sql, (int64_t)limit + 1);
    return read_all(store, arena, kind, &sql, limit + 1, items, len, error);
}

/* Takes the oldest of both, together at most limit. */
static void merge(struct change_page *page, size_t limit)
{
    size_t tasks = 0, lists = 0;

    while (tasks + lists < limit) {
        const struct task *task = &page->tasks.items[tasks];
        const struct list *list = &page->lists.items[lists];
        bool has_task = tasks < page->tasks.len;
        bool has_list = lists < page->lists.len;
        bool task_first = has_task;

        if (!has_task && !has_list)
            break;
        if (has_task && has_list && task->updated_at == list->updated_at)
            task_first = id_cmp(task->id, list->id) < 0;
        else if (has_task && has_list)
            task_first = task->updated_at < list->updated_at;
        if (task_first) {
            page->next = (struct change_token){ task->updated_at, task->id };
            tasks++;
        } else {
            page->next = (struct change_token){ list->updated_at, list->id };
            lists++;
        }
    }
    page->more = tasks < page->tasks.len || lists < page->lists.len;
    page->tasks.len = tasks;
    page->lists.len = lists;
}

enum err sqlite_changes(struct store *base, struct arena *arena,
                        struct id owner, struct change_token since,
                        size_t limit, struct change_page *page,
                        struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    int64_t settled = time_now() - CHANGES_OVERLAP_MS;
    void *tasks = NULL, *lists = NULL;
    enum err err;

    *page = (struct change_page){ .next = since };
    err = changed_since(store, arena, KIND_TASK, owner, since, limit, &tasks,
                        &page->tasks.len, error);
    if (err == ERR_NONE)
        err = changed_since(store, arena, KIND_LIST, owner, since, limit,
                            &lists, &page->lists.len, error);
    if (err != ERR_NONE)
        return err;
    page->tasks.items = tasks;
    page->lists.items = lists;
    merge(page, limit);
    if (!page->more)
        page->next = settled > since.updated_at
                         ? (struct change_token){ .updated_at = settled }
                         : since;
    return ERR_NONE;
}
