/* Shared by schema_decode.c and schema_encode.c only: groups of fields. */
#ifndef STEADY_DOMAIN_SCHEMA_JSON_H
#define STEADY_DOMAIN_SCHEMA_JSON_H

#include <string.h>

#include "domain/schema.h"

/* "due.date" is the member "date" of the group "due"; "title" has none. */
struct member {
    struct str group; /* none: stands at the top */
    struct str name;
};

static inline struct member member_of(const struct field *field)
{
    struct str rest = str_from(field->name);
    struct str first = str_split(&rest, '.');

    if (str_is_none(rest))
        return (struct member){ .name = first };
    return (struct member){ .group = first, .name = rest };
}

#endif
