/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `stages`, for specs only: the core's stages one by one, as they
 * are reached from C. Its own malloc and free count what the stages hold and
 * fail on demand.
 */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <dlfcn.h>
#include <lauxlib.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "credentials.h"
#include "diagnose.h"
#include "endpoint.h"
#include "json.h"
#include "login.h"
#include "metadata.h"
#include "pace.h"
#include "profile.h"
#include "reply.h"
#include "request.h"
#include "sign.h"
#include "uri.h"

__attribute__((visibility("default"))) int luaopen_stages(lua_State *L);

/* -- memory that counts and fails --------------------------------------- */

static long held, until_failure = -1, failures;

/* Hidden symbols: the linker binds the stages inside this module to them. Looked up
 * by name, so that a sanitizer's own allocator stays underneath. */
static void *real(const char *name) {
  return dlsym(RTLD_DEFAULT, name);
}

static int refused(void) {
  if (until_failure < 0)
    return 0;
  if (until_failure > 0) {
    until_failure--;
    return 0;
  }
  failures++;
  return 1;
}

static void *counted(void *p) {
  held += p != NULL;
  return p;
}

void *malloc(size_t size) {
  static void *(*next)(size_t);
  if (!next)
    *(void **)&next = real("malloc");
  return refused() ? NULL : counted(next(size));
}

void *calloc(size_t n, size_t size) {
  static void *(*next)(size_t, size_t);
  if (!next)
    *(void **)&next = real("calloc");
  return refused() ? NULL : counted(next(n, size));
}

void *realloc(void *p, size_t size) {
  static void *(*next)(void *, size_t);
  if (!next)
    *(void **)&next = real("realloc");
  if (refused())
    return NULL;
  return p ? next(p, size) : counted(next(p, size));
}

char *strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

void free(void *p) {
  static void (*next)(void *);
  if (!next)
    *(void **)&next = real("free");
  held -= p != NULL;
  next(p);
}

/* fail_after(n): n requests for memory are served, then none. fail_after() ends
 * that and returns how many were refused. */
static int fail_after(lua_State *L) {
  cJSON_Hooks hooks = { malloc, free };
  lua_Integer n = luaL_optinteger(L, 1, -1);
  lua_pushinteger(L, failures);
  cJSON_InitHooks(n < 0 ? NULL : &hooks);
  until_failure = (long)n;
  failures = 0;
  return 1;
}

/* held() -> pieces of memory that the stages have not given back */
static int memory_held(lua_State *L) {
  lua_pushinteger(L, held);
  return 1;
}

/* -- values between Lua and C ------------------------------------------- */

/* The text stays alive with its table. */
static const char *text_in(lua_State *L, int table, const char *key) {
  const char *text;
  lua_getfield(L, table, key);
  text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  lua_pop(L, 1);
  return text;
}

static lua_Integer integer_in(lua_State *L, int table, const char *key) {
  lua_Integer n;
  lua_getfield(L, table, key);
  n = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return n;
}

static int true_in(lua_State *L, int table, const char *key) {
  int is;
  lua_getfield(L, table, key);
  is = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is;
}

static void set_text(lua_State *L, const char *key, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, key);
}

static void set_bytes(lua_State *L, const char *key, const struct hw_buf *b) {
  lua_pushlstring(L, hw_buf_text(b), b->len);
  lua_setfield(L, -2, key);
}

static void set_integer(lua_State *L, const char *key, lua_Integer n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, key);
}

static void set_true(lua_State *L, const char *key, int is) {
  lua_pushboolean(L, is);
  lua_setfield(L, -2, key);
}

static void set_present(lua_State *L, const char *key, const char *text) {
  if (text && *text)
    set_text(L, key, text);
}

/* "path\tmessage\n"... as { "path: message", ... } */
static void set_lines(lua_State *L, const char *key, const char *lines) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (; *lines; lines += strcspn(lines, "\n") + 1) {
    size_t path = strcspn(lines, "\t"), line = strcspn(lines, "\n");
    lua_pushlstring(L, lines, path);
    lua_pushliteral(L, ": ");
    lua_pushlstring(L, lines + path + 1, line - path - 1);
    lua_concat(L, 3);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, key);
}

static void push_error(lua_State *L, const struct hw_error *e) {
  lua_newtable(L);
  set_text(L, "kind", hw_error_word(e->kind));
  set_bytes(L, "message", &e->message);
  set_present(L, "remedy", hw_buf_text(&e->remedy));
  set_present(L, "code", e->code);
  set_present(L, "request_id", e->request_id);
  set_present(L, "operation", e->operation);
  set_lines(L, "problems", hw_buf_text(&e->problems));
  set_lines(L, "warnings", hw_buf_text(&e->warnings));
  set_integer(L, "status", e->status);
  set_integer(L, "retry_after_ms", e->retry_after_ms);
  set_true(L, "retryable", e->retryable);
}

/* nil and the error, which is given back. */
static int failed(lua_State *L, struct hw_error *e) {
  lua_pushnil(L);
  push_error(L, e);
  hw_error_free(e);
  return 2;
}

static struct cJSON *tree_at(lua_State *L, int index) {
  size_t len;
  const char *text = luaL_checklstring(L, index, &len);
  long kept = until_failure;
  struct cJSON *tree;
  until_failure = -1; /* the spec's own needs do not count */
  tree = hw_json_parse(text, len, NULL);
  until_failure = kept;
  if (!tree)
    luaL_error(L, "not JSON: %s", text);
  return tree;
}

