/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shares of the memory: which words are shares, and how many blocks of so many they
 * are. What they are in an operand is tested by test-operand.c.
 */
#include "../../../src/cli/input/operand.h"
#include "../tap.h"

static void test_shares(void)
{
	static const char problem[] = "is not a share above 0% and up to 100%, such as 5%";
	static const char *const words[] = {
		"%", "0%", "0.0%", "101%", "100.1%", "100.0000000000000001%", "-5%", "+5%", "5%%", "5.%", ".5%", ".%",
		"1.2.3%", "1.-2%", "1,5%", "1e2%", "0x5%", "5 %", " 5%", "5% ", "5%G", "5G%", "%5", "5%,4", "4,5%",
		"18446744073709551617%", "0.00000000000000001%",
	};
	static const struct {
		const char *word;
		uint64_t part, whole;
	} exact[] = {
		{ "100%", 100, 100 }, { "100.00%", 1000, 1000 }, { "005%", 5, 100 }, { "33.333%", 33333, 100000 },
		{ "99.9999999999999999%", 999999999999999999, 1000000000000000000 },
	};
	static const struct {
		const char *word;
		uint64_t count, share;
	} shares[] = {
		{ "5%", 0, 0 }, { "5%", 1, 1 }, { "5%", 19, 1 }, { "5%", 20, 1 }, { "5%", 39, 1 }, { "5%", 40, 2 },
		{ "100%", 7, 7 }, { "99.9%", 7, 6 }, { "0.5%", 399, 1 }, { "0.5%", 400, 2 },
		{ "99.9999999999999999%", UINT64_C(1) << 40, (UINT64_C(1) << 40) - 1 },
	};

	for (size_t i = 0; i < TAP_COUNT(words); i++) {
		struct operands operands = { 0 };

		is_str(operand_parse(words[i], &operands), problem, "'%s' is no share", words[i]);
		operands_free(&operands);
	}
	for (size_t i = 0; i < TAP_COUNT(exact); i++) {
		struct operands operands = { 0 };

		if (is_str(operand_parse(exact[i].word, &operands), NULL, "'%s'", exact[i].word)) {
			is_number(operands.items->first, exact[i].part, "'%s': the part", exact[i].word);
			is_number(operands.items->last, exact[i].whole, "'%s': the whole", exact[i].word);
		}
		operands_free(&operands);
	}
	for (size_t i = 0; i < TAP_COUNT(shares); i++) {
		struct operands operands = { 0 };

		if (is_str(operand_parse(shares[i].word, &operands), NULL, "'%s'", shares[i].word))
			is_number(operand_share_of(operands.items, shares[i].count), shares[i].share, "'%s' of %ju blocks",
				  shares[i].word, (uintmax_t)shares[i].count);
		operands_free(&operands);
	}
}

int main(void)
{
	test_shares();
	return tap_done();
}
