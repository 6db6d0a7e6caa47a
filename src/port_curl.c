/* SPDX-License-Identifier: Apache-2.0
 * The real network: one libcurl multi handle driven by its own socket events,
 * so that a foreign loop can drive it as well. Callbacks only append bytes to
 * capped buffers; nothing is decided here about retrying.
 */
#define _DEFAULT_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "port.h"

#define IDLE_MAX 128
#define HEAD_MAX ((size_t)256 << 10)
#define HEADERS_MAX 48

enum remembered { CONNECT_MS, TOTAL_MS, STALL_S, PIPEWAIT, DIRECT, NO_PROXY_NAMED, STANDARD_AUTHORITIES, REMEMBERED };

struct work { /* an easy handle with what one transfer needs; kept for the next */
  CURL *easy;
  CURLU *url; /* parsed once: a URL given as text, libcurl would parse and then put together again */
  struct hw_exchange *ex;
  struct curl_slist list[HEADERS_MAX];
  char error[CURL_ERROR_SIZE];
  long given[REMEMBERED]; /* what the handle was told last, plus 1 if a number; 0: nothing yet */
  int is_plain_get;
  int requests; /* how often the request was about to be put on a wire */
  enum { FITS, HEAD, BODY } too_large;
  int resend_refused;
  struct work *next, *prev; /* among those in flight */
};

struct curl_port {
  struct hw_port base;
  CURLM *multi;
  unsigned forks; /* when it was made: a child must not touch its parent's connections */
  struct work *idle[IDLE_MAX];
  size_t n_idle;
  struct work *flying;
  struct work *orphans; /* were in flight when the process forked */
  struct pollfd *fds;
  size_t n_fds, cap_fds;
  int64_t timer; /* mono ms of libcurl's next time-out, INT64_MAX: none */
  int finished;
};

/* How often this process became another: asked before each call, where getpid would cost a system call. */
static unsigned forks;

static void count_fork(void) {
  forks++;
}

static void global_init(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  pthread_atfork(NULL, NULL, count_fork);
}

static int64_t clock_ms(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t wall(struct hw_port *p) {
  (void)p;
  return clock_ms(CLOCK_REALTIME);
}

static int64_t mono(struct hw_port *p) {
  (void)p;
  return clock_ms(CLOCK_MONOTONIC);
}

/* -- libcurl's callbacks ------------------------------------------------ */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused) {
  struct curl_port *p = user;
  size_t i = 0;
  (void)easy;
  (void)unused;
  while (i < p->n_fds && p->fds[i].fd != fd)
    i++;
  if (what == CURL_POLL_REMOVE) {
    if (i < p->n_fds)
      p->fds[i] = p->fds[--p->n_fds];
    return 0;
  }
  if (i == p->cap_fds) {
    size_t cap = p->cap_fds ? p->cap_fds * 2 : 16;
    struct pollfd *fds = realloc(p->fds, cap * sizeof *fds);
    if (!fds)
      return -1;
    p->fds = fds;
    p->cap_fds = cap;
  }
  if (i == p->n_fds)
    p->n_fds++;
  p->fds[i].fd = fd;
  p->fds[i].events = (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
  p->fds[i].revents = 0;
  return 0;
}

static int on_timer(CURLM *multi, long ms, void *user) {
  struct curl_port *p = user;
  (void)multi;
  p->timer = ms < 0 ? INT64_MAX : mono(NULL) + ms;
  return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user) {
  struct work *w = user;
  if (!hw_buf_add(&w->ex->body_in, bytes, size * n))
    return size * n;
  w->too_large = BODY;
  return 0;
}

static size_t on_head(char *bytes, size_t size, size_t n, void *user) {
  struct work *w = user;
  if (size * n > 5 && memcmp(bytes, "HTTP/", 5) == 0)
    hw_buf_clear(&w->ex->head); /* an interim answer came before */
  if (!hw_buf_add(&w->ex->head, bytes, size * n))
    return size * n;
  w->too_large = HEAD;
  return 0;
}

/* libcurl repeats a request by itself when a kept connection turns out dead;
 * whether the first one arrived nobody knows, so a mutation is stopped here. */
static int on_request(void *user, char *to, char *from, int to_port, int from_port) {
  struct work *w = user;
  (void)to;
  (void)from;
  (void)to_port;
  (void)from_port;
  if (w->requests++ && w->ex->once) {
    w->resend_refused = 1;
    return CURL_PREREQFUNC_ABORT;
  }
  w->ex->sent = 1;
  return CURL_PREREQFUNC_OK;
}

/* -- one transfer ------------------------------------------------------- */

static void set_constants(struct work *w) {
  CURL *c = w->easy;
  curl_easy_setopt(c, CURLOPT_PRIVATE, w);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, w->error);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, w);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, w);
  curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_request);
  curl_easy_setopt(c, CURLOPT_PREREQDATA, w);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_CURLU, w->url);
}

