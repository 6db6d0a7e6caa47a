/* SPDX-License-Identifier: Apache-2.0
 * The in-process port: requests go to a Lua function, time is the simulator's.
 * Errors raised over there become transport failures here.
 */
#include "lua_port.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

struct lua_port {
  struct hw_port base;
  lua_State *L; /* valid while the glue runs */
  lua_State *main;
  int ref; /* of the simulator in the registry */
  int64_t now;
  struct hw_exchange **queue;
  size_t n, cap;
};

void hw_lua_port_bind(struct hw_port *p, lua_State *L) {
  ((struct lua_port *)p)->L = L;
}

/* Calls a method of the simulator with `nargs` values on top of the stack.
 * -1: the error message is on top. */
static int call_method(struct lua_port *p, const char *name, int nargs) {
  lua_State *L = p->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref);
  lua_getfield(L, -1, name);
  lua_insert(L, -2 - nargs);
  lua_insert(L, -1 - nargs);
  return lua_pcall(L, nargs + 1, 1, 0) == LUA_OK ? 0 : -1;
}

static int64_t now(struct hw_port *port) {
  struct lua_port *p = (struct lua_port *)port;
  if (p->L && lua_checkstack(p->L, 8)) {
    if (!call_method(p, "now", 0) && lua_isinteger(p->L, -1))
      p->now = lua_tointeger(p->L, -1);
    lua_pop(p->L, 1);
  }
  return p->now;
}

static void advance_to(struct lua_port *p, int64_t until) {
  if (!p->L || !lua_checkstack(p->L, 8))
    return;
  lua_pushinteger(p->L, until);
  call_method(p, "advance_to", 1);
  lua_pop(p->L, 1);
}

static int start(struct hw_port *port, struct hw_exchange *ex, struct hw_error *e) {
  struct lua_port *p = (struct lua_port *)port;
  if (p->n == p->cap) {
    size_t cap = p->cap ? p->cap * 2 : 16;
    struct hw_exchange **queue = realloc(p->queue, cap * sizeof *queue);
    if (!queue)
      return hw_fail_memory(e);
    p->queue = queue;
    p->cap = cap;
  }
  ex->work = NULL;
  ex->status = 0;
  ex->sent = 0;
  ex->failed = HW_OK;
  ex->body_in.max = ex->transport->body_max;
  hw_buf_clear(&ex->head);
  hw_buf_clear(&ex->body_in);
  p->queue[p->n++] = ex;
  return 0;
}

static void unqueue(struct lua_port *p, size_t i) {
  memmove(p->queue + i, p->queue + i + 1, (--p->n - i) * sizeof *p->queue);
}

static void cancel(struct hw_port *port, struct hw_exchange *ex) {
  struct lua_port *p = (struct lua_port *)port;
  for (size_t i = 0; i < p->n; i++)
    if (p->queue[i] == ex) {
      unqueue(p, i);
      return;
    }
}

/* -- one exchange ------------------------------------------------------- */

static void push_headers(lua_State *L, const char *const *lines) {
  lua_newtable(L);
  for (lua_Integer i = 0; lines[i]; i++) {
    size_t len = strcspn(lines[i], ":;");
    lua_createtable(L, 2, 0);
    lua_pushlstring(L, lines[i], len);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, lines[i][len] == ':' ? lines[i] + len + 2 : "");
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, i + 1);
  }
}

static const char *target_of(const char *url) {
  const char *at = strstr(url, "://");
  at = at ? strchr(at + 3, '/') : NULL;
  return at ? at : "/";
}

static void push_request(lua_State *L, const struct hw_exchange *ex) {
  lua_createtable(L, 0, 4);
  lua_pushstring(L, ex->method);
  lua_setfield(L, -2, "method");
  lua_pushstring(L, target_of(ex->url));
  lua_setfield(L, -2, "target");
  push_headers(L, ex->lines);
  lua_setfield(L, -2, "headers");
  lua_pushlstring(L, ex->has_body ? ex->body : "", ex->has_body ? ex->body_len : 0);
  lua_setfield(L, -2, "body");
}

static void fail(struct hw_exchange *ex, enum hw_error_kind kind, const char *why) {
  ex->failed = kind;
  hw_copy(ex->message, sizeof ex->message, why, strlen(why));
}

