/* SPDX-License-Identifier: Apache-2.0
 * The journal as Lua sees it: values become JSON text on their way in and values
 * again on their way out. Decides nothing about runs.
 */
#include "lua_store.h"

#include <lauxlib.h>
#include <string.h>

#include "lua_value.h"
#include "store.h"

#define STORE_TYPE "hwdb.store"
#define DEPTH_MAX 100 /* of data, so that it can be read back inside a list of records */
#define LIST_MAX 1000

struct store_box {
  struct hw_store *store;
  struct hw_error error;
};

struct data_box {
  struct cJSON *tree;
  struct hw_buf text;
  struct hw_error error;
};

static int push_failure(lua_State *L, struct store_box *box) {
  lua_pushnil(L);
  hw_lua_push_error(L, &box->error);
  return 2;
}

static int push_done(lua_State *L, struct store_box *box, int failed) {
  if (failed)
    return push_failure(L, box);
  lua_pushboolean(L, 1);
  return 1;
}

static struct store_box *check_store(lua_State *L) {
  struct store_box *box = luaL_checkudata(L, 1, STORE_TYPE);
  luaL_argcheck(L, box->store, 1, "the journal is closed");
  hw_error_clear(&box->error);
  return box;
}

/* -- values in -------------------------------------------------------------- */

static int free_data(lua_State *L) {
  struct data_box *box = lua_touserdata(L, 1);
  hw_json_free(box->tree);
  box->tree = NULL;
  hw_buf_free(&box->text);
  hw_error_free(&box->error);
  return 0;
}

