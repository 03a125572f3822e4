/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sentences about numbers in another notation, and the snapshot that they need after
 * a usage error. reading.c finds the meanings; the callers print.
 */
#include "notation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../libmemhp/cleanup.h"
#include "../base/shortage.h"
#include "../base/text.h"

DEFINE_CLEANUP(struct memhp *, memhp_free)
DEFINE_CLEANUP(struct memhp_snapshot *, memhp_snapshot_free)

/* The blocks ------------------------------------------------------------------------ */

int blocks_there_begin(const struct memhp *memhp, const struct memhp_snapshot *snapshot, struct blocks_there *ret)
{
	uint64_t *ids = calloc(memhp_snapshot_count(snapshot) + 1, sizeof(*ids));
	const struct memhp_block *block;

	*ret = (struct blocks_there){
		.ids = ids,
		.block_size = memhp_snapshot_block_size(snapshot),
		.page_size = memhp_page_size(memhp),
	};
	if (!ids)
		return -ENOMEM;
	memhp_snapshot_foreach(snapshot, block)
		ids[ret->count++] = memhp_block_id(block);
	return 0;
}

void blocks_there_end(struct blocks_there *there)
{
	free((void *)there->ids);
	*there = (struct blocks_there){ 0 };
}

/* Without a message: the error that this is for is about something else. */
static int read_blocks(const struct globals *globals, struct blocks_there *ret)
{
	cleanup(cleanup_memhp_free) struct memhp *memhp = NULL;
	cleanup(cleanup_memhp_snapshot_free) struct memhp_snapshot *snapshot = NULL;
	int r = memhp_new(globals->sysroot, &memhp);

	if (r == 0)
		r = memhp_snapshot_take(memhp, 0, &snapshot);
	if (r == 0)
		r = blocks_there_begin(memhp, snapshot, ret);
	if (r == -ENOMEM)
		shortage_note();
	return r;
}

/* Sentences -------------------------------------------------------------------------- */

static const struct {
	const char *one, *many, *prefix;
	bool is_decimal;
} kinds[] = {
	[READING_ADDRESS] = { "address", "addresses", "", false },
	[READING_FRAME] = { "page frame", "page frames", "pfn:", false },
	[READING_BLOCK] = { "block", "blocks", "", true },
};

/* Two numbers of 64 bits; and these after "blocks ". */
#define NUMBERS_SIZE 48
#define BLOCKS_SIZE 64

static const char *range_text(const struct range *range, bool is_single, bool is_decimal, char ret[NUMBERS_SIZE])
{
	if (is_decimal && is_single)
		snprintf(ret, NUMBERS_SIZE, "%" PRIu64, range->first);
	else if (is_decimal)
		snprintf(ret, NUMBERS_SIZE, "%" PRIu64 "-%" PRIu64, range->first, range->last);
	else if (is_single)
		snprintf(ret, NUMBERS_SIZE, "0x%" PRIx64, range->first);
	else
		snprintf(ret, NUMBERS_SIZE, "0x%" PRIx64 "-0x%" PRIx64, range->first, range->last);
	return ret;
}

/* "block 40" or "blocks 40-47" */
static const char *blocks_text(const struct range *blocks, char ret[BLOCKS_SIZE])
{
	char numbers[NUMBERS_SIZE];
	const bool is_one = blocks->first == blocks->last;

	snprintf(ret, BLOCKS_SIZE, "block%s %s", is_one ? "" : "s", range_text(blocks, is_one, true, numbers));
	return ret;
}

static void print_only(FILE *stream, const struct reading *reading, bool is_new)
{
	const char *one = kinds[reading->kind].one, *many = kinds[reading->kind].many;
	char numbers[NUMBERS_SIZE], blocks[BLOCKS_SIZE];

	range_text(is_new ? &reading->addresses : &reading->numbers, reading->is_single, kinds[reading->kind].is_decimal,
		   numbers);
	if (!is_new && reading->is_there && reading->kind != READING_BLOCK)
		fprintf(stream, "; as %s%s, %s, %s in %s", reading->is_single && reading->kind == READING_ADDRESS ? "an " :
			reading->is_single ? "a " : "", reading->is_single ? one : many, numbers,
			reading->is_single ? "it is" : "they are", blocks_text(&reading->blocks, blocks));
	fprintf(stream, "; write %s%s", is_new ? "" : kinds[reading->kind].prefix, numbers);
}

