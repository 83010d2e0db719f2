/* A list of tasks: a name, a colour and a place in the sidebar. */
#ifndef STEADY_DOMAIN_LIST_H
#define STEADY_DOMAIN_LIST_H

#include "domain/schema.h"
#include "base/id.h"

enum {
    LIST_NAME_MAX = 100, /* code points, at least 1 */
    LIST_COLOR_MAX = 20, /* "#rrggbb" or a lower-case name */
    LISTS_PER_USER_MAX = 500
};

struct list {
    struct id id;
    struct id owner;
    struct str name;
    struct str color; /* none: the page's default */
    double order;
    int64_t version;
    int64_t open, total; /* tasks not in the trash; counted when asked */
    int64_t created_at, updated_at, deleted_at;
    bool deleted;
    int64_t purge_at;
    struct id trash_id;
};

enum list_field {
    LIST_ID, LIST_OWNER, LIST_NAME, LIST_COLOR, LIST_ORDER, LIST_VERSION,
    LIST_OPEN, LIST_TOTAL, LIST_CREATED_AT, LIST_UPDATED_AT, LIST_DELETED_AT,
    LIST_DELETED, LIST_PURGE_AT, LIST_TRASH_ID, LIST_FIELD_COUNT
};
#define LIST_TRASH_FIELDS \
    (FIELD_BIT(LIST_DELETED) | FIELD_BIT(LIST_DELETED_AT) | \
     FIELD_BIT(LIST_PURGE_AT) | FIELD_BIT(LIST_TRASH_ID))

extern const struct schema list_schema;

/* The rule that a table cannot say: the form of the colour. */
enum err list_check(const struct list *list, const char *prefix,
                    struct error *error) MUST_CHECK;

#endif
