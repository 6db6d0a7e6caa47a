/* SPDX-License-Identifier: Apache-2.0
 * Clients and calls as Lua sees them: one userdata for a client, one for a call
 * in flight. A call yields inside coroutines that hwdb schedules and blocks
 * everywhere else.
 */
#include "lua_client.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "client.h"
#include "lua_hwdb.h"
#include "lua_port.h"
#include "lua_value.h"
#include "reply.h"

#define CLIENT_TYPE "hwdb.client"
#define CALL_TYPE "hwdb.call"

static char threads_key;   /* registry: coroutines that hwdb schedules */
static char interrupt_key; /* registry: how the host tells of Ctrl-C */
static char port_key;      /* registry: the network port of this state */

struct client_box {
  struct hw_client *client;
  int closed; /* takes no more calls; those cancelled are still to be told */
  struct hw_port *sim; /* the client's port if it is the simulator's, else NULL */
  int n_spare;         /* of the table in its second user value: spent calls, for the next ones */
  struct hw_error error;
};

struct call_box {
  struct hw_call *call;
  struct client_box *owner; /* in this userdata's user value */
  int in_doubt;             /* was given up while a change was on its way */
  struct hw_error error;
};

struct port_box {
  struct hw_port *port;
};

/* -- the state's port --------------------------------------------------- */

static int free_port_box(lua_State *L) {
  struct port_box *box = lua_touserdata(L, 1);
  hw_port_drop(box->port);
  box->port = NULL;
  return 0;
}

static struct port_box *new_port_box(lua_State *L) {
  struct port_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->port = NULL;
  if (luaL_newmetatable(L, "hwdb.port")) {
    lua_pushcfunction(L, free_port_box);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

/* All clients of a state share one network port and so its connections. */
static struct hw_port *network_port(lua_State *L) {
  struct port_box *box;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &port_key) == LUA_TUSERDATA) {
    box = lua_touserdata(L, -1);
  } else {
    box = new_port_box(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &port_key);
  }
  lua_pop(L, 1);
  if (!box->port && !(box->port = hw_port_curl()))
    luaL_error(L, "out of memory");
  return box->port;
}

/* -- interrupts --------------------------------------------------------- */

typedef int (*interrupt_count)(void);

void hw_lua_set_interrupt(lua_State *L, int (*count)(void)) {
  *(interrupt_count *)lua_newuserdatauv(L, sizeof count, 0) = count;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &interrupt_key);
}

static interrupt_count interrupts(lua_State *L) {
  interrupt_count count = NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &interrupt_key) == LUA_TUSERDATA)
    count = *(interrupt_count *)lua_touserdata(L, -1);
  lua_pop(L, 1);
  return count;
}

/* -- clients ------------------------------------------------------------ */

static struct client_box *check_client(lua_State *L, int index) {
  struct client_box *box = luaL_checkudata(L, index, CLIENT_TYPE);
  if (box->closed || !box->client)
    luaL_error(L, "the client is closed");
  return box;
}

static void bind(lua_State *L, struct client_box *box) {
  if (box->sim)
    hw_lua_port_bind(box->sim, L);
}

static int free_client(lua_State *L) {
  struct client_box *box = luaL_checkudata(L, 1, CLIENT_TYPE);
  bind(L, box);
  hw_client_drop(box->client);
  box->client = NULL;
  hw_port_drop(box->sim);
  box->sim = NULL;
  hw_error_free(&box->error);
  return 0;
}

/* close(client): what is in flight is cancelled; whoever waits for it is told. */
static int close_client(lua_State *L) {
  struct client_box *box = luaL_checkudata(L, 1, CLIENT_TYPE);
  if (!box->client || box->closed)
    return 0;
  bind(L, box);
  box->closed = 1;
  if (hw_client_cancel(box->client, "the client was closed"))
    return 0;
  return free_client(L);
}

