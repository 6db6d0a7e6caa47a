/* SPDX-License-Identifier: Apache-2.0
 * What an answer means: five error bodies, gateways that answer HTML or nothing,
 * and successes that are none.
 */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "word.h"

const char *hw_head_find(const char *head, const char *name, size_t *len) {
  size_t n = strlen(name);
  for (const char *line = head; line && *line; line = strchr(line, '\n'), line += line ? 1 : 0) {
    if (strncmp(line, "\r\n", 2) == 0 || !hw_word_begins(line, name, n) || line[n] != ':')
      continue;
    line += n + 1;
    line += strspn(line, " \t");
    *len = strcspn(line, "\r\n");
    while (*len && (line[*len - 1] == ' ' || line[*len - 1] == '\t'))
      --*len;
    return line;
  }
  return NULL;
}

/* -- error bodies ------------------------------------------------------- */

/* A code or message, whether it came as text or as number. */
static const char *text_of(const struct cJSON *o, const char *key) {
  const struct cJSON *v = o ? hw_json_get(o, key) : NULL;
  const char *text = v ? hw_json_text(v) : NULL;
  return text && *text ? text : NULL;
}

static const char *first_of(const struct cJSON *o, const char *const *keys) {
  for (; *keys; keys++) {
    const char *text = text_of(o, *keys);
    if (text)
      return text;
  }
  return NULL;
}

static int is_printable(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (text[i] < ' ' || text[i] > '~')
      return 0;
  return 1;
}

/* A service's text ends on terminals and in logs, where control characters
 * (C1's as well, two octets in UTF-8) could do more than be read. */
static void blank_controls(char *text) {
  for (unsigned char *c = (unsigned char *)text; *c; c++) {
    int is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
    if (*c < ' ' || *c == 0x7f || is_c1)
      *c = ' ';
    if (is_c1)
      *++c = ' ';
  }
}

/* A message is cut where a character ends. */
static void set_message(struct hw_error *e, const char *text) {
  char shown[2001];
  hw_copy(shown, sizeof shown, text, strlen(text));
  blank_controls(shown);
  hw_fail(e, HW_ERR_API, "%s", shown);
}

static void read_tree(const struct cJSON *tree, struct hw_error *e) {
  static const char *const codes[] = { "error_code", "errCode", "code", "workload_res_code", "ret_code", NULL };
  static const char *const messages[] = { "error_msg", "externalMessage", "message", "workload_res_str", "ret_msg", "title", "details", NULL };
  const struct cJSON *inner = hw_json_get(tree, "error");
  const char *code, *message, *id;
  if (inner && hw_json_type(inner) == HW_J_OBJECT)
    tree = inner;
  code = first_of(tree, codes);
  message = first_of(tree, messages);
  if (code)
    hw_copy(e->code, sizeof e->code, code, strlen(code));
  blank_controls(e->code);
  if (message)
    set_message(e, message);
  else if (inner && hw_json_text(inner))
    set_message(e, hw_json_text(inner));
  if (!e->request_id[0] && (id = text_of(tree, "request_id")) && is_printable(id, strlen(id)))
    hw_copy(e->request_id, sizeof e->request_id, id, strlen(id));
}

static int base64_value(char c) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *found = c ? strchr(digits, c == '-' ? '+' : c == '_' ? '/' : c) : NULL;
  return found ? (int)(found - digits) : -1;
}

/* Some regions answer an error body as base64 of the JSON, in the URL alphabet. */
static struct cJSON *decode_base64(const char *body, size_t len) {
  struct hw_buf b = { 0 };
  unsigned bits = 0;
  int n = 0;
  struct cJSON *tree;
  while (len && (body[len - 1] == '=' || body[len - 1] == '\n' || body[len - 1] == '\r' || body[len - 1] == '"'))
    len--;
  for (size_t i = len && *body == '"'; i < len; i++) {
    int v = base64_value(body[i]);
    if (v < 0)
      break;
    bits = bits << 6 | (unsigned)v;
    if ((n += 6) >= 8)
      hw_buf_addc(&b, (char)(bits >> (n -= 8)));
  }
  tree = b.len && b.data[0] == '{' ? hw_json_parse(b.data, b.len, NULL) : NULL;
  hw_buf_free(&b);
  return tree;
}

