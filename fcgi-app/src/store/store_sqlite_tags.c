/* Tags: counted and renamed over all tasks of one owner. */
#include <stdlib.h>

#include "store/store_sqlite.h"

/* ---- Counts ---- */

/* A hash table of counts, open addressing, at most half full. */
struct tally {
    struct tag_count *slots; /* without a name: free */
    size_t len, size;        /* size is a power of two */
};

static struct tag_count *tally_slot(const struct tally *tally,
                                    struct str name)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    size_t slot;

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
    slot = (size_t)(hash ^ hash >> 32) & (tally->size - 1);
    while (!str_is_none(tally->slots[slot].name) &&
           !str_eq(tally->slots[slot].name, name))
        slot = (slot + 1) & (tally->size - 1);
    return &tally->slots[slot];
}

static void tally_grow(struct tally *tally, struct arena *arena)
{
    struct tally larger = { .len = tally->len,
                            .size = tally->size == 0 ? 64 : 4 * tally->size };

    larger.slots = arena_array(arena, larger.size, sizeof(*larger.slots));
    for (size_t i = 0; i < tally->size; i++) {
        if (!str_is_none(tally->slots[i].name))
            *tally_slot(&larger, tally->slots[i].name) = tally->slots[i];
    }
    *tally = larger;
}

static void tally_add(struct tally *tally, struct arena *arena,
                      struct str name, int64_t open, int64_t total)
{
    struct tag_count *slot;

    if (2 * tally->len >= tally->size)
        tally_grow(tally, arena);
    slot = tally_slot(tally, name);
    if (str_is_none(slot->name)) {
        slot->name = arena_copy(arena, name);
        tally->len++;
    }
    slot->open += open;
    slot->total += total;
}

static int compare_names(const void *a, const void *b)
{
    return str_cmp(((const struct tag_count *)a)->name,
                   ((const struct tag_count *)b)->name);
}

/* The counts by name; the table is spent. */
static struct tag_counts tally_sort(struct tally *tally)
{
    size_t len = 0;

    for (size_t i = 0; i < tally->size; i++) {
        if (!str_is_none(tally->slots[i].name))
            tally->slots[len++] = tally->slots[i];
    }
    if (len > 0)
        qsort(tally->slots, len, sizeof(*tally->slots), compare_names);
    return (struct tag_counts){ tally->slots, len };
}

/* Each different set of tags once, straight from the index. */
enum err sqlite_tag_counts(struct store *store, struct arena *arena,
                           struct id owner, struct tag_counts *counts,
                           struct error *error)
{
    struct tally tally = { 0 };
    struct arena scratch;
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite_of(store),
                            "SELECT completed, tags, count(*) FROM tasks "
                            "INDEXED BY tasks_tags WHERE owner = ? AND "
                            "deleted = 0 AND tags <> x'' "
                            "GROUP BY completed, tags",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    arena_init(&scratch);
    sql_bind_id(&sql, owner);
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row) {
        bool completed = sqlite3_column_int(sql.statement, 0) != 0;
        const void *bytes = sqlite3_column_blob(sql.statement, 1);
        int len = sqlite3_column_bytes(sql.statement, 1);
        int64_t count = sqlite3_column_int64(sql.statement, 2);
        struct strs tags = sqlite_unpack(&scratch, bytes, (size_t)len);

        for (size_t i = 0; i < tags.len; i++)
            tally_add(&tally, arena, tags.items[i], completed ? 0 : count,
                      count);
        arena_reset(&scratch);
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    arena_release(&scratch);
    *counts = tally_sort(&tally);
    return err;
}

/* ---- Renaming ---- */

static struct str packed(struct arena *arena, struct str tag)
{
    struct strs set = { &tag, 1 };

    return sqlite_pack(arena, set);
}

/* The set with `to` in the place of `from`, or without it. */
static struct strs renamed(struct arena *arena, struct strs tags,
                           struct str from, struct str to)
{
    struct str *items = arena_array(arena, tags.len + 1, sizeof(*items));
    bool keep = !str_is_none(to);
    size_t len = 0;

