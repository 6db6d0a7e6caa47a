/* SPDX-License-Identifier: Apache-2.0
 * Reading credentials from the SDKs' INI file and the CLI's JSON file. Writes no
 * file, decrypts nothing, and shows no line of a file: an error names file and
 * line only, since any line may hold a secret.
 */
#define _DEFAULT_SOURCE
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "login.h"

/* A run of bytes in the file's text. */
struct span {
  const char *at;
  size_t len;
};

static int is_space(char c) {
  return c == ' ' || c == '\t';
}

static struct span trim(struct span s) {
  while (s.len && is_space(s.at[0]))
    s.at++, s.len--;
  while (s.len && is_space(s.at[s.len - 1]))
    s.len--;
  return s;
}

static int same(struct span s, const char *text) {
  return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

static int name_source(struct hw_credentials *c, const char *name, const char *path, struct hw_error *e) {
  struct hw_buf text = { 0 };
  free(c->source);
  c->source = NULL;
  if (hw_buf_addf(&text, "profile [%s] in %s", name, path))
    return hw_fail_memory(e);
  c->source = text.data;
  return 0;
}

/* ---- INI ---- */

struct ini {
  const char *at, *end, *path;
  size_t number; /* of the line */
  const char *wanted;
  int inside, found; /* in the wanted section now; met it at all */
  struct hw_credentials *c;
  struct hw_error *e;
};

static int malformed(struct ini *f, const char *what) {
  hw_fail(f->e, HW_ERR_AUTH, "%s, line %zu: %s", f->path, f->number, what);
  return hw_remedy(f->e, "correct the line: \"[section]\", \"key = value\", or a comment that starts with #");
}

static int next_line(struct ini *f, struct span *line) {
  const char *stop;
  if (f->at >= f->end)
    return 0;
  stop = memchr(f->at, '\n', (size_t)(f->end - f->at));
  if (!stop)
    stop = f->end;
  *line = (struct span){ f->at, (size_t)(stop - f->at) };
  if (line->len && line->at[line->len - 1] == '\r')
    line->len--;
  f->at = stop < f->end ? stop + 1 : stop;
  f->number++;
  return 1;
}

static int section(struct ini *f, struct span line) {
  const char *close_at = memchr(line.at, ']', line.len);
  struct span name, rest;
  if (!close_at)
    return malformed(f, "a section without its closing bracket");
  name = trim((struct span){ line.at + 1, (size_t)(close_at - line.at) - 1 });
  rest = trim((struct span){ close_at + 1, line.len - (size_t)(close_at - line.at) - 1 });
  if (rest.len && *rest.at != '#' && *rest.at != ';')
    return malformed(f, "text after the section's closing bracket");
  if (!name.len)
    return malformed(f, "a section without a name");
  f->inside = same(name, f->wanted);
  f->found |= f->inside;
  return 0;
}

/* The SDKs' INI readers do not tell AK from ak. */
static int is_word(struct span s, const char *word) {
  for (size_t i = 0; i < s.len; i++)
    if ((s.at[i] >= 'A' && s.at[i] <= 'Z' ? s.at[i] | 32 : s.at[i]) != word[i])
      return 0;
  return !word[s.len];
}

static int field_named(struct span key) {
  for (int i = 0; i < HW_CRED_FIELDS; i++)
    if (is_word(key, hw_credentials_name((enum hw_credential_field)i)))
      return i;
  return -1;
}

static int note_key(struct ini *f, struct span key) {
  const char *what =
      same(key, "idp_id") || same(key, "id_token_file") ? "federated login is not supported" : "not a key known here";
  return hw_buf_addf(&f->c->notes, "%s, line %zu: %s; ignored\n", f->path, f->number, what) ? hw_fail_memory(f->e) : 0;
}

static int store(struct ini *f, struct span key, struct span value) {
  struct hw_buf where = { 0 };
  int field = field_named(key), result;
  if (field < 0)
    return note_key(f, key);
  if (*hw_credentials_at(f->c, (enum hw_credential_field)field)) {
    hw_buf_addf(&where, "%s is given a second time", hw_credentials_name((enum hw_credential_field)field));
    result = malformed(f, hw_buf_text(&where));
  } else {
    hw_buf_addf(&where, "%s, line %zu: %s", f->path, f->number, hw_credentials_name((enum hw_credential_field)field));
    result = hw_credentials_set(f->c, (enum hw_credential_field)field, hw_buf_text(&where), value.at, value.len, f->e);
  }
  hw_buf_free(&where);
  return result;
}

static int pair(struct ini *f, struct span line) {
  struct span key = { line.at, 0 }, value;
  while (key.len < line.len && line.at[key.len] != '=' && line.at[key.len] != ':')
    key.len++;
  if (key.len == line.len)
    return malformed(f, "neither a section nor a key with a value");
  value = trim((struct span){ line.at + key.len + 1, line.len - key.len - 1 });
  key = trim(key);
  if (!key.len)
    return malformed(f, "a value without a key");
  if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
    value = (struct span){ value.at + 1, value.len - 2 };
  return f->inside ? store(f, key, value) : 0;
}

/* One pass over the whole text, so that a broken line is told wherever it is. */
static int read_section(struct ini f, int *found) {
  struct span line;
  int met = 0;
  if (f.end - f.at >= 3 && !memcmp(f.at, "\xef\xbb\xbf", 3))
    f.at += 3;
  while (next_line(&f, &line)) {
    if (memchr(line.at, '\0', line.len))
      return malformed(&f, "holds a zero byte; the file is not text");
    line = trim(line);
    if (!line.len || *line.at == '#' || *line.at == ';')
      continue;
    met |= *line.at == '[';
    if (!met)
      return malformed(&f, "stands before the first [section]");
    if (*line.at == '[' ? section(&f, line) : pair(&f, line))
      return -1;
  }
  *found = f.found;
  return 0;
}

static int take_section(struct ini f, const char *name) {
  int found = 0;
  f.wanted = name;
  if (read_section(f, &found))
    return -1;
  if (!found)
    return HW_PROFILE_NO_SECTION;
  return name_source(f.c, name, f.path, f.e) ? -1 : HW_PROFILE_FOUND;
}

int hw_ini_read(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c,
                struct hw_error *e) {
  struct ini f = { .at = text, .end = text + len, .path = path, .c = c, .e = e };
  struct hw_credentials global = { 0 };
  int result = take_section(f, name ? name : "basic"), other;
  if (name || result < 0 || hw_credentials_any(c))
    return result;
  f.c = &global;
  other = take_section(f, "global");
  if (other == HW_PROFILE_FOUND && (result != HW_PROFILE_FOUND || hw_credentials_any(&global))) {
    struct hw_credentials basic = *c;
    *c = global;
    c->notes = basic.notes;
    basic.notes = global.notes;
    hw_buf_adds(&c->notes, hw_buf_text(&basic.notes));
    global = basic;
  }
  hw_credentials_free(&global);
  if (other < 0)
    return -1;
  if (other != HW_PROFILE_FOUND && result != HW_PROFILE_FOUND)
    hw_buf_addf(&c->notes, "%s has neither [basic] nor [global]; name its section with profile or HW_PROFILE\n", path);
  return other == HW_PROFILE_FOUND ? other : result;
}

/* ---- the CLI's JSON ---- */

static void wipe(const char *text) {
  if (text)
    explicit_bzero((void *)(uintptr_t)text, strlen(text));
}

static void wipe_tree(struct cJSON *node) {
  enum hw_json_type type = hw_json_type(node);
  if (type == HW_J_STRING)
    wipe(hw_json_text(node));
  else if (type == HW_J_ARRAY || type == HW_J_OBJECT)
    for (struct cJSON *item = hw_json_first(node); item; item = hw_json_next(item))
      wipe_tree(item);
}

void hw_json_free_secret(struct cJSON *node) {
  if (node)
    wipe_tree(node);
  hw_json_free(node);
}

struct cli {
  const char *path, *name;
  struct cJSON *profile;
  struct hw_credentials *c;
  struct hw_error *e;
};

static int not_cli(const struct cli *f, const char *what) {
  hw_fail(f->e, HW_ERR_AUTH, "%s: %s", f->path, what);
  return hw_remedy(f->e, "let the CLI write the file anew, or give the keys in the environment");
}

/* The parser tells a byte; a person looks for a line. */
static size_t line_of(const char *text, size_t len, const char *message) {
  const char *at = strstr(message, "at byte ");
  size_t byte = 0, line = 1;
  if (!at)
    return 0;
  for (at += 8; *at >= '0' && *at <= '9' && byte <= len; at++)
    byte = byte * 10 + (size_t)(*at - '0');
  for (size_t i = 0; i < byte && i < len; i++)
    line += text[i] == '\n';
  return line;
}

static struct cJSON *parse_cli(const struct cli *f, const char *text, size_t len) {
  struct hw_error why = { 0 };
  struct cJSON *root = hw_json_parse(text, len, &why);
  struct hw_buf what = { 0 };
  if (!root && why.kind == HW_ERR_MEMORY) {
    hw_fail_memory(f->e);
  } else if (!root) {
    hw_buf_addf(&what, "line %zu is not valid JSON", line_of(text, len, hw_buf_text(&why.message)));
    not_cli(f, hw_buf_text(&what));
  }
  hw_buf_free(&what);
  hw_error_free(&why);
  return root;
}

static int is_yes(const struct cJSON *node) {
  const char *text = node && hw_json_type(node) == HW_J_STRING ? hw_json_text(node) : NULL;
  return node && (text ? !strcmp(text, "true") : hw_json_is_true(node));
}

static int take(const struct cli *f, enum hw_credential_field field, const char *member) {
  const char *value = hw_json_get_text(f->profile, member);
  struct hw_buf where = { 0 };
  int result;
  if (!value)
    return 0;
  hw_buf_addf(&where, "%s: %s", f->path, member);
  result = hw_credentials_set(f->c, field, hw_buf_text(&where), value, strlen(value), f->e);
  hw_buf_free(&where);
  return result;
}

/* "expiresAt" has been a date, seconds and milliseconds; beyond this are milliseconds. */
#define SECONDS_MAX ((int64_t)100000000000)

static int64_t expiry(const struct cJSON *node) {
  const char *text = node ? hw_json_text(node) : NULL;
  int64_t value = 0;
  if (!text || !*text)
    return 0;
  if (!hw_time_parse(text, strlen(text), &value))
    return value;
  for (value = 0; *text >= '0' && *text <= '9' && value < INT64_MAX / 100; text++)
    value = value * 10 + (*text - '0');
  if (*text)
    return 0;
  return value > SECONDS_MAX ? value : value * 1000;
}

static int is_mode(const char *mode, const char *word) {
  return is_word((struct span){ mode, strlen(mode) }, word);
}

static int take_secrets(const struct cli *f, const char *mode) {
  if (is_mode(mode, "token"))
    return take(f, HW_CRED_TOKEN, "xAuthToken");
  if (take(f, HW_CRED_AK, "accessKeyId") || take(f, HW_CRED_SK, "secretAccessKey"))
    return -1;
  return f->c->ak ? take(f, HW_CRED_SECURITY_TOKEN, "securityToken") : 0;
}

static int take_profile(const struct cli *f, int encrypted) {
  const char *mode = hw_json_get_text(f->profile, "mode");
  if (!mode || !*mode)
    mode = "AKSK";
  if (take(f, HW_CRED_REGION, "region"))
    return -1;
  if (encrypted) {
    hw_buf_addf(&f->c->notes,
                "%s: the CLI has encrypted profile \"%s\", so its keys cannot be used here; "
                "give them in the environment\n",
                f->path, f->name);
    return 0;
  }
  if (!is_mode(mode, "aksk") && !is_mode(mode, "sso") && !is_mode(mode, "token")) {
    hw_buf_addf(&f->c->notes, "%s: the keys of profile \"%s\" are not in the file (its mode is an agency or a login)\n",
                f->path, f->name);
    return 0;
  }
  f->c->expires_ms = expiry(hw_json_get(f->profile, "expiresAt"));
  return take_secrets(f, mode) || take(f, HW_CRED_PROJECT_ID, "projectId") || take(f, HW_CRED_DOMAIN_ID, "domainId")
             ? -1
             : 0;
}

static int find_profile(struct cli *f, struct cJSON *root) {
  struct cJSON *list = hw_json_get(root, "profiles");
  if (!list || hw_json_type(list) != HW_J_ARRAY)
    return not_cli(f, "is not the CLI's configuration: it has no list of profiles");
  for (struct cJSON *item = hw_json_first(list); item; item = hw_json_next(item)) {
    const char *name = hw_json_type(item) == HW_J_OBJECT ? hw_json_get_text(item, "name") : NULL;
    if (name && !strcmp(name, f->name))
      f->profile = item;
  }
  return 0;
}

static int read_cli(struct cli *f, struct cJSON *root) {
  if (!f->name)
    f->name = hw_json_get_text(root, "current");
  if (!f->name || !*f->name)
    f->name = "default";
  if (find_profile(f, root))
    return -1;
  if (!f->profile)
    return HW_PROFILE_NO_SECTION;
  if (name_source(f->c, f->name, f->path, f->e))
    return -1;
  if (take_profile(f, is_yes(hw_json_get(root, "authEncrypt")) || is_yes(hw_json_get(f->profile, "authEncrypt"))))
    return -1;
  return HW_PROFILE_FOUND;
}

int hw_hcloud_read(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c,
                   struct hw_error *e) {
  struct cli f = { .path = path, .name = name, .c = c, .e = e };
  struct cJSON *root = parse_cli(&f, text, len);
  int result;
  if (!root)
    return -1;
  result = hw_json_type(root) == HW_J_OBJECT ? read_cli(&f, root) : not_cli(&f, "is not the CLI's configuration");
  hw_json_free_secret(root);
  return result;
}

/* ---- the file ---- */

static int unreadable(const char *path, const char *why, const char *remedy, struct hw_error *e) {
  hw_fail(e, HW_ERR_AUTH, "cannot read %s: %s", path, why);
  return hw_remedy(e, "%s", remedy);
}

static int open_failed(const char *path, struct hw_error *e) {
  if (errno == ENOENT || errno == ENOTDIR)
    return HW_PROFILE_NO_FILE;
  if (errno == EACCES || errno == EPERM)
    return unreadable(path, "permission denied", "let your user read it (chmod u+r, or its owner)", e);
  if (errno == ELOOP)
    return unreadable(path, "a loop of symbolic links", "correct the link", e);
  return unreadable(path, "the system refuses to open it", "check the path and the disk", e);
}

static int check_file(int fd, const char *path, struct hw_credentials *c, struct hw_error *e) {
  struct stat st;
  if (fstat(fd, &st))
    return unreadable(path, "the system refuses to look at it", "check the path and the disk", e);
  if (!S_ISREG(st.st_mode))
    return unreadable(path, "not a regular file", "name a file, not a folder or a pipe", e);
  if (st.st_size > (off_t)HW_PROFILE_FILE_MAX)
    return unreadable(path, "larger than 1 MB", "name a credentials file", e);
  if (st.st_mode & (S_IRGRP | S_IROTH))
    hw_buf_addf(&c->notes, "%s can be read by others (mode %04o); run chmod 600 on it\n", path,
                (unsigned)(st.st_mode & 07777));
  return 0;
}

/* All memory is taken at once: growing would leave copies of secrets behind. */
static int slurp(int fd, struct hw_buf *text) {
  char *at = hw_buf_room(text, HW_PROFILE_FILE_MAX + 1);
  ssize_t got = 1;
  while (at && got > 0 && text->len <= HW_PROFILE_FILE_MAX) {
    got = read(fd, at + text->len, HW_PROFILE_FILE_MAX + 1 - text->len);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      text->len += (size_t)got;
  }
  if (!at || got < 0)
    return -1;
  at[text->len] = '\0';
  return 0;
}

static int read_text(int fd, const char *path, struct hw_buf *text, struct hw_error *e) {
  if (slurp(fd, text))
    return text->failed ? hw_fail_memory(e) : unreadable(path, "reading fails", "check the disk", e);
  if (text->len > HW_PROFILE_FILE_MAX)
    return unreadable(path, "larger than 1 MB", "name a credentials file", e);
  return 0;
}

static int is_json(const struct hw_buf *text) {
  size_t i = 0;
  while (i < text->len && (is_space(text->data[i]) || text->data[i] == '\n' || text->data[i] == '\r'))
    i++;
  return i < text->len && text->data[i] == '{';
}

int hw_profile_read(const char *path, const char *name, struct hw_credentials *c, struct hw_error *e) {
  struct hw_buf text = { 0 };
  /* O_NONBLOCK: opening a pipe would wait for its writer. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int result;
  if (fd < 0)
    return open_failed(path, e);
  result = check_file(fd, path, c, e);
  if (!result)
    result = read_text(fd, path, &text, e);
  close(fd);
  if (!result)
    result = (is_json(&text) ? hw_hcloud_read : hw_ini_read)(hw_buf_text(&text), text.len, path, name, c, e);
  /* Not hw_buf_wipe: it would touch the whole room. */
  if (text.data)
    explicit_bzero(text.data, text.len);
  hw_buf_free(&text);
  return result;
}
