/*
 * Words for search: what is typed and what is kept go through the same fold
 * (NFKD, case fold, accents and points removed: utf8proc), so "CAFE" finds
 * "café". Marks that spell stay: vowel signs, viramas, voicing, tones. A word
 * is a run of letters, digits and such marks. Apostrophes do not part a word:
 * "don't" is "dont". Scripts without spaces (Han, Kana, Thai, Lao, Khmer,
 * Burmese) are cut into overlapping pairs. A symbol such as an emoji is a word
 * of its own, without skin tone and joiners.
 */
#ifndef STEADY_DOMAIN_WORDS_H
#define STEADY_DOMAIN_WORDS_H

#include "base/arena.h"
#include "base/str.h"

struct task;

enum {
    WORD_BYTES_MAX = 48,  /* longer words are cut, at a code point */
    SEARCH_QUERY_MAX = 200, /* code points of a query */
    SEARCH_TERMS_MAX = 8   /* further terms are ignored */
};

/* Distinct words in bytewise order. */
struct strs words_split(struct arena *arena, struct str text);
/* Terms of a query, in the order typed, distinct, at most SEARCH_TERMS_MAX. */
struct strs words_terms(struct arena *arena, struct str query);
/*
 * How well a task fits: 0 if some term begins no word of it; more for words
 * of the title, for whole words, and for a title of no other words. Higher is
 * better.
 */
int words_score(struct strs terms, const struct task *task);

#endif