    for (size_t i = 0; i < tags.len; i++)
        keep = keep && !str_eq(tags.items[i], to);
    for (size_t i = 0; i < tags.len; i++) {
        if (!str_eq(tags.items[i], from))
            items[len++] = tags.items[i];
        else if (keep)
            items[len++] = to;
    }
    return (struct strs){ items, len };
}

struct tagged {
    struct id id;
    struct strs tags;
};

/* Some tasks that have the tag. */
static enum err find_tagged(struct store_sqlite *sqlite, struct arena *arena,
                            struct id owner, struct str from,
                            struct tagged found[static SQLITE_BATCH],
                            size_t *len, struct error *error)
{
    struct str bytes = packed(arena, from);
    struct sql sql;
    bool row;
    enum err err = sql_open(sqlite,
                            "SELECT id, tags FROM tasks INDEXED BY "
                            "tasks_tags WHERE owner = ? AND tags <> x'' "
                            "AND instr(tags, ?) > 0 LIMIT ?",
                            &sql, error);

    *len = 0;
    if (err != ERR_NONE)
        return err;
    sql_bind_id(&sql, owner);
    sql_bind_blob(&sql, bytes.ptr, bytes.len);
    sql_bind_int(&sql, SQLITE_BATCH);
    err = sql_step(&sql, &row, error);
    while (err == ERR_NONE && row) {
        const void *tags = sqlite3_column_blob(sql.statement, 1);
        int size = sqlite3_column_bytes(sql.statement, 1);

        found[(*len)++] = (struct tagged){
            .id = sql_id(&sql, 0),
            .tags = sqlite_unpack(arena, tags, (size_t)size),
        };
        err = sql_step(&sql, &row, error);
    }
    sql_close(&sql);
    return err;
}

static enum err write_tags(struct store_sqlite *sqlite, struct id owner,
                           struct id id, struct str tags, int64_t now,
                           struct error *error)
{
    struct sql sql;
    enum err err = sql_open(sqlite,
                            "UPDATE tasks SET tags = ?, updated_at = ?, "
                            "version = version + 1 "
                            "WHERE owner = ? AND id = ?",
                            &sql, error);

    if (err != ERR_NONE)
        return err;
    sql_bind_blob(&sql, tags.ptr, tags.len);
    sql_bind_int(&sql, now);
    sql_bind_id(&sql, owner);
    sql_bind_id(&sql, id);
    return sql_run(&sql, error);
}

/* One transaction of at most SQLITE_BATCH tasks. */
static enum err rename_batch(struct store_sqlite *sqlite, struct arena *arena,
                             struct id owner, struct str from, struct str to,
                             size_t *changed, struct error *error)
{
    struct tagged *found = arena_array(arena, SQLITE_BATCH, sizeof(*found));
    int64_t now = 0;
    enum err err = sql_begin(sqlite, error);

    if (err != ERR_NONE)
        return err;
    err = sql_tick(sqlite, &now, error);
    if (err == ERR_NONE)
        err = find_tagged(sqlite, arena, owner, from, found, changed, error);
    for (size_t i = 0; err == ERR_NONE && i < *changed; i++) {
        struct strs tags = renamed(arena, found[i].tags, from, to);

        err = write_tags(sqlite, owner, found[i].id, sqlite_pack(arena, tags),
                         now, error);
    }
    return sql_end(sqlite, err, error);
}

enum err sqlite_tag_rename(struct store *store, struct id owner,
                           struct str from, struct str to, int64_t *changed,
                           struct error *error)
{
    struct arena arena;
    size_t batch = SQLITE_BATCH;
    enum err err = ERR_NONE;

    *changed = 0;
    if (!str_is_none(to) && str_eq(from, to))
        return ERR_NONE;
    arena_init(&arena);
    while (err == ERR_NONE && batch == SQLITE_BATCH) {
        batch = 0;
        err = rename_batch(sqlite_of(store), &arena, owner, from, to, &batch,
                           error);
        if (err == ERR_NONE)
            *changed += (int64_t)batch;
        arena_reset(&arena);
    }
    arena_release(&arena);
    return err;
}
