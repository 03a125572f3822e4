/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An estimate of how long it takes to take a block offline, from its pages. It is
 * used where nothing has been measured yet: in plans, and at the start of a run.
 */
#ifndef MEMHP_ESTIMATE_H
#define MEMHP_ESTIMATE_H

#include "../../libmemhp/libmemhp.h"

/* The assumed cost: 20 ms per block, plus the time to migrate its pages. Nothing has been measured
 * when it is needed. */
#define ESTIMATE_BLOCK_MS 20
#define ESTIMATE_PAGES_PER_S 100000
uint64_t estimate_ms(const struct memhp_pages *pages);
/* "1.25s" */
#define ESTIMATE_TEXT_SIZE 32
void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE]);

#endif
