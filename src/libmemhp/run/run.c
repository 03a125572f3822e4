/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Carries out a plan: one step after another until the request is met, the deadline has
 * passed or a stop is requested. How one block is changed is left to attempt.c, which
 * step is next to queue.c, and how changes are undone to rollback.c.
 */
#include "../sized.h"
#include "run.h"

/* The whole plan ------------------------------------------------------------ */

static struct outcome *add_outcome(struct memhp_report *report, const struct memhp_block *block)
{
	struct outcome *outcome = &report->outcomes[report->count++];

	outcome->told = (struct memhp_outcome){
		.block = block,
		.state = memhp_block_state(block),
		.zone = memhp_block_zone(block),
	};
	return outcome;
}

static void note_already(const struct memhp_block *now, const struct change *change, struct memhp_outcome *told)
{
	told->state = memhp_block_state(now);
	told->zone = memhp_block_zone(now);
	told->result = MEMHP_RESULT_ALREADY;
	if (zone_is_wanted(told->zone, change->action, change->target))
		return;
	told->result = MEMHP_RESULT_FAILED;
	told->reason = MEMHP_REASON_WRONG_ZONE;
}

/* A plan may be out of date: the present state of the block decides. */
static struct outcome *forward(struct run *run, const struct memhp_block *block)
{
	struct outcome *outcome = add_outcome(run->report, block);
	const uint64_t begin_ms = clock_ms();
	struct change change = {
		.action = run->request->action,
		.target = run->request->target,
		.begin_ms = begin_ms,
		.limit = limit_earlier(limit_add(begin_ms, run->options.timeout_ms), run->deadline),
	};
	struct memhp_block now = look_at(run, block);

	run_tell(run, &outcome->told);
	if (!now.vanished && state_is_wanted(memhp_block_state(&now), change.action)) {
		note_already(&now, &change, &outcome->told);
		run_tell(run, &outcome->told);
	} else {
		change_block(run, &change, outcome);
	}
	return outcome;
}

/* A block that is already in the requested state needs no time. */
static bool needs_no_time(const struct run *run, const struct memhp_block *block)
{
	struct memhp_block now = look_at(run, block);

	return !now.vanished && state_is_wanted(memhp_block_state(&now), run->request->action);
}

static bool is_failure(const struct memhp_outcome *told)
{
	return told->result != MEMHP_RESULT_DONE && told->result != MEMHP_RESULT_ALREADY;
}

/* Another candidate of an amount replaces a block that failed. With unplug, a block that the host removes is
 * gone as requested, and so may be the rest of its device soon. */
static bool is_reason_to_end(const struct run *run, const struct memhp_outcome *told)
{
	return !run->request->amount && !(run->request->unplug && told->reason == MEMHP_REASON_VANISHED);
}

/* Marks the remaining steps as skipped; for an amount, only as many as were still needed. */
static void skip_rest(struct run *run, struct queue *queue, const struct memhp_step *step, uint64_t wanted)
{
	const uint64_t size = plan_block_size(run->plan);

	for (; step && wanted; step = queue_next(queue)) {
		add_outcome(run->report, memhp_step_block(step))->told.result = MEMHP_RESULT_SKIPPED;
		wanted -= wanted < size ? wanted : size;
	}
}

/* Blocks that were named are tried even if others failed. */
static void run_steps(struct run *run, struct queue *queue)
{
	uint64_t wanted = memhp_plan_requested(run->plan), left = wanted;
	const uint64_t size = plan_block_size(run->plan);
	bool has_failed = false;

	while (wanted || !run->request->amount) {
		const struct memhp_step *step = queue_next(queue);
		const struct memhp_outcome *told;

		if (!step && refill(run, queue))
			step = queue_next(queue);
		/* With unplug, a block of another device does not replace a failed one. */
		if (!step || (run->request->unplug && memhp_step_is_reserve(step)))
			break;
		if ((run_note_end(run) || (has_failed && run->options.all_or_nothing)) &&
		    !needs_no_time(run, memhp_step_block(step))) {
			skip_rest(run, queue, step, run->request->amount ? wanted : left);
			break;
		}
		told = &forward(run, memhp_step_block(step))->told;
		left -= size;
		if (told->result != MEMHP_RESULT_ALREADY)
			queue_note_moved(queue);
		if (is_failure(told))
			has_failed |= is_reason_to_end(run, told);
		else
			wanted -= size;
	}
}

