/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: words of the command line as blocks, addresses or amounts; and which existing
 * blocks they mean.
 */
#ifndef MEMHP_OPERAND_H
#define MEMHP_OPERAND_H

#include "../base/ranges.h"

enum operand_kind {
	OPERAND_BLOCKS,      /* ids first..last */
	OPERAND_ADDRESSES,   /* physical addresses first..last */
	OPERAND_AMOUNT,      /* first bytes */
	OPERAND_ALL,
};

struct operand {
	enum operand_kind kind;
	const char *word;    /* the argument it comes from, borrowed */
	uint64_t first, last;
	bool is_single;      /* one number was written, not a range */
	bool is_bare;        /* without a prefix such as "memory" */
};

struct operands {
	struct operand *items;
	size_t count;
};
void operands_free(struct operands *operands);
/* How many are of the kind. */
size_t operands_count(const struct operands *operands, enum operand_kind kind);

/*
 * Adds what a word means: "40", "memory40", "32-47,9", "0x140000000", "2G", "all".
 * NULL, or what is wrong with the word (a static text, to follow "'word': ").
 */
const char *operand_parse(const char *word, struct operands *operands);
/* "0,2-3": decimal numbers and ranges up to max. NULL or what is wrong. */
const char *numbers_parse(const char *word, uint64_t max, struct ranges *ret);

/* The blocks that there are: ids ascending. */
struct blocks_there {
	const uint64_t *ids;
	size_t count;
	uint64_t block_size;
};

enum resolve_problem {
	RESOLVE_DONE = 0,
	RESOLVE_NO_MEMORY,
	RESOLVE_NO_SUCH_BLOCK,   /* of an operand that is single */
	RESOLVE_NO_BLOCKS,       /* of an operand that is a range */
	RESOLVE_CUT_BLOCK,       /* an address range ends within a block; ret_failed holds the whole blocks' range */
};

/*
 * The ids that the operands name and that there are; holes in the ranges go to
 * ret_holes. Amounts name nothing. With whole_blocks an address range must not
 * cut a block. On a problem ret_failed is the operand at fault.
 */
enum resolve_problem operands_resolve(const struct operands *operands, const struct blocks_there *there,
				      bool whole_blocks, struct ranges *ret_ids,
				      struct ranges *ret_holes, struct operand *ret_failed);

#endif
