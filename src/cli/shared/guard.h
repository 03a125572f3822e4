/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame around a change: a lock that lets only one memhp change memory at a time,
 * and signals that stop it. The change itself is up to the command.
 */
#ifndef MEMHP_GUARD_H
#define MEMHP_GUARD_H

#include "../../libmemhp/clock.h"
#include "../../libmemhp/libmemhp.h"
#include "../command.h"

struct guard {
	struct memhp_lock *lock;   /* or NULL */
	int stop_fd;               /* readable once a signal has arrived, or -1; see base/signals.h */
};
#define GUARD_NONE { .stop_fd = -1 }
/* How long a change without a timeout of its own waits for another memhp. */
#define GUARD_PATIENCE_MS 60000
/* Catches the signals and takes the lock before the limit. Returns an exit status. */
int guard_begin(const struct globals *globals, struct limit limit, struct guard *ret);
/* A signal has arrived: prints an error about it and returns the exit status. */
int guard_stopped(void);
/* The process with this number was killed, but its write has not ended: the next memhp reports it. */
void guard_leave_writer(struct guard *guard, uint64_t pid);
/* Releases the lock, and gives signals their effect on the report that follows. */
void guard_end(struct guard *guard);

#endif
