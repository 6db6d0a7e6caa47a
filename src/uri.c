/* SPDX-License-Identifier: Apache-2.0
 * Percent-encoding and canonical forms. Pure text; knows no request.
 */
#include "uri.h"

#include <stdlib.h>
#include <string.h>

static int unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '~';
}

int hw_uri_encode(struct hw_buf *to, const char *text, size_t len) {
  static const char hex[] = "0123456789ABCDEF";
  char *at = hw_buf_room(to, len * 3);
  if (!at)
    return -1;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)text[i];
    if (unreserved(c)) {
      *at++ = (char)c;
    } else {
      *at++ = '%';
      *at++ = hex[c >> 4];
      *at++ = hex[c & 15];
    }
  }
  *at = '\0';
  to->len = (size_t)(at - to->data);
  return 0;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hw_uri_decode(struct hw_buf *to, const char *text, size_t len) {
  char *at = hw_buf_room(to, len);
  if (!at)
    return -1;
  for (size_t i = 0; i < len; i++) {
    if (text[i] != '%') {
      *at++ = text[i];
    } else {
      int high = len - i > 2 ? hex_value(text[i + 1]) : -1;
      int low = high < 0 ? -1 : hex_value(text[i + 2]);
      if (low < 0)
        return -1;
      *at++ = (char)(high << 4 | low);
      i += 2;
    }
  }
  *at = '\0';
  to->len = (size_t)(at - to->data);
  return 0;
}

/* A "%" that encodes nothing stands for itself. */
static int recode(struct hw_buf *to, const char *text, size_t len) {
  struct hw_buf raw = { 0 };
  int encoded = !hw_uri_decode(&raw, text, len), result = -1;
  if (!raw.failed)
    result = encoded ? hw_uri_encode(to, raw.data, raw.len) : hw_uri_encode(to, text, len);
  hw_buf_free(&raw);
  return result;
}

int hw_uri_canonical_path(struct hw_buf *to, const char *path, size_t len) {
  const char *end = path + len, *slash;
  for (;; path = slash + 1) {
    slash = memchr(path, '/', (size_t)(end - path));
    if (recode(to, path, (size_t)((slash ? slash : end) - path)))
      return -1;
    if (!slash)
      return 0;
    if (hw_buf_addc(to, '/'))
      return -1;
  }
}

static int compare(const char *a, size_t la, const char *b, size_t lb) {
  size_t least = la < lb ? la : lb;
  int order = least ? memcmp(a, b, least) : 0;
  return order ? order : (la > lb) - (la < lb);
}

static int by_key_then_value(const void *left, const void *right) {
  const struct hw_uri_pair *a = left, *b = right;
  int order = compare(a->key, a->key_len, b->key, b->key_len);
  return order ? order : compare(a->value, a->value_len, b->value, b->value_len);
}

int hw_uri_join_query(struct hw_buf *to, struct hw_uri_pair *pairs, size_t n) {
  if (n > 1)
    qsort(pairs, n, sizeof *pairs, by_key_then_value);
  for (size_t i = 0; i < n; i++) {
    if (i)
      hw_buf_addc(to, '&');
    hw_uri_encode(to, pairs[i].key, pairs[i].key_len);
    hw_buf_addc(to, '=');
    hw_uri_encode(to, pairs[i].value, pairs[i].value_len);
  }
  return to->failed ? -1 : 0;
}

/* Decodes one half of a pair to the end of `raw`, whose room was reserved, so that
 * earlier pointers into it stay good. */
static const char *decode_half(struct hw_buf *raw, const char *text, size_t len, size_t *length) {
  size_t start = raw->len;
  if (hw_uri_decode(raw, text, len))
    hw_buf_add(raw, text, len);
  *length = raw->len - start;
  return raw->data + start;
}

static size_t decode_pairs(struct hw_buf *raw, const char *query, const char *end, struct hw_uri_pair *pairs) {
  size_t n = 0;
  for (const char *at = query, *stop; at < end; at = stop + 1) {
    const char *equals, *value;
    if (!(stop = memchr(at, '&', (size_t)(end - at))))
      stop = end;
    if (stop == at)
      continue;
    equals = memchr(at, '=', (size_t)(stop - at));
    value = equals ? equals + 1 : stop;
    pairs[n].key = decode_half(raw, at, (size_t)((equals ? equals : stop) - at), &pairs[n].key_len);
    pairs[n].value = decode_half(raw, value, (size_t)(stop - value), &pairs[n].value_len);
    n++;
  }
  return n;
}

int hw_uri_canonical_query(struct hw_buf *to, const char *query, size_t len) {
  struct hw_buf raw = { 0 };
  struct hw_uri_pair *pairs;
  size_t most = 1;
  int result = -1;
  for (size_t i = 0; i < len; i++)
    most += query[i] == '&';
  pairs = calloc(most, sizeof *pairs);
  if (pairs && hw_buf_room(&raw, len))
    result = hw_uri_join_query(to, pairs, decode_pairs(&raw, query, query + len, pairs));
  free(pairs);
  hw_buf_free(&raw);
  return result;
}

int hw_url_split(const char *url, struct hw_url *p) {
  const char *at, *end;
  memset(p, 0, sizeof *p);
  p->scheme = url;
  p->scheme_len = strncmp(url, "https://", 8) == 0 ? 5 : strncmp(url, "http://", 7) == 0 ? 4 : 0;
  if (!p->scheme_len)
    return -1;
  for (at = url; *at; at++)
    if ((unsigned char)*at <= ' ' || *at == '#' || (unsigned char)*at == 0x7f)
      return -1;
  end = at;
  p->host = url + p->scheme_len + 3;
  p->host_len = strcspn(p->host, "/?");
  if (!p->host_len || memchr(p->host, '@', p->host_len))
    return -1;
  p->path = p->host + p->host_len;
  p->path_len = strcspn(p->path, "?");
  if (p->path[p->path_len] == '?') {
    p->query = p->path + p->path_len + 1;
    p->query_len = (size_t)(end - p->query);
  }
  return 0;
}
