/* SPDX-License-Identifier: Apache-2.0
 * The listener over libmicrohttpd: one thread, waits of its own, bounds on
 * connections, sizes and time. It knows neither Lua nor any service; what an
 * answer says is the handler's business.
 */
#define _GNU_SOURCE 1
#include "httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "word.h"

#define HEADER_MEMORY ((size_t)40 << 10) /* request line and headers of 32 KB, and what the library adds */
#define BODIES_MAX ((size_t)128 << 20)   /* of all connections together */
#define NEVER INT64_MAX

struct exchange { /* one request and its answer */
  struct httpd *server;
  struct peer *peer;
  struct MHD_Connection *connection;
  char *target;
  struct hw_buf body;
  struct httpd_answer answer;
  size_t sent;
  int64_t due; /* asleep until then, or NEVER */
  int begun, too_large, answered;
};

struct peer { /* one connection */
  struct peer *next;
  int fd;
  int64_t deadline;
  struct exchange *exchange;
};

struct httpd {
  struct MHD_Daemon *daemon;
  struct httpd_options options;
  struct peer *peers;
  size_t bodies;
  unsigned port;
  int freed; /* a connection has gone */
};

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -- connections and exchanges ------------------------------------------- */

static struct peer *peer_of(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

static void drop_body(struct exchange *x) {
  x->server->bodies -= x->body.len;
  hw_buf_wipe(&x->body);
}

static void exchange_free(struct exchange *x) {
  if (!x)
    return;
  drop_body(x);
  hw_buf_free(&x->answer.headers);
  hw_buf_free(&x->answer.body);
  free(x->target);
  free(x);
}

static void end_exchange(struct peer *p) {
  exchange_free(p->exchange);
  p->exchange = NULL;
  p->deadline = now_ms() + HTTPD_EXCHANGE_MS;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code) {
  struct httpd *h = arg;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    struct peer *p = calloc(1, sizeof *p);
    *context = p;
    if (!p)
      return;
    p->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    p->deadline = now_ms() + HTTPD_EXCHANGE_MS;
    p->next = h->peers;
    h->peers = p;
  } else if (*context) {
    struct peer **link = &h->peers, *p = *context;
    while (*link != p)
      link = &(*link)->next;
    *link = p->next;
    h->freed = 1;
    exchange_free(p->exchange);
    free(p);
    *context = NULL;
  }
}

/* The one place where the target is still as it came. */
static void *on_request_line(void *arg, const char *target, struct MHD_Connection *connection) {
  struct peer *p = peer_of(connection);
  struct exchange *x = p ? calloc(1, sizeof *x) : NULL;
  if (!x)
    return NULL;
  x->server = arg;
  x->peer = p;
  x->connection = connection;
  x->due = NEVER;
  x->target = strdup(target);
  hw_buf_init(&x->body, HTTPD_BODY_MAX);
  exchange_free(p->exchange);
  p->exchange = x;
  return x;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code) {
  struct peer *p = peer_of(connection);
  (void)arg;
  (void)code;
  if (p)
    end_exchange(p);
  *context = NULL;
}

/* -- answering ----------------------------------------------------------- */

struct headers {
  struct httpd_header list[HTTPD_HEADERS_MAX];
  size_t n;
};

static enum MHD_Result collect_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value) {
  struct headers *h = arg;
  (void)kind;
  if (h->n == HTTPD_HEADERS_MAX)
    return MHD_NO;
  h->list[h->n++] = (struct httpd_header){ name, value ? value : "" };
  return MHD_YES;
}

/* What the library itself says about the connection is not the handler's to say. */
static int is_framing(const char *name) {
  return hw_word_order(name, "Content-Length") == 0 || hw_word_order(name, "Transfer-Encoding") == 0 ||
         hw_word_order(name, "Connection") == 0;
}

static void add_headers(struct MHD_Response *response, const struct hw_buf *headers) {
  const char *at = hw_buf_text(headers), *end = at + headers->len;
  while (at < end) {
    const char *name = at, *value = name + strlen(name) + 1;
    if (!is_framing(name))
      MHD_add_response_header(response, name, value);
    at = value + strlen(value) + 1;
  }
}

static void sleep_until(struct exchange *x, int64_t due) {
  x->due = due;
  MHD_suspend_connection(x->connection);
}

/* One byte a call, then asleep for a while. */
static ssize_t dribble(void *arg, uint64_t position, char *to, size_t max) {
  struct exchange *x = arg;
  int64_t pause = (int64_t)(x->answer.seconds * 1000.0 / (double)(x->answer.body.len ? x->answer.body.len : 1));
  if (position >= x->answer.body.len || !max)
    return MHD_CONTENT_READER_END_OF_STREAM;
  if (x->sent <= position) {
    x->sent = (size_t)position + 1;
    sleep_until(x, now_ms() + (pause > 0 ? pause : 1));
    return 0;
  }
  *to = x->answer.body.data[position];
  return 1;
}

