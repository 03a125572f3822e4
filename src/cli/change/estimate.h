/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long taking blocks offline may take.
 */
#ifndef MEMHP_ESTIMATE_H
#define MEMHP_ESTIMATE_H

#include "../../libmemhp/libmemhp.h"

/* What taking a block offline takes, by its pages, for want of anything measured. */
#define ESTIMATE_BLOCK_MS 20
#define ESTIMATE_PAGES_PER_S 100000
uint64_t estimate_ms(const struct memhp_pages *pages);
/* "1.25s" */
#define ESTIMATE_TEXT_SIZE 32
void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE]);

#endif
