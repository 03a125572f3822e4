/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: blocks, ranges, addresses, page frames and amounts on the command line, and
 * the existing blocks that they name. selection.c applies them to a snapshot and prints
 * the messages. What a word in another notation may mean is in reading.h.
 */
#ifndef MEMHP_OPERAND_H
#define MEMHP_OPERAND_H

#include "../base/ranges.h"

enum operand_kind {
	OPERAND_BLOCKS,      /* block ids first..last */
	OPERAND_ADDRESSES,   /* physical addresses first..last */
	OPERAND_FRAMES,      /* page frames first..last */
	OPERAND_AMOUNT,      /* first: bytes */
	OPERAND_SHARE,       /* first/last of the blocks that other operands and filters leave */
	OPERAND_ALL,
};

struct operand {
	enum operand_kind kind;
	const char *word;    /* the argument that it comes from, borrowed */
	uint64_t first, last;
	bool is_single;      /* one number, not a range */
	bool is_bare;        /* without the prefix "memory" */
	bool is_hex;         /* written with 0x */
};

struct operands {
	struct operand *items;
	size_t count;
};
void operands_free(struct operands *operands);
/* The count of operands of this kind. */
size_t operands_count(const struct operands *operands, enum operand_kind kind);
/* Whether any of them names blocks: by number, address or page frame. */
bool operands_name_blocks(const struct operands *operands);
/* The count of amounts and shares. */
size_t operands_count_amounts(const struct operands *operands);

/*
 * Parses a word and adds its operands: "40", "memory40", "32-47,9", "0x140000000",
 * "pfn:0x140000", "2G" or "all". Returns NULL, or what is wrong with the word: a static text that
 * follows "'word': ".
 */
const char *operand_parse(const char *word, struct operands *operands);
/* How many of so many blocks a share is: rounded down, but at least one if there is any. */
uint64_t operand_share_of(const struct operand *operand, uint64_t count);
/* The problem of "2GB", which may mean a power of 1000. */
extern const char operand_ambiguous_unit[];
/* The problem of a word that is nothing of all this, where no amount is allowed. */
extern const char operand_not_a_block[];
/* The same where no amount is allowed: the problem of any amount is not_amount. */
const char *operand_parse_blocks(const char *word, const char *not_amount, struct operands *operands);
/* An amount alone, in bytes. */
const char *operand_parse_size(const char *word, uint64_t *ret);
/* "0,2-3": decimal numbers and ranges up to max. NULL or what is wrong. */
const char *numbers_parse(const char *word, uint64_t max, struct ranges *ret);

/* The blocks that exist, by ascending id. */
struct blocks_there {
	const uint64_t *ids;
	size_t count;
	uint64_t block_size, page_size;
};
/* The first and the last existing block from first to last. false: there is none. */
bool blocks_there_find(const struct blocks_there *there, uint64_t first, uint64_t last, struct range *ret);

enum resolve_problem {
	RESOLVE_DONE = 0,
	RESOLVE_NO_MEMORY,
	RESOLVE_NO_SUCH_BLOCK,   /* of an operand that is single */
	RESOLVE_NO_BLOCKS,       /* a whole range */
	RESOLVE_CUT_BLOCK,       /* an address range ends within a block; ret_failed holds the whole blocks' range */
	RESOLVE_TOO_LARGE,       /* the address of a page frame exceeds 64 bits */
};

/*
 * Finds the existing blocks that the operands name. Missing blocks within a range go
 * to ret_holes. Amounts name no block. With whole_blocks a range of addresses or page
 * frames must not cut a block. If there is a problem, *ret_failed is the operand at fault.
 */
enum resolve_problem operands_resolve(const struct operands *operands, const struct blocks_there *there,
				      bool whole_blocks, struct ranges *ret_ids,
				      struct ranges *ret_holes, struct operand *ret_failed);
/* Whether an operand names this block, if it exists. */
bool operand_covers(const struct operand *operand, const struct blocks_there *there, uint64_t id);

#endif