static struct client_box *new_client_box(lua_State *L) {
  struct client_box *box = lua_newuserdatauv(L, sizeof *box, 2);
  memset(box, 0, sizeof *box);
  if (luaL_newmetatable(L, CLIENT_TYPE)) {
    lua_pushcfunction(L, free_client);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  return box;
}

static int push_failure(lua_State *L, const struct hw_error *e) {
  lua_pushnil(L);
  hw_lua_push_error(L, e);
  return 2;
}

struct options_box {
  struct cJSON *tree;
};

static int free_options(lua_State *L) {
  struct options_box *box = lua_touserdata(L, 1);
  hw_json_free(box->tree);
  box->tree = NULL;
  return 0;
}

static struct options_box *new_options_box(lua_State *L) {
  struct options_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->tree = NULL;
  if (luaL_newmetatable(L, "hwdb.options")) {
    lua_pushcfunction(L, free_options);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

/* client(options, simulator?, log?) -> client, or nil and the error. `log` is
 * called with one line at a time. */
static int new_client(lua_State *L) {
  static const struct hw_lua_reader how = { NULL, 0, 1 };
  struct client_box *box;
  struct options_box *options;
  struct hw_port *port;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 3);
  box = new_client_box(L); /* 4 */
  options = new_options_box(L);
  if (!lua_isnil(L, 3)) {
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, 4, 1);
  }
  if (hw_lua_read(L, 1, &how, &options->tree, &box->error))
    return push_failure(L, &box->error);
  if (hw_json_type(options->tree) == HW_J_OBJECT && !lua_isnil(L, 3))
    hw_json_put(options->tree, "log", hw_json_boolean(1));
  if (lua_isnil(L, 2))
    port = network_port(L);
  else if (!(port = box->sim = hw_lua_port(L, 2)))
    return luaL_error(L, "out of memory");
  box->client = hw_client_new(options->tree, port, &box->error);
  hw_json_free(options->tree); /* holds secrets: gone as soon as it can be */
  options->tree = NULL;
  if (!box->client)
    return push_failure(L, &box->error);
  hw_client_set_interrupt(box->client, interrupts(L));
  lua_settop(L, 4);
  return 1;
}

/* Hands the log lines out; the hook may raise, and the lines are gone by then. */
static void drain_log(lua_State *L, int client_index, struct client_box *box) {
  struct hw_buf *log = hw_client_log(box->client);
  const char *lines;
  if (!log->len)
    return;
  lua_getiuservalue(L, client_index, 1);
  lua_pushlstring(L, hw_buf_text(log), log->len);
  hw_buf_clear(log);
  lines = lua_tostring(L, -1);
  while (*lines && lua_isfunction(L, -2)) {
    size_t len = strcspn(lines, "\n");
    lua_pushvalue(L, -2);
    lua_pushlstring(L, lines, len);
    lua_call(L, 1, 0);
    lines += len + (lines[len] == '\n');
  }
  lua_pop(L, 2);
}

static int describe(lua_State *L) {
  struct client_box *box = check_client(L, 1);
  struct hw_buf *json = hw_lua_new_buf(L), *scratch = hw_lua_new_buf(L);
  bind(L, box);
  if (hw_client_describe(box->client, json, &box->error) ||
      hw_lua_decode(L, hw_buf_text(json), json->len, scratch, &box->error))
    return push_failure(L, &box->error);
  return 1;
}

/* endpoint(client, service) -> URL, or nil and the error. */
static int endpoint(lua_State *L) {
  struct client_box *box = check_client(L, 1);
  const char *url;
  hw_error_clear(&box->error);
  url = hw_client_endpoint(box->client, luaL_checkstring(L, 2), &box->error);
  if (!url)
    return push_failure(L, &box->error);
  lua_pushstring(L, url);
  return 1;
}

/* now(client) -> Unix time in ms, corrected by what the services said */
static int client_now(lua_State *L) {
  struct client_box *box = check_client(L, 1);
  bind(L, box);
  lua_pushinteger(L, hw_client_now(box->client));
  return 1;
}

/* -- calls -------------------------------------------------------------- */

static void release_call(struct call_box *box) {
  hw_call_free(box->call);
  box->call = NULL;
}

static int free_call(lua_State *L) {
  struct call_box *box = luaL_checkudata(L, 1, CALL_TYPE);
  if (box->call && box->owner && box->owner->client)
    bind(L, box->owner);
  box->in_doubt |= box->call && box->call->state == HW_CALL_FLYING && box->call->kind != HW_QUERY_KIND;
  release_call(box);
  hw_error_free(&box->error);
  return 0;
}

/* A userdata with a finalizer costs a collector more than all else that a call leaves behind. */
#define SPARE_CALLS 128

static struct call_box *take_spare(lua_State *L, int client_index, struct client_box *owner) {
  struct call_box *box;
  lua_getiuservalue(L, client_index, 2);
  lua_rawgeti(L, -1, owner->n_spare);
  lua_pushboolean(L, 0);
  lua_rawseti(L, -3, owner->n_spare--);
  lua_remove(L, -2);
  box = lua_touserdata(L, -1);
  box->in_doubt = 0;
  return box;
}

/* The call at `index` is spent, and nobody uses it any more. */
static void keep_spare(lua_State *L, int index, struct client_box *owner) {
  if (owner->n_spare == SPARE_CALLS)
    return;
  lua_getiuservalue(L, index, 1);
  if (lua_getiuservalue(L, -1, 2) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_createtable(L, SPARE_CALLS, 0);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, -3, 2);
  }
  lua_pushvalue(L, index);
  lua_rawseti(L, -2, ++owner->n_spare);
  lua_pop(L, 2);
}