static enum MHD_Result send_answer(struct exchange *x) {
  struct httpd_answer *a = &x->answer;
  enum MHD_Result result;
  struct MHD_Response *response;
  if (!a->status)
    return MHD_NO;
  response =
      a->act == HTTPD_DRIBBLE && a->body.len
          ? MHD_create_response_from_callback(a->body.len, 1024, dribble, x, NULL)
          : MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_PERSISTENT);
  if (!response)
    return MHD_NO;
  add_headers(response, &a->headers);
  result = MHD_queue_response(x->connection, a->status, response);
  MHD_destroy_response(response);
  return result;
}

/* Closing alone would end the stream in good order; leaving the association sends a reset. */
static enum MHD_Result reset(const struct exchange *x) {
  struct sockaddr nobody = { .sa_family = AF_UNSPEC };
  connect(x->peer->fd, &nobody, sizeof nobody);
  return MHD_NO;
}

static enum MHD_Result act(struct exchange *x) {
  int64_t pause = (int64_t)(x->answer.seconds * 1000.0);
  x->answered = 1;
  x->peer->deadline = now_ms() + pause + HTTPD_EXCHANGE_MS;
  switch (x->answer.act) {
  case HTTPD_RESET: return reset(x);
  case HTTPD_STALL:
    sleep_until(x, now_ms() + pause);
    return MHD_YES;
  default: return send_answer(x);
  }
}

static enum MHD_Result refuse(struct exchange *x, unsigned status, const char *what) {
  x->answer.status = status;
  hw_buf_addf(&x->answer.body, "{\"error_code\":\"APIGW.0201\",\"error_msg\":\"%s\"}", what);
  hw_buf_add(&x->answer.headers, "Content-Type\0application/json", sizeof "Content-Type\0application/json");
  return act(x);
}

static enum MHD_Result handle(struct exchange *x, const char *method) {
  struct httpd *h = x->server;
  struct headers headers = { .n = 0 };
  struct httpd_request request = { .method = method, .target = x->target, .headers = headers.list };
  if (x->too_large)
    return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "The body is larger than the gateway takes");
  if (MHD_get_connection_values(x->connection, MHD_HEADER_KIND, NULL, NULL) > HTTPD_HEADERS_MAX)
    return refuse(x, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "There are more headers than the gateway takes");
  MHD_get_connection_values(x->connection, MHD_HEADER_KIND, collect_header, &headers);
  request.n_headers = headers.n;
  request.body = hw_buf_text(&x->body);
  request.body_len = x->body.len;
  h->options.handler(h->options.arg, &request, &x->answer);
  drop_body(x);
  if (x->answer.headers.failed || x->answer.body.failed)
    return MHD_NO;
  return act(x);
}

static void take_bytes(struct exchange *x, const char *bytes, size_t len) {
  struct httpd *h = x->server;
  if (x->too_large)
    return;
  if (x->body.len + len > HTTPD_BODY_MAX || h->bodies + len > BODIES_MAX || hw_buf_add(&x->body, bytes, len)) {
    x->too_large = 1;
    drop_body(x);
    return;
  }
  h->bodies += len;
}

/* Called with the headers, then with each piece of the body, then with none, and again when an asleep exchange wakes. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *len, void **context) {
  struct exchange *x = *context;
  (void)arg;
  (void)connection;
  (void)url;
  (void)version;
  if (!x || !x->target)
    return MHD_NO;
  if (!x->begun) {
    x->begun = 1;
    return MHD_YES;
  }
  if (*len) {
    take_bytes(x, bytes, *len);
    *len = 0;
    return MHD_YES;
  }
  return x->answered ? send_answer(x) : handle(x, method);
}

/* -- time ---------------------------------------------------------------- */

static void wake(struct httpd *h, int64_t now) {
  for (struct peer *p = h->peers; p; p = p->next) {
    struct exchange *x = p->exchange;
    if (x && x->due <= now) {
      x->due = NEVER;
      MHD_resume_connection(x->connection);
    } else if (p->deadline <= now) {
      p->deadline = NEVER;
      shutdown(p->fd, SHUT_RDWR);
    }
  }
}

static int64_t next_due(const struct httpd *h) {
  int64_t next = NEVER;
  for (const struct peer *p = h->peers; p; p = p->next) {
    if (p->deadline < next)
      next = p->deadline;
    if (p->exchange && p->exchange->due < next)
      next = p->exchange->due;
  }
  return next;
}

