/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which blocks of a device remain after a plan: a device can be
 * removed only as a whole. Pure. How a device is removed is left to
 * run/unplug.c.
 */
#include <string.h>

#include "plan.h"

static int left_by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int left_by_id(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

int memhp_plan_find_left(const struct memhp_plan *plan, const struct memhp_block **ret)
{
	cleanup(cleanup_free) const char **names = calloc(plan_step_count(plan) + 1, sizeof(*names));
	cleanup(cleanup_free) uint64_t *ids = calloc(plan_step_count(plan) + 1, sizeof(*ids));
	size_t name_count = 0, id_count = 0;
	const struct memhp_block *block;
	const struct memhp_step *step;

	if (!names || !ids)
		return -ENOMEM;
	memhp_plan_foreach(plan, step) {
		block = memhp_step_block(step);
		if (memhp_step_is_reserve(step) || !memhp_block_device(block))
			continue;
		names[name_count++] = memhp_block_device(block);
		ids[id_count++] = memhp_block_id(block);
	}
	qsort(names, name_count, sizeof(*names), left_by_name);
	qsort(ids, id_count, sizeof(*ids), left_by_id);
	*ret = NULL;
	memhp_snapshot_foreach(plan_snapshot(plan), block) {
		const char *name = memhp_block_device(block);
		const uint64_t id = memhp_block_id(block);

		/* A block that is offline already may be removed with its device, but not beyond
		 * an amount. */
		bool may_go = memhp_block_state(block) == MEMHP_STATE_OFFLINE && !plan_request(plan)->amount;

		if (may_go || !name ||
		    !bsearch(&name, names, name_count, sizeof(*names), left_by_name) ||
		    bsearch(&id, ids, id_count, sizeof(*ids), left_by_id))
			continue;
		*ret = block;
		return 0;
	}
	return 0;
}
