/* SPDX-License-Identifier: Apache-2.0
 * Single stages of a call against the least that could be done in their place.
 * Prints nanoseconds an operation: those of the bare work, those of hwdb.
 *   stages sign COUNT        SHA-256 and HMAC over the bytes that signing hashes
 *   stages check COUNT BODY  cJSON parsing the body whose arguments are checked
 */
#define _DEFAULT_SOURCE
#include <cjson/cJSON.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "sign.h"

static void give_up(const char *what) {
  fprintf(stderr, "stages: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const char key[] = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc";

static struct hw_sign_input signing_input(void) {
  static const struct hw_header headers[] = {
    { "Host", "ddm.cn-north-4.myhuaweicloud.com" },
    { "Content-Type", "application/json" },
    { "X-Project-Id", "0123456789abcdef0123456789abcdef" },
    { "X-Sdk-Date", "20260102T030405Z" },
  };
  struct hw_sign_input in = { 0 };
  in.method = "GET";
  in.path = "/v1/0123456789abcdef0123456789abcdef/instances";
  in.query = "limit=10&offset=0";
  in.headers = headers;
  in.n_headers = sizeof headers / sizeof *headers;
  in.ak = "QTWAOYTTINDUT2QVKYUC";
  in.sk = key;
  return in;
}

/* One hash of the canonical request and one HMAC of the string to sign, with
 * algorithms fetched and contexts keyed beforehand. */
static double hash_bare(const struct hw_signature *s, long count) {
  OSSL_PARAM params[2] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
                           OSSL_PARAM_construct_end() };
  EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
  EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);
  unsigned char sum[EVP_MAX_MD_SIZE];
  size_t len;
  double started, taken;
  if (EVP_MAC_init(mac, (const unsigned char *)key, strlen(key), params) != 1)
    give_up("no HMAC");
  started = now();
  for (long i = 0; i < count; i++) {
    if (EVP_DigestInit_ex(ctx, md, NULL) != 1 ||
        EVP_DigestUpdate(ctx, s->canonical_request.data, s->canonical_request.len) != 1 ||
        EVP_DigestFinal_ex(ctx, sum, NULL) != 1 || EVP_MAC_init(mac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(mac, (const unsigned char *)s->string_to_sign.data, s->string_to_sign.len) != 1 ||
        EVP_MAC_final(mac, sum, &len, sizeof sum) != 1)
      give_up("hashing failed");
  }
  taken = now() - started;
  EVP_MAC_CTX_free(mac);
  EVP_MD_CTX_free(ctx);
  EVP_MAC_free(hmac);
  EVP_MD_free(md);
  return taken / (double)count;
}

static void compare_signing(long count) {
  struct hw_sign_input in = signing_input();
  struct hw_signature out = { 0 };
  struct hw_error e = { 0 };
  struct hw_signer *signer = hw_signer_new();
  double started, bare;
  if (!signer || hw_sign(signer, &in, &out, &e))
    give_up("signing failed");
  bare = hash_bare(&out, count);
  started = now();
  for (long i = 0; i < count; i++)
    if (hw_sign(signer, &in, &out, &e))
      give_up("signing failed");
  printf("%.1f %.1f\n", bare, (now() - started) / (double)count);
  hw_signature_free(&out);
  hw_signer_free(signer);
  hw_error_free(&e);
}

static void compare_checking(long count, const char *body) {
  struct hw_error e = { 0 };
  const struct hw_op *op = hw_op_find("ddm", "create_instance");
  size_t len = strlen(body);
  struct cJSON *args = hw_json_parse(body, len, &e);
  double started = now(), parsing;
  for (long i = 0; i < count; i++)
    cJSON_Delete(cJSON_ParseWithLength(body, len));
  parsing = (now() - started) / (double)count;
  started = now();
  for (long i = 0; i < count; i++)
    if (!args || hw_check(op, args, 0, &e))
      give_up(hw_buf_text(&e.message));
  printf("%.1f %.1f\n", parsing, (now() - started) / (double)count);
  if (e.warnings.len)
    give_up(e.warnings.data);
  hw_json_free(args);
  hw_error_free(&e);
}

int main(int argc, char **argv) {
  long count = argc > 2 ? atol(argv[2]) : 0;
  if (count > 0 && strcmp(argv[1], "sign") == 0)
    compare_signing(count);
  else if (count > 0 && argc > 3 && strcmp(argv[1], "check") == 0)
    compare_checking(count, argv[3]);
  else
    give_up("usage: stages sign COUNT | stages check COUNT BODY");
  return 0;
}