/* [-0, +1, m] A call of the client at `client_index`, which becomes its user value. */
static struct call_box *new_call_box(lua_State *L, int client_index) {
  struct client_box *owner = lua_touserdata(L, client_index);
  struct call_box *box;
  if (owner->n_spare)
    return take_spare(L, client_index, owner);
  box = lua_newuserdatauv(L, sizeof *box, 1);
  memset(box, 0, sizeof *box);
  box->owner = owner;
  if (luaL_newmetatable(L, CALL_TYPE)) {
    lua_pushcfunction(L, free_call);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, free_call);
    lua_setfield(L, -2, "__close");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  lua_pushvalue(L, client_index);
  lua_setiuservalue(L, -2, 1);
  return box;
}

static void push_header_table(lua_State *L, const char *head) {
  struct hw_lua_names *names = hw_lua_push_names(L);
  int known = lua_gettop(L);
  lua_createtable(L, 0, 8);
  for (const char *line = strchr(head, '\n'); line && line[1] && line[1] != '\r'; line = strchr(line, '\n')) {
    const char *colon = strchr(++line, ':');
    size_t len = strcspn(line, "\r\n"), name;
    char lower[128];
    if (!colon || colon >= line + len)
      continue;
    name = (size_t)(colon - line);
    if (name >= sizeof lower)
      name = sizeof lower - 1;
    for (size_t i = 0; i < name; i++)
      lower[i] = (char)(line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i]);
    hw_lua_push_name(L, names, known, lower, name);
    colon += 1 + strspn(colon + 1, " \t");
    while (line + len > colon && (line[len - 1] == ' ' || line[len - 1] == '\t'))
      len--;
    hw_lua_push_name(L, names, known, colon, (size_t)(line + len - colon));
    lua_rawset(L, -3);
  }
  lua_remove(L, known);
}

static void push_warnings(lua_State *L, const char *lines) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (const char *p = lines; *p;) {
    size_t path = strcspn(p, "\t"), line = strcspn(p, "\n");
    lua_pushlstring(L, p, path);
    lua_pushliteral(L, ": ");
    lua_pushlstring(L, p + path + 1, line - path - 1);
    lua_concat(L, 3);
    lua_rawseti(L, -2, ++n);
    p += line + 1;
  }
}

/* What few look at: kept as it came, and made into tables when it is asked for. */
struct details {
  double connect_s, first_byte_s, total_s;
  char head[];
};

static char details_key;  /* in an info: its details, until they are tables */
static char info_mt_key;  /* registry: metatable of infos */

