/* SPDX-License-Identifier: Apache-2.0
 * The rows as JSON for the C interface, in the shape that `hwdb api --json`
 * prints. Absent things are left out; truths are only stated when true.
 */
#include <string.h>

#include "hwdb.h"
#include "hwdb_text.h"
#include "model.h"
#include "word.h"

static void put_text(struct cJSON *to, const char *name, const char *text) {
  if (text && *text)
    hw_json_put(to, name, hw_json_string(text, strlen(text)));
}

static void put_integer(struct cJSON *to, const char *name, int64_t value) {
  hw_json_put(to, name, hw_json_integer(value));
}

static void put_true(struct cJSON *to, const char *name, unsigned is) {
  if (is)
    hw_json_put(to, name, hw_json_boolean(1));
}

static void put_list(struct cJSON *to, const char *name, const char *list) {
  struct cJSON *array = list ? hw_json_array() : NULL;
  const char *word;
  size_t len;
  if (!list)
    return;
  while ((word = hw_word_next(&list, &len)))
    hw_json_push(array, hw_json_string(word, len));
  hw_json_put(to, name, array);
}

static struct cJSON *all_fields(const struct hw_field *fields, int with_place);

static void put_flags(struct cJSON *to, const struct hw_field *f) {
  put_true(to, "required", f->flags & HW_REQUIRED);
  put_true(to, "secret", f->flags & HW_SECRET);
  put_true(to, "id", f->flags & HW_ID);
  put_true(to, "either", f->flags & HW_EITHER);
  put_true(to, "send", f->flags & HW_SEND);
  put_true(to, "soft", f->flags & HW_SOFT);
  put_true(to, "whole", f->flags & HW_WHOLE);
  put_true(to, "nullable", f->flags & HW_NULLABLE);
}

static struct cJSON *one_field(const struct hw_field *f, int with_place) {
  struct cJSON *to = hw_json_object();
  if (!to)
    return NULL;
  put_text(to, "name", f->name);
  if (with_place)
    put_text(to, "in", hw_place_word(f->flags));
  put_text(to, "type", hw_type_word(f->type));
  if (f->type == HW_ARRAY || f->type == HW_MAP)
    put_text(to, "items", hw_type_word(f->fields ? HW_OBJECT : f->items));
  put_flags(to, f);
  put_list(to, "enum", f->oneof);
  if (f->flags & HW_MIN)
    put_integer(to, "min", f->min);
  if (f->flags & HW_MAX)
    put_integer(to, "max", f->max);
  if (f->min_len)
    put_integer(to, "min_length", f->min_len);
  if (f->max_len)
    put_integer(to, "max_length", f->max_len);
  put_text(to, "pattern", f->pattern);
  put_text(to, "default", f->def);
  put_text(to, "alias", f->alias);
  put_text(to, "note", f->note);
  if (f->fields)
    hw_json_put(to, "fields", all_fields(f->fields, 0));
  hw_json_sort(to);
  return to;
}

static struct cJSON *all_fields(const struct hw_field *fields, int with_place) {
  struct cJSON *list = hw_json_array();
  for (const struct hw_field *f = fields; f && f->name; f++)
    hw_json_push(list, one_field(f, with_place));
  return list;
}

static void put_page(struct cJSON *to, const struct hw_page *p) {
  struct cJSON *page = p->style ? hw_json_object() : NULL;
  if (!page)
    return;
  put_text(page, "style", hw_page_word(p->style));
  put_text(page, "at", p->at);
  put_text(page, "size", p->size);
  put_text(page, "items", p->items);
  put_text(page, "total", p->total);
  put_text(page, "key", p->key);
  hw_json_sort(page);
  hw_json_put(to, "page", page);
}

static void put_job(struct cJSON *to, const struct hw_job *j) {
  struct cJSON *job = j->field ? hw_json_object() : NULL;
  if (!job)
    return;
  put_text(job, "field", j->field);
  put_text(job, "watch", j->watch);
  hw_json_put(to, "job", job);
}

static void put_evidence(struct cJSON *to, unsigned flags) {
  static const struct {
    unsigned flag;
    const char *word;
  } words[] = { { HW_SEEN_SDK, "sdk" }, { HW_SEEN_EXPLORER, "explorer" }, { HW_SEEN_ANSWER, "answer" } };
  struct cJSON *list = hw_json_array();
  if (!(flags & HW_EXTRA))
    hw_json_push(list, hw_json_string("document", 8));
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (flags & words[i].flag)
      hw_json_push(list, hw_json_string(words[i].word, strlen(words[i].word)));
  hw_json_put(to, "evidence", list);
}

static struct cJSON *one_row(const struct hw_chapter *c, const struct hw_op *op) {
  struct cJSON *to = hw_json_object(), *ok = hw_json_array();
  for (int i = 0; i < 4 && op->ok[i]; i++)
    hw_json_push(ok, hw_json_integer(op->ok[i]));
  if (hw_json_put(to, "ok", ok)) {
    hw_json_free(to);
    return NULL;
  }
  put_text(to, "service", c->service);
  put_text(to, "chapter", c->title);
  put_text(to, "name", op->name);
  put_text(to, "sdk", op->sdk);
  put_text(to, "title", op->title);
  put_text(to, "method", op->method);
  put_text(to, "path", op->path);
  put_text(to, "doc", op->doc);
  put_text(to, "kind", hw_kind_word(op->kind));
  put_text(to, "note", op->note);
  put_text(to, "permission", op->permission);
  put_list(to, "alias", op->alias);
  put_true(to, "documented", !(op->flags & HW_EXTRA));
  put_true(to, "paid", op->flags & HW_PAID);
  put_true(to, "irreversible", op->flags & HW_IRREVERSIBLE);
  put_job(to, &op->job);
  put_page(to, &op->page);
  hw_json_put(to, "params", all_fields(op->in, 1));
  hw_json_put(to, "answer", all_fields(op->out, 0));
  put_evidence(to, op->flags);
  hw_json_sort(to);
  return to;
}

static struct cJSON *rows_of(const char *service) {
  struct cJSON *list = hw_json_array();
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++)
    if (!service || strcmp(service, (*c)->service) == 0)
      for (const struct hw_op *op = (*c)->ops; op->name; op++)
        hw_json_push(list, one_row(*c, op));
  return list;
}

static int refuse(const char *service, const char *name, struct hw_error *e) {
  int known = service && hw_service_known(service);
  const char *near = service ? hw_op_suggest(known ? service : NULL, known ? name : service) : NULL;
  if (!service)
    return hw_fail(e, HW_ERR_USAGE, "an operation's name needs its service beside it");
  return hw_fail(e, HW_ERR_USAGE, "unknown %s %s%s%s%s%s%s", known ? "operation" : "service", service, known ? "." : "",
                 known ? name : "", near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

char *hwdb_api_json(const char *service, const char *name, char **error) {
  struct hw_error e = { 0 };
  struct hw_buf text = { 0 };
  const struct hw_op *op = service && name ? hw_op_find(service, name) : NULL;
  struct cJSON *tree;
  if ((name && !op) || (service && !hw_service_known(service))) {
    refuse(service, name, &e);
    return hw_text_give_error(&e, error);
  }
  tree = op ? one_row(hw_op_chapter(op), op) : rows_of(service);
  if (!tree || hw_json_write(tree, &text))
    hw_fail_memory(&e);
  hw_json_free(tree);
  return e.kind ? hw_text_give_error(&e, error) : text.data;
}
