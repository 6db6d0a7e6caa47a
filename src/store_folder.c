/* SPDX-License-Identifier: Apache-2.0
 * The folder of a journal: made, looked at, locked. Refuses what others may
 * change and what is not on this machine. Knows nothing of the database.
 */
#define _GNU_SOURCE
#include "store_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "store.h"

#define OPENING 0 /* the byte of the guard that is locked while a journal is opened */

int hw_folder_refuse(struct hw_error *e, const char *code) {
  if (e)
    hw_copy(e->code, sizeof e->code, code, strlen(code));
  return -1;
}

uint64_t hw_fnv(uint64_t hash, const void *bytes, size_t len) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < len; i++)
    hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
  return hash;
}

/* -- making it ----------------------------------------------------------- */

static int fail_errno(struct hw_error *e, const char *what, const char *path) {
  hw_fail(e, HW_ERR_USAGE, "cannot %s %s: %s", what, path, strerror(errno));
  hw_remedy(e, "make it writable for this user, or choose another folder with XDG_STATE_HOME");
  return hw_folder_refuse(e, "store.readonly");
}

/* A new name is on disk once its folder is. */
static int sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed;
  if (fd < 0)
    return -1;
  failed = fsync(fd);
  close(fd);
  return failed;
}

static int sync_parent(char *path) {
  char *slash = strrchr(path, '/'), kept;
  int failed;
  if (!slash)
    return sync_folder(".");
  if (slash == path)
    return sync_folder("/");
  kept = *slash;
  *slash = '\0';
  failed = sync_folder(path);
  *slash = kept;
  return failed;
}

static int make_one(char *path) {
  if (mkdir(path, 0700))
    return errno == EEXIST ? 0 : -1;
  return sync_parent(path);
}

static int make_all(char *path) {
  struct stat st;
  if (!stat(path, &st))
    return 0;
  for (char *p = path + 1; *p; p++)
    if (*p == '/') {
      int failed;
      *p = '\0';
      failed = stat(path, &st) && make_one(path);
      *p = '/';
      if (failed)
        return -1;
    }
  return make_one(path);
}

/* -- looking at it -------------------------------------------------------- */

static int check_owner(const char *path, const struct stat *st, struct hw_error *e) {
  if (st->st_uid != geteuid())
    hw_fail(e, HW_ERR_USAGE, "%s belongs to another user (uid %ld)", path, (long)st->st_uid);
  else if (st->st_mode & (S_IWGRP | S_IWOTH))
    hw_fail(e, HW_ERR_USAGE, "%s may be written by others (mode %04o)", path, (unsigned)st->st_mode & 07777);
  else
    return 0;
  hw_remedy(e, "chmod go-w it, or choose a folder of your own with XDG_STATE_HOME");
  return hw_folder_refuse(e, "store.shared");
}

/* FUSE hides what is behind it, so it counts as a network. */
static const char *network_name(unsigned long type) {
  static const struct {
    unsigned long type;
    const char *name;
  } list[] = {
    { 0x6969, "NFS" },           { 0xff534d42, "CIFS" },      { 0xfe534d42, "SMB" },       { 0x517b, "SMB" },
    { 0x01021997, "9p" },        { 0x65735546, "FUSE" },      { 0x00c36400, "Ceph" },      { 0x0bd00bd0, "Lustre" },
    { 0x47504653, "GPFS" },      { 0x19830326, "BeeGFS" },    { 0x7461636f, "OCFS2" },     { 0x01161970, "GFS2" },
    { 0x5346414f, "AFS" },       { 0x6b414653, "AFS" },       { 0x73757245, "Coda" },      { 0x564c, "NCP" },
    { 0x786f4256, "VirtualBox" },
  };
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    if (list[i].type == (type & 0xffffffff))
      return list[i].name;
  return NULL;
}

static int check_network(const char *path, struct hw_error *e) {
  struct statfs fs;
  const char *name;
  if (statfs(path, &fs))
    return fail_errno(e, "look at", path);
  if (!(name = network_name((unsigned long)fs.f_type)))
    return 0;
  hw_fail(e, HW_ERR_USAGE, "%s is on a network file system (%s), where locks and fsync cannot be relied on", path, name);
  hw_remedy(e, "set XDG_STATE_HOME to a folder on a disk of this machine");
  return hw_folder_refuse(e, "store.network");
}

static int check_folder(const char *path, struct hw_error *e) {
  struct stat st;
  if (stat(path, &st))
    return fail_errno(e, "look at", path);
  if (!S_ISDIR(st.st_mode)) {
    errno = ENOTDIR;
    return fail_errno(e, "use", path);
  }
  if (check_owner(path, &st, e) || check_network(path, e))
    return -1;
  return access(path, W_OK | X_OK) ? fail_errno(e, "write to", path) : 0;
}

