#include "domain/list.h"

#include <stdio.h>

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

static bool is_color(struct str color)
{
    bool hex = color.len == 7 && color.ptr[0] == '#';

    for (size_t i = hex ? 1 : 0; i < color.len; i++) {
        char c = color.ptr[i];

        if (hex ? !is_hex(c) : (c < 'a' || c > 'z'))
            return false;
    }
    return true;
}

enum err list_check(const struct list *list, const char *prefix,
                    struct error *error)
{
    char pointer[ERROR_POINTER_MAX];

    if (str_is_none(list->color) || is_color(list->color))
        return ERR_NONE;
    snprintf(pointer, sizeof(pointer), "%s/color", prefix);
    error_add(error, pointer, "bad_color",
              "A colour is #rrggbb or a name in lower case.");
    return error->code;
}
