/* SPDX-License-Identifier: Apache-2.0
 * What client.c, call.c and auth.c share and nobody else sees.
 */
#ifndef HW_CLIENT_STATE_H
#define HW_CLIENT_STATE_H

#include "client.h"
#include "metadata.h"

struct hw_service_state {
  char name[32];
  struct hw_buf endpoint;
  struct hw_pace pace;
};

struct hw_client {
  int refs;
  struct hw_port *port;
  struct hw_signer *signer;
  struct cJSON *options;
  struct hw_credentials credentials; /* what calls go out with */
  struct hw_credentials base;        /* with an agency: what its keys are asked for with */
  const char *agency;
  struct hw_metadata metadata;
  int from_metadata;
  unsigned generation; /* counts changes of the credentials */
  int64_t renew_after;
  struct hw_transport transport;
  enum hw_algorithm algorithm;
  int strict, attempts, logging;
  int64_t deadline_ms;
  const char *user_agent;
  int64_t clock_offset_ms;
  int64_t date_second; /* what `date` was made for */
  char date[HW_SIGN_DATE_SIZE];
  struct hw_service_state services[HW_SERVICES_MAX];
  size_t n_services;

  struct hw_call *active; /* waiting and flying */
  struct hw_call *auth_call;
  struct hw_call *done_first, *done_last;
  struct hw_call *idle; /* freed calls, kept for their memory */
  int n_idle;
  int64_t next_due;
  int timers_done;
  int (*interrupts)(void);
  int interrupts_seen;
  struct hw_buf log, notes;
  uint64_t dice;
};

/* client.c */
struct hw_service_state *hw_client_service(struct hw_client *c, const char *name, struct hw_error *e);
const char *hw_client_date(struct hw_client *c);
void hw_client_note_due(struct hw_client *c, int64_t due);
__attribute__((format(printf, 2, 3))) void hw_client_say(struct hw_client *c, const char *format, ...);
const char *hw_option_text(const struct hw_client *c, const char *name);
int hw_client_metadata_given(const struct hw_client *c); /* somebody named the metadata address */

/* call.c */
void hw_call_wait(struct hw_call *call, int64_t due); /* INT64_MAX: until somebody says so */
void hw_call_advance(struct hw_call *call); /* one that waits is due */
void hw_call_end(struct hw_call *call);
int hw_call_uses_project(const struct hw_call *call);
const char *hw_call_project(const struct hw_call *call); /* given with it, else the client's; NULL: unknown */

/* auth.c */
enum hw_auth { HW_AUTH_READY, HW_AUTH_PENDING, HW_AUTH_FAILED };
enum hw_auth hw_auth_prepare(struct hw_client *c, struct hw_call *call);
enum hw_auth hw_auth_offline(struct hw_client *c, struct hw_call *call); /* what is there without asking anybody */
struct hw_credentials *hw_auth_credentials(struct hw_client *c, enum hw_call_purpose purpose);
void hw_auth_finished(struct hw_client *c, struct hw_call *auth_call);
/* Judges a 401 or a signature refusal: 1 if the call is worth another try. */
int hw_auth_refused(struct hw_call *call);

#endif
