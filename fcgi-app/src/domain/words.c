#include "domain/words.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "domain/task.h"

enum {
    /* The longest compatibility decomposition (U+FDFA) has 18. */
    DECOMPOSED_MAX = 32,
    CODE_BYTES_MAX = 4,
    DENSE_BYTES_MAX = WORD_BYTES_MAX / 2, /* a character with its marks */
    SLOTS_MIN = 64,
    BYTES_PER_SLOT = 16 /* a guess that saves growing */
};

/* What a code point is to us, once it is folded. */
enum kind {
    KIND_GAP,     /* ends a word */
    KIND_NOTHING, /* as if it were not there */
    KIND_LETTER,
    KIND_MARK,   /* belongs to the letter before it */
    KIND_DENSE,  /* of a script that is written without spaces */
    KIND_SYMBOL  /* an emoji: a word of its own */
};

/* Called with each word in the order of the text; bytes are borrowed. */
typedef void word_take(void *context, struct str word);

struct splitter {
    word_take *take;
    void *context;
    bool query;    /* pairs only, no last single character */
    enum kind run; /* what the current word is made of, or KIND_GAP */
    size_t len;    /* bytes of the current word, or of the pair so far */
    size_t second; /* dense: where its second character starts; 0: none */
    bool full;     /* cut: ignore the rest */
    char text[WORD_BYTES_MAX];
};

static void splitter_give(struct splitter *splitter)
{
    if (splitter->len > 0)
        splitter->take(splitter->context, (struct str){ splitter->text,
                                                        splitter->len });
}

static void splitter_end(struct splitter *splitter)
{
    if (splitter->run == KIND_DENSE && splitter->second > 0) {
        /* The last pair, and for texts its second character alone, so that
         * a query of one character finds it at the end, too. */
        splitter_give(splitter);
        if (!splitter->query) {
            splitter->len -= splitter->second;
            memmove(splitter->text, splitter->text + splitter->second,
                    splitter->len);
            splitter_give(splitter);
        }
    } else {
        splitter_give(splitter);
    }
    splitter->run = KIND_GAP;
    splitter->len = splitter->second = 0;
    splitter->full = false;
}

static void splitter_add(struct splitter *splitter, uint32_t code)
{
    utf8proc_uint8_t bytes[CODE_BYTES_MAX];
    size_t n = (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes);

    size_t limit = splitter->run == KIND_DENSE
                       ? splitter->second + DENSE_BYTES_MAX
                       : sizeof(splitter->text);

    if (splitter->full || splitter->len + n > limit) {
        splitter->full = true;
        return;
    }
    memcpy(splitter->text + splitter->len, bytes, n);
    splitter->len += n;
}

/* A new character of a dense script: what is held becomes the first half. */
static void splitter_add_dense(struct splitter *splitter, uint32_t code)
{
    if (splitter->second > 0) {
        splitter_give(splitter);
        splitter->len -= splitter->second;
        memmove(splitter->text, splitter->text + splitter->second,
                splitter->len);
    }
    splitter->second = splitter->len;
    splitter->full = false;
    splitter_add(splitter, code);
}

static void splitter_put(struct splitter *splitter, uint32_t code,
                         enum kind kind)
{
    switch (kind) {
    case KIND_NOTHING:
        return;
    case KIND_GAP:
        splitter_end(splitter);
        return;
    case KIND_MARK:
        if (splitter->run == KIND_LETTER || splitter->run == KIND_DENSE)
            splitter_add(splitter, code);
        return;
    case KIND_SYMBOL:
        splitter_end(splitter);
        splitter_add(splitter, code);
        splitter_end(splitter);
        return;
    case KIND_LETTER:
    case KIND_DENSE:
        if (splitter->run != kind)
            splitter_end(splitter);
        splitter->run = kind;
        if (kind == KIND_DENSE)
            splitter_add_dense(splitter, code);
        else
            splitter_add(splitter, code);
        return;
    }
}

