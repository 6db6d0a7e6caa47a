/* SPDX-License-Identifier: Apache-2.0
 * Words: compared without regard to case, found in a list, and the nearest to a
 * mistyped one. Case is ASCII's, whatever the program's locale.
 */
#ifndef HW_WORD_H
#define HW_WORD_H

#include <stddef.h>

static inline char hw_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Order of two texts by their lower-case octets: below, at or above 0. */
static inline int hw_word_order(const char *a, const char *b) {
  while (*a && hw_lower(*a) == hw_lower(*b))
    a++, b++;
  return hw_lower(*a) - hw_lower(*b);
}

/* 1 if `text` begins with the `len` octets of `word`, none of which is NUL. */
static inline int hw_word_begins(const char *text, const char *word, size_t len) {
  size_t i = 0;
  while (i < len && hw_lower(text[i]) == hw_lower(word[i]))
    i++;
  return i == len;
}

/* The next word of a list "A|B", which is moved past it; NULL at its end. `*list`
 * may be NULL: no words. */
const char *hw_word_next(const char **list, size_t *len);

/* 1 if the list holds the very word. */
int hw_word_listed(const char *list, const char *word);

/* The nearest of some candidates: at most a third of the asked word's letters
 * wrong, two at least (one where it has three or fewer), a swap of neighbours
 * being one; or a candidate that the word, three letters or more, begins. The
 * first of equally near ones stays. Words of more than 63 octets are near to nothing. */
struct hw_nearest {
  const char *asked;
  const char *answer; /* NULL until one is near */
  unsigned bound;     /* what the next must stay below */
};
void hw_nearest_start(struct hw_nearest *n, const char *asked);

/* Takes `answer` if `candidate` (NULL: none) is nearer than what came before. */
void hw_nearest_try(struct hw_nearest *n, const char *candidate, const char *answer);

#endif
