/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's choice of a zone at the edges of its integers, its quirks, and
 * sequences, of which some were measured on real kernels. The model is filled by
 * hand; what it is filled from is others' business.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/libmemhp/zones/zonemodel.h"
#include "../tap.h"

/* Pages of a block of 128 MiB. */
#define B UINT64_C(32768)
#define MOVABLE MEMHP_ZONE_MOVABLE
#define NORMAL MEMHP_ZONE_NORMAL
#define DMA32 MEMHP_ZONE_DMA32
#define UINT UINT32_MAX

static struct model_node *add_node(struct zone_model *model, unsigned int number)
{
	struct model_node *node = NULL;

	if (model_add_node(model, number, &node) < 0)
		bail_out("no memory");
	return node;
}

static size_t add_group(struct zone_model *model, const struct model_group *group)
{
	size_t index = 0;

	if (model_add_group(model, group, &index) < 0)
		bail_out("no memory");
	return index;
}

/* One decision under auto-movable, in pages, about memory without a group or in one. */
static const struct {
	const char *name;
	unsigned int ratio;
	uint64_t early, cma, movable;
	struct model_group other, own;      /* other: dynamic, when it has pages */
	uint64_t pages;
	enum memhp_zone zone;
} decisions[] = {
	{ "ratio 0", 0, 1000 * B, 0, 0, { 0 }, { 0 }, 1, NORMAL },
	{ "ratio 0, nothing asked for", 0, 1000 * B, 0, 0, { 0 }, { 0 }, 0, NORMAL },
	{ "ratio 1: a hundredth", 1, 100 * B, 0, 0, { 0 }, { 0 }, B, MOVABLE },
	{ "ratio 1: a page less", 1, 100 * B - 1, 0, 0, { 0 }, { 0 }, B, NORMAL },
	{ "301: the last page", 301, 1000, 0, 2009, { 0 }, { 0 }, 1001, MOVABLE },
	{ "301: one more", 301, 1000, 0, 2010, { 0 }, { 0 }, 1001, NORMAL },
	{ "division cuts off", 301, 33, 0, 0, { 0 }, { 0 }, 99, MOVABLE },
	{ "division does not round up", 301, 33, 0, 0, { 0 }, { 0 }, 100, NORMAL },
	{ "no early kernel memory", 301, 0, 0, 0, { 0 }, { 0 }, 1, NORMAL },
	{ "no early kernel memory, nothing asked for: 0 <= 0", 301, 0, 0, 0, { 0 }, { 0 }, 0, NORMAL },
	{ "CMA only", 301, 5000, 5000, 0, { 0 }, { 0 }, 1, NORMAL },
	{ "CMA counts as movable", 100, 1000, 400, 0, { 0 }, { 0 }, 200, MOVABLE },
	{ "and a page more is too many", 100, 1000, 400, 0, { 0 }, { 0 }, 201, NORMAL },
	{ "above INT_MAX", UINT32_C(2147483648), 1000, 0, 1 << 30, { 0 }, { 0 }, 1 << 30, MOVABLE },
	{ "above INT_MAX, for another group a huge divisor", UINT, 20, 0, UINT64_C(1) << 30,
	  { .movable = UINT64_C(1) << 30 }, { 0 }, B, MOVABLE },
	{ "INT_MAX, for another group a divisor", INT32_MAX, 20, 0, UINT64_C(1) << 30,
	  { .movable = UINT64_C(1) << 30 }, { 0 }, B, NORMAL },
	{ "the product of 64 bits just fits", UINT, (UINT64_C(1) << 32) + 1, 0, 0, { 0 }, { 0 },
	  UINT64_C(1) << 52, MOVABLE },
	{ "the product wraps", UINT, (UINT64_C(1) << 32) + 2, 0, 0, { 0 }, { 0 }, 42949672, MOVABLE },
	{ "and little is left of it", UINT, (UINT64_C(1) << 32) + 2, 0, 0, { 0 }, { 0 }, 42949673, NORMAL },
	{ "a petabyte", 301, UINT64_C(1) << 38, 0, UINT64_C(1) << 39, { 0 }, { 0 }, UINT64_C(1) << 38, MOVABLE },
	{ "more than a petabyte allows", 301, UINT64_C(1) << 38, 0, UINT64_C(1) << 39, { 0 }, { 0 },
	  UINT64_C(278000000000), NORMAL },
	/* static groups: all or nothing */
	{ "a DIMM that fits", 100, 8 * B, 0, 0, { 0 }, { .pages = 8 * B }, B, MOVABLE },
	{ "a DIMM that does not, though its block would", 100, 8 * B, 0, 0, { 0 }, { .pages = 9 * B }, B, NORMAL },
	{ "its rest", 100, 8 * B, 0, 3 * B, { 0 }, { .pages = 8 * B, .movable = 3 * B }, B, MOVABLE },
	{ "some of it is kernel memory", 301, 8 * B, 0, 0, { 0 }, { .pages = 2 * B, .kernel = 1 }, B, NORMAL },
	/* dynamic groups: block by block */
	{ "virtio-mem", 100, 8 * B, 0, 7 * B, { 0 }, { .is_dynamic = true, .pages = B }, B, MOVABLE },
	{ "virtio-mem beyond it", 100, 8 * B, 0, 8 * B, { 0 }, { .is_dynamic = true, .pages = B }, B, NORMAL },
	{ "its own kernel memory counts", 100, 8 * B, 0, 8 * B, { 0 },
	  { .is_dynamic = true, .pages = B, .movable = 8 * B, .kernel = B }, B, MOVABLE },
	{ "another's does not", 100, 8 * B, 0, 8 * B, { .movable = 8 * B, .kernel = 9 * B }, { 0 }, 9 * B, NORMAL },
	{ "but covers the other's movable memory", 100, 8 * B, 0, 8 * B, { .movable = 8 * B, .kernel = 9 * B },
	  { 0 }, 8 * B, MOVABLE },
	{ "the other's movable memory needs early memory", 200, 8 * B, 0, 8 * B, { .movable = 8 * B }, { 0 },
	  8 * B, MOVABLE },
	{ "which then is used up", 200, 8 * B, 0, 8 * B, { .movable = 8 * B }, { 0 }, 8 * B + 1, NORMAL },
	{ "all of it", 50, 8 * B, 0, 4 * B, { .movable = 4 * B }, { 0 }, 1, NORMAL },
};

