/* SPDX-License-Identifier: Apache-2.0
 * Request signatures. The one file that includes OpenSSL. Fetching an algorithm
 * and keying an HMAC cost more than hashing a request, so both are kept.
 */
#define _DEFAULT_SOURCE
#include "sign.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "word.h"

struct hasher { /* one hash function with its HMAC */
  EVP_MD *md;
  EVP_MAC_CTX *mac;
  char *key; /* what `mac` is keyed with */
  size_t key_len;
  char empty[72]; /* the hash of no bytes, which most requests need; "" until known */
};

struct hw_signer {
  EVP_MD_CTX *ctx;
  EVP_MAC *hmac;
  struct hasher sha256, sm3;
};

static const struct {
  const char *name, *content_header;
} algorithms[] = {
  [HW_SDK_HMAC_SHA256] = { "SDK-HMAC-SHA256", "X-Sdk-Content-Sha256" },
  [HW_V11_HMAC_SHA256] = { "V11-HMAC-SHA256", "X-Sdk-Content-Sha256" },
  [HW_SDK_HMAC_SM3] = { "SDK-HMAC-SM3", "X-Sdk-Content-Sm3" },
};

int hw_algorithm_find(const char *name, enum hw_algorithm *algorithm, struct hw_error *e) {
  for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
    if (strcmp(name, algorithms[i].name) == 0) {
      *algorithm = (enum hw_algorithm)i;
      return 0;
    }
  hw_remedy(e, "use SDK-HMAC-SHA256, V11-HMAC-SHA256 or SDK-HMAC-SM3");
  return hw_fail(e, HW_ERR_USAGE, "\"%.40s\" is not a signing algorithm", name);
}

void hw_sign_date(int64_t seconds, char date[HW_SIGN_DATE_SIZE]) {
  time_t at = (time_t)seconds;
  struct tm tm;
  gmtime_r(&at, &tm);
  strftime(date, HW_SIGN_DATE_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

static int hasher_init(struct hw_signer *s, struct hasher *h, const char *name) {
  OSSL_PARAM params[2] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)name, 0),
                           OSSL_PARAM_construct_end() };
  h->md = EVP_MD_fetch(NULL, name, NULL);
  h->mac = h->md ? EVP_MAC_CTX_new(s->hmac) : NULL;
  return h->mac && EVP_MAC_CTX_set_params(h->mac, params) == 1 ? 0 : -1;
}

static void forget_key(struct hasher *h) {
  if (h->key)
    explicit_bzero(h->key, h->key_len);
  free(h->key);
  h->key = NULL;
}

static void hasher_free(struct hasher *h) {
  forget_key(h);
  EVP_MAC_CTX_free(h->mac);
  EVP_MD_free(h->md);
}

struct hw_signer *hw_signer_new(void) {
  struct hw_signer *s = calloc(1, sizeof *s);
  if (!s)
    return NULL;
  s->ctx = EVP_MD_CTX_new();
  s->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  if (s->ctx && s->hmac && !hasher_init(s, &s->sha256, "SHA256"))
    return s;
  hw_signer_free(s);
  return NULL;
}

void hw_signer_free(struct hw_signer *s) {
  if (!s)
    return;
  hasher_free(&s->sha256);
  hasher_free(&s->sm3);
  EVP_MAC_free(s->hmac);
  EVP_MD_CTX_free(s->ctx);
  free(s);
}

static void to_hex(const unsigned char *bytes, size_t len, char *hex) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    hex[2 * i] = digits[bytes[i] >> 4];
    hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  hex[2 * len] = '\0';
}

static int digest(struct hw_signer *s, struct hasher *h, const void *data, size_t len, char *hex) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned n;
  if (EVP_DigestInit_ex(s->ctx, h->md, NULL) != 1 || EVP_DigestUpdate(s->ctx, data, len) != 1 ||
      EVP_DigestFinal_ex(s->ctx, sum, &n) != 1)
    return -1;
  to_hex(sum, n, hex);
  return 0;
}

static int same_key(const struct hasher *h, const void *key, size_t len) {
  return h->key && h->key_len == len && memcmp(h->key, key, len) == 0;
}

static int set_key(struct hasher *h, const void *key, size_t len) {
  forget_key(h);
  if (!(h->key = malloc(len + 1)))
    return -1;
  memcpy(h->key, key, len);
  h->key_len = len;
  if (EVP_MAC_init(h->mac, (const unsigned char *)h->key, len, NULL) == 1)
    return 0;
  forget_key(h); /* or the next request would be signed without a key */
  return -1;
}

static int mac(struct hasher *h, const void *key, size_t key_len, const void *data, size_t len, unsigned char *sum) {
  size_t n;
  if (same_key(h, key, key_len) ? EVP_MAC_init(h->mac, NULL, 0, NULL) != 1 : set_key(h, key, key_len))
    return -1;
  if (EVP_MAC_update(h->mac, data, len) != 1 || EVP_MAC_final(h->mac, sum, &n, EVP_MAX_MD_SIZE) != 1)
    return -1;
  return (int)n;
}

