/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a run is reported: lines for people, the document for programs, and the exit
 * status. Plans are reported by plan-report.c, failures by change-failure.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "../../libmemhp/cleanup.h"
#include "../base/changes.h"
#include "../base/machine.h"
#include "../base/message.h"
#include "../base/signals.h"
#include "../base/text.h"
#include "change-report.h"
#include "change-unplug.h"

DEFINE_CLEANUP(struct json *, json_free)

/* Sums ----------------------------------------------------------------------- */

void sums_free(struct sums *sums)
{
	ranges_free(&sums->changed_blocks);
	ranges_free(&sums->already_blocks);
	ranges_free(&sums->removed_blocks);
	ranges_free(&sums->moved_blocks);
	ranges_free(&sums->gone_blocks);
	ranges_free(&sums->skipped_blocks);
}

static bool is_failed(enum memhp_result result)
{
	switch (result) {
	case MEMHP_RESULT_FAILED:
	case MEMHP_RESULT_TIMEOUT:
	case MEMHP_RESULT_INTERRUPTED:
	case MEMHP_RESULT_ROLLED_BACK:
	case MEMHP_RESULT_UNSETTLED:
		return true;
	case MEMHP_RESULT_PLANNED:
	case MEMHP_RESULT_DONE:
	case MEMHP_RESULT_ALREADY:
	case MEMHP_RESULT_SKIPPED:
	case MEMHP_RESULT_REMOVED:
		return false;
	}
	return false;
}

/* A block that was rolled back into another zone has changed, but is in its former state. */
static struct ranges *changed_blocks(const struct memhp_outcome *outcome, struct sums *sums)
{
	switch (outcome->result) {
	case MEMHP_RESULT_REMOVED:
		return &sums->removed_blocks;
	case MEMHP_RESULT_ROLLED_BACK:
		return &sums->moved_blocks;
	default:
		return &sums->changed_blocks;
	}
}

/* A block that came online in another zone than requested has failed, and has changed nevertheless. */
static void add_to_sums(const struct change_context *context, const struct memhp_outcome *outcome, struct sums *sums)
{
	const uint64_t id = memhp_block_id(outcome->block), size = context->block_size;

	if (memhp_outcome_has_changed(outcome)) {
		sums->changed += size;
		(void)ranges_add(changed_blocks(outcome, sums), id, id);
	}
	if (outcome->is_gone && !outcome->has_crashed)
		(void)ranges_add(&sums->gone_blocks, id, id);
	if (outcome->result == MEMHP_RESULT_SKIPPED)
		(void)ranges_add(&sums->skipped_blocks, id, id);
	if (is_failed(outcome->result))
		sums->failed += size;
	if (outcome->result == MEMHP_RESULT_ALREADY) {
		sums->already += size;
		(void)ranges_add(&sums->already_blocks, id, id);
	}
}

static void sort_sums(struct sums *sums)
{
	ranges_sort(&sums->changed_blocks);
	ranges_sort(&sums->already_blocks);
	ranges_sort(&sums->removed_blocks);
	ranges_sort(&sums->moved_blocks);
	ranges_sort(&sums->gone_blocks);
	ranges_sort(&sums->skipped_blocks);
}

static int change_success_status(const struct change_context *context)
{
	return context->args->is_partial ? EXIT_PARTLY : EXIT_DONE;
}

/* Documents ------------------------------------------------------------------ */

struct json *change_document_begin(const struct change_context *context)
{
	struct json *json = json_new();

	if (!json)
		return NULL;
	json_set_text(json, NULL, "action", memhp_action_name(context->action));
	json_set_bool(json, NULL, "dry_run", context->args->dry_run);
	if (context->args->add_to_document)
		context->args->add_to_document(json, context->args->document_data);
	json_rows_begin(json, "blocks");
	return json;
}

static void pool_cell_page_size(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, ((const struct memhp_pool *)data)->page_size);
}

static void pool_cell_pages(const void *data, struct cell *ret)
{
	cell_set_number(ret, CELL_NUMBER, ((const struct memhp_pool *)data)->pages);
}

static const struct column pool_columns[] = {
	{ "PAGE-SIZE", "", 0, 0, pool_cell_page_size, NULL },
	{ "PAGES", "", 0, 0, pool_cell_pages, NULL },
};

/* The pools of huge pages that a plan shrinks. */
static void add_pools(struct json *json, const struct memhp_plan *plan)
{
	const struct memhp_pool *pool = NULL;
	struct columns columns;

	columns_all(pool_columns, OPTION_COUNT(pool_columns), &columns);
	json_rows_begin(json, "pools");
	while (plan && (pool = memhp_plan_next_pool(plan, pool)))
		json_row(json, &columns, pool, 0);
	json_rows_end(json);
}

