/* SPDX-License-Identifier: Apache-2.0
 * Who calls, while calls run: the IAM login and the project lookup that other
 * calls wait for, and what a 401 means for them. One such call at a time; all
 * that need its result wait for it.
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>

#include "client_state.h"
#include "diagnose.h"
#include "login.h"
#include "reply.h"

#define RENEW_BEFORE_MS (10 * 60 * 1000)

static enum hw_auth no_credentials(struct hw_client *c, struct hw_error *e) {
  const char *notes = hw_buf_text(&c->credentials.notes);
  hw_fail(e, HW_ERR_AUTH, "no credentials were found%s%s", *notes ? ":\n" : "", notes);
  hw_remedy(e, "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write ~/.huaweicloud/credentials; see: hwdb doctor");
  return HW_AUTH_FAILED;
}

static const char *project_name(const struct hw_client *c) {
  return c->credentials.project_name ? c->credentials.project_name : c->credentials.region;
}

/* Starts the call that others wait for. It may end within this function and take
 * the waiting one with it, so that one waits before. */
static enum hw_auth start_auth_call(struct hw_client *c, struct hw_call *own, struct hw_call *waiting) {
  own->purpose = own->request.has_body ? HW_FOR_LOGIN : HW_FOR_PROJECT;
  own->kind = HW_QUERY_KIND; /* a second login or lookup does no harm */
  c->auth_call = own;
  waiting->needs_auth = 1;
  hw_call_wait(waiting, INT64_MAX);
  hw_call_start(own);
  return HW_AUTH_PENDING;
}

static enum hw_auth log_in(struct hw_client *c, struct hw_call *waiting) {
  struct hw_call *own = hw_call_raw(c, "iam", "POST", "/v3/auth/tokens", &waiting->error);
  if (!own)
    return HW_AUTH_FAILED;
  if (hw_login_body(&c->credentials, project_name(c), &own->request.body, &waiting->error)) {
    hw_call_free(own);
    return HW_AUTH_FAILED;
  }
  own->request.has_body = 1;
  return start_auth_call(c, own, waiting);
}

static enum hw_auth find_project(struct hw_client *c, struct hw_call *waiting) {
  const char *name = project_name(c);
  struct hw_call *own;
  if (!name) {
    hw_fail(&waiting->error, HW_ERR_USAGE, "no project_id is known, and without a region or project name it cannot be looked up");
    hw_remedy(&waiting->error, "give project_id or region, or set HUAWEICLOUD_SDK_PROJECT_ID or HUAWEICLOUD_SDK_REGION");
    return HW_AUTH_FAILED;
  }
  if (!(own = hw_call_raw(c, "iam", "GET", "/v3/projects", &waiting->error)))
    return HW_AUTH_FAILED;
  own->query = hw_json_object();
  if (hw_json_put(own->query, "name", hw_json_string(name, strlen(name)))) {
    hw_call_free(own);
    hw_fail_memory(&waiting->error);
    return HW_AUTH_FAILED;
  }
  return start_auth_call(c, own, waiting);
}

static int token_ends(const struct hw_client *c) {
  return c->credentials.expires_ms && c->port->ops->wall(c->port) + c->clock_offset_ms > c->credentials.expires_ms - RENEW_BEFORE_MS;
}

enum hw_auth hw_auth_prepare(struct hw_client *c, struct hw_call *call) {
  struct hw_credentials *k = &c->credentials;
  int is_login = k->user && k->password;
  if (!hw_credentials_usable(k))
    return no_credentials(c, &call->error);
  if (c->auth_call)
    return HW_AUTH_PENDING;
  if (is_login && !k->ak && (!k->token || token_ends(c)))
    return log_in(c, call);
  if (hw_call_uses_project(call) && !k->project_id)
    return find_project(c, call);
  return HW_AUTH_READY;
}

/* -- the auth call's end ------------------------------------------------ */

static int take_token(struct hw_client *c, struct hw_call *own) {
  size_t len;
  const char *token = hw_head_find(hw_buf_text(&own->ex.head), "X-Subject-Token", &len);
  int64_t expires;
  char *project = NULL;
  if (!token || !len)
    return hw_fail(&own->error, HW_ERR_AUTH, "IAM answered the login without an X-Subject-Token header");
  if (hw_login_answer(hw_buf_text(&own->ex.body_in), own->ex.body_in.len, hw_client_now(c), &expires, &project, &own->error))
    return -1;
  if (hw_credentials_set(&c->credentials, HW_CRED_TOKEN, "X-Subject-Token", token, len, &own->error)) {
    free(project);
    return -1;
  }
  c->credentials.expires_ms = expires;
  if (project && !c->credentials.project_id)
    c->credentials.project_id = project;
  else
    free(project);
  return 0;
}

