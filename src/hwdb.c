/* SPDX-License-Identifier: Apache-2.0
 * The C interface: clients and calls behind texts. Adds no rule of its own to
 * what client.h does; turns arguments into trees and results into answers.
 */
#include "hwdb.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "client.h"
#include "hwdb_text.h"
#include "reply.h"

struct box { /* an answer with what its texts live in */
  struct hwdb_answer answer;
  struct hw_call *call; /* NULL: it failed before there was one */
  struct hw_error error;
  struct hw_buf error_text, warnings;
  char request_id[96];
  struct box *next, *prev; /* among the started ones not yet taken */
  struct box *next_ready;
};

struct hwdb {
  struct hw_client *client;
  struct hw_port *port;
  struct box *started, *ready, *last_ready;
  size_t pending;
};

/* -- answers ------------------------------------------------------------ */

static struct hwdb_answer *without_memory(void) {
  static struct hwdb_answer answer = {
    .error = "{\"kind\":\"memory\",\"message\":\"out of memory\",\"attempts\":0,\"retryable\":true,\"in_doubt\":false}",
    .body = "",
    .request_id = "",
    .head = "",
    .warnings = "[]",
  };
  return &answer;
}

void hwdb_answer_free(struct hwdb_answer *answer) {
  struct box *box = (struct box *)answer;
  if (!answer || answer == without_memory())
    return;
  hw_call_free(box->call);
  hw_error_free(&box->error);
  hw_buf_free(&box->error_text);
  hw_buf_free(&box->warnings);
  free(box);
}

static int ignore(void *to, enum hw_json_event event, const char *text, size_t len) {
  (void)to;
  (void)event;
  (void)text;
  (void)len;
  return 0;
}

/* An operation's answer must be JSON; any other call's may be anything. */
static void check_body(struct box *box) {
  struct hw_call *call = box->call;
  const struct hw_buf *body = &call->ex.body_in;
  struct hw_buf scratch = { 0 };
  if (call->op && body->len && hw_json_read(body->data, body->len, &scratch, ignore, NULL, &box->error))
    hw_call_undecodable(call, &box->error);
  hw_buf_free(&scratch);
}

static void describe_call(struct box *box) {
  struct hw_call *call = box->call;
  size_t len;
  const char *head = hw_buf_text(&call->ex.head), *id = hw_head_find(head, "X-Request-Id", &len);
  if (id)
    hw_copy(box->request_id, sizeof box->request_id, id, len);
  box->answer.status = call->ex.status;
  box->answer.attempts = call->attempts;
  box->answer.seconds = call->seconds;
  box->answer.head = head;
  if (call->error.warnings.len && !hw_text_warnings(&call->error.warnings, &box->warnings))
    box->answer.warnings = box->warnings.data;
}

/* Fills what the caller sees, once the call is done. */
static void complete(struct box *box) {
  const struct hw_error *e = &box->error;
  if (box->call) {
    describe_call(box);
    if (box->call->error.kind)
      e = &box->call->error;
    else
      check_body(box);
  }
  if (e->kind) {
    box->answer.error = hw_text_error(e, &box->error_text) ? without_memory()->error : box->error_text.data;
    if (!box->request_id[0])
      hw_copy(box->request_id, sizeof box->request_id, e->request_id, strlen(e->request_id));
  } else if (box->call) {
    box->answer.body = hw_buf_text(&box->call->ex.body_in);
    box->answer.body_len = box->call->ex.body_in.len;
  }
}

static struct box *new_box(void) {
  struct box *box = calloc(1, sizeof *box);
  if (!box)
    return NULL;
  box->answer.body = box->answer.head = "";
  box->answer.warnings = "[]";
  box->answer.request_id = box->request_id;
  return box;
}

/* -- clients ------------------------------------------------------------ */

const char *hwdb_version(void) {
  return HW_VERSION;
}

void hwdb_free(char *text) {
  free(text);
}

struct hwdb *hwdb_open(const char *options_json, char **error) {
  struct hw_error e = { 0 };
  struct cJSON *options = hw_text_object(options_json, "options", &e);
  struct hwdb *h = options ? calloc(1, sizeof *h) : NULL;
  if (options && (!h || !(h->port = hw_port_curl())))
    hw_fail_memory(&e);
  else if (options)
    h->client = hw_client_new(options, h->port, &e);
  hw_json_free(options);
  if (h && h->client)
    return h;
  if (h)
    hw_port_drop(h->port);
  free(h);
  return hw_text_give_error(&e, error);
}

