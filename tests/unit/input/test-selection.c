/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers, and operands resolved on a machine's blocks: what exists, what
 * are holes, what is refused (DESIGN.md, chapter 2). Words are test-operand.c's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/cli/input/operand.h"
#include "../tap.h"

#define M128 (UINT64_C(128) << 20)

/* A machine with holes, one with a single block in the middle of nowhere, one up to the last address. */
static const uint64_t holes_ids[] = { 0, 1, 2, 3, 8, 9, 11, 32, 33, 34, 35, 100 };
static const uint64_t one_id[] = { 8192 };
static const uint64_t edge_ids[] = { 0, (UINT64_MAX / M128) - 1, UINT64_MAX / M128 };

enum machine { HOLES, ONE, EDGE, NONE };

static const struct blocks_there machines[] = {
	[HOLES] = { holes_ids, TAP_COUNT(holes_ids), M128, 4096 },
	[ONE] = { one_id, TAP_COUNT(one_id), UINT64_C(2) << 30, 65536 },
	[EDGE] = { edge_ids, TAP_COUNT(edge_ids), M128, 4096 },
	[NONE] = { NULL, 0, M128, 4096 },
};

static const struct {
	enum machine machine;
	const char *words;           /* operands, separated by blanks */
	bool whole_blocks;
	enum resolve_problem problem;
	const char *ids, *holes;     /* when there is no problem */
	uint64_t first, last;        /* else: of the operand at fault */
} resolved[] = {
	/* blocks */
	{ HOLES, "8", false, RESOLVE_DONE, "8", "", 0, 0 },
	{ HOLES, "memory100", false, RESOLVE_DONE, "100", "", 0, 0 },
	{ HOLES, "0-3", false, RESOLVE_DONE, "0-3", "", 0, 0 },
	{ HOLES, "3,1,2", false, RESOLVE_DONE, "1-3", "", 0, 0 },
	{ HOLES, "1-2 2-3 1", false, RESOLVE_DONE, "1-3", "", 0, 0 },
	{ HOLES, "all", false, RESOLVE_DONE, "0-3, 8-9, 11, 32-35, 100", "", 0, 0 },
	{ HOLES, "all 8", false, RESOLVE_DONE, "0-3, 8-9, 11, 32-35, 100", "", 0, 0 },
	{ HOLES, "100,0", false, RESOLVE_DONE, "0, 100", "", 0, 0 },
	/* a single block that does not exist */
	{ HOLES, "4", false, RESOLVE_NO_SUCH_BLOCK, "", "", 4, 4 },
	{ HOLES, "101", false, RESOLVE_NO_SUCH_BLOCK, "", "", 101, 101 },
	{ HOLES, "0,4,99", false, RESOLVE_NO_SUCH_BLOCK, "", "", 4, 4 },
	{ HOLES, "0-9 10", false, RESOLVE_NO_SUCH_BLOCK, "", "", 10, 10 },
	{ HOLES, "memory10", false, RESOLVE_NO_SUCH_BLOCK, "", "", 10, 10 },
	{ HOLES, "18446744073709551615", false, RESOLVE_NO_SUCH_BLOCK, "", "", UINT64_MAX, UINT64_MAX },
	/* ranges over holes */
	{ HOLES, "0-9", false, RESOLVE_DONE, "0-3, 8-9", "4-7", 0, 0 },
	{ HOLES, "2-11", false, RESOLVE_DONE, "2-3, 8-9, 11", "4-7, 10", 0, 0 },
	{ HOLES, "4-8", false, RESOLVE_DONE, "8", "4-7", 0, 0 },
	{ HOLES, "3-5", false, RESOLVE_DONE, "3", "4-5", 0, 0 },
	{ HOLES, "35-36", false, RESOLVE_DONE, "35", "36", 0, 0 },
	{ HOLES, "3-5 9-10", false, RESOLVE_DONE, "3, 9", "4-5, 10", 0, 0 },
	{ HOLES, "3-5 2-6", false, RESOLVE_DONE, "2-3", "4-6", 0, 0 },
	{ HOLES, "99-200", false, RESOLVE_DONE, "100", "99, 101-200", 0, 0 },
	{ HOLES, "0-18446744073709551615", false, RESOLVE_DONE, "0-3, 8-9, 11, 32-35, 100",
	  "4-7, 10, 12-31, 36-99, 101-18446744073709551615", 0, 0 },
	{ HOLES, "100-18446744073709551615", false, RESOLVE_DONE, "100", "101-18446744073709551615", 0, 0 },
	/* a range without any block */
	{ HOLES, "4-7", false, RESOLVE_NO_BLOCKS, "", "", 4, 7 },
	{ HOLES, "4-4", false, RESOLVE_NO_BLOCKS, "", "", 4, 4 },
	{ HOLES, "101-200", false, RESOLVE_NO_BLOCKS, "", "", 101, 200 },
	{ HOLES, "0-3 12-20", false, RESOLVE_NO_BLOCKS, "", "", 12, 20 },
	/* addresses: the block that holds it */
	{ HOLES, "0x0", false, RESOLVE_DONE, "0", "", 0, 0 },
	{ HOLES, "0x7ffffff", false, RESOLVE_DONE, "0", "", 0, 0 },
	{ HOLES, "0x8000000", false, RESOLVE_DONE, "1", "", 0, 0 },
	{ HOLES, "0x40000001", false, RESOLVE_DONE, "8", "", 0, 0 },
	{ HOLES, "0x40000001", true, RESOLVE_DONE, "8", "", 0, 0 },
	{ HOLES, "0x20000000", false, RESOLVE_NO_SUCH_BLOCK, "", "", 0x20000000, 0x20000000 },
	{ HOLES, "0xffffffffffffffff", false, RESOLVE_NO_SUCH_BLOCK, "", "", UINT64_MAX, UINT64_MAX },
	/* address ranges, end included */
	{ HOLES, "0x0-0x1fffffff", false, RESOLVE_DONE, "0-3", "", 0, 0 },
	{ HOLES, "0x0-0x1fffffff", true, RESOLVE_DONE, "0-3", "", 0, 0 },
	{ HOLES, "0x8000000-0xfffffff", true, RESOLVE_DONE, "1", "", 0, 0 },
	{ HOLES, "0x0-0x4fffffff", true, RESOLVE_DONE, "0-3, 8-9", "4-7", 0, 0 },
	{ HOLES, "0x20000000-0x3fffffff", true, RESOLVE_NO_BLOCKS, "", "", 0x20000000, 0x3fffffff },
	{ HOLES, "0x0-0xffffffffffffffff", true, RESOLVE_DONE, "0-3, 8-9, 11, 32-35, 100",
	  "4-7, 10, 12-31, 36-99, 101-137438953471", 0, 0 },
	/* an edge that cuts a block: shown, but not changed */
	{ HOLES, "0x1000-0x1fffffff", false, RESOLVE_DONE, "0-3", "", 0, 0 },
	{ HOLES, "0x1000-0x1fffffff", true, RESOLVE_CUT_BLOCK, "", "", 0, 0x1fffffff },
	{ HOLES, "0x0-0x1ffffffe", true, RESOLVE_CUT_BLOCK, "", "", 0, 0x1fffffff },
	{ HOLES, "0x0-0x8000000", false, RESOLVE_DONE, "0-1", "", 0, 0 },
	{ HOLES, "0x0-0x8000000", true, RESOLVE_CUT_BLOCK, "", "", 0, 0xfffffff },
	{ HOLES, "0x9000000-0x9000000", true, RESOLVE_CUT_BLOCK, "", "", 0x8000000, 0xfffffff },
	{ HOLES, "0x9000000-0x9ffffff", false, RESOLVE_DONE, "1", "", 0, 0 },
	{ HOLES, "3 0x0-0x0", true, RESOLVE_CUT_BLOCK, "", "", 0, 0x7ffffff },
	/* one block far up */
	{ ONE, "all", true, RESOLVE_DONE, "8192", "", 0, 0 },
	{ ONE, "0-8192", true, RESOLVE_DONE, "8192", "0-8191", 0, 0 },
	{ ONE, "0x100000000000", true, RESOLVE_DONE, "8192", "", 0, 0 },
	{ ONE, "0xfffffffffff", true, RESOLVE_NO_SUCH_BLOCK, "", "", 0xfffffffffff, 0xfffffffffff },
	{ ONE, "0x100000000000-0x10007fffffff", true, RESOLVE_DONE, "8192", "", 0, 0 },
	{ ONE, "0x100000000000-0x100080000000", true, RESOLVE_CUT_BLOCK, "", "", 0x100000000000,
	  0x1000ffffffff },
	/* the last block ends at the last address */
	{ EDGE, "0xffffffffffffffff", true, RESOLVE_DONE, "137438953471", "", 0, 0 },
	{ EDGE, "0xfffffffff8000000-0xffffffffffffffff", true, RESOLVE_DONE, "137438953471", "", 0, 0 },
	{ EDGE, "0xfffffffff0000000-0xffffffffffffffff", true, RESOLVE_DONE, "137438953470-137438953471", "",
	  0, 0 },
	{ EDGE, "0xfffffffff8000001-0xffffffffffffffff", true, RESOLVE_CUT_BLOCK, "", "", 0xfffffffff8000000,
	  UINT64_MAX },
	{ EDGE, "0xffffffffffffffff-0xffffffffffffffff", true, RESOLVE_CUT_BLOCK, "", "", 0xfffffffff8000000,
	  UINT64_MAX },
	{ EDGE, "137438953470-18446744073709551615", false, RESOLVE_DONE, "137438953470-137438953471",
	  "137438953472-18446744073709551615", 0, 0 },
	{ EDGE, "0x0-0xffffffffffffffff", true, RESOLVE_DONE, "0, 137438953470-137438953471",
	  "1-137438953469", 0, 0 },
	/* page frames, by the size of a page */
	{ HOLES, "pfn:0x8000", false, RESOLVE_DONE, "1", "", 0, 0 },
	{ HOLES, "pfn:0x7fff", true, RESOLVE_DONE, "0", "", 0, 0 },
	{ HOLES, "pfn:32768,pfn:0x40001", true, RESOLVE_DONE, "1, 8", "", 0, 0 },
	{ HOLES, "pfn:0x20000", true, RESOLVE_NO_SUCH_BLOCK, "", "", 0x20000, 0x20000 },
	{ HOLES, "pfn:0x8000-0x17fff", true, RESOLVE_DONE, "1-2", "", 0, 0 },
	{ HOLES, "pfn:0x8001-0x17fff", false, RESOLVE_DONE, "1-2", "", 0, 0 },
	{ HOLES, "pfn:0x8001-0x17fff", true, RESOLVE_CUT_BLOCK, "", "", 0x8000, 0x17fff },
	{ HOLES, "pfn:0x8000-0x17ffe", true, RESOLVE_CUT_BLOCK, "", "", 0x8000, 0x17fff },
	{ HOLES, "pfn:0x20000-0x3ffff", true, RESOLVE_NO_BLOCKS, "", "", 0x20000, 0x3ffff },
	{ HOLES, "pfn:0xfffffffffffff", true, RESOLVE_NO_SUCH_BLOCK, "", "", 0xfffffffffffff, 0xfffffffffffff },
	{ HOLES, "pfn:0x10000000000000", true, RESOLVE_TOO_LARGE, "", "", 0x10000000000000, 0x10000000000000 },
	{ HOLES, "pfn:0x0-0xffffffffffffffff", false, RESOLVE_TOO_LARGE, "", "", 0, UINT64_MAX },
	{ ONE, "pfn:0x10000000", true, RESOLVE_DONE, "8192", "", 0, 0 },
	{ ONE, "pfn:0x10007fff", true, RESOLVE_DONE, "8192", "", 0, 0 },
	{ ONE, "pfn:0x10008000", true, RESOLVE_NO_SUCH_BLOCK, "", "", 0x10008000, 0x10008000 },
	{ EDGE, "pfn:0xfffffffff8000-0xfffffffffffff", true, RESOLVE_DONE, "137438953471", "", 0, 0 },
	/* amounts name nothing */
	{ HOLES, "2G", true, RESOLVE_DONE, "", "", 0, 0 },
	{ HOLES, "8 2G", true, RESOLVE_DONE, "8", "", 0, 0 },
	/* no block at all */
	{ NONE, "all", false, RESOLVE_DONE, "", "", 0, 0 },
	{ NONE, "0", false, RESOLVE_NO_SUCH_BLOCK, "", "", 0, 0 },
	{ NONE, "0-9", false, RESOLVE_NO_BLOCKS, "", "", 0, 9 },
	{ NONE, "0x0", false, RESOLVE_NO_SUCH_BLOCK, "", "", 0, 0 },
};

