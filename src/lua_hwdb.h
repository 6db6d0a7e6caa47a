/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `hwdb.core`: the C core for Lua 5.4.
 */
#ifndef HW_LUA_HWDB_H
#define HW_LUA_HWDB_H

#include <lua.h>

/* Opens the module: rows, values, signing and clients. */
__attribute__((visibility("default"))) int luaopen_hwdb_core(lua_State *L);

/* [-0, +0, m] Gives all clients made later in this state a way to learn how often
 * the user asked to stop. `count` may be called at any time from this thread. */
void hw_lua_set_interrupt(lua_State *L, int (*count)(void));

#endif
