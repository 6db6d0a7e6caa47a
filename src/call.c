/* SPDX-License-Identifier: Apache-2.0
 * The life of one call: checked, built, then signed and sent as often as is
 * safe. A request is sent again only after proof that it had no effect; a query
 * also after any failure.
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>

#include "api/errors.h"
#include "check.h"
#include "client_state.h"
#include "diagnose.h"
#include "login.h"
#include "reply.h"
#include "uri.h"
#include "word.h"

#define IDLE_CALLS 128
#define BUSY_WAIT_MS 10000
#define BACKOFF_MIN_MS 500
#define BACKOFF_MAX_MS 10000

/* -- making ------------------------------------------------------------- */

static struct hw_call *take(struct hw_client *c, struct hw_error *e) {
  struct hw_call *call = c->idle;
  if (call) {
    c->idle = call->next_idle;
    c->n_idle--;
    call->next_idle = NULL;
  } else if (!(call = calloc(1, sizeof *call))) {
    hw_fail_memory(e);
    return NULL;
  }
  call->client = hw_client_keep(c);
  call->max_attempts = c->attempts;
  return call;
}

static const char *service_of(const struct hw_op *op) {
  return hw_op_chapter(op)->service;
}

struct hw_call *hw_call_new(struct hw_client *c, const struct hw_op *op, struct hw_error *e) {
  struct hw_call *call = take(c, e);
  const char *service = service_of(op);
  if (!call)
    return NULL;
  call->op = op;
  call->kind = op->kind;
  hw_copy(call->service, sizeof call->service, service, strlen(service));
  return call;
}

static int method_ok(const char *method) {
  static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", NULL };
  for (int i = 0; methods[i]; i++)
    if (strcmp(method, methods[i]) == 0)
      return 1;
  return 0;
}

struct hw_call *hw_call_raw(struct hw_client *c, const char *service, const char *method, const char *path,
                            struct hw_error *e) {
  struct hw_call *call;
  if (!method_ok(method)) {
    hw_fail(e, HW_ERR_USAGE, "\"%.32s\" is not a method; use GET, POST, PUT, DELETE, PATCH, HEAD or OPTIONS", method);
    return NULL;
  }
  if (!*service || strlen(service) >= sizeof call->service || service[strspn(service, "abcdefghijklmnopqrstuvwxyz0123456789-")]) {
    hw_fail(e, HW_ERR_USAGE, "\"%.64s\" is not the name of a service", service);
    return NULL;
  }
  if (!(call = take(c, e)))
    return NULL;
  hw_copy(call->service, sizeof call->service, service, strlen(service));
  hw_copy(call->method, sizeof call->method, method, strlen(method));
  call->kind = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "OPTIONS") == 0 ? HW_QUERY_KIND : HW_PULSE;
  if ((call->path = strdup(path)))
    return call;
  hw_fail_memory(e);
  hw_call_free(call);
  return NULL;
}

struct hw_call *hw_call_timer(struct hw_client *c, int64_t due, struct hw_error *e) {
  struct hw_call *call = take(c, e);
  if (!call)
    return NULL;
  call->due = due;
  call->kind = HW_QUERY_KIND;
  return call;
}

static int is_timer(const struct hw_call *call) {
  return !call->op && !call->path;
}

/* Gives back what belongs to one use; the buffers stay for the next. */
static void reset(struct hw_call *call) {
  struct hw_call kept = { .request = call->request, .signature = call->signature, .text = call->text, .error = call->error };
  kept.ex.head = call->ex.head;
  kept.ex.body_in = call->ex.body_in;
  hw_json_free(call->args);
  hw_json_free(call->query);
  hw_json_free(call->headers);
  free(call->path);
  free(call->content_type);
  hw_request_clear(&kept.request);
  hw_error_clear(&kept.error);
  hw_buf_clear(&kept.ex.head);
  if (kept.ex.body_in.cap > 65536)
    hw_buf_free(&kept.ex.body_in);
  *call = kept;
}

static void destroy(struct hw_call *call) {
  hw_request_free(&call->request);
  hw_signature_free(&call->signature);
  hw_buf_wipe(&call->text); /* holds tokens */
  hw_buf_free(&call->ex.head);
  hw_buf_free(&call->ex.body_in);
  hw_error_free(&call->error);
  free(call);
}