static void parse_words(char *words, struct operands *ret)
{
	for (char *word; (word = strsep(&words, " "));)
		if (operand_parse(word, ret))
			bail_out("'%s' is no operand", word);
}

static void test_resolved(void)
{
	for (size_t i = 0; i < TAP_COUNT(resolved); i++) {
		const char *mode = resolved[i].whole_blocks ? ", whole blocks" : "";
		char *words = strdup(resolved[i].words);
		struct operands operands = { 0 };
		struct ranges ids = { 0 }, holes = { 0 };
		struct operand failed = { 0 };
		char *ids_text, *holes_text;
		enum resolve_problem problem;

		parse_words(words, &operands);
		problem = operands_resolve(&operands, &machines[resolved[i].machine],
					   resolved[i].whole_blocks, &ids, &holes, &failed);
		is_int((int)problem, (int)resolved[i].problem, "'%s'%s", resolved[i].words, mode);
		ids_text = ranges_text(&ids, 99);
		holes_text = ranges_text(&holes, 99);
		if (problem == RESOLVE_DONE) {
			is_str(ids_text, resolved[i].ids, "'%s'%s: blocks", resolved[i].words, mode);
			is_str(holes_text, resolved[i].holes, "'%s'%s: holes", resolved[i].words, mode);
		} else {
			is_number(failed.first, resolved[i].first, "'%s'%s: first", resolved[i].words, mode);
			is_number(failed.last, resolved[i].last, "'%s'%s: last", resolved[i].words, mode);
			ok(failed.word && strstr(resolved[i].words, failed.word),
			   "'%s'%s: word at fault", resolved[i].words, mode);
		}
		free(ids_text);
		free(holes_text);
		ranges_free(&ids);
		ranges_free(&holes);
		operands_free(&operands);
		free(words);
	}
}

