/* SPDX-License-Identifier: Apache-2.0
 * Percent-encoding, and the canonical forms that a signature covers.
 */
#ifndef HW_URI_H
#define HW_URI_H

#include "buf.h"

/* Appends text with every octet but A-Z a-z 0-9 _ . - ~ as %XX. */
int hw_uri_encode(struct hw_buf *to, const char *text, size_t len);

/* Appends the octets that %XX stand for; -1 if a % is not followed by two hex
 * digits. A "+" is a plus. */
int hw_uri_decode(struct hw_buf *to, const char *text, size_t len);

/* Appends a path as given on the wire with each segment encoded exactly once. */
int hw_uri_canonical_path(struct hw_buf *to, const char *path, size_t len);

/* Appends a query as given on the wire (without "?") decoded, sorted by key then
 * value as raw octets, and encoded again; every pair gets its "=". */
int hw_uri_canonical_query(struct hw_buf *to, const char *query, size_t len);

/* Sorts n already encoded pairs "key=value" in the order of their raw octets and
 * appends them joined by "&". `pairs` are offsets of NUL-terminated texts. */
struct hw_uri_pair {
  const char *key, *value; /* raw */
  size_t key_len, value_len;
};
int hw_uri_join_query(struct hw_buf *to, struct hw_uri_pair *pairs, size_t n);

/* The parts of an http or https URL, pointing into it; -1 if it is none. `host`
 * holds the port where the URL names one. No user info is accepted. */
struct hw_url {
  const char *scheme, *host, *path, *query; /* query without "?", NULL if absent */
  size_t scheme_len, host_len, path_len, query_len;
};
int hw_url_split(const char *url, struct hw_url *parts);

#endif
