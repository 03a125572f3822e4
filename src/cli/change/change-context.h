/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all parts of a change share: the options, the machine, the snapshot, the
 * deadline and the signal descriptor. change.c fills it in; the other parts only read
 * it.
 */
#ifndef MEMHP_CHANGE_CONTEXT_H
#define MEMHP_CHANGE_CONTEXT_H

#include "../../libmemhp/clock.h"
#include "change.h"

struct change_context {
	const struct globals *globals;
	const struct change_args *args;
	const struct operands *operands;
	enum memhp_action action;
	struct memhp *memhp;
	const struct memhp_snapshot *snapshot;
	const struct memhp_scan *scan;   /* of the blocks in the plan, or NULL */
	uint64_t block_size;
	uint64_t begin_ms;       /* when the command began, before it waited for another memhp */
	struct limit deadline;   /* of the whole command, including waiting and scanning */
	struct limit wait;       /* --wait: how long memory that is not there yet is waited for */
	int stop_fd;             /* readable once a signal has arrived, or -1 */
};

/* What is read of the blocks. */
#define CHANGE_ATTRS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_NODES | MEMHP_ATTR_ORIGIN | MEMHP_ATTR_HOLES)
/* A message names at most this many ranges of blocks. */
#define RANGES_SHOWN 8

/* change-wait.c: waits until the memory that the operands name is there. An exit status. */
int change_wait(struct change_context *context);
/* Milliseconds since the command began. */
uint64_t change_elapsed_ms(const struct change_context *context);

#endif
