/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a plan is reported: the table of a dry run, its last lines, or its document.
 * Adjacent blocks that agree in every printed column are one row, as in memhp list.
 * Notices about blocks that cannot go offline are plan-notice.c's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../output/table.h"
#include "../shared/verdict-text.h"
#include "change-report.h"
#include "change-unplug.h"
#include "estimate.h"
#include "plan-notice.h"

static struct memhp_outcome planned_outcome(const struct change_context *context, const struct memhp_step *step)
{
	struct memhp_outcome outcome = {
		.block = memhp_step_block(step),
		.state = memhp_block_state(memhp_step_block(step)),
		.zone = memhp_step_zone(step),
	};

	outcome.reason = memhp_step_reason(step);
	if (outcome.reason)
		outcome.result = MEMHP_RESULT_FAILED;
	/* With --unplug, offline blocks still have to be removed. */
	else if (memhp_step_is_already(step) && !context->args->unplug)
		outcome.result = MEMHP_RESULT_ALREADY;
	return outcome;
}

/* Whether the pages of any block are known. */
static bool has_pages(const struct memhp_plan *plan)
{
	const struct memhp_step *step;

	memhp_plan_foreach(plan, step)
		if (memhp_step_pages(step))
			return true;
	return false;
}

/* The work of the blocks that were scanned. */
static void close_estimate(const struct memhp_plan *plan)
{
	char text[ESTIMATE_TEXT_SIZE];
	uint64_t pages = 0, ms = 0;
	const struct memhp_step *step;

	memhp_plan_foreach(plan, step) {
		if (!memhp_step_pages(step) || memhp_step_is_reserve(step) || memhp_step_is_already(step) ||
		    memhp_step_reason(step))
			continue;
		pages += memhp_pages_work(memhp_step_pages(step));
		ms += estimate_ms(memhp_step_pages(step));
	}
	estimate_text(ms, text);
	printf("%" PRIu64 " page%s to migrate, about %s (assuming %d pages per second plus %d ms per block)\n",
	       pages, pages == 1 ? "" : "s", text, ESTIMATE_PAGES_PER_S, ESTIMATE_BLOCK_MS);
}

/* A row of the table that may still grow. */
struct growing {
	struct change_row row;
	struct memhp_outcome outcome;    /* what the row points to */
	struct judgement judgement;      /* the same, of the first block: the table shows no numbers of it */
};

/* A plan that is reported step by step. */
struct listing {
	const struct change_context *context;
	struct json *json;               /* or the table */
	struct table *table;
	struct columns columns;
	struct growing growing;          /* of the table; count 0: none */
	struct doubts doubts;
	struct tally tally;              /* of the blocks to take offline */
	struct sums sums;
	struct ranges blocks;            /* that would be changed */
	struct ranges misplaced;         /* already online, but in another zone than requested */
	uint64_t bytes;
};

static void listing_free(struct listing *listing)
{
	json_free(listing->json);
	table_free(listing->table);
	doubts_free(&listing->doubts);
	sums_free(&listing->sums);
	ranges_free(&listing->blocks);
	ranges_free(&listing->misplaced);
}

/* Rows ------------------------------------------------------------------------- */

/* Whether the block follows those of the row, up or down, and agrees with them in every printed column. Sums are of
 * blocks whose pages are known, or of none. */
static bool row_takes(const struct listing *listing, const struct change_row *next)
{
	const struct change_row *row = &listing->growing.row;
	const uint64_t id = memhp_block_id(next->lowest);

	return row->count && !listing->context->args->all && !row->pages == !next->pages &&
	       (id == memhp_block_id(row->highest) + 1 || id + 1 == memhp_block_id(row->lowest)) &&
	       !columns_differ(&listing->columns, row, next);
}

static void row_grow(struct change_row *row, const struct change_row *next)
{
	if (memhp_block_id(next->lowest) < memhp_block_id(row->lowest))
		row->lowest = next->lowest;
	else
		row->highest = next->highest;
	row->count++;
	row->work += next->work;
	row->estimate_ms += next->estimate_ms;
}

static int finish_row(struct listing *listing)
{
	int r = listing->growing.row.count ? table_add(listing->table, &listing->growing.row, 0) : 0;

	listing->growing.row.count = 0;
	return r;
}

/* Copies what the row points to, too. A plan's table has no column for the hint. */
static void begin_row(struct growing *growing, const struct change_row *row)
{
	growing->row = *row;
	growing->outcome = *row->outcome;
	growing->row.outcome = &growing->outcome;
	growing->row.hint = NULL;
	if (!row->judgement)
		return;
	growing->judgement = *row->judgement;
	growing->row.judgement = &growing->judgement;
}

static int add_row(struct listing *listing, const struct change_row *row)
{
	int r = 0;

	if (listing->json) {
		json_row(listing->json, &listing->columns, row, 0);
		return 0;
	}
	if (row->outcome->result == MEMHP_RESULT_ALREADY && !listing->context->globals->verbose)
		return 0;
	if (row_takes(listing, row)) {
		row_grow(&listing->growing.row, row);
		return 0;
	}
	r = finish_row(listing);
	begin_row(&listing->growing, row);
	return r;
}