static void free_work(struct work *w) {
  curl_easy_cleanup(w->easy);
  curl_url_cleanup(w->url);
  free(w);
}

static struct work *take_work(struct curl_port *p) {
  struct work *w;
  if (p->n_idle)
    return p->idle[--p->n_idle];
  if (!(w = calloc(1, sizeof *w)))
    return NULL;
  if (!(w->url = curl_url()) || !(w->easy = curl_easy_init())) {
    free_work(w);
    return NULL;
  }
  set_constants(w);
  return w;
}

static void link_flying(struct curl_port *p, struct work *w) {
  w->prev = NULL;
  w->next = p->flying;
  if (p->flying)
    p->flying->prev = w;
  p->flying = w;
}

static void unlink_from(struct work **list, struct work *w) {
  if (w->prev)
    w->prev->next = w->next;
  else
    *list = w->next;
  if (w->next)
    w->next->prev = w->prev;
  w->next = w->prev = NULL;
}

static void put_back(struct curl_port *p, struct work *w) {
  w->ex->work = NULL;
  w->ex = NULL;
  if (p->n_idle < IDLE_MAX)
    p->idle[p->n_idle++] = w;
  else
    free_work(w);
}

static int is_loopback(const char *url) {
  const char *host = strstr(url, "://");
  size_t len;
  host = host ? host + 3 : url;
  len = strcspn(host, ":/?");
  if (strncmp(host, "127.", 4) == 0)
    return strspn(host, "0123456789.") == len;
  return (len == 9 && strncmp(host, "localhost", 9) == 0) || strncmp(host, "[::1]", 5) == 0;
}

static int set_headers(struct work *w, const char *const *lines, int has_body) {
  size_t n = 0;
  for (; lines[n]; n++) {
    if (n + 1 >= HEADERS_MAX)
      return -1;
    w->list[n].data = (char *)lines[n]; /* libcurl only reads it */
    w->list[n].next = &w->list[n + 1];
  }
  if (has_body) /* not to be asked first whether a large one is welcome */
    w->list[n++].data = (char *)"Expect:";
  if (n)
    w->list[n - 1].next = NULL;
  curl_easy_setopt(w->easy, CURLOPT_HTTPHEADER, n ? w->list : NULL);
  return 0;
}

/* Setting an option costs some; most calls of a handle are alike, so what it was
 * given last is not given again. */
static void set_once(struct work *w, enum remembered which, CURLoption option, long value) {
  if (w->given[which] == value + 1)
    return;
  w->given[which] = value + 1;
  curl_easy_setopt(w->easy, option, value);
}

static void set_method(struct work *w, const struct hw_exchange *ex) {
  CURL *c = w->easy;
  int wants_length = strcmp(ex->method, "POST") == 0 || strcmp(ex->method, "PUT") == 0 || strcmp(ex->method, "PATCH") == 0;
  int was_plain = w->is_plain_get;
  w->is_plain_get = strcmp(ex->method, "GET") == 0 && !ex->has_body;
  if (was_plain && w->is_plain_get)
    return;
  if (strcmp(ex->method, "HEAD") == 0) {
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL);
    return;
  }
  curl_easy_setopt(c, CURLOPT_NOBODY, 0L);
  if (ex->has_body || wants_length) {
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, ex->has_body ? ex->body : "");
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(ex->has_body ? ex->body_len : 0));
  } else {
    curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, strcmp(ex->method, "GET") == 0 && !ex->has_body ? NULL : ex->method);
}

/* A handle is used by many clients, so what one of them trusts is set each time:
 * its own file and nothing else, or what libcurl was built with. */
