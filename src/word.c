/* SPDX-License-Identifier: Apache-2.0
 * Lists of words and the nearest word. Knows nothing of what they name.
 */
#include "word.h"

#include <string.h>

#define LETTERS_MAX 63

const char *hw_word_next(const char **list, size_t *len) {
  const char *word = *list;
  if (!word || !*word)
    return NULL;
  *len = strcspn(word, "|");
  *list = word + *len + (word[*len] == '|');
  return word;
}

int hw_word_listed(const char *list, const char *word) {
  const char *each;
  size_t len = strlen(word), n;
  while ((each = hw_word_next(&list, &n)))
    if (n == len && memcmp(each, word, n) == 0)
      return 1;
  return 0;
}

static unsigned least_of(unsigned a, unsigned b) {
  return a < b ? a : b;
}

/* Letters to change, add, leave out or swap with their neighbour, from `a` to `b`. */
static unsigned distance(const char *a, size_t la, const char *b, size_t lb) {
  unsigned char rows[3][LETTERS_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
  for (size_t j = 0; j <= lb; j++)
    last[j] = (unsigned char)j;
  for (size_t i = 1; i <= la; i++) {
    unsigned char *free_row = before;
    row[0] = (unsigned char)i;
    for (size_t j = 1; j <= lb; j++) {
      char x = hw_lower(a[i - 1]), y = hw_lower(b[j - 1]);
      unsigned least = least_of(last[j - 1] + (x == y ? 0u : 1u), least_of(last[j], row[j - 1]) + 1u);
      if (i > 1 && j > 1 && x == hw_lower(b[j - 2]) && y == hw_lower(a[i - 2]))
        least = least_of(least, before[j - 2] + 1u);
      row[j] = (unsigned char)least;
    }
    before = last;
    last = row;
    row = free_row;
  }
  return last[lb];
}

void hw_nearest_start(struct hw_nearest *n, const char *asked) {
  size_t len = strlen(asked);
  *n = (struct hw_nearest){ .asked = asked };
  if (len <= LETTERS_MAX)
    n->bound = len < 4 ? 2 : len < 9 ? 3 : (unsigned)(len / 3 + 1);
}

void hw_nearest_try(struct hw_nearest *n, const char *candidate, const char *answer) {
  size_t asked = strlen(n->asked), len = candidate ? strlen(candidate) : 0;
  int begun = len && asked >= 3 && hw_word_begins(candidate, n->asked, asked);
  unsigned d = (unsigned)(len > asked ? len - asked : asked - len);
  if (len > LETTERS_MAX || (d >= n->bound && !begun))
    return;
  d = begun ? d > 0 : distance(n->asked, asked, candidate, len);
  if (d < n->bound && d < asked) {
    n->bound = d;
    n->answer = answer;
  }
}