int change_document_end(struct json *json, const struct memhp_plan *plan, const struct sums *sums, uint64_t elapsed_ms,
			int status)
{
	status = signals_status(status);
	json_rows_end(json);
	add_pools(json, plan);
	if (sums->settled < 0)
		json_set_null(json, NULL, "settled");
	else
		json_set_bool(json, NULL, "settled", sums->settled);
	json_set_number(json, "summary", "requested", sums->requested);
	json_set_number(json, "summary", "planned", sums->planned);
	json_set_number(json, "summary", "changed", sums->changed);
	json_set_number(json, "summary", "already", sums->already);
	json_set_number(json, "summary", "failed", sums->failed);
	json_set_number(json, "summary", "elapsed_ms", elapsed_ms);
	return json_end(json, status) < 0 ? library_error("report", -ENOMEM) : status;
}

int report_nothing(const struct change_context *context)
{
	cleanup(cleanup_json_free) struct json *json = NULL;
	const struct sums sums = { .settled = -1 };

	notice("nothing to do");
	if (!context->globals->json)
		return change_success_status(context);
	json = change_document_begin(context);
	return json ? change_document_end(json, NULL, &sums, 0, change_success_status(context)) :
	       library_error("report", -ENOMEM);
}

void report_shortage(const struct change_context *context, uint64_t available,
		     void (*report)(const char *format, ...) __attribute__((format(printf, 1, 2))))
{
	const char *task = context->action == MEMHP_ACTION_ONLINE ? "bring online" : "take offline";
	char size[24];

	size_text(available, size);
	if (available)
		report("not enough memory to %s: only %s qualifies", task, size);
	else
		report("not enough memory to %s: nothing qualifies", task);
}

/* Runs ----------------------------------------------------------------------- */

static int change_exit_status(const struct change_context *context, const struct memhp_report *report)
{
	const struct memhp_outcome *outcome;
	bool is_late = memhp_report_was_late(report), is_unsettled = false, has_other = false;

	memhp_report_foreach(report, outcome) {
		is_late |= outcome->result == MEMHP_RESULT_TIMEOUT;
		is_unsettled |= outcome->result == MEMHP_RESULT_UNSETTLED;
		has_other |= outcome->result == MEMHP_RESULT_FAILED;
	}
	if (signals_first())
		return EXIT_SIGNAL + signals_first();
	if (is_unsettled)
		return EXIT_PARTLY;
	if (memhp_report_is_met(report))
		return change_success_status(context);
	if (changes_were_made())
		return EXIT_PARTLY;
	return is_late && !has_other ? EXIT_TIMEOUT : EXIT_FAILED;
}

static bool is_beyond_limit(const struct change_context *context, const struct memhp_outcome *outcome)
{
	return context->action == MEMHP_ACTION_ONLINE && outcome->result == MEMHP_RESULT_DONE &&
	       context->args->timeout_ms && outcome->elapsed_ms > context->args->timeout_ms;
}

/* With --verbose a line per block; failures are collected. */
static void report_block(const struct change_context *context, const struct change_row *row, struct failures *failures)
{
	const struct memhp_outcome *outcome = row->outcome;
	const char *zone = memhp_zone_name(outcome->zone);

	switch (outcome->result) {
	case MEMHP_RESULT_DONE:
	case MEMHP_RESULT_ALREADY:
	case MEMHP_RESULT_SKIPPED:
	case MEMHP_RESULT_PLANNED:
	case MEMHP_RESULT_ROLLED_BACK:
	case MEMHP_RESULT_REMOVED:
		if (context->globals->verbose)
			printf("block %" PRIu64 ": %s%s%s, %u attempt%s, %" PRIu64 " ms%s\n",
			       memhp_block_id(outcome->block), memhp_result_name(outcome->result),
			       zone ? ", zone " : "", zone ? zone : "", outcome->attempts,
			       outcome->attempts == 1 ? "" : "s", outcome->elapsed_ms,
			       is_beyond_limit(context, outcome) ? " (beyond its timeout: onlining cannot be interrupted)" : "");
		/* Rolled back into another zone, or not rolled back at all. */
		if ((outcome->reason != MEMHP_REASON_NONE || outcome->is_rollback_failed) &&
		    !unplug_is_reported_by_device(context, outcome))
			failures_add_block(failures, row);
		return;
	case MEMHP_RESULT_FAILED:
	case MEMHP_RESULT_TIMEOUT:
	case MEMHP_RESULT_INTERRUPTED:
	case MEMHP_RESULT_UNSETTLED:
		if (!unplug_is_reported_by_device(context, outcome))
			failures_add_block(failures, row);
		return;
	}
}

