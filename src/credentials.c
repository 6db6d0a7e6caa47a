/* SPDX-License-Identifier: Apache-2.0
 * Finding credentials: arguments, environment, files, in that order, never mixed.
 * Sends nothing, asks no service, and puts no value into an error or a note.
 */
#define _DEFAULT_SOURCE
#include "credentials.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "profile.h"

#define SCHEMES 3
#define SOURCES (1 + SCHEMES + 2)

static const struct field {
  const char *name;
  size_t at, asked; /* offsets in hw_credentials and in hw_credential_request */
} fields[HW_CRED_FIELDS] = {
#define FIELD(member)                                                                                                  \
  { #member, offsetof(struct hw_credentials, member), offsetof(struct hw_credential_request, member) }
  [HW_CRED_AK] = FIELD(ak),
  [HW_CRED_SK] = FIELD(sk),
  [HW_CRED_SECURITY_TOKEN] = FIELD(security_token),
  [HW_CRED_TOKEN] = FIELD(token),
  [HW_CRED_USER] = FIELD(user),
  [HW_CRED_PASSWORD] = FIELD(password),
  [HW_CRED_DOMAIN_NAME] = FIELD(domain_name),
  [HW_CRED_DOMAIN_ID] = FIELD(domain_id),
  [HW_CRED_PROJECT_ID] = FIELD(project_id),
  [HW_CRED_PROJECT_NAME] = FIELD(project_name),
  [HW_CRED_REGION] = FIELD(region),
  [HW_CRED_IAM_ENDPOINT] = FIELD(iam_endpoint),
  [HW_CRED_ENTERPRISE_PROJECT_ID] = FIELD(enterprise_project_id),
#undef FIELD
};

static const char *const schemes[SCHEMES][HW_CRED_FIELDS] = {
  { [HW_CRED_AK] = "HUAWEICLOUD_SDK_AK",
    [HW_CRED_SK] = "HUAWEICLOUD_SDK_SK",
    [HW_CRED_SECURITY_TOKEN] = "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    [HW_CRED_DOMAIN_ID] = "HUAWEICLOUD_SDK_DOMAIN_ID",
    [HW_CRED_PROJECT_ID] = "HUAWEICLOUD_SDK_PROJECT_ID",
    [HW_CRED_REGION] = "HUAWEICLOUD_SDK_REGION",
    [HW_CRED_IAM_ENDPOINT] = "HUAWEICLOUD_SDK_IAM_ENDPOINT" },
  { [HW_CRED_AK] = "HW_ACCESS_KEY",
    [HW_CRED_SK] = "HW_SECRET_KEY",
    [HW_CRED_SECURITY_TOKEN] = "HW_SECURITY_TOKEN",
    [HW_CRED_TOKEN] = "HW_AUTH_TOKEN",
    [HW_CRED_USER] = "HW_USER_NAME",
    [HW_CRED_PASSWORD] = "HW_USER_PASSWORD",
    [HW_CRED_DOMAIN_NAME] = "HW_DOMAIN_NAME",
    [HW_CRED_DOMAIN_ID] = "HW_DOMAIN_ID",
    [HW_CRED_PROJECT_ID] = "HW_PROJECT_ID",
    [HW_CRED_PROJECT_NAME] = "HW_PROJECT_NAME",
    [HW_CRED_REGION] = "HW_REGION_NAME",
    [HW_CRED_IAM_ENDPOINT] = "HW_AUTH_URL",
    [HW_CRED_ENTERPRISE_PROJECT_ID] = "HW_ENTERPRISE_PROJECT_ID" },
  { [HW_CRED_AK] = "HUAWEICLOUD_ACCESS_KEY_ID", [HW_CRED_SK] = "HUAWEICLOUD_SECRET_ACCESS_KEY" },
};

struct source {
  struct hw_credentials has;
  const char *const *names; /* variables of the environment; NULL: the members' names */
  int is_file;
};

struct search {
  const struct hw_credential_request *r;
  struct hw_error *e;
  struct source sources[SOURCES];
  size_t count;
  const struct source *keys; /* the source that says who calls */
  struct hw_buf notes;
};

static void forget(char **text) {
  if (*text) {
    explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
  }
}

char **hw_credentials_at(struct hw_credentials *c, enum hw_credential_field field) {
  return (char **)(void *)((char *)c + fields[field].at);
}

static const char *value_of(const struct hw_credentials *c, int field) {
  return *(char *const *)(const void *)((const char *)c + fields[field].at);
}

const char *hw_credentials_name(enum hw_credential_field field) {
  return fields[field].name;
}

void hw_credentials_forget(struct hw_credentials *c) {
  for (int i = HW_CRED_AK; i <= HW_CRED_PASSWORD; i++)
    forget(hw_credentials_at(c, (enum hw_credential_field)i));
  c->expires_ms = 0;
}

void hw_credentials_free(struct hw_credentials *c) {
  for (int i = 0; i < HW_CRED_FIELDS; i++)
    forget(hw_credentials_at(c, (enum hw_credential_field)i));
  forget(&c->source);
  hw_buf_free(&c->notes);
  memset(c, 0, sizeof *c);
}

void hw_credentials_replace(struct hw_credentials *c, struct hw_credentials *from) {
  hw_credentials_forget(c);
  for (int i = HW_CRED_AK; i <= HW_CRED_PASSWORD; i++) {
    char **at = hw_credentials_at(from, (enum hw_credential_field)i);
    *hw_credentials_at(c, (enum hw_credential_field)i) = *at;
    *at = NULL;
  }
  forget(&c->source);
  c->source = from->source;
  from->source = NULL;
  c->expires_ms = from->expires_ms;
  hw_credentials_free(from);
}

enum hw_credential_age hw_credentials_age(const struct hw_credentials *c, int64_t now_ms) {
  if (!c->expires_ms || now_ms < c->expires_ms - HW_REFRESH_BEFORE_MS)
    return HW_CREDENTIALS_FRESH;
  return now_ms < c->expires_ms ? HW_CREDENTIALS_DUE : HW_CREDENTIALS_ENDED;
}

int hw_credentials_any(const struct hw_credentials *c) {
  return c->ak || c->sk || c->security_token || c->token || c->user || c->password;
}

int hw_credentials_usable(const struct hw_credentials *c) {
  if (c->ak && c->sk)
    return HW_CREDENTIALS_KEYS;
  if (c->token)
    return HW_CREDENTIALS_TOKEN;
  return c->user && c->password ? HW_CREDENTIALS_LOGIN : HW_CREDENTIALS_NONE;
}

static int wrong_value(struct hw_error *e, const char *where, const char *what) {
  hw_fail(e, HW_ERR_AUTH, "%s %s", where, what);
  return hw_remedy(e, "set it again, copied whole and without line breaks");
}

static int check_value(enum hw_credential_field field, const char *where, const char *value, size_t len,
                       struct hw_error *e) {
  const unsigned char *s = (const unsigned char *)value;
  if (len > HW_CREDENTIAL_MAX)
    return wrong_value(e, where, "is longer than 8192 bytes");
  for (size_t i = 0, step; i < len; i += step) {
    if (s[i] < 0x20 || s[i] == 0x7f)
      return wrong_value(e, where, "holds a control character");
    if (!(step = (size_t)hw_utf8_len(s + i, len - i)))
      return wrong_value(e, where, "is not valid UTF-8");
  }
  if (field <= HW_CRED_TOKEN && (s[0] == ' ' || s[len - 1] == ' '))
    return wrong_value(e, where, "begins or ends with a space");
  return 0;
}

int hw_credentials_set(struct hw_credentials *c, enum hw_credential_field field, const char *where, const char *value,
                       size_t len, struct hw_error *e) {
  char **at = hw_credentials_at(c, field);
  forget(at);
  if (!len)
    return 0;
  if (check_value(field, where, value, len, e))
    return -1;
  if (!(*at = malloc(len + 1)))
    return hw_fail_memory(e);
  memcpy(*at, value, len);
  (*at)[len] = '\0';
  return 0;
}

static const char *environment(const struct search *s, const char *variable) {
  return s->r->env ? s->r->env(s->r->env_arg, variable) : getenv(variable);
}

static int given(const char *text) {
  return text && *text;
}

static const char *name_in(const struct source *from, int field) {
  return from->names ? from->names[field] : fields[field].name;
}

static int half(struct search *s, const struct source *from, int given, int missing) {
  hw_fail(s->e, HW_ERR_AUTH, "%s: %s is given without %s", from->names ? "environment" : from->has.source,
          name_in(from, given), name_in(from, missing));
  return hw_remedy(s->e, "give %s and %s together from the same place, or neither", name_in(from, given),
                   name_in(from, missing));
}

/* Half a pair is refused here, so that it is never completed from another source. */
static int complete(struct search *s, const struct source *from) {
  const struct hw_credentials *has = &from->has;
  if (has->ak || has->sk || has->security_token) {
    int given = has->ak ? HW_CRED_AK : has->sk ? HW_CRED_SK : HW_CRED_SECURITY_TOKEN;
    if (!has->ak || !has->sk)
      return half(s, from, given, has->ak ? HW_CRED_SK : HW_CRED_AK);
  } else if (!has->token && (!has->user || !has->password)) {
    return half(s, from, has->user ? HW_CRED_USER : HW_CRED_PASSWORD, has->user ? HW_CRED_PASSWORD : HW_CRED_USER);
  }
  return 0;
}

static struct source *next_source(struct search *s) {
  return &s->sources[s->count];
}

/* Counts the source in; it supplies the keys if no earlier one does. */
static int count_in(struct search *s) {
  struct source *from = &s->sources[s->count++];
  if (s->keys) {
    hw_credentials_forget(&from->has);
  } else if (hw_credentials_any(&from->has)) {
    if (complete(s, from))
      return -1;
    s->keys = from;
  }
  return 0;
}

/* An argument that is bad is the caller's mistake, not that of a place looked at. */
static int misused(struct search *s) {
  if (s->e && s->e->kind == HW_ERR_AUTH)
    s->e->kind = HW_ERR_USAGE;
  return -1;
}

static int check_names(struct search *s) {
  const char *profile = s->r->profile, *file = s->r->credentials_file;
  if ((given(profile) && check_value(HW_CRED_USER, "profile", profile, strlen(profile), s->e)) ||
      (given(file) && check_value(HW_CRED_USER, "credentials_file", file, strlen(file), s->e)))
    return misused(s);
  return 0;
}

static int from_arguments(struct search *s) {
  struct source *from = next_source(s);
  if (check_names(s))
    return -1;
  for (int i = 0; i < HW_CRED_FIELDS; i++) {
    const char *value = *(const char *const *)(const void *)((const char *)s->r + fields[i].asked);
    if (!value)
      continue;
    if (!*value && i <= HW_CRED_PASSWORD) {
      hw_fail(s->e, HW_ERR_USAGE, "%s is empty", fields[i].name);
      return hw_remedy(s->e, "give its value, or leave it out to use the environment or a profile");
    }
    if (hw_credentials_set(&from->has, (enum hw_credential_field)i, fields[i].name, value, strlen(value), s->e))
      return misused(s);
  }
  if (!(from->has.source = strdup("arguments")))
    return hw_fail_memory(s->e);
  return count_in(s);
}

/* "environment (HW_ACCESS_KEY, HW_SECRET_KEY)", or "environment" where it holds no keys. */
static int name_environment(struct search *s, struct source *from) {
  struct hw_buf text = { 0 };
  const char *before = " (";
  hw_buf_adds(&text, "environment");
  for (int i = HW_CRED_AK; i <= HW_CRED_PASSWORD; i++)
    if (value_of(&from->has, i)) {
      hw_buf_addf(&text, "%s%s", before, from->names[i]);
      before = ", ";
    }
  if (*before == ',')
    hw_buf_addc(&text, ')');
  if (text.failed)
    return hw_fail_memory(s->e);
  from->has.source = text.data;
  return 0;
}

static int from_environment(struct search *s, const char *const *names) {
  struct source *from = next_source(s);
  from->names = names;
  for (int i = s->keys ? HW_CRED_DOMAIN_NAME : 0; i < HW_CRED_FIELDS; i++) {
    const char *value = names[i] ? environment(s, names[i]) : NULL;
    if (value && hw_credentials_set(&from->has, (enum hw_credential_field)i, names[i], value, strlen(value), s->e))
      return -1;
  }
  return name_environment(s, from) ? -1 : count_in(s);
}

/* Where files are looked for, and how they were named. */
struct files {
  struct hw_buf path[2];
  size_t count;
  const char *profile;
  int demanded; /* an argument names file or profile: a failure is never a mere note */
  int named;    /* argument or variable: the file must exist */
  size_t found;
};

static int add_path(struct files *f, const char *home, const char *tail) {
  struct hw_buf *path = &f->path[f->count++];
  hw_buf_adds(path, home);
  return hw_buf_adds(path, tail);
}

static int list_files(struct search *s, struct files *f) {
  const char *home = environment(s, "HOME");
  const char *file = s->r->credentials_file;
  int failed = 0;
  f->profile = given(s->r->profile) ? s->r->profile : environment(s, "HW_PROFILE");
  if (!given(f->profile))
    f->profile = NULL;
  f->demanded = given(file) || given(s->r->profile);
  if (!given(file))
    file = environment(s, "HUAWEICLOUD_SDK_CREDENTIALS_FILE");
  if (given(file)) {
    f->named = 1;
    failed = file[0] == '~' && file[1] == '/' && home ? add_path(f, home, file + 1) : add_path(f, file, "");
  } else if (given(home)) {
    failed = add_path(f, home, "/.huaweicloud/credentials") | add_path(f, home, "/.hcloud/config.json");
  }
  return failed ? hw_fail_memory(s->e) : 0;
}

/* A failure of a file that nobody depends on is passed on as a note. */
static int file_failed(struct search *s, const struct files *f, const struct hw_error *why) {
  if (why->kind == HW_ERR_MEMORY || f->demanded || !s->keys) {
    hw_fail(s->e, why->kind, "%s", hw_buf_text(&why->message));
    return hw_remedy(s->e, "%s", hw_buf_text(&why->remedy));
  }
  hw_buf_addf(&s->notes, "%s; not used\n", hw_buf_text(&why->message));
  return 0;
}

static int read_file(struct search *s, struct files *f, const char *path) {
  struct hw_error why = { 0 };
  struct source *from = next_source(s);
  int result = hw_profile_read(path, f->profile, &from->has, &why);
  if (result == HW_PROFILE_NO_FILE && f->named) {
    hw_fail(&why, HW_ERR_AUTH, "credentials file %s does not exist", path);
    hw_remedy(&why, "correct credentials_file or HUAWEICLOUD_SDK_CREDENTIALS_FILE, or create the file");
    result = -1;
  }
  hw_buf_adds(&s->notes, hw_buf_text(&from->has.notes));
  if (result == HW_PROFILE_FOUND) {
    f->found++;
    from->is_file = 1;
    result = count_in(s);
  } else {
    hw_credentials_free(&from->has);
    result = result < 0 ? file_failed(s, f, &why) : 0;
  }
  hw_error_free(&why);
  return result;
}

static int profile_missing(struct search *s, const struct files *f) {
  struct hw_error why = { 0 };
  struct hw_buf list = { 0 };
  int result;
  for (size_t i = 0; i < f->count; i++)
    hw_buf_addf(&list, "%s%s", i ? " nor in " : "", hw_buf_text(&f->path[i]));
  hw_fail(&why, HW_ERR_AUTH, "profile \"%s\" is not in %s", f->profile,
          f->count ? hw_buf_text(&list) : "any file, since HOME is not set");
  hw_remedy(&why, "correct profile or HW_PROFILE, or add the profile to the file");
  result = file_failed(s, f, &why);
  hw_buf_free(&list);
  hw_error_free(&why);
  return result;
}

static int from_files(struct search *s) {
  struct files f = { 0 };
  int result = list_files(s, &f);
  for (size_t i = 0; !result && i < f.count; i++)
    result = read_file(s, &f, hw_buf_text(&f.path[i]));
  if (!result && f.profile && !f.found)
    result = profile_missing(s, &f);
  for (size_t i = 0; i < f.count; i++)
    hw_buf_free(&f.path[i]);
  return result;
}

static int move(struct hw_credentials *to, const struct hw_credentials *from, int field, struct hw_error *e) {
  const char *value = value_of(from, field);
  if (!value)
    return 0;
  return hw_credentials_set(to, (enum hw_credential_field)field, fields[field].name, value, strlen(value), e);
}

static void note_ignored(struct search *s, int field) {
  if (value_of(&s->keys->has, field))
    hw_buf_addf(&s->notes, "%s is ignored: %s also holds %s, which is used\n", name_in(s->keys, field),
                s->keys->names ? "the environment" : s->keys->has.source, s->keys->has.ak ? "a key pair" : "a token");
}

static int take_keys(struct search *s, struct hw_credentials *c) {
  const struct hw_credentials *has = &s->keys->has;
  int kind = hw_credentials_usable(has);
  int first = kind == HW_CREDENTIALS_KEYS ? HW_CRED_AK : kind == HW_CREDENTIALS_TOKEN ? HW_CRED_TOKEN : HW_CRED_USER;
  int last = kind == HW_CREDENTIALS_KEYS    ? HW_CRED_SECURITY_TOKEN
             : kind == HW_CREDENTIALS_TOKEN ? HW_CRED_TOKEN
                                            : HW_CRED_PASSWORD;
  for (int i = first; i <= last; i++)
    if (move(c, has, i, s->e))
      return -1;
  for (int i = last + 1; i <= HW_CRED_PASSWORD; i++)
    note_ignored(s, i);
  c->expires_ms = has->expires_ms;
  if (!(c->source = strdup(has->source)))
    return hw_fail_memory(s->e);
  return 0;
}

static int other_region(const struct hw_credentials *c, const struct hw_credentials *has) {
  return c->region && has->region && strcmp(c->region, has->region) != 0;
}

/* Takes two members that belong together from one source: 1 if it has any. */
static int take_pair(struct search *s, struct hw_credentials *c, const struct source *from, int pair[2]) {
  const struct hw_credentials *has = &from->has;
  if (!value_of(has, pair[0]) && !value_of(has, pair[1]))
    return 0;
  if (pair[0] == HW_CRED_PROJECT_ID && other_region(c, has)) {
    hw_buf_addf(&s->notes, "the project of %s is ignored: it belongs to region %s, and the region in use is %s\n",
                has->source, has->region, c->region);
    return 0;
  }
  if (s->keys && from != s->keys && from->is_file)
    hw_buf_addf(&s->notes, "%s comes from %s, the keys from %s\n",
                fields[value_of(has, pair[0]) ? pair[0] : pair[1]].name, has->source, s->keys->has.source);
  return move(c, has, pair[0], s->e) || move(c, has, pair[1], s->e) ? -1 : 1;
}

static int take_setting(struct search *s, struct hw_credentials *c, int pair[2]) {
  int taken = take_pair(s, c, &s->sources[0], pair);
  if (!taken && s->keys)
    taken = take_pair(s, c, s->keys, pair);
  for (size_t i = 1; !taken && i < s->count; i++)
    if (&s->sources[i] != s->keys)
      taken = take_pair(s, c, &s->sources[i], pair);
  return taken < 0 ? -1 : 0;
}

/* Terraform's HW_AUTH_URL ends in the version that the paths here start with. */
static void strip_version(char *url) {
  static const char *const ends[] = { "/", "/v3", "/v3.0", "/" };
  for (size_t i = 0; url && i < sizeof ends / sizeof *ends; i++) {
    size_t len = strlen(url), cut = strlen(ends[i]);
    if (len > cut && !strcmp(url + len - cut, ends[i]))
      url[len - cut] = '\0';
  }
}

static void note_nothing(struct search *s) {
  hw_buf_adds(&s->notes, "no credentials in the arguments, in the environment (");
  for (int i = 0; i < SCHEMES; i++)
    hw_buf_addf(&s->notes, "%s%s", i ? ", " : "", schemes[i][HW_CRED_AK]);
  hw_buf_adds(&s->notes, ", HW_AUTH_TOKEN, HW_USER_NAME) or in a profile file (HUAWEICLOUD_SDK_CREDENTIALS_FILE, "
                         "~/.huaweicloud/credentials, ~/.hcloud/config.json)\n");
}

static int choose(struct search *s, struct hw_credentials *c) {
  static const int settings[][2] = {
    { HW_CRED_DOMAIN_NAME, HW_CRED_DOMAIN_ID },
    { HW_CRED_PROJECT_ID, HW_CRED_PROJECT_NAME },
    { HW_CRED_IAM_ENDPOINT, HW_CRED_IAM_ENDPOINT },
    { HW_CRED_ENTERPRISE_PROJECT_ID, HW_CRED_ENTERPRISE_PROJECT_ID },
  };
  if (s->keys ? take_keys(s, c) : (note_nothing(s), 0))
    return -1;
  for (size_t i = 0; !c->region && i < s->count; i++)
    if (move(c, &s->sources[i].has, HW_CRED_REGION, s->e))
      return -1;
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    int pair[2] = { settings[i][0], settings[i][1] };
    if (take_setting(s, c, pair))
      return -1;
  }
  strip_version(c->iam_endpoint);
  return 0;
}

static int search(struct search *s, struct hw_credentials *c) {
  int by_argument = given(s->r->profile) || given(s->r->credentials_file);
  if (from_arguments(s) || (by_argument && from_files(s)))
    return -1;
  for (size_t i = 0; i < SCHEMES; i++)
    if (from_environment(s, schemes[i]))
      return -1;
  return (!by_argument && from_files(s)) ? -1 : choose(s, c);
}

int hw_credentials_find(struct hw_credentials *c, const struct hw_credential_request *r, struct hw_error *e) {
  struct search s = { .r = r, .e = e };
  int result;
  memset(c, 0, sizeof *c);
  result = search(&s, c);
  if (result)
    hw_credentials_free(c);
  c->notes = s.notes;
  for (size_t i = 0; i < SOURCES; i++)
    hw_credentials_free(&s.sources[i].has);
  return result;
}
