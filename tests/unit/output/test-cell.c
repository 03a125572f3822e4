/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells: their text, sizes rounded as lsmem rounds them, and when two are equal,
 * which decides whether blocks share a row. Tables and documents are bats' to test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/cli/output/column.h"
#include "../../../src/cli/base/text.h"
#include "../tap.h"

#define K UINT64_C(1024)
#define M (1024 * K)
#define G (1024 * M)
#define T (1024 * G)
#define P (1024 * T)
#define E (1024 * P)

/* Stands for options.c's, which would bring popt along. */
int option_text(const char *value, void *field)
{
	*(const char **)field = value;
	return 0;
}

static const struct {
	uint64_t bytes;
	const char *text;
} sizes[] = {
	{ 0, "0B" },
	{ 1, "1B" },
	{ 1023, "1023B" },
	{ K, "1K" },
	{ K + 512, "1.5K" },
	{ M, "1M" },
	{ 128 * M, "128M" },
	{ 1000 * M, "1000M" },
	{ 1023 * M, "1023M" },
	{ G, "1G" },
	{ G + 128 * M, "1.1G" },
	{ G + 256 * M, "1.3G" },
	{ G + 384 * M, "1.4G" },
	{ G + 512 * M, "1.5G" },
	{ G + 896 * M, "1.9G" },
	{ 2 * G, "2G" },
	{ 21 * G, "21G" },
	{ 1023 * G + 896 * M, "1023.9G" },
	{ T, "1T" },
	{ P, "1P" },
	{ E, "1E" },
	{ 15 * E + E / 2, "15.5E" },
	/* the nearest tenth, also where a few blocks of many TiB decide it */
	{ 1075 * G, "1T" },
	{ 1075 * G + 512 * M, "1.1T" },
	{ 2 * T + 51 * G, "2T" },
	{ 2 * T + 51 * G + 256 * M, "2.1T" },
	{ 9 * T + 153 * G, "9.1T" },
	{ 9 * T + 153 * G + 640 * M, "9.2T" },
	/* what rounds up to 1024 of a unit is one of the next, and no unit is above E */
	{ M - 1, "1M" },
	{ T - 1, "1T" },
	{ E - 1, "1E" },
	{ UINT64_MAX, "16E" },
};

static void test_sizes(void)
{
	for (size_t i = 0; i < TAP_COUNT(sizes); i++) {
		char text[24];

		memset(text, 'x', sizeof(text));
		size_text(sizes[i].bytes, text);
		is_str(text, sizes[i].text, "size %llu", (unsigned long long)sizes[i].bytes);
	}
}

static void test_size_length(void)
{
	uint64_t bytes = 1;
	size_t longest = 0;

	/* Steps of about 1.3 percent pass every unit and every number of digits. */
	while (bytes < UINT64_MAX / 2) {
		char text[24];

		size_text(bytes, text);
		longest = strlen(text) > longest ? strlen(text) : longest;
		bytes += bytes / 77 + 1;
	}
	ok(longest <= 8 && longest >= 6, "a size has at most 8 characters: %zu", longest);
}

static const unsigned int numbers[] = { 0, 3, 7 };

