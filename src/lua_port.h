/* SPDX-License-Identifier: Apache-2.0
 * A port whose other side is a Lua function: the simulator in the same process.
 */
#ifndef HW_LUA_PORT_H
#define HW_LUA_PORT_H

#include <lua.h>

#include "port.h"

/* [-0, +0, m] A port that hands every request to the simulator object at `index`
 * (methods handle, now, advance_to), whose clock becomes the port's. The object
 * is kept in the registry until the port is freed. NULL without memory. */
struct hw_port *hw_lua_port(lua_State *L, int index);

/* Says which state the port may use now; before every use of it. */
void hw_lua_port_bind(struct hw_port *p, lua_State *L);

#endif
