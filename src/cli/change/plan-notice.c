/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a plan means beyond its rows: how many blocks are likely to go offline; which are
 * not, with the reason; what was passed over; and what it does to the machine. The rows
 * are plan-report.c's.
 */
#include "plan-notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/options.h"
#include "../base/text.h"

DEFINE_CLEANUP(struct memhp_policy *, memhp_policy_free)

/* How many blocks can go ----------------------------------------------------------- */

static enum tally_kind tally_kind_of(const struct memhp_verdict *verdict)
{
	switch (verdict ? verdict->offlinable : MEMHP_OFFLINABLE_UNKNOWN) {
	case MEMHP_OFFLINABLE_YES:
	case MEMHP_OFFLINABLE_LIKELY:
		return TALLY_LIKELY;
	case MEMHP_OFFLINABLE_UNLIKELY:
		return TALLY_UNLIKELY;
	case MEMHP_OFFLINABLE_NO:
		return TALLY_NEVER;
	case MEMHP_OFFLINABLE_UNKNOWN:
		return TALLY_UNKNOWN;
	}
	return TALLY_UNKNOWN;
}

void tally_add(struct tally *tally, const struct memhp_verdict *verdict)
{
	const enum tally_kind kind = tally_kind_of(verdict);
	const char *why = verdict ? verdict_brief_text(verdict) : NULL, **whys = tally->whys[kind];
	size_t i = 0;

	tally->count[kind]++;
	while (i < TALLY_WHYS && whys[i] && whys[i] != why)
		i++;
	if (i < TALLY_WHYS)
		whys[i] = why;
}

/* "128 unlikely (kernel zone)" */
static void tally_write(const struct tally *tally, enum tally_kind kind, const char *before)
{
	static const char *const words[] = {
		[TALLY_LIKELY] = "likely",
		[TALLY_UNLIKELY] = "unlikely",
		[TALLY_UNKNOWN] = "unknown",
		[TALLY_NEVER] = "never",
	};
	const char *const *whys = tally->whys[kind];

	if (!tally->count[kind])
		return;
	printf("%s%" PRIu64 " %s", before, tally->count[kind], words[kind]);
	if (kind != TALLY_UNLIKELY && kind != TALLY_NEVER)
		return;
	for (size_t i = 0; i < TALLY_WHYS && whys[i]; i++)
		printf("%s%s", i ? ", " : " (", whys[i]);
	if (whys[0])
		putchar(')');
}

bool tally_is_empty(const struct tally *tally)
{
	for (unsigned int kind = 0; kind < TALLY_KINDS; kind++)
		if (tally->count[kind])
			return false;
	return true;
}

void tally_close(const struct tally *tally, uint64_t block_size)
{
	const uint64_t *count = tally->count;
	const uint64_t blocks = count[TALLY_LIKELY] + count[TALLY_UNLIKELY] + count[TALLY_UNKNOWN];
	const char *before = ": ";
	char size[24];

	size_text(blocks * block_size, size);
	if (blocks)
		printf("would try %" PRIu64 " block%s (%s)", blocks, blocks == 1 ? "" : "s", size);
	else
		printf("nothing to take offline");
	for (unsigned int kind = 0; kind < TALLY_NEVER; kind++) {
		tally_write(tally, (enum tally_kind)kind, before);
		before = count[kind] ? ", " : before;
	}
	/* These are not among the blocks that would be tried. */
	tally_write(tally, TALLY_NEVER, "; ");
	putchar('\n');
}

/* Blocks in doubt ------------------------------------------------------------------ */

void doubts_free(struct doubts *doubts)
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

void doubts_add(struct doubts *doubts, const struct memhp_block *block, const struct judgement *judgement)
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

void doubts_report(struct doubts *doubts)
{
	/* Those that can never go first. */
	report_doubts(doubts, MEMHP_OFFLINABLE_NO);
	report_doubts(doubts, MEMHP_OFFLINABLE_UNLIKELY);
}