static const char *status_word(int status) {
  switch (status) {
  case 400: return "bad request";
  case 401: return "not authenticated";
  case 403: return "not allowed";
  case 404: return "not found";
  case 405: return "method not allowed";
  case 409: return "conflict";
  case 413: return "request too large";
  case 429: return "too many requests";
  case 500: return "internal error";
  case 502: return "bad gateway";
  case 503: return "unavailable";
  case 504: return "gateway time-out";
  default: return "error";
  }
}

static void describe_other(const struct hw_reply *r, struct hw_error *e) {
  const char *at = r->body ? r->body : "";
  at += strspn(at, " \r\n\t");
  if (r->status >= 300 && r->status < 400)
    hw_fail(e, HW_ERR_API, "HTTP %d: a redirect, which is not followed with credentials", r->status);
  else if (!r->body_len)
    hw_fail(e, HW_ERR_API, "HTTP %d (%s) with an empty body", r->status, status_word(r->status));
  else if (*at == '<')
    hw_fail(e, HW_ERR_API, "HTTP %d (%s) with an HTML page instead of JSON: a gateway or proxy answered", r->status, status_word(r->status));
  else
    hw_fail(e, HW_ERR_API, "HTTP %d (%s)", r->status, status_word(r->status));
  if (r->status >= 300 && r->status < 400)
    hw_remedy(e, "check the endpoint and the proxy: these services do not redirect");
}

static void read_head(const struct hw_reply *r, struct hw_error *e) {
  size_t len;
  const char *value = hw_head_find(r->head, "X-Request-Id", &len);
  if (value && is_printable(value, len))
    hw_copy(e->request_id, sizeof e->request_id, value, len);
  if ((value = hw_head_find(r->head, "Retry-After", &len))) {
    long seconds = strtol(value, NULL, 10);
    if (seconds > 0 && seconds < 86400)
      e->retry_after_ms = seconds * 1000;
  }
}

const struct hw_error_row *hw_reply_row(const char *service, const struct hw_error *e) {
  char own[32];
  hw_copy(own, sizeof own, e->operation, strcspn(e->operation, ". "));
  return e->status ? hw_error_explain(service ? service : own, e->code, e->status, hw_buf_text(&e->message)) : NULL;
}

static void add_knowledge(const char *service, struct hw_error *e) {
  const struct hw_error_row *row = hw_reply_row(service, e);
  if (row && row->remedy && *row->remedy && !e->remedy.len)
    hw_remedy(e, "%s", row->remedy);
  e->retryable = row && (row->class == HW_BUSY || row->class == HW_THROTTLED);
  if (e->status == 429 || (e->status >= 500 && !e->code[0]))
    e->retryable = 1;
}

int hw_reply_error(const char *service, const struct hw_reply *r, struct hw_error *e) {
  struct cJSON *tree;
  e->status = r->status;
  read_head(r, e);
  describe_other(r, e);
  tree = r->body_len ? hw_json_parse(r->body, r->body_len, NULL) : NULL;
  if (r->body_len && (!tree || hw_json_type(tree) == HW_J_STRING)) {
    hw_json_free(tree);
    tree = decode_base64(r->body, r->body_len);
  }
  if (tree && hw_json_type(tree) == HW_J_OBJECT)
    read_tree(tree, e);
  hw_json_free(tree);
  e->kind = HW_ERR_API;
  add_knowledge(service, e);
  return -1;
}

/* -- successes that are none -------------------------------------------- */

#define ROWS "*" /* rows with that answer field */
#define RAW ""   /* calls without a row */
#define ANY "?"  /* both */

/* Fields that tell of failure inside a 2xx, and the values that do not. A field of
 * the same name can mean something else elsewhere (an audit log's result), so each
 * stands with its service and operation; only DWS's error_code always means it. A
 * plan that is running already when it is started (113), or stopped when it is
 * stopped (116), is as wanted. */
static const struct verdict {
  const char *service, *op, *field, *fine;
} verdicts[] = {
  { "dws", ANY, "error_code", "DWS.0000|null" },
  { "dws", ROWS, "workload_res_code", "0" },
  { "dws", RAW, "errCode", "DWS.0000|null" },
  { "dws", RAW, "workload_res_code", "0|113|116" },
  { "dws", RAW, "ret_code", "0" },
  { "dws", RAW, "error_msg", "" },
  { "dbss", "switch_agent", "result", "success|SUCCESS" },
  { "dbss", "update_audit_security_group", "result", "success|SUCCESS" },
  { "dbss", "switch_risk_rule", "status", "success|SUCCESS" },
  { "dbss", "create_instances_period_order", "code", "0" },
  { "dbss", RAW, "result", "success|SUCCESS" },
  { "ddm", "update_read_and_write_strategy", "success", "true" },
  { "ddm", "reset_user_password", "success", "true" },
  { "bss", ROWS, "fail_resource_infos", "" },
};

