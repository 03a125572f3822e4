/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: whatever the word, it is refused or means something ordered, and what
 * it names on a machine are that machine's blocks and nothing else. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-operand.c src/cli/base/ranges.c src/cli/base/shortage.c src/cli/base/text.c \
 *     src/cli/input/operand.c src/cli/input/operand-resolve.c src/cli/input/reading.c -o fuzz-operand
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/cli/input/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) ((condition) ? (void)0 : abort())

static void check_set(const struct ranges *set, const struct blocks_there *there, bool are_there)
{
	for (size_t i = 0; i < set->count; i++) {
		CHECK(set->items[i].first <= set->items[i].last);
		CHECK(i == 0 || set->items[i].first - 1 > set->items[i - 1].last);
	}
	for (size_t i = 0; i < there->count; i++)
		CHECK(are_there || !ranges_have(set, there->ids[i]));
	for (size_t i = 0; are_there && i < set->count; i++)
		CHECK(set->items[i].last - set->items[i].first < there->count);
}

static void check_readings(const char *word, const struct blocks_there *there)
{
	struct reading readings[READINGS_MAX];
	size_t count = readings_find(word, there, readings);

	CHECK(count <= READINGS_MAX);
	for (size_t i = 0; i < count; i++) {
		CHECK(readings[i].addresses.first <= readings[i].addresses.last);
		CHECK(!readings[i].is_there || readings[i].blocks.first <= readings[i].blocks.last);
		CHECK(count == 1 || readings[i].is_there);
	}
	count = readings_find_new(word, there, readings);
	for (size_t i = 0; i < count; i++)
		CHECK(readings[i].addresses.first % there->block_size == 0);
	free(numbers_suggest(word, UINT32_MAX));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t ids[] = { 0, 1, 2, 3, 8, 9, 32, 100, 8192, UINT64_MAX >> 27 };
	const struct blocks_there there = { ids, sizeof(ids) / sizeof(ids[0]), UINT64_C(1) << 27, 4096 };
	const struct blocks_there nothing = { NULL, 0, 4096, 4096 };
	char *word = strndup((const char *)data, size);
	struct operands operands = { 0 };
	struct ranges found = { 0 }, holes = { 0 }, numbers = { 0 };
	struct operand failed = { 0 };
	const char *problem = operand_parse(word, &operands);

	check_readings(word, &there);
	check_readings(word, &nothing);
	CHECK(problem ? *problem != '\0' : operands.count > 0);
	for (size_t i = 0; i < operands.count; i++) {
		const struct operand *one = &operands.items[i];

		CHECK(one->word == word);
		if (one->kind == OPERAND_SHARE)
			CHECK(one->first > 0 && one->first <= one->last);
		else if (one->kind != OPERAND_AMOUNT)
			CHECK(one->is_single ? one->first == one->last : one->first <= one->last);
	}
	if (!problem && !operands_resolve(&operands, &there, size % 2, &found, &holes, &failed)) {
		check_set(&found, &there, true);
		check_set(&holes, &there, false);
	}
	if (!numbers_parse(word, UINT32_MAX, &numbers))
		check_set(&numbers, &nothing, false);
	ranges_free(&numbers);
	ranges_free(&found);
	ranges_free(&holes);
	operands_free(&operands);
	free(word);
	return 0;
}
