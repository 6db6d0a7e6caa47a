/* SPDX-License-Identifier: Apache-2.0
 * From a row and arguments to the request on the wire.
 */
#define _DEFAULT_SOURCE
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "uri.h"

#define PAIRS_MAX 256

static const char *scalar_text(const struct cJSON *v) {
  if (hw_json_type(v) == HW_J_BOOLEAN)
    return hw_json_is_true(v) ? "true" : "false";
  return hw_json_text(v);
}

/* -- path --------------------------------------------------------------- */

static int missing(struct hw_error *e, const char *what) {
  hw_remedy(e, "give %s to the client, or set HUAWEICLOUD_SDK_%s", what, strcmp(what, "project_id") == 0 ? "PROJECT_ID" : "DOMAIN_ID");
  return hw_fail(e, HW_ERR_USAGE, "no %s is known, and the path needs one", what);
}

static int add_path_value(struct hw_buf *path, const char *name, const char *value, struct hw_error *e) {
  const char *why;
  if (hw_path_value_ok(value, strlen(value), &why))
    return hw_uri_encode(path, value, strlen(value));
  return hw_fail(e, HW_ERR_CHECK, "path.%s: %s", name, why);
}

static const char *scope_value(const struct hw_scope *scope, const char *name) {
  if (strcmp(name, "project_id") == 0)
    return scope->project_id ? scope->project_id : "";
  if (strcmp(name, "domain_id") == 0)
    return scope->domain_id ? scope->domain_id : "";
  return NULL;
}

static const struct hw_field *path_field(const struct hw_op *op, const char *name) {
  for (const struct hw_field *f = op ? op->in : NULL; f && f->name; f++)
    if (f->flags & HW_PATH && strcmp(f->name, name) == 0)
      return f;
  return NULL;
}

/* The value of one {placeholder}: an argument, else what the scope knows. */
static int fill_placeholder(struct hw_buf *path, const char *name, const struct hw_op *op, const struct cJSON *args,
                            const struct hw_scope *scope, struct hw_error *e) {
  const struct hw_field *f = path_field(op, name);
  const struct cJSON *v = f && args ? hw_arg_find(args, f) : op ? hw_arg_scope(op, args, name) : NULL;
  const char *text = v ? scalar_text(v) : scope_value(scope, name);
  if (!text)
    return hw_fail(e, HW_ERR_CHECK, "path.%s: is required", name);
  if (!v && !*text)
    return missing(e, name);
  return add_path_value(path, name, text, e);
}

static int build_path(struct hw_request *r, const char *template, const struct hw_op *op, const struct cJSON *args,
                      const struct hw_scope *scope, struct hw_error *e) {
  char name[64];
  for (const char *at = template, *open; *at;) {
    size_t len = strcspn(at, "{");
    if (op ? hw_buf_add(&r->path, at, len) : hw_uri_canonical_path(&r->path, at, len))
      return hw_fail_memory(e);
    open = at + len;
    if (!*open)
      break;
    len = strcspn(open, "}");
    if (!open[len] || len > sizeof name)
      return hw_fail(e, HW_ERR_USAGE, "the path %s has an unclosed placeholder", template);
    hw_copy(name, sizeof name, open + 1, len - 1);
    if (fill_placeholder(&r->path, name, op, args, scope, e))
      return -1;
    at = open + len + 1;
  }
  return 0;
}

/* -- query -------------------------------------------------------------- */

struct pairs {
  struct hw_uri_pair list[PAIRS_MAX];
  size_t n;
};

static int add_text(struct pairs *p, const char *key, const char *text, struct hw_error *e) {
  if (p->n == PAIRS_MAX)
    return hw_fail(e, HW_ERR_CHECK, "query.%s: more than %d values", key, PAIRS_MAX);
  p->list[p->n++] = (struct hw_uri_pair){ key, text, strlen(key), strlen(text) };
  return 0;
}

static int add_pair(struct pairs *p, const char *key, const struct cJSON *v, struct hw_error *e) {
  const char *text = scalar_text(v);
  if (hw_json_holds_nul(v))
    return hw_fail(e, HW_ERR_CHECK, "query.%s: must not hold U+0000", key);
  if (text)
    return add_text(p, key, text, e);
  return hw_fail(e, HW_ERR_CHECK, "query.%s: must be a text, a number, a boolean or a list of these", key);
}

static int add_query_value(struct pairs *p, const char *key, const struct cJSON *v, struct hw_error *e) {
  if (hw_json_type(v) != HW_J_ARRAY)
    return add_pair(p, key, v, e);
  for (const struct cJSON *item = hw_json_first(v); item; item = hw_json_next(item))
    if (add_pair(p, key, item, e))
      return -1;
  return 0;
}

