/* SPDX-License-Identifier: Apache-2.0
 * Arguments against an operation's row. The documents are imperfect and the
 * service moves on: choices are open, identifiers only warn, unknown fields pass.
 */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

struct place { /* where a value stands: a chain on the C stack */
  const struct place *parent;
  const char *name;
  long index; /* in an array, else -1 */
};

struct check {
  int strict;
  struct hw_error *e;
};

static void add_place(struct hw_buf *b, const struct place *at) {
  if (at->parent)
    add_place(b, at->parent);
  if (at->index >= 0)
    hw_buf_addf(b, "[%ld]", at->index + 1);
  else
    hw_buf_addf(b, "%s%s", at->parent ? "." : "", at->name);
}

static void report(struct hw_buf *to, const struct place *at, const char *format, va_list args) {
  add_place(to, at);
  hw_buf_addc(to, '\t');
  hw_buf_vaddf(to, format, args);
  hw_buf_addc(to, '\n');
}

__attribute__((format(printf, 3, 4))) static void problem(struct check *c, const struct place *at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  report(&c->e->problems, at, format, args);
  va_end(args);
}

__attribute__((format(printf, 3, 4))) static void warning(struct check *c, const struct place *at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  report(c->strict ? &c->e->problems : &c->e->warnings, at, format, args);
  va_end(args);
}

/* A broken rule: a problem, unless the rule is known to be soft. */
#define RULE(c, at, field, ...) \
  ((field)->flags & (HW_ID | HW_SOFT) ? warning(c, at, __VA_ARGS__) : problem(c, at, __VA_ARGS__))

/* What a soft field may break: its length, range or form, or that it must be there if it has none of these. */
static int has_rule(const struct hw_field *f) {
  return f->min_len || f->max_len || f->pattern || f->flags & HW_BOUNDED;
}

static void missing(struct check *c, const struct hw_field *f, const struct place *at) {
  if (f->flags & HW_SOFT && !has_rule(f))
    warning(c, at, "is required by the document");
  else
    problem(c, at, "is required");
}

#define EACH_BYTE(c) ((uint64_t)(c) * 0x0101010101010101u)
#define TOPS EACH_BYTE(0x80)

/* What a text consists of, looked at eight bytes at a time: most are plain. */
struct survey {
  size_t bytes;
  uint64_t beyond_ascii, controls; /* not 0: there are such */
};

static struct survey look_at(const char *text) {
  struct survey s = { strlen(text), 0, 0 };
  for (size_t at = 0; at < s.bytes; at += 8) {
    uint64_t eight = EACH_BYTE('x'), deletes;
    memcpy(&eight, text + at, s.bytes - at < 8 ? s.bytes - at : 8);
    deletes = eight ^ EACH_BYTE(0x7f);
    s.beyond_ascii |= eight & TOPS;
    s.controls |= ((eight - EACH_BYTE(0x20)) & ~eight & TOPS) | ((deletes - EACH_BYTE(1)) & ~deletes & TOPS);
  }
  return s;
}

static size_t characters(const char *text, const struct survey *s) {
  size_t n = 0;
  if (!s->beyond_ascii)
    return s->bytes;
  for (; *text; text++)
    n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}

/* Names mostly differ in their first byte. */
static int same(const char *a, const char *b) {
  return a[0] == b[0] && strcmp(a, b) == 0;
}

static void check_choice(struct check *c, const struct hw_field *f, const char *text, const struct place *at) {
  char shown[256];
  size_t n = 0;
  if (!f->oneof || hw_word_listed(f->oneof, text))
    return;
  for (const char *p = f->oneof; *p && n < sizeof shown - 8; p++) {
    if (*p == '|') {
      shown[n++] = ',';
      shown[n++] = ' ';
    } else {
      shown[n++] = *p;
    }
  }
  snprintf(shown + n, sizeof shown - n, "%s", n >= sizeof shown - 8 ? "..." : "");
  if (f->flags & HW_SECRET)
    warning(c, at, "is not one of the documented values: %s", shown);
  else
    warning(c, at, "\"%.64s\" is not one of the documented values: %s", text, shown);
}

static void check_count(struct check *c, const struct hw_field *f, size_t n, const char *what, const struct place *at) {
  if (f->min_len && n < f->min_len)
    RULE(c, at, f, "has %zu %s, at least %u are needed", n, what, f->min_len);
  if (f->max_len && n > f->max_len)
    RULE(c, at, f, "has %zu %s, at most %u are allowed", n, what, f->max_len);
}

