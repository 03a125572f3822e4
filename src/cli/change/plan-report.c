/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told of a plan: the table of a dry run, its last lines, or its document;
 * and of which of its blocks nobody should expect too much.
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

	/* What is offline is still to be removed. */
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

/* How much that is, as far as it was looked at. */
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
	printf("%" PRIu64 " page%s to migrate, about %s (reckoned with %d pages a second, %d ms a block)\n",
	       pages, pages == 1 ? "" : "s", text, ESTIMATE_PAGES_PER_S, ESTIMATE_BLOCK_MS);
}

static void close_plan(const struct change_context *context, const struct memhp_plan *plan,
		       const struct ranges *blocks, uint64_t bytes)
{
	cleanup(cleanup_free) char *text = ranges_text(blocks, RANGES_SHOWN);
	char size[24];

	size_text(bytes, size);
	if (context->args->unplug)
		unplug_close_plan(context, plan);
	else if (bytes)
		printf("would %s %" PRIu64 " block%s (%s): %s\n", action_name(context->action),
		       bytes / context->block_size, bytes == context->block_size ? "" : "s", size, text ? text : "");
	else
		printf("nothing to %s\n", action_name(context->action));
	if (bytes && has_pages(plan))
		close_estimate(plan);
}

/* Blocks that will not go, or not easily, all for one reason. */
struct doubt {
	struct memhp_verdict verdict;    /* its pages are those of all the blocks */
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

/* What a zone alone makes unlikely goes without saying. */
static bool is_doubt(const struct memhp_verdict *verdict)
{
	return verdict->offlinable == MEMHP_OFFLINABLE_NO ||
	       (verdict->offlinable == MEMHP_OFFLINABLE_UNLIKELY && verdict->why != MEMHP_WHY_KERNEL_ZONE);
}

static void add_doubt(struct doubts *doubts, const struct memhp_block *block, const struct memhp_verdict *verdict)
{
	struct doubt *doubt = doubts->items;
	const struct doubt *end = doubt + doubts->count;

	if (!is_doubt(verdict))
		return;
	while (doubt < end && (doubt->verdict.offlinable != verdict->offlinable || doubt->verdict.why != verdict->why ||
			       doubt->verdict.kind != verdict->kind))
		doubt++;
	if (doubt == doubts->items + OPTION_COUNT(doubts->items))
		return;
	if (doubt == end) {
		doubts->count++;
		doubt->verdict = *verdict;
	} else {
		doubt->verdict.pages += verdict->pages;
	}
	(void)ranges_add(&doubt->blocks, memhp_block_id(block), memhp_block_id(block));
}

static void tell_doubt(struct doubt *doubt)
{
	cleanup(cleanup_free) char *blocks = NULL;
	char why[112];
	bool is_one;

	ranges_sort(&doubt->blocks);
	is_one = ranges_are_one(&doubt->blocks);
	blocks = ranges_text(&doubt->blocks, RANGES_SHOWN);
	notice("block%s %s %s offline: %s", is_one ? "" : "s", blocks ? blocks : "",
	       doubt->verdict.offlinable == MEMHP_OFFLINABLE_NO ? "can never go" :
	       is_one ? "is unlikely to go" : "are unlikely to go",
	       verdict_doubt_text(&doubt->verdict, why, sizeof(why)));
}

static void tell_doubts(struct doubts *doubts, enum memhp_offlinable offlinable)
{
	for (size_t i = 0; i < doubts->count; i++)
		if (doubts->items[i].verdict.offlinable == offlinable)
			tell_doubt(&doubts->items[i]);
}

/* Where a plan is told, step by step. */
struct listing {
	const struct change_context *context;
	struct json *json;               /* or the table */
	struct table *table;
	struct columns columns;
	struct doubts doubts;
	struct sums sums;
	struct ranges blocks;            /* that would be changed */
	struct ranges misplaced;         /* online already, but in another zone than is asked for */
	uint64_t bytes;
};

static void listing_free(struct listing *listing)
{
	json_free(listing->json);
	table_free(listing->table);
	doubts_free(&listing->doubts);
	ranges_free(&listing->blocks);
	ranges_free(&listing->misplaced);
}

static void tell_misplaced(struct ranges *blocks)
{
	cleanup(cleanup_free) char *text = NULL;
	bool is_one;

	ranges_sort(blocks);
	is_one = ranges_are_one(blocks);
	text = ranges_text(blocks, RANGES_SHOWN);
	if (blocks->count)
		notice("block%s %s %s in another zone: %s to go offline first", is_one ? "" : "s",
		       text ? text : "", is_one ? "is" : "are", is_one ? "it has" : "they have");
}

static int add_step(struct listing *listing, const struct memhp_step *step)
{
	const struct change_context *context = listing->context;
	struct memhp_outcome outcome = planned_outcome(context, step);
	struct memhp_verdict verdict;
	struct change_row row;

	change_fill_row(context, &outcome, memhp_step_is_certain(step), memhp_step_pages(step), &row);
	if (context->action == MEMHP_ACTION_OFFLINE && outcome.state == MEMHP_STATE_ONLINE) {
		verdict = verdict_of_block(context->scan, outcome.block);
		row.verdict = &verdict;
		add_doubt(&listing->doubts, outcome.block, &verdict);
	}
	if (listing->json)
		json_row(listing->json, &listing->columns, &row, 0);
	else if (table_add(listing->table, &row, 0) < 0)
		return -ENOMEM;
	if (outcome.reason == MEMHP_REASON_WRONG_ZONE)
		(void)ranges_add(&listing->misplaced, memhp_block_id(outcome.block), memhp_block_id(outcome.block));
	if (outcome.result != MEMHP_RESULT_PLANNED) {
		*(outcome.reason ? &listing->sums.failed : &listing->sums.already) += context->block_size;
		return 0;
	}
	listing->bytes += context->block_size;
	(void)ranges_add(&listing->blocks, memhp_block_id(outcome.block), memhp_block_id(outcome.block));
	return 0;
}

int report_plan(const struct change_context *context, const struct memhp_plan *plan)
{
	static const struct table_args plain = { 0 };
	cleanup(listing_free) struct listing listing = {
		.context = context, .sums.requested = memhp_plan_requested(plan),
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
		notice("there is less than that to %s", action_name(context->action));
	ranges_sort(&listing.blocks);
	if (listing.table && table_print(listing.table) < 0)
		return library_error("report", -ENOMEM);
	if (listing.table)
		close_plan(context, plan, &listing.blocks, listing.bytes);
	tell_misplaced(&listing.misplaced);
	/* Those that can never go first. */
	tell_doubts(&listing.doubts, MEMHP_OFFLINABLE_NO);
	tell_doubts(&listing.doubts, MEMHP_OFFLINABLE_UNLIKELY);
	return listing.json ? change_document_end(listing.json, &listing.sums, 0, EXIT_DONE) : EXIT_DONE;
}
