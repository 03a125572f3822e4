/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: whatever the word, it is refused or means something ordered, and what
 * it names on a machine are that machine's blocks and nothing else. Build:
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *     tests/fuzz/fuzz-operand.c src/cli/base/ranges.c src/cli/input/operand.c -o fuzz-operand
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/cli/input/operand.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t ids[] = { 0, 1, 2, 3, 8, 9, 32, 100, 8192, UINT64_MAX >> 27 };
	const struct blocks_there there = { ids, sizeof(ids) / sizeof(ids[0]), UINT64_C(1) << 27 };
	const struct blocks_there nothing = { NULL, 0, 4096 };
	char *word = strndup((const char *)data, size);
	struct operands operands = { 0 };
	struct ranges found = { 0 }, holes = { 0 }, numbers = { 0 };
	struct operand failed = { 0 };
	const char *problem = operand_parse(word, &operands);

	CHECK(problem ? *problem != '\0' : operands.count > 0);
	for (size_t i = 0; i < operands.count; i++) {
		const struct operand *one = &operands.items[i];

		CHECK(one->word == word);
		if (one->kind != OPERAND_AMOUNT)
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
