/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all parts of a change share.
 */
#ifndef MEMHP_CHANGE_CONTEXT_H
#define MEMHP_CHANGE_CONTEXT_H

#include "../../libmemhp/clock.h"
#include "change.h"

struct change_context {
	const struct globals *globals;
	const struct change_args *args;
	enum memhp_action action;
	struct memhp *memhp;
	const struct memhp_snapshot *snapshot;
	const struct memhp_scan *scan;   /* of the plan's blocks, or NULL */
	uint64_t block_size;
	uint64_t begin_ms;       /* of the command, before it waits for another one */
	struct limit deadline;   /* of the command: waiting and looking into blocks are part of it */
	int stop_fd;             /* readable when a signal has come, or -1 */
};

/* Ranges of blocks named in one line. */
#define RANGES_SHOWN 8

/* "online" or "offline"; with a "d" what has been done. */
const char *action_name(enum memhp_action action);
/* Since the command began. */
uint64_t change_elapsed_ms(const struct change_context *context);

#endif
