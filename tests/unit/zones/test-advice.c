/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of figures, at the edges of each consideration; names at their numbers;
 * options of a kernel configuration and counters of /proc. The reading of files is
 * ratio-advise.bats' affair.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../../../src/libmemhp/policy/policy.h"
#include "../tap.h"

#define UNKNOWN UINT64_MAX
#define OK MEMHP_ADVICE_OK
#define NOTE MEMHP_ADVICE_NOTE
#define WARN MEMHP_ADVICE_WARN
#define NOTHING MEMHP_ADVICE_UNKNOWN

/* A machine with 1000 bytes of kernel memory, some movable, and nothing special. */
static const struct memhp_sizing plain = {
	.size = sizeof(plain), .kernel = 1000, .movable = 1000, .kernel_free = 100, .huge_can_migrate = 1,
	.balloon_compacts = 1,
};

/* Amounts of one figure: the highest that is ok, the highest that is a note. */
static const struct {
	enum memhp_consideration consideration;
	size_t field;
	uint64_t ok_most, note_most;
} amounts[] = {
	{ MEMHP_CONSIDER_GIGANTIC_PAGES, offsetof(struct memhp_sizing, gigantic), 0, 250 },
	{ MEMHP_CONSIDER_PINS, offsetof(struct memhp_sizing, pinned), 10, 100 },
	{ MEMHP_CONSIDER_PAGE_TABLES, offsetof(struct memhp_sizing, page_tables), 50, 200 },
	{ MEMHP_CONSIDER_KASAN, offsetof(struct memhp_sizing, kasan), 0, 0 },
	{ MEMHP_CONSIDER_DAX_MEMMAP, offsetof(struct memhp_sizing, dax_maps), 0, 100 },
	{ MEMHP_CONSIDER_OFFLINE_BLOCKS, offsetof(struct memhp_sizing, offline_maps), 0, 50 },
};

static void is_advice(const struct memhp_sizing *sizing, enum memhp_consideration consideration,
		      enum memhp_advice expected, uint64_t expected_figure, const char *name)
{
	uint64_t figure = 12345;

	is_int(memhp_sizing_judge(sizing, consideration, &figure), expected, "%s: %s",
	       memhp_consideration_name(consideration), name);
	is_number(figure, expected_figure, "%s: %s: figure", memhp_consideration_name(consideration), name);
}

static void is_amount(size_t row, uint64_t value, enum memhp_advice expected, const char *name)
{
	struct memhp_sizing sizing = plain;

	memcpy((char *)&sizing + amounts[row].field, &value, sizeof(value));
	is_advice(&sizing, amounts[row].consideration, expected, value, name);
	/* Without movable memory nothing is a warning. */
	sizing.movable = 0;
	is_advice(&sizing, amounts[row].consideration, expected == WARN ? NOTE : expected, value, name);
}

static void test_amounts(void)
{
	for (size_t i = 0; i < TAP_COUNT(amounts); i++) {
		is_amount(i, 0, OK, "nothing");
		is_amount(i, amounts[i].ok_most, OK, "little");
		if (amounts[i].note_most > amounts[i].ok_most) {
			is_amount(i, amounts[i].ok_most + 1, NOTE, "some");
			is_amount(i, amounts[i].note_most, NOTE, "much");
		}
		is_amount(i, amounts[i].note_most + 1, WARN, "very much");
		is_amount(i, UINT64_MAX - 1, WARN, "all there is");
		is_amount(i, UNKNOWN, NOTHING, "unknown");
	}
}

static void test_huge(void)
{
	static const struct {
		uint64_t huge;
		int can_migrate;
		enum memhp_advice expected;
	} rows[] = {
		{ 0, 1, OK }, { 5000, 1, OK }, { UNKNOWN, 1, OK }, { 0, 0, OK }, { 0, -1, OK }, { 250, 0, NOTE },
		{ 251, 0, WARN }, { 1, -1, NOTHING }, { UNKNOWN, 0, NOTHING }, { UNKNOWN, -1, NOTHING },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		struct memhp_sizing sizing = plain;

		sizing.huge = rows[i].huge;
		sizing.huge_can_migrate = rows[i].can_migrate;
		is_advice(&sizing, MEMHP_CONSIDER_HUGE_PAGES, rows[i].expected, rows[i].huge, "by architecture");
	}
}