static void wait_once(struct httpd *h, int epoll_fd, const sigset_t *waiting) {
  MHD_UNSIGNED_LONG_LONG library;
  int64_t now = now_ms(), left = next_due(h) == NEVER ? NEVER : next_due(h) - now;
  struct timespec t;
  struct pollfd set = { .fd = epoll_fd, .events = POLLIN };
  if (MHD_get_timeout(h->daemon, &library) == MHD_YES && (int64_t)library < left)
    left = (int64_t)library;
  if (left < 0)
    left = 0;
  t = (struct timespec){ .tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000 };
  ppoll(&set, 1, left == NEVER ? NULL : &t, waiting);
}

void httpd_serve(struct httpd *h, int (*stop)(void), const sigset_t *waiting) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
  while (info && !stop()) {
    wait_once(h, info->listen_fd, waiting);
    wake(h, now_ms());
    do { /* at its limit the library looks for new connections only on the next run after one has gone */
      h->freed = 0;
      MHD_run(h->daemon);
    } while (h->freed);
  }
}

/* -- opening and closing ------------------------------------------------- */

struct place {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } at;
  socklen_t len;
};

static int is_loopback(const struct place *p) {
  if (p->at.any.sa_family == AF_INET)
    return (ntohl(p->at.v4.sin_addr.s_addr) >> 24) == 127;
  return IN6_IS_ADDR_LOOPBACK(&p->at.v6.sin6_addr);
}

static int find_place(const struct httpd_options *o, struct place *p) {
  const char *address = strcmp(o->address, "localhost") == 0 ? "127.0.0.1" : o->address;
  memset(p, 0, sizeof *p);
  if (inet_pton(AF_INET, address, &p->at.v4.sin_addr) == 1) {
    p->at.v4.sin_family = AF_INET;
    p->at.v4.sin_port = htons((uint16_t)o->port);
    p->len = sizeof p->at.v4;
    return 0;
  }
  if (inet_pton(AF_INET6, address, &p->at.v6.sin6_addr) == 1) {
    p->at.v6.sin6_family = AF_INET6;
    p->at.v6.sin6_port = htons((uint16_t)o->port);
    p->len = sizeof p->at.v6;
    return 0;
  }
  return -1;
}

static int open_socket(struct place *p) {
  int yes = 1, fd = socket(p->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, &p->at.any, p->len) || listen(fd, HTTPD_CONNECTIONS) || getsockname(fd, &p->at.any, &p->len)) {
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
  }
  return fd;
}

static struct MHD_Daemon *start(struct httpd *h, int fd) {
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
  struct MHD_OptionItem tls[] = {
    { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)h->options.certificate },
    { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)h->options.key },
    { MHD_OPTION_END, 0, NULL },
  };
  if (h->options.certificate)
    flags |= MHD_USE_TLS;
  else
    tls[0].option = MHD_OPTION_END;
  return MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, fd,
                          MHD_OPTION_CONNECTION_LIMIT, HTTPD_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                          HEADER_MEMORY, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
                          MHD_OPTION_URI_LOG_CALLBACK, on_request_line, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                          h, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static int listening_socket(struct httpd *h, char *why, size_t size) {
  struct place place;
  int fd;
  if (find_place(&h->options, &place)) {
    snprintf(why, size, "%s is not an address; give one such as 127.0.0.1 or ::1", h->options.address);
    return -1;
  }
  if (!is_loopback(&place) && !h->options.remote) {
    snprintf(why, size, "%s can be reached from other machines; say --remote if that is meant", h->options.address);
    return -1;
  }
  fd = open_socket(&place);
  if (fd < 0)
    snprintf(why, size, "cannot listen on %s, port %u: %s", h->options.address, h->options.port, strerror(errno));
  else
    h->port = ntohs(place.at.any.sa_family == AF_INET ? place.at.v4.sin_port : place.at.v6.sin6_port);
  return fd;
}

struct httpd *httpd_open(const struct httpd_options *options, char *why, size_t size) {
  struct httpd *h = calloc(1, sizeof *h);
  int fd;
  if (!h) {
    snprintf(why, size, "out of memory");
    return NULL;
  }
  h->options = *options;
  fd = listening_socket(h, why, size);
  if (fd < 0) {
    free(h);
    return NULL;
  }
  h->daemon = start(h, fd);
  if (!h->daemon) {
    snprintf(why, size, options->certificate ? "the listener did not start: check that the certificate and the key are PEM and belong together"
                                             : "the listener did not start");
    close(fd);
    free(h);
    return NULL;
  }
  return h;
}

unsigned httpd_port(const struct httpd *h) {
  return h->port;
}

const char *httpd_version(void) {
  return MHD_get_version();
}

void httpd_close(struct httpd *h) {
  if (!h)
    return;
  /* The library refuses to stop with connections asleep. */
  for (struct peer *p = h->peers; p; p = p->next)
    if (p->exchange && p->exchange->due != NEVER) {
      p->exchange->due = NEVER;
      MHD_resume_connection(p->exchange->connection);
    }
  MHD_stop_daemon(h->daemon);
  free(h);
}
