/* SPDX-License-Identifier: Apache-2.0
 * The listener as a Lua object: requests become tables, tables become answers.
 * Nothing that Lua raises passes through the HTTP library.
 */
#define _GNU_SOURCE 1
#include "host_serve.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "host_signal.h"
#include "httpd.h"

#define SERVER "hwdb.host.server"
#define HANDLER 1 /* user values */
#define OPTIONS 2

struct server {
  struct httpd *httpd;
  lua_State *L; /* while serving */
  int at;       /* where the object stands on its stack */
};

static struct server *check_server(lua_State *L) {
  struct server *s = luaL_checkudata(L, 1, SERVER);
  luaL_argcheck(L, s->httpd, 1, "the listener is closed");
  return s;
}

static int server_close(lua_State *L) {
  struct server *s = luaL_checkudata(L, 1, SERVER);
  httpd_close(s->httpd);
  s->httpd = NULL;
  return 0;
}

static int server_port(lua_State *L) {
  lua_pushinteger(L, httpd_port(check_server(L)->httpd));
  return 1;
}

/* -- one request --------------------------------------------------------- */

struct exchange { /* what the protected part works on */
  const struct httpd_request *request;
  struct httpd_answer *answer;
};

static void push_request(lua_State *L, const struct httpd_request *r) {
  lua_createtable(L, 0, 4);
  lua_pushstring(L, r->method);
  lua_setfield(L, -2, "method");
  lua_pushstring(L, r->target);
  lua_setfield(L, -2, "target");
  lua_pushlstring(L, r->body, r->body_len);
  lua_setfield(L, -2, "body");
  lua_createtable(L, (int)r->n_headers, 0);
  for (size_t i = 0; i < r->n_headers; i++) {
    lua_createtable(L, 2, 0);
    lua_pushstring(L, r->headers[i].name);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, r->headers[i].value);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "headers");
}

static void read_headers(lua_State *L, int response, struct hw_buf *to) {
  if (lua_getfield(L, response, "headers") != LUA_TTABLE)
    return;
  for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    const char *name = luaL_tolstring(L, -2, NULL), *value = luaL_tolstring(L, -2, NULL);
    hw_buf_add(to, name, strlen(name) + 1);
    hw_buf_add(to, value, strlen(value) + 1);
    lua_pop(L, 5);
  }
}

static void read_fault(lua_State *L, int response, struct httpd_answer *answer) {
  if (lua_getfield(L, response, "fault") != LUA_TTABLE)
    return;
  lua_getfield(L, -1, "kind");
  lua_getfield(L, -2, "seconds");
  const char *kind = luaL_optstring(L, -2, "");
  answer->seconds = luaL_optnumber(L, -1, 5.0);
  if (strncmp(kind, "reset", 5) == 0)
    answer->act = HTTPD_RESET;
  else if (strcmp(kind, "stall") == 0)
    answer->act = HTTPD_STALL;
  else if (strcmp(kind, "dribble") == 0)
    answer->act = HTTPD_DRIBBLE;
}

/* [-2, +0, e] takes the server and the exchange. */
static int answer_in_lua(lua_State *L) {
  struct exchange *x = lua_touserdata(L, 2);
  size_t len;
  lua_getiuservalue(L, 1, HANDLER);
  push_request(L, x->request);
  lua_call(L, 1, 1);
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_getfield(L, 3, "status");
  lua_getfield(L, 3, "body");
  const char *body = luaL_optlstring(L, -1, "", &len);
  x->answer->status = (unsigned)luaL_optinteger(L, -2, 200);
  hw_buf_add(&x->answer->body, body, len);
  read_headers(L, 3, &x->answer->headers);
  read_fault(L, 3, x->answer);
  return 0;
}

static void fail(struct httpd_answer *answer, const char *what) {
  fprintf(stderr, "hwdb sim: a request could not be answered: %s\n", what);
  hw_buf_clear(&answer->headers);
  hw_buf_clear(&answer->body);
  answer->status = 500;
  answer->act = HTTPD_ANSWER;
}

static void on_request(void *arg, const struct httpd_request *request, struct httpd_answer *answer) {
  struct server *s = arg;
  struct exchange x = { request, answer };
  lua_State *L = s->L;
  int top = lua_gettop(L);
  if (!lua_checkstack(L, 8)) {
    fail(answer, "out of memory");
    return;
  }
  lua_pushcfunction(L, answer_in_lua);
  lua_pushvalue(L, s->at);
  lua_pushlightuserdata(L, &x);
  if (lua_pcall(L, 2, 0, 0) != LUA_OK)
    fail(answer, lua_isstring(L, -1) ? lua_tostring(L, -1) : "an error that is not a text");
  lua_settop(L, top);
}

/* -- the object ---------------------------------------------------------- */

static int interrupted(void) {
  return host_interrupts() > 0;
}

static int server_serve(lua_State *L) {
  struct server *s = check_server(L);
  sigset_t before;
  lua_settop(L, 1);
  s->L = L;
  s->at = 1;
  host_signals_announce(NULL, NULL); /* here the first one ends the work */
  host_signals_hold(&before);
  httpd_serve(s->httpd, interrupted, &before);
  host_signals_release(&before);
  s->L = NULL;
  return 0;
}

static void push_server(lua_State *L) {
  static const luaL_Reg methods[] = {
    { "port", server_port }, { "serve", server_serve }, { "close", server_close }, { NULL, NULL },
  };
  struct server *s = lua_newuserdatauv(L, sizeof *s, 2);
  *s = (struct server){ 0 };
  if (luaL_newmetatable(L, SERVER)) {
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, server_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, server_close);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
}

static const char *text_option(lua_State *L, const char *name) {
  lua_getfield(L, 1, name);
  return luaL_optstring(L, -1, NULL); /* stays alive with the options, which the server keeps */
}

int host_serve_listen(lua_State *L) {
  char why[256];
  struct httpd_options options = { .handler = on_request };
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_server(L);
  struct server *s = lua_touserdata(L, 2);
  lua_getfield(L, 1, "handle");
  lua_setiuservalue(L, 2, HANDLER);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 2, OPTIONS);
  options.address = text_option(L, "address");
  options.certificate = text_option(L, "certificate");
  options.key = text_option(L, "key");
  lua_getfield(L, 1, "port");
  lua_getfield(L, 1, "remote");
  options.port = (unsigned)luaL_checkinteger(L, -2);
  options.remote = lua_toboolean(L, -1);
  options.arg = s;
  luaL_argcheck(L, options.address && options.port <= 65535, 1, "address and port are needed");
  s->httpd = httpd_open(&options, why, sizeof why);
  if (!s->httpd) {
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
  }
  lua_settop(L, 2);
  return 1;
}
