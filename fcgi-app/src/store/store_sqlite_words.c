/*
 * Search. task_words has a row for each word of each task; a term's range of
 * words gives the ids, and the tasks are read by key.
 */
#include <stdlib.h>
#include <string.h>

#include "store/store_sqlite.h"

static int compare_words(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* All words of a task in bytewise order; twice if in title and notes. */
static struct strs sorted_words(struct arena *arena, const struct task *task)
{
    size_t titles, notes;
    struct str *items;

    if (task == NULL)
        return (struct strs){ NULL, 0 };
    titles = task->title_words.len;
    notes = task->notes_words.len;
    items = arena_array(arena, titles + notes + 1, sizeof(*items));
    if (titles > 0)
        memcpy(items, task->title_words.items, titles * sizeof(*items));
    if (notes > 0)
        memcpy(items + titles, task->notes_words.items,
               notes * sizeof(*items));
    qsort(items, titles + notes, sizeof(*items), compare_words);
    return (struct strs){ items, titles + notes };
}

static enum err write_word(struct store_sqlite *sqlite, const char *text,
                           const struct task *task, struct str word,
                           struct error *error)
{
    struct sql sql;
    enum err err = sql_open(sqlite, text, &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, task->owner);
    sql_bind_blob(&sql, word.ptr, word.len);
    sql_bind_id(&sql, task->id);
    return sql_run(&sql, error);
}

/* For each word that `some` has and `others` has not. */
static enum err write_difference(struct store_sqlite *sqlite,
                                 const char *text, const struct task *task,
                                 struct strs some, struct strs others,
                                 struct error *error)
{
    size_t other = 0;
    enum err err = ERR_NONE;

    for (size_t i = 0; i < some.len && err == ERR_NONE; i++) {
        struct str word = some.items[i];

        if (i > 0 && str_eq(some.items[i - 1], word))
            continue;
        while (other < others.len && str_cmp(others.items[other], word) < 0)
            other++;
        if (other == others.len || !str_eq(others.items[other], word))
            err = write_word(sqlite, text, task, word, error);
    }
    return err;
}

enum err sqlite_words_follow(struct store_sqlite *sqlite,
                             const struct task *before,
                             const struct task *after, struct error *error)
{
    struct strs old, new;
    struct arena arena;
    enum err err;

    arena_init(&arena);
    old = sorted_words(&arena, before);
    new = sorted_words(&arena, after);
    err = write_difference(sqlite,
                           "DELETE FROM task_words WHERE owner = ? "
                           "AND word = ? AND id = ?",
                           before, old, new, error);
    if (err == ERR_NONE)
        err = write_difference(sqlite,
                               "INSERT INTO task_words (owner, word, id) "
                               "VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                               after, new, old, error);
    arena_release(&arena);
    return err;
}

/*
 * The first term's ids find the tasks, the others' only narrow them; the plus
 * signs keep the other indexes out of it.
 */
static enum err search_open(struct store_sqlite *sqlite, struct strs terms,
                            enum tristate completed, struct sql *sql,
                            struct error *error)
{
    struct buf text;

    buf_init(&text, SQLITE_TEXT_MAX);
    buf_printf(&text, "SELECT %s FROM tasks WHERE owner = ?1 AND +deleted = 0",
               sqlite->tables[KIND_TASK].columns);
    if (completed != ANY)
        buf_printf(&text, " AND +completed = %d", completed == YES);
    for (size_t i = 0; i < terms.len; i++)
        buf_printf(&text,
                   " AND %sid IN (SELECT id FROM task_words WHERE owner = ?1 "
                   "AND word >= ?%zu AND word < ?%zu)",
                   i == 0 ? "" : "+", 2 * i + 2, 2 * i + 3);
    return sql_open_buf(sqlite, &text, sql, error);
}

/* No word has a byte 0xff, so this is after every word with the prefix. */
static struct str after_prefix(struct arena *arena, struct str prefix)
{
    char *bytes = arena_alloc(arena, prefix.len + 1);

    if (prefix.len > 0)
        memcpy(bytes, prefix.ptr, prefix.len);
    bytes[prefix.len] = (char)0xff;
    return (struct str){ bytes, prefix.len + 1 };
}

enum err sqlite_task_search(struct store *store, struct id owner,
                            struct strs terms, enum tristate completed,
                            record_visit *visit, void *context,
                            struct error *error)
{
    struct arena bounds, arena;
    struct sql sql;
    bool row, on = true;
    enum err err;

    if (terms.len == 0)
        return ERR_NONE;
    err = search_open(sqlite_of(store), terms, completed, &sql, error);
    if (err != ERR_NONE)
        return err;
    arena_init(&bounds);
    arena_init(&arena);
    sql_bind_id(&sql, owner);
    for (size_t i = 0; i < terms.len; i++) {
        struct str end = after_prefix(&bounds, terms.items[i]);

        sql_bind_blob(&sql, terms.items[i].ptr, terms.items[i].len);
        sql_bind_blob(&sql, end.ptr, end.len);
    }
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row && on) {
        struct task task;

        sqlite_read_row(&sql, &task_schema, &arena, &task);
        on = visit(context, &task);
        arena_reset(&arena);
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    arena_release(&arena);
    arena_release(&bounds);
    return err;
}
