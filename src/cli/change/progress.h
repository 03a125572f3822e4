/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line on a terminal while a change lasts.
 */
#ifndef MEMHP_PROGRESS_H
#define MEMHP_PROGRESS_H

#include "change-context.h"

struct progress {
	const struct change_context *context;
	bool is_wanted, is_shown;
	uint64_t begin_ms, total, done;   /* blocks */
	uint64_t done_ms, left_ms;        /* what these, and the others, are reckoned to take */
};
void progress_begin(struct progress *progress, const struct change_context *context, const struct memhp_plan *plan);
void progress_update(struct progress *progress, const struct memhp_outcome *outcome);
void progress_end(struct progress *progress);

#endif
