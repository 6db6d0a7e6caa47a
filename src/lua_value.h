/* SPDX-License-Identifier: Apache-2.0
 * Lua values to JSON trees and JSON text to Lua values.
 */
#ifndef HW_LUA_VALUE_H
#define HW_LUA_VALUE_H

#include <lua.h>

#include "err.h"
#include "json.h"
#include "model.h"

#define HW_LUA_SECRET "hwdb.secret"

/* [-0, +0, m] Reads the value at `index` into *root, which must live in an owner
 * that Lua collects: the tree grows in place, so nothing leaks if Lua leaves. A
 * row's fields decide whether an empty table is [] or {}; `fields` may be NULL.
 * Secrets are taken only where a field is secret, or everywhere with `any_secret`.
 * -1: HW_ERR_CHECK naming the place. */
struct hw_lua_reader {
  const struct hw_field *fields; /* of the value itself, an object */
  int is_args;                   /* top-level names may carry "path." and the like */
  int any_secret;
};
int hw_lua_read(lua_State *L, int index, const struct hw_lua_reader *how, struct cJSON **root, struct hw_error *e);

/* [-0, +1 on success, m] Decodes JSON text. `scratch` belongs to the caller and
 * has an owner that Lua collects. -1: HW_ERR_DECODE, nothing pushed. */
int hw_lua_decode(lua_State *L, const char *text, size_t len, struct hw_buf *scratch, struct hw_error *e);

/* [-0, +1, m] The value that a source tells. It must own nothing when the sink is
 * called: memory that ends leaves by longjmp. */
void hw_lua_gather(lua_State *L, hw_json_source source, const void *from);

/* Strings met again and again: names of members and headers, short values such as ids
 * and statuses. Some are kept by the state, so that pushing one makes nothing new. */
struct hw_lua_names;

/* [-0, +1, m] Pushes the table that keeps them alive; `index` below is where it stands. */
struct hw_lua_names *hw_lua_push_names(lua_State *L);

/* [-0, +1, m] Pushes a text by way of the kept ones. */
void hw_lua_push_name(lua_State *L, struct hw_lua_names *names, int index, const char *text, size_t len);

/* [-0, +1, m] The metatable that marks arrays. */
void hw_lua_push_array_mt(lua_State *L);

/* [-0, +1, m] Error table with fields and a text form. */
void hw_lua_push_error(lua_State *L, const struct hw_error *e);

/* Into the table on top: limit = {calls=, seconds=}, if a refusal for rate stated one. [0, 0, m] */
void hw_lua_set_limit(lua_State *L, const struct hw_error *e);

/* Text of the secret at `index`, or NULL if there is none. */
const char *hw_lua_secret(lua_State *L, int index, size_t *len);

/* [-0, +0, m] Adds the value functions and `null` to the table on top. */
void hw_lua_value_open(lua_State *L);

/* [-0, +1, m] A buffer that Lua collects. */
struct hw_buf *hw_lua_new_buf(lua_State *L);

#endif
