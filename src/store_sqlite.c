/* SPDX-License-Identifier: Apache-2.0
 * The journal in SQLite: one file, written ahead, synced at every commit. Each
 * entry carries a checksum, since SQLite has none for what it keeps. Never mends
 * and never starts afresh: what cannot be trusted is refused.
 */
#define _DEFAULT_SOURCE
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "store.h"
#include "store_folder.h"

#define APPLICATION 0x68776462 /* "hwdb" */
#define SEQ_MAX INT64_C(0xffffffff)
#define REOPEN "look at the disk; then run the command again, which opens the journal anew"

/* From one schema to the next. A record's id is its run's number and its own, so
 * that a run's records lie together and their numbers need no index. What is only
 * appended is missed by its number when it is lost, the other changes are counted. */
static const char *const migrations[HW_STORE_SCHEMA] = {
  "CREATE TABLE run(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, state TEXT NOT NULL,"
  " data TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, sum INTEGER NOT NULL);"
  "CREATE TABLE record(id INTEGER PRIMARY KEY, run INTEGER NOT NULL, branch TEXT NOT NULL, n INTEGER NOT NULL,"
  " phase TEXT NOT NULL, kind TEXT NOT NULL, time_ms INTEGER NOT NULL, data TEXT NOT NULL, sum INTEGER NOT NULL);"
  "CREATE UNIQUE INDEX record_place ON record(run, branch, n, phase);"
  "CREATE TABLE audit(seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL,"
  " sum INTEGER NOT NULL);"
  "CREATE TABLE kept(no INTEGER PRIMARY KEY, space TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,"
  " sum INTEGER NOT NULL, UNIQUE(space, name));"
  "CREATE TABLE holder(target TEXT PRIMARY KEY, holder TEXT NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE changes(n INTEGER NOT NULL);"
  "INSERT INTO changes VALUES(0);"
  "CREATE TRIGGER run_changed AFTER UPDATE ON run BEGIN UPDATE changes SET n = n + 1; END;"
  "CREATE TRIGGER record_changed AFTER UPDATE ON record BEGIN UPDATE changes SET n = n + 1; END;"
  "CREATE TRIGGER kept_changed AFTER UPDATE ON kept BEGIN UPDATE changes SET n = n + 1; END;"
  "CREATE TRIGGER kept_added AFTER INSERT ON kept BEGIN UPDATE changes SET n = n + 1; END;",
};

/* Pacing stands in a file of its own, so that it neither waits for the journal's syncs nor asks for any. */
static const char pace_schema[] =
  "CREATE TABLE IF NOT EXISTS call(account TEXT NOT NULL, due INTEGER NOT NULL, at INTEGER NOT NULL);"
  "CREATE INDEX IF NOT EXISTS call_due ON call(account, due);";

enum base { JOURNAL, PACE, BASES };

enum statement {
  BEGIN, COMMIT, ROLLBACK, BEGIN_INNER, COMMIT_INNER, ROLLBACK_INNER,
  RUN_CREATE, RUN_UPDATE, RUN_NUMBER, RUN_GET, RUN_LIST,
  APPEND, PUT, GET, RECORDS,
  AUDIT_APPEND, AUDIT_HEAD, AUDIT_LIST,
  KEEP, KEPT,
  HOLDER_SET, HOLDER_GET, HOLDER_DROP,
  MARKS, CHANGES, CHECK_PAGES, CHECK_RUNS, CHECK_RECORDS, CHECK_KEPT,
  PACE_BEGIN, PACE_COMMIT, PACE_ROLLBACK, PACE_FORGET, PACE_LATEST, PACE_RESERVE,
  STATEMENTS
};

/* What is read begins with two columns: whether the entry fits its checksum, and its name for people. */
#define RUN_SUM(state, data, updated) "hw_sum(id, name, " state ", " data ", created_ms, " updated ")"
#define RUN_SOUND "sum IS " RUN_SUM("state", "data", "updated_ms") ", 'run ' || id"
#define RUN_ROW "SELECT " RUN_SOUND ", id, name, state, created_ms, updated_ms, data FROM run "
#define RECORD_SUM "record.sum IS hw_sum(record.run, branch, n, phase, kind, time_ms, record.data)"
#define RECORD_ROW "SELECT " RECORD_SUM ", 'record ' || (id & 4294967295) || ' of run ' || ?5," \
  " id & 4294967295 AS seq, branch, n, phase, kind, time_ms, data FROM record "
#define RECORD_INSERT "INSERT INTO record(id, run, branch, n, phase, kind, time_ms, data, sum) VALUES((?1 << 32) + 1 +" \
  " ifnull((SELECT id & 4294967295 FROM record WHERE id > ?1 << 32 AND id < (?1 + 1) << 32 ORDER BY id DESC LIMIT 1), 0)," \
  " ?1, ?2, ?3, ?4, ?5, ?6, ?7, hw_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7)) "
#define AUDIT_SOUND "sum IS hw_sum(time_ms, data, hash), 'audit entry ' || seq"
#define KEPT_SOUND "sum IS hw_sum(space, name, data), 'the ' || space || ' kept as ' || name"

