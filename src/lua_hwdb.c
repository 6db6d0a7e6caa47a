/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `hwdb.core`. Registers no signal handler, prints nothing,
 * touches no locale.
 */
#define _DEFAULT_SOURCE
#include "lua_hwdb.h"

#include <lauxlib.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "lua_client.h"
#include "lua_rows.h"
#include "lua_store.h"
#include "lua_value.h"
#include "port.h"
#include "sign.h"
#include "store.h"
#include "uri.h"

struct signer_box {
  struct hw_signer *signer;
  struct hw_signature signature;
  struct hw_error error;
};

static int free_signer(lua_State *L) {
  struct signer_box *box = lua_touserdata(L, 1);
  hw_signer_free(box->signer);
  box->signer = NULL;
  hw_signature_free(&box->signature);
  hw_error_free(&box->error);
  return 0;
}

/* The functions below share one signer, their first upvalue. */
static struct signer_box *signer(lua_State *L) {
  struct signer_box *box = lua_touserdata(L, lua_upvalueindex(1));
  if (!box->signer && !(box->signer = hw_signer_new()))
    luaL_error(L, "out of memory");
  return box;
}

/* sha256(text) -> lower-case hex */
static int sha256(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  char hex[65];
  if (hw_sha256(signer(L)->signer, text, len, hex))
    return luaL_error(L, "out of memory");
  lua_pushstring(L, hex);
  return 1;
}

/* hmac_sha256(key, text) -> lower-case hex */
static int hmac_sha256(lua_State *L) {
  size_t key_len, len;
  const char *key = luaL_checklstring(L, 1, &key_len), *text = luaL_checklstring(L, 2, &len);
  char hex[65];
  if (hw_hmac_sha256(signer(L)->signer, key, key_len, text, len, hex))
    return luaL_error(L, "out of memory");
  lua_pushstring(L, hex);
  return 1;
}

/* -- sign --------------------------------------------------------------- */

#define HEADERS_MAX HW_SIGN_HEADERS_MAX

static const char *text_field(lua_State *L, int index, const char *name, const char *standard) {
  const char *text;
  size_t len;
  if (lua_getfield(L, index, name) == LUA_TNIL)
    return standard;
  if ((text = hw_lua_secret(L, -1, &len)))
    return text;
  if (lua_type(L, -1) != LUA_TSTRING)
    luaL_error(L, "sign: %s must be a text", name);
  text = lua_tostring(L, -1);
  return text; /* both stay alive on the stack */
}

static size_t read_headers(lua_State *L, int index, struct hw_header *list) {
  size_t n = 0;
  if (lua_getfield(L, index, "headers") == LUA_TTABLE)
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
      if (n == HEADERS_MAX - 4)
        luaL_error(L, "sign: too many headers");
      luaL_checkstack(L, 6, "headers");
      lua_rawgeti(L, -1, 1);
      lua_rawgeti(L, -2, 2);
      list[n].name = luaL_checkstring(L, -2);
      list[n].value = luaL_checkstring(L, -1);
      n++;
      lua_insert(L, -4); /* keep the texts below the list */
      lua_insert(L, -4);
      lua_pop(L, 1);
    }
  return n;
}

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_signature(lua_State *L, const struct hw_signature *s, const struct hw_header *list, size_t n) {
  lua_createtable(L, 0, 6);
  set_text(L, "canonical_request", hw_buf_text(&s->canonical_request));
  set_text(L, "string_to_sign", hw_buf_text(&s->string_to_sign));
  set_text(L, "signature", s->signature);
  set_text(L, "authorization", hw_buf_text(&s->authorization));
  set_text(L, "signed_headers", hw_buf_text(&s->signed_headers));
  lua_createtable(L, 0, (int)n + 2);
  for (size_t i = 0; i < n; i++)
    set_text(L, list[i].name, list[i].value);
  if (s->content_header)
    set_text(L, s->content_header, s->payload);
  set_text(L, "Authorization", hw_buf_text(&s->authorization));
  lua_setfield(L, -2, "headers");
}

/* sign{ak=, sk=, method=, url=, headers={{name, value}, ...}, body=, date=,
 * algorithm=, region=, service=} -> table with every intermediate, or nil, error.
 * Host and X-Sdk-Date are added to the headers. */
