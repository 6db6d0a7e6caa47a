/* SPDX-License-Identifier: Apache-2.0
 * For specs only: the disk as SQLite sees it, with a memory. The file layer
 * "forgetful" notes what was written since the last sync, can take it back as a
 * power cut would, and fails, cuts or kills at the n-th operation. Syncs cost
 * nothing here. Not for two states or threads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((visibility("default"))) int luaopen_vfs(lua_State *L);

#define SECTOR 512

enum operation { WRITE, SYNC, TRUNCATE, DELETE, OPEN, OPERATIONS };
static const char *const operation_words[] = { "write", "sync", "truncate", "delete", "open", "any", NULL };

enum trouble { NONE, FULL, IO, CUT, KILL };
static const char *const trouble_words[] = { "none", "full", "io", "cut", "kill", NULL };

/* One write or truncation since the last sync. */
struct step {
  struct step *next; /* the one before */
  sqlite3_int64 offset, size_before, size_after;
  int len; /* of both texts; 0 for a truncation that grew nothing */
  unsigned char *before, *after;
};

struct disk {
  struct disk *next;
  struct step *steps; /* latest first */
  char path[];
};

struct file {
  sqlite3_file base;
  struct disk *disk; /* NULL: memory of no interest, such as temporary files */
  sqlite3_file *real;
};

static struct {
  sqlite3_vfs *real;
  struct disk *disks;
  long counts[OPERATIONS];
  enum trouble trouble;
  int on; /* OPERATIONS: any */
  long in; /* how many operations until then; 0: it has come */
  int stays; /* the trouble goes on until it is taken away */
  int dead;  /* power is gone */
  int came;
  unsigned seed; /* of what survives a cut; 0: nothing */
} world;

/* -- taking back ------------------------------------------------------------ */

static void free_steps(struct disk *disk) {
  while (disk->steps) {
    struct step *step = disk->steps;
    disk->steps = step->next;
    free(step->before);
    free(step->after);
    free(step);
  }
}

static int survives(void) {
  if (!world.seed)
    return 0;
  world.seed = world.seed * 1103515245u + 12345u;
  return (world.seed >> 16) & 1;
}

static void must(int ok) {
  if (!ok)
    abort();
}

static void put_bytes(int fd, const unsigned char *bytes, sqlite3_int64 len, sqlite3_int64 offset) {
  must(pwrite(fd, bytes, (size_t)len, (off_t)offset) == (ssize_t)len);
}

/* Whole sectors reach the disk or do not, each for itself and in any order. */
static void keep_some(int fd, const struct step *step) {
  if (step->size_after < step->size_before) {
    if (survives())
      must(!ftruncate(fd, (off_t)step->size_after));
    return;
  }
  for (sqlite3_int64 at = 0; at < step->len;) {
    sqlite3_int64 len = SECTOR - (step->offset + at) % SECTOR;
    if (len > step->len - at)
      len = step->len - at;
    if (survives())
      put_bytes(fd, step->after + at, len, step->offset + at);
    at += len;
  }
}

static void replay(int fd, const struct step *step) {
  if (!step)
    return;
  replay(fd, step->next);
  keep_some(fd, step);
}

