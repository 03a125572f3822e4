/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a plan means beyond its rows: how many blocks are likely to go offline, and which
 * are not, with the reason. The rows are plan-report.c's.
 */
#include "plan-notice.h"

#include <inttypes.h>
#include <stdio.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/options.h"
#include "../base/text.h"

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

void tally_close(const struct tally *tally, uint64_t blocks, const char *size)
{
	const char *before = ": ";

	if (blocks)
		printf("would try %" PRIu64 " block%s (%s)", blocks, blocks == 1 ? "" : "s", size);
	else
		printf("nothing to take offline");
	for (unsigned int kind = 0; kind < TALLY_NEVER; kind++) {
		tally_write(tally, (enum tally_kind)kind, before);
		before = tally->count[kind] ? ", " : before;
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
