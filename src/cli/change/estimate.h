/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Estimates of how long it takes to take blocks offline: from their pages where nothing
 * has been measured yet, as in plans, and from the rate of a run while it lasts.
 */
#ifndef MEMHP_ESTIMATE_H
#define MEMHP_ESTIMATE_H

#include "../../libmemhp/libmemhp.h"

/* The assumed cost: 20 ms per block, plus the time to migrate its pages. Nothing has been measured
 * when it is needed. */
#define ESTIMATE_BLOCK_MS 20
#define ESTIMATE_PAGES_PER_S 100000
uint64_t estimate_ms(const struct memhp_pages *pages);

/* A run so far. What is expected is a sum of estimate_ms(), or ESTIMATE_BLOCK_MS for a block without pages. */
struct pace {
	uint64_t finished;        /* expected for the blocks that were changed, or failed */
	uint64_t left;            /* expected for the other blocks, with the present one */
	uint64_t present;         /* expected for the present block */
	uint64_t elapsed_ms;      /* since the run began */
	uint64_t present_ms;      /* of which with the present block */
	uint64_t limit_ms;        /* how long a block may take; 0: no limit */
};
/* How long the rest takes if it goes on at the rate of the finished blocks. A block that takes longer than that
 * is expected to take as much longer again, up to its limit. */
uint64_t estimate_rest_ms(const struct pace *pace);

/* "1.25s" */
#define ESTIMATE_TEXT_SIZE 32
void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE]);

#endif