static void test_balloon(void)
{
	static const struct {
		uint64_t ballooned;
		int compacts;
		bool is_foreign;
		enum memhp_advice expected;
	} rows[] = {
		{ 0, 1, false, OK }, { 900, 1, false, OK }, { 0, 0, false, OK }, { 50, 0, false, NOTE },
		{ 51, 0, false, WARN }, { UNKNOWN, 0, false, NOTHING }, { UNKNOWN, -1, false, NOTHING },
		{ 1, -1, false, NOTHING }, { 0, 1, true, WARN }, { UNKNOWN, -1, true, WARN },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		struct memhp_sizing sizing = plain;

		sizing.ballooned = rows[i].ballooned;
		sizing.balloon_compacts = rows[i].compacts;
		sizing.has_foreign_balloon = rows[i].is_foreign;
		is_advice(&sizing, MEMHP_CONSIDER_BALLOON, rows[i].expected, rows[i].ballooned, "by its kind");
	}
}

static void test_hvo(void)
{
	static const struct {
		int has;
		uint64_t debt;
		enum memhp_advice expected;
		uint64_t figure;
	} rows[] = {
		{ 0, 900, OK, 0 }, { 0, UNKNOWN, OK, 0 }, { 1, 0, OK, 0 }, { 1, 1, NOTE, 1 }, { 1, 100, NOTE, 100 },
		{ 1, 101, WARN, 101 }, { 1, UNKNOWN, NOTHING, UNKNOWN }, { -1, 0, NOTHING, UNKNOWN },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		struct memhp_sizing sizing = plain;

		sizing.has_hvo = rows[i].has;
		sizing.hvo_debt = rows[i].debt;
		is_advice(&sizing, MEMHP_CONSIDER_HVO, rows[i].expected, rows[i].figure, "against what is free");
		sizing.hvo_may_corrupt = rows[i].has == 1;
		is_advice(&sizing, MEMHP_CONSIDER_HVO, rows[i].expected == NOTE ? WARN : rows[i].expected, rows[i].figure,
			  "a kernel that does not free them safely");
	}
}

static void test_cma(void)
{
	struct memhp_sizing sizing = plain;

	is_advice(&sizing, MEMHP_CONSIDER_CMA, OK, 0, "none");
	sizing.cma = 5000;
	is_advice(&sizing, MEMHP_CONSIDER_CMA, NOTE, 5000, "any");
}

static void test_names(void)
{
	uint64_t figure = 7;

	for (enum memhp_consideration i = 0; i <= MEMHP_CONSIDER_OFFLINE_BLOCKS; i++)
		ok(memhp_consideration_name(i), "consideration %u has a name", (unsigned int)i);
	is_str(memhp_consideration_name(MEMHP_CONSIDER_OFFLINE_BLOCKS + 1), NULL, "no more");
	is_int(memhp_sizing_judge(&plain, MEMHP_CONSIDER_OFFLINE_BLOCKS + 1, &figure), -EINVAL, "no more are judged");
	is_number(figure, 7, "and have no figure");
	is_str(memhp_advice_name(OK), "ok", "ok");
	is_str(memhp_advice_name(NOTE), "note", "note");
	is_str(memhp_advice_name(WARN), "warn", "warn");
	is_str(memhp_advice_name(NOTHING), NULL, "unknown has no word");
	is_str(memhp_advice_name((enum memhp_advice)99), NULL, "nor has what is none");
}

static void test_texts(void)
{
	static const char config[] = "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\nCONFIG_ABC=y\nCONFIG_LAST=y";
	static const char vmstat[] = "nr_free 12\nnr_free_cma 0\nbad x\nlarge 99999999999999999999\nMem:   7 kB\nempty\n";
	static const struct {
		const char *key;
		int result;
		uint64_t value;
	} counters[] = {
		{ "nr_free", 0, 12 }, { "nr_free_cma", 0, 0 }, { "Mem", 0, 7 }, { "nr", -ENODATA, 5 },
		{ "bad", -EBADMSG, 5 }, { "large", -EBADMSG, 5 }, { "empty", -ENODATA, 5 }, { "free", -ENODATA, 5 },
	};

	ok(kconfig_has(config, "CONFIG_A") && kconfig_has(config, "CONFIG_ABC") && kconfig_has(config, "CONFIG_LAST"),
	   "options that are set");
	ok(!kconfig_has(config, "CONFIG_B") && !kconfig_has(config, "CONFIG_C") && !kconfig_has(config, "CONFIG_AB") &&
	   !kconfig_has(config, "FIG_A") && !kconfig_has("", "CONFIG_A"), "options that are not");
	for (size_t i = 0; i < TAP_COUNT(counters); i++) {
		uint64_t value = 5;

		is_int(counter_find(vmstat, counters[i].key, &value), counters[i].result, "counter %s", counters[i].key);
		is_number(value, counters[i].value, "counter %s: value", counters[i].key);
	}
}

int main(void)
{
	test_amounts();
	test_huge();
	test_balloon();
	test_hvo();
	test_cma();
	test_names();
	test_texts();
	return tap_done();
}
