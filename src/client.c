/* SPDX-License-Identifier: Apache-2.0
 * A client: its options, services, clock and loop. What becomes of a single
 * call is call.c's, who calls is auth.c's.
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>

#include "client_state.h"
#include "endpoint.h"

static const char *const text_options[] = {
  "region", "ak", "sk", "security_token", "token", "user", "password", "domain_name", "domain_id",
  "project_id", "project_name", "iam_endpoint", "enterprise_project_id", "profile", "credentials_file",
  "domain", "ca_file", "proxy", "algorithm", "user_agent", "agency_name", "agency_domain_name", "agency_domain_id",
  "metadata_endpoint", NULL,
};
static const char *const other_options[] = {
  "endpoints", "pace", "allow_http", "strict", "log", "connect_timeout", "timeout", "stall_timeout", "deadline",
  "attempts", "max_body", NULL,
};

static int listed(const char *const *list, const char *name) {
  for (; *list; list++)
    if (strcmp(*list, name) == 0)
      return 1;
  return 0;
}

static int check_options(const struct cJSON *options, struct hw_error *e) {
  for (const struct cJSON *o = hw_json_first(options); o; o = hw_json_next(o)) {
    const char *name = hw_json_key(o);
    int is_text = listed(text_options, name);
    if (!is_text && !listed(other_options, name)) {
      hw_remedy(e, "options: region, ak, sk, token, user, password, domain_name, project_id, profile, endpoints, ca_file, timeout, deadline, ...");
      return hw_fail(e, HW_ERR_USAGE, "client: \"%.64s\" is not an option", name);
    }
    if (is_text && (hw_json_type(o) != HW_J_STRING || hw_json_text(o)[0] == '"'))
      return hw_fail(e, HW_ERR_USAGE, "client: option %s must be a text", name);
  }
  return 0;
}

const char *hw_option_text(const struct hw_client *c, const char *name) {
  return hw_json_get_text(c->options, name);
}

/* Seconds as a number, possibly with a fraction, to milliseconds. */
static int read_seconds(const struct hw_client *c, const char *name, double standard, int64_t *ms, struct hw_error *e) {
  const struct cJSON *o = hw_json_get(c->options, name);
  double seconds = standard;
  if (o && hw_json_type(o) != HW_J_NUMBER)
    return hw_fail(e, HW_ERR_USAGE, "client: option %s must be a number of seconds", name);
  if (o)
    seconds = hw_json_double(o);
  if (!(seconds > 0 && seconds <= 31536000))
    return hw_fail(e, HW_ERR_USAGE, "client: option %s must be more than 0 and at most a year of seconds", name);
  *ms = (int64_t)(seconds * 1000 + 0.5);
  return 0;
}

static int read_count(const struct hw_client *c, const char *name, int64_t standard, int64_t most, int64_t *value, struct hw_error *e) {
  const struct cJSON *o = hw_json_get(c->options, name);
  *value = standard;
  if (o && (hw_json_int(o, value) || *value < 1 || *value > most))
    return hw_fail(e, HW_ERR_USAGE, "client: option %s must be a whole number from 1 to %lld", name, (long long)most);
  return 0;
}

static int is_set(const struct hw_client *c, const char *name) {
  const struct cJSON *o = hw_json_get(c->options, name);
  return o && hw_json_is_true(o);
}

static int read_limits(struct hw_client *c, struct hw_error *e) {
  int64_t attempts, body_max;
  if (read_seconds(c, "connect_timeout", 10, &c->transport.connect_ms, e) ||
      read_seconds(c, "timeout", 60, &c->transport.total_ms, e) ||
      read_seconds(c, "stall_timeout", 30, &c->transport.stall_ms, e) ||
      read_seconds(c, "deadline", 120, &c->deadline_ms, e) || read_count(c, "attempts", 6, 100, &attempts, e) ||
      read_count(c, "max_body", 32 << 20, 1 << 30, &body_max, e))
    return -1;
  c->attempts = (int)attempts;
  c->transport.body_max = (size_t)body_max;
  c->transport.ca_file = hw_option_text(c, "ca_file");
  c->transport.proxy = hw_option_text(c, "proxy");
  c->strict = is_set(c, "strict");
  c->logging = is_set(c, "log");
  c->user_agent = hw_option_text(c, "user_agent");
  if (!c->user_agent)
    c->user_agent = "hwdb/" HW_VERSION;
  return 0;
}

