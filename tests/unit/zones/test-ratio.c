/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOVABLE:KERNEL at its edges: what counts as which, the ratio, the limit, the
 * headroom, the words. How it is shown is ratio.bats' affair.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "../../../src/libmemhp/zones/zones.h"
#include "../tap.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* One zone of a text like /proc/zoneinfo. */
struct zone {
	unsigned int node;
	const char *name;
	uint64_t present, cma;
};

static struct memhp_stats *stats_of(const struct zone *zones, size_t count)
{
	struct memhp_stats *stats = NULL;
	char text[4096];
	int length = 0;

	for (size_t i = 0; i < count; i++)
		length += snprintf(text + length, sizeof(text) - (size_t)length,
				   "Node %u, zone %s\n  pages free 0\n        spanned %" PRIu64 "\n        present %" PRIu64
				   "\n        managed 0\n        cma %" PRIu64 "\n",
				   zones[i].node, zones[i].name, zones[i].present, zones[i].present, zones[i].cma);
	if (stats_parse(text, &stats) < 0)
		bail_out("not taken: %s", text);
	return stats;
}

static void is_sum(const struct memhp_stats *stats, uint64_t page_size, const unsigned int *node,
		   struct memhp_ratio expected, const char *name)
{
	struct memhp_ratio ratio = { .size = sizeof(ratio) };

	is_int(memhp_ratio_sum(stats, page_size, node, &ratio), 0, "%s: summed", name);
	is_number(ratio.kernel, expected.kernel, "%s: kernel", name);
	is_number(ratio.movable, expected.movable, "%s: movable", name);
	is_number(ratio.cma, expected.cma, "%s: cma", name);
}

static void test_sums(void)
{
	static const struct zone zones[] = {
		{ 0, "DMA", 1, 0 },     { 0, "DMA32", 10, 4 },   { 0, "Normal", 100, 0 }, { 0, "Movable", 1000, 0 },
		{ 0, "Device", 50, 0 }, { 1, "Normal", 0, 0 },   { 1, "Movable", 7, 2 },  { 2, "Normal", 0, 0 },
		{ 3, "Normal", 5, 5 },  { 4, "HighMem", 3, 9 },
	};
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = stats_of(zones, TAP_COUNT(zones));
	const unsigned int nodes[] = { 0, 1, 2, 3, 4, 5, UINT_MAX };
	struct memhp_ratio untouched = { .size = sizeof(untouched), .kernel = 9 };
	struct memhp_ratio small = { .size = offsetof(struct memhp_ratio, movable), .movable = 9 };

	is_sum(stats, 4096, &nodes[0], (struct memhp_ratio){ .kernel = UINT64_C(107) << 12,
		.movable = UINT64_C(1004) << 12, .cma = UINT64_C(4) << 12 }, "a node with all zones");
	is_sum(stats, 65536, &nodes[1], (struct memhp_ratio){ .movable = 7 << 16, .cma = 2 << 16 },
	       "CMA in ZONE_MOVABLE counts once");
	is_sum(stats, 4096, &nodes[2], (struct memhp_ratio){ 0 }, "a node without memory");
	is_sum(stats, 1 << 14, &nodes[3], (struct memhp_ratio){ .movable = 5 << 14, .cma = 5 << 14 }, "CMA only");
	is_sum(stats, 4096, &nodes[4], (struct memhp_ratio){ .movable = 3 << 12, .cma = 3 << 12 },
	       "more CMA than is present");
	is_sum(stats, 1, NULL, (struct memhp_ratio){ .kernel = 107, .movable = 1019, .cma = 14 }, "all nodes");
	for (size_t i = 5; i < TAP_COUNT(nodes); i++)
		is_int(memhp_ratio_sum(stats, 4096, &nodes[i], &untouched), -ENOENT, "no node %u", nodes[i]);
	is_number(untouched.kernel, 9, "untouched on failure");
	is_int(memhp_ratio_sum(stats, 4096, NULL, &small), 0, "an older, smaller structure");
	is_number(small.movable, 9, "is not written beyond its size");
}