static void test_decision(size_t i)
{
	cleanup(model_free) struct zone_model model = {
		.rules = { .is_auto_movable = true, .ratio = decisions[i].ratio },
	};
	struct model_group other = decisions[i].other;
	struct model_range range = { .start = 1 << 20, .pages = decisions[i].pages, .group = MODEL_NO_GROUP };
	struct model_node *node = add_node(&model, 0);

	node->zones[NORMAL] = (struct model_zone){
		.present = decisions[i].early, .early = decisions[i].early, .cma = decisions[i].cma,
	};
	node->zones[MOVABLE] = (struct model_zone){ .present = decisions[i].movable };
	other.is_dynamic = true;
	other.pages = B;
	if (other.movable)
		(void)add_group(&model, &other);
	if (decisions[i].own.pages)
		range.group = add_group(&model, &decisions[i].own);
	is_str(memhp_zone_name(model_choose(&model, &range, MEMHP_TARGET_AUTO)), memhp_zone_name(decisions[i].zone),
	       "decision: %s", decisions[i].name);
}

/* Where zones lie, in blocks, and one of them to be onlined. */
static const struct {
	const char *name;
	bool has_movable_node, is_auto_movable;
	uint64_t dma32[2], normal[2], movable[2];      /* first, number */
	uint64_t block, group, unit;                   /* blocks of the DIMM, or of a unit */
	enum memhp_zone kernel, zone;
} spans[] = {
	{ "no zones", false, false, { 0 }, { 0 }, { 0 }, 40, 0, 0, NORMAL, NORMAL },
	{ "no zones, movable_node", true, false, { 0 }, { 0 }, { 0 }, 40, 0, 0, NORMAL, MOVABLE },
	{ "above all", false, false, { 0, 32 }, { 32, 8 }, { 40, 4 }, 44, 0, 0, NORMAL, NORMAL },
	{ "above all, movable_node", true, false, { 0, 32 }, { 32, 8 }, { 40, 4 }, 44, 0, 0, NORMAL, MOVABLE },
	{ "within Movable", false, false, { 0, 32 }, { 32, 8 }, { 40, 4 }, 42, 0, 0, NORMAL, MOVABLE },
	{ "within Normal", true, false, { 0, 32 }, { 32, 8 }, { 40, 4 }, 33, 0, 0, NORMAL, NORMAL },
	{ "within DMA32", true, false, { 0, 32 }, { 32, 8 }, { 40, 4 }, 31, 0, 0, DMA32, DMA32 },
	{ "within both", false, false, { 0, 32 }, { 32, 20 }, { 40, 4 }, 41, 0, 0, NORMAL, NORMAL },
	{ "within both, movable_node", true, false, { 0, 32 }, { 32, 20 }, { 40, 4 }, 41, 0, 0, NORMAL, MOVABLE },
	{ "within DMA32 and Movable", false, false, { 0, 32 }, { 0 }, { 16, 8 }, 18, 0, 0, DMA32, DMA32 },
	{ "behind the last page is outside", false, false, { 0, 40 }, { 0 }, { 0 }, 40, 0, 0, NORMAL, NORMAL },
	{ "before the first page is outside", false, false, { 41, 4 }, { 0 }, { 0 }, 40, 0, 0, NORMAL, NORMAL },
	/* quirks of auto-movable, here with ratio 1 and no early memory */
	{ "a block by its own address", false, true, { 41, 4 }, { 0 }, { 0 }, 40, 0, 0, NORMAL, NORMAL },
	{ "a DIMM by an address that is as long as the DIMM", false, true, { 41, 4 }, { 0 }, { 0 }, 40, 2, 0, NORMAL, DMA32 },
	{ "a unit by the address behind it", false, true, { 42, 4 }, { 0 }, { 0 }, 40, 0, 2, NORMAL, DMA32 },
	{ "and not by its own", false, true, { 40, 2 }, { 0 }, { 0 }, 40, 0, 2, DMA32, NORMAL },
};

