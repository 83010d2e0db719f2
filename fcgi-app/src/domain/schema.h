/*
 * One description of each kind of record. JSON in and out, validation, PATCH,
 * BSON, SQL columns and the comparison with openapi.yaml read these tables;
 * no other code knows the names of fields. A field is addressed by its index
 * in the table, a set of fields is a bitmap of those.
 */
#ifndef STEADY_DOMAIN_SCHEMA_H
#define STEADY_DOMAIN_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_in.h"
#include "base/json_out.h"

/* The C type behind `offset` stands beside each. */
enum field_type {
    FIELD_STRING,  /* struct str; NULL ptr is null */
    FIELD_BOOL,    /* bool */
    FIELD_INT,     /* int64_t */
    FIELD_NUMBER,  /* double */
    FIELD_INSTANT, /* int64_t ms, INSTANT_NONE is null */
    FIELD_DATE,    /* int32_t yyyymmdd, DATE_NONE is null */
    FIELD_TIME,    /* int32_t minutes, TIME_NONE is null */
    FIELD_ID,      /* struct id, ID_NONE is null */
    FIELD_HASH,    /* struct hash: 32 bytes; never in JSON */
    FIELD_ENUM,    /* int, index into names */
    FIELD_STRINGS  /* struct strs, a set: no duplicates */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0, /* must be present on create, may not be null */
    FIELD_WRITABLE = 1 << 1, /* a client may send it; else 422 read_only */
    FIELD_NULLABLE = 1 << 2, /* null is a value (clears it) */
    FIELD_HIDDEN = 1 << 3,   /* stored, never in JSON: unknown to clients */
    FIELD_DERIVED = 1 << 4,  /* in JSON, never stored */
    FIELD_KEY = 1 << 5,      /* part of the store's key, not a column */
    FIELD_CREATE = 1 << 6,   /* writable on create only */
    FIELD_COMPUTED = 1 << 7, /* follows from others (task_derive): stored,
                                but not in a dump */
    FIELD_SEGMENT = 1 << 8   /* names a URL, which cannot hold . and .. */
};

struct hash {
    uint8_t bytes[32];
};

/*
 * A name with a dot is a member of an object: "due.date" and "due.time" stand
 * next to each other and make {"due": {"date": ..., "time": ...}}. The first
 * member of a group decides: when it is null the whole object is null.
 */
struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    unsigned flags;
    double min, max; /* code points of a string or of each string of a set;
                        the value of a number; both inclusive */
    size_t max_items; /* of FIELD_STRINGS */
    const char *const *names; /* of FIELD_ENUM, NULL-terminated */
};

/* How the store finds a record: see store.h, struct key. */
enum key_type { KEY_OWNED, KEY_ID, KEY_HASH, KEY_NOT_STORED };

struct schema {
    const char *name; /* "task": also the collection or table, with an s */
    const struct field *fields;
    size_t len; /* at most 64 */
    size_t size; /* of the struct */
    enum key_type key;
    bool versioned; /* has version, created_at, updated_at, kept by the store */
    const void *defaults; /* a whole struct; NULL means all zero */
};

#define FIELD_BIT(index) (UINT64_C(1) << (index))

enum schema_mode {
    SCHEMA_CREATE, /* required fields must be there, defaults fill the rest */
    SCHEMA_PATCH   /* merge patch (RFC 7396): absent is untouched */
};

/*
 * Reads an object into the struct `out` of schema->size bytes (initialised
 * here: defaults on create, "none" everywhere on patch) and the bitmap of the
 * fields that were present. All broken rules are reported at once, each with
 * its pointer; prefix is put before them ("/operations/3/body" or "").
 * Strings point into the arena. On patch, a group set to null has the bits of
 * all its members; a group given in part has only those.
 */
enum err schema_decode(const struct schema *schema, enum schema_mode mode,
                       struct arena *arena, const struct json *value,
                       const char *prefix, void *out, uint64_t *present,
                       struct error *error) MUST_CHECK;

/* Writes the visible fields as one JSON object. */
void schema_encode(const struct schema *schema, const void *record,
                   struct json_out *out);
/*
 * The same, but everything that is stored, hidden fields too (hashes as hex):
 * for tests. schema_encode_dump leaves out what is computed.
 */
void schema_encode_stored(const struct schema *schema, const void *record,
                          struct json_out *out);
void schema_encode_dump(const struct schema *schema, const void *record,
                        struct json_out *out);
/*
 * Reads what schema_encode_dump wrote, now or in an older release: *complete
 * is false where a field was missing, which then has its default. Types and
 * forms are checked, limits are not: they may have been others. ERR_INVALID
 * with the first field that is wrong. Strings point into the value. What is
 * computed is left to the caller.
 */
enum err schema_decode_dump(const struct schema *schema, struct arena *arena,
                            const struct json *value, void *out,
                            bool *complete, struct error *error) MUST_CHECK;

/* A copy with every string in the arena. */
void schema_copy(const struct schema *schema, struct arena *arena,
                 const void *from, void *to);
/* Copies the named fields; strings stay shared. */
void schema_merge(const struct schema *schema, uint64_t fields,
                  const void *from, void *to);
/* True if the field has its "none" (or for a set: is empty). */
bool field_is_none(const struct field *field, const void *record);
void field_set_none(const struct field *field, void *record);
/* "due_date" for "due.date": the column's and BSON key's name. */
const char *field_column(const struct field *field, char out[static 64]);
/* Index of the field with this name, or -1. */
int schema_find(const struct schema *schema, struct str name);

#define FIELD_AT(type, record, field) \
    ((type *)(void *)((char *)(record) + (field)->offset))
#define FIELD_AT_CONST(type, record, field) \
    ((const type *)(const void *)((const char *)(record) + (field)->offset))

#endif