/* What was passed over ------------------------------------------------------------- */

static void report_passed_drivers(const struct change_context *context, const struct memhp_plan *plan,
				  enum memhp_origin origin)
{
	const struct memhp_passed *passed = NULL;
	const char *name = memhp_origin_name(origin);
	uint64_t count = 0;
	char size[24];

	while ((passed = memhp_plan_next_passed(plan, passed)))
		count += passed->why == MEMHP_PASS_DRIVER && memhp_block_origin(passed->block) == origin;
	size_text(count * context->block_size, size);
	if (count)
		notice("passed over %" PRIu64 " block%s (%s) of %s, whose driver would undo it; name %s with --origin %s", count,
		       count == 1 ? "" : "s", size, name, count == 1 ? "it" : "them", name);
}

static void report_passed_blocks(const struct change_context *context, const struct memhp_plan *plan, enum memhp_pass why)
{
	cleanup(ranges_free) struct ranges blocks = { 0 };
	cleanup(cleanup_free) char *text = NULL;
	const struct memhp_passed *passed = NULL;
	uint64_t count = 0;
	char size[24];

	while ((passed = memhp_plan_next_passed(plan, passed)))
		if (passed->why == why)
			count += ranges_add(&blocks, memhp_block_id(passed->block), memhp_block_id(passed->block)) == 0;
	if (!count)
		return;
	ranges_sort(&blocks);
	text = ranges_text(&blocks, RANGES_SHOWN);
	size_text(count * context->block_size, size);
	if (why == MEMHP_PASS_DMA)
		notice("passed over %" PRIu64 " block%s (%s) of the zone DMA, which some devices need; name %s with --in-zone DMA",
		       count, count == 1 ? "" : "s", size, count == 1 ? "it" : "them");
	else
		notice("passed over %" PRIu64 " block%s that %s online in another zone: %s", count, count == 1 ? "" : "s",
		       count == 1 ? "is" : "are", text ? text : "");
}

/* What it does to the machine ------------------------------------------------------ */

/* Whether the plan changes the block of a step, as far as is known. */
static bool is_pending(const struct memhp_step *step)
{
	return !memhp_step_is_already(step) && !memhp_step_is_reserve(step) && !memhp_step_reason(step);
}

static void report_low(const struct change_context *context, const struct memhp_plan *plan)
{
	const struct memhp_step *step;
	uint64_t dma = 0, dma32 = 0;
	char size[24];

	memhp_plan_foreach(plan, step) {
		if (!is_pending(step))
			continue;
		dma += memhp_block_zone(memhp_step_block(step)) == MEMHP_ZONE_DMA;
		dma32 += memhp_block_zone(memhp_step_block(step)) == MEMHP_ZONE_DMA32;
	}
	size_text((dma + dma32) * context->block_size, size);
	if (dma || dma32)
		notice("takes %s below 4 GiB (zone%s %s%s%s), which some devices need", size, dma && dma32 ? "s" : "",
		       dma ? "DMA" : "", dma && dma32 ? " and " : "", dma32 ? "DMA32" : "");
}

static void report_pools(const struct change_context *context, const struct memhp_plan *plan)
{
	const char *verb = context->args->dry_run ? "would shrink" : "shrinks";
	const struct memhp_pool *pool = NULL;
	char size[24];

	while ((pool = memhp_plan_next_pool(plan, pool))) {
		size_text(pool->page_size, size);
		char total[32] = "";

		if (pool->total != UINT64_MAX)
			snprintf(total, sizeof(total), " (of %" PRIu64 ")", pool->total);
		notice("the pool of %s huge pages %s by %s%" PRIu64 "%s", size, verb, pool->is_least ? "at least " : "",
		       pool->pages, total);
	}
}