static void read_headers(lua_State *L, struct hw_exchange *ex) {
  hw_buf_addf(&ex->head, "HTTP/1.1 %d\r\n", ex->status);
  if (lua_getfield(L, -1, "headers") == LUA_TTABLE)
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
      lua_rawgeti(L, -1, 1);
      lua_rawgeti(L, -2, 2);
      if (lua_isstring(L, -1) && lua_isstring(L, -2))
        hw_buf_addf(&ex->head, "%s: %s\r\n", lua_tostring(L, -2), lua_tostring(L, -1));
      lua_pop(L, 3);
    }
  else
    lua_pushnil(L);
  lua_pop(L, 2);
  hw_buf_adds(&ex->head, "\r\n");
}

static void read_response(lua_State *L, struct hw_exchange *ex) {
  size_t len;
  const char *body;
  lua_getfield(L, -1, "status");
  ex->status = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  read_headers(L, ex);
  lua_getfield(L, -1, "body");
  body = lua_tolstring(L, -1, &len);
  if (body && hw_buf_add(&ex->body_in, body, len))
    fail(ex, HW_ERR_DECODE, "the answer is larger than the limit");
  lua_pop(L, 1);
}

/* What the simulator wants to happen on the wire. A silence longer than the
 * client's patience ends as a time-out, a shorter one only takes its time. */
static void apply_fault(struct lua_port *p, struct hw_exchange *ex) {
  lua_State *L = p->L;
  const char *kind;
  lua_Number seconds;
  if (lua_getfield(L, -1, "fault") != LUA_TTABLE) {
    lua_pop(L, 1);
    return;
  }
  lua_getfield(L, -1, "kind");
  lua_getfield(L, -2, "seconds");
  kind = lua_tostring(L, -2);
  seconds = lua_tonumber(L, -1);
  if (kind && strncmp(kind, "reset", 5) == 0) {
    fail(ex, HW_ERR_TRANSPORT, "the connection was reset before an answer came");
  } else if (kind && (strcmp(kind, "stall") == 0 || strcmp(kind, "dribble") == 0)) {
    int64_t ms = (int64_t)(seconds * 1000), limit = ex->transport->total_ms;
    if (strcmp(kind, "stall") == 0 && ex->transport->stall_ms < limit)
      limit = ex->transport->stall_ms;
    advance_to(p, now(&p->base) + (ms < limit ? ms : limit));
    if (ms >= limit)
      fail(ex, HW_ERR_TIMEOUT, "no answer came in time");
  }
  lua_pop(L, 3);
}

static void carry_out(struct lua_port *p, struct hw_exchange *ex) {
  lua_State *L = p->L;
  int top = lua_gettop(L);
  ex->sent = 1;
  push_request(L, ex);
  if (call_method(p, "handle", 1)) {
    const char *why = lua_tostring(L, -1);
    fail(ex, HW_ERR_TRANSPORT, why ? why : "the simulator failed");
  } else if (!lua_istable(L, -1)) {
    fail(ex, HW_ERR_TRANSPORT, "the simulator gave no answer");
  } else {
    read_response(L, ex);
    apply_fault(p, ex);
  }
  lua_settop(L, top);
}

static int step(struct hw_port *port, int64_t until) {
  struct lua_port *p = (struct lua_port *)port;
  if (p->n && p->L) {
    struct hw_exchange *ex = p->queue[0];
    unqueue(p, 0);
    luaL_checkstack(p->L, 16, "simulator");
    carry_out(p, ex);
    ex->done(ex);
    return 1;
  }
  if (until != INT64_MAX && until > now(port))
    advance_to(p, until);
  return 0;
}

static int64_t deadline(struct hw_port *port) {
  struct lua_port *p = (struct lua_port *)port;
  return p->n ? 0 : INT64_MAX;
}

/* Runs from a finaliser of the same Lua universe, so the registry is there. */
static void free_port(struct hw_port *port) {
  struct lua_port *p = (struct lua_port *)port;
  luaL_unref(p->main, LUA_REGISTRYINDEX, p->ref);
  free(p->queue);
  free(p);
}

struct hw_port *hw_lua_port(lua_State *L, int index) {
  static const struct hw_port_ops ops = { now, now, start, cancel, step, NULL, deadline, free_port };
  struct lua_port *p;
  int ref;
  lua_pushvalue(L, index);
  ref = luaL_ref(L, LUA_REGISTRYINDEX);
  if (!(p = calloc(1, sizeof *p))) {
    luaL_unref(L, LUA_REGISTRYINDEX, ref);
    return NULL;
  }
  p->base.ops = &ops;
  p->base.refs = 1;
  p->ref = ref;
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  p->main = lua_tothread(L, -1);
  lua_pop(L, 1);
  p->L = L;
  return &p->base;
}
