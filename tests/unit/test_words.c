#include "cases.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "domain/task.h"
#include "domain/words.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

struct words_case {
    const char *text, *words; /* words joined by '|' */
};

static struct str join(struct strs words)
{
    struct str joined = STR("");

    for (size_t i = 0; i < words.len; i++)
        joined = arena_printf(&arena, "%.*s%s%.*s", STR_ARG(joined),
                              i > 0 ? "|" : "", STR_ARG(words.items[i]));
    return joined;
}

static void check_split(const struct words_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_str(join(words_split(&arena, str_from(cases[i].text))),
                   str_from(cases[i].words));
}

static void test_words_are_distinct_and_in_bytewise_order(void **state)
{
    static const struct words_case CASES[] = {
        { "", "" },
        { "  \t\n ...", "" },
        { "pay the rent, pay THE bill", "bill|pay|rent|the" },
        { "a ab abc abcdefgh abcdefghi abcdefg",
          "a|ab|abc|abcdefg|abcdefgh|abcdefghi" },
        { "2026-11-30 x1 3.5", "11|2026|3|30|5|x1" },
        { "under_score e-mail", "e|mail|score|under" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_case_and_accents_are_folded(void **state)
{
    static const struct words_case CASES[] = {
        { "CAFÉ cafe\xcc\x81 Cafe", "cafe" },
        { "Crème BRÛLÉE", "brulee|creme" },
        { "Straße STRASSE ẞ", "ss|strasse" },
        { "İstanbul ISTANBUL istanbul", "istanbul" },
        { "ΟΔΟΣ οδός", "οδοσ" },
        { "Йод Ёлка ЁЛКА", "елка|иод" },
        { "ﬁne ﬀ ２０２６ Ⅷ", "2026|ff|fine|viii" },
        { "Ｆｕｌｌ ｗｉｄｔｈ", "full|width" },
        { "Việt NAM", "nam|viet" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_points_and_joiners_go(void **state)
{
    static const struct words_case CASES[] = {
        { "مُحَمَّد محمد", "محمد" },
        { "محمـــد", "محمد" },
        { "أحمد", "احمد" },
        { "שָׁלוֹם שלום", "שלום" },
        { "soft\xc2\xadhyphen", "softhyphen" },
        { "zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zerowidth" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_marks_that_spell_stay(void **state)
{
    static const struct words_case CASES[] = {
        { "की का", "का|की" },
        { "हिन्दी", "हिन्दी" },
        { "தமிழ்", "தமிழ்" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
    /* Voiced kana is another letter. */
    assert_false(str_eq(join(words_split(&arena, STR("が"))),
                        join(words_split(&arena, STR("か")))));
}

static void test_apostrophes_do_not_part_words(void **state)
{
    static const struct words_case CASES[] = {
        { "don't don’t dont DON＇T", "dont" },
        { "'quoted' rock'n'roll", "quoted|rocknroll" },
        { "צה״ל", "צהל" },
        { "' ’ ''", "" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_hangul_composed_or_not_is_the_same(void **state)
{
    struct str composed = join(words_split(&arena, STR("한국어")));

    (void)state;
    assert_str(join(words_split(&arena, STR("\xe1\x84\x92\xe1\x85\xa1"
                                            "\xe1\x86\xab"))),
               join(words_split(&arena, STR("한"))));
    /* What has been typed so far begins the word. */
    assert_true(str_starts(composed,
                           join(words_split(&arena, STR("한구")))));
    assert_true(str_starts(composed, join(words_split(&arena, STR("하")))));
}

static void test_scripts_without_spaces_make_pairs(void **state)
{
    static const struct words_case CASES[] = {
        { "漢", "漢" },
        { "漢字", "字|漢字" },
        { "買い物", "い物|物|買い" },
        { "牛乳を買う!", "う|を買|乳を|牛乳|買う" },
        { "ｱｲｳ", "アイ|イウ|ウ" },
        { "buy牛乳now", "buy|now|乳|牛乳" },
        { "漢字。漢語", "字|漢字|漢語|語" },
        { "ไทย", "ทย|ย|ไท" },
        { "ដី", "ដី" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_each_emoji_is_a_word(void **state)
{
    static const struct words_case CASES[] = {
        { "milk🥛now", "milk|now|🥛" },
        { "🎉🎂", "🎂|🎉" },
        { "👍🏽 👍", "👍" },
        { "👩‍👧", "👧|👩" },
        { "❤️", "❤" },
        { "1️⃣", "1" },
    };

    (void)state;
    check_split(CASES, COUNT(CASES));
}

static void test_long_words_are_cut_at_a_character(void **state)
{
    char text[400];
    struct strs words;

    (void)state;
    memset(text, 'a', sizeof(text));
    words = words_split(&arena, (struct str){ text, sizeof(text) });
    assert_int_equal(words.len, 1);
    assert_int_equal(words.items[0].len, WORD_BYTES_MAX);
    /* 47 bytes, then one of two. */
    memcpy(text + 47, "\xd0\xb6\xd0\xb6", 4);
    words = words_split(&arena, (struct str){ text, 51 });
    assert_int_equal(words.len, 1);
    assert_int_equal(words.items[0].len, 47);
    /* A pair whose marks are without end. */
    memcpy(text, "漢", 3);
    for (size_t i = 3; i + 3 <= sizeof(text); i += 3)
        memcpy(text + i, "\xe3\x82\x99", 3);
    memcpy(text + 393, "字漢", 6);
    words = words_split(&arena, (struct str){ text, 399 });
    assert_int_equal(words.len, 3);
    for (size_t i = 0; i < words.len; i++) {
        assert_true(words.items[i].len <= WORD_BYTES_MAX);
        assert_true(utf8_is_valid(words.items[i]));
    }
}

static void test_every_character_gives_valid_words(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x110000; code += code < 0x30000 ? 1 : 97) {
        char text[8];
        size_t n = 0;
        struct strs words;

        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        if (code < 0x80) {
            text[n++] = (char)code;
        } else if (code < 0x800) {
            text[n++] = (char)(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            text[n++] = (char)(0xE0 | code >> 12);
            text[n++] = (char)(0x80 | (code >> 6 & 63));
        } else {
            text[n++] = (char)(0xF0 | code >> 18);
            text[n++] = (char)(0x80 | (code >> 12 & 63));
            text[n++] = (char)(0x80 | (code >> 6 & 63));
        }
        if (code >= 0x80)
            text[n++] = (char)(0x80 | (code & 63));
        words = words_split(&arena, (struct str){ text, n });
        for (size_t i = 0; i < words.len; i++) {
            if (words.items[i].len == 0 || !utf8_is_valid(words.items[i]) ||
                words.items[i].len > WORD_BYTES_MAX)
                fail_msg("U+%04X", (unsigned)code);
        }
        arena_reset(&arena);
    }
}

static void test_terms_keep_their_order(void **state)
{
    static const struct words_case CASES[] = {
        { "", "" },
        { "?!", "" },
        { "Rent pay RENT", "rent|pay" },
        { "買い物", "買い|い物" },
        { "物", "物" },
        { "i h g f e d c b a", "i|h|g|f|e|d|c|b" },
        { "l’École", "lecole" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_str(join(words_terms(&arena, str_from(CASES[i].text))),
                   str_from(CASES[i].words));
}

static int score(const char *query, const char *title, const char *notes)
{
    struct task task = {
        .title_words = words_split(&arena, str_from(title)),
        .notes_words = words_split(&arena, str_from(notes)),
    };

    return words_score(words_terms(&arena, str_from(query)), &task);
}

static void test_every_term_must_begin_a_word(void **state)
{
    (void)state;
    assert_true(score("pay rent", "Pay the rent", "") > 0);
    assert_true(score("pa re", "Pay the rent", "") > 0);
    assert_true(score("rent bank", "Pay the rent", "at the bank") > 0);
    assert_int_equal(score("pay milk", "Pay the rent", ""), 0);
    assert_int_equal(score("ent", "Pay the rent", ""), 0);
    assert_int_equal(score("rents", "Pay the rent", ""), 0);
    assert_int_equal(score("物", "買い物", "") > 0, 1);
    assert_int_equal(score("", "Pay the rent", ""), 0);
}

static void test_better_fits_score_higher(void **state)
{
    (void)state;
    assert_true(score("rent", "Pay the rent", "") >
                score("rent", "Pay the rental", ""));
    assert_true(score("rent", "The rental", "") >
                score("rent", "The bank", "rent"));
    assert_true(score("rent", "The bank", "rent") >
                score("rent", "The bank", "rental"));
    assert_true(score("rent", "Rent", "") > score("rent", "Pay rent", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_distinct_and_in_bytewise_order),
        cmocka_unit_test(test_case_and_accents_are_folded),
        cmocka_unit_test(test_points_and_joiners_go),
        cmocka_unit_test(test_marks_that_spell_stay),
        cmocka_unit_test(test_apostrophes_do_not_part_words),
        cmocka_unit_test(test_hangul_composed_or_not_is_the_same),
        cmocka_unit_test(test_scripts_without_spaces_make_pairs),
        cmocka_unit_test(test_each_emoji_is_a_word),
        cmocka_unit_test(test_long_words_are_cut_at_a_character),
        cmocka_unit_test(test_every_character_gives_valid_words),
        cmocka_unit_test(test_terms_keep_their_order),
        cmocka_unit_test(test_every_term_must_begin_a_word),
        cmocka_unit_test(test_better_fits_score_higher),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
