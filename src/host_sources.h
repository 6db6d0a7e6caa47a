/* SPDX-License-Identifier: Apache-2.0
 * The Lua sources that the host carries, made at build time.
 */
#ifndef HW_HOST_SOURCES_H
#define HW_HOST_SOURCES_H

struct host_source {
  const char *name; /* "hwdb.sim" for a module, "script:ddm_shard_migration" for a shipped script */
  const unsigned char *text;
  unsigned len;
};

/* Sorted by name in byte order. */
extern const struct host_source host_sources[];
extern const unsigned host_source_count;

/* NULL if there is none of that name. */
const struct host_source *host_source_find(const char *name);

#endif
