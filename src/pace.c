/* SPDX-License-Identifier: Apache-2.0
 * Pacing over a sliding window.
 */
#include "pace.h"

#include <stdlib.h>
#include <string.h>

int hw_pace_fix(struct hw_pace *p, size_t limit, int64_t window_ms) {
  int64_t *sent;
  if (limit > HW_PACE_MAX)
    limit = HW_PACE_MAX;
  if (limit == p->limit && window_ms == p->window_ms)
    return 0;
  if (!(sent = calloc(limit ? limit : 1, sizeof *sent)))
    return -1;
  free(p->sent);
  p->sent = sent;
  p->cap = limit;
  p->n = p->head = 0;
  p->limit = limit;
  p->window_ms = window_ms;
  return 0;
}

int64_t hw_pace_next(const struct hw_pace *p, int64_t now) {
  int64_t next = p->not_before > now ? p->not_before : now;
  if (p->limit && p->n == p->limit) {
    int64_t free_again = p->sent[p->head] + p->window_ms; /* head is the oldest of a full ring */
    if (free_again > next)
      next = free_again;
  }
  return next;
}

void hw_pace_sent(struct hw_pace *p, int64_t now) {
  if (!p->cap)
    return;
  p->sent[p->head] = now;
  p->head = (p->head + 1) % p->cap;
  if (p->n < p->cap)
    p->n++;
}

void hw_pace_hold(struct hw_pace *p, int64_t until) {
  if (until > p->not_before)
    p->not_before = until;
}

void hw_pace_free(struct hw_pace *p) {
  free(p->sent);
  memset(p, 0, sizeof *p);
}

static const char *number_after(const char *text, const char *word, long *value) {
  const char *at = strstr(text, word);
  char *end;
  if (!at)
    return NULL;
  *value = strtol(at + strlen(word), &end, 10);
  return *value > 0 && *value < 1000000 ? end : NULL;
}

int hw_pace_read(const char *message, size_t *limit, int64_t *window_ms) {
  static const struct {
    const char *word;
    int64_t ms;
  } units[] = { { "second", 1000 }, { "minute", 60000 }, { "hour", 3600000 }, { "day", 86400000 } };
  long calls, time;
  const char *at = number_after(message, "limit:", &calls);
  if (!at || !(at = number_after(at, "time:", &time)))
    return -1;
  at += strspn(at, " ");
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strncmp(at, units[i].word, strlen(units[i].word)) == 0) {
      *limit = (size_t)calls;
      *window_ms = time * units[i].ms;
      return 0;
    }
  return -1;
}
