/* SPDX-License-Identifier: Apache-2.0
 * The small pattern language of the rows: single characters and classes with
 * counts. POSIX regcomp would cost memory and a compilation for every check and
 * follow the locale; the documents need no more than this.
 */
#include <string.h>

#include "model.h"

/* One element: its text runs from `at` to `end`, then its count. */
struct element {
  const char *at, *end, *next;
  unsigned least, most;
};

static const char *class_end(const char *at) {
  at++;
  if (*at == '^')
    at++;
  if (*at == ']')
    at++;
  while (*at && *at != ']')
    at += *at == '\\' && at[1] ? 2 : 1;
  return *at ? at + 1 : NULL;
}

static const char *number(const char *at, unsigned *value) {
  *value = 0;
  while (*at >= '0' && *at <= '9' && *value < 100000)
    *value = *value * 10 + (unsigned)(*at++ - '0');
  return at;
}

static const char *braces(const char *at, struct element *el) {
  const char *digits = at;
  at = number(at, &el->least);
  if (at == digits)
    return NULL;
  el->most = el->least;
  if (*at == ',') {
    digits = ++at;
    at = number(at, &el->most);
    if (at == digits)
      el->most = ~0u;
  }
  return *at == '}' ? at + 1 : NULL;
}

/* Reads the element at `at`; -1 if it is not of the language. */
static int element(const char *at, struct element *el) {
  if (!*at || strchr("()|*+?{}", *at))
    return -1;
  el->at = at;
  el->end = *at == '[' ? class_end(at) : *at == '\\' ? (at[1] ? at + 2 : NULL) : at + 1;
  if (!el->end)
    return -1;
  el->least = el->most = 1;
  el->next = el->end + 1;
  switch (*el->end) {
  case '*': el->least = 0, el->most = ~0u; break;
  case '+': el->most = ~0u; break;
  case '?': el->least = 0; break;
  case '{': el->next = braces(el->end + 1, el); break;
  default: el->next = el->end;
  }
  return el->next ? 0 : -1;
}

static int escaped(char kind, unsigned char c) {
  int digit = c >= '0' && c <= '9';
  if (kind == 'd')
    return digit;
  if (kind == 'w')
    return digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return (unsigned char)kind == c;
}

static int in_class(const char *at, const char *end, unsigned char c) {
  int negated = at[1] == '^', found = 0;
  for (at += 1 + negated; at < end - 1; at++) {
    if (*at == '\\') {
      found |= escaped(*++at, c);
    } else if (at[1] == '-' && at + 2 < end - 1) {
      found |= c >= (unsigned char)at[0] && c <= (unsigned char)at[2];
      at += 2;
    } else {
      found |= (unsigned char)*at == c;
    }
  }
  return found != negated;
}

static int one(const struct element *el, unsigned char c) {
  switch (*el->at) {
  case '.': return c != '\n';
  case '[': return in_class(el->at, el->end, c);
  case '\\': return escaped(el->at[1], c);
  default: return (unsigned char)*el->at == c;
  }
}

/* Greedy with backtracking; depth is the number of elements in the pattern. */
static int match(const char *pattern, const char *text, const char *end) {
  struct element el;
  unsigned n = 0;
  if (!*pattern || (*pattern == '$' && !pattern[1]))
    return text == end;
  if (element(pattern, &el))
    return 0;
  while (n < el.most && text + n < end && one(&el, (unsigned char)text[n]))
    n++;
  for (;; n--) {
    if (n < el.least)
      return 0;
    if (match(el.next, text + n, end))
      return 1;
    if (!n)
      return 0;
  }
}

int hw_pattern_match(const char *pattern, const char *text, size_t len) {
  return match(pattern + (*pattern == '^'), text, text + len);
}

int hw_pattern_ok(const char *pattern) {
  struct element el;
  for (pattern += *pattern == '^'; *pattern && !(*pattern == '$' && !pattern[1]); pattern = el.next)
    if (element(pattern, &el))
      return 0;
  return 1;
}
