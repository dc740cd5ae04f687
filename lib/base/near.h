/*
 * "Did you mean …": the nearest of some words to a mistyped one.
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

/*
 * The word nearest to text by restricted Damerau-Levenshtein distance, case
 * folded; NULL if none is near enough to be meant (a third of its length,
 * at least one edit). words holds n pointers; NULL ones are passed over.
 */
const char *near_word(const char *text, const char *const *words, size_t n);

#endif
