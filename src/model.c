/* SPDX-License-Identifier: Apache-2.0
 * Finding rows by name, and the words for their types. Holds no rows itself.
 */
#include "model.h"

#include <string.h>

#include "word.h"

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
    if (hw_lower(*name) != hw_lower(*asked))
      return 0;
  }
}

static int in_list(const char *list, const char *asked) {
  const char *name;
  size_t len;
  while ((name = hw_word_next(&list, &len)))
    if (same_name(name, len, asked))
      return 1;
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

static void try_rows(struct hw_nearest *n, const struct hw_chapter *c) {
  for (const struct hw_op *op = c->ops; op->name; op++) {
    hw_nearest_try(n, op->name, op->name);
    hw_nearest_try(n, op->sdk, op->name);
  }
}

const char *hw_op_suggest(const char *service, const char *name) {
  struct hw_nearest nearest;
  hw_nearest_start(&nearest, name);
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++) {
    if (!service)
      hw_nearest_try(&nearest, (*c)->service, (*c)->service);
    else if (strcmp((*c)->service, service) == 0)
      try_rows(&nearest, *c);
  }
  return nearest.answer;
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
