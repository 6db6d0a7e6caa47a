/* SPDX-License-Identifier: Apache-2.0
 * Finding rows by name, and the words for their types. Holds no rows itself.
 */
#include "model.h"

#include <string.h>

static int lower(int c) {
  return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int word_char(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "MigrateLogicDb" is "migrate_logic_db": underscores and case do not tell names apart. */
static int same_name(const char *name, size_t len, const char *asked) {
  const char *end = name + len;
  for (;; name++, asked++) {
    while (name < end && *name == '_')
      name++;
    while (*asked == '_')
      asked++;
    if (name == end || !*asked)
      return name == end && !*asked;
    if (lower(*name) != lower(*asked))
      return 0;
  }
}

static int in_list(const char *list, const char *asked) {
  while (list && *list) {
    size_t len = strcspn(list, "|");
    if (same_name(list, len, asked))
      return 1;
    list += len + (list[len] == '|');
  }
  return 0;
}

static const struct hw_op *find(const char *service, const char *name, int (*fits)(const struct hw_op *, const char *)) {
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++) {
    if (strcmp((*c)->service, service) != 0)
      continue;
    for (const struct hw_op *op = (*c)->ops; op->name; op++)
      if (fits(op, name))
        return op;
  }
  return NULL;
}

static int fits_exactly(const struct hw_op *op, const char *name) {
  return strcmp(op->name, name) == 0;
}

/* Versioned twins such as delete_instance and delete_instance_v3 differ in more
 * than underscores, so comparing without them is safe. */
static int fits_loosely(const struct hw_op *op, const char *name) {
  return same_name(op->name, strlen(op->name), name) || (op->sdk && same_name(op->sdk, strlen(op->sdk), name)) ||
         in_list(op->alias, name);
}

const struct hw_op *hw_op_find(const char *service, const char *name) {
  const struct hw_op *op = find(service, name, fits_exactly);
  return op || !word_char(name[0]) ? op : find(service, name, fits_loosely);
}

/* Of all arrays of rows the one that begins nearest before the row is its own;
 * walking through the rows would cost a call more than checking its arguments. */
const struct hw_chapter *hw_op_chapter(const struct hw_op *op) {
  const struct hw_chapter *best = NULL;
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++)
    if ((uintptr_t)(*c)->ops <= (uintptr_t)op && (!best || (uintptr_t)(*c)->ops > (uintptr_t)best->ops))
      best = *c;
  return best;
}

int hw_service_known(const char *service) {
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++)
    if (strcmp((*c)->service, service) == 0)
      return 1;
  return 0;
}

/* Edit distance with a bound; both texts at most 63 bytes. */
static unsigned distance(const char *a, const char *b) {
  unsigned char row[64];
  size_t la = strlen(a), lb = strlen(b);
  if (la > 63 || lb > 63)
    return 64;
  for (size_t j = 0; j <= lb; j++)
    row[j] = (unsigned char)j;
  for (size_t i = 1; i <= la; i++) {
    unsigned diagonal = row[0];
    row[0] = (unsigned char)i;
    for (size_t j = 1; j <= lb; j++) {
      unsigned best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
      diagonal = row[j];
      if (row[j] + 1u < best)
        best = row[j] + 1u;
      if (row[j - 1] + 1u < best)
        best = row[j - 1] + 1u;
      row[j] = (unsigned char)best;
    }
  }
  return row[lb];
}

static void nearer(const char *candidate, const char *asked, const char *answer, const char **best, unsigned *least) {
  unsigned d = candidate ? distance(candidate, asked) : 64;
  if (d < *least) {
    *least = d;
    *best = answer;
  }
}

const char *hw_op_suggest(const char *service, const char *name) {
  size_t len = strlen(name);
  unsigned least = (unsigned)(len < 6 ? 3 : len / 2 + 1);
  const char *best = NULL;
  if (len > 63)
    return NULL;
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++) {
    if (!service) {
      nearer((*c)->service, name, (*c)->service, &best, &least);
      continue;
    }
    if (strcmp((*c)->service, service) != 0)
      continue;
    for (const struct hw_op *op = (*c)->ops; op->name; op++) {
      nearer(op->name, name, op->name, &best, &least);
      nearer(op->sdk, name, op->name, &best, &least);
    }
  }
  return best;
}

const char *hw_type_word(enum hw_type type) {
  static const char *const words[] = { "", "string", "integer", "number", "boolean", "array", "object", "map" };
  return words[type];
}

const char *hw_kind_word(enum hw_kind kind) {
  static const char *const words[] = { "", "query", "set", "create", "delete", "pulse" };
  return words[kind];
}

const char *hw_page_word(enum hw_page_style style) {
  static const char *const words[] = { "", "index", "page", "number", "marker" };
  return words[style];
}

const char *hw_place_word(unsigned flags) {
  return flags & HW_PATH ? "path" : flags & HW_QUERY ? "query" : flags & HW_HEADER ? "header" : "body";
}
