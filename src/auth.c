/* SPDX-License-Identifier: Apache-2.0
 * Who calls, while calls run: the login, the keys of a server or an agency, the
 * project by name, all of which other calls wait for, and what a 401 means for
 * them. One such call at a time; credentials change as one snapshot, and old
 * ones serve as long as they are valid.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client_state.h"
#include "diagnose.h"
#include "login.h"
#include "reply.h"

#define TRY_AGAIN_MS 60000 /* between attempts to renew what still holds */

struct hw_credentials *hw_auth_credentials(struct hw_client *c, enum hw_call_purpose purpose) {
  return c->agency && (purpose == HW_FOR_LOGIN || purpose == HW_FOR_AGENCY) ? &c->base : &c->credentials;
}

static enum hw_auth no_credentials(struct hw_client *c, struct hw_error *e) {
  const struct hw_buf *notes = &c->credentials.notes;
  size_t len = notes->len && notes->data[notes->len - 1] == '\n' ? notes->len - 1 : notes->len;
  hw_fail(e, HW_ERR_AUTH, "no credentials were found%s%.*s", len ? ":\n" : "", (int)len, hw_buf_text(notes));
  hw_remedy(e, "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write ~/.huaweicloud/credentials; see: hwdb doctor");
  return HW_AUTH_FAILED;
}

static const char *project_name(const struct hw_client *c) {
  return c->credentials.project_name ? c->credentials.project_name : c->credentials.region;
}

static int file_says(const char *path, const char *word) {
  char text[128];
  ssize_t n;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n > 0 ? n : 0] = '\0';
  return strstr(text, word) != NULL;
}

/* Asking the metadata address anywhere else would only cost time: a server of
 * the cloud says so in its firmware tables. */
static int on_cloud_server(const struct hw_client *c) {
  return hw_client_metadata_given(c) || file_says("/sys/class/dmi/id/chassis_asset_tag", "HUAWEICLOUD");
}

/* -- what is missing ---------------------------------------------------- */

static int is_login(const struct hw_credentials *k) {
  return k->user && k->password && !k->ak;
}

/* What a call needs first; `urgent` is 0 where what there is still serves. */
static enum hw_call_purpose missing(struct hw_client *c, const struct hw_call *call, int *urgent) {
  struct hw_credentials *login = c->agency ? &c->base : &c->credentials;
  int64_t now = hw_client_now(c);
  enum hw_credential_age age = hw_credentials_age(&c->credentials, now);
  *urgent = 1;
  if (is_login(login) && (!login->token || hw_credentials_age(login, now) != HW_CREDENTIALS_FRESH)) {
    *urgent = !login->token || hw_credentials_age(login, now) == HW_CREDENTIALS_ENDED;
    if (*urgent || !c->agency)
      return HW_FOR_LOGIN;
  }
  *urgent = age == HW_CREDENTIALS_ENDED;
  if (c->agency && !c->credentials.ak)
    *urgent = 1;
  if (c->agency && (!c->credentials.ak || age != HW_CREDENTIALS_FRESH))
    return HW_FOR_AGENCY;
  if (c->from_metadata && age != HW_CREDENTIALS_FRESH)
    return HW_FOR_METADATA;
  *urgent = 1;
  if (!hw_credentials_usable(&c->credentials))
    return HW_FOR_METADATA;
  return hw_call_uses_project(call) && !hw_call_project(call) ? HW_FOR_PROJECT : HW_FOR_CALLER;
}

/* -- the calls that fetch it -------------------------------------------- */

static struct hw_call *login_call(struct hw_client *c, struct hw_error *e) {
  struct hw_call *own = hw_call_raw(c, "iam", "POST", "/v3/auth/tokens", e);
  if (own && !hw_login_body(hw_auth_credentials(c, HW_FOR_LOGIN), project_name(c), &own->request.body, e)) {
    own->request.has_body = 1;
    return own;
  }
  hw_call_free(own);
  return NULL;
}

static struct hw_call *project_call(struct hw_client *c, struct hw_error *e) {
  const char *name = project_name(c);
  struct hw_call *own;
  if (!name) {
    hw_fail(e, HW_ERR_USAGE, "no project_id is known, and without a region or project name it cannot be looked up");
    hw_remedy(e, "give project_id or region, or set HUAWEICLOUD_SDK_PROJECT_ID or HUAWEICLOUD_SDK_REGION");
    return NULL;
  }
  if (!(own = hw_call_raw(c, "iam", "GET", "/v3/projects", e)))
    return NULL;
  own->query = hw_json_object();
  if (!hw_json_put(own->query, "name", hw_json_string(name, strlen(name))))
    return own;
  hw_fail_memory(e);
  hw_call_free(own);
  return NULL;
}

static void add_member(struct hw_buf *b, const char *name, const char *value) {
  if (!value)
    return;
  hw_buf_addf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
  hw_json_quote(value, strlen(value), b);
}