static void forget_done(struct hw_client *c, struct hw_call *call) {
  struct hw_call **at = &c->done_first, *last = NULL;
  for (; *at && *at != call; at = &(*at)->next_done)
    last = *at;
  if (!*at)
    return;
  *at = call->next_done;
  if (c->done_last == call)
    c->done_last = last;
}

void hw_call_free(struct hw_call *call) {
  struct hw_client *c = call ? call->client : NULL;
  if (!call)
    return;
  if (!c) {
    destroy(call);
    return;
  }
  if (call->state == HW_CALL_WAITING || call->state == HW_CALL_FLYING) {
    call->tag = 0;
    hw_call_cancel(call, "dropped");
  }
  if (c->done_first)
    forget_done(c, call);
  reset(call);
  if (c->n_idle < IDLE_CALLS) {
    call->next_idle = c->idle;
    c->idle = call;
    c->n_idle++;
  } else {
    destroy(call);
  }
  hw_client_drop(c);
}

/* -- ending ------------------------------------------------------------- */

static void link_active(struct hw_call *call) {
  struct hw_client *c = call->client;
  call->prev = NULL;
  call->next = c->active;
  if (c->active)
    c->active->prev = call;
  c->active = call;
}

static void unlink_active(struct hw_call *call) {
  if (call->prev)
    call->prev->next = call->next;
  else if (call->client->active == call)
    call->client->active = call->next;
  if (call->next)
    call->next->prev = call->prev;
  call->next = call->prev = NULL;
}

static void hide_secret(void *to, const char *secret) {
  struct hw_error *e = to;
  hw_redact(&e->message, secret);
  hw_redact(&e->remedy, secret);
}

/* A service may echo what it was sent. */
static void redact(struct hw_call *call) {
  const struct hw_credentials *k = &call->client->credentials;
  const struct hw_credentials *base = &call->client->base;
  const char *own[] = { k->sk, k->security_token, k->token, k->password, base->sk, base->security_token,
                        base->token, base->password };
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (own[i])
      hide_secret(&call->error, own[i]);
  if (call->op && call->args)
    hw_each_secret(call->op, call->args, hide_secret, &call->error);
}

static void name_call(struct hw_call *call) {
  struct hw_buf name = { .max = sizeof call->error.operation - 1 };
  if (call->op)
    hw_buf_addf(&name, "%s.%s", call->service, call->op->name);
  else if (call->path)
    hw_buf_addf(&name, "%s %s %.60s", call->service, call->method, call->path);
  hw_copy(call->error.operation, sizeof call->error.operation, hw_buf_text(&name), name.len);
  hw_buf_free(&name);
}

void hw_call_undecodable(struct hw_call *call, struct hw_error *e) {
  const char *body = hw_buf_text(&call->ex.body_in);
  struct hw_buf why = e->message;
  size_t len;
  const char *id = hw_head_find(hw_buf_text(&call->ex.head), "X-Request-Id", &len);
  e->message = (struct hw_buf){ 0 };
  hw_fail(e, HW_ERR_DECODE, "the answer (HTTP %d, %zu bytes%s) cannot be read: %s", call->ex.status, call->ex.body_in.len,
          body[strspn(body, " \r\n\t")] == '<' ? ", HTML" : "", hw_buf_text(&why));
  hw_buf_free(&why);
  e->in_doubt = call->kind != HW_QUERY_KIND;
  hw_remedy(e, "something between here and the service answered in its place, or the answer was damaged on its way%s",
            e->in_doubt ? "; the request may have had its effect: look at the resource before doing it again" : "");
  e->status = call->ex.status;
  e->attempts = call->attempts;
  if (id)
    hw_copy(e->request_id, sizeof e->request_id, id, len);
  if (call->op) {
    struct hw_buf name = { 0 };
    hw_buf_addf(&name, "%s.%s", call->service, call->op->name);
    hw_copy(e->operation, sizeof e->operation, hw_buf_text(&name), name.len);
    hw_buf_free(&name);
  }
}