void hwdb_close(struct hwdb *h) {
  if (!h)
    return;
  for (struct box *box = h->started, *next; box; box = next) {
    next = box->next;
    hwdb_answer_free(&box->answer);
  }
  hw_client_drop(h->client);
  hw_port_drop(h->port);
  free(h);
}

/* -- making calls ------------------------------------------------------- */

/* "ddm.list_instances" to its row, or NULL after filling `e`. */
static const struct hw_op *find_op(const char *operation, struct hw_error *e) {
  char service[32];
  size_t len = strcspn(operation, ".");
  const char *name = operation + len + 1, *near;
  const struct hw_op *op;
  if (!operation[len] || len >= sizeof service) {
    hw_fail(e, HW_ERR_USAGE, "\"%.64s\" is not an operation; write it as SERVICE.OPERATION, such as ddm.list_instances", operation);
    return NULL;
  }
  hw_copy(service, sizeof service, operation, len);
  if ((op = hw_op_find(service, name)))
    return op;
  near = hw_service_known(service) ? hw_op_suggest(service, name) : hw_op_suggest(NULL, service);
  hw_fail(e, HW_ERR_USAGE, "unknown %s %.120s%s%s%s", hw_service_known(service) ? "operation" : "service",
          hw_service_known(service) ? operation : service, near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
  return NULL;
}

static int seconds_option(const struct cJSON *o, int64_t *ms, struct hw_error *e) {
  double seconds = hw_json_type(o) == HW_J_NUMBER ? hw_json_double(o) : 0;
  if (!(seconds > 0 && seconds <= 31536000))
    return hw_fail(e, HW_ERR_USAGE, "call: option %s must be a number of seconds", hw_json_key(o));
  *ms = (int64_t)(seconds * 1000);
  return 0;
}

static int one_option(struct hw_call *call, const struct cJSON *o, struct hw_error *e) {
  const char *name = hw_json_key(o);
  int64_t attempts;
  if (strcmp(name, "timeout") == 0)
    return seconds_option(o, &call->timeout_ms, e);
  if (strcmp(name, "deadline") == 0)
    return seconds_option(o, &call->deadline, e);
  if (strcmp(name, "attempts") != 0)
    return hw_fail(e, HW_ERR_USAGE, "call: \"%.64s\" is not an option; there are timeout, deadline and attempts", name);
  if (hw_json_int(o, &attempts) || attempts < 1 || attempts > 100)
    return hw_fail(e, HW_ERR_USAGE, "call: option attempts must be a whole number from 1 to 100");
  call->max_attempts = (int)attempts;
  return 0;
}

static int take_options(struct hw_call *call, const char *text, struct hw_error *e) {
  struct cJSON *options = text ? hw_text_object(text, "options of the call", e) : NULL;
  int failed = text && !options;
  for (const struct cJSON *o = options ? hw_json_first(options) : NULL; o && !failed; o = hw_json_next(o))
    failed = one_option(call, o, e);
  hw_json_free(options);
  return failed ? -1 : 0;
}

static void make_call(struct hwdb *h, struct box *box, const char *operation, const char *arguments) {
  const struct hw_op *op = find_op(operation ? operation : "", &box->error);
  if (!op || !(box->call = hw_call_new(h->client, op, &box->error)))
    return;
  box->call->args = hw_text_object(arguments, "arguments", &box->error);
}

static int take_part(struct cJSON *input, const char *name, struct cJSON **part, struct hw_error *e) {
  struct cJSON *given = hw_json_get(input, name);
  if (!given)
    return 0;
  if (hw_json_type(given) != HW_J_OBJECT)
    return hw_fail(e, HW_ERR_USAGE, "request: %s must be an object", name);
  *part = hw_json_detach(input, given);
  return 0;
}

static int take_body(const struct cJSON *input, struct hw_call *call, struct hw_error *e) {
  const struct cJSON *body = hw_json_get(input, "body");
  const char *text = hw_json_get_text(input, "body");
  if (!body)
    return 0;
  if (!text && hw_json_type(body) == HW_J_STRING)
    return hw_fail(e, HW_ERR_USAGE, "request: a text as body must not hold U+0000");
  call->request.has_body = 1;
  if (text ? hw_buf_adds(&call->request.body, text) : hw_json_write(body, &call->request.body))
    return hw_fail_memory(e);
  return 0;
}

static int take_repeatable(const struct cJSON *input, struct hw_call *call, struct hw_error *e) {
  const struct cJSON *given = hw_json_get(input, "repeatable");
  if (given && hw_json_type(given) != HW_J_BOOLEAN)
    return hw_fail(e, HW_ERR_USAGE, "request: repeatable must be true or false");
  if (given)
    call->kind = hw_json_is_true(given) ? HW_QUERY_KIND : HW_PULSE;
  return 0;
}

static int required_texts(const struct cJSON *input, struct hw_error *e) {
  static const char *const names[] = { "service", "method", "path" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!hw_json_get_text(input, names[i]))
      return hw_fail(e, HW_ERR_USAGE, "request: %s must be given as a text", names[i]);
  return 0;
}

static void make_request(struct hwdb *h, struct box *box, const char *text) {
  struct hw_error *e = &box->error;
  struct cJSON *input = hw_text_object(text, "request", e);
  if (input && !required_texts(input, e))
    box->call = hw_call_raw(h->client, hw_json_get_text(input, "service"), hw_json_get_text(input, "method"),
                            hw_json_get_text(input, "path"), e);
  if (box->call && !take_part(input, "query", &box->call->query, e) && !take_part(input, "headers", &box->call->headers, e) &&
      !take_body(input, box->call, e))
    take_repeatable(input, box->call, e);
  hw_json_free(input);
}

/* Starts what could be made; what could not keeps its error and no call. */
static void launch(struct box *box, const char *options) {
  if (!box->error.kind && !take_options(box->call, options, &box->error)) {
    hw_call_start(box->call);
    return;
  }
  hw_call_free(box->call);
  box->call = NULL;
}

static struct hwdb_answer *wait_for(struct hwdb *h, struct box *box) {
  while (box->call && box->call->state != HW_CALL_DONE)
    hw_client_step(h->client, INT64_MAX);
  complete(box);
  return &box->answer;
}

struct hwdb_answer *hwdb_call(struct hwdb *h, const char *operation, const char *arguments_json, const char *options_json) {
  struct box *box = new_box();
  if (!box)
    return without_memory();
  make_call(h, box, operation, arguments_json);
  launch(box, options_json);
  return wait_for(h, box);
}

struct hwdb_answer *hwdb_request(struct hwdb *h, const char *request_json, const char *options_json) {
  struct box *box = new_box();
  if (!box)
    return without_memory();
  make_request(h, box, request_json);
  launch(box, options_json);
  return wait_for(h, box);
}

/* -- many at once ------------------------------------------------------- */

static void add_ready(struct hwdb *h, struct box *box) {
  if (h->last_ready)
    h->last_ready->next_ready = box;
  else
    h->ready = box;
  h->last_ready = box;
}

/* The core tells which calls ended by their tags: here the address of the box. */
static void collect(struct hwdb *h) {
  struct hw_call *call;
  while ((call = hw_client_done(h->client)))
    add_ready(h, (struct box *)(uintptr_t)call->tag);
}

static int start(struct hwdb *h, struct box *box, const char *options, unsigned long long tag) {
  box->answer.tag = tag;
  box->next = h->started;
  if (box->next)
    box->next->prev = box;
  h->started = box;
  h->pending++;
  if (box->call)
    box->call->tag = (unsigned long)(uintptr_t)box;
  launch(box, options);
  if (!box->call)
    add_ready(h, box);
  return 0;
}

int hwdb_start(struct hwdb *h, const char *operation, const char *arguments_json, const char *options_json,
               unsigned long long tag) {
  struct box *box = new_box();
  if (!box)
    return -1;
  make_call(h, box, operation, arguments_json);
  return start(h, box, options_json, tag);
}

int hwdb_start_request(struct hwdb *h, const char *request_json, const char *options_json, unsigned long long tag) {
  struct box *box = new_box();
  if (!box)
    return -1;
  make_request(h, box, request_json);
  return start(h, box, options_json, tag);
}

struct hwdb_answer *hwdb_take(struct hwdb *h) {
  struct box *box;
  collect(h);
  if (!(box = h->ready))
    return NULL;
  if (!(h->ready = box->next_ready))
    h->last_ready = NULL;
  if (box->prev)
    box->prev->next = box->next;
  else
    h->started = box->next;
  if (box->next)
    box->next->prev = box->prev;
  h->pending--;
  complete(box);
  return &box->answer;
}

size_t hwdb_pending(const struct hwdb *h) {
  return h->pending;
}

int hwdb_cancel(struct hwdb *h, unsigned long long tag) {
  int n = 0;
  for (struct box *box = h->started; box; box = box->next)
    if (box->answer.tag == tag && box->call && box->call->state != HW_CALL_DONE) {
      hw_call_cancel(box->call, "cancelled by the caller");
      n++;
    }
  return n;
}

int hwdb_step(struct hwdb *h, double seconds) {
  int64_t until = INT64_MAX;
  if (seconds >= 0 && seconds < 1e9)
    until = hw_client_mono(h->client) + (int64_t)(seconds * 1000);
  for (;;) {
    int moved;
    collect(h);
    if (h->ready)
      return 1;
    if (!h->pending)
      return 0;
    moved = hw_client_step(h->client, until);
    collect(h);
    if (h->ready)
      return 1;
    if (moved <= 0)
      return moved;
  }
}

size_t hwdb_sockets(struct hwdb *h, struct hwdb_socket *list, size_t max) {
  struct hw_socket own[256];
  size_t n = h->port->ops->sockets(h->port, own, sizeof own / sizeof *own);
  for (size_t i = 0; i < n && i < max && i < sizeof own / sizeof *own; i++)
    list[i] = (struct hwdb_socket){ own[i].fd, own[i].readable, own[i].writable };
  return n;
}

double hwdb_deadline(struct hwdb *h) {
  int64_t next = h->port->ops->deadline(h->port), own = hw_client_due(h->client), now;
  collect(h);
  if (h->ready)
    return 0;
  if (own < next)
    next = own;
  if (next == INT64_MAX)
    return -1;
  now = hw_client_mono(h->client);
  return next <= now ? 0 : (double)(next - now) / 1000;
}

/* -- without sending ---------------------------------------------------- */

char *hwdb_preview(struct hwdb *h, const char *operation, const char *arguments_json, const char *date, char **error) {
  struct box box = { 0 };
  struct hw_buf json = { 0 };
  make_call(h, &box, operation, arguments_json);
  if (!box.error.kind && hw_call_preview(box.call, date, &json)) {
    struct hw_error none = { 0 };
    box.error = box.call->error;
    box.call->error = none;
  }
  hw_call_free(box.call);
  if (!box.error.kind)
    return json.data;
  hw_buf_free(&json);
  return hw_text_give_error(&box.error, error);
}

char *hwdb_describe(struct hwdb *h, char **error) {
  struct hw_buf json = { 0 };
  struct hw_error e = { 0 };
  if (!hw_client_describe(h->client, &json, &e))
    return json.data;
  hw_buf_free(&json);
  return hw_text_give_error(&e, error);
}

char *hwdb_log(struct hwdb *h) {
  struct hw_buf *log = hw_client_log(h->client);
  char *text = log->len ? log->data : NULL;
  if (text)
    *log = (struct hw_buf){ .max = log->max };
  return text;
}

char *hwdb_check(const char *operation, const char *arguments_json, int strict, char **error) {
  struct hw_error e = { 0 };
  struct hw_buf text = { 0 };
  const struct hw_op *op = find_op(operation ? operation : "", &e);
  struct cJSON *args = op ? hw_text_object(arguments_json, "arguments", &e) : NULL;
  if (args && !hw_check(op, args, strict, &e) && hw_text_warnings(&e.warnings, &text))
    hw_fail_memory(&e);
  hw_json_free(args);
  if (e.kind)
    return hw_text_give_error(&e, error);
  hw_error_free(&e);
  return text.data;
}
