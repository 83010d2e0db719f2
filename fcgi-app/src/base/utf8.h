/* UTF-8 (RFC 3629): validation and counting. Folding is domain/words.h. */
#ifndef STEADY_BASE_UTF8_H
#define STEADY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Length in bytes of the valid sequence at the start of s, 0 if there is none
 * (overlong forms, surrogates and values above U+10FFFF are not valid). The
 * code point goes to *code unless that is NULL.
 */
size_t utf8_next(struct str s, uint32_t *code);
bool utf8_is_valid(struct str s);
size_t utf8_count(struct str s); /* code points of a valid string */

#endif
