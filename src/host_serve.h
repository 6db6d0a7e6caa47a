/* SPDX-License-Identifier: Apache-2.0
 * The listener as a Lua object.
 */
#ifndef HW_HOST_SERVE_H
#define HW_HOST_SERVE_H

#include <lua.h>

/* listen{ address =, port =, remote =, certificate =, key =, handle = } -> server, or nil and the reason.
 *   address: numeric, or "localhost"; others than loopback need remote = true. port 0 picks a free one.
 *   certificate, key: PEM texts, for TLS.
 *   handle(request) -> response: request is { method, target, headers = {{name, value}, ...}, body };
 *   response is { status, headers, body, fault = { kind = "reset_before" | "reset_after" | "stall" | "dribble",
 *   seconds } }; any other fault is already in the answer. An error in it is answered with 500 and goes to stderr.
 * server:port() -> number
 * server:serve() -> returns when a SIGTERM or SIGINT has come
 * server:close() -> also by garbage collection and as a to-be-closed variable */
int host_serve_listen(lua_State *L);

#endif