static void check_bounds(struct check *c, const struct hw_field *f, const char *digits, const struct place *at) {
  char *end;
  long long n;
  int below, above;
  errno = 0;
  n = strtoll(digits, &end, 10);
  if (*end || errno) {
    double d = hw_json_to_double(digits);
    below = d < (double)f->min;
    above = d > (double)f->max;
  } else {
    below = n < f->min;
    above = n > f->max;
  }
  if (f->flags & HW_MIN && below)
    RULE(c, at, f, "%.40s is less than %lld", digits, (long long)f->min);
  if (f->flags & HW_MAX && above)
    RULE(c, at, f, "%.40s is more than %lld", digits, (long long)f->max);
}

/* Of an identifier in the path check_place says more. */
static void check_id(struct check *c, const struct hw_field *f, const char *text, const struct survey *s, const struct place *at) {
  if (!(f->flags & HW_ID) || f->flags & HW_PATH)
    return;
  if (!*text && f->flags & HW_SOFT)
    warning(c, at, "is empty");
  else if (!*text)
    problem(c, at, "must not be empty");
  else if (strchr(text, '/'))
    problem(c, at, "must not hold a slash");
  if (s->controls)
    problem(c, at, "must not hold control characters");
}

static void check_text(struct check *c, const struct hw_field *f, const char *text, const struct place *at) {
  struct survey s = look_at(text);
  check_id(c, f, text, &s, at);
  check_count(c, f, characters(text, &s), "characters", at);
  if (f->flags & HW_BOUNDED && hw_json_is_number(text, s.bytes, NULL))
    check_bounds(c, f, text, at);
  if (f->pattern && !hw_pattern_match(f->pattern, text, s.bytes))
    RULE(c, at, f, "does not have the documented form %s", f->pattern);
  check_choice(c, f, text, at);
}

static void check_integer(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at) {
  int integer;
  hw_json_is_number(hw_json_text(v), strlen(hw_json_text(v)), &integer);
  if (!integer)
    problem(c, at, "must be a whole number, not %.40s", hw_json_text(v));
  else if (f->flags & HW_BOUNDED)
    check_bounds(c, f, hw_json_text(v), at);
  check_choice(c, f, hw_json_text(v), at);
}

static void check_fields(struct check *c, const struct hw_field *fields, const struct cJSON *object, const struct place *at);
static void check_value(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at);

/* Entries of an array or a map: each is held against the field's item type. */
static void check_entries(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at) {
  struct hw_field item = { .name = f->name, .type = f->items, .flags = f->flags & (HW_SECRET | HW_ID | HW_SOFT | HW_EITHER),
                           .fields = f->fields, .oneof = f->oneof };
  long n = 0;
  int is_array = hw_json_type(v) == HW_J_ARRAY;
  if (!item.type)
    item.type = f->fields ? HW_OBJECT : 0;
  for (const struct cJSON *entry = hw_json_first(v); entry; entry = hw_json_next(entry), n++) {
    struct place here = { at, is_array ? "" : hw_json_key(entry), is_array ? n : -1 };
    if (item.type)
      check_value(c, &item, entry, &here);
  }
  check_count(c, f, (size_t)n, "entries", at);
}

/* Values of the query, path and headers travel as text: a number is as good as its digits. */
static int is_text_place(const struct hw_field *f) {
  return (f->flags & (HW_PATH | HW_QUERY | HW_HEADER)) != 0;
}

static int type_fits(const struct hw_field *f, const struct cJSON *v) {
  enum hw_json_type have = hw_json_type(v);
  int scalar = have == HW_J_STRING || have == HW_J_NUMBER || have == HW_J_BOOLEAN;
  if (f->flags & HW_EITHER)
    return f->type == HW_ARRAY || f->type == HW_OBJECT ? have == HW_J_ARRAY || have == HW_J_OBJECT : scalar;
  switch (f->type) {
  case HW_STRING: return have == HW_J_STRING || (is_text_place(f) && scalar);
  case HW_INTEGER:
  case HW_NUMBER:
    return have == HW_J_NUMBER ||
           (is_text_place(f) && have == HW_J_STRING && hw_json_is_number(hw_json_text(v), strlen(hw_json_text(v)), NULL));
  case HW_BOOLEAN:
    return have == HW_J_BOOLEAN || (is_text_place(f) && have == HW_J_STRING && hw_word_listed("true|false", hw_json_text(v)));
  case HW_ARRAY: return have == HW_J_ARRAY || (is_text_place(f) && scalar);
  default: return have == HW_J_OBJECT;
  }
}

