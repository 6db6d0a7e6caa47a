/* SPDX-License-Identifier: Apache-2.0
 * Where a service is. Looks nothing up on the network; knows the platform's
 * pattern and its exceptions, checks addresses given as text, and keeps
 * credentials off plain http to other machines.
 */
#define _DEFAULT_SOURCE
#include "endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

#define REGION_MAX 64
#define SERVICE_MAX 32
#define HOST_MAX 253
#define BASE_MAX 512

/* Regions where the platform lists ddm, dws and dbss alike. */
static const char *const known[] = {
  "ap-southeast-1", "cn-east-2",  "cn-east-3",  "cn-north-1",       "cn-north-4",  "cn-north-9",  "cn-south-1",
  "cn-southwest-2", "la-north-2", "la-south-2", "my-kualalumpur-1", "ru-moscow-1", "sa-brazil-1", NULL,
};

/* Endpoints of the platform that do not end in its usual domain. */
static const struct exception {
  const char *region, *service; /* service NULL: any */
  const char *domain;
} exceptions[] = {
  { "eu-west-101", NULL, "myhuaweicloud.eu" },  { "cn-south-4", "dws", "myhuaweicloud.cn" },
  { "cn-north-12", "dws", "myhuaweicloud.cn" }, { "cn-east-4", "dws", "myhuaweicloud.cn" },
  { "tr-west-1", "dws", "myhuaweicloud.cn" },   { "ap-southeast-4", "dws", "myhuaweicloud.cn" },
};

struct address {
  const char *name; /* of the setting, for errors */
  struct hw_error *e;
  int allow_http;
};

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

static int is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

static int is_alnum(char c) {
  return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z');
}

static char upper(char c) {
  return is_lower(c) ? (char)(c & ~32) : c;
}

static int given(const char *text) {
  return text && *text;
}

/* ---- regions ---- */

static int region_form(const char *s) {
  size_t i = 2;
  if (strlen(s) > REGION_MAX || !is_lower(s[0]) || !is_lower(s[1]) || s[2] != '-')
    return 0;
  for (; s[i]; i++) {
    if (s[i] == '-' ? s[i - 1] == '-' : !is_lower(s[i]) && !is_digit(s[i]))
      return 0;
  }
  return s[i - 1] != '-';
}

/* A region may come from anywhere: only what cannot upset a terminal is shown. */
static void printable(const char *text, struct hw_buf *to) {
  size_t i = 0;
  for (; text[i] && i < REGION_MAX; i++)
    hw_buf_addc(to, text[i] > ' ' && text[i] < 0x7f ? text[i] : '?');
  if (text[i])
    hw_buf_adds(to, "...");
}

int hw_region_check(const char *region, struct hw_error *e) {
  struct hw_buf shown = { 0 };
  if (region_form(region))
    return 0;
  printable(region, &shown);
  hw_fail(e, HW_ERR_USAGE, "\"%s\" has not the form of a region", hw_buf_text(&shown));
  hw_buf_free(&shown);
  return hw_remedy(e, "give a region such as cn-north-4 (region, HUAWEICLOUD_SDK_REGION or HW_REGION_NAME)");
}

static int service_check(const char *service, struct hw_error *e) {
  struct hw_buf shown = { 0 };
  size_t i = 0;
  if (service && is_lower(*service))
    while (is_lower(service[i]) || is_digit(service[i]) || service[i] == '-')
      i++;
  if (i && i <= SERVICE_MAX && !service[i] && service[i - 1] != '-')
    return 0;
  printable(service ? service : "", &shown);
  hw_fail(e, HW_ERR_USAGE, "\"%s\" has not the form of a service's name", hw_buf_text(&shown));
  hw_buf_free(&shown);
  return hw_remedy(e, "give the short name, such as ddm, dws, dbss, iam or rds");
}

/* ---- addresses given as text ---- */

static int refuse(const struct address *a, const char *what) {
  hw_fail(a->e, HW_ERR_USAGE, "%s %s", a->name, what);
  return hw_remedy(a->e, "write it as https://host, with :port and /path where needed");
}

/* Exactly four decimal numbers: "127.1" and "0177.0.0.1" are read differently by different resolvers. */
static int ipv4(const char *host, size_t len, unsigned parts[4]) {
  size_t i = 0;
  for (int part = 0; part < 4; part++) {
    size_t first = i;
    for (parts[part] = 0; i < len && is_digit(host[i]) && i - first < 3; i++)
      parts[part] = parts[part] * 10 + (unsigned)(host[i] - '0');
    if (i == first || parts[part] > 255 || (host[first] == '0' && i - first > 1))
      return 0;
    if (part < 3 && (i == len || host[i++] != '.'))
      return 0;
  }
  return i == len;
}

static int ipv6(const char *host, size_t len, struct in6_addr *to) {
  char text[INET6_ADDRSTRLEN];
  if (len >= sizeof text || memchr(host, '\0', len))
    return 0;
  memcpy(text, host, len);
  text[len] = '\0';
  return inet_pton(AF_INET6, text, to) == 1;
}

