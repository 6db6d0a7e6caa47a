/* SPDX-License-Identifier: Apache-2.0
 * Temporary keys: what to ask a server's metadata service, and reading its and
 * IAM's answers. Sends nothing itself; shows nothing of an answer that holds keys.
 */
#include "metadata.h"

#include <stdlib.h>
#include <string.h>

#include "login.h"
#include "profile.h"

#define SOURCE "metadata service of this server"

enum stage { WANT_TOKEN, WANT_KEYS };

void hw_metadata_next(const struct hw_metadata *m, struct hw_metadata_request *to) {
  static const struct hw_metadata_request requests[] = {
    [WANT_TOKEN] = { "PUT", "/meta-data/latest/api/token", "X-Metadata-Token-Ttl-Seconds", "21600" },
    [WANT_KEYS] = { "GET", "/openstack/latest/securitykey", "X-Metadata-Token", NULL },
  };
  *to = requests[m->stage];
  if (m->stage == WANT_KEYS && m->token.len)
    to->value = hw_buf_text(&m->token);
  else if (m->stage == WANT_KEYS)
    to->header = NULL;
}

void hw_metadata_free(struct hw_metadata *m) {
  hw_buf_wipe(&m->token);
  memset(m, 0, sizeof *m);
}

static int give_up(struct hw_metadata *m, struct hw_error *e, const char *what, const char *remedy) {
  hw_metadata_free(m);
  hw_fail(e, HW_ERR_AUTH, "the metadata service %s", what);
  return hw_remedy(e, "%s", remedy);
}

static int wrong_status(struct hw_metadata *m, int status, struct hw_error *e) {
  struct hw_buf what = { 0 };
  if (!status)
    return give_up(m, e, "does not answer", "give keys or a profile; the service exists only on servers of the cloud");
  hw_buf_addf(&what, "answers %s with status %d", m->stage == WANT_TOKEN ? "the session request" : "the key request",
              status);
  give_up(m, e, hw_buf_text(&what), "try again, or give keys or a profile");
  hw_buf_free(&what);
  return -1;
}

/* The session token goes into a header: no more than one word of ASCII. */
static int take_token(struct hw_metadata *m, const char *body, size_t len, struct hw_error *e) {
  while (len && (body[len - 1] == '\n' || body[len - 1] == '\r' || body[len - 1] == ' '))
    len--;
  for (size_t i = 0; i < len; i++)
    if (body[i] <= ' ' || body[i] >= 0x7f)
      len = 0;
  if (!len || len > HW_CREDENTIAL_MAX)
    return give_up(m, e, "gives a session token that is none", "check what answers at its address");
  hw_buf_wipe(&m->token);
  if (hw_buf_add(&m->token, body, len)) {
    hw_metadata_free(m);
    return hw_fail_memory(e);
  }
  m->stage = WANT_KEYS;
  return 1;
}

static int session(struct hw_metadata *m, int status, const char *body, size_t len, struct hw_error *e) {
  if (status == 200)
    return take_token(m, body, len, e);
  /* Older services know no sessions; but one that refused us without a session must give one. */
  if (!m->renewed && (status == 404 || status == 405 || status == 503)) {
    m->stage = WANT_KEYS;
    return 1;
  }
  return wrong_status(m, status, e);
}

static int says(const char *body, size_t len, const char *word) {
  size_t size = strlen(word);
  for (size_t i = 0; i + size <= len; i++)
    if (!memcmp(body + i, word, size))
      return 1;
  return 0;
}

static int no_agency(int status, const char *body, size_t len) {
  return status == 404 || (status >= 400 && says(body, len, "Cloud Service Agency"));
}

int hw_metadata_answer(struct hw_metadata *m, int status, const char *body, size_t len, struct hw_credentials *c,
                       struct hw_error *e) {
  if (m->stage == WANT_TOKEN)
    return session(m, status, body, len, e);
  if (no_agency(status, body, len))
    return give_up(m, e, "has no keys: this server has no agency",
                   "give the server an agency (ECS console, Management Information), or give keys or a profile");
  if (status == 401 && !m->renewed) {
    hw_buf_wipe(&m->token);
    m->renewed = 1;
    m->stage = WANT_TOKEN;
    return 1;
  }
  if (status != 200)
    return wrong_status(m, status, e);
  if (hw_temporary_answer(body, len, SOURCE, c, e)) {
    hw_metadata_free(m);
    return -1;
  }
  m->renewed = 0;
  return 0;
}

/* ---- the keys ---- */

static int incomplete(struct hw_error *e, const char *what) {
  hw_fail(e, HW_ERR_DECODE, "the answer with temporary keys %s", what);
  return hw_remedy(e, "try again; if it repeats, check what answers at that address");
}

static const struct cJSON *credential_of(const struct cJSON *root) {
  const struct cJSON *item = root && hw_json_type(root) == HW_J_OBJECT ? hw_json_get(root, "credential") : NULL;
  return item && hw_json_type(item) == HW_J_OBJECT ? item : NULL;
}

static int take_keys(const struct cJSON *from, struct hw_credentials *c, struct hw_error *e) {
  static const struct {
    const char *member;
    enum hw_credential_field field;
  } parts[] = { { "access", HW_CRED_AK }, { "secret", HW_CRED_SK }, { "securitytoken", HW_CRED_SECURITY_TOKEN } };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const char *text = hw_json_get_text(from, parts[i].member);
    if (!text || !*text)
      return incomplete(e, "lacks access, secret or securitytoken");
    if (hw_credentials_set(c, parts[i].field, parts[i].member, text, strlen(text), e))
      return -1;
  }
  return 0;
}

static int take_end(const struct cJSON *from, const char *source, struct hw_credentials *c, struct hw_error *e) {
  const char *text = hw_json_get_text(from, "expires_at");
  if (!text || hw_time_parse(text, strlen(text), &c->expires_ms))
    c->expires_ms = 0;
  if (!(c->source = malloc(strlen(source) + 1)))
    return hw_fail_memory(e);
  memcpy(c->source, source, strlen(source) + 1);
  return 0;
}

int hw_temporary_answer(const char *body, size_t len, const char *source, struct hw_credentials *c,
                        struct hw_error *e) {
  struct hw_error why = { 0 };
  struct cJSON *root = hw_json_parse(body, len, &why);
  const struct cJSON *from = credential_of(root);
  int result = -1;
  if (!root && why.kind == HW_ERR_MEMORY)
    hw_fail_memory(e);
  else if (!from)
    incomplete(e, root ? "has no credential in it" : "is not JSON");
  else
    result = take_keys(from, c, e) || take_end(from, source, c, e) ? -1 : 0;
  if (result)
    hw_credentials_free(c);
  hw_json_free_secret(root);
  hw_error_free(&why);
  return result;
}
