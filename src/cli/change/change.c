/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What online and offline share: parses the operands, makes and judges a plan, then
 * prints it or carries it out and reports the result. The options are in
 * change-options.c.
 */
#include "change.h"

#include <errno.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/changes.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/shortage.h"
#include "../base/signals.h"
#include "../base/unread.h"
#include "../input/selection.h"
#include "../shared/guard.h"
#include "../shared/system-log.h"
#include "change-nodes.h"
#include "change-plan.h"
#include "change-report.h"
#include "change-unplug.h"
#include "plan-notice.h"
#include "progress.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)
DEFINE_CLEANUP(struct memhp_scan *, memhp_scan_free)
DEFINE_CLEANUP(struct memhp_plan *, memhp_plan_free)
DEFINE_CLEANUP(struct memhp_report *, memhp_report_free)

#define CONTROL "/proc/dynamic_debug/control"
/* How long drivers have to add more memory. */
#define REFILL_MS 5000

static void change_on_stopped(void *data)
{
	(void)data;
	(void)signals_take();
}

static void change_on_progress(void *data, const struct memhp_outcome *outcome)
{
	struct progress *progress = data;

	progress_update(progress, outcome);
}

static bool change_on_block(void *data, const struct memhp_block *block)
{
	const struct progress *progress = data;

	return change_takes(progress->context, block);
}

/* A block whose state is still in transition may change. */
static void change_note_changes(const struct memhp_report *report)
{
	const struct memhp_outcome *outcome;
	bool is_unsettled = false;

	memhp_report_foreach(report, outcome)
		is_unsettled |= outcome->result == MEMHP_RESULT_UNSETTLED;
	if (is_unsettled || memhp_report_changed(report))
		changes_note();
}

static void change_log_report(const char *request, const struct memhp_report *report)
{
	cleanup(ranges_free) struct ranges changed = { 0 };
	const struct memhp_outcome *outcome;
	unsigned int failed = 0;

	memhp_report_foreach(report, outcome) {
		if (memhp_outcome_has_changed(outcome))
			(void)ranges_add(&changed, memhp_block_id(outcome->block), memhp_block_id(outcome->block));
		else if (outcome->result != MEMHP_RESULT_ALREADY)
			failed++;
	}
	system_log_blocks(request, &changed, failed);
}

/* udev waits for the programs that its rules run: such a program must not wait for udev. */
static bool is_run_by_udev(void)
{
	return getenv("ACTION") && getenv("DEVPATH") && getenv("SEQNUM");
}

/* --explain was given, but the kernel's debug messages could not be enabled. */
static void change_tell_explain_error(const struct change_context *context, int r)
{
	static const char sorry[] = "the kernel's reasons are not available";
	const char *root = machine_root(context->globals);

	if (r == -ENOENT)
		notice("%s: this kernel has no %s" CONTROL " (needs CONFIG_DYNAMIC_DEBUG)", sorry, root);
	else if (r == -ENODATA)
		notice("%s: %s" CONTROL " has no messages of mm/memory_hotplug.c (needs CONFIG_DYNAMIC_DEBUG)", sorry, root);
	else if (r == -ENOMSG)
		notice("%s: %s/dev/kmsg cannot be read", sorry, root);
	else if (r == -EBUSY)
		notice("%s: %s" CONTROL " is in use by another program", sorry, root);
	else if (r < 0)
		notice("%s: %s" CONTROL ": %s%s", sorry, root, strerror(-r), permission_advice(-r));
}

/* What 0 means to the user is not what it means to the library: the options that it has not been given. */
static uint64_t limit_option(uint64_t timeout_ms)
{
	return timeout_ms ? timeout_ms : MEMHP_NO_LIMIT;
}

static uint64_t wait_option(uint64_t wait_ms)
{
	return wait_ms ? wait_ms : MEMHP_NO_WAIT;
}

/* What is left of --wait, if that is more. */
static uint64_t refill_ms(const struct change_context *context)
{
	const uint64_t left_ms = context->args->wait.is_given ? limit_left_ms(context->wait) : 0;

	return left_ms > REFILL_MS ? left_ms : REFILL_MS;
}

