/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the JSON reader: what it accepts must come out of a tree in a form that
 * is read again and stays the same from then on.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(int holds) {
  if (!holds)
    abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct hw_error e = { 0 };
  struct hw_buf once = { 0 }, twice = { 0 };
  struct cJSON *tree = hw_json_parse((const char *)data, size, &e), *again;
  if (tree) {
    must(!hw_json_write(tree, &once));
    again = hw_json_parse(hw_buf_text(&once), once.len, &e);
    must(again != NULL);
    must(!hw_json_write(again, &twice));
    must(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    hw_json_free(again);
  } else {
    must(e.kind == HW_ERR_DECODE);
  }
  hw_json_free(tree);
  hw_buf_free(&once);
  hw_buf_free(&twice);
  hw_error_free(&e);
  return 0;
}