/* A variable of the table `arg` points to. */
struct variables {
  lua_State *L;
  int table;
};

static const char *variable(void *arg, const char *name) {
  struct variables *v = arg;
  return text_in(v->L, v->table, name);
}

/* -- rows ---------------------------------------------------------------- */

static enum hw_type type_in(lua_State *L, int table, const char *key) {
  const char *word = text_in(L, table, key);
  for (int t = HW_STRING; word && t <= HW_MAP; t++)
    if (strcmp(word, hw_type_word((enum hw_type)t)) == 0)
      return (enum hw_type)t;
  return (enum hw_type)0;
}

static unsigned flags_in(lua_State *L, int table) {
  static const struct {
    const char *key;
    unsigned flag;
  } words[] = { { "path", HW_PATH },     { "query", HW_QUERY },   { "header", HW_HEADER }, { "body", HW_BODY },
                { "required", HW_REQUIRED }, { "secret", HW_SECRET }, { "id", HW_ID },      { "either", HW_EITHER },
                { "send", HW_SEND },     { "soft", HW_SOFT },     { "whole", HW_WHOLE },   { "nullable", HW_NULLABLE },
                { "min", HW_MIN },       { "max", HW_MAX } };
  unsigned flags = 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (true_in(L, table, words[i].key))
      flags |= words[i].flag;
  return flags;
}

static struct hw_field *new_fields(lua_State *L, int list);

static void read_field(lua_State *L, int at, struct hw_field *f) {
  f->name = text_in(L, at, "name");
  f->type = type_in(L, at, "type");
  f->items = type_in(L, at, "items");
  f->flags = flags_in(L, at);
  f->oneof = text_in(L, at, "oneof");
  f->pattern = text_in(L, at, "pattern");
  f->def = text_in(L, at, "default");
  f->alias = text_in(L, at, "alias");
  f->min = integer_in(L, at, "min");
  f->max = integer_in(L, at, "max");
  f->min_len = (unsigned)integer_in(L, at, "min_length");
  f->max_len = (unsigned)integer_in(L, at, "max_length");
  if (lua_getfield(L, at, "fields") == LUA_TTABLE)
    f->fields = new_fields(L, lua_gettop(L));
}

/* Leaves what it makes on the stack, so that it lives as long as the function runs. */
static struct hw_field *new_fields(lua_State *L, int list) {
  size_t n = lua_rawlen(L, list);
  struct hw_field *fields = lua_newuserdatauv(L, (n + 1) * sizeof *fields, 0);
  memset(fields, 0, (n + 1) * sizeof *fields);
  for (size_t i = 0; i < n; i++) {
    luaL_checkstack(L, 8, "fields");
    lua_rawgeti(L, list, (lua_Integer)i + 1);
    read_field(L, lua_gettop(L), &fields[i]);
  }
  return fields;
}

static const struct hw_op *made_row(lua_State *L, int at) {
  struct hw_op *op = lua_newuserdatauv(L, sizeof *op, 0);
  memset(op, 0, sizeof *op);
  op->name = text_in(L, at, "name");
  op->method = text_in(L, at, "method");
  op->path = text_in(L, at, "path");
  op->kind = HW_SET;
  op->flags = true_in(L, at, "empty_body") ? HW_EMPTY_BODY : 0;
  if (lua_getfield(L, at, "params") == LUA_TTABLE)
    op->in = new_fields(L, lua_gettop(L));
  if (lua_getfield(L, at, "answer") == LUA_TTABLE)
    op->out = new_fields(L, lua_gettop(L));
  return op;
}

/* "ddm.show_instance", or a table that describes a row of its own. */
static const struct hw_op *row_at(lua_State *L, int index) {
  char service[32];
  const char *name, *dot;
  const struct hw_op *op;
  if (lua_istable(L, index))
    return made_row(L, index);
  name = luaL_checkstring(L, index);
  dot = strchr(name, '.');
  luaL_argcheck(L, dot != NULL, index, "SERVICE.OPERATION");
  hw_copy(service, sizeof service, name, (size_t)(dot - name));
  op = hw_op_find(service, dot + 1);
  luaL_argcheck(L, op != NULL, index, "an operation");
  return op;
}

/* op_find(service, name) -> the row's name, its service; or nil */
static int op_find(lua_State *L) {
  const struct hw_op *op = hw_op_find(luaL_checkstring(L, 1), luaL_checkstring(L, 2));
  if (!op)
    return 0;
  lua_pushstring(L, op->name);
  lua_pushstring(L, hw_op_chapter(op)->service);
  return 2;
}

static int op_suggest(lua_State *L) {
  lua_pushstring(L, hw_op_suggest(luaL_optstring(L, 1, NULL), luaL_checkstring(L, 2)));
  return 1;
}

/* -- buf ----------------------------------------------------------------- */

#define BUF "stages.buf"

static struct hw_buf *buf_at(lua_State *L) {
  return luaL_checkudata(L, 1, BUF);
}

static int buf_new(lua_State *L) {
  size_t max = (size_t)luaL_optinteger(L, 1, 0);
  struct hw_buf *b = lua_newuserdatauv(L, sizeof *b, 0);
  hw_buf_init(b, max);
  luaL_setmetatable(L, BUF);
  return 1;
}

static int buf_release(lua_State *L) {
  hw_buf_free(buf_at(L));
  return 0;
}

static int buf_add(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 2, &len);
  lua_pushinteger(L, hw_buf_add(buf_at(L), text, len));
  return 1;
}