static int change_carry_out(const struct change_context *context, const struct memhp_plan *plan, struct guard *guard)
{
	const struct change_args *args = context->args;
	cleanup(cleanup_memhp_report_free) struct memhp_report *report = NULL;
	struct progress progress;
	struct memhp_run_options options = {
		.size = sizeof(options),
		.timeout_ms = limit_option(args->timeout_ms),
		.deadline_ms = args->deadline_ms,
		.interval_ms = wait_option(args->interval_ms),
		.retries = args->retries ? args->retries : MEMHP_NO_RETRIES,
		.all_or_nothing = args->all_or_nothing,
		.explain = args->explain,
		/* Judged already, with messages that have the figures: change_judge(), unplug_narrow(), unplug_judge(). */
		.force = true,
		.stop_fd = guard->stop_fd,
		.stopped = change_on_stopped,
		.progress = change_on_progress,
		.data = &progress,
		.settle_ms = is_run_by_udev() ? MEMHP_NO_WAIT : wait_option(args->settle_ms),
		.begin_ms = context->begin_ms,
		.refill_ms = refill_ms(context),
		.takes = change_on_block,
	};
	const uint64_t oom_kills = nodes_oom_kills(context);
	int r;

	progress_begin(&progress, context, plan);
	r = memhp_run(context->memhp, plan, &options, &report);
	progress_end(&progress);
	if (r == 0) {
		change_note_changes(report);
		guard_leave_writer(guard, memhp_report_unsettled_pid(report));
	}
	guard_end(guard);
	if (r < 0)
		return library_error(memhp_action_name(context->action), r);
	if (!context->globals->sysroot)
		change_log_report(args->request, report);
	if (memhp_report_is_incomplete(report))
		shortage_note();
	change_tell_explain_error(context, memhp_report_explain_error(report));
	nodes_tell_oom_kills(context, oom_kills);
	return report_run(context, plan, report);
}

/* Whether the kernel can make such a change to any block, as far as is known. */
static bool change_is_supported(const struct change_context *context, const struct memhp_snapshot *snapshot)
{
	const struct memhp_block *block;
	enum memhp_why why;

	memhp_snapshot_foreach(snapshot, block) {
		(void)memhp_block_offlinable(block, &why);
		if (context->action == MEMHP_ACTION_OFFLINE && why == MEMHP_WHY_NO_OFFLINING)
			return false;
	}
	return true;
}

/* What a plan rests on, of the blocks that it could take. */
static void change_note_unread(const struct change_context *context)
{
	static const enum memhp_attr attrs[] = { MEMHP_ATTR_STATE, MEMHP_ATTR_ZONES, MEMHP_ATTR_NODES };
	const struct memhp_block *block;

	memhp_snapshot_foreach(context->snapshot, block) {
		for (size_t i = 0; i < OPTION_COUNT(attrs); i++) {
			const int r = memhp_block_error(block, attrs[i]);

			if (r < 0 && r != -ENODATA && change_takes(context, block))
				unread_note_attribute(block, attrs[i]);
		}
	}
}

/* Makes the plan, then prints it or carries it out. */
static int change_plan_and_run(struct change_context *context, const struct operands *operands, struct guard *guard)
{
	const struct change_args *args = context->args;
	cleanup(cleanup_free) uint64_t *ids = NULL;
	cleanup(cleanup_memhp_scan_free) struct memhp_scan *scan = NULL;
	cleanup(cleanup_memhp_plan_free) struct memhp_plan *plan = NULL;
	struct memhp_request request = { 0 };
	int status = change_request(context, context->snapshot, operands, &scan, &ids, &request);

	/* The library refuses a request for nothing. For an amount without blocks, the plan says what is missing. */
	if (status == EXIT_DONE && !request.block_count && !request.amount)
		return report_nothing(context);
	if (status == EXIT_DONE)
		status = change_make_plan(context, context->snapshot, &request, &scan, &plan);
	context->scan = scan;
	if (status == EXIT_DONE && args->unplug)
		status = unplug_judge(context, plan);
	if (status == EXIT_DONE && !args->force)
		status = change_judge(context, plan);
	if (status != EXIT_DONE)
		return status;
	plan_notices(context, plan);
	if (!memhp_plan_next(plan, NULL) && !memhp_plan_requested(plan))
		return report_nothing(context);
	nodes_tell_bound(context, plan);
	return args->dry_run ? report_plan(context, plan) : change_carry_out(context, plan, guard);
}

