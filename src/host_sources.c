/* SPDX-License-Identifier: Apache-2.0
 * Finds an embedded Lua source. The table itself is made at build time.
 */
#include "host_sources.h"

#include <string.h>

const struct host_source *host_source_find(const char *name) {
  unsigned low = 0, high = host_source_count;
  while (low < high) {
    unsigned middle = low + (high - low) / 2;
    int order = strcmp(name, host_sources[middle].name);
    if (order == 0)
      return &host_sources[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}
