/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What messages say about numbers in another notation: which block they would be in, and
 * what to write.
 */
#ifndef MEMHP_NOTATION_H
#define MEMHP_NOTATION_H

#include "../../libmemhp/libmemhp.h"
#include "../command.h"
#include "reading.h"

/* The blocks of a snapshot, for operands. Returns 0 or -ENOMEM. */
int blocks_there_begin(const struct memhp *memhp, const struct memhp_snapshot *snapshot, struct blocks_there *ret);
void blocks_there_end(struct blocks_there *there);

/* The caller frees the texts. NULL: there is nothing to say, or no memory, which is noted. */

/* "; as an address, 0x6e24000000, it is in block 3524; write 0x6e24000000" for a text that names no block. */
char *notation_hint(const char *text, const struct blocks_there *there);
/* The same for an operand, such as a block that does not exist. */
char *notation_hint_operand(const struct operand *operand, const struct blocks_there *there);
/* The same for the first wrong item of a word. Takes a snapshot of its own; NULL if that fails. */
char *notation_hint_word(const struct globals *globals, const char *word);
/* "; write 0x140000000" for the first item of a word that is not an address, where memory is added. */
char *notation_hint_new(const struct globals *globals, const char *word);
/* "0x9ce494 is an address in block 0; as a page frame it is in block 78: write pfn:0x9ce494" */
char *notation_doubt(const struct operand *operand, const struct blocks_there *there);
/* "is ambiguous; write 0 for the address, or pfn:0x9ce494 for the page frame (block 78)" */
char *notation_ambiguity(const struct operand *operand, const struct blocks_there *there);
/* "; write 0,2-3" for numbers of nodes that numbers_parse() refused; is_single: only one is accepted. */
char *notation_hint_nodes(const char *word, bool is_single);

#endif
