/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a number may mean that a person took from an error report, a log or another
 * program, in notations that operands do not have: addresses in decimal or without 0x,
 * page frames. notation.h has the sentences about it.
 */
#ifndef MEMHP_READING_H
#define MEMHP_READING_H

#include "operand.h"

enum reading_kind { READING_ADDRESS, READING_FRAME, READING_BLOCK };

/* One meaning of a number or range. */
struct reading {
	struct range numbers;        /* addresses, page frames or blocks */
	struct range addresses;
	struct range blocks;         /* if is_there: the first and the last existing block of it */
	enum reading_kind kind;
	bool is_hex, is_single, is_there;
};
#define READINGS_MAX 6

/*
 * Finds the meanings of a text such as "473047662528", "9ce494000", "140000000-17fffffff", "page:0x9ce494"
 * or "0x1727813:". A meaning counts if there are such blocks, unless it is in the first block: small
 * numbers are rarely addresses. Where the notation leaves one meaning only, it counts anyway. Returns their number.
 */
size_t readings_find(const char *text, const struct blocks_there *there, struct reading ret[READINGS_MAX]);
/* The same for memory that does not exist yet: a meaning counts if it covers whole blocks. */
size_t readings_find_new(const char *text, const struct blocks_there *there, struct reading ret[READINGS_MAX]);
/*
 * An operand may be right, but its number copied from where it means something else: an address that does not
 * begin a page may be a page frame, decimal digits of a page frame may be hexadecimal. Finds this other meaning
 * if it is in another block that exists; *ret_block is the block of the operand itself.
 */
bool readings_find_other(const struct operand *operand, const struct blocks_there *there, uint64_t *ret_block,
			 struct reading *ret);

/* "0,2-3" for "0x0,0x2-0x3" or "node0,node2-3": decimal numbers up to max, which the caller frees. NULL: it is
 * neither. */
char *numbers_suggest(const char *word, uint64_t max);

#endif