static int set_authorities(struct work *w, const char *ca_file) {
  const curl_version_info_data *built;
  if (!ca_file && w->given[STANDARD_AUTHORITIES])
    return 0;
  w->given[STANDARD_AUTHORITIES] = 0;
  built = curl_version_info(CURLVERSION_NOW);
  if (curl_easy_setopt(w->easy, CURLOPT_CAINFO, ca_file ? ca_file : built->cainfo) != CURLE_OK ||
      curl_easy_setopt(w->easy, CURLOPT_CAPATH, ca_file ? NULL : built->capath) != CURLE_OK)
    return -1;
  w->given[STANDARD_AUTHORITIES] = !ca_file;
  return 0;
}

static int set_proxy(struct work *w, const char *proxy, long direct) {
  if ((!proxy && w->given[NO_PROXY_NAMED]) || curl_easy_setopt(w->easy, CURLOPT_PROXY, proxy) == CURLE_OK)
    w->given[NO_PROXY_NAMED] = !proxy;
  else
    return -1;
  if (w->given[DIRECT] == direct + 1)
    return 0;
  w->given[DIRECT] = 0;
  if (curl_easy_setopt(w->easy, CURLOPT_NOPROXY, direct ? "*" : NULL) != CURLE_OK)
    return -1;
  w->given[DIRECT] = direct + 1;
  return 0;
}

static int set_transport(struct work *w, const struct hw_exchange *ex) {
  const struct hw_transport *t = ex->transport;
  set_once(w, CONNECT_MS, CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_ms);
  set_once(w, TOTAL_MS, CURLOPT_TIMEOUT_MS, (long)t->total_ms);
  set_once(w, STALL_S, CURLOPT_LOW_SPEED_TIME, (long)((t->stall_ms + 999) / 1000));
  set_once(w, PIPEWAIT, CURLOPT_PIPEWAIT, strncmp(ex->url, "https:", 6) == 0);
  return set_authorities(w, t->ca_file) || set_proxy(w, t->proxy, t->direct || is_loopback(ex->url)) ? -1 : 0;
}

/* How much of a URL is scheme, host and port. */
static int origin_len(const char *url) {
  const char *host = strstr(url, "://");
  return host ? (int)(host + 3 - url + (ptrdiff_t)strcspn(host + 3, "/?")) : (int)strlen(url);
}

static void abandon_parent(struct curl_port *p);

static int start(struct hw_port *port, struct hw_exchange *ex, struct hw_error *e) {
  struct curl_port *p = (struct curl_port *)port;
  struct work *w;
  CURLUcode wrong;
  if (p->forks != forks)
    abandon_parent(p);
  if (!p->multi || !(w = take_work(p)))
    return hw_fail_memory(e);
  w->ex = ex;
  w->requests = w->resend_refused = 0;
  w->too_large = FITS;
  w->error[0] = '\0';
  ex->work = w;
  ex->status = 0;
  ex->sent = 0;
  ex->hopeless = 0;
  ex->failed = HW_OK;
  ex->head.max = HEAD_MAX;
  ex->body_in.max = ex->transport->body_max;
  hw_buf_clear(&ex->head);
  hw_buf_clear(&ex->body_in);
  if (set_headers(w, ex->lines, ex->has_body)) {
    put_back(p, w);
    return hw_fail(e, HW_ERR_USAGE, "too many headers");
  }
  set_method(w, ex);
  wrong = curl_url_set(w->url, CURLUPART_URL, ex->url, CURLU_PATH_AS_IS);
  if (wrong && wrong != CURLUE_OUT_OF_MEMORY) {
    put_back(p, w);
    return hw_fail(e, HW_ERR_USAGE, "%.*s is not an address: %s", origin_len(ex->url), ex->url, curl_url_strerror(wrong));
  }
  if (wrong || set_transport(w, ex) || curl_multi_add_handle(p->multi, w->easy) != CURLM_OK) {
    put_back(p, w);
    return hw_fail_memory(e);
  }
  link_flying(p, w);
  return 0;
}

static int is_orphan(const struct curl_port *p, const struct work *w) {
  const struct work *o = p->orphans;
  while (o && o != w)
    o = o->next;
  return o != NULL;
}

