#include "cases.h"

#include <string.h>

#include "domain/list.h"

static void test_colours_are_codes_or_names(void **state)
{
    static const struct {
        const char *color;
        bool valid;
    } CASES[] = {
        { NULL, true },       { "#33aa77", true },  { "#33AA77", true },
        { "teal", true },     { "", false },        { "#", false },
        { "#33aa7", false },  { "#33aa777", false }, { "33aa77", false },
        { "#33aa7g", false }, { "Teal", false },    { "dark-blue", false },
        { "te al", false },   { "url(x)", false },  { "gr\xc3\xbcn", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct list list = { .color = str_from(CASES[i].color) };
        struct error error = { 0 };
        enum err err = list_check(&list, "/body", &error);

        if ((err == ERR_NONE) != CASES[i].valid)
            fail_msg("\"%s\" was %s", CASES[i].color,
                     CASES[i].valid ? "refused" : "taken");
        if (CASES[i].valid)
            continue;
        assert_string_equal(error.fields[0].pointer, "/body/color");
        assert_string_equal(error.fields[0].code, "bad_color");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colours_are_codes_or_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
