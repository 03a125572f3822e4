/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Carries out a plan: its steps one after the other until the request is met, the
 * time is over or somebody says stop; and back again when asked. How one block is
 * changed is attempt.c's.
 */
#include <poll.h>
#include <string.h>

#include "run.h"
#include "../sized.h"

/* The whole plan ------------------------------------------------------------ */

static struct memhp_outcome *add_outcome(struct memhp_report *report, const struct memhp_block *block)
{
	struct memhp_outcome *outcome = &report->outcomes[report->count++];

	*outcome = (struct memhp_outcome){
		.block = block,
		.state = memhp_block_state(block),
		.zone = memhp_block_zone(block),
	};
	return outcome;
}

/* A plan may be old: what the block is now decides. */
static void forward(struct run *run, const struct memhp_block *block)
{
	struct memhp_outcome *outcome = add_outcome(run->report, block);
	const uint64_t begin = now_ms();
	struct change change = {
		.action = run->request->action,
		.target = run->request->target,
		.begin = begin,
		.limit = earlier(after(begin, run->options.timeout_ms), run->deadline),
	};
	struct memhp_block now = look(run, block);

	if (run->options.progress)
		run->options.progress(run->options.data, outcome);
	if (!now.vanished && is_state(memhp_block_state(&now), change.action)) {
		outcome->result = MEMHP_RESULT_ALREADY;
		outcome->zone = memhp_block_zone(&now);
		outcome->state = memhp_block_state(&now);
		if (!is_zone(outcome->zone, &change)) {
			outcome->result = MEMHP_RESULT_FAILED;
			outcome->reason = MEMHP_REASON_WRONG_ZONE;
		}
		if (run->options.progress)
			run->options.progress(run->options.data, outcome);
		return;
	}
	change_block(run, &change, outcome);
}

/* What is so already needs no time. */
static bool is_already(const struct run *run, const struct memhp_block *block)
{
	struct memhp_block now = look(run, block);

	return !now.vanished && is_state(memhp_block_state(&now), run->request->action);
}

static bool is_failure(const struct memhp_outcome *outcome)
{
	return outcome->result != MEMHP_RESULT_DONE && outcome->result != MEMHP_RESULT_ALREADY;
}

static void note_any_stop(struct run *run)
{
	struct pollfd fd = { .fd = run->options.stop_fd, .events = POLLIN };

	if (run->options.stop_fd >= 0 && poll(&fd, 1, 0) > 0)
		note_stop(run);
}

bool is_over(struct run *run)
{
	note_any_stop(run);
	if (left_until(run->deadline) == 0)
		run->report->was_late = true;
	return run->report->was_stopped || run->report->was_late;
}

/* What is left when the run is over; of candidates for an amount as many as were still wanted. */
static void skip_rest(struct run *run, struct queue *queue, const struct memhp_step *step, uint64_t wanted)
{
	const uint64_t size = plan_block_size(run->plan);

	for (; step && wanted; step = queue_next(queue)) {
		add_outcome(run->report, memhp_step_block(step))->result = MEMHP_RESULT_SKIPPED;
		wanted -= wanted < size ? wanted : size;
	}
}

/* Whether the request is met; a block named is tried whatever became of the others. */
static bool run_steps(struct run *run, struct queue *queue)
{
	uint64_t wanted = memhp_plan_requested(run->plan), left = wanted;
	const uint64_t size = plan_block_size(run->plan);
	bool has_failed = false;

	while (wanted || !run->request->amount) {
		const struct memhp_step *step = queue_next(queue);
		const struct memhp_outcome *outcome;

		/* Another device's block is no replacement for one that was to be removed. */
		if (!step || (run->request->unplug && memhp_step_is_reserve(step)))
			break;
		if ((is_over(run) || (has_failed && run->options.all_or_nothing)) &&
		    !is_already(run, memhp_step_block(step))) {
			skip_rest(run, queue, step, run->request->amount ? wanted : left);
			break;
		}
		forward(run, memhp_step_block(step));
		left -= size;
		outcome = &run->report->outcomes[run->report->count - 1];
		if (outcome->result != MEMHP_RESULT_ALREADY)
			queue_note_moved(queue);
		if (is_failure(outcome))
			has_failed |= !run->request->amount;
		else
			wanted -= size;
	}
	/* The signal may have come with the last block. */
	note_any_stop(run);
	return !wanted;
}

/* Another agent (udev, a daemon) may have undone what was done. */
static bool find_raced(struct run *run)
{
	bool found = false;

	for (size_t i = 0; i < run->report->count; i++) {
		struct memhp_outcome *outcome = &run->report->outcomes[i];
		struct memhp_block now;

		if (outcome->result != MEMHP_RESULT_DONE)
			continue;
		now = look(run, outcome->block);
		outcome->state = memhp_block_state(&now);
		outcome->zone = memhp_block_zone(&now);
		if (is_state(outcome->state, run->request->action))
			continue;
		found = true;
		outcome->result = MEMHP_RESULT_FAILED;
		outcome->reason = now.vanished ? MEMHP_REASON_VANISHED : MEMHP_REASON_RACED;
	}
	return found;
}

