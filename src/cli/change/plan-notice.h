/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is printed about a plan besides its rows: how many blocks can go offline, and
 * notices.
 */
#ifndef MEMHP_PLAN_NOTICE_H
#define MEMHP_PLAN_NOTICE_H

#include "../base/ranges.h"
#include "../shared/verdict-text.h"
#include "change-context.h"

/* How many blocks are likely to go offline, and why the others are not. */
enum tally_kind { TALLY_LIKELY, TALLY_UNLIKELY, TALLY_UNKNOWN, TALLY_NEVER, TALLY_KINDS };
#define TALLY_WHYS 8
struct tally {
	uint64_t count[TALLY_KINDS];                 /* blocks */
	const char *whys[TALLY_KINDS][TALLY_WHYS];   /* each once; static strings */
};
/* verdict: NULL if nothing is known. */
void tally_add(struct tally *tally, const struct memhp_verdict *verdict);
bool tally_is_empty(const struct tally *tally);
/* The last line of a plan to take offline. */
void tally_close(const struct tally *tally, uint64_t block_size);

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

void doubts_free(struct doubts *doubts);
void doubts_add(struct doubts *doubts, const struct memhp_block *block, const struct judgement *judgement);
/* Prints notices. */
void doubts_report(struct doubts *doubts);

/* Prints notices about what a plan passes over, and about what it means for the machine: memory below 4 GiB, huge
 * pages, and drivers that add more. */
void plan_notices(const struct change_context *context, const struct memhp_plan *plan);

#endif
