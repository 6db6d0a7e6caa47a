/* SPDX-License-Identifier: Apache-2.0
 * What hwdb.h hands out as JSON text.
 */
#ifndef HW_HWDB_TEXT_H
#define HW_HWDB_TEXT_H

#include "err.h"
#include "json.h"

/* Appends the error as the JSON object that hwdb.h describes; -1 without memory. */
int hw_text_error(const struct hw_error *e, struct hw_buf *to);

/* Appends "path\tmessage\n" lines as a JSON array of "path: message" texts. */
int hw_text_warnings(const struct hw_buf *lines, struct hw_buf *to);

/* Puts the error, as text that the caller frees, into *error where `error` is not
 * NULL, and gives the struct's memory back. Returns NULL, for `return` lines. */
void *hw_text_give_error(struct hw_error *e, char **error);

/* An object from text; NULL text is an empty one. NULL after filling `e`, whose
 * message calls the text `what`. */
struct cJSON *hw_text_object(const char *text, const char *what, struct hw_error *e);

#endif
