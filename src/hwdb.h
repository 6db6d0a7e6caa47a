/* SPDX-License-Identifier: Apache-2.0
 * libhwdb: signed, checked calls of Huawei Cloud's DDM, DWS and DBSS, text in
 * and text out. Fit for a foreign function interface: no macro needs to be
 * understood, no struct is filled by the caller.
 *
 * Texts are UTF-8 and end in NUL; JSON in is strict. Times are seconds. NULL
 * stands for "not given" wherever a text may be left out. What a function hands
 * out as `char *` is freed with hwdb_free; answers with hwdb_answer_free.
 *
 * Threads: a client, its calls and its answers belong to one thread at a time;
 * different clients may run in different threads. After a fork the child may go
 * on using a client: its connections are left to the parent, calls in flight
 * belong to the parent as well. The library installs no signal handler, prints
 * nothing and touches no locale.
 *
 * Errors are JSON objects: kind (usage, check, auth, transport, timeout, api,
 * decode, cancelled, memory), message, attempts, retryable, in_doubt, and where
 * they are known remedy, status, code, class, reason, request_id, operation,
 * retry_after, problems [{path, message}]. Secrets never appear in them.
 */
#ifndef HWDB_H
#define HWDB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef HWDB_API
#define HWDB_API __attribute__((visibility("default")))
#endif

struct hwdb; /* a client */

/* What became of one call. Texts live until hwdb_answer_free, also when the
 * client is closed before. Later versions may add fields at the end. */
struct hwdb_answer {
  unsigned long long tag;   /* as given to hwdb_start; 0 otherwise */
  const char *error;        /* NULL: success, else the error as JSON */
  int status;               /* HTTP status, 0 without an answer */
  int attempts;             /* how often the request was sent */
  double seconds;           /* from start to end, waiting and all tries included */
  const char *body;         /* as it came, NUL-terminated; "" if there is none */
  size_t body_len;          /* its bytes; a body may hold NUL where it is no JSON */
  const char *request_id;   /* "" if there is none */
  const char *head;         /* status line and header lines as they came; "" without an answer */
  const char *warnings;     /* what is odd about the arguments, as a JSON array of texts */
};

struct hwdb_socket { /* what a foreign loop waits for */
  int fd, readable, writable;
};

/* "0.1.0"; static. */
HWDB_API const char *hwdb_version(void);

/* Gives back a text; NULL is fine. */
HWDB_API void hwdb_free(char *text);

/* A client. Options, all of them optional: region, ak, sk, security_token,
 * token, user, password, domain_name, domain_id, project_id, project_name,
 * profile, credentials_file, endpoints {service: URL}, ca_file, proxy,
 * allow_http, connect_timeout, timeout, stall_timeout, deadline, attempts,
 * max_body, strict, pace {service: calls a minute}, algorithm, user_agent, log.
 * What is not given comes from the environment or a profile. Missing
 * credentials are told by the first call. NULL on failure; then *error (if
 * `error` is not NULL) is the error as JSON, the caller's to free. */
HWDB_API struct hwdb *hwdb_open(const char *options_json, char **error);

/* Cancels what is in flight and ends the client. Answers not yet taken are
 * freed, those taken stay good. NULL is fine. */
HWDB_API void hwdb_close(struct hwdb *h);

/* Makes one call and waits for it; calls started before move on meanwhile.
 * `operation` is "ddm.list_instances"; arguments are an object with path,
 * query, header and body parameters side by side. Options of one call: timeout
 * (of a try), deadline (over all tries), attempts. Never NULL: without memory
 * the answer says so. */
HWDB_API struct hwdb_answer *hwdb_call(struct hwdb *h, const char *operation, const char *arguments_json,
                                       const char *options_json);

/* Likewise any other signed call: {"service", "method", "path", "query",
 * "headers", "body", "repeatable"}. A text as body goes out as it is, anything
 * else as JSON. `repeatable` says whether it may be sent again after a failure;
 * unless told, GET, HEAD and OPTIONS may. */
HWDB_API struct hwdb_answer *hwdb_request(struct hwdb *h, const char *request_json, const char *options_json);

/* NULL is fine. */
HWDB_API void hwdb_answer_free(struct hwdb_answer *answer);

/* Starts a call without waiting. Its answer comes out of hwdb_take exactly
 * once, with the tag, also when it fails at once. 0, or -1 without memory (then
 * there is no answer). */
HWDB_API int hwdb_start(struct hwdb *h, const char *operation, const char *arguments_json, const char *options_json,
                        unsigned long long tag);
HWDB_API int hwdb_start_request(struct hwdb *h, const char *request_json, const char *options_json,
                                unsigned long long tag);

/* The next finished call's answer, or NULL if none has finished. Waits for nothing. */
HWDB_API struct hwdb_answer *hwdb_take(struct hwdb *h);

/* Calls started whose answers were not taken yet. */
HWDB_API size_t hwdb_pending(const struct hwdb *h);

/* Ends every started call that bears the tag; its answer (kind cancelled, or in
 * doubt) is there to take. Returns how many. */
HWDB_API int hwdb_cancel(struct hwdb *h, unsigned long long tag);

/* Moves calls on. Waits until one has finished, at most `seconds` (0: not at
 * all, less than 0: without limit, but not when nothing is in flight). 1: there
 * is an answer to take; 0: there is none; -1: a signal arrived meanwhile. */
HWDB_API int hwdb_step(struct hwdb *h, double seconds);

/* For a loop of one's own: watch these sockets, and call hwdb_step(h, 0) when
 * one is ready or hwdb_deadline has passed. Fills `list` with at most `max` and
 * returns how many there are. They change with every start and step. */
HWDB_API size_t hwdb_sockets(struct hwdb *h, struct hwdb_socket *list, size_t max);

/* Seconds until a step is due even if no socket is ready; less than 0: never. */
HWDB_API double hwdb_deadline(struct hwdb *h);

/* What a call would put on the wire, signed, secrets masked; nothing is sent:
 * {method, url, headers, body, body_sha256, body_bytes, warnings}. `date` fixes
 * X-Sdk-Date. NULL on failure, as hwdb_open. */
HWDB_API char *hwdb_preview(struct hwdb *h, const char *operation, const char *arguments_json, const char *date,
                            char **error);

/* Where credentials, region and project come from, as JSON without secrets. */
HWDB_API char *hwdb_describe(struct hwdb *h, char **error);

/* Log lines since the last time, or NULL if there are none; option `log` turns
 * them on. The caller's to free. */
HWDB_API char *hwdb_log(struct hwdb *h);

/* Arguments against an operation, without a client: the warnings as a JSON
 * array of texts. NULL on failure, as hwdb_open; the error's problems tell all
 * that is wrong. With `strict` not 0 warnings are problems. */
HWDB_API char *hwdb_check(const char *operation, const char *arguments_json, int strict, char **error);

/* The operations as data, as `hwdb api --json` prints them: one (both names
 * given: an object), a service's (an array), or all (both NULL). NULL on
 * failure, as hwdb_open; an unknown name's error suggests a near one. */
HWDB_API char *hwdb_api_json(const char *service, const char *name, char **error);

/* The stages of a signature: {"ak", "sk", "method", "url", "headers" {name:
 * value}, "body", "date", "algorithm", "region", "service"} to {canonical_request,
 * string_to_sign, signature, authorization, signed_headers, headers}. Host and
 * X-Sdk-Date are added. NULL on failure, as hwdb_open. */
HWDB_API char *hwdb_sign(const char *input_json, char **error);

#ifdef __cplusplus
}
#endif

#endif
