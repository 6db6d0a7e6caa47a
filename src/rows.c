/* SPDX-License-Identifier: Apache-2.0
 * The rows as JSON events. Keeps nothing while a sink runs, which may leave for good.
 */
#include "rows.h"

#include <stdio.h>
#include <string.h>

#include "word.h"

struct teller {
  hw_json_sink sink;
  void *to;
  int failed; /* what the sink said first, if not 0 */
};

static void tell(struct teller *t, enum hw_json_event event, const char *text) {
  if (!t->failed)
    t->failed = t->sink(t->to, event, text, text ? strlen(text) : 0);
}

static void tell_words(struct teller *t, const char *list) {
  const char *word;
  size_t len;
  tell(t, HW_JSON_ARRAY, NULL);
  while (!t->failed && (word = hw_word_next(&list, &len)))
    t->failed = t->sink(t->to, HW_JSON_STRING, word, len);
  tell(t, HW_JSON_ARRAY_END, NULL);
}

static void tell_integer(struct teller *t, long long n) {
  char digits[24];
  snprintf(digits, sizeof digits, "%lld", n);
  tell(t, HW_JSON_NUMBER, digits);
}

static void put_text(struct teller *t, const char *name, const char *text) {
  if (!text || !*text)
    return;
  tell(t, HW_JSON_KEY, name);
  tell(t, HW_JSON_STRING, text);
}

static void put_integer(struct teller *t, const char *name, long long n, unsigned is) {
  if (!is)
    return;
  tell(t, HW_JSON_KEY, name);
  tell_integer(t, n);
}

static void put_true(struct teller *t, const char *name, unsigned is) {
  if (!is)
    return;
  tell(t, HW_JSON_KEY, name);
  tell(t, HW_JSON_TRUE, NULL);
}

static void put_words(struct teller *t, const char *name, const char *list) {
  if (!list)
    return;
  tell(t, HW_JSON_KEY, name);
  tell_words(t, list);
}

static void put_fields(struct teller *t, const char *name, const struct hw_field *fields, int with_place);

static void tell_field(struct teller *t, const struct hw_field *f, int with_place) {
  int holds = f->type == HW_ARRAY || f->type == HW_MAP;
  tell(t, HW_JSON_OBJECT, NULL);
  put_text(t, "alias", f->alias);
  put_text(t, "default", f->def);
  put_true(t, "either", f->flags & HW_EITHER);
  put_words(t, "enum", f->oneof);
  if (f->fields)
    put_fields(t, "fields", f->fields, 0);
  put_true(t, "id", f->flags & HW_ID);
  put_text(t, "in", with_place ? hw_place_word(f->flags) : NULL);
  put_text(t, "items", holds ? hw_type_word(f->fields ? HW_OBJECT : f->items) : NULL);
  put_integer(t, "max", f->max, f->flags & HW_MAX);
  put_integer(t, "max_length", f->max_len, f->max_len);
  put_integer(t, "min", f->min, f->flags & HW_MIN);
  put_integer(t, "min_length", f->min_len, f->min_len);
  put_text(t, "name", f->name);
  put_text(t, "note", f->note);
  put_true(t, "nullable", f->flags & HW_NULLABLE);
  put_text(t, "pattern", f->pattern);
  put_true(t, "required", f->flags & HW_REQUIRED);
  put_true(t, "secret", f->flags & HW_SECRET);
  put_true(t, "send", f->flags & HW_SEND);
  put_true(t, "soft", f->flags & HW_SOFT);
  put_text(t, "type", hw_type_word(f->type));
  put_true(t, "whole", f->flags & HW_WHOLE);
  tell(t, HW_JSON_OBJECT_END, NULL);
}

static void put_fields(struct teller *t, const char *name, const struct hw_field *fields, int with_place) {
  tell(t, HW_JSON_KEY, name);
  tell(t, HW_JSON_ARRAY, NULL);
  for (const struct hw_field *f = fields; f && f->name; f++)
    tell_field(t, f, with_place);
  tell(t, HW_JSON_ARRAY_END, NULL);
}

