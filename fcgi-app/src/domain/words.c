#include "domain/words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "domain/task.h"

/* The words found so far; grows in the arena. */
struct words {
    struct arena *arena;
    struct str *items;
    size_t len, size;
};

static void add(struct words *words, struct str word)
{
    if (word.len == 0)
        return;
    if (words->len == words->size) {
        size_t size = words->size == 0 ? 32 : 2 * words->size;
        struct str *items = arena_array(words->arena, size, sizeof(*items));

        if (words->len > 0)
            memcpy(items, words->items, words->len * sizeof(*items));
        words->items = items;
        words->size = size;
    }
    words->items[words->len++] = word;
}

/* Compatibility decomposition, case folded, marks gone. */
static struct str fold(struct arena *arena, struct str text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t len;

    if (text.len == 0)
        return STR("");
    len = utf8proc_map((const utf8proc_uint8_t *)text.ptr,
                       (utf8proc_ssize_t)text.len, &folded,
                       UTF8PROC_STABLE | UTF8PROC_COMPAT |
                           UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                           UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    if (len < 0)
        return STR("");
    arena_on_reset(arena, free, folded);
    return (struct str){ (const char *)folded, (size_t)len };
}

/* Scripts that write no spaces between words. */
static bool is_unspaced(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0x0E00, 0x0EFF },   /* Thai, Lao */
        { 0x1000, 0x109F },   /* Burmese */
        { 0x1780, 0x17FF },   /* Khmer */
        { 0x3040, 0x30FF },   /* Hiragana, Katakana */
        { 0x3400, 0x4DBF },   /* Han, extension A */
        { 0x4E00, 0x9FFF },   /* Han */
        { 0xF900, 0xFAFF },   /* Han, compatibility */
        { 0x20000, 0x3FFFF }, /* Han, further extensions */
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

/* Letters, marks, numbers, and symbols such as emoji, by their category. */
static bool is_word(uint32_t code)
{
    const char *category = utf8proc_category_string((utf8proc_int32_t)code);

    return category[0] == 'L' || category[0] == 'M' || category[0] == 'N' ||
           strcmp(category, "So") == 0;
}

static bool is_apostrophe(uint32_t code)
{
    return code == '\'' || code == 0x2019;
}

/* Cut to WORD_BYTES_MAX at a code point. */
static struct str cut(struct str word)
{
    if (word.len <= WORD_BYTES_MAX)
        return word;
    word.len = WORD_BYTES_MAX;
    while (word.len > 0 && ((unsigned char)word.ptr[word.len] & 0xC0) == 0x80)
        word.len--;
    return word;
}

/* A run of an unspaced script: each pair of neighbours, or the only one. */
static size_t add_pairs(struct words *words, struct str text)
{
    struct str rest = text;
    size_t previous = 0, used = 0;
    uint32_t code;
    size_t n;

    while ((n = utf8_next(rest, &code)) > 0 && is_unspaced(code)) {
        if (used > 0)
            add(words, (struct str){ rest.ptr - previous, previous + n });
        previous = n;
        used += n;
        rest = (struct str){ rest.ptr + n, rest.len - n };
    }
    if (used == previous)
        add(words, (struct str){ text.ptr, used });
    return used;
}

/* A spaced word; apostrophes inside are dropped: "don't" is "dont". */
static size_t add_word(struct words *words, struct str text)
{
    char *bytes = NULL;
    size_t used = 0, len = 0;
    uint32_t code;
    size_t n;

    while ((n = utf8_next((struct str){ text.ptr + used, text.len - used },
                          &code)) > 0 &&
           !is_unspaced(code) && (is_word(code) || is_apostrophe(code))) {
        if (is_apostrophe(code) && bytes == NULL) {
            bytes = arena_alloc(words->arena, text.len);
            memcpy(bytes, text.ptr, used);
        }
        if (!is_apostrophe(code)) {
            if (bytes != NULL)
                memcpy(bytes + len, text.ptr + used, n);
            len += n;
        }
        used += n;
    }
    add(words, cut((struct str){ bytes == NULL ? text.ptr : bytes, len }));
    return used;
}

static struct words split(struct arena *arena, struct str text)
{
    struct words words = { .arena = arena };
    struct str rest = fold(arena, text);
    uint32_t code;
    size_t n;

    while ((n = utf8_next(rest, &code)) > 0) {
        if (is_unspaced(code))
            n = add_pairs(&words, rest);
        else if (is_word(code))
            n = add_word(&words, rest);
        rest = (struct str){ rest.ptr + n, rest.len - n };
    }
    return words;
}

static int compare(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct strs words_split(struct arena *arena, struct str text)
{
    struct words words = split(arena, text);
    size_t kept = 0;

    if (words.len > 0)
        qsort(words.items, words.len, sizeof(*words.items), compare);
    for (size_t i = 0; i < words.len; i++) {
        if (kept == 0 || !str_eq(words.items[kept - 1], words.items[i]))
            words.items[kept++] = words.items[i];
    }
    return (struct strs){ words.items, kept };
}

struct strs words_terms(struct arena *arena, struct str query)
{
    struct words words = split(arena, query);
    size_t kept = 0;

    for (size_t i = 0; i < words.len && kept < SEARCH_TERMS_MAX; i++) {
        bool known = false;

        for (size_t k = 0; k < kept && !known; k++)
            known = str_eq(words.items[k], words.items[i]);
        if (!known)
            words.items[kept++] = words.items[i];
    }
    return (struct strs){ words.items, kept };
}

/* 0: no word begins with the term; 1: one does; 2: one is the term. */
static int fit(struct str term, struct strs words)
{
    int best = 0;

    for (size_t i = 0; i < words.len && best < 2; i++) {
        if (str_eq(words.items[i], term))
            best = 2;
        else if (best == 0 && str_starts(words.items[i], term))
            best = 1;
    }
    return best;
}

int words_score(struct strs terms, const struct task *task)
{
    int score = 0;

    for (size_t i = 0; i < terms.len; i++) {
        int title = fit(terms.items[i], task->title_words);
        int notes = fit(terms.items[i], task->notes_words);

        if (title == 0 && notes == 0)
            return 0;
        score += 10 * title + notes;
    }
    /* A title that says little else fits better. */
    if (task->title_words.len == terms.len)
        score += 5;
    return score;
}
