/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers: number_parse() takes digits of one base and nothing else, and
 * name_number() the digits of names such as memory12. Which attribute has which
 * base is tested where it is read.
 */
#include <errno.h>
#include <string.h>

#include "../../../src/libmemhp/base/base.h"
#include "../tap.h"

#define UNTOUCHED UINT64_C(0x5ca1ab1e)

static const struct {
	const char *text;
	unsigned int base;
	int result;
	uint64_t value;
} numbers[] = {
	{ "0", 10, 0, 0 },
	{ "7", 10, 0, 7 },
	{ "42", 10, 0, 42 },
	{ "0042", 10, 0, 42 },
	{ "10", 16, 0, 16 },
	{ "10", 8, 0, 8 },
	{ "10", 2, 0, 2 },
	{ "8000000", 16, 0, 0x8000000 },
	{ "deadBEEF", 16, 0, 0xdeadbeef },
	{ "abcdef", 16, 0, 0xabcdef },
	{ "ABCDEF", 16, 0, 0xabcdef },
	{ "00000028", 16, 0, 0x28 },
	/* the edge of 64 bits */
	{ "18446744073709551615", 10, 0, UINT64_MAX },
	{ "18446744073709551614", 10, 0, UINT64_MAX - 1 },
	{ "18446744073709551616", 10, -ERANGE, 0 },
	{ "18446744073709551620", 10, -ERANGE, 0 },
	{ "20000000000000000000", 10, -ERANGE, 0 },
	{ "99999999999999999999999999", 10, -ERANGE, 0 },
	{ "00000000000000000000000000000000000001", 10, 0, 1 },
	{ "ffffffffffffffff", 16, 0, UINT64_MAX },
	{ "10000000000000000", 16, -ERANGE, 0 },
	{ "0000ffffffffffffffff", 16, 0, UINT64_MAX },
	{ "1777777777777777777777", 8, 0, UINT64_MAX },
	{ "2000000000000000000000", 8, -ERANGE, 0 },
	/* digits of another base */
	{ "8", 8, -EINVAL, 0 },
	{ "2", 2, -EINVAL, 0 },
	{ "a", 10, -EINVAL, 0 },
	{ "1f", 10, -EINVAL, 0 },
	{ "g", 16, -EINVAL, 0 },
	{ "G", 16, -EINVAL, 0 },
	/* what strtoull() would take */
	{ "", 10, -EINVAL, 0 },
	{ "+1", 10, -EINVAL, 0 },
	{ "-1", 10, -EINVAL, 0 },
	{ "-0", 10, -EINVAL, 0 },
	{ " 1", 10, -EINVAL, 0 },
	{ "1 ", 10, -EINVAL, 0 },
	{ "\t1", 10, -EINVAL, 0 },
	{ "1\n", 10, -EINVAL, 0 },
	{ "1 2", 10, -EINVAL, 0 },
	{ "0x10", 16, -EINVAL, 0 },
	{ "0X10", 16, -EINVAL, 0 },
	{ "0b1", 2, -EINVAL, 0 },
	/* junk; it is no number, however many digits come first */
	{ "1x", 10, -EINVAL, 0 },
	{ "1.5", 10, -EINVAL, 0 },
	{ "1e3", 10, -EINVAL, 0 },
	{ "1_000", 10, -EINVAL, 0 },
	{ "1'000", 10, -EINVAL, 0 },
	{ "x", 10, -EINVAL, 0 },
	{ "99999999999999999999999999x", 10, -EINVAL, 0 },
	/* around the ranges of digits, and beyond ASCII */
	{ "/", 10, -EINVAL, 0 },
	{ ":", 10, -EINVAL, 0 },
	{ "@", 16, -EINVAL, 0 },
	{ "`", 16, -EINVAL, 0 },
	{ "\xb2", 10, -EINVAL, 0 },
	{ "\xff", 16, -EINVAL, 0 },
	{ "\xd9\xa1", 10, -EINVAL, 0 },
};

static void test_numbers(void)
{
	for (size_t i = 0; i < TAP_COUNT(numbers); i++) {
		uint64_t value = UNTOUCHED;
		int r = number_parse(numbers[i].text, strlen(numbers[i].text), numbers[i].base, &value);

		is_int(r, numbers[i].result, "'%s' in base %u", numbers[i].text, numbers[i].base);
		is_number(value, numbers[i].result ? UNTOUCHED : numbers[i].value,
			  "'%s' in base %u: value", numbers[i].text, numbers[i].base);
	}
}

/* The text need not end where the number does. */
static void test_length(void)
{
	static const char text[] = "123456\0" "789";
	uint64_t value = UNTOUCHED;

	is_int(number_parse(text, 3, 10, &value), 0, "only so many characters");
	is_number(value, 123, "only so many characters: value");
	is_int(number_parse(text, sizeof(text) - 1, 10, &value), -EINVAL, "a NUL is no digit");
	is_int(number_parse(text, 0, 10, &value), -EINVAL, "no characters");
	is_number(value, 123, "a failure leaves the value alone");
}

static const struct {
	const char *name, *prefix;
	int result;
	uint64_t number;
} names[] = {
	{ "memory0", "memory", 0, 0 },
	{ "memory40", "memory", 0, 40 },
	{ "memory18446744073709551615", "memory", 0, UINT64_MAX },
	{ "memory18446744073709551616", "memory", -ERANGE, 0 },
	{ "node3", "node", 0, 3 },
	{ "memory", "memory", -EINVAL, 0 },
	{ "memory07", "memory", -EINVAL, 0 },
	{ "memory00", "memory", -EINVAL, 0 },
	{ "memory 7", "memory", -EINVAL, 0 },
	{ "memory-7", "memory", -EINVAL, 0 },
	{ "memory+7", "memory", -EINVAL, 0 },
	{ "memory7x", "memory", -EINVAL, 0 },
	{ "memory0x7", "memory", -EINVAL, 0 },
	{ "memory_failure", "memory", -EINVAL, 0 },
	{ "memory7.bak", "memory", -EINVAL, 0 },
	{ "xmemory7", "memory", -EINVAL, 0 },
	{ "mem7", "memory", -EINVAL, 0 },
	{ "Memory7", "memory", -EINVAL, 0 },
	{ "node7", "memory", -EINVAL, 0 },
	{ "", "memory", -EINVAL, 0 },
	{ ".", "memory", -EINVAL, 0 },
	{ "..", "node", -EINVAL, 0 },
};

static void test_names(void)
{
	for (size_t i = 0; i < TAP_COUNT(names); i++) {
		uint64_t number = UNTOUCHED;

		is_int(name_number(names[i].name, names[i].prefix, &number), names[i].result,
		       "name '%s'", names[i].name);
		is_number(number, names[i].result ? UNTOUCHED : names[i].number, "name '%s': number",
			  names[i].name);
	}
}

int main(void)
{
	test_numbers();
	test_length();
	test_names();
	return tap_done();
}