static void check_scalar(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at) {
  enum hw_json_type have = hw_json_type(v);
  if (have == HW_J_STRING && (f->type == HW_STRING || f->flags & HW_EITHER))
    check_text(c, f, hw_json_text(v), at);
  else if (f->type == HW_STRING && have == HW_J_NUMBER)
    check_text(c, f, hw_json_text(v), at); /* its digits stand for the text */
  else if (f->type == HW_INTEGER && have == HW_J_NUMBER)
    check_integer(c, f, v, at);
  else if (have == HW_J_NUMBER && f->flags & HW_BOUNDED)
    check_bounds(c, f, hw_json_text(v), at);
  else if ((f->type == HW_INTEGER || f->type == HW_NUMBER) && have == HW_J_STRING)
    check_text(c, f, hw_json_text(v), at);
}

static const char *article(const char *word) {
  return strchr("aio", word[0]) ? "an" : "a";
}

static void check_value(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at) {
  enum hw_json_type have = hw_json_type(v);
  if (have == HW_J_NULL) {
    if (f->flags & HW_NULLABLE)
      return;
    if (f->flags & HW_REQUIRED || is_text_place(f))
      problem(c, at, "must not be null");
    else
      warning(c, at, "null is not a documented value");
    return;
  }
  if (!type_fits(f, v)) {
    problem(c, at, "must be %s %s, not %s %s", article(hw_type_word(f->type)), hw_type_word(f->type),
            article(hw_json_type_word(v)), hw_json_type_word(v));
    return;
  }
  if (have == HW_J_OBJECT && (f->type == HW_OBJECT || f->type == HW_ARRAY)) {
    if (f->fields)
      check_fields(c, f->fields, v, at);
  } else if (have == HW_J_OBJECT || have == HW_J_ARRAY) {
    check_entries(c, f, v, at);
  } else {
    check_scalar(c, f, v, at);
  }
}

static const char *near_field(const struct hw_field *fields, const char *key) {
  struct hw_nearest nearest;
  hw_nearest_start(&nearest, key);
  for (const struct hw_field *f = fields; f && f->name; f++)
    hw_nearest_try(&nearest, f->name, f->name);
  return nearest.answer;
}

static void unknown(struct check *c, const struct hw_field *fields, const char *key, const struct place *at) {
  const char *near = near_field(fields, key);
  if (near)
    warning(c, at, "is not a documented field, it goes out as given; did you mean %s?", near);
  else
    warning(c, at, "is not a documented field, it goes out as given");
}

static const struct cJSON *member(const struct cJSON *object, const struct hw_field *f) {
  const struct cJSON *found = hw_json_get(object, f->name);
  return found || !f->alias ? found : hw_json_get(object, f->alias);
}

static void check_fields(struct check *c, const struct hw_field *fields, const struct cJSON *object, const struct place *at) {
  for (const struct hw_field *f = fields; f->name; f++) {
    struct place here = { at, f->name, -1 };
    const struct cJSON *v = member(object, f);
    if (v)
      check_value(c, f, v, &here);
    else if (f->flags & HW_REQUIRED)
      missing(c, f, &here);
  }
  for (const struct cJSON *m = hw_json_first(object); m; m = hw_json_next(m)) {
    const struct hw_field *f = fields;
    struct place here = { at, hw_json_key(m), -1 };
    while (f->name && !same(f->name, here.name) && (!f->alias || !same(f->alias, here.name)))
      f++;
    if (!f->name)
      unknown(c, fields, hw_json_key(m), &here);
  }
}

/* -- top level ---------------------------------------------------------- */

