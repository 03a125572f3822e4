/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resolves the operands of a command to blocks in a snapshot, and reports attributes
 * of these blocks that could not be read. Parsing is left to operand.c, filtering to
 * filter.c.
 */
#include "selection.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/message.h"
#include "../base/text.h"
#include "../base/unread.h"
#include "notation.h"

/* A message names at most this many holes. */
#define HOLES_SHOWN 4

void selection_free(struct selection *selection)
{
	ranges_free(&selection->ids);
}

bool selection_has(const struct selection *selection, const struct memhp_block *block)
{
	return !selection->is_limited || ranges_have(&selection->ids, memhp_block_id(block));
}

int selection_refuse(const char *prefix, const char *word, const char *problem, const char *hint)
{
	/* Without its "B" the unit is right. */
	if (problem == operand_ambiguous_unit)
		return usage_error("%s'%s' %s; write %.*s", prefix, word, problem, (int)strlen(word) - 1, word);
	return usage_error("%s'%s' %s%s", prefix, word, problem, hint);
}

int selection_parse(const struct globals *globals, const struct words *words, const char *not_amount,
		    struct operands *ret)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->words[i];
		const char *problem = not_amount ? operand_parse_blocks(word, not_amount, ret) : operand_parse(word, ret);

		if (problem) {
			cleanup(cleanup_free) char *hint = *words->hints[i] ? NULL : notation_hint_word(globals, word);

			return selection_refuse("", word, problem, hint ? hint : words->hints[i]);
		}
	}
	return EXIT_DONE;
}

int selection_check_amount(const char *prefix, const char *word, uint64_t amount, uint64_t block_size)
{
	const uint64_t lower = amount / block_size * block_size;
	char below[24], above[24], size[24];

	if (amount && amount == lower)
		return EXIT_DONE;
	exact_size_text(lower, below);
	exact_size_text(lower + block_size, above);
	exact_size_text(block_size, size);
	if (!amount)
		return usage_error("%s'%s' is zero; the smallest size is %s", prefix, word, size);
	if (!lower || lower > UINT64_MAX - block_size)
		return usage_error("%s'%s' is not a multiple of the block size (%s); the nearest size is %s",
				   prefix, word, size, lower ? below : above);
	return usage_error("%s'%s' is not a multiple of the block size (%s); the nearest sizes are %s and %s",
			   prefix, word, size, below, above);
}

/* Whether an amount of as many MiB, which is what a bare number means to chmem, would be taken. */
static bool is_amount_in_mib(const struct operand *operand, const struct operands *operands,
			     const struct blocks_there *there)
{
	const uint64_t size = there->block_size, mib = operand->first;

	return operand->is_bare && operands->count == 1 && mib && mib <= there->count * (size >> 20) &&
	       (mib << 20) % size == 0;
}

/* What is not there. hint ends the message. */
static void report_missing(const struct operand *operand, bool suggests_amount, const char *hint)
{
	static const char *const names[] = { [OPERAND_ADDRESSES] = "address", [OPERAND_FRAMES] = "page frame" };

	if (operand->kind == OPERAND_ADDRESSES || operand->kind == OPERAND_FRAMES)
		error("no block contains the %s 0x%" PRIx64 "%s", names[operand->kind], operand->first, hint);
	else if (suggests_amount)
		error("block %" PRIu64 " does not exist; for an amount write %" PRIu64 "M%s", operand->first, operand->first, hint);
	else
		error("block %" PRIu64 " does not exist%s", operand->first, hint);
}

static void report_missing_range(const struct operand *operand, const char *hint)
{
	if (operand->kind == OPERAND_BLOCKS)
		error("blocks %" PRIu64 "-%" PRIu64 " do not exist%s", operand->first, operand->last, hint);
	else
		error("no block lies in the range %s0x%" PRIx64 "-0x%" PRIx64 "%s",
		      operand->kind == OPERAND_FRAMES ? "pfn:" : "", operand->first, operand->last, hint);
}