static struct model_zone span(const uint64_t blocks[2])
{
	return (struct model_zone){ .start = blocks[0] * B, .spanned = blocks[1] * B };
}

static void test_span(size_t i)
{
	cleanup(model_free) struct zone_model model = {
		.rules = {
			.is_auto_movable = spans[i].is_auto_movable, .has_movable_node = spans[i].has_movable_node, .ratio = 1,
		},
	};
	const struct model_group group = {
		.is_dynamic = spans[i].unit, .pages = (spans[i].unit ? spans[i].unit : spans[i].group) * B,
	};
	struct model_range range = { .start = spans[i].block * B, .pages = B, .group = MODEL_NO_GROUP };
	struct model_node *node = add_node(&model, 0);

	node->zones[DMA32] = span(spans[i].dma32);
	node->zones[NORMAL] = span(spans[i].normal);
	node->zones[MOVABLE] = span(spans[i].movable);
	if (group.pages)
		range.group = add_group(&model, &group);
	is_str(memhp_zone_name(model_choose(&model, &range, MEMHP_TARGET_AUTO)), memhp_zone_name(spans[i].zone),
	       "span: %s", spans[i].name);
	is_str(memhp_zone_name(model_choose(&model, &range, MEMHP_TARGET_KERNEL)), memhp_zone_name(spans[i].kernel),
	       "span: %s: as kernel memory", spans[i].name);
	is_int(model_choose(&model, &range, MEMHP_TARGET_MOVABLE), MOVABLE, "span: %s: as movable", spans[i].name);
}

/* Devices one after the other, above 4 GiB: "d8 v24 p2@1": a DIMM of 8 blocks, virtio-mem of 24, 2
 * blocks without a group on node 1; w: virtio-mem in units of two blocks. Zones, a letter a block:
 * M, N. */
static const struct {
	const char *name;
	struct memhp_zone_rules rules;
	uint64_t early[2];       /* blocks of the nodes */
	const char *devices;
	const char *zones;
} sequences[] = {
	/* Seen on 6.12 and 7.3 */
	{ "512M, a DIMM of 1G, virtio-mem of 3G", { .is_auto_movable = true, .ratio = 301, .is_numa_aware = true }, { 4 },
	  "d8 v24", "MMMMMMMM MMMMNMMMNMMMNMMMNMMMNMMM" },
	{ "contig-zones", { .ratio = 301 }, { 4 }, "d8 v4 p2", "NNNNNNNN NNNN NN" },
	{ "contig-zones, movable_node", { .has_movable_node = true }, { 4 }, "d2 v2 p2", "MM MM MM" },
	{ "a DIMM is movable as a whole or not at all", { .is_auto_movable = true, .ratio = 100 }, { 8 },
	  "d4 d6 d4 d1", "MMMM NNNNNN MMMM N" },
	{ "blocks without a group, each alone", { .is_auto_movable = true, .ratio = 100 }, { 3 }, "p5", "MMMNN" },
	{ "kernel memory of a DIMM allows nothing", { .is_auto_movable = true, .ratio = 100 }, { 1 },
	  "d2 p1 p1", "NN M N" },
	{ "kernel memory of one device allows nothing to another", { .is_auto_movable = true, .ratio = 100 }, { 2 },
	  "v4 d1 v1", "MMNM N N" },
	{ "what a device does not need is left to others", { .is_auto_movable = true, .ratio = 200 }, { 2 },
	  "v6 v3 d1", "MMMMNM MNM M" },
	{ "numa_aware: each node by itself", { .is_auto_movable = true, .ratio = 100, .is_numa_aware = true }, { 4, 2 },
	  "d4@1 d2@1 d3 d1 d1", "NNNN MM MMM M N" },
	{ "numa_aware: a node without early memory", { .is_auto_movable = true, .ratio = 1000, .is_numa_aware = true }, { 4 },
	  "d2@1 v2@1 p1@1", "NN NN N" },
	{ "not numa_aware: the total", { .is_auto_movable = true, .ratio = 100 }, { 4 }, "d2@1 v2@1 p1@1", "MM MM N" },
	{ "numa_aware: the total counts, too", { .is_auto_movable = true, .ratio = 100, .is_numa_aware = true }, { 1, 3 },
	  "d3@1 p1 p1", "MMM M N" },
	{ "units are asked about as a whole", { .is_auto_movable = true, .ratio = 100 }, { 3 }, "w8", "MMNNMMNN" },
	{ "half a unit", { .is_auto_movable = true, .ratio = 100 }, { 1 }, "w3", "NNM" },
	{ "ratio 0", { .is_auto_movable = true }, { 16 }, "d1 v1 p1", "N N N" },
};

