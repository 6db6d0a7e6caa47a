/* SPDX-License-Identifier: Apache-2.0
 * The one error struct. Functions return 0, or -1 after filling it once.
 */
#ifndef HW_ERR_H
#define HW_ERR_H

#include <stdint.h>

#include "buf.h"

enum hw_error_kind {
  HW_OK = 0,
  HW_ERR_USAGE,     /* the caller misuses the library or names an unknown thing */
  HW_ERR_CHECK,     /* arguments do not fit the operation's row */
  HW_ERR_AUTH,      /* no, unreadable or refused credentials */
  HW_ERR_TRANSPORT, /* no answer: connect, TLS, reset */
  HW_ERR_TIMEOUT,
  HW_ERR_API,       /* the service answered with an error */
  HW_ERR_DECODE,    /* the answer cannot be read */
  HW_ERR_CANCELLED,
  HW_ERR_MEMORY
};

struct hw_error {
  enum hw_error_kind kind;
  int status;             /* HTTP status, 0 without an answer */
  int attempts;           /* how often the request was sent */
  int retryable;          /* trying later may succeed */
  int in_doubt;           /* a mutation may have had its effect */
  int64_t retry_after_ms; /* what the service asked for, or 0 */
  int64_t limit, limit_ms; /* calls in a stretch of time, as a refusal for rate stated it, or 0; kept also on success */
  char code[96];          /* the service's own code */
  char request_id[96];
  char operation[96];     /* "ddm.create_instance" */
  struct hw_buf message;  /* one clear text, secrets masked */
  struct hw_buf remedy;   /* what to do, or empty */
  struct hw_buf problems; /* HW_ERR_CHECK: "path\tmessage\n" each */
  struct hw_buf warnings; /* "path\tmessage\n" each; kept also on success */
};

/* Forgets everything, keeps memory. */
void hw_error_clear(struct hw_error *e);

/* Gives the memory back. */
void hw_error_free(struct hw_error *e);

/* Sets kind and message (replacing them) and returns -1, so that
 * `return hw_fail(e, ...)` reads well. `e` may be NULL. */
int hw_fail(struct hw_error *e, enum hw_error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the remedy; returns -1. */
int hw_remedy(struct hw_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory (or over a cap): -1. */
int hw_fail_memory(struct hw_error *e);

/* The message; where memory ended before one could be written, that. */
const char *hw_error_message(const struct hw_error *e);

/* "usage", "check", ... */
const char *hw_error_word(enum hw_error_kind kind);

/* Copies into a fixed array, cutting at its end, but no UTF-8 character in two. */
void hw_copy(char *to, size_t size, const char *from, size_t len);

#endif