static struct hw_call *agency_call(struct hw_client *c, struct hw_error *e) {
  struct hw_call *own = hw_call_raw(c, "iam", "POST", "/v3.0/OS-CREDENTIAL/securitytokens", e);
  struct hw_buf *b = own ? &own->request.body : NULL;
  if (!own)
    return NULL;
  hw_buf_adds(b, "{\"auth\":{\"identity\":{\"methods\":[\"assume_role\"],\"assume_role\":{");
  add_member(b, "agency_name", c->agency);
  add_member(b, "domain_name", hw_option_text(c, "agency_domain_name"));
  add_member(b, "domain_id", hw_option_text(c, "agency_domain_id"));
  if (!hw_buf_adds(b, ",\"duration_seconds\":3600}}}}")) {
    own->request.has_body = 1;
    return own;
  }
  hw_fail_memory(e);
  hw_call_free(own);
  return NULL;
}

static struct hw_call *metadata_call(struct hw_client *c, struct hw_error *e) {
  struct hw_metadata_request r;
  struct hw_call *own;
  if (!on_cloud_server(c)) {
    no_credentials(c, e);
    return NULL;
  }
  hw_metadata_next(&c->metadata, &r);
  if (!(own = hw_call_raw(c, "metadata", r.method, r.path, e)))
    return NULL;
  own->timeout_ms = HW_METADATA_TIMEOUT_MS;
  own->max_attempts = 1;
  if (!r.header)
    return own;
  own->headers = hw_json_object();
  if (!hw_json_put(own->headers, r.header, hw_json_string(r.value, strlen(r.value))))
    return own;
  hw_fail_memory(e);
  hw_call_free(own);
  return NULL;
}

static struct hw_call *auth_call(struct hw_client *c, enum hw_call_purpose purpose, struct hw_error *e) {
  switch (purpose) {
  case HW_FOR_LOGIN: return login_call(c, e);
  case HW_FOR_AGENCY: return agency_call(c, e);
  case HW_FOR_METADATA: return metadata_call(c, e);
  default: return project_call(c, e);
  }
}

/* Starts the call that others wait for. It may end within this function and take
 * the waiting one with it, so that one waits before. */
static int start(struct hw_client *c, enum hw_call_purpose purpose, struct hw_call *waiting, struct hw_error *e) {
  struct hw_call *own = auth_call(c, purpose, e);
  if (!own)
    return -1;
  own->purpose = purpose;
  own->kind = HW_QUERY_KIND; /* a second login or lookup does no harm */
  c->auth_call = own;
  if (waiting) {
    waiting->needs_auth = 1;
    hw_call_wait(waiting, INT64_MAX);
  }
  hw_call_start(own);
  return 0;
}

static enum hw_auth renew_quietly(struct hw_client *c, enum hw_call_purpose purpose) {
  struct hw_error ignored = { 0 };
  if (!c->auth_call && hw_client_mono(c) >= c->renew_after) {
    c->renew_after = hw_client_mono(c) + TRY_AGAIN_MS;
    start(c, purpose, NULL, &ignored);
    hw_error_free(&ignored);
  }
  return HW_AUTH_READY;
}

enum hw_auth hw_auth_prepare(struct hw_client *c, struct hw_call *call) {
  int urgent;
  enum hw_call_purpose purpose = missing(c, call, &urgent);
  if (purpose == HW_FOR_CALLER)
    return HW_AUTH_READY;
  if (!urgent)
    return renew_quietly(c, purpose);
  if (c->auth_call)
    return HW_AUTH_PENDING;
  return start(c, purpose, call, &call->error) ? HW_AUTH_FAILED : HW_AUTH_PENDING;
}

enum hw_auth hw_auth_offline(struct hw_client *c, struct hw_call *call) {
  return hw_credentials_usable(&c->credentials) ? HW_AUTH_READY : no_credentials(c, &call->error);
}

/* -- their end ---------------------------------------------------------- */

static int take_token(struct hw_client *c, struct hw_call *own) {
  struct hw_credentials *k = hw_auth_credentials(c, HW_FOR_LOGIN);
  size_t len;
  const char *token = hw_head_find(hw_buf_text(&own->ex.head), "X-Subject-Token", &len);
  int64_t expires;
  char *project = NULL;
  if (!token || !len)
    return hw_fail(&own->error, HW_ERR_AUTH, "IAM answered the login without an X-Subject-Token header");
  if (hw_login_answer(hw_buf_text(&own->ex.body_in), own->ex.body_in.len, hw_client_now(c), &expires, &project, &own->error))
    return -1;
  if (hw_credentials_set(k, HW_CRED_TOKEN, "X-Subject-Token", token, len, &own->error)) {
    free(project);
    return -1;
  }
  k->expires_ms = expires;
  if (project && !c->credentials.project_id && !c->agency)
    c->credentials.project_id = project;
  else
    free(project);
  return 0;
}