static const struct {
  enum base base;
  const char *text;
} statements[STATEMENTS] = {
  [BEGIN] = { JOURNAL, "BEGIN IMMEDIATE" },
  [COMMIT] = { JOURNAL, "COMMIT" },
  [ROLLBACK] = { JOURNAL, "ROLLBACK" },
  [BEGIN_INNER] = { JOURNAL, "SAVEPOINT inner_part" },
  [COMMIT_INNER] = { JOURNAL, "RELEASE inner_part" },
  [ROLLBACK_INNER] = { JOURNAL, "ROLLBACK TO inner_part" },
  [RUN_CREATE] = { JOURNAL, "INSERT INTO run(id, name, state, data, created_ms, updated_ms, sum)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, hw_sum(?1, ?2, ?3, ?4, ?5, ?6)) RETURNING no" },
  /* A damaged run is left alone: a new checksum would hide the damage. */
  [RUN_UPDATE] = { JOURNAL, "UPDATE run SET state = ifnull(?2, state), data = ifnull(?3, data), updated_ms = ?4, sum = "
    RUN_SUM("ifnull(?2, state)", "ifnull(?3, data)", "?4") " WHERE id = ?1 AND sum IS "
    RUN_SUM("state", "data", "updated_ms") " RETURNING no" },
  [RUN_NUMBER] = { JOURNAL, "SELECT no FROM run WHERE id = ?1" },
  [RUN_GET] = { JOURNAL, RUN_ROW "WHERE id = ?1" },
  [RUN_LIST] = { JOURNAL, RUN_ROW "WHERE ?1 IS NULL OR state = ?1 ORDER BY created_ms DESC, no DESC" },
  [APPEND] = { JOURNAL, RECORD_INSERT "RETURNING id" },
  [PUT] = { JOURNAL, RECORD_INSERT "ON CONFLICT(run, branch, n, phase) DO UPDATE SET kind = excluded.kind,"
    " time_ms = excluded.time_ms, data = excluded.data, sum = excluded.sum RETURNING id" },
  [GET] = { JOURNAL, RECORD_ROW "WHERE run = ?1 AND branch = ?2 AND n = ?3 AND phase = ?4" },
  [RECORDS] = { JOURNAL, RECORD_ROW "WHERE id > (?1 << 32) + ?2 AND id < (?1 + 1) << 32 ORDER BY id LIMIT ?3" },
  [AUDIT_APPEND] = { JOURNAL, "INSERT INTO audit(seq, time_ms, data, hash, sum)"
    " VALUES((SELECT ifnull(max(seq), 0) + 1 FROM audit), ?1, ?2, ?3, hw_sum(?1, ?2, ?3)) RETURNING seq" },
  [AUDIT_HEAD] = { JOURNAL, "SELECT " AUDIT_SOUND ", hash FROM audit ORDER BY seq DESC LIMIT 1" },
  [AUDIT_LIST] = { JOURNAL, "SELECT " AUDIT_SOUND ", seq, time_ms, data, hash FROM audit"
    " WHERE seq > ?1 ORDER BY seq LIMIT ?2" },
  [KEEP] = { JOURNAL, "INSERT INTO kept(space, name, data, sum) VALUES(?1, ?2, ?3, hw_sum(?1, ?2, ?3))"
    " ON CONFLICT(space, name) DO UPDATE SET data = excluded.data, sum = excluded.sum" },
  [KEPT] = { JOURNAL, "SELECT " KEPT_SOUND ", data FROM kept WHERE space = ?1 AND name = ?2" },
  [HOLDER_SET] = { JOURNAL, "INSERT OR REPLACE INTO holder(target, holder) VALUES(?1, ?2)" },
  [HOLDER_GET] = { JOURNAL, "SELECT holder FROM holder WHERE target = ?1" },
  [HOLDER_DROP] = { JOURNAL, "DELETE FROM holder WHERE target = ?1" },
  [MARKS] = { JOURNAL, "SELECT (SELECT ifnull(max(no), 0) FROM run) >= ?1,"
    " ?2 = 0 OR EXISTS(SELECT 1 FROM record WHERE id = ?2), (SELECT ifnull(max(seq), 0) FROM audit) >= ?3,"
    " (SELECT max(n) FROM changes) >= ?4" },
  [CHANGES] = { JOURNAL, "SELECT n FROM changes" },
  [CHECK_PAGES] = { JOURNAL, "PRAGMA integrity_check(1)" },
  [CHECK_RUNS] = { JOURNAL, "SELECT " RUN_SOUND " FROM run" },
  [CHECK_RECORDS] = { JOURNAL, "SELECT " RECORD_SUM " AND run.id IS NOT NULL AND record.run = record.id >> 32,"
    " 'record ' || (record.id & 4294967295) || ' of run ' || ifnull(run.id, record.run), record.id & 4294967295, record.run"
    " FROM record LEFT JOIN run ON run.no = record.run ORDER BY record.id" },
  [CHECK_KEPT] = { JOURNAL, "SELECT " KEPT_SOUND " FROM kept" },
  [PACE_BEGIN] = { PACE, "BEGIN IMMEDIATE" },
  [PACE_COMMIT] = { PACE, "COMMIT" },
  [PACE_ROLLBACK] = { PACE, "ROLLBACK" },
  [PACE_FORGET] = { PACE, "DELETE FROM call WHERE account = ?1 AND (due <= ?2 - ?3 OR at > ?2 + ?3)" },
  [PACE_LATEST] = { PACE, "SELECT due FROM call WHERE account = ?1 ORDER BY due DESC LIMIT 1 OFFSET ?2 - 1" },
  [PACE_RESERVE] = { PACE, "INSERT INTO call(account, due, at) VALUES(?1, ?2, ?3)" },
};

enum { SOUND, PLACE, FIRST }; /* columns */

struct own_lock {
  struct own_lock *next;
  char target[];
};

struct hw_store {
  struct hw_folder folder;
  sqlite3 *db[BASES];
  sqlite3_stmt *prepared[STATEMENTS];
  char *vfs;
  pid_t pid;
  int depth;   /* of transactions, 0 to 2 */
  int spoiled; /* a change inside failed: the transaction can only be undone */
  int taken;   /* the last change met something that is there already */
  int broken;  /* the disk failed: what it holds is unknown until the next open */
  int64_t marks[2][HW_MARKS]; /* of the open transaction: told to the guard after its commit */
  struct own_lock *locks;
  char run[HW_STORE_NAME_MAX + 1]; /* the run asked for last, and its number; "": none */
  int64_t run_number;
};

/* -- errors --------------------------------------------------------------- */

static int refuse(struct hw_error *e, enum hw_error_kind kind, const char *code, const char *message, const char *remedy) {
  hw_fail(e, kind, "%s", message);
  hw_remedy(e, "%s", remedy);
  return hw_folder_refuse(e, code);
}

static int misuse(struct hw_error *e, const char *message) {
  hw_fail(e, HW_ERR_USAGE, "%s", message);
  return hw_folder_refuse(e, "store.misuse");
}

static const char *folder(const struct hw_store *s) {
  return s->folder.path;
}