static int read_algorithm(struct hw_client *c, struct hw_error *e) {
  const char *name = hw_option_text(c, "algorithm");
  return name ? hw_algorithm_find(name, &c->algorithm, e) : 0;
}

static int read_pace(struct hw_client *c, struct hw_error *e) {
  const struct cJSON *pace = hw_json_get(c->options, "pace");
  for (const struct cJSON *p = pace ? hw_json_first(pace) : NULL; p; p = hw_json_next(p)) {
    int64_t calls;
    struct hw_service_state *s = hw_client_service(c, hw_json_key(p), e);
    if (!s)
      return -1;
    if (hw_json_int(p, &calls) || calls < 1 || calls > HW_PACE_MAX)
      return hw_fail(e, HW_ERR_USAGE, "client: option pace.%.32s must be calls a minute, from 1 to %d", hw_json_key(p), HW_PACE_MAX);
    if (hw_pace_fix(&s->pace, (size_t)calls, 60000))
      return hw_fail_memory(e);
  }
  return 0;
}

static int find_credentials(struct hw_client *c, struct hw_error *e) {
  struct hw_credential_request r = { 0 };
  r.ak = hw_option_text(c, "ak");
  r.sk = hw_option_text(c, "sk");
  r.security_token = hw_option_text(c, "security_token");
  r.token = hw_option_text(c, "token");
  r.user = hw_option_text(c, "user");
  r.password = hw_option_text(c, "password");
  r.domain_name = hw_option_text(c, "domain_name");
  r.domain_id = hw_option_text(c, "domain_id");
  r.project_id = hw_option_text(c, "project_id");
  r.project_name = hw_option_text(c, "project_name");
  r.region = hw_option_text(c, "region");
  r.iam_endpoint = hw_option_text(c, "iam_endpoint");
  r.enterprise_project_id = hw_option_text(c, "enterprise_project_id");
  r.profile = hw_option_text(c, "profile");
  r.credentials_file = hw_option_text(c, "credentials_file");
  return hw_credentials_find(&c->credentials, &r, e);
}

/* With an agency the credentials found only serve to ask for its keys. */
static int set_agency(struct hw_client *c, struct hw_error *e) {
  struct hw_credentials found = c->credentials;
  if (!(c->agency = hw_option_text(c, "agency_name")))
    return 0;
  if (!hw_option_text(c, "agency_domain_name") && !hw_option_text(c, "agency_domain_id")) {
    hw_remedy(e, "give agency_domain_name or agency_domain_id: the account that the agency belongs to");
    return hw_fail(e, HW_ERR_USAGE, "client: agency_name is given without the agency's account");
  }
  c->base = found;
  memset(&c->credentials, 0, sizeof c->credentials);
  for (int f = HW_CRED_DOMAIN_NAME; f < HW_CRED_FIELDS; f++) {
    const char *value = *hw_credentials_at(&c->base, (enum hw_credential_field)f);
    if (value && hw_credentials_set(&c->credentials, (enum hw_credential_field)f, hw_credentials_name((enum hw_credential_field)f), value, strlen(value), e))
      return -1;
  }
  return 0;
}

struct hw_client *hw_client_new(const struct cJSON *options, struct hw_port *port, struct hw_error *e) {
  struct hw_client *c;
  if (check_options(options, e))
    return NULL;
  if (!(c = calloc(1, sizeof *c))) {
    hw_fail_memory(e);
    return NULL;
  }
  c->refs = 1;
  c->port = hw_port_keep(port);
  c->next_due = INT64_MAX;
  c->log.max = 1 << 20;
  c->dice = (uint64_t)port->ops->wall(port) * 2654435761u ^ (uint64_t)(uintptr_t)c;
  c->options = hw_json_copy(options);
  c->signer = hw_signer_new();
  if (!c->options || !c->signer)
    hw_fail_memory(e);
  else if (!read_limits(c, e) && !read_algorithm(c, e) && !find_credentials(c, e) && !set_agency(c, e) && !read_pace(c, e))
    return c;
  hw_client_drop(c);
  return NULL;
}

struct hw_client *hw_client_keep(struct hw_client *c) {
  c->refs++;
  return c;
}