/* Blocks of Thai and Lao, Burmese, Khmer, Kana and Han. */
static bool is_dense(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } blocks[] = {
        { 0x0E00, 0x0EFF },
        { 0x1000, 0x109F },
        { 0x1780, 0x17FF },
        { 0x3005, 0x3007 },
        { 0x3041, 0x30FF },
        { 0x31F0, 0x31FF },
        { 0x3400, 0x4DBF },
        { 0x4E00, 0x9FFF },
        { 0xA9E0, 0xA9FE },
        { 0xAA60, 0xAA7F },
        { 0xF900, 0xFAFF },
        { 0x1B000, 0x1B16F },
        { 0x20000, 0x3FFFD },
    };

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (code >= blocks[i].first && code <= blocks[i].last)
            return true;
    }
    return false;
}

/* "don't" is one word, in every spelling; so is צה״ל. */
static bool is_apostrophe(uint32_t code)
{
    return code == '\'' || code == 0x2018 || code == 0x2019 ||
           code == 0x02BC || code == 0x05F3 || code == 0x05F4;
}

/*
 * Accents and points go: those above, below and through a letter, Hebrew's
 * and Arabic's. What spells stays: vowel signs, viramas, voicing, tones.
 */
static enum kind mark_kind(const utf8proc_property_t *property)
{
    utf8proc_propval_t class = property->combining_class;

    if (property->category == UTF8PROC_CATEGORY_ME || class == 1 ||
        (class >= 10 && class <= 36) || class >= 200)
        return KIND_NOTHING;
    return KIND_MARK;
}

static bool is_skin_tone(uint32_t code)
{
    return code >= 0x1F3FB && code <= 0x1F3FF;
}

static enum kind code_kind(uint32_t code)
{
    const utf8proc_property_t *property =
        utf8proc_get_property((utf8proc_int32_t)code);
    int category = property->category;

    if (property->ignorable || is_apostrophe(code) || code == 0x0640 ||
        is_skin_tone(code))
        return KIND_NOTHING;
    if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME)
        return mark_kind(property);
    if ((category >= UTF8PROC_CATEGORY_LU &&
         category <= UTF8PROC_CATEGORY_LO) ||
        (category >= UTF8PROC_CATEGORY_ND &&
         category <= UTF8PROC_CATEGORY_NO))
        return is_dense(code) ? KIND_DENSE : KIND_LETTER;
    return category == UTF8PROC_CATEGORY_SO ? KIND_SYMBOL : KIND_GAP;
}

static void split_ascii(struct splitter *splitter, uint32_t code)
{
    if (code >= 'A' && code <= 'Z')
        code |= 0x20;
    if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9'))
        splitter_put(splitter, code, KIND_LETTER);
    else if (code != '\'')
        splitter_end(splitter);
}

static void split_other(struct splitter *splitter, uint32_t code)
{
    utf8proc_int32_t folded[DECOMPOSED_MAX];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char(
        (utf8proc_int32_t)code, folded, DECOMPOSED_MAX,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, &boundary);

    assert(n <= DECOMPOSED_MAX);
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        uint32_t part = (uint32_t)folded[i];

        if (part < 0x80)
            split_ascii(splitter, part);
        else
            splitter_put(splitter, part, code_kind(part));
    }
}

static void split(struct str text, bool query, word_take *take, void *context)
{
    struct splitter splitter = {
        .take = take, .context = context, .query = query, .run = KIND_GAP
    };

    while (text.len > 0) {
        uint32_t code;
        size_t n = utf8_next(text, &code);

        if (n == 0)
            break; /* the gate lets no such text in */
        if (code < 0x80)
            split_ascii(&splitter, code);
        else
            split_other(&splitter, code);
        text.ptr += n;
        text.len -= n;
    }
    splitter_end(&splitter);
}

/* The first bytes as a number order most words without looking further. */
struct entry {
    uint64_t first;
    struct str word;
};

/* Distinct words, by hash. */
struct collection {
    struct arena *arena;
    struct entry *slots; /* a power of two; an empty slot has no word */
    size_t n_slots, len;
};

static uint64_t word_hash(struct str word)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ (unsigned char)word.ptr[i]) *
               UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

static struct entry *collection_slot(struct collection *collection,
                                     struct str word)
{
    size_t mask = collection->n_slots - 1;
    size_t i = (size_t)word_hash(word) & mask;

    while (!str_is_none(collection->slots[i].word) &&
           !str_eq(collection->slots[i].word, word))
        i = (i + 1) & mask;
    return &collection->slots[i];
}

