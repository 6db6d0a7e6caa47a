/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `hwdb.host`: what the program can do and a plain module cannot.
 */
#ifndef HW_HOST_LUA_H
#define HW_HOST_LUA_H

#include <lua.h>

/* isatty(fd) -> boolean
 * width() -> columns of the terminal, or nil
 * read_secret(prompt) -> text, or nil and "no terminal" | "interrupted" | "too long" | "empty"
 * interrupts() -> how many Ctrl-C or SIGTERM came
 * sources(prefix) -> array of embedded names that begin with it
 * source(name) -> text, or nil
 * stat(path) -> { kind = "file"|"directory"|"other", size =, mode = }, or nil and the reason
 * run(argv) -> exit code of a program found by PATH, or nil and the reason
 * listen{...} -> server: see host_serve.h
 * version, lua, microhttpd -> versions of the program and of two things in it */
int luaopen_hwdb_host(lua_State *L);

#endif