static const struct {
	struct cell cell;
	const char *text, *bytes_text;
} cells[] = {
	{ { .kind = CELL_NULL }, "-", "-" },
	{ { .kind = CELL_TEXT, .text = "online" }, "online", "online" },
	{ { .kind = CELL_NUMBER, .number = 0 }, "0", "0" },
	{ { .kind = CELL_NUMBER, .number = UINT64_MAX }, "18446744073709551615", "18446744073709551615" },
	{ { .kind = CELL_SIZE, .number = 128 * M }, "128M", "134217728" },
	{ { .kind = CELL_SIZE, .number = 0 }, "0B", "0" },
	{ { .kind = CELL_SIZE, .number = UINT64_MAX }, "16E", "18446744073709551615" },
	{ { .kind = CELL_ADDRESS, .number = 0 }, "0x0000000000000000", "0x0000000000000000" },
	{ { .kind = CELL_ADDRESS, .number = UINT64_MAX }, "0xffffffffffffffff", "0xffffffffffffffff" },
	{ { .kind = CELL_ADDRESSES, .span = { 0x140000000, 0x17fffffff } },
	  "0x0000000140000000-0x000000017fffffff",
	  "0x0000000140000000-0x000000017fffffff" },
	{ { .kind = CELL_ADDRESSES, .span = { 0, UINT64_MAX } },
	  "0x0000000000000000-0xffffffffffffffff",
	  "0x0000000000000000-0xffffffffffffffff" },
	{ { .kind = CELL_SPAN, .span = { 42, 42 } }, "42", "42" },
	{ { .kind = CELL_SPAN, .span = { 32, 47 } }, "32-47", "32-47" },
	{ { .kind = CELL_SPAN, .span = { UINT64_MAX - 1, UINT64_MAX } },
	  "18446744073709551614-18446744073709551615",
	  "18446744073709551614-18446744073709551615" },
	{ { .kind = CELL_BOOL, .yes = true }, "yes", "yes" },
	{ { .kind = CELL_BOOL, .yes = false }, "no", "no" },
	{ { .kind = CELL_WORDS, .words = { { "Normal" }, 1 } }, "Normal", "Normal" },
	{ { .kind = CELL_WORDS, .words = { { "Normal", "Movable" }, 2 } },
	  "Normal/Movable",
	  "Normal/Movable" },
	{ { .kind = CELL_WORDS, .words = { { "a", "b", "c", "d" }, 4 } }, "a/b/c/d", "a/b/c/d" },
	{ { .kind = CELL_WORDS, .words = { { NULL }, 0 } }, "-", "-" },
	{ { .kind = CELL_NUMBERS, .numbers = { numbers, 3 } }, "0,3,7", "0,3,7" },
	{ { .kind = CELL_NUMBERS, .numbers = { numbers, 1 } }, "0", "0" },
	{ { .kind = CELL_NUMBERS, .numbers = { numbers, 0 } }, "-", "-" },
};

static void test_cells(void)
{
	for (size_t i = 0; i < TAP_COUNT(cells); i++) {
		char *text = cell_text(&cells[i].cell, false);
		char *bytes = cell_text(&cells[i].cell, true);

		is_str(text, cells[i].text, "cell %zu", i);
		is_str(bytes, cells[i].bytes_text, "cell %zu in bytes", i);
		free(text);
		free(bytes);
	}
}

/* Of different lines of the table each differs; only a line with itself is equal. */
static void test_equality(void)
{
	for (size_t i = 0; i < TAP_COUNT(cells); i++) {
		for (size_t k = i; k < TAP_COUNT(cells); k++) {
			struct cell copy = cells[k].cell;

			ok(cells_equal(&cells[i].cell, &copy) == (i == k), "cells %zu and %zu", i, k);
			ok(cells_equal(&copy, &cells[i].cell) == (i == k), "cells %zu and %zu", k, i);
		}
	}
}

/* Equal is the content, not where it lies; unknown equals only unknown. */
static void test_equal_content(void)
{
	char online[] = "online", normal[] = "Normal";
	unsigned int nodes[] = { 0, 3, 7 }, others[] = { 0, 3, 8 };
	struct cell text = { .kind = CELL_TEXT, .text = online };
	struct cell words = { .kind = CELL_WORDS, .words = { { normal }, 1 } };
	struct cell swapped = { .kind = CELL_WORDS, .words = { { "Movable", "Normal" }, 2 } };
	struct cell three = { .kind = CELL_NUMBERS, .numbers = { nodes, 3 } };
	struct cell other = { .kind = CELL_NUMBERS, .numbers = { others, 3 } };
	struct cell zero = { .kind = CELL_NUMBER, .number = 0 };
	struct cell no = { .kind = CELL_BOOL, .yes = false };

	ok(cells_equal(&text, &cells[1].cell), "equal texts at two places");
	ok(cells_equal(&words, &cells[16].cell), "equal words at two places");
	ok(!cells_equal(&swapped, &cells[17].cell), "the order of words matters");
	ok(cells_equal(&three, &cells[20].cell), "equal numbers at two places");
	ok(!cells_equal(&other, &cells[20].cell), "other numbers");
	ok(!cells_equal(&zero, &cells[0].cell), "0 is not unknown");
	ok(!cells_equal(&no, &cells[0].cell), "no is not unknown");
	ok(!cells_equal(&no, &zero), "no is not 0");
}

int main(void)
{
	test_sizes();
	test_size_length();
	test_cells();
	test_equality();
	test_equal_content();
	return tap_done();
}
