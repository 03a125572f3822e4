/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands: what each word of the command line means, or what is wrong with it
 * (DESIGN.md, chapter 2). Which blocks a machine has for it is test-selection.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/cli/input/operand.h"
#include "../tap.h"

/*
 * What a word means, written short: 40 a single block, 4-7 blocks, m40 a single
 * block with a prefix, @1000 a single address, @1000-1fff addresses (both in hex),
 * #1000 and #1000-1fff page frames (the same), =1024 an amount in bytes, * all.
 */
static const struct {
	const char *word, *meaning;
} good[] = {
	/* the rows of the contract */
	{ "42", "42" },
	{ "memory42", "m42" },
	{ "32-47", "32-47" },
	{ "1,4-7,9", "1 4-7 9" },
	{ "0x140000000", "@140000000" },
	{ "0x140000000-0x17fffffff", "@140000000-17fffffff" },
	{ "2G", "=2147483648" },
	{ "512M", "=536870912" },
	{ "1.5GiB", "=1610612736" },
	{ "5%", "5/100" },
	{ "0.5%", "5/1000" },
	{ "all", "*" },
	/* blocks */
	{ "0", "0" },
	{ "memory0", "m0" },
	{ "0-0", "0-0" },
	{ "7-7", "7-7" },
	{ "010", "10" },
	{ "memory1,memory2", "m1 m2" },
	{ "memory4,7-9,0x1000", "m4 7-9 @1000" },
	{ "9,8,7,8", "9 8 7 8" },
	{ "4294967296", "4294967296" },
	{ "18446744073709551615", "18446744073709551615" },
	{ "0-18446744073709551615", "0-18446744073709551615" },
	{ "memory18446744073709551615", "m18446744073709551615" },
	/* addresses */
	{ "0x0", "@0" },
	{ "0xabcdef", "@abcdef" },
	{ "0xABCDEF", "@abcdef" },
	{ "0xe", "@e" },
	{ "0xB", "@b" },
	{ "0x1b", "@1b" },
	{ "0x00000000140000000", "@140000000" },
	{ "0xffffffffffffffff", "@ffffffffffffffff" },
	{ "0x0-0xffffffffffffffff", "@0-ffffffffffffffff" },
	{ "0x0-0xfff,0x2000", "@0-fff @2000" },
	{ "0X1000-0X1FFF", "@1000-1fff" },
	/* page frames */
	{ "pfn:0x104c02", "#104c02" },
	{ "pfn:1067010", "#104802" },
	{ "PFN:0X104C02", "#104c02" },
	{ "Pfn:0", "#0" },
	{ "pfn:0x104c02,pfn:0x104c03", "#104c02 #104c03" },
	{ "pfn:0x104c02,7", "#104c02 7" },
	{ "pfn:0x100000-0x107fff", "#100000-107fff" },
	{ "pfn:256-511", "#100-1ff" },
	{ "pfn:0xffffffffffffffff", "#ffffffffffffffff" },
	/* amounts */
	{ "1K", "=1024" },
	{ "1M", "=1048576" },
	{ "1G", "=1073741824" },
	{ "1T", "=1099511627776" },
	{ "1P", "=1125899906842624" },
	{ "1E", "=1152921504606846976" },
	{ "1KiB", "=1024" },
	{ "1MiB", "=1048576" },
	{ "1TiB", "=1099511627776" },
	{ "1PiB", "=1125899906842624" },
	{ "1EiB", "=1152921504606846976" },
	{ "0G", "=0" },
	{ "0.0G", "=0" },
	{ "0.5G", "=536870912" },
	{ "1.50G", "=1610612736" },
	{ "1.5K", "=1536" },
	{ "0.0009765625K", "=1" },
	{ "1.0009765625K", "=1025" },
	{ "007G", "=7516192768" },
	{ "15E", "=17293822569102704640" },
	{ "15.5E", "=17870283321406128128" },
	{ "16383P", "=18445618173802708992" },
	{ "18014398509481983K", "=18446744073709550592" },
	{ "18014398509481983.9990234375K", "=18446744073709551615" },
};

enum fault { NO_OPERAND, TOO_LARGE, REVERSED, EMPTY, BYTES_UNIT, NOT_WHOLE, ANY };