static void put_page(struct teller *t, const struct hw_page *p) {
  if (!p->style)
    return;
  tell(t, HW_JSON_KEY, "page");
  tell(t, HW_JSON_OBJECT, NULL);
  put_text(t, "at", p->at);
  put_text(t, "items", p->items);
  put_text(t, "key", p->key);
  put_text(t, "size", p->size);
  put_text(t, "style", hw_page_word(p->style));
  put_text(t, "total", p->total);
  tell(t, HW_JSON_OBJECT_END, NULL);
}

static void put_job(struct teller *t, const struct hw_job *j) {
  if (!j->field)
    return;
  tell(t, HW_JSON_KEY, "job");
  tell(t, HW_JSON_OBJECT, NULL);
  put_text(t, "field", j->field);
  put_text(t, "watch", j->watch);
  tell(t, HW_JSON_OBJECT_END, NULL);
}

static void put_evidence(struct teller *t, unsigned flags) {
  static const struct {
    unsigned flag;
    const char *word;
  } words[] = { { HW_SEEN_SDK, "sdk" }, { HW_SEEN_EXPLORER, "explorer" }, { HW_SEEN_ANSWER, "answer" } };
  tell(t, HW_JSON_KEY, "evidence");
  tell(t, HW_JSON_ARRAY, NULL);
  if (!(flags & HW_EXTRA))
    tell(t, HW_JSON_STRING, "document");
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (flags & words[i].flag)
      tell(t, HW_JSON_STRING, words[i].word);
  tell(t, HW_JSON_ARRAY_END, NULL);
}

static void put_ok(struct teller *t, const short ok[4]) {
  tell(t, HW_JSON_KEY, "ok");
  tell(t, HW_JSON_ARRAY, NULL);
  for (int i = 0; i < 4 && ok[i]; i++)
    tell_integer(t, ok[i]);
  tell(t, HW_JSON_ARRAY_END, NULL);
}

static void tell_row(struct teller *t, const struct hw_chapter *c, const struct hw_op *op) {
  tell(t, HW_JSON_OBJECT, NULL);
  put_words(t, "alias", op->alias);
  put_fields(t, "answer", op->out, 0);
  put_text(t, "chapter", c->title);
  put_text(t, "doc", op->doc);
  put_true(t, "documented", !(op->flags & HW_EXTRA));
  put_evidence(t, op->flags);
  put_true(t, "irreversible", op->flags & HW_IRREVERSIBLE);
  put_job(t, &op->job);
  put_text(t, "kind", hw_kind_word(op->kind));
  put_text(t, "method", op->method);
  put_text(t, "name", op->name);
  put_text(t, "note", op->note);
  put_ok(t, op->ok);
  put_page(t, &op->page);
  put_true(t, "paid", op->flags & HW_PAID);
  put_fields(t, "params", op->in, 1);
  put_text(t, "path", op->path);
  put_text(t, "permission", op->permission);
  put_text(t, "sdk", op->sdk);
  put_text(t, "service", c->service);
  put_text(t, "title", op->title);
  tell(t, HW_JSON_OBJECT_END, NULL);
}

int hw_rows_tell(const void *from, hw_json_sink sink, void *to) {
  const struct hw_rows_wanted *wanted = from;
  struct teller t = { sink, to, 0 };
  if (wanted->op) {
    tell_row(&t, hw_op_chapter(wanted->op), wanted->op);
    return t.failed;
  }
  tell(&t, HW_JSON_ARRAY, NULL);
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++)
    if (!wanted->service || strcmp(wanted->service, (*c)->service) == 0)
      for (const struct hw_op *op = (*c)->ops; op->name; op++)
        tell_row(&t, *c, op);
  tell(&t, HW_JSON_ARRAY_END, NULL);
  return t.failed;
}