static void add_details(lua_State *L, int info, const struct details *d) {
  push_header_table(L, d->head);
  lua_setfield(L, info, "headers");
  lua_createtable(L, 0, 3);
  lua_pushnumber(L, d->connect_s);
  lua_setfield(L, -2, "connect");
  lua_pushnumber(L, d->first_byte_s);
  lua_setfield(L, -2, "first_byte");
  lua_pushnumber(L, d->total_s);
  lua_setfield(L, -2, "total");
  lua_setfield(L, info, "timing");
  lua_pushnil(L);
  lua_rawsetp(L, info, &details_key);
}

/* True if the info at `info` got something it did not have. */
static int complete_info(lua_State *L, int info) {
  int had = lua_rawgetp(L, info, &details_key) == LUA_TUSERDATA;
  if (had)
    add_details(L, info, lua_touserdata(L, -1));
  lua_pop(L, 1);
  return had;
}

static int info_index(lua_State *L) {
  const char *key = lua_tostring(L, 2);
  if (lua_type(L, 2) != LUA_TSTRING || (strcmp(key, "headers") != 0 && strcmp(key, "timing") != 0) || !complete_info(L, 1))
    return 0;
  lua_rawget(L, 1);
  return 1;
}

static int info_next(lua_State *L) {
  lua_settop(L, 2);
  return lua_next(L, 1) ? 2 : 0;
}

static int info_pairs(lua_State *L) {
  complete_info(L, 1);
  lua_pushcfunction(L, info_next);
  lua_pushvalue(L, 1);
  return 2;
}

static void mark_info(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &info_mt_key) != LUA_TTABLE) {
    static const luaL_Reg methods[] = { { "__index", info_index }, { "__pairs", info_pairs }, { NULL, NULL } };
    lua_pop(L, 1);
    luaL_newlib(L, methods);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &info_mt_key);
  }
  lua_setmetatable(L, -2);
}

static void push_info(lua_State *L, const struct hw_call *call) {
  size_t len;
  const char *head = hw_buf_text(&call->ex.head), *id = hw_head_find(head, "X-Request-Id", &len);
  struct details *details;
  lua_createtable(L, 0, 8);
  lua_pushinteger(L, call->ex.status);
  lua_setfield(L, -2, "status");
  lua_pushinteger(L, call->attempts);
  lua_setfield(L, -2, "attempts");
  lua_pushnumber(L, call->seconds);
  lua_setfield(L, -2, "seconds");
  if (id) {
    lua_pushlstring(L, id, len);
    lua_setfield(L, -2, "request_id");
  }
  details = lua_newuserdatauv(L, sizeof *details + call->ex.head.len + 1, 0);
  *details = (struct details){ call->ex.connect_s, call->ex.first_byte_s, call->ex.total_s };
  memcpy(details->head, head, call->ex.head.len + 1);
  lua_rawsetp(L, -2, &details_key);
  mark_info(L);
  hw_lua_set_limit(L, &call->error);
  if (call->error.warnings.len) {
    push_warnings(L, call->error.warnings.data);
    lua_setfield(L, -2, "warnings");
  }
}

/* An answer to a raw call may be anything; what is no JSON comes as text. */
static int push_body(lua_State *L, struct hw_call *call, struct hw_error *e) {
  const struct hw_buf *body = &call->ex.body_in;
  if (!body->len) {
    lua_newtable(L);
    return 0;
  }
  if (!hw_lua_decode(L, body->data, body->len, &call->text, e))
    return 0;
  if (!call->op) {
    lua_pushlstring(L, body->data, body->len);
    return 0;
  }
  return -1;
}

