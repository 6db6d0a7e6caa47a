/* SPDX-License-Identifier: Apache-2.0
 * The folder that a journal lives in, and its guard: a small file that carries
 * kernel locks and remembers how far the journal had come.
 */
#ifndef HW_STORE_FOLDER_H
#define HW_STORE_FOLDER_H

#include <stdint.h>

#include "err.h"

/* Numbers that only grow. The guard learns them after the journal has them on
 * disk, so a journal that has less than its guard says has lost something. */
enum hw_folder_mark { HW_MARK_RUN, HW_MARK_RECORD, HW_MARK_AUDIT, HW_MARK_CHANGE, HW_MARKS };

struct hw_folder {
  char *path; /* absolute; NULL: not open */
  int guard;
};

/* Makes the folder if it is missing, looks at it, opens the guard and waits until
 * no other process is opening (hw_folder_opened ends that). -1: HW_ERR_USAGE with
 * a code of store.h, or store.busy; nothing to close. */
int hw_folder_open(struct hw_folder *f, const char *folder, struct hw_error *e);
void hw_folder_opened(const struct hw_folder *f);

/* Waits until no other process is opening, and keeps others from it. -1: store.busy. */
int hw_folder_opening(const struct hw_folder *f, struct hw_error *e);

/* Closing the guard gives all locks back. */
void hw_folder_close(struct hw_folder *f);

/* Looks at a file of the folder; one that is missing is fine, or made (readable by
 * its owner only) with `make`. -1: store.shared, store.readonly. */
int hw_folder_file(const struct hw_folder *f, const char *name, int make, struct hw_error *e);

void hw_folder_remember(const struct hw_folder *f, enum hw_folder_mark mark, int64_t value);
int64_t hw_folder_remembered(const struct hw_folder *f, enum hw_folder_mark mark); /* 0: nothing */

/* The kernel lock of a name: 1 taken, 0 somebody else's. */
int hw_folder_lock(const struct hw_folder *f, const char *name);
void hw_folder_unlock(const struct hw_folder *f, const char *name);

/* Sets the error's code; returns -1. `e` may be NULL. */
int hw_folder_refuse(struct hw_error *e, const char *code);

/* FNV-1a over bytes, going on from `hash`; begin with HW_FNV. */
#define HW_FNV UINT64_C(0xcbf29ce484222325)
uint64_t hw_fnv(uint64_t hash, const void *bytes, size_t len);

#endif