/* -- files ---------------------------------------------------------------- */

static int look_at(const char *path, struct hw_error *e) {
  struct stat st;
  if (stat(path, &st))
    return errno == ENOENT ? 0 : fail_errno(e, "look at", path);
  if (check_owner(path, &st, e))
    return -1;
  return access(path, R_OK | W_OK) ? fail_errno(e, "write", path) : 0;
}

/* An existing file is not opened: closing it would give back the locks that the
 * database layer of this process may hold on it. */
static int make_file(const struct hw_folder *f, const char *path, struct hw_error *e) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST)
    return look_at(path, e);
  if (fd < 0)
    return fail_errno(e, "make", path);
  close(fd);
  return sync_folder(f->path) ? fail_errno(e, "write to", f->path) : 0;
}

int hw_folder_file(const struct hw_folder *f, const char *name, int make, struct hw_error *e) {
  struct hw_buf path = { 0 };
  int failed;
  if (hw_buf_addf(&path, "%s/%s", f->path, name))
    return hw_fail_memory(e);
  failed = make ? make_file(f, path.data, e) : look_at(path.data, e);
  hw_buf_free(&path);
  return failed;
}

/* -- the guard ------------------------------------------------------------ */

/* Locks of the open file, not of the process: two stores of one process exclude
 * each other, and no unrelated close() gives them back. */
static int set_lock(const struct hw_folder *f, short type, off_t at) {
  struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
  return fcntl(f->guard, F_OFD_SETLK, &range);
}

static off_t place_of(const char *name) {
  return (off_t)(hw_fnv(HW_FNV, name, strlen(name)) >> 2) + 1;
}

int hw_folder_lock(const struct hw_folder *f, const char *name) {
  return set_lock(f, F_WRLCK, place_of(name)) == 0;
}

void hw_folder_unlock(const struct hw_folder *f, const char *name) {
  set_lock(f, F_UNLCK, place_of(name));
}

/* Bounded, since the process that is opening may have been stopped. */
int hw_folder_opening(const struct hw_folder *f, struct hw_error *e) {
  const struct timespec pause = { 0, 2000000 };
  for (int waited = 0; set_lock(f, F_WRLCK, OPENING); waited += 2) {
    if (errno != EAGAIN && errno != EACCES)
      return fail_errno(e, "lock the journal in", f->path);
    if (waited >= HW_STORE_WAIT_MS) {
      hw_fail(e, HW_ERR_TIMEOUT, "another process has been opening the journal in %s for %d s", f->path, HW_STORE_WAIT_MS / 1000);
      hw_remedy(e, "look for a stopped hwdb process");
      return hw_folder_refuse(e, "store.busy");
    }
    nanosleep(&pause, NULL);
  }
  return 0;
}

void hw_folder_opened(const struct hw_folder *f) {
  set_lock(f, F_UNLCK, OPENING);
}

static int open_guard(struct hw_folder *f, struct hw_error *e) {
  struct hw_buf path = { 0 };
  if (hw_folder_file(f, "journal.guard", 1, e))
    return -1;
  if (hw_buf_addf(&path, "%s/journal.guard", f->path))
    return hw_fail_memory(e);
  if ((f->guard = open(path.data, O_RDWR | O_CLOEXEC)) < 0)
    fail_errno(e, "open", path.data);
  hw_buf_free(&path);
  return f->guard < 0 ? -1 : 0;
}

int hw_folder_open(struct hw_folder *f, const char *folder, struct hw_error *e) {
  char *path = strdup(folder);
  int failed;
  f->path = NULL;
  f->guard = -1;
  if (!path)
    return hw_fail_memory(e);
  failed = (make_all(path) || !(f->path = realpath(path, NULL))) && fail_errno(e, "make", path);
  free(path);
  if (failed || check_folder(f->path, e) || open_guard(f, e) || hw_folder_opening(f, e)) {
    hw_folder_close(f);
    return -1;
  }
  return 0;
}

void hw_folder_close(struct hw_folder *f) {
  if (f->guard >= 0)
    close(f->guard);
  free(f->path);
  f->path = NULL;
  f->guard = -1;
}

/* A mark is eight bytes in one place, so a reader sees the old or the new one. It
 * is not synced: one that a power cut forgets only warns less. */
void hw_folder_remember(const struct hw_folder *f, enum hw_folder_mark mark, int64_t value) {
  ssize_t n = pwrite(f->guard, &value, sizeof value, (off_t)mark * (off_t)sizeof value);
  (void)n;
}

int64_t hw_folder_remembered(const struct hw_folder *f, enum hw_folder_mark mark) {
  int64_t value;
  return pread(f->guard, &value, sizeof value, (off_t)mark * (off_t)sizeof value) == sizeof value ? value : 0;
}