static int is_word(const char *text, size_t len, const char *word) {
  return strlen(word) == len && hw_word_begins(text, word, len);
}

int hw_host_is_loopback(const char *host, size_t len) {
  struct in6_addr address;
  unsigned parts[4];
  if (len > 2 && host[0] == '[' && host[len - 1] == ']')
    return ipv6(host + 1, len - 2, &address) && IN6_IS_ADDR_LOOPBACK(&address);
  if (is_word(host, len, "localhost"))
    return 1;
  if (ipv4(host, len, parts))
    return parts[0] == 127;
  return ipv6(host, len, &address) && IN6_IS_ADDR_LOOPBACK(&address);
}

static int host_form(const char *host, size_t len) {
  struct in6_addr address;
  if (len > 2 && host[0] == '[')
    return host[len - 1] == ']' && ipv6(host + 1, len - 2, &address);
  if (!len || len > HOST_MAX || host[0] == '.' || host[len - 1] == '.')
    return 0;
  for (size_t i = 0; i < len; i++)
    if (host[i] == '.' ? host[i - 1] == '.' : !is_alnum(host[i]) && host[i] != '-' && host[i] != '_')
      return 0;
  return 1;
}

static int port_form(const char *port, size_t len) {
  unsigned value = 0;
  if (!len || len > 5 || port[0] == '0')
    return 0;
  for (size_t i = 0; i < len; i++) {
    if (!is_digit(port[i]))
      return 0;
    value = value * 10 + (unsigned)(port[i] - '0');
  }
  return value <= 65535;
}

static int base_form(const char *base, size_t len) {
  size_t start = 1;
  if (len > BASE_MAX || base[0] != '/')
    return 0;
  for (size_t i = 1; i <= len; i++) {
    if (i < len && base[i] != '/') {
      if (!is_alnum(base[i]) && !memchr("-._~", base[i], 4))
        return 0;
      continue;
    }
    if (i == start || (i - start <= 2 && !memcmp(base + start, "..", i - start)))
      return 0;
    start = i + 1;
  }
  return 1;
}

static size_t host_length(const char *at) {
  size_t len = 0;
  if (*at == '[') {
    const char *end = strchr(at, ']');
    return end ? (size_t)(end - at) + 1 : strlen(at);
  }
  while (at[len] && at[len] != ':' && at[len] != '/')
    len++;
  return len;
}

static int check_text(const struct address *a, const char *text) {
  const char *slash;
  for (const char *at = text; *at; at++)
    if (*at <= ' ' || *at >= 0x7f)
      return refuse(a, "holds a space, a control character or a letter beyond ASCII");
  if (strchr(text, '?') || strchr(text, '#'))
    return refuse(a, "has a query or a fragment");
  slash = strstr(text, "://");
  if (!slash || !(is_word(text, (size_t)(slash - text), "https") || is_word(text, (size_t)(slash - text), "http")))
    return refuse(a, "does not start with https:// or http://");
  if (strchr(text, '@'))
    return refuse(a, "holds a user name or a password");
  return 0;
}

static int check_plain(const struct address *a, const char *host, size_t len) {
  if (a->allow_http || hw_host_is_loopback(host, len))
    return 0;
  hw_fail(a->e, HW_ERR_USAGE, "%s uses plain http to another machine (%.*s)", a->name, (int)len, host);
  return hw_remedy(a->e, "use https, or set allow_http if every network between can be trusted");
}

/* Takes the address apart and puts it together again in one form. */
static int add_address(const struct address *a, const char *text, struct hw_buf *url) {
  const char *host, *port = NULL, *base;
  size_t host_len, port_len = 0, base_len;
  int plain;
  if (check_text(a, text))
    return -1;
  plain = hw_lower(text[4]) != 's';
  host = text + (plain ? 7 : 8);
  host_len = host_length(host);
  if (!host_form(host, host_len))
    return refuse(a, "has no valid host name");
  base = host + host_len;
  if (*base == ':') {
    port = base + 1;
    port_len = strcspn(port, "/");
    base = port + port_len;
    if (!port_form(port, port_len))
      return refuse(a, "has a port that is not a number from 1 to 65535");
  }
  base_len = strlen(base);
  if (base_len && base[base_len - 1] == '/')
    base_len--;
  if (base_len && !base_form(base, base_len))
    return refuse(a, "has a path that does not start with /, or holds an empty part, dots alone or escapes");
  if (plain && check_plain(a, host, host_len))
    return -1;
  hw_buf_adds(url, plain ? "http://" : "https://");
  for (size_t i = 0; i < host_len; i++)
    hw_buf_addc(url, hw_lower(host[i]));
  if (port)
    hw_buf_addf(url, ":%.*s", (int)port_len, port);
  return hw_buf_add(url, base, base_len) ? hw_fail_memory(a->e) : 0;
}

/* ---- which address ---- */

static const char *environment(const struct hw_endpoint_request *r, const char *variable) {
  const char *value = r->env ? r->env(r->env_arg, variable) : getenv(variable);
  return given(value) ? value : NULL;
}

