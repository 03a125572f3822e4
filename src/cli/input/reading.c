/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the meanings of numbers in other notations. Pure: of the machine it knows only
 * the list of blocks and the sizes that the caller passes. What is said about a meaning
 * is left to notation.c.
 */
#include "reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../libmemhp/cleanup.h"
#include "../../libmemhp/number.h"
#include "../base/shortage.h"
#include "../base/text.h"

/* Splitting --------------------------------------------------------------------- */

/* What may stand before a number. EDAC prints "page:0x9ce494", traces of errors "address:0x9ce494000". */
static const struct label {
	const char *name, *separators;
	enum reading_kind kind;
} labels[] = {
	{ "memory", NULL, READING_BLOCK },
	{ "pfn", ":=", READING_FRAME },
	{ "page", ":=", READING_FRAME },
	{ "address", ":=", READING_ADDRESS },
	{ "addr", ":=", READING_ADDRESS },
};

struct digits {
	const char *text;
	size_t length;
	bool has_0x;
};

/* A text, split. */
struct notation {
	const struct label *label;       /* or NULL */
	struct digits first, last;
	bool is_single;
};

static const struct label *take_label(const char **text)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const size_t length = strlen(labels[i].name);
		const char *end = *text + length;

		if (strncasecmp(*text, labels[i].name, length) != 0 ||
		    (labels[i].separators && (!*end || !strchr(labels[i].separators, *end))))
			continue;
		*text = end + (labels[i].separators ? 1 : 0);
		return &labels[i];
	}
	return NULL;
}

static bool take_digits(const char **text, struct digits *ret)
{
	ret->has_0x = (*text)[0] == '0' && ((*text)[1] == 'x' || (*text)[1] == 'X');
	ret->text = *text + (ret->has_0x ? 2 : 0);
	ret->length = strspn(ret->text, "0123456789abcdefABCDEF");
	*text = ret->text + ret->length;
	return ret->length > 0;
}

static bool notation_split(const char *text, struct notation *ret)
{
	ret->label = take_label(&text);
	if (!take_digits(&text, &ret->first))
		return false;
	ret->last = ret->first;
	ret->is_single = *text != '-';
	if (*text == '-') {
		const struct label *again;

		text++;
		again = take_label(&text);
		if ((again && again != ret->label) || !take_digits(&text, &ret->last))
			return false;
	}
	/* "Memory failure: 0x1727813: recovery action for ..." */
	text += *text == ':';
	return !*text;
}

/* Meanings ----------------------------------------------------------------------- */

/* The kernel prints page frames with at least so many digits in most places. Shorter numbers without any
 * mark are mistyped blocks. */
#define FRAME_DIGITS 5

static bool are_decimal(const struct digits *digits)
{
	return !digits->has_0x && strspn(digits->text, "0123456789") >= digits->length;
}

static bool read_numbers(const struct notation *notation, bool is_hex, struct range *ret)
{
	const unsigned int base = is_hex ? 16 : 10;

	if (!is_hex && (!are_decimal(&notation->first) || !are_decimal(&notation->last)))
		return false;
	return number_parse(notation->first.text, notation->first.length, base, &ret->first) == 0 &&
	       number_parse(notation->last.text, notation->last.length, base, &ret->last) == 0 &&
	       ret->first <= ret->last;
}

/* Reads the text in one of the ways. false: it cannot be read in that way. */
static bool read_as(const struct notation *notation, enum reading_kind kind, bool is_hex,
		    const struct blocks_there *there, struct reading *ret)
{
	const uint64_t unit = kind == READING_FRAME ? there->page_size : kind == READING_BLOCK ? there->block_size : 1;

	*ret = (struct reading){ .kind = kind, .is_hex = is_hex, .is_single = notation->is_single };
	/* Nothing prints the numbers of blocks in hexadecimal without 0x. */
	if (kind == READING_BLOCK && is_hex != notation->first.has_0x)
		return false;
	if (kind == READING_FRAME && !notation->label && !notation->first.has_0x && notation->first.length < FRAME_DIGITS)
		return false;
	if (!read_numbers(notation, is_hex, &ret->numbers) || ret->numbers.last > UINT64_MAX / unit)
		return false;
	ret->addresses = (struct range){ ret->numbers.first * unit, ret->numbers.last * unit + (unit - 1) };
	ret->is_there = blocks_there_find(there, ret->addresses.first / there->block_size,
					  ret->addresses.last / there->block_size, &ret->blocks);
	return true;
}

