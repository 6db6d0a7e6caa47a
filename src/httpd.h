/* SPDX-License-Identifier: Apache-2.0
 * An HTTP/1.1 listener in one thread: it hands whole requests to one function
 * and sends what that answers, or breaks off on purpose.
 */
#ifndef HW_HTTPD_H
#define HW_HTTPD_H

#include <signal.h>
#include <stddef.h>

#include "buf.h"

#define HTTPD_CONNECTIONS 64
#define HTTPD_HEADERS_MAX 64
#define HTTPD_BODY_MAX ((size_t)13 << 20)
#define HTTPD_EXCHANGE_MS 60000 /* from connecting, or the last answer, to the end of the next answer */

struct httpd_header {
  const char *name, *value;
};

/* Valid during the call of the handler only. */
struct httpd_request {
  const char *method;
  const char *target; /* as it came: undecoded path and query */
  const struct httpd_header *headers;
  size_t n_headers;
  const char *body;
  size_t body_len;
};

enum httpd_act {
  HTTPD_ANSWER,
  HTTPD_RESET,  /* the connection is reset, no answer */
  HTTPD_STALL,  /* the answer leaves after `seconds` */
  HTTPD_DRIBBLE /* the body leaves byte by byte, spread over `seconds` */
};

struct httpd_answer {
  unsigned status;
  struct hw_buf headers; /* "Name", NUL, "value", NUL, and so on */
  struct hw_buf body;
  enum httpd_act act;
  double seconds;
};

/* Fills `answer` (zeroed); the listener frees it. */
typedef void (*httpd_handler)(void *arg, const struct httpd_request *request, struct httpd_answer *answer);

struct httpd_options {
  const char *address; /* numeric; "localhost" is 127.0.0.1 */
  unsigned port;       /* 0: any free one */
  int remote;          /* addresses beyond loopback are wanted */
  const char *certificate, *key; /* PEM, both or neither */
  httpd_handler handler;
  void *arg;
};

struct httpd;

/* Listens; NULL after writing the reason and remedy into `why`. The texts of
 * `options` must outlive the listener. */
struct httpd *httpd_open(const struct httpd_options *options, char *why, size_t size);

unsigned httpd_port(const struct httpd *h);

/* Serves until `stop` returns non-zero; it is asked after every wait. Waits are
 * made with the signal mask `waiting`. */
void httpd_serve(struct httpd *h, int (*stop)(void), const sigset_t *waiting);

/* The HTTP library's version. */
const char *httpd_version(void);

/* Closes every connection; NULL is fine. */
void httpd_close(struct httpd *h);

#endif
