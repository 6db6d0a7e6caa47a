/* SPDX-License-Identifier: Apache-2.0
 * The one error struct: filling and clearing it. Decides nothing about errors.
 */
#include "err.h"

#include <string.h>

void hw_error_clear(struct hw_error *e) {
  struct hw_buf message = e->message, remedy = e->remedy, problems = e->problems, warnings = e->warnings;
  memset(e, 0, sizeof *e);
  hw_buf_clear(&message);
  hw_buf_clear(&remedy);
  hw_buf_clear(&problems);
  hw_buf_clear(&warnings);
  e->message = message;
  e->remedy = remedy;
  e->problems = problems;
  e->warnings = warnings;
}

void hw_error_free(struct hw_error *e) {
  hw_buf_free(&e->message);
  hw_buf_free(&e->remedy);
  hw_buf_free(&e->problems);
  hw_buf_free(&e->warnings);
}

int hw_fail(struct hw_error *e, enum hw_error_kind kind, const char *format, ...) {
  va_list args;
  if (!e)
    return -1;
  e->kind = kind;
  hw_buf_clear(&e->message);
  va_start(args, format);
  hw_buf_vaddf(&e->message, format, args);
  va_end(args);
  return -1;
}

int hw_remedy(struct hw_error *e, const char *format, ...) {
  va_list args;
  if (!e)
    return -1;
  hw_buf_clear(&e->remedy);
  va_start(args, format);
  hw_buf_vaddf(&e->remedy, format, args);
  va_end(args);
  return -1;
}

int hw_fail_memory(struct hw_error *e) {
  return hw_fail(e, HW_ERR_MEMORY, "out of memory, or larger than the limit");
}

const char *hw_error_message(const struct hw_error *e) {
  return e->message.failed || (e->kind == HW_ERR_MEMORY && !e->message.len) ? "out of memory" : hw_buf_text(&e->message);
}

const char *hw_error_word(enum hw_error_kind kind) {
  static const char *const words[] = { "ok",  "usage",  "check",     "auth",   "transport", "timeout",
                                       "api", "decode", "cancelled", "memory" };
  return words[kind];
}

void hw_copy(char *to, size_t size, const char *from, size_t len) {
  if (len >= size)
    for (len = size - 1; len && ((unsigned char)from[len] & 0xc0) == 0x80; len--)
      ;
  memcpy(to, from, len);
  to[len] = '\0';
}
