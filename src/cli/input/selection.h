/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From words to blocks of this machine, and what could not be read of these.
 */
#ifndef MEMHP_SELECTION_H
#define MEMHP_SELECTION_H

#include "filter.h"

/* The blocks that a command's operands name; all when there are no operands. */
struct selection {
	bool is_limited;
	struct ranges ids;
};
void selection_free(struct selection *selection);
bool selection_has(const struct selection *selection, const struct memhp_block *block);

/* The functions below say what is wrong and return an exit status. */

/* Words as operands; not_amount: what is wrong with an amount, where none is taken, or NULL. */
int selection_parse(const struct words *words, const char *not_amount, struct operands *ret);
/* An amount must be some whole blocks; prefix: of the message, "--add: " or "". */
int selection_check_amount(const char *prefix, const char *word, uint64_t amount, uint64_t block_size);
/* What operands and filters mean on this machine; holes in ranges are told. */
int selection_resolve(const struct operands *operands, const struct filters *filters,
		      const struct memhp_snapshot *snapshot, bool whole_blocks, struct selection *ret);
/* The same without a word about what does not exist. */
int selection_find(const struct operands *operands, const struct memhp_snapshot *snapshot, struct selection *ret);
/* One warning and EXIT_PARTLY when attributes of blocks that are asked for are unreadable or garbage;
 * with --verbose a line for each. */
int selection_report_faults(const struct selection *selection, const struct filters *filters,
			    const struct memhp_snapshot *snapshot, unsigned int attrs);

#endif