static const struct {
	const char *word;
	uint64_t max;
	const char *set;         /* NULL: refused */
} number_lists[] = {
	{ "0", 9, "0" },
	{ "9", 9, "9" },
	{ "0,2-3", 9, "0, 2-3" },
	{ "3,2,1", 9, "1-3" },
	{ "0-9", 9, "0-9" },
	{ "4-6,5-7,5", 9, "4-7" },
	{ "4294967295", UINT32_MAX, "4294967295" },
	{ "10", 9, NULL },
	{ "0-10", 9, NULL },
	{ "4294967296", UINT32_MAX, NULL },
	{ "18446744073709551616", UINT64_MAX, NULL },
	{ "", 9, NULL },
	{ ",", 9, NULL },
	{ "1,", 9, NULL },
	{ "1,,2", 9, NULL },
	{ "3-1", 9, NULL },
	{ "-1", 9, NULL },
	{ "1-", 9, NULL },
	{ "0x1", 9, NULL },
	{ "0x1-0x2", 9, NULL },
	{ "a", 9, NULL },
	{ "all", 9, NULL },
	{ "node1", 9, NULL },
	{ "1K", 9, NULL },
	{ " 1", 9, NULL },
	{ "1 2", 9, NULL },
};

static void test_number_lists(void)
{
	for (size_t i = 0; i < TAP_COUNT(number_lists); i++) {
		struct ranges set = { 0 };
		const char *problem = numbers_parse(number_lists[i].word, number_lists[i].max, &set);
		char *text = ranges_text(&set, 99);

		ok(!problem == !!number_lists[i].set, "list '%s': %s", number_lists[i].word,
		   number_lists[i].set ? "right" : "wrong");
		if (!problem)
			is_str(text, number_lists[i].set, "list '%s': numbers", number_lists[i].word);
		free(text);
		ranges_free(&set);
	}
}