void hw_client_drop(struct hw_client *c) {
  if (!c || --c->refs)
    return;
  for (size_t i = 0; i < c->n_services; i++) {
    hw_buf_free(&c->services[i].endpoint);
    hw_pace_free(&c->services[i].pace);
  }
  for (struct hw_call *call = c->idle, *next; call; call = next) {
    next = call->next_idle;
    call->client = NULL;
    hw_call_free(call);
  }
  hw_credentials_free(&c->credentials);
  hw_credentials_free(&c->base);
  hw_metadata_free(&c->metadata);
  hw_json_free(c->options);
  hw_signer_free(c->signer);
  hw_buf_free(&c->log);
  hw_buf_free(&c->notes);
  hw_port_drop(c->port);
  free(c);
}

/* -- services ----------------------------------------------------------- */

int hw_client_metadata_given(const struct hw_client *c) {
  return hw_option_text(c, "metadata_endpoint") || getenv("HWDB_ENDPOINT_METADATA");
}

static int resolve(struct hw_client *c, const char *name, struct hw_buf *url, struct hw_error *e) {
  const struct cJSON *given = hw_json_get(c->options, "endpoints");
  struct hw_endpoint_request r = { 0 };
  r.service = name;
  r.region = c->credentials.region;
  r.domain = hw_option_text(c, "domain");
  r.endpoint = given && hw_json_type(given) == HW_J_OBJECT ? hw_json_get_text(given, name) : NULL;
  r.iam_endpoint = c->credentials.iam_endpoint;
  if (strcmp(name, "metadata") == 0) {
    r.endpoint = hw_option_text(c, "metadata_endpoint");
    if (!r.endpoint && !hw_client_metadata_given(c))
      return hw_buf_adds(url, HW_METADATA_URL) ? hw_fail_memory(e) : 0;
  }
  r.allow_http = is_set(c, "allow_http");
  return hw_endpoint(&r, url, &c->notes, e);
}

struct hw_service_state *hw_client_service(struct hw_client *c, const char *name, struct hw_error *e) {
  struct hw_service_state *s;
  for (size_t i = 0; i < c->n_services; i++)
    if (strcmp(c->services[i].name, name) == 0)
      return &c->services[i];
  if (c->n_services == HW_SERVICES_MAX || strlen(name) >= sizeof s->name) {
    hw_fail(e, HW_ERR_USAGE, "\"%.64s\": too many services, or too long a name", name);
    return NULL;
  }
  s = &c->services[c->n_services++];
  hw_copy(s->name, sizeof s->name, name, strlen(name));
  return s;
}

const char *hw_client_endpoint(struct hw_client *c, const char *service, struct hw_error *e) {
  struct hw_service_state *s = hw_client_service(c, service, e);
  if (!s)
    return NULL;
  if (!s->endpoint.len && resolve(c, service, &s->endpoint, e)) {
    hw_buf_clear(&s->endpoint);
    return NULL;
  }
  return hw_buf_text(&s->endpoint);
}

/* -- clock and log ------------------------------------------------------ */

int64_t hw_client_now(struct hw_client *c) {
  return c->port->ops->wall(c->port) + c->clock_offset_ms;
}

int64_t hw_client_mono(struct hw_client *c) {
  return c->port->ops->mono(c->port);
}

const char *hw_client_date(struct hw_client *c) {
  int64_t second = hw_client_now(c) / 1000;
  if (c->date_second != second || !c->date[0]) {
    hw_sign_date(second, c->date);
    c->date_second = second;
  }
  return c->date;
}

void hw_client_say(struct hw_client *c, const char *format, ...) {
  va_list args;
  if (!c->logging)
    return;
  va_start(args, format);
  hw_buf_vaddf(&c->log, format, args);
  va_end(args);
  hw_buf_addc(&c->log, '\n');
}

struct hw_buf *hw_client_log(struct hw_client *c) {
  return &c->log;
}

/* -- the loop ----------------------------------------------------------- */

void hw_client_note_due(struct hw_client *c, int64_t due) {
  if (due < c->next_due)
    c->next_due = due;
}

int64_t hw_client_due(const struct hw_client *c) {
  return c->next_due;
}

