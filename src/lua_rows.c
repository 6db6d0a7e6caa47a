/* SPDX-License-Identifier: Apache-2.0
 * The rows, error codes and statuses as Lua tables. Absent things are left out.
 */
#include "lua_rows.h"

#include <lauxlib.h>
#include <string.h>

#include "api/errors.h"
#include "api/statuses.h"
#include "lua_value.h"
#include "model.h"
#include "rows.h"
#include "word.h"

static void set_text(lua_State *L, const char *name, const char *text) {
  if (!text || !*text)
    return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, name);
}

static void new_list(lua_State *L) {
  lua_newtable(L);
  hw_lua_push_array_mt(L);
  lua_setmetatable(L, -2);
}

/* rows(service?, name?) -> list of rows; with both names, that row or nil */
static int rows(lua_State *L) {
  struct hw_rows_wanted wanted = { NULL, luaL_optstring(L, 1, NULL) };
  const char *name = luaL_optstring(L, 2, NULL);
  if (wanted.service && name && !(wanted.op = hw_op_find(wanted.service, name)))
    return 0;
  hw_lua_gather(L, hw_rows_tell, &wanted);
  return 1;
}

static lua_Integer add_errors(lua_State *L, const char *service, const struct hw_error_row *row, lua_Integer n) {
  for (; row->code; row++) {
    lua_createtable(L, 0, 6);
    set_text(L, "service", service);
    set_text(L, "code", row->code);
    if (row->status)
      set_integer(L, "status", row->status);
    set_text(L, "class", hw_error_class_word(row->class));
    set_text(L, "meaning", row->meaning);
    set_text(L, "remedy", row->remedy);
    lua_rawseti(L, -2, ++n);
  }
  return n;
}

/* errors() -> list of all error codes with meaning, remedy and class */
static int errors(lua_State *L) {
  lua_Integer n = 0;
  new_list(L);
  n = add_errors(L, "ddm", hw_errors_ddm, n);
  n = add_errors(L, "dws", hw_errors_dws, n);
  n = add_errors(L, "dbss", hw_errors_dbss, n);
  add_errors(L, "gateway", hw_errors_common, n);
  return 1;
}

/* statuses() -> list of what the statuses of the services' objects mean */
static int statuses(lua_State *L) {
  lua_Integer n = 0;
  new_list(L);
  for (const struct hw_status_row *row = hw_status_rows; row->service; row++) {
    lua_createtable(L, 0, 5);
    set_text(L, "service", row->service);
    set_text(L, "object", row->object);
    set_text(L, "value", row->value);
    set_text(L, "meaning", row->meaning);
    lua_pushlstring(L, &row->phase, 1);
    lua_setfield(L, -2, "phase");
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* suggest(service|nil, name) -> the nearest known name, or nil */
static int suggest(lua_State *L) {
  const char *service = luaL_optstring(L, 1, NULL);
  lua_pushstring(L, hw_op_suggest(service, luaL_checkstring(L, 2)));
  return 1;
}

/* nearest(word, names) -> the name that was probably meant, or nil */
static int nearest(lua_State *L) {
  struct hw_nearest n;
  hw_nearest_start(&n, luaL_checkstring(L, 1));
  luaL_checktype(L, 2, LUA_TTABLE);
  for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++, lua_pop(L, 1))
    hw_nearest_try(&n, lua_tostring(L, -1), lua_tostring(L, -1)); /* the list keeps it */
  lua_pushstring(L, n.answer);
  return 1;
}

/* service_known(name) -> boolean */
static int service_known(lua_State *L) {
  lua_pushboolean(L, hw_service_known(luaL_checkstring(L, 1)));
  return 1;
}

void hw_lua_rows_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "rows", rows }, { "errors", errors }, { "statuses", statuses }, { "suggest", suggest },
    { "nearest", nearest }, { "service_known", service_known }, { NULL, NULL },
  };
  luaL_setfuncs(L, functions, 0);
}
