/* SPDX-License-Identifier: Apache-2.0
 * The peers of hwdb's calls: what a person would write with libcurl alone. An
 * easy handle in a loop, or a multi handle with many in flight; the headers are
 * given, each answer is parsed with cJSON. Prints the seconds taken.
 *   raw_curl easy|multi IN_FLIGHT CALLS URL [HEADER...]
 */
#define _DEFAULT_SOURCE
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WARM_UP 200

struct transfer {
  CURL *easy;
  char *body;
  size_t len, cap;
};

static void give_up(const char *what) {
  fprintf(stderr, "raw_curl: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user) {
  struct transfer *t = user;
  size_t len = size * n;
  if (t->len + len + 1 > t->cap) {
    t->cap = (t->len + len + 1) * 2;
    if (!(t->body = realloc(t->body, t->cap)))
      give_up("out of memory");
  }
  memcpy(t->body + t->len, bytes, len);
  t->len += len;
  t->body[t->len] = '\0';
  return len;
}

static void prepare(struct transfer *t, const char *url, struct curl_slist *headers) {
  if (!(t->easy = curl_easy_init()))
    give_up("no handle");
  curl_easy_setopt(t->easy, CURLOPT_URL, url);
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, 60000L);
  curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
}

/* Looks at the answer as a program would, and makes the transfer ready for the next. */
static void take(struct transfer *t) {
  long status;
  cJSON *tree;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
  tree = cJSON_ParseWithLength(t->body ? t->body : "", t->len);
  if (status != 200 || !cJSON_GetObjectItemCaseSensitive(tree, "instances"))
    give_up("not the answer that was expected");
  cJSON_Delete(tree);
  t->len = 0;
}

static void run_easy(struct transfer *t, long calls) {
  for (long i = 0; i < calls; i++) {
    if (curl_easy_perform(t->easy) != CURLE_OK)
      give_up("a transfer failed");
    take(t);
  }
}

static long collect(CURLM *multi, long *to_start) {
  CURLMsg *msg;
  int left;
  long done = 0;
  while ((msg = curl_multi_info_read(multi, &left))) {
    struct transfer *t;
    CURL *easy = msg->easy_handle;
    if (msg->data.result != CURLE_OK)
      give_up("a transfer failed");
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    curl_multi_remove_handle(multi, easy);
    take(t);
    done++;
    if (*to_start > 0) {
      --*to_start;
      curl_multi_add_handle(multi, easy);
    }
  }
  return done;
}

static void run_multi(CURLM *multi, struct transfer *list, long in_flight, long calls) {
  long done = 0, to_start = calls - in_flight;
  int running;
  for (long i = 0; i < in_flight; i++)
    curl_multi_add_handle(multi, list[i].easy);
  while (done < calls) {
    long before = done;
    curl_multi_perform(multi, &running);
    done += collect(multi, &to_start);
    if (done == before)
      curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
}

int main(int argc, char **argv) {
  struct curl_slist *headers = NULL;
  struct transfer *list;
  CURLM *multi;
  long in_flight, calls;
  double started;
  if (argc < 5 || (calls = atol(argv[3])) < 1 || (in_flight = atol(argv[2])) < 1 || in_flight > WARM_UP || calls < in_flight)
    give_up("usage: raw_curl easy|multi IN_FLIGHT CALLS URL [HEADER...]");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  for (int i = 5; i < argc; i++)
    headers = curl_slist_append(headers, argv[i]);
  if (!(list = calloc((size_t)in_flight, sizeof *list)) || !(multi = curl_multi_init()))
    give_up("out of memory");
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, in_flight);
  for (long i = 0; i < in_flight; i++)
    prepare(&list[i], argv[4], headers);
  if (strcmp(argv[1], "easy") == 0) {
    run_easy(list, WARM_UP);
    started = now();
    run_easy(list, calls);
  } else {
    run_multi(multi, list, in_flight, WARM_UP);
    started = now();
    run_multi(multi, list, in_flight, calls);
  }
  printf("%.6f\n", now() - started);
  for (long i = 0; i < in_flight; i++) {
    curl_easy_cleanup(list[i].easy);
    free(list[i].body);
  }
  free(list);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  curl_global_cleanup();
  return 0;
}
