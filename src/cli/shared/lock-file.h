/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock file: where it is, which file may be one, and what is written in it. Taking
 * the lock and waiting for it is left to guard.c.
 */
#ifndef MEMHP_LOCK_FILE_H
#define MEMHP_LOCK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../command.h"

/* A process of an earlier memhp that was killed, but whose write has not ended. */
struct left_write {
	uint64_t pid;
	uint64_t start;          /* when it started, in clock ticks since boot: its number may be in use again */
};
#define LEFT_WRITES_MAX 8
struct left_writes {
	struct left_write items[LEFT_WRITES_MAX];
	size_t count;
};

/* Opens the lock file, or creates it. *ret is -1 if the directory of --sysroot has no run/, and thus no
 * lock. Reports errors and returns an exit status. */
int lock_file_open(const struct globals *globals, int *ret);
/* Prints an error about the lock file, with the cause (an errno). Returns the exit status. */
int lock_file_error(const struct globals *globals, int code);
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