static int buf_addc(lua_State *L) {
  lua_pushinteger(L, hw_buf_addc(buf_at(L), (char)luaL_checkinteger(L, 2)));
  return 1;
}

/* addf(text, integer): "%s=%d" */
static int buf_addf(lua_State *L) {
  lua_pushinteger(L, hw_buf_addf(buf_at(L), "%s=%d", luaL_checkstring(L, 2), (int)luaL_checkinteger(L, 3)));
  return 1;
}

static int buf_room(lua_State *L) {
  lua_pushboolean(L, hw_buf_room(buf_at(L), (size_t)luaL_checkinteger(L, 2)) != NULL);
  return 1;
}

static int buf_clear(lua_State *L) {
  hw_buf_clear(buf_at(L));
  return 0;
}

static int buf_wipe(lua_State *L) {
  hw_buf_wipe(buf_at(L));
  return 0;
}

/* state() -> text, length, failed, and whether a NUL follows the text */
static int buf_state(lua_State *L) {
  const struct hw_buf *b = buf_at(L);
  lua_pushlstring(L, hw_buf_text(b), b->len);
  lua_pushinteger(L, (lua_Integer)b->len);
  lua_pushboolean(L, b->failed);
  lua_pushboolean(L, hw_buf_text(b)[b->len] == '\0');
  return 4;
}

/* -- errors -------------------------------------------------------------- */

/* error_filled(kind number, message, remedy) -> the error after being filled, cleared and filled again */
static int error_filled(lua_State *L) {
  struct hw_error e = { 0 };
  hw_fail(&e, HW_ERR_API, "%s", "an earlier message that is longer than the later one");
  hw_remedy(&e, "%s", "earlier");
  e.status = 500;
  hw_buf_adds(&e.problems, "a\tb\n");
  hw_error_clear(&e);
  lua_pushinteger(L, hw_fail(&e, (enum hw_error_kind)luaL_checkinteger(L, 1), "%s", luaL_checkstring(L, 2)));
  lua_pushinteger(L, hw_remedy(&e, "%s", luaL_checkstring(L, 3)));
  push_error(L, &e);
  hw_error_free(&e);
  return 3;
}

static int error_word(lua_State *L) {
  lua_pushstring(L, hw_error_word((enum hw_error_kind)luaL_checkinteger(L, 1)));
  return 1;
}

/* copied(text, size) -> what fits into an array of that size */
static int copied(lua_State *L) {
  char to[128];
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  size_t size = (size_t)luaL_checkinteger(L, 2);
  luaL_argcheck(L, size > 0 && size <= sizeof to, 2, "1 to 128");
  hw_copy(to, size, text, len);
  lua_pushstring(L, to);
  return 1;
}

/* error_nobody() -> what the functions return without an error to fill */
static int error_nobody(lua_State *L) {
  lua_pushinteger(L, hw_fail(NULL, HW_ERR_API, "x"));
  lua_pushinteger(L, hw_remedy(NULL, "x"));
  lua_pushinteger(L, hw_fail_memory(NULL));
  return 3;
}

/* -- json ---------------------------------------------------------------- */

struct events {
  lua_State *L;
  lua_Integer n;
  lua_Integer stop_at;
};

static int note_event(void *to, enum hw_json_event event, const char *text, size_t len) {
  static const char *const words[] = { "null", "false", "true", "number", "string", "key", "[", "]", "{", "}" };
  struct events *list = to;
  lua_pushstring(list->L, words[event]);
  if (text) {
    lua_pushliteral(list->L, " ");
    lua_pushlstring(list->L, text, len);
    lua_concat(list->L, 3);
  }
  lua_rawseti(list->L, -2, ++list->n);
  return list->n == list->stop_at ? -1 : 0;
}

/* json_events(text, stop_at?) -> list of what the reader tells, or nil, error */
static int json_events(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_buf scratch = { 0 };
  struct hw_error e = { 0 };
  struct events list = { L, 0, luaL_optinteger(L, 2, 0) };
  int result;
  lua_newtable(L);
  result = hw_json_read(text, len, &scratch, note_event, &list, &e);
  hw_buf_free(&scratch);
  if (result)
    return failed(L, &e);
  hw_error_free(&e);
  return 1;
}

static int push_written(lua_State *L, const struct cJSON *tree) {
  struct hw_buf b = { 0 };
  int result = hw_json_write(tree, &b);
  if (result)
    lua_pushnil(L);
  else
    lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 1;
}

/* json_tree(text, sort?) -> the tree written again, or nil, error */
static int json_tree(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_error e = { 0 };
  struct cJSON *tree = hw_json_parse(text, len, &e), *copy;
  if (!tree)
    return failed(L, &e);
  hw_error_free(&e);
  if (lua_toboolean(L, 2))
    hw_json_sort(tree);
  copy = hw_json_copy(tree);
  hw_json_free(tree);
  if (copy)
    push_written(L, copy);
  else
    lua_pushnil(L);
  hw_json_free(copy);
  return 1;
}

/* json_member(text, key) -> type word, text form, integer, double; nothing if there is no such member */
static int json_member(lua_State *L) {
  struct cJSON *tree = tree_at(L, 1);
  const struct cJSON *node = hw_json_get(tree, luaL_checkstring(L, 2));
  int64_t n;
  int results = 0;
  if (node) {
    lua_pushstring(L, hw_json_type_word(node));
    lua_pushstring(L, hw_json_text(node));
    if (hw_json_int(node, &n))
      lua_pushnil(L);
    else
      lua_pushinteger(L, n);
    lua_pushstring(L, hw_json_get_text(tree, lua_tostring(L, 2)));
    results = 4;
  }
  hw_json_free(tree);
  return results;
}

