/* SPDX-License-Identifier: Apache-2.0
 * IAM's login body and answers, project ids by name, and dates. Sends nothing and
 * reads no clock: now is a parameter.
 */
#include "login.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

#define HOUR_MS ((int64_t)60 * 60 * 1000)

/* ---- dates ---- */

struct stamp {
  int year, month, day, hour, minute, second, milli;
  int offset; /* minutes east of UTC */
};

struct cursor {
  const char *at, *end;
};

static int digits(struct cursor *c, int count, int *value) {
  *value = 0;
  for (int i = 0; i < count; i++, c->at++) {
    if (c->at == c->end || *c->at < '0' || *c->at > '9')
      return -1;
    *value = *value * 10 + (*c->at - '0');
  }
  return 0;
}

static int literal(struct cursor *c, const char *text) {
  size_t len = strlen(text);
  if ((size_t)(c->end - c->at) < len || memcmp(c->at, text, len) != 0)
    return -1;
  c->at += len;
  return 0;
}

static int clock_time(struct cursor *c, const char *colon, struct stamp *s) {
  return digits(c, 2, &s->hour) || literal(c, colon) || digits(c, 2, &s->minute) || literal(c, colon) ||
                 digits(c, 2, &s->second)
             ? -1
             : 0;
}

/* Any number of decimals; what is finer than a millisecond is dropped. */
static int fraction(struct cursor *c, struct stamp *s) {
  int scale = 100, any = 0;
  if (literal(c, "."))
    return 0;
  for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, scale /= 10, any = 1)
    s->milli += (*c->at - '0') * scale;
  return any ? 0 : -1;
}

static int zone(struct cursor *c, struct stamp *s) {
  int sign, hours, minutes = 0;
  if (!literal(c, "Z"))
    return 0;
  if (c->at == c->end || (*c->at != '+' && *c->at != '-'))
    return -1;
  sign = *c->at++ == '-' ? -1 : 1;
  if (digits(c, 2, &hours))
    return -1;
  if (c->at < c->end && ((void)literal(c, ":"), digits(c, 2, &minutes)))
    return -1;
  s->offset = sign * (hours * 60 + minutes);
  return hours > 23 || minutes > 59 ? -1 : 0;
}

static int iso(struct cursor c, struct stamp *s) {
  if (digits(&c, 4, &s->year) || literal(&c, "-") || digits(&c, 2, &s->month) || literal(&c, "-") ||
      digits(&c, 2, &s->day))
    return -1;
  if (literal(&c, "T") && literal(&c, " "))
    return -1;
  return clock_time(&c, ":", s) || fraction(&c, s) || zone(&c, s) || c.at != c.end ? -1 : 0;
}

static int compact(struct cursor c, struct stamp *s) {
  return digits(&c, 4, &s->year) || digits(&c, 2, &s->month) || digits(&c, 2, &s->day) || literal(&c, "T") ||
                 clock_time(&c, "", s) || zone(&c, s) || c.at != c.end
             ? -1
             : 0;
}

/* The weekday says nothing new and is not checked. */
static int http_date(struct cursor c, struct stamp *s) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (c.end - c.at < 3)
    return -1;
  c.at += 3;
  if (literal(&c, ", ") || digits(&c, 2, &s->day) || literal(&c, " ") || c.end - c.at < 3)
    return -1;
  for (s->month = 1; s->month <= 12 && memcmp(months + (s->month - 1) * 3, c.at, 3) != 0; s->month++)
    ;
  c.at += 3;
  return literal(&c, " ") || digits(&c, 4, &s->year) || literal(&c, " ") || clock_time(&c, ":", s) ||
                 literal(&c, " GMT") || c.at != c.end
             ? -1
             : 0;
}

static int exists(const struct stamp *s) {
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  int leap = s->year % 4 == 0 && (s->year % 100 != 0 || s->year % 400 == 0);
  if (s->month < 1 || s->month > 12 || s->day < 1)
    return 0;
  return s->day <= days[s->month - 1] + (leap && s->month == 2) && s->hour < 24 && s->minute < 60 && s->second <= 60;
}

/* Days from 1970-01-01, counting years from March so that leap days come last. */
static int64_t day_number(int year, int month, int day) {
  int64_t y = year - (month <= 2);
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

int hw_time_parse(const char *text, size_t len, int64_t *ms) {
  static int (*const forms[])(struct cursor, struct stamp *) = { iso, compact, http_date };
  struct cursor c = { text, text + len };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    struct stamp s = { 0 };
    if (forms[i](c, &s) || !exists(&s) || s.year < 1)
      continue;
    *ms = (((day_number(s.year, s.month, s.day) * 24 + s.hour) * 60 + s.minute - s.offset) * 60 + s.second) * 1000 +
          s.milli;
    return 0;
  }
  return -1;
}

/* ---- login ---- */

static void add_member(struct hw_buf *json, const char *key, const char *value) {
  hw_buf_addf(json, "{\"%s\":", key);
  hw_json_quote(value, strlen(value), json);
  hw_buf_addc(json, '}');
}

static int can_login(const struct hw_credentials *c, const char *project, struct hw_error *e) {
  const char *missing = NULL, *remedy = NULL;
  if (!c->user)
    missing = "user", remedy = "user or HW_USER_NAME";
  else if (!c->password)
    missing = "password", remedy = "password or HW_USER_PASSWORD";
  else if (!c->domain_name && !c->domain_id)
    missing = "account (domain_name)", remedy = "domain_name or HW_DOMAIN_NAME: the account the user belongs to";
  else if (!project || !*project)
    missing = "project and no region", remedy = "region or project_id";
  if (!missing)
    return 0;
  hw_fail(e, HW_ERR_AUTH, "the login at IAM has no %s", missing);
  return hw_remedy(e, "give %s", remedy);
}

