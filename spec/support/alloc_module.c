/* SPDX-License-Identifier: Apache-2.0
 * The Lua module `alloc`, for specs only: runs Lua code in states of their own
 * whose memory ends at the n-th request, for one n after the other; Lua's memory,
 * that of hwdb.core itself (its calls of malloc are led here), or both. Memory
 * stays ended until the code has left, since Lua collects and asks again once.
 */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <dlfcn.h>
#include <lauxlib.h>
#include <limits.h>
#include <link.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((visibility("default"))) int luaopen_alloc(lua_State *L);

/* -- requests, counted and refused -------------------------------------- */

enum { OF_LUA = 1, OF_CORE = 2 };

static struct {
  long left; /* requests still served; negative: all */
  long refused;
  int whose; /* requests that count */
  size_t lua_bytes;
  long core_pieces;
} ledger = { .left = -1 };

static int refuse(int whose) {
  if (ledger.left < 0 || !(ledger.whose & whose))
    return 0;
  if (ledger.left > 0) {
    ledger.left--;
    return 0;
  }
  ledger.refused++;
  return 1;
}

static void *lua_memory(void *to, void *p, size_t old, size_t size) {
  size_t had = p ? old : 0;
  void *moved;
  (void)to;
  if (!size) {
    ledger.lua_bytes -= had;
    free(p);
    return NULL;
  }
  if (size > had && refuse(OF_LUA)) /* shrinking must not fail */
    return NULL;
  if ((moved = realloc(p, size)))
    ledger.lua_bytes += size - had;
  return moved;
}

static void *counted(void *p) {
  ledger.core_pieces += p != NULL;
  return p;
}

static void *core_malloc(size_t size) {
  return refuse(OF_CORE) ? NULL : counted(malloc(size));
}

static void *core_calloc(size_t n, size_t size) {
  return refuse(OF_CORE) ? NULL : counted(calloc(n, size));
}

static void *core_realloc(void *p, size_t size) {
  if (refuse(OF_CORE))
    return NULL;
  return p ? realloc(p, size) : counted(malloc(size));
}

static char *core_strdup(const char *text) {
  return refuse(OF_CORE) ? NULL : counted(strdup(text));
}

static void core_free(void *p) {
  ledger.core_pieces -= p != NULL;
  free(p);
}

/* -- leading the core's calls here -------------------------------------- */

static const struct {
  const char *name;
  void *stand_in;
} stand_ins[] = { { "malloc", (void *)core_malloc },   { "calloc", (void *)core_calloc }, { "realloc", (void *)core_realloc },
                  { "strdup", (void *)core_strdup },   { "free", (void *)core_free } };

static ElfW(Addr) entry(const struct link_map *map, ElfW(Sxword) tag) {
  for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++)
    if (d->d_tag == tag)
      return d->d_un.d_ptr;
  return 0;
}

/* The table is read-only once the object is loaded. */
static int set_slot(void **slot, void *to) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)slot & ~(page - 1);
  if (*slot == to)
    return 0;
  if (mprotect((void *)start, page, PROT_READ | PROT_WRITE))
    return -1;
  *slot = to;
  return mprotect((void *)start, page, PROT_READ);
}

static int lead(const struct link_map *map, ElfW(Sxword) table, ElfW(Sxword) size_tag) {
  const ElfW(Rela) *rela = (const ElfW(Rela) *)entry(map, table);
  const ElfW(Sym) *symbols = (const ElfW(Sym) *)entry(map, DT_SYMTAB);
  const char *names = (const char *)entry(map, DT_STRTAB);
  size_t n = entry(map, size_tag) / sizeof *rela;
  for (size_t i = 0; rela && i < n; i++) {
    const char *name = names + symbols[ELF64_R_SYM(rela[i].r_info)].st_name;
    for (size_t k = 0; k < sizeof stand_ins / sizeof *stand_ins; k++)
      if (strcmp(name, stand_ins[k].name) == 0 && set_slot((void **)(map->l_addr + rela[i].r_offset), stand_ins[k].stand_in))
        return -1;
  }
  return 0;
}

/* lead(file): from now on hwdb.core, loaded from that file, asks here for memory; cJSON too. */
static int lead_core(lua_State *L) {
  cJSON_Hooks hooks = { core_malloc, core_free };
  struct link_map *map;
  void *handle = dlopen(luaL_checkstring(L, 1), RTLD_NOW | RTLD_LOCAL); /* stays: what is led must not be loaded anew */
  if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
    return luaL_error(L, "%s", dlerror());
  if (lead(map, DT_JMPREL, DT_PLTRELSZ) || lead(map, DT_RELA, DT_RELASZ))
    return luaL_error(L, "the table of the module's calls cannot be changed");
  cJSON_InitHooks(&hooks);
  return 0;
}