/* json_made(integer) -> {"n":integer,"t":[true,null]} without its second member, then sorted */
static int json_made(lua_State *L) {
  struct cJSON *o = hw_json_object(), *list = hw_json_array();
  hw_json_put(o, "t", list);
  hw_json_put(o, "gone", hw_json_boolean(0));
  hw_json_put(o, "n", hw_json_integer(luaL_checkinteger(L, 1)));
  hw_json_push(list, hw_json_boolean(1));
  hw_json_push(list, hw_json_null());
  hw_json_free(hw_json_detach(o, hw_json_get(o, "gone")));
  hw_json_sort(o);
  lua_pushinteger(L, hw_json_put(NULL, "x", hw_json_null()));
  lua_pushinteger(L, hw_json_push(list, NULL));
  push_written(L, o);
  lua_insert(L, -3);
  hw_json_free(o);
  return 3;
}

static int json_is_number(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  int integer = 0, is = hw_json_is_number(text, len, &integer);
  lua_pushboolean(L, is);
  lua_pushboolean(L, is && integer);
  return 2;
}

static int json_quote(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_buf b = { 0 };
  hw_json_quote(text, len, &b);
  lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 1;
}

static int utf8_len(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_pushinteger(L, hw_utf8_len((const unsigned char *)text, len));
  return 1;
}

/* -- uri ----------------------------------------------------------------- */

typedef int (*rewrite)(struct hw_buf *to, const char *text, size_t len);

static int rewritten(lua_State *L, rewrite change) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_buf b = { 0 };
  if (change(&b, text, len))
    lua_pushnil(L);
  else
    lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 1;
}

static int uri_encode(lua_State *L) {
  return rewritten(L, hw_uri_encode);
}

static int uri_decode(lua_State *L) {
  return rewritten(L, hw_uri_decode);
}

static int canonical_path(lua_State *L) {
  return rewritten(L, hw_uri_canonical_path);
}

static int canonical_query(lua_State *L) {
  return rewritten(L, hw_uri_canonical_query);
}

static void set_span(lua_State *L, const char *key, const char *at, size_t len) {
  if (!at)
    return;
  lua_pushlstring(L, at, len);
  lua_setfield(L, -2, key);
}

static int url_split(lua_State *L) {
  struct hw_url url;
  if (hw_url_split(luaL_checkstring(L, 1), &url))
    return 0;
  lua_newtable(L);
  set_span(L, "scheme", url.scheme, url.scheme_len);
  set_span(L, "host", url.host, url.host_len);
  set_span(L, "path", url.path, url.path_len);
  set_span(L, "query", url.query, url.query_len);
  return 1;
}

/* -- sign ---------------------------------------------------------------- */

static size_t headers_in(lua_State *L, struct hw_header *list, size_t max) {
  size_t n = 0;
  lua_getfield(L, 1, "headers");
  for (; n < max && lua_rawgeti(L, -1, (lua_Integer)n + 1) == LUA_TTABLE; n++) {
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    list[n].name = lua_tostring(L, -2);
    list[n].value = lua_tostring(L, -1);
    lua_pop(L, 3);
  }
  return n;
}

static void push_signature(lua_State *L, const struct hw_signature *s) {
  lua_newtable(L);
  set_bytes(L, "canonical_request", &s->canonical_request);
  set_bytes(L, "string_to_sign", &s->string_to_sign);
  set_bytes(L, "signed_headers", &s->signed_headers);
  set_bytes(L, "authorization", &s->authorization);
  set_text(L, "payload", s->payload);
  set_text(L, "signature", s->signature);
  set_present(L, "content_header", s->content_header);
}

/* sign{algorithm=, method=, path=, query=, headers={{name, value}, ...}, body=, ak=, sk=, region=, service=}
 * -> signature table, or nil, error. The same signer signs something else first. */
static int sign(lua_State *L) {
  struct hw_header list[80];
  static const struct hw_header other_headers[] = { { "X-Sdk-Date", "20200101T000000Z" } };
  struct hw_sign_input other = { HW_SDK_HMAC_SHA256, "GET", "/", NULL, other_headers, 1, "x", 1, "other", "key", NULL, NULL };
  struct hw_sign_input in = { .method = text_in(L, 1, "method"), .path = text_in(L, 1, "path"), .query = text_in(L, 1, "query"),
                              .headers = list, .ak = text_in(L, 1, "ak"), .sk = text_in(L, 1, "sk"),
                              .region = text_in(L, 1, "region"), .service = text_in(L, 1, "service") };
  struct hw_signature s = { 0 };
  struct hw_error e = { 0 };
  struct hw_signer *signer;
  const char *algorithm = text_in(L, 1, "algorithm");
  int result;
  if (algorithm && hw_algorithm_find(algorithm, &in.algorithm, NULL))
    return luaL_error(L, "no such algorithm: %s", algorithm);
  in.n_headers = headers_in(L, list, sizeof list / sizeof *list);
  if (lua_getfield(L, 1, "body") == LUA_TSTRING)
    in.body = lua_tolstring(L, -1, &in.body_len);
  if (!(signer = hw_signer_new())) {
    hw_fail_memory(&e);
    return failed(L, &e);
  }
  hw_sign(signer, &other, &s, &e);
  hw_error_clear(&e);
  result = hw_sign(signer, &in, &s, &e);
  if (!result)
    push_signature(L, &s);
  hw_signature_free(&s);
  hw_signer_free(signer);
  if (result)
    return failed(L, &e);
  hw_error_free(&e);
  return 1;
}

