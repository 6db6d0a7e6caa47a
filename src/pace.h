/* SPDX-License-Identifier: Apache-2.0
 * How many calls go out in a stretch of time. Pure: the time is a parameter.
 */
#ifndef HW_PACE_H
#define HW_PACE_H

#include <stddef.h>
#include <stdint.h>

#define HW_PACE_MAX 10000 /* calls remembered */

struct hw_pace {
  int64_t *sent; /* a ring of the last `cap` times */
  size_t cap, n, head;
  size_t limit;      /* calls allowed in a window; 0: no pacing */
  int64_t window_ms;
  int64_t not_before; /* after a refusal */
};

/* Allows `limit` calls in each window. -1 without memory. */
int hw_pace_fix(struct hw_pace *p, size_t limit, int64_t window_ms);

/* The earliest time at which the next call may go, `now` if at once. */
int64_t hw_pace_next(const struct hw_pace *p, int64_t now);

/* A call goes out. */
void hw_pace_sent(struct hw_pace *p, int64_t now);

/* The service refused for rate: nothing goes before `until`. */
void hw_pace_hold(struct hw_pace *p, int64_t until);

void hw_pace_free(struct hw_pace *p);

/* Reads "limit:200,time:5 minute" anywhere in a gateway's text. 0 if found. */
int hw_pace_read(const char *message, size_t *limit, int64_t *window_ms);

#endif
