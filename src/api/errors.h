/* SPDX-License-Identifier: Apache-2.0
 * Error codes of the services and of the gateway before them: what a code
 * means, what to do about it, and which class of failure it is.
 */
#ifndef HW_API_ERRORS_H
#define HW_API_ERRORS_H

enum hw_error_class {
  HW_CLASS_NONE, /* unknown, or no error at all (DWS.0000) */
  HW_NOT_FOUND,
  HW_EXISTS,
  HW_BUSY, /* refused without effect while something else runs: worth retrying later */
  HW_QUOTA,
  HW_DENIED, /* permission or credentials */
  HW_BAD_ARGUMENT,
  HW_BAD_STATE, /* illegal in the present state */
  HW_THROTTLED,
  HW_SERVER
};

struct hw_error_row {
  const char *code; /* "" in a row about the HTTP status alone; NULL ends a table */
  short status;     /* 0: any */
  enum hw_error_class class;
  const char *meaning;
  const char *remedy; /* one sentence */
};

/* Each ends with { 0 }. A code seen under several statuses stands once for each. */
extern const struct hw_error_row hw_errors_ddm[];
extern const struct hw_error_row hw_errors_dws[];
extern const struct hw_error_row hw_errors_dbss[];
extern const struct hw_error_row hw_errors_common[];

/* The row of a code as answered by `service` ("ddm", "dws", "dbss"; NULL or another
 * name: common codes only), or NULL for an unknown code. The service's table comes
 * before the common one; within a table the exact status comes before a row for any
 * status, and that before the code's first row. A gateway code is found spelt APIG or
 * APIGW. Without a code (NULL or "") the row of the status alone is returned. */
const struct hw_error_row *hw_error_lookup(const char *service, const char *code, int status);

/* As hw_error_lookup, but a few codes stand for several failures, and only the
 * service's message tells which (DWS.9999 of logical clusters). `message` may be NULL. */
const struct hw_error_row *hw_error_explain(const char *service, const char *code, int status, const char *message);

/* "not_found", "exists", "busy", "quota", "denied", "bad_argument", "bad_state",
 * "throttled", "server"; "" for HW_CLASS_NONE and for anything else. */
const char *hw_error_class_word(enum hw_error_class class);

#endif