static void cancel(struct hw_port *port, struct hw_exchange *ex) {
  struct curl_port *p = (struct curl_port *)port;
  struct work *w = ex->work;
  if (!w)
    return;
  if (p->forks != forks)
    abandon_parent(p);
  if (is_orphan(p, w)) {
    unlink_from(&p->orphans, w);
    ex->work = NULL;
    return;
  }
  curl_multi_remove_handle(p->multi, w->easy);
  unlink_from(&p->flying, w);
  put_back(p, w);
}

static void read_times(struct work *w) {
  curl_off_t us;
  long connections = 0;
  struct hw_exchange *ex = w->ex;
  if (curl_easy_getinfo(w->easy, CURLINFO_APPCONNECT_TIME_T, &us) == CURLE_OK && us)
    ex->connect_s = (double)us / 1e6;
  else if (curl_easy_getinfo(w->easy, CURLINFO_CONNECT_TIME_T, &us) == CURLE_OK)
    ex->connect_s = (double)us / 1e6;
  if (curl_easy_getinfo(w->easy, CURLINFO_STARTTRANSFER_TIME_T, &us) == CURLE_OK)
    ex->first_byte_s = (double)us / 1e6;
  if (curl_easy_getinfo(w->easy, CURLINFO_TOTAL_TIME_T, &us) == CURLE_OK)
    ex->total_s = (double)us / 1e6;
  curl_easy_getinfo(w->easy, CURLINFO_NUM_CONNECTS, &connections);
  ex->fresh = connections > 0;
}

static const char *explain(CURLcode code, const struct work *w) {
  return w->error[0] ? w->error : curl_easy_strerror(code);
}

/* Failures that the next try would only meet again. */
static int is_hopeless(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_URL_MALFORMAT ||
         code == CURLE_UNSUPPORTED_PROTOCOL;
}

static void set_failure(struct work *w, CURLcode code) {
  struct hw_exchange *ex = w->ex;
  const char *why = explain(code, w);
  struct hw_buf text = { 0 };
  ex->failed = code == CURLE_OPERATION_TIMEDOUT ? HW_ERR_TIMEOUT : code == CURLE_OUT_OF_MEMORY ? HW_ERR_MEMORY : HW_ERR_TRANSPORT;
  if (w->too_large) {
    ex->failed = HW_ERR_DECODE;
    if (w->too_large == BODY)
      hw_buf_addf(&text, "the answer is larger than max_body, %zu bytes", ex->transport->body_max);
    why = w->too_large == BODY ? "" : "the answer's header lines are larger than 256 KB";
  } else if (w->resend_refused) {
    why = "the connection broke before an answer came";
  }
  ex->hopeless = is_hopeless(code);
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    hw_buf_addf(&text, "the certificate of %.*s is refused: ", origin_len(ex->url), ex->url);
  hw_buf_adds(&text, why);
  hw_copy(ex->message, sizeof ex->message, hw_buf_text(&text), text.len);
  hw_buf_free(&text);
}

static void finish(struct curl_port *p, struct work *w, CURLcode code) {
  struct hw_exchange *ex = w->ex;
  long status = 0;
  curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status);
  ex->status = (int)status;
  read_times(w);
  if (code != CURLE_OK)
    set_failure(w, code);
  curl_multi_remove_handle(p->multi, w->easy);
  unlink_from(&p->flying, w);
  put_back(p, w);
  p->finished++;
  ex->done(ex);
}

static void collect(struct curl_port *p) {
  CURLMsg *msg;
  int left;
  while ((msg = curl_multi_info_read(p->multi, &left))) {
    struct work *w;
    CURLcode code = msg->data.result;
    if (msg->msg == CURLMSG_DONE && curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&w) == CURLE_OK)
      finish(p, w, code);
  }
}

/* What the parent had in flight stays the parent's; here it can only be told as
 * lost. The handles are left alone, since their connections are shared. */
static void end_orphans(struct curl_port *p) {
  static const char why[] = "the process was forked while the request was on its way";
  while (p->orphans) {
    struct work *w = p->orphans;
    struct hw_exchange *ex = w->ex;
    unlink_from(&p->orphans, w);
    ex->work = NULL;
    ex->sent = 1;
    ex->failed = HW_ERR_TRANSPORT;
    hw_copy(ex->message, sizeof ex->message, why, sizeof why - 1);
    p->finished++;
    ex->done(ex);
  }
}