/* 0: not meant for the field; 1: by alias; 2: by name; 3: by place and name. */
static int fit(const struct hw_field *f, const char *key) {
  const char *place;
  size_t n;
  if (same(key, f->name))
    return 2;
  if (f->alias && same(key, f->alias))
    return 1;
  place = hw_place_word(f->flags);
  if (key[0] != place[0])
    return 0;
  n = strlen(place);
  return strncmp(key, place, n) == 0 && key[n] == '.' &&
                 (strcmp(key + n + 1, f->name) == 0 || (f->alias && strcmp(key + n + 1, f->alias) == 0))
             ? 3
             : 0;
}

int hw_arg_fits(const struct hw_field *field, const char *key) {
  return fit(field, key) != 0;
}

struct cJSON *hw_arg_find(const struct cJSON *args, const struct hw_field *field) {
  struct cJSON *best = NULL;
  int how = 0;
  for (struct cJSON *m = hw_json_first(args); m; m = hw_json_next(m)) {
    int fits = fit(field, hw_json_key(m));
    if (fits > how) {
      how = fits;
      best = m;
    }
  }
  return best;
}

int hw_arg_is_scope(const struct hw_op *op, const char *key) {
  static const char *const places[] = { "{project_id}", "{domain_id}" };
  const char *name = strncmp(key, "path.", 5) == 0 ? key + 5 : key;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    size_t len = strlen(places[i]) - 2;
    if (strlen(name) == len && memcmp(name, places[i] + 1, len) == 0)
      return strstr(op->path, places[i]) != NULL;
  }
  return 0;
}

struct cJSON *hw_arg_scope(const struct hw_op *op, const struct cJSON *args, const char *name) {
  struct cJSON *plain = NULL;
  for (struct cJSON *m = args ? hw_json_first(args) : NULL; m; m = hw_json_next(m)) {
    const char *key = hw_json_key(m);
    if (!hw_arg_is_scope(op, key))
      continue;
    if (strncmp(key, "path.", 5) == 0 && strcmp(key + 5, name) == 0)
      return m;
    if (strcmp(key, name) == 0)
      plain = m;
  }
  return plain;
}

int hw_path_value_ok(const char *text, size_t len, const char **why) {
  *why = NULL;
  if (!len)
    *why = "must not be empty";
  else if ((len == 1 && text[0] == '.') || (len == 2 && text[0] == '.' && text[1] == '.'))
    *why = "must not be \".\" or \"..\", which would change the path";
  for (size_t i = 0; i < len && !*why; i++) {
    unsigned char ch = (unsigned char)text[i];
    if (ch == '/')
      *why = "must not hold a slash, which would change the path";
    else if (ch < 0x20 || ch == 0x7f)
      *why = "must not hold control characters";
  }
  return !*why;
}

static int holds_nul(const struct cJSON *v) {
  for (const struct cJSON *item = hw_json_first(v); item; item = hw_json_next(item))
    if (hw_json_holds_nul(item))
      return 1;
  return hw_json_holds_nul(v);
}

static void check_place(struct check *c, const struct hw_field *f, const struct cJSON *v, const struct place *at) {
  const char *text = hw_json_text(v), *why;
  if (is_text_place(f) && holds_nul(v)) {
    problem(c, at, "must not hold U+0000");
    return;
  }
  if (!text)
    return;
  if (f->flags & HW_PATH && !hw_path_value_ok(text, strlen(text), &why))
    problem(c, at, "%s", why);
  if (f->flags & HW_HEADER)
    for (; *text; text++)
      if ((unsigned char)*text < 0x20 || *text == 0x7f) {
        problem(c, at, "must not hold control characters");
        return;
      }
}

static void check_top(struct check *c, const struct hw_op *op, const struct cJSON *args) {
  for (const struct hw_field *f = op->in; f && f->name; f++) {
    struct place root = { NULL, hw_place_word(f->flags), -1 }, here = { &root, f->name, -1 };
    const struct place *at = f->flags & HW_WHOLE ? &root : &here;
    const struct cJSON *v = hw_arg_find(args, f);
    if (!v) {
      if (f->flags & HW_REQUIRED)
        missing(c, f, at);
      continue;
    }
    check_value(c, f, v, at);
    check_place(c, f, v, at);
  }
}

unsigned hw_arg_unknown(const struct hw_op *op, const char *key, const char **name) {
  int query = strncmp(key, "query.", 6) == 0, body = strncmp(key, "body.", 5) == 0;
  *name = key + (query ? 6 : body ? 5 : 0);
  return query || (!body && strcmp(op->method, "GET") == 0) ? HW_QUERY : HW_BODY;
}