static const struct hw_field *out_field(const struct hw_op *op, const char *name) {
  for (const struct hw_field *f = op->out; f && f->name; f++)
    if (strcmp(f->name, name) == 0)
      return f;
  return NULL;
}

static int concerns(const struct verdict *v, const char *service, const struct hw_op *op) {
  if (!service || strcmp(v->service, service) != 0)
    return 0;
  if (strcmp(v->op, ANY) == 0)
    return 1;
  if (!op)
    return strcmp(v->op, RAW) == 0;
  return strcmp(v->op, ROWS) == 0 ? out_field(op, v->field) != NULL : strcmp(v->op, op->name) == 0;
}

/* A list tells only where nothing at all is fine. */
static const char *verdict_text(const struct verdict *v, const struct cJSON *value) {
  switch (hw_json_type(value)) {
  case HW_J_BOOLEAN: return hw_json_is_true(value) ? "true" : "false";
  case HW_J_ARRAY: return !*v->fine && hw_json_first(value) ? "not empty" : NULL;
  default: return hw_json_text(value);
  }
}

/* A job that was started, or an order that was placed, overrules the code beside it. */
static int started(const struct verdict *v, const struct cJSON *tree) {
  int is_code = strncmp(v->field, "err", 3) == 0 || strcmp(v->field, "code") == 0;
  return is_code && (text_of(tree, "job_id") || text_of(tree, "order_id"));
}

/* The value that tells of a failure, or NULL. */
static const char *failure_in(const struct verdict *v, const struct cJSON *tree) {
  const struct cJSON *found = hw_json_get(tree, v->field);
  const char *text = found ? verdict_text(v, found) : NULL;
  return text && *text && !hw_word_listed(v->fine, text) && !started(v, tree) ? text : NULL;
}

static const struct verdict *failing(const char *service, const struct hw_op *op, const struct cJSON *tree) {
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
    if (concerns(verdicts + i, service, op) && failure_in(verdicts + i, tree))
      return verdicts + i;
  return NULL;
}

static void describe_failure(const char *service, const struct verdict *v, const struct cJSON *tree,
                             const struct hw_reply *r, struct hw_error *e) {
  const struct cJSON *list = hw_json_get(tree, v->field);
  const char *text = failure_in(v, tree);
  char shown[201];
  e->status = r->status;
  read_head(r, e);
  hw_copy(shown, sizeof shown, text, strlen(text));
  blank_controls(shown);
  hw_fail(e, HW_ERR_API, "the service answered HTTP %d, but %s is %s", r->status, v->field, shown);
  read_tree(list && hw_json_type(list) == HW_J_ARRAY && hw_json_type(hw_json_first(list)) == HW_J_OBJECT ? hw_json_first(list) : tree, e);
  add_knowledge(service, e);
}

int hw_reply_judge(const char *service, const struct hw_op *op, const struct hw_reply *r, struct hw_error *e) {
  const struct verdict *v;
  struct cJSON *tree;
  int told = 0;
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
    told |= r->body_len && concerns(verdicts + i, service, op) && strstr(r->body, verdicts[i].field);
  if (!told || !(tree = hw_json_parse(r->body, r->body_len, NULL)))
    return 0;
  v = hw_json_type(tree) == HW_J_OBJECT ? failing(service, op, tree) : NULL;
  if (v)
    describe_failure(service, v, tree, r, e);
  hw_json_free(tree);
  return v ? -1 : 0;
}

int hw_reply_without_effect(const char *service, const struct hw_error *e) {
  const struct hw_error_row *row = hw_reply_row(service, e);
  return e->status == 429 || (row && (row->class == HW_BUSY || row->class == HW_THROTTLED));
}

int hw_reply_may_pass(const char *service, const struct hw_error *e) {
  const struct hw_error_row *row = e->code[0] ? hw_reply_row(service, e) : NULL;
  return !row || row->class == HW_SERVER || row->class == HW_BUSY || row->class == HW_THROTTLED || row->class == HW_CLASS_NONE;
}