static int change_open(struct change_context *context, const struct operands *operands, struct guard *guard)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	int status = machine_open_snapshot(context->globals, CHANGE_ATTRS, &memhp, &snapshot);

	if (status != EXIT_DONE)
		return status;
	context->memhp = memhp;
	context->snapshot = snapshot;
	context->block_size = memhp_snapshot_block_size(snapshot);
	if (!change_is_supported(context, snapshot)) {
		error("this kernel cannot take memory offline (needs CONFIG_MEMORY_HOTREMOVE)");
		return EXIT_UNSUPPORTED;
	}
	change_note_unread(context);
	return change_plan_and_run(context, operands, guard);
}

int change_operands(const struct globals *globals, const struct change_args *args,
		    enum memhp_action action, const struct operands *operands)
{
	const uint64_t begin_ms = clock_ms();
	struct change_context context = {
		.globals = globals, .args = args, .operands = operands, .action = action, .stop_fd = -1, .begin_ms = begin_ms,
		.deadline = limit_after(begin_ms, args->deadline_ms), .wait = limit_after(begin_ms, args->wait.ms),
	};
	cleanup(guard_end) struct guard guard = GUARD_NONE;
	int status = args->wait.is_given ? change_wait(&context) : EXIT_DONE;

	if (status == EXIT_DONE && !args->dry_run)
		status = guard_begin(globals, limit_earlier(context.deadline, limit_after(clock_ms(), args->timeout_ms)), &guard);
	context.stop_fd = guard.stop_fd;
	return status == EXIT_DONE ? change_open(&context, operands, &guard) : status;
}

/* Refuses to take all or most of the memory offline if nothing narrows that. */
static int change_check_breadth(const struct change_args *args, const struct operands *operands)
{
	if (filters_are_given(&args->filters) || page_filters_are_given(&args->page_filters))
		return EXIT_DONE;
	if (operands_count(operands, OPERAND_ALL) && !operands_count_amounts(operands))
		return usage_error("'all' without a filter is refused; --force overrides");
	for (size_t i = 0; i < operands->count && !operands_name_blocks(operands); i++) {
		const struct operand *share = &operands->items[i];

		if (share->kind == OPERAND_SHARE && share->first > share->last / 2)
			return usage_error("'%s' without blocks or a filter is refused, as it is above 50%%; --force overrides",
					   share->word);
	}
	return EXIT_DONE;
}

/* Whether the filters leave out every block that is already in the target state: an offline block has no zone and
 * no verdict. Then --total counts none, and a repeated command takes as much again. */
static bool change_hides_done(const struct change_args *args, enum memhp_action action)
{
	const unsigned int states = args->filters.states;
	const enum memhp_state done = action == MEMHP_ACTION_ONLINE ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE;

	if (states && !(states >> done & 1))
		return true;
	return action == MEMHP_ACTION_OFFLINE && (args->filters.zones || page_filters_are_given(&args->page_filters));
}

int change_run(const struct globals *globals, const struct change_args *args,
	       enum memhp_action action, const struct words *words)
{
	cleanup(operands_free) struct operands operands = { 0 };
	int status;

	if (args->dry_run)
		signals_release();
	if (!words->count)
		return usage_error("missing operand: blocks, a range, an address, an amount or 'all'");
	status = selection_parse(globals, words, NULL, &operands);
	if (status != EXIT_DONE)
		return status;
	if (args->all && !args->dry_run)
		return usage_error("--all needs --dry-run");
	if (args->wait.is_given && args->dry_run)
		return usage_error("--wait and --dry-run exclude each other");
	if (operands_count_amounts(&operands) > 1)
		return usage_error("more than one amount; give the total");
	if (args->total && operands_count_amounts(&operands) && change_hides_done(args, action))
		notice("--total counts no block that is already %sd: the filters leave these out", memhp_action_name(action));
	if (action == MEMHP_ACTION_OFFLINE && !args->force && !args->dry_run) {
		status = change_check_breadth(args, &operands);
		if (status != EXIT_DONE)
			return status;
	}
	return change_operands(globals, args, action, &operands);
}
