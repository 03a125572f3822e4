/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What counts as changed, and what as met: the notions behind the summary, the closing line, the
 * system log and the exit status. What becomes of blocks is in the suites of tests/change.
 */
#include "../../../src/libmemhp/run/run.h"
#include "../tap.h"

#define ONLINE MEMHP_STATE_ONLINE
#define OFFLINE MEMHP_STATE_OFFLINE
#define GOING MEMHP_STATE_GOING_OFFLINE
#define MOVABLE MEMHP_ZONE_MOVABLE
#define NORMAL MEMHP_ZONE_NORMAL
#define DMA32 MEMHP_ZONE_DMA32
#define NONE MEMHP_ZONE_UNKNOWN

static const struct {
	const char *name;
	enum memhp_result result;
	enum memhp_reason reason;
	unsigned int attempts;
	enum memhp_state before;
	enum memhp_zone zone_before;
	enum memhp_state after;
	enum memhp_zone zone_after;
	bool has_changed;
} outcomes[] = {
	{ "done", MEMHP_RESULT_DONE, 0, 1, OFFLINE, NONE, ONLINE, MOVABLE, true },
	{ "already so", MEMHP_RESULT_ALREADY, 0, 0, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "online in another zone", MEMHP_RESULT_FAILED, MEMHP_REASON_WRONG_ZONE, 1, OFFLINE, NONE, ONLINE, NORMAL, true },
	{ "in another zone before", MEMHP_RESULT_FAILED, MEMHP_REASON_WRONG_ZONE, 0, ONLINE, NORMAL, ONLINE, NORMAL, false },
	{ "in another zone by another agent", MEMHP_RESULT_FAILED, MEMHP_REASON_WRONG_ZONE, 0, OFFLINE, NONE, ONLINE, NORMAL,
	  false },
	{ "failed", MEMHP_RESULT_FAILED, MEMHP_REASON_NOTIFIER, 4, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "failed on the way", MEMHP_RESULT_FAILED, MEMHP_REASON_UNKNOWN, 1, ONLINE, MOVABLE, GOING, MOVABLE, false },
	{ "undone", MEMHP_RESULT_FAILED, MEMHP_REASON_RACED, 1, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "undone, in another kind of zone", MEMHP_RESULT_FAILED, MEMHP_REASON_RACED, 1, ONLINE, MOVABLE, ONLINE, NORMAL, true },
	{ "timed out", MEMHP_RESULT_TIMEOUT, MEMHP_REASON_LOCK_HELD, 1, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "skipped", MEMHP_RESULT_SKIPPED, 0, 0, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "rolled back", MEMHP_RESULT_ROLLED_BACK, 0, 2, ONLINE, MOVABLE, ONLINE, MOVABLE, false },
	{ "rolled back into another kernel zone", MEMHP_RESULT_ROLLED_BACK, MEMHP_REASON_WRONG_ZONE, 2, ONLINE, DMA32,
	  ONLINE, NORMAL, false },
	{ "rolled back into another kind of zone", MEMHP_RESULT_ROLLED_BACK, MEMHP_REASON_WRONG_ZONE, 2, ONLINE, MOVABLE,
	  ONLINE, NORMAL, true },
	{ "removed", MEMHP_RESULT_REMOVED, 0, 1, ONLINE, MOVABLE, OFFLINE, NONE, true },
};

/* A letter an outcome: d done, a already, r removed, f failed, s skipped, b rolled back. */
static const struct {
	const char *name, *outcomes;
	uint64_t requested;
	bool unplug, is_met;
} requests[] = {
	{ "nothing is requested", "", 0, false, true },
	{ "all is done", "da", 2, false, true },
	{ "one has failed", "df", 2, false, false },
	{ "another has replaced it", "dfd", 2, false, true },
	{ "one was not tried", "ds", 2, false, false },
	{ "all is rolled back", "bb", 2, false, false },
	{ "a change does not need a removal", "dr", 2, false, true },
	{ "a removal does", "dr", 2, true, false },
	{ "all is removed", "rrr", 2, true, true },
	{ "less is removed than requested", "r", 2, true, false },
};

static void test_request(size_t n)
{
	static const struct { char letter; enum memhp_result result; } results[] = {
		{ 'd', MEMHP_RESULT_DONE }, { 'a', MEMHP_RESULT_ALREADY }, { 'r', MEMHP_RESULT_REMOVED },
		{ 'f', MEMHP_RESULT_FAILED }, { 's', MEMHP_RESULT_SKIPPED }, { 'b', MEMHP_RESULT_ROLLED_BACK },
	};
	struct outcome of_blocks[4] = { 0 };
	struct memhp_report report = {
		.outcomes = of_blocks, .block_size = 4096, .requested = requests[n].requested * 4096, .unplug = requests[n].unplug,
	};

	for (; requests[n].outcomes[report.count]; report.count++)
		for (size_t i = 0; i < TAP_COUNT(results); i++)
			if (results[i].letter == requests[n].outcomes[report.count])
				of_blocks[report.count].told.result = results[i].result;
	ok(memhp_report_is_met(&report) == requests[n].is_met, "met: %s", requests[n].name);
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(requests); i++)
		test_request(i);
	const struct memhp_report complete = { 0 }, incomplete = { .lacks_memory = true };

	ok(!memhp_report_is_incomplete(&complete), "a report");
	ok(memhp_report_is_incomplete(&incomplete), "a report for which memory was short");
	for (size_t i = 0; i < TAP_COUNT(outcomes); i++) {
		struct memhp_block block = { .present = MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES };
		const struct memhp_outcome outcome = {
			.block = &block, .result = outcomes[i].result, .reason = outcomes[i].reason,
			.attempts = outcomes[i].attempts, .state = outcomes[i].after, .zone = outcomes[i].zone_after,
		};

		block.state = (unsigned int)outcomes[i].before & 0xfU;
		block.zones[0] = outcomes[i].zone_before;
		block.zone_count = outcomes[i].zone_before != NONE;
		ok(memhp_outcome_has_changed(&outcome) == outcomes[i].has_changed, "%s", outcomes[i].name);
	}
	return tap_done();
}
