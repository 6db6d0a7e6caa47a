/* SPDX-License-Identifier: Apache-2.0
 * The row types: one struct hw_op says everything about an API operation.
 * Checking, request building, help, editor annotations, the simulator and the
 * lint specs all read these rows; nothing about an operation stands elsewhere.
 */
#ifndef HW_MODEL_H
#define HW_MODEL_H

#include <stddef.h>
#include <stdint.h>

enum hw_type {
  HW_STRING = 1,
  HW_INTEGER, /* exact up to 2^63-1 */
  HW_NUMBER,
  HW_BOOLEAN,
  HW_ARRAY,  /* of .items; of objects when .fields is set */
  HW_OBJECT, /* with .fields; without: any members */
  HW_MAP     /* free keys; values are .items (or objects when .fields is set) */
};

/* Where a parameter travels. A request field has exactly one place at its top
 * level; nested fields and answer fields have none. */
#define HW_PATH 0x0001u
#define HW_QUERY 0x0002u
#define HW_HEADER 0x0004u
#define HW_BODY 0x0008u
#define HW_PLACES 0x000fu

#define HW_REQUIRED 0x0010u
#define HW_SECRET 0x0020u   /* masked wherever it could be shown */
#define HW_ID 0x0040u       /* an identifier: length and pattern only warn */
#define HW_EITHER 0x0080u   /* shown both as string and as number or boolean: sent as given */
#define HW_SEND 0x0100u     /* the default goes out when the caller is silent */
#define HW_SOFT 0x0200u     /* a document's own example breaks the rule: it only warns */
#define HW_WHOLE 0x0400u    /* the value is the whole body (arrays, maps), named "body" */
#define HW_NULLABLE 0x0800u /* null is a documented value */
#define HW_MIN 0x1000u      /* .min counts */
#define HW_MAX 0x2000u      /* .max counts */

struct hw_field {
  const char *name;
  enum hw_type type;
  unsigned flags;
  enum hw_type items;            /* of an array or a map */
  const struct hw_field *fields; /* of an object, or of an array's or map's objects; ends with { 0 } */
  const char *oneof;             /* "A|B": open, an unlisted value only warns */
  const char *pattern;           /* see hw_pattern_match */
  int64_t min, max;              /* of a number, with HW_MIN and HW_MAX */
  unsigned min_len, max_len;     /* characters of a string, entries of an array or map; 0: no bound */
  const char *def;               /* the documented default, as JSON text without quotes */
  const char *alias;             /* another spelling a document or client uses; also accepted */
  const char *note;              /* what it means, and any contradiction with the choice made */
};

#define HW_BOUNDED (HW_MIN | HW_MAX)
#define HW_RANGE(a, b) .min = (a), .max = (b) /* beside HW_BOUNDED */

enum hw_kind {
  HW_QUERY_KIND = 1, /* changes nothing: may be repeated */
  HW_SET,            /* brings about a state: the same twice is the same */
  HW_CREATE,         /* makes something new */
  HW_DELETE,         /* takes something away */
  HW_PULSE           /* sent twice does it twice: restart, scale, kill, reset */
};

enum hw_page_style {
  HW_NO_PAGES = 0,
  HW_BY_INDEX,  /* offset counts records */
  HW_BY_PAGE,   /* offset counts pages from 0 */
  HW_BY_NUMBER, /* page number from 1, in .at, with .size */
  HW_BY_MARKER  /* .at takes the last item's .key */
};

struct hw_page {
  enum hw_page_style style;
  const char *at;    /* the parameter that says where: offset, curPage, page, marker */
  const char *size;  /* the parameter that says how many: limit, perPage, size */
  const char *items; /* answer field that holds the list */
  const char *total; /* answer field with the number of all items, or NULL */
  const char *key;   /* item field that tells items apart ("id"; dots nest), or NULL */
};

struct hw_job {
  const char *field; /* answer field that names the job; dots nest */
  const char *watch; /* operation that shows it, "ddm.show_job" */
};

#define HW_PAID 0x01u         /* can cost money */
#define HW_IRREVERSIBLE 0x02u /* cannot be undone by another call */
#define HW_EXTRA 0x04u        /* not one of the 195 documented operations */
#define HW_EMPTY_BODY 0x08u   /* "{}" goes out where no body field was given */

/* What a row rests on, beyond the document. */
#define HW_SEEN_SDK 0x10u      /* Huawei's SDK offers it */
#define HW_SEEN_EXPLORER 0x20u /* the API Explorer defines it and agrees */
#define HW_SEEN_ANSWER 0x40u   /* an answer was met in practice */

struct hw_op {
  const char *name;
  const char *method;
  const char *path; /* template: "/v1/{project_id}/instances/{instance_id}" */
  const char *title; /* the section's heading */
  const char *doc;   /* "DDM 4.3.15" */
  const char *sdk;   /* the SDK's name */
  const char *alias; /* further names that resolve, "a|b" */
  const struct hw_field *in, *out; /* end with { 0 } */
  short ok[4];                     /* documented success statuses, 0 ends */
  enum hw_kind kind;
  unsigned flags;
  struct hw_page page;
  struct hw_job job;
  const char *permission; /* "ddm:instance:create" */
  const char *note;       /* contradictions met, with section and choice */
};

struct hw_chapter {
  const char *service; /* "ddm" */
  const char *title;   /* "4.3 Schemas" */
  const struct hw_op *ops; /* ends with { 0 } */
};

/* All chapters in document order; ends with NULL. */
extern const struct hw_chapter *const hw_chapters[];

/* The row of an operation by name, SDK name, CamelCase form of either or alias;
 * NULL if there is none. `service` and `name` need not end at their length. */
const struct hw_op *hw_op_find(const char *service, const char *name);

/* The chapter a row stands in; never NULL for a row of this library. */
const struct hw_chapter *hw_op_chapter(const struct hw_op *op);

/* 1 if rows or endpoints of this service exist. */
int hw_service_known(const char *service);

/* The known name nearest to `name` within the service (service NULL: among
 * service names), or NULL when nothing is near. */
const char *hw_op_suggest(const char *service, const char *name);

/* Word of a type, kind, or page style as `hwdb api --json` prints it. */
const char *hw_type_word(enum hw_type type);
const char *hw_kind_word(enum hw_kind kind);
const char *hw_page_word(enum hw_page_style style);

/* "path", "query", "header" or "body". */
const char *hw_place_word(unsigned flags);

/* Matches the whole text against a pattern of literals, ".", "[a-z]", "[^a-z]",
 * "\\d", "\\w" and escapes, each with "*", "+", "?", "{m}", "{m,}" or "{m,n}".
 * Groups and alternation do not exist, so matching needs no memory; bytes are
 * compared, no locale. "^" and "$" at the ends are allowed and change nothing. */
int hw_pattern_match(const char *pattern, const char *text, size_t len);

/* 1 if the pattern keeps to that language. */
int hw_pattern_ok(const char *pattern);

#endif