static int damaged(const struct hw_store *s, struct hw_error *e, const char *what) {
  hw_fail(e, HW_ERR_DECODE, "the journal in %s is damaged: %s", folder(s), what);
  hw_remedy(e, "keep the folder as it is, and put a sound copy of all its files in its place");
  return hw_folder_refuse(e, "store.damaged");
}

static int fail_full(const struct hw_store *s, struct hw_error *e) {
  hw_fail(e, HW_ERR_USAGE, "no space is left for the journal in %s", folder(s));
  hw_remedy(e, "make room on that disk; nothing of this change was kept, so run the command again");
  return hw_folder_refuse(e, "store.full");
}

static int fail_busy(const struct hw_store *s, struct hw_error *e) {
  hw_fail(e, HW_ERR_TIMEOUT, "another process has kept the journal in %s busy for %d s", folder(s), HW_STORE_WAIT_MS / 1000);
  hw_remedy(e, "look for a stopped hwdb process");
  if (e)
    e->retryable = 1;
  return hw_folder_refuse(e, "store.busy");
}

static int fail_readonly(const struct hw_store *s, struct hw_error *e) {
  hw_fail(e, HW_ERR_USAGE, "the journal in %s cannot be written", folder(s));
  hw_remedy(e, "make the folder and its files writable for this user, or choose another with XDG_STATE_HOME");
  return hw_folder_refuse(e, "store.readonly");
}

static int fail_disk(struct hw_store *s, enum base base, int rc, struct hw_error *e) {
  int number = sqlite3_system_errno(s->db[base]);
  s->broken |= base == JOURNAL;
  hw_fail(e, HW_ERR_USAGE, "the disk failed under the journal in %s: %s (SQLite %d)", folder(s),
          number ? strerror(number) : sqlite3_errstr(rc), rc);
  hw_remedy(e, REOPEN);
  return hw_folder_refuse(e, "store.io");
}

/* SQLite's result as an error. */
static int fail_sqlite(struct hw_store *s, enum base base, int rc, struct hw_error *e) {
  switch (rc & 0xff) {
  case SQLITE_NOMEM: return hw_fail_memory(e);
  case SQLITE_FULL: return fail_full(s, e);
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return fail_busy(s, e);
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_CANTOPEN: return fail_readonly(s, e);
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT:
  case SQLITE_ERROR: /* the statements are right, so what they speak of is not */
    return damaged(s, e, base == PACE ? "pace.db, which may be removed" : sqlite3_errmsg(s->db[base]));
  case SQLITE_CONSTRAINT: return misuse(e, "the journal has that already");
  case SQLITE_TOOBIG: return misuse(e, "longer than the journal takes");
  default: return fail_disk(s, base, rc, e);
  }
}

/* -- statements ----------------------------------------------------------- */

static int same_process(const struct hw_store *s, struct hw_error *e) {
  if (s->pid == getpid())
    return 1;
  misuse(e, "the journal was opened before this process was forked; open it anew");
  return 0;
}

/* 't' text (NULL is null), 'i' int64_t, 'b' bytes and size_t */
static int bind(sqlite3_stmt *st, const char *types, va_list args) {
  int rc = SQLITE_OK;
  for (int i = 1; !rc && *types; types++, i++) {
    if (*types == 't') {
      rc = sqlite3_bind_text(st, i, va_arg(args, const char *), -1, SQLITE_STATIC);
    } else if (*types == 'i') {
      rc = sqlite3_bind_int64(st, i, va_arg(args, int64_t));
    } else {
      const void *bytes = va_arg(args, const void *);
      rc = sqlite3_bind_blob64(st, i, bytes, va_arg(args, size_t), SQLITE_STATIC);
    }
  }
  return rc;
}

/* The statement with its values, which must live until it is done; NULL after an error. */
static sqlite3_stmt *ask(struct hw_store *s, struct hw_error *e, enum statement which, const char *types, ...) {
  enum base base = statements[which].base;
  va_list args;
  int rc = SQLITE_OK;
  if (!same_process(s, e))
    return NULL;
  if (!s->prepared[which])
    rc = sqlite3_prepare_v3(s->db[base], statements[which].text, -1, SQLITE_PREPARE_PERSISTENT, &s->prepared[which], NULL);
  if (!rc) {
    va_start(args, types);
    rc = bind(s->prepared[which], types, args);
    va_end(args);
  }
  if (!rc)
    return s->prepared[which];
  fail_sqlite(s, base, rc, e);
  return NULL;
}

static enum base base_of(const struct hw_store *s, const sqlite3_stmt *st) {
  return s->db[PACE] && st && sqlite3_db_handle((sqlite3_stmt *)st) == s->db[PACE] ? PACE : JOURNAL;
}

/* The next row: 1; 0: there is none, and the statement is done; -1 likewise. */
static int next_row(struct hw_store *s, sqlite3_stmt *st, struct hw_error *e) {
  int rc;
  if (!st)
    return -1;
  rc = sqlite3_step(st);
  if (rc == SQLITE_ROW)
    return 1;
  if (rc != SQLITE_DONE)
    fail_sqlite(s, base_of(s, st), rc, e);
  sqlite3_reset(st);
  return rc == SQLITE_DONE ? 0 : -1;
}

/* Runs a statement that changes something to its end, which is its commit where no
 * transaction is open. *result: the number it returned, 0 if none. */
static int change(struct hw_store *s, sqlite3_stmt *st, int64_t *result, struct hw_error *e) {
  int got;
  int64_t value = 0;
  s->taken = 0;
  if (!st)
    return -1;
  if (s->spoiled || s->broken) {
    sqlite3_reset(st);
    return s->broken ? refuse(e, HW_ERR_USAGE, "store.io", "the disk failed under the journal before", REOPEN)
                     : misuse(e, "a change of this transaction has failed: it can only be undone");
  }
  while ((got = next_row(s, st, e)) > 0)
    value = sqlite3_column_int64(st, 0);
  if (result)
    *result = value;
  if (got < 0)
    s->taken = (sqlite3_errcode(s->db[JOURNAL]) & 0xff) == SQLITE_CONSTRAINT;
  if (got < 0 && s->depth && !s->taken)
    s->spoiled = 1;
  return got;
}