void hw_call_end(struct hw_call *call) {
  struct hw_client *c = call->client;
  if (call->state == HW_CALL_WAITING || call->state == HW_CALL_FLYING)
    unlink_active(call);
  call->state = HW_CALL_DONE;
  call->seconds = (double)(hw_client_mono(c) - call->started) / 1000;
  if (call->error.kind) {
    call->error.attempts = call->attempts;
    name_call(call);
    redact(call);
  }
  if (call->tag) {
    if (c->done_last)
      c->done_last->next_done = call;
    else
      c->done_first = call;
    c->done_last = call;
  }
  if (call->purpose != HW_FOR_CALLER)
    hw_auth_finished(c, call);
}

void hw_call_cancel(struct hw_call *call, const char *why) {
  int flying = call->state == HW_CALL_FLYING;
  if (call->state == HW_CALL_DONE)
    return;
  if (flying)
    call->client->port->ops->cancel(call->client->port, &call->ex);
  call->error.in_doubt = flying && call->kind != HW_QUERY_KIND;
  hw_fail(&call->error, HW_ERR_CANCELLED, "%s%s", why, call->error.in_doubt ? "; its outcome is unknown" : "");
  if (call->error.in_doubt)
    hw_remedy(&call->error, "look at the resource before doing it again");
  hw_call_end(call);
}

/* The head of the list is looked at anew each time: ending a call may end others,
 * and a cancelled login ends all that wait for it. */
int hw_client_cancel(struct hw_client *c, const char *why) {
  int n = 0;
  hw_client_keep(c);
  for (; c->active; n++)
    hw_call_cancel(c->active, why);
  hw_client_drop(c);
  return n;
}

void hw_call_wait(struct hw_call *call, int64_t due) {
  if (call->state != HW_CALL_WAITING && call->state != HW_CALL_FLYING)
    link_active(call);
  call->state = HW_CALL_WAITING;
  call->due = due;
  hw_client_note_due(call->client, due);
}

/* -- building ----------------------------------------------------------- */

int hw_call_uses_project(const struct hw_call *call) {
  const char *path = call->op ? call->op->path : call->path;
  return path && strstr(path, "{project_id}") != NULL;
}

const char *hw_call_project(const struct hw_call *call) {
  const struct cJSON *given = call->op ? hw_arg_scope(call->op, call->args, "project_id") : NULL;
  return given ? hw_json_text(given) : call->client->credentials.project_id;
}

static int build(struct hw_call *call) {
  struct hw_client *c = call->client;
  struct hw_scope scope = { NULL, c->credentials.project_id, c->credentials.domain_id };
  struct hw_raw_call raw = { call->method, call->path, call->query, call->headers, NULL, 0 };
  struct hw_buf body = call->request.body;
  int had_body = call->request.has_body;
  if (!(scope.endpoint = hw_client_endpoint(c, call->service, &call->error)))
    return -1;
  if (call->op)
    return hw_request_build(&call->request, call->op, call->args, &scope, &call->error);
  if (had_body) { /* a raw call's body was put there by its maker */
    call->request.body = (struct hw_buf){ 0 };
    raw.body = hw_buf_text(&body);
    raw.body_len = body.len;
  }
  had_body = hw_request_raw(&call->request, &raw, &scope, &call->error);
  hw_buf_wipe(raw.body ? &body : &(struct hw_buf){ 0 });
  return had_body;
}

static int check(struct hw_call *call) {
  if (!call->args && call->op && !(call->args = hw_json_object()))
    return hw_fail_memory(&call->error);
  return call->op ? hw_check(call->op, call->args, call->client->strict, &call->error) : 0;
}

/* -- headers and signature ---------------------------------------------- */

struct header_list {
  struct hw_header list[HW_REQUEST_HEADERS_MAX + 8];
  size_t n;
};

static void put(struct header_list *h, const char *name, const char *value) {
  if (value)
    h->list[h->n++] = (struct hw_header){ name, value };
}

static int has_header(const struct hw_request *r, const char *name) {
  for (size_t i = 0; i < r->n_headers; i++)
    if (hw_word_order(r->names[i], name) == 0)
      return 1;
  return 0;
}

static void add_line(struct hw_call *call, size_t *starts, size_t *n, const char *name, const char *value) {
  starts[(*n)++] = call->text.len;
  hw_buf_adds(&call->text, name);
  hw_buf_adds(&call->text, *value ? ": " : ";"); /* libcurl's way to send an empty value */
  hw_buf_adds(&call->text, value);
  hw_buf_addc(&call->text, '\0');
}

