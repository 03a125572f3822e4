/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a plan as a whole should be carried out: judges it by the figures of the
 * machine, which are the ratio of movable to kernel memory and the room that is left.
 * Pure. zones/figures.c reads the figures.
 */
#include "plan.h"

/* The bytes that a step takes from the memory elsewhere: free memory of the block is lost, and
 * memory in use needs another place. */
static uint64_t bytes_lost(const struct memhp_plan *plan, const struct memhp_step *step)
{
	const struct memhp_pages *pages = memhp_step_pages(step);
	const uint64_t size = plan_block_size(plan);
	uint64_t lost, all = 0;

	if (!pages)
		return size;
	for (unsigned int kind = 0; kind < MEMHP_PAGE_KINDS; kind++)
		all += pages->counts[kind];
	lost = (uint64_t)pages->counts[MEMHP_PAGE_MIGRATE] + pages->counts[MEMHP_PAGE_FREE];
	return all ? lost * (size / all) : size;
}

static bool plan_lacks_room(const struct memhp_plan *plan, uint64_t available)
{
	const struct memhp_step *step;
	uint64_t bytes = 0;

	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_already(step) && !memhp_step_is_reserve(step))
			bytes += bytes_lost(plan, step);
	return available != UINT64_MAX && bytes > available;
}

enum memhp_reason memhp_plan_judge(const struct memhp_plan *plan, const struct memhp_figures *figures)
{
	const uint64_t bytes = memhp_plan_pending(plan);
	struct memhp_ratio after = { .size = sizeof(after), .kernel = figures->kernel };

	if (!bytes)
		return MEMHP_REASON_NONE;
	if (plan_request(plan)->action == MEMHP_ACTION_OFFLINE)
		return plan_lacks_room(plan, figures->available) ? MEMHP_REASON_NO_ROOM : MEMHP_REASON_NONE;
	if (plan_request(plan)->target != MEMHP_TARGET_MOVABLE || figures->kernel == UINT64_MAX)
		return MEMHP_REASON_NONE;
	if (__builtin_add_overflow(figures->movable, bytes, &after.movable))
		after.movable = UINT64_MAX;
	return memhp_ratio_exceeds(&after, figures->limit) ? MEMHP_REASON_RATIO : MEMHP_REASON_NONE;
}