/* What the message has to tell, beyond that the word is wrong. */
static const char *const fault_words[] = {
	[NO_OPERAND] = "not a block, range, address or amount",
	[TOO_LARGE] = "64 bits",
	[REVERSED] = "reversed",
	[EMPTY] = "empty",
	[BYTES_UNIT] = "ambiguous unit",
	[NOT_WHOLE] = "whole number of bytes",
	[ANY] = "",
};

static const struct {
	const char *word;
	enum fault fault;
} bad[] = {
	{ "", EMPTY },
	/* empty items */
	{ ",", EMPTY },
	{ ",1", EMPTY },
	{ "1,", EMPTY },
	{ "1,,2", EMPTY },
	{ "1-2,", EMPTY },
	{ ",0x1000", EMPTY },
	/* overflow */
	{ "18446744073709551616", TOO_LARGE },
	{ "99999999999999999999999", TOO_LARGE },
	{ "memory18446744073709551616", TOO_LARGE },
	{ "1-18446744073709551616", TOO_LARGE },
	{ "0x10000000000000000", TOO_LARGE },
	{ "0x0-0x10000000000000000", TOO_LARGE },
	{ "16E", TOO_LARGE },
	{ "16EiB", TOO_LARGE },
	{ "16384P", TOO_LARGE },
	{ "17179869184G", TOO_LARGE },
	{ "18014398509481984K", TOO_LARGE },
	{ "18446744073709551615K", TOO_LARGE },
	{ "18446744073709551616K", TOO_LARGE },
	{ "99999999999999999999999G", TOO_LARGE },
	{ "16.5E", TOO_LARGE },
	/* reversed */
	{ "7-4", REVERSED },
	{ "1,7-4", REVERSED },
	{ "18446744073709551615-0", REVERSED },
	{ "0x2000-0x1000", REVERSED },
	{ "0x1-0x0", REVERSED },
	/* signs, blanks, junk */
	{ "-1", NO_OPERAND },
	{ "+1", NO_OPERAND },
	{ "-", NO_OPERAND },
	{ "-5", NO_OPERAND },
	{ "5-", NO_OPERAND },
	{ "4--7", NO_OPERAND },
	{ "4-7-9", NO_OPERAND },
	{ "4-+7", NO_OPERAND },
	{ " 4", NO_OPERAND },
	{ "4 ", NO_OPERAND },
	{ "4 - 7", NO_OPERAND },
	{ "4, 7", NO_OPERAND },
	{ "4\n", NO_OPERAND },
	{ "4;7", NO_OPERAND },
	{ "4x", NO_OPERAND },
	{ "x4", NO_OPERAND },
	{ "4.5", NO_OPERAND },
	{ "1..2", NO_OPERAND },
	{ "*", NO_OPERAND },
	{ "only", NO_OPERAND },
	{ "all,1", NO_OPERAND },
	{ "1,all", NO_OPERAND },
	{ "alles", NO_OPERAND },
	{ "\xef\xbc\x94", NO_OPERAND },
	/* prefixes */
	{ "memory", NO_OPERAND },
	{ "memory-1", NO_OPERAND },
	{ "memory 1", NO_OPERAND },
	{ "memoryx", NO_OPERAND },
	{ "memory1-2", NO_OPERAND },
	{ "memory1-memory2", NO_OPERAND },
	{ "memory0x10", NO_OPERAND },
	{ "memory2G", NO_OPERAND },
	{ "mem1", NO_OPERAND },
	{ "0x", NO_OPERAND },
	{ "0x-0x1", NO_OPERAND },
	{ "0xg", NO_OPERAND },
	{ "0x1G", NO_OPERAND },
	{ "0x1.5", NO_OPERAND },
	{ "0x1000-", NO_OPERAND },
	{ "0x1000-0x", NO_OPERAND },
	{ "00x10", NO_OPERAND },
	{ "1fff", NO_OPERAND },
	{ "pfn", NO_OPERAND },
	{ "pfn:", NO_OPERAND },
	{ "pfn:x", NO_OPERAND },
	{ "pfn:9ce494", NO_OPERAND },
	{ "pfn: 0x1", NO_OPERAND },
	{ "pfn=0x1", NO_OPERAND },
	{ "pfn:0x1-pfn:0x2", NO_OPERAND },
	{ "pfn:memory1", NO_OPERAND },
	{ "memorypfn:1", NO_OPERAND },
	{ "page:0x1", NO_OPERAND },
	{ "pfn:0x10000000000000000", TOO_LARGE },
	{ "pfn:0x2-0x1", REVERSED },
	/* hexadecimal digits, not amounts */
	{ "2e4940000", NO_OPERAND },
	{ "1b2e5000", NO_OPERAND },
	{ "2E0", NO_OPERAND },
	{ "2e4940000-2e7ffffff", NO_OPERAND },
	/* one notation for both ends: 0x10-20 is 0x10-0x20 or 16-20? */
	{ "0x10-20", ANY },
	{ "10-0x20", ANY },
	{ "pfn:0x10-20", ANY },
	{ "pfn:10-0x20", ANY },
	/* units */
	{ "2GB", BYTES_UNIT },
	{ "2gb", BYTES_UNIT },
	{ "512MB", BYTES_UNIT },
	{ "1.5TB", BYTES_UNIT },
	{ "2B", ANY },
	{ "2b", ANY },
	{ "2eb", BYTES_UNIT },
	{ "2Gi", NO_OPERAND },
	{ "2GiBs", NO_OPERAND },
	{ "2GBs", NO_OPERAND },
	{ "2GG", NO_OPERAND },
	{ "2G5", NO_OPERAND },
	{ "2 G", NO_OPERAND },
	{ "2G ", NO_OPERAND },
	{ "2Z", NO_OPERAND },
	{ "G", NO_OPERAND },
	{ "1e3", NO_OPERAND },
	{ "+2G", NO_OPERAND },
	{ "-2G", NO_OPERAND },
	{ "2G-4G", NO_OPERAND },
	{ "1-2G", NO_OPERAND },
	{ "2G,4", NO_OPERAND },
	{ "4,2G", NO_OPERAND },
	/* fractions */
	{ ".5G", NO_OPERAND },
	{ "1.G", NO_OPERAND },
	{ ".G", NO_OPERAND },
	{ "1.5.5G", NO_OPERAND },
	{ "1..5G", NO_OPERAND },
	{ "1,5G", NO_OPERAND },
	{ "0.3K", NOT_WHOLE },
	{ "0.0001K", NOT_WHOLE },
	{ "1.1G", NOT_WHOLE },
};