int hw_sha256(struct hw_signer *s, const void *data, size_t len, char *hex) {
  return digest(s, &s->sha256, data, len, hex);
}

int hw_hmac_sha256(struct hw_signer *s, const void *key, size_t key_len, const void *data, size_t len, char *hex) {
  unsigned char sum[EVP_MAX_MD_SIZE];
  int n = mac(&s->sha256, key, key_len, data, len, sum);
  if (n < 0)
    return -1;
  to_hex(sum, (size_t)n, hex);
  return 0;
}

/* HKDF-SHA256 with the AK as salt; the derived key is used as its hex text. */
static int derive(const struct hw_sign_input *in, const char *info, char *hex) {
  unsigned char key[32];
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)in->sk, strlen(in->sk)),
    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)in->ak, strlen(in->ak)),
    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info)),
    OSSL_PARAM_construct_end(),
  };
  int done = ctx && EVP_KDF_derive(ctx, key, sizeof key, params) == 1;
  EVP_KDF_CTX_free(ctx);
  EVP_KDF_free(kdf);
  if (!done)
    return -1;
  to_hex(key, sizeof key, hex);
  explicit_bzero(key, sizeof key);
  return 0;
}

/* -- canonical request -------------------------------------------------- */

const char *hw_header_find(const struct hw_header *list, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (hw_word_order(list[i].name, name) == 0)
      return list[i].value;
  return NULL;
}

/* Inserts in the order of lower-case names; lists are short. */
static void insert_header(struct hw_header *list, size_t n, struct hw_header h) {
  for (; n && hw_word_order(list[n - 1].name, h.name) > 0; n--)
    list[n] = list[n - 1];
  list[n] = h;
}

static void add_lower(struct hw_buf *b, const char *name) {
  size_t len = strlen(name);
  char *at = hw_buf_room(b, len);
  if (!at)
    return;
  for (size_t i = 0; i < len; i++)
    at[i] = hw_lower(name[i]);
  at[len] = '\0';
  b->len += len;
}

static void add_trimmed(struct hw_buf *b, const char *value) {
  size_t len;
  while (*value == ' ' || *value == '\t')
    value++;
  for (len = strlen(value); len && (value[len - 1] == ' ' || value[len - 1] == '\t'); len--)
    ;
  hw_buf_add(b, value, len);
}

static void add_headers(struct hw_signature *out, const struct hw_header *list, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (i)
      hw_buf_addc(&out->signed_headers, ';');
    add_lower(&out->signed_headers, list[i].name);
    add_lower(&out->canonical_request, list[i].name);
    hw_buf_addc(&out->canonical_request, ':');
    add_trimmed(&out->canonical_request, list[i].value);
    hw_buf_addc(&out->canonical_request, '\n');
  }
}

/* What stands for the body: the caller's own hash, UNSIGNED-PAYLOAD where the
 * gateway does not read the body as JSON, else its hash. */
static int set_payload(struct hw_signer *s, struct hasher *h, const struct hw_sign_input *in, struct hw_signature *out) {
  const char *name = algorithms[in->algorithm].content_header;
  const char *type = hw_header_find(in->headers, in->n_headers, "content-type");
  const char *given = hw_header_find(in->headers, in->n_headers, name);
  out->content_header = NULL;
  if (given && in->body_len) {
    hw_copy(out->payload, sizeof out->payload, given, strlen(given));
    return 0;
  }
  if (type && strncmp(type, "application/json", 16) != 0 && strncmp(type, "application/bson", 16) != 0) {
    hw_copy(out->payload, sizeof out->payload, "UNSIGNED-PAYLOAD", 16);
    out->content_header = given ? NULL : name;
    return 0;
  }
  if (in->body_len)
    return digest(s, h, in->body, in->body_len, out->payload);
  if (!h->empty[0] && digest(s, h, "", 0, h->empty))
    return -1;
  memcpy(out->payload, h->empty, sizeof h->empty);
  return 0;
}

static void build_canonical(const struct hw_sign_input *in, struct hw_signature *out) {
  struct hw_header list[HW_SIGN_HEADERS_MAX + 1];
  struct hw_buf *c = &out->canonical_request;
  size_t n = 0, path_len = strlen(in->path);
  for (size_t i = 0; i < in->n_headers; i++)
    if (!strchr(in->headers[i].name, '_')) {
      insert_header(list, n, in->headers[i]);
      n++;
    }
  if (out->content_header)
    insert_header(list, n++, (struct hw_header){ out->content_header, out->payload });
  hw_buf_adds(c, in->method);
  hw_buf_addc(c, '\n');
  hw_buf_add(c, in->path, path_len);
  hw_buf_adds(c, path_len && in->path[path_len - 1] == '/' ? "\n" : "/\n");
  hw_buf_adds(c, in->query ? in->query : "");
  hw_buf_addc(c, '\n');
  add_headers(out, list, n);
  hw_buf_addc(c, '\n');
  hw_buf_add(c, out->signed_headers.data, out->signed_headers.len);
  hw_buf_addc(c, '\n');
  hw_buf_adds(c, out->payload);
}