/* Another agent (a udev rule, a daemon) may have undone a change, and the host may have removed a block. */
static void look_again_at_all(struct run *run)
{
	settle(run);
	for (size_t i = 0; i < run->report->count; i++) {
		struct memhp_outcome *told = &run->report->outcomes[i].told;
		struct memhp_block now;

		if (told->result != MEMHP_RESULT_DONE && told->result != MEMHP_RESULT_ALREADY)
			continue;
		now = look_at(run, told->block);
		look_note(&now, told);
		/* A block that was offline before and is removed is not online either. */
		if (now.vanished)
			continue;
		if (!state_is_wanted(told->state, run->request->action) ||
		    !zone_is_wanted(told->zone, run->request->action, run->request->target))
			look_note_undone(run, &now, MEMHP_RESULT_FAILED, told);
	}
}

/* A stop that arrives when all is done counts as well: it may be the answer to what was done last. */
static bool run_is_met(const struct run *run, bool with_removals)
{
	return report_is_met(run->report, with_removals) && run->stop.count == 0;
}

static void run_close(struct run *run)
{
	settling_end(run);
	attribute_dirs_close(&run->dirs);
	kmsg_close(&run->kmsg);
}

static void run_plan(struct run *run, struct queue *queue)
{
	cleanup(dyndbg_end) struct dyndbg dyndbg = DYNDBG_OFF;

	/* If this fails, the errno and the rest of the log must suffice. */
	if (run->options.explain)
		run->report->explain_error = run->kmsg.fd < 0 ? -ENOMSG : dyndbg_begin(run->memhp, &dyndbg);
	run_steps(run, queue);
	/* A signal may have arrived during the last block. */
	stop_look(&run->stop);
	look_again_at_all(run);
	if (run->request->unplug) {
		unplug_note_gone(run);
		if (run_is_met(run, false) || !run->options.all_or_nothing)
			unplug_devices(run);
		look_again_at_all(run);
		unplug_note_gone(run);
	}
	if (run->options.all_or_nothing && !run_is_met(run, run->request->unplug))
		roll_back(run);
	if (run->request->unplug)
		unplug_close(run);
	run->report->was_stopped = run->stop.count > 0;
	run->report->settled = settling_result(run);
}

/* A device is removed with all its blocks, even those that are not steps. */
static size_t outcomes_at_most(const struct memhp_plan *plan)
{
	return 1 + (plan_request(plan)->unplug ? (size_t)memhp_snapshot_count(plan_snapshot(plan)) : plan_step_count(plan));
}

int memhp_run(struct memhp *memhp, const struct memhp_plan *plan,
	      const struct memhp_run_options *options, struct memhp_report **ret)
{
	cleanup(cleanup_memhp_report_free) struct memhp_report *report = calloc(1, sizeof(*report));
	cleanup(cleanup_queue_free) struct queue *queue = NULL;
	cleanup(run_close) struct run run = {
		.memhp = memhp,
		.plan = plan,
		.request = plan_request(plan),
		.dirs = ATTRIBUTE_DIRS_CLOSED,
		.kmsg = KMSG_CLOSED,
		.settling.listener = LISTENER_CLOSED,
		.report = report,
	};
	int r;

	if (!report)
		return -ENOMEM;
	r = sized_take_optional(&run.options, sizeof(run.options), options);
	if (r < 0)
		return r;
	run_options_complete(&run.options);
	run.stop = (struct stop){ .fd = run.options.stop_fd, .noted = run.options.stopped, .data = run.options.data };
	r = stop_check(&run.stop);
	if (r == 0 && !run.options.force)
		r = run_permit(memhp, plan);
	if (r < 0)
		return r;
	report->begin_ms = clock_ms();
	report->block_size = plan_block_size(plan);
	report->requested = memhp_plan_requested(plan);
	report->unplug = run.request->unplug;
	report->snapshot = snapshot_keep(plan_snapshot(plan));
	r = report_grow(report, outcomes_at_most(plan));
	if (r < 0)
		return r;
	run.deadline = limit_after(run.options.begin_ms ? run.options.begin_ms : report->begin_ms, run.options.deadline_ms);
	r = queue_new(memhp, plan, &queue);
	if (r == 0)
		r = attribute_dirs_open(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, &run.dirs);
	if (r < 0)
		return r;
	kmsg_open(memhp, &run.kmsg);
	settling_begin(&run);
	run_plan(&run, queue);
	report->elapsed_ms = clock_ms() - report->begin_ms;
	*ret = take_ptr(report);
	return 0;
}
