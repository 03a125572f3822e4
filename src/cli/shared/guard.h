/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame around a change: a lock that lets only one memhp change memory at a time,
 * and signals that stop it. The change itself is up to the command.
 */
#ifndef MEMHP_GUARD_H
#define MEMHP_GUARD_H

#include "../../libmemhp/clock.h"
#include "../command.h"
#include "signals.h"

struct guard {
	int lock;
	struct signals signals;
};
#define GUARD_NONE { .lock = -1, .signals = SIGNALS_NONE }
/* How long a change without a timeout of its own waits for another memhp. */
#define GUARD_PATIENCE_MS 60000
/* Catches the signals and takes the lock before the limit. Returns an exit status. */
int guard_begin(const struct globals *globals, struct limit limit, struct guard *ret);
/* Releases the lock. */
void guard_end(struct guard *guard);

#endif
