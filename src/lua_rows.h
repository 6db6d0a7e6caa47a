/* SPDX-License-Identifier: Apache-2.0
 * The rows as Lua tables.
 */
#ifndef HW_LUA_ROWS_H
#define HW_LUA_ROWS_H

#include <lua.h>

/* [-0, +0, m] Adds rows(), and the tables of errors and statuses, to the table on top. */
void hw_lua_rows_open(lua_State *L);

#endif