static void take_back(struct disk *disk) {
  int fd = open(disk->path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return;
  for (struct step *step = disk->steps; step; step = step->next) {
    if (step->len)
      put_bytes(fd, step->before, step->len, step->offset);
    must(!ftruncate(fd, (off_t)step->size_before));
  }
  replay(fd, disk->steps);
  close(fd);
  free_steps(disk);
}

static void cut(void) {
  world.dead = 1;
  for (struct disk *disk = world.disks; disk; disk = disk->next)
    take_back(disk);
}

/* -- the trouble -------------------------------------------------------------- */

static int strike(int full) {
  world.came = 1;
  switch (world.trouble) {
  case FULL: return full;
  case IO: return SQLITE_IOERR;
  case CUT: cut(); return SQLITE_IOERR;
  case KILL: raise(SIGKILL); return SQLITE_IOERR;
  default: return SQLITE_OK;
  }
}

/* Before each operation: SQLITE_OK, or how it fails. */
static int pass(enum operation op) {
  if (world.dead)
    return SQLITE_IOERR;
  world.counts[op]++;
  if (world.trouble == NONE || (world.on != OPERATIONS && world.on != (int)op))
    return SQLITE_OK;
  if (world.in > 0 && --world.in)
    return SQLITE_OK;
  if (world.came && !world.stays)
    return SQLITE_OK;
  return strike(op == WRITE ? SQLITE_FULL : SQLITE_IOERR);
}

/* -- files ---------------------------------------------------------------------- */

static sqlite3_file *real_of(sqlite3_file *f) {
  return ((struct file *)f)->real;
}

static int note(struct file *f, sqlite3_int64 offset, const void *bytes, int len, sqlite3_int64 size_after) {
  struct step *step = calloc(1, sizeof *step);
  must(step && !f->real->pMethods->xFileSize(f->real, &step->size_before));
  step->offset = offset;
  step->len = len;
  step->size_after = size_after > step->size_before || !bytes ? size_after : step->size_before;
  step->before = calloc(1, (size_t)len + 1);
  step->after = calloc(1, (size_t)len + 1);
  must(step->before && step->after);
  if (len) {
    int rc = f->real->pMethods->xRead(f->real, step->before, len, offset);
    must(rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ);
    if (bytes)
      memcpy(step->after, bytes, (size_t)len);
  }
  step->next = f->disk->steps;
  f->disk->steps = step;
  return SQLITE_OK;
}

static int x_close(sqlite3_file *f) {
  struct file *own = (struct file *)f;
  int rc = own->real->pMethods->xClose(own->real);
  sqlite3_free(own->real);
  return rc;
}

static int x_read(sqlite3_file *f, void *to, int len, sqlite3_int64 offset) {
  return world.dead ? SQLITE_IOERR : real_of(f)->pMethods->xRead(real_of(f), to, len, offset);
}

static int x_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 offset) {
  int rc = pass(WRITE);
  if (rc)
    return rc;
  if (((struct file *)f)->disk)
    note((struct file *)f, offset, bytes, len, offset + len);
  return real_of(f)->pMethods->xWrite(real_of(f), bytes, len, offset);
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 size) {
  sqlite3_int64 now = 0;
  int rc = pass(TRUNCATE);
  if (rc)
    return rc;
  real_of(f)->pMethods->xFileSize(real_of(f), &now);
  if (((struct file *)f)->disk && now > size)
    note((struct file *)f, size, NULL, (int)(now - size), size);
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int x_sync(sqlite3_file *f, int flags) {
  int rc = pass(SYNC);
  (void)flags;
  if (!rc && ((struct file *)f)->disk)
    free_steps(((struct file *)f)->disk);
  return rc;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *size) {
  return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int x_lock(sqlite3_file *f, int kind) {
  return real_of(f)->pMethods->xLock(real_of(f), kind);
}

static int x_unlock(sqlite3_file *f, int kind) {
  return real_of(f)->pMethods->xUnlock(real_of(f), kind);
}

static int x_reserved(sqlite3_file *f, int *result) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), result);
}

static int x_control(sqlite3_file *f, int op, void *argument) {
  return real_of(f)->pMethods->xFileControl(real_of(f), op, argument);
}

static int x_sector(sqlite3_file *f) {
  return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int x_traits(sqlite3_file *f) {
  return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **at) {
  return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, at);
}

static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
  return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *f) {
  real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int x_shm_unmap(sqlite3_file *f, int delete) {
  return real_of(f)->pMethods->xShmUnmap(real_of(f), delete);
}

/* Version 2: no mapped pages, so every change of a file passes through x_write. */
static const sqlite3_io_methods methods = {
  2, x_close, x_read, x_write, x_truncate, x_sync, x_size, x_lock, x_unlock, x_reserved, x_control, x_sector, x_traits,
  x_shm_map, x_shm_lock, x_shm_barrier, x_shm_unmap, NULL, NULL,
};

static struct disk *disk_of(const char *path) {
  size_t size = strlen(path) + 1;
  struct disk *disk = world.disks;
  while (disk && strcmp(disk->path, path) != 0)
    disk = disk->next;
  if (disk)
    return disk;
  must((disk = calloc(1, sizeof *disk + size)) != NULL);
  memcpy(disk->path, path, size);
  disk->next = world.disks;
  return world.disks = disk;
}

static int x_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out) {
  struct file *own = (struct file *)f;
  int rc = pass(OPEN);
  (void)vfs;
  own->base.pMethods = NULL;
  if (rc)
    return SQLITE_CANTOPEN;
  own->real = sqlite3_malloc(world.real->szOsFile);
  if (!own->real)
    return SQLITE_NOMEM;
  memset(own->real, 0, (size_t)world.real->szOsFile);
  own->disk = path && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) ? disk_of(path) : NULL;
  rc = world.real->xOpen(world.real, path, own->real, flags, out);
  if (rc) {
    sqlite3_free(own->real);
    return rc;
  }
  own->base.pMethods = &methods;
  return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int sync) {
  int rc = pass(DELETE);
  (void)vfs;
  if (rc)
    return SQLITE_IOERR_DELETE;
  free_steps(disk_of(path));
  return world.real->xDelete(world.real, path, sync);
}

static sqlite3_vfs layer;

static void register_layer(void) {
  world.real = sqlite3_vfs_find(NULL);
  layer = *world.real;
  layer.zName = "forgetful";
  layer.szOsFile = (int)sizeof(struct file);
  layer.xOpen = x_open;
  layer.xDelete = x_delete;
  sqlite3_vfs_register(&layer, 0);
}