static int take_keys(struct hw_client *c, struct hw_call *own) {
  struct hw_credentials fresh = { 0 };
  int failed = hw_temporary_answer(hw_buf_text(&own->ex.body_in), own->ex.body_in.len, "agency", &fresh, &own->error);
  if (!failed)
    hw_credentials_replace(&c->credentials, &fresh);
  hw_credentials_free(&fresh);
  return failed;
}

/* 1: another request is needed. */
static int take_metadata(struct hw_client *c, struct hw_call *own) {
  struct hw_credentials fresh = { 0 };
  int status = own->ex.failed ? 0 : own->ex.status;
  int more = hw_metadata_answer(&c->metadata, status, hw_buf_text(&own->ex.body_in), own->ex.body_in.len, &fresh, &own->error);
  if (!more) {
    hw_credentials_replace(&c->credentials, &fresh);
    c->from_metadata = 1;
  }
  hw_credentials_free(&fresh);
  return more == 1;
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

/* The calls that waited go on, or end with the reason. Ending one changes the
 * list, so it is then walked from its start. */
static void release_waiting(struct hw_client *c, const struct hw_error *why) {
  for (struct hw_call *call = c->active; call;) {
    struct hw_call *next = call->next;
    if (call->state == HW_CALL_WAITING && call->needs_auth) {
      call->needs_auth = 0;
      call->due = hw_client_mono(c);
      hw_client_note_due(c, call->due);
      if (why->kind) {
        copy_error(&call->error, why);
        hw_call_end(call);
        next = c->active;
      }
    }
    call = next;
  }
}

/* 1 if the metadata service wants one more request before it gives keys. */
static int take(struct hw_client *c, struct hw_call *own) {
  switch (own->purpose) {
  case HW_FOR_LOGIN: take_token(c, own); break;
  case HW_FOR_AGENCY: take_keys(c, own); break;
  case HW_FOR_METADATA: return take_metadata(c, own);
  default: take_project(c, own);
  }
  return 0;
}

void hw_auth_finished(struct hw_client *c, struct hw_call *own) {
  int more = 0;
  if (c->auth_call != own)
    return;
  c->auth_call = NULL;
  if (!own->error.kind)
    more = take(c, own);
  if (more && !start(c, HW_FOR_METADATA, NULL, &own->error))
    more = 1;
  else
    more = 0;
  if (own->error.kind && own->error.kind != HW_ERR_CANCELLED && !own->error.remedy.len)
    hw_remedy(&own->error, "check user, password, account and project; see: hwdb doctor");
  if (!more) {
    c->generation += !own->error.kind;
    release_waiting(c, &own->error);
  }
  own->purpose = HW_FOR_CALLER;
  hw_call_free(own);
}

/* -- 401 ---------------------------------------------------------------- */

static int is_gateway_code(const char *code) {
  return !*code || strncmp(code, "APIG", 4) == 0 || strncmp(code, "IAM", 3) == 0 || strcmp(code, "401") == 0;
}

/* What was refused ends now, unless somebody replaced it since the call went out. */
static int drop_refused(struct hw_call *call) {
  struct hw_client *c = call->client;
  if (!c->agency && !c->from_metadata && !is_login(&c->credentials))
    return 0;
  if (call->generation == c->generation)
    c->credentials.expires_ms = 1;
  return 1;
}

static int correct_clock(struct hw_client *c, int64_t offset) {
  c->clock_offset_ms += offset;
  hw_client_say(c, "the clock is off by %.0f s; corrected for this process", (double)offset / 1000);
  return 1;
}

static void explain(struct hw_error *e, const struct hw_buf *why) {
  struct hw_buf message = { 0 };
  if (!why->len)
    return;
  hw_message_without_echo(hw_buf_text(&e->message), &message);
  hw_fail(e, HW_ERR_AUTH, "%s", hw_buf_text(&message));
  hw_remedy(e, "%s", hw_buf_text(why));
  hw_buf_free(&message);
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
  r.with_token = !call->signature.canonical_request.len && call->purpose != HW_FOR_LOGIN;
  r.canonical = call->signature.canonical_request.len ? hw_buf_text(&call->signature.canonical_request) : NULL;
  r.now_ms = hw_client_now(c);
  verdict = hw_diagnose_401(&r, &offset, &why);
  if (!call->refused_401 && verdict == HW_401_CLOCK)
    again = correct_clock(c, offset);
  else if (!call->refused_401 && verdict == HW_401_TOKEN && call->purpose == HW_FOR_CALLER)
    again = drop_refused(call);
  e->kind = HW_ERR_AUTH;
  explain(e, &why);
  hw_buf_free(&why);
  hw_buf_free(&date);
  return again;
}
