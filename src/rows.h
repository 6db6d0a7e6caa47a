/* SPDX-License-Identifier: Apache-2.0
 * The rows in the shape that `hwdb api --json` prints, told as JSON events: whoever
 * takes them makes a tree, a text or a Lua value of them.
 */
#ifndef HW_ROWS_H
#define HW_ROWS_H

#include "json.h"
#include "model.h"

struct hw_rows_wanted {
  const struct hw_op *op; /* this row alone, else */
  const char *service;    /* a list of its rows, or of all where NULL */
};

/* A hw_json_source from a struct hw_rows_wanted. Members come in byte order of
 * their names; absent things are left out, truths only stated when true. */
int hw_rows_tell(const void *wanted, hw_json_sink sink, void *to);

#endif