static int algorithm_find(lua_State *L) {
  enum hw_algorithm algorithm;
  if (hw_algorithm_find(luaL_checkstring(L, 1), &algorithm, NULL))
    return 0;
  lua_pushinteger(L, algorithm);
  return 1;
}

/* -- check and request --------------------------------------------------- */

/* check(row, args as JSON, strict?) -> the error struct after checking, and whether it passed */
static int check(lua_State *L) {
  const struct hw_op *op;
  struct cJSON *args;
  struct hw_error e = { 0 };
  int result;
  lua_settop(L, 3);
  op = row_at(L, 1);
  args = tree_at(L, 2);
  result = hw_check(op, args, lua_toboolean(L, 3), &e);
  hw_json_free(args);
  push_error(L, &e);
  lua_pushboolean(L, !result);
  hw_error_free(&e);
  return 2;
}

static int path_value(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len), *why;
  lua_pushboolean(L, hw_path_value_ok(text, len, &why));
  lua_pushstring(L, why);
  return 2;
}

static struct hw_scope scope_at(lua_State *L, int index) {
  struct hw_scope scope = { "https://ddm.example", NULL, NULL };
  if (!lua_istable(L, index))
    return scope;
  if (text_in(L, index, "endpoint"))
    scope.endpoint = text_in(L, index, "endpoint");
  scope.project_id = text_in(L, index, "project_id");
  scope.domain_id = text_in(L, index, "domain_id");
  return scope;
}

static int push_request(lua_State *L, struct hw_request *r, int result, struct hw_error *e) {
  if (!result) {
    lua_newtable(L);
    set_text(L, "method", r->method);
    set_bytes(L, "url", &r->url);
    set_bytes(L, "host", &r->host);
    set_bytes(L, "path", &r->path);
    set_bytes(L, "query", &r->query);
    if (r->has_body)
      set_bytes(L, "body", &r->body);
    lua_newtable(L);
    for (size_t i = 0; i < r->n_headers; i++)
      set_text(L, r->names[i], r->values[i]);
    lua_setfield(L, -2, "headers");
  }
  hw_request_clear(r);
  hw_request_free(r);
  if (result)
    return failed(L, e);
  hw_error_free(e);
  return 1;
}

/* request(row, args as JSON, {endpoint=, project_id=, domain_id=}?) -> request table, or nil, error */
static int request(lua_State *L) {
  const struct hw_op *op;
  struct hw_scope scope;
  struct cJSON *args;
  struct hw_request r = { 0 };
  struct hw_error e = { 0 };
  int result;
  lua_settop(L, 3);
  scope = scope_at(L, 3);
  op = row_at(L, 1);
  args = tree_at(L, 2);
  result = hw_request_build(&r, op, args, &scope, &e);
  hw_json_free(args);
  return push_request(L, &r, result, &e);
}

/* raw_request({method=, path=, query=JSON, headers=JSON, body=}, scope?) -> likewise */
static int raw_request(lua_State *L) {
  struct hw_scope scope = scope_at(L, 2);
  struct hw_raw_call call = { .method = text_in(L, 1, "method"), .path = text_in(L, 1, "path") };
  struct cJSON *query = NULL, *headers = NULL;
  struct hw_request r = { 0 };
  struct hw_error e = { 0 };
  int result;
  lua_settop(L, 2);
  if (lua_getfield(L, 1, "query") == LUA_TSTRING)
    query = tree_at(L, 3);
  if (lua_getfield(L, 1, "headers") == LUA_TSTRING)
    headers = tree_at(L, 4);
  if (lua_getfield(L, 1, "body") == LUA_TSTRING)
    call.body = lua_tolstring(L, 5, &call.body_len);
  call.query = query;
  call.headers = headers;
  result = hw_request_raw(&r, &call, &scope, &e);
  hw_json_free(query);
  hw_json_free(headers);
  return push_request(L, &r, result, &e);
}

/* body(row, args as JSON, masked?) -> 1, 0 or -1, and the text */
static int body(lua_State *L) {
  const struct hw_op *op;
  struct cJSON *args;
  struct hw_buf b = { 0 };
  lua_settop(L, 3);
  op = row_at(L, 1);
  args = tree_at(L, 2);
  lua_pushinteger(L, hw_request_body(op, args, lua_toboolean(L, 3), &b));
  lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  hw_json_free(args);
  return 2;
}

