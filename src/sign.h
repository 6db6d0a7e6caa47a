/* SPDX-License-Identifier: Apache-2.0
 * Request signatures: SDK-HMAC-SHA256, its SM3 twin and the region-scoped
 * V11-HMAC-SHA256. Every intermediate is kept, so that a refused signature can
 * be compared with what the gateway computed.
 */
#ifndef HW_SIGN_H
#define HW_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

#define HW_SIGN_BODY_MAX ((size_t)12 << 20) /* the gateway signs no more */
#define HW_SIGN_HEADERS_MAX 64

enum hw_algorithm { HW_SDK_HMAC_SHA256, HW_V11_HMAC_SHA256, HW_SDK_HMAC_SM3 };

struct hw_header {
  const char *name, *value;
};

struct hw_sign_input {
  enum hw_algorithm algorithm;
  const char *method; /* upper-case */
  const char *path;   /* canonical: each segment encoded once; "" is "/" */
  const char *query;  /* canonical, without "?"; NULL or "" for none */
  const struct hw_header *headers; /* all that is signed, X-Sdk-Date among them; names with "_" are passed over */
  size_t n_headers;
  const char *body;
  size_t body_len;
  const char *ak, *sk;
  const char *region, *service; /* V11 only */
};

struct hw_signature {
  struct hw_buf canonical_request, string_to_sign, signed_headers, authorization;
  char payload[72];   /* hash of the body, or what stands in its place */
  char signature[65];
  const char *content_header; /* header to send with `payload` as value, or NULL */
};

struct hw_signer; /* algorithms fetched and contexts kept; one a thread */

struct hw_signer *hw_signer_new(void); /* NULL without memory or without the algorithms */
void hw_signer_free(struct hw_signer *s); /* NULL is fine */

/* Fills `out` (zeroed or used before). Usage errors: empty AK or SK, no
 * X-Sdk-Date, too many headers, a body over 12 MB. */
int hw_sign(struct hw_signer *s, const struct hw_sign_input *in, struct hw_signature *out, struct hw_error *e);
void hw_signature_free(struct hw_signature *s);

/* 0 and the algorithm of a name such as "SDK-HMAC-SHA256", or -1 after filling `e`. */
int hw_algorithm_find(const char *name, enum hw_algorithm *algorithm, struct hw_error *e);

/* The value of the first header of that name, whatever its case; NULL if there is none. */
const char *hw_header_find(const struct hw_header *list, size_t n, const char *name);

/* Unix seconds as X-Sdk-Date has them, "20260102T030405Z". */
#define HW_SIGN_DATE_SIZE 20
void hw_sign_date(int64_t seconds, char date[HW_SIGN_DATE_SIZE]);

/* Lower-case hex of SHA-256 and HMAC-SHA256; `hex` holds 65 bytes. -1 without memory. */
int hw_sha256(struct hw_signer *s, const void *data, size_t len, char *hex);
int hw_hmac_sha256(struct hw_signer *s, const void *key, size_t key_len, const void *data, size_t len, char *hex);

#endif
