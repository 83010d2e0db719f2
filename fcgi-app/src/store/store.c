#include "store/store.h"

#include <assert.h>
#include <string.h>

const struct schema *kind_schema(enum kind kind)
{
    switch (kind) {
    case KIND_USER:
        return &user_schema;
    case KIND_SESSION:
        return &session_schema;
    case KIND_TOKEN:
        return &token_schema;
    case KIND_LIST:
        return &list_schema;
    case KIND_TASK:
        return &task_schema;
    case KIND_COUNT:
        break;
    }
    assert(0 && "not a kind");
    return NULL;
}

struct key key_owned(struct id owner, struct id id)
{
    struct key key = { .len = 2 * ID_BYTES };

    memcpy(key.bytes, owner.bytes, ID_BYTES);
    memcpy(key.bytes + ID_BYTES, id.bytes, ID_BYTES);
    return key;
}

struct key key_id(struct id id)
{
    struct key key = { .len = ID_BYTES };

    memcpy(key.bytes, id.bytes, ID_BYTES);
    return key;
}

struct key key_hash(struct hash hash)
{
    struct key key = { .len = sizeof(hash.bytes) };

    memcpy(key.bytes, hash.bytes, sizeof(hash.bytes));
    return key;
}

struct key key_of(enum kind kind, const void *record)
{
    switch (kind) {
    case KIND_USER:
        return key_id(((const struct user *)record)->id);
    case KIND_SESSION:
        return key_hash(((const struct session *)record)->hash);
    case KIND_TOKEN:
        return key_hash(((const struct token *)record)->hash);
    case KIND_LIST:
        return key_owned(((const struct list *)record)->owner,
                         ((const struct list *)record)->id);
    case KIND_TASK:
        return key_owned(((const struct task *)record)->owner,
                         ((const struct task *)record)->id);
    case KIND_COUNT:
        break;
    }
    assert(0 && "not a kind");
    return (struct key){ 0 };
}

enum err store_open(const struct store_config *config, struct store **out,
                    struct error *error)
{
    if (config->mongodb_uri != NULL && config->mongodb_uri[0] != '\0')
        return store_mongo_open(config->mongodb_uri, out, error);
    return store_sqlite_open(config->data_dir, config->create, out, error);
}

static bool visit_first(void *context, const struct stored *stored)
{
    (void)stored;
    *(bool *)context = true;
    return false;
}

/* Read, not counted: MongoDB's count may be wrong after a crash. */
enum err store_require_empty(struct store *store, struct error *error)
{
    for (enum kind kind = KIND_USER; kind < KIND_COUNT; kind++) {
        bool any = false;
        enum err err = store->ops->each(store, kind, visit_first, &any,
                                        error);

        if (err != ERR_NONE)
            return err;
        if (any)
            return error_set(error, ERR_EXISTS,
                             "The store to be filled holds a %s already; it "
                             "must be empty.",
                             kind_schema(kind)->name);
    }
    return ERR_NONE;
}

void store_close(struct store *store)
{
    if (store != NULL)
        store->ops->close(store);
}