static const struct {
	struct range items[4];
	size_t count, most;
	const char *text;
} texts[] = {
	{ { { 0, 0 } }, 0, 4, "" },
	{ { { 8, 31 }, { 40, 40 } }, 2, 4, "8-31, 40" },
	{ { { 1, 1 }, { 3, 3 }, { 5, 6 }, { 9, 9 } }, 4, 4, "1, 3, 5-6, 9" },
	{ { { 1, 1 }, { 3, 3 }, { 5, 6 }, { 9, 9 } }, 4, 1, "1 and 3 more ranges" },
	{ { { 1, 1 }, { 3, 3 }, { 5, 6 }, { 9, 9 } }, 4, 3, "1, 3, 5-6 and 1 more range" },
	{ { { 0, UINT64_MAX } }, 1, 4, "0-18446744073709551615" },
};

static void test_texts(void)
{
	for (size_t i = 0; i < TAP_COUNT(texts); i++) {
		struct range items[4];
		struct ranges set = { items, texts[i].count };
		char *text;

		memcpy(items, texts[i].items, sizeof(items));
		text = ranges_text(&set, texts[i].most);
		is_str(text, texts[i].text, "text of %zu ranges, at most %zu", texts[i].count, texts[i].most);
		free(text);
	}
}

/* Random ranges below and up to the last number of all, against a set kept as bits. */
static bool is_same_set(uint64_t base, unsigned int seed)
{
	struct ranges set = { 0 };
	uint64_t bits = 0;
	bool same = true;

	srandom(seed);
	for (unsigned int i = (unsigned int)random() % 12; i > 0; i--) {
		uint64_t first = (uint64_t)random() % 64;
		uint64_t last = first + (uint64_t)random() % (64 - first) / (1 + (uint64_t)random() % 8);

		for (uint64_t k = first; k <= last; k++)
			bits |= UINT64_C(1) << k;
		if (ranges_add(&set, base + first, base + last) < 0)
			bail_out("no memory");
		if (random() % 3 == 0)
			ranges_sort(&set);
	}
	ranges_sort(&set);
	for (uint64_t k = 0; k < 64; k++)
		same = same && ranges_have(&set, base + k) == (bits >> k & 1);
	for (size_t i = 0; i < set.count; i++) {
		same = same && set.items[i].first <= set.items[i].last;
		same = same && (i == 0 || (set.items[i].first > set.items[i - 1].last &&
					   set.items[i].first - set.items[i - 1].last > 1));
	}
	same = same && (base == 0 || !ranges_have(&set, base - 1));
	ranges_free(&set);
	return same;
}

static void test_sets(void)
{
	static const uint64_t bases[] = { 0, 1, UINT64_C(1) << 32, UINT64_MAX - 63 };

	for (size_t i = 0; i < TAP_COUNT(bases); i++) {
		unsigned int seed = 0;

		while (seed < 500 && is_same_set(bases[i], seed))
			seed++;
		is_int(seed, 500, "random sets above %#llx ascend, do not touch, hold what was added",
		       (unsigned long long)bases[i]);
	}
}

int main(void)
{
	test_resolved();
	test_number_lists();
	test_texts();
	test_sets();
	return tap_done();
}