static void add_variable(struct hw_buf *name, const char *part) {
  for (; *part; part++)
    hw_buf_addc(name, *part == '-' ? '_' : upper(*part));
}

/* 1: a variable gave the address; 0: none is set; -1: it is bad. */
static int from_variable(const struct hw_endpoint_request *r, int sdk, struct hw_buf *url, struct hw_error *e) {
  struct hw_buf name = { 0 };
  const char *value;
  int result = 0;
  hw_buf_adds(&name, sdk ? "HUAWEICLOUD_SDK_REGION_" : "HWDB_ENDPOINT_");
  add_variable(&name, r->service);
  if (sdk) {
    hw_buf_addc(&name, '_');
    add_variable(&name, r->region);
  }
  if (name.failed)
    return hw_fail_memory(e);
  value = environment(r, name.data);
  if (value) {
    struct address a = { name.data, e, r->allow_http };
    result = add_address(&a, value, url) ? -1 : 1;
  }
  hw_buf_free(&name);
  return result;
}

static int from_argument(const struct hw_endpoint_request *r, struct hw_buf *url, struct hw_error *e) {
  struct hw_buf name = { 0 };
  struct address a = { r->endpoint_name, e, r->allow_http };
  int result;
  if (!a.name) {
    if (hw_buf_addf(&name, "endpoints.%s", r->service))
      return hw_fail_memory(e);
    a.name = name.data;
  }
  result = add_address(&a, r->endpoint, url);
  hw_buf_free(&name);
  return result;
}

static const char *domain_of(const struct hw_endpoint_request *r, const char *domain) {
  if (strcmp(domain, HW_DEFAULT_DOMAIN) != 0 || !r->region)
    return domain;
  for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
    if (!strcmp(r->region, exceptions[i].region) &&
        (!exceptions[i].service || !strcmp(r->service, exceptions[i].service)))
      return exceptions[i].domain;
  return domain;
}

static int is_listed(const char *service) {
  return !strcmp(service, "ddm") || !strcmp(service, "dws") || !strcmp(service, "dbss");
}

static int is_known(const char *region) {
  for (size_t i = 0; known[i]; i++)
    if (!strcmp(region, known[i]))
      return 1;
  return 0;
}

static void note_region(const struct hw_endpoint_request *r, const char *host, struct hw_buf *note) {
  hw_buf_addf(note, "region %s is not known to offer %s; %s is tried (another address: HWDB_ENDPOINT_", r->region,
              r->service, host);
  add_variable(note, r->service);
  hw_buf_adds(note, ")\n");
}

static int from_pattern(const struct hw_endpoint_request *r, struct hw_buf *url, struct hw_buf *note,
                        struct hw_error *e) {
  const char *asked = given(r->domain) ? r->domain : environment(r, "HW_CLOUD");
  const char *domain = domain_of(r, asked ? asked : HW_DEFAULT_DOMAIN);
  struct hw_buf host = { 0 };
  int result;
  if (!host_form(domain, strlen(domain)) || *domain == '[') {
    hw_fail(e, HW_ERR_USAGE, "the cloud's domain (%s) is not a domain name", given(r->domain) ? "domain" : "HW_CLOUD");
    return hw_remedy(e, "give a name such as " HW_DEFAULT_DOMAIN ", without https://");
  }
  hw_buf_addf(&host, "https://%s%s%s.", r->service, r->region ? "." : "", r->region ? r->region : "");
  for (const char *at = domain; *at; at++)
    hw_buf_addc(&host, hw_lower(*at));
  if (note && r->region && is_listed(r->service) && !is_known(r->region) && !strcmp(domain, HW_DEFAULT_DOMAIN))
    note_region(r, hw_buf_text(&host), note);
  result = hw_buf_adds(url, hw_buf_text(&host)) || host.failed ? hw_fail_memory(e) : 0;
  hw_buf_free(&host);
  return result;
}

int hw_endpoint(const struct hw_endpoint_request *r, struct hw_buf *url, struct hw_buf *note, struct hw_error *e) {
  struct hw_endpoint_request own = *r;
  int result;
  own.region = given(r->region) ? r->region : NULL;
  if (service_check(r->service, e) || (own.region && hw_region_check(own.region, e)))
    return -1;
  if (given(r->endpoint))
    return from_argument(&own, url, e);
  if ((result = from_variable(&own, 0, url, e)) || (own.region && (result = from_variable(&own, 1, url, e))))
    return result < 0 ? -1 : 0;
  if (!strcmp(r->service, "iam") && given(r->iam_endpoint)) {
    struct address a = { "iam_endpoint", e, r->allow_http };
    return add_address(&a, r->iam_endpoint, url);
  }
  if (!strcmp(r->service, "bss"))
    own.region = NULL;
  else if (!own.region && strcmp(r->service, "iam") != 0) {
    hw_fail(e, HW_ERR_USAGE, "no region is given, and no address of %s", r->service);
    return hw_remedy(e, "give region, HUAWEICLOUD_SDK_REGION or HW_REGION_NAME, or the address (endpoints.%s)",
                     r->service);
  }
  return from_pattern(&own, url, note, e);
}
