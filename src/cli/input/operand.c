/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses operands: blocks, ranges, addresses, page frames, amounts, shares, all. Pure: no input and
 * no output. Which blocks they name is decided in operand-resolve.c.
 */
#include "operand.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../libmemhp/number.h"
#include "../base/shortage.h"

static const char operand_unknown[] = "is not a block, range, address or amount";
const char operand_not_a_block[] = "is not a block, range or address";
const char operand_ambiguous_unit[] = "has an ambiguous unit: amounts are powers of 1024";
static const char too_large[] = "does not fit into 64 bits";
static const char reversed[] = "is a reversed range";
static const char empty_item[] = "has an empty item";
static const char mixed[] = "mixes block numbers and addresses";
/* A problem that usage_error() does not print: main() does. */
static const char *lacks_memory(void)
{
	shortage_note();
	return "out of memory";
}

void operands_free(struct operands *operands)
{
	free(operands->items);
	*operands = (struct operands){ 0 };
}

size_t operands_count(const struct operands *operands, enum operand_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < operands->count; i++)
		count += operands->items[i].kind == kind;
	return count;
}

size_t operands_count_amounts(const struct operands *operands)
{
	return operands_count(operands, OPERAND_AMOUNT) + operands_count(operands, OPERAND_SHARE);
}

bool operands_name_blocks(const struct operands *operands)
{
	return operands_count(operands, OPERAND_BLOCKS) || operands_count(operands, OPERAND_ADDRESSES) ||
	       operands_count(operands, OPERAND_FRAMES);
}

static const char *operands_add(struct operands *operands, const struct operand *operand)
{
	struct operand *items = reallocarray(operands->items, operands->count + 1, sizeof(*items));

	if (!items)
		return lacks_memory();
	operands->items = items;
	operands->items[operands->count++] = *operand;
	return NULL;
}

/* Parses a number in a list: decimal, or hexadecimal after 0x, which makes it an address. */
static const char *parse_number(const char *text, size_t length, bool *ret_is_hex, uint64_t *ret)
{
	bool is_hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	int r = number_parse(text + (is_hex ? 2 : 0), length - (is_hex ? 2 : 0), is_hex ? 16 : 10, ret);

	*ret_is_hex = is_hex;
	return r == -ERANGE ? too_large : r < 0 ? operand_unknown : NULL;
}

/* Parses "7" or "4-9". Both ends must have the same notation. */
static const char *parse_range(const char *text, size_t length, struct operand *ret)
{
	const char *dash = memchr(text, '-', length);
	size_t first_length = dash ? (size_t)(dash - text) : length;
	bool first_is_hex = false, last_is_hex = false;
	const char *problem = parse_number(text, first_length, &first_is_hex, &ret->first);

	ret->kind = first_is_hex ? OPERAND_ADDRESSES : OPERAND_BLOCKS;
	ret->last = ret->first;
	ret->is_single = !dash;
	ret->is_hex = first_is_hex;
	if (problem || !dash)
		return problem;
	problem = parse_number(dash + 1, length - first_length - 1, &last_is_hex, &ret->last);
	if (problem)
		return problem;
	if (first_is_hex != last_is_hex)
		return mixed;
	return ret->last < ret->first ? reversed : NULL;
}

#define FRAME_PREFIX "pfn:"

/* Parses what follows "pfn:". */
static const char *parse_frames(const char *text, size_t length, struct operand *ret)
{
	const char *problem = parse_range(text, length, ret);

	ret->kind = OPERAND_FRAMES;
	return problem == mixed ? "mixes decimal and hexadecimal page frames" : problem;
}

static const char *parse_item(const char *text, size_t length, struct operand *ret)
{
	const size_t prefix = sizeof(FRAME_PREFIX) - 1;
	const char *problem;

	ret->is_bare = length <= 6 || strncmp(text, "memory", 6) != 0;
	if (length > prefix && strncasecmp(text, FRAME_PREFIX, prefix) == 0)
		return parse_frames(text + prefix, length - prefix, ret);
	if (ret->is_bare)
		return parse_range(text, length, ret);
	problem = parse_range(text + 6, length - 6, ret);
	return !problem && (ret->kind != OPERAND_BLOCKS || !ret->is_single) ? operand_unknown : problem;
}

static const char *parse_list(const char *word, struct operands *operands)
{
	const char *text = word;

	for (;;) {
		size_t length = strcspn(text, ",");
		struct operand operand = { .word = word };
		const char *problem = length ? parse_item(text, length, &operand) : empty_item;

		if (!problem)
			problem = operands_add(operands, &operand);
		if (problem)
			return problem;
		text += length;
		if (!*text++)
			return NULL;
	}
}

/* Whether a word begins like an amount: digits, perhaps a fraction, and a letter that is a unit. An E or B before
 * more digits is itself one, of a hexadecimal number. */
static bool is_amount(const char *word)
{
	const size_t digits = strspn(word, "0123456789.");
	const char *rest = word + digits + 1;

	return digits && word[digits] && strchr("KMGTPEkmgtpeBb", word[digits]) &&
	       (!isxdigit((unsigned char)*rest) || strcasecmp(rest, "B") == 0) &&
	       !(word[0] == '0' && (word[1] == 'x' || word[1] == 'X'));
}

