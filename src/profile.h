/* SPDX-License-Identifier: Apache-2.0
 * Credentials from files: the SDKs' INI file and the CLI's JSON file.
 */
#ifndef HW_PROFILE_H
#define HW_PROFILE_H

#include "credentials.h"
#include "json.h"

#define HW_PROFILE_FILE_MAX ((size_t)1 << 20)

enum hw_profile_result {
  HW_PROFILE_NO_FILE,    /* there is no such file */
  HW_PROFILE_NO_SECTION, /* the file does not have that profile */
  HW_PROFILE_FOUND       /* `c` has what it says, possibly no keys */
};

/* Reads a regular file of at most 1 MB and takes one profile from it into `c`,
 * which the caller passes empty and frees. A file that starts with '{' is read
 * as the CLI's, any other as INI. `name` NULL takes [basic], or [global] where
 * only that one holds keys, or the CLI's current profile. Fills c->source, and
 * c->notes with warnings (others may read the file, a key nobody knows,
 * encrypted secrets). Returns an hw_profile_result, or -1: HW_ERR_AUTH naming
 * the file and, for its contents, the line; HW_ERR_MEMORY. */
int hw_profile_read(const char *path, const char *name, struct hw_credentials *c, struct hw_error *e);

/* The same on text in memory; `path` serves the messages.
 *
 * INI: "[section]", "key = value" or "key: value", comments that fill a line and
 * start with '#' or ';'. Keys are the names of struct hw_credentials. A value runs
 * to the end of its line (so it may hold '%', '#', ';' and '='), without the
 * spaces around it and without one pair of double quotes around it. A line of
 * any other form, or a key given twice, is an error. */
int hw_ini_read(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c,
                struct hw_error *e);

/* CLI: modes AKSK, SSO and token give credentials. Encrypted ones, and modes
 * whose keys are not in the file (agencies), give a note and the region only. */
int hw_hcloud_read(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c,
                   struct hw_error *e);

/* hw_json_free for a tree that holds secrets: overwrites its texts first. */
void hw_json_free_secret(struct cJSON *node);

#endif
