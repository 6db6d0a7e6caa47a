/* SPDX-License-Identifier: Apache-2.0
 * The C interface's view of a signature: every stage, from JSON to JSON. Takes
 * nothing from the environment.
 */
#define _DEFAULT_SOURCE
#include <string.h>
#include <time.h>

#include "hwdb.h"
#include "hwdb_text.h"
#include "sign.h"
#include "uri.h"

struct signing {
  struct cJSON *input;
  struct hw_signer *signer;
  struct hw_sign_input in;
  struct hw_header headers[HW_SIGN_HEADERS_MAX];
  struct hw_buf host, path, query;
  struct hw_signature out;
  char date[HW_SIGN_DATE_SIZE];
};

static const char *text_of(const struct cJSON *input, const char *name, const char *standard) {
  const char *text = hw_json_get_text(input, name);
  return text ? text : standard;
}

static int only_texts(const struct cJSON *input, struct hw_error *e) {
  for (const struct cJSON *m = hw_json_first(input); m; m = hw_json_next(m)) {
    enum hw_json_type wanted = strcmp(hw_json_key(m), "headers") == 0 ? HW_J_OBJECT : HW_J_STRING;
    if (hw_json_type(m) != wanted || (wanted == HW_J_STRING && !hw_json_get_text(input, hw_json_key(m))))
      return hw_fail(e, HW_ERR_USAGE, "sign: %.40s must be %s", hw_json_key(m),
                     wanted == HW_J_STRING ? "a text without U+0000" : "an object of texts");
  }
  return 0;
}

static int has(const struct hw_sign_input *in, const char *name) {
  return hw_header_find(in->headers, in->n_headers, name) != NULL;
}

static void add(struct signing *s, const char *name, const char *value) {
  s->headers[s->in.n_headers++] = (struct hw_header){ name, value };
}

static int take_headers(struct signing *s, struct hw_error *e) {
  const struct cJSON *given = hw_json_get(s->input, "headers");
  s->in.headers = s->headers;
  for (const struct cJSON *m = given ? hw_json_first(given) : NULL; m; m = hw_json_next(m)) {
    const char *value = hw_json_get_text(given, hw_json_key(m));
    if (!value)
      return hw_fail(e, HW_ERR_USAGE, "sign: header %.40s must be a text", hw_json_key(m));
    if (s->in.n_headers == HW_SIGN_HEADERS_MAX - 2)
      return hw_fail(e, HW_ERR_USAGE, "sign: too many headers");
    add(s, hw_json_key(m), value);
  }
  if (!has(&s->in, "Host"))
    add(s, "Host", hw_buf_text(&s->host));
  if (!has(&s->in, "X-Sdk-Date"))
    add(s, "X-Sdk-Date", text_of(s->input, "date", s->date));
  return 0;
}

static int take_url(struct signing *s, struct hw_error *e) {
  const char *text = text_of(s->input, "url", "");
  struct hw_url url;
  if (hw_url_split(text, &url))
    return hw_fail(e, HW_ERR_USAGE, "\"%.200s\" is not an http or https URL; spaces and controls must be percent-encoded", text);
  if (hw_buf_add(&s->host, url.host, url.host_len) || hw_uri_canonical_path(&s->path, url.path, url.path_len) ||
      (url.query && hw_uri_canonical_query(&s->query, url.query, url.query_len)))
    return hw_fail_memory(e);
  s->in.path = hw_buf_text(&s->path);
  s->in.query = hw_buf_text(&s->query);
  return 0;
}

static int take_rest(struct signing *s, struct hw_error *e) {
  const char *name = text_of(s->input, "algorithm", "SDK-HMAC-SHA256");
  s->in.method = text_of(s->input, "method", "GET");
  s->in.body = text_of(s->input, "body", "");
  s->in.body_len = strlen(s->in.body);
  s->in.ak = text_of(s->input, "ak", NULL);
  s->in.sk = text_of(s->input, "sk", NULL);
  s->in.region = text_of(s->input, "region", NULL);
  s->in.service = text_of(s->input, "service", NULL);
  return hw_algorithm_find(name, &s->in.algorithm, e);
}

static void put(struct cJSON *to, const char *name, const char *text) {
  hw_json_put(to, name, hw_json_string(text, strlen(text)));
}

static int write_stages(const struct signing *s, struct hw_buf *text) {
  struct cJSON *to = hw_json_object(), *headers = hw_json_object();
  int failed;
  for (size_t i = 0; i < s->in.n_headers; i++)
    put(headers, s->in.headers[i].name, s->in.headers[i].value);
  if (s->out.content_header)
    put(headers, s->out.content_header, s->out.payload);
  put(headers, "Authorization", hw_buf_text(&s->out.authorization));
  put(to, "canonical_request", hw_buf_text(&s->out.canonical_request));
  put(to, "string_to_sign", hw_buf_text(&s->out.string_to_sign));
  put(to, "signature", s->out.signature);
  put(to, "authorization", hw_buf_text(&s->out.authorization));
  put(to, "signed_headers", hw_buf_text(&s->out.signed_headers));
  failed = hw_json_put(to, "headers", headers) || hw_json_write(to, text);
  hw_json_free(to);
  return failed;
}

static void release(struct signing *s) {
  hw_json_free(s->input);
  hw_signer_free(s->signer);
  hw_buf_free(&s->host);
  hw_buf_free(&s->path);
  hw_buf_free(&s->query);
  hw_signature_free(&s->out);
}

char *hwdb_sign(const char *input_json, char **error) {
  struct signing s = { 0 };
  struct hw_error e = { 0 };
  struct hw_buf text = { 0 };
  hw_sign_date(time(NULL), s.date);
  s.input = hw_text_object(input_json, "input of sign", &e);
  if (s.input && !only_texts(s.input, &e) && !take_url(&s, &e) && !take_headers(&s, &e) && !take_rest(&s, &e)) {
    if (!(s.signer = hw_signer_new()))
      hw_fail_memory(&e);
    else if (!hw_sign(s.signer, &s.in, &s.out, &e) && write_stages(&s, &text))
      hw_fail_memory(&e);
  }
  release(&s);
  return e.kind ? hw_text_give_error(&e, error) : text.data;
}