static struct data_box *new_data(lua_State *L) {
  struct data_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  if (luaL_newmetatable(L, "hwdb.store_data")) {
    lua_pushcfunction(L, free_data);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

static int depth_of(const struct cJSON *node) {
  int deepest = 0;
  for (const struct cJSON *child = hw_json_first(node); child; child = hw_json_next(child)) {
    int depth = 1 + depth_of(child);
    if (depth > deepest)
      deepest = depth;
  }
  return deepest;
}

/* [-0, +1, v] JSON text of the value at `index`; it lives as long as what is pushed. */
static const char *push_json(lua_State *L, int index, const char *name) {
  static const struct hw_lua_reader plain = { NULL, 0, 0 };
  struct data_box *box;
  index = lua_absindex(L, index);
  box = new_data(L);
  if (hw_lua_read(L, index, &plain, &box->tree, &box->error)) {
    lua_pushstring(L, hw_buf_text(&box->error.message));
    luaL_error(L, "%s cannot be kept: %s", name, lua_tostring(L, -1));
  }
  if (depth_of(box->tree) > DEPTH_MAX)
    luaL_error(L, "%s cannot be kept: it is nested more than %d deep", name, DEPTH_MAX);
  if (hw_json_write(box->tree, &box->text))
    luaL_error(L, "%s cannot be kept: out of memory, or larger than the limit", name);
  hw_json_free(box->tree);
  box->tree = NULL;
  return hw_buf_text(&box->text);
}

/* Texts end at U+0000 down there, so one inside would name something else. */
static const char *check_text(lua_State *L, int index, const char *name) {
  size_t len;
  const char *text;
  if (lua_type(L, index) != LUA_TSTRING)
    luaL_error(L, "%s must be a text, not %s", name, luaL_typename(L, index));
  text = lua_tolstring(L, index, &len);
  if (strlen(text) != len)
    luaL_error(L, "%s must not hold U+0000", name);
  return text;
}

/* [-0, +1, v] Members of the table at 2; what is pushed keeps the text alive. */
static const char *text_member(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  return check_text(L, -1, name);
}

static const char *optional_text(lua_State *L, const char *name) {
  return lua_getfield(L, 2, name) == LUA_TNIL ? NULL : check_text(L, -1, name);
}

static int64_t check_integer(lua_State *L, int index, const char *name) {
  int is_integer;
  lua_Integer n = lua_tointegerx(L, index, &is_integer);
  if (!is_integer || lua_type(L, index) != LUA_TNUMBER)
    luaL_error(L, "%s must be an integer, not %s", name, luaL_tolstring(L, index, NULL));
  return n;
}

static int64_t integer_member(lua_State *L, const char *name) {
  int64_t n;
  lua_getfield(L, 2, name);
  n = check_integer(L, -1, name);
  lua_pop(L, 1);
  return n;
}

static const char *data_member(lua_State *L) {
  lua_getfield(L, 2, "data");
  return push_json(L, -1, "data");
}

/* The table at 2 has no other members than these. */
static void check_members(lua_State *L, const char *const *names) {
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    const char *const *name = names;
    while (*name && (!key || strcmp(*name, key) != 0))
      name++;
    if (!*name)
      luaL_error(L, "unknown member %s", luaL_tolstring(L, -2, NULL));
  }
}

static struct hw_store_record read_place(lua_State *L) {
  struct hw_store_record r = { 0 };
  r.run = text_member(L, "run");
  r.branch = text_member(L, "branch");
  r.phase = text_member(L, "phase");
  r.n = integer_member(L, "n");
  return r;
}

static struct hw_store_record read_record(lua_State *L) {
  static const char *const names[] = { "run", "branch", "n", "phase", "kind", "time_ms", "data", NULL };
  struct hw_store_record r;
  check_members(L, names);
  r = read_place(L);
  r.kind = text_member(L, "kind");
  r.time_ms = integer_member(L, "time_ms");
  r.data = data_member(L);
  return r;
}

/* -- values out ------------------------------------------------------------- */

static int push_value(lua_State *L, struct store_box *box, const struct hw_buf *json) {
  struct hw_buf *scratch = hw_lua_new_buf(L);
  return hw_lua_decode(L, hw_buf_text(json), json->len, scratch, &box->error) ? push_failure(L, box) : 1;
}

/* 1 found, 0 not, -1 error: as the functions of the store say it. */
static int push_found(lua_State *L, struct store_box *box, int got, const struct hw_buf *json) {
  if (got > 0)
    return push_value(L, box, json);
  if (got < 0)
    return push_failure(L, box);
  lua_pushnil(L);
  return 1;
}

/* -- runs ------------------------------------------------------------------- */

static int run_create(lua_State *L) {
  static const char *const names[] = { "id", "name", "state", "data", "created_ms", "updated_ms", NULL };
  struct store_box *box = check_store(L);
  struct hw_store_run run;
  check_members(L, names);
  run.id = text_member(L, "id");
  run.name = text_member(L, "name");
  run.state = text_member(L, "state");
  run.created_ms = integer_member(L, "created_ms");
  run.updated_ms = integer_member(L, "updated_ms");
  run.data = data_member(L);
  return push_done(L, box, hw_store_run_create(box->store, &run, &box->error));
}

static int run_update(lua_State *L) {
  static const char *const names[] = { "id", "state", "data", "updated_ms", NULL };
  struct store_box *box = check_store(L);
  struct hw_store_run run = { 0 };
  check_members(L, names);
  run.id = text_member(L, "id");
  run.state = optional_text(L, "state");
  run.updated_ms = integer_member(L, "updated_ms");
  if (lua_getfield(L, 2, "data") != LUA_TNIL)
    run.data = push_json(L, -1, "data");
  return push_done(L, box, hw_store_run_update(box->store, &run, &box->error));
}

static int run_get(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *id = check_text(L, 2, "id");
  struct hw_buf *json = hw_lua_new_buf(L);
  return push_found(L, box, hw_store_run_get(box->store, id, json, &box->error), json);
}

static int run_list(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *state = lua_isnoneornil(L, 2) ? NULL : check_text(L, 2, "state");
  struct hw_buf *json = hw_lua_new_buf(L);
  if (hw_store_run_list(box->store, state, json, &box->error))
    return push_failure(L, box);
  return push_value(L, box, json);
}

/* -- records ---------------------------------------------------------------- */

static int append(lua_State *L) {
  struct store_box *box = check_store(L);
  struct hw_store_record r = read_record(L);
  int64_t seq;
  if (hw_store_append(box->store, &r, &seq, &box->error))
    return push_failure(L, box);
  lua_pushinteger(L, seq);
  return 1;
}

static int put(lua_State *L) {
  struct store_box *box = check_store(L);
  struct hw_store_record r = read_record(L);
  return push_done(L, box, hw_store_put(box->store, &r, &box->error));
}

static int get(lua_State *L) {
  static const char *const names[] = { "run", "branch", "n", "phase", NULL };
  struct store_box *box = check_store(L);
  struct hw_store_record place;
  struct hw_buf *json;
  check_members(L, names);
  place = read_place(L);
  json = hw_lua_new_buf(L);
  return push_found(L, box, hw_store_get(box->store, &place, json, &box->error), json);
}

static int records(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *run = check_text(L, 2, "run");
  lua_Integer after = luaL_optinteger(L, 3, 0), max = luaL_optinteger(L, 4, LIST_MAX);
  struct hw_buf *json = hw_lua_new_buf(L);
  if (hw_store_records(box->store, run, after, max, json, &box->error))
    return push_failure(L, box);
  return push_value(L, box, json);
}

/* -- audit ------------------------------------------------------------------ */

static int audit_append(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *hash = check_text(L, 3, "hash"), *data;
  int64_t time_ms = check_integer(L, 4, "time_ms");
  data = push_json(L, 2, "data");
  return push_done(L, box, hw_store_audit_append(box->store, data, hash, time_ms, &box->error));
}

static int audit_head(lua_State *L) {
  struct store_box *box = check_store(L);
  struct hw_buf *hash = hw_lua_new_buf(L);
  if (hw_store_audit_head(box->store, hash, &box->error))
    return push_failure(L, box);
  lua_pushlstring(L, hw_buf_text(hash), hash->len);
  return 1;
}

static int audit_list(lua_State *L) {
  struct store_box *box = check_store(L);
  lua_Integer after = luaL_optinteger(L, 2, 0), max = luaL_optinteger(L, 3, LIST_MAX);
  struct hw_buf *json = hw_lua_new_buf(L);
  if (hw_store_audit_list(box->store, after, max, json, &box->error))
    return push_failure(L, box);
  return push_value(L, box, json);
}

/* -- things kept by name ----------------------------------------------------- */

static int keep(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *space = check_text(L, 2, "space"), *name = check_text(L, 3, "name"), *data;
  size_t len;
  luaL_checktype(L, 4, LUA_TSTRING);
  data = lua_tolstring(L, 4, &len);
  return push_done(L, box, hw_store_keep(box->store, space, name, data, len, &box->error));
}

static int kept(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *space = check_text(L, 2, "space"), *name = check_text(L, 3, "name");
  struct hw_buf *data = hw_lua_new_buf(L);
  int got = hw_store_kept(box->store, space, name, data, &box->error);
  if (got < 0)
    return push_failure(L, box);
  if (got)
    lua_pushlstring(L, hw_buf_text(data), data->len);
  else
    lua_pushnil(L);
  return 1;
}

/* -- locks and pace ----------------------------------------------------------- */

static int lock(lua_State *L) {
  struct store_box *box = check_store(L);
  const char *target = check_text(L, 2, "target"), *holder = push_json(L, 3, "holder");
  struct hw_buf *other = hw_lua_new_buf(L);
  int got = hw_store_lock(box->store, target, holder, other, &box->error);
  if (got < 0)
    return push_failure(L, box);
  if (got || !other->len) {
    lua_pushboolean(L, got);
    return 1;
  }
  if (push_value(L, box, other) != 1)
    return 2;
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

static int unlock(lua_State *L) {
  struct store_box *box = check_store(L);
  hw_store_unlock(box->store, check_text(L, 2, "target"));
  return 0;
}

static int pace(lua_State *L) {
  static const char *const names[] = { "account", "limit", "window_ms", "now_ms", NULL };
  struct store_box *box = check_store(L);
  struct hw_store_pace how;
  int64_t now, when;
  check_members(L, names);
  how.account = text_member(L, "account");
  how.limit = integer_member(L, "limit");
  how.window_ms = integer_member(L, "window_ms");
  now = integer_member(L, "now_ms");
  if (hw_store_pace(box->store, &how, now, &when, &box->error))
    return push_failure(L, box);
  lua_pushinteger(L, when);
  return 1;
}

/* -- the whole ----------------------------------------------------------------- */

static int check(lua_State *L) {
  struct store_box *box = check_store(L);
  return push_done(L, box, hw_store_check(box->store, &box->error));
}

static int begin(lua_State *L) {
  struct store_box *box = check_store(L);
  return push_done(L, box, hw_store_begin(box->store, &box->error));
}

static int commit(lua_State *L) {
  struct store_box *box = check_store(L);
  return push_done(L, box, hw_store_commit(box->store, &box->error));
}

static int rollback(lua_State *L) {
  struct store_box *box = check_store(L);
  hw_store_rollback(box->store);
  return 0;
}

static int close_store(lua_State *L) {
  struct store_box *box = luaL_checkudata(L, 1, STORE_TYPE);
  hw_store_close(box->store);
  box->store = NULL;
  hw_error_free(&box->error);
  return 0;
}

static void set_metatable(lua_State *L) {
  static const luaL_Reg methods[] = {
    { "run_create", run_create }, { "run_update", run_update }, { "run_get", run_get }, { "run_list", run_list },
    { "append", append }, { "put", put }, { "get", get }, { "records", records },
    { "audit_append", audit_append }, { "audit_head", audit_head }, { "audit_list", audit_list },
    { "keep", keep }, { "kept", kept }, { "lock", lock }, { "unlock", unlock }, { "pace", pace }, { "check", check },
    { "begin", begin }, { "commit", commit }, { "rollback", rollback }, { "close", close_store }, { NULL, NULL },
  };
  static const luaL_Reg events[] = { { "__gc", close_store }, { "__close", close_store }, { NULL, NULL } };
  if (luaL_newmetatable(L, STORE_TYPE)) {
    luaL_setfuncs(L, events, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
}

static int open_store(lua_State *L) {
  const char *folder = check_text(L, 1, "folder");
  const char *vfs = lua_isnoneornil(L, 2) ? NULL : check_text(L, 2, "vfs");
  struct store_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  set_metatable(L);
  if (!(box->store = hw_store_open(folder, vfs, &box->error)))
    return push_failure(L, box);
  return 1;
}

void hw_lua_store_open(lua_State *L) {
  lua_pushcfunction(L, open_store);
  lua_setfield(L, -2, "store");
}