static void print_meaning(FILE *stream, const struct operand *operand)
{
	switch (operand->kind) {
	case OPERAND_BLOCKS:
		fprintf(stream, "%s%" PRIu64, operand->is_bare ? "" : "m", operand->first);
		if (!operand->is_single)
			fprintf(stream, "-%" PRIu64, operand->last);
		return;
	case OPERAND_ADDRESSES:
	case OPERAND_FRAMES:
		fprintf(stream, "%c%" PRIx64, operand->kind == OPERAND_FRAMES ? '#' : '@', operand->first);
		if (!operand->is_single)
			fprintf(stream, "-%" PRIx64, operand->last);
		return;
	case OPERAND_AMOUNT:
		fprintf(stream, "=%" PRIu64, operand->first);
		return;
	case OPERAND_SHARE:
		fprintf(stream, "%" PRIu64 "/%" PRIu64, operand->first, operand->last);
		return;
	case OPERAND_ALL:
		fputc('*', stream);
		return;
	}
	fputc('?', stream);
}

static char *meaning_of(const struct operands *operands)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		bail_out("no memory");
	for (size_t i = 0; i < operands->count; i++) {
		if (i)
			fputc(' ', stream);
		print_meaning(stream, &operands->items[i]);
	}
	fclose(stream);
	return text;
}