/* -- for Lua ---------------------------------------------------------------------- */

/* reset(): power is back, no trouble ahead, nothing counted, all that was written is on the disk. */
static int reset(lua_State *L) {
  (void)L;
  for (struct disk *disk = world.disks; disk; disk = disk->next)
    free_steps(disk);
  memset(world.counts, 0, sizeof world.counts);
  world.trouble = NONE;
  world.dead = world.came = 0;
  return 0;
}

/* at{what = "full"|"io"|"cut"|"kill", on = "write"|..|"any", nth = 1, stays = false, seed = 0} */
static int set_trouble(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "what");
  world.trouble = (enum trouble)luaL_checkoption(L, -1, NULL, trouble_words);
  lua_getfield(L, 1, "on");
  world.on = luaL_checkoption(L, -1, "any", operation_words);
  lua_getfield(L, 1, "nth");
  world.in = (long)luaL_optinteger(L, -1, 1);
  lua_getfield(L, 1, "stays");
  world.stays = lua_toboolean(L, -1);
  lua_getfield(L, 1, "seed");
  world.seed = (unsigned)luaL_optinteger(L, -1, 0);
  world.came = 0;
  return 0;
}

/* came() -> whether the trouble was met */
static int came(lua_State *L) {
  lua_pushboolean(L, world.came);
  return 1;
}

/* cut(seed?): now. Everything fails until reset(). */
static int cut_now(lua_State *L) {
  world.seed = (unsigned)luaL_optinteger(L, 1, 0);
  cut();
  return 0;
}

/* counts() -> {write =, sync =, truncate =, delete =, open =} */
static int counts(lua_State *L) {
  lua_createtable(L, 0, OPERATIONS);
  for (int i = 0; i < OPERATIONS; i++) {
    lua_pushinteger(L, world.counts[i]);
    lua_setfield(L, -2, operation_words[i]);
  }
  return 1;
}

/* sql(file, text): changes a database behind everybody's back. */
static int run_sql(lua_State *L) {
  sqlite3 *db = NULL;
  const char *path = luaL_checkstring(L, 1), *text = luaL_checkstring(L, 2);
  int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
  if (!rc)
    rc = sqlite3_exec(db, text, NULL, NULL, NULL);
  lua_pushstring(L, sqlite3_errmsg(db));
  sqlite3_close(db);
  return rc ? luaL_error(L, "%s: %s", path, lua_tostring(L, -1)) : 0;
}

/* owner(path, uid), mode(path, octal digits) */
static int set_owner(lua_State *L) {
  uid_t uid = (uid_t)luaL_checkinteger(L, 2);
  if (chown(luaL_checkstring(L, 1), uid, (gid_t)-1))
    return luaL_error(L, "chown: %s", strerror(errno));
  return 0;
}

static int set_mode(lua_State *L) {
  if (chmod(luaL_checkstring(L, 1), (mode_t)strtol(luaL_checkstring(L, 2), NULL, 8)))
    return luaL_error(L, "chmod: %s", strerror(errno));
  return 0;
}

/* mode_of(path) -> octal digits */
static int mode_of(lua_State *L) {
  struct stat st;
  char digits[8];
  if (stat(luaL_checkstring(L, 1), &st))
    return luaL_error(L, "stat: %s", strerror(errno));
  sqlite3_snprintf(sizeof digits, digits, "%04o", (unsigned)st.st_mode & 07777);
  lua_pushstring(L, digits);
  return 1;
}

/* become(uid): for a process that was forked to try what another user may do. */
static int become(lua_State *L) {
  uid_t uid = (uid_t)luaL_checkinteger(L, 1);
  if (setresuid(uid, uid, uid))
    return luaL_error(L, "setresuid: %s", strerror(errno));
  return 0;
}

static int user(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)geteuid());
  return 1;
}

/* When the state is closed, before its libraries are unloaded. */
static int leave(lua_State *L) {
  (void)L;
  sqlite3_vfs_unregister(&layer);
  while (world.disks) {
    struct disk *disk = world.disks;
    world.disks = disk->next;
    free_steps(disk);
    free(disk);
  }
  return 0;
}

static void leave_with_state(lua_State *L) {
  lua_newuserdatauv(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, leave);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  luaL_ref(L, LUA_REGISTRYINDEX);
}

int luaopen_vfs(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "reset", reset }, { "at", set_trouble }, { "came", came }, { "cut", cut_now }, { "counts", counts }, { "sql", run_sql },
    { "owner", set_owner }, { "mode", set_mode }, { "mode_of", mode_of }, { "become", become }, { "user", user },
    { NULL, NULL },
  };
  register_layer();
  leave_with_state(L);
  luaL_newlib(L, functions);
  return 1;
}
