/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a plan may be run: judges it by the machine as it is right before the run, and
 * a removal by its devices. Writes nothing. The rules are plan/judge.c's, plan/devices.c's
 * and device.c's; that force overrides them is run.c's.
 */
#include "device.h"
#include "run.h"

static int permit_removal(struct memhp *memhp, const struct memhp_plan *plan)
{
	const struct memhp_block *left = NULL, *before = NULL;
	const struct memhp_step *step;
	int r = memhp_plan_find_left(plan, &left);

	if (r < 0 || left)
		return r < 0 ? r : -ENOTEMPTY;
	memhp_plan_foreach(plan, step) {
		const struct memhp_block *block = memhp_step_block(step);

		/* The steps of a device mostly follow each other. */
		if (memhp_step_is_reserve(step) || (before && device_is_same(before, block)))
			continue;
		r = memhp_block_unplug_may_crash(memhp, block);
		if (r != 0)
			return r < 0 ? r : -ENOTRECOVERABLE;
		before = block;
	}
	return 0;
}

int run_permit(struct memhp *memhp, const struct memhp_plan *plan)
{
	struct memhp_figures figures = { .size = sizeof(figures) };
	int r = memhp_figures_read(memhp, &figures), reason;

	if (r < 0)
		return r;
	reason = memhp_plan_judge(plan, &figures);
	if (reason < 0)
		return reason;
	if (reason == MEMHP_REASON_NONE)
		return plan_request(plan)->unplug ? permit_removal(memhp, plan) : 0;
	return reason == MEMHP_REASON_NO_ROOM ? -ENOSPC : -EDQUOT;
}