/* Lets every waiting call whose time has come go on. Each may end, start or
 * queue others, so the list is walked anew after every one. */
static void run_due(struct hw_client *c) {
  int64_t now = hw_client_mono(c);
  if (c->next_due > now)
    return;
  for (;;) {
    struct hw_call *call = c->active;
    c->next_due = INT64_MAX;
    for (; call; call = call->next) {
      if (call->state != HW_CALL_WAITING || call->needs_auth)
        continue;
      if (call->due <= now)
        break;
      hw_client_note_due(c, call->due);
    }
    if (!call)
      return;
    hw_call_advance(call);
  }
}

static void give_up(struct hw_client *c, int count) {
  struct hw_call *next;
  for (struct hw_call *call = c->active; call; call = next) {
    int flying = call->state == HW_CALL_FLYING;
    next = call->next;
    if (flying && call->kind != HW_QUERY_KIND && count < 2)
      continue;
    hw_call_cancel(call, flying && call->kind != HW_QUERY_KIND ? "stopped by the user while it was on its way" : "stopped by the user before it was done");
    next = c->active; /* ending one may end others */
  }
}

static int check_interrupts(struct hw_client *c) {
  int count = c->interrupts ? c->interrupts() : 0;
  if (count > c->interrupts_seen) {
    c->interrupts_seen = count;
    give_up(c, count);
    return 1;
  }
  return 0;
}

int hw_client_step(struct hw_client *c, int64_t until) {
  for (;;) {
    int64_t limit = until;
    int moved;
    c->timers_done = 0;
    run_due(c);
    if (check_interrupts(c) || c->timers_done)
      return 1;
    if (c->next_due < limit)
      limit = c->next_due;
    /* A signal between this line and the wait would be seen late by at most this. */
    if (c->interrupts && limit > hw_client_mono(c) + 1000 && c->port->ops->sockets)
      limit = hw_client_mono(c) + 1000;
    moved = hw_port_step(c->port, limit);
    if (check_interrupts(c) || moved)
      return moved < 0 ? -1 : 1;
    if (hw_client_mono(c) >= until)
      return 0;
  }
}

struct hw_call *hw_client_done(struct hw_client *c) {
  struct hw_call *call = c->done_first;
  if (call) {
    c->done_first = call->next_done;
    if (!c->done_first)
      c->done_last = NULL;
    call->next_done = NULL;
  }
  return call;
}

void hw_client_set_interrupt(struct hw_client *c, int (*count)(void)) {
  c->interrupts = count;
}

/* -- reports ------------------------------------------------------------ */

static void add_text(struct hw_buf *b, const char *name, const char *value) {
  hw_buf_addf(b, "%s\"%s\":", b->data && b->data[b->len - 1] == '{' ? "" : ",", name);
  if (value)
    hw_json_quote(value, strlen(value), b);
  else
    hw_buf_adds(b, "null");
}

static void add_masked(struct hw_buf *b, const char *name, const char *value) {
  char shown[16] = "***";
  size_t len = value ? strlen(value) : 0;
  if (len >= 12)
    hw_copy(shown + 3, sizeof shown - 3, value + len - 4, 4);
  add_text(b, name, value ? shown : NULL);
}

int hw_client_describe(struct hw_client *c, struct hw_buf *json, struct hw_error *e) {
  const struct hw_credentials *k = &c->credentials;
  static const char *const kinds[] = { "none", "keys", "token", "login" };
  hw_buf_addc(json, '{');
  add_text(json, "source", k->source);
  add_text(json, "kind", kinds[hw_credentials_usable(k)]);
  add_masked(json, "ak", k->ak);
  add_text(json, "security_token", k->security_token ? "***" : NULL);
  add_text(json, "user", k->user);
  add_text(json, "region", k->region);
  add_text(json, "project_id", k->project_id);
  add_text(json, "project_name", k->project_name);
  add_text(json, "domain_name", k->domain_name);
  add_text(json, "domain_id", k->domain_id);
  hw_buf_addf(json, ",\"clock_offset\":%.3f", (double)c->clock_offset_ms / 1000);
  add_text(json, "credential_notes", hw_buf_text(&k->notes));
  add_text(json, "notes", hw_buf_text(&c->notes));
  hw_buf_addc(json, '}');
  return json->failed ? hw_fail_memory(e) : 0;
}
