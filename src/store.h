/* SPDX-License-Identifier: Apache-2.0
 * The journal on disk: runs, their records, audit, locks and what belongs to
 * them. Nothing here knows SQL, so that another database can stand behind the
 * same functions. Every function that changes something returns only after the
 * change would survive a power cut (pacing alone need not). Data is JSON text
 * that the store does not read. One thread at a time; many processes at once; a
 * store does not outlive a fork: the child opens its own.
 *
 * Errors carry a code: store.full (no space; nothing was changed, trying again may
 * succeed), store.io (the disk failed: the change may or may not turn up later,
 * and this store takes no more), store.busy (others kept it for HW_STORE_WAIT_MS),
 * store.readonly, store.damaged, store.older (acknowledged entries are missing),
 * store.newer, store.network, store.shared (others may write it), store.taken,
 * store.missing, store.misuse.
 */
#ifndef HW_STORE_H
#define HW_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

#define HW_STORE_SCHEMA 1
#define HW_STORE_WAIT_MS 10000
#define HW_STORE_NAME_MAX 512                  /* bytes of an id, a name, a branch, a target */
#define HW_STORE_DATA_MAX ((size_t)16 << 20)   /* bytes of one entry's data */
#define HW_STORE_ANSWER_MAX ((size_t)32 << 20) /* a list ends early before it outgrows this */

struct hw_store;

/* Opens the journal in `folder` (made with mode 0700 if missing). Refuses a
 * network file system, a folder or file that others may write, a journal of a
 * newer schema, a damaged one, one that lacks what it has acknowledged:
 * HW_ERR_USAGE naming the place and the remedy. `vfs` names SQLite's file layer
 * in tests, else NULL. */
struct hw_store *hw_store_open(const char *folder, const char *vfs, struct hw_error *e);

/* Gives its locks back and undoes an open transaction; NULL is fine. */
void hw_store_close(struct hw_store *s);

/* Several changes as one: all or none. Only one process is inside at a time, so
 * what is read inside stays true until the end. Nests once: undoing the inner one
 * keeps what the outer did. After a failed change (other than store.taken and
 * store.missing) it can only be undone. A commit that fails has undone everything,
 * the outer one too. hw_store_rollback without a transaction does nothing. */
int hw_store_begin(struct hw_store *s, struct hw_error *e);
int hw_store_commit(struct hw_store *s, struct hw_error *e);
void hw_store_rollback(struct hw_store *s);

/* -- runs ---------------------------------------------------------------- */

struct hw_store_run {
  const char *id, *name, *state, *data;
  int64_t created_ms, updated_ms;
};

/* A new run; the id must be new: store.taken. */
int hw_store_run_create(struct hw_store *s, const struct hw_store_run *run, struct hw_error *e);
/* Changes state, data and updated_ms; NULL keeps what is there. */
int hw_store_run_update(struct hw_store *s, const struct hw_store_run *run, struct hw_error *e);
/* Appends the run as a JSON object; 1 found, 0 not, -1 error. */
int hw_store_run_get(struct hw_store *s, const char *id, struct hw_buf *json, struct hw_error *e);
/* Appends a JSON array of runs, newest first; `state` NULL: all. */
int hw_store_run_list(struct hw_store *s, const char *state, struct hw_buf *json, struct hw_error *e);

/* -- records ------------------------------------------------------------- */

/* One entry of a run's journal. `branch` and `n` are its place, `phase` tells
 * intent from answer; (run, branch, n, phase) is unique. */
struct hw_store_record {
  const char *run, *branch, *kind, *phase, *data;
  int64_t n, time_ms;
};

/* Appends; *seq is the record's number in its run, from 1 without gaps. A place
 * that is taken is an error: store.taken; a run that does not exist: store.missing. */
int hw_store_append(struct hw_store *s, const struct hw_store_record *r, int64_t *seq, struct hw_error *e);
/* Replaces kind, time and data of the record at a place (coalesced polls), or appends it. */
int hw_store_put(struct hw_store *s, const struct hw_store_record *r, struct hw_error *e);
/* Appends {seq, branch, n, phase, kind, time_ms, data} of the record at the place: 1, 0 or -1. */
int hw_store_get(struct hw_store *s, const struct hw_store_record *place, struct hw_buf *json, struct hw_error *e);
/* Appends a JSON array of the run's records after `seq`, at most `max`; an empty one is the end. */
int hw_store_records(struct hw_store *s, const char *run, int64_t after, int64_t max, struct hw_buf *json, struct hw_error *e);

/* -- audit --------------------------------------------------------------- */

/* Appends an audit entry; `hash` is the caller's (it covers the one before, so
 * reading the head and appending belong into one transaction). */
int hw_store_audit_append(struct hw_store *s, const char *data, const char *hash, int64_t time_ms, struct hw_error *e);
/* Appends the hash of the last entry, "" if there is none. */
int hw_store_audit_head(struct hw_store *s, struct hw_buf *hash, struct hw_error *e);
/* Appends a JSON array of {seq, time_ms, data, hash} after `seq`, at most `max`. */
int hw_store_audit_list(struct hw_store *s, int64_t after, int64_t max, struct hw_buf *json, struct hw_error *e);

/* -- things kept by name -------------------------------------------------- */

/* `space` is "script", "plan", "check", ...; the same name is overwritten. */
int hw_store_keep(struct hw_store *s, const char *space, const char *name, const char *data, size_t len, struct hw_error *e);
int hw_store_kept(struct hw_store *s, const char *space, const char *name, struct hw_buf *data, struct hw_error *e); /* 1, 0, -1 */

/* -- locks ---------------------------------------------------------------- */

/* Takes the lock of a target for this store: a kernel lock that ends with the
 * process, with `holder` (JSON: run, operator, host, pid, since) beside it for the
 * others. 1: taken (also when it was this store's already; `holder` is then
 * renewed); 0: somebody else holds it, and their words are appended to
 * `holder_now`; -1: error. Not inside a transaction. */
int hw_store_lock(struct hw_store *s, const char *target, const char *holder, struct hw_buf *holder_now, struct hw_error *e);
/* Gives it back; nothing happens if this store does not hold it. */
void hw_store_unlock(struct hw_store *s, const char *target);

/* -- pace ----------------------------------------------------------------- */

/* A stretch of time and how many calls it may hold; a limit of 0 is none. */
struct hw_store_pace {
  const char *account; /* whose calls, of which service: the caller's words */
  int64_t limit, window_ms;
};

/* Reserves the next call of an account among all processes of this user: *when is
 * the time (Unix ms) at which it may go, by a sliding window. What was reserved
 * from a clock that has since been set back is forgotten. Not inside a transaction. */
int hw_store_pace(struct hw_store *s, const struct hw_store_pace *pace, int64_t now_ms, int64_t *when, struct hw_error *e);

/* Checks the whole journal, every entry against its checksum: 0 sound; -1:
 * HW_ERR_DECODE naming the place. Reads everything. */
int hw_store_check(struct hw_store *s, struct hw_error *e);

/* Version of the database library. */
const char *hw_store_library(void);

#endif
