/* SPDX-License-Identifier: Apache-2.0
 * For specs only: what a host may do to a process that has the module loaded.
 * Forks, threads with Lua states of their own, states closed at an awkward
 * moment, the environment, the signal handlers. Knows nothing of hwdb.
 */
#define _GNU_SOURCE
#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((visibility("default"))) int luaopen_process(lua_State *L);

#define THREADS_MAX 8

/* fork() -> 0 in the child, the child's id in the parent */
static int fork_process(lua_State *L) {
  pid_t pid = fork();
  if (pid < 0)
    return luaL_error(L, "fork failed");
  lua_pushinteger(L, pid);
  return 1;
}

/* exit(status): at once, without closing the state. */
static int exit_process(lua_State *L) {
  _exit((int)luaL_checkinteger(L, 1));
}

/* wait(pid) -> exit status, or minus the signal */
static int wait_process(lua_State *L) {
  int status = 0;
  if (waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0) < 0)
    return luaL_error(L, "waitpid failed");
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  return 1;
}

/* setenv(name, value?) */
static int set_environment(lua_State *L) {
  const char *name = luaL_checkstring(L, 1), *value = luaL_optstring(L, 2, NULL);
  if (value)
    setenv(name, value, 1);
  else
    unsetenv(name);
  return 0;
}

/* handlers() -> one text that names what every signal does */
static int handlers(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 1; i < NSIG; i++) {
    struct sigaction act;
    if (sigaction(i, NULL, &act))
      continue;
    lua_pushfstring(L, "%d:%p:%d ", i, (void *)act.sa_handler, act.sa_flags);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  return 1;
}

struct job {
  pthread_t thread;
  const char *code, *argument;
  char answer[4096];
};

/* A state from opening to closing; the answer is what the code returned, as text. */
static void *run_state(void *given) {
  struct job *job = given;
  lua_State *L = luaL_newstate();
  const char *text;
  if (!L)
    return NULL;
  luaL_openlibs(L);
  if (luaL_loadstring(L, job->code) == LUA_OK) {
    lua_pushstring(L, job->argument);
    lua_pcall(L, 1, 1, 0);
  }
  text = luaL_tolstring(L, -1, NULL);
  strncpy(job->answer, text, sizeof job->answer - 1);
  lua_close(L);
  return NULL;
}

/* state(code, argument) -> what the code returned in a state that was closed right after */
static int in_state(lua_State *L) {
  struct job job = { .code = luaL_checkstring(L, 1), .argument = luaL_optstring(L, 2, "") };
  run_state(&job);
  lua_pushstring(L, job.answer);
  return 1;
}

/* threads(code, argument, n) -> list of the answers of n states in n threads */
static int in_threads(lua_State *L) {
  struct job *jobs = lua_newuserdatauv(L, sizeof *jobs * THREADS_MAX, 0);
  lua_Integer n = luaL_checkinteger(L, 3);
  luaL_argcheck(L, n >= 1 && n <= THREADS_MAX, 3, "too many");
  memset(jobs, 0, sizeof *jobs * THREADS_MAX);
  for (lua_Integer i = 0; i < n; i++) {
    jobs[i].code = luaL_checkstring(L, 1);
    jobs[i].argument = luaL_checkstring(L, 2);
    if (pthread_create(&jobs[i].thread, NULL, run_state, &jobs[i]))
      abort();
  }
  lua_createtable(L, (int)n, 0);
  for (lua_Integer i = 0; i < n; i++) {
    pthread_join(jobs[i].thread, NULL);
    lua_pushstring(L, jobs[i].answer);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

int luaopen_process(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "fork", fork_process }, { "exit", exit_process }, { "wait", wait_process }, { "setenv", set_environment },
    { "handlers", handlers }, { "state", in_state }, { "threads", in_threads }, { NULL, NULL },
  };
  luaL_newlib(L, functions);
  return 1;
}
