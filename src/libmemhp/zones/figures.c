/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the figures by which a plan is judged: the sizes of the zones, the
 * available memory, and the ratio that is allowed. plan/judge.c compares a plan
 * with them.
 */
#include "../policy/policy.h"
#include "../sized.h"
#include "zones.h"

static int figures_add_zones(struct memhp *memhp, struct memhp_figures *figures)
{
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = NULL;
	struct memhp_ratio ratio = { .size = sizeof(ratio) };
	int r = stats_try(memhp, &stats);

	if (r < 0 || !stats)
		return r;
	if (memhp_ratio_sum(stats, memhp->page_size, NULL, &ratio) == 0) {
		figures->kernel = ratio.kernel;
		figures->movable = ratio.movable;
	}
	return 0;
}

static int read_limit(struct memhp *memhp, struct memhp_figures *figures)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	struct memhp_zone_rules rules = { .size = sizeof(rules) };
	int r = memhp_policy_read(memhp, &policy);

	if (r < 0)
		return r;
	(void)memhp_policy_zone_rules(policy, &rules);
	figures->limit = rules.are_known && rules.is_auto_movable ? rules.ratio : MEMHP_RATIO_USUAL;
	return 0;
}

int memhp_figures_read(struct memhp *memhp, struct memhp_figures *ret)
{
	struct memhp_figures figures = {
		.size = sizeof(figures),
		.kernel = UINT64_MAX,
		.movable = UINT64_MAX,
		.available = UINT64_MAX,
		.free = UINT64_MAX,
		.corrupted = UINT64_MAX,
	};
	int r = sized_check(ret);

	if (r < 0)
		return r;
	r = figures_add_zones(memhp, &figures);
	if (r == 0)
		r = meminfo_read(memhp, "MemAvailable", &figures.available);
	if (r != -ENOMEM)
		r = meminfo_read(memhp, "MemFree", &figures.free);
	if (r != -ENOMEM)
		r = meminfo_read(memhp, "HardwareCorrupted", &figures.corrupted);
	if (r != -ENOMEM)
		r = read_limit(memhp, &figures);
	if (r < 0)
		return r;
	return sized_give(ret, &figures, sizeof(figures));
}