static bool is_in_use(const struct reading *reading, const struct blocks_there *there)
{
	return reading->is_there && (reading->kind == READING_BLOCK || reading->addresses.last >= there->block_size);
}

static bool may_be_added(const struct reading *reading, const struct blocks_there *there)
{
	const uint64_t size = there->block_size, first = reading->addresses.first;

	return reading->kind != READING_BLOCK && first >= size && first % size == 0 &&
	       (reading->is_single || reading->addresses.last % size == size - 1);
}

typedef bool (*reading_fn)(const struct reading *reading, const struct blocks_there *there);

/* Adds the meanings of one kind that count. */
static size_t add_kind(const struct notation *notation, enum reading_kind kind, const struct blocks_there *there,
		       reading_fn counts, struct reading *ret)
{
	size_t count = 0;

	for (int is_hex = 0; is_hex <= 1; is_hex++)
		if (read_as(notation, kind, is_hex, there, &ret[count]) && counts(&ret[count], there))
			count++;
	return count;
}

static size_t find_readings(const char *text, const struct blocks_there *there, reading_fn counts,
			    struct reading ret[READINGS_MAX])
{
	/* A page frame of memory that does not exist yet cannot be known. */
	const enum reading_kind last = counts == is_in_use ? READING_FRAME : READING_ADDRESS;
	struct notation notation;
	size_t count = 0;

	if (!notation_split(text, &notation))
		return 0;
	if (notation.label)
		count = add_kind(&notation, notation.label->kind, there, counts, ret);
	if (!count && notation.label && notation.label->separators)
		return counts == is_in_use && notation.first.has_0x && read_as(&notation, notation.label->kind, true, there, ret);
	/* "memory0x140000000", too. */
	for (unsigned int kind = READING_ADDRESS; kind <= last && (!notation.label || !count); kind++)
		count += add_kind(&notation, (enum reading_kind)kind, there, counts, ret + count);
	return count;
}

size_t readings_find(const char *text, const struct blocks_there *there, struct reading ret[READINGS_MAX])
{
	return find_readings(text, there, is_in_use, ret);
}

size_t readings_find_new(const char *text, const struct blocks_there *there, struct reading ret[READINGS_MAX])
{
	return find_readings(text, there, may_be_added, ret);
}

bool readings_find_other(const struct operand *operand, const struct blocks_there *there, uint64_t *ret_block,
			 struct reading *ret)
{
	const bool is_frame = operand->kind == OPERAND_FRAMES;
	struct notation notation = { .label = labels, .is_single = true };
	char text[24];

	if (!operand->is_single || (is_frame ? operand->is_hex || operand->first > UINT64_MAX / there->page_size :
				    operand->kind != OPERAND_ADDRESSES || operand->first % there->page_size == 0))
		return false;
	snprintf(text, sizeof(text), is_frame ? "%" PRIu64 : "%" PRIx64, operand->first);
	notation.first = notation.last = (struct digits){ text, strlen(text), false };
	*ret_block = operand->first * (is_frame ? there->page_size : 1) / there->block_size;
	return read_as(&notation, READING_FRAME, true, there, ret) && is_in_use(ret, there) &&
	       ret->blocks.first != *ret_block;
}

/* Nodes ---------------------------------------------------------------------------- */

/* Adds "2-3" to "0". false: the item is neither a number nor a range, or there is no memory. */
static bool suggest_item(const char *item, uint64_t max, char **text)
{
	struct notation notation;
	struct range numbers;
	char dash[24] = "", *longer = NULL;

	if (strncasecmp(item, "node", 4) == 0)
		item += 4;
	if (!notation_split(item, &notation) || notation.label ||
	    !read_numbers(&notation, notation.first.has_0x, &numbers) || numbers.last > max)
		return false;
	if (!notation.is_single)
		snprintf(dash, sizeof(dash), "-%" PRIu64, numbers.last);
	(void)text_asprintf(&longer, "%s%s%" PRIu64 "%s", *text ? *text : "", *text ? "," : "", numbers.first, dash);
	free(*text);
	*text = longer;
	return longer;
}

char *numbers_suggest(const char *word, uint64_t max)
{
	cleanup(cleanup_free) char *copy = strdup(word);
	cleanup(cleanup_free) char *text = NULL;
	char *rest = copy, *item;

	if (!copy)
		shortage_note();
	while ((item = strsep(&rest, ",")))
		if (!suggest_item(item, max, &text))
			return NULL;
	return take_ptr(text);
}