/* Pushes what a finished call has to say; the call at `index` is spent. */
static int push_result(lua_State *L, int index, struct call_box *box) {
  struct hw_call *call = box->call;
  if (hw_client_log(box->owner->client)->len) {
    lua_getiuservalue(L, index, 1);
    drain_log(L, lua_gettop(L), box->owner);
    lua_pop(L, 1);
  }
  if (call->error.kind) {
    push_failure(L, &call->error);
  } else if (push_body(L, call, &box->error)) {
    hw_call_undecodable(call, &box->error);
    push_failure(L, &box->error);
  } else {
    push_info(L, call);
  }
  release_call(box);
  if (!box->error.kind)
    keep_spare(L, index, box->owner);
  return 2;
}

static int is_scheduled(lua_State *L) {
  int found;
  if (!lua_isyieldable(L) || lua_rawgetp(L, LUA_REGISTRYINDEX, &threads_key) != LUA_TTABLE) {
    lua_settop(L, lua_gettop(L) - (lua_isyieldable(L) ? 1 : 0));
    return 0;
  }
  lua_pushthread(L);
  lua_rawget(L, -2);
  found = lua_toboolean(L, -1);
  lua_pop(L, 2);
  return found;
}

static int after_yield(lua_State *L, int status, lua_KContext index) {
  struct call_box *box = lua_touserdata(L, (int)index);
  (void)status;
  lua_settop(L, (int)index);
  if (!box->call || box->call->state != HW_CALL_DONE)
    return luaL_error(L, "a coroutine that waits for a call was resumed by somebody else");
  bind(L, box->owner);
  return push_result(L, (int)index, box);
}

/* Blocks until the call is done. A signal whose handler wants Lua's attention
 * (stock lua's Ctrl-C sets a hook) ends the waiting. */
static void block(lua_State *L, struct call_box *box) {
  while (box->call->state != HW_CALL_DONE) {
    int moved = hw_client_step(box->owner->client, INT64_MAX);
    if (moved < 0 && lua_gethook(L))
      hw_call_cancel(box->call, "interrupted by a signal");
  }
}

/* Starts the call on top of the stack and waits for it in the fitting way. */
static int run(lua_State *L, struct call_box *box) {
  int index = lua_gettop(L);
  bind(L, box->owner);
  hw_call_start(box->call);
  if (box->call->state != HW_CALL_DONE) {
    if (is_scheduled(L)) {
      lua_toclose(L, index); /* a coroutine that is closed cancels its call */
      lua_pushvalue(L, index);
      return lua_yieldk(L, 1, index, after_yield);
    }
    block(L, box);
  }
  return push_result(L, index, box);
}

static double option_seconds(lua_State *L, int index, const char *name) {
  double seconds = 0;
  if (lua_getfield(L, index, name) != LUA_TNIL) {
    seconds = lua_tonumber(L, -1);
    if (!(seconds > 0 && seconds <= 31536000))
      luaL_error(L, "option %s must be a number of seconds", name);
  }
  lua_pop(L, 1);
  return seconds;
}

/* Options of one call: timeout, deadline (seconds), attempts. */
static void read_call_options(lua_State *L, int index, struct hw_call *call) {
  if (lua_isnoneornil(L, index))
    return;
  luaL_checktype(L, index, LUA_TTABLE);
  call->timeout_ms = (int64_t)(option_seconds(L, index, "timeout") * 1000);
  call->deadline = (int64_t)(option_seconds(L, index, "deadline") * 1000);
  if (lua_getfield(L, index, "attempts") != LUA_TNIL) {
    lua_Integer n = luaL_checkinteger(L, -1);
    luaL_argcheck(L, n >= 1 && n <= 100, index, "attempts must be from 1 to 100");
    call->max_attempts = (int)n;
  }
  lua_pop(L, 1);
}

static int read_args(lua_State *L, int index, struct call_box *box) {
  struct hw_call *call = box->call;
  struct hw_lua_reader how = { call->op->in, 1, 0 };
  if (lua_isnoneornil(L, index))
    return 0;
  luaL_checktype(L, index, LUA_TTABLE);
  if (hw_lua_read(L, index, &how, &call->args, &box->error)) {
    snprintf(box->error.operation, sizeof box->error.operation, "%s.%s", call->service, call->op->name);
    return -1;
  }
  if (hw_json_type(call->args) == HW_J_OBJECT)
    return 0;
  return hw_fail(&box->error, HW_ERR_USAGE, "%s: the arguments must be a table with names, not a list", call->op->name);
}

