/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * More blocks for an amount to bring online. Some drivers keep only a little memory added
 * and offline, and add more as soon as that is online (drivers/virtio/virtio_mem.c:
 * virtio_mem_could_add_memory(), drivers/hv/hv_balloon.c: hv_mem_hot_add()). So when the
 * candidates end, the blocks are looked for again for a while.
 */
#include "run.h"

/* How often to look. */
#define INTERVAL_MS 100

static bool is_known(const struct run *run, uint64_t id)
{
	const struct memhp_step *step;

	if (memhp_snapshot_find(plan_snapshot(run->plan), id))
		return true;
	for (size_t i = 0; i < run->report->added_count; i++)
		memhp_plan_foreach(run->report->added[i], step)
			if (memhp_block_id(memhp_step_block(step)) == id)
				return true;
	return false;
}

/* Whether a driver of blocks that the caller would take may add more. */
static bool has_driver(const struct run *run)
{
	const struct memhp_block *block;

	memhp_snapshot_foreach(plan_snapshot(run->plan), block)
		if (block_is_driver_managed(block) && run->options.takes(run->options.data, block))
			return true;
	return false;
}

/* Whether the block is new and counts towards the amount; the kernel may already have brought it online. */
static bool refill_takes(const struct run *run, const struct memhp_block *block)
{
	const enum memhp_state state = memhp_block_state(block);

	return !is_known(run, memhp_block_id(block)) && block_is_driver_managed(block) &&
	       (state == MEMHP_STATE_OFFLINE ||
		(state == MEMHP_STATE_ONLINE &&
		 zone_is_wanted(memhp_block_zone(block), run->request->action, run->request->target))) &&
	       run->options.takes(run->options.data, block);
}

/* A list of the blocks alone takes little time. */
static bool has_new_blocks(const struct run *run)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *now = NULL;
	const struct memhp_block *block;

	if (memhp_snapshot_take(run->memhp, 0, &now) < 0)
		return false;
	memhp_snapshot_foreach(now, block)
		if (!is_known(run, memhp_block_id(block)))
			return true;
	return false;
}

/* The steps for the new blocks that count; *ret stays NULL if there are none. */
static int plan_new_blocks(const struct run *run, const struct memhp_snapshot *now, struct memhp_plan **ret)
{
	cleanup(cleanup_free) uint64_t *ids = calloc(memhp_snapshot_count(now) + 1, sizeof(*ids));
	struct memhp_request request = {
		.size = sizeof(request), .action = run->request->action, .target = run->request->target, .blocks = ids,
	};
	const struct memhp_block *block;

	if (!ids)
		return -ENOMEM;
	memhp_snapshot_foreach(now, block)
		if (refill_takes(run, block))
			ids[request.block_count++] = memhp_block_id(block);
	return request.block_count ? memhp_plan_new(now, &request, ret) : 0;
}

/* 1 if there are more steps now, 0 if not. */
static int refill_once(struct run *run, struct queue *queue)
{
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *now = NULL;
	cleanup(cleanup_memhp_plan_free) struct memhp_plan *plan = NULL;
	struct memhp_report *report = run->report;
	struct memhp_plan **added;
	int r = has_new_blocks(run) ? memhp_snapshot_take(run->memhp, plan_snapshot(run->plan)->attrs, &now) : 0;

	if (r == 0 && now)
		r = plan_new_blocks(run, now, &plan);
	if (r < 0 || !plan)
		return r;
	added = reallocarray(report->added, report->added_count + 1, sizeof(*added));
	if (!added)
		return -ENOMEM;
	report->added = added;
	r = report_grow(report, plan_step_count(plan));
	if (r == 0)
		r = queue_append(queue, plan);
	if (r < 0)
		return r;
	report->added[report->added_count++] = take_ptr(plan);
	return 1;
}

bool refill(struct run *run, struct queue *queue)
{
	const struct memhp_run_options *options = &run->options;
	const struct limit limit = limit_in(options->refill_ms);
	int r;

	if (!run->request->amount || run->request->action != MEMHP_ACTION_ONLINE || !options->refill_ms ||
	    !options->takes || !has_driver(run))
		return false;
	while ((r = refill_once(run, queue)) == 0 && !limit_is_over(limit) && !run_note_end(run))
		stop_sleep(&run->stop, limit_earlier(limit_earlier(limit_in(INTERVAL_MS), limit), run->deadline));
	return r > 0;
}