static int sign(struct hw_call *call, const struct header_list *h) {
  struct hw_client *c = call->client;
  struct hw_sign_input in = { 0 };
  in.algorithm = c->algorithm;
  in.method = call->request.method;
  in.path = hw_buf_text(&call->request.path);
  in.query = hw_buf_text(&call->request.query);
  in.headers = h->list;
  in.n_headers = h->n;
  in.body = hw_buf_text(&call->request.body);
  in.body_len = call->request.body.len;
  in.ak = hw_auth_credentials(c, call->purpose)->ak;
  in.sk = hw_auth_credentials(c, call->purpose)->sk;
  in.region = c->credentials.region;
  in.service = call->service;
  return hw_sign(c->signer, &in, &call->signature, &call->error);
}

/* Which way this call proves who calls. */
static int uses_keys(const struct hw_call *call) {
  return call->purpose != HW_FOR_LOGIN && call->purpose != HW_FOR_METADATA &&
         hw_credentials_usable(hw_auth_credentials(call->client, call->purpose)) == HW_CREDENTIALS_KEYS;
}

static int write_headers(struct hw_call *call, const char *date) {
  struct hw_client *c = call->client;
  struct hw_request *r = &call->request;
  struct header_list h = { .n = 0 };
  size_t starts[32], n = 0;
  int keys = uses_keys(call);
  put(&h, "Host", hw_buf_text(&r->host));
  if (!has_header(r, "Content-Type") && call->purpose != HW_FOR_METADATA)
    put(&h, "Content-Type", call->content_type ? call->content_type : "application/json");
  if (hw_call_uses_project(call))
    put(&h, "X-Project-Id", hw_call_project(call));
  else if (strcmp(call->service, "bss") == 0)
    put(&h, "X-Domain-Id", c->credentials.domain_id);
  for (size_t i = 0; i < r->n_headers; i++)
    put(&h, r->names[i], r->values[i]);
  if (keys) {
    put(&h, "X-Sdk-Date", date);
    put(&h, "X-Security-Token", hw_auth_credentials(c, call->purpose)->security_token);
    if (sign(call, &h))
      return -1;
  }
  hw_buf_clear(&call->text);
  for (size_t i = 0; i < h.n; i++)
    add_line(call, starts, &n, h.list[i].name, h.list[i].value);
  if (keys && call->signature.content_header)
    add_line(call, starts, &n, call->signature.content_header, call->signature.payload);
  if (keys)
    add_line(call, starts, &n, "Authorization", hw_buf_text(&call->signature.authorization));
  else if (call->purpose != HW_FOR_LOGIN && call->purpose != HW_FOR_METADATA && hw_auth_credentials(c, call->purpose)->token)
    add_line(call, starts, &n, "X-Auth-Token", hw_auth_credentials(c, call->purpose)->token);
  add_line(call, starts, &n, "User-Agent", c->user_agent);
  if (call->text.failed)
    return hw_fail_memory(&call->error);
  for (size_t i = 0; i < n; i++)
    call->lines[i] = call->text.data + starts[i];
  call->lines[n] = NULL;
  return 0;
}

/* -- sending and judging ------------------------------------------------ */

static void on_done(struct hw_exchange *ex);

static void send_once(struct hw_call *call) {
  struct hw_client *c = call->client;
  struct hw_exchange *ex = &call->ex;
  int64_t left = call->deadline - hw_client_mono(c);
  if (write_headers(call, hw_client_date(c))) {
    hw_call_end(call);
    return;
  }
  call->transport = c->transport;
  if (call->timeout_ms)
    call->transport.total_ms = call->timeout_ms;
  call->transport.direct = call->purpose == HW_FOR_METADATA;
  if (call->transport.total_ms > left && call->kind == HW_QUERY_KIND)
    call->transport.total_ms = left > 1 ? left : 1;
  ex->method = call->request.method;
  ex->url = hw_buf_text(&call->request.url);
  ex->lines = call->lines;
  ex->body = hw_buf_text(&call->request.body);
  ex->body_len = call->request.body.len;
  ex->has_body = call->request.has_body;
  ex->once = call->kind != HW_QUERY_KIND;
  ex->transport = &call->transport;
  ex->done = on_done;
  ex->owner = call;
  call->attempts++;
  call->generation = c->generation;
  if (c->port->ops->start(c->port, ex, &call->error)) {
    hw_call_end(call);
    return;
  }
  if (call->state != HW_CALL_WAITING)
    link_active(call);
  call->state = HW_CALL_FLYING;
}

