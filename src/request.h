/* SPDX-License-Identifier: Apache-2.0
 * From a row and arguments to the request on the wire. Pure: no clock, no
 * credentials, no network; signing and authentication headers come later.
 */
#ifndef HW_REQUEST_H
#define HW_REQUEST_H

#include "err.h"
#include "json.h"
#include "model.h"
#include "sign.h"

#define HW_REQUEST_HEADERS_MAX 16

/* Where requests of a service go and whose they are. */
struct hw_scope {
  const char *endpoint; /* "https://host[:port][/base]" */
  const char *project_id, *domain_id; /* NULL: not known */
};

struct hw_request {
  const char *method;
  struct hw_buf url;   /* scheme, host, path and query as they go out */
  struct hw_buf host;  /* with the port where the endpoint names one */
  struct hw_buf path;  /* encoded, without the query */
  struct hw_buf query; /* canonical, without "?" */
  struct hw_buf body;
  int has_body;
  char *names[HW_REQUEST_HEADERS_MAX], *values[HW_REQUEST_HEADERS_MAX]; /* the operation's own headers */
  size_t n_headers;
};

/* Builds `r` (zeroed) from checked arguments. -1: a missing project or domain,
 * an argument that cannot travel, memory. */
int hw_request_build(struct hw_request *r, const struct hw_op *op, const struct cJSON *args,
                     const struct hw_scope *scope, struct hw_error *e);

/* Any other call: `path` may hold {project_id} and {domain_id} and is encoded
 * once; `query` is an object of scalars or arrays, or NULL; `body` goes out as
 * given, NULL for none. */
struct hw_raw_call {
  const char *method, *path;
  const struct cJSON *query, *headers;
  const char *body;
  size_t body_len;
};
int hw_request_raw(struct hw_request *r, const struct hw_raw_call *call, const struct hw_scope *scope,
                   struct hw_error *e);

int hw_request_add_header(struct hw_request *r, const char *name, const char *value, struct hw_error *e);

/* Appends the JSON body of a call, with the values of secret fields replaced by
 * "***" if `masked`. Returns 1 if there is a body, 0 if none, -1 without memory. */
int hw_request_body(const struct hw_op *op, const struct cJSON *args, int masked, struct hw_buf *to);

void hw_request_free(struct hw_request *r);

/* Forgets the request, keeps memory for the next; the body's bytes are overwritten. */
void hw_request_clear(struct hw_request *r);

/* Calls `found` with every secret text among the arguments. */
void hw_each_secret(const struct hw_op *op, const struct cJSON *args, void (*found)(void *to, const char *secret),
                    void *to);

/* Replaces every occurrence of `secret` (3 bytes or more) in `text` by "***". */
void hw_redact(struct hw_buf *text, const char *secret);

#endif
