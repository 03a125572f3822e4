/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lock file: where it is, which file may be one, and what is written in it. Taking
 * the lock and waiting for it is left to lock.c.
 */
#ifndef MEMHP_LOCK_FILE_H
#define MEMHP_LOCK_FILE_H

#include "../base/base.h"

/* A process of an earlier holder that was killed, but whose write has not ended. */
struct left_write {
	uint64_t pid;
	uint64_t start;          /* when it started, in clock ticks since boot: its number may be in use again */
};
#define LEFT_WRITES_MAX 8
struct left_writes {
	struct left_write items[LEFT_WRITES_MAX];
	size_t count;
};

/* Opens the lock file, or creates it. *ret is -1 if a given root has no run/, and thus no lock. Reports
 * faults; returns 0 or a negative errno. */
int lock_file_open(const struct memhp *memhp, int *ret);
/* Reports a fault of the lock file (a positive errno, and a text or NULL), and returns -error. */
int lock_file_fault(const struct memhp *memhp, int error, const char *text);
/* Whether it is still the file of that name, and the only name of that file. */
bool lock_file_is_current(int fd);
/* The process that holds the lock, or 0 if it is unknown. */
uint64_t lock_file_holder(int fd);
/* Finds the writes that were left and have not ended. */
void lock_file_read_left(int fd, struct left_writes *ret);
/* Adds a process to the list, if it exists. */
void left_writes_add(struct left_writes *left, uint64_t pid);
/* Writes the holder (0: nobody holds the lock) and the writes of the list that have not ended. Returns
 * 0 or a negative errno; the file is empty after a failure. */
int lock_file_write(int fd, uint64_t holder, const struct left_writes *left);

#endif
