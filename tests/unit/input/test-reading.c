/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as error reports, logs and other programs print them: which blocks they would
 * be in another notation (DESIGN.md, chapter 2). What messages say is a matter of the
 * bats suites.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/cli/input/reading.h"
#include "../tap.h"

#define MIB (UINT64_C(1) << 20)

/* 128M and 4K; 512M and 64K, as on arm64; 256M, as on s390; 2G, without a first block. */
static const uint64_t x86_ids[] = { 0, 1, 2, 3, 29, 40, 41, 42, 47, 78, 313, 2048, 3524 };
static const uint64_t arm_ids[] = { 0, 1, 2, 3, 16, 1255 };
static const uint64_t s390_ids[] = { 0, 1, 2, 16 };
static const uint64_t far_ids[] = { 19, 20 };

enum machine { X86, ARM, S390, FAR };
static const struct blocks_there machines[] = {
	[X86] = { x86_ids, TAP_COUNT(x86_ids), 128 * MIB, 4096 },
	[ARM] = { arm_ids, TAP_COUNT(arm_ids), 512 * MIB, 65536 },
	[S390] = { s390_ids, TAP_COUNT(s390_ids), 256 * MIB, 4096 },
	[FAR] = { far_ids, TAP_COUNT(far_ids), 2048 * MIB, 65536 },
};

/*
 * Meanings, written short: d decimal or x hexadecimal, @ address, # page frame or b block, the
 * numbers in hex (blocks: decimal), and the blocks after a slash.
 */
static const struct {
	enum machine machine;
	const char *text, *meanings;
} found[] = {
	/* decimal addresses, as rasdaemon prints them */
	{ X86, "473047662528", "d@6e23d67fc0/3524" },
	{ X86, "42115612672", "d@9ce494000/313" },
	{ X86, "134217728", "d@8000000/1" },
	{ X86, "5368709120-6442450943", "d@140000000-17fffffff/40-47" },
	{ ARM, "42115612672", "" },
	{ ARM, "8589934592", "d@200000000/16" },
	{ S390, "4294967296", "d@100000000/16" },
	{ FAR, "42115612672", "d@9ce494000/19" },
	/* hexadecimal addresses without 0x, as mcelog and /proc/iomem print them */
	{ X86, "9ce494000", "x@9ce494000/313" },
	{ X86, "9CE494000", "x@9ce494000/313" },
	{ X86, "2e4940000", "" },
	{ X86, "1b2e5000", "x@1b2e5000/3" },
	{ X86, "4000000000", "d@ee6b2800/29 x@4000000000/2048" },
	{ X86, "140000000-17fffffff", "x@140000000-17fffffff/40-47" },
	{ X86, "0x140000000-17fffffff", "x@140000000-17fffffff/40-47" },
	{ S390, "10000000", "x@10000000/1" },
	/* page frames */
	{ X86, "0x9ce494", "x#9ce494/313" },
	{ X86, "0x9ce494:", "x#9ce494/313" },
	{ X86, "2555904", "d#270000/78" },
	{ X86, "9ce494", "x#9ce494/313" },
	{ X86, "page:0x9ce494", "x#9ce494/313" },
	{ X86, "pfn=0x9ce494", "x#9ce494/313" },
	{ X86, "PFN=9CE494", "x#9ce494/313" },
	{ X86, "page:0x99999999", "x#99999999/" },
	{ X86, "page:99999999", "" },
	{ X86, "address:0x9ce494000", "x@9ce494000/313" },
	{ X86, "addr=9ce494000", "x@9ce494000/313" },
	{ X86, "pfn:0x1-5", "x#1-5/0" },
	{ ARM, "0x9ce494", "x#9ce494/1255" },
	{ S390, "0x100123", "x#100123/16" },
	{ FAR, "0x9ce49", "x#9ce49/19" },
	/* blocks */
	{ X86, "memory40-47", "db40-47/40-47" },
	{ X86, "memory40-memory47", "db40-47/40-47" },
	{ X86, "memory0x28", "xb40/40" },
	{ X86, "memory0x140000000", "x@140000000/40" },
	{ X86, "memory50-60", "" },
	/* small numbers are no addresses, and short ones no page frames */
	{ X86, "400", "" },
	{ X86, "5000", "" },
	{ X86, "9999", "" },
	{ X86, "0x1000", "" },
	{ X86, "10276", "x#10276/2" },
	{ ARM, "999999", "" },
	{ FAR, "400", "" },
	/* nothing of the kind */
	{ X86, "", "" },
	{ X86, "x", "" },
	{ X86, "0x", "" },
	{ X86, "-", "" },
	{ X86, "9ce494000-", "" },
	{ X86, "-9ce494000", "" },
	{ X86, "9ce494000 ", "" },
	{ X86, "9ce494000::", "" },
	{ X86, "17fffffff-140000000", "" },
	{ X86, "pfn:", "" },
	{ X86, "page0x9ce494", "" },
	{ X86, "addr=0x1-pfn=0x2", "" },
	{ X86, "18446744073709551615", "" },
	{ X86, "18446744073709551616", "" },
	{ X86, "ffffffffffffffff", "" },
	{ X86, "10000000000000000", "" },
	{ X86, "page:0xffffffffffffffff", "" },
	{ X86, "memory18446744073709551615", "" },
}, added[] = {
	/* whole blocks, wherever they are */
	{ X86, "5368709120", "d@140000000" },
	{ X86, "140000000", "x@140000000" },
	{ X86, "40000000000", "x@40000000000" },
	{ X86, "140000000-17fffffff", "x@140000000-17fffffff" },
	{ X86, "pfn:0x140000", "x@140000000" },
	{ X86, "page:140000", "x@140000000" },
	{ X86, "0x140000001", "" },
	{ X86, "140000000-17ffffff0", "" },
	{ X86, "40", "" },
	{ X86, "memory40", "" },
	{ X86, "0", "" },
	{ X86, "page:0x140001", "" },
};