static void note_secret(void *to, const char *secret) {
  lua_State *L = to;
  lua_pushstring(L, secret);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* secrets(row, args as JSON) -> list of the secret texts */
static int secrets(lua_State *L) {
  const struct hw_op *op = row_at(L, 1);
  struct cJSON *args = tree_at(L, 2);
  lua_newtable(L);
  hw_each_secret(op, args, note_secret, L);
  hw_json_free(args);
  return 1;
}

static int redact(lua_State *L) {
  struct hw_buf b = { 0 };
  hw_buf_adds(&b, luaL_checkstring(L, 1));
  hw_redact(&b, luaL_checkstring(L, 2));
  lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 1;
}

/* -- reply --------------------------------------------------------------- */

static struct hw_reply reply_at(lua_State *L, int at) {
  struct hw_reply r = { .status = (int)integer_in(L, at, "status"), .head = text_in(L, at, "head") };
  lua_getfield(L, at, "body");
  r.body = lua_tolstring(L, -1, &r.body_len);
  lua_pop(L, 1);
  if (!r.head)
    r.head = "";
  return r;
}

/* reply(service, {status=, head=, body=}) -> the error */
static int reply(lua_State *L) {
  struct hw_reply r = reply_at(L, 2);
  struct hw_error e = { 0 };
  lua_Integer result = hw_reply_error(luaL_checkstring(L, 1), &r, &e);
  push_error(L, &e);
  set_integer(L, "result", result);
  set_true(L, "without_effect", hw_reply_without_effect(lua_tostring(L, 1), &e));
  hw_error_free(&e);
  return 1;
}

/* judge(service, row or nil, reply) -> true, or nil and the error */
static int judge(lua_State *L) {
  struct hw_reply r = reply_at(L, 3);
  struct hw_error e = { 0 };
  const struct hw_op *op = lua_isnil(L, 2) ? NULL : row_at(L, 2);
  if (hw_reply_judge(luaL_checkstring(L, 1), op, &r, &e))
    return failed(L, &e);
  hw_error_free(&e);
  lua_pushboolean(L, 1);
  return 1;
}

static int head_find(lua_State *L) {
  size_t len;
  const char *head = luaL_optstring(L, 1, NULL);
  const char *value = hw_head_find(head, luaL_checkstring(L, 2), &len);
  if (!value)
    return 0;
  lua_pushlstring(L, value, len);
  return 1;
}

/* -- pace ---------------------------------------------------------------- */

#define PACE "stages.pace"

static struct hw_pace *pace_at(lua_State *L) {
  return luaL_checkudata(L, 1, PACE);
}

static int pace_new(lua_State *L) {
  struct hw_pace *p = lua_newuserdatauv(L, sizeof *p, 0);
  memset(p, 0, sizeof *p);
  luaL_setmetatable(L, PACE);
  return 1;
}

static int pace_release(lua_State *L) {
  hw_pace_free(pace_at(L));
  return 0;
}

static int pace_fix(lua_State *L) {
  lua_pushinteger(L, hw_pace_fix(pace_at(L), (size_t)luaL_checkinteger(L, 2), luaL_checkinteger(L, 3)));
  return 1;
}

static int pace_next(lua_State *L) {
  lua_pushinteger(L, hw_pace_next(pace_at(L), luaL_checkinteger(L, 2)));
  return 1;
}

static int pace_sent(lua_State *L) {
  hw_pace_sent(pace_at(L), luaL_checkinteger(L, 2));
  return 0;
}

static int pace_hold(lua_State *L) {
  hw_pace_hold(pace_at(L), luaL_checkinteger(L, 2));
  return 0;
}

/* pace_read(message) -> calls, window in ms; nothing if it states none */
static int pace_read(lua_State *L) {
  size_t limit;
  int64_t window;
  if (hw_pace_read(luaL_checkstring(L, 1), &limit, &window))
    return 0;
  lua_pushinteger(L, (lua_Integer)limit);
  lua_pushinteger(L, window);
  return 2;
}

/* -- credentials --------------------------------------------------------- */

static void push_credentials(lua_State *L, struct hw_credentials *c) {
  lua_newtable(L);
  for (int i = 0; i < HW_CRED_FIELDS; i++)
    set_present(L, hw_credentials_name((enum hw_credential_field)i), *hw_credentials_at(c, (enum hw_credential_field)i));
  set_present(L, "source", c->source);
  set_present(L, "notes", hw_buf_text(&c->notes));
  set_integer(L, "expires_ms", c->expires_ms);
  set_integer(L, "usable", hw_credentials_usable(c));
}

static void read_credentials(lua_State *L, int at, struct hw_credentials *c) {
  for (int i = 0; i < HW_CRED_FIELDS; i++) {
    const char *text = text_in(L, at, hw_credentials_name((enum hw_credential_field)i));
    if (text)
      *hw_credentials_at(c, (enum hw_credential_field)i) = strdup(text);
  }
  if (text_in(L, at, "source"))
    c->source = strdup(text_in(L, at, "source"));
  c->expires_ms = integer_in(L, at, "expires_ms");
}

/* Credentials found, or nil, the error, and the notes. */
static int push_found(lua_State *L, struct hw_credentials *c, int result, struct hw_error *e) {
  if (result < 0) {
    failed(L, e);
    lua_pushstring(L, hw_buf_text(&c->notes));
    hw_credentials_free(c);
    return 3;
  }
  push_credentials(L, c);
  hw_credentials_free(c);
  hw_error_free(e);
  return 1;
}

/* credentials(asked, variables) */
static int credentials(lua_State *L) {
  struct variables v = { L, 2 };
  struct hw_credential_request r = { .env = variable, .env_arg = &v };
  struct hw_credentials c;
  struct hw_error e = { 0 };
#define ASK(member) r.member = text_in(L, 1, #member)
  ASK(ak), ASK(sk), ASK(security_token), ASK(token), ASK(user), ASK(password), ASK(domain_name), ASK(domain_id);
  ASK(project_id), ASK(project_name), ASK(region), ASK(iam_endpoint), ASK(enterprise_project_id), ASK(profile);
  ASK(credentials_file);
#undef ASK
  luaL_checktype(L, 2, LUA_TTABLE);
  return push_found(L, &c, hw_credentials_find(&c, &r, &e), &e);
}

typedef int (*profile_reader)(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c,
                              struct hw_error *e);

static int read_profile(lua_State *L, profile_reader reader) {
  static const char *const words[] = { "no file", "no section", "found" };
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_credentials c = { 0 };
  struct hw_error e = { 0 };
  int result = reader(text, len, "FILE", luaL_optstring(L, 2, NULL), &c, &e), n = push_found(L, &c, result, &e);
  if (result >= 0) {
    lua_pushstring(L, words[result]);
    n++;
  }
  return n;
}

/* ini(text, section?) and hcloud(text, profile?) -> credentials, how; or nil, error */
static int ini(lua_State *L) {
  return read_profile(L, hw_ini_read);
}

static int hcloud(lua_State *L) {
  return read_profile(L, hw_hcloud_read);
}

/* age(expires_ms, now_ms) -> "fresh", "due" or "ended" */
static int age(lua_State *L) {
  static const char *const words[] = { "fresh", "due", "ended" };
  struct hw_credentials c = { .expires_ms = luaL_checkinteger(L, 1) };
  lua_pushstring(L, words[hw_credentials_age(&c, luaL_checkinteger(L, 2))]);
  return 1;
}

/* replaced(old, new) -> the old after taking over the new, and what is left of the new */
static int replaced(lua_State *L) {
  struct hw_credentials old = { 0 }, new = { 0 };
  read_credentials(L, 1, &old);
  read_credentials(L, 2, &new);
  hw_credentials_replace(&old, &new);
  push_credentials(L, &old);
  push_credentials(L, &new);
  hw_credentials_free(&old);
  hw_credentials_free(&new);
  return 2;
}

/* -- endpoint ------------------------------------------------------------ */

/* endpoint(asked, variables) -> url, note; or nil, error */
static int endpoint(lua_State *L) {
  struct variables v = { L, 2 };
  struct hw_endpoint_request r = { .service = text_in(L, 1, "service"), .region = text_in(L, 1, "region"),
                                   .domain = text_in(L, 1, "domain"), .endpoint = text_in(L, 1, "endpoint"),
                                   .endpoint_name = text_in(L, 1, "endpoint_name"),
                                   .iam_endpoint = text_in(L, 1, "iam_endpoint"), .env = variable, .env_arg = &v,
                                   .allow_http = true_in(L, 1, "allow_http") };
  struct hw_buf url = { 0 }, note = { 0 };
  struct hw_error e = { 0 };
  int result = hw_endpoint(&r, &url, &note, &e);
  if (!result) {
    lua_pushlstring(L, hw_buf_text(&url), url.len);
    lua_pushlstring(L, hw_buf_text(&note), note.len);
    hw_error_free(&e);
  }
  hw_buf_free(&url);
  hw_buf_free(&note);
  return result ? failed(L, &e) : 2;
}

static int region_check(lua_State *L) {
  struct hw_error e = { 0 };
  if (hw_region_check(luaL_checkstring(L, 1), &e))
    return failed(L, &e);
  lua_pushboolean(L, 1);
  return 1;
}

static int is_loopback(lua_State *L) {
  size_t len;
  const char *host = luaL_checklstring(L, 1, &len);
  lua_pushboolean(L, hw_host_is_loopback(host, len));
  return 1;
}

/* -- login --------------------------------------------------------------- */

/* login_body(credentials, region?) -> JSON, or nil, error */
static int login_body(lua_State *L) {
  struct hw_credentials c = { 0 };
  struct hw_buf b = { 0 };
  struct hw_error e = { 0 };
  long kept = until_failure;
  int result;
  until_failure = -1;
  read_credentials(L, 1, &c);
  until_failure = kept;
  result = hw_login_body(&c, luaL_optstring(L, 2, NULL), &b, &e);
  if (!result)
    lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_wipe(&b);
  hw_credentials_free(&c);
  if (result)
    return failed(L, &e);
  hw_error_free(&e);
  return 1;
}

/* login_answer(body, now_ms) -> expires_ms, project id or nil; or nil, error */
static int login_answer(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_error e = { 0 };
  int64_t expires;
  char *project;
  if (hw_login_answer(text, len, luaL_checkinteger(L, 2), &expires, &project, &e))
    return failed(L, &e);
  lua_pushinteger(L, expires);
  lua_pushstring(L, project);
  free(project);
  hw_error_free(&e);
  return 2;
}

/* project_answer(body, name) -> id, or nil, error */
static int project_answer(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_error e = { 0 };
  char *project;
  if (hw_project_answer(text, len, luaL_checkstring(L, 2), &project, &e))
    return failed(L, &e);
  lua_pushstring(L, project);
  free(project);
  hw_error_free(&e);
  return 1;
}

static int time_parse(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  int64_t ms;
  if (hw_time_parse(text, len, &ms))
    return 0;
  lua_pushinteger(L, ms);
  return 1;
}

/* -- diagnose ------------------------------------------------------------ */

/* diagnose{code=, message=, date=, canonical=, with_token=, now_ms=} -> word, offset in ms, explanation */
static int diagnose(lua_State *L) {
  static const char *const words[] = { "other", "clock", "signature", "token" };
  struct hw_refusal r = { .code = text_in(L, 1, "code"), .message = text_in(L, 1, "message"),
                          .date = text_in(L, 1, "date"), .canonical = text_in(L, 1, "canonical"),
                          .with_token = true_in(L, 1, "with_token"), .now_ms = integer_in(L, 1, "now_ms") };
  struct hw_buf b = { 0 };
  int64_t offset;
  lua_pushstring(L, words[hw_diagnose_401(&r, &offset, &b)]);
  lua_pushinteger(L, offset);
  lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 3;
}

static int without_echo(lua_State *L) {
  struct hw_buf b = { 0 };
  hw_message_without_echo(luaL_checkstring(L, 1), &b);
  lua_pushlstring(L, hw_buf_text(&b), b.len);
  hw_buf_free(&b);
  return 1;
}

/* -- metadata ------------------------------------------------------------ */

#define METADATA "stages.metadata"

static struct hw_metadata *metadata_at(lua_State *L) {
  return luaL_checkudata(L, 1, METADATA);
}

static int metadata_new(lua_State *L) {
  struct hw_metadata *m = lua_newuserdatauv(L, sizeof *m, 0);
  memset(m, 0, sizeof *m);
  luaL_setmetatable(L, METADATA);
  return 1;
}

static int metadata_release(lua_State *L) {
  hw_metadata_free(metadata_at(L));
  return 0;
}

/* next() -> "METHOD path[ header: value]" */
static int metadata_next(lua_State *L) {
  struct hw_metadata_request r;
  hw_metadata_next(metadata_at(L), &r);
  if (r.header)
    lua_pushfstring(L, "%s %s %s: %s", r.method, r.path, r.header, r.value);
  else
    lua_pushfstring(L, "%s %s", r.method, r.path);
  return 1;
}

/* answer(status, body) -> "more", or credentials, or nil, error, notes */
static int metadata_answer(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 3, &len);
  struct hw_credentials c = { 0 };
  struct hw_error e = { 0 };
  int result = hw_metadata_answer(metadata_at(L), (int)luaL_checkinteger(L, 2), text, len, &c, &e);
  if (result != 1)
    return push_found(L, &c, result, &e);
  lua_pushliteral(L, "more");
  hw_credentials_free(&c);
  hw_error_free(&e);
  return 1;
}