static void test_good(void)
{
	for (size_t i = 0; i < TAP_COUNT(good); i++) {
		struct operands operands = { 0 };
		const char *problem = operand_parse(good[i].word, &operands);
		char *meaning = meaning_of(&operands);
		bool knows_word = operands.count > 0;

		for (size_t k = 0; k < operands.count; k++)
			knows_word = knows_word && operands.items[k].word == good[i].word;
		is_str(problem, NULL, "'%s' is right", good[i].word);
		is_str(meaning, good[i].meaning, "'%s' means", good[i].word);
		ok(knows_word, "'%s' is kept for messages", good[i].word);
		free(meaning);
		operands_free(&operands);
	}
}

static void test_bad(void)
{
	for (size_t i = 0; i < TAP_COUNT(bad); i++) {
		struct operands operands = { 0 };
		const char *problem = operand_parse(bad[i].word, &operands);
		const char *wanted = fault_words[bad[i].fault];

		if (!ok(problem && strstr(problem, wanted), "'%s' is wrong", bad[i].word))
			diagnose("got '%s', expected '...%s...'", problem ? problem : "(null)", wanted);
		operands_free(&operands);
	}
}

/* Several words add up, and single numbers have equal ends. */
static void test_words(void)
{
	static const char *const words[] = { "4", "2G", "all", "7-9", "memory3" };
	struct operands operands = { 0 };
	char *meaning;

	for (size_t i = 0; i < TAP_COUNT(words); i++)
		is_str(operand_parse(words[i], &operands), NULL, "word %zu of several", i);
	meaning = meaning_of(&operands);
	is_str(meaning, "4 =2147483648 * 7-9 m3", "several words");
	is_number(operands.items[0].last, 4, "the last of a single block is the first");
	is_number(operands.items[4].last, 3, "also with a prefix");
	free(meaning);
	operands_free(&operands);
	is_number(operands.count, 0, "nothing is left when freed");
}

/* A list with as many items as a command line has room for. */
static void test_long_list(void)
{
	const size_t count = 20000;
	char *word = malloc(8 * count);
	struct operands operands = { 0 };
	size_t length = 0;

	if (!word)
		bail_out("no memory");
	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(word + length, 8, "%s%zu", i ? "," : "", i);
	is_str(operand_parse(word, &operands), NULL, "a list of %zu blocks", count);
	is_number(operands.count, count, "a list of %zu blocks: all", count);
	is_number(operands.count ? operands.items[operands.count - 1].first : 0, count - 1,
		  "a list of %zu blocks: the last", count);
	operands_free(&operands);
	free(word);
}

/* Where amounts are not allowed, or nothing else. */
static void test_restricted(void)
{
	static const struct {
		const char *word, *blocks, *size;   /* the problem, NULL: none */
	} words[] = {
		{ "4-7", NULL, "is not a size with a unit, such as 16G" },
		{ "0x140000000", NULL, "is not a size with a unit, such as 16G" },
		{ "all", NULL, "is not a size with a unit, such as 16G" },
		{ "2G", "no amounts", NULL },
		{ "2GB", "no amounts", operand_ambiguous_unit },
		{ "2Gx", "no amounts", "is not a size with a unit, such as 16G" },
		{ "2e4940000", operand_not_a_block, "is not a size with a unit, such as 16G" },
		{ "pfn:0x1", NULL, "is not a size with a unit, such as 16G" },
		{ "5%", "no amounts", "is not a size with a unit, such as 16G" },
		{ "16", NULL, "is not a size with a unit, such as 16G" },
		{ "x", "is not a block, range or address", "is not a size with a unit, such as 16G" },
		{ "", "is empty", "is not a size with a unit, such as 16G" },
		{ "7-4", "is a reversed range", "is not a size with a unit, such as 16G" },
	};

	for (size_t i = 0; i < TAP_COUNT(words); i++) {
		struct operands operands = { 0 };
		uint64_t size = 7;

		is_str(operand_parse_blocks(words[i].word, "no amounts", &operands), words[i].blocks,
		       "'%s' as blocks", words[i].word);
		is_str(operand_parse_size(words[i].word, &size), words[i].size, "'%s' as a size", words[i].word);
		is_number(size, words[i].size ? 7 : UINT64_C(2) << 30, "'%s': the size", words[i].word);
		operands_free(&operands);
	}
}

int main(void)
{
	test_good();
	test_bad();
	test_restricted();
	test_words();
	test_long_list();
	return tap_done();
}