static void collection_grow(struct collection *collection)
{
    struct collection grown = *collection;

    grown.n_slots = collection->n_slots * 2;
    grown.slots = arena_array(grown.arena, grown.n_slots,
                              sizeof(*grown.slots));
    for (size_t i = 0; i < collection->n_slots; i++) {
        struct entry *entry = &collection->slots[i];

        if (!str_is_none(entry->word))
            *collection_slot(&grown, entry->word) = *entry;
    }
    *collection = grown;
}

static uint64_t first_bytes(struct str word)
{
    uint64_t first = 0;

    for (size_t i = 0; i < sizeof(first); i++)
        first = first << 8 |
                (i < word.len ? (unsigned char)word.ptr[i] : 0);
    return first;
}

static void collection_take(void *context, struct str word)
{
    struct collection *collection = context;
    struct entry *entry = collection_slot(collection, word);

    if (!str_is_none(entry->word))
        return;
    entry->word = arena_copy(collection->arena, word);
    entry->first = first_bytes(word);
    collection->len++;
    if (collection->len * 2 > collection->n_slots)
        collection_grow(collection);
}

static int entry_cmp(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    return str_cmp(left->word, right->word);
}

struct strs words_split(struct arena *arena, struct str text)
{
    struct collection collection = { .arena = arena, .n_slots = SLOTS_MIN };
    struct str *items;
    size_t len = 0;

    while (collection.n_slots * BYTES_PER_SLOT < text.len)
        collection.n_slots *= 2;
    collection.slots = arena_array(arena, collection.n_slots,
                                   sizeof(*collection.slots));
    split(text, false, collection_take, &collection);
    for (size_t i = 0; i < collection.n_slots; i++) {
        if (!str_is_none(collection.slots[i].word))
            collection.slots[len++] = collection.slots[i];
    }
    assert(len == collection.len);
    qsort(collection.slots, len, sizeof(*collection.slots), entry_cmp);
    items = arena_array(arena, len, sizeof(*items));
    for (size_t i = 0; i < len; i++)
        items[i] = collection.slots[i].word;
    return (struct strs){ items, len };
}

struct term_list {
    struct arena *arena;
    struct str *items;
    size_t len;
};

static void term_take(void *context, struct str word)
{
    struct term_list *terms = context;

    if (terms->len == SEARCH_TERMS_MAX)
        return;
    for (size_t i = 0; i < terms->len; i++) {
        if (str_eq(terms->items[i], word))
            return;
    }
    terms->items[terms->len++] = arena_copy(terms->arena, word);
}

struct strs words_terms(struct arena *arena, struct str query)
{
    struct term_list terms = {
        .arena = arena,
        .items = arena_array(arena, SEARCH_TERMS_MAX, sizeof(struct str)),
    };

    split(query, true, term_take, &terms);
    return (struct strs){ terms.items, terms.len };
}

/* A whole word counts more than a beginning, the title more than the notes. */
enum {
    SCORE_NOTES_BEGINNING = 1,
    SCORE_NOTES_WORD = 2,
    SCORE_TITLE_BEGINNING = 10,
    SCORE_TITLE_WORD = 20,
    SCORE_TITLE_ONLY = 5
};

/* 0: no word begins with it; 1: one does; 2: it is one of the words. */
static int term_fit(struct str term, struct strs words)
{
    size_t low = 0, high = words.len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_cmp(words.items[middle], term) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == words.len || !str_starts(words.items[low], term))
        return 0;
    return words.items[low].len == term.len ? 2 : 1;
}

int words_score(struct strs terms, const struct task *task)
{
    static const int title_scores[] = { 0, SCORE_TITLE_BEGINNING,
                                        SCORE_TITLE_WORD };
    static const int notes_scores[] = { 0, SCORE_NOTES_BEGINNING,
                                        SCORE_NOTES_WORD };
    int score = 0;

    for (size_t i = 0; i < terms.len; i++) {
        int title = term_fit(terms.items[i], task->title_words);
        int notes = term_fit(terms.items[i], task->notes_words);

        if (title == 0 && notes == 0)
            return 0;
        score += title_scores[title] + notes_scores[notes];
    }
    if (terms.len > 0 && task->title_words.len == terms.len)
        score += SCORE_TITLE_ONLY;
    return score;
}
