/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a plan is reported: the table of a dry run, its last lines, or its document; and
 * the blocks that can never go offline or are unlikely to. Adjacent blocks that agree
 * in every printed column are one row, as in memhp list.
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

static struct memhp_outcome planned_outcome(const struct change_context *context, const struct memhp_step *step)
{
	struct memhp_outcome outcome = {
		.block = memhp_step_block(step),
		.state = memhp_block_state(memhp_step_block(step)),
		.zone = memhp_step_zone(step),
	};

	/* With --unplug, offline blocks still have to be removed. */
	if (memhp_step_is_already(step) && !context->args->unplug) {
		outcome.reason = memhp_step_reason(step);
		outcome.result = outcome.reason ? MEMHP_RESULT_FAILED : MEMHP_RESULT_ALREADY;
	}
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
		if (!memhp_step_pages(step) || memhp_step_is_reserve(step) || memhp_step_is_already(step))
			continue;
		pages += memhp_pages_work(memhp_step_pages(step));
		ms += estimate_ms(memhp_step_pages(step));
	}
	estimate_text(ms, text);
	printf("%" PRIu64 " page%s to migrate, about %s (assuming %d pages per second plus %d ms per block)\n",
	       pages, pages == 1 ? "" : "s", text, ESTIMATE_PAGES_PER_S, ESTIMATE_BLOCK_MS);
}

/* Blocks that cannot go offline, or are unlikely to, all for one reason. */
struct doubt {
	struct judgement judgement;      /* of all the blocks */
	struct ranges blocks;
};

/* As many as there are reasons, and kinds of pages. */
struct doubts {
	struct doubt items[16];
	size_t count;
};

static void doubts_free(struct doubts *doubts)
{
	for (size_t i = 0; i < doubts->count; i++)
		ranges_free(&doubts->items[i].blocks);
}

/* A kernel zone alone is not worth a notice. */
static bool is_doubt(const struct memhp_verdict *verdict)
{
	return verdict->offlinable == MEMHP_OFFLINABLE_NO ||
	       (verdict->offlinable == MEMHP_OFFLINABLE_UNLIKELY && verdict->why != MEMHP_WHY_KERNEL_ZONE);
}

static bool is_same_doubt(const struct memhp_verdict *one, const struct memhp_verdict *other)
{
	return one->offlinable == other->offlinable && one->why == other->why && one->kind == other->kind;
}

static void add_doubt(struct doubts *doubts, const struct memhp_block *block, const struct judgement *judgement)
{
	struct doubt *doubt = doubts->items;
	const struct doubt *end = doubt + doubts->count;

	if (!is_doubt(&judgement->verdict))
		return;
	while (doubt < end && !is_same_doubt(&doubt->judgement.verdict, &judgement->verdict))
		doubt++;
	if (doubt == doubts->items + OPTION_COUNT(doubts->items))
		return;
	if (doubt == end) {
		doubts->count++;
		doubt->judgement = *judgement;
	} else {
		judgement_add(&doubt->judgement, judgement);
	}
	(void)ranges_add(&doubt->blocks, memhp_block_id(block), memhp_block_id(block));
}

static void report_doubt(struct doubt *doubt)
{
	cleanup(cleanup_free) char *blocks = NULL;
	char why[112];
	bool is_one;

	ranges_sort(&doubt->blocks);
	is_one = ranges_are_one(&doubt->blocks);
	blocks = ranges_text(&doubt->blocks, RANGES_SHOWN);
	notice("block%s %s %s offline: %s", is_one ? "" : "s", blocks ? blocks : "",
	       doubt->judgement.verdict.offlinable == MEMHP_OFFLINABLE_NO ? "can never go" :
	       is_one ? "is unlikely to go" : "are unlikely to go",
	       judgement_doubt(&doubt->judgement, why, sizeof(why)));
}

