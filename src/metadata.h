/* SPDX-License-Identifier: Apache-2.0
 * Temporary keys: from the metadata service of a cloud server (ECS) with an
 * agency, and from IAM.
 */
#ifndef HW_METADATA_H
#define HW_METADATA_H

#include "credentials.h"

#define HW_METADATA_URL "http://169.254.169.254" /* plain http by design: it does not leave the host */
#define HW_METADATA_TIMEOUT_MS 3000              /* of each request, connecting and waiting alike */

/* The way to the keys: first a session token for the metadata service, where it
 * has such, then the keys. A zeroed struct is at the start; one that was used
 * goes on with its session token when more keys are wanted. */
struct hw_metadata {
  int stage;
  int renewed; /* a refused session token was replaced once */
  struct hw_buf token;
};

/* One request: below HW_METADATA_URL (or another address, in tests), without a
 * body, without a proxy, without redirects. */
struct hw_metadata_request {
  const char *method, *path;
  const char *header, *value; /* one header; NULL: none. Valid until the answer is given */
};

/* What to send next. */
void hw_metadata_next(const struct hw_metadata *m, struct hw_metadata_request *to);

/* Takes the answer to that (status 0: there was none). 1: send the next request;
 * 0: `c`, passed empty, holds the keys, and `m` is ready for the next time; -1:
 * HW_ERR_AUTH (not on a server of the cloud, no agency, refused), HW_ERR_DECODE,
 * HW_ERR_MEMORY, and `m` is at the start again. */
int hw_metadata_answer(struct hw_metadata *m, int status, const char *body, size_t len, struct hw_credentials *c,
                       struct hw_error *e);

/* Overwrites and frees the session token; `m` is at the start again. */
void hw_metadata_free(struct hw_metadata *m);

/* Reads {"credential":{"access","secret","securitytoken","expires_at"}}, the body
 * of the metadata service's securitykey and of IAM's POST
 * /v3.0/OS-CREDENTIAL/securitytokens, into `c`, passed empty, as keys with
 * security token, end (0 where none can be read) and `source`. -1:
 * HW_ERR_DECODE (a part is missing), HW_ERR_AUTH (a part holds what no key may),
 * HW_ERR_MEMORY; `c` is then empty. */
int hw_temporary_answer(const char *body, size_t len, const char *source, struct hw_credentials *c, struct hw_error *e);

#endif
