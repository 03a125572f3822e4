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
	int stop_fd;             /* readable once a signal has arrived, or -1 */
};

/* A message names at most this many ranges of blocks. */
#define RANGES_SHOWN 8

/* Milliseconds since the command began. */
uint64_t change_elapsed_ms(const struct change_context *context);

#endif
