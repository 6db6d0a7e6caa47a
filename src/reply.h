/* SPDX-License-Identifier: Apache-2.0
 * What an answer means. Pure: reads status, header lines and body.
 */
#ifndef HW_REPLY_H
#define HW_REPLY_H

#include "api/errors.h"
#include "err.h"
#include "model.h"

struct hw_reply {
  int status;
  const char *head; /* raw header lines */
  const char *body;
  size_t body_len;
};

/* Finds a header's value in raw header lines; NULL if absent. Blanks around it
 * are not counted. */
const char *hw_head_find(const char *head, const char *name, size_t *len);

/* Fills `e` from an answer that is an error (status outside 2xx): HW_ERR_API
 * with the service's code and message from any of the bodies in use, HTML and
 * empty ones included; request id, Retry-After, remedy of the code. -1. */
int hw_reply_error(const char *service, const struct hw_reply *r, struct hw_error *e);

/* 0 if a 2xx answer of this operation is a success; -1 after filling `e` when it
 * holds a failure all the same (workload_res_code, ret_code, error_code,
 * result and others). `op` NULL: a call without a row, judged by its service. */
int hw_reply_judge(const char *service, const struct hw_op *op, const struct hw_reply *r, struct hw_error *e);

/* What is known of an error that a service answered, by its status, code and message;
 * NULL if nothing. `service` NULL: the one its operation names. */
const struct hw_error_row *hw_reply_row(const char *service, const struct hw_error *e);

/* 1 if the service was busy or throttled: refused without any effect. */
int hw_reply_without_effect(const char *service, const struct hw_error *e);

/* 1 if a server error may pass by itself: its code, if known, does not speak of
 * the request (a missing queue answers 500, too). */
int hw_reply_may_pass(const char *service, const struct hw_error *e);

#endif