/* Converts "1.5" with a unit to bytes, exactly. The result must be a whole number of bytes. */
static const char *parse_scaled(const char *word, size_t length, unsigned int shift, uint64_t *ret)
{
	const char *point = memchr(word, '.', length);
	size_t whole_length = point ? (size_t)(point - word) : length;
	size_t fraction_length = point ? length - whole_length - 1 : 0;
	uint64_t whole = 0, fraction = 0, divisor = 1;
	unsigned __int128 part;

	if (number_parse(word, whole_length, 10, &whole) < 0)
		return whole_length && !point ? too_large : operand_unknown;
	if (point && (number_parse(point + 1, fraction_length, 10, &fraction) < 0 || fraction_length > 18))
		return operand_unknown;
	for (size_t i = 0; i < fraction_length; i++)
		divisor *= 10;
	part = (unsigned __int128)fraction << shift;
	if (part % divisor)
		return "is not a whole number of bytes";
	if (whole > UINT64_MAX >> shift ||
	    __builtin_add_overflow(whole << shift, (uint64_t)(part / divisor), ret))
		return too_large;
	return NULL;
}

static const char *parse_amount(const char *word, uint64_t *ret)
{
	static const char units[] = "KMGTPE";
	size_t digits = strspn(word, "0123456789.");
	char letter = word[digits] >= 'a' ? (char)(word[digits] - 'a' + 'A') : word[digits];
	const char *unit = strchr(units, letter);
	const char *rest = word + digits + 1;

	if (!unit)
		return "has an unknown unit (K, M, G, T, P or E)";
	if (strcasecmp(rest, "B") == 0)
		return operand_ambiguous_unit;
	if (*rest && strcasecmp(rest, "iB") != 0)
		return operand_unknown;
	return parse_scaled(word, digits, 10 * ((unsigned int)(unit - units) + 1), ret);
}

/* The most digits of a share behind the point: 100 times as much as their power of ten fits into 64 bits. */
#define SHARE_DIGITS 16

/* Converts "0.5" before the "%" to 5/1000, exactly. */
static const char *parse_share(const char *word, size_t length, struct operand *ret)
{
	static const char problem[] = "is not a share above 0% and up to 100%, such as 5%";
	const char *point = memchr(word, '.', length);
	const size_t whole_length = point ? (size_t)(point - word) : length;
	size_t fraction_length = point ? length - whole_length - 1 : 0;
	uint64_t whole = 0, fraction = 0, scale = 1;

	if (point && !fraction_length)
		return problem;
	while (fraction_length > 1 && point[fraction_length] == '0')
		fraction_length--;
	if (number_parse(word, whole_length, 10, &whole) < 0 || fraction_length > SHARE_DIGITS || word[length + 1] ||
	    (point && number_parse(point + 1, fraction_length, 10, &fraction) < 0))
		return problem;
	for (size_t i = 0; i < fraction_length; i++)
		scale *= 10;
	if (whole > 100 || (whole == 100 && fraction) || !(whole || fraction))
		return problem;
	ret->first = whole * scale + fraction;
	ret->last = 100 * scale;
	return NULL;
}

static const char *add_share(const char *word, struct operands *operands)
{
	struct operand operand = { .kind = OPERAND_SHARE, .word = word, .is_single = true };
	const char *problem = parse_share(word, strcspn(word, "%"), &operand);

	return problem ? problem : operands_add(operands, &operand);
}

static bool is_share(const char *word)
{
	return strchr(word, '%');
}

uint64_t operand_share_of(const struct operand *operand, uint64_t count)
{
	const uint64_t part = (uint64_t)((unsigned __int128)count * operand->first / operand->last);

	return part || !count ? part : 1;
}

static const char *add_amount(const char *word, struct operands *operands)
{
	struct operand operand = { .kind = OPERAND_AMOUNT, .word = word, .is_single = true };
	const char *problem = parse_amount(word, &operand.first);

	return problem ? problem : operands_add(operands, &operand);
}

const char *operand_parse(const char *word, struct operands *operands)
{
	const struct operand all = { .kind = OPERAND_ALL, .word = word };

	if (strcmp(word, "all") == 0)
		return operands_add(operands, &all);
	if (!*word)
		return "is empty";
	if (is_share(word))
		return add_share(word, operands);
	return is_amount(word) ? add_amount(word, operands) : parse_list(word, operands);
}

const char *operand_parse_blocks(const char *word, const char *not_amount, struct operands *operands)
{
	const char *problem = operand_parse(word, operands);

	if (is_amount(word) || is_share(word))
		return not_amount;
	return problem == operand_unknown ? operand_not_a_block : problem;
}

const char *operand_parse_size(const char *word, uint64_t *ret)
{
	const char *problem = is_amount(word) ? parse_amount(word, ret) : operand_unknown;

	return problem == operand_unknown ? "is not a size with a unit, such as 16G" : problem;
}

const char *numbers_parse(const char *word, uint64_t max, struct ranges *ret)
{
	const char *text = word;

	for (;;) {
		size_t length = strcspn(text, ",");
		struct operand operand = { 0 };
		const char *problem = length ? parse_range(text, length, &operand) : empty_item;

		if (problem == operand_unknown || (!problem && operand.kind != OPERAND_BLOCKS))
			return "is not a decimal number or range";
		if (!problem && operand.last > max)
			return "is too large";
		if (!problem && ranges_add(ret, operand.first, operand.last) < 0)
			problem = lacks_memory();
		if (problem)
			return problem;
		text += length;
		if (!*text++)
			break;
	}
	ranges_sort(ret);
	return NULL;
}
