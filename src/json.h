/* SPDX-License-Identifier: Apache-2.0
 * JSON, strict and exact. Reading follows RFC 8259 to the letter, whatever the
 * library below would let pass; numbers keep their digits; U+0000 survives.
 * Trees are cJSON's, reached only through these functions.
 */
#ifndef HW_JSON_H
#define HW_JSON_H

#include <stdint.h>

#include "buf.h"
#include "err.h"

#define HW_JSON_DEPTH 128

enum hw_json_event {
  HW_JSON_NULL,
  HW_JSON_FALSE,
  HW_JSON_TRUE,
  HW_JSON_NUMBER, /* text: the digits as written */
  HW_JSON_STRING, /* text: unescaped UTF-8 */
  HW_JSON_KEY,    /* likewise; the value follows */
  HW_JSON_ARRAY,
  HW_JSON_ARRAY_END,
  HW_JSON_OBJECT,
  HW_JSON_OBJECT_END
};

/* Receives what is read, in order; `text` is valid during the call only and not
 * NUL-terminated. Non-zero stops the reading. May leave by longjmp if `scratch`
 * has an owner. */
typedef int (*hw_json_sink)(void *to, enum hw_json_event event, const char *text, size_t len);

/* Reads one JSON text. `scratch` is working memory, owned by the caller.
 * -1: HW_ERR_DECODE with the byte offset and what is wrong there. */
int hw_json_read(const char *text, size_t len, struct hw_buf *scratch, hw_json_sink sink, void *to,
                 struct hw_error *e);

/* What gives the events of one value to a sink, in order, and returns what the sink
 * said first if that was not 0. `from` is its own. */
typedef int (*hw_json_source)(const void *from, hw_json_sink sink, void *to);

struct cJSON; /* a node */

enum hw_json_type { HW_J_NULL = 1, HW_J_BOOLEAN, HW_J_NUMBER, HW_J_STRING, HW_J_ARRAY, HW_J_OBJECT };

/* Whole text to a tree; NULL after filling `e`. */
struct cJSON *hw_json_parse(const char *text, size_t len, struct hw_error *e);

/* A source's value as a tree; NULL without memory. */
struct cJSON *hw_json_gather(hw_json_source source, const void *from);

void hw_json_free(struct cJSON *node);
struct cJSON *hw_json_copy(const struct cJSON *node);

/* Makers; NULL without memory. hw_json_number takes JSON number text. */
struct cJSON *hw_json_object(void);
struct cJSON *hw_json_array(void);
struct cJSON *hw_json_null(void);
struct cJSON *hw_json_boolean(int value);
struct cJSON *hw_json_integer(int64_t value);
struct cJSON *hw_json_number(const char *text, size_t len);
struct cJSON *hw_json_string(const char *text, size_t len);

/* Take ownership of `item`, also on failure (-1). `item` may be NULL: -1. */
int hw_json_put(struct cJSON *object, const char *key, struct cJSON *item);
int hw_json_push(struct cJSON *array, struct cJSON *item);

/* Takes a member out of its parent; the caller owns it. */
struct cJSON *hw_json_detach(struct cJSON *parent, struct cJSON *item);

/* Puts an object's members in byte order of their keys, so output is the same every time. */
void hw_json_sort(struct cJSON *object);

enum hw_json_type hw_json_type(const struct cJSON *node);
const char *hw_json_type_word(const struct cJSON *node); /* "string", "number", ... */
const char *hw_json_key(const struct cJSON *node);       /* of a member */
struct cJSON *hw_json_first(const struct cJSON *node);   /* child, or NULL */
struct cJSON *hw_json_next(const struct cJSON *node);
struct cJSON *hw_json_get(const struct cJSON *object, const char *key); /* case counts */
int hw_json_is_true(const struct cJSON *node);

/* Text of a string (one that holds U+0000: its JSON-escaped form) or the digits
 * of a number; NULL for anything else. */
const char *hw_json_text(const struct cJSON *node);

/* 1 for a string that holds U+0000, whose text is therefore not its own. */
int hw_json_holds_nul(const struct cJSON *node);

/* 0 and the value if the node is a number without fraction within 64 bits, else -1. */
int hw_json_int(const struct cJSON *node, int64_t *value);
double hw_json_double(const struct cJSON *node);

/* The value of JSON number text, whatever decimal point the locale has. */
double hw_json_to_double(const char *digits);

/* The text of a string member, NULL if there is none. */
const char *hw_json_get_text(const struct cJSON *object, const char *key);

/* Appends the tree as compact JSON; -1 without memory. */
int hw_json_write(const struct cJSON *node, struct hw_buf *to);

/* Appends text as a JSON string with quotes. */
int hw_json_quote(const char *text, size_t len, struct hw_buf *to);

/* Length of a well-formed UTF-8 character at `s` (1 to 4), 0 if there is none. */
int hw_utf8_len(const unsigned char *s, size_t left);

/* Version of the tree library. */
const char *hw_json_library(void);

/* 1 if the text is a JSON number; `integer` is set to 1 if it has no fraction and no exponent. */
int hw_json_is_number(const char *text, size_t len, int *integer);

#endif
