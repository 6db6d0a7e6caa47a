/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the rows' pattern language: a pattern, a line end, a text. A pattern of
 * plain characters matches itself; one that is not of the language does no harm.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static int is_plain(const char *pattern) {
  return !strpbrk(pattern, "^$()|*+?{}[]\\.");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  char *pattern, *text;
  if (size > 64 || !(pattern = malloc(size + 1))) /* longer ones only repeat themselves, with time */
    return 0;
  memcpy(pattern, data, size);
  pattern[size] = '\0';
  text = strchr(pattern, '\n');
  if (text)
    *text++ = '\0';
  if (hw_pattern_ok(pattern)) {
    if (is_plain(pattern) && !hw_pattern_match(pattern, pattern, strlen(pattern)))
      abort();
    if (text)
      hw_pattern_match(pattern, text, size - (size_t)(text - pattern));
  }
  free(pattern);
  return 0;
}