/* What happens to memory that a driver adds, by the value of auto_online_blocks. */
static const struct {
	const char *value, *fate;
} fates[] = {
	{ "offline", "it stays offline" },
	{ "online", "it comes online in the zone that the kernel's policy chooses" },
	{ "online_kernel", "it comes online in a kernel zone" },
	{ "online_movable", "it comes online in the Movable zone" },
};

static void report_driver(const struct change_context *context, enum memhp_origin origin)
{
	cleanup(cleanup_memhp_policy_free) struct memhp_policy *policy = NULL;
	const bool has_policy = memhp_policy_read(context->memhp, &policy) == 0;
	const struct memhp_parameter *parameter = has_policy ? memhp_policy_find(policy, "auto_online_blocks") : NULL;
	const char *value = parameter ? memhp_parameter_value(parameter) : NULL;
	const char *not_zone = context->args->target == MEMHP_TARGET_AUTO ? "" : ", whatever --zone is";

	for (size_t i = 0; value && i < OPTION_COUNT(fates); i++) {
		if (strcmp(fates[i].value, value) != 0)
			continue;
		notice("the driver of %s may add more as soon as this is online; %s (auto_online_blocks is %s)%s",
		       memhp_origin_name(origin), fates[i].fate, value, not_zone);
		return;
	}
	notice("the driver of %s may add more as soon as this is online; auto_online_blocks decides about it%s",
	       memhp_origin_name(origin), not_zone);
}

static const enum memhp_origin drivers[] = { MEMHP_ORIGIN_VIRTIO_MEM, MEMHP_ORIGIN_HV_BALLOON, MEMHP_ORIGIN_XEN };

static bool has_pending_of(const struct memhp_plan *plan, enum memhp_origin origin)
{
	const struct memhp_step *step;

	memhp_plan_foreach(plan, step)
		if (is_pending(step) && memhp_block_origin(memhp_step_block(step)) == origin)
			return true;
	return false;
}

/* drivers/base/memory.c: memory_block_online() refuses blocks with bad pages, since Linux 6.5. */
static void report_poisoned(const struct change_context *context, const struct memhp_plan *plan)
{
	cleanup(ranges_free) struct ranges blocks = { 0 };
	cleanup(cleanup_free) char *text = NULL;
	const struct memhp_step *step;

	memhp_plan_foreach(plan, step) {
		const struct memhp_block *block = memhp_step_block(step);
		const struct memhp_pages *pages = context->scan ? memhp_scan_find(context->scan, block) : NULL;
		const uint64_t id = memhp_block_id(block);

		if (pages && !memhp_step_is_reserve(step) && memhp_pages_count(pages, MEMHP_PAGE_POISONED))
			(void)ranges_add(&blocks, id, id);
	}
	ranges_sort(&blocks);
	text = blocks.count ? ranges_text(&blocks, RANGES_SHOWN) : NULL;
	if (text)
		notice("bad pages in block%s %s: once offline, Linux 6.5 and later cannot bring %s online again",
		       ranges_are_one(&blocks) ? "" : "s", text, ranges_are_one(&blocks) ? "it" : "them");
}

void plan_notices(const struct change_context *context, const struct memhp_plan *plan)
{
	const bool is_short = memhp_plan_available(plan) < memhp_plan_requested(plan);

	/* What an amount does not need is not worth a notice. */
	for (size_t i = 0; i < OPTION_COUNT(drivers); i++) {
		if (is_short)
			report_passed_drivers(context, plan, drivers[i]);
		if (context->action == MEMHP_ACTION_ONLINE && has_pending_of(plan, drivers[i]))
			report_driver(context, drivers[i]);
	}
	if (is_short)
		report_passed_blocks(context, plan, MEMHP_PASS_DMA);
	report_passed_blocks(context, plan, MEMHP_PASS_MISPLACED);
	if (context->action == MEMHP_ACTION_ONLINE)
		return;
	report_low(context, plan);
	report_pools(context, plan);
	report_poisoned(context, plan);
}