/* -- the loop ----------------------------------------------------------- */

static void act(struct curl_port *p, curl_socket_t fd, int events) {
  int running;
  curl_multi_socket_action(p->multi, fd, events, &running);
}

static void run_timer(struct curl_port *p, int64_t now) {
  if (p->timer > now)
    return;
  p->timer = INT64_MAX;
  act(p, CURL_SOCKET_TIMEOUT, 0);
}

/* Acting on one socket can change the table, so each entry is looked at anew. */
static void act_on_ready(struct curl_port *p) {
  for (size_t i = 0; i < p->n_fds;) {
    struct pollfd ready = p->fds[i];
    int events = (ready.revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
                 (ready.revents & POLLOUT ? CURL_CSELECT_OUT : 0) | (ready.revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
    p->fds[i].revents = 0;
    if (events)
      act(p, ready.fd, events);
    if (i < p->n_fds && p->fds[i].fd == ready.fd)
      i++;
    else if (!events)
      i++;
  }
}

static int wait_ms(const struct curl_port *p, int64_t now, int64_t until) {
  int64_t ms = (p->timer < until ? p->timer : until) - now;
  return ms < 0 ? 0 : ms > 3600000 ? 3600000 : (int)ms;
}

static int step(struct hw_port *port, int64_t until) {
  struct curl_port *p = (struct curl_port *)port;
  if (p->forks != forks)
    abandon_parent(p);
  for (p->finished = 0;;) {
    int64_t now = mono(port);
    int ready;
    end_orphans(p);
    run_timer(p, now);
    collect(p);
    if (p->finished)
      return 1;
    ready = poll(p->fds, (nfds_t)p->n_fds, wait_ms(p, now, until));
    if (ready < 0 && errno == EINTR)
      return -1;
    if (ready > 0)
      act_on_ready(p);
    collect(p);
    if (p->finished)
      return 1;
    if (mono(port) >= until)
      return 0;
  }
}

static size_t sockets(struct hw_port *port, struct hw_socket *list, size_t max) {
  struct curl_port *p = (struct curl_port *)port;
  for (size_t i = 0; i < p->n_fds && i < max; i++) {
    list[i].fd = p->fds[i].fd;
    list[i].readable = (p->fds[i].events & POLLIN) != 0;
    list[i].writable = (p->fds[i].events & POLLOUT) != 0;
  }
  return p->n_fds;
}

static int64_t deadline(struct hw_port *port) {
  return ((struct curl_port *)port)->timer;
}

/* -- making and ending -------------------------------------------------- */

static CURLM *new_multi(struct curl_port *p) {
  CURLM *m = curl_multi_init();
  if (!m)
    return NULL;
  curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(m, CURLMOPT_SOCKETDATA, p);
  curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(m, CURLMOPT_TIMERDATA, p);
  curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)IDLE_MAX);
  return m;
}

/* After a fork: closing the parent's connections properly would say goodbye in
 * its name, so the handles are left behind and new ones made. */
static void abandon_parent(struct curl_port *p) {
  p->forks = forks;
  p->orphans = p->flying;
  p->flying = NULL;
  p->n_idle = 0;
  p->n_fds = 0;
  p->timer = INT64_MAX;
  p->multi = new_multi(p);
}

static void free_port(struct hw_port *port) {
  struct curl_port *p = (struct curl_port *)port;
  if (p->forks == forks) {
    while (p->n_idle)
      free_work(p->idle[--p->n_idle]);
    curl_multi_cleanup(p->multi);
  }
  free(p->fds);
  free(p);
}

struct hw_port *hw_port_curl(void) {
  static const struct hw_port_ops ops = { wall, mono, start, cancel, step, sockets, deadline, free_port };
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  struct curl_port *p = calloc(1, sizeof *p);
  pthread_once(&once, global_init);
  if (!p)
    return NULL;
  p->base.ops = &ops;
  p->base.refs = 1;
  p->forks = forks;
  p->timer = INT64_MAX;
  if ((p->multi = new_multi(p)))
    return &p->base;
  free(p);
  return NULL;
}

/* Not curl_version(), which asks every library and loads LDAP for it. */
void hw_port_curl_versions(const char **curl, const char **tls) {
  const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
  *curl = built->version;
  *tls = built->ssl_version;
}