static int64_t backoff(struct hw_call *call) {
  struct hw_client *c = call->client;
  int64_t ms = (int64_t)BACKOFF_MIN_MS << (call->attempts > 5 ? 5 : call->attempts - 1);
  if (ms > BACKOFF_MAX_MS)
    ms = BACKOFF_MAX_MS;
  c->dice ^= c->dice << 13;
  c->dice ^= c->dice >> 7;
  c->dice ^= c->dice << 17;
  return ms / 2 + (int64_t)(c->dice % (uint64_t)(ms / 2 + 1));
}

/* Waits and tries again, unless tries or time are used up: then the error stands. */
static void try_again(struct hw_call *call, int64_t wait_ms) {
  struct hw_client *c = call->client;
  int64_t due = hw_client_mono(c) + wait_ms;
  if (call->attempts >= call->max_attempts || due >= call->deadline || c->interrupts_seen) {
    if (call->error.retryable && !call->error.retry_after_ms)
      call->error.retry_after_ms = wait_ms;
    hw_call_end(call);
    return;
  }
  hw_client_say(c, "%s: %s; trying again in %.1f s", call->service, hw_buf_text(&call->error.message), (double)wait_ms / 1000);
  call->error.kind = HW_OK;
  hw_call_wait(call, due);
}

static void judge_failure(struct hw_call *call) {
  struct hw_exchange *ex = &call->ex;
  struct hw_error *e = &call->error;
  int query = call->kind == HW_QUERY_KIND;
  e->status = ex->failed == HW_ERR_DECODE ? ex->status : 0;
  hw_fail(e, ex->failed, "%s", ex->message);
  e->in_doubt = ex->sent && !query;
  e->retryable = ex->failed != HW_ERR_DECODE && !ex->hopeless && (query || !ex->sent);
  if (e->in_doubt)
    hw_remedy(e, "the request may have had its effect: look at the resource before doing it again");
  else if (ex->hopeless)
    hw_remedy(e, "check the endpoint and its certificate; for a private certificate authority give ca_file");
  else if (ex->failed == HW_ERR_DECODE)
    hw_remedy(e, "ask for less at once, or raise max_body");
  else
    hw_remedy(e, "check the network, the proxy and the endpoint: hwdb doctor");
  if (e->retryable && ex->failed != HW_ERR_MEMORY)
    try_again(call, backoff(call));
  else
    hw_call_end(call);
}

static int64_t throttle_wait(struct hw_call *call) {
  struct hw_client *c = call->client;
  struct hw_service_state *s = hw_client_service(c, call->service, NULL);
  int64_t window, wait_ms = call->error.retry_after_ms ? call->error.retry_after_ms : backoff(call);
  size_t limit;
  if (!hw_pace_read(hw_buf_text(&call->error.message), &limit, &window)) {
    if (!call->error.retry_after_ms)
      wait_ms = window;
    call->error.limit = (int64_t)limit;
    call->error.limit_ms = window;
    if (s && !s->pace.limit)
      hw_pace_fix(&s->pace, limit, window);
  }
  if (s)
    hw_pace_hold(&s->pace, hw_client_mono(c) + wait_ms);
  return wait_ms;
}

/* Retry-After may name a day and time instead of seconds. */
static void read_retry_date(struct hw_call *call) {
  size_t len;
  const char *text = hw_head_find(hw_buf_text(&call->ex.head), "Retry-After", &len);
  int64_t at, wait;
  if (!text || call->error.retry_after_ms || hw_time_parse(text, len, &at))
    return;
  wait = at - hw_client_now(call->client);
  if (wait > 0 && wait < 86400000)
    call->error.retry_after_ms = wait;
}

