/* SPDX-License-Identifier: Apache-2.0
 * Why a request was answered with 401: the clock, the signature, the token, or
 * something else. Pure text work on what the service said and what was signed;
 * shows no token and no other secret header.
 */
#include "diagnose.h"

#include <string.h>

#include "login.h"
#include "word.h"

#define SHOWN 120 /* bytes of each version in an explanation */
#define BEFORE 24 /* of them, before the first difference */

/* The first place of `word` in the text, whatever its case; NULL if none. */
static const char *find(const char *text, size_t len, const char *word) {
  size_t size = strlen(word);
  for (size_t i = 0; i + size <= len; i++)
    if (hw_word_begins(text + i, word, size))
      return text + i;
  return NULL;
}

/* What the service says, apart from the canonical request it echoes. */
struct said {
  const char *text;
  size_t len;
  const char *echo; /* NULL: none */
  size_t echo_len;
};

static struct said split(const char *message) {
  struct said s = { message ? message : "", message ? strlen(message) : 0, NULL, 0 };
  const char *at = find(s.text, s.len, "canonicalrequest");
  if (!at)
    return s;
  s.echo = at + strlen("canonicalrequest");
  while (*s.echo == ':' || *s.echo == ' ' || *s.echo == '=')
    s.echo++;
  s.echo_len = s.len - (size_t)(s.echo - s.text);
  while (s.echo_len && strchr(" \r\n\"'", s.echo[s.echo_len - 1]))
    s.echo_len--;
  if (!s.echo_len)
    s.echo = NULL;
  s.len = (size_t)(at - s.text);
  return s;
}

static int says(const struct said *s, const char *word) {
  return find(s->text, s->len, word) != NULL;
}

/* ---- clock ---- */

static int server_time(const struct said *s, int64_t *ms) {
  const char *end = s->text + s->len;
  const char *at = find(s->text, s->len, "server time");
  size_t len = 0;
  if (!at)
    return -1;
  for (at += strlen("server time"); at < end && (*at == ':' || *at == ' '); at++)
    ;
  while (at + len < end && !strchr(",; \"", at[len]))
    len++;
  return hw_time_parse(at, len, ms);
}

/* Offset by the message, else by the Date header: 0, or -1 where neither tells. */
static int find_offset(const struct hw_refusal *r, const struct said *s, int64_t *by_ms) {
  int64_t server;
  *by_ms = 0;
  if (server_time(s, &server) && (!r->date || hw_time_parse(r->date, strlen(r->date), &server)))
    return -1;
  *by_ms = server - r->now_ms;
  return 0;
}

static int is_off(int64_t ms) {
  return ms > HW_CLOCK_TOLERANCE_MS || ms < -HW_CLOCK_TOLERANCE_MS;
}

static void explain_clock(int known, int64_t by_ms, struct hw_buf *to) {
  int64_t minutes = (by_ms < 0 ? -by_ms : by_ms) / 60000;
  if (!known) {
    hw_buf_adds(to, "The service calls the signature expired: this machine's clock is off by more than 15 minutes, or "
                    "the request took that long to arrive. Set the clock (NTP).");
    return;
  }
  if (!is_off(by_ms)) {
    hw_buf_adds(to, "The service calls the signature expired although the clocks agree: the request arrived more than "
                    "15 minutes after it was signed. Send it again; if that repeats, look for what holds requests up "
                    "on the way.");
    return;
  }
  hw_buf_addf(to, "This machine's clock is %lld minutes %s the service's, which allows 15. Set the clock (NTP).",
              (long long)minutes, by_ms > 0 ? "behind" : "ahead of");
}

/* ---- signature ---- */

enum part { METHOD, PATH, QUERY, HEADER, SIGNED, HASH };

static const char *const part_names[] = {
  [METHOD] = "the method",         [PATH] = "the path",
  [QUERY] = "the query",           [HEADER] = "the header",
  [SIGNED] = "the signed headers", [HASH] = "the hash of the body",
};

struct line {
  const char *at;
  size_t len;
};

static struct line line_at(const char *at, const char *end, char stop) {
  const char *to = memchr(at, stop, (size_t)(end - at));
  return (struct line){ at, (size_t)((to ? to : end) - at) };
}

static enum part next_part(enum part now, struct line line) {
  if (now == HEADER)
    return line.len ? HEADER : SIGNED;
  return now == HASH ? HASH : (enum part)(now + 1);
}

