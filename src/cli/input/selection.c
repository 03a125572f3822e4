/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From words to blocks of this machine: resolves a command's operands in its
 * snapshot, and tells what could not be read there.
 */
#include "selection.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"

/* Holes named in one line. */
#define HOLES_SHOWN 4

void selection_free(struct selection *selection)
{
	ranges_free(&selection->ids);
}

bool selection_has(const struct selection *selection, const struct memhp_block *block)
{
	return !selection->is_limited || ranges_have(&selection->ids, memhp_block_id(block));
}

int selection_parse(const struct words *words, const char *not_amount, struct operands *ret)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *problem = operand_parse(words->words[i], ret);

		if (!problem && ret->items[ret->count - 1].kind == OPERAND_AMOUNT)
			problem = not_amount;
		if (problem)
			return usage_error("'%s' %s", words->words[i], problem);
	}
	return EXIT_DONE;
}

int selection_check_amount(const char *prefix, const char *word, uint64_t amount, uint64_t block_size)
{
	const uint64_t lower = amount / block_size * block_size;
	char below[24], above[24];

	if (amount && amount == lower)
		return EXIT_DONE;
	exact_size_text(lower, below);
	exact_size_text(lower + block_size, above);
	if (!lower || lower > UINT64_MAX - block_size)
		return usage_error("%s'%s' is no multiple of the block size; the nearest size is %s",
				   prefix, word, lower ? below : above);
	return usage_error("%s'%s' is no multiple of the block size; the nearest sizes are %s and %s",
			   prefix, word, below, above);
}

/* takes_amounts: of a command for which chmem's users may have meant one. */
static int report_problem(enum resolve_problem problem, const struct operand *operand, bool takes_amounts)
{
	switch (problem) {
	case RESOLVE_DONE:
		return EXIT_DONE;
	case RESOLVE_NO_MEMORY:
		return library_error("operands", -ENOMEM);
	case RESOLVE_NO_SUCH_BLOCK:
		if (operand->kind == OPERAND_ADDRESSES)
			error("no block holds the address 0x%" PRIx64, operand->first);
		else if (operand->is_bare && takes_amounts)
			error("block %" PRIu64 " does not exist (for an amount write %" PRIu64 "M)",
			      operand->first, operand->first);
		else
			error("block %" PRIu64 " does not exist", operand->first);
		return EXIT_FAILED;
	case RESOLVE_NO_BLOCKS:
		if (operand->kind == OPERAND_ADDRESSES)
			error("no block lies in 0x%" PRIx64 "-0x%" PRIx64, operand->first, operand->last);
		else
			error("blocks %" PRIu64 "-%" PRIu64 " do not exist", operand->first, operand->last);
		return EXIT_FAILED;
	case RESOLVE_CUT_BLOCK:
		return usage_error("'%s' cuts a block; the whole blocks are 0x%" PRIx64 "-0x%" PRIx64,
				   operand->word, operand->first, operand->last);
	}
	return EXIT_FAILED;
}

static int report_holes(const struct ranges *holes)
{
	cleanup(cleanup_free) char *text = NULL;
	const bool is_one = ranges_are_one(holes);

	if (!holes->count)
		return EXIT_DONE;
	text = ranges_text(holes, HOLES_SHOWN);
	if (!text)
		return library_error("operands", -ENOMEM);
	notice("block%s %s do%s not exist", is_one ? "" : "s", text, is_one ? "es" : "");
	return EXIT_DONE;
}

static uint64_t *ids_of(const struct memhp_snapshot *snapshot)
{
	uint64_t *ids = calloc(memhp_snapshot_count(snapshot) + 1, sizeof(*ids));
	const struct memhp_block *block;
	size_t count = 0;

	if (ids)
		memhp_snapshot_foreach(snapshot, block)
			ids[count++] = memhp_block_id(block);
	return ids;
}