/* Written as text, since a tree would leave copies of the password behind. */
int hw_login_body(const struct hw_credentials *c, const char *region_or_project, struct hw_buf *json,
                  struct hw_error *e) {
  const char *project = c->project_id ? c->project_id : c->project_name ? c->project_name : region_or_project;
  if (can_login(c, project, e))
    return -1;
  /* Room for the longest values escaped, so that growing copies nothing. */
  if (!hw_buf_room(json, 256 + 6 * (strlen(c->user) + strlen(c->password) + strlen(project) +
                                    strlen(c->domain_name ? c->domain_name : c->domain_id))))
    return hw_fail_memory(e);
  hw_buf_adds(json, "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":");
  hw_json_quote(c->user, strlen(c->user), json);
  hw_buf_adds(json, ",\"password\":");
  hw_json_quote(c->password, strlen(c->password), json);
  hw_buf_adds(json, ",\"domain\":");
  add_member(json, c->domain_name ? "name" : "id", c->domain_name ? c->domain_name : c->domain_id);
  hw_buf_adds(json, "}}},\"scope\":{\"project\":");
  add_member(json, c->project_id ? "id" : "name", project);
  return hw_buf_adds(json, "}}}") ? hw_fail_memory(e) : 0;
}

static int unreadable(struct hw_error *e, const char *what) {
  hw_fail(e, HW_ERR_DECODE, "IAM's answer %s", what);
  return hw_remedy(e, "check that iam_endpoint (or HWDB_ENDPOINT_IAM) is the address of IAM");
}

static struct cJSON *parse(const char *body, size_t len, struct hw_error *e) {
  struct hw_error why = { 0 };
  struct cJSON *root = hw_json_parse(body, len, &why);
  if (!root && why.kind == HW_ERR_MEMORY)
    hw_fail_memory(e);
  else if (!root)
    unreadable(e, "is not JSON");
  hw_error_free(&why);
  return root;
}

static const struct cJSON *member(const struct cJSON *object, const char *key, enum hw_json_type type) {
  const struct cJSON *item = object && hw_json_type(object) == HW_J_OBJECT ? hw_json_get(object, key) : NULL;
  return item && hw_json_type(item) == type ? item : NULL;
}

static int moment(const struct cJSON *object, const char *key, int64_t *ms) {
  const struct cJSON *item = member(object, key, HW_J_STRING);
  const char *text = item ? hw_json_text(item) : NULL;
  return text ? hw_time_parse(text, strlen(text), ms) : -1;
}

static int64_t token_end(const struct cJSON *token, int64_t now_ms) {
  int64_t issued, expires, life = HW_TOKEN_LIFE_MS;
  if (moment(token, "expires_at", &expires))
    return now_ms + life;
  if (expires > now_ms && expires <= now_ms + HW_TOKEN_LIFE_MS + HOUR_MS)
    return expires;
  /* The two clocks disagree; how long the token lives is still true. */
  if (!moment(token, "issued_at", &issued) && expires > issued && expires - issued < life)
    life = expires - issued;
  return now_ms + life;
}

static int copy_text(const struct cJSON *item, char **to, struct hw_error *e) {
  const char *text = item ? hw_json_text(item) : NULL;
  size_t len = text ? strlen(text) : 0;
  *to = NULL;
  if (!len)
    return 0;
  if (!(*to = malloc(len + 1)))
    return hw_fail_memory(e);
  memcpy(*to, text, len + 1);
  return 0;
}

int hw_login_answer(const char *body, size_t len, int64_t now_ms, int64_t *expires_ms, char **project_id,
                    struct hw_error *e) {
  struct cJSON *root = parse(body, len, e);
  const struct cJSON *token;
  int result;
  *project_id = NULL;
  if (!root)
    return -1;
  token = member(root, "token", HW_J_OBJECT);
  if (!token) {
    result = unreadable(e, "to the login has no token in it");
  } else {
    *expires_ms = token_end(token, now_ms);
    result = copy_text(member(member(token, "project", HW_J_OBJECT), "id", HW_J_STRING), project_id, e);
  }
  hw_json_free(root);
  return result;
}

/* ---- project ---- */

static size_t count_named(const struct cJSON *list, const char *name, const struct cJSON **one) {
  size_t count = 0;
  for (const struct cJSON *item = hw_json_first(list); item; item = hw_json_next(item)) {
    const struct cJSON *its = member(item, "name", HW_J_STRING);
    if (its && !strcmp(hw_json_text(its), name)) {
      count++;
      *one = item;
    }
  }
  return count;
}

static int take_project(const struct cJSON *list, const char *name, char **project_id, struct hw_error *e) {
  const struct cJSON *one = NULL;
  size_t count = count_named(list, name, &one);
  if (count != 1) {
    if (count)
      hw_fail(e, HW_ERR_AUTH, "%zu projects are named \"%s\"", count, name);
    else
      hw_fail(e, HW_ERR_AUTH, "no project is named \"%s\", or these credentials may not see it", name);
    return hw_remedy(e, "give project_id (HUAWEICLOUD_SDK_PROJECT_ID), or correct region or project_name");
  }
  if (copy_text(member(one, "id", HW_J_STRING), project_id, e))
    return -1;
  return *project_id ? 0 : unreadable(e, "names a project without an id");
}

int hw_project_answer(const char *body, size_t len, const char *name, char **project_id, struct hw_error *e) {
  struct cJSON *root = parse(body, len, e);
  const struct cJSON *list;
  int result;
  *project_id = NULL;
  if (!root)
    return -1;
  list = member(root, "projects", HW_J_ARRAY);
  result = list ? take_project(list, name, project_id, e) : unreadable(e, "has no list of projects");
  hw_json_free(root);
  return result;
}