static void judge_refusal(struct hw_call *call, const struct hw_reply *reply) {
  struct hw_error *e = &call->error;
  int query = call->kind == HW_QUERY_KIND;
  hw_reply_error(call->service, reply, e);
  read_retry_date(call);
  if (reply->status == 401 && hw_auth_refused(call)) {
    call->refused_401 = 1;
    e->retryable = 1;
    if (call->attempts == call->max_attempts)
      call->max_attempts++;
    try_again(call, 0);
    return;
  }
  e->in_doubt = reply->status >= 500 && !query && !hw_reply_without_effect(call->service, e);
  if (e->status == 429)
    try_again(call, throttle_wait(call));
  else if (hw_reply_without_effect(call->service, e))
    try_again(call, e->retry_after_ms ? e->retry_after_ms : BUSY_WAIT_MS);
  else if (query && (reply->status >= 500 || reply->status == 408) && hw_reply_may_pass(call->service, e)) {
    e->retryable = 1;
    try_again(call, e->retry_after_ms ? e->retry_after_ms : backoff(call));
  } else {
    hw_call_end(call);
  }
}

/* Clients take an empty body on any success; a read that gives nothing is odd all the same. */
static void note_emptiness(struct hw_call *call) {
  const struct hw_op *op = call->op;
  if (op && op->kind == HW_QUERY_KIND && op->out && op->out->name && !call->ex.body_in.len)
    hw_buf_adds(&call->error.warnings, "answer\tis empty, though the document names its fields\n");
}

static void judge(struct hw_call *call) {
  struct hw_exchange *ex = &call->ex;
  struct hw_reply reply = { ex->status, hw_buf_text(&ex->head), hw_buf_text(&ex->body_in), ex->body_in.len };
  if (call->purpose == HW_FOR_METADATA) {
    hw_call_end(call); /* its answers have their own reader */
  } else if (ex->failed) {
    judge_failure(call);
  } else if (ex->status >= 200 && ex->status < 300) {
    if (hw_reply_judge(call->service, call->op, &reply, &call->error))
      call->error.in_doubt = 0;
    else
      note_emptiness(call);
    hw_call_end(call);
  } else {
    judge_refusal(call, &reply);
  }
}

static void on_done(struct hw_exchange *ex) {
  struct hw_call *call = ex->owner;
  struct hw_client *c = call->client;
  if (c->logging)
    hw_client_say(c, "%s %s: HTTP %d, try %d, %.3f s%s%s", ex->method, ex->url, ex->status, call->attempts, ex->total_s,
                  ex->failed ? ", " : "", ex->failed ? ex->message : "");
  hw_client_keep(c);
  judge(call);
  hw_client_drop(c);
}

/* -- going on ----------------------------------------------------------- */

static int pace(struct hw_call *call) {
  struct hw_client *c = call->client;
  struct hw_service_state *s = hw_client_service(c, call->service, &call->error);
  int64_t now, next;
  if (!s) {
    hw_call_end(call);
    return -1;
  }
  now = hw_client_mono(c);
  next = hw_pace_next(&s->pace, now);
  if (next <= now) {
    hw_pace_sent(&s->pace, now);
    return 0;
  }
  if (next < call->deadline) {
    hw_call_wait(call, next);
    return -1;
  }
  call->error.retryable = 1;
  call->error.retry_after_ms = next - now;
  hw_fail(&call->error, HW_ERR_TIMEOUT, "the pace allows the next call of %s in %.0f s, after this call's deadline",
          call->service, (double)(next - now) / 1000);
  hw_remedy(&call->error, "raise the deadline, or make fewer calls");
  hw_call_end(call);
  return -1;
}

static int authenticate(struct hw_call *call) {
  struct hw_client *c = call->client;
  if (call->purpose != HW_FOR_CALLER)
    return 0;
  call->needs_auth = 0;
  switch (hw_auth_prepare(c, call)) {
  case HW_AUTH_READY: return 0;
  case HW_AUTH_FAILED: hw_call_end(call); return -1;
  default:
    if (call->state != HW_CALL_DONE && !call->needs_auth) { /* somebody else's login is under way */
      call->needs_auth = 1;
      hw_call_wait(call, INT64_MAX);
    }
    return -1;
  }
}

void hw_call_advance(struct hw_call *call) {
  struct hw_client *c = call->client;
  if (is_timer(call)) {
    c->timers_done = 1;
    hw_call_end(call);
    return;
  }
  if (c->interrupts_seen && call->purpose == HW_FOR_CALLER) {
    hw_call_cancel(call, "stopped by the user, nothing was sent");
    return;
  }
  if (authenticate(call))
    return;
  if (!call->built) {
    if (build(call)) {
      hw_call_end(call);
      return;
    }
    call->built = 1;
  }
  if (!pace(call))
    send_once(call);
}