/* operation(service, args?, options?): upvalues are the client and the row. */
static int invoke(lua_State *L) {
  struct client_box *owner = lua_touserdata(L, lua_upvalueindex(1));
  const struct hw_op *op = lua_touserdata(L, lua_upvalueindex(2));
  struct call_box *box;
  lua_settop(L, 3);
  if (owner->closed || !owner->client)
    return luaL_error(L, "the client is closed");
  box = new_call_box(L, lua_upvalueindex(1)); /* 4 */
  if (!(box->call = hw_call_new(owner->client, op, &box->error)))
    return push_failure(L, &box->error);
  if (read_args(L, 2, box))
    return push_failure(L, &box->error);
  read_call_options(L, 3, box->call);
  return run(L, box);
}

static const struct hw_op *check_op(lua_State *L, int service, int name) {
  return hw_op_find(luaL_checkstring(L, service), luaL_checkstring(L, name));
}

/* operation(client, service, name) -> function, or nil and the nearest name */
static int operation(lua_State *L) {
  const struct hw_op *op;
  check_client(L, 1);
  if (!(op = check_op(L, 2, 3))) {
    lua_pushnil(L);
    lua_pushstring(L, hw_op_suggest(lua_tostring(L, 2), lua_tostring(L, 3)));
    return 2;
  }
  lua_pushvalue(L, 1);
  lua_pushlightuserdata(L, (void *)op);
  lua_pushcclosure(L, invoke, 2);
  return 1;
}

/* preview(client, service, name, args, date?) -> table, or nil and the error */
static int preview(lua_State *L) {
  struct client_box *owner = check_client(L, 1);
  const struct hw_op *op = check_op(L, 2, 3);
  const char *date = luaL_optstring(L, 5, NULL);
  struct call_box *box;
  struct hw_buf *json, *scratch;
  luaL_argcheck(L, op, 3, "unknown operation");
  lua_settop(L, 5);
  box = new_call_box(L, 1);
  json = hw_lua_new_buf(L);
  scratch = hw_lua_new_buf(L);
  bind(L, owner);
  if (!(box->call = hw_call_new(owner->client, op, &box->error)) || read_args(L, 4, box))
    return push_failure(L, &box->error);
  if (hw_call_preview(box->call, date, json))
    return push_failure(L, &box->call->error);
  if (hw_lua_decode(L, hw_buf_text(json), json->len, scratch, &box->error))
    return push_failure(L, &box->error);
  return 1;
}

/* -- raw calls ---------------------------------------------------------- */

static const char *required_text(lua_State *L, int index, const char *name) {
  const char *text;
  if (lua_getfield(L, index, name) != LUA_TSTRING)
    luaL_error(L, "request: %s must be given as a text", name);
  text = lua_tostring(L, -1);
  return text; /* stays on the stack */
}

static int read_part(lua_State *L, int index, const char *name, struct cJSON **tree, struct hw_error *e) {
  static const struct hw_lua_reader plain = { NULL, 0, 1 };
  int failed = 0;
  if (lua_getfield(L, index, name) != LUA_TNIL) {
    luaL_checktype(L, -1, LUA_TTABLE);
    failed = hw_lua_read(L, -1, &plain, tree, e);
  }
  lua_pop(L, 1);
  return failed;
}

static int read_body(lua_State *L, int index, struct call_box *box) {
  static const struct hw_lua_reader plain = { NULL, 0, 1 };
  struct hw_call *call = box->call;
  size_t len;
  if (lua_getfield(L, index, "body") == LUA_TSTRING) {
    const char *text = lua_tolstring(L, -1, &len);
    hw_buf_add(&call->request.body, text, len);
    call->request.has_body = 1;
  } else if (!lua_isnil(L, -1)) {
    if (hw_lua_read(L, -1, &plain, &call->args, &box->error))
      return -1;
    if (hw_json_write(call->args, &call->request.body))
      return hw_fail_memory(&box->error);
    call->request.has_body = 1;
  }
  lua_pop(L, 1);
  return call->request.body.failed ? hw_fail_memory(&box->error) : 0;
}