static void close_ranges(const struct change_context *context, const char *action, const struct ranges *ranges)
{
	cleanup(cleanup_free) char *text = ranges_text(ranges, RANGES_SHOWN);
	const uint64_t blocks = ranges_size(ranges);
	char size[24];

	size_text(blocks * context->block_size, size);
	printf("%sd %" PRIu64 " block%s (%s): %s", action, blocks, blocks == 1 ? "" : "s", size, text ? text : "");
}

static void close_run(const struct change_context *context, const struct sums *sums,
		      const struct memhp_report *report)
{
	cleanup(cleanup_free) char *already = ranges_text(&sums->already_blocks, RANGES_SHOWN);
	cleanup(cleanup_free) char *moved = ranges_text(&sums->moved_blocks, RANGES_SHOWN);
	cleanup(cleanup_free) char *names = unplug_names(context, report);

	if (sums->removed_blocks.count) {
		close_ranges(context, "remove", &sums->removed_blocks);
		text_print(stdout, " (%s)", names ? names : "");
		fputs(sums->changed_blocks.count ? "; " : "\n", stdout);
	}
	if (sums->changed_blocks.count) {
		close_ranges(context, memhp_action_name(context->action), &sums->changed_blocks);
		putchar('\n');
	}
	if (sums->moved_blocks.count)
		printf("in another zone than before: %s\n", moved ? moved : "");
	if (sums->changed)
		return;
	if (sums->already && !sums->failed)
		printf("already %s: %s\n", memhp_action_name(context->action), already ? already : "");
	else
		puts(changes_were_made() ? "no block brought online" : "nothing changed");
}

/* Blocks that were not tried, because the run was ended before. */
static void report_skipped(const struct sums *sums, const struct memhp_report *report)
{
	cleanup(cleanup_free) char *blocks = ranges_text(&sums->skipped_blocks, RANGES_SHOWN);
	const char *plural = ranges_are_one(&sums->skipped_blocks) ? "" : "s";

	if (!sums->skipped_blocks.count)
		return;
	if (memhp_report_was_stopped(report) && signals_first())
		error("stopped by signal %d; block%s %s not tried", signals_first(), plural, blocks ? blocks : "");
	else if (memhp_report_was_late(report))
		error("the deadline has passed; block%s %s not tried", plural, blocks ? blocks : "");
}

/* What others did, or may still do, to the blocks that were changed. */
static void report_others(const struct sums *sums, const struct memhp_report *report)
{
	cleanup(cleanup_free) char *gone = ranges_text(&sums->gone_blocks, RANGES_SHOWN);
	const uint64_t pid = memhp_report_unsettled_pid(report);

	if (sums->gone_blocks.count)
		notice("block%s %s: removed by the host or the firmware after the change",
		       ranges_are_one(&sums->gone_blocks) ? "" : "s", gone ? gone : "");
	if (sums->settled == 0)
		notice("udev has not finished; its rules may still undo the change (--settle waits longer)");
	if (pid)
		notice("the kernel has not ended the write of process %" PRIu64 " yet; it may still take effect", pid);
}

int report_run(const struct change_context *context, const struct memhp_plan *plan,
	       const struct memhp_report *report)
{
	cleanup(cleanup_json_free) struct json *json = NULL;
	cleanup(sums_free) struct sums sums = {
		.requested = memhp_plan_requested(plan), .settled = memhp_report_settled(report),
	};
	cleanup(failures_free) struct failures failures = { 0 };
	const uint64_t available = memhp_plan_available(plan) + memhp_report_added(report);
	int status = change_exit_status(context, report);
	const struct memhp_outcome *outcome;
	struct columns columns = { 0 };

	change_document_columns(&columns);
	if (context->globals->json) {
		json = change_document_begin(context);
		if (!json)
			return library_error("report", -ENOMEM);
	}
	memhp_report_foreach(report, outcome) {
		struct change_row row;

		change_fill_row(context, outcome, true, outcome->pages, &row);
		add_to_sums(context, outcome, &sums);
		if (json)
			json_row(json, &columns, &row, 0);
		else
			report_block(context, &row, &failures);
	}
	sort_sums(&sums);
	if (!json)
		unplug_add_failures(context, report, &failures);
	failures_report(&failures);
	report_skipped(&sums, report);
	report_others(&sums, report);
	if (memhp_report_changed(report))
		machine_check_crash_kernel(context->memhp);
	if (json)
		return change_document_end(json, NULL, &sums, change_elapsed_ms(context), status);
	if (!memhp_report_is_met(report) && sums.requested > available)
		report_shortage(context, available, error);
	if (!context->globals->quiet)
		close_run(context, &sums, report);
	return status;
}