/* The name that goes out: as the caller spelt it, without "query." before it. */
static const char *wire_name(const struct hw_field *f, const char *key) {
  const char *place = hw_place_word(f->flags);
  size_t n = strlen(place);
  return strncmp(key, place, n) == 0 && key[n] == '.' && strcmp(key, f->name) != 0 ? key + n + 1 : key;
}

static int known(const struct hw_op *op, const char *key) {
  for (const struct hw_field *f = op->in; f && f->name; f++)
    if (hw_arg_fits(f, key))
      return 1;
  return hw_arg_is_scope(op, key);
}

static int takes_body(const struct hw_op *op) {
  return strcmp(op->method, "GET") != 0;
}

static int collect_query(struct pairs *p, const struct hw_op *op, const struct cJSON *args, struct hw_error *e) {
  for (const struct hw_field *f = op->in; f && f->name; f++) {
    const struct cJSON *v;
    if (!(f->flags & HW_QUERY))
      continue;
    if ((v = hw_arg_find(args, f))) {
      if (add_query_value(p, wire_name(f, hw_json_key(v)), v, e))
        return -1;
    } else if (f->flags & HW_SEND && add_text(p, f->name, f->def, e)) {
      return -1;
    }
  }
  for (const struct cJSON *m = hw_json_first(args); m; m = hw_json_next(m)) {
    const char *name;
    if (!known(op, hw_json_key(m)) && hw_arg_unknown(op, hw_json_key(m), &name) == HW_QUERY && add_query_value(p, name, m, e))
      return -1;
  }
  return 0;
}

/* -- headers ------------------------------------------------------------ */

static int header_ok(const char *name, const char *value) {
  if (!*name)
    return 0;
  for (const char *p = name; *p; p++)
    if ((unsigned char)*p <= ' ' || (unsigned char)*p > '~' || *p == ':')
      return 0;
  for (const char *p = value; *p; p++)
    if ((unsigned char)*p < ' ' || *p == 0x7f)
      return 0;
  return 1;
}

int hw_request_add_header(struct hw_request *r, const char *name, const char *value, struct hw_error *e) {
  size_t n = r->n_headers;
  if (!header_ok(name, value))
    return hw_fail(e, HW_ERR_CHECK, "header.%.64s: a header holds no control characters, and its name no space or colon", name);
  if (n == HW_REQUEST_HEADERS_MAX)
    return hw_fail(e, HW_ERR_CHECK, "header.%.64s: more than %d headers", name, HW_REQUEST_HEADERS_MAX);
  r->names[n] = strdup(name);
  r->values[n] = strdup(value);
  r->n_headers++;
  return r->names[n] && r->values[n] ? 0 : hw_fail_memory(e);
}

static int collect_headers(struct hw_request *r, const struct hw_op *op, const struct cJSON *args, struct hw_error *e) {
  for (const struct hw_field *f = op->in; f && f->name; f++) {
    const struct cJSON *v = f->flags & HW_HEADER ? hw_arg_find(args, f) : NULL;
    if (v && scalar_text(v) && hw_request_add_header(r, f->name, scalar_text(v), e))
      return -1;
  }
  return 0;
}

/* -- body --------------------------------------------------------------- */

static const struct hw_field *field_of(const struct hw_field *fields, const char *key) {
  for (; fields && fields->name; fields++)
    if (strcmp(fields->name, key) == 0 || (fields->alias && strcmp(fields->alias, key) == 0))
      return fields;
  return NULL;
}

/* What the row says of one entry of `v`. An array may stand where the row shows an
 * object, and the other way round, so it is the value's own form that counts. */
static const struct hw_field *entry_field(const struct hw_field *f, const struct cJSON *v, const struct cJSON *item,
                                          struct hw_field *room) {
  if (hw_json_type(v) == HW_J_OBJECT && f->type != HW_MAP)
    return field_of(f->fields, hw_json_key(item));
  *room = (struct hw_field){ .name = "", .type = f->fields ? HW_OBJECT : f->items, .flags = f->flags & HW_SECRET, .fields = f->fields };
  return room;
}

static int write_masked(const struct hw_field *f, const struct cJSON *v, struct hw_buf *to) {
  enum hw_json_type have = hw_json_type(v);
  char close = have == HW_J_ARRAY ? ']' : '}';
  if (f && f->flags & HW_SECRET)
    return hw_buf_adds(to, "\"***\"");
  if ((have != HW_J_ARRAY && have != HW_J_OBJECT) || !f)
    return hw_json_write(v, to);
  hw_buf_addc(to, have == HW_J_ARRAY ? '[' : '{');
  for (const struct cJSON *item = hw_json_first(v); item; item = hw_json_next(item)) {
    struct hw_field room;
    if (item != hw_json_first(v))
      hw_buf_addc(to, ',');
    if (have == HW_J_OBJECT) {
      hw_json_quote(hw_json_key(item), strlen(hw_json_key(item)), to);
      hw_buf_addc(to, ':');
    }
    write_masked(entry_field(f, v, item, &room), item, to);
  }
  return hw_buf_addc(to, close);
}

