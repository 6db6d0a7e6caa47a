/* SPDX-License-Identifier: Apache-2.0
 * Bytes that grow up to a cap. Knows nothing of what the bytes mean.
 */
#define _DEFAULT_SOURCE
#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hw_buf_init(struct hw_buf *b, size_t max) {
  memset(b, 0, sizeof *b);
  b->max = max;
}

void hw_buf_free(struct hw_buf *b) {
  free(b->data);
  hw_buf_init(b, b->max);
}

void hw_buf_clear(struct hw_buf *b) {
  b->len = 0;
  b->failed = 0;
  if (b->data)
    b->data[0] = '\0';
}

void hw_buf_wipe(struct hw_buf *b) {
  if (b->data)
    explicit_bzero(b->data, b->cap);
  hw_buf_free(b);
}

static int fail(struct hw_buf *b) {
  hw_buf_free(b);
  b->failed = 1;
  return -1;
}

static int grow(struct hw_buf *b, size_t need) {
  size_t cap = b->cap ? b->cap : 64;
  char *data;
  while (cap < need + 1)
    cap *= 2;
  if (!(data = realloc(b->data, cap)))
    return fail(b);
  b->data = data;
  b->cap = cap;
  return 0;
}

char *hw_buf_room(struct hw_buf *b, size_t len) {
  size_t max = b->max ? b->max : HW_BUF_DEFAULT_MAX;
  if (b->failed || b->len > max || len > max - b->len)
    return fail(b), NULL;
  if (b->len + len + 1 > b->cap && grow(b, b->len + len))
    return NULL;
  return b->data + b->len;
}

int hw_buf_add(struct hw_buf *b, const void *bytes, size_t len) {
  char *at = hw_buf_room(b, len);
  if (!at)
    return -1;
  if (len)
    memcpy(at, bytes, len);
  b->len += len;
  b->data[b->len] = '\0';
  return 0;
}

int hw_buf_adds(struct hw_buf *b, const char *text) {
  return hw_buf_add(b, text, strlen(text));
}

int hw_buf_addc(struct hw_buf *b, char c) {
  return hw_buf_add(b, &c, 1);
}

int hw_buf_vaddf(struct hw_buf *b, const char *format, va_list args) {
  va_list again;
  int len;
  char *at;
  va_copy(again, args);
  len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0)
    return fail(b);
  if (!(at = hw_buf_room(b, (size_t)len)))
    return -1;
  vsnprintf(at, (size_t)len + 1, format, args);
  b->len += (size_t)len;
  return 0;
}

int hw_buf_addf(struct hw_buf *b, const char *format, ...) {
  va_list args;
  int result;
  va_start(args, format);
  result = hw_buf_vaddf(b, format, args);
  va_end(args);
  return result;
}

const char *hw_buf_text(const struct hw_buf *b) {
  return b->data ? b->data : "";
}
