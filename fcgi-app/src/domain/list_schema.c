/* The table that describes a list. */
#include "domain/list.h"

#include "base/time.h"
#include "domain/task.h"

static const struct list list_defaults = {
    .created_at = INSTANT_NONE,
    .updated_at = INSTANT_NONE,
    .deleted_at = INSTANT_NONE,
    .purge_at = INSTANT_NONE,
};

#define AT(member) offsetof(struct list, member)

static const struct field list_fields[LIST_FIELD_COUNT] = {
    [LIST_ID] = { "id", FIELD_ID, AT(id), FIELD_KEY | FIELD_CREATE },
    [LIST_OWNER] = { "owner", FIELD_ID, AT(owner), FIELD_KEY | FIELD_HIDDEN },
    [LIST_NAME] = { "name", FIELD_STRING, AT(name),
                    FIELD_REQUIRED | FIELD_WRITABLE,
                    .min = 1, .max = LIST_NAME_MAX },
    [LIST_COLOR] = { "color", FIELD_STRING, AT(color),
                     FIELD_WRITABLE | FIELD_NULLABLE,
                     .min = 1, .max = LIST_COLOR_MAX },
    [LIST_ORDER] = { "order", FIELD_NUMBER, AT(order), FIELD_WRITABLE,
                     .min = -TASK_ORDER_MAX, .max = TASK_ORDER_MAX },
    [LIST_VERSION] = { "version", FIELD_INT, AT(version), 0 },
    [LIST_OPEN] = { "open", FIELD_INT, AT(open), FIELD_DERIVED },
    [LIST_TOTAL] = { "total", FIELD_INT, AT(total), FIELD_DERIVED },
    [LIST_CREATED_AT] = { "created_at", FIELD_INSTANT, AT(created_at), 0 },
    [LIST_UPDATED_AT] = { "updated_at", FIELD_INSTANT, AT(updated_at), 0 },
    [LIST_DELETED_AT] = { "deleted_at", FIELD_INSTANT, AT(deleted_at),
                          FIELD_NULLABLE },
    [LIST_DELETED] = { "deleted", FIELD_BOOL, AT(deleted), FIELD_HIDDEN },
    [LIST_PURGE_AT] = { "purge_at", FIELD_INSTANT, AT(purge_at),
                        FIELD_HIDDEN | FIELD_NULLABLE },
    [LIST_TRASH_ID] = { "trash_id", FIELD_ID, AT(trash_id),
                        FIELD_HIDDEN | FIELD_NULLABLE },
};

const struct schema list_schema = {
    .name = "list",
    .fields = list_fields,
    .len = LIST_FIELD_COUNT,
    .size = sizeof(struct list),
    .key = KEY_OWNED,
    .versioned = true,
    .defaults = &list_defaults,
};
