/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the rest of a run takes, by its rate so far: what progress lines show. How they are drawn is
 * bats' to test.
 */
#include <stdio.h>

#include "../../../src/cli/change/estimate.h"
#include "../tap.h"

#define BLOCK ESTIMATE_BLOCK_MS
#define S 1000

static const struct {
	const char *name;
	struct pace pace;
	uint64_t least, most;
} rests[] = {
	{ "nothing left", { 8 * BLOCK, 0, 0, 8 * S, 0, 0 }, 0, 0 },
	/* the rate is the run's, however far from what was expected */
	{ "as expected", { 4 * BLOCK, 4 * BLOCK, 0, 4 * BLOCK, 0, 0 }, 4 * BLOCK, 4 * BLOCK },
	{ "a second each", { 10 * BLOCK, 10 * BLOCK, 0, 10 * S, 0, 0 }, 9 * S, 10 * S },
	{ "a second each, after the third", { 3 * BLOCK, 5 * BLOCK, 0, 3 * S, 0, 0 }, 3 * S, 5 * S },
	{ "a tenth of what was expected", { 10 * S, 10 * S, 0, S, 0, 0 }, 900, 1100 },
	/* blocks that have more to migrate take longer */
	{ "full ones are left", { 10 * BLOCK, 100 * BLOCK, 0, 10 * BLOCK, 0, 0 }, 100 * BLOCK, 100 * BLOCK },
	/* the present block */
	{ "half of the present one", { 10 * BLOCK, 2 * BLOCK, BLOCK, 10 * S + 460, 460, 0 }, 1300, 1500 },
	{ "as long as expected", { 10 * BLOCK, BLOCK, BLOCK, 10 * S + 911, 911, 0 }, 0, 1 },
	{ "it hangs for 7 s", { 10 * BLOCK, BLOCK, BLOCK, 17 * S, 7 * S, 0 }, 6 * S, 7 * S },
	{ "it hangs for 40 s", { 10 * BLOCK, BLOCK, BLOCK, 50 * S, 40 * S, 0 }, 39 * S, 40 * S },
	{ "it hangs, but not beyond its limit", { 10 * BLOCK, BLOCK, BLOCK, 50 * S, 40 * S, 60 * S }, 20 * S, 20 * S },
	{ "beyond its limit", { 10 * BLOCK, BLOCK, BLOCK, 71 * S, 61 * S, 60 * S }, 0, 0 },
	{ "it hangs; the others are not expected to", { 10 * BLOCK, 11 * BLOCK, BLOCK, 17 * S, 7 * S, 0 }, 15 * S, 17 * S },
	/* a reserve in place of a failed block */
	{ "more than was planned", { 10 * BLOCK, 0, BLOCK, 10 * S, 0, 0 }, 900, S },
	{ "a clock that was read twice", { BLOCK, BLOCK, BLOCK, 5, 6, 0 }, 0, BLOCK },
};

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(rests); i++) {
		const uint64_t rest = estimate_rest_ms(&rests[i].pace);

		if (!ok(rest >= rests[i].least && rest <= rests[i].most, "%s", rests[i].name))
			diagnose("%llu ms", (unsigned long long)rest);
	}
	return tap_done();
}
