/* SPDX-License-Identifier: Apache-2.0
 * Why a request was answered with 401.
 */
#ifndef HW_DIAGNOSE_H
#define HW_DIAGNOSE_H

#include <stdint.h>

#include "buf.h"

#define HW_CLOCK_TOLERANCE_MS ((int64_t)15 * 60 * 1000) /* what the gateway forgives */

enum hw_401 {
  HW_401_OTHER,     /* refused for a reason that nothing here cures */
  HW_401_CLOCK,     /* correct the clock by the offset, sign anew, once */
  HW_401_SIGNATURE, /* keys or canonical request are wrong */
  HW_401_TOKEN      /* log in or refresh the temporary keys, try again once */
};

/* Any text may be NULL. */
struct hw_refusal {
  const char *code, *message; /* of the service's error */
  const char *date;           /* the answer's Date header */
  const char *canonical;      /* the canonical request as signed; NULL if it was not */
  int with_token;             /* the request carried a token instead of a signature */
  int64_t now_ms;             /* Unix time when the answer came, by the clock that dates requests */
};

/* Returns an hw_401 and appends to `explanation` one sentence with the cause and
 * one with the remedy. For HW_401_CLOCK *clock_offset_ms is what to add to the
 * clock (from the message's server time, else the Date header); otherwise 0.
 *
 * A mismatch of signatures is explained by comparing the canonical request that
 * the gateway echoes with r->canonical: the first line that differs is named
 * with both versions (tokens never shown). If they agree the secret key is wrong,
 * unless the Date header shows a clock off by more than 15 minutes: then
 * that is tried first. */
int hw_diagnose_401(const struct hw_refusal *r, int64_t *clock_offset_ms, struct hw_buf *explanation);

/* Appends the service's message without the canonical request it may echo,
 * since that can hold a security token. */
int hw_message_without_echo(const char *message, struct hw_buf *to);

#endif
