/* SPDX-License-Identifier: Apache-2.0
 * The one seam to the network and to time. A port carries exchanges (one
 * request, one answer) and owns the clock that everything else goes by; the
 * curl port is the real world, the simulator's port a virtual one.
 */
#ifndef HW_PORT_H
#define HW_PORT_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

struct hw_transport { /* how to reach the other side; texts may be NULL */
  const char *ca_file, *proxy;
  int direct; /* never through a proxy */
  int64_t connect_ms, total_ms, stall_ms;
  size_t body_max;
};

struct hw_exchange {
  /* The request. Everything stays the owner's until `done` was called. */
  const char *method, *url;
  const char *const *lines; /* "Name: value", ends with NULL */
  const char *body;
  size_t body_len;
  int has_body;
  int once; /* a mutation: never put on the wire a second time */
  const struct hw_transport *transport;

  /* The answer, or why there is none. */
  int status;
  struct hw_buf head, body_in; /* raw header lines of the final answer; body */
  enum hw_error_kind failed;   /* HW_OK when an answer came */
  char message[256];
  int sent; /* 0: provably no byte of the request left */
  int hopeless; /* the next try would fail for the same reason */
  double connect_s, first_byte_s, total_s;
  int fresh; /* a new connection was made */

  void (*done)(struct hw_exchange *ex); /* called once, from within step */
  void *owner;
  void *work; /* the port's */
};

struct hw_socket {
  int fd, readable, writable; /* what is waited for */
};

struct hw_port;

struct hw_port_ops {
  int64_t (*wall)(struct hw_port *p); /* Unix time, ms */
  int64_t (*mono)(struct hw_port *p); /* a clock that never jumps, ms */
  int (*start)(struct hw_port *p, struct hw_exchange *ex, struct hw_error *e);
  void (*cancel)(struct hw_port *p, struct hw_exchange *ex); /* `done` is not called */
  int (*step)(struct hw_port *p, int64_t until);
  size_t (*sockets)(struct hw_port *p, struct hw_socket *list, size_t max);
  int64_t (*deadline)(struct hw_port *p); /* mono ms; INT64_MAX: none */
  void (*free)(struct hw_port *p);
};

struct hw_port {
  const struct hw_port_ops *ops;
  int refs;
};

/* The real network. NULL without memory. The caller holds one reference. */
struct hw_port *hw_port_curl(void);

struct hw_port *hw_port_keep(struct hw_port *p);
void hw_port_drop(struct hw_port *p); /* frees it with the last reference; NULL is fine */

/* Moves exchanges; waits until one finished (1), `until` on the port's mono
 * clock was reached (0), or a signal arrived (-1). */
int hw_port_step(struct hw_port *p, int64_t until);

/* Versions of libcurl and of its TLS library ("OpenSSL/3.0.11"). */
void hw_port_curl_versions(const char **curl, const char **tls);

#endif
