/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts for verdicts: whether a block can go offline, and why. Used by list and by
 * plans. The verdicts come from the library, the scans from scanning.c.
 */
#ifndef MEMHP_VERDICT_TEXT_H
#define MEMHP_VERDICT_TEXT_H

#include "../../libmemhp/libmemhp.h"

/* The number of kinds of pages that the library knows. */
#define PAGE_KINDS_MAX 32
unsigned int page_kind_count(void);
/* All pages of a block together are its size. */
uint64_t pages_total_count(const struct memhp_pages *pages);
/* The bytes of some kinds of pages in a block. kinds: one bit per kind. */
uint64_t pages_bytes(const struct memhp_pages *pages, unsigned int kinds, uint64_t block_size);
/* Whether a block can go offline, or adjacent blocks that agree in that: then every figure is that of all of them. */
struct judgement {
	struct memhp_verdict verdict;
	uint64_t huge;         /* bytes of huge pages */
	uint64_t free;         /* bytes of free pages */
	uint64_t poisoned;     /* pages */
	bool is_movable;
	bool is_stranded;      /* stays until the next boot */
};
/* Judges a block. Uses its pages too unless scan is NULL. */
struct judgement judge_block(const struct memhp_scan *scan, const struct memhp_block *block);
/* Adds a block that agrees with the others in the verdict and in its reason. */
void judgement_add(struct judgement *sum, const struct judgement *other);
/* "Movable, 4096 pages to migrate, 1.2G free elsewhere": what the verdict is based on, or NULL. The
 * text may be stored in ret. */
const char *judgement_why(const struct judgement *judgement, char *ret, size_t size);
/* "pages to migrate": a few words without numbers, so that blocks agree; or NULL. A static string. */
const char *verdict_brief_text(const struct memhp_verdict *verdict);
/* "312 reserved pages": a shorter reason, for a notice about blocks. */
const char *judgement_doubt(const struct judgement *judgement, char *ret, size_t size);

#endif
