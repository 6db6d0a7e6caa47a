/* SPDX-License-Identifier: Apache-2.0
 * Clients and calls as Lua sees them.
 */
#ifndef HW_LUA_CLIENT_H
#define HW_LUA_CLIENT_H

#include <lua.h>

/* [-0, +0, m] Adds the client functions to the table on top. */
void hw_lua_client_open(lua_State *L);

#endif