/* Even where the change itself had no limit the way back has one. */
static uint64_t roll_back_limit(const struct run *run)
{
	const struct memhp_run_options standard = MEMHP_RUN_OPTIONS_DEFAULT;

	if (run->options.timeout_ms)
		return run->options.timeout_ms;
	return run->options.deadline_ms ? run->options.deadline_ms : standard.timeout_ms;
}

static void roll_back_one(struct run *run, struct memhp_outcome *outcome)
{
	const uint64_t begin = now_ms();
	enum memhp_zone zone = memhp_block_zone(outcome->block);
	struct memhp_outcome back = { .block = outcome->block };
	struct change change = {
		.action = run->request->action == MEMHP_ACTION_ONLINE ? MEMHP_ACTION_OFFLINE : MEMHP_ACTION_ONLINE,
		.target = zone == MEMHP_ZONE_MOVABLE ? MEMHP_TARGET_MOVABLE : MEMHP_TARGET_KERNEL,
		.begin = begin,
		.limit = after(begin, roll_back_limit(run)),
	};

	change_block(run, &change, &back);
	outcome->state = back.state;
	outcome->zone = back.zone;
	outcome->attempts += back.attempts;
	outcome->elapsed_ms += back.elapsed_ms;
	if (is_state(back.state, change.action)) {
		/* What is done has a reason only when it could not be removed: that is the failure. */
		if (outcome->result != MEMHP_RESULT_DONE)
			outcome->reason = MEMHP_REASON_NONE;
		outcome->result = MEMHP_RESULT_ROLLED_BACK;
		/* Memory of DMA32 may come back as Normal: no failure, but to be told. */
		if (change.action == MEMHP_ACTION_ONLINE && back.zone != zone)
			outcome->reason = MEMHP_REASON_WRONG_ZONE;
		free((char *)back.kernel_log);
		free((struct memhp_pages *)back.pages);
		return;
	}
	/* It stays changed: done, with what kept it from being undone. */
	outcome->error = back.error;
	outcome->reason = back.reason;
	free((char *)outcome->kernel_log);
	outcome->kernel_log = back.kernel_log;
	outcome->pages = back.pages;
}

/* Another agent may change again what was rolled back. */
static void find_raced_again(struct run *run)
{
	for (size_t i = 0; i < run->report->count; i++) {
		struct memhp_outcome *outcome = &run->report->outcomes[i];
		struct memhp_block now;

		if (outcome->result != MEMHP_RESULT_ROLLED_BACK)
			continue;
		now = look(run, outcome->block);
		if (memhp_block_state(&now) == memhp_block_state(outcome->block))
			continue;
		outcome->state = memhp_block_state(&now);
		outcome->zone = memhp_block_zone(&now);
		outcome->result = now.vanished ? MEMHP_RESULT_FAILED : MEMHP_RESULT_DONE;
		outcome->reason = now.vanished ? MEMHP_REASON_VANISHED : MEMHP_REASON_RACED;
	}
}

/* In reverse order, under limits of its own: neither the deadline nor the first stop apply. */
static void roll_back(struct run *run)
{
	run->is_rolling_back = true;
	for (size_t i = run->report->count; i > 0 && run->stops < 2; i--)
		if (outcome_has_changed(&run->report->outcomes[i - 1]) &&
		    run->report->outcomes[i - 1].result != MEMHP_RESULT_REMOVED)
			roll_back_one(run, &run->report->outcomes[i - 1]);
	find_raced_again(run);
}

static void run_close(struct run *run)
{
	attribute_dirs_close(&run->dirs);
	kmsg_close(&run->kmsg);
}

static void run_plan(struct run *run, struct queue *queue)
{
	cleanup(explain_end) struct explain explain = { 0 };
	bool is_met;

	/* Without it the errno and the visible log must do. */
	if (run->options.explain)
		(void)explain_begin(run->memhp, &explain);
	is_met = run_steps(run, queue);
	is_met &= !find_raced(run) && !run->report->was_stopped;
	if (run->request->unplug && (is_met || !run->options.all_or_nothing)) {
		is_met &= unplug_devices(run);
		is_met &= !find_raced(run);
	}
	if (!is_met && run->options.all_or_nothing)
		roll_back(run);
	if (run->request->unplug)
		unplug_close(run);
}

/* Blocks that are no steps can be removed with their devices. */
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
		.report = report,
	};
	int r;

	if (!report)
		return -ENOMEM;
	if (!sized_is_set(options))
		return -EINVAL;
	run.options = (struct memhp_run_options)MEMHP_RUN_OPTIONS_DEFAULT;
	sized_take(&run.options, sizeof(run.options), options);
	report->begin = now_ms();
	report->block_size = plan_block_size(plan);
	report->outcomes = calloc(outcomes_at_most(plan), sizeof(*report->outcomes));
	if (!report->outcomes)
		return -ENOMEM;
	run.deadline = after(report->begin, run.options.deadline_ms);
	r = queue_new(memhp, plan, &queue);
	if (r == 0)
		r = attribute_dirs_open(memhp, MEMHP_ATTR_STATE | MEMHP_ATTR_ZONES, &run.dirs);
	if (r < 0)
		return r;
	kmsg_open(memhp, &run.kmsg);
	run_plan(&run, queue);
	report->elapsed_ms = now_ms() - report->begin;
	*ret = take_ptr(report);
	return 0;
}