/* temporary_answer(body, source) -> credentials; or nil, error */
static int temporary_answer(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_credentials c = { 0 };
  struct hw_error e = { 0 };
  int result = hw_temporary_answer(text, len, luaL_checkstring(L, 2), &c, &e);
  return push_found(L, &c, result, &e);
}

/* -- surroundings -------------------------------------------------------- */

/* locale(name) -> 1.5 as C prints it after setlocale; nil if there is no such locale */
static int locale(lua_State *L) {
  if (!setlocale(LC_ALL, luaL_checkstring(L, 1)))
    return 0;
  lua_pushstring(L, localeconv()->decimal_point);
  return 1;
}

static int set_variable(lua_State *L) {
  setenv(luaL_checkstring(L, 1), luaL_checkstring(L, 2), 1);
  return 0;
}

static void new_type(lua_State *L, const char *name, const luaL_Reg *methods) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, methods, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

static const luaL_Reg functions[] = {
  { "fail_after", fail_after }, { "held", memory_held }, { "op_find", op_find }, { "op_suggest", op_suggest },
  { "buf", buf_new }, { "error_filled", error_filled }, { "error_word", error_word }, { "copied", copied },
  { "error_nobody", error_nobody }, { "json_events", json_events }, { "json_tree", json_tree },
  { "json_member", json_member }, { "json_made", json_made }, { "json_is_number", json_is_number },
  { "json_quote", json_quote }, { "utf8_len", utf8_len }, { "uri_encode", uri_encode }, { "uri_decode", uri_decode },
  { "canonical_path", canonical_path }, { "canonical_query", canonical_query }, { "url_split", url_split },
  { "sign", sign }, { "algorithm_find", algorithm_find }, { "check", check }, { "path_value", path_value },
  { "request", request }, { "raw_request", raw_request }, { "body", body }, { "secrets", secrets },
  { "redact", redact }, { "reply", reply }, { "judge", judge }, { "head_find", head_find }, { "pace", pace_new },
  { "pace_read", pace_read }, { "credentials", credentials }, { "ini", ini }, { "hcloud", hcloud }, { "age", age },
  { "replaced", replaced }, { "endpoint", endpoint }, { "region_check", region_check }, { "is_loopback", is_loopback },
  { "login_body", login_body }, { "login_answer", login_answer }, { "project_answer", project_answer },
  { "time_parse", time_parse }, { "diagnose", diagnose }, { "without_echo", without_echo },
  { "metadata", metadata_new }, { "temporary_answer", temporary_answer }, { "locale", locale },
  { "set_variable", set_variable }, { NULL, NULL },
};

int luaopen_stages(lua_State *L) {
  static const luaL_Reg buf_methods[] = {
    { "__gc", buf_release }, { "free", buf_release }, { "add", buf_add }, { "addc", buf_addc }, { "addf", buf_addf },
    { "room", buf_room }, { "clear", buf_clear }, { "wipe", buf_wipe }, { "state", buf_state }, { NULL, NULL },
  };
  static const luaL_Reg pace_methods[] = {
    { "__gc", pace_release }, { "free", pace_release }, { "fix", pace_fix }, { "next", pace_next },
    { "sent", pace_sent }, { "hold", pace_hold }, { NULL, NULL },
  };
  static const luaL_Reg metadata_methods[] = {
    { "__gc", metadata_release }, { "free", metadata_release }, { "next", metadata_next }, { "answer", metadata_answer },
    { NULL, NULL },
  };
  new_type(L, BUF, buf_methods);
  new_type(L, PACE, pace_methods);
  new_type(L, METADATA, metadata_methods);
  luaL_newlib(L, functions);
  return 1;
}
