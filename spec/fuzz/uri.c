/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes URLs, percent-encoding and canonical forms: decoding undoes encoding,
 * and a canonical query is its own canonical query.
 */
#include <stdlib.h>
#include <string.h>

#include "uri.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(int holds) {
  if (!holds)
    abort();
}

static void try_round_trip(const char *text, size_t len) {
  struct hw_buf encoded = { 0 }, decoded = { 0 };
  must(!hw_uri_encode(&encoded, text, len));
  must(!hw_uri_decode(&decoded, hw_buf_text(&encoded), encoded.len));
  must(decoded.len == len && memcmp(hw_buf_text(&decoded), text, len) == 0);
  hw_buf_free(&encoded);
  hw_buf_free(&decoded);
}

static void try_canonical(const char *text, size_t len) {
  struct hw_buf once = { 0 }, twice = { 0 }, path = { 0 };
  must(!hw_uri_canonical_query(&once, text, len));
  must(!hw_uri_canonical_query(&twice, hw_buf_text(&once), once.len));
  must(once.len == twice.len && memcmp(hw_buf_text(&once), hw_buf_text(&twice), once.len) == 0);
  must(!hw_uri_canonical_path(&path, text, len));
  hw_buf_free(&once);
  hw_buf_free(&twice);
  hw_buf_free(&path);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  char *text = malloc(size + 1);
  struct hw_url url;
  if (!text)
    return 0;
  memcpy(text, data, size);
  text[size] = '\0';
  try_round_trip(text, size);
  try_canonical(text, size);
  if (!hw_url_split(text, &url)) {
    must(url.host_len > 0 && url.path + url.path_len <= text + strlen(text));
    must(!url.query || url.query + url.query_len == text + strlen(text));
  }
  free(text);
  return 0;
}
