/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Estimates how long it takes to take blocks offline. The rates are assumptions, not
 * measurements. Pure: no input and no output. progress.c corrects the estimate while
 * a change runs.
 */
#include "estimate.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t estimate_ms(const struct memhp_pages *pages)
{
	return ESTIMATE_BLOCK_MS + memhp_pages_work(pages) * 1000 / ESTIMATE_PAGES_PER_S;
}

void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE])
{
	snprintf(ret, ESTIMATE_TEXT_SIZE, "%" PRIu64 ".%02" PRIu64 "s", ms / 1000, ms % 1000 / 10);
}
