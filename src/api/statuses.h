/* SPDX-License-Identifier: Apache-2.0
 * What the statuses of the services' objects mean, and what a waiter makes of them.
 */
#ifndef HW_API_STATUSES_H
#define HW_API_STATUSES_H

struct hw_status_row {
  const char *service, *object, *value; /* value as answered; numbers as text */
  const char *meaning;
  char phase; /* 't' at rest, often the target; 'f' failure; 'p' pending; 'w' waits for a person */
};

/* Ends with { 0 }. Rows of one service and object stand together. A value that is
 * not listed counts as pending: services add statuses, and waiters that list the
 * pending ones break on them. Whether a state at rest is the one waited for is the
 * caller's to say (DELETED is at rest, but no success of a creation). */
extern const struct hw_status_row hw_status_rows[];

#endif