/* The parameter of a name whose place was given wrongly. */
static const struct hw_field *elsewhere(const struct hw_op *op, const char *name) {
  const struct hw_field *f = op->in;
  while (f && f->name && !same(name, f->name) && !(f->alias && same(name, f->alias)))
    f++;
  return f && f->name ? f : NULL;
}

/* The path and the headers take nothing that the row does not know. */
static void refuse_place(struct check *c, const struct hw_op *op, const char *place, const char *name) {
  struct place root = { NULL, place, -1 }, here = { &root, name, -1 };
  const struct hw_field *f = elsewhere(op, name);
  const char *near = f ? NULL : near_field(op->in, name);
  if (f)
    problem(c, &here, "%s is a %s parameter", f->name, hw_place_word(f->flags));
  else
    problem(c, &here, "is no parameter of the operation%s%s%s", near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static void check_stranger(struct check *c, const struct hw_op *op, const struct cJSON *m) {
  const char *key = hw_json_key(m), *name;
  unsigned place = hw_arg_unknown(op, key, &name);
  enum hw_json_type have = hw_json_type(m);
  struct place root = { NULL, hw_place_word(place), -1 }, here = { &root, name, -1 };
  const struct hw_field *f = elsewhere(op, name);
  if (strncmp(key, "path.", 5) == 0 || strncmp(key, "header.", 7) == 0) {
    refuse_place(c, op, key[0] == 'p' ? "path" : "header", strchr(key, '.') + 1);
    return;
  }
  if (f)
    warning(c, &here, "%s is a %s parameter, here it goes out as given", f->name, hw_place_word(f->flags));
  else
    unknown(c, op->in, name, &here);
  if (place == HW_QUERY && (have == HW_J_NULL || have == HW_J_OBJECT))
    problem(c, &here, "cannot travel in a query");
  if (place == HW_BODY && strcmp(op->method, "GET") == 0)
    problem(c, &here, "cannot travel: a GET has no body");
}

/* A project given with the call instead of with the client. */
static void check_scope(struct check *c, const struct cJSON *v) {
  const char *key = hw_json_key(v);
  struct hw_field f = { .name = strncmp(key, "path.", 5) == 0 ? key + 5 : key, .type = HW_STRING, .flags = HW_PATH | HW_ID };
  struct place root = { NULL, "path", -1 }, here = { &root, f.name, -1 };
  check_value(c, &f, v, &here);
  check_place(c, &f, v, &here);
}

static void check_unknown(struct check *c, const struct hw_op *op, const struct cJSON *args) {
  for (const struct cJSON *m = hw_json_first(args); m; m = hw_json_next(m)) {
    const struct hw_field *f = op->in;
    while (f && f->name && !fit(f, hw_json_key(m)))
      f++;
    if (hw_arg_is_scope(op, hw_json_key(m)))
      check_scope(c, m);
    else if (!f || !f->name)
      check_stranger(c, op, m);
  }
}

static void list_problems(const struct hw_op *op, struct hw_error *e) {
  int n = 0;
  const char *service = hw_op_chapter(op) ? hw_op_chapter(op)->service : "?";
  for (const char *p = hw_buf_text(&e->problems); *p; p++)
    n += *p == '\n';
  snprintf(e->operation, sizeof e->operation, "%s.%s", service, op->name);
  hw_fail(e, HW_ERR_CHECK, "%d problem%s, nothing was sent", n, n == 1 ? "" : "s");
  for (const char *p = hw_buf_text(&e->problems); *p;) {
    size_t path = strcspn(p, "\t"), line = strcspn(p, "\n");
    hw_buf_addf(&e->message, "\n  %.*s: %.*s", (int)path, p, (int)(line - path - 1), p + path + 1);
    p += line + 1;
  }
  hw_remedy(e, "see: hwdb api %s.%s", service, op->name);
}

int hw_check(const struct hw_op *op, const struct cJSON *args, int strict, struct hw_error *e) {
  struct check c = { strict, e };
  hw_buf_clear(&e->problems);
  hw_buf_clear(&e->warnings);
  check_top(&c, op, args);
  check_unknown(&c, op, args);
  if (e->problems.failed || e->warnings.failed)
    return hw_fail_memory(e);
  if (!e->problems.len)
    return 0;
  list_problems(op, e);
  return -1;
}
