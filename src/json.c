/* SPDX-License-Identifier: Apache-2.0
 * Strict reading and exact trees. cJSON accepts `01`, raw newlines and broken
 * UTF-8, cuts strings at U+0000 and rounds integers past 2^53; so reading is
 * done here, and numbers and strings with U+0000 live in the tree as raw text.
 */
#define _DEFAULT_SOURCE
#include "json.h"

#include <cjson/cJSON.h>
#include <endian.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
  const char *start, *at, *end;
  struct hw_buf *scratch;
  hw_json_sink sink;
  void *to;
  struct hw_error *e;
  int depth;
  char nest[HW_JSON_DEPTH]; /* '{' or '[' of each open container */
};

static int wrong(struct reader *r, const char *what) {
  return hw_fail(r->e, HW_ERR_DECODE, "not valid JSON at byte %zu: %s", (size_t)(r->at - r->start), what);
}

int hw_utf8_len(const unsigned char *s, size_t left) {
  unsigned char c = s[0];
  if (c < 0x80)
    return 1;
  if (c < 0xc2 || c > 0xf4)
    return 0;
  if (c < 0xe0)
    return left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
  if (c < 0xf0) {
    if (left < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
      return 0;
    return (c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f) ? 0 : 3;
  }
  if (left < 4 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
    return 0;
  return (c == 0xf0 && s[1] < 0x90) || (c == 0xf4 && s[1] > 0x8f) ? 0 : 4;
}

static void skip_space(struct reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
    r->at++;
}

/* The end of the number that starts at `at`, NULL if there is none. */
static const char *number_end(const char *at, const char *end, int *integer) {
  const char *digits;
  *integer = 1;
  if (at < end && *at == '-')
    at++;
  if (at == end || *at < '0' || *at > '9')
    return NULL;
  if (*at == '0')
    at++;
  else
    while (at < end && *at >= '0' && *at <= '9')
      at++;
  if (at < end && *at == '.') {
    *integer = 0;
    for (digits = ++at; at < end && *at >= '0' && *at <= '9'; at++)
      ;
    if (at == digits)
      return NULL;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    *integer = 0;
    at++;
    if (at < end && (*at == '+' || *at == '-'))
      at++;
    for (digits = at; at < end && *at >= '0' && *at <= '9'; at++)
      ;
    if (at == digits)
      return NULL;
  }
  return at;
}

int hw_json_is_number(const char *text, size_t len, int *integer) {
  int whole;
  return number_end(text, text + len, integer ? integer : &whole) == text + len;
}

static int hex4(struct reader *r, unsigned *value) {
  *value = 0;
  if (r->end - r->at < 4)
    return wrong(r, "unfinished \\u escape");
  for (int i = 0; i < 4; i++, r->at++) {
    char c = *r->at;
    unsigned digit;
    if (c >= '0' && c <= '9')
      digit = (unsigned)(c - '0');
    else if ((c | 32) >= 'a' && (c | 32) <= 'f')
      digit = (unsigned)((c | 32) - 'a' + 10);
    else
      return wrong(r, "\\u needs four hexadecimal digits");
    *value = *value * 16 + digit;
  }
  return 0;
}

static void add_utf8(struct hw_buf *b, unsigned c) {
  if (c < 0x80) {
    hw_buf_addc(b, (char)c);
  } else if (c < 0x800) {
    hw_buf_addc(b, (char)(0xc0 | c >> 6));
    hw_buf_addc(b, (char)(0x80 | (c & 0x3f)));
  } else if (c < 0x10000) {
    hw_buf_addc(b, (char)(0xe0 | c >> 12));
    hw_buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
    hw_buf_addc(b, (char)(0x80 | (c & 0x3f)));
  } else {
    hw_buf_addc(b, (char)(0xf0 | c >> 18));
    hw_buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
    hw_buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
    hw_buf_addc(b, (char)(0x80 | (c & 0x3f)));
  }
}

static int read_unicode(struct reader *r) {
  unsigned c, low;
  if (hex4(r, &c))
    return -1;
  if (c >= 0xdc00 && c <= 0xdfff)
    return wrong(r, "a low surrogate stands alone");
  if (c >= 0xd800 && c <= 0xdbff) {
    if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
      return wrong(r, "a high surrogate stands alone");
    r->at += 2;
    if (hex4(r, &low))
      return -1;
    if (low < 0xdc00 || low > 0xdfff)
      return wrong(r, "a high surrogate stands alone");
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
  }
  add_utf8(r->scratch, c);
  return 0;
}

static int read_escape(struct reader *r) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;
  if (r->at == r->end)
    return wrong(r, "unfinished escape");
  if (*r->at == 'u') {
    r->at++;
    return read_unicode(r);
  }
  if (*r->at == '\0' || !(found = strchr(from, *r->at)))
    return wrong(r, "unknown escape");
  r->at++;
  return hw_buf_addc(r->scratch, to[found - from]);
}

/* How many of eight bytes come before the first that is a quote, a backslash, a
 * control character or no ASCII. A borrow can only mark bytes after a marked one. */
static int plain_of_eight(const char *at) {
  const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
  uint64_t bytes, quotes, slashes, marks;
  memcpy(&bytes, at, sizeof bytes);
  bytes = le64toh(bytes);
  quotes = bytes ^ (ones * '"');
  slashes = bytes ^ (ones * '\\');
  marks = ((bytes - ones * 0x20) | (quotes - ones) | (slashes - ones) | bytes) & tops;
  return marks ? __builtin_ctzll(marks) / 8 : 8;
}

/* Moves over plain characters; stops at a quote, a backslash or the end. */
static int skip_plain(struct reader *r) {
  for (;;) {
    unsigned char c;
    while (r->end - r->at >= 8) {
      int plain = plain_of_eight(r->at);
      r->at += plain;
      if (plain < 8)
        break;
    }
    if (r->at == r->end)
      break;
    c = (unsigned char)*r->at;
    if (c == '"' || c == '\\')
      return 0;
    if (c < 0x20)
      return wrong(r, "control character inside a string");
    if (c < 0x80) {
      r->at++;
    } else {
      int len = hw_utf8_len((const unsigned char *)r->at, (size_t)(r->end - r->at));
      if (!len)
        return wrong(r, "not UTF-8");
      r->at += len;
    }
  }
  return wrong(r, "unfinished string");
}

/* After the opening quote. A string without escapes is passed on in place. */
static int read_string(struct reader *r, enum hw_json_event event) {
  const char *plain = r->at;
  if (skip_plain(r))
    return -1;
  if (*r->at == '"') {
    r->at++;
    return r->sink(r->to, event, plain, (size_t)(r->at - 1 - plain));
  }
  hw_buf_clear(r->scratch);
  for (;;) {
    hw_buf_add(r->scratch, plain, (size_t)(r->at - plain));
    if (*r->at++ == '"')
      break;
    if (read_escape(r))
      return r->scratch->failed ? hw_fail_memory(r->e) : -1;
    plain = r->at;
    if (skip_plain(r))
      return -1;
  }
  if (r->scratch->failed)
    return hw_fail_memory(r->e);
  return r->sink(r->to, event, hw_buf_text(r->scratch), r->scratch->len);
}

static int read_word(struct reader *r, const char *word, enum hw_json_event event) {
  size_t len = strlen(word);
  if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
    return wrong(r, "a value was expected");
  r->at += len;
  return r->sink(r->to, event, NULL, 0);
}

static int read_number(struct reader *r) {
  const char *digits = r->at;
  int integer;
  const char *end = number_end(digits, r->end, &integer);
  if (!end)
    return wrong(r, "a value was expected");
  r->at = end;
  return r->sink(r->to, HW_JSON_NUMBER, digits, (size_t)(end - digits));
}

static int read_scalar(struct reader *r) {
  switch (*r->at) {
  case '"':
    r->at++;
    return read_string(r, HW_JSON_STRING);
  case 't':
    return read_word(r, "true", HW_JSON_TRUE);
  case 'f':
    return read_word(r, "false", HW_JSON_FALSE);
  case 'n':
    return read_word(r, "null", HW_JSON_NULL);
  default:
    return read_number(r);
  }
}

static int read_key(struct reader *r) {
  skip_space(r);
  if (r->at == r->end || *r->at != '"')
    return wrong(r, "a member name was expected");
  r->at++;
  if (read_string(r, HW_JSON_KEY))
    return -1;
  skip_space(r);
  if (r->at == r->end || *r->at != ':')
    return wrong(r, "a colon was expected");
  r->at++;
  return 0;
}

static int close_container(struct reader *r) {
  r->at++;
  return r->sink(r->to, r->nest[--r->depth] == '{' ? HW_JSON_OBJECT_END : HW_JSON_ARRAY_END, NULL, 0);
}

/* Opens a container and reads its first member name, or closes it when empty. */
static int open_container(struct reader *r, int *value_next) {
  char kind = *r->at;
  if (r->depth == HW_JSON_DEPTH)
    return wrong(r, "nested too deeply");
  r->nest[r->depth++] = kind;
  r->at++;
  if (r->sink(r->to, kind == '{' ? HW_JSON_OBJECT : HW_JSON_ARRAY, NULL, 0))
    return -1;
  skip_space(r);
  *value_next = 1;
  if (r->at < r->end && *r->at == (kind == '{' ? '}' : ']')) {
    *value_next = 0;
    return close_container(r);
  }
  return kind == '{' ? read_key(r) : 0;
}

/* After a value inside a container: a comma and the next name, or its end. */
static int after_value(struct reader *r, int *value_next) {
  char kind = r->nest[r->depth - 1];
  if (r->at < r->end && *r->at == ',') {
    r->at++;
    *value_next = 1;
    return kind == '{' ? read_key(r) : 0;
  }
  if (r->at < r->end && *r->at == (kind == '{' ? '}' : ']'))
    return close_container(r);
  return wrong(r, kind == '{' ? "a comma or } was expected" : "a comma or ] was expected");
}

int hw_json_read(const char *text, size_t len, struct hw_buf *scratch, hw_json_sink sink, void *to,
                 struct hw_error *e) {
  struct reader r = { .start = text, .at = text, .end = text + len, .scratch = scratch, .sink = sink, .to = to, .e = e };
  int value_next = 1, failed = 0;
  while (!failed && (value_next || r.depth)) {
    skip_space(&r);
    if (!value_next) {
      failed = after_value(&r, &value_next);
    } else if (r.at == r.end) {
      failed = wrong(&r, len ? "the text ends too early" : "empty");
    } else if (*r.at == '{' || *r.at == '[') {
      failed = open_container(&r, &value_next);
    } else {
      value_next = 0;
      failed = read_scalar(&r);
    }
  }
  if (failed)
    return e && !e->kind ? hw_fail_memory(e) : -1;
  skip_space(&r);
  return r.at == r.end ? 0 : wrong(&r, "more text after the value");
}

/* -- trees ------------------------------------------------------------- */

struct builder {
  struct cJSON *root;
  struct cJSON *open[HW_JSON_DEPTH + 1];
  int depth;
  struct hw_buf key;
  struct hw_error *e;
};

static int build_add(struct builder *b, struct cJSON *item) {
  if (!item)
    return -1;
  if (!b->depth) {
    b->root = item;
    return 0;
  }
  struct cJSON *parent = b->open[b->depth - 1];
  return cJSON_IsArray(parent) ? hw_json_push(parent, item) : hw_json_put(parent, hw_buf_text(&b->key), item);
}

static int build(void *to, enum hw_json_event event, const char *text, size_t len) {
  struct builder *b = to;
  struct cJSON *item = NULL;
  switch (event) {
  case HW_JSON_KEY:
    if (len && memchr(text, 0, len))
      return hw_fail(b->e, HW_ERR_DECODE, "a member name holds U+0000");
    hw_buf_clear(&b->key);
    return hw_buf_add(&b->key, text, len);
  case HW_JSON_ARRAY_END:
  case HW_JSON_OBJECT_END:
    b->depth--;
    return 0;
  case HW_JSON_NULL: item = cJSON_CreateNull(); break;
  case HW_JSON_FALSE: item = cJSON_CreateFalse(); break;
  case HW_JSON_TRUE: item = cJSON_CreateTrue(); break;
  case HW_JSON_NUMBER: item = hw_json_number(text, len); break;
  case HW_JSON_STRING: item = hw_json_string(text, len); break;
  case HW_JSON_ARRAY: item = cJSON_CreateArray(); break;
  case HW_JSON_OBJECT: item = cJSON_CreateObject(); break;
  }
  if (build_add(b, item))
    return -1;
  if (event == HW_JSON_ARRAY || event == HW_JSON_OBJECT)
    b->open[b->depth++] = item;
  return 0;
}

struct cJSON *hw_json_parse(const char *text, size_t len, struct hw_error *e) {
  struct builder b = { .e = e };
  struct hw_buf scratch = { 0 };
  int failed;
  if (e)
    e->kind = HW_OK;
  failed = hw_json_read(text, len, &scratch, build, &b, e);
  hw_buf_free(&scratch);
  hw_buf_free(&b.key);
  if (failed) {
    cJSON_Delete(b.root);
    return NULL;
  }
  return b.root;
}

struct cJSON *hw_json_gather(hw_json_source source, const void *from) {
  struct builder b = { 0 };
  int failed = source(from, build, &b);
  hw_buf_free(&b.key);
  if (!failed)
    return b.root;
  cJSON_Delete(b.root);
  return NULL;
}

void hw_json_free(struct cJSON *node) {
  cJSON_Delete(node);
}

struct cJSON *hw_json_copy(const struct cJSON *node) {
  return cJSON_Duplicate(node, 1);
}

struct cJSON *hw_json_object(void) {
  return cJSON_CreateObject();
}

struct cJSON *hw_json_array(void) {
  return cJSON_CreateArray();
}

struct cJSON *hw_json_null(void) {
  return cJSON_CreateNull();
}

struct cJSON *hw_json_boolean(int value) {
  return cJSON_CreateBool(value);
}

struct cJSON *hw_json_integer(int64_t value) {
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%lld", (long long)value);
  return hw_json_number(digits, (size_t)len);
}

struct cJSON *hw_json_number(const char *text, size_t len) {
  char digits[64];
  struct hw_buf longer = { 0 };
  struct cJSON *node;
  if (len < sizeof digits) {
    hw_copy(digits, sizeof digits, text, len);
    return cJSON_CreateRaw(digits);
  }
  hw_buf_add(&longer, text, len);
  node = longer.failed ? NULL : cJSON_CreateRaw(hw_buf_text(&longer));
  hw_buf_free(&longer);
  return node;
}

struct cJSON *hw_json_string(const char *text, size_t len) {
  char small[256];
  struct hw_buf b = { 0 };
  struct cJSON *node = NULL;
  int has_nul = len && memchr(text, 0, len) != NULL;
  if (len < sizeof small && !has_nul) {
    hw_copy(small, sizeof small, text, len);
    return cJSON_CreateString(small);
  }
  if (!(has_nul ? hw_json_quote(text, len, &b) : hw_buf_add(&b, text, len)))
    node = has_nul ? cJSON_CreateRaw(b.data) : cJSON_CreateString(b.data);
  hw_buf_free(&b);
  return node;
}

int hw_json_put(struct cJSON *object, const char *key, struct cJSON *item) {
  if (item && object && cJSON_AddItemToObject(object, key, item))
    return 0;
  cJSON_Delete(item);
  return -1;
}

int hw_json_push(struct cJSON *array, struct cJSON *item) {
  if (item && array && cJSON_AddItemToArray(array, item))
    return 0;
  cJSON_Delete(item);
  return -1;
}

struct cJSON *hw_json_detach(struct cJSON *parent, struct cJSON *item) {
  return cJSON_DetachItemViaPointer(parent, item);
}

static struct cJSON *merge(struct cJSON *a, struct cJSON *b) {
  struct cJSON head = { 0 }, *tail = &head;
  while (a && b) {
    struct cJSON **least = strcmp(b->string, a->string) < 0 ? &b : &a;
    tail = tail->next = *least;
    *least = (*least)->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

static struct cJSON *sorted(struct cJSON *list) {
  struct cJSON *slow = list, *fast, *half;
  if (!list || !list->next)
    return list;
  for (fast = list->next; fast && fast->next; fast = fast->next->next)
    slow = slow->next;
  half = slow->next;
  slow->next = NULL;
  return merge(sorted(list), sorted(half));
}

/* cJSON keeps the last child in the first one's prev. */
void hw_json_sort(struct cJSON *object) {
  struct cJSON *last = NULL;
  object->child = sorted(object->child);
  for (struct cJSON *item = object->child; item; item = item->next) {
    item->prev = last;
    last = item;
  }
  if (object->child)
    object->child->prev = last;
}

enum hw_json_type hw_json_type(const struct cJSON *node) {
  switch (node->type & 0xff) {
  case cJSON_False:
  case cJSON_True: return HW_J_BOOLEAN;
  case cJSON_Number: return HW_J_NUMBER;
  case cJSON_Raw: return node->valuestring[0] == '"' ? HW_J_STRING : HW_J_NUMBER;
  case cJSON_String: return HW_J_STRING;
  case cJSON_Array: return HW_J_ARRAY;
  case cJSON_Object: return HW_J_OBJECT;
  default: return HW_J_NULL;
  }
}

const char *hw_json_type_word(const struct cJSON *node) {
  static const char *const words[] = { "", "null", "boolean", "number", "string", "array", "object" };
  return words[hw_json_type(node)];
}

const char *hw_json_key(const struct cJSON *node) {
  return node->string ? node->string : "";
}

struct cJSON *hw_json_first(const struct cJSON *node) {
  return node->child;
}

struct cJSON *hw_json_next(const struct cJSON *node) {
  return node->next;
}

struct cJSON *hw_json_get(const struct cJSON *object, const char *key) {
  struct cJSON *member = object ? object->child : NULL;
  while (member && (!member->string || member->string[0] != key[0] || strcmp(member->string, key) != 0))
    member = member->next;
  return member;
}

int hw_json_is_true(const struct cJSON *node) {
  return cJSON_IsTrue(node);
}

const char *hw_json_text(const struct cJSON *node) {
  return cJSON_IsString(node) || cJSON_IsRaw(node) ? node->valuestring : NULL;
}

int hw_json_holds_nul(const struct cJSON *node) {
  return cJSON_IsRaw(node) && node->valuestring[0] == '"';
}

int hw_json_int(const struct cJSON *node, int64_t *value) {
  int integer;
  if (hw_json_type(node) != HW_J_NUMBER || !hw_json_is_number(node->valuestring, strlen(node->valuestring), &integer))
    return -1;
  if (!integer)
    return -1;
  errno = 0;
  *value = strtoll(node->valuestring, NULL, 10);
  return errno ? -1 : 0;
}

double hw_json_to_double(const char *digits) {
  const char *point = strchr(digits, '.'), *own = localeconv()->decimal_point;
  struct hw_buf text = { 0 };
  double value;
  if (!point || strcmp(own, ".") == 0)
    return strtod(digits, NULL);
  hw_buf_add(&text, digits, (size_t)(point - digits));
  hw_buf_adds(&text, own);
  hw_buf_adds(&text, point + 1);
  value = strtod(hw_buf_text(&text), NULL);
  hw_buf_free(&text);
  return value;
}

double hw_json_double(const struct cJSON *node) {
  return hw_json_to_double(node->valuestring);
}

const char *hw_json_get_text(const struct cJSON *object, const char *key) {
  const struct cJSON *item = hw_json_get(object, key);
  return item && cJSON_IsString(item) ? item->valuestring : NULL;
}

int hw_json_write(const struct cJSON *node, struct hw_buf *to) {
  char *text = cJSON_PrintUnformatted(node);
  int result = text ? hw_buf_adds(to, text) : -1;
  cJSON_free(text);
  return result;
}

int hw_json_quote(const char *text, size_t len, struct hw_buf *to) {
  static const char from[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
  hw_buf_addc(to, '"');
  for (size_t i = 0; i < len; i++) {
    const char *found = text[i] ? strchr(from, text[i]) : NULL;
    if (found)
      hw_buf_addf(to, "\\%c", letter[found - from]);
    else if ((unsigned char)text[i] < 0x20)
      hw_buf_addf(to, "\\u%04x", (unsigned)(unsigned char)text[i]);
    else
      hw_buf_addc(to, text[i]);
  }
  return hw_buf_addc(to, '"');
}

const char *hw_json_library(void) {
  return cJSON_Version();
}
