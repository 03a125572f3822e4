/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMHP_OPERAND_H
#define MEMHP_OPERAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers from first to last, both included. */
struct range {
	uint64_t first, last;
};

/* A set of numbers: ranges that ascend and do not touch. */
struct ranges {
	struct range *items;
	size_t count;
};
void ranges_free(struct ranges *ranges);
/* Adds a range anywhere; ranges_sort() makes a set of it again. Both 0 or -ENOMEM. */
int ranges_add(struct ranges *ranges, uint64_t first, uint64_t last);
void ranges_sort(struct ranges *ranges);
bool ranges_have(const struct ranges *ranges, uint64_t number);
/* "8-31, 40"; at most so many ranges, then "and 3 more ranges". The caller frees it. */
char *ranges_text(const struct ranges *ranges, size_t most);
/* Whether they hold one number. */
bool ranges_are_one(const struct ranges *ranges);

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
/* Whether one is of the kind. */
bool operands_have(const struct operands *operands, enum operand_kind kind);

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