/* One version of a line, around the place where the two part. */
static void show(struct line line, size_t differs, struct hw_buf *to) {
  size_t from = differs > BEFORE ? differs - BEFORE : 0;
  size_t end = line.len - from > SHOWN ? from + SHOWN : line.len;
  if (!line.len) {
    hw_buf_adds(to, "nothing");
    return;
  }
  hw_buf_adds(to, from ? "\"..." : "\"");
  for (size_t i = from; i < end; i++)
    hw_buf_addc(to, line.at[i] >= ' ' && line.at[i] < 0x7f ? line.at[i] : '?');
  hw_buf_adds(to, end < line.len ? "...\"" : "\"");
}

static size_t name_length(struct line header) {
  return line_at(header.at, header.at + header.len, ':').len;
}

static int is_secret(struct line header) {
  static const char *const words[] = { "token", "authorization", "cookie", "password", "secret", "credential" };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (find(header.at, name_length(header), words[i]))
      return 1;
  return 0;
}

static void explain_extra(struct line theirs, struct hw_buf *to) {
  hw_buf_adds(to, "The service takes a header as signed that was not: ");
  show((struct line){ theirs.at, name_length(theirs) }, 0, to);
  hw_buf_adds(to, ". ");
}

static void explain_header(struct line own, struct line theirs, size_t differs, struct hw_buf *to) {
  size_t name = name_length(own);
  if (name_length(theirs) != name || memcmp(own.at, theirs.at, name) != 0) {
    hw_buf_addf(to, "The header %.*s was signed but did not reach the service as a signed header. ", (int)name, own.at);
    return;
  }
  hw_buf_addf(to, "The header %.*s differs between what was signed and what arrived", (int)name, own.at);
  if (is_secret(own)) {
    hw_buf_adds(to, " (its value is not shown). ");
    return;
  }
  name++;
  hw_buf_adds(to, ": signed ");
  differs = differs > name ? differs - name : 0;
  show((struct line){ own.at + name, own.len < name ? 0 : own.len - name }, differs, to);
  hw_buf_adds(to, ", arrived ");
  show((struct line){ theirs.at + name, theirs.len < name ? 0 : theirs.len - name }, differs, to);
  hw_buf_adds(to, ". ");
}

/* 1 if the echo still has this header after the line that differs. */
static int comes_later(struct line own, struct line theirs, const char *end) {
  size_t name = name_length(own) + 1;
  const char *at = theirs.at + theirs.len;
  while (at < end) {
    struct line next = line_at(at + 1, end, '|');
    if (next.len >= name && !memcmp(next.at, own.at, name))
      return 1;
    at = next.at + next.len;
  }
  return 0;
}

static void explain_line(enum part part, struct line own, struct line theirs, const char *end, struct hw_buf *to) {
  size_t differs = 0;
  while (differs < own.len && differs < theirs.len && own.at[differs] == theirs.at[differs])
    differs++;
  if (part == HEADER && (!own.len || comes_later(own, theirs, end))) {
    explain_extra(theirs, to);
  } else if (part == HEADER) {
    explain_header(own, theirs, differs, to);
  } else {
    hw_buf_addf(to, "What was signed and what arrived differ in %s: signed ", part_names[part]);
    show(own, differs, to);
    hw_buf_adds(to, ", arrived ");
    show(theirs, differs, to);
    hw_buf_adds(to, ". ");
  }
  hw_buf_adds(to, "Look for a proxy or gateway on the way that rewrites requests, and check the endpoint.");
}

/* 1 after naming the first line in which the echo differs from what was signed, 0
 * if there is none. A value may hold '|' itself, so one's own lines lead. */
static int compare(const char *own, const struct said *s, struct hw_buf *to) {
  const char *own_end = own + strlen(own), *at = s->echo, *end = s->echo + s->echo_len;
  enum part part = METHOD;
  for (;;) {
    struct line mine = line_at(own, own_end, '\n');
    struct line theirs = { at, mine.len };
    int matches = (size_t)(end - at) >= mine.len && !memcmp(at, mine.at, mine.len) &&
                  (at + mine.len == end || at[mine.len] == '|');
    if (!matches) {
      theirs = line_at(at, end, '|');
      explain_line(part, mine, theirs, end, to);
      return 1;
    }
    if (mine.at + mine.len == own_end)
      return 0;
    part = next_part(part, mine);
    own += mine.len + 1;
    at += mine.len + (at + mine.len < end);
  }
}

