/* SPDX-License-Identifier: Apache-2.0
 * IAM: the login with a password, the project id by name, and the dates in answers.
 */
#ifndef HW_LOGIN_H
#define HW_LOGIN_H

#include "credentials.h"

#define HW_TOKEN_LIFE_MS ((int64_t)24 * 60 * 60 * 1000)

/* Appends the body of POST /v3/auth/tokens: user, password and account of `c`,
 * scoped to its project id, else its project name, else `region_or_project` (a
 * region's own project bears the region's name). The body holds the password:
 * wipe the buffer. -1: HW_ERR_AUTH (no user, password, account or project). */
int hw_login_body(const struct hw_credentials *c, const char *region_or_project, struct hw_buf *json,
                  struct hw_error *e);

/* Reads the answer's body (the token itself is its X-Subject-Token header):
 * *expires_ms is when the token ends, by the clock of now_ms. An end that is
 * missing, past or more than a day and an hour ahead is replaced by the token's
 * stated life, or 24 hours, from now. *project_id is heap memory, or NULL for a token without
 * a project. -1: HW_ERR_DECODE, HW_ERR_MEMORY. */
int hw_login_answer(const char *body, size_t len, int64_t now_ms, int64_t *expires_ms, char **project_id,
                    struct hw_error *e);

/* Reads the body of GET /v3/projects?name=NAME: the id (heap memory) of the one
 * project whose name is exactly `name`. -1: HW_ERR_AUTH (none or several, with
 * the remedy), HW_ERR_DECODE, HW_ERR_MEMORY. */
int hw_project_answer(const char *body, size_t len, const char *name, char **project_id, struct hw_error *e);

/* Reads a point in time as Unix time in milliseconds. Forms: ISO 8601 with zone
 * ("2026-01-02T03:04:05.123Z", "...+08:00", "...+0800", a space for the T),
 * "20260102T030405Z", and HTTP's "Fri, 02 Jan 2026 03:04:05 GMT". -1 if the
 * whole text is none of them, or names no zone or a day that does not exist. */
int hw_time_parse(const char *text, size_t len, int64_t *ms);

#endif