static void read_kind(lua_State *L, int index, struct hw_call *call) {
  if (lua_getfield(L, index, "repeatable") != LUA_TNIL)
    call->kind = lua_toboolean(L, -1) ? HW_QUERY_KIND : HW_PULSE;
  lua_pop(L, 1);
}

/* request(client, {service, method, path, query?, headers?, body?, repeatable?}, options?) */
static int request(lua_State *L) {
  struct client_box *owner = check_client(L, 1);
  const char *service, *method, *path;
  struct call_box *box;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 3);
  service = required_text(L, 2, "service");
  method = required_text(L, 2, "method");
  path = required_text(L, 2, "path");
  box = new_call_box(L, 1);
  if (!(box->call = hw_call_raw(owner->client, service, method, path, &box->error)) ||
      read_part(L, 2, "query", &box->call->query, &box->error) ||
      read_part(L, 2, "headers", &box->call->headers, &box->error) || read_body(L, 2, box))
    return push_failure(L, &box->error);
  read_kind(L, 2, box->call);
  read_call_options(L, 3, box->call);
  return run(L, box);
}

/* sleep(client, seconds): on the client's clock. */
static int sleep_for(lua_State *L) {
  struct client_box *owner = check_client(L, 1);
  lua_Number seconds = luaL_checknumber(L, 2);
  struct call_box *box;
  luaL_argcheck(L, seconds >= 0 && seconds <= 3.2e9, 2, "a number of seconds");
  lua_settop(L, 2);
  box = new_call_box(L, 1);
  box->owner = owner;
  bind(L, owner);
  box->call = hw_call_timer(owner->client, hw_client_mono(owner->client) + (int64_t)ceil(seconds * 1000), &box->error);
  if (!box->call)
    return push_failure(L, &box->error);
  run(L, box);
  return 2;
}

/* -- scheduling --------------------------------------------------------- */

/* schedule(thread, on): calls made in that coroutine yield. */
static int schedule(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &threads_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &threads_key);
  }
  lua_pushvalue(L, 1);
  lua_pushboolean(L, lua_toboolean(L, 2)); /* not nil: a table that loses and gains entries when full is made anew each time */
  lua_rawset(L, -3);
  return 0;
}

/* scheduled() -> whether calls made here yield */
static int scheduled(lua_State *L) {
  lua_pushboolean(L, is_scheduled(L));
  return 1;
}

/* watch(call, tag) -> client: the finished call will be handed out by its tag. */
static int watch(lua_State *L) {
  struct call_box *box = luaL_checkudata(L, 1, CALL_TYPE);
  lua_Integer tag = luaL_checkinteger(L, 2);
  luaL_argcheck(L, tag > 0, 2, "a positive tag");
  luaL_argcheck(L, box->call, 1, "spent call");
  box->call->tag = (unsigned long)tag;
  lua_getiuservalue(L, 1, 1);
  return 1;
}

/* A closed client still tells of the calls it had. */
static struct client_box *check_polled(lua_State *L) {
  struct client_box *box = luaL_checkudata(L, 1, CLIENT_TYPE);
  luaL_argcheck(L, box->client, 1, "closed client");
  return box;
}

/* in_doubt(call) -> whether it was given up while a change was on its way */
static int in_doubt(lua_State *L) {
  const struct call_box *box = luaL_checkudata(L, 1, CALL_TYPE);
  lua_pushboolean(L, box->in_doubt);
  return 1;
}

static int push_done(lua_State *L, struct client_box *box) {
  struct hw_call *call = hw_client_done(box->client);
  if (!call)
    return 0;
  lua_pushinteger(L, (lua_Integer)call->tag);
  return 1;
}

/* poll(client, seconds?) -> tag of a finished call, or nil when the time is over
 * (no seconds: never) or something else wants attention. */
