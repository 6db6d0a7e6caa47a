/* SPDX-License-Identifier: Apache-2.0
 * Looking up error codes in the tables. The tables are small and read once a
 * failed call, so a walk is enough.
 */
#include "api/errors.h"

#include <string.h>

static const struct hw_error_row *service_rows(const char *service) {
  if (!service) return NULL;
  if (strcmp(service, "ddm") == 0) return hw_errors_ddm;
  if (strcmp(service, "dws") == 0) return hw_errors_dws;
  if (strcmp(service, "dbss") == 0) return hw_errors_dbss;
  return NULL;
}

/* Some regions spell a code APIG.0301, others APIGW.0301. */
static const char *gateway_number(const char *code) {
  if (strncmp(code, "APIGW.", 6) == 0) return code + 6;
  if (strncmp(code, "APIG.", 5) == 0) return code + 5;
  return NULL;
}

static int same_code(const char *a, const char *b) {
  const char *na = gateway_number(a), *nb = gateway_number(b);
  if (na && nb) return strcmp(na, nb) == 0;
  return strcmp(a, b) == 0;
}

/* A row about a status alone says nothing of another status. */
static const struct hw_error_row *find(const struct hw_error_row *rows, const char *code, int status) {
  const struct hw_error_row *any = NULL, *first = NULL;
  for (; rows && rows->code; rows++) {
    if (!same_code(rows->code, code)) continue;
    if (rows->status == status) return rows;
    if (rows->status == 0 && !any) any = rows;
    if (!first) first = rows;
  }
  if (*code == '\0') return NULL;
  return any ? any : first;
}

const struct hw_error_row *hw_error_lookup(const char *service, const char *code, int status) {
  if (!code) code = "";
  const struct hw_error_row *row = find(service_rows(service), code, status);
  return row ? row : find(hw_errors_common, code, status);
}

/* What a message makes of a code that says nothing by itself. */
static const struct {
  const char *service, *fragment;
  struct hw_error_row row;
} told[] = {
    { "dws", "logical cluster is not existed",
      { "DWS.9999", 0, HW_NOT_FOUND, "the logical cluster does not exist", "Check the logical cluster's ID." } },
    { "dws", "logical cluster already existed",
      { "DWS.9999", 0, HW_EXISTS, "a logical cluster of this name exists already", "Choose another name." } },
    { "dws", "the first logical cluster can't be deleted",
      { "DWS.9999", 0, HW_BAD_STATE, "the first logical cluster stays as long as the cluster",
        "Delete another logical cluster, or the cluster." } },
    { "dws", "DWS.7023",
      { "DWS.9999", 0, HW_BUSY, "the logical cluster is being restarted",
        "Wait until no task runs on the cluster, then try again." } },
};

const struct hw_error_row *hw_error_explain(const char *service, const char *code, int status, const char *message) {
  for (size_t i = 0; i < sizeof told / sizeof *told; i++)
    if (service && code && message && strcmp(told[i].service, service) == 0 && strcmp(told[i].row.code, code) == 0 &&
        strstr(message, told[i].fragment))
      return &told[i].row;
  return hw_error_lookup(service, code, status);
}

const char *hw_error_class_word(enum hw_error_class class) {
  switch (class) {
    case HW_NOT_FOUND: return "not_found";
    case HW_EXISTS: return "exists";
    case HW_BUSY: return "busy";
    case HW_QUOTA: return "quota";
    case HW_DENIED: return "denied";
    case HW_BAD_ARGUMENT: return "bad_argument";
    case HW_BAD_STATE: return "bad_state";
    case HW_THROTTLED: return "throttled";
    case HW_SERVER: return "server";
    case HW_CLASS_NONE: break;
  }
  return "";
}