static int sign(lua_State *L) {
  struct signer_box *box = signer(L);
  struct hw_header list[HEADERS_MAX];
  struct hw_sign_input in = { 0 };
  struct hw_url url;
  struct hw_buf *path, *query;
  char date[HW_SIGN_DATE_SIZE];
  const char *name, *text;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  hw_error_clear(&box->error);
  path = hw_lua_new_buf(L);
  query = hw_lua_new_buf(L);
  text = text_field(L, 1, "url", "");
  if (hw_url_split(text, &url)) {
    hw_fail(&box->error, HW_ERR_USAGE, "\"%.200s\" is not an http or https URL; spaces and controls must be percent-encoded", text);
    goto failed;
  }
  name = text_field(L, 1, "algorithm", "SDK-HMAC-SHA256");
  if (hw_algorithm_find(name, &in.algorithm, &box->error))
    goto failed;
  in.n_headers = read_headers(L, 1, list);
  hw_sign_date(time(NULL), date);
  lua_pushlstring(L, url.host, url.host_len);
  if (!hw_header_find(list, in.n_headers, "Host"))
    list[in.n_headers++] = (struct hw_header){ "Host", lua_tostring(L, -1) };
  text = text_field(L, 1, "date", date);
  if (!hw_header_find(list, in.n_headers, "X-Sdk-Date"))
    list[in.n_headers++] = (struct hw_header){ "X-Sdk-Date", text };
  hw_uri_canonical_path(path, url.path, url.path_len);
  if (url.query)
    hw_uri_canonical_query(query, url.query, url.query_len);
  in.method = text_field(L, 1, "method", "GET");
  in.path = hw_buf_text(path);
  in.query = hw_buf_text(query);
  in.headers = list;
  if (lua_getfield(L, 1, "body") != LUA_TNIL)
    in.body = luaL_checklstring(L, -1, &in.body_len);
  in.ak = text_field(L, 1, "ak", NULL);
  in.sk = text_field(L, 1, "sk", NULL);
  in.region = text_field(L, 1, "region", NULL);
  in.service = text_field(L, 1, "service", NULL);
  if (!hw_sign(box->signer, &in, &box->signature, &box->error)) {
    push_signature(L, &box->signature, list, in.n_headers);
    return 1;
  }
failed:
  lua_pushnil(L);
  hw_lua_push_error(L, &box->error);
  return 2;
}

/* -- small things ------------------------------------------------------- */

static int uri_encode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_buf *b = hw_lua_new_buf(L);
  if (hw_uri_encode(b, text, len))
    return luaL_error(L, "out of memory");
  lua_pushlstring(L, hw_buf_text(b), b->len);
  return 1;
}

/* uri_decode(text) -> octets, or nil if a % is not followed by two hex digits */
static int uri_decode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  struct hw_buf *b = hw_lua_new_buf(L);
  if (hw_uri_decode(b, text, len))
    return b->failed ? luaL_error(L, "out of memory") : 0;
  lua_pushlstring(L, hw_buf_text(b), b->len);
  return 1;
}

static int64_t clock_ms(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* now() -> Unix time in ms */
static int now(lua_State *L) {
  lua_pushinteger(L, clock_ms(CLOCK_REALTIME));
  return 1;
}

/* mono() -> ms of a clock that never jumps */
static int mono(lua_State *L) {
  lua_pushinteger(L, clock_ms(CLOCK_MONOTONIC));
  return 1;
}

/* versions() -> {libcurl=, tls=, cjson=, sqlite=} */
static int versions(lua_State *L) {
  const char *curl, *tls;
  hw_port_curl_versions(&curl, &tls);
  lua_createtable(L, 0, 3);
  set_text(L, "libcurl", curl);
  set_text(L, "tls", tls);
  set_text(L, "cjson", hw_json_library());
  set_text(L, "sqlite", hw_store_library());
  return 1;
}

/* pattern_match(pattern, text) -> boolean, in the rows' pattern language */
static int pattern_match(lua_State *L) {
  size_t len;
  const char *pattern = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &len);
  luaL_argcheck(L, hw_pattern_ok(pattern), 1, "not a pattern of the rows' language");
  lua_pushboolean(L, hw_pattern_match(pattern, text, len));
  return 1;
}

/* pattern_ok(pattern) -> boolean */
static int pattern_ok(lua_State *L) {
  lua_pushboolean(L, hw_pattern_ok(luaL_checkstring(L, 1)));
  return 1;
}

static void push_signer(lua_State *L) {
  struct signer_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, free_signer);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
}

int luaopen_hwdb_core(lua_State *L) {
  static const luaL_Reg plain[] = {
    { "uri_encode", uri_encode }, { "uri_decode", uri_decode }, { "now", now }, { "mono", mono },
    { "pattern_match", pattern_match }, { "pattern_ok", pattern_ok }, { "versions", versions }, { NULL, NULL },
  };
  static const luaL_Reg signing[] = {
    { "sha256", sha256 }, { "hmac_sha256", hmac_sha256 }, { "sign", sign }, { NULL, NULL },
  };
  luaL_checkversion(L);
  luaL_newlib(L, plain);
  push_signer(L);
  luaL_setfuncs(L, signing, 1);
  hw_lua_value_open(L);
  hw_lua_rows_open(L);
  hw_lua_client_open(L);
  hw_lua_store_open(L);
  lua_pushliteral(L, HW_VERSION);
  lua_setfield(L, -2, "version");
  return 1;
}
