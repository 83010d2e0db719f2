/* Prints the program's tables of routes, fields and problems as JSON, for
 * lint_openapi.py. */
#include <stdio.h>

#include "api/exchange.h"
#include "domain/account.h"
#include "domain/list.h"
#include "domain/task.h"
#include "http/problem.h"

static void put_flag(struct json_out *out, const char *name, bool value)
{
    json_key(out, str_from(name));
    json_put_bool(out, value);
}

static void put_names(struct json_out *out, const char *name,
                      const char *const *names)
{
    json_key(out, str_from(name));
    json_begin_array(out);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        json_put_str(out, str_from(names[i]));
    json_end_array(out);
}

static void put_routes(struct json_out *out)
{
    const char *method, *path;

    json_key(out, STR("routes"));
    json_begin_array(out);
    for (size_t i = 0; app_route(i, &method, &path); i++) {
        unsigned flags = routes[i].flags;

        json_begin_object(out);
        json_key(out, STR("method"));
        json_put_str(out, str_from(method));
        json_key(out, STR("path"));
        json_put_str(out, str_from(path));
        put_names(out, "query", routes[i].query);
        put_flag(out, "public", (flags & ROUTE_PUBLIC) != 0);
        put_flag(out, "body", (flags & ROUTE_BODY) != 0);
        put_flag(out, "token", (flags & ROUTE_NO_TOKEN) == 0);
        put_flag(out, "writes", !method_is_safe(routes[i].method) &&
                                    (flags & ROUTE_READS) == 0);
        json_end_object(out);
    }
    json_end_array(out);
}

static const char *type_name(enum field_type type)
{
    static const char *const names[] = {
        [FIELD_STRING] = "string",   [FIELD_BOOL] = "boolean",
        [FIELD_INT] = "integer",     [FIELD_NUMBER] = "number",
        [FIELD_INSTANT] = "instant", [FIELD_DATE] = "date",
        [FIELD_TIME] = "time",       [FIELD_ID] = "id",
        [FIELD_HASH] = "hash",       [FIELD_ENUM] = "enum",
        [FIELD_STRINGS] = "strings",
    };

    return names[type];
}

static void put_field(struct json_out *out, const struct field *field)
{
    json_begin_object(out);
    json_key(out, STR("name"));
    json_put_str(out, str_from(field->name));
    json_key(out, STR("type"));
    json_put_str(out, str_from(type_name(field->type)));
    json_key(out, STR("min"));
    json_put_number(out, field->min);
    json_key(out, STR("max"));
    json_put_number(out, field->max);
    json_key(out, STR("max_items"));
    json_put_int(out, (int64_t)field->max_items);
    put_names(out, "names", field->names);
    put_flag(out, "required", (field->flags & FIELD_REQUIRED) != 0);
    put_flag(out, "writable", (field->flags & FIELD_WRITABLE) != 0);
    put_flag(out, "create", (field->flags & FIELD_CREATE) != 0);
    put_flag(out, "nullable", (field->flags & FIELD_NULLABLE) != 0);
    put_flag(out, "segment", (field->flags & FIELD_SEGMENT) != 0);
    json_end_object(out);
}

static void put_schemas(struct json_out *out)
{
    static const struct schema *const schemas[] = {
        &task_schema, &list_schema, &user_schema, &session_schema,
        &token_schema,
    };

    json_key(out, STR("schemas"));
    json_begin_object(out);
    for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
        json_key(out, str_from(schemas[i]->name));
        json_begin_array(out);
        for (size_t j = 0; j < schemas[i]->len; j++) {
            if ((schemas[i]->fields[j].flags & FIELD_HIDDEN) == 0)
                put_field(out, &schemas[i]->fields[j]);
        }
        json_end_array(out);
    }
    json_end_object(out);
}

/* Each problem as it is sent. */
static void put_problems(struct json_out *out)
{
    json_key(out, STR("problems"));
    json_begin_array(out);
    for (int code = 0; code < ERR_COUNT; code++) {
        struct error error = { .code = (enum err)code };

        problem_encode(&error, STR("id"), STR_NONE, out);
    }
    json_end_array(out);
}

int main(void)
{
    struct buf buf;
    struct json_out out;

    buf_init(&buf, 1024 * 1024);
    json_out_init(&out, &buf);
    json_begin_object(&out);
    put_routes(&out);
    put_schemas(&out);
    put_problems(&out);
    json_end_object(&out);
    printf("%.*s\n", STR_ARG(buf_str(&buf)));
    buf_release(&buf);
    return 0;
}
