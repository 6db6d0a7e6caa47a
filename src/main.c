/* SPDX-License-Identifier: Apache-2.0
 * The program: a Lua state that carries its own modules, and one protected
 * call of hwdb.cli. What the commands do is written in Lua.
 */
#define _GNU_SOURCE 1
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_lua.h"
#include "host_signal.h"
#include "host_sources.h"
#include "lua_hwdb.h"

#define EXIT_FAILED 1
#define FIRST "\nhwdb: interrupted: nothing new is sent, a change in flight may finish; again gives it up\n"
#define SECOND "\nhwdb: interrupted again: the change in flight is given up; once more ends the program\n"

/* [-0, +1] a text for anything that was raised. */
static int explain(lua_State *L) {
  if (!lua_isstring(L, 1))
    luaL_tolstring(L, 1, NULL);
  luaL_traceback(L, L, lua_tostring(L, -1), 1);
  return 1;
}

/* hwdb and hwdb.* come out of the program and from nowhere else, so that
 * LUA_PATH cannot slip in another version. */
static int find_embedded(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const struct host_source *source = host_source_find(name);
  if (!source) {
    if (strcmp(name, "hwdb") == 0 || strncmp(name, "hwdb.", 5) == 0)
      return luaL_error(L, "this program has no module %s", name);
    lua_pushfstring(L, "no module '%s' inside the program", name);
    return 1;
  }
  lua_pushfstring(L, "=%s", name);
  if (luaL_loadbufferx(L, (const char *)source->text, source->len, lua_tostring(L, -1), "t") != LUA_OK)
    return lua_error(L);
  lua_pushstring(L, "inside the program");
  return 2;
}

static void add_searcher(lua_State *L) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushcfunction(L, find_embedded);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}

static void preload(lua_State *L, const char *name, lua_CFunction open) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, open);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

static int protected_main(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  luaL_openlibs(L);
  add_searcher(L);
  preload(L, "hwdb.core", luaopen_hwdb_core);
  preload(L, "hwdb.host", luaopen_hwdb_host);
  hw_lua_set_interrupt(L, host_interrupts);
  lua_getglobal(L, "require");
  lua_pushstring(L, "hwdb.cli");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  lua_createtable(L, argc, 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
  lua_call(L, 1, 1);
  return 1;
}

int main(int argc, char **argv) {
  int code = EXIT_FAILED;
  lua_State *L = luaL_newstate();
  if (!L) {
    fputs("hwdb: out of memory\n", stderr);
    return EXIT_FAILED;
  }
  host_signals_announce(FIRST, SECOND);
  host_signals_catch();
  lua_pushcfunction(L, explain);
  lua_pushcfunction(L, protected_main);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  if (lua_pcall(L, 2, 1, 1) == LUA_OK)
    code = (int)lua_tointeger(L, -1);
  else
    fprintf(stderr, "hwdb: %s\n", lua_tostring(L, -1));
  lua_close(L);
  return code;
}