static int exec(struct hw_store *s, enum base base, const char *sql, struct hw_error *e) {
  int rc = sqlite3_exec(s->db[base], sql, NULL, NULL, NULL);
  return rc ? fail_sqlite(s, base, rc, e) : 0;
}

/* -- checksums ------------------------------------------------------------ */

static uint64_t add_value(uint64_t hash, sqlite3_value *v) {
  int type = sqlite3_value_type(v);
  hash = hw_fnv(hash, &type, sizeof type);
  if (type == SQLITE_INTEGER) {
    int64_t n = sqlite3_value_int64(v);
    return hw_fnv(hash, &n, sizeof n);
  }
  if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
    const void *bytes = type == SQLITE_TEXT ? (const void *)sqlite3_value_text(v) : sqlite3_value_blob(v);
    int len = sqlite3_value_bytes(v);
    hash = hw_fnv(hash, &len, sizeof len);
    return hw_fnv(hash, bytes, bytes ? (size_t)len : 0);
  }
  return hash;
}

/* hw_sum(value, ...), in SQL */
static void sum_of(sqlite3_context *context, int n, sqlite3_value **values) {
  uint64_t hash = HW_FNV;
  for (int i = 0; i < n; i++)
    hash = add_value(hash, values[i]);
  sqlite3_result_int64(context, (sqlite3_int64)hash);
}

/* -- opening -------------------------------------------------------------- */