static int take_project(struct hw_client *c, struct hw_call *own) {
  return hw_project_answer(hw_buf_text(&own->ex.body_in), own->ex.body_in.len, project_name(c), &c->credentials.project_id, &own->error);
}

static void copy_error(struct hw_error *to, const struct hw_error *from) {
  hw_fail(to, from->kind, "%s", hw_buf_text(&from->message));
  hw_remedy(to, "%s", hw_buf_text(&from->remedy));
  to->status = from->status;
  to->retryable = from->retryable;
  to->retry_after_ms = from->retry_after_ms;
  hw_copy(to->code, sizeof to->code, from->code, strlen(from->code));
  hw_copy(to->request_id, sizeof to->request_id, from->request_id, strlen(from->request_id));
}

/* The calls that waited go on, or end with the reason. Those ended are taken
 * one at a time, since ending a call changes the list. */
static void release_waiting(struct hw_client *c, const struct hw_call *own) {
  for (struct hw_call *call = c->active; call;) {
    struct hw_call *next = call->next;
    if (call->state == HW_CALL_WAITING && call->needs_auth) {
      call->needs_auth = 0;
      call->due = hw_client_mono(c);
      hw_client_note_due(c, call->due);
      if (own->error.kind) {
        copy_error(&call->error, &own->error);
        hw_call_end(call);
        next = c->active;
      }
    }
    call = next;
  }
}

void hw_auth_finished(struct hw_client *c, struct hw_call *own) {
  if (c->auth_call != own)
    return;
  if (!own->error.kind)
    own->purpose == HW_FOR_LOGIN ? take_token(c, own) : take_project(c, own);
  if (own->error.kind && own->error.kind != HW_ERR_CANCELLED && !own->error.remedy.len)
    hw_remedy(&own->error, "check user, password, account and project; see: hwdb doctor");
  c->auth_call = NULL;
  release_waiting(c, own);
  own->purpose = HW_FOR_CALLER;
  hw_call_free(own);
}

/* -- 401 ---------------------------------------------------------------- */

static int is_gateway_code(const char *code) {
  return !*code || strncmp(code, "APIG", 4) == 0 || strncmp(code, "IAM", 3) == 0 || strcmp(code, "401") == 0;
}

static void drop_token(struct hw_client *c) {
  hw_credentials_set(&c->credentials, HW_CRED_TOKEN, "token", "", 0, NULL);
  c->credentials.expires_ms = 0;
}

int hw_auth_refused(struct hw_call *call) {
  struct hw_client *c = call->client;
  struct hw_error *e = &call->error;
  struct hw_refusal r = { 0 };
  struct hw_buf why = { 0 }, date = { 0 };
  size_t len;
  int64_t offset = 0;
  int verdict, again = 0;
  const char *header = hw_head_find(hw_buf_text(&call->ex.head), "Date", &len);
  if (!is_gateway_code(e->code))
    return 0;
  if (header)
    hw_buf_add(&date, header, len);
  r.code = e->code;
  r.message = hw_buf_text(&e->message);
  r.date = header ? hw_buf_text(&date) : NULL;
  r.canonical = call->signature.canonical_request.len ? hw_buf_text(&call->signature.canonical_request) : NULL;
  r.now_ms = hw_client_now(c);
  verdict = hw_diagnose_401(&r, &offset, &why);
  if (verdict == HW_401_CLOCK && !call->refused_401) {
    c->clock_offset_ms += offset;
    hw_client_say(c, "the clock is off by %.0f s; corrected for this process", (double)offset / 1000);
    again = 1;
  } else if (verdict == HW_401_TOKEN && !call->refused_401 && c->credentials.user && call->purpose == HW_FOR_CALLER) {
    drop_token(c);
    again = 1;
  }
  e->kind = HW_ERR_AUTH;
  if (why.len) {
    struct hw_buf short_message = { 0 };
    hw_message_without_echo(hw_buf_text(&e->message), &short_message);
    hw_fail(e, HW_ERR_AUTH, "%s", hw_buf_text(&short_message));
    hw_remedy(e, "%s", hw_buf_text(&why));
    hw_buf_free(&short_message);
  }
  hw_buf_free(&why);
  hw_buf_free(&date);
  return again;
}
