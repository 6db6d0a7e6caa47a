/* SPDX-License-Identifier: Apache-2.0
 * Bytes that grow up to a cap.
 */
#ifndef HW_BUF_H
#define HW_BUF_H

#include <stdarg.h>
#include <stddef.h>

#define HW_BUF_DEFAULT_MAX ((size_t)64 << 20)

/* Always ends in a NUL that `len` does not count. A failed append (cap or
 * memory) frees the bytes and sets `failed`; every later append fails too, so a
 * run of appends is checked once, at its end. */
struct hw_buf {
  char *data;
  size_t len, cap;
  size_t max; /* 0: HW_BUF_DEFAULT_MAX */
  int failed;
};

/* A zeroed struct is an empty buffer with the default cap. */
void hw_buf_init(struct hw_buf *b, size_t max);

/* Gives the memory back; the buffer is empty again and usable. */
void hw_buf_free(struct hw_buf *b);

/* Forgets the bytes and a failure, keeps the memory. */
void hw_buf_clear(struct hw_buf *b);

/* Like hw_buf_free, but overwrites the bytes first: for secrets. */
void hw_buf_wipe(struct hw_buf *b);

/* All return 0, or -1 when the buffer has failed. */
int hw_buf_add(struct hw_buf *b, const void *bytes, size_t len);
int hw_buf_adds(struct hw_buf *b, const char *text);
int hw_buf_addc(struct hw_buf *b, char c);
int hw_buf_addf(struct hw_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
int hw_buf_vaddf(struct hw_buf *b, const char *format, va_list args);

/* Room for `len` more bytes at data + b->len (the caller then raises b->len and
 * ends it with NUL); NULL when the buffer has failed. */
char *hw_buf_room(struct hw_buf *b, size_t len);

/* The text, never NULL. */
const char *hw_buf_text(const struct hw_buf *b);

#endif
