/* SPDX-License-Identifier: Apache-2.0
 * A client: credentials, endpoints, pace and a port; and the life of one call:
 * waiting (for login, pace or its next try), in flight, done. Retry wraps
 * signing and sending only. One thread at a time.
 */
#ifndef HW_CLIENT_H
#define HW_CLIENT_H

#include "credentials.h"
#include "err.h"
#include "json.h"
#include "model.h"
#include "pace.h"
#include "port.h"
#include "request.h"
#include "sign.h"

#define HW_SERVICES_MAX 16
#ifndef HW_VERSION
#define HW_VERSION "0.1.0"
#endif

enum hw_call_state { HW_CALL_NEW, HW_CALL_WAITING, HW_CALL_FLYING, HW_CALL_DONE };

/* What a call is for: all but the first are the client's own. */
enum hw_call_purpose { HW_FOR_CALLER, HW_FOR_LOGIN, HW_FOR_PROJECT, HW_FOR_AGENCY, HW_FOR_METADATA };

struct hw_client;

struct hw_call {
  struct hw_client *client;
  char service[32];
  const struct hw_op *op; /* NULL: a raw call or a timer */
  struct cJSON *args;     /* the caller's arguments, an object */
  char method[8];         /* raw calls */
  char *path;
  struct cJSON *query, *headers;
  char *content_type;
  enum hw_kind kind;
  enum hw_call_purpose purpose;

  enum hw_call_state state;
  int64_t started, deadline, due; /* mono ms; `due`: when a waiting call goes on */
  int needs_auth;                 /* waiting for login or project */
  int built, attempts, max_attempts, refused_401;
  unsigned generation; /* of the credentials it went out with */
  int64_t timeout_ms; /* of one try; 0: the client's */
  struct hw_request request;
  struct hw_signature signature;
  struct hw_transport transport;
  struct hw_buf text; /* header lines */
  const char *lines[32];
  struct hw_exchange ex;
  struct hw_error error; /* kind HW_OK: success */
  double seconds;

  unsigned long tag; /* the caller's; calls with one are handed out by hw_client_done */
  struct hw_call *next, *prev;      /* among the client's active calls */
  struct hw_call *next_done, *next_idle;
};

/* Options are an object: region, ak, sk, security_token, token, user, password,
 * domain_name, domain_id, project_id, project_name, iam_endpoint,
 * enterprise_project_id, profile, credentials_file, endpoints {service: URL},
 * domain, allow_http, ca_file, proxy, connect_timeout, timeout, stall_timeout,
 * deadline (seconds), attempts, max_body (bytes), strict, pace {service: calls a
 * minute}, algorithm, user_agent, log, agency_name with agency_domain_name or
 * agency_domain_id, metadata_endpoint. Unknown ones are an error. NULL after
 * filling `e`. The port is kept. Missing credentials are no error yet. */
struct hw_client *hw_client_new(const struct cJSON *options, struct hw_port *port, struct hw_error *e);
struct hw_client *hw_client_keep(struct hw_client *c);
void hw_client_drop(struct hw_client *c); /* NULL is fine */

/* A call of an operation, or of anything else. NULL without memory or for a bad
 * method or service. Free it with hw_call_free. */
struct hw_call *hw_call_new(struct hw_client *c, const struct hw_op *op, struct hw_error *e);
struct hw_call *hw_call_raw(struct hw_client *c, const char *service, const char *method, const char *path,
                            struct hw_error *e);
/* A call that is done when the port's clock reaches `due`. */
struct hw_call *hw_call_timer(struct hw_client *c, int64_t due, struct hw_error *e);

/* Checks and starts; a call that fails at once is done with its error. */
void hw_call_start(struct hw_call *call);

/* Ends a call that is not done; one in flight that may have an effect is in doubt. */
void hw_call_cancel(struct hw_call *call, const char *why);

/* Ends every call that is not done. Returns how many there were. */
int hw_client_cancel(struct hw_client *c, const char *why);

/* Cancels if needed, gives everything back. NULL is fine. */
void hw_call_free(struct hw_call *call);

/* For an answer that came but cannot be read: `e` holds why and becomes the
 * error of the whole call. */
void hw_call_undecodable(struct hw_call *call, struct hw_error *e);

/* What would go out, as JSON {method,url,headers,body,body_sha256,body_bytes,warnings}
 * with secrets masked; nothing is sent. `date` fixes X-Sdk-Date (NULL: now). -1
 * after filling the call's error. */
int hw_call_preview(struct hw_call *call, const char *date, struct hw_buf *json);

/* Moves everything; returns 1 when an exchange or a timer finished, 0 when `until`
 * (the port's mono clock) was reached, -1 after a signal. */
int hw_client_step(struct hw_client *c, int64_t until);

/* When the client next has something to do by itself; INT64_MAX: never. */
int64_t hw_client_due(const struct hw_client *c);

/* The next finished call that bears a tag, each once; NULL if none. */
struct hw_call *hw_client_done(struct hw_client *c);

int64_t hw_client_now(struct hw_client *c);  /* Unix ms, corrected by what the services said */
int64_t hw_client_mono(struct hw_client *c);

/* How often the user asked to stop (Ctrl-C), or NULL. From the first on nothing
 * new is sent; from the second on mutations in flight are given up. */
void hw_client_set_interrupt(struct hw_client *c, int (*count)(void));

/* For reports: JSON {source, region, project_id, ak (last 4), ..., endpoints, notes}. */
int hw_client_describe(struct hw_client *c, struct hw_buf *json, struct hw_error *e);

/* Log lines since the last time; the caller frees nothing, the buffer is cleared. */
struct hw_buf *hw_client_log(struct hw_client *c);

/* The address of a service; NULL after filling `e`. Stays valid with the client. */
const char *hw_client_endpoint(struct hw_client *c, const char *service, struct hw_error *e);

#endif