/* -- trials -------------------------------------------------------------- */

#define ENDS_MAX 64

struct trial {
  const char *path, *cpath, *prepare, *code;
  int whose, fresh;
  long step, last;
  lua_State *L;
  int states, leaks, sufficed;
  int n_ends;
  struct end {
    char text[256];
    long count;
  } ends[ENDS_MAX];
};

static void set_path(lua_State *L, const char *name, const char *value) {
  lua_getglobal(L, "package");
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

/* Leaves the code's function on the stack; 0, or -1 with a message there. */
static int open_state(struct trial *t) {
  if (!(t->L = lua_newstate(lua_memory, NULL)))
    return -1;
  luaL_openlibs(t->L);
  set_path(t->L, "path", t->path);
  set_path(t->L, "cpath", t->cpath);
  return luaL_dostring(t->L, t->prepare) || luaL_loadstring(t->L, t->code) ? -1 : 0;
}

static int run_code(struct trial *t, long n) {
  int status;
  lua_pushvalue(t->L, -1);
  ledger.refused = 0;
  ledger.whose = t->whose;
  ledger.left = n;
  status = lua_pcall(t->L, 0, 1, 0);
  ledger.left = -1;
  return status;
}

/* One more way in which it ended. */
static void note(struct trial *t, int status) {
  const char *said = lua_tostring(t->L, -1);
  char text[sizeof t->ends->text];
  int i = 0;
  snprintf(text, sizeof text, "%s%s", status == LUA_OK || status == LUA_ERRMEM ? "" : "raised: ", said ? said : "no text");
  while (i < t->n_ends && strcmp(t->ends[i].text, text) != 0)
    i++;
  if (i == ENDS_MAX)
    return;
  if (i == t->n_ends)
    memcpy(t->ends[t->n_ends++].text, text, sizeof text);
  t->ends[i].count++;
}

/* Runs the code with *n and, unless each n has a state of its own, with all that follow. */
static void use_state(struct trial *t, long *n) {
  do {
    note(t, run_code(t, *n));
    lua_pop(t->L, 1);
    lua_gc(t->L, LUA_GCCOLLECT);
    t->sufficed = !ledger.refused;
    *n += t->step;
  } while (!t->fresh && !t->sufficed && *n <= t->last);
}

static void sweep_all(struct trial *t) {
  for (long n = 0; n <= t->last && !t->sufficed;) {
    size_t bytes = ledger.lua_bytes;
    long pieces = ledger.core_pieces;
    if (open_state(t)) {
      note(t, LUA_ERRRUN);
      return;
    }
    use_state(t, &n);
    lua_close(t->L);
    t->states++;
    t->leaks += ledger.lua_bytes != bytes || ledger.core_pieces != pieces;
  }
}

static long option(lua_State *L, const char *name, long standard) {
  long value;
  lua_getfield(L, 3, name);
  value = (long)luaL_optinteger(L, -1, standard);
  lua_pop(L, 1);
  return value;
}

static const char *path_of(lua_State *L, const char *name) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, name);
  return lua_tostring(L, -1);
}

static int whose(lua_State *L) {
  static const char *const words[] = { "lua", "core", "all", NULL };
  int which;
  lua_getfield(L, 3, "memory");
  lua_pushstring(L, luaL_optstring(L, -1, "lua"));
  which = luaL_checkoption(L, -1, NULL, words);
  return which == 0 ? OF_LUA : which == 1 ? OF_CORE : OF_LUA | OF_CORE;
}

/* sweep(prepare, code, {memory="lua"|"core"|"all", step=, last=, fresh=}) -> ends {text = count}, how many states did
 * not give back everything, whether memory sufficed in the end. A state serves all n, or with `fresh` one. */
static int sweep(lua_State *L) {
  struct trial t = { .prepare = luaL_checkstring(L, 1), .code = luaL_checkstring(L, 2) };
  luaL_checktype(L, 3, LUA_TTABLE);
  t.whose = whose(L);
  t.step = option(L, "step", 1);
  t.last = option(L, "last", 100000);
  lua_getfield(L, 3, "fresh");
  t.fresh = lua_toboolean(L, -1);
  t.path = path_of(L, "path");
  t.cpath = path_of(L, "cpath");
  sweep_all(&t);
  lua_newtable(L);
  for (int i = 0; i < t.n_ends; i++) {
    lua_pushinteger(L, t.ends[i].count);
    lua_setfield(L, -2, t.ends[i].text);
  }
  lua_pushinteger(L, t.leaks);
  lua_pushboolean(L, t.sufficed);
  return 3;
}

int luaopen_alloc(lua_State *L) {
  static const luaL_Reg functions[] = { { "lead", lead_core }, { "sweep", sweep }, { NULL, NULL } };
  luaL_newlib(L, functions);
  return 1;
}
