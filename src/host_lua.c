/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `hwdb.host`: terminal, interrupts, embedded sources, files'
 * kinds. It knows no service and sends nothing.
 */
#define _GNU_SOURCE 1
#include "host_lua.h"

#include <errno.h>
#include <lauxlib.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host_serve.h"
#include "host_signal.h"
#include "host_sources.h"
#include "httpd.h"

#define SECRET_MAX 8192
#define ARGS_MAX 64

extern char **environ;

static int host_isatty(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

static int host_width(lua_State *L) {
  struct winsize size;
  if ((ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) || !size.ws_col)
    lua_pushnil(L);
  else
    lua_pushinteger(L, size.ws_col);
  return 1;
}

static int host_read_secret(lua_State *L) {
  static const char *const reasons[] = { NULL, "no terminal", "interrupted", "too long", "empty" };
  const char *prompt = luaL_checkstring(L, 1);
  /* Memory of Lua's own: pushing the text below may raise. */
  char *line = lua_newuserdatauv(L, SECRET_MAX, 0);
  enum host_secret result = host_secret_read(prompt, line, SECRET_MAX);
  if (result != HOST_SECRET_OK) {
    lua_pushnil(L);
    lua_pushstring(L, reasons[result]);
    return 2;
  }
  lua_pushstring(L, line);
  explicit_bzero(line, SECRET_MAX);
  return 1;
}

static int host_count_interrupts(lua_State *L) {
  lua_pushinteger(L, host_interrupts());
  return 1;
}

static int host_list_sources(lua_State *L) {
  const char *prefix = luaL_checkstring(L, 1);
  lua_Integer n = 0;
  lua_newtable(L);
  for (unsigned i = 0; i < host_source_count; i++)
    if (strncmp(host_sources[i].name, prefix, strlen(prefix)) == 0) {
      lua_pushstring(L, host_sources[i].name);
      lua_rawseti(L, -2, ++n);
    }
  return 1;
}

static int host_read_source(lua_State *L) {
  const struct host_source *source = host_source_find(luaL_checkstring(L, 1));
  if (source)
    lua_pushlstring(L, (const char *)source->text, source->len);
  else
    lua_pushnil(L);
  return 1;
}

static int host_stat(lua_State *L) {
  struct stat s;
  if (stat(luaL_checkstring(L, 1), &s))
    return luaL_fileresult(L, 0, NULL);
  lua_newtable(L);
  lua_pushstring(L, S_ISREG(s.st_mode) ? "file" : S_ISDIR(s.st_mode) ? "directory" : "other");
  lua_setfield(L, -2, "kind");
  lua_pushinteger(L, (lua_Integer)s.st_size);
  lua_setfield(L, -2, "size");
  lua_pushinteger(L, s.st_mode & 07777);
  lua_setfield(L, -2, "mode");
  return 1;
}

static int host_run(lua_State *L) {
  char *argv[ARGS_MAX + 1];
  lua_Integer n = luaL_len(L, 1);
  int status, problem;
  pid_t child;
  luaL_argcheck(L, n >= 1 && n <= ARGS_MAX, 1, "between 1 and 64 words");
  luaL_checkstack(L, (int)n, NULL);
  for (lua_Integer i = 0; i < n; i++) {
    lua_rawgeti(L, 1, i + 1);
    argv[i] = (char *)luaL_checkstring(L, -1);
  }
  argv[n] = NULL;
  problem = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
  if (problem) {
    errno = problem;
    return luaL_fileresult(L, 0, argv[0]);
  }
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return luaL_fileresult(L, 0, argv[0]);
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 1;
}

int luaopen_hwdb_host(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "isatty", host_isatty },   { "width", host_width },          { "read_secret", host_read_secret },
    { "source", host_read_source }, { "sources", host_list_sources }, { "interrupts", host_count_interrupts },
    { "stat", host_stat },       { "run", host_run },              { "listen", host_serve_listen },
    { NULL, NULL },
  };
  luaL_newlib(L, functions);
  lua_pushstring(L, HW_VERSION);
  lua_setfield(L, -2, "version");
  lua_pushstring(L, httpd_version());
  lua_setfield(L, -2, "microhttpd");
  lua_pushliteral(L, LUA_RELEASE);
  lua_setfield(L, -2, "lua");
  return 1;
}
