/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands around a change: one memhp at a time, and signals that stop it.
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
/* How long a change that nothing else limits waits for another one. */
#define GUARD_PATIENCE_MS 60000
/* Catches signals and takes the lock within the limit; an exit status. */
int guard_begin(const struct globals *globals, struct limit limit, struct guard *ret);
/* Lets the lock go. */
void guard_end(struct guard *guard);

#endif
