/* SPDX-License-Identifier: Apache-2.0
 * Arguments against an operation's row. Every problem is found at once, each
 * with its path; nothing is changed and nothing is sent.
 */
#ifndef HW_CHECK_H
#define HW_CHECK_H

#include "err.h"
#include "json.h"
#include "model.h"

/* Checks `args` (an object; path, query, header and body parameters side by
 * side, "path.x" and the like picking one of several places) against the row.
 * What the row does not know may go to the query or the body, nowhere else.
 * Appends to e->warnings what is odd but goes out as given; with `strict` these
 * are problems. -1: HW_ERR_CHECK with e->problems and a message that lists them. */
int hw_check(const struct hw_op *op, const struct cJSON *args, int strict, struct hw_error *e);

/* The argument meant for a top-level field of a row: "place.name" before the
 * name before its alias; NULL if there is none. */
struct cJSON *hw_arg_find(const struct cJSON *args, const struct hw_field *field);

/* The argument that fills a placeholder of the path which is no parameter of its
 * row, {project_id} above all: "path.NAME" before NAME; NULL if there is none. */
struct cJSON *hw_arg_scope(const struct hw_op *op, const struct cJSON *args, const char *name);

/* 1 if an argument of this name fills such a placeholder. */
int hw_arg_is_scope(const struct hw_op *op, const char *key);

/* 1 if the argument name `key` is meant for `field`. */
int hw_arg_fits(const struct hw_field *field, const char *key);

/* Where an argument goes that the row does not know: HW_QUERY or HW_BODY, as
 * "query." or "body." before its name says, else by the method. *name is its
 * name there. */
unsigned hw_arg_unknown(const struct hw_op *op, const char *key, const char **name);

/* 1 if a value may stand in a path: not empty, not "." or "..", no "/", no
 * control characters. On 0 `why` says what is wrong. */
int hw_path_value_ok(const char *text, size_t len, const char **why);

#endif