static void print_range(FILE *stream, const struct range *range, bool is_one, bool is_decimal)
{
	fprintf(stream, is_decimal ? "%" PRIu64 : "%" PRIx64, range->first);
	if (!is_one)
		fprintf(stream, is_decimal ? "-%" PRIu64 : "-%" PRIx64, range->last);
}

static char *meanings_of(const struct reading *readings, size_t count, bool is_new)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		bail_out("no memory");
	for (size_t i = 0; i < count; i++) {
		const struct reading *reading = &readings[i];

		fprintf(stream, "%s%c%c", i ? " " : "", reading->is_hex ? 'x' : 'd', is_new ? '@' : "@#b"[reading->kind]);
		print_range(stream, is_new ? &reading->addresses : &reading->numbers, reading->is_single,
			    !is_new && reading->kind == READING_BLOCK);
		if (!is_new)
			fputc('/', stream);
		if (!is_new && reading->is_there)
			print_range(stream, &reading->blocks, reading->blocks.first == reading->blocks.last, true);
	}
	fclose(stream);
	return text;
}

static void test_found(void)
{
	struct reading readings[READINGS_MAX];

	for (size_t i = 0; i < TAP_COUNT(found); i++) {
		size_t count = readings_find(found[i].text, &machines[found[i].machine], readings);
		char *meanings = meanings_of(readings, count, false);

		is_str(meanings, found[i].meanings, "'%s' on machine %d", found[i].text, (int)found[i].machine);
		free(meanings);
	}
	for (size_t i = 0; i < TAP_COUNT(added); i++) {
		size_t count = readings_find_new(added[i].text, &machines[added[i].machine], readings);
		char *meanings = meanings_of(readings, count, true);

		is_str(meanings, added[i].meanings, "'%s' to be added", added[i].text);
		free(meanings);
	}
}

static const struct {
	enum machine machine;
	const char *operand;
	uint64_t block;              /* of the operand itself */
	const char *meaning;         /* the other one */
} others[] = {
	{ X86, "0x9ce494", 0, "x#9ce494/313" },
	{ X86, "0x8123", 0, "x#8123/1" },
	{ X86, "0x9ce000", 0, "" },                  /* begins a page */
	{ X86, "0x7fff", 0, "" },                    /* the first block, either way */
	{ X86, "0x9ce494-0x9ce495", 0, "" },
	{ X86, "0x99999999", 0, "" },                /* no such page frame */
	{ ARM, "0x9ce494", 0, "x#9ce494/1255" },
	{ ARM, "0x2000", 0, "x#2000/1" },
	{ ARM, "0x9c0000", 0, "" },
	{ ARM, "0x6001", 0, "x#6001/3" },
	{ FAR, "0x9ce49", 0, "x#9ce49/19" },
	/* decimal page frames that may be hexadecimal */
	{ X86, "pfn:70200", 2, "" },
	{ X86, "pfn:78200", 2, "" },
	{ X86, "pfn:10276", 0, "x#10276/2" },
	{ X86, "pfn:0x10276", 0, "" },
	{ X86, "pfn:32768", 1, "" },
	{ X86, "pfn:18446744073709551615", 0, "" },
	{ S390, "pfn:100123", 1, "x#100123/16" },
	/* nothing else is in doubt */
	{ X86, "40", 0, "" },
	{ X86, "all", 0, "" },
	{ X86, "1G", 0, "" },
};

static void test_others(void)
{
	for (size_t i = 0; i < TAP_COUNT(others); i++) {
		struct operands operands = { 0 };
		struct reading other;
		uint64_t block = 0;
		char *meaning;

		if (operand_parse(others[i].operand, &operands))
			bail_out("'%s' is no operand", others[i].operand);
		meaning = meanings_of(&other, readings_find_other(operands.items, &machines[others[i].machine], &block, &other),
				      false);
		is_str(meaning, others[i].meaning, "'%s' may also be", others[i].operand);
		if (*others[i].meaning)
			is_number(block, others[i].block, "'%s': its own block", others[i].operand);
		free(meaning);
		operands_free(&operands);
	}
}

static const struct {
	const char *word, *numbers;
} nodes[] = {
	{ "0x1", "1" },
	{ "0x10", "16" },
	{ "node1", "1" },
	{ "node0,node2-3", "0,2-3" },
	{ "node0-node3", NULL },
	{ "0x0-0x3,5", "0-3,5" },
	{ "0x100000000", NULL },
	{ "a", NULL },
	{ "", NULL },
	{ "0x1,", NULL },
	{ "3-1", NULL },
	{ "pfn:1", NULL },
};

static void test_nodes(void)
{
	for (size_t i = 0; i < TAP_COUNT(nodes); i++) {
		char *numbers = numbers_suggest(nodes[i].word, UINT32_MAX);

		is_str(numbers, nodes[i].numbers, "nodes '%s'", nodes[i].word);
		free(numbers);
	}
}

int main(void)
{
	test_found();
	test_others();
	test_nodes();
	return tap_done();
}
