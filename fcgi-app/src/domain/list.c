#include "domain/list.h"

#include <stdio.h>

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

static bool is_color(struct str color)
{
    bool code = color.len > 0 && color.ptr[0] == '#';

    for (size_t i = code ? 1 : 0; i < color.len; i++) {
        char c = color.ptr[i];

        if (code ? !is_hex(c) : c < 'a' || c > 'z')
            return false;
    }
    return code ? color.len == 7 : color.len > 0;
}

enum err list_check(const struct list *list, const char *prefix,
                    struct error *error)
{
    char pointer[ERROR_POINTER_MAX];

    if (str_is_none(list->color) || is_color(list->color))
        return ERR_NONE;
    (void)snprintf(pointer, sizeof(pointer), "%s/color", prefix);
    error_add(error, pointer, "bad_color",
              "must be like #33aa77 or a name in lower-case letters");
    return ERR_INVALID;
}