/* The plan ----------------------------------------------------------------------- */

static void report_misplaced(struct ranges *blocks)
{
	cleanup(cleanup_free) char *text = NULL;
	bool is_one;

	ranges_sort(blocks);
	is_one = ranges_are_one(blocks);
	text = ranges_text(blocks, RANGES_SHOWN);
	if (blocks->count)
		notice("block%s %s %s online in another zone; take %s offline first", is_one ? "" : "s",
		       text ? text : "", is_one ? "is" : "are", is_one ? "it" : "them");
}

static void listing_add_sums(struct listing *listing, const struct memhp_outcome *outcome)
{
	const uint64_t id = memhp_block_id(outcome->block), size = listing->context->block_size;

	if (outcome->reason == MEMHP_REASON_WRONG_ZONE)
		(void)ranges_add(&listing->misplaced, id, id);
	if (outcome->result == MEMHP_RESULT_PLANNED) {
		listing->bytes += size;
		(void)ranges_add(&listing->blocks, id, id);
	} else if (outcome->reason) {
		listing->sums.failed += size;
	} else {
		listing->sums.already += size;
		(void)ranges_add(&listing->sums.already_blocks, id, id);
	}
}

static int add_step(struct listing *listing, const struct memhp_step *step)
{
	const struct change_context *context = listing->context;
	struct memhp_outcome outcome = planned_outcome(context, step);
	struct judgement judgement;
	struct change_row row;

	change_fill_row(context, &outcome, memhp_step_is_certain(step), memhp_step_pages(step), &row);
	if (context->action == MEMHP_ACTION_OFFLINE && outcome.state == MEMHP_STATE_ONLINE) {
		judgement = judge_block(context->scan, outcome.block);
		row.judgement = &judgement;
		doubts_add(&listing->doubts, outcome.block, &judgement);
	}
	if (context->action == MEMHP_ACTION_OFFLINE && outcome.state != MEMHP_STATE_OFFLINE)
		tally_add(&listing->tally, row.judgement ? &row.judgement->verdict : NULL);
	row.is_of_table = !listing->json;
	listing_add_sums(listing, &outcome);
	return add_row(listing, &row);
}

static void close_plan(const struct listing *listing, const struct memhp_plan *plan)
{
	const struct change_context *context = listing->context;
	cleanup(cleanup_free) char *blocks = ranges_text(&listing->blocks, RANGES_SHOWN);
	cleanup(cleanup_free) char *already = ranges_text(&listing->sums.already_blocks, RANGES_SHOWN);
	const uint64_t count = listing->bytes / context->block_size;
	const bool has_tally = !tally_is_empty(&listing->tally);
	char size[24];

	size_text(listing->bytes, size);
	if (has_tally)
		tally_close(&listing->tally, context->block_size);
	if (context->args->unplug)
		unplug_close_plan(context, plan);
	else if (count && !has_tally)
		printf("would online %" PRIu64 " block%s (%s): %s\n", count, count == 1 ? "" : "s", size,
		       blocks ? blocks : "");
	else if (!has_tally && listing->sums.already && !listing->sums.failed)
		printf("already %s: %s\n", memhp_action_name(context->action), already ? already : "");
	else if (!has_tally)
		printf("nothing to %s\n", context->action == MEMHP_ACTION_ONLINE ? "bring online" : "take offline");
	if (count && has_pages(plan))
		close_estimate(plan);
}

int report_plan(const struct change_context *context, const struct memhp_plan *plan)
{
	static const struct table_args plain = { 0 };
	cleanup(listing_free) struct listing listing = {
		.context = context, .sums = { .requested = memhp_plan_requested(plan), .settled = -1 },
	};
	const struct memhp_step *step;

	if (context->globals->json) {
		change_document_columns(&listing.columns);
		listing.json = change_document_begin(context);
	} else {
		change_plan_columns(context->action, has_pages(plan), &listing.columns);
		listing.table = table_new(context->globals, &plain, &listing.columns);
	}
	if (!listing.json && !listing.table)
		return library_error("report", -ENOMEM);
	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_reserve(step) && add_step(&listing, step) < 0)
			return library_error("report", -ENOMEM);
	if (listing.sums.requested > memhp_plan_available(plan))
		report_shortage(context, memhp_plan_available(plan), notice);
	ranges_sort(&listing.blocks);
	ranges_sort(&listing.sums.already_blocks);
	if (listing.table && (finish_row(&listing) < 0 || table_print(listing.table) < 0))
		return library_error("report", -ENOMEM);
	if (listing.table)
		close_plan(&listing, plan);
	listing.sums.planned = listing.bytes;
	report_misplaced(&listing.misplaced);
	doubts_report(&listing.doubts);
	return listing.json ? change_document_end(listing.json, plan, &listing.sums, 0, EXIT_DONE) : EXIT_DONE;
}