static int write_value(const struct hw_field *f, const struct cJSON *v, int masked, struct hw_buf *to) {
  return masked ? write_masked(f, v, to) : hw_json_write(v, to);
}

static void write_member(const struct hw_field *f, const struct cJSON *v, const char *key, int masked, struct hw_buf *to) {
  hw_json_quote(key, strlen(key), to);
  hw_buf_addc(to, ':');
  write_value(f, v, masked, to);
}

static void write_default(const struct hw_field *f, struct hw_buf *to) {
  hw_json_quote(f->name, strlen(f->name), to);
  hw_buf_addc(to, ':');
  if (f->type == HW_STRING)
    hw_json_quote(f->def, strlen(f->def), to);
  else
    hw_buf_adds(to, f->def);
}

int hw_request_body(const struct hw_op *op, const struct cJSON *args, int masked, struct hw_buf *to) {
  char before = '{';
  for (const struct hw_field *f = op->in; f && f->name; f++) {
    const struct cJSON *v = f->flags & HW_BODY ? hw_arg_find(args, f) : NULL;
    if (!v && !(f->flags & HW_BODY && f->flags & HW_SEND))
      continue;
    if (!v) {
      hw_buf_addc(to, before);
      write_default(f, to);
      before = ',';
      continue;
    }
    if (f->flags & HW_WHOLE)
      return write_value(f, v, masked, to) ? -1 : 1;
    hw_buf_addc(to, before);
    write_member(f, v, wire_name(f, hw_json_key(v)), masked, to);
    before = ',';
  }
  for (const struct cJSON *m = takes_body(op) ? hw_json_first(args) : NULL; m; m = hw_json_next(m)) {
    const char *name;
    if (known(op, hw_json_key(m)) || hw_arg_unknown(op, hw_json_key(m), &name) != HW_BODY)
      continue;
    hw_buf_addc(to, before);
    write_member(NULL, m, name, masked, to);
    before = ',';
  }
  if (before == ',')
    hw_buf_addc(to, '}');
  else if (op->flags & HW_EMPTY_BODY && !hw_buf_adds(to, "{}"))
    before = ',';
  return to->failed ? -1 : before == ',';
}

/* -- the whole ---------------------------------------------------------- */

static int start_request(struct hw_request *r, const struct hw_scope *scope, struct hw_error *e) {
  struct hw_url url;
  if (hw_url_split(scope->endpoint, &url) || url.query)
    return hw_fail(e, HW_ERR_USAGE, "the endpoint %s is not a URL of the form https://host[:port][/base]", scope->endpoint);
  hw_buf_add(&r->host, url.host, url.host_len);
  hw_buf_add(&r->url, url.scheme, url.scheme_len + 3);
  hw_buf_add(&r->url, url.host, url.host_len);
  if (url.path_len > 1)
    hw_buf_add(&r->path, url.path, url.path_len - (url.path[url.path_len - 1] == '/'));
  return r->host.failed || r->url.failed || r->path.failed ? hw_fail_memory(e) : 0;
}

static int finish_url(struct hw_request *r, struct hw_error *e) {
  hw_buf_add(&r->url, hw_buf_text(&r->path), r->path.len);
  if (r->query.len) {
    hw_buf_addc(&r->url, '?');
    hw_buf_add(&r->url, r->query.data, r->query.len);
  }
  return r->url.failed || r->path.failed || r->query.failed || r->body.failed ? hw_fail_memory(e) : 0;
}

int hw_request_build(struct hw_request *r, const struct hw_op *op, const struct cJSON *args,
                     const struct hw_scope *scope, struct hw_error *e) {
  struct pairs pairs;
  int body;
  pairs.n = 0;
  r->method = op->method;
  if (start_request(r, scope, e) || build_path(r, op->path, op, args, scope, e) || collect_query(&pairs, op, args, e) ||
      collect_headers(r, op, args, e))
    return -1;
  if (hw_uri_join_query(&r->query, pairs.list, pairs.n) || (body = hw_request_body(op, args, 0, &r->body)) < 0)
    return hw_fail_memory(e);
  r->has_body = body;
  return finish_url(r, e);
}