static void report_doubts(struct doubts *doubts, enum memhp_offlinable offlinable)
{
	for (size_t i = 0; i < doubts->count; i++)
		if (doubts->items[i].judgement.verdict.offlinable == offlinable)
			report_doubt(&doubts->items[i]);
}

/* A row of the table that may still grow. */
struct growing {
	struct change_row row;
	struct memhp_outcome outcome;    /* what the row points to */
	struct judgement judgement;      /* of all its blocks */
	struct judgement first;          /* of the first one, with which the others must agree */
};

/* A plan that is reported step by step. */
struct listing {
	const struct change_context *context;
	struct json *json;               /* or the table */
	struct table *table;
	struct columns columns;
	struct growing growing;          /* of the table; count 0: none */
	struct doubts doubts;
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
	struct change_row first = *row;
	const uint64_t id = memhp_block_id(next->lowest);

	if (row->judgement)
		first.judgement = &listing->growing.first;
	return row->count && !listing->context->args->all && !row->pages == !next->pages &&
	       !row->judgement == !next->judgement &&
	       (id == memhp_block_id(row->highest) + 1 || id + 1 == memhp_block_id(row->lowest)) &&
	       !columns_differ(&listing->columns, &first, next);
}

static void row_grow(struct growing *growing, const struct change_row *next)
{
	struct change_row *row = &growing->row;

	if (memhp_block_id(next->lowest) < memhp_block_id(row->lowest))
		row->lowest = next->lowest;
	else
		row->highest = next->highest;
	row->count++;
	row->work += next->work;
	row->estimate_ms += next->estimate_ms;
	if (row->judgement)
		judgement_add(&growing->judgement, next->judgement);
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
	growing->judgement = growing->first = *row->judgement;
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
		row_grow(&listing->growing, row);
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
		add_doubt(&listing->doubts, outcome.block, &judgement);
	}
	listing_add_sums(listing, &outcome);
	return add_row(listing, &row);
}

static void close_plan(const struct listing *listing, const struct memhp_plan *plan)
{
	const struct change_context *context = listing->context;
	cleanup(cleanup_free) char *blocks = ranges_text(&listing->blocks, RANGES_SHOWN);
	cleanup(cleanup_free) char *already = ranges_text(&listing->sums.already_blocks, RANGES_SHOWN);
	const uint64_t count = listing->bytes / context->block_size;
	char size[24];

	size_text(listing->bytes, size);
	if (context->args->unplug)
		unplug_close_plan(context, plan);
	else if (count)
		printf("would %s %" PRIu64 " block%s (%s): %s\n", action_name(context->action), count,
		       count == 1 ? "" : "s", size, blocks ? blocks : "");
	else if (listing->sums.already && !listing->sums.failed)
		printf("already %s: %s\n", action_name(context->action), already ? already : "");
	else
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
		change_plan_columns(has_pages(plan), &listing.columns);
		listing.table = table_new(context->globals, &plain, &listing.columns);
	}
	if (!listing.json && !listing.table)
		return library_error("report", -ENOMEM);
	memhp_plan_foreach(plan, step)
		if (!memhp_step_is_reserve(step) && add_step(&listing, step) < 0)
			return library_error("report", -ENOMEM);
	if (listing.sums.requested > memhp_plan_available(plan))
		report_shortage(context, plan, notice);
	ranges_sort(&listing.blocks);
	ranges_sort(&listing.sums.already_blocks);
	if (listing.table && (finish_row(&listing) < 0 || table_print(listing.table) < 0))
		return library_error("report", -ENOMEM);
	if (listing.table)
		close_plan(&listing, plan);
	report_misplaced(&listing.misplaced);
	/* Those that can never go first. */
	report_doubts(&listing.doubts, MEMHP_OFFLINABLE_NO);
	report_doubts(&listing.doubts, MEMHP_OFFLINABLE_UNLIKELY);
	return listing.json ? change_document_end(listing.json, &listing.sums, 0, EXIT_DONE) : EXIT_DONE;
}
