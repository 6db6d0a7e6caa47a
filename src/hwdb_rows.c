/* SPDX-License-Identifier: Apache-2.0
 * The rows as JSON for the C interface.
 */
#include "hwdb.h"
#include "hwdb_text.h"
#include "model.h"
#include "rows.h"

static int refuse(const char *service, const char *name, struct hw_error *e) {
  int known = service && hw_service_known(service);
  const char *near = service ? hw_op_suggest(known ? service : NULL, known ? name : service) : NULL;
  if (!service)
    return hw_fail(e, HW_ERR_USAGE, "an operation's name needs its service beside it");
  return hw_fail(e, HW_ERR_USAGE, "unknown %s %s%s%s%s%s%s", known ? "operation" : "service", service, known ? "." : "",
                 known ? name : "", near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

char *hwdb_api_json(const char *service, const char *name, char **error) {
  struct hw_error e = { 0 };
  struct hw_buf text = { 0 };
  struct hw_rows_wanted wanted = { service && name ? hw_op_find(service, name) : NULL, service };
  struct cJSON *tree;
  if ((name && !wanted.op) || (service && !hw_service_known(service))) {
    refuse(service, name, &e);
    return hw_text_give_error(&e, error);
  }
  tree = hw_json_gather(hw_rows_tell, &wanted);
  if (!tree || hw_json_write(tree, &text))
    hw_fail_memory(&e);
  hw_json_free(tree);
  return e.kind ? hw_text_give_error(&e, error) : text.data;
}