static int raw_query(struct hw_request *r, const struct cJSON *query, struct hw_error *e) {
  struct pairs pairs;
  pairs.n = 0;
  for (const struct cJSON *m = query ? hw_json_first(query) : NULL; m; m = hw_json_next(m))
    if (add_query_value(&pairs, hw_json_key(m), m, e))
      return -1;
  return hw_uri_join_query(&r->query, pairs.list, pairs.n) ? hw_fail_memory(e) : 0;
}

static int raw_headers(struct hw_request *r, const struct cJSON *headers, struct hw_error *e) {
  for (const struct cJSON *m = headers ? hw_json_first(headers) : NULL; m; m = hw_json_next(m)) {
    if (!scalar_text(m) || hw_json_holds_nul(m))
      return hw_fail(e, HW_ERR_CHECK, "header.%.64s: must be a text without U+0000", hw_json_key(m));
    if (hw_request_add_header(r, hw_json_key(m), scalar_text(m), e))
      return -1;
  }
  return 0;
}

static int raw_path_ok(const char *path, struct hw_error *e) {
  if (path[0] != '/')
    return hw_fail(e, HW_ERR_USAGE, "the path \"%.200s\" must begin with a slash", path);
  for (const char *p = path; *p; p++) {
    if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '?' || *p == '#')
      return hw_fail(e, HW_ERR_USAGE, "the path must hold no control character, \"?\" or \"#\"; give the query as a table");
  }
  return 0;
}

/* Looked for in what goes out, since a caller may have written a dot as %2E. */
static int no_dot_segment(const char *path, struct hw_error *e) {
  for (const char *p = path; *p; p++)
    if (*p == '/' && p[1] == '.' && (!p[2] || p[2] == '/' || (p[2] == '.' && (!p[3] || p[3] == '/'))))
      return hw_fail(e, HW_ERR_USAGE, "the path must hold no \".\" or \"..\" segment");
  return 0;
}

int hw_request_raw(struct hw_request *r, const struct hw_raw_call *call, const struct hw_scope *scope,
                   struct hw_error *e) {
  r->method = call->method;
  if (raw_path_ok(call->path, e) || start_request(r, scope, e) || build_path(r, call->path, NULL, NULL, scope, e) ||
      no_dot_segment(hw_buf_text(&r->path), e) || raw_query(r, call->query, e) || raw_headers(r, call->headers, e))
    return -1;
  if (call->body) {
    r->has_body = 1;
    hw_buf_add(&r->body, call->body, call->body_len);
  }
  return finish_url(r, e);
}

static void free_headers(struct hw_request *r) {
  for (size_t i = 0; i < r->n_headers; i++) {
    free(r->names[i]);
    free(r->values[i]);
  }
  r->n_headers = 0;
}

void hw_request_clear(struct hw_request *r) {
  hw_buf_clear(&r->url);
  hw_buf_clear(&r->host);
  hw_buf_clear(&r->path);
  hw_buf_clear(&r->query);
  if (r->body.len || r->body.failed)
    hw_buf_wipe(&r->body); /* may hold passwords */
  r->has_body = 0;
  free_headers(r);
}

void hw_request_free(struct hw_request *r) {
  hw_buf_free(&r->url);
  hw_buf_free(&r->host);
  hw_buf_free(&r->path);
  hw_buf_free(&r->query);
  hw_buf_wipe(&r->body);
  free_headers(r);
  memset(r, 0, sizeof *r);
}

/* -- secrets ------------------------------------------------------------ */

static void secrets_in(const struct hw_field *f, const struct cJSON *v, void (*found)(void *, const char *), void *to) {
  if (f->flags & HW_SECRET && hw_json_text(v)) {
    found(to, hw_json_text(v));
    return;
  }
  for (const struct cJSON *item = hw_json_first(v); item; item = hw_json_next(item)) {
    struct hw_field room;
    const struct hw_field *inner = entry_field(f, v, item, &room);
    if (inner)
      secrets_in(inner, item, found, to);
  }
}

void hw_each_secret(const struct hw_op *op, const struct cJSON *args, void (*found)(void *to, const char *secret),
                    void *to) {
  for (const struct hw_field *f = op->in; f && f->name; f++) {
    const struct cJSON *v = hw_arg_find(args, f);
    if (v)
      secrets_in(f, v, found, to);
  }
}

void hw_redact(struct hw_buf *text, const char *secret) {
  size_t len = strlen(secret);
  char *at = text->data;
  if (len < 3 || !at)
    return;
  while ((at = strstr(at, secret))) {
    memcpy(at, "***", 3);
    memmove(at + 3, at + len, (size_t)(text->data + text->len - (at + len)) + 1);
    text->len -= len - 3;
    at += 3;
  }
}
