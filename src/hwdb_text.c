/* SPDX-License-Identifier: Apache-2.0
 * Errors and warnings of the C interface as JSON text, and its JSON arguments as
 * trees.
 */
#include "hwdb_text.h"

#include <stdlib.h>
#include <string.h>

#include "reply.h"

static void add_name(struct hw_buf *to, const char *name) {
  hw_buf_addf(to, "%s\"%s\":", to->len && to->data[to->len - 1] == '{' ? "" : ",", name);
}

static void add_text(struct hw_buf *to, const char *name, const char *text) {
  if (!text || !*text)
    return;
  add_name(to, name);
  hw_json_quote(text, strlen(text), to);
}

static void add_number(struct hw_buf *to, const char *name, int value) {
  add_name(to, name);
  hw_buf_addf(to, "%d", value);
}

static void add_flag(struct hw_buf *to, const char *name, int value) {
  add_name(to, name);
  hw_buf_adds(to, value ? "true" : "false");
}

static void add_problems(struct hw_buf *to, const char *lines) {
  char before = '[';
  add_name(to, "problems");
  for (const char *p = lines; *p; before = ',') {
    size_t path = strcspn(p, "\t"), line = strcspn(p, "\n");
    hw_buf_addc(to, before);
    hw_buf_adds(to, "{\"path\":");
    hw_json_quote(p, path, to);
    hw_buf_adds(to, ",\"message\":");
    hw_json_quote(p + path + 1, line - path - 1, to);
    hw_buf_addc(to, '}');
    p += line + 1;
  }
  hw_buf_addc(to, ']');
}

static void add_knowledge(struct hw_buf *to, const struct hw_error *e) {
  const struct hw_error_row *row = hw_reply_row(NULL, e);
  if (!row)
    return;
  add_text(to, "class", hw_error_class_word(row->class));
  add_text(to, "reason", row->meaning);
}

int hw_text_error(const struct hw_error *e, struct hw_buf *to) {
  hw_buf_addc(to, '{');
  add_text(to, "kind", hw_error_word(e->kind));
  add_text(to, "message", hw_error_message(e));
  add_text(to, "remedy", hw_buf_text(&e->remedy));
  add_text(to, "operation", e->operation);
  if (e->status)
    add_number(to, "status", e->status);
  add_text(to, "code", e->code);
  add_knowledge(to, e);
  add_text(to, "request_id", e->request_id);
  add_number(to, "attempts", e->attempts);
  add_flag(to, "retryable", e->retryable);
  add_flag(to, "in_doubt", e->in_doubt);
  if (e->retry_after_ms) {
    add_name(to, "retry_after");
    hw_buf_addf(to, "%lld.%03lld", (long long)e->retry_after_ms / 1000, (long long)e->retry_after_ms % 1000);
  }
  if (e->problems.len)
    add_problems(to, e->problems.data);
  return hw_buf_addc(to, '}');
}

int hw_text_warnings(const struct hw_buf *lines, struct hw_buf *to) {
  char before = '[';
  for (const char *p = hw_buf_text(lines); *p; before = ',') {
    size_t path = strcspn(p, "\t"), line = strcspn(p, "\n");
    struct hw_buf text = { 0 };
    hw_buf_addf(&text, "%.*s: %.*s", (int)path, p, (int)(line - path - 1), p + path + 1);
    hw_buf_addc(to, before);
    hw_json_quote(hw_buf_text(&text), text.len, to);
    hw_buf_free(&text);
    p += line + 1;
  }
  hw_buf_adds(to, before == '[' ? "[" : "");
  return hw_buf_addc(to, ']');
}

void *hw_text_give_error(struct hw_error *e, char **error) {
  struct hw_buf text = { 0 };
  if (error)
    *error = hw_text_error(e, &text) ? NULL : text.data;
  hw_error_free(e);
  return NULL;
}

struct cJSON *hw_text_object(const char *text, const char *what, struct hw_error *e) {
  struct cJSON *tree;
  struct hw_error why = { 0 };
  if (!text) {
    if (!(tree = hw_json_object()))
      hw_fail_memory(e);
    return tree;
  }
  tree = hw_json_parse(text, strlen(text), &why);
  if (!tree) {
    if (why.kind == HW_ERR_MEMORY)
      hw_fail_memory(e);
    else
      hw_fail(e, HW_ERR_USAGE, "the %s: %s", what, hw_buf_text(&why.message));
  } else if (hw_json_type(tree) != HW_J_OBJECT) {
    hw_fail(e, HW_ERR_USAGE, "the %s must be a JSON object, not %s", what, hw_json_type_word(tree));
    hw_json_free(tree);
    tree = NULL;
  }
  hw_error_free(&why);
  return tree;
}
