/* The one way to read a whole number from text. */
#ifndef STEADY_BASE_NUM_H
#define STEADY_BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Decimal, an optional '-', no spaces, min <= n <= max; false leaves *out. */
bool num_parse(struct str text, int64_t min, int64_t max, int64_t *out);
/* The value of a hexadecimal digit in either case, or -1. */
int num_hex_digit(char c);

#endif
