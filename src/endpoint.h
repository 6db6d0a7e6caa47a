/* SPDX-License-Identifier: Apache-2.0
 * Where a service is: the address of a service in a region.
 */
#ifndef HW_ENDPOINT_H
#define HW_ENDPOINT_H

#include "buf.h"
#include "err.h"

#define HW_DEFAULT_DOMAIN "myhuaweicloud.com"

/* NULL is "not given"; an empty text counts as not given too. */
struct hw_endpoint_request {
  const char *service;       /* "ddm", "iam", "bss", ...: a-z, 0-9 and '-' */
  const char *region;        /* needed by a regional service without an address of its own */
  const char *domain;        /* of a private cloud; else HW_CLOUD, else HW_DEFAULT_DOMAIN */
  const char *endpoint;      /* the address itself: wins over all else */
  const char *endpoint_name; /* what errors call it; NULL: "endpoints.SERVICE" */
  const char *iam_endpoint;  /* of the credentials: for service iam, where no variable names one */
  const char *(*env)(void *arg, const char *variable); /* NULL: getenv */
  void *env_arg;
  int allow_http; /* plain http also to other machines */
};

/* Appends "https://host[:port][/base]", without a slash at its end, to `url`.
 * Taken in order: r->endpoint; HWDB_ENDPOINT_<SERVICE>;
 * HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION> (upper case, '_' for '-');
 * r->iam_endpoint; the platform's pattern service.region.domain with its exceptions. IAM without a
 * region and billing (bss) are global. A region that is well formed but not
 * known to offer the service gives a line in `note`.
 *
 * An address given as text must be http or https, without user, query and
 * fragment; the port 1 to 65535 is kept as written; the base path may hold
 * letters, digits and "-._~". Plain http goes to 127.0.0.0/8, localhost and ::1,
 * elsewhere only with allow_http.
 *
 * -1: HW_ERR_USAGE, naming the setting and the remedy, never showing the
 * address (it may hold a password); HW_ERR_MEMORY. */
int hw_endpoint(const struct hw_endpoint_request *r, struct hw_buf *url, struct hw_buf *note, struct hw_error *e);

/* 0 if the region has the form of one (two letters, then parts of a-z and 0-9
 * after '-', at most 64 in all), whether or not it exists; else -1: HW_ERR_USAGE. */
int hw_region_check(const char *region, struct hw_error *e);

/* 1 if the host ("127.0.0.1", "localhost", "::1", brackets allowed) is this machine. */
int hw_host_is_loopback(const char *host, size_t len);

#endif
