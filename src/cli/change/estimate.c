/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Estimates how long it takes to take blocks offline: by assumed rates, and by the rate
 * of a run. Pure: no input, no output and no clock. progress.c knows the run.
 */
#include "estimate.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t estimate_ms(const struct memhp_pages *pages)
{
	return ESTIMATE_BLOCK_MS + memhp_pages_work(pages) * 1000 / ESTIMATE_PAGES_PER_S;
}

/* The expectation of one block on both sides keeps the first block from swaying it too much. */
static uint64_t at_rate_of(const struct pace *pace, uint64_t expected)
{
	const uint64_t taken = pace->elapsed_ms > pace->present_ms ? pace->elapsed_ms - pace->present_ms : 0;

	return (taken + ESTIMATE_BLOCK_MS) * expected / (pace->finished + ESTIMATE_BLOCK_MS);
}

uint64_t estimate_rest_ms(const struct pace *pace)
{
	const uint64_t others = pace->left > pace->present ? at_rate_of(pace, pace->left - pace->present) : 0;
	const uint64_t expected = at_rate_of(pace, pace->present), taken = pace->present_ms;
	uint64_t present = expected > taken ? expected - taken : taken - expected;

	if (pace->limit_ms && pace->limit_ms < taken + present)
		present = pace->limit_ms > taken ? pace->limit_ms - taken : 0;
	return present + others;
}

void estimate_text(uint64_t ms, char ret[ESTIMATE_TEXT_SIZE])
{
	snprintf(ret, ESTIMATE_TEXT_SIZE, "%" PRIu64 ".%02" PRIu64 "s", ms / 1000, ms % 1000 / 10);
}