static void test_large_sums(void)
{
	static const struct zone largest[] = { { 0, "Normal", UINT64_MAX >> 12, 0 }, { 0, "Movable", UINT64_MAX >> 12, 0 } };
	static const struct zone beyond[] = { { 0, "Normal", (UINT64_MAX >> 12) + 1, 0 } };
	static const struct zone together[] = { { 0, "Normal", UINT64_MAX >> 12, 0 }, { 1, "Normal", 1, 0 } };
	static const struct zone cma[] = { { 0, "Movable", UINT64_MAX >> 12, 0 }, { 1, "Normal", 1, 1 } };
	static const struct { const struct zone *zones; size_t count; const char *name; } wrong[] = {
		{ beyond, 1, "a zone" }, { together, 2, "kernel zones together" }, { cma, 2, "movable memory with CMA" },
	};
	cleanup(cleanup_memhp_stats_free) struct memhp_stats *stats = stats_of(largest, TAP_COUNT(largest));

	is_sum(stats, 4096, NULL, (struct memhp_ratio){ .kernel = UINT64_MAX - 4095, .movable = UINT64_MAX - 4095 },
	       "all that 64 bits hold");
	for (size_t i = 0; i < TAP_COUNT(wrong); i++) {
		cleanup(cleanup_memhp_stats_free) struct memhp_stats *large = stats_of(wrong[i].zones, wrong[i].count);
		struct memhp_ratio ratio = { .size = sizeof(ratio) };

		is_int(memhp_ratio_sum(large, 4096, NULL, &ratio), -ERANGE, "%s beyond 64 bits", wrong[i].name);
	}
}

static void test_percent(void)
{
	static const struct {
		uint64_t kernel, movable, percent;
		const char *word;
	} rows[] = {
		{ 0, 0, UINT64_MAX, NULL },
		{ 0, 1, UINT64_MAX, "movable-only" },
		{ 4 * GIB, 0, 0, "ok" },
		{ 100, 1, 1, "ok" },
		{ 101, 1, 0, "ok" },
		{ 3, 2, 66, "ok" },
		{ 100, 301, 301, "ok" },
		{ 1000, 3011, 301, "high" },
		{ 100, 400, 400, "high" },
		{ 1000, 4001, 400, "imbalanced" },
		{ 1000, 62999, 6299, "imbalanced" },
		{ 100, 6300, 6300, "critical" },
		{ 4096, UINT64_C(4096) * INT_MAX, UINT64_C(100) * INT_MAX, "critical" },
		{ UINT64_MAX, UINT64_MAX, 100, "ok" },
		{ 1, UINT64_MAX, UINT64_MAX, "critical" },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		const struct memhp_ratio ratio = { sizeof(ratio), rows[i].kernel, rows[i].movable, 0 };

		uint64_t percent = 0;

		is_int(memhp_ratio_percent(&ratio, &percent), 0, "row %zu: has a percent", i);
		is_number(percent, rows[i].percent, "row %zu: percent", i);
		is_str(memhp_balance_name((enum memhp_balance)memhp_ratio_balance(&ratio)), rows[i].word, "row %zu: word", i);
	}
	is_str(memhp_balance_name((enum memhp_balance)99), NULL, "no such word");
}

static void test_limits(void)
{
	static const struct {
		uint64_t kernel, movable, block_size;
		unsigned int limit;
		bool exceeds;
		uint64_t headroom;
	} rows[] = {
		{ 8 * GIB, 16 * GIB, 128 * MIB, 301, false, 8 * GIB },
		{ 8 * GIB, 0, 128 * MIB, 0, false, 0 },
		{ 8 * GIB, 1, 128 * MIB, 0, true, 0 },
		{ 8 * GIB, 0, 16 * MIB, 1, false, 80 * MIB },
		{ 100, 301, 1, 301, false, 0 },
		{ 1000, 3011, 1, 301, true, 0 },
		{ 1000, 3009, 2, 301, false, 0 },
		{ 1000, 3007, 2, 301, false, 2 },
		{ 0, 0, 1, 301, false, 0 },
		{ 0, 1, 1, UINT_MAX, true, 0 },
		{ GIB, GIB, GIB, (unsigned int)INT_MAX + 1, false, (UINT64_C(21474836) - 1) * GIB },
		{ UINT64_MAX, 0, 1, UINT_MAX, false, UINT64_MAX },
		{ UINT64_MAX, UINT64_MAX, 128 * MIB, 100, false, 0 },
		{ UINT64_MAX - 1, UINT64_MAX, 1, 100, true, 0 },
	};

	for (size_t i = 0; i < TAP_COUNT(rows); i++) {
		const struct memhp_ratio ratio = { sizeof(ratio), rows[i].kernel, rows[i].movable, 0 };
		uint64_t headroom = 7;

		ok(memhp_ratio_exceeds(&ratio, rows[i].limit) == rows[i].exceeds, "row %zu: above the limit", i);
		is_int(memhp_ratio_headroom(&ratio, rows[i].limit, 0, &headroom), -EINVAL, "row %zu: no block size", i);
		is_number(headroom, 7, "row %zu: no headroom then", i);
		is_int(memhp_ratio_headroom(&ratio, rows[i].limit, rows[i].block_size, &headroom), 0,
		       "row %zu: has a headroom", i);
		is_number(headroom, rows[i].headroom, "row %zu: headroom", i);
	}
}

int main(void)
{
	test_sums();
	test_large_sums();
	test_percent();
	test_limits();
	return tap_done();
}