void hw_call_start(struct hw_call *call) {
  struct hw_client *c = call->client;
  call->started = hw_client_mono(c);
  if (is_timer(call)) {
    hw_call_wait(call, call->due);
    return;
  }
  if (!call->deadline)
    call->deadline = call->started + c->deadline_ms;
  else
    call->deadline += call->started;
  if (check(call)) {
    hw_call_end(call);
    return;
  }
  hw_call_advance(call);
}

/* -- preview ------------------------------------------------------------ */

static int is_secret_header(const char *line, size_t len) {
  static const char *const names[] = { "X-Auth-Token", "X-Security-Token" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i]) == len && hw_word_begins(line, names[i], len))
      return 1;
  return 0;
}

static void preview_headers(struct hw_call *call, struct hw_buf *json) {
  hw_buf_adds(json, ",\"headers\":{");
  for (size_t i = 0; call->lines[i]; i++) {
    const char *line = call->lines[i];
    size_t len = strcspn(line, ":;");
    const char *value = line[len] == ':' ? line + len + 2 : "";
    if (i)
      hw_buf_addc(json, ',');
    hw_json_quote(line, len, json);
    hw_buf_addc(json, ':');
    if (is_secret_header(line, len))
      hw_buf_adds(json, "\"***\"");
    else
      hw_json_quote(value, strlen(value), json);
  }
  hw_buf_addc(json, '}');
}

static int preview_body(struct hw_call *call, struct hw_buf *json) {
  struct hw_request *r = &call->request;
  char hash[65];
  hw_buf_adds(json, ",\"body\":");
  if (!r->has_body)
    hw_buf_adds(json, "null");
  else if (call->op)
    hw_request_body(call->op, call->args, 1, json);
  else
    hw_json_quote(hw_buf_text(&r->body), r->body.len, json);
  if (hw_sha256(call->client->signer, hw_buf_text(&r->body), r->body.len, hash))
    return -1;
  return hw_buf_addf(json, ",\"body_sha256\":\"%s\",\"body_bytes\":%zu", hash, r->body.len);
}

static void preview_warnings(const struct hw_error *e, struct hw_buf *json) {
  int n = 0;
  hw_buf_adds(json, ",\"warnings\":[");
  for (const char *p = hw_buf_text(&e->warnings); *p; n++) {
    size_t line = strcspn(p, "\n"), path = strcspn(p, "\t");
    struct hw_buf text = { 0 };
    hw_buf_addf(&text, "%.*s: %.*s", (int)path, p, (int)(line - path - 1), p + path + 1);
    hw_buf_adds(json, n ? "," : "");
    hw_json_quote(hw_buf_text(&text), text.len, json);
    hw_buf_free(&text);
    p += line + 1;
  }
  hw_buf_addc(json, ']');
}

static int preview_ready(struct hw_call *call) {
  struct hw_client *c = call->client;
  if (!hw_credentials_usable(&c->credentials)) {
    hw_auth_offline(c, call);
    return -1;
  }
  if (hw_call_uses_project(call) && !hw_call_project(call)) {
    hw_remedy(&call->error, "give project_id, or set HUAWEICLOUD_SDK_PROJECT_ID; a dry run asks no server for it");
    return hw_fail(&call->error, HW_ERR_USAGE, "no project_id is known, and the path needs one");
  }
  return 0;
}

int hw_call_preview(struct hw_call *call, const char *date, struct hw_buf *json) {
  struct hw_request *r = &call->request;
  if (check(call) || preview_ready(call) || build(call) || write_headers(call, date ? date : hw_client_date(call->client)))
    return -1;
  hw_buf_adds(json, "{\"method\":");
  hw_json_quote(r->method, strlen(r->method), json);
  hw_buf_adds(json, ",\"url\":");
  hw_json_quote(hw_buf_text(&r->url), r->url.len, json);
  preview_headers(call, json);
  if (preview_body(call, json))
    return hw_fail_memory(&call->error);
  preview_warnings(&call->error, json);
  return hw_buf_addc(json, '}') ? hw_fail_memory(&call->error) : 0;
}