static void build_string(const struct hw_sign_input *in, const char *date, const char *info, const char *hash, struct hw_buf *b) {
  hw_buf_adds(b, algorithms[in->algorithm].name);
  hw_buf_addc(b, '\n');
  hw_buf_adds(b, date);
  hw_buf_addc(b, '\n');
  if (info) {
    hw_buf_adds(b, info);
    hw_buf_addc(b, '\n');
  }
  hw_buf_adds(b, hash);
}

static void build_authorization(const struct hw_sign_input *in, const char *info, struct hw_signature *out) {
  struct hw_buf *b = &out->authorization;
  hw_buf_adds(b, algorithms[in->algorithm].name);
  hw_buf_adds(b, info ? " Credential=" : " Access=");
  hw_buf_adds(b, in->ak);
  if (info) {
    hw_buf_addc(b, '/');
    hw_buf_adds(b, info);
  }
  hw_buf_adds(b, ", SignedHeaders=");
  hw_buf_add(b, out->signed_headers.data, out->signed_headers.len);
  hw_buf_adds(b, ", Signature=");
  hw_buf_adds(b, out->signature);
}

static int check_input(const struct hw_sign_input *in, const char *date, struct hw_error *e) {
  if (!in->ak || !*in->ak || !in->sk || !*in->sk)
    return hw_fail(e, HW_ERR_USAGE, "signing needs a non-empty access key (AK) and secret key (SK)");
  if (!date || strlen(date) != 16 || date[8] != 'T' || date[15] != 'Z')
    return hw_fail(e, HW_ERR_USAGE, "signing needs an X-Sdk-Date header such as 20260102T030405Z");
  if (in->n_headers > HW_SIGN_HEADERS_MAX)
    return hw_fail(e, HW_ERR_USAGE, "%zu headers are too many to sign, the limit is %d", in->n_headers, HW_SIGN_HEADERS_MAX);
  if (in->body_len > HW_SIGN_BODY_MAX) {
    hw_remedy(e, "authenticate with an IAM token instead of AK and SK, or send a smaller body");
    return hw_fail(e, HW_ERR_USAGE, "a body of %zu bytes cannot be signed, the limit is 12 MB", in->body_len);
  }
  if (in->algorithm == HW_V11_HMAC_SHA256 && (!in->region || !*in->region || !in->service || !*in->service))
    return hw_fail(e, HW_ERR_USAGE, "V11-HMAC-SHA256 needs a region and a service");
  return 0;
}

static struct hasher *pick_hasher(struct hw_signer *s, enum hw_algorithm algorithm) {
  if (algorithm != HW_SDK_HMAC_SM3)
    return &s->sha256;
  return s->sm3.md || !hasher_init(s, &s->sm3, "SM3") ? &s->sm3 : NULL;
}

static void clear_signature(struct hw_signature *out) {
  hw_buf_clear(&out->canonical_request);
  hw_buf_clear(&out->string_to_sign);
  hw_buf_clear(&out->signed_headers);
  hw_buf_clear(&out->authorization);
}

/* The key and, for V11, the scope line. */
static int pick_key(const struct hw_sign_input *in, const char *date, struct hw_buf *info, char *derived, const char **key) {
  *key = in->sk;
  if (in->algorithm != HW_V11_HMAC_SHA256)
    return 0;
  *key = derived;
  if (hw_buf_addf(info, "%.8s/%s/%s", date, in->region, in->service))
    return -1;
  return derive(in, info->data, derived);
}

int hw_sign(struct hw_signer *s, const struct hw_sign_input *in, struct hw_signature *out, struct hw_error *e) {
  const char *date = hw_header_find(in->headers, in->n_headers, "x-sdk-date"), *key;
  char hash[65], derived[65];
  unsigned char sum[EVP_MAX_MD_SIZE];
  struct hw_buf info = { 0 };
  struct hasher *h;
  int n = -1;
  if (check_input(in, date, e))
    return -1;
  clear_signature(out);
  h = pick_hasher(s, in->algorithm);
  if (h && !set_payload(s, h, in, out)) {
    build_canonical(in, out);
    if (!out->canonical_request.failed &&
        !digest(s, h, out->canonical_request.data, out->canonical_request.len, hash) &&
        !pick_key(in, date, &info, derived, &key)) {
      build_string(in, date, info.data, hash, &out->string_to_sign);
      n = mac(h, key, strlen(key), hw_buf_text(&out->string_to_sign), out->string_to_sign.len, sum);
    }
  }
  if (n > 0) {
    to_hex(sum, (size_t)n, out->signature);
    build_authorization(in, info.data, out);
  }
  explicit_bzero(derived, sizeof derived);
  hw_buf_free(&info);
  return n > 0 && !out->authorization.failed ? 0 : hw_fail_memory(e);
}

void hw_signature_free(struct hw_signature *s) {
  hw_buf_free(&s->canonical_request);
  hw_buf_free(&s->string_to_sign);
  hw_buf_free(&s->signed_headers);
  hw_buf_free(&s->authorization);
}
