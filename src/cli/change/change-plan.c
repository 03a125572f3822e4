/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns a request into a plan. Onlining needs a forecast of the zones; offlining may
 * need a scan of the blocks. Also decides whether the plan as a whole is refused.
 * Which blocks are requested is decided in change-request.c, how a plan is printed in
 * plan-report.c.
 */
#include <errno.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../shared/scanning.h"
#include "change-plan.h"

DEFINE_CLEANUP(struct memhp_forecast *, memhp_forecast_free)
DEFINE_CLEANUP(struct memhp_plan *, memhp_plan_free)

static int make_online_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
			    struct memhp_request *request, struct memhp_plan **ret)
{
	cleanup(cleanup_memhp_forecast_free) struct memhp_forecast *forecast = NULL;
	int r = memhp_forecast_read(context->memhp, snapshot, &forecast);

	if (r < 0)
		return library_error("forecast", r);
	request->forecast = forecast;
	r = memhp_plan_new(snapshot, request, ret);
	request->forecast = NULL;
	return r < 0 ? library_error("plan", r) : EXIT_DONE;
}

/* Scans the blocks of a plan that was made without a scan. For an amount, stops as soon as enough
 * good blocks are known. */
static int scan_candidates(const struct change_context *context, const struct memhp_snapshot *snapshot,
			   const struct memhp_plan *plan, const struct memhp_request *request,
			   struct memhp_scan **ret)
{
	const size_t wanted = memhp_plan_pending(plan) / context->block_size;
	cleanup(cleanup_free) uint64_t *ids = calloc(memhp_snapshot_count(snapshot) + 1, sizeof(*ids));
	struct scan_request scan = {
		.globals = context->globals,
		.ids = ids,
		.enough = request->amount && !request->whole_devices && !request->unplug ? wanted : 0,
		.no_progress = context->args->progress == PROGRESS_NEVER,
		.is_asked_for = context->args->order == ORDER_WORK,
		.is_for_plan = context->args->dry_run,
		.limit = context->args->deadline_ms ?
			 limit_earlier(context->deadline, limit_in(context->args->deadline_ms / 4)) : LIMIT_NONE,
		.stop_fd = context->stop_fd,
	};
	const struct memhp_step *step;
	size_t movable = 0;
	int status;

	if (!ids)
		return library_error("scan", -ENOMEM);
	memhp_plan_foreach(plan, step) {
		movable += memhp_block_zone(memhp_step_block(step)) == MEMHP_ZONE_MOVABLE;
		ids[scan.count++] = memhp_block_id(memhp_step_block(step));
	}
	/* Movable blocks are taken first. Where they suffice, blocks of other zones need not be scanned. */
	scan.preferred = scan.enough && movable >= wanted ? movable : 0;
	status = scan.count ? scan_blocks(context->memhp, snapshot, &scan, ret) : EXIT_DONE;
	/* The blocks that could not be scanned are taken in the order of their addresses. */
	if (*ret)
		(void)scan_tell_faults(context->globals, *ret, snapshot, notice);
	return status;
}

/* Whether a plan that knows no pages would be refused; the pages may show that it needs less room. */
static bool seems_to_lack_room(const struct change_context *context, const struct memhp_plan *blind)
{
	struct memhp_figures figures = { .size = sizeof(figures) };

	return !context->args->force && memhp_figures_read(context->memhp, &figures) == 0 &&
	       memhp_plan_judge(blind, &figures) == MEMHP_REASON_NO_ROOM;
}

/* Whether this machine has bad pages: a notice names their blocks. */
static bool has_bad_pages(const struct change_context *context)
{
	struct memhp_figures figures = { .size = sizeof(figures) };

	return memhp_figures_read(context->memhp, &figures) == 0 && figures.corrupted && figures.corrupted != UINT64_MAX;
}

/* Scans the blocks for an amount or a dry run, and where their pages decide whether the plan is refused. Then makes
 * the plan again with the result. Otherwise each block is tried, whatever its pages are. */
static int make_offline_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
			     struct memhp_request *request, struct memhp_scan **ret_scan, struct memhp_plan **ret)
{
	const struct change_args *args = context->args;
	cleanup(cleanup_memhp_plan_free) struct memhp_plan *blind = NULL;
	int r = memhp_plan_new(snapshot, request, &blind);
	bool is_by_pages;
	int status;

	if (r < 0)
		return library_error("plan", r);
	is_by_pages = args->order != ORDER_ADDRESS &&
		      (request->amount || args->dry_run || seems_to_lack_room(context, blind));
	if (!*ret_scan && (is_by_pages || (args->order != ORDER_ADDRESS && has_bad_pages(context)))) {
		status = scan_candidates(context, snapshot, blind, request, ret_scan);
		if (status != EXIT_DONE)
			return status;
	}
	request->scan = is_by_pages ? *ret_scan : NULL;
	if (!request->scan) {
		*ret = take_ptr(blind);
		return EXIT_DONE;
	}
	r = memhp_plan_new(snapshot, request, ret);
	return r < 0 ? library_error("plan", r) : EXIT_DONE;
}

int change_make_plan(const struct change_context *context, const struct memhp_snapshot *snapshot,
		     struct memhp_request *request, struct memhp_scan **ret_scan, struct memhp_plan **ret)
{
	return context->action == MEMHP_ACTION_ONLINE ? make_online_plan(context, snapshot, request, ret) :
	       make_offline_plan(context, snapshot, request, ret_scan, ret);
}

/* Prints the figures that were compared. */
static void tell_no_room(const struct memhp_plan *plan, const struct memhp_figures *figures)
{
	struct memhp_plan_room room = { .size = sizeof(room) };
	const uint64_t pending = memhp_plan_pending(plan);
	char needed[24], left[24], requested[24];

	(void)memhp_plan_room(plan, figures, &room);
	size_text(pending, requested);
	size_text(room.needed, needed);
	size_text(room.left, left);
	if (room.guessed == pending)
		error("refused (no-room): would take %s offline, but only %s is available; --force overrides", requested, left);
	else
		error("refused (no-room): would take %s offline and migrate %s%s, but only %s is available elsewhere; "
		      "--force overrides", requested, room.guessed ? "up to " : "", needed, left);
}

/* Prints an error with the figures if the plan as a whole is refused. */
int change_judge(const struct change_context *context, const struct memhp_plan *plan)
{
	struct memhp_figures figures = { .size = sizeof(figures) };
	char movable[24], kernel[24], requested[24];
	int r = memhp_figures_read(context->memhp, &figures);

	if (r < 0)
		return library_error("figures", r);
	size_text(figures.movable, movable);
	size_text(figures.kernel, kernel);
	size_text(memhp_plan_pending(plan), requested);
	r = memhp_plan_judge(plan, &figures);
	if (r < 0)
		return library_error("plan", r);
	switch (r) {
	case MEMHP_REASON_RATIO:
		message_set_reason(memhp_reason_name(MEMHP_REASON_RATIO));
		error("refused (ratio): %s more MOVABLE memory (on top of %s MOVABLE, %s KERNEL) would exceed %u%%%s",
		      requested, movable, kernel, figures.limit,
		      context->args->lacks_force ? "" : "; --force overrides");
		return EXIT_FAILED;
	case MEMHP_REASON_NO_ROOM:
		message_set_reason(memhp_reason_name(MEMHP_REASON_NO_ROOM));
		tell_no_room(plan, &figures);
		return EXIT_FAILED;
	default:
		return EXIT_DONE;
	}
}
