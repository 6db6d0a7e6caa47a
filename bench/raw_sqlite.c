/* SPDX-License-Identifier: Apache-2.0
 * What a journal costs at least: the same rows in one table, a commit each, written
 * ahead and synced, one prepared statement. Prints the seconds taken.
 *   raw_sqlite FILE CALLS INTENT ANSWER   (two commits a call)
 */
#define _DEFAULT_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static sqlite3 *db;

static void must(int rc, const char *what) {
  if (rc == SQLITE_OK || rc == SQLITE_DONE)
    return;
  fprintf(stderr, "raw_sqlite: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void insert(sqlite3_stmt *st, long n, const char *phase, const char *data) {
  must(sqlite3_bind_int64(st, 1, 1), "bind");
  must(sqlite3_bind_text(st, 2, "", -1, SQLITE_STATIC), "bind");
  must(sqlite3_bind_int64(st, 3, n), "bind");
  must(sqlite3_bind_text(st, 4, phase, -1, SQLITE_STATIC), "bind");
  must(sqlite3_bind_text(st, 5, "call", -1, SQLITE_STATIC), "bind");
  must(sqlite3_bind_int64(st, 6, 1767322800000 + n), "bind");
  must(sqlite3_bind_text(st, 7, data, -1, SQLITE_STATIC), "bind");
  must(sqlite3_step(st), "insert");
  must(sqlite3_reset(st), "insert");
}

int main(int argc, char **argv) {
  sqlite3_stmt *st;
  long calls = argc == 5 ? atol(argv[2]) : 0;
  double started;
  if (calls < 1) {
    fprintf(stderr, "usage: raw_sqlite FILE CALLS INTENT ANSWER\n");
    return 2;
  }
  must(sqlite3_open(argv[1], &db), "open");
  must(sqlite3_exec(db, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;CREATE TABLE record(id INTEGER PRIMARY KEY, run INTEGER,"
                        " branch TEXT, n INTEGER, phase TEXT, kind TEXT, time_ms INTEGER, data TEXT)", NULL, NULL, NULL), "schema");
  must(sqlite3_prepare_v2(db, "INSERT INTO record(run, branch, n, phase, kind, time_ms, data) VALUES(?, ?, ?, ?, ?, ?, ?)", -1, &st,
                          NULL), "prepare");
  started = now();
  for (long n = 1; n <= calls; n++) {
    insert(st, n, "intent", argv[3]);
    insert(st, n, "answer", argv[4]);
  }
  printf("%.6f\n", now() - started);
  sqlite3_finalize(st);
  sqlite3_close(db);
  return 0;
}