static enum resolve_problem find_operands(const struct operands *operands, const struct memhp_snapshot *snapshot,
					  bool whole_blocks, struct selection *ret, struct ranges *ret_holes,
					  struct operand *ret_failed)
{
	cleanup(cleanup_free) uint64_t *ids = ids_of(snapshot);
	const struct blocks_there there = {
		.ids = ids,
		.count = memhp_snapshot_count(snapshot),
		.block_size = memhp_snapshot_block_size(snapshot),
	};

	ret->is_limited = true;
	return ids ? operands_resolve(operands, &there, whole_blocks, &ret->ids, ret_holes, ret_failed) :
	       RESOLVE_NO_MEMORY;
}

int selection_find(const struct operands *operands, const struct memhp_snapshot *snapshot, struct selection *ret)
{
	cleanup(ranges_free) struct ranges holes = { 0 };
	struct operand failed = { 0 };
	enum resolve_problem problem = find_operands(operands, snapshot, false, ret, &holes, &failed);

	return problem == RESOLVE_NO_MEMORY ? report_problem(problem, &failed, false) : EXIT_DONE;
}

static int resolve_operands(const struct operands *operands, const struct memhp_snapshot *snapshot,
			    bool whole_blocks, struct selection *ret)
{
	cleanup(ranges_free) struct ranges holes = { 0 };
	struct operand failed = { 0 };
	enum resolve_problem problem = find_operands(operands, snapshot, whole_blocks, ret, &holes, &failed);

	return problem ? report_problem(problem, &failed, whole_blocks) : report_holes(&holes);
}

int selection_resolve(const struct operands *operands, const struct filters *filters,
		      const struct memhp_snapshot *snapshot, bool whole_blocks, struct selection *ret)
{
	uint64_t node = 0;

	if (filters_find_missing_node(filters, snapshot, &node)) {
		error("node %" PRIu64 " does not exist", node);
		return EXIT_FAILED;
	}
	return operands->count ? resolve_operands(operands, snapshot, whole_blocks, ret) : EXIT_DONE;
}

static void warn_of_invalid_ids(uint64_t count)
{
	if (count)
		warning("%" PRIu64 " memory block%s with a number beyond the address space left out",
			count, count == 1 ? "" : "s");
}

static const char *fault_text(const struct memhp_block *block, enum memhp_attr attr)
{
	return error_text(memhp_block_error(block, attr));
}

/* A block that a filter keeps out matters only where that filter rests on what is not known. */
static bool is_fault(const struct selection *selection, const struct filters *filters,
		     const struct memhp_block *block, enum memhp_attr attr)
{
	int r = memhp_block_error(block, attr);

	return r < 0 && r != -ENODATA && selection_has(selection, block) &&
	       (filters_pass(filters, block) || filters_attrs(filters) & attr);
}

int selection_report_faults(const struct selection *selection, const struct filters *filters,
			    const struct memhp_snapshot *snapshot, unsigned int attrs)
{
	/* Who names blocks does not ask for others. */
	const uint64_t invalid = selection->is_limited ? 0 : memhp_snapshot_invalid_ids(snapshot);
	const struct memhp_block *block, *first = NULL;
	enum memhp_attr first_attr = MEMHP_ATTR_STATE;
	uint64_t count = 0;

	warn_of_invalid_ids(invalid);
	memhp_snapshot_foreach(snapshot, block) {
		for (unsigned int bit = 1; bit && bit <= attrs; bit <<= 1) {
			enum memhp_attr attr = (enum memhp_attr)bit;

			if (!(attrs & bit) || !is_fault(selection, filters, block, attr))
				continue;
			if (!first) {
				first = block;
				first_attr = attr;
			}
			count++;
			detail("memory%" PRIu64 "/%s: %s", memhp_block_id(block), memhp_attr_name(attr),
			       fault_text(block, attr));
		}
	}
	if (!first)
		return invalid ? EXIT_PARTLY : EXIT_DONE;
	warning("%" PRIu64 " attribute%s could not be read or understood, first memory%" PRIu64 "/%s: %s",
		count, count == 1 ? "" : "s", memhp_block_id(first), memhp_attr_name(first_attr),
		fault_text(first, first_attr));
	return EXIT_PARTLY;
}