/* "; write A if it is a decimal address (block 29) or B if it is a hexadecimal address (block 2048)" */
static void print_several(FILE *stream, const struct reading *readings, size_t count, bool is_new)
{
	char numbers[NUMBERS_SIZE], blocks[BLOCKS_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct reading *reading = &readings[i];

		range_text(is_new ? &reading->addresses : &reading->numbers, reading->is_single,
			   kinds[reading->kind].is_decimal, numbers);
		fprintf(stream, "%s%s%s if %s %s %s", i == 0 ? "; write " : i + 1 < count ? ", " : " or ",
			is_new ? "" : kinds[reading->kind].prefix, numbers, reading->is_single ? "it is a" : "they are",
			reading->is_hex ? "hexadecimal" : "decimal",
			reading->is_single ? kinds[reading->kind].one : kinds[reading->kind].many);
		if (!is_new)
			fprintf(stream, " (%s)", blocks_text(&reading->blocks, blocks));
	}
}

static char *hint_text(const char *text, const struct blocks_there *there, bool is_new)
{
	struct reading readings[READINGS_MAX];
	const size_t count = is_new ? readings_find_new(text, there, readings) : readings_find(text, there, readings);
	char *hint = NULL;
	size_t size = 0;
	FILE *stream = count ? text_open(&hint, &size) : NULL;

	if (!stream)
		return NULL;
	if (count == 1)
		print_only(stream, &readings[0], is_new);
	else
		print_several(stream, readings, count, is_new);
	return text_close(stream, &hint);
}

char *notation_hint(const char *text, const struct blocks_there *there)
{
	return hint_text(text, there, false);
}

char *notation_hint_operand(const struct operand *operand, const struct blocks_there *there)
{
	const struct range numbers = { operand->first, operand->last };
	char text[NUMBERS_SIZE];

	/* Without "pfn:", so that it may be an address. */
	return hint_text(range_text(&numbers, operand->is_single, !operand->is_hex, text), there, false);
}

/* Whether an item of a word is what is missed. */
static bool item_is_right(const char *item, bool is_new)
{
	cleanup(operands_free) struct operands operands = { 0 };

	return !operand_parse(item, &operands) && (!is_new || operands_count(&operands, OPERAND_ADDRESSES));
}

static char *hint_word(const struct globals *globals, const char *word, bool is_new)
{
	cleanup(blocks_there_end) struct blocks_there there = { 0 };
	cleanup(cleanup_free) char *copy = strdup(word);
	char *rest = copy, *item;

	if (!copy)
		shortage_note();
	if (!copy || read_blocks(globals, &there) < 0)
		return NULL;
	while ((item = strsep(&rest, ",")))
		if (!item_is_right(item, is_new))
			return hint_text(item, &there, is_new);
	return NULL;
}

char *notation_hint_word(const struct globals *globals, const char *word)
{
	return hint_word(globals, word, false);
}

char *notation_hint_new(const struct globals *globals, const char *word)
{
	return hint_word(globals, word, true);
}

/* Operands that may be meant otherwise -------------------------------------------------- */

char *notation_doubt(const struct operand *operand, const struct blocks_there *there)
{
	struct reading other;
	uint64_t block = 0;
	char *text = NULL;

	if (!readings_find_other(operand, there, &block, &other))
		return NULL;
	if (operand->kind == OPERAND_FRAMES)
		(void)text_asprintf(&text, "pfn:%" PRIu64 " is decimal, in block %" PRIu64 "; as a hexadecimal page frame it is in "
				    "block %" PRIu64 ": write pfn:0x%" PRIx64, operand->first, block, other.blocks.first,
				    other.numbers.first);
	else
		(void)text_asprintf(&text, "0x%" PRIx64 " is an address in block %" PRIu64 "; as a page frame it is in block %"
				    PRIu64 ": write pfn:0x%" PRIx64, operand->first, block, other.blocks.first, other.numbers.first);
	return text;
}

char *notation_ambiguity(const struct operand *operand, const struct blocks_there *there)
{
	struct reading other;
	uint64_t block = 0;
	char *text = NULL;

	if (!readings_find_other(operand, there, &block, &other))
		return NULL;
	if (operand->kind == OPERAND_FRAMES)
		(void)text_asprintf(&text, "is ambiguous; write pfn:0x%" PRIx64 " for the decimal page frame (block %" PRIu64 "), or "
				    "pfn:0x%" PRIx64 " for the hexadecimal one (block %" PRIu64 ")", operand->first, block,
				    other.numbers.first, other.blocks.first);
	else
		(void)text_asprintf(&text, "is ambiguous; write %" PRIu64 " for the block of the address, or pfn:0x%" PRIx64
				    " for the page frame (block %" PRIu64 ")", block, other.numbers.first, other.blocks.first);
	return text;
}

char *notation_hint_nodes(const char *word, bool is_single)
{
	cleanup(cleanup_free) char *numbers = numbers_suggest(word, UINT32_MAX);
	char *text = NULL;

	if (!numbers || (is_single && strpbrk(numbers, "-,")))
		return NULL;
	(void)text_asprintf(&text, "; write %s", numbers);
	return text;
}