static int poll_client(lua_State *L) {
  struct client_box *box = check_polled(L);
  lua_Number seconds = luaL_optnumber(L, 2, -1);
  int64_t until = INT64_MAX;
  bind(L, box);
  if (push_done(L, box))
    return 1;
  if (seconds >= 0)
    until = hw_client_mono(box->client) + (int64_t)(seconds * 1000);
  hw_client_step(box->client, until);
  drain_log(L, 1, box);
  return push_done(L, box);
}

/* done(client) -> tag of a call that has finished already, or nil */
static int done(lua_State *L) {
  return push_done(L, check_polled(L));
}

/* is_virtual(client) -> true if its time is a simulator's */
static int is_virtual(lua_State *L) {
  lua_pushboolean(L, check_polled(L)->sim != NULL);
  return 1;
}

/* due(client) -> seconds until the client has something to do, or nil: never */
static int due(lua_State *L) {
  struct client_box *box = check_polled(L);
  struct hw_port *port;
  int64_t next, now;
  bind(L, box);
  port = box->sim ? box->sim : network_port(L);
  next = port->ops->deadline(port);
  if (hw_client_due(box->client) < next)
    next = hw_client_due(box->client);
  if (next == INT64_MAX)
    return 0;
  now = hw_client_mono(box->client);
  lua_pushnumber(L, next <= now ? 0.0 : (lua_Number)(next - now) / 1000);
  return 1;
}

/* sockets(client) -> { {fd=, read=, write=}, ... } of the state's network port */
static int sockets(lua_State *L) {
  struct hw_socket *list;
  struct hw_port *port;
  size_t n;
  if (check_polled(L)->sim) {
    lua_newtable(L);
    return 1;
  }
  port = network_port(L);
  n = port->ops->sockets(port, NULL, 0);
  list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
  port->ops->sockets(port, list, n);
  lua_createtable(L, (int)n, 0);
  for (size_t i = 0; i < n; i++) {
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, list[i].fd);
    lua_setfield(L, -2, "fd");
    lua_pushboolean(L, list[i].readable);
    lua_setfield(L, -2, "read");
    lua_pushboolean(L, list[i].writable);
    lua_setfield(L, -2, "write");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* -- checking without a client ------------------------------------------ */

/* check(service, name, args?, {strict=}?) -> true, warnings or nil, error */
static int check_arguments(lua_State *L) {
  const struct hw_op *op = check_op(L, 1, 2);
  struct hw_lua_reader how = { op ? op->in : NULL, 1, 0 };
  struct options_box *args;
  struct client_box *errors; /* lends its error */
  int strict = 0, failed;
  luaL_argcheck(L, op, 2, "unknown operation");
  lua_settop(L, 4);
  if (lua_istable(L, 4)) {
    lua_getfield(L, 4, "strict");
    strict = lua_toboolean(L, -1);
  }
  errors = new_client_box(L);
  args = new_options_box(L);
  if (lua_isnil(L, 3))
    lua_newtable(L), lua_replace(L, 3);
  luaL_checktype(L, 3, LUA_TTABLE);
  failed = hw_lua_read(L, 3, &how, &args->tree, &errors->error) || hw_check(op, args->tree, strict, &errors->error);
  if (failed)
    return push_failure(L, &errors->error);
  lua_pushboolean(L, 1);
  push_warnings(L, hw_buf_text(&errors->error.warnings));
  return 2;
}

void hw_lua_client_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "client", new_client }, { "close", close_client }, { "describe", describe }, { "endpoint", endpoint },
    { "client_now", client_now }, { "operation", operation }, { "preview", preview }, { "request", request },
    { "sleep", sleep_for }, { "schedule", schedule }, { "scheduled", scheduled }, { "watch", watch }, { "poll", poll_client }, { "done", done }, { "in_doubt", in_doubt },
    { "is_virtual", is_virtual }, { "due", due }, { "sockets", sockets }, { "check", check_arguments },
    { NULL, NULL },
  };
  luaL_setfuncs(L, functions, 0);
}
