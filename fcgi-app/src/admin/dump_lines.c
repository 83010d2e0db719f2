/* Single lines of a dump: headers, records, trailers. */
#include <string.h>

#include "admin/admin.h"
#include "admin/dump_lines.h"
#include "base/time.h"

void header_line(const char *source, int64_t created_at, struct buf *line)
{
    struct json_out out;

    buf_reset(line);
    json_out_init(&out, line);
    json_begin_object(&out);
    json_key(&out, STR("steady_dump"));
    json_put_int(&out, DUMP_VERSION);
    json_key(&out, STR("schema"));
    json_put_int(&out, STORE_SCHEMA_VERSION);
    json_key(&out, STR("created_at"));
    json_put_instant(&out, created_at);
    json_key(&out, STR("source"));
    json_put_str(&out, str_from(source));
    json_end_object(&out);
    buf_add_char(line, '\n');
}

void trailer_line(const struct sums *sums,
                  const crypto_hash_sha256_state *all, struct buf *line)
{
    struct sums whole = { .state = { *all } };
    struct json_out out;
    char hex[SHA256_HEX];

    buf_reset(line);
    json_out_init(&out, line);
    json_begin_object(&out);
    json_key(&out, STR("end"));
    json_begin_object(&out);
    for (enum kind kind = KIND_USER; kind < KIND_COUNT; kind++) {
        if (sums->count[kind] == 0)
            continue;
        json_key(&out, str_from(admin_kind_name(kind)));
        json_begin_object(&out);
        json_key(&out, STR("count"));
        json_put_int(&out, sums->count[kind]);
        json_key(&out, STR("sha256"));
        sums_hex(sums, kind, hex);
        json_put_str(&out, str_from(hex));
        json_end_object(&out);
    }
    json_end_object(&out);
    json_key(&out, STR("sha256"));
    sums_hex(&whole, KIND_USER, hex);
    json_put_str(&out, str_from(hex));
    json_end_object(&out);
    buf_add_char(line, '\n');
}

static bool get_int(const struct json *object, const char *name, int64_t *out)
{
    const struct json *value = NULL;

    if (!json_get(object, name, &value) || json_type(value) != JSON_INT)
        return false;
    *out = json_int(value);
    return true;
}

static bool is_compressed(struct str text)
{
    static const struct str starts[] = {
        { "\x1f\x8b", 2 },         /* gzip */
        { "\x28\xb5\x2f\xfd", 4 }, /* zstd */
        { "\xfd" "7zXZ", 5 },
    };

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (str_starts(text, starts[i]))
            return true;
    }
    return false;
}

enum err header_read(struct arena *arena, struct str text,
                     struct error *error)
{
    const struct json *value = NULL;
    struct error ignored = { 0 };
    int64_t version = 0, schema = 0;

    if (is_compressed(text))
        return error_set(error, ERR_INVALID,
                         "It is compressed: give it through zcat, zstdcat or "
                         "xzcat.");
    if (json_parse(arena, text, &value, &ignored) != ERR_NONE ||
        json_type(value) != JSON_OBJECT ||
        !get_int(value, "steady_dump", &version) ||
        !get_int(value, "schema", &schema) || version < 1 || schema < 1)
        return error_set(error, ERR_INVALID,
                         "It is no dump of Steady: line 1 is not the first "
                         "line of one.");
    if (version > DUMP_VERSION || schema > STORE_SCHEMA_VERSION)
        return error_set(error, ERR_INVALID,
                         "It is of a newer release (format %lld, schema "
                         "%lld; this one knows %d and %d): load it with that "
                         "release.",
                         (long long)version, (long long)schema, DUMP_VERSION,
                         STORE_SCHEMA_VERSION);
    return ERR_NONE;
}

static bool read_marks(const struct json *value, struct op_marks *marks)
{
    if (json_type(value) != JSON_ARRAY ||
        json_array_len(value) > OP_MARKS_KEPT)
        return false;
    marks->len = json_array_len(value);
    for (size_t i = 0; i < marks->len; i++) {
        const struct json *item = json_array_at(value, i);
        struct str hex;
        size_t len;

        if (json_type(item) != JSON_STRING)
            return false;
        hex = json_string(item);
        if (hex.len != 2 * OP_MARK_BYTES ||
            sodium_hex2bin(marks->bytes[i], OP_MARK_BYTES, hex.ptr, hex.len,
                           NULL, &len, NULL) != 0 ||
            len != OP_MARK_BYTES)
            return false;
    }
    return true;
}

static bool find_kind(const struct json *line, enum kind *kind,
                      const struct json **record)
{
    for (*kind = KIND_USER; *kind < KIND_COUNT; ++*kind) {
        if (json_get(line, kind_schema(*kind)->name, record))
            return true;
    }
    return false;
}

enum err record_read(struct arena *arena, struct str text, enum kind *kind,
                     struct stored *stored, bool *complete,
                     struct error *error)
{
    const struct json *line = NULL, *record = NULL, *marks = NULL;
    size_t members = 0;
    void *out;

    *stored = (struct stored){ .record = NULL };
    if (json_parse_max(arena, text, RECORD_LINE_MAX, &line, error) !=
            ERR_NONE ||
        json_type(line) != JSON_OBJECT)
        return error_set(error, ERR_INVALID, "it is no JSON object");
    if (!find_kind(line, kind, &record))
        return error_set(error, ERR_INVALID, "it is no record");
    if (json_get(line, "marks", &marks) &&
        !read_marks(marks, &stored->marks))
        return error_set(error, ERR_INVALID, "its marks are not readable");
    for (struct json_iter it = json_members(line); it.more; json_next(&it))
        members++;
    if (members != 1 + (size_t)(marks != NULL))
        return error_set(error, ERR_INVALID,
                         "it has a member that this release does not know");
    out = arena_alloc(arena, kind_schema(*kind)->size);
    stored->record = out;
    return schema_decode_dump(kind_schema(*kind), arena, record, out,
                              complete, error);
}
