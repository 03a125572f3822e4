/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a plan as a whole should be carried out: judges it by the figures of the
 * machine, which are the ratio of movable to kernel memory and the room that is left.
 * Pure. zones/figures.c reads the figures.
 */
#include "../sized.h"
#include "plan.h"

/* The bytes of one kind of page. */
static uint64_t judge_bytes(const struct memhp_plan *plan, const struct memhp_pages *pages, enum memhp_page kind)
{
	const uint64_t all = pages_total(pages);

	return all ? pages->counts[kind] * (plan_block_size(plan) / all) : 0;
}

static struct memhp_plan_room judge_room(const struct memhp_plan *plan, const struct memhp_figures *figures)
{
	struct memhp_plan_room room = { .size = sizeof(room) };
	const struct memhp_step *step;
	uint64_t gone = 0;

	memhp_plan_foreach(plan, step) {
		const struct memhp_pages *pages = memhp_step_pages(step);

		if (memhp_step_is_already(step) || memhp_step_is_reserve(step) || memhp_step_reason(step))
			continue;
		room.needed += pages ? judge_bytes(plan, pages, MEMHP_PAGE_MIGRATE) : plan_block_size(plan);
		room.guessed += pages ? 0 : plan_block_size(plan);
		gone += pages ? judge_bytes(plan, pages, MEMHP_PAGE_FREE) : 0;
	}
	room.left = room_elsewhere(room.guessed ? UINT64_MAX : figures->free, figures->available, gone);
	return room;
}

int memhp_plan_room(const struct memhp_plan *plan, const struct memhp_figures *callers, struct memhp_plan_room *ret)
{
	struct memhp_figures figures;
	struct memhp_plan_room room;
	int r = sized_take(&figures, offsetof(struct memhp_figures, reserved), callers);

	if (r < 0)
		return r;
	room = judge_room(plan, &figures);
	return sized_give(ret, &room, sizeof(room));
}

static bool plan_lacks_room(const struct memhp_plan *plan, const struct memhp_figures *figures)
{
	const struct memhp_plan_room room = judge_room(plan, figures);

	return room.needed > room.left;
}

int memhp_plan_judge(const struct memhp_plan *plan, const struct memhp_figures *callers)
{
	const uint64_t bytes = memhp_plan_pending(plan);
	struct memhp_figures figures;
	struct memhp_ratio after = { .size = sizeof(after) };
	int r = sized_take(&figures, offsetof(struct memhp_figures, reserved), callers);

	if (r < 0)
		return r;
	if (!bytes)
		return MEMHP_REASON_NONE;
	if (plan_request(plan)->action == MEMHP_ACTION_OFFLINE)
		return plan_lacks_room(plan, &figures) ? MEMHP_REASON_NO_ROOM : MEMHP_REASON_NONE;
	if (plan_request(plan)->target != MEMHP_TARGET_MOVABLE || figures.kernel == UINT64_MAX)
		return MEMHP_REASON_NONE;
	after.kernel = figures.kernel;
	if (__builtin_add_overflow(figures.movable, bytes, &after.movable))
		after.movable = UINT64_MAX;
	return memhp_ratio_exceeds(&after, figures.limit) ? MEMHP_REASON_RATIO : MEMHP_REASON_NONE;
}