static int open_base(struct hw_store *s, enum base base, const char *name, struct hw_error *e) {
  struct hw_buf path = { 0 };
  int rc;
  if (hw_buf_addf(&path, "%s/%s", folder(s), name))
    return hw_fail_memory(e);
  rc = sqlite3_open_v2(path.data, &s->db[base], SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->vfs);
  hw_buf_free(&path);
  if (!s->db[base])
    return hw_fail_memory(e);
  if (rc)
    return fail_sqlite(s, base, rc, e);
  sqlite3_extended_result_codes(s->db[base], 1);
  sqlite3_busy_timeout(s->db[base], HW_STORE_WAIT_MS);
  rc = sqlite3_create_function(s->db[base], "hw_sum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sum_of, NULL, NULL);
  return rc ? fail_sqlite(s, base, rc, e) : 0;
}

static int pragma(struct hw_store *s, const char *sql, int64_t *value, struct hw_error *e) {
  sqlite3_stmt *st = NULL;
  int rc = sqlite3_prepare_v2(s->db[JOURNAL], sql, -1, &st, NULL);
  if (!rc && (rc = sqlite3_step(st)) == SQLITE_ROW) {
    *value = sqlite3_column_int64(st, 0);
    rc = SQLITE_OK;
  }
  sqlite3_finalize(st);
  return rc && rc != SQLITE_DONE ? fail_sqlite(s, JOURNAL, rc, e) : 0;
}

static int fail_older(const struct hw_store *s, struct hw_error *e, const char *what) {
  hw_fail(e, HW_ERR_USAGE, "the journal in %s lacks %s that it has acknowledged", folder(s), what);
  hw_remedy(e, "put the newest copy of all its files back; to go on without what is missing, though calls may then be "
               "repeated, remove journal.guard while no hwdb runs");
  return hw_folder_refuse(e, "store.older");
}

static int check_marks(struct hw_store *s, struct hw_error *e) {
  static const char *const what[HW_MARKS] = { "a run", "a record", "an audit entry", "a change" };
  int64_t marks[HW_MARKS];
  sqlite3_stmt *st;
  int has[HW_MARKS] = { 1, 1, 1, 1 }, got;
  for (int i = 0; i < HW_MARKS; i++)
    marks[i] = hw_folder_remembered(&s->folder, (enum hw_folder_mark)i);
  st = ask(s, e, MARKS, "iiii", marks[HW_MARK_RUN], marks[HW_MARK_RECORD], marks[HW_MARK_AUDIT], marks[HW_MARK_CHANGE]);
  while ((got = next_row(s, st, e)) > 0)
    for (int i = 0; i < HW_MARKS; i++)
      has[i] = sqlite3_column_int(st, i);
  for (int i = 0; !got && i < HW_MARKS; i++)
    if (!has[i])
      return fail_older(s, e, what[i]);
  return got;
}

/* A journal without a schema is new, unless the guard knows better. */
static int check_version(struct hw_store *s, int64_t *version, struct hw_error *e) {
  int64_t application = 0, tables = 0;
  if (pragma(s, "PRAGMA user_version", version, e) || pragma(s, "PRAGMA application_id", &application, e) ||
      pragma(s, "SELECT count(*) FROM sqlite_schema", &tables, e))
    return -1;
  if (application != APPLICATION && (application || *version || tables)) {
    hw_fail(e, HW_ERR_USAGE, "%s/journal.db is not a journal of hwdb", folder(s));
    hw_remedy(e, "move it away, or choose another folder with XDG_STATE_HOME");
    return hw_folder_refuse(e, "store.damaged");
  }
  if (*version > HW_STORE_SCHEMA) {
    hw_fail(e, HW_ERR_USAGE, "the journal in %s was written by a newer hwdb (schema %lld; this one knows %d)", folder(s),
            (long long)*version, HW_STORE_SCHEMA);
    hw_remedy(e, "use the newer hwdb");
    return hw_folder_refuse(e, "store.newer");
  }
  if (!*version && hw_folder_remembered(&s->folder, HW_MARK_RUN))
    return fail_older(s, e, "everything");
  return 0;
}

static int migrate(struct hw_store *s, int64_t version, struct hw_error *e) {
  struct hw_buf sql = { 0 };
  int failed;
  if (version == HW_STORE_SCHEMA)
    return 0;
  hw_buf_adds(&sql, "BEGIN IMMEDIATE;");
  for (; version < HW_STORE_SCHEMA; version++)
    hw_buf_adds(&sql, migrations[version]);
  if (hw_buf_addf(&sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT", APPLICATION, HW_STORE_SCHEMA))
    return hw_fail_memory(e);
  failed = exec(s, JOURNAL, sql.data, e);
  hw_buf_free(&sql);
  return failed;
}

static int open_journal(struct hw_store *s, struct hw_error *e) {
  static const char *const beside[] = { "journal.db-wal", "journal.db-shm", "pace.db" };
  int64_t version = 0;
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
    if (hw_folder_file(&s->folder, beside[i], 0, e))
      return -1;
  if (hw_folder_file(&s->folder, "journal.db", 1, e) || open_base(s, JOURNAL, "journal.db", e))
    return -1;
  if (check_version(s, &version, e) ||
      exec(s, JOURNAL, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cell_size_check=1;PRAGMA trusted_schema=0", e))
    return -1;
  return migrate(s, version, e) || check_marks(s, e) ? -1 : 0;
}

struct hw_store *hw_store_open(const char *where, const char *vfs, struct hw_error *e) {
  struct hw_store *s = calloc(1, sizeof *s);
  if (!s || (vfs && !(s->vfs = strdup(vfs)))) {
    free(s);
    hw_fail_memory(e);
    return NULL;
  }
  s->folder.guard = -1;
  if (vfs && !sqlite3_vfs_find(vfs)) {
    misuse(e, "no file layer of SQLite has that name");
    hw_store_close(s);
    return NULL;
  }
  s->pid = getpid();
  if (hw_folder_open(&s->folder, where, e) || open_journal(s, e)) {
    if (e && e->kind == HW_ERR_DECODE)
      e->kind = HW_ERR_USAGE;
    hw_store_close(s);
    return NULL;
  }
  hw_folder_opened(&s->folder);
  return s;
}

static void free_locks(struct hw_store *s) {
  while (s->locks) {
    struct own_lock *lock = s->locks;
    s->locks = lock->next;
    free(lock);
  }
}

/* After a fork the connection is the parent's: the child only lets go of it. */
void hw_store_close(struct hw_store *s) {
  if (!s)
    return;
  if (s->pid == getpid()) {
    for (int i = 0; i < STATEMENTS; i++)
      sqlite3_finalize(s->prepared[i]);
    for (int i = 0; i < BASES; i++)
      sqlite3_close(s->db[i]);
  }
  free_locks(s);
  hw_folder_close(&s->folder);
  free(s->vfs);
  free(s);
}

/* -- transactions ---------------------------------------------------------- */

static void note_mark(struct hw_store *s, enum hw_folder_mark mark, int64_t value) {
  if (s->depth)
    s->marks[s->depth - 1][mark] = value;
  else
    hw_folder_remember(&s->folder, mark, value);
}

/* After something other than an append. What is read here may be another process's
 * count as well: it is on disk before anybody can read it. */
static void note_change(struct hw_store *s) {
  sqlite3_stmt *st = ask(s, NULL, CHANGES, "");
  if (next_row(s, st, NULL) <= 0)
    return;
  note_mark(s, HW_MARK_CHANGE, sqlite3_column_int64(st, 0));
  sqlite3_reset(st);
}

static void tell_marks(struct hw_store *s) {
  for (int i = 0; i < HW_MARKS; i++)
    if (s->marks[0][i])
      hw_folder_remember(&s->folder, (enum hw_folder_mark)i, s->marks[0][i]);
  memset(s->marks, 0, sizeof s->marks);
}

static void undo_all(struct hw_store *s) {
  if (!sqlite3_get_autocommit(s->db[JOURNAL]))
    next_row(s, ask(s, NULL, ROLLBACK, ""), NULL);
  s->depth = s->spoiled = 0;
  memset(s->marks, 0, sizeof s->marks);
  s->run[0] = '\0';
}

int hw_store_begin(struct hw_store *s, struct hw_error *e) {
  if (s->depth == 2)
    return misuse(e, "transactions nest once");
  if (change(s, ask(s, e, s->depth ? BEGIN_INNER : BEGIN, ""), NULL, e))
    return -1;
  if (s->depth)
    memcpy(s->marks[1], s->marks[0], sizeof s->marks[1]);
  s->depth++;
  return 0;
}

int hw_store_commit(struct hw_store *s, struct hw_error *e) {
  if (!same_process(s, e))
    return -1;
  if (!s->depth)
    return misuse(e, "no transaction is open");
  if (change(s, ask(s, e, s->depth == 2 ? COMMIT_INNER : COMMIT, ""), NULL, e)) {
    undo_all(s);
    return -1;
  }
  if (--s->depth)
    memcpy(s->marks[0], s->marks[1], sizeof s->marks[0]);
  else
    tell_marks(s);
  return 0;
}

void hw_store_rollback(struct hw_store *s) {
  if (s->pid != getpid() || !s->depth)
    return;
  if (s->depth == 1 || sqlite3_get_autocommit(s->db[JOURNAL])) {
    int depth = s->depth;
    undo_all(s);
    /* Where SQLite undid the outer part as well, its owner has yet to learn that. */
    s->depth = s->spoiled = depth - 1;
    return;
  }
  s->run[0] = '\0';
  s->spoiled = next_row(s, ask(s, NULL, ROLLBACK_INNER, ""), NULL) || next_row(s, ask(s, NULL, COMMIT_INNER, ""), NULL);
  s->depth = 1;
}

/* -- JSON ------------------------------------------------------------------ */

static const char *text_column(sqlite3_stmt *st, int i) {
  const char *text = (const char *)sqlite3_column_text(st, i);
  return text ? text : "";
}

static int sound(const struct hw_store *s, sqlite3_stmt *st, struct hw_error *e) {
  struct hw_buf what = { 0 };
  if (sqlite3_column_int(st, SOUND))
    return 1;
  hw_buf_addf(&what, "%.200s does not fit its checksum", text_column(st, PLACE));
  damaged(s, e, hw_buf_text(&what));
  hw_buf_free(&what);
  return 0;
}

static void add_column(sqlite3_stmt *st, int i, struct hw_buf *json) {
  const char *name = sqlite3_column_name(st, i), *text = text_column(st, i);
  size_t len = (size_t)sqlite3_column_bytes(st, i);
  hw_buf_addf(json, "%s\"%s\":", i == FIRST ? "{" : ",", name ? name : "");
  if (sqlite3_column_type(st, i) == SQLITE_INTEGER || (name && strcmp(name, "data") == 0))
    hw_buf_add(json, text, len);
  else
    hw_json_quote(text, len, json);
}

/* Appends the row as an object, under its columns' names. */
static int add_row(const struct hw_store *s, sqlite3_stmt *st, struct hw_buf *json, struct hw_error *e) {
  if (!sound(s, st, e))
    return -1;
  for (int i = FIRST; i < sqlite3_column_count(st); i++)
    add_column(st, i, json);
  return hw_buf_addc(json, '}') ? hw_fail_memory(e) : 0;
}

static int one(struct hw_store *s, sqlite3_stmt *st, struct hw_buf *json, struct hw_error *e) {
  int got = next_row(s, st, e);
  if (got > 0 && add_row(s, st, json, e))
    got = -1;
  if (st)
    sqlite3_reset(st);
  return got;
}

static int in_order(const struct hw_store *s, sqlite3_stmt *st, int64_t *seq, struct hw_error *e) {
  struct hw_buf what = { 0 };
  if (*seq < 0 || sqlite3_column_int64(st, FIRST) == ++*seq)
    return 1;
  hw_buf_addf(&what, "%lld is missing before %.200s", (long long)*seq, text_column(st, PLACE));
  damaged(s, e, hw_buf_text(&what));
  hw_buf_free(&what);
  return 0;
}

/* Appends all rows as an array. Those after `seq` must follow without a gap, unless it is negative. */
static int list(struct hw_store *s, sqlite3_stmt *st, int64_t seq, struct hw_buf *json, struct hw_error *e) {
  size_t start = json->len;
  int got = 0;
  if (!st)
    return -1;
  hw_buf_addc(json, '[');
  while (json->len - start < HW_STORE_ANSWER_MAX && (got = next_row(s, st, e)) > 0) {
    if (!in_order(s, st, &seq, e) || (json->len > start + 1 && hw_buf_addc(json, ',')) || add_row(s, st, json, e)) {
      got = -1;
      break;
    }
  }
  sqlite3_reset(st);
  if (got >= 0 && hw_buf_addc(json, ']'))
    return hw_fail_memory(e);
  return got < 0 ? -1 : 0;
}

/* -- what callers give ------------------------------------------------------ */

static int fits(const char *what, const char *text, size_t max, struct hw_error *e) {
  if (text && strlen(text) <= max)
    return 1;
  if (text)
    hw_fail(e, HW_ERR_USAGE, "%s is longer than the journal takes (%zu bytes)", what, max);
  else
    hw_fail(e, HW_ERR_USAGE, "%s is missing", what);
  hw_folder_refuse(e, "store.misuse");
  return 0;
}

static int fits_name(const char *what, const char *text, struct hw_error *e) {
  return fits(what, text, HW_STORE_NAME_MAX, e);
}

static int fits_data(const char *text, struct hw_error *e) {
  return fits("data", text, HW_STORE_DATA_MAX, e);
}

static int fail_missing(const char *run, struct hw_error *e) {
  hw_fail(e, HW_ERR_USAGE, "the journal has no run %.200s", run);
  return hw_folder_refuse(e, "store.missing");
}

/* -- runs ------------------------------------------------------------------ */

int hw_store_run_create(struct hw_store *s, const struct hw_store_run *run, struct hw_error *e) {
  int64_t no;
  if (!fits_name("id", run->id, e) || !fits_name("name", run->name, e) || !fits_name("state", run->state, e) ||
      !fits_data(run->data, e))
    return -1;
  if (change(s, ask(s, e, RUN_CREATE, "ttttii", run->id, run->name, run->state, run->data, run->created_ms, run->updated_ms),
             &no, e)) {
    if (!s->taken)
      return -1;
    hw_fail(e, HW_ERR_USAGE, "the journal has a run %.200s already", run->id);
    return hw_folder_refuse(e, "store.taken");
  }
  note_mark(s, HW_MARK_RUN, no);
  return 0;
}

int hw_store_run_update(struct hw_store *s, const struct hw_store_run *run, struct hw_error *e) {
  struct hw_buf json = { 0 };
  int64_t no;
  int got;
  if (!fits_name("id", run->id, e) || (run->state && !fits_name("state", run->state, e)) || (run->data && !fits_data(run->data, e)))
    return -1;
  if (change(s, ask(s, e, RUN_UPDATE, "ttti", run->id, run->state, run->data, run->updated_ms), &no, e))
    return -1;
  if (no) {
    note_change(s);
    return 0;
  }
  got = hw_store_run_get(s, run->id, &json, e); /* not there, or damaged */
  hw_buf_free(&json);
  return got < 0 ? -1 : fail_missing(run->id, e);
}

int hw_store_run_get(struct hw_store *s, const char *id, struct hw_buf *json, struct hw_error *e) {
  return one(s, ask(s, e, RUN_GET, "t", id), json, e);
}

int hw_store_run_list(struct hw_store *s, const char *state, struct hw_buf *json, struct hw_error *e) {
  return list(s, ask(s, e, RUN_LIST, "t", state), -1, json, e);
}

/* -- records --------------------------------------------------------------- */

/* The number of a run: 1, 0 or -1. Runs stay, so the last one need not be asked for again. */
static int run_number(struct hw_store *s, const char *run, int64_t *no, struct hw_error *e) {
  sqlite3_stmt *st;
  int got = 1;
  if (!*run || strcmp(run, s->run) != 0) {
    st = ask(s, e, RUN_NUMBER, "t", run);
    got = next_row(s, st, e);
    if (got > 0) {
      s->run_number = sqlite3_column_int64(st, 0);
      hw_copy(s->run, sizeof s->run, run, strlen(run));
    }
    if (st)
      sqlite3_reset(st);
  }
  *no = s->run_number;
  return got;
}

static int add_record(struct hw_store *s, enum statement how, const struct hw_store_record *r, int64_t *id, struct hw_error *e) {
  int64_t no;
  int got;
  if (!fits_name("run", r->run, e) || !fits_name("branch", r->branch, e) || !fits_name("phase", r->phase, e) ||
      !fits_name("kind", r->kind, e) || !fits_data(r->data, e))
    return -1;
  if ((got = run_number(s, r->run, &no, e)) <= 0)
    return got ? -1 : fail_missing(r->run, e);
  if (!change(s, ask(s, e, how, "itittit", no, r->branch, r->n, r->phase, r->kind, r->time_ms, r->data), id, e)) {
    note_mark(s, HW_MARK_RECORD, *id);
    return 0;
  }
  if (!s->taken)
    return -1;
  hw_fail(e, HW_ERR_USAGE, "run %.200s has a record at %.200s %lld %.200s already", r->run, r->branch, (long long)r->n, r->phase);
  return hw_folder_refuse(e, "store.taken");
}

int hw_store_append(struct hw_store *s, const struct hw_store_record *r, int64_t *seq, struct hw_error *e) {
  int64_t id;
  if (add_record(s, APPEND, r, &id, e))
    return -1;
  *seq = id & SEQ_MAX;
  return 0;
}

int hw_store_put(struct hw_store *s, const struct hw_store_record *r, struct hw_error *e) {
  int64_t id;
  if (add_record(s, PUT, r, &id, e))
    return -1;
  note_change(s);
  return 0;
}

int hw_store_get(struct hw_store *s, const struct hw_store_record *at, struct hw_buf *json, struct hw_error *e) {
  int64_t no;
  int got = run_number(s, at->run, &no, e);
  return got > 0 ? one(s, ask(s, e, GET, "ititt", no, at->branch, at->n, at->phase, at->run), json, e) : got;
}

static int64_t between(int64_t least, int64_t value, int64_t most) {
  return value < least ? least : value > most ? most : value;
}

int hw_store_records(struct hw_store *s, const char *run, int64_t after, int64_t max, struct hw_buf *json, struct hw_error *e) {
  int64_t no;
  int got = run_number(s, run, &no, e);
  if (got <= 0)
    return got ? -1 : fail_missing(run, e);
  after = between(0, after, SEQ_MAX);
  return list(s, ask(s, e, RECORDS, "iiitt", no, after, between(0, max, SEQ_MAX), NULL, run), after, json, e);
}

/* -- audit ----------------------------------------------------------------- */

int hw_store_audit_append(struct hw_store *s, const char *data, const char *hash, int64_t time_ms, struct hw_error *e) {
  int64_t seq;
  if (!fits_data(data, e) || !fits_name("hash", hash, e))
    return -1;
  if (change(s, ask(s, e, AUDIT_APPEND, "itt", time_ms, data, hash), &seq, e))
    return -1;
  note_mark(s, HW_MARK_AUDIT, seq);
  return 0;
}

int hw_store_audit_head(struct hw_store *s, struct hw_buf *hash, struct hw_error *e) {
  sqlite3_stmt *st = ask(s, e, AUDIT_HEAD, "");
  int got = next_row(s, st, e);
  if (got > 0)
    got = !sound(s, st, e) ? -1 : hw_buf_adds(hash, text_column(st, FIRST)) ? hw_fail_memory(e) : 0;
  if (st)
    sqlite3_reset(st);
  return got;
}

int hw_store_audit_list(struct hw_store *s, int64_t after, int64_t max, struct hw_buf *json, struct hw_error *e) {
  after = between(0, after, INT64_MAX);
  return list(s, ask(s, e, AUDIT_LIST, "ii", after, between(0, max, SEQ_MAX)), after, json, e);
}

/* -- things kept by name ---------------------------------------------------- */

int hw_store_keep(struct hw_store *s, const char *space, const char *name, const char *data, size_t len, struct hw_error *e) {
  if (!fits_name("space", space, e) || !fits_name("name", name, e))
    return -1;
  if (len > HW_STORE_DATA_MAX)
    return misuse(e, "data is longer than the journal takes");
  if (change(s, ask(s, e, KEEP, "ttb", space, name, data ? data : "", len), NULL, e))
    return -1;
  note_change(s);
  return 0;
}

int hw_store_kept(struct hw_store *s, const char *space, const char *name, struct hw_buf *data, struct hw_error *e) {
  sqlite3_stmt *st = ask(s, e, KEPT, "tt", space, name);
  int got = next_row(s, st, e);
  if (got > 0 && !sound(s, st, e))
    got = -1;
  if (got > 0) {
    const void *bytes = sqlite3_column_blob(st, FIRST);
    if (hw_buf_add(data, bytes ? bytes : "", (size_t)sqlite3_column_bytes(st, FIRST)))
      got = hw_fail_memory(e);
  }
  if (st)
    sqlite3_reset(st);
  return got;
}

/* -- locks ------------------------------------------------------------------ */

static struct own_lock **find_lock(struct hw_store *s, const char *target) {
  struct own_lock **at = &s->locks;
  while (*at && strcmp((*at)->target, target) != 0)
    at = &(*at)->next;
  return at;
}

static void drop_lock(struct hw_store *s, const char *target) {
  struct own_lock **at = find_lock(s, target), *lock = *at;
  if (!lock)
    return;
  hw_folder_unlock(&s->folder, target);
  *at = lock->next;
  free(lock);
}

static int add_lock(struct hw_store *s, const char *target, struct hw_error *e) {
  size_t size = strlen(target) + 1;
  struct own_lock *lock = malloc(sizeof *lock + size);
  if (!lock)
    return hw_fail_memory(e);
  memcpy(lock->target, target, size);
  lock->next = s->locks;
  s->locks = lock;
  return 0;
}

static int read_holder(struct hw_store *s, const char *target, struct hw_buf *holder, struct hw_error *e) {
  sqlite3_stmt *st = ask(s, e, HOLDER_GET, "t", target);
  int got = next_row(s, st, e);
  if (got > 0 && hw_buf_adds(holder, text_column(st, 0)))
    got = hw_fail_memory(e);
  if (st)
    sqlite3_reset(st);
  return got < 0 ? -1 : 0;
}

/* 1, 0 or -1, inside a transaction, so that words and lock change together for others. */
static int try_lock(struct hw_store *s, const char *target, const char *holder, struct hw_buf *holder_now, struct hw_error *e) {
  if (!*find_lock(s, target)) {
    if (!hw_folder_lock(&s->folder, target))
      return read_holder(s, target, holder_now, e);
    if (add_lock(s, target, e)) {
      hw_folder_unlock(&s->folder, target);
      return -1;
    }
  }
  return change(s, ask(s, e, HOLDER_SET, "tt", target, holder), NULL, e) ? -1 : 1;
}

int hw_store_lock(struct hw_store *s, const char *target, const char *holder, struct hw_buf *holder_now, struct hw_error *e) {
  int had, got;
  if (!fits_name("target", target, e) || !fits_data(holder, e))
    return -1;
  if (s->depth)
    return misuse(e, "locks are taken outside of a transaction");
  if (hw_store_begin(s, e))
    return -1;
  had = *find_lock(s, target) != NULL;
  got = try_lock(s, target, holder, holder_now, e);
  if (got <= 0)
    hw_store_rollback(s);
  else if (hw_store_commit(s, e))
    got = -1;
  if (got < 0 && !had)
    drop_lock(s, target);
  return got;
}

void hw_store_unlock(struct hw_store *s, const char *target) {
  int inside;
  if (s->pid != getpid() || !*find_lock(s, target))
    return;
  inside = !s->depth && hw_store_begin(s, NULL) == 0;
  drop_lock(s, target);
  if (!inside)
    return;
  if (change(s, ask(s, NULL, HOLDER_DROP, "t", target), NULL, NULL))
    hw_store_rollback(s);
  else
    hw_store_commit(s, NULL);
}

/* -- pace ------------------------------------------------------------------- */

static int open_pace(struct hw_store *s, struct hw_error *e) {
  int failed;
  if (s->db[PACE])
    return 0;
  /* Its first opener changes the file's mode, which SQLite lets only one do at a time. */
  if (hw_folder_opening(&s->folder, e))
    return -1;
  failed = hw_folder_file(&s->folder, "pace.db", 1, e) || open_base(s, PACE, "pace.db", e) ||
           exec(s, PACE, "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL", e) || exec(s, PACE, pace_schema, e);
  hw_folder_opened(&s->folder);
  if (!failed)
    return 0;
  sqlite3_close(s->db[PACE]);
  s->db[PACE] = NULL;
  return -1;
}

static int pace_change(struct hw_store *s, sqlite3_stmt *st, struct hw_error *e) {
  return next_row(s, st, e) ? -1 : 0;
}

/* The call that is `limit` calls before this one must be a window away. */
static int reserve(struct hw_store *s, const struct hw_store_pace *p, int64_t now, int64_t *when, struct hw_error *e) {
  sqlite3_stmt *st;
  int got;
  if (pace_change(s, ask(s, e, PACE_FORGET, "tii", p->account, now, p->window_ms), e))
    return -1;
  st = ask(s, e, PACE_LATEST, "ti", p->account, p->limit);
  *when = now;
  if ((got = next_row(s, st, e)) < 0)
    return -1;
  if (got) {
    int64_t due = sqlite3_column_int64(st, 0) + p->window_ms;
    sqlite3_reset(st);
    *when = due > now ? due : now;
  }
  return pace_change(s, ask(s, e, PACE_RESERVE, "tii", p->account, *when, now), e);
}

int hw_store_pace(struct hw_store *s, const struct hw_store_pace *pace, int64_t now_ms, int64_t *when, struct hw_error *e) {
  *when = now_ms;
  if (!fits_name("account", pace->account, e))
    return -1;
  if (s->depth)
    return misuse(e, "pacing stands outside of a transaction");
  if (pace->limit <= 0)
    return 0;
  if (!same_process(s, e) || open_pace(s, e) || pace_change(s, ask(s, e, PACE_BEGIN, ""), e))
    return -1;
  if (reserve(s, pace, now_ms, when, e) || pace_change(s, ask(s, e, PACE_COMMIT, ""), e)) {
    if (!sqlite3_get_autocommit(s->db[PACE]))
      next_row(s, ask(s, NULL, PACE_ROLLBACK, ""), NULL);
    return -1;
  }
  return 0;
}

/* -- the whole journal -------------------------------------------------------- */

static int check_pages(struct hw_store *s, struct hw_error *e) {
  sqlite3_stmt *st = ask(s, e, CHECK_PAGES, "");
  int got = next_row(s, st, e), failed = got < 0;
  if (got > 0 && strcmp(text_column(st, 0), "ok") != 0)
    failed = damaged(s, e, text_column(st, 0));
  if (st)
    sqlite3_reset(st);
  return failed ? -1 : 0;
}

static int check_rows(struct hw_store *s, enum statement which, struct hw_error *e) {
  sqlite3_stmt *st = ask(s, e, which, "");
  int got;
  while ((got = next_row(s, st, e)) > 0)
    if (!sound(s, st, e)) {
      sqlite3_reset(st);
      return -1;
    }
  return got;
}

/* Records of a run follow each other from 1 on, and so do audit entries (which are of one run, so to say). */
static int check_series(struct hw_store *s, sqlite3_stmt *st, int run_column, struct hw_error *e) {
  int64_t run = -1, seq = 0;
  int got;
  while ((got = next_row(s, st, e)) > 0) {
    int64_t own = run_column ? sqlite3_column_int64(st, run_column) : 0;
    if (own != run)
      seq = 0;
    run = own;
    if (!sound(s, st, e) || !in_order(s, st, &seq, e)) {
      sqlite3_reset(st);
      return -1;
    }
  }
  return got;
}

int hw_store_check(struct hw_store *s, struct hw_error *e) {
  if (check_pages(s, e) || check_marks(s, e) || check_rows(s, CHECK_RUNS, e) || check_rows(s, CHECK_KEPT, e))
    return -1;
  if (check_series(s, ask(s, e, CHECK_RECORDS, ""), FIRST + 1, e))
    return -1;
  return check_series(s, ask(s, e, AUDIT_LIST, "ii", INT64_C(0), SEQ_MAX), 0, e);
}

const char *hw_store_library(void) {
  return sqlite3_libversion();
}
