/* SPDX-License-Identifier: Apache-2.0
 * The journal as Lua sees it:
 *
 *   store(folder, vfs?) -> store
 *   store:run_create{id, name, state, data, created_ms, updated_ms} -> true
 *   store:run_update{id, updated_ms, state?, data?} -> true
 *   store:run_get(id) -> run or nil            store:run_list(state?) -> list
 *   store:append{run, branch, n, kind, phase, time_ms, data} -> seq
 *   store:put{...} -> true                     store:get{run, branch, n, phase} -> record or nil
 *   store:records(run, after?, max?) -> list
 *   store:audit_append(data, hash, time_ms) -> true
 *   store:audit_head() -> hash, "" at first    store:audit_list(after?, max?) -> list
 *   store:keep(space, name, text) -> true      store:kept(space, name) -> text or nil
 *   store:lock(target, holder) -> true, or false and the other's holder (nil if it left no words)
 *   store:unlock(target)
 *   store:pace{account, limit, window_ms, now_ms} -> when
 *   store:check() -> true
 *   store:begin() store:commit() -> true       store:rollback()
 *   store:close(), also at the end of a <close> variable
 *
 * `data` and `holder` are any values that JSON has a form for, a data that is nil
 * is null; secrets are refused. Lists hold at most `max` (1000) and may be shorter;
 * an empty one is the end. Failure: nil and the error, its code one of store.h's;
 * what is not there is nil alone. Arguments of the wrong type, unknown or missing
 * ones and data without a JSON form raise.
 */
#ifndef HW_LUA_STORE_H
#define HW_LUA_STORE_H

#include <lua.h>

/* [-0, +0, m] Adds the function `store` to the table on top. */
void hw_lua_store_open(lua_State *L);

#endif