static int is_signature(const struct said *s) {
  return s->echo || says(s, "aksk") || says(s, "ak/sk") || says(s, "signature");
}

static int unknown_key(const struct said *s) {
  return says(s, "ak not exist") || says(s, "secretkey failed") || (says(s, "access key") && says(s, "not exist"));
}

static void explain_wrong_secret(const struct said *s, const char *own, struct hw_buf *to) {
  if (s->echo && own)
    hw_buf_adds(to,
                "The request arrived as it was signed, so the secret key (SK) does not belong to the access key (AK).");
  else
    hw_buf_adds(to, "The service does not accept the signature, most likely because the secret key (SK) does not "
                    "belong to the access key (AK).");
  hw_buf_adds(to, " Give both again, from the same downloaded key file; for temporary keys also their security token.");
}

static int signature(const struct hw_refusal *r, const struct said *s, int64_t by_ms, struct hw_buf *to) {
  if (unknown_key(s)) {
    hw_buf_adds(to, "The service does not know the access key (AK): it is mistyped, deleted, of another cloud, or a "
                    "temporary one sent without its security token. Check it under My Credentials, Access Keys.");
    return HW_401_SIGNATURE;
  }
  if (s->echo && r->canonical && compare(r->canonical, s, to))
    return HW_401_SIGNATURE;
  if (is_off(by_ms)) {
    explain_clock(1, by_ms, to);
    return HW_401_CLOCK;
  }
  explain_wrong_secret(s, r->canonical, to);
  return HW_401_SIGNATURE;
}

/* ---- the rest ---- */

/* APIGW.0307 and APIG.0307 ask for a new token whatever their message. */
static int is_token(const char *code, const struct said *s) {
  static const char *const words[] = { "expire", "invalid", "not found", "decrypt", "updated", "revoked", "verify" };
  size_t len = code ? strlen(code) : 0;
  if (len >= 5 && !strcmp(code + len - 5, ".0307"))
    return 1;
  if (!says(s, "token"))
    return 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (says(s, words[i]))
      return 1;
  return 0;
}

static int other(const struct said *s, struct hw_buf *to) {
  if (says(s, "reach the limit"))
    hw_buf_adds(to, "The access key is locked for a while after too many refused requests. Wait some minutes, and "
                    "correct the keys before trying again.");
  else if (says(s, "password"))
    hw_buf_adds(to, "IAM refuses the login. Check user, password and account (domain_name), and that the user may use "
                    "programmatic access.");
  else
    hw_buf_adds(to, "The service refuses the credentials without saying why. Check that the key is enabled, belongs to "
                    "this cloud and account, and that region and project are its own.");
  return HW_401_OTHER;
}

int hw_diagnose_401(const struct hw_refusal *r, int64_t *clock_offset_ms, struct hw_buf *explanation) {
  struct said s = split(r->message);
  int64_t by_ms;
  int known = !find_offset(r, &s, &by_ms), result;
  *clock_offset_ms = 0;
  if (says(&s, "signature expired") || says(&s, "server time")) {
    explain_clock(known, by_ms, explanation);
    result = HW_401_CLOCK;
  } else if (is_token(r->code, &s) || (r->with_token && !s.echo)) {
    hw_buf_adds(explanation,
                "The token is expired or not valid. Log in again, or get new temporary keys; a ready token "
                "lives 24 hours at most.");
    result = HW_401_TOKEN;
  } else if (is_signature(&s) || unknown_key(&s)) {
    result = signature(r, &s, by_ms, explanation);
  } else if (r->canonical && is_off(by_ms)) {
    explain_clock(1, by_ms, explanation);
    result = HW_401_CLOCK;
  } else {
    result = other(&s, explanation);
  }
  if (result == HW_401_CLOCK)
    *clock_offset_ms = by_ms;
  return result;
}

int hw_message_without_echo(const char *message, struct hw_buf *to) {
  struct said s = split(message);
  size_t len = s.len;
  while (len < strlen(s.text) && len && strchr(" ,;:\"", s.text[len - 1]))
    len--;
  return hw_buf_add(to, s.text, len);
}
