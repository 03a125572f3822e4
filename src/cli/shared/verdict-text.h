/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a block can go offline, and what that rests on, in words.
 */
#ifndef MEMHP_VERDICT_TEXT_H
#define MEMHP_VERDICT_TEXT_H

#include "../../libmemhp/libmemhp.h"

/* Bytes of a block's pages of some kinds, which are the bits of kinds. */
uint64_t pages_bytes(const struct memhp_pages *pages, unsigned int kinds, uint64_t block_size);
/* Whether a block can go offline, by its pages too with a scan (which may be NULL). */
struct memhp_verdict verdict_of_block(const struct memhp_scan *scan, const struct memhp_block *block);
/* "likely", or NULL. */
const char *offlinable_name(enum memhp_offlinable offlinable);
/* "Movable, 4096 pages to migrate, 1.2G free elsewhere": what such a verdict rests on, or NULL. It may
 * stand in ret. */
const char *verdict_why_text(const struct memhp_scan *scan, const struct memhp_block *block,
			     const struct memhp_verdict *verdict, char *ret, size_t size);
/* "312 reserved pages": the same of several blocks, whose pages the verdict counts. */
const char *verdict_doubt_text(const struct memhp_verdict *verdict, char *ret, size_t size);

#endif
