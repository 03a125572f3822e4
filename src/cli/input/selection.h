/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blocks of this machine that the operands of a command name, and what could not
 * be read about them. Filters are in filter.h. What happens to the blocks is up to
 * the command.
 */
#ifndef MEMHP_SELECTION_H
#define MEMHP_SELECTION_H

#include "filter.h"

/* The blocks that the operands name, or all blocks if there are no operands. */
struct selection {
	bool is_limited;
	struct ranges ids;
};
void selection_free(struct selection *selection);
bool selection_has(const struct selection *selection, const struct memhp_block *block);

/* The functions below report errors and return an exit status. */

/* Parses the words into operands. not_amount: what to say about an amount where none is accepted, or NULL. */
int selection_parse(const struct globals *globals, const struct words *words, const char *not_amount,
		    struct operands *ret);
/* The error about a word with the problem of an operand; prefix begins it, such as "--add: ", hint ends it. */
int selection_refuse(const char *prefix, const char *word, const char *problem, const char *hint);
/* Checks that an amount is a positive multiple of the block size. prefix starts the message: "--add: " or "". */
int selection_check_amount(const char *prefix, const char *word, uint64_t amount, uint64_t block_size);
/* Resolves the operands and checks the nodes of the filters. Prints a notice about holes in ranges, and a warning
 * about each number that may be meant otherwise. */
int selection_resolve(const struct operands *operands, const struct filters *filters, struct memhp *memhp,
		      const struct memhp_snapshot *snapshot, bool whole_blocks, struct selection *ret);
/* Returns EXIT_PARTLY if an attribute of a requested block could not be read or understood. Prints
 * one warning, and with --verbose one line per attribute. */
int selection_report_faults(const struct selection *selection, const struct filters *filters,
			    const struct memhp_snapshot *snapshot, unsigned int attrs);

#endif
