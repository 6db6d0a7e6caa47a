/* SPDX-License-Identifier: Apache-2.0
 * Who calls: finding the one set of credentials, and the settings (region,
 * project, account, IAM address) that belong to it.
 */
#ifndef HW_CREDENTIALS_H
#define HW_CREDENTIALS_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

#define HW_CREDENTIAL_MAX ((size_t)8192) /* bytes of one value; security tokens run to several KB */

/* The members of struct hw_credentials that hold text. Those up to
 * HW_CRED_PASSWORD say who calls and come from one source together. */
enum hw_credential_field {
  HW_CRED_AK,
  HW_CRED_SK,
  HW_CRED_SECURITY_TOKEN,
  HW_CRED_TOKEN,
  HW_CRED_USER,
  HW_CRED_PASSWORD,
  HW_CRED_DOMAIN_NAME,
  HW_CRED_DOMAIN_ID,
  HW_CRED_PROJECT_ID,
  HW_CRED_PROJECT_NAME,
  HW_CRED_REGION,
  HW_CRED_IAM_ENDPOINT,
  HW_CRED_ENTERPRISE_PROJECT_ID,
  HW_CRED_FIELDS
};

/* Strings are heap memory or NULL (not known); never empty. A zeroed struct is
 * a set of nothing. */
struct hw_credentials {
  char *ak, *sk, *security_token; /* keys; with a security token: temporary ones */
  char *token;                    /* a ready X-Auth-Token */
  char *user, *password;          /* an IAM login */
  char *domain_name, *domain_id;  /* the account */
  char *project_id, *project_name;
  char *region, *iam_endpoint, *enterprise_project_id;
  int64_t expires_ms;  /* Unix time at which keys or token end; 0: not known to end */
  char *source;        /* "arguments", "environment (A, B)", "profile [p] in FILE"; NULL: none found */
  struct hw_buf notes; /* what a person should know, one line each; no secrets */
};

/* What the caller gave; NULL is "not given". The strings are read during
 * hw_credentials_find only. */
struct hw_credential_request {
  const char *ak, *sk, *security_token, *token, *user, *password;
  const char *domain_name, *domain_id, *project_id, *project_name;
  const char *region, *iam_endpoint, *enterprise_project_id;
  const char *profile;                                 /* section of the file, or the CLI's profile */
  const char *credentials_file;                        /* the only file to look at; "~/" is the home folder */
  const char *(*env)(void *arg, const char *variable); /* NULL: getenv */
  void *env_arg;
};

enum hw_credential_kind { HW_CREDENTIALS_NONE, HW_CREDENTIALS_KEYS, HW_CREDENTIALS_TOKEN, HW_CREDENTIALS_LOGIN };

/* Looks through the sources in order: arguments; the environment in its three
 * schemes (HUAWEICLOUD_SDK_*, HW_*, HUAWEICLOUD_ACCESS_KEY_ID); the profile
 * files (HUAWEICLOUD_SDK_CREDENTIALS_FILE, or ~/.huaweicloud/credentials and
 * then the CLI's ~/.hcloud/config.json). A profile or file named by an argument
 * is looked at before the environment.
 *
 * The first source that holds any of ak, sk, security_token, token, user or
 * password supplies all of them; half a pair there is an error, never completed
 * from elsewhere. A source that holds several ways: keys before token before
 * login, with a note. The region comes from the first source that names one.
 * Project, account, IAM endpoint and enterprise project come from the source of
 * the keys, else from the first that names them; a project whose own source
 * names another region than the one chosen is left out with a note.
 *
 * `c` is overwritten and is the caller's to free, also after -1 (it is then
 * empty but for its notes). Nothing found is no error: hw_credentials_usable()
 * says so and the notes tell where was looked. -1: HW_ERR_USAGE (an argument
 * that is empty, too long, or holds control characters), HW_ERR_AUTH (half a
 * pair, a bad value, an unreadable or malformed file; a file that the keys do
 * not come from and no argument names is only noted), HW_ERR_MEMORY. Errors
 * name variable, file and line, never a value. */
int hw_credentials_find(struct hw_credentials *c, const struct hw_credential_request *r, struct hw_error *e);

/* Overwrites and frees every string and the notes; the set is empty again. */
void hw_credentials_free(struct hw_credentials *c);

/* Which way of calling the set allows: an hw_credential_kind, 0 for none. */
int hw_credentials_usable(const struct hw_credentials *c);

/* Pointer to the member, for readers of sources. */
char **hw_credentials_at(struct hw_credentials *c, enum hw_credential_field field);

/* The member's name: "ak", "security_token", ... */
const char *hw_credentials_name(enum hw_credential_field field);

/* Stores a copy of `len` bytes, replacing what was there; an empty value stores
 * NULL. `where` names the value in an error ("HW_SECRET_KEY"). -1: HW_ERR_AUTH
 * (over HW_CREDENTIAL_MAX, control character, not UTF-8, or a space around a
 * key or token), HW_ERR_MEMORY. */
int hw_credentials_set(struct hw_credentials *c, enum hw_credential_field field, const char *where, const char *value,
                       size_t len, struct hw_error *e);

/* 1 if the set holds anything that says who calls, complete or not. */
int hw_credentials_any(const struct hw_credentials *c);

/* Frees, after overwriting, what says who calls; keeps the settings. */
void hw_credentials_forget(struct hw_credentials *c);

/* Puts what `from` says of who calls, its end and its source in the place of
 * what `c` says, all at once; `c` keeps its settings and notes, `from` is empty
 * afterwards. For keys that were fetched anew. */
void hw_credentials_replace(struct hw_credentials *c, struct hw_credentials *from);

#define HW_REFRESH_BEFORE_MS ((int64_t)5 * 60 * 1000)

enum hw_credential_age {
  HW_CREDENTIALS_FRESH,
  HW_CREDENTIALS_DUE,  /* they still hold, but fetch new ones */
  HW_CREDENTIALS_ENDED /* not to be used any more */
};

/* Where keys or token stand at `now_ms`; those without a known end stay fresh. */
enum hw_credential_age hw_credentials_age(const struct hw_credentials *c, int64_t now_ms);

#endif
