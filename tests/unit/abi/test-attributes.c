/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots that lack attributes: a call that needs them refuses, a call that does not
 * works without. And requests for all blocks and for some. What the attributes mean is told elsewhere.
 */
#include <errno.h>

#include "../tap.h"
#include "objects.h"

#define PLAN_NEEDS (MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES | MEMHP_ATTR_ORIGIN)
#define ALL (2U * MEMHP_ATTR_HOLES - 1)

/* What a call answers for a snapshot with these attributes. */
static int ask(struct objects *o, unsigned int attrs, int (*call)(struct objects *o, const struct memhp_snapshot *snapshot))
{
	struct memhp_snapshot *snapshot = NULL;
	int r;

	if (memhp_snapshot_take(o->memhp, attrs, &snapshot) < 0)
		bail_out("no snapshot");
	r = call(o, snapshot);
	memhp_snapshot_free(snapshot);
	return r;
}

static int make_plan(struct objects *o, const struct memhp_snapshot *snapshot)
{
	const struct memhp_request request = { .size = sizeof(request), .action = MEMHP_ACTION_OFFLINE, .all = true };
	struct memhp_plan *plan = NULL;
	int r = memhp_plan_new(snapshot, &request, &plan);

	(void)o;
	memhp_plan_free(plan);
	return r;
}

static int scan(struct objects *o, const struct memhp_snapshot *snapshot)
{
	const struct memhp_scan_options options = { .size = sizeof(options) };
	struct memhp_scan *taken = NULL;
	int r = memhp_scan_take(o->memhp, snapshot, &options, &taken);

	memhp_scan_free(taken);
	return r;
}

static int size_up(struct objects *o, const struct memhp_snapshot *snapshot)
{
	struct memhp_sizing sizing = { .size = sizeof(sizing) };
	struct memhp_stats *stats = NULL;
	int r = memhp_stats_read(o->memhp, &stats);

	if (r < 0)
		bail_out("no statistics");
	r = memhp_sizing_read(o->memhp, snapshot, stats, &sizing);
	memhp_stats_free(stats);
	return r;
}

static const struct {
	const char *name;
	int (*call)(struct objects *o, const struct memhp_snapshot *snapshot);
	unsigned int needs;
} calls[] = {
	{ "memhp_plan_new", make_plan, PLAN_NEEDS },
	{ "memhp_scan_take", scan, MEMHP_ATTR_STATE },
	{ "memhp_sizing_read", size_up, MEMHP_ATTR_STATE },
};

static void test_both(struct objects *o)
{
	const uint64_t first[] = { 0 };
	struct memhp_request request = { .size = sizeof(request), .all = true, .block_count = 1 };
	struct memhp_plan *plan = NULL;

	is_int(memhp_plan_new(o->snapshot, &request, &plan), -EINVAL, "all blocks, and a number of them");
	request.blocks = first;
	is_int(memhp_plan_new(o->snapshot, &request, &plan), -EINVAL, "all blocks, and a list");
	request = (struct memhp_request){ .size = sizeof(request) };
	is_int(memhp_plan_new(o->snapshot, &request, &plan), -EINVAL, "no blocks");
	request.amount = OBJECTS_BLOCK_SIZE;
	is_int(memhp_plan_new(o->snapshot, &request, &plan), -EINVAL, "an amount of no blocks");
	request.blocks = first;
	is_int(memhp_plan_new(o->snapshot, &request, &plan), 0, "an amount of an empty list");
	memhp_plan_free(plan);
}

int main(void)
{
	struct objects o;

	objects_open(&o);
	for (size_t i = 0; i < TAP_COUNT(calls); i++) {
		is_int(ask(&o, calls[i].needs, calls[i].call), 0, "%s: what it needs suffices", calls[i].name);
		for (unsigned int bit = 1; bit <= MEMHP_ATTR_HOLES; bit <<= 1)
			is_int(ask(&o, ALL & ~bit, calls[i].call), calls[i].needs & bit ? -EINVAL : 0,
			       "%s: without %s", calls[i].name, memhp_attr_name((enum memhp_attr)bit));
		is_int(ask(&o, 0, calls[i].call), -EINVAL, "%s: without any", calls[i].name);
	}
	test_both(&o);
	objects_close(&o);
	return tap_done();
}