/* suggests_amount: the number may have been meant as one. */
static int report_problem(enum resolve_problem problem, const struct operand *operand, bool suggests_amount,
			  const char *hint)
{
	switch (problem) {
	case RESOLVE_DONE:
		return EXIT_DONE;
	case RESOLVE_NO_MEMORY:
		return library_error("operands", -ENOMEM);
	case RESOLVE_NO_SUCH_BLOCK:
		report_missing(operand, suggests_amount, hint);
		return EXIT_FAILED;
	case RESOLVE_NO_BLOCKS:
		report_missing_range(operand, hint);
		return EXIT_FAILED;
	case RESOLVE_CUT_BLOCK:
		return usage_error("'%s' covers only part of a block; write %s0x%" PRIx64 "-0x%" PRIx64 " for whole blocks",
				   operand->word, operand->kind == OPERAND_FRAMES ? "pfn:" : "", operand->first, operand->last);
	case RESOLVE_TOO_LARGE:
		return usage_error("'%s' does not fit into 64 bits as an address", operand->word);
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

static void warn_of_doubts(const struct operands *operands, const struct blocks_there *there)
{
	for (size_t i = 0; i < operands->count; i++) {
		cleanup(cleanup_free) char *doubt = notation_doubt(&operands->items[i], there);

		if (doubt)
			warning("%s", doubt);
	}
}

/* Commands that change whole blocks take amounts, too. */
static int resolve_operands(const struct operands *operands, const struct blocks_there *there, bool whole_blocks,
			    struct selection *ret)
{
	cleanup(ranges_free) struct ranges holes = { 0 };
	cleanup(cleanup_free) char *hint = NULL;
	struct operand failed = { 0 };
	enum resolve_problem problem = operands_resolve(operands, there, whole_blocks, &ret->ids, &holes, &failed);

	ret->is_limited = true;
	if (problem == RESOLVE_NO_SUCH_BLOCK || problem == RESOLVE_NO_BLOCKS)
		hint = notation_hint_operand(&failed, there);
	if (problem)
		return report_problem(problem, &failed, whole_blocks && is_amount_in_mib(&failed, operands, there),
				      hint ? hint : "");
	warn_of_doubts(operands, there);
	return report_holes(&holes);
}

int selection_resolve(const struct operands *operands, const struct filters *filters, struct memhp *memhp,
		      const struct memhp_snapshot *snapshot, bool whole_blocks, struct selection *ret)
{
	cleanup(blocks_there_end) struct blocks_there there = { 0 };
	uint64_t node = 0;
	int status;

	if (filters_find_missing_node(filters, snapshot, &node)) {
		error("node %" PRIu64 " does not exist", node);
		return EXIT_FAILED;
	}
	status = filter_check_devices(filters, memhp, snapshot);
	if (status != EXIT_DONE || !operands->count)
		return status;
	return blocks_there_begin(memhp, snapshot, &there) < 0 ? library_error("operands", -ENOMEM) :
	       resolve_operands(operands, &there, whole_blocks, ret);
}

static void warn_of_invalid_ids(uint64_t count)
{
	if (count)
		unread_note("sys/devices/system/memory", EBADMSG);
	if (count)
		warning("skipped %" PRIu64 " memory block%s whose number is beyond the address space",
			count, count == 1 ? "" : "s");
}

/* A block that a filter leaves out counts only if the filter depends on the attribute that could not be read. */
static bool is_fault(const struct selection *selection, const struct filters *filters,
		     const struct memhp_block *block, enum memhp_attr attr)
{
	int r = memhp_block_error(block, attr);

	return r < 0 && r != -ENODATA && selection_has(selection, block) &&
	       (filters_pass(filters, block) || filters_attrs(filters) & attr);
}

/* The same error of the same attribute, and the blocks that have it. */
struct fault {
	enum memhp_attr attr;
	int code;
	struct ranges blocks;
};

struct faults {
	struct fault *items;
	size_t count;
	uint64_t attributes;             /* in all */
};

static void faults_free(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		ranges_free(&faults->items[i].blocks);
	free(faults->items);
}

static int faults_add(struct faults *faults, const struct memhp_block *block, enum memhp_attr attr)
{
	const uint64_t id = memhp_block_id(block);
	const int code = memhp_block_error(block, attr);
	struct fault *items, *fault = faults->items;

	while (fault && fault < faults->items + faults->count && (fault->attr != attr || fault->code != code))
		fault++;
	if (fault == faults->items + faults->count) {
		items = reallocarray(faults->items, faults->count + 1, sizeof(*items));
		if (!items)
			return -ENOMEM;
		faults->items = items;
		fault = &items[faults->count++];
		*fault = (struct fault){ .attr = attr, .code = code };
	}
	faults->attributes++;
	unread_note_attribute(block, attr);
	return ranges_add(&fault->blocks, id, id);
}

/* The first fault found is that of the lowest block. */
static void report_faults(const struct faults *faults)
{
	const struct fault *first = faults->items;

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		cleanup(cleanup_free) char *blocks = ranges_text(&fault->blocks, SIZE_MAX);

		if (ranges_are_one(&fault->blocks))
			detail("memory%s/%s: %s", blocks ? blocks : "", memhp_attr_name(fault->attr), error_text(fault->code));
		else
			detail("%s of blocks %s: %s", memhp_attr_name(fault->attr), blocks ? blocks : "",
			       error_text(fault->code));
	}
	warning("cannot read or parse %" PRIu64 " attribute%s, first memory%" PRIu64 "/%s: %s", faults->attributes,
		faults->attributes == 1 ? "" : "s", first->blocks.items[0].first, memhp_attr_name(first->attr),
		error_text(first->code));
}

int selection_report_faults(const struct selection *selection, const struct filters *filters,
			    const struct memhp_snapshot *snapshot, unsigned int attrs)
{
	/* A user who names blocks did not request these. */
	const uint64_t invalid = selection->is_limited ? 0 : memhp_snapshot_invalid_ids(snapshot);
	cleanup(faults_free) struct faults faults = { 0 };
	const struct memhp_block *block;

	warn_of_invalid_ids(invalid);
	memhp_snapshot_foreach(snapshot, block) {
		for (unsigned int bit = 1; bit && bit <= attrs; bit <<= 1) {
			enum memhp_attr attr = (enum memhp_attr)bit;

			if (attrs & bit && is_fault(selection, filters, block, attr) &&
			    faults_add(&faults, block, attr) < 0)
				return library_error("attributes", -ENOMEM);
		}
	}
	if (!faults.count)
		return invalid ? EXIT_PARTLY : EXIT_DONE;
	report_faults(&faults);
	return EXIT_PARTLY;
}