static void test_sequence(size_t i)
{
	cleanup(model_free) struct zone_model model = { .rules = sequences[i].rules };
	uint64_t start = 32 * B;
	char zones[256] = "";
	size_t length = 0;

	for (unsigned int n = 0; n < 2; n++)
		add_node(&model, n)->zones[DMA32] = (struct model_zone){
			.start = n * 16 * B, .spanned = sequences[i].early[n] * B,
			.present = sequences[i].early[n] * B, .early = sequences[i].early[n] * B,
		};
	for (const char *at = sequences[i].devices; *at;) {
		const char kind = *at++;
		char *end;
		const uint64_t blocks = strtoull(at, &end, 10);
		const unsigned int node = *end == '@' ? (unsigned int)strtoul(end + 1, &end, 10) : 0;
		const struct model_group group = {
			.is_dynamic = kind != 'd', .node = node, .pages = kind == 'd' ? blocks * B : kind == 'w' ? 2 * B : B,
		};
		size_t index = kind == 'p' ? MODEL_NO_GROUP : add_group(&model, &group);

		for (uint64_t block = 0; block < blocks; block++, start += B) {
			struct model_range range = { .start = start, .pages = B, .node = node, .group = index };
			enum memhp_zone zone;

			if (model_add_unit(&model, &range) < 0)
				bail_out("no memory");
			zone = model_choose(&model, &range, MEMHP_TARGET_AUTO);
			model_online(&model, &range, zone);
			zones[length++] = *memhp_zone_name(zone);
		}
		at = end + (*end == ' ');
		if (*at)
			zones[length++] = ' ';
	}
	is_str(zones, sequences[i].zones, "sequence: %s", sequences[i].name);
}

/* Pages, spans, early pages after onlining; the copy goes on alone. */
static void test_accounts(void)
{
	cleanup(model_free) struct zone_model model = { 0 }, copy = { 0 };
	struct model_range range = { .start = 40 * B, .pages = B, .group = MODEL_NO_GROUP, .is_early = true };
	struct model_node *node = add_node(&model, 0);

	model_online(&model, &range, NORMAL);
	is_number(node->zones[NORMAL].start, 40 * B, "a first block begins the zone");
	is_number(node->zones[NORMAL].spanned, B, "and is all of it");
	is_number(node->zones[NORMAL].early, B, "boot memory stays early");
	range.is_early = false;
	range.start = 44 * B;
	model_online(&model, &range, NORMAL);
	is_number(node->zones[NORMAL].spanned, 5 * B, "the span has holes");
	is_number(node->zones[NORMAL].present, 2 * B, "present pages have not");
	is_number(node->zones[NORMAL].early, B, "what was added is not early");
	range.start = 32 * B;
	model_online(&model, &range, NORMAL);
	is_number(node->zones[NORMAL].start, 32 * B, "a zone grows down");
	is_number(node->zones[NORMAL].spanned, 13 * B, "and keeps its end");
	if (model_copy(&model, &copy) < 0)
		bail_out("no memory");
	model_online(&copy, &range, MOVABLE);
	is_number(model_find_node(&model, 0)->zones[MOVABLE].present, 0, "a copy is of its own");
	is_number(model_find_node(&copy, 0)->zones[MOVABLE].present, B, "a copy goes on");
	ok(!model_find_node(&copy, 7), "a node that is not there");
}

int main(void)
{
	for (size_t i = 0; i < TAP_COUNT(decisions); i++)
		test_decision(i);
	for (size_t i = 0; i < TAP_COUNT(spans); i++)
		test_span(i);
	for (size_t i = 0; i < TAP_COUNT(sequences); i++)
		test_sequence(i);
	test_accounts();
	return tap_done();
}
