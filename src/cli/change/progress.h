/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress line on a terminal while a change is running. change.c calls these
 * functions for each event of a run; whether a line is wanted is decided here.
 */
#ifndef MEMHP_PROGRESS_H
#define MEMHP_PROGRESS_H

#include "change-context.h"
#include "estimate.h"

struct progress {
	const struct change_context *context;
	bool is_wanted, is_shown;
	uint64_t begin_ms, total, done;   /* total, done: in blocks */
	uint64_t reserves;                /* blocks that can replace failed ones */
	struct pace pace;
};
void progress_begin(struct progress *progress, const struct change_context *context, const struct memhp_plan *plan);
void progress_update(struct progress *progress, const struct memhp_outcome *outcome);
void progress_end(struct progress *progress);

#endif
